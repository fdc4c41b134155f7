//! Which event in a resource is meant, from the names that the mirror gives (`href`, `href#uid=…`, `series#occurrence`).

use daybook_domain::recurrence::OccurrenceKey;
use daybook_provider_api::calendar::write::Target;

use super::times;
use crate::caldav::href::Href;

/// Which event in a resource is meant.
pub(super) struct Meant<'t> {
    /// `provider_id` of the series or single event.
    pub(super) base: &'t str,
    /// The UID, where it is not the resource's first.
    pub(super) uid: Option<&'t str>,
    /// The occurrence, when one is meant.
    pub(super) key: Option<OccurrenceKey>,
}

impl<'t> Meant<'t> {
    pub(super) fn of(target: &'t Target, href: &Href) -> Self {
        let (own, own_key) = split(&target.provider_id);
        let base = target
            .series
            .as_deref()
            .map_or(own, |series| split(series).0);
        let occurrence = target.occurrence.as_ref().map(times::key_of);
        Self {
            base,
            uid: base
                .strip_prefix(href.as_str())
                .and_then(|rest| rest.strip_prefix("#uid=")),
            key: occurrence.or(own_key),
        }
    }

    /// `provider_id` of what is written.
    pub(super) fn id(&self) -> String {
        match self.key {
            Some(key) => format!("{}#{key}", self.base),
            None => self.base.to_owned(),
        }
    }
}

/// The mirror names overrides `series#occurrence`.
fn split(name: &str) -> (&str, Option<OccurrenceKey>) {
    let parts = name
        .rsplit_once('#')
        .and_then(|(base, key)| Some((base, key.parse::<OccurrenceKey>().ok()?)));
    match parts {
        Some((base, key)) => (base, Some(key)),
        None => (name, None),
    }
}
