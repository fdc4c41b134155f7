//! When many people are free together.

use std::collections::HashSet;

use daybook_domain::availability::{
    BusyRules, Configuration as Settings, Interval, Limit, Need, Person, Round, Rule, Search, Set,
    Slot, full_periods,
};
use daybook_domain::zone::Zone;
use daybook_domain::{CalendarId, MemberId};
use daybook_store as store;
use jiff::Timestamp;
use store::Tx;

use super::gather::{Gathered, How, Seen, Whose, gather};
use super::question::faults;
use super::reasons::{Full, Judge, MOST_REFUSED, Reason, Refused, gaps};
use super::{Error, invalid};
use crate::{Context, Principal};

/// Most people that may be asked about at once.
pub const MOST: usize = 100;
/// The longest time asked about, from the first period's start to the last one's end, in days.
pub const MOST_DAYS: i64 = 366;
/// Most slots in an answer.
pub const MOST_RESULTS: usize = 1_000;
/// A day, in seconds.
const DAY: i64 = 86_400;

/// Whose time counts.
#[derive(Debug, Clone)]
pub enum Whom {
    /// A member: all their calendars that count as busy and that nobody switched off, and their blocks.
    Member(MemberId),
    /// These calendars, and their owners' blocks.
    Calendars(Vec<CalendarId>),
}

/// One of those who should meet.
#[derive(Debug, Clone)]
pub struct Participant {
    /// Whose time.
    pub whom: Whom,
    /// Whether nothing works without them.
    pub required: bool,
    /// Their own hours, as settings of which only the hours count; none: any time.
    pub open_hours: Vec<Settings>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who should meet.
    pub participants: Vec<Participant>,
    /// How many of them must be free.
    pub need: Need,
    /// How long, in minutes.
    pub duration_minutes: i64,
    /// From one candidate to the next, in minutes.
    pub interval_minutes: i64,
    /// Candidates begin on multiples of so many minutes.
    pub round_to: Option<i64>,
    /// Minutes kept free before.
    pub before: i64,
    /// Minutes kept free after.
    pub after: i64,
    /// Hours for everybody; none: any time.
    pub open_hours: Vec<Settings>,
    /// When.
    pub periods: Vec<(Timestamp, Timestamp)>,
    /// So many slots are enough.
    pub max_results: usize,
    /// Whether to say why slots are refused.
    pub explain: bool,
    /// Whether to ask the providers instead of the mirror.
    pub live: bool,
    /// Which events count as busy.
    pub rules: BusyRules,
    /// How many meetings each of them may have in a day or a week; of several, each holds. Counted is what counts as busy and is
    /// no block, in the zone of the first hours given (or UTC).
    pub limits: Vec<Limit>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Slots, in order.
    pub slots: Vec<Slot>,
    /// Whether there are more.
    pub more: bool,
    /// Slots that are not offered, if that was asked for.
    pub refused: Vec<Refused>,
    /// The calendars that were looked at, for each participant.
    pub calendars: Vec<Vec<Seen>>,
    /// What is not known.
    pub reasons: Vec<Reason>,
}

/// When the participants are free.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::UnknownReference`] for members and calendars that are not there for `who`.
pub async fn many(cx: &Context, who: &Principal, ask: &Ask) -> Result<Answer, Error> {
    let faults = faults(ask);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let within: Set = ask
        .periods
        .iter()
        .map(|(start, end)| Interval::between(*start, *end))
        .collect();
    let (Some(first), Some(last)) = (within.parts().first(), within.parts().last()) else {
        return Err(invalid("/query_periods", "must not be empty"));
    };
    let span = Interval::new(first.start, last.end);
    let people = whose(cx, who, ask).await?;
    let mut wide = Interval::new(span.start - ask.before * 60, span.end + ask.after * 60);
    if !ask.limits.is_empty() {
        // Whole weeks, whatever their zone.
        wide = Interval::new(wide.start - 8 * DAY, wide.end + 8 * DAY);
    }
    let how = How {
        live: ask.live,
        count: !ask.limits.is_empty(),
    };
    let known = gather(cx, who.workspace_id, &people, wide, how).await?;
    Ok(search(ask, &within, span, known, cx.clock.now()))
}

