//! Rules made ready for many meetings: texts in lower case, and for each calendar and provider the rules that can fit at all.

use std::collections::HashMap;

use super::{Conditions, Rule};
use crate::CalendarId;
use crate::event::Details;

/// A meeting as rules see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Title in lower case.
    title: String,
    /// Domains of all who are invited, and of who called it, in lower case.
    domains: Vec<String>,
    /// Categories or colour, in lower case.
    categories: Vec<String>,
    /// Who called it, in lower case.
    organizer: Option<String>,
    calendar: Option<CalendarId>,
    provider: String,
    minutes: i64,
}

/// A title to look for.
#[derive(Debug, Clone)]
enum Pattern {
    /// Anywhere.
    Contains(String),
    /// The parts in order, the first at the beginning, the last at the end.
    Parts(Vec<String>),
}

#[derive(Debug, Clone)]
struct Ready {
    titles: Vec<Pattern>,
    domains: Vec<String>,
    categories: Vec<String>,
    organizers: Vec<String>,
    min: i64,
    max: i64,
}

/// Rules in order, ready to be tried.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    rules: Vec<Rule>,
    ready: Vec<Ready>,
    /// For a calendar and a provider, the rules that do not rule them out, in order.
    candidates: HashMap<(Option<CalendarId>, String), Vec<usize>>,
}

impl Subject {
    /// Of an event.
    #[must_use]
    pub fn new(details: &Details, calendar: CalendarId, provider: &str, minutes: i64) -> Self {
        let organizer = details
            .organizer
            .as_ref()
            .and_then(|person| person.email.as_deref())
            .map(str::to_lowercase);
        let people = details
            .attendees
            .iter()
            .filter_map(|attendee| attendee.person.email.as_deref());
        let mut domains: Vec<String> = people
            .chain(organizer.as_deref())
            .filter_map(domain_of)
            .collect();
        domains.sort();
        domains.dedup();
        Self {
            title: details.title.to_lowercase(),
            domains,
            categories: details
                .categories
                .iter()
                .map(|c| c.to_lowercase())
                .collect(),
            organizer,
            calendar: Some(calendar),
            provider: provider.to_owned(),
            minutes,
        }
    }

    /// The domains of those who are in it, sorted.
    #[must_use]
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// The title in lower case.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// The domain of an address, in lower case.
#[must_use]
pub fn domain_of(email: &str) -> Option<String> {
    let (_, domain) = email.rsplit_once('@')?;
    (!domain.is_empty()).then(|| domain.to_lowercase())
}

impl Compiled {
    /// Rules in the order in which they are tried.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        let ready = rules
            .iter()
            .map(|rule| Ready::new(&rule.conditions))
            .collect();
        Self {
            rules,
            ready,
            candidates: HashMap::new(),
        }
    }

    /// The first rule that fits.
    pub fn first(&mut self, subject: &Subject) -> Option<&Rule> {
        let key = (subject.calendar, subject.provider.clone());
        let rules = &self.rules;
        let candidates = self.candidates.entry(key).or_insert_with(|| {
            let fits = |index: &usize| place_fits(&rules[*index].conditions, subject);
            (0..rules.len()).filter(fits).collect()
        });
        let found = candidates
            .iter()
            .find(|index| self.ready[**index].fits(subject))?;
        self.rules.get(*found)
    }
}

/// Whether the conditions about calendar and provider are met.
fn place_fits(conditions: &Conditions, subject: &Subject) -> bool {
    let calendars = &conditions.calendar_ids;
    let providers = &conditions.providers;
    (calendars.is_empty() || subject.calendar.is_some_and(|id| calendars.contains(&id)))
        && (providers.is_empty()
            || providers
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&subject.provider)))
}

impl Ready {
    fn new(conditions: &Conditions) -> Self {
        let lower = |texts: &[String]| -> Vec<String> {
            texts
                .iter()
                .map(|text| text.trim().to_lowercase())
                .collect()
        };
        let domain = |text: String| text.trim_start_matches('@').to_owned();
        Self {
            titles: lower(&conditions.titles)
                .into_iter()
                .map(Pattern::new)
                .collect(),
            domains: lower(&conditions.attendee_domains)
                .into_iter()
                .map(domain)
                .collect(),
            categories: lower(&conditions.categories),
            organizers: lower(&conditions.organizers)
                .into_iter()
                .map(domain)
                .collect(),
            min: conditions.min_minutes.unwrap_or(i64::MIN),
            max: conditions.max_minutes.unwrap_or(i64::MAX),
        }
    }

    fn fits(&self, subject: &Subject) -> bool {
        // The cheap ones first.
        (self.min..=self.max).contains(&subject.minutes)
            && any(&self.titles, |pattern| pattern.fits(&subject.title))
            && any(&self.categories, |category| {
                subject.categories.contains(category)
            })
            && any(&self.domains, |domain| {
                subject.domains.iter().any(|found| below(found, domain))
            })
            && any(&self.organizers, |wanted| {
                subject.organizer.as_deref().is_some_and(|found| {
                    found == wanted
                        || found
                            .rsplit_once('@')
                            .is_some_and(|(_, domain)| below(domain, wanted))
                })
            })
    }
}

/// Whether one of them fits, or none is asked for.
fn any<T>(wanted: &[T], fits: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(fits)
}

/// Whether `domain` is `wanted` or below it.
fn below(domain: &str, wanted: &str) -> bool {
    domain
        .strip_suffix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Pattern {
    fn new(text: String) -> Self {
        if text.contains('*') {
            Self::Parts(text.split('*').map(str::to_owned).collect())
        } else {
            Self::Contains(text)
        }
    }

    fn fits(&self, title: &str) -> bool {
        match self {
            Self::Contains(text) => title.contains(text.as_str()),
            Self::Parts(parts) => parts_fit(parts, title),
        }
    }
}

fn parts_fit(parts: &[String], title: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return false;
    };
    let Some(mut rest) = title.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
