//! `/subscriptions`: making, listing, extending and ending (contracts/microsoft §9).

use daybook_provider_api::{Result, Session};
use http::Method;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::super::errors;
use super::super::links::Links;
use super::super::wire::Page;

/// A subscription as Graph knows it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct Subscription {
    pub(in super::super) id: Option<String>,
    pub(in super::super) resource: Option<String>,
    pub(in super::super) notification_url: Option<String>,
    pub(in super::super) expiration_date_time: Option<String>,
}

impl Subscription {
    /// When Graph ends it.
    pub(in super::super) fn expires_at(&self) -> Option<Timestamp> {
        self.expiration_date_time.as_deref()?.parse().ok()
    }
}

/// What a new one is to be.
pub(in super::super) struct Create<'a> {
    pub(in super::super) resource: &'a str,
    pub(in super::super) address: &'a str,
    pub(in super::super) token: &'a SecretString,
    pub(in super::super) until: Timestamp,
}

impl Create<'_> {
    /// Sends it. Graph calls the hook before this returns. Not repeated by itself when the answer is lost.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Subscription> {
        let address = super::address(&session.api_url, &["subscriptions"], &[]);
        let request = super::with_json(Method::POST, &address, &self.body())?;
        parse(&super::send_once(session, request).await?)
    }

    fn body(&self) -> serde_json::Value {
        json!({
            "changeType": "created,updated,deleted",
            "resource": self.resource,
            "notificationUrl": self.address,
            "lifecycleNotificationUrl": self.address,
            "clientState": self.token.expose_secret(),
            "expirationDateTime": self.until.to_string(),
        })
    }
}

/// Every subscription that this client has for the account.
pub(in super::super) async fn all(session: &Session<'_>) -> Result<Vec<Subscription>> {
    let mut found = Vec::new();
    let mut links = Links::default();
    loop {
        let first = super::address(&session.api_url, &["subscriptions"], &[]);
        let request = super::get(links.current().unwrap_or(&first))?;
        let body = super::send(session, request).await?;
        let page: Page<Subscription> = Page::parse(&body).ok_or_else(errors::malformed)?;
        found.extend(page.value);
        match page.next_link {
            Some(link) => links.advance(link, &session.api_url)?,
            None => return Ok(found),
        }
    }
}

/// Extends one, which also renews the authorisation it delivers under.
pub(in super::super) async fn renew(
    session: &Session<'_>,
    id: &str,
    until: Timestamp,
) -> Result<Subscription> {
    let address = super::address(&session.api_url, &["subscriptions", id], &[]);
    let body = json!({"expirationDateTime": until.to_string()});
    let request = super::with_json(Method::PATCH, &address, &body)?;
    parse(&super::send(session, request).await?)
}

/// Ends one. Already gone is success.
pub(in super::super) async fn delete(session: &Session<'_>, id: &str) -> Result<()> {
    let address = super::address(&session.api_url, &["subscriptions", id], &[]);
    let request = super::request(Method::DELETE, &address, bytes::Bytes::new(), super::PREFER)?;
    match super::send(session, request).await {
        Ok(_) => Ok(()),
        Err(error) if errors::is_gone(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

fn parse(body: &[u8]) -> Result<Subscription> {
    let found: Subscription = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    match found.id.as_deref() {
        Some(id) if !id.is_empty() => Ok(found),
        _ => Err(errors::malformed()),
    }
}
