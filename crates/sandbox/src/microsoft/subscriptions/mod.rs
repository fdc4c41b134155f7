//! Change notifications: subscriptions, their life, and the queue of what is to be told (contract §9).

mod deliver;
mod handshake;
mod routes;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::State;
use super::state::event::Event;
use super::wire::millis;

pub use deliver::Notification;
pub(super) use deliver::take;
pub(super) use routes::routes;

/// Longest life of a subscription to events.
const LONGEST: SignedDuration = SignedDuration::from_mins(10_080);
/// Shorter wishes are raised to this.
const SHORTEST: SignedDuration = SignedDuration::from_mins(45);

/// A live subscription.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub id: String,
    pub client: String,
    pub email: String,
    pub calendar: String,
    pub resource: String,
    pub changes: BTreeSet<String>,
    pub url: String,
    pub lifecycle_url: Option<String>,
    pub client_state: Option<String>,
    pub expires: Timestamp,
    pub immutable: bool,
    /// Nothing is told until the client authorizes it anew.
    pub stalled: bool,
}

/// One thing to be told to one subscriber.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub url: String,
    pub item: Value,
    pub lifecycle: bool,
    /// When it happened.
    pub since: Timestamp,
    /// Not before this.
    pub due: Timestamp,
    pub attempts: u32,
}

impl Delivery {
    fn new(url: &str, item: Value, lifecycle: bool, now: Timestamp) -> Self {
        Self {
            url: url.to_owned(),
            item,
            lifecycle,
            since: now,
            due: now,
            attempts: 0,
        }
    }
}

impl State {
    /// Queues a notification for every live subscription to the calendar.
    pub fn notify(&mut self, calendar: &str, event: &Event, change: &str, now: Timestamp) {
        let Some(home) = self.calendars.get(calendar) else {
            return;
        };
        for subscription in self.subscriptions.values() {
            let wants = subscription.calendar == calendar && subscription.changes.contains(change);
            if !wants || subscription.expires <= now || subscription.stalled {
                continue;
            }
            let person = self.people.get(&subscription.email);
            let (user, tenant) = person.map_or(("", ""), |p| (p.id.as_str(), p.tenant.as_str()));
            let id = home.wire_id(event, subscription.immutable);
            let resource = format!("Users/{user}/Events/{id}");
            let item = json!({"subscriptionId": subscription.id, "clientState": subscription.client_state,
                "changeType": change, "resource": resource, "tenantId": tenant,
                "subscriptionExpirationDateTime": millis(subscription.expires),
                "resourceData": {"@odata.type": "#Microsoft.Graph.Event", "@odata.id": resource,
                    "@odata.etag": event.etag(), "id": id}});
            self.outbox
                .push(Delivery::new(&subscription.url, item, false, now));
        }
    }

    /// Queues a lifecycle event for a subscription that has a URL for them. False when it has none.
    pub fn lifecycle(&mut self, id: &str, event: &str, now: Timestamp) -> bool {
        let Some(subscription) = self.subscriptions.get_mut(id) else {
            return false;
        };
        let Some(url) = subscription.lifecycle_url.clone() else {
            return false;
        };
        let person = self.people.get(&subscription.email);
        let item = json!({"subscriptionId": subscription.id, "clientState": subscription.client_state,
            "lifecycleEvent": event, "tenantId": person.map(|p| p.tenant.clone()),
            "subscriptionExpirationDateTime": millis(subscription.expires)});
        match event {
            "reauthorizationRequired" => subscription.stalled = true,
            "subscriptionRemoved" => drop(self.subscriptions.remove(id)),
            _ => {}
        }
        self.outbox.push(Delivery::new(&url, item, true, now));
        true
    }
}

/// As a client sees it.
fn shown(subscription: &Subscription) -> Value {
    let changes: Vec<&str> = subscription.changes.iter().map(String::as_str).collect();
    json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#subscriptions/$entity", "id": subscription.id,
        "resource": subscription.resource, "applicationId": subscription.client, "changeType": changes.join(","),
        "clientState": null, "notificationUrl": subscription.url,
        "lifecycleNotificationUrl": subscription.lifecycle_url, "expirationDateTime": millis(subscription.expires),
        "creatorId": subscription.email, "includeResourceData": null, "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": null, "encryptionCertificateId": null, "notificationQueryOptions": null,
        "notificationUrlAppId": null})
}
