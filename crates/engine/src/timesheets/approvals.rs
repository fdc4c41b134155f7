//! Time by member and week, as those who approve it see it: how each week stands, what it comes to, and one decision for all of it
//! that waits.

use std::collections::BTreeMap;

use daybook_domain::text_enum;
use daybook_domain::time_entry::{Status, Step};
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::time_entries::TimeEntry;
use store::time_facts::Sum;

use super::Error;
use super::bulk::{self, Done, What, Which};
use super::policy::{self, Policy};
use super::submissions;
use crate::{Context, Principal};

/// The most weeks of one request.
pub const MOST_WEEKS: usize = 26;

text_enum! {
    /// How a member's week stands.
    State {
        /// Something of it waits for approval.
        Pending = "pending",
        /// Nothing waits, but something was sent back.
        Rejected = "rejected",
        /// Nothing waits, but something is not handed in.
        Open = "open",
        /// All of it is approved or invoiced.
        Approved = "approved",
    }
}

/// A member's week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Whose.
    pub member_id: MemberId,
    /// Its Monday, in the workspace's zone.
    pub monday: Date,
    /// How it stands.
    pub state: State,
    /// How many entries it has.
    pub entries: i64,
    /// How long they are, in minutes.
    pub minutes: i64,
    /// What of it is billed.
    pub billable_minutes: i64,
    /// What of it stands how; only what there is.
    pub by_status: BTreeMap<Status, i64>,
    /// Whether the caller may approve it.
    pub may_approve: bool,
}

/// Which weeks.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Those with a day from this on; by default of the last five weeks, and of all where something is left to do with them.
    pub from: Option<Date>,
    /// Up to the week of this day; by default the current one, and later ones where something is left to do with them.
    pub to: Option<Date>,
    /// Of this member; of plain members always their own.
    pub member_id: Option<MemberId>,
    /// That stand so.
    pub state: Option<State>,
}

/// The weeks that have time, the latest first. Owners and admins see everybody's.
///
/// # Errors
/// [`Error::Invalid`] for a stretch that ends before it begins or is too long.
pub async fn list(
    cx: &Context,
    who: &Principal,
    ask: &Ask,
    after: Option<(Date, MemberId)>,
    limit: usize,
) -> Result<Vec<Week>, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let member = who.own_only().or(ask.member_id);
    let mut weeks = Vec::new();
    let last = after.map(|(last, _)| last);
    let mut looked = Looked::at(policy.day(cx.clock.now()), ask, last)?;
    while let Some(monday) = looked.next(&mut tx, &policy, (ws, member)).await? {
        let sums = store::time_facts::sums(&mut tx, ws, member, policy.week(monday)).await?;
        let mut found = weeks_of(who, &policy, monday, &sums);
        found.retain(|week| ask.state.is_none_or(|state| week.state == state));
        found.retain(|week| {
            after.is_none_or(|(last, id)| week.monday < last || week.member_id > id)
        });
        weeks.extend(found);
        if weeks.len() >= limit {
            weeks.truncate(limit);
            break;
        }
    }
    Ok(weeks)
}

/// One week with its entries, the earliest first; at most [`bulk::MOST`].
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' weeks, to plain members.
pub async fn get(
    cx: &Context,
    who: &Principal,
    member: MemberId,
    day: Date,
) -> Result<(Week, Vec<TimeEntry>), Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    if !who.sees(member) {
        return Err(Error::Store(store::Error::NotFound));
    }
    store::members::get(&mut tx, ws, member).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let monday = Policy::monday(day);
    let sums = store::time_facts::sums(&mut tx, ws, Some(member), policy.week(monday)).await?;
    let entries = bulk::of_week(&mut tx, &policy, ws, member, day).await?;
    let rows: Vec<&Sum> = sums.iter().collect();
    Ok((week(who, &policy, monday, member, &rows), entries))
}

/// Approves what waits of a week, or sends it back with a reason. Each entry stands for itself: one in a closed period is refused, the
/// others are done.
///
/// # Errors
/// [`Error::NotApprover`], [`Error::OwnTime`], [`Error::NothingWaits`]; [`Error::Invalid`] without a reason.
pub async fn decide(
    cx: &Context,
    who: &Principal,
    member: MemberId,
    day: Date,
    reason: Option<&str>,
) -> Result<Vec<Done>, Error> {
    let step = submissions::meant(reason);
    policy::why(step, reason)?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    store::members::get(&mut tx, who.workspace_id, member).await?;
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    drop(tx);
    policy.decides(who, member, step)?;
    let which = Which::Week {
        member_id: member,
        day,
    };
    let what = What::Step(step, reason.map(str::to_owned));
    let done = bulk::run(cx, who, &which, &what).await?;
    if done.is_empty() {
        return Err(Error::NothingWaits);
    }
    Ok(done)
}

/// Which weeks are looked at, the latest first.
enum Looked {
    /// All of a stretch.
    All(std::vec::IntoIter<Date>),
    /// Those that have time in this state, however long ago or far ahead: before one week, from another on.
    With(Status, Option<Date>, Option<Date>),
}

