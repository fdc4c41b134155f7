//! Calendar configurations: scheduling settings over calendars.

use std::collections::HashMap;

use daybook_domain::availability::Configuration as Settings;
use daybook_domain::{CalendarId, ConfigurationId, MemberId, WorkspaceId};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{Error, Result, Tx};

/// A calendar configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Its id.
    pub id: ConfigurationId,
    /// Where.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// Name.
    pub name: String,
    /// Everything that is set.
    pub settings: Settings,
    /// Over which calendars, in the order given. Calendars that were removed since are gone from it.
    pub calendar_ids: Vec<CalendarId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

row! {
    /// A row of `calendar_configuration`.
    struct Head of "calendar_configuration" {
        id: ConfigurationId,
        workspace_id: WorkspaceId,
        member_id: MemberId,
        name: String,
        settings: Settings,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

row! {
    /// A calendar of a configuration.
    struct Member of "calendar_configuration_calendar" {
        configuration_id: ConfigurationId,
        calendar_id: CalendarId,
    }
}

bulk! {
    OF = "SELECT configuration_id, calendar_id FROM calendar_configuration_calendar WHERE workspace_id = $1 AND configuration_id IN (",
    fixed 1, columns 1, ") ORDER BY configuration_id, position"
}
bulk! {
    ADD = "INSERT INTO calendar_configuration_calendar (workspace_id, configuration_id, calendar_id, position) VALUES ",
    fixed 0, columns 4, ""
}

/// Makes a configuration. `Reference` when one of the calendars, or the member, is not there.
pub async fn create(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    name: &str,
    settings: &Settings,
    calendars: &[CalendarId],
) -> Result<Configuration> {
    let (id, now): (ConfigurationId, _) = (tx.id(), tx.stamp().await?);
    let head = fetch_one!(
        tx,
        Head,
        "INSERT INTO calendar_configuration (id, workspace_id, member_id, name, settings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *",
        id,
        ws,
        member,
        name,
        Json(settings),
        now,
        now
    )?;
    add(tx, ws, id, calendars).await?;
    Ok(whole(head, calendars.to_vec()))
}

/// The configuration.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: ConfigurationId) -> Result<Configuration> {
    let head = fetch_one!(
        tx,
        Head,
        "SELECT * FROM calendar_configuration WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    with_calendars(tx, ws, vec![head])
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Configurations of one member or of all, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    after: Option<(Timestamp, ConfigurationId)>,
    limit: i64,
) -> Result<Vec<Configuration>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    let heads = fetch_all!(
        tx,
        Head,
        "SELECT * FROM calendar_configuration WHERE workspace_id = $1 AND (member_id = $2 OR $2 IS NULL) AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5",
        ws,
        member,
        at,
        id,
        limit
    )?;
    with_calendars(tx, ws, heads).await
}

/// Puts other settings in place of the configuration's. `Reference` when one of the calendars is not there.
pub async fn replace(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConfigurationId,
    name: &str,
    settings: &Settings,
    calendars: &[CalendarId],
) -> Result<Configuration> {
    let now = tx.stamp().await?;
    let head = fetch_one!(
        tx,
        Head,
        "UPDATE calendar_configuration SET name = $3, settings = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        name,
        Json(settings),
        now
    )?;
    execute!(
        tx,
        "DELETE FROM calendar_configuration_calendar WHERE workspace_id = $1 AND configuration_id = $2",
        ws,
        id
    )?;
    add(tx, ws, id, calendars).await?;
    Ok(whole(head, calendars.to_vec()))
}

/// Removes the configuration.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: ConfigurationId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM calendar_configuration WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

async fn add(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConfigurationId,
    calendars: &[CalendarId],
) -> Result<()> {
    let placed: Vec<(i64, CalendarId)> = (0..).zip(calendars.iter().copied()).collect();
    bulk_execute!(tx, ADD, [], placed, |one| [ws, id, one.1, one.0]);
    Ok(())
}

async fn with_calendars(
    tx: &mut Tx,
    ws: WorkspaceId,
    heads: Vec<Head>,
) -> Result<Vec<Configuration>> {
    let ids: Vec<ConfigurationId> = heads.iter().map(|head| head.id).collect();
    let mut calendars: HashMap<ConfigurationId, Vec<CalendarId>> = HashMap::new();
    for member in bulk_fetch!(tx, Member, OF, [ws], ids, |id| [*id]) {
        let own = calendars.entry(member.configuration_id).or_default();
        own.push(member.calendar_id);
    }
    let whole = |head: Head| {
        let own = calendars.remove(&head.id).unwrap_or_default();
        whole(head, own)
    };
    Ok(heads.into_iter().map(whole).collect())
}

fn whole(head: Head, calendar_ids: Vec<CalendarId>) -> Configuration {
    Configuration {
        id: head.id,
        workspace_id: head.workspace_id,
        member_id: head.member_id,
        name: head.name,
        settings: head.settings,
        calendar_ids,
        created_at: head.created_at,
        updated_at: head.updated_at,
    }
}
