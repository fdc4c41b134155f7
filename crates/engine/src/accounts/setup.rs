//! First-run setup: the first person becomes the owner of the first workspace. Works once.

use daybook_domain::account::{EmailAddress, Role};
use daybook_store::{Error as StoreError, Tx, members, meta, sessions, users, workspaces};
use secrecy::SecretString;

use super::password;
use super::sessions::{SignedIn, begin};
use crate::Context;

/// The first account.
#[derive(Debug)]
pub struct Setup {
    /// The owner's address.
    pub email: EmailAddress,
    /// The owner's password.
    pub password: SecretString,
    /// The owner's name.
    pub name: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// IANA zone of both.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The browser.
    pub user_agent: Option<String>,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a user already.
    #[error("this server is set up already; sign in")]
    AlreadySetUp,
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] password::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether nobody has been set up yet.
///
/// # Errors
/// When the store fails.
pub async fn is_needed(cx: &Context) -> Result<bool, StoreError> {
    let mut tx = cx.store.read().await?;
    Ok(users::count_all(&mut tx).await? == 0)
}

/// Makes the owner and the workspace, and signs the owner in.
///
/// # Errors
/// See [`Error`].
pub async fn setup(cx: &Context, cmd: Setup) -> Result<SignedIn, Error> {
    password::check(&cmd.password, cmd.email.as_str())?;
    if !is_needed(cx).await? {
        return Err(Error::AlreadySetUp);
    }
    let hash = password::hash(&*cx.ids, &cmd.password).await?;
    let mut tx = cx.store.write().await?;
    // Taking this row's lock first makes of two setups at the same time the second wait, and then see the first's user.
    meta::set(&mut tx, "set_up", b"1").await?;
    if users::count_all(&mut tx).await? > 0 {
        return Err(Error::AlreadySetUp);
    }
    let workspace =
        create_workspace(&mut tx, &cmd.workspace_name, &cmd.time_zone, &cmd.currency).await?;
    let new = users::NewUser {
        email: &cmd.email,
        name: &cmd.name,
        password_hash: Some(&hash),
        time_zone: &cmd.time_zone,
        locale: "en",
    };
    let user = users::create(&mut tx, &new).await?;
    let member = members::create(&mut tx, workspace.id, user.id, Role::Owner).await?;
    let found = sessions::Principal {
        user,
        member,
        workspace,
    };
    let signed_in = begin(cx, &mut tx, &found, cmd.user_agent.as_deref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Makes a workspace with a slug that is free, derived from its name.
///
/// # Errors
/// When the store fails.
pub async fn create_workspace(
    tx: &mut Tx,
    name: &str,
    time_zone: &str,
    currency: &str,
) -> Result<workspaces::Workspace, StoreError> {
    let wanted = slug(name);
    let mut free = wanted.clone();
    let mut number = 1;
    while workspaces::by_slug(tx, &free).await?.is_some() {
        number += 1;
        free = format!("{wanted}-{number}");
    }
    let new = workspaces::NewWorkspace {
        name,
        slug: &free,
        time_zone,
        currency,
    };
    workspaces::create(tx, &new).await
}

/// `Ada & Söhne GmbH` → `ada-s-hne-gmbh`.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let slug: String = words.join("-").chars().take(48).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() {
        "workspace".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_lower_case_and_never_empty() {
        assert_eq!(slug("Ada & Söhne GmbH"), "ada-s-hne-gmbh");
        assert_eq!(slug("東京"), "workspace");
        assert!(slug(&"x ".repeat(100)).len() <= 48);
    }
}
