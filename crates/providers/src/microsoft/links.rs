//! The links that pages carry (`@odata.nextLink`, `@odata.deltaLink`): opaque, followed unchanged, and only to our own host.

use std::collections::HashSet;

use daybook_provider_api::egress::same_origin;
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result};

/// Most pages of one listing.
const MOST_PAGES: usize = 4_000;

/// The pages of one listing so far: a link that comes again would mean walking in circles for ever.
#[derive(Debug, Default)]
pub(super) struct Links {
    current: Option<String>,
    seen: HashSet<String>,
}

impl Links {
    /// The link of the page to ask for; `None`: the first.
    pub(super) fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// A listing that starts at a stored link.
    pub(super) fn from(link: String) -> Self {
        Self {
            current: Some(link),
            seen: HashSet::new(),
        }
    }

    /// Moves on to the page behind `link`.
    ///
    /// # Errors
    /// `Blocked` when the link leaves the host of `api_url`, `Malformed` when the listing repeats itself or has no end.
    pub(super) fn advance(&mut self, link: String, api_url: &str) -> Result<()> {
        own(&link, api_url)?;
        if self.seen.contains(&link) || self.seen.len() >= MOST_PAGES {
            return Err(Error::new(
                ErrorKind::Malformed,
                "Microsoft's listing repeats the same page, so it was not read to its end. Daybook tries again later.",
            )
            .with_code("endless_listing")
            .with_retry(Retry::No));
        }
        self.seen.insert(link.clone());
        self.current = Some(link);
        Ok(())
    }
}

/// The token must not follow a link to another host.
///
/// # Errors
/// `Blocked`.
pub(super) fn own(link: &str, api_url: &str) -> Result<()> {
    if same_origin(link, api_url) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Blocked,
        "Microsoft's answer pointed to another host, where Daybook does not take the account's credentials. Nothing was changed.",
    )
    .with_code("other_origin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://graph.microsoft.com/v1.0";

    #[test]
    fn only_our_own_host_and_no_circles() {
        let mut links = Links::default();
        assert_eq!(links.current(), None);
        let link = "https://graph.microsoft.com/v1.0/me/x?$skiptoken=a";
        links.advance(link.to_owned(), API).unwrap();
        assert_eq!(links.current(), Some(link));
        for foreign in [
            "https://evil.example/v1.0/me",
            "http://graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com@evil.example/",
            "https://graph.microsoft.com:8443/",
            "/v1.0/me",
            "",
        ] {
            let error = links.advance(foreign.to_owned(), API).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Blocked, "{foreign}");
        }
        let error = links.advance(link.to_owned(), API).unwrap_err();
        assert_eq!(error.code.as_deref(), Some("endless_listing"));
        assert_eq!(links.current(), Some(link));
    }

    #[test]
    fn endless_listings_end() {
        let mut links = Links::default();
        let stopped =
            (0..=MOST_PAGES).find(|page| links.advance(format!("{API}/p?{page}"), API).is_err());
        assert_eq!(stopped, Some(MOST_PAGES));
    }
}
