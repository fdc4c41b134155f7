//! Calendar configurations: members have their own, admins see and change all.

use std::collections::HashSet;

use daybook_domain::availability::Configuration as Settings;
use daybook_domain::zone::Zone;
use daybook_domain::{CalendarId, ConfigurationId};
use daybook_store as store;
use jiff::Timestamp;
use store::Tx;
use store::configurations::Configuration;

use super::{Error, invalid};
use crate::{Context, Once, Outcome, Principal};

/// Most calendars that one configuration looks at.
pub const MOST_CALENDARS: usize = 50;
/// The longest name, in characters.
const NAME: usize = 200;

/// A change of settings.
pub type Change = dyn Fn(&mut Settings) + Send + Sync;

/// A configuration to be made.
pub struct Create<'a> {
    /// Its name; `None`: a plain one.
    pub name: Option<String>,
    /// Over which calendars.
    pub calendar_ids: Vec<CalendarId>,
    /// Sets what differs from the defaults, which are in the zone of whoever asks.
    pub change: &'a Change,
}

/// What changes; `None` stays.
pub struct Update<'a> {
    /// Its name.
    pub name: Option<String>,
    /// Over which calendars.
    pub calendar_ids: Option<Vec<CalendarId>>,
    /// Changes the settings.
    pub change: &'a Change,
}

/// Makes a configuration.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::UnknownReference`] for a calendar that is not there for `who`.
pub async fn create(
    cx: &Context,
    who: &Principal,
    new: Create<'_>,
    once: &Once<'_, Configuration>,
) -> Result<Outcome<Configuration>, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let person = store::users::get(&mut tx, who.user_id).await?;
    let mut settings = Settings::default();
    if Zone::iana(&person.time_zone).is_some() {
        settings.time_zone = person.time_zone;
    }
    (new.change)(&mut settings);
    let name = new.name.unwrap_or_else(|| "Working hours".to_owned());
    let calendars = check(&mut tx, who, &name, &settings, new.calendar_ids).await?;
    let (ws, member) = (who.workspace_id, who.member_id);
    let made =
        store::configurations::create(&mut tx, ws, member, name.trim(), &settings, &calendars)
            .await?;
    once.finish(&mut tx, who, &made).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(made))
}

/// Configurations, oldest first: the workspace's for admins, their own for members.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, ConfigurationId)>,
    limit: i64,
) -> Result<Vec<Configuration>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(
        store::configurations::list(&mut tx, who.workspace_id, who.own_only(), after, limit)
            .await?,
    )
}

/// One configuration.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' ones, to plain members.
pub async fn get(
    cx: &Context,
    who: &Principal,
    id: ConfigurationId,
) -> Result<Configuration, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let found = store::configurations::get(&mut tx, who.workspace_id, id).await?;
    if who.sees(found.member_id) {
        Ok(found)
    } else {
        Err(store::Error::NotFound.into())
    }
}

/// Changes a configuration.
///
/// # Errors
/// As [`create`]; when there is no such configuration.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: ConfigurationId,
    update: Update<'_>,
) -> Result<Configuration, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let before = changeable(&mut tx, who, id).await?;
    let mut settings = before.settings;
    (update.change)(&mut settings);
    let name = update.name.unwrap_or(before.name);
    let calendars = match update.calendar_ids {
        Some(asked) => check(&mut tx, who, &name, &settings, asked).await?,
        None => {
            sound(&name, &settings)?;
            before.calendar_ids
        }
    };
    let ws = who.workspace_id;
    let after =
        store::configurations::replace(&mut tx, ws, id, name.trim(), &settings, &calendars).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a configuration.
///
/// # Errors
/// When there is no such configuration.
pub async fn delete(cx: &Context, who: &Principal, id: ConfigurationId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    changeable(&mut tx, who, id).await?;
    store::configurations::delete(&mut tx, who.workspace_id, id).await?;
    tx.commit().await?;
    Ok(())
}

async fn changeable(
    tx: &mut Tx,
    who: &Principal,
    id: ConfigurationId,
) -> Result<Configuration, Error> {
    let found = store::configurations::get(tx, who.workspace_id, id).await?;
    if who.may_change(found.member_id) {
        Ok(found)
    } else {
        Err(store::Error::NotFound.into())
    }
}

fn sound(name: &str, settings: &Settings) -> Result<(), Error> {
    if name.trim().is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(invalid("/name", "must be 1 to 200 characters on one line"));
    }
    let faults = settings.faults();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

/// The calendars asked for, each once, if all of them are there for `who` and the rest makes sense.
async fn check(
    tx: &mut Tx,
    who: &Principal,
    name: &str,
    settings: &Settings,
    mut asked: Vec<CalendarId>,
) -> Result<Vec<CalendarId>, Error> {
    sound(name, settings)?;
    if asked.is_empty() || asked.len() > MOST_CALENDARS {
        return Err(invalid("/calendar_ids", "must name 1 to 50 calendars"));
    }
    let found = store::calendars::get_many(tx, who.workspace_id, &asked).await?;
    let visible = found.iter().filter(|calendar| who.sees(calendar.member_id));
    let known: HashSet<CalendarId> = visible.map(|calendar| calendar.id).collect();
    if let Some(n) = asked.iter().position(|id| !known.contains(id)) {
        return Err(Error::UnknownReference {
            pointer: format!("/calendar_ids/{n}"),
            what: "calendar",
        });
    }
    let mut seen = HashSet::new();
    asked.retain(|id| seen.insert(*id));
    Ok(asked)
}
