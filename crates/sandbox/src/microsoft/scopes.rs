//! Scope names in their two forms, and which of them open which operations (contract §2).

const GRAPH: &str = "https://graph.microsoft.com/";
const READ: &str = "calendars.read";
const READ_BASIC: &str = "calendars.readbasic";
const WRITE: &str = "calendars.readwrite";

pub(super) const PROFILE: &[&str] = &["user.read", "user.readwrite", "user.readbasic.all"];
pub(super) const READ_CALENDARS: &[&str] = &[
    READ,
    READ_BASIC,
    WRITE,
    "calendars.read.shared",
    "calendars.readwrite.shared",
];
pub(super) const WRITE_EVENTS: &[&str] = &[WRITE, "calendars.readwrite.shared"];
pub(super) const SHARED: &[&str] = &["calendars.read.shared", "calendars.readwrite.shared"];
pub(super) const FREE_BUSY: &[&str] = &[READ, READ_BASIC, WRITE];
pub(super) const MAILBOX: &[&str] = &["mailboxsettings.read", "mailboxsettings.readwrite"];

const KNOWN: &[&str] = &[
    "openid",
    "profile",
    "email",
    "offline_access",
    "User.Read",
    "User.ReadWrite",
    "Calendars.Read",
    "Calendars.ReadBasic",
    "Calendars.ReadWrite",
    "Calendars.Read.Shared",
    "Calendars.ReadWrite.Shared",
    "OnlineMeetings.ReadWrite",
    "MailboxSettings.Read",
    "MailboxSettings.ReadWrite",
];

/// The short name in its usual case; `None` when Graph has no such scope.
pub(super) fn canonical(scope: &str) -> Option<&'static str> {
    let short = match scope.get(..GRAPH.len()) {
        Some(start) if start.eq_ignore_ascii_case(GRAPH) => &scope[GRAPH.len()..],
        _ => scope,
    };
    KNOWN
        .iter()
        .copied()
        .find(|k| k.eq_ignore_ascii_case(short))
}

/// Whether the scope names another resource than Graph; one request may name only one.
pub(super) fn is_foreign(scope: &str) -> bool {
    scope.contains("://") && canonical(scope).is_none()
}

/// The form with the resource in front; identity scopes have none.
pub(super) fn url_form(scope: &str) -> String {
    if is_identity(scope) {
        scope.to_owned()
    } else {
        format!("{GRAPH}{scope}")
    }
}

pub(super) fn is_identity(scope: &str) -> bool {
    matches!(scope, "openid" | "profile" | "email" | "offline_access")
}

/// Whether one of `wanted` (lower case) is among the granted.
pub(super) fn allow(granted: &[String], wanted: &[&str]) -> bool {
    granted
        .iter()
        .any(|g| wanted.contains(&g.to_ascii_lowercase().as_str()))
}

/// What the consent page says about a scope.
pub(super) fn describe(scope: &str) -> &'static str {
    match scope {
        "openid" => "Sign you in",
        "profile" | "User.Read" => "View your basic profile",
        "email" => "View your e-mail address",
        "offline_access" => "Keep access to data you have given it access to",
        "Calendars.Read" | "Calendars.ReadBasic" => "Read your calendars",
        "Calendars.ReadWrite" => "Have full access to your calendars",
        "Calendars.Read.Shared" => "Read calendars you can access",
        "Calendars.ReadWrite.Shared" => "Read and write calendars you can access",
        "OnlineMeetings.ReadWrite" => "Read and create your online meetings",
        _ => "Another permission",
    }
}
