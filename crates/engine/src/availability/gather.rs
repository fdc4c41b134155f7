//! What is known of people's time: events that count as busy, blocks, and what cannot be known.

use std::collections::{BTreeMap, HashSet};

use daybook_domain::availability::{
    BusyRules, Claim, Claims, Interval, Mirror, Rule, Unknown, unknown,
};
use daybook_domain::{BlockId, CalendarId, EventId, InstanceId, MemberId, WorkspaceId};
use daybook_store as store;
use jiff::Timestamp;
use store::blocks::Block;
use store::calendars::Calendar;
use store::instances::Taken;

use super::difference::Difference;
use super::live::{self, Told};
use crate::Context;

/// Somebody whose time is looked at.
#[derive(Debug, Clone, Default)]
pub struct Whose {
    /// Their calendars.
    pub calendars: Vec<Calendar>,
    /// Whose blocks count.
    pub members: Vec<MemberId>,
    /// Which events count as busy.
    pub rules: BusyRules,
}

/// How their time is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// Whether to ask the providers that can be asked, instead of the mirror.
    pub live: bool,
    /// Whether meetings are counted. Providers tell stretches of time: what is a meeting, only the mirror knows.
    pub count: bool,
}

/// Where what is known of a calendar came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the mirror.
    Mirror,
    /// From the provider, just now.
    Live,
    /// It does not count as busy, and was not looked at.
    Ignored,
}

/// A calendar that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub id: CalendarId,
    /// As of when.
    pub synced_at: Option<Timestamp>,
    /// By what.
    pub origin: Origin,
    /// Why nothing, or not all of it, is known.
    pub unknown: Option<Unknown>,
}

/// What a claim comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An event in the mirror.
    Event(CalendarId, EventId, InstanceId),
    /// Something the provider told.
    Live(CalendarId),
    /// A block.
    Block(BlockId),
    /// Nothing is known of this calendar, or of any.
    Unknown(Option<CalendarId>, Unknown),
}

/// What is known of somebody's time.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// What is taken, or not known to be free.
    pub claims: Claims,
    /// What the claims come from, by their `source`.
    pub sources: Vec<Source>,
    /// The calendars that were looked at.
    pub calendars: Vec<Seen>,
    /// When the meetings begin that count as busy, in Unix seconds.
    pub begins: Vec<i64>,
}

/// What is known of everybody's time in `span`.
///
/// # Errors
/// When the database cannot be read. A provider's failure makes its calendars unknown.
pub async fn gather(
    cx: &Context,
    ws: WorkspaceId,
    people: &[Whose],
    span: Interval,
    how: How,
) -> Result<Vec<Gathered>, store::Error> {
    let now = cx.clock.now();
    let mut calendars: BTreeMap<CalendarId, &Calendar> = BTreeMap::new();
    for calendar in people.iter().flat_map(|whose| &whose.calendars) {
        calendars.insert(calendar.id, calendar);
    }
    let sources: Vec<&Calendar> = calendars
        .into_values()
        .filter(|calendar| calendar.busy_source)
        .collect();
    let told = if how.live {
        live::ask(cx, &sources, span).await
    } else {
        BTreeMap::new()
    };
    let both = how.count || people.iter().any(|whose| is_ruled(&whose.rules));
    let mirrored: Vec<CalendarId> = sources
        .iter()
        .filter(|calendar| both || !told.contains_key(&calendar.id))
        .filter(|calendar| unknown(&mirror(calendar), now).is_none())
        .map(|calendar| calendar.id)
        .collect();
    let members: HashSet<MemberId> = people.iter().flat_map(|who| who.members.clone()).collect();
    let members: Vec<MemberId> = members.into_iter().collect();
    let (from, to) = (span.from(), span.until());
    let mut tx = cx.store.read_in(ws).await?;
    let taken = store::instances::taken(&mut tx, ws, &mirrored, from, to).await?;
    let blocks = store::blocks::of_members(&mut tx, ws, &members, from, to).await?;
    drop(tx);
    let facts = Facts {
        now,
        span,
        count: how.count,
        told,
        taken: by_calendar(taken),
        blocks,
    };
    Ok(people.iter().map(|whose| facts.of(whose)).collect())
}

/// Everything that was read, of everybody.
struct Facts {
    now: Timestamp,
    span: Interval,
    count: bool,
    told: BTreeMap<CalendarId, Told>,
    taken: BTreeMap<CalendarId, Vec<Taken>>,
    blocks: Vec<Block>,
}

/// One person's claims, as they are put together.
#[derive(Default)]
struct Sum {
    claims: Vec<Claim>,
    sources: Vec<Source>,
    calendars: Vec<Seen>,
    meetings: HashSet<(String, Interval)>,
    begins: Vec<i64>,
    counted: HashSet<(Option<String>, Interval)>,
}

impl Facts {
    fn of(&self, whose: &Whose) -> Gathered {
        let mut sum = Sum::default();
        for calendar in &whose.calendars {
            let seen = self.calendar(calendar, &whose.rules, &mut sum);
            sum.calendars.push(seen);
        }
        if sum
            .calendars
            .iter()
            .all(|seen| seen.origin == Origin::Ignored)
        {
            sum.unknown(None, Unknown::NoCalendars, self.span);
        }
        let own = |block: &&Block| whose.members.contains(&block.member_id);
        for block in self.blocks.iter().filter(own) {
            for part in block.time().within(self.span).parts() {
                sum.add(*part, Rule::Block, Source::Block(block.id));
            }
        }
        Gathered {
            claims: Claims::new(sum.claims),
            sources: sum.sources,
            calendars: sum.calendars,
            begins: sum.begins,
        }
    }

