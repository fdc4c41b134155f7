//! A calendar's filters: what is offered, and what is left out.

use serde::{Deserialize, Serialize};

use super::{Hint, LeftOut, Pattern};
use crate::event::{Conference, Details};

/// Most values of one list.
pub const MAX_VALUES: usize = 50;
/// Longest value, in characters.
pub const MAX_CHARS: usize = 100;
/// Longest domain name (RFC 1035 §2.3.4).
const MAX_DOMAIN: usize = 253;

/// Which events of a calendar are offered for billing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BillingFilters {
    /// Only events like this: every kind that names something must fit. Empty: all.
    pub include: Traits,
    /// And none like this: one that fits is enough.
    pub exclude: Traits,
}

/// What events are told apart by. The values of one list are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traits {
    /// Words of the title, or patterns with `*`.
    pub titles: Vec<String>,
    /// Categories, or names of colours; `*` stands for anything.
    pub categories: Vec<String>,
    /// Where the meeting is held (`google_meet`, `zoom` …), or the calendar's provider.
    pub providers: Vec<String>,
    /// Domains of guests' addresses; subdomains count.
    pub attendee_domains: Vec<String>,
}

/// A value that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where, within the filters: `/exclude/titles/3`.
    pub pointer: String,
    /// What it must be.
    pub detail: String,
}

/// What the filters look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What the event says.
    pub details: &'a Details,
    /// The calendar's provider.
    pub provider: &'a str,
    /// The address of the account, whose owner is no guest.
    pub account: Option<&'a str>,
}

impl BillingFilters {
    /// Whether they leave nothing out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The filters with their values cleaned, each once.
    ///
    /// # Errors
    /// [`Wrong`] for the first value that is none.
    pub fn tidy(self) -> Result<Self, Wrong> {
        Ok(Self {
            include: self.include.tidy("/include")?,
            exclude: self.exclude.tidy("/exclude")?,
        })
    }

    /// What becomes of an event that could be billed.
    #[must_use]
    pub fn decide(&self, subject: &Subject<'_>) -> Hint {
        let view = View::of(subject);
        if let Some(matched) = self.exclude.any(&view) {
            return Hint {
                left_out: Some(LeftOut::Excluded),
                matched: Some(matched),
            };
        }
        match self.include.missing(&view) {
            Some(kind) => Hint {
                left_out: Some(LeftOut::NotIncluded),
                matched: Some(kind.to_owned()),
            },
            None => Hint::default(),
        }
    }
}

/// The event, in lower case.
struct View<'a> {
    title: String,
    categories: Vec<String>,
    provider: &'a str,
    held_at: Option<Conference>,
    own: Option<String>,
    guests: Vec<String>,
}

impl<'a> View<'a> {
    fn of(subject: &Subject<'a>) -> Self {
        let details = subject.details;
        let account = subject.account.map(str::to_lowercase);
        let people = details.attendees.iter().map(|attendee| &attendee.person);
        let guests = people
            .chain(&details.organizer)
            .filter_map(|person| person.email.as_deref().map(str::to_lowercase))
            .filter(|email| Some(email) != account.as_ref())
            .filter_map(|email| domain_of(&email).map(str::to_owned))
            .collect();
        Self {
            title: details.title.trim().to_lowercase(),
            categories: details
                .categories
                .iter()
                .map(|c| c.trim().to_lowercase())
                .collect(),
            provider: subject.provider,
            held_at: details.meeting_url.as_deref().and_then(held_at),
            own: account.as_deref().and_then(domain_of).map(str::to_owned),
            guests,
        }
    }
}

impl Traits {
    fn tidy(self, at: &str) -> Result<Self, Wrong> {
        let list = |name: &str, values: Vec<String>, check: fn(&str) -> Result<String, String>| {
            tidy(&format!("{at}/{name}"), values, check)
        };
        Ok(Self {
            titles: list("titles", self.titles, words)?,
            categories: list("categories", self.categories, words)?,
            providers: list("providers", self.providers, key)?,
            attendee_domains: list("attendee_domains", self.attendee_domains, domain)?,
        })
    }

    /// What of these the event has: enough to be left out.
    fn any(&self, view: &View<'_>) -> Option<String> {
        let named = |kind: &str, value: &String| format!("{kind}: {value}");
        self.title(view)
            .map(|value| named("title", value))
            .or_else(|| self.category(view).map(|value| named("category", value)))
            .or_else(|| self.provider(view).map(|value| named("provider", value)))
            .or_else(|| {
                self.guest_to_leave_out(view)
                    .map(|value| named("attendee domain", value))
            })
    }

