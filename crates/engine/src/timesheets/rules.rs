//! Rules: set by those who manage the workspace, tried in order, and looked at before they count.

use daybook_domain::TimeRuleId;
use daybook_domain::rule::{Action, Compiled, MAX_RULES, Rule};
use daybook_store as store;
use jiff::SignedDuration;
use store::instances::InstanceView;
use store::time_rules::{Contents, TimeRule};

use super::Error;
use super::booking::{Known, Said};
use super::gather::{self, Meetings, Which};
use crate::clients;
use crate::{Context, Once, Outcome, Principal};

/// How far back a preview looks.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The most meetings a preview looks at, and shows.
const LOOKED_AT: i64 = 10_000;
/// How many it shows.
const SHOWN: usize = 100;

/// What a rule would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// How many meetings were looked at.
    pub examined: usize,
    /// How many fit.
    pub matched: usize,
    /// Which of those a rule above it takes, by that rule.
    pub shadowed: Vec<Shadow>,
    /// The archived project or client it books on: then it books nothing.
    pub archived: Option<String>,
    /// The latest of those that it would decide.
    pub meetings: Vec<InstanceView>,
}

/// A rule above the one that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// It.
    pub rule_id: TimeRuleId,
    /// Its name.
    pub name: String,
    /// How many of the meetings it takes.
    pub meetings: usize,
}

/// Where the rule that is looked at stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// The rule that it is a change of.
    pub rule_id: Option<TimeRuleId>,
    /// From 1; by default where that rule is, or last.
    pub position: Option<i64>,
}

/// Makes a rule, at the end or at a place.
///
/// # Errors
/// [`Error::NotManager`], [`Error::Invalid`], [`Error::UnknownReference`], [`Error::Once`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    new: &Contents,
    position: Option<i64>,
    once: &Once<'_, TimeRule>,
) -> Result<Outcome<TimeRule>, Error> {
    manages(who)?;
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    check(&mut tx, who, new).await?.check(said(&new.action))?;
    let all = lock(&mut tx, who).await?;
    if all.len() >= MAX_RULES {
        return Err(Error::Invalid {
            pointer: "/name",
            detail: format!("there are {MAX_RULES} rules already; remove some first"),
        });
    }
    let end = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let made = store::time_rules::create(&mut tx, ws, end + 1, new).await?;
    if let Some(position) = position {
        order(&mut tx, who, made.id, position).await?;
    }
    let made = store::time_rules::get(&mut tx, ws, made.id).await?;
    once.finish(&mut tx, who, &made).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(made))
}

/// All rules, in order.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(cx: &Context, who: &Principal) -> Result<Vec<TimeRule>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::time_rules::all(&mut tx, who.workspace_id).await?)
}

/// One rule.
///
/// # Errors
/// When there is none.
pub async fn get(cx: &Context, who: &Principal, id: TimeRuleId) -> Result<TimeRule, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::time_rules::get(&mut tx, who.workspace_id, id).await?)
}

/// Makes a rule's new contents from what they are.
pub type Decide = dyn Fn(Contents) -> Contents + Send + Sync;

/// Changes a rule, and its place if one is given.
///
/// # Errors
/// [`Error::NotManager`], [`Error::Invalid`], [`Error::UnknownReference`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: TimeRuleId,
    decide: &Decide,
    position: Option<i64>,
) -> Result<TimeRule, Error> {
    manages(who)?;
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    lock(&mut tx, who).await?;
    let old = store::time_rules::get(&mut tx, ws, id).await?.contents();
    let before = said(&old.action);
    let contents = decide(old);
    let known = check(&mut tx, who, &contents).await?;
    let now = said(&contents.action);
    // What it is booked on already may have been archived since: then its other parts can still be changed.
    if (now.client_id, now.project_id) != (before.client_id, before.project_id) {
        known.check(now)?;
    }
    store::time_rules::replace(&mut tx, ws, id, &contents).await?;
    if let Some(position) = position {
        order(&mut tx, who, id, position).await?;
    }
    let rule = store::time_rules::get(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(rule)
}

/// Removes a rule.
///
/// # Errors
/// [`Error::NotManager`]; when there is none.
pub async fn delete(cx: &Context, who: &Principal, id: TimeRuleId) -> Result<(), Error> {
    manages(who)?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    lock(&mut tx, who).await?;
    store::time_rules::delete(&mut tx, who.workspace_id, id).await?;
    Ok(tx.commit().await?)
}

/// The archived projects and clients that rules book on, in the order of the rules.
///
/// # Errors
/// When the database cannot be read.
pub async fn archived(
    cx: &Context,
    who: &Principal,
    rules: &[TimeRule],
) -> Result<Vec<Option<String>>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let said: Vec<Said> = rules
        .iter()
        .map(|rule| said(&rule.contents().action))
        .collect();
    let known = Known::load(&mut tx, who.workspace_id, &said, None).await?;
    let names = said.iter().map(|said| known.archived(*said));
    Ok(names.map(|name| name.map(str::to_owned)).collect())
}

