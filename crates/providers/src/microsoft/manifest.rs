//! What Microsoft is, as data (contracts/microsoft §1, §2, §10).

use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, ErrorCode, Kind, Limits, Manifest, Oauth, ScopeReason,
};

/// Scopes that are never granted alone prove those that token answers leave out.
const ANY_GRANT: &[&str] = &["User.Read", "Calendars.Read", "Calendars.ReadWrite"];

/// What is asked for where only work and school accounts can connect; the last ones, of calendars that others share, personal
/// accounts do not know, and refuse all of them because of it.
const SCOPES: &[ScopeReason] = &[
    ScopeReason {
        scope: "openid",
        reason: "To recognise the account, also after its address changes.",
        required: false,
        implied_by: ANY_GRANT,
    },
    ScopeReason {
        scope: "profile",
        reason: "To show the account's name.",
        required: false,
        implied_by: ANY_GRANT,
    },
    ScopeReason {
        scope: "email",
        reason: "To show which account is connected.",
        required: false,
        implied_by: ANY_GRANT,
    },
    ScopeReason {
        scope: "offline_access",
        reason: "To stay connected while you are away.",
        required: false,
        implied_by: ANY_GRANT,
    },
    ScopeReason {
        scope: "User.Read",
        reason: "To recognise the account and show its name and address.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "Calendars.Read",
        reason: "To list the calendars and read their events.",
        required: true,
        implied_by: &["Calendars.ReadWrite"],
    },
    ScopeReason {
        scope: "Calendars.ReadWrite",
        reason: "To put bookings into the calendar, with a Teams link where wanted, and answer invitations.",
        required: false,
        implied_by: &[],
    },
    ScopeReason {
        scope: "MailboxSettings.Read",
        reason: "To know the mailbox's time zone, in which all-day events are.",
        required: false,
        implied_by: &["MailboxSettings.ReadWrite"],
    },
    ScopeReason {
        scope: "Calendars.Read.Shared",
        reason: "To list and read calendars that colleagues share with the account.",
        required: false,
        implied_by: &["Calendars.ReadWrite.Shared"],
    },
    ScopeReason {
        scope: "Calendars.ReadWrite.Shared",
        reason: "To put bookings into calendars that colleagues share for that.",
        required: false,
        implied_by: &[],
    },
];
/// How many of them are about calendars that others share.
const SHARED: usize = 2;

const EXPIRED: &str = "no longer accepts the authorisation. Connect the account again";
const POLICY: &str = "asks for another sign-in because of a change or a rule of the organisation. Connect the account again";
const ADMIN: &str = "says that an administrator of the organisation must approve Daybook first. Ask your administrator, then connect the account again";
const SECRET: &str = "refuses this installation's client secret. Ask the operator to check MICROSOFT_CLIENT_SECRET: it may be wrong or have expired";
const CLIENT: &str = "does not know this installation's client for that kind of account. Ask the operator to check MICROSOFT_CLIENT_ID, MICROSOFT_TENANT_ID and the supported account types";
const PAUSE: &str = "is not available. Daybook tries again";

/// `AADSTS` numbers (contracts/microsoft §2). Numbers not listed fall back to the standard's `error`.
const CODES: &[ErrorCode] = &[
    code(70008, ErrorKind::Auth, EXPIRED),
    code(700_082, ErrorKind::Auth, EXPIRED),
    code(700_084, ErrorKind::Auth, EXPIRED),
    code(54005, ErrorKind::Auth, EXPIRED),
    code(50173, ErrorKind::Auth, POLICY),
    code(50078, ErrorKind::Auth, POLICY),
    code(50076, ErrorKind::Auth, POLICY),
    code(50079, ErrorKind::Auth, POLICY),
    code(53003, ErrorKind::Auth, POLICY),
    code(65001, ErrorKind::Auth, ADMIN_OR_USER),
    code(65004, ErrorKind::Scope, ADMIN),
    code(90094, ErrorKind::Scope, ADMIN),
    code(7_000_215, ErrorKind::Operator, SECRET),
    code(7_000_222, ErrorKind::Operator, SECRET),
    code(50194, ErrorKind::Operator, CLIENT),
    code(700_016, ErrorKind::Operator, CLIENT),
    code(90033, ErrorKind::Unavailable, PAUSE),
    code(50196, ErrorKind::Unavailable, PAUSE),
];
const ADMIN_OR_USER: &str = "says that a permission was not given. Connect the account again; your administrator may have to approve Daybook first";

const fn code(number: u32, kind: ErrorKind, what: &'static str) -> ErrorCode {
    ErrorCode { number, kind, what }
}

