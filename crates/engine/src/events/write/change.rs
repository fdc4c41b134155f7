//! Changing, removing and answering what is there: on the version the mirror knows, and when that is old, on what the provider
//! holds now; a change only as long as nobody else changed the same things.

use daybook_domain::event::{Details, Patch, Person, ProviderEvent, ResponseStatus};
use daybook_provider_api::calendar::write::{Target, Written};

use super::Error;
use super::desk::{Call, Desk, etag_of, event_of};

/// How often a write is tried on a newer version.
const TRIES: u32 = 3;

/// What is to be done with an event that exists.
pub(super) enum Meant<'a> {
    /// This change; `base` is what the person who made it saw.
    Change {
        base: &'a ProviderEvent,
        patch: &'a Patch,
        notify: bool,
    },
    /// Its removal.
    Removal { notify: bool },
    /// This answer to it.
    Answer {
        answer: ResponseStatus,
        notify: bool,
    },
}

impl<'a> Meant<'a> {
    const fn call<'c>(&self, target: &'c Target) -> Call<'c>
    where
        'a: 'c,
    {
        match *self {
            Self::Change { patch, notify, .. } => Call::Update(target, patch, notify),
            Self::Removal { notify } => Call::Delete(target, notify),
            Self::Answer { answer, notify } => Call::Respond(target, answer, notify),
        }
    }
}

/// Applies `patch` to `target`. `base` is what the person who made the patch saw.
pub(super) async fn apply(
    desk: &mut Desk<'_>,
    target: Target,
    base: &ProviderEvent,
    patch: &Patch,
    notify: bool,
) -> Result<Written, Error> {
    let meant = Meant::Change {
        base,
        patch,
        notify,
    };
    insist(desk, target, &meant).await
}

/// Does what is meant with `target`: again on the newest version when ours is old. When the answer is lost a change is looked for,
/// and what can be said twice is said once more.
pub(super) async fn insist(
    desk: &mut Desk<'_>,
    mut target: Target,
    meant: &Meant<'_>,
) -> Result<Written, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match desk.must(&meant.call(&target)).await {
            Ok(written) => return Ok(written),
            Err(error) => error,
        };
        match (error, meant) {
            (Error::Changed, _) if tries < TRIES => {
                target.etag = newest(desk, &target, meant).await?;
            }
            (unknown @ Error::Unknown(_), Meant::Change { patch, .. }) => {
                return looked_for(desk, &target, patch, unknown).await;
            }
            (Error::Unknown(_), _) if tries < 2 => {}
            (error, _) => return Err(error),
        }
    }
}

/// The version the provider holds now. What is to go may have gone meanwhile.
async fn newest(
    desk: &mut Desk<'_>,
    target: &Target,
    meant: &Meant<'_>,
) -> Result<Option<String>, Error> {
    let now = match desk.must(&Call::Read(target)).await {
        Err(Error::Gone) if matches!(meant, Meant::Removal { .. }) => return Ok(None),
        other => other?,
    };
    if let Meant::Change { base, patch, .. } = meant {
        desk.keep(&now, None).await?;
        let current = event_of(&now, &now.provider_id).ok_or(Error::Gone)?;
        if clash(base, current, patch) {
            return Err(Error::Changed);
        }
    }
    Ok(etag_of(&now, &now.provider_id))
}

/// What the provider holds, if the change was made although its answer was lost.
async fn looked_for(
    desk: &mut Desk<'_>,
    target: &Target,
    patch: &Patch,
    unknown: Error,
) -> Result<Written, Error> {
    let Ok(now) = desk.must(&Call::Read(target)).await else {
        return Err(unknown);
    };
    let done = event_of(&now, &now.provider_id).is_some_and(|now| says(now, patch));
    if done { Ok(now) } else { Err(unknown) }
}

/// Whether something the patch names was changed by somebody else, and not to what the patch says.
fn clash(base: &ProviderEvent, now: &ProviderEvent, patch: &Patch) -> bool {
    let differs = |named: bool, was: bool, is: bool| named && !was && !is;
    let (old, new) = (&base.details, &now.details);
    let same_times = base.start == now.start && base.end == now.end;
    differs(
        patch.title.is_some(),
        old.title == new.title,
        patch.title.as_ref() == Some(&new.title),
    ) || differs(
        patch.description.is_some(),
        old.description == new.description,
        patch.description.as_ref() == Some(&new.description),
    ) || differs(
        patch.location.is_some(),
        old.location == new.location,
        patch.location.as_ref() == Some(&new.location),
    ) || differs(
        patch.times.is_some(),
        same_times,
        patch
            .times
            .as_ref()
            .is_some_and(|(start, end)| (start, end) == (&now.start, &now.end)),
    ) || differs(
        patch.attendees.is_some(),
        emails(old) == emails(new),
        patch
            .attendees
            .as_ref()
            .is_some_and(|people| wanted(people) == emails(new)),
    ) || differs(patch.recurrence.is_some(), base.role == now.role, false)
        || differs(
            patch.opaque.is_some(),
            base.opaque == now.opaque,
            patch.opaque == Some(now.opaque),
        )
}

/// Whether the event says everything the patch wanted.
pub(super) fn says(now: &ProviderEvent, patch: &Patch) -> bool {
    let details = &now.details;
    let times = patch
        .times
        .as_ref()
        .is_none_or(|(start, end)| (start, end) == (&now.start, &now.end));
    times
        && patch.title.as_ref().is_none_or(|title| *title == details.title)
        && patch.description.as_ref().is_none_or(|text| *text == details.description)
        && patch.location.as_ref().is_none_or(|text| *text == details.location)
        && patch.attendees.as_ref().is_none_or(|people| wanted(people) == emails(details))
        && patch.opaque.is_none_or(|opaque| opaque == now.opaque)
        // How a provider writes a rule is its own affair; not knowing is safe, the caller is told so.
        && patch.recurrence.is_none()
}

fn emails(details: &Details) -> Vec<String> {
    sorted(details.attendees.iter().map(|attendee| &attendee.person))
}

fn wanted(people: &[Person]) -> Vec<String> {
    sorted(people.iter())
}

fn sorted<'p>(people: impl Iterator<Item = &'p Person>) -> Vec<String> {
    let mut emails: Vec<String> = people.filter_map(|person| person.email.clone()).collect();
    emails.sort();
    emails
}
