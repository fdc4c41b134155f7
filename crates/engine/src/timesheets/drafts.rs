//! Drafts: meetings that are not logged yet, with what they would be booked on and why. Nothing is stored of a draft, so that it
//! follows its event by itself; only what a person decided is: put aside, or booked like this the last time.

use std::collections::{HashMap, HashSet};

use daybook_domain::rule::{Compiled, Subject};
use daybook_domain::time_entry::{MAX_MINUTES, minutes_between};
use daybook_domain::{ClientId, InstanceId, MemberId, ProjectId, TimeRuleId, text_enum};
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::Calendar;
use store::drafts::Choice;
use store::instances::InstanceView;

use super::Error;
use super::booking::{Known, Said};
use super::choices::{by_choice, names_of};
use super::gather::{self, After, Meetings, Which};
pub(crate) use super::settle::log_and_tell;
pub use super::settle::{dismiss, log, restore};
pub use super::worth::Worth;
use super::worth::{billed_by_others, price};
use crate::events::hint;
use crate::{Context, Principal};

/// Instances read at once.
const CHUNK: i64 = 2_000;
/// The longest range, in days.
pub const MAX_DAYS: i64 = 92;
text_enum! {
    /// Why something is suggested.
    Because {
        /// A rule says so.
        Rule = "rule",
        /// An earlier meeting of the series was booked like this.
        Series = "past_series",
        /// A meeting with this title was.
        Title = "past_title",
        /// A meeting with people of this domain was.
        Domain = "past_attendee_domain",
        /// The calendar's default.
        Calendar = "calendar_default",
        /// Nothing is known.
        Nothing = "none",
    }
}

/// A meeting that is not logged, and what it would be booked on.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The meeting.
    pub event: InstanceView,
    /// How long it takes.
    pub minutes: i64,
    /// What it would be booked on.
    pub suggestion: Suggestion,
    /// Another member by whose entry this meeting is billed: then this one would not be.
    pub billed_by: Option<MemberId>,
    /// What it would come to; `None`: it is not billed, or has no rate.
    pub worth: Option<Worth>,
}

/// What a meeting would be booked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// For whom.
    pub client_id: Option<ClientId>,
    /// For what.
    pub project_id: Option<ProjectId>,
    /// Whether it is billed.
    pub billable: bool,
    /// Whether it would be if nobody else billed the same meeting.
    pub meant_billable: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Why.
    pub because: Because,
    /// The rule, if one says so.
    pub rule_id: Option<TimeRuleId>,
    /// The rule's name, the title or the domain.
    pub detail: Option<String>,
}

/// What says what a meeting would be booked on.
#[derive(Debug, Clone)]
pub(super) struct Idea {
    pub(super) said: Said,
    pub(super) tags: Vec<String>,
    pub(super) because: Because,
    pub(super) rule_id: Option<TimeRuleId>,
    pub(super) detail: Option<String>,
}

impl Default for Idea {
    fn default() -> Self {
        Self {
            said: Said::default(),
            tags: Vec::new(),
            because: Because::Nothing,
            rule_id: None,
            detail: None,
        }
    }
}

/// Which of the meetings that are not logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Those that wait to be logged.
    Waiting,
    /// Those that were put aside.
    PutAside,
}

/// Drafts and where the next ones begin.
#[derive(Debug)]
pub struct Page {
    /// In order of start.
    pub drafts: Vec<Draft>,
    /// Where to go on.
    pub next: After,
}

/// The caller's drafts that touch a stretch.
///
/// # Errors
/// [`Error::Invalid`] for a range that makes no sense.
pub async fn list(
    cx: &Context,
    who: &Principal,
    shown: Shown,
    (from, to): (Timestamp, Timestamp),
    after: After,
    limit: usize,
) -> Result<Page, Error> {
    let days = jiff::SignedDuration::from_hours(24 * MAX_DAYS);
    if to <= from || to.duration_since(from) > days {
        return Err(Error::Invalid {
            pointer: "?to",
            detail: format!("must be later than from, by at most {MAX_DAYS} days"),
        });
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let mut page = read(&mut tx, who, shown, (from, to), after, limit).await?;
    price(&mut tx, who, &mut page.drafts).await?;
    Ok(page)
}

/// The first drafts of a stretch that makes sense, without their worth.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn read(
    tx: &mut store::Tx,
    who: &Principal,
    shown: Shown,
    range: (Timestamp, Timestamp),
    after: After,
    limit: usize,
) -> store::Result<Page> {
    let mut rules = compiled(tx, who).await?;
    let (mut drafts, mut after) = (Vec::new(), after);
    loop {
        let part = gather::meetings(tx, who, range, Which::Open, after, CHUNK).await?;
        let next = part.next;
        drafts.extend(suggest(tx, who, shown, &mut rules, part).await?);
        if drafts.len() > limit {
            drafts.truncate(limit);
            let last = drafts.last();
            let next = last.map(|draft: &Draft| (draft.event.start_us, draft.event.id));
            return Ok(Page { drafts, next });
        }
        if next.is_none() {
            return Ok(Page { drafts, next });
        }
        after = next;
    }
}

/// A meeting of the caller's as it stands among their drafts: none that is logged, put aside, left out, or not theirs.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn get(
    tx: &mut store::Tx,
    who: &Principal,
    event: InstanceId,
) -> store::Result<Option<Draft>> {
    let event = match store::instances::get(tx, who.workspace_id, event).await {
        Err(store::Error::NotFound) => return Ok(None),
        found => found?,
    };
    let open = event.member_id == who.member_id
        && event.time_entry_id.is_none()
        && hint(&event).is_offered();
    let aside = [event.cause_key()];
    if !open
        || !store::drafts::dismissed(tx, who.workspace_id, who.member_id, &aside)
            .await?
            .is_empty()
    {
        return Ok(None);
    }
    let calendar = store::calendars::get(tx, who.workspace_id, event.calendar_id).await?;
    of_event(tx, who, event, calendar).await
}

