//! Asks a provider about a channel, with credentials that work: refused once, they are refreshed and it is asked again.

use daybook_domain::connection::ErrorKind;
use daybook_provider_api::calendar::push::{Channel, Standing, Watch};
use daybook_provider_api::{self as provider, Credential, Push, Session};
use jiff::Timestamp;
use store::push_channels::PushChannel;

use crate::Context;
use crate::connections::Error;
use crate::connections::vault::{self, Access};
use daybook_store as store;

/// What is asked.
pub(super) enum Ask<'a> {
    /// To make one.
    Watch(&'a Watch),
    /// Which ones there are to the same calendar.
    Standing(&'a Watch),
    /// To prolong one until then.
    Renew(&'a Channel, Timestamp),
    /// To end one.
    Stop(&'a Channel),
}

/// What the provider says.
pub(super) enum Answer {
    /// It was made, or prolonged.
    Channel(Channel),
    /// These are there.
    Standing(Vec<Standing>),
    /// It was ended.
    Ended,
}

/// The provider has no such channel, or has it no longer.
pub(super) const fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Provider(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone))
}

/// The provider's answer.
pub(super) async fn ask(
    cx: &Context,
    push: &dyn Push,
    mut access: Access,
    what: Ask<'_>,
) -> Result<Answer, Error> {
    let mut renewed = false;
    loop {
        let session = access.session(cx);
        match send(push, &session, &what).await {
            Err(error)
                if error.kind == ErrorKind::Auth
                    && !renewed
                    && matches!(access.credential, Credential::Bearer(_)) =>
            {
                renewed = true;
                let (workspace, id) = (access.connection.workspace_id, access.connection.id);
                let version = access.version;
                drop(session);
                access = vault::renew(cx, workspace, id, version).await?;
            }
            other => return Ok(other?),
        }
    }
}

async fn send(push: &dyn Push, session: &Session<'_>, what: &Ask<'_>) -> provider::Result<Answer> {
    match what {
        Ask::Watch(watch) => push.watch(session, watch).await.map(Answer::Channel),
        Ask::Standing(watch) => push.standing(session, watch).await.map(Answer::Standing),
        Ask::Renew(channel, until) => push
            .renew(session, channel, *until)
            .await
            .map(Answer::Channel),
        Ask::Stop(channel) => push.stop(session, channel).await.map(|()| Answer::Ended),
    }
}

/// A channel in the provider's words; `None` while we do not know what the provider calls it.
pub(super) fn remote(channel: &PushChannel) -> Option<Channel> {
    Some(Channel {
        remote_id: channel.remote_id.clone()?,
        resource_id: channel.resource_id.clone(),
        expires_at: channel.expires_at,
    })
}