    /// The first kind that names something which the event has not.
    fn missing(&self, view: &View<'_>) -> Option<&'static str> {
        let lacks = |list: &[String], found: Option<&String>| !list.is_empty() && found.is_none();
        if lacks(&self.titles, self.title(view)) {
            return Some("title");
        }
        if lacks(&self.categories, self.category(view)) {
            return Some("category");
        }
        if lacks(&self.providers, self.provider(view)) {
            return Some("provider");
        }
        lacks(&self.attendee_domains, self.guest(view)).then_some("attendee domain")
    }

    fn title(&self, view: &View<'_>) -> Option<&String> {
        self.titles
            .iter()
            .find(|text| Pattern::new(text).is_in(&view.title))
    }

    fn category(&self, view: &View<'_>) -> Option<&String> {
        self.categories.iter().find(|text| {
            let pattern = Pattern::new(text);
            view.categories.iter().any(|category| pattern.is(category))
        })
    }

    fn provider(&self, view: &View<'_>) -> Option<&String> {
        self.providers
            .iter()
            .find(|key| *key == view.provider || view.held_at.is_some_and(|at| at.as_str() == *key))
    }

    fn guest(&self, view: &View<'_>) -> Option<&String> {
        self.attendee_domains
            .iter()
            .find(|domain| view.guests.iter().any(|guest| within(guest, domain)))
    }

    /// A strange domain is enough to leave a meeting out; one's own only when nobody else is invited, because colleagues come
    /// along to meetings with clients.
    fn guest_to_leave_out(&self, view: &View<'_>) -> Option<&String> {
        let is_own = |domain: &str| view.own.as_deref().is_some_and(|own| within(own, domain));
        let internal = view.guests.iter().all(|guest| {
            self.attendee_domains
                .iter()
                .any(|domain| within(guest, domain))
        });
        self.attendee_domains.iter().find(|domain| {
            view.guests.iter().any(|guest| within(guest, domain)) && (internal || !is_own(domain))
        })
    }
}

fn tidy(
    at: &str,
    values: Vec<String>,
    check: fn(&str) -> Result<String, String>,
) -> Result<Vec<String>, Wrong> {
    if values.len() > MAX_VALUES {
        return Err(Wrong {
            pointer: at.to_owned(),
            detail: format!("may have {MAX_VALUES} values at most"),
        });
    }
    let mut kept: Vec<String> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let value = check(value.trim()).map_err(|detail| Wrong {
            pointer: format!("{at}/{index}"),
            detail,
        })?;
        if kept
            .iter()
            .all(|known| known.to_lowercase() != value.to_lowercase())
        {
            kept.push(value);
        }
    }
    Ok(kept)
}

fn words(text: &str) -> Result<String, String> {
    if text.chars().count() > MAX_CHARS {
        return Err(format!("must have {MAX_CHARS} characters at most"));
    }
    if text.chars().any(char::is_control) {
        return Err("must be one line without control characters".to_owned());
    }
    if text.chars().all(|c| c == '*' || c.is_whitespace()) {
        return Err("must have at least one character besides `*`".to_owned());
    }
    Ok(text.to_owned())
}

