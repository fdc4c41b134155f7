//! From what a person typed to the place where their calendars are (RFC 6764, contracts/caldav-apple §2).
//!
//! DNS service records (`_caldavs._tcp`) are not asked: egress resolves names only for the addresses it checks. Providers
//! that publish them answer at `.well-known/caldav` as well.

use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::registry::Identity;
use daybook_provider_api::{Error, Result};
use url::Url;

use super::calls::{Entry, ListCalendars, Principal, PropfindHome, PropfindPrincipal};
use super::transport::{Transport, ask};
use super::{errors, href};

/// Where RFC 6764 §5 puts the way in.
const WELL_KNOWN: &str = "/.well-known/caldav";

/// Finds the account behind `input` (an address, a domain or an e-mail address) and `username`. `known` says that the
/// server is known to answer at its root, as a preset's is.
///
/// # Errors
/// `Auth`: the credentials are refused. `Unsupported`, code `not_caldav`: no CalDAV server there. `Blocked`: a redirect
/// or the calendars lead to another site. `Unavailable`: out of reach.
pub(super) async fn discover(
    transport: &dyn Transport,
    input: &str,
    username: Option<&str>,
    known: bool,
) -> Result<Identity> {
    let start = address(input, username)?;
    let mut search = Search {
        transport,
        start: &start,
        asked: Vec::new(),
        failure: None,
    };
    let mut places = candidates(&start);
    if known {
        places.reverse();
    }
    for candidate in places {
        if let Some(found) = search.try_at(&candidate).await? {
            return Ok(identity(found, username));
        }
    }
    Err(search.failure.unwrap_or_else(errors::not_caldav))
}

/// The address that `input` means; with nothing typed, the domain of the user name.
pub(super) fn address(input: &str, username: Option<&str>) -> Result<Url> {
    let input = match input.trim() {
        "" => username.unwrap_or_default().trim(),
        input => input,
    };
    let input = match input
        .strip_prefix("caldavs://")
        .or_else(|| input.strip_prefix("caldav://"))
    {
        Some(rest) => rest,
        None => input,
    };
    let text = if input.starts_with("https://") || input.starts_with("http://") {
        input.to_owned()
    } else {
        // An e-mail address, or a host with or without a path.
        let host = match input.split_once('/') {
            None => input.rsplit_once('@').map_or(input, |(_, domain)| domain),
            Some(_) => input,
        };
        format!("https://{}", host.trim_start_matches("mailto:"))
    };
    let url = Url::parse(&text).map_err(|_| errors::bad_address())?;
    if !url.has_host() || url.host_str().is_none_or(str::is_empty) {
        return Err(errors::bad_address());
    }
    Ok(href::canonical(&url))
}

/// Where to ask, in order.
fn candidates(start: &Url) -> Vec<Url> {
    let at = |path: &str| {
        let mut url = start.clone();
        url.set_path(path);
        url.set_query(None);
        url
    };
    let mut found = Vec::new();
    let path = start.path();
    if path != "/" {
        found.push(start.clone());
        if !path.ends_with('/') {
            found.push(at(&format!("{path}/")));
        }
    }
    found.push(at(WELL_KNOWN));
    found.push(at("/"));
    found.dedup();
    found
}

struct Search<'a> {
    transport: &'a dyn Transport,
    start: &'a Url,
    asked: Vec<Url>,
    /// The failure to tell when nothing is found: that the server is out of reach says more than that it is no CalDAV.
    failure: Option<Error>,
}

struct Found {
    principal: Option<Url>,
    home: Url,
    details: Principal,
}

impl Search<'_> {
    async fn try_at(&mut self, candidate: &Url) -> Result<Option<Found>> {
        if self.asked.contains(candidate) {
            return Ok(None);
        }
        self.asked.push(candidate.clone());
        let (entry, url) =
            match ask(self.transport, self.start, candidate, &PropfindPrincipal).await {
                Ok(answer) => answer,
                Err(error) => {
                    self.keep_or_stop(error)?;
                    return Ok(None);
                }
            };
        self.asked.push(url.clone());
        if entry.unauthenticated {
            return Err(errors::unauthenticated());
        }
        self.look_behind(entry, url, candidate == self.start).await
    }

    async fn look_behind(
        &mut self,
        entry: Entry,
        url: Url,
        as_given: bool,
    ) -> Result<Option<Found>> {
        let principal = entry
            .principal
            .or_else(|| entry.is_principal.then(|| url.clone()));
        let details = match &principal {
            Some(principal) => self.principal(principal).await?,
            None => Principal::default(),
        };
        let home = match details.home.clone().or(entry.home) {
            Some(home) => home,
            // Servers without principals: what the person gave may be a calendar, or the folder of their calendars.
            None if entry.is_calendar => url,
            None if as_given && entry.is_collection && self.has_calendars(&url).await? => url,
            None => return Ok(None),
        };
        if !href::may_send_credentials(self.start, &home) {
            return Err(errors::foreign_home(&home));
        }
        Ok(Some(Found {
            principal,
            home,
            details,
        }))
    }

    async fn principal(&mut self, principal: &Url) -> Result<Principal> {
        if !href::may_send_credentials(self.start, principal) {
            return Err(errors::foreign_home(principal));
        }
        match ask(self.transport, self.start, principal, &PropfindHome).await {
            Ok((details, _)) => Ok(details),
            Err(error) => {
                self.keep_or_stop(error)?;
                Ok(Principal::default())
            }
        }
    }

    async fn has_calendars(&mut self, url: &Url) -> Result<bool> {
        match ask(self.transport, self.start, url, &ListCalendars).await {
            Ok((listing, _)) => Ok(!listing.calendars.is_empty()),
            Err(error) => {
                self.keep_or_stop(error)?;
                Ok(false)
            }
        }
    }

    /// Stops at errors that another address would not mend: a refused password is never tried twice (accounts get
    /// locked), and what our own rules refuse is told as it is.
    fn keep_or_stop(&mut self, error: Error) -> Result<()> {
        match error.kind {
            ErrorKind::Auth | ErrorKind::Blocked | ErrorKind::RateLimited => Err(error),
            // No answer at all: the other paths are on the same server.
            ErrorKind::Unavailable if error.status.is_none() => Err(error),
            ErrorKind::Unavailable if error.code.as_deref() != Some("html") => {
                self.failure = Some(error);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn identity(found: Found, username: Option<&str>) -> Identity {
    let typed = username
        .map(|name| name.trim().to_lowercase())
        .filter(|name| looks_like_email(name));
    let emails = found.details.emails;
    let email = match typed {
        Some(typed) if emails.is_empty() || emails.contains(&typed) => Some(typed),
        typed => emails.into_iter().next().or(typed),
    };
    let subject = found.principal.as_ref().unwrap_or(&found.home);
    Identity {
        subject: subject.to_string(),
        email,
        name: found.details.name,
        api_url: Some(found.home.to_string()),
    }
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests;
