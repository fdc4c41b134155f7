//! Blocks: time that members keep for themselves.

use daybook_domain::BlockId;
use daybook_domain::availability::{Invalid, Weekly, days_fault};
use daybook_domain::zone::Zone;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::blocks::{Block, When};

use super::{Error, invalid};
use crate::{Context, Once, Outcome, Principal};

/// The longest block, in days.
const MOST_DAYS: i64 = 366;
/// The longest title, in characters.
const TITLE: usize = 500;

/// Makes a block of whoever asks.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Once`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    title: &str,
    when: &When,
    once: &Once<'_, Block>,
) -> Result<Outcome<Block>, Error> {
    check(title, when)?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let (ws, member) = (who.workspace_id, who.member_id);
    let made = store::blocks::create(&mut tx, ws, member, title.trim(), when).await?;
    once.finish(&mut tx, who, &made).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(made))
}

/// Blocks, oldest first: the workspace's for admins, their own for members.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, BlockId)>,
    limit: i64,
) -> Result<Vec<Block>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::blocks::list(&mut tx, who.workspace_id, who.own_only(), after, limit).await?)
}

/// One block.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' ones, to plain members.
pub async fn get(cx: &Context, who: &Principal, id: BlockId) -> Result<Block, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let found = store::blocks::get(&mut tx, who.workspace_id, id).await?;
    if who.sees(found.member_id) {
        Ok(found)
    } else {
        Err(store::Error::NotFound.into())
    }
}

/// Makes a block's new title and time from what it is.
pub type Decide = dyn Fn(&Block) -> Result<(String, When), Invalid> + Send + Sync;

/// Changes a block: `decide` makes its title and time from what they were.
///
/// # Errors
/// [`Error::Invalid`]; when there is no such block.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: BlockId,
    decide: &Decide,
) -> Result<Block, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let before = changeable(&mut tx, who, id).await?;
    let (title, when) = decide(&before).map_err(|fault| Error::Invalid(vec![fault]))?;
    check(&title, &when)?;
    let after = store::blocks::replace(&mut tx, who.workspace_id, id, title.trim(), &when).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a block.
///
/// # Errors
/// When there is no such block.
pub async fn delete(cx: &Context, who: &Principal, id: BlockId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    changeable(&mut tx, who, id).await?;
    store::blocks::delete(&mut tx, who.workspace_id, id).await?;
    tx.commit().await?;
    Ok(())
}

async fn changeable(tx: &mut Tx, who: &Principal, id: BlockId) -> Result<Block, Error> {
    let found = store::blocks::get(tx, who.workspace_id, id).await?;
    if who.may_change(found.member_id) {
        Ok(found)
    } else {
        Err(store::Error::NotFound.into())
    }
}

fn check(title: &str, when: &When) -> Result<(), Error> {
    if title.chars().count() > TITLE || title.chars().any(char::is_control) {
        return Err(invalid(
            "/title",
            "must be at most 500 characters on one line",
        ));
    }
    match when {
        When::Once(start, end) if end <= start => Err(invalid("/end", "must be later than start")),
        When::Once(start, end)
            if end.duration_since(*start) > SignedDuration::from_hours(24 * MOST_DAYS) =>
        {
            Err(invalid("/end", "must be at most 366 days after start"))
        }
        When::Once(..) => Ok(()),
        When::Weekly(weekly) => recurring(weekly),
    }
}

fn recurring(weekly: &Weekly) -> Result<(), Error> {
    if weekly.days.is_empty() {
        return Err(invalid("/weekly/days", "must name at least one day"));
    }
    if let Some(detail) = days_fault(&weekly.days) {
        return Err(invalid("/weekly/days", detail));
    }
    if !weekly.time.is_valid() {
        let detail = "must be later than from_time; 00:00:00 means the end of the day";
        return Err(invalid("/weekly/to_time", detail));
    }
    if Zone::iana(&weekly.time_zone).is_none() {
        let detail = "must be an IANA time zone such as Europe/Berlin";
        return Err(invalid("/weekly/time_zone", detail));
    }
    match (weekly.first, weekly.last) {
        (Some(first), Some(last)) if last < first => Err(invalid(
            "/weekly/until_date",
            "must not be before from_date",
        )),
        _ => Ok(()),
    }
}
