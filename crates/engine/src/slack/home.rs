//! The home page of the app, as it is when somebody opens it.

use daybook_store as store;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::instances::InstanceView;

use super::blocks::{self, Home, Line};
use super::call::{Ask, call};
use super::jobs;
use super::notify::render as words;
use super::who::{Bound, Known, resolve};
use super::{Error, entry, link, meetings, time};
use crate::timesheets::submissions;
use crate::{Context, timesheets};

/// Makes the page and shows it.
pub(super) async fn publish(
    cx: &Context,
    ask: &jobs::Home,
) -> Result<(), crate::connections::Error> {
    let view = match resolve(cx, &ask.sender).await? {
        Known::Member(bound) => {
            let page = page(cx, &bound).await.map_err(unwrapped)?;
            blocks::home(&page, &bound.zone, cx.settings.dashboard())
        }
        Known::Unlinked(installation) => {
            let offer = link::offer(cx, &installation, &ask.sender).await?;
            blocks::stranger(&offer)
        }
        Known::Gone | Known::NotInstalled => return Ok(()),
    };
    let publish = Ask::Publish(&ask.sender.user_id, &view);
    call(cx, ask.workspace_id, ask.connection_id, &publish).await?;
    Ok(())
}

fn unwrapped(error: Error) -> crate::connections::Error {
    match error {
        Error::Store(error) => error.into(),
        _ => crate::connections::Error::Interrupted,
    }
}

async fn page(cx: &Context, bound: &Bound) -> Result<Home, Error> {
    let workspace = bound.workspace();
    let now = cx.clock.now();
    let local = now.to_zoned(bound.zone.clone());
    let day = time::day(local.date(), &bound.zone);
    let week = time::week(local.date(), &bound.zone);
    let mut tx = cx.store.read_in(workspace).await?;
    let total = |entries: Vec<store::time_entries::TimeEntry>| {
        entries
            .iter()
            .map(|entry| entry.duration_minutes)
            .sum::<i64>()
    };
    let today = total(entry::between(&mut tx, &bound.who, day).await?);
    let logged = total(entry::between(&mut tx, &bound.who, week).await?);
    let meetings = timesheets::meetings_on(&mut tx, &bound.who, day).await?;
    let meetings = meetings.iter().map(|event| meeting(event, &bound.zone));
    let drafts = meetings::over(&mut tx, &bound.who, (week.0, now)).await?;
    let drafts = meetings::named(&mut tx, workspace, drafts).await?;
    let (approvals, waiting) = approvals(&mut tx, bound).await?;
    Ok(Home {
        day: local.strftime("%A, %-d %B").to_string(),
        meetings: meetings.collect(),
        drafts,
        today,
        week: logged,
        approvals,
        waiting,
    })
}

fn meeting(event: &InstanceView, zone: &TimeZone) -> Line {
    let clock = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    Line {
        id: event.id.to_string(),
        lead: format!("{}–{}", clock(event.start_us), clock(event.end_us)),
        what: blocks::titled(&event.details.title).to_owned(),
        done: event.time_entry_id.is_some(),
        seen: String::new(),
    }
}

/// What waits for this person's approval: other members' entries, for those who manage the workspace. The first of them, and how many.
async fn approvals(tx: &mut store::Tx, bound: &Bound) -> Result<(Vec<Line>, usize), Error> {
    if !bound.who.manages() {
        return Ok((Vec::new(), 0));
    }
    let (ws, own) = (bound.workspace(), bound.who.member_id);
    let most = i64::try_from(blocks::MOST).unwrap_or(i64::MAX);
    let (rows, all) = store::slack::entries::waiting_of_others(tx, ws, own, most).await?;
    let mut lines = Vec::new();
    for row in &rows {
        lines.push(Line {
            id: row.id.to_string(),
            lead: words::name_of(tx, row).await?,
            what: format!(
                "{} {}",
                time::duration(row.duration_minutes),
                row.description
            ),
            done: false,
            seen: submissions::seen(std::slice::from_ref(row)),
        });
    }
    Ok((lines, usize::try_from(all).unwrap_or_default()))
}