    fn calendar(&self, calendar: &Calendar, rules: &BusyRules, sum: &mut Sum) -> Seen {
        let mut seen = Seen {
            id: calendar.id,
            synced_at: calendar.last_sync_at,
            origin: Origin::Mirror,
            unknown: None,
        };
        if !calendar.busy_source {
            seen.origin = Origin::Ignored;
            return seen;
        }
        if let Some(told) = self.told.get(&calendar.id) {
            seen.origin = Origin::Live;
            match told {
                Ok(busy) => self.live(calendar, rules, busy, sum, &mut seen),
                Err(why) => {
                    seen.unknown = Some(*why);
                    sum.unknown(Some(calendar.id), *why, self.span);
                }
            }
            return seen;
        }
        seen.unknown = unknown(&mirror(calendar), self.now);
        if let Some(why) = seen.unknown {
            sum.unknown(Some(calendar.id), why, self.span);
            return seen;
        }
        for event in self.events(calendar) {
            if rules.count(&event.facts()) {
                sum.event(event);
                sum.meeting(event);
            }
        }
        self.beyond(calendar, sum, &mut seen);
        seen
    }

    /// What the provider says now; and from the mirror what only that knows: which events they are.
    fn live(
        &self,
        calendar: &Calendar,
        rules: &BusyRules,
        busy: &[Interval],
        sum: &mut Sum,
        seen: &mut Seen,
    ) {
        seen.synced_at = Some(self.now);
        if self.count || is_ruled(rules) {
            seen.unknown = unknown(&mirror(calendar), self.now);
            if let Some(why) = seen.unknown {
                seen.synced_at = calendar.last_sync_at;
                sum.unknown(Some(calendar.id), why, self.span);
                return;
            }
            self.beyond(calendar, sum, seen);
        }
        let said = busy.iter().map(|part| part.and(self.span));
        let mut said: Vec<Interval> = said.filter(|part| !part.is_empty()).collect();
        if self.count {
            let own = self.events(calendar);
            own.iter()
                .filter(|event| rules.count(&event.facts()))
                .for_each(|event| sum.meeting(event));
            said.iter().for_each(|part| sum.news(*part, own));
        }
        if is_ruled(rules) {
            let difference = Difference::of(self.events(calendar), rules);
            said = difference.left_of(said);
            difference
                .more
                .into_iter()
                .for_each(|event| sum.event(event));
        }
        for part in said {
            sum.add(part, Rule::Busy, Source::Live(calendar.id));
        }
    }

    /// The calendar's events in the mirror, also those that do not count.
    fn events(&self, calendar: &Calendar) -> &[Taken] {
        self.taken.get(&calendar.id).map_or(&[][..], Vec::as_slice)
    }

    /// The time that the mirror does not reach.
    fn beyond(&self, calendar: &Calendar, sum: &mut Sum, seen: &mut Seen) {
        let end = calendar.expanded_until.map(|at| at.as_second());
        let beyond = Interval::new(end.unwrap_or(i64::MIN).max(self.span.start), self.span.end);
        if !beyond.is_empty() {
            seen.unknown = Some(Unknown::BeyondMirror);
            sum.unknown(Some(calendar.id), Unknown::BeyondMirror, beyond);
        }
    }
}

impl Sum {
    fn add(&mut self, time: Interval, rule: Rule, source: Source) {
        self.claims.push(Claim {
            time,
            rule,
            source: self.sources.len(),
        });
        self.sources.push(source);
    }

    fn unknown(&mut self, calendar: Option<CalendarId>, why: Unknown, time: Interval) {
        self.add(time, Rule::Unknown, Source::Unknown(calendar, why));
    }

    /// An event that counts; the same meeting in another calendar counts once.
    fn event(&mut self, event: &Taken) {
        let time = time_of(event);
        if let Some(uid) = &event.ical_uid
            && !self.meetings.insert((uid.clone(), time))
        {
            return;
        }
        let source = Source::Event(event.calendar_id, event.event_id, event.id);
        self.add(time, Rule::Busy, source);
    }

    /// One meeting more; the same one in another calendar is no other.
    fn meeting(&mut self, event: &Taken) {
        let time = time_of(event);
        let uid = event.ical_uid.clone();
        if !time.is_empty() && (uid.is_none() || self.counted.insert((uid, time))) {
            self.begins.push(time.start);
        }
    }

    /// Where the mirror has nothing at all, what the provider says is a meeting that it has not heard of yet.
    fn news(&mut self, time: Interval, events: &[Taken]) {
        let is_known = events.iter().any(|event| time_of(event).touches(time));
        if !is_known && self.counted.insert((None, time)) {
            self.begins.push(time.start);
        }
    }
}

/// Whether other events count than those that providers count.
fn is_ruled(rules: &BusyRules) -> bool {
    *rules != BusyRules::default()
}

pub(super) fn time_of(event: &Taken) -> Interval {
    Interval::between(event.start_us, event.end_us)
}

fn by_calendar(taken: Vec<Taken>) -> BTreeMap<CalendarId, Vec<Taken>> {
    let mut by: BTreeMap<CalendarId, Vec<Taken>> = BTreeMap::new();
    for one in taken {
        by.entry(one.calendar_id).or_default().push(one);
    }
    by
}

fn mirror(calendar: &Calendar) -> Mirror {
    Mirror {
        status: calendar.connection_status,
        active: calendar.active,
        sync_enabled: calendar.sync_enabled,
        synced_at: calendar.last_sync_at,
        interval_minutes: calendar.sync_interval_minutes,
        expanded_until: calendar.expanded_until,
    }
}
