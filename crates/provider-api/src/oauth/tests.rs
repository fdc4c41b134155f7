//! Requests as the standards write them, answers as providers give them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybook_domain::clock::{ManualClock, SeededIds};
use jiff::SignedDuration;

use super::*;
use crate::egress::{EgressConfig, Transport, TransportError, TransportLimits};
use crate::error::Retry;

const OAUTH: manifest::Oauth = manifest::Oauth {
    authorize_url: "https://accounts.example/auth",
    token_url: "https://token.example/token",
    revoke_url: Some("https://token.example/revoke"),
    userinfo_url: "https://id.example/me",
    api_url: "https://api.example/v3",
    pkce: true,
    scopes: &[
        ScopeReason {
            scope: "openid",
            reason: "who you are",
            required: true,
            implied_by: &[],
        },
        ScopeReason {
            scope: "cal.read",
            reason: "reading",
            required: true,
            implied_by: &["cal"],
        },
        ScopeReason {
            scope: "cal.write",
            reason: "writing",
            required: false,
            implied_by: &["cal"],
        },
    ],
    authorize_params: &[("access_type", "offline"), ("prompt", "consent")],
    client_auth: ClientAuth::Form,
    revoke_ends_whole_grant: true,
    dialect: manifest::Dialect::STANDARD,
};

type Sent = (String, Option<HeaderValue>, String);

/// Gives one answer, remembers the requests.
struct Fixed {
    answer: Result<(u16, &'static str), TransportError>,
    sent: Mutex<Vec<Sent>>,
}

#[async_trait]
impl Transport for Fixed {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        let authorization = request.headers().get(AUTHORIZATION).cloned();
        self.sent
            .lock()
            .unwrap()
            .push((request.uri().to_string(), authorization, body));
        let (status, body) = self.answer?;
        let response = http::Response::builder()
            .status(status)
            .header("retry-after", "7");
        Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
    }
}