fn key(text: &str) -> Result<String, String> {
    let text = text.to_ascii_lowercase();
    let fits = (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    fits.then_some(text).ok_or_else(|| {
        "must be where meetings are held (google_meet, microsoft_teams, zoom, webex) or a calendar's provider".to_owned()
    })
}

fn domain(text: &str) -> Result<String, String> {
    let text = text
        .trim_start_matches("*.")
        .trim_start_matches('@')
        .to_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let fits = text.len() <= MAX_DOMAIN && text.split('.').all(label);
    fits.then_some(text)
        .ok_or_else(|| "must be a domain such as client.example".to_owned())
}

fn domain_of(email: &str) -> Option<&str> {
    email
        .rsplit_once('@')
        .map(|(_, domain)| domain)
        .filter(|domain| !domain.is_empty())
}

/// Whether `host` is `domain` or a part of it.
fn within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whose link this is.
fn held_at(url: &str) -> Option<Conference> {
    const HOSTS: [(&str, Conference); 7] = [
        ("meet.google.com", Conference::GoogleMeet),
        ("teams.microsoft.com", Conference::MicrosoftTeams),
        ("teams.live.com", Conference::MicrosoftTeams),
        ("zoom.us", Conference::Zoom),
        ("zoom.com", Conference::Zoom),
        ("zoomgov.com", Conference::Zoom),
        ("webex.com", Conference::Webex),
    ];
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority
        .rsplit('@')
        .next()?
        .split(':')
        .next()?
        .to_lowercase();
    HOSTS
        .iter()
        .find(|(known, _)| within(&host, known))
        .map(|(_, conference)| *conference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Attendee, Person, ResponseStatus};

    fn event(title: &str, guests: &[&str]) -> Details {
        Details {
            title: title.to_owned(),
            attendees: guests
                .iter()
                .map(|email| Attendee {
                    person: Person {
                        email: Some((*email).to_owned()),
                        name: None,
                    },
                    response_status: ResponseStatus::Accepted,
                })
                .collect(),
            ..Details::default()
        }
    }

    fn decide(filters: &BillingFilters, details: &Details) -> Option<(LeftOut, String)> {
        let hint = filters.decide(&Subject {
            details,
            provider: "google",
            account: Some("ada@northwind.example"),
        });
        Some((hint.left_out?, hint.matched.unwrap_or_default()))
    }

    fn list(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn every_kind_that_names_something_must_fit_and_one_exclusion_is_enough() {
        let filters = BillingFilters {
            include: Traits {
                titles: list(&["review", "[acme]*"]),
                attendee_domains: list(&["client.example"]),
                ..Traits::default()
            },
            exclude: Traits {
                titles: list(&["*lunch*"]),
                ..Traits::default()
            },
        };
        let bo = ["ada@northwind.example", "bo@eu.client.example"];
        assert_eq!(decide(&filters, &event("Design Review", &bo)), None);
        assert_eq!(decide(&filters, &event("[ACME] plan", &bo)), None);
        let out = |title: &str, guests: &[&str]| decide(&filters, &event(title, guests)).unwrap();
        assert_eq!(
            out("Review over lunch", &bo),
            (LeftOut::Excluded, "title: *lunch*".to_owned())
        );
        assert_eq!(
            out("Stand-up", &bo),
            (LeftOut::NotIncluded, "title".to_owned())
        );
        assert_eq!(
            out("Review", &["x@notclient.example"]),
            (LeftOut::NotIncluded, "attendee domain".to_owned())
        );
        assert_eq!(
            out("Review", &[]),
            (LeftOut::NotIncluded, "attendee domain".to_owned())
        );
    }

    #[test]
    fn ones_own_domain_leaves_out_only_what_is_internal() {
        let filters = BillingFilters {
            exclude: Traits {
                attendee_domains: list(&["northwind.example", "recruiter.example"]),
                ..Traits::default()
            },
            ..BillingFilters::default()
        };
        let out = |guests: &[&str]| decide(&filters, &event("x", guests)).is_some();
        assert!(out(&["ada@northwind.example", "bo@northwind.example"]));
        assert!(out(&["bo@northwind.example", "x@recruiter.example"]));
        assert!(out(&["x@recruiter.example", "c@client.example"]));
        assert!(!out(&["bo@northwind.example", "c@client.example"]));
        assert!(!out(&["ada@northwind.example"]), "the owner is no guest");
        assert!(!out(&[]));
    }

    #[test]
    fn categories_and_providers() {
        let filters = |categories: &[&str], providers: &[&str]| BillingFilters {
            exclude: Traits {
                categories: list(categories),
                providers: list(providers),
                ..Traits::default()
            },
            ..BillingFilters::default()
        };
        let with = |url: &str| Details {
            categories: list(&["Private", "Tomato"]),
            meeting_url: Some(url.to_owned()),
            ..event("x", &[])
        };
        let zoom = with("https://acme.zoom.us/j/1?pwd=x");
        assert!(decide(&filters(&["private"], &[]), &zoom).is_some());
        assert!(
            decide(&filters(&["priv"], &[]), &zoom).is_none(),
            "a whole name"
        );
        assert!(decide(&filters(&["priv*"], &[]), &zoom).is_some());
        assert!(decide(&filters(&[], &["zoom"]), &zoom).is_some());
        assert!(decide(&filters(&[], &["google"]), &zoom).is_some());
        assert!(decide(&filters(&[], &["google_meet", "caldav"]), &zoom).is_none());
        for spoof in [
            "https://zoom.us@evil.example/",
            "https://evilzoom.us/",
            "zoom.us",
            "https://evil.example/zoom.us",
        ] {
            assert!(
                decide(&filters(&[], &["zoom"]), &with(spoof)).is_none(),
                "{spoof}"
            );
        }
    }

    #[test]
    fn values_are_cleaned_or_refused_by_name() {
        let tidy = |traits: Traits| {
            BillingFilters {
                exclude: traits,
                ..BillingFilters::default()
            }
            .tidy()
        };
        let clean = tidy(Traits {
            titles: list(&[" Lunch ", "lunch", "1:1*"]),
            attendee_domains: list(&["@Client.Example", "*.client.example", "münchen.example"]),
            providers: list(&["Zoom"]),
            ..Traits::default()
        })
        .unwrap();
        assert_eq!(clean.exclude.titles, ["Lunch", "1:1*"]);
        assert_eq!(
            clean.exclude.attendee_domains,
            ["client.example", "münchen.example"]
        );
        assert_eq!(clean.exclude.providers, ["zoom"]);
        let refused = |traits: Traits| tidy(traits).unwrap_err().pointer;
        let titles = |values: Vec<String>| Traits {
            titles: values,
            ..Traits::default()
        };
        assert_eq!(refused(titles(list(&["ok", ""]))), "/exclude/titles/1");
        assert_eq!(refused(titles(list(&["***"]))), "/exclude/titles/0");
        assert_eq!(refused(titles(list(&["a\nb"]))), "/exclude/titles/0");
        assert_eq!(refused(titles(vec!["x".repeat(101)])), "/exclude/titles/0");
        assert_eq!(refused(titles(vec!["x".to_owned(); 51])), "/exclude/titles");
        for bad in [
            "",
            "a b",
            "a@b.example",
            "-x.example",
            "x..example",
            "http://x.example",
            ".example",
        ] {
            let traits = Traits {
                attendee_domains: list(&[bad]),
                ..Traits::default()
            };
            assert_eq!(refused(traits), "/exclude/attendee_domains/0", "{bad}");
        }
    }
}