const OAUTH: Oauth = Oauth {
    authorize_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    revoke_url: None,
    userinfo_url: "https://graph.microsoft.com/v1.0/me",
    api_url: "https://graph.microsoft.com/v1.0",
    pkce: true,
    scopes: SCOPES.split_at(SCOPES.len() - SHARED).0,
    authorize_params: &[("response_mode", "query"), ("prompt", "select_account")],
    client_auth: ClientAuth::Form,
    revoke_ends_whole_grant: false,
    dialect: Dialect {
        scope_prefix: Some("https://graph.microsoft.com/"),
        scope_in_token_requests: true,
        error_codes: CODES,
        scope_separator: " ",
        error_words: &[],
        tokens_last: false,
        removal: Some(
            "Microsoft has no way for Daybook to withdraw its access: remove Daybook at myapps.microsoft.com (work or school) or account.live.com/consent/Manage (personal).",
        ),
    },
};

/// Microsoft, described, where any account may connect.
pub(super) const MANIFEST: Manifest = Manifest {
    key: "microsoft",
    name: "Microsoft 365 / Outlook",
    kinds: &[Kind::Calendar],
    summary: "Reads the calendars of a Microsoft 365 or Outlook.com account, keeps them up to date, and writes events into them.",
    auth: Auth::Oauth(OAUTH),
    // 10,000 in ten minutes and 4 at once for an app and mailbox; a tenth is left to spare (contracts/microsoft §10).
    limits: Limits {
        per_minute: 900,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "In the Microsoft Entra admin center register an application; choose which accounts may connect.",
        "Add the redirect address shown here, as platform Web (not single-page application).",
        "Add the delegated Microsoft Graph permissions of this page, and create a client secret.",
        "Set MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET, and MICROSOFT_TENANT_ID unless any account may connect; restart Daybook.",
        "To end Daybook's access for good, people remove it at myapps.microsoft.com or account.live.com/consent/Manage.",
    ],
    setup_guide: "providers/microsoft",
};

/// The same where only accounts of organisations may.
pub(super) const ORGANISATIONS: Manifest = Manifest {
    auth: Auth::Oauth(Oauth {
        scopes: SCOPES,
        ..OAUTH
    }),
    ..MANIFEST
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use daybook_provider_api::oauth;
    use daybook_provider_api::registry::Provider;

    use super::super::Microsoft;
    use super::*;

    fn oauth() -> &'static Oauth {
        match &MANIFEST.auth {
            Auth::Oauth(oauth) => oauth,
            Auth::Password(_) => panic!(),
        }
    }

    #[test]
    fn scopes_as_microsoft_answers_them() {
        let missing = |granted: &str| -> Vec<&str> {
            let granted: BTreeSet<String> = granted.split(' ').map(str::to_owned).collect();
            oauth::missing_scopes(oauth(), &granted)
                .iter()
                .map(|asked| asked.scope)
                .collect()
        };
        // Token answers leave out offline_access, and often the OpenID scopes.
        assert_eq!(
            missing("Calendars.ReadWrite MailboxSettings.Read User.Read"),
            Vec::<&str>::new()
        );
        assert_eq!(
            missing(
                "https://graph.microsoft.com/USER.READ https://graph.microsoft.com/calendars.readwrite"
            ),
            ["MailboxSettings.Read"]
        );
        assert_eq!(
            missing("openid profile email User.Read"),
            [
                "Calendars.Read",
                "Calendars.ReadWrite",
                "MailboxSettings.Read"
            ]
        );
    }

    #[test]
    fn shared_calendars_are_asked_for_where_no_personal_account_can_connect() {
        for (tenant, expected) in [
            (None, false),
            (Some("common"), false),
            (Some(" Consumers "), false),
            (Some("organizations"), true),
            (Some("contoso.onmicrosoft.com"), true),
        ] {
            let provider = Microsoft::of_tenant(tenant);
            let Auth::Oauth(oauth) = &provider.manifest().auth else {
                panic!()
            };
            let asked = oauth::all_scopes(oauth);
            assert!(asked.contains(&"Calendars.ReadWrite"));
            let shared = asked.iter().filter(|scope| scope.ends_with(".Shared"));
            assert_eq!(
                shared.count(),
                if expected { SHARED } else { 0 },
                "{tenant:?}"
            );
        }
    }

    #[test]
    fn every_number_of_the_contract_is_explained() {
        use ErrorKind::{Auth, Operator, Scope, Unavailable};
        for (numbers, kind) in [
            (
                &[
                    70008, 700_082, 700_084, 50173, 50078, 50076, 50079, 53003, 65001, 54005,
                ][..],
                Auth,
            ),
            (&[65004, 90094], Scope),
            (&[7_000_215, 7_000_222], Operator),
            (&[90033, 50196], Unavailable),
        ] {
            for number in numbers {
                let known = oauth().dialect.error_code(*number).unwrap();
                assert_eq!(known.kind, kind, "{number}");
                assert!(
                    !known.what.ends_with('.'),
                    "the sentence gets its own full stop"
                );
            }
        }
        assert_eq!(oauth().dialect.error_code(1), None);
        assert!(ADMIN.contains("Ask your administrator"));
    }
}