fn endpoints() -> Endpoints {
    Endpoints {
        client_id: "id:1".to_owned(),
        client_secret: SecretString::from("a+b%c d"),
        redirect_uri: "https://daybook.example/api/v1/integrations/x/callback".to_owned(),
        authorize_url: "https://accounts.example/auth?tenant=a".to_owned(),
        token_url: OAUTH.token_url.to_owned(),
        revoke_url: OAUTH.revoke_url.map(str::to_owned),
        userinfo_url: OAUTH.userinfo_url.to_owned(),
        api_url: OAUTH.api_url.to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn with<T>(
    answer: Result<(u16, &'static str), TransportError>,
    oauth: &manifest::Oauth,
    run: impl AsyncFnOnce(Client<'_>) -> T,
) -> (T, Vec<Sent>) {
    let fixed = Arc::new(Fixed {
        answer,
        sent: Mutex::default(),
    });
    let egress = Egress::with_transport(
        EgressConfig::default(),
        Arc::new(ManualClock::at(now())),
        Arc::new(SeededIds::new(1)),
        fixed.clone(),
    );
    let endpoints = endpoints();
    let client = Client {
        egress: &egress,
        provider: "x",
        endpoints: &endpoints,
        oauth,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let result = runtime.block_on(run(client));
    let sent = fixed.sent.lock().unwrap().clone();
    (result, sent)
}

fn refresh(status: u16, body: &'static str) -> Result<TokenSet> {
    let old = SecretString::from("old");
    with(Ok((status, body)), &OAUTH, async |client: Client<'_>| {
        client.refresh(&old).await
    })
    .0
}

#[test]
fn the_authorization_request_carries_what_the_contract_says() {
    let ask = Authorization {
        state: "st",
        challenge: "ch",
        scopes: &["openid", "cal.read"],
        login_hint: Some("a+b@x.example"),
    };
    let url = authorization_request(&endpoints(), &OAUTH, &ask).unwrap();
    assert_eq!(
        url.as_str(),
        "https://accounts.example/auth?tenant=a&response_type=code&client_id=id%3A1\
         &redirect_uri=https%3A%2F%2Fdaybook.example%2Fapi%2Fv1%2Fintegrations%2Fx%2Fcallback\
         &scope=openid%20cal.read&state=st&code_challenge=ch&code_challenge_method=S256\
         &access_type=offline&prompt=consent&login_hint=a%2Bb%40x.example"
    );
    let plain = manifest::Oauth {
        pkce: false,
        ..OAUTH
    };
    let url = authorization_request(&endpoints(), &plain, &ask).unwrap();
    assert!(!url.as_str().contains("code_challenge"));
}

#[test]
fn the_exchange_sends_code_verifier_and_client() {
    let verifier = SecretString::from("ver");
    let body = r#"{"access_token":"at","expires_in":3599,"refresh_token":"rt","token_type":"bearer",
        "scope":"openid cal","refresh_token_expires_in":604799,"id_token":"x.y.z"}"#;
    let (set, sent) = with(Ok((200, body)), &OAUTH, async |c: Client<'_>| {
        c.exchange("c/1", &verifier).await
    });
    let set = set.unwrap();
    assert_eq!(set.access.expose_secret(), "at");
    assert_eq!(set.refresh.unwrap().expose_secret(), "rt");
    assert_eq!(
        set.expires_at,
        Some(now() + SignedDuration::from_secs(3599))
    );
    assert_eq!(
        set.refresh_expires_at,
        Some(now() + SignedDuration::from_secs(604_799))
    );
    assert_eq!(
        set.scopes.unwrap(),
        ["openid".to_owned(), "cal".to_owned()].into()
    );
    assert_eq!(
        sent,
        [(
            "https://token.example/token".to_owned(),
            None,
            "grant_type=authorization_code&code=c%2F1\
             &redirect_uri=https%3A%2F%2Fdaybook.example%2Fapi%2Fv1%2Fintegrations%2Fx%2Fcallback\
             &code_verifier=ver&client_id=id%3A1&client_secret=a%2Bb%25c+d"
                .to_owned()
        )]
    );
}

#[test]
fn basic_authentication_encodes_before_base64() {
    let basic = manifest::Oauth {
        client_auth: ClientAuth::Basic,
        ..OAUTH
    };
    let old = SecretString::from("old");
    let (_, sent) = with(Ok((200, "{}")), &basic, async |c: Client<'_>| {
        c.refresh(&old).await.is_err()
    });
    let (_, authorization, body) = &sent[0];
    // id%3A1:a%2Bb%25c+d
    assert_eq!(
        authorization.as_ref().unwrap(),
        "Basic aWQlM0ExOmElMkJiJTI1Yytk"
    );
    assert_eq!(body, "grant_type=refresh_token&refresh_token=old");
}

#[test]
fn odd_answers_are_understood() {
    let life = |body| {
        refresh(200, body)
            .unwrap()
            .expires_at
            .unwrap()
            .duration_since(now())
            .as_secs()
    };
    assert_eq!(life(r#"{"access_token":"a","expires_in":"1800"}"#), 1800);
    assert_eq!(
        life(r#"{"access_token":"a","expires_in":1800.0,"token_type":"BEARER"}"#),
        1800
    );
    assert_eq!(life(r#"{"access_token":"a"}"#), 3600);
    assert_eq!(life(r#"{"access_token":"a","expires_in":null}"#), 3600);
    assert_eq!(life(r#"{"access_token":"a","expires_in":0}"#), 3600);
    assert_eq!(life(r#"{"access_token":"a","expires_in":-1}"#), 3600);
    assert_eq!(life(r#"{"access_token":"a","expires_in":"soon"}"#), 3600);
    assert_eq!(life(r#"{"access_token":"a","expires_in":1e300}"#), LONGEST);
    let set = refresh(
        200,
        r#"{"access_token":"a","scope":"x:read,y:write","unknown":{}}"#,
    )
    .unwrap();
    assert!(set.refresh.is_none(), "the old refresh token stays");
    assert_eq!(
        set.scopes.unwrap(),
        ["x:read".to_owned(), "y:write".to_owned()].into()
    );
    assert!(
        refresh(200, r#"{"access_token":"a","refresh_token":"","scope":""}"#)
            .unwrap()
            .refresh
            .is_none()
    );
}

const LONGEST: i64 = 400 * 24 * 3600;

#[test]
fn failures_are_told_apart() {
    use ErrorKind::{Auth, Malformed, Operator, RateLimited, Unavailable};
    for (status, body, kind) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            Auth,
        ),
        (400, r#"{"error":"interaction_required"}"#, Auth),
        (400, r#"{"error":"consent_required"}"#, Auth),
        (401, r#"{"error":"invalid_client"}"#, Operator),
        (400, r#"{"error":"unauthorized_client"}"#, Operator),
        (200, r#"{"ok":false,"error":"invalid_grant"}"#, Auth),
        (400, r#"{"error":"temporarily_unavailable"}"#, Unavailable),
        (400, r#"{"error":"brand_new"}"#, Malformed),
        (429, r#"{"error":"invalid_grant"}"#, RateLimited),
        (503, r#"{"error":"invalid_grant"}"#, Unavailable),
        (500, "", Unavailable),
        (502, "<html>bad gateway</html>", Unavailable),
        (200, "<!doctype html><title>Sign in</title>", Unavailable),
        (401, "<html>proxy</html>", Unavailable),
        (400, "", Unavailable),
        (302, "", Unavailable),
        (200, "", Malformed),
        (200, "{}", Malformed),
        (200, "[]", Malformed),
        (200, r#"{"access_token":"#, Malformed),
        (200, r#"{"access_token":7}"#, Malformed),
    ] {
        let error = refresh(status, body).err().unwrap();
        assert_eq!(error.kind, kind, "{status} {body}");
        assert_eq!(error.status, Some(status));
        let waits = !matches!(kind, Auth | Operator);
        assert_eq!(error.retry != Retry::No, waits, "{status} {body}");
        assert!(
            !error.message.contains("expired or revoked"),
            "no provider text"
        );
    }
    let error = refresh(429, "").err().unwrap();
    assert_eq!(error.retry, Retry::After(std::time::Duration::from_secs(7)));
    let error = refresh(400, r#"{"error":"<script>alert(1)</script>"}"#)
        .err()
        .unwrap();
    assert_eq!(error.code.as_deref(), Some("unknown"));
}

#[test]
fn a_lost_answer_is_not_asked_for_again() {
    let old = SecretString::from("old");
    let lost = Err(TransportError::Reset);
    let (result, sent) = with(lost, &OAUTH, async |c: Client<'_>| c.refresh(&old).await);
    assert_eq!(result.err().unwrap().kind, ErrorKind::Unavailable);
    assert_eq!(sent.len(), 1);
}

#[test]
fn revoking_a_dead_token_is_done() {
    let token = SecretString::from("rt");
    let revoke = |status, body, oauth: &manifest::Oauth| {
        with(Ok((status, body)), oauth, async |c: Client<'_>| {
            c.revoke(&token).await
        })
    };
    assert!(revoke(200, "", &OAUTH).0.is_ok());
    assert!(
        revoke(400, r#"{"error":"invalid_token"}"#, &OAUTH)
            .0
            .is_ok()
    );
    assert_eq!(
        revoke(503, "", &OAUTH).0.unwrap_err().kind,
        ErrorKind::Unavailable
    );
    let (_, sent) = revoke(200, "", &OAUTH);
    assert!(sent[0].2.starts_with("token=rt&"));
}

#[test]
fn wider_scopes_count() {
    let missing = |granted: &[&str]| -> Vec<&str> {
        let granted = granted.iter().map(|s| (*s).to_owned()).collect();
        missing_scopes(&OAUTH, &granted)
            .iter()
            .map(|asked| asked.scope)
            .collect()
    };
    assert_eq!(missing(&["openid", "cal"]), Vec::<&str>::new());
    assert_eq!(missing(&["openid", "cal.read"]), ["cal.write"]);
    assert_eq!(missing(&[]), ["openid", "cal.read", "cal.write"]);
    assert_eq!(all_scopes(&OAUTH), ["openid", "cal.read", "cal.write"]);
}

const NUMBERED: manifest::Oauth = manifest::Oauth {
    scopes: &[ScopeReason {
        scope: "Calendars.Read",
        reason: "reading",
        required: true,
        implied_by: &["Calendars.ReadWrite"],
    }],
    dialect: manifest::Dialect {
        scope_prefix: Some("https://graph.example/"),
        scope_in_token_requests: true,
        error_codes: &[
            manifest::ErrorCode {
                number: 50196,
                kind: ErrorKind::Unavailable,
                what: "asks us to pause",
            },
            manifest::ErrorCode {
                number: 7_000_222,
                kind: ErrorKind::Operator,
                what: "says that the client secret has expired",
            },
        ],
        ..manifest::Dialect::STANDARD
    },
    ..OAUTH
};

#[test]
fn scopes_are_compared_as_the_provider_writes_them() {
    let granted = |text: &str| -> BTreeSet<String> { text.split(' ').map(str::to_owned).collect() };
    for (scopes, missing) in [
        ("Calendars.Read", 0),
        ("CALENDARS.READ", 0),
        ("https://graph.example/calendars.read", 0),
        ("HTTPS://GRAPH.EXAMPLE/Calendars.ReadWrite openid", 0),
        ("https://other.example/Calendars.Read", 1),
        ("Calendars.ReadBasic", 1),
    ] {
        assert_eq!(
            missing_scopes(&NUMBERED, &granted(scopes)).len(),
            missing,
            "{scopes}"
        );
    }
    // Without a dialect a scope is its exact text.
    assert_eq!(missing_scopes(&OAUTH, &granted("OPENID cal")).len(), 1);
    let body = r#"{"access_token":"a","scope":"https://graph.example/calendars.read OTHER"}"#;
    let old = SecretString::from("old");
    let (set, sent) = with(Ok((200, body)), &NUMBERED, async |c: Client<'_>| {
        c.refresh(&old).await
    });
    let scopes = set.unwrap().scopes.unwrap();
    assert_eq!(
        scopes,
        granted("Calendars.Read OTHER"),
        "kept in the manifest's spelling"
    );
    assert!(
        sent[0].2.contains("&scope=Calendars.Read&"),
        "{}",
        sent[0].2
    );
}

#[test]
fn a_providers_own_numbers_say_more_than_its_words() {
    let refused = |body: &'static str, oauth: &manifest::Oauth| {
        let old = SecretString::from("old");
        with(Ok((400, body)), oauth, async |c: Client<'_>| {
            c.refresh(&old).await
        })
        .0
        .err()
        .unwrap()
    };
    let pause = r#"{"error":"invalid_grant","error_codes":[1,50196]}"#;
    assert_eq!(refused(pause, &NUMBERED).kind, ErrorKind::Unavailable);
    assert_eq!(refused(pause, &OAUTH).kind, ErrorKind::Auth);
    let error = refused(
        r#"{"error":"invalid_client","error_codes":["7000222"]}"#,
        &NUMBERED,
    );
    assert_eq!(error.kind, ErrorKind::Operator);
    assert!(error.message.contains("secret has expired"));
    let described =
        r#"{"error":"invalid_grant","error_description":"AADSTS50196: The server terminated"}"#;
    assert_eq!(refused(described, &NUMBERED).kind, ErrorKind::Unavailable);
    let unknown = r#"{"error":"invalid_grant","error_codes":[99999]}"#;
    assert_eq!(refused(unknown, &NUMBERED).kind, ErrorKind::Auth);
    assert_eq!(number_in("AADSTS90094: an admin must"), Some(90094));
    assert_eq!(number_in("nothing AADSTS"), None);
}
