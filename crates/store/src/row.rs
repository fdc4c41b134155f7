//! Between columns and domain values: what each type is stored as, and how a row is read on either database.

use daybook_domain::{
    account, activity, availability, billing, calendar, connection, event, invoice, rule, sync,
    time_entry,
};
use jiff::{Timestamp, civil::Date};
use sqlx::types::Json;
use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

use crate::LastError;

/// A value that is stored as a simpler one.
pub trait Field: Sized {
    /// What the driver reads and writes.
    type Raw;
    /// Parses the stored form; `None` when it makes no sense.
    fn from_raw(raw: Self::Raw) -> Option<Self>;
}

/// A value that can be bound to a statement.
pub trait Bind {
    /// What the driver writes.
    type Raw;
    /// The stored form.
    fn raw(self) -> Self::Raw;
}

/// A stored value that makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{table}.{column} of {row} is damaged")]
pub struct BadValue {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id, where it has one.
    pub row: String,
}

/// Reads one column of a row of `table`.
pub fn get<'r, R, T>(row: &'r R, table: &'static str, column: &'static str) -> sqlx::Result<T>
where
    R: Row,
    T: Field,
    T::Raw: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    for<'a> &'a str: ColumnIndex<R>,
{
    let bad = |column: &'static str| {
        let id = row.try_get::<Uuid, _>("id").map(|id| id.to_string());
        BadValue {
            table,
            column,
            row: id.unwrap_or_default(),
        }
    };
    match row.try_get::<T::Raw, _>(column) {
        Ok(raw) => T::from_raw(raw).ok_or_else(|| sqlx::Error::ColumnDecode {
            index: column.into(),
            source: Box::new(bad(column)),
        }),
        Err(sqlx::Error::ColumnDecode { index, source }) => {
            tracing::error!(table, column, error = %source, "a stored value cannot be read");
            Err(sqlx::Error::ColumnDecode {
                index,
                source: Box::new(bad(column)),
            })
        }
        Err(other) => Err(other),
    }
}

impl<T: Field> Field for Option<T> {
    type Raw = Option<T::Raw>;
    fn from_raw(raw: Self::Raw) -> Option<Self> {
        raw.map_or(Some(None), |raw| T::from_raw(raw).map(Some))
    }
}

impl<T: Bind> Bind for Option<T> {
    type Raw = Option<T::Raw>;
    fn raw(self) -> Self::Raw {
        self.map(Bind::raw)
    }
}

macro_rules! plain {
    ($($t:ty),+) => {$(
        impl Field for $t {
            type Raw = Self;
            fn from_raw(raw: Self) -> Option<Self> { Some(raw) }
        }
        impl Bind for $t {
            type Raw = Self;
            fn raw(self) -> Self { self }
        }
    )+};
}
plain!(i64, bool, String, Uuid, Vec<u8>);

macro_rules! bind_as_is {
    ($($t:ty),+) => {$(
        impl<'a> Bind for $t {
            type Raw = Self;
            fn raw(self) -> Self { self }
        }
    )+};
}
bind_as_is!(&'a [u8]);

/// PostgreSQL has no U+0000 in a text. What comes here was checked at the door; what was not (a search, a filter) ends before it, on both
/// databases alike, instead of failing.
fn before_nul(text: &str) -> &str {
    text.split_once('\0').map_or(text, |(head, _)| head)
}

impl<'a> Bind for &'a str {
    type Raw = &'a str;
    fn raw(self) -> &'a str {
        before_nul(self)
    }
}

impl<'a> Bind for &'a String {
    type Raw = &'a str;
    fn raw(self) -> &'a str {
        before_nul(self)
    }
}

impl<'a> Bind for &'a [u8; 32] {
    type Raw = &'a [u8];
    fn raw(self) -> &'a [u8] {
        self.as_slice()
    }
}

impl Field for [u8; 32] {
    type Raw = Vec<u8>;
    fn from_raw(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok()
    }
}

