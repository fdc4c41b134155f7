//! A series is cut in two: both steps as they are noted, done, finished after a crash, and undone when the provider refuses the second.

use daybook_domain::EventId;
use daybook_domain::event::{Draft, Patch};
use daybook_provider_api as provider;
use daybook_provider_api::calendar::write::{Create, Like, Target, Written};
use daybook_store as store;
use provider::error::ErrorKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::event_writes::EventWrite;

use super::apart::Apart;
use super::desk::{Call, Desk, etag_of, event_of};
use super::{Error, change};

/// The two steps, as they are noted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Steps {
    /// The new part; `None`: it is removed.
    pub(super) draft: Option<Draft>,
    /// The master's provider id.
    pub(super) master: String,
    /// The resource it is in.
    pub(super) resource: Option<String>,
    /// What is left of the old part.
    pub(super) before: Vec<String>,
    /// What the new part says otherwise than the old one, apart from times and recurrence.
    #[serde(default)]
    pub(super) like: Option<Patch>,
    /// What was said of single occurrences of the old part, where the lines cannot say it.
    #[serde(default)]
    pub(super) kept: Apart,
    /// And of the new part.
    #[serde(default)]
    pub(super) carried: Apart,
    /// Whether attendees may be mailed.
    pub(super) notify: bool,
}

/// Whether a cut is run for the first time, so that nothing of it can be there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    First,
    Again,
}

/// Does both steps; each may have been done before. When the old part cannot be shortened, for a reason that is certain, the new one
/// goes again and the note ends: else the same meetings would be there twice for good.
pub(super) async fn run(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    time: Time,
) -> Result<EventId, Error> {
    let new = match &steps.draft {
        Some(draft) => Some(created(desk, intent, steps, draft, time).await?),
        None => None,
    };
    let pending = new.as_ref().is_some_and(|new| new.conference_pending);
    let event = match &new {
        Some(new) => desk.event_id(new),
        None => EventId::of(desk.calendar.id, &steps.master),
    };
    let shortened = match shorten(desk, steps, new.as_ref()).await {
        Ok(shortened) => shortened,
        Err(error) if is_certain(&error) => {
            return Err(undo(desk, intent, steps, new.as_ref(), error).await);
        }
        Err(error) => return Err(unsure(error)),
    };
    let kept = &steps.kept;
    let written = kept
        .make_good(desk, &steps.master, steps.notify, shortened)
        .await?;
    let written = Written {
        conference_pending: pending,
        ..written
    };
    desk.keep(&written, Some((intent.id, event))).await?;
    Ok(event)
}

/// The first step: the new part, as the provider holds it.
async fn created(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    draft: &Draft,
    time: Time,
) -> Result<Written, Error> {
    let like = steps.like.clone().map(|patch| Like {
        of: source(steps),
        patch,
    });
    let create = Create {
        key: intent.id.into(),
        draft: draft.clone(),
        notify: steps.notify,
        like,
    };
    let error = match desk.must(&Call::Create(&create)).await {
        Ok(written) => return Ok(written),
        Err(error @ Error::Unknown(_)) => {
            return match desk.call(&Call::Find(create.key)).await {
                Ok(Some(written)) => Ok(written),
                Ok(None) | Err(_) => Err(error),
            };
        }
        Err(error) => error,
    };
    // What is refused now may have been done by an earlier attempt.
    let there = match time {
        Time::First => None,
        Time::Again => match desk.call(&Call::Find(create.key)).await {
            Ok(there) => there,
            Err(_) => return Err(unsure(error)),
        },
    };
    Err(undo(desk, intent, steps, there.as_ref(), error).await)
}

/// What belongs to the new part's occurrences, and the second step: the old part ends before it.
async fn shorten(
    desk: &mut Desk<'_>,
    steps: &Steps,
    new: Option<&Written>,
) -> Result<Written, Error> {
    if let Some(new) = new {
        let (carried, id) = (&steps.carried, &new.provider_id);
        let written = carried
            .make_good(desk, id, steps.notify, new.clone())
            .await?;
        desk.keep(&written, None).await?;
    }
    let target = source(steps);
    let now = desk.must(&Call::Read(&target)).await?;
    let Some(base) = event_of(&now, &steps.master).cloned() else {
        return Err(Error::Gone);
    };
    let target = Target {
        etag: etag_of(&now, &steps.master),
        ..target
    };
    let patch = Patch {
        recurrence: Some(steps.before.clone()),
        ..Patch::default()
    };
    change::apply(desk, target, &base, &patch, steps.notify).await
}

/// Whether the provider said no, and will.
pub(super) const fn is_certain(error: &Error) -> bool {
    matches!(
        error,
        Error::Invalid { .. }
            | Error::ReadOnly(_)
            | Error::Unsupported(_)
            | Error::Refused(_)
            | Error::Locked(_)
            | Error::AlwaysNotifies
            | Error::Gone
    )
}

/// A refusal for the moment, of something that is finished later.
fn unsure(error: Error) -> Error {
    match error {
        Error::Provider(error) => Error::Unknown(error),
        other => other,
    }
}

/// The new part goes again, and the note with it. When it does not go, the note stays: it is tried again later.
async fn undo(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    new: Option<&Written>,
    error: Error,
) -> Error {
    if let Some(new) = new {
        let target = Target {
            provider_id: new.provider_id.clone(),
            resource: event_of(new, &new.provider_id).and_then(|event| event.resource.clone()),
            ..source(steps)
        };
        let gone = match desk.must(&Call::Delete(&target, steps.notify)).await {
            Ok(removed) => desk.keep(&removed, None).await,
            Err(error) => Err(error),
        };
        if let Err(stays) = gone {
            tracing::warn!(event_write.id = %intent.id, %error, %stays, "a series could be neither cut nor put together again; it is tried again later");
            return Error::Unknown(provider::Error::new(
                ErrorKind::Unavailable,
                "The series could be neither cut nor put together again.",
            ));
        }
    }
    desk.give_up(intent.id, &error).await;
    error
}

/// The old part, in whatever version.
fn source(steps: &Steps) -> Target {
    Target {
        provider_id: steps.master.clone(),
        resource: steps.resource.clone(),
        series: None,
        occurrence: None,
        etag: None,
    }
}

/// The steps of a note.
pub(super) fn noted(request: &Value) -> Option<Steps> {
    serde_json::from_value(request.get("steps")?.clone()).ok()
}
