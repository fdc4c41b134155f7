//! Which scopes open which operations (contract §2).

const ALL: &str = "https://www.googleapis.com/auth/calendar";
const READ: &str = "https://www.googleapis.com/auth/calendar.readonly";
const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
const EVENTS_READ: &str = "https://www.googleapis.com/auth/calendar.events.readonly";
const LIST: &str = "https://www.googleapis.com/auth/calendar.calendarlist";
const LIST_READ: &str = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
const FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.freebusy";
const EVENTS_FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.events.freebusy";

pub(super) const LIST_CALENDARS: &[&str] = &[ALL, READ, LIST, LIST_READ];
pub(super) const READ_EVENTS: &[&str] = &[ALL, READ, EVENTS, EVENTS_READ];
pub(super) const WRITE_EVENTS: &[&str] = &[ALL, EVENTS];
pub(super) const QUERY_FREE_BUSY: &[&str] = &[ALL, READ, FREE_BUSY, EVENTS_FREE_BUSY];

/// What the consent page says about a scope.
pub(super) fn describe(scope: &str) -> &'static str {
    match scope {
        "openid" => "Know who you are here",
        ALL => "See, change, share and delete all your calendars",
        READ => "See all your calendars and their events",
        EVENTS => "See and change events on all your calendars",
        EVENTS_READ => "See events on all your calendars",
        LIST | LIST_READ => "See the list of your calendars",
        FREE_BUSY | EVENTS_FREE_BUSY => "See when you are free or busy",
        s if s.ends_with("email") => "See your e-mail address",
        s if s.ends_with("profile") => "See your name",
        _ => "Another permission",
    }
}

/// Identity scopes cannot be unticked.
pub(super) fn is_identity(scope: &str) -> bool {
    matches!(scope, "openid" | "email" | "profile") || scope.contains("/auth/userinfo.")
}
