//! One thing done to many entries, in one transaction: by their ids, or to a member's week. Each stands for itself.

use daybook_domain::time_entry::{Status, Step};
use daybook_domain::{MemberId, TimeEntryId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use store::time_entries::{Changes, Filter, TimeEntry};

use super::entries::{edit, erase, take_step, tell, words};
use super::policy::{self, Policy};
use super::{Error, submissions};
use crate::{Context, Principal};

/// The most entries of one request.
pub const MOST: usize = 500;

/// Which entries.
#[derive(Debug, Clone)]
pub enum Which {
    /// These.
    Ids(Vec<TimeEntryId>),
    /// Those of a member's week that the step is for.
    Week {
        /// Whose.
        member_id: MemberId,
        /// Any day of it; weeks begin on Monday, in the workspace's zone.
        day: Date,
    },
}

/// What is done.
#[derive(Debug, Clone)]
pub enum What {
    /// Submit, approve or reject, the last with a reason.
    Step(Step, Option<String>),
    /// Change.
    Edit(Box<Changes>),
    /// Remove.
    Delete,
}

impl What {
    /// Whether its words are such as entries have.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Step(step, reason) => policy::why(*step, reason.as_deref()).and(Ok(())),
            Self::Edit(changes) => words(changes.description.as_deref(), changes.tags.as_deref()),
            Self::Delete => Ok(()),
        }
    }
}

/// What became of an entry: as it is now, or was before it was removed.
pub type Done = (TimeEntryId, Result<TimeEntry, Error>);

/// Does it. What is refused for one entry is said there; the others are done.
///
/// # Errors
/// [`Error::Invalid`] for what concerns all; when the database fails, then nothing is done.
pub async fn run(
    cx: &Context,
    who: &Principal,
    which: &Which,
    what: &What,
) -> Result<Vec<Done>, Error> {
    what.check()?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    let (entries, missing) = find(&mut tx, who, &policy, which, what).await?;
    let mut done: Vec<Done> = missing
        .into_iter()
        .map(|id| (id, Err(Error::Store(store::Error::NotFound))))
        .collect();
    done.extend(each(cx, who, &mut tx, &policy, entries, what).await?);
    tx.commit().await?;
    told(cx, who, &done);
    Ok(done)
}

/// Does it with each of these, as they were read, in a transaction that does more.
pub(super) async fn each(
    cx: &Context,
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    entries: Vec<TimeEntry>,
    what: &What,
) -> Result<Vec<Done>, Error> {
    let mut done = Vec::with_capacity(entries.len());
    for entry in entries {
        let result = match one(cx, who, tx, policy, &entry, what).await {
            // After a failed statement nothing of the transaction can be kept.
            Err(error @ (Error::Store(_) | Error::UnknownReference)) => return Err(error),
            other => other,
        };
        done.push((entry.id, result));
    }
    if matches!(what, What::Step(Step::Approve | Step::Reject, _)) {
        let decided = done.iter().filter(|(_, result)| result.is_ok());
        let decided: Vec<TimeEntryId> = decided.map(|(id, _)| *id).collect();
        submissions::decided(tx, who, &decided).await?;
    }
    Ok(done)
}

/// Those who look see what was done, once it is kept.
pub(super) fn told(cx: &Context, who: &Principal, done: &[Done]) {
    for (_, result) in done {
        if let Ok(entry) = result {
            tell(cx, who, entry);
        }
    }
}

async fn one(
    cx: &Context,
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    entry: &TimeEntry,
    what: &What,
) -> Result<TimeEntry, Error> {
    match what {
        What::Step(step, reason) => {
            take_step(who, tx, policy, entry, *step, reason.as_deref()).await
        }
        What::Edit(changes) => {
            edit(cx, who, tx, policy, entry, (**changes).clone(), "edited").await
        }
        What::Delete => erase(who, tx, policy, entry, "deleted")
            .await
            .map(|()| entry.clone()),
    }
}

/// The entries that are there and may be changed, and the ids of the others.
async fn find(
    tx: &mut store::Tx,
    who: &Principal,
    policy: &Policy,
    which: &Which,
    what: &What,
) -> Result<(Vec<TimeEntry>, Vec<TimeEntryId>), Error> {
    let ws = who.workspace_id;
    let entries = match which {
        Which::Ids(ids) => store::time_facts::get_many(tx, ws, ids).await?,
        Which::Week { member_id, day } => {
            if !who.may_change(*member_id) {
                return Err(Error::Store(store::Error::NotFound));
            }
            let mut week = of_week(tx, policy, ws, *member_id, *day).await?;
            week.retain(|entry| meant(entry.status, what));
            week
        }
    };
    let (mine, others): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|entry| who.may_change(entry.member_id));
    drop(others);
    let missing = match which {
        Which::Ids(ids) => ids
            .iter()
            .filter(|id| !mine.iter().any(|entry| entry.id == **id))
            .copied()
            .collect(),
        Which::Week { .. } => Vec::new(),
    };
    Ok((mine, missing))
}

/// A member's entries of the week of a day, the earliest first, at most [`MOST`].
pub(super) async fn of_week(
    tx: &mut store::Tx,
    policy: &Policy,
    ws: WorkspaceId,
    member: MemberId,
    day: Date,
) -> Result<Vec<TimeEntry>, store::Error> {
    let (from, to) = policy.week(Policy::monday(day));
    let filter = Filter {
        member_id: Some(member),
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    store::time_facts::ascending(tx, ws, &filter, None, limit).await
}

/// Whether a step for a whole week is for entries that stand so.
fn meant(status: Status, what: &What) -> bool {
    match what {
        What::Step(Step::Submit, _) => matches!(status, Status::Draft | Status::Rejected),
        What::Step(..) => status == Status::Pending,
        What::Edit(_) | What::Delete => status != Status::Invoiced,
    }
}
