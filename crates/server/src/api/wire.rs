//! How the domain's words look on the wire.

use std::borrow::Cow;

use daybook_domain::account::{Role, Scope};
use daybook_domain::activity::LogType;
use daybook_domain::availability::{Per, Rule, Unknown};
use daybook_domain::billing::LeftOut;
use daybook_domain::calendar::{AccessRole, PushMode};
use daybook_domain::connection::{ErrorKind, Status as ConnectionStatus};
use daybook_domain::event::{
    Conference, ResponseStatus, Scope as EventScope, Status as EventStatus,
};
use daybook_domain::invoice::{
    Grouping, Kind as InvoiceKind, RoundingMode, RoundingPer, Status as InvoiceStatus, TaxCategory,
    Unit as InvoiceUnit,
};
use daybook_domain::rate::Level as RateLevel;
use daybook_domain::time_entry::{Source, Status as TimeEntryStatus};
use daybook_engine::health::Health;
use daybook_engine::notifications;
use daybook_engine::reports::GroupBy;
use daybook_engine::store::invoices::deliveries::{Kind as DeliveryKind, State as DeliveryState};
use daybook_engine::store::jobs::State as JobState;
use daybook_engine::timesheets::approvals::State as ApprovalState;
use daybook_engine::timesheets::drafts::Because;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Check;

/// Declares a schema named `$name` with the values of the text enum `$of`, for use in `#[schema(value_type = …)]`.
macro_rules! text_schema {
    ($($(#[$doc:meta])* $schema:ident = $name:literal of $of:ty;)+) => {$(
        $(#[$doc])*
        pub struct $schema;

        impl PartialSchema for $schema {
            fn schema() -> RefOr<Schema> {
                let values = <$of>::ALL.iter().map(|value| value.as_str());
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(values)).into()
            }
        }

        impl ToSchema for $schema {
            fn name() -> Cow<'static, str> {
                $name.into()
            }
        }
    )+};
}

text_schema! {
    /// [`Role`].
    RoleSchema = "Role" of Role;
    /// [`Scope`].
    ScopeSchema = "Scope" of Scope;
    /// [`ConnectionStatus`].
    ConnectionStatusSchema = "ConnectionStatus" of ConnectionStatus;
    /// [`ErrorKind`].
    ErrorKindSchema = "ErrorKind" of ErrorKind;
    /// [`AccessRole`].
    AccessRoleSchema = "AccessRole" of AccessRole;
    /// [`PushMode`].
    PushModeSchema = "PushMode" of PushMode;
    /// [`Source`].
    SourceSchema = "TimeEntrySource" of Source;
    /// [`TimeEntryStatus`].
    TimeEntryStatusSchema = "TimeEntryStatus" of TimeEntryStatus;
    /// [`ApprovalState`].
    ApprovalStateSchema = "ApprovalState" of ApprovalState;
    /// [`EventStatus`].
    EventStatusSchema = "EventStatus" of EventStatus;
    /// [`Conference`].
    ConferenceSchema = "Conference" of Conference;
    /// [`EventScope`].
    EventScopeSchema = "EventScope" of EventScope;
    /// [`ResponseStatus`].
    ResponseStatusSchema = "ResponseStatus" of ResponseStatus;
    /// [`Health`].
    HealthSchema = "HealthStatus" of Health;
    /// [`JobState`].
    JobStateSchema = "JobState" of JobState;
    /// [`Rule`].
    RuleSchema = "AvailabilityRule" of Rule;
    /// [`Per`].
    PerSchema = "AvailabilityLimitPeriod" of Per;
    /// [`Unknown`].
    UnknownSchema = "UnknownReason" of Unknown;
    /// [`LeftOut`].
    LeftOutSchema = "LeftOutOfBilling" of LeftOut;
    /// [`RateLevel`].
    RateLevelSchema = "RateLevel" of RateLevel;
    /// [`GroupBy`].
    GroupBySchema = "ReportGroupBy" of GroupBy;
    /// [`Because`].
    DraftReasonSchema = "DraftReasonKind" of Because;
    /// [`LogType`].
    LogTypeSchema = "LogType" of LogType;
    /// [`InvoiceStatus`].
    InvoiceStatusSchema = "InvoiceStatus" of InvoiceStatus;
    /// [`DeliveryKind`].
    DeliveryKindSchema = "InvoiceDeliveryKind" of DeliveryKind;
    /// [`DeliveryState`].
    DeliveryStateSchema = "InvoiceDeliveryState" of DeliveryState;
    /// [`InvoiceKind`].
    InvoiceKindSchema = "InvoiceKind" of InvoiceKind;
    /// [`InvoiceUnit`].
    InvoiceUnitSchema = "InvoiceUnit" of InvoiceUnit;
    /// [`Grouping`].
    GroupingSchema = "InvoiceGrouping" of Grouping;
    /// [`RoundingMode`].
    RoundingModeSchema = "RoundingMode" of RoundingMode;
    /// [`RoundingPer`].
    RoundingPerSchema = "RoundingPer" of RoundingPer;
    /// [`TaxCategory`].
    TaxCategorySchema = "TaxCategory" of TaxCategory;
}

/// The kinds of notices that members choose.
pub struct NoticeKindSchema;

impl PartialSchema for NoticeKindSchema {
    fn schema() -> RefOr<Schema> {
        let values: Vec<&str> = notifications::kinds().map(|kind| kind.as_str()).collect();
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(values))
            .into()
    }
}

impl ToSchema for NoticeKindSchema {
    fn name() -> Cow<'static, str> {
        "NotificationKind".into()
    }
}

/// An instant (RFC 3339), or a date, which stands for its midnight in UTC.
pub fn instant(check: &mut Check, pointer: &str, text: Option<&str>) -> Option<Timestamp> {
    let text = text?;
    let midnight = || {
        Some(
            text.parse::<Date>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()?
                .timestamp(),
        )
    };
    let parsed = text.parse::<Timestamp>().ok().or_else(midnight);
    if parsed.is_none() {
        check.wrong(
            pointer,
            "must be an instant such as 2026-12-01T09:00:00Z, or a date such as 2026-12-01",
        );
    }
    parsed
}

/// A date such as `2026-12-01`.
pub fn date(check: &mut Check, pointer: &str, text: Option<&str>) -> Option<Date> {
    let text = text?;
    let parsed = Some(text).filter(|text| text.len() == 10);
    let parsed = parsed.and_then(|text| text.parse().ok());
    if parsed.is_none() {
        check.wrong(pointer, "must be a date such as 2026-12-01");
    }
    parsed
}
