//! Authorised accounts at providers, and how their health follows from what happened.

use crate::text_enum;

text_enum! {
    /// How a connection stands (SPEC §1).
    Status {
        /// Working, or only temporarily out of reach.
        Connected = "connected",
        /// The provider confirmed that the grant is gone: its owner must authorise again.
        NeedsReauth = "needs_reauth",
        /// Something permanent that is not the grant, such as a missing permission.
        Error = "error",
        /// Disconnected by a person; secrets are forgotten, history kept.
        Disconnected = "disconnected",
    }
}

text_enum! {
    /// What went wrong at a provider, as far as it decides what to do (contracts/README rule 8).
    ErrorKind {
        /// The credentials are refused and this was confirmed against the newest stored ones.
        Auth = "auth",
        /// A scope or permission is missing.
        Scope = "scope",
        /// The thing asked for is not there, or no longer shared.
        NotFound = "not_found",
        /// The thing existed and is gone.
        Gone = "gone",
        /// The sync cursor is dead: read everything again.
        CursorExpired = "cursor_expired",
        /// The thing changed meanwhile, or exists already.
        Conflict = "conflict",
        /// Too many requests, or a quota is used up.
        RateLimited = "rate_limited",
        /// Out of reach: 5xx, time-out, connection or name resolution failed, an HTML page instead of data.
        Unavailable = "unavailable",
        /// An answer that makes no sense.
        Malformed = "malformed",
        /// Refused by our own egress rules.
        Blocked = "blocked",
        /// The provider cannot do this.
        Unsupported = "unsupported",
        /// The operator's own configuration is refused (`invalid_client`).
        Operator = "operator",
    }
}

/// After how many confirmed authorisation or permission errors in a row a calendar is switched off (SPEC §2.3).
pub const CONFIRMED_ERRORS_BEFORE_OFF: u32 = 5;

impl ErrorKind {
    /// Whether this counts towards switching a calendar off. An outage never does.
    #[must_use]
    pub const fn confirms_lost_access(self) -> bool {
        matches!(self, Self::Auth | Self::Scope | Self::NotFound | Self::Gone)
    }

    /// The status a connection takes after this error, if it changes at all. Only [`ErrorKind::Auth`] asks for a new consent.
    #[must_use]
    pub const fn next_status(self, current: Status) -> Status {
        match (current, self) {
            (Status::Disconnected, _) => Status::Disconnected,
            (_, Self::Auth) => Status::NeedsReauth,
            (Status::NeedsReauth, _) => Status::NeedsReauth,
            (_, Self::Scope) => Status::Error,
            (status, _) => status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_outage_ever_disables_anything() {
        for kind in [
            ErrorKind::Unavailable,
            ErrorKind::Malformed,
            ErrorKind::RateLimited,
            ErrorKind::Operator,
            ErrorKind::Blocked,
            ErrorKind::Conflict,
        ] {
            assert!(!kind.confirms_lost_access(), "{kind}");
            for status in Status::ALL {
                assert_eq!(kind.next_status(*status), *status, "{kind} from {status}");
            }
        }
    }

    #[test]
    fn only_a_refused_grant_asks_for_consent() {
        for kind in ErrorKind::ALL {
            let asks = kind.next_status(Status::Connected) == Status::NeedsReauth;
            assert_eq!(asks, *kind == ErrorKind::Auth, "{kind}");
        }
    }

    #[test]
    fn disconnected_is_final() {
        for kind in ErrorKind::ALL {
            assert_eq!(kind.next_status(Status::Disconnected), Status::Disconnected);
        }
    }
}
