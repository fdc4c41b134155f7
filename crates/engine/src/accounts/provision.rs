//! Making people, workspaces and keys from the command line on the server itself.

use daybook_domain::account::{EmailAddress, Role, Scope};
use daybook_domain::{MemberId, UserId, WorkspaceId};
use daybook_store::members::Membership;
use daybook_store::{Error as StoreError, Tx, members, sessions, users, workspaces};
use secrecy::SecretString;

use super::api_keys::{self, Create};
use super::once::{Once, Outcome};
use super::principal::Principal;
use super::{password, setup};
use crate::Context;

/// A person to be made a member.
pub struct Provision {
    /// E-mail address.
    pub email: EmailAddress,
    /// Name, for a new person.
    pub name: String,
    /// Workspace, by name or slug; made when there is none.
    pub workspace: String,
    /// What they may do.
    pub role: Role,
    /// Password. Without one a new person cannot sign in until they get one. That of somebody who has another one is only
    /// replaced when `reset_password` says so.
    pub password: Option<SecretString>,
    /// Whether an existing person's password is replaced; their sessions end.
    pub reset_password: bool,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Provisioned {
    /// The person.
    pub user_id: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// The person in the workspace.
    pub member_id: MemberId,
    /// What they may do.
    pub role: Role,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its slug.
    pub workspace_slug: String,
    /// Whether it is new.
    pub workspace_created: bool,
    /// Whether the person is new.
    pub user_created: bool,
    /// Whether they were made a member now; false when they were one already and only the password was set.
    pub member_created: bool,
    /// Whether an existing person's password was set.
    pub password_set: bool,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person is a member already.
    #[error("{0} is a member of this workspace already; nothing was changed")]
    MemberAlready(EmailAddress),
    /// The person is a member already, with another role.
    #[error(
        "{0} is a member of this workspace already, as {1}; nothing was changed. Change the role in the dashboard, under Settings"
    )]
    OtherRole(EmailAddress, Role),
    /// The person exists and has another password.
    #[error(
        "{0} has an account already, with another password; nothing was changed. Leave the password out to add them to the workspace, or say --reset-password to replace it"
    )]
    HasPassword(EmailAddress),
    /// There is no password to reset it to.
    #[error("--reset-password needs the new password: add --password-stdin")]
    NoPassword,
    /// The workspace name makes no sense.
    #[error("a workspace name must be 1 to 200 characters")]
    BadWorkspaceName,
    /// Nobody has this address.
    #[error("nobody here has the address {0}; create the person first: daybook user create")]
    UnknownUser(EmailAddress),
    /// The person is in several workspaces, or not in the one named.
    #[error("say which workspace with --workspace: {0} is in {1}")]
    WhichWorkspace(EmailAddress, String),
    /// The password is not accepted.
    #[error("the password {0}")]
    Password(#[from] password::Error),
    /// The key could not be made.
    #[error(transparent)]
    Key(#[from] api_keys::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a person a member of a workspace; makes either when it is new. Somebody who exists keeps their password, unless they
/// have none or it is to be reset.
///
/// # Errors
/// See [`Error`]. Nothing was changed then.
pub async fn user(cx: &Context, ask: Provision) -> Result<Provisioned, Error> {
    if ask.workspace.trim().is_empty() || ask.workspace.chars().count() > 200 {
        return Err(Error::BadWorkspaceName);
    }
    if ask.reset_password && ask.password.is_none() {
        return Err(Error::NoPassword);
    }
    let hash = new_hash(cx, &ask).await?;
    let mut tx = cx.store.write().await?;
    let known = users::by_email(&mut tx, &ask.email).await?;
    let user_created = known.is_none();
    let password_set = hash.is_some();
    let user_id = person(&mut tx, &ask, known, hash.as_ref()).await?;
    let (workspace, workspace_created) = match find_workspace(&mut tx, &ask.workspace).await? {
        Some(workspace) => (workspace, false),
        None => (
            setup::create_workspace(&mut tx, &ask.workspace, "UTC", "EUR").await?,
            true,
        ),
    };
    let joined = members::of_user(&mut tx, user_id).await?;
    let member = joined.iter().find(|one| one.workspace_id == workspace.id);
    let (member_id, member_created) = match member {
        Some(member) if member.role != ask.role => {
            return Err(Error::OtherRole(ask.email, member.role));
        }
        Some(_) if !password_set => return Err(Error::MemberAlready(ask.email)),
        Some(member) => (member.id, false),
        None => {
            let made = members::create(&mut tx, workspace.id, user_id, ask.role).await?;
            (made.id, true)
        }
    };
    tx.commit().await?;
    Ok(Provisioned {
        user_id,
        email: ask.email,
        member_id,
        role: ask.role,
        workspace_id: workspace.id,
        workspace_slug: workspace.slug,
        workspace_created,
        user_created,
        member_created,
        password_set,
    })
}

/// The person, made or found, with the new password if there is one.
async fn person(
    tx: &mut Tx,
    ask: &Provision,
    known: Option<users::User>,
    hash: Option<&SecretString>,
) -> Result<UserId, StoreError> {
    let Some(user) = known else {
        let new = users::NewUser {
            email: &ask.email,
            name: &ask.name,
            password_hash: hash,
            time_zone: "UTC",
            locale: "en",
        };
        return Ok(users::create(tx, &new).await?.id);
    };
    if let Some(hash) = hash {
        users::set_password(tx, user.id, hash).await?;
        sessions::delete_of_user(tx, user.id, None).await?;
    }
    Ok(user.id)
}

/// The hash to be stored: of a new person's password, of the first one of somebody who has none, or of one that replaces
/// another. `None` when the password is the person's already, or there is none.
async fn new_hash(cx: &Context, ask: &Provision) -> Result<Option<SecretString>, Error> {
    let Some(password) = &ask.password else {
        return Ok(None);
    };
    let mut tx = cx.store.read().await?;
    let current = match users::by_email(&mut tx, &ask.email).await? {
        Some(user) => users::password_hash(&mut tx, user.id).await?,
        None => None,
    };
    drop(tx);
    if current.is_some() && !ask.reset_password {
        return if password::verify(password, current.as_ref()).await? {
            Ok(None)
        } else {
            Err(Error::HasPassword(ask.email.clone()))
        };
    }
    password::check(password, ask.email.as_str())?;
    Ok(Some(password::hash(&*cx.ids, password).await?))
}

/// Makes an API key for a person and gives it, this once.
///
/// # Errors
/// See [`Error`].
pub async fn api_key(
    cx: &Context,
    email: &EmailAddress,
    workspace: Option<&str>,
    scope: Scope,
    name: String,
) -> Result<SecretString, Error> {
    let who = operator(cx, email, workspace).await?;
    match api_keys::create(
        cx,
        &who,
        Create {
            name,
            scope,
            expires_at: None,
        },
        &Once::never(),
    )
    .await?
    {
        Outcome::Fresh(created) => Ok(created.secret),
        Outcome::Replayed(_) => Err(Error::UnknownUser(email.clone())),
    }
}

/// Acts for a person on the server's own command line.
///
/// # Errors
/// [`Error::UnknownUser`], [`Error::WhichWorkspace`].
pub async fn operator(
    cx: &Context,
    email: &EmailAddress,
    workspace: Option<&str>,
) -> Result<Principal, Error> {
    let mut tx = cx.store.read().await?;
    let user = users::by_email(&mut tx, email)
        .await?
        .ok_or_else(|| Error::UnknownUser(email.clone()))?;
    let memberships = members::of_user(&mut tx, user.id).await?;
    let wanted = |one: &&Membership| {
        workspace.is_none_or(|name| one.workspace_slug == name || one.workspace_name == name)
    };
    let found: Vec<&Membership> = memberships.iter().filter(wanted).collect();
    match found.as_slice() {
        [one] => Ok(Principal::operator(
            one.workspace_id,
            user.id,
            one.id,
            one.role,
        )),
        _ => {
            let names: Vec<&str> = memberships
                .iter()
                .map(|one| one.workspace_slug.as_str())
                .collect();
            Err(Error::WhichWorkspace(email.clone(), names.join(", ")))
        }
    }
}

/// The one owner of the one workspace, for commands that need not name anybody; `None` when there are several.
///
/// # Errors
/// When the database cannot be read.
pub async fn only_owner(cx: &Context) -> Result<Option<Principal>, Error> {
    let mut tx = cx.store.read().await?;
    let workspaces = workspaces::list_all(&mut tx).await?;
    let [workspace] = workspaces.as_slice() else {
        return Ok(None);
    };
    let people = members::list(&mut tx, workspace.id, None, 200).await?;
    let owners: Vec<_> = people
        .iter()
        .filter(|member| member.role == Role::Owner)
        .collect();
    Ok(match owners.as_slice() {
        [one] => Some(Principal::operator(
            workspace.id,
            one.user_id,
            one.id,
            one.role,
        )),
        _ => None,
    })
}

async fn find_workspace(
    tx: &mut Tx,
    name: &str,
) -> Result<Option<workspaces::Workspace>, StoreError> {
    let all = workspaces::list_all(tx).await?;
    Ok(all
        .into_iter()
        .find(|workspace| workspace.name == name || workspace.slug == name))
}
