#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
//! One suite for every calendar provider. A row is something that people rely on; each provider's `quality.toml` says which rows hold
//! for it. A row that is said to hold must, and one that is said not to must not: then the file is out of date.

mod answers;
mod cuts;
mod days;
mod faults;
mod host;
mod quality;
mod read;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use host::Host;
use quality::Said;

macro_rules! rows {
    ($($name:ident: $body:path),* $(,)?) => {
        const ROWS: &[&str] = &[$(stringify!($name)),*];
        rows!(@of google, Host::Google, $($name: $body),*);
        rows!(@of microsoft, Host::Microsoft, $($name: $body),*);
        rows!(@of caldav, Host::Caldav, $($name: $body),*);
    };
    (@of $module:ident, $host:expr, $($name:ident: $body:path),*) => {
        mod $module {
            use super::*;
            $(#[test]
            fn $name() {
                row($host, stringify!($name), || runtime().block_on($body($host)));
            })*
        }
    };
}

rows! {
    list_calendars: read::list_calendars,
    full_sync: read::full_sync,
    incremental_sync: read::incremental_sync,
    cursor_reset: read::cursor_reset,
    exceptions: read::exceptions,
    all_day: read::all_day,
    free_busy: read::free_busy,
    push: read::push,
    errors: read::errors,
    write_single: write::single,
    write_instance: write::instance,
    write_following: write::following,
    write_following_after_exceptions: write::following_after_exceptions,
    write_following_keeps: cuts::following_keeps_what_the_series_carries,
    write_following_carries_changes: cuts::following_carries_changed_occurrences,
    write_following_is_undone: cuts::following_is_undone_when_refused,
    write_series: write::series,
    write_all_day: days::write_all_day,
    create_is_idempotent: write::create_is_idempotent,
    lost_updates_are_refused: write::lost_updates_are_refused,
    faults_of_writes: faults::faults_of_writes,
    faults_of_steps: faults::faults_of_steps,
    slow_writes_end: faults::slow_writes_end,
    answers: write::answers,
    answers_by_scope: answers::answers_by_scope,
    changes_elsewhere_are_reported: answers::changes_elsewhere_are_reported,
    quiet_writes: write::quiet_writes,
    meeting_links: write::meeting_links,
    any_recurrence: write::any_recurrence,
}

/// Runs a row of a provider, and holds it against what its `quality.toml` says.
fn row(host: Host, name: &str, body: impl FnOnce()) {
    match quality::said(host, name) {
        Said::Holds => body(),
        Said::HoldsNot(why) => {
            let holds = catch_unwind(AssertUnwindSafe(body)).is_ok();
            assert!(
                !holds,
                "quality.toml of {host:?} says that {name} does not hold ({why}), but it does"
            );
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn every_quality_file_names_every_row_and_no_other() {
    let mut rows: Vec<String> = ROWS.iter().map(|name| name.replace('_', "-")).collect();
    rows.sort();
    for host in Host::ALL {
        assert_eq!(quality::rows(host), rows, "{host:?}");
    }
}
