//! One story for each aggregate, told on a SQLite file, on SQLite in memory and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests, told as stories"
)]

mod accounts;
mod availability;
mod billing;
mod calendars;
mod connections;
mod invoices;
mod jobs;
mod keys;
mod mail;
mod mirror;
mod open;
mod push;
mod row_security;
mod slack;
mod statements;
mod tenants;
mod time;

use daybook_domain::account::{EmailAddress, Role};
use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use daybook_domain::{CalendarId, ConnectionId, MemberId, UserId, WorkspaceId};
use daybook_store::calendars::NewCalendars;
use daybook_store::connections::Authorised;
use daybook_store::test_support::TestDb;
use daybook_store::{Tx, members, users, workspaces};

/// Tells each story on each database.
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use daybook_store::test_support::TestDb;
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::told::$name(&TestDb::sqlite().await).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn memory() {
                super::told::$name(&TestDb::memory().await).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                if let Some(db) = TestDb::postgres().await {
                    super::told::$name(&db).await;
                }
            }
        }
    )+};
}
pub(crate) use stories;

/// A workspace with its owner, a connection and a calendar.
#[derive(Clone, Copy)]
pub(crate) struct Cast {
    pub(crate) ws: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) member: MemberId,
    pub(crate) connection: ConnectionId,
    pub(crate) calendar: CalendarId,
}

pub(crate) fn email(name: &str) -> EmailAddress {
    format!("{name}@example.com").parse().unwrap()
}

pub(crate) async fn workspace(tx: &mut Tx, name: &str) -> (WorkspaceId, UserId, MemberId) {
    let new = workspaces::NewWorkspace {
        name,
        slug: name,
        time_zone: "Europe/Berlin",
        currency: "EUR",
    };
    let ws = workspaces::create(tx, &new).await.unwrap().id;
    let new = users::NewUser {
        email: &email(name),
        name,
        password_hash: Some(&"$argon2id$x".into()),
        time_zone: "Europe/Berlin",
        locale: "en",
    };
    let user = users::create(tx, &new).await.unwrap().id;
    let member = members::create(tx, ws, user, Role::Owner).await.unwrap().id;
    (ws, user, member)
}

pub(crate) fn account(member: MemberId, subject: &str) -> Authorised {
    Authorised {
        member_id: member,
        provider: "google".into(),
        subject: subject.into(),
        account_email: Some(format!("{subject}@example.com")),
        display_name: None,
        api_url: None,
        username: None,
        scopes: vec!["calendar".into()],
        missing_scopes: vec![],
        access_token: Some("access-1".into()),
        refresh_token: Some("refresh-1".into()),
        password: None,
        token_expires_at: Some("2030-01-01T00:00:00Z".parse().unwrap()),
        refresh_token_expires_at: None,
    }
}

pub(crate) fn remote(external_id: &str, primary: bool) -> RemoteCalendar {
    RemoteCalendar {
        external_id: external_id.into(),
        name: external_id.to_uppercase(),
        time_zone: Some("Europe/Berlin".into()),
        access_role: AccessRole::Owner,
        background_color: Some("#336699".into()),
        primary,
        busy_source: true,
    }
}

pub(crate) async fn cast(db: &TestDb, name: &str) -> Cast {
    let mut tx = db.store.write().await.unwrap();
    let (ws, user, member) = workspace(&mut tx, name).await;
    let (connection, _) =
        daybook_store::connections::upsert_authorised(&mut tx, ws, &account(member, name))
            .await
            .unwrap();
    let listed = daybook_store::calendars::upsert_listed(
        &mut tx,
        ws,
        connection.id,
        &[remote("main", true)],
        NewCalendars::PrimaryOn,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    Cast {
        ws,
        user,
        member,
        connection: connection.id,
        calendar: listed[0].id,
    }
}