/// One meeting's draft, whether it was put aside or not; `None` when a rule leaves it out.
pub(super) async fn of_event(
    tx: &mut store::Tx,
    who: &Principal,
    event: InstanceView,
    calendar: Calendar,
) -> store::Result<Option<Draft>> {
    let mut rules = compiled(tx, who).await?;
    let part = Meetings {
        calendars: HashMap::from([(calendar.id, calendar)]),
        found: vec![event],
        next: None,
    };
    Ok(weigh(tx, who, &mut rules, part).await?.pop())
}

async fn compiled(tx: &mut store::Tx, who: &Principal) -> store::Result<Compiled> {
    let rules = store::time_rules::all(tx, who.workspace_id).await?;
    let on = rules.iter().filter(|rule| rule.enabled);
    Ok(Compiled::new(
        on.map(store::time_rules::TimeRule::rule).collect(),
    ))
}

/// The drafts among these meetings: those that wait, or those that were put aside.
async fn suggest(
    tx: &mut store::Tx,
    who: &Principal,
    shown: Shown,
    rules: &mut Compiled,
    mut part: Meetings,
) -> store::Result<Vec<Draft>> {
    let causes: Vec<String> = part.found.iter().map(InstanceView::cause_key).collect();
    let aside = store::drafts::dismissed(tx, who.workspace_id, who.member_id, &causes).await?;
    let aside: HashSet<String> = aside.into_iter().collect();
    part.found
        .retain(|event| aside.contains(&event.cause_key()) == (shown == Shown::PutAside));
    if part.found.is_empty() {
        return Ok(Vec::new());
    }
    weigh(tx, who, rules, part).await
}

/// What these meetings would be booked on, with a fixed number of reads however many they are.
async fn weigh(
    tx: &mut store::Tx,
    who: &Principal,
    rules: &mut Compiled,
    part: Meetings,
) -> store::Result<Vec<Draft>> {
    let ws = who.workspace_id;
    let subjects: Vec<Subject> = part.found.iter().map(gather::subject).collect();
    let names: Vec<Vec<(Because, String)>> = part
        .found
        .iter()
        .zip(&subjects)
        .map(|(event, subject)| names_of(event, subject, part.calendars.get(&event.calendar_id)))
        .collect();
    let mut wanted: Vec<String> = names
        .iter()
        .flatten()
        .map(|(_, name)| name.clone())
        .collect();
    wanted.sort();
    wanted.dedup();
    let choices = store::drafts::choices(tx, ws, who.member_id, &wanted).await?;
    let choices: HashMap<(&str, &str), &Choice> = choices
        .iter()
        .map(|choice| ((choice.kind.as_str(), choice.name.as_str()), choice))
        .collect();
    let billed = billed_by_others(tx, who, &part.found).await?;
    let mut ideas = Vec::new();
    for ((event, subject), names) in part.found.into_iter().zip(&subjects).zip(&names) {
        let idea = match rules.first(subject) {
            Some(rule) if rule.action.exclude => continue,
            Some(rule) => by_rule(rule),
            None => by_choice(names, &choices).unwrap_or_default(),
        };
        ideas.push((event, idea));
    }
    let said: Vec<Said> = ideas.iter().map(|(_, idea)| idea.said).collect();
    let known = Known::load(tx, ws, &said, part.calendars.values()).await?;
    let drafts = ideas.into_iter().map(|(event, idea)| Draft {
        minutes: minutes_between(event.start_us, event.end_us).clamp(1, MAX_MINUTES),
        billed_by: billed.get(&event.cause_key()).copied(),
        worth: None,
        suggestion: suggestion(idea, part.calendars.get(&event.calendar_id), &known),
        event,
    });
    let mut drafts: Vec<Draft> = drafts.collect();
    for draft in &mut drafts {
        // Never twice unasked.
        draft.suggestion.billable &= draft.billed_by.is_none();
    }
    Ok(drafts)
}

/// What is suggested for an idea; one that means something archived is none.
fn suggestion(mut idea: Idea, calendar: Option<&Calendar>, known: &Known) -> Suggestion {
    // The project may be another client's by now.
    let of = known.client_of(idea.said.project_id);
    idea.said.client_id = of.or(idea.said.client_id);
    idea = if known.is_open(idea.said) {
        idea
    } else {
        Idea::default()
    };
    let booked = known.decide(idea.said, calendar);
    if idea.because == Because::Nothing && (booked.client_id, booked.project_id) != (None, None) {
        idea.because = Because::Calendar;
        idea.detail = calendar.map(|calendar| calendar.name.clone());
    }
    Suggestion {
        client_id: booked.client_id,
        project_id: booked.project_id,
        billable: booked.billable,
        meant_billable: booked.billable,
        tags: idea.tags,
        because: idea.because,
        rule_id: idea.rule_id,
        detail: idea.detail,
    }
}

fn by_rule(rule: &daybook_domain::rule::Rule) -> Idea {
    Idea {
        said: Said {
            client_id: rule.action.client_id,
            project_id: rule.action.project_id,
            billable: rule.action.billable,
        },
        tags: rule.action.tags.clone(),
        because: Because::Rule,
        rule_id: Some(rule.id),
        detail: Some(rule.name.clone()),
    }
}