fn search(ask: &Ask, within: &Set, span: Interval, known: Vec<Gathered>, now: Timestamp) -> Answer {
    // With the days around it, so that candidates begin where the hours do and not where a period does.
    let days = Interval::new(span.start - 2 * DAY, span.end + 2 * DAY);
    let windows = hours(&ask.open_hours, days).unwrap_or_else(|| within.clone());
    let past = (
        Rule::Notice,
        Interval::new(i64::MIN / 2, Interval::between(now, now).end),
    );
    let forbidden = Set::of(vec![past.1]);
    let own = ask.participants.iter();
    let open: Vec<Option<Set>> = own.map(|one| hours(&one.open_hours, days)).collect();
    let full: Vec<Full> = known.iter().map(|one| full(ask, one)).collect();
    let people: Vec<Person> = (0..known.len())
        .zip(&known)
        .zip(&ask.participants)
        .map(|((n, one), participant)| Person {
            open: within_limits(open.get(n).cloned().flatten(), full.get(n), days),
            busy: one.claims.set(),
            required: participant.required,
        })
        .collect();
    let round = ask.round_to.map(|minutes| Round {
        to: minutes * 60,
        zone: rounding_zone(ask),
    });
    let search = Search {
        windows: &windows,
        within: Some(within),
        forbidden: &forbidden,
        duration: ask.duration_minutes * 60,
        step: ask.interval_minutes * 60,
        round,
        before: ask.before * 60,
        after: ask.after * 60,
        people: &people,
        need: ask.need,
        most: ask.max_results,
        most_refused: if ask.explain { MOST_REFUSED } else { 0 },
    };
    let found = search.run();
    let judge = Judge {
        known: &known,
        open: &open,
        full: &full,
        forbidden: &[past],
        before: search.before,
        after: search.after,
        some: ask.need != Need::All,
    };
    Answer {
        refused: found
            .refused
            .iter()
            .map(|slot| judge.explain(slot))
            .collect(),
        slots: found.slots,
        more: found.more,
        reasons: gaps(&known),
        calendars: known.into_iter().map(|one| one.calendars).collect(),
    }
}

/// The days and weeks in which somebody has as many meetings as they may have.
fn full(ask: &Ask, known: &Gathered) -> Full {
    let zone = rounding_zone(ask);
    let of = |limit: &Limit| (*limit, full_periods(&zone, *limit, &known.begins));
    ask.limits.iter().map(of).collect()
}

/// What is left of somebody's hours; `None`: any time.
fn within_limits(open: Option<Set>, full: Option<&Full>, span: Interval) -> Option<Set> {
    let full = full.into_iter().flatten();
    full.filter(|(_, periods)| !periods.is_empty())
        .fold(open, |open, (_, periods)| {
            let open = open.unwrap_or_else(|| Set::of(vec![span]));
            Some(open.subtract(periods))
        })
}

/// The hours of all these settings together; `None` when there are none.
fn hours(all: &[Settings], span: Interval) -> Option<Set> {
    let each = all.iter().filter_map(Settings::opening);
    let open = each.map(|hours| hours.within(span));
    open.reduce(|sum, next| sum.union(&next))
}

/// Round times are those of the first hours' clocks.
fn rounding_zone(ask: &Ask) -> Zone {
    let own = ask.participants.iter().flat_map(|one| &one.open_hours);
    let first = ask.open_hours.iter().chain(own).next();
    first
        .and_then(|settings| Zone::iana(&settings.time_zone))
        .unwrap_or_else(Zone::utc)
}

async fn whose(cx: &Context, who: &Principal, ask: &Ask) -> Result<Vec<Whose>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let mut all = Vec::with_capacity(ask.participants.len());
    for (n, participant) in ask.participants.iter().enumerate() {
        let mut whose = match &participant.whom {
            Whom::Member(id) => member(&mut tx, who, n, *id).await?,
            Whom::Calendars(ids) => calendars(&mut tx, who, n, ids).await?,
        };
        whose.rules = ask.rules;
        all.push(whose);
    }
    Ok(all)
}

async fn member(tx: &mut Tx, who: &Principal, n: usize, id: MemberId) -> Result<Whose, Error> {
    let unknown = || Error::UnknownReference {
        pointer: format!("/participants/{n}/member_id"),
        what: "member",
    };
    let found = match store::members::get(tx, who.workspace_id, id).await {
        Err(store::Error::NotFound) => return Err(unknown()),
        other => other?,
    };
    if !who.sees(found.id) || found.removed_at.is_some() {
        return Err(unknown());
    }
    Ok(Whose {
        calendars: store::calendars::busy_sources(tx, who.workspace_id, id).await?,
        members: vec![id],
        rules: BusyRules::default(),
    })
}

async fn calendars(
    tx: &mut Tx,
    who: &Principal,
    n: usize,
    ids: &[CalendarId],
) -> Result<Whose, Error> {
    let found = store::calendars::get_many(tx, who.workspace_id, ids).await?;
    let there = |id: &CalendarId| {
        found
            .iter()
            .any(|calendar| calendar.id == *id && who.sees(calendar.member_id))
    };
    if let Some(missing) = ids.iter().position(|id| !there(id)) {
        return Err(Error::UnknownReference {
            pointer: format!("/participants/{n}/calendar_ids/{missing}"),
            what: "calendar",
        });
    }
    let owners: HashSet<MemberId> = found.iter().map(|calendar| calendar.member_id).collect();
    Ok(Whose {
        calendars: found,
        members: owners.into_iter().collect(),
        rules: BusyRules::default(),
    })
}
