//! `POST /channels/stop`: ends a push channel (contracts/google §9).

use bytes::Bytes;
use daybook_provider_api::calendar::push::Channel;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};
use serde_json::json;

/// The call.
pub(in super::super) struct StopChannel<'a>(pub(in super::super) &'a Channel);

impl StopChannel<'_> {
    /// Sends it. A channel that is gone already is stopped.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<()> {
        match super::send(session, self.request(&session.api_url)?).await {
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let body = json!({"id": self.0.remote_id, "resourceId": self.0.resource_id});
        super::watch_events::post(api_url, &["channels", "stop"], &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_channel_and_resource() {
        let channel = Channel {
            remote_id: "c".to_owned(),
            resource_id: Some("r".to_owned()),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let request = StopChannel(&channel)
            .request("https://www.googleapis.com/calendar/v3/")
            .unwrap();
        assert_eq!(
            request.uri(),
            "https://www.googleapis.com/calendar/v3/channels/stop"
        );
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body, json!({"id": "c", "resourceId": "r"}));
    }
}