impl Looked {
    /// Those asked for; `last` was the last one of the page before. What waits is found however old it is: nobody else would ask for it.
    fn at(today: Date, ask: &Ask, last: Option<Date>) -> Result<Self, Error> {
        let status = match ask.state {
            Some(State::Pending) => Some(Status::Pending),
            Some(State::Rejected) => Some(Status::Rejected),
            Some(State::Open) => Some(Status::Draft),
            Some(State::Approved) | None => None,
        };
        match status {
            Some(status) if ask.from.is_none() || ask.to.is_none() => {
                let to = [ask.to.map(Policy::monday), last].into_iter().flatten();
                let before = to.min().map(|monday| monday.saturating_add(1.week()));
                Ok(Self::With(status, before, ask.from.map(Policy::monday)))
            }
            _ => {
                let mut all = mondays(today, ask)?;
                all.retain(|monday| last.is_none_or(|last| *monday <= last));
                Ok(Self::All(all.into_iter()))
            }
        }
    }

    async fn next(
        &mut self,
        tx: &mut store::Tx,
        policy: &Policy,
        (ws, member): (WorkspaceId, Option<MemberId>),
    ) -> Result<Option<Date>, Error> {
        let (status, before, from) = match self {
            Self::All(mondays) => return Ok(mondays.next()),
            Self::With(status, before, from) => (*status, before, *from),
        };
        let stretch = (
            from.map_or(Timestamp::MIN, |day| policy.begin(day)),
            before.map_or(Timestamp::MAX, |day| policy.begin(day)),
        );
        let found = store::time_facts::latest(tx, ws, member, status, stretch).await?;
        let monday = found.map(|at| Policy::monday(policy.day(at)));
        *before = monday.or(*before);
        Ok(monday)
    }
}

/// The Mondays asked for, the latest first.
fn mondays(today: Date, ask: &Ask) -> Result<Vec<Date>, Error> {
    let invalid = |pointer, detail: String| Err(Error::Invalid { pointer, detail });
    let last = Policy::monday(ask.to.unwrap_or(today));
    let first = ask.from.unwrap_or_else(|| last.saturating_sub(4.weeks()));
    if first > ask.to.unwrap_or(today) {
        return invalid("?to", "must not be before from".to_owned());
    }
    let first = Policy::monday(first);
    let all: Vec<Date> = std::iter::successors(Some(last), |day| {
        Some(day.saturating_sub(1.week())).filter(|day| *day >= first)
    })
    .take(MOST_WEEKS + 1)
    .collect();
    if all.len() > MOST_WEEKS {
        return invalid("?from", format!("asks for more than {MOST_WEEKS} weeks"));
    }
    Ok(all)
}

/// The weeks of all members who have time in it, in the order of their ids.
fn weeks_of(who: &Principal, policy: &Policy, monday: Date, sums: &[Sum]) -> Vec<Week> {
    let mut members: BTreeMap<MemberId, Vec<&Sum>> = BTreeMap::new();
    for sum in sums {
        members.entry(sum.member_id).or_default().push(sum);
    }
    let one = |(member, sums): (MemberId, Vec<&Sum>)| week(who, policy, monday, member, &sums);
    members.into_iter().map(one).collect()
}

fn week(
    who: &Principal,
    policy: &Policy,
    monday: Date,
    member_id: MemberId,
    sums: &[&Sum],
) -> Week {
    let mut by_status = BTreeMap::new();
    for sum in sums {
        *by_status.entry(sum.status).or_default() += sum.minutes;
    }
    let billed = sums.iter().filter(|sum| sum.billable);
    Week {
        member_id,
        monday,
        state: state(|status| by_status.contains_key(&status)),
        entries: sums.iter().map(|sum| sum.entries).sum(),
        minutes: sums.iter().map(|sum| sum.minutes).sum(),
        billable_minutes: billed.map(|sum| sum.minutes).sum(),
        by_status,
        may_approve: policy.decides(who, member_id, Step::Approve).is_ok(),
    }
}

fn state(has: impl Fn(Status) -> bool) -> State {
    let decided = has(Status::Approved) || has(Status::Invoiced);
    if has(Status::Pending) {
        State::Pending
    } else if has(Status::Rejected) {
        State::Rejected
    } else if decided && !has(Status::Draft) {
        State::Approved
    } else {
        State::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_done_decides_how_a_week_stands() {
        use Status::{Approved, Draft, Invoiced, Pending, Rejected};
        let of = |there: &[Status]| state(|status| there.contains(&status));
        assert_eq!(of(&[Approved, Rejected, Pending, Draft]), State::Pending);
        assert_eq!(of(&[Approved, Rejected, Draft]), State::Rejected);
        assert_eq!(of(&[Approved, Draft]), State::Open);
        assert_eq!(of(&[]), State::Open);
        assert_eq!(of(&[Approved, Invoiced]), State::Approved);
    }

    #[test]
    fn weeks_begin_on_monday_and_are_not_endless() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let ask = |from: &str, to: &str| Ask {
            from: Some(day(from)),
            to: Some(day(to)),
            ..Ask::default()
        };
        let found = mondays(day("2026-11-28"), &ask("2026-11-15", "2026-11-16")).unwrap();
        assert_eq!(found, [day("2026-11-16"), day("2026-11-09")]);
        assert_eq!(
            mondays(day("2026-11-28"), &Ask::default()).unwrap().len(),
            5
        );
        assert!(mondays(day("2026-11-28"), &ask("2026-11-17", "2026-11-16")).is_err());
        assert!(mondays(day("2026-11-28"), &ask("1000-01-01", "2026-11-16")).is_err());
    }
}
