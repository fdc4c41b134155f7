//! Calls of Slack with an installation's token: refreshed when it is refused, and the failure noted where it belongs.

use daybook_domain::connection::ErrorKind;
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_provider_api as provider;
use daybook_store as store;
use provider::chat::{Message, Person, Posted};
use serde_json::Value;

use super::chat;
use crate::Context;
use crate::connections::asking::Asking;
use crate::connections::{Error, outcome};

/// A call.
pub enum Ask<'a> {
    /// Posts a message to a conversation.
    Post(&'a str, &'a Message),
    /// Puts a message in the place of one in a conversation.
    Update(&'a str, &'a str, &'a Message),
    /// The direct conversation with somebody.
    Direct(&'a str),
    /// Somebody by id.
    Person(&'a str),
    /// Somebody by address.
    Email(&'a str),
    /// Opens a form for a trigger.
    Open(&'a str, &'a Value),
    /// Shows somebody's home page.
    Publish(&'a str, &'a Value),
}

/// What a call told.
#[derive(Debug)]
pub enum Told {
    /// Where the message is.
    Posted(Posted),
    /// The conversation.
    Channel(String),
    /// The person, if there is one.
    Person(Option<Person>),
    /// Nothing more than that it is done.
    Done,
}

/// Makes a call with the credentials of `connection`.
///
/// # Errors
/// [`Error::NeedsReauth`], [`Error::Disconnected`]; [`Error::Provider`].
pub async fn call(
    cx: &Context,
    workspace: WorkspaceId,
    connection: ConnectionId,
    ask: &Ask<'_>,
) -> Result<Told, Error> {
    let mut asking = Asking::begin(cx, workspace, connection).await?;
    loop {
        let session = asking.session(cx);
        let told = once(cx, &session, ask).await;
        drop(session);
        match told {
            Ok(told) => return Ok(told),
            Err(error) => {
                if asking.again(cx, &error).await? {
                    continue;
                }
                if error.kind == ErrorKind::Scope {
                    note(cx, workspace, connection, &error).await?;
                }
                return Err(error.into());
            }
        }
    }
}

async fn once(
    cx: &Context,
    session: &provider::Session<'_>,
    ask: &Ask<'_>,
) -> provider::Result<Told> {
    let chat = chat(cx).ok_or_else(|| {
        provider::Error::new(ErrorKind::Unsupported, "Slack is not there on this server")
    })?;
    Ok(match ask {
        Ask::Post(channel, message) => Told::Posted(chat.post(session, channel, message).await?),
        Ask::Update(channel, ts, message) => {
            chat.update(session, channel, ts, message).await?;
            Told::Done
        }
        Ask::Direct(user) => Told::Channel(chat.open_direct(session, user).await?),
        Ask::Person(user) => Told::Person(Some(chat.person(session, user).await?)),
        Ask::Email(email) => Told::Person(chat.person_by_email(session, email).await?),
        Ask::Open(trigger, view) => {
            chat.open_view(session, trigger, view).await?;
            Told::Done
        }
        Ask::Publish(user, view) => {
            chat.publish_view(session, user, view).await?;
            Told::Done
        }
    })
}

/// A missing permission is the connection's, and shown there.
async fn note(
    cx: &Context,
    workspace: WorkspaceId,
    id: ConnectionId,
    error: &provider::Error,
) -> Result<(), Error> {
    let mut tx = cx.store.write_in(workspace).await?;
    let connection = store::connections::get(&mut tx, workspace, id).await?;
    outcome::failed(cx, &mut tx, &connection, error).await?;
    tx.commit().await?;
    outcome::tell(cx, &connection, error);
    Ok(())
}