impl<T> Bind for Json<T> {
    type Raw = Self;
    fn raw(self) -> Self {
        self
    }
}

macro_rules! ids {
    ($($t:ident),+ $(,)?) => {$(
        impl Field for daybook_domain::$t {
            type Raw = Uuid;
            fn from_raw(raw: Uuid) -> Option<Self> { Some(Self::from_uuid(raw)) }
        }
        impl Bind for daybook_domain::$t {
            type Raw = Uuid;
            fn raw(self) -> Uuid { self.as_uuid() }
        }
    )+};
}
ids!(
    WorkspaceId,
    UserId,
    MemberId,
    SessionId,
    ApiKeyId,
    InvitationId,
    ConnectionId,
    CalendarId,
    PushChannelId,
    EventId,
    InstanceId,
    ClientId,
    ProjectId,
    TimeEntryId,
    JobId,
    ActivityId,
    OauthFlowId,
    EventWriteId,
    ConfigurationId,
    BlockId,
    RateId,
    TimeRuleId,
    EntryChangeId,
    SubmissionId,
    InvoiceId,
    InvoiceLineId,
    PaymentId,
    DeliveryId,
    SlackInstallationId,
    SlackBindingId,
    SlackLinkId,
    SlackNoticeId,
    MailId,
);

macro_rules! texts {
    ($($t:ty),+ $(,)?) => {$(
        impl Field for $t {
            type Raw = String;
            fn from_raw(raw: String) -> Option<Self> { raw.parse().ok() }
        }
        impl Bind for $t {
            type Raw = &'static str;
            fn raw(self) -> &'static str { self.as_str() }
        }
    )+};
}
texts!(
    account::Role,
    account::Scope,
    activity::LogType,
    calendar::AccessRole,
    connection::Status,
    event::Status,
    event::ResponseStatus,
    time_entry::Source,
    time_entry::Status,
    crate::jobs::State,
    crate::mails::State,
    crate::push_channels::State,
    crate::events::Kind,
    crate::event_writes::Kind,
    crate::event_writes::State,
    invoice::Status,
    invoice::Kind,
    invoice::Grouping,
    invoice::Unit,
    crate::slack::notices::State,
    crate::slack::notices::Kind,
    crate::slack::bindings::LinkedBy,
    crate::invoices::deliveries::Kind,
    crate::invoices::deliveries::State,
);

macro_rules! jsons {
    ($($t:ty),+ $(,)?) => {$(
        impl Field for $t {
            type Raw = Json<Self>;
            fn from_raw(raw: Json<Self>) -> Option<Self> { Some(raw.0) }
        }
    )+};
}
jsons!(
    serde_json::Value,
    Vec<String>,
    LastError,
    sync::Statistics,
    event::Details,
    event::EventTime,
    availability::Configuration,
    availability::Weekly,
    billing::BillingFilters,
    rule::Conditions,
    invoice::Rounding,
    invoice::Tax,
    invoice::Discount,
    invoice::Totals,
    invoice::Document,
    invoice::Profile,
    invoice::ClientProfile,
    invoice::Work,
);

impl Field for Timestamp {
    type Raw = i64;
    fn from_raw(raw: i64) -> Option<Self> {
        Self::from_microsecond(raw).ok()
    }
}
impl Bind for Timestamp {
    type Raw = i64;
    /// Within what can be read again: the library's last second has fractions that it does not take back.
    fn raw(self) -> i64 {
        const SECOND: i64 = 1_000_000;
        let (first, last) = (Self::MIN.as_second(), Self::MAX.as_second());
        self.as_microsecond().clamp(first * SECOND, last * SECOND)
    }
}
impl Field for Date {
    type Raw = String;
    fn from_raw(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
}
impl Bind for Date {
    type Raw = String;
    fn raw(self) -> String {
        self.to_string()
    }
}
impl Field for daybook_domain::money::Currency {
    type Raw = String;
    fn from_raw(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
}
