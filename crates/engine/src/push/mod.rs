//! Push: providers tell us that a calendar changed, so that nobody waits for the next poll.
//!
//! A notice is a hint and never data: it leads to an ordinary sync. Everything works without it; a slow poll always runs behind
//! (contracts/README rule 7). [`keep`] sees to it that a calendar has one good channel, [`stop`] ends what is no longer wanted,
//! [`receive`] takes what providers send. Connections of one account share a channel where the provider keeps no second one.

mod ask;
mod keep;
mod receive;
mod shared;
mod steps;
mod stop;
mod together;

use std::net::IpAddr;

use daybook_domain::connection::Status;
use daybook_domain::{CalendarId, WorkspaceId};
use daybook_provider_api::Push;
use daybook_store as store;
use store::Tx;
use store::calendars::Calendar;
use store::push_channels::State;
use url::{Host, Url};

use crate::Context;
use crate::jobs::stop_push_channel;

pub use keep::keep;
pub use receive::{Error, MOST_NOTICES, Received, receive};
pub use stop::{stop, stop_all};
pub use together::Together;

/// Whether providers can call `base_url`: public HTTPS, or anything where private targets are allowed (tests).
#[must_use]
pub fn reachable(base_url: &Url, allow_private_targets: bool) -> bool {
    if allow_private_targets {
        return true;
    }
    let public = match base_url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let inner = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
            name.contains('.') && !inner.iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip).to_canonical()),
        None => false,
    };
    base_url.scheme() == "https" && public
}

fn is_public(ip: IpAddr) -> bool {
    let inner = match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    !(inner || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast())
}

/// What the addresses of notices start with; the provider's key follows.
pub(crate) fn addresses(cx: &Context) -> String {
    format!(
        "{}/hooks/",
        cx.settings.base_url.as_str().trim_end_matches('/')
    )
}

/// The push capability of a provider.
fn capability<'a>(cx: &'a Context, provider: &str) -> Option<&'a dyn Push> {
    cx.registry.get(provider)?.provider.calendar()?.push()
}

/// Whether the calendar's provider should tell us of its changes.
fn is_wanted(cx: &Context, calendar: &Calendar) -> bool {
    cx.settings.push
        && calendar.sync_enabled
        && calendar.active
        && matches!(
            calendar.connection_status,
            Status::Connected | Status::Error
        )
        && capability(cx, &calendar.provider).is_some()
}

/// Whether a calendar that was just synced lacks a channel it could have.
pub(crate) fn should_watch(cx: &Context, calendar: &Calendar) -> bool {
    let now = cx.clock.now();
    is_wanted(cx, calendar)
        && calendar.push_expires_at.is_none_or(|at| at <= now)
        && calendar.watch_after.is_none_or(|at| at <= now)
}

/// The calendar is no longer synced: ends its channels, in the caller's transaction.
pub(crate) async fn release(
    tx: &mut Tx,
    workspace: WorkspaceId,
    calendar: CalendarId,
) -> store::Result<()> {
    for channel in store::push_channels::of_calendar(tx, workspace, calendar).await? {
        if channel.state != State::Closing {
            store::push_channels::close(tx, workspace, channel.id).await?;
        }
        // One whose making is not answered yet is stopped when the answer, or its first notice, comes.
        if channel.remote_id.is_some() {
            stop_push_channel::enqueue(tx, workspace, channel.id).await?;
        }
    }
    store::calendars::set_watch_after(tx, workspace, calendar, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_public_https_address_can_be_called() {
        let test = |url: &str, allowed| reachable(&Url::parse(url).unwrap(), allowed);
        for url in [
            "https://daybook.example.com/",
            "https://daybook.example.com/under/a/path",
            "https://203.0.113.7/",
            "https://[2001:db8::1]:8443/",
        ] {
            assert!(test(url, false), "{url}");
        }
        for url in [
            "http://daybook.example.com/",
            "https://localhost/",
            "https://daybook.localhost/",
            "https://daybook/",
            "https://daybook.local/",
            "https://nas.home.arpa/",
            "https://127.0.0.1:8000/",
            "https://10.1.2.3/",
            "https://192.168.1.2/",
            "https://169.254.1.1/",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "http://127.0.0.1:8000/",
        ] {
            assert!(!test(url, false), "{url}");
            assert!(test(url, true), "{url}");
        }
    }
}
