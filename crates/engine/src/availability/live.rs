//! Asking the providers themselves when calendars are busy, past the mirror. Whatever goes wrong makes a calendar unknown; one that
//! cannot be asked is left to the mirror.

use std::collections::BTreeMap;

use daybook_domain::availability::{Interval, Unknown};
use daybook_domain::connection::ErrorKind;
use daybook_domain::{CalendarId, ConnectionId};
use daybook_provider_api::calendar::FreeBusy;
use daybook_provider_api::calendar::free_busy::Answer;
use daybook_provider_api::{self as provider, Credential};
use daybook_store::calendars::Calendar;
use futures::future::join_all;
use jiff::Timestamp;

use crate::Context;
use crate::connections::{self, vault};

/// What a provider said of one calendar.
pub type Told = Result<Vec<Interval>, Unknown>;

/// What the providers say now of those of `calendars` that can be asked about; the others are left out, for the mirror.
pub async fn ask(
    cx: &Context,
    calendars: &[&Calendar],
    span: Interval,
) -> BTreeMap<CalendarId, Told> {
    let mut by_connection: BTreeMap<ConnectionId, Vec<&Calendar>> = BTreeMap::new();
    for calendar in calendars {
        by_connection
            .entry(calendar.connection_id)
            .or_default()
            .push(*calendar);
    }
    let mut asked = Vec::new();
    for own in by_connection.into_values() {
        asked.push(one_connection(cx, own, span));
    }
    join_all(asked).await.into_iter().flatten().collect()
}

/// What one account's provider says of its calendars; nothing when it cannot be asked.
async fn one_connection(
    cx: &Context,
    own: Vec<&Calendar>,
    span: Interval,
) -> Vec<(CalendarId, Told)> {
    let Some(first) = own.first() else {
        return Vec::new();
    };
    let capability = cx.registry.calendar(&first.provider);
    let Some(way) = capability
        .ok()
        .and_then(|capability| capability.free_busy())
    else {
        return Vec::new();
    };
    let told = match of_connection(cx, way, &own, span).await {
        Ok(told) => told,
        Err(why) => vec![Some(Err(why)); own.len()],
    };
    let each = own.iter().map(|calendar| calendar.id).zip(told);
    each.filter_map(|(id, told)| Some((id, told?))).collect()
}

async fn of_connection(
    cx: &Context,
    way: &dyn FreeBusy,
    calendars: &[&Calendar],
    span: Interval,
) -> Result<Vec<Option<Told>>, Unknown> {
    let Some(first) = calendars.first() else {
        return Ok(Vec::new());
    };
    let (workspace, id) = (first.workspace_id, first.connection_id);
    let names: Vec<String> = calendars
        .iter()
        .map(|calendar| calendar.external_id.clone())
        .collect();
    let (from, to): (Timestamp, Timestamp) = (span.from(), span.until());
    let access = vault::access(cx, workspace, id).await.map_err(failed)?;
    let first_try = way.free_busy(&access.session(cx), &names, from, to).await;
    let answers = match first_try {
        Err(error)
            if error.kind == ErrorKind::Auth
                && matches!(access.credential, Credential::Bearer(_)) =>
        {
            let access = vault::renew(cx, workspace, id, access.version)
                .await
                .map_err(failed)?;
            way.free_busy(&access.session(cx), &names, from, to).await
        }
        other => other,
    };
    let answers = answers.map_err(|error| refused(id, &error))?;
    // Fewer answers than calendars: those without one are unknown.
    let mut told: Vec<Option<Told>> = answers.into_iter().map(known).collect();
    told.resize(calendars.len(), Some(Err(Unknown::ProviderSilent)));
    Ok(told)
}

/// What an answer says; `None` when there cannot be any.
fn known(answer: Answer) -> Option<Told> {
    match answer {
        Answer::Known(busy) => Some(Ok(busy
            .iter()
            .map(|one| Interval::between(one.start, one.end))
            .collect())),
        Answer::Unknown(reason) => {
            tracing::info!(reason, "a provider did not say when a calendar is busy");
            Some(Err(Unknown::ProviderSilent))
        }
        Answer::CannotAsk => None,
    }
}

fn failed(error: connections::Error) -> Unknown {
    match error {
        connections::Error::NeedsReauth => Unknown::NeedsReauth,
        connections::Error::Disconnected => Unknown::Disconnected,
        other => {
            tracing::info!(error = %other, "no session to ask for free time with");
            Unknown::ProviderFailed
        }
    }
}

fn refused(connection: ConnectionId, error: &provider::Error) -> Unknown {
    tracing::info!(connection.id = %connection, kind = %error.kind, "a provider could not be asked for free time");
    Unknown::ProviderFailed
}
