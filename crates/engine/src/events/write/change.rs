//! Changing what is there: on the version the mirror knows, and when that is old, on what the provider holds now, as long as
//! nobody else changed the same things.

use daybook_domain::event::{Details, Patch, Person, ProviderEvent};
use daybook_provider_api::calendar::write::{Target, Written};

use super::Error;
use super::desk::{Call, Desk, etag_of, event_of};

/// How often a change is tried on a newer version.
const TRIES: u32 = 3;

/// Applies `patch` to `target`. `base` is what the person who made the patch saw.
pub(super) async fn apply(
    desk: &mut Desk<'_>,
    mut target: Target,
    base: &ProviderEvent,
    patch: &Patch,
    notify: bool,
) -> Result<Written, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match desk.must(&Call::Update(&target, patch, notify)).await {
            Ok(written) => return Ok(written),
            Err(Error::Changed) if tries < TRIES => {
                let now = desk.must(&Call::Read(&target)).await?;
                desk.keep(&now, None).await?;
                let Some(current) = event_of(&now, &now.provider_id) else {
                    return Err(Error::Gone);
                };
                if clash(base, current, patch) {
                    return Err(Error::Changed);
                }
                target.etag = etag_of(&now, &now.provider_id);
            }
            Err(Error::Unknown(error)) => {
                let unknown = Error::Unknown(error);
                let Ok(now) = desk.must(&Call::Read(&target)).await else {
                    return Err(unknown);
                };
                let done = event_of(&now, &now.provider_id).is_some_and(|now| says(now, patch));
                return if done { Ok(now) } else { Err(unknown) };
            }
            Err(error) => return Err(error),
        }
    }
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
fn says(now: &ProviderEvent, patch: &Patch) -> bool {
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
