//! What such meetings were booked on the last time: by series, by title, by the domain of the others in them.

use std::collections::HashMap;

use daybook_domain::rule::Subject;
use daybook_store as store;
use store::calendars::Calendar;
use store::drafts::Choice;
use store::instances::InstanceView;
use store::time_entries::TimeEntry;

use super::booking::Said;
use super::drafts::{Because, Idea};
use super::{Error, gather};

/// The most others' domains of a meeting that are remembered.
const DOMAINS: usize = 3;
/// Domains that say nothing about who somebody works for.
const EVERYBODYS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "me.com",
    "yahoo.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "proton.me",
    "protonmail.com",
    "resource.calendar.google.com",
    "group.calendar.google.com",
];

/// The first kind that is known; of several domains the one that was chosen last.
pub(super) fn by_choice(
    names: &[(Because, String)],
    choices: &HashMap<(&str, &str), &Choice>,
) -> Option<Idea> {
    let known = |(because, name): &(Because, String)| {
        choices
            .get(&(because.as_str(), name.as_str()))
            .map(|choice| (*because, *choice))
    };
    let found: Vec<(Because, &Choice)> = names.iter().filter_map(known).collect();
    let (because, choice) = found
        .iter()
        .max_by_key(|(because, choice)| (std::cmp::Reverse(*because), choice.chosen_at))?;
    let shown = *because != Because::Series;
    Some(Idea {
        said: Said {
            client_id: choice.client_id,
            project_id: choice.project_id,
            billable: Some(choice.billable),
        },
        because: *because,
        detail: shown.then(|| choice.name.clone()),
        ..Idea::default()
    })
}

/// By what a meeting is remembered: its series, its title, and the domains of the others in it.
pub(super) fn names_of(
    event: &InstanceView,
    subject: &Subject,
    calendar: Option<&Calendar>,
) -> Vec<(Because, String)> {
    let mut names = Vec::new();
    if event.recurring() {
        let series = event
            .ical_uid
            .clone()
            .unwrap_or_else(|| event.event_id.to_string());
        names.push((Because::Series, series));
    }
    let title: String = subject.title().trim().chars().take(200).collect();
    if !title.is_empty() {
        names.push((Because::Title, title));
    }
    let own = calendar
        .and_then(|calendar| calendar.connection_email.as_deref())
        .and_then(daybook_domain::rule::domain_of);
    let others = subject
        .domains()
        .iter()
        .filter(|domain| Some(*domain) != own.as_ref() && !EVERYBODYS.contains(&domain.as_str()));
    names.extend(
        others
            .take(DOMAINS)
            .map(|domain| (Because::Domain, domain.clone())),
    );
    names
}

/// Remembers what a meeting was booked on, if somebody chose it; `billable` as it was meant, whoever bills the meeting.
pub(super) async fn learn(
    tx: &mut store::Tx,
    event: &InstanceView,
    calendar: &Calendar,
    entry: &TimeEntry,
    billable: bool,
) -> Result<(), Error> {
    if entry.project_id.is_none() && entry.client_id.is_none() {
        return Ok(());
    }
    for (kind, name) in names_of(event, &gather::subject(event), Some(calendar)) {
        remember(tx, entry, kind, &name, billable).await?;
    }
    Ok(())
}

async fn remember(
    tx: &mut store::Tx,
    entry: &TimeEntry,
    kind: Because,
    name: &str,
    billable: bool,
) -> Result<(), Error> {
    let booked = (entry.client_id, entry.project_id, billable);
    let (ws, member) = (entry.workspace_id, entry.member_id);
    Ok(store::drafts::learn(tx, ws, member, kind.as_str(), name, booked).await?)
}

/// Remembers what the meeting of an entry was booked on after all, `said` to be billed or not; nothing when the meeting is gone.
pub(super) async fn learn_again(
    tx: &mut store::Tx,
    entry: &TimeEntry,
    said: Option<bool>,
) -> Result<(), Error> {
    let Some(event) = entry.synced_event_id else {
        return Ok(());
    };
    let ws = entry.workspace_id;
    let Some(event) = store::instances::get_many(tx, ws, &[event]).await?.pop() else {
        return Ok(());
    };
    let calendars = store::calendars::get_many(tx, ws, &[event.calendar_id]).await?;
    let Some(calendar) = calendars.first() else {
        return Ok(());
    };
    let plain = entry.billable || !is_billed_by_another(tx, entry).await?;
    if let Some(billable) = said.or(plain.then_some(entry.billable)) {
        return learn(tx, &event, calendar, entry, billable).await;
    }
    if entry.project_id.is_none() && entry.client_id.is_none() {
        return Ok(());
    }
    // It is not billed only because a colleague bills it: what was learned of that stands.
    let names = names_of(&event, &gather::subject(&event), Some(calendar));
    let wanted: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
    let known = store::drafts::choices(tx, ws, entry.member_id, &wanted).await?;
    for (kind, name) in names {
        let before = known
            .iter()
            .find(|choice| choice.kind == kind.as_str() && choice.name == name);
        let billable = before.is_none_or(|choice| choice.billable);
        remember(tx, entry, kind, &name, billable).await?;
    }
    Ok(())
}

async fn is_billed_by_another(tx: &mut store::Tx, entry: &TimeEntry) -> Result<bool, Error> {
    let causes: Vec<String> = entry.cause_key.iter().cloned().collect();
    let billed = store::drafts::billed(tx, entry.workspace_id, &causes).await?;
    Ok(billed.iter().any(|one| one.time_entry_id != entry.id))
}
