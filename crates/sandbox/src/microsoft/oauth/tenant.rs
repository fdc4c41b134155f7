//! The tenant in the path: who may sign in there.

use super::errors::OauthError;
use crate::microsoft::config::Client;
use crate::microsoft::state::{PERSONAL_TENANT, Person, State};

/// `{tenant}` of an OAuth path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tenant {
    Common,
    Organizations,
    Consumers,
    /// A tenant id.
    One(String),
}

impl Tenant {
    /// Reads the path segment and holds it against the application's registration.
    pub fn read(state: &State, segment: &str, client: Option<&Client>) -> Result<Self, OauthError> {
        let tenant = match segment {
            "common" => Self::Common,
            "organizations" => Self::Organizations,
            "consumers" => Self::Consumers,
            other => Self::One(state.tenant(other).ok_or_else(|| {
                let text = format!(
                    "Tenant '{other}' not found. Check to make sure you have the correct tenant ID."
                );
                OauthError::new("invalid_request", 90002, text)
            })?),
        };
        let Some((client, only)) = client.and_then(|c| Some((c, c.single_tenant.as_deref()?)))
        else {
            return Ok(tenant);
        };
        match &tenant {
            Self::Common | Self::Organizations | Self::Consumers => {
                let text = format!(
                    "Application '{}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
                    client.id
                );
                Err(OauthError::new("invalid_request", 50194, text))
            }
            Self::One(id) if state.tenant(only).as_ref() != Some(id) => {
                let text = format!(
                    "Application with identifier '{}' was not found in the directory '{id}'.",
                    client.id
                );
                Err(OauthError::new("unauthorized_client", 700_016, text))
            }
            Self::One(_) => Ok(tenant),
        }
    }

    pub fn admits(&self, person: &Person) -> bool {
        let personal = person.tenant == PERSONAL_TENANT;
        match self {
            Self::Common => true,
            Self::Organizations => !personal,
            Self::Consumers => personal,
            Self::One(id) => person.tenant == *id,
        }
    }
}

impl State {
    /// The tenant id behind an id or a domain that somebody here belongs to.
    pub fn tenant(&self, name: &str) -> Option<String> {
        if name.eq_ignore_ascii_case(PERSONAL_TENANT) {
            return Some(PERSONAL_TENANT.to_owned());
        }
        let suffix = format!("@{}", name.to_ascii_lowercase());
        let fits = |p: &&Person| {
            let domain = p.tenant != PERSONAL_TENANT && p.email.ends_with(&suffix);
            p.tenant.eq_ignore_ascii_case(name) || domain
        };
        self.people.values().find(fits).map(|p| p.tenant.clone())
    }
}
