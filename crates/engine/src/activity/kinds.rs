//! Which kind of integration a line of the log is about (SPEC §2.9): its type says so, or else its provider does.

use daybook_domain::activity::LogType;
use daybook_provider_api::manifest::Kind;
use daybook_store::activity::{About, Activity};

use crate::Context;

/// Lines of these types are about whatever their provider is for.
const OPEN: &[LogType] = &[
    LogType::Oauth,
    LogType::TokenRefresh,
    LogType::NotificationSent,
    LogType::Error,
];
const ALL: &[LogType] = &[
    LogType::CalendarSync,
    LogType::VideoLinkCreated,
    LogType::WebhookSent,
    LogType::NotificationSent,
    LogType::Oauth,
    LogType::TokenRefresh,
    LogType::Conflict,
    LogType::Error,
];

/// What a line is about: `calendar`, `video`, `chat` or `webhook`; `None` for a line without a provider that is about all of them.
#[must_use]
pub fn of(cx: &Context, row: &Activity) -> Option<&'static str> {
    told(row.log_type).or_else(|| first_kind(cx, row.integration_type.as_deref()?))
}

/// Which lines `name` means: a kind, `oauth`, or a provider's key. `None` when it is none of these.
#[must_use]
pub fn about(cx: &Context, name: &str) -> Option<About> {
    if cx.registry.get(name).is_some() {
        return Some(About {
            log_types: Vec::new(),
            open_types: ALL.to_vec(),
            providers: vec![name.to_owned()],
        });
    }
    if name == "oauth" {
        return Some(About {
            log_types: vec![LogType::Oauth, LogType::TokenRefresh],
            ..About::default()
        });
    }
    let known = name == "webhook" || name.parse::<Kind>().is_ok();
    known.then(|| About {
        log_types: ALL
            .iter()
            .copied()
            .filter(|log_type| told(*log_type) == Some(name))
            .collect(),
        open_types: OPEN.to_vec(),
        providers: cx
            .registry
            .all()
            .map(|entry| entry.provider.manifest().key)
            .filter(|key| first_kind(cx, key) == Some(name))
            .map(str::to_owned)
            .collect(),
    })
}

/// What every line of this type is about.
fn told(log_type: LogType) -> Option<&'static str> {
    match log_type {
        LogType::CalendarSync | LogType::Conflict => Some(Kind::Calendar.as_str()),
        LogType::VideoLinkCreated => Some(Kind::Video.as_str()),
        LogType::WebhookSent => Some("webhook"),
        LogType::NotificationSent | LogType::Oauth | LogType::TokenRefresh | LogType::Error => None,
    }
}

/// What a provider is mostly for.
fn first_kind(cx: &Context, key: &str) -> Option<&'static str> {
    let entry = cx.registry.get(key)?;
    let kind = entry.provider.manifest().kinds.first()?;
    Some(kind.as_str())
}
