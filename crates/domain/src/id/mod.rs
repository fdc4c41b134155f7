//! Typed ids, so that a calendar's id can never be passed where a connection's is meant.
//!
//! All of them are UUIDv7 (RFC 9562 §5.7) and print as the hyphenated lower-case form.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The text was not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: ids are UUIDs such as 01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012")]
pub struct InvalidId;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is already known to name one of these.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self { Self(id) }
            /// The bare UUID, for the store.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, concat!(stringify!($name), "({})"), self.0) }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid { id.0 }
        }
    )+};
}

id! {
    /// The tenant: everything else belongs to exactly one.
    WorkspaceId,
    /// A person.
    UserId,
    /// A person in a workspace, with a role.
    MemberId,
    /// A dashboard session.
    SessionId,
    /// An API key.
    ApiKeyId,
    /// An invitation to a workspace.
    InvitationId,
    /// An authorised account at a provider.
    ConnectionId,
    /// A calendar of a connection.
    CalendarId,
    /// A single event or a series in the mirror: `Event.event_id` on the wire.
    EventId,
    /// One instance of an event: `Event.id` on the wire.
    InstanceId,
    /// A subscription to a calendar's changes at its provider.
    PushChannelId,
    /// Whom time is billed to.
    ClientId,
    /// What time is billed to.
    ProjectId,
    /// A piece of work with a duration.
    TimeEntryId,
    /// Durable background work.
    JobId,
    /// A line of the activity log.
    ActivityId,
    /// A started OAuth authorisation.
    OauthFlowId,
    /// A write to a calendar.
    EventWriteId,
    /// Scheduling settings over calendars.
    ConfigurationId,
    /// Time blocked by hand.
    BlockId,
    /// What an hour costs.
    RateId,
    /// A rule about what meetings are booked on.
    TimeRuleId,
    /// Time that is asked about at once.
    SubmissionId,
    /// A line of a time entry's history.
    EntryChangeId,
    /// An invoice or credit note.
    InvoiceId,
    /// A line of an invoice.
    InvoiceLineId,
    /// A payment of an invoice.
    PaymentId,
    /// A delivery of an invoice to its client.
    DeliveryId,
    /// The app in a Slack workspace.
    SlackInstallationId,
    /// A Slack user who is a member.
    SlackBindingId,
    /// A link that makes a Slack user a member, once.
    SlackLinkId,
    /// Something a member is told in Slack.
    SlackNoticeId,
    /// An e-mail of ours.
    MailId,
}

/// A UUIDv7 that depends only on its inputs: the parent's timestamp, and bits hashed from `parts`.
///
/// Mirror rows get their ids this way, so that an event keeps its id across a full resync, a restore, or when
/// its exception arrives before its master (SPEC §2.10: an instance's id stays the same).
#[must_use]
pub fn derived(parent: Uuid, parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(parent.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = *parent.as_bytes();
    bytes[6..16].copy_from_slice(&digest[..10]);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes)
}

impl EventId {
    /// The id of the provider's event `provider_event_id` (for a series: of its master) in `calendar`.
    #[must_use]
    pub fn of(calendar: CalendarId, provider_event_id: &str) -> Self {
        Self(derived(calendar.0, &["event", provider_event_id]))
    }
}

impl InstanceId {
    /// The id of one instance: of a single event (`occurrence` is `None`), or of the occurrence that originally
    /// started at `occurrence` (an `OccurrenceKey` in its text form).
    #[must_use]
    pub fn of(event: EventId, occurrence: Option<&str>) -> Self {
        match occurrence {
            None => Self(event.0),
            Some(key) => Self(derived(event.0, &["instance", key])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012";

    #[test]
    fn derived_ids_are_stable_distinct_and_version_7() {
        let calendar: CalendarId = PARENT.parse().unwrap();
        let event = EventId::of(calendar, "5k2");
        assert_eq!(event, EventId::of(calendar, "5k2"));
        assert_ne!(event, EventId::of(calendar, "5k3"));
        assert_eq!(event.as_uuid().get_version_num(), 7);
        let first = InstanceId::of(event, Some("20261201T090000Z"));
        assert_ne!(first, InstanceId::of(event, Some("20261208T090000Z")));
        assert_eq!(InstanceId::of(event, None).as_uuid(), event.as_uuid());
        assert_eq!(
            &first.as_uuid().as_bytes()[..6],
            &calendar.as_uuid().as_bytes()[..6]
        );
    }

    #[test]
    fn parts_do_not_run_together() {
        let parent = Uuid::try_parse(PARENT).unwrap();
        assert_ne!(derived(parent, &["ab", "c"]), derived(parent, &["a", "bc"]));
    }

    #[test]
    fn a_malformed_id_is_refused() {
        for bad in [
            "",
            "x",
            "01936f2e",
            "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f901",
            "ɹ",
        ] {
            assert_eq!(bad.parse::<CalendarId>(), Err(InvalidId));
        }
    }
}