/// Which of the caller's meetings of the last thirty days a rule would fit, whether they are logged or not, and which of them rules above
/// it take.
///
/// # Errors
/// [`Error::Invalid`], [`Error::UnknownReference`]; when there is no such rule to change.
pub async fn preview(
    cx: &Context,
    who: &Principal,
    contents: &Contents,
    place: Place,
) -> Result<Preview, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let known = check(&mut tx, who, contents).await?;
    let mut above = above(&mut tx, who, place).await?;
    let now = cx.clock.now();
    let from = now.checked_sub(BACK).unwrap_or(now);
    let Meetings { found, .. } =
        gather::meetings(&mut tx, who, (from, now), Which::Billable, None, LOOKED_AT).await?;
    let mut rules = Compiled::new(vec![Rule {
        id: TimeRuleId::from_uuid(uuid::Uuid::nil()),
        name: contents.name.clone(),
        conditions: contents.conditions.clone(),
        action: contents.action.clone(),
    }]);
    let mut preview = Preview {
        examined: found.len(),
        matched: 0,
        shadowed: Vec::new(),
        archived: known.archived(said(&contents.action)).map(str::to_owned),
        meetings: Vec::new(),
    };
    for event in found.into_iter().rev() {
        let subject = gather::subject(&event);
        if rules.first(&subject).is_none() {
            continue;
        }
        preview.matched += 1;
        match above.first(&subject) {
            Some(rule) => preview.shadow(rule),
            None if preview.meetings.len() < SHOWN => preview.meetings.push(event),
            None => {}
        }
    }
    Ok(preview)
}

impl Preview {
    fn shadow(&mut self, rule: &Rule) {
        match self.shadowed.iter_mut().find(|one| one.rule_id == rule.id) {
            Some(known) => known.meetings += 1,
            None => self.shadowed.push(Shadow {
                rule_id: rule.id,
                name: rule.name.clone(),
                meetings: 1,
            }),
        }
    }
}

/// The rules that are tried before one at this place.
async fn above(tx: &mut store::Tx, who: &Principal, place: Place) -> Result<Compiled, Error> {
    let all = store::time_rules::all(tx, who.workspace_id).await?;
    let mut position = place.position;
    if let Some(id) = place.rule_id {
        let own = all.iter().find(|rule| rule.id == id);
        let own = own.ok_or(Error::Store(store::Error::NotFound))?;
        position = position.or(Some(own.position));
    }
    let others = all.iter().filter(|rule| Some(rule.id) != place.rule_id);
    let ahead = position.map_or(usize::MAX, |at| {
        usize::try_from(at.max(1) - 1).unwrap_or(usize::MAX)
    });
    let tried = others.take(ahead).filter(|rule| rule.enabled);
    Ok(Compiled::new(tried.map(TimeRule::rule).collect()))
}

fn manages(who: &Principal) -> Result<(), Error> {
    if who.manages() {
        Ok(())
    } else {
        Err(Error::NotManager)
    }
}

/// Rules are changed one after the other, so that their places stay 1 to n.
async fn lock(tx: &mut store::Tx, who: &Principal) -> Result<Vec<TimeRule>, Error> {
    store::workspaces::update(tx, who.workspace_id, &store::workspaces::Changes::default()).await?;
    Ok(store::time_rules::all(tx, who.workspace_id).await?)
}

/// Puts a rule at a place, from 1, and the others around it.
async fn order(
    tx: &mut store::Tx,
    who: &Principal,
    id: TimeRuleId,
    position: i64,
) -> Result<(), Error> {
    let all = store::time_rules::all(tx, who.workspace_id).await?;
    let mut ids: Vec<TimeRuleId> = all
        .iter()
        .map(|rule| rule.id)
        .filter(|other| *other != id)
        .collect();
    let at = usize::try_from(position.max(1) - 1)
        .unwrap_or(usize::MAX)
        .min(ids.len());
    ids.insert(at, id);
    for (index, id) in ids.iter().enumerate() {
        let place = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        if !all
            .iter()
            .any(|rule| rule.id == *id && rule.position == place)
        {
            store::time_rules::place(tx, who.workspace_id, *id, place).await?;
        }
    }
    Ok(())
}

/// Whether a rule makes sense; answers with what it books on.
async fn check(tx: &mut store::Tx, who: &Principal, new: &Contents) -> Result<Known, Error> {
    let invalid = |pointer, detail: String| Error::Invalid { pointer, detail };
    clients::name(Some(&new.name)).map_err(|error| invalid("/name", error.to_string()))?;
    new.conditions
        .check()
        .map_err(|error| invalid(error.pointer, error.detail))?;
    super::entries::words(None, Some(&new.action.tags))?;
    let action = &new.action;
    let says = action.client_id.is_some()
        || action.project_id.is_some()
        || action.billable.is_some()
        || !action.tags.is_empty();
    if action.exclude == says {
        return Err(invalid(
            "/exclude",
            "a rule either leaves meetings out, or says what they are booked on".to_owned(),
        ));
    }
    let said = said(action);
    let known = Known::load(tx, who.workspace_id, &[said], None).await?;
    known.agree(said)?;
    Ok(known)
}

/// What a rule says that meetings are booked on.
fn said(action: &Action) -> Said {
    Said {
        client_id: action.client_id,
        project_id: action.project_id,
        billable: action.billable,
    }
}
