//! The parameters of an event listing, checked: what may be combined, what must not change.

use jiff::Timestamp;

use crate::google::call::Call;
use crate::google::cursor::{PageToken, SyncToken, bind, unseal};
use crate::google::errors::ApiError;
use crate::google::state::State;
use crate::google::state::calendar::Calendar;

const DEFAULT_PAGE: usize = 250;
const MAX_PAGE: usize = 2500;

/// Parameters that no token is bound to.
const UNBOUND: &[&str] = &[
    "pageToken",
    "maxResults",
    "alt",
    "fields",
    "key",
    "prettyPrint",
    "quotaUser",
];
/// Parameters that only the first request of a sync has, or that may differ without harm.
const FIRST_ONLY: &[&str] = &["syncToken", "timeMin", "timeMax", "showDeleted"];
/// Parameters that must not come with a sync token.
const FORBIDDEN: &[&str] = &[
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
];
/// Searches do not lead to a sync token.
const SEARCHES: &[&str] = &[
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "updatedMin",
];

/// A checked listing request.
#[derive(Debug)]
pub(super) struct Listing {
    pub single_events: bool,
    pub show_deleted: bool,
    pub event_types: Vec<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub updated_min: Option<Timestamp>,
    pub ical_uid: Option<String>,
    pub text: Option<String>,
    pub private: Vec<(String, String)>,
    pub max_attendees: Option<usize>,
    pub by_updated: bool,
    /// Incremental: only changes after this one.
    pub since: Option<u64>,
    pub page: PageToken,
    pub limit: usize,
    /// What a sync token issued now would be bound to.
    pub bound: String,
    pub searches: bool,
}

impl Listing {
    pub fn parse(call: &Call, state: &State, calendar: &Calendar) -> Result<Self, ApiError> {
        let bound = bind(&call.params, &[UNBOUND, FIRST_ONLY].concat());
        let token = sync_token(call, calendar, &bound)?;
        let window = |micros: Option<i64>| micros.and_then(|m| Timestamp::from_microsecond(m).ok());
        let (from, to) = match &token {
            Some(token) => (window(token.window.0), window(token.window.1)),
            None => (call.time("timeMin")?, call.time("timeMax")?),
        };
        if from.zip(to).is_some_and(|(from, to)| to <= from) {
            let message = "The specified time range is empty.";
            return Err(ApiError::parameter("timeMax", message));
        }
        let single_events = call.flag("singleEvents")?.unwrap_or(false);
        let order = order(call, single_events)?;
        let all = |name: &'static str| {
            let found = call.params.iter().filter(move |(n, _)| n == name);
            found.map(|(_, v)| v.clone())
        };
        let split = |text: String| {
            text.split_once('=')
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
        };
        let asked = call
            .number("maxResults")?
            .unwrap_or(DEFAULT_PAGE)
            .clamp(1, MAX_PAGE);
        Ok(Self {
            single_events,
            show_deleted: token.is_some() || call.flag("showDeleted")?.unwrap_or(false),
            event_types: all("eventTypes").collect(),
            from,
            to,
            updated_min: call.time("updatedMin")?,
            ical_uid: call.param("iCalUID").map(str::to_owned),
            text: call.param("q").map(str::to_lowercase),
            private: all("privateExtendedProperty").filter_map(split).collect(),
            max_attendees: call.number("maxAttendees")?,
            by_updated: order == Some("updated"),
            since: token.map(|t| t.seq),
            page: page(call, state, calendar)?,
            limit: asked.min(call.sim.config().page_cap.unwrap_or(MAX_PAGE)),
            bound,
            searches: SEARCHES.iter().any(|name| call.param(name).is_some()),
        })
    }

    /// The token that continues after this listing.
    pub fn sync_token(&self, calendar: &Calendar, now: Timestamp) -> SyncToken {
        SyncToken {
            of: calendar.id.clone(),
            seq: self.page.upper,
            generation: calendar.generation,
            params: self.bound.clone(),
            window: (
                self.from.map(Timestamp::as_microsecond),
                self.to.map(Timestamp::as_microsecond),
            ),
            issued: now.as_second(),
        }
    }
}

fn sync_token(
    call: &Call,
    calendar: &Calendar,
    bound: &str,
) -> Result<Option<SyncToken>, ApiError> {
    let Some(text) = call.param("syncToken") else {
        return Ok(None);
    };
    for name in FORBIDDEN {
        if call.param(name).is_some() {
            let message = format!("{name} cannot be combined with syncToken.");
            return Err(ApiError::parameter(name, &message));
        }
    }
    if call.flag("showDeleted")? == Some(false) {
        let message = "showDeleted must not be false with syncToken.";
        return Err(ApiError::parameter("showDeleted", message));
    }
    let token: Option<SyncToken> = unseal(text);
    let token = token.filter(|t| t.of == calendar.id && t.generation == calendar.generation);
    let age = |t: &SyncToken| call.sim.desk.clock().now().as_second() - t.issued;
    let limit = call.sim.config().sync_token_ttl_s;
    let token = token.filter(|t| limit.is_none_or(|limit| age(t) < limit));
    let token = token.ok_or_else(ApiError::full_sync_required)?;
    if token.params != bound {
        let message = "Parameters must equal those of the request that began the sync.";
        return Err(ApiError::parameter("syncToken", message));
    }
    Ok(Some(token))
}

fn order(call: &Call, single_events: bool) -> Result<Option<&str>, ApiError> {
    let order = call.param("orderBy");
    match order {
        None | Some("updated") => Ok(order),
        Some("startTime") if single_events => Ok(order),
        Some("startTime") => {
            let message = "The requested ordering is not available for the particular query.";
            Err(ApiError::parameter("orderBy", message))
        }
        Some(_) => Err(ApiError::parameter("orderBy", "Invalid value.")),
    }
}

fn page(call: &Call, state: &State, calendar: &Calendar) -> Result<PageToken, ApiError> {
    let params = bind(&call.params, UNBOUND);
    let Some(text) = call.param("pageToken") else {
        return Ok(PageToken {
            of: calendar.id.clone(),
            params,
            upper: state.seq(),
            last: 0,
            page: 0,
        });
    };
    let invalid = || ApiError::parameter("pageToken", "Invalid page token value.");
    let token: PageToken = unseal(text).ok_or_else(invalid)?;
    if token.of != calendar.id {
        return Err(invalid());
    }
    if token.params != params {
        let message = "Parameters must not change from page to page.";
        return Err(ApiError::parameter("pageToken", message));
    }
    Ok(token)
}
