//! What workspaces and clients have printed on invoices.

use daybook_domain::invoice::{ClientProfile, Profile};
use daybook_domain::{ClientId, WorkspaceId};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{Result, Tx};

row! {
    /// A workspace's billing profile.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Billing of "workspace_billing" {
        /// Everything that is set.
        pub profile: Profile,
        /// SHA-256 of the logo, in hexadecimal.
        pub logo: Option<String>,
    }
}

row! {
    /// A logo.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Logo of "billing_logo" {
        /// `image/png` or `image/jpeg`.
        pub media_type: String,
        /// The picture.
        pub data: Vec<u8>,
    }
}

row! {
    struct OfClient of "client_billing" {
        profile: ClientProfile,
    }
}

/// The workspace's profile; the default one when none was set.
pub async fn get(tx: &mut Tx, ws: WorkspaceId) -> Result<Billing> {
    let found = fetch_optional!(
        tx,
        Billing,
        "SELECT profile, logo FROM workspace_billing WHERE workspace_id = $1",
        ws
    )?;
    Ok(found.unwrap_or_else(|| Billing {
        profile: Profile::default(),
        logo: None,
    }))
}

/// Sets the workspace's profile and says which logo it has.
pub async fn set(
    tx: &mut Tx,
    ws: WorkspaceId,
    profile: &Profile,
    logo: Option<&str>,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO workspace_billing (workspace_id, profile, logo, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id) DO UPDATE SET profile = excluded.profile, logo = excluded.logo, updated_at = excluded.updated_at",
        ws,
        Json(profile),
        logo,
        now
    )?;
    Ok(())
}

/// Keeps a logo under its hash. One that is known is kept as it is.
pub async fn keep_logo(tx: &mut Tx, ws: WorkspaceId, hash: &str, logo: &Logo) -> Result<()> {
    let now: Timestamp = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO billing_logo (workspace_id, hash, media_type, data, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, hash) DO NOTHING",
        ws,
        hash,
        &logo.media_type,
        logo.data.as_slice(),
        now
    )?;
    Ok(())
}

/// The logo with this hash.
pub async fn logo(tx: &mut Tx, ws: WorkspaceId, hash: &str) -> Result<Option<Logo>> {
    fetch_optional!(
        tx,
        Logo,
        "SELECT media_type, data FROM billing_logo WHERE workspace_id = $1 AND hash = $2",
        ws,
        hash
    )
}

/// The client's profile; an empty one when none was set.
pub async fn of_client(tx: &mut Tx, ws: WorkspaceId, client: ClientId) -> Result<ClientProfile> {
    let found = fetch_optional!(
        tx,
        OfClient,
        "SELECT profile FROM client_billing WHERE workspace_id = $1 AND client_id = $2",
        ws,
        client
    )?;
    Ok(found.map(|row| row.profile).unwrap_or_default())
}

/// Sets the client's profile. `Reference` when there is no such client.
pub async fn set_client(
    tx: &mut Tx,
    ws: WorkspaceId,
    client: ClientId,
    profile: &ClientProfile,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO client_billing (workspace_id, client_id, profile, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, client_id) DO UPDATE SET profile = excluded.profile, updated_at = excluded.updated_at",
        ws,
        client,
        Json(profile),
        now
    )?;
    Ok(())
}
