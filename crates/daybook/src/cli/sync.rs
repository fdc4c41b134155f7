//! `sync`: brings calendars up to date now, one after the other.

use anyhow::{Result, bail};
use daybook_domain::CalendarId;
use daybook_domain::sync::Statistics;
use daybook_engine::Context;
use daybook_engine::sync::{self, Ask, Mode};
use daybook_store as store;
use serde_json::json;
use store::calendars::Calendar;

use super::terminal::Terminal;
use crate::config::Config;

pub(super) async fn run(
    config: &Config,
    calendar: Option<CalendarId>,
    full: bool,
    terminal: &Terminal,
) -> Result<()> {
    let cx = super::ready(config).await?;
    let calendars = choose(&cx, calendar).await?;
    let ask = Ask {
        mode: if full { Mode::Full } else { Mode::Incremental },
        by_hand: true,
    };
    let bar = terminal.progress(calendars.len() as u64);
    let (mut results, mut failed) = (Vec::new(), 0);
    for calendar in calendars {
        bar.set_message(calendar.name.clone());
        let result = sync::run(&cx, calendar.workspace_id, calendar.id, ask).await;
        bar.inc(1);
        failed += usize::from(result.is_err());
        if !terminal.json() {
            bar.suspend(|| terminal.say(line(&calendar, &result)))?;
        }
        results.push(match result {
            Ok(done) => json!({"calendar_id": calendar.id, "result": done}),
            Err(error) => json!({"calendar_id": calendar.id, "error": error.to_string()}),
        });
    }
    bar.finish_and_clear();
    cx.store.close().await;
    if terminal.json() {
        terminal.say(serde_json::to_string(&results)?)?;
    }
    if failed > 0 {
        bail!(
            "{failed} of {} calendars could not be synced",
            results.len()
        );
    }
    Ok(())
}

fn line(calendar: &Calendar, result: &Result<Statistics, sync::Error>) -> String {
    match result {
        Ok(done) => format!(
            "{} ({}): {} new, {} changed, {} gone, {} unchanged, {} ms",
            calendar.name,
            calendar.provider,
            done.created,
            done.updated,
            done.deleted,
            done.unchanged,
            done.duration_ms
        ),
        Err(error) => format!("{} ({}): {error}", calendar.name, calendar.provider),
    }
}

/// The one calendar, or all that are switched on, over all workspaces.
async fn choose(cx: &Context, wanted: Option<CalendarId>) -> Result<Vec<Calendar>> {
    let mut found = Vec::new();
    let mut tx = cx.store.read().await?;
    for workspace in store::workspaces::list_all(&mut tx).await? {
        match wanted {
            Some(id) => match store::calendars::get(&mut tx, workspace.id, id).await {
                Ok(calendar) => found.push(calendar),
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            },
            None => found.extend(store::calendars::all_enabled(&mut tx, workspace.id).await?),
        }
    }
    if let (true, Some(id)) = (found.is_empty(), wanted) {
        bail!("there is no calendar {id}");
    }
    Ok(found)
}
