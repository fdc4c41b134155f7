//! Every job there is, a line each.

use std::time::Duration;

use super::{
    Kind, begin_password_reset, cleanup, fetch_meeting_link, full_calendar_sync,
    notify_integration_disconnected, refresh_tokens, renew_push_channels, send_email,
    settle_event_write, stop_push_channel, sync_all_calendars, sync_calendar, warn_grant_ending,
    watch_calendar,
};
use crate::invoices::overdue;
use crate::slack::jobs as slack;
use crate::timesheets::{reminders, submissions};

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

/// Every job (SPEC §5), in the order of the page that describes them.
pub const JOBS: &[Kind] = &[
    Kind {
        name: sync_calendar::NAME,
        timeout: minutes(30),
        run: sync_calendar::run,
    },
    Kind {
        name: sync_all_calendars::NAME,
        timeout: minutes(2),
        run: sync_all_calendars::run,
    },
    Kind {
        name: full_calendar_sync::NAME,
        timeout: minutes(30),
        run: full_calendar_sync::run,
    },
    Kind {
        name: renew_push_channels::NAME,
        timeout: minutes(2),
        run: renew_push_channels::run,
    },
    Kind {
        name: watch_calendar::NAME,
        timeout: minutes(5),
        run: watch_calendar::run,
    },
    Kind {
        name: stop_push_channel::NAME,
        timeout: minutes(2),
        run: stop_push_channel::run,
    },
    Kind {
        name: refresh_tokens::NAME,
        timeout: minutes(10),
        run: refresh_tokens::run,
    },
    Kind {
        name: cleanup::LOGS,
        timeout: minutes(10),
        run: cleanup::logs,
    },
    Kind {
        name: cleanup::CONNECTIONS,
        timeout: minutes(10),
        run: cleanup::connections,
    },
    Kind {
        name: notify_integration_disconnected::NAME,
        timeout: minutes(2),
        run: notify_integration_disconnected::run,
    },
    Kind {
        name: warn_grant_ending::NAME,
        timeout: minutes(2),
        run: warn_grant_ending::run,
    },
    Kind {
        name: settle_event_write::NAME,
        timeout: minutes(5),
        run: settle_event_write::run,
    },
    Kind {
        name: overdue::NAME,
        timeout: minutes(10),
        run: overdue::run,
    },
    Kind {
        name: submissions::ASK,
        timeout: minutes(2),
        run: submissions::run,
    },
    Kind {
        name: reminders::NAME,
        timeout: minutes(10),
        run: reminders::run,
    },
    Kind {
        name: fetch_meeting_link::NAME,
        timeout: minutes(2),
        run: fetch_meeting_link::run,
    },
    Kind {
        name: slack::SEND,
        timeout: minutes(2),
        run: slack::send,
    },
    Kind {
        name: slack::SUMMARIES,
        timeout: minutes(10),
        run: slack::summaries,
    },
    Kind {
        name: slack::MEETINGS,
        timeout: minutes(10),
        run: slack::meetings,
    },
    Kind {
        name: slack::UPDATE,
        timeout: minutes(1),
        run: slack::update,
    },
    Kind {
        name: slack::DECIDED,
        timeout: minutes(1),
        run: slack::decided,
    },
    Kind {
        name: slack::HOME,
        timeout: minutes(1),
        run: slack::home,
    },
    Kind {
        name: slack::SEARCH,
        timeout: minutes(2),
        run: slack::search,
    },
    Kind {
        name: slack::WELCOME,
        timeout: minutes(1),
        run: slack::welcome,
    },
    Kind {
        name: send_email::NAME,
        timeout: minutes(2),
        run: send_email::run,
    },
    Kind {
        name: begin_password_reset::NAME,
        timeout: minutes(1),
        run: begin_password_reset::run,
    },
];
