//! What can go wrong, or be made to go wrong, between "Connect" and "connected" (RELIABILITY §3 rows 7, 8 and 10; O1–O10).

use std::sync::Mutex;

use daybook_sandbox::fault::{Fault, RetryAfter, Rule, TokenAnswer};
use serde_json::{Value, json};
use url::Url;

use super::kit::database::Database;
use super::kit::server::text;
use super::kit::{Answer, Ask, Server, Sims, free_port};

const ADA: &str = "ada@northwind.example";
const CALLBACK: &str = "/api/v1/integrations/google/callback";

struct World {
    server: Server,
    sims: Sims,
    owner: String,
    /// Members, each of whom may start twenty authorisations a minute.
    people: Vec<String>,
    next: Mutex<usize>,
}

/// The three ways to hand in what the provider sent.
const WAYS: [&str; 3] = ["browser", "browser asking for JSON", "front end"];

impl World {
    fn build(people: usize) -> Self {
        let port = free_port();
        let sims = Sims::start(port, "secret");
        let server = Server::start_on(port, &sims.env(), &["--no-worker"]);
        let owner = server.set_up("vera@victim.example", "Victim Works");
        let people = (0..people)
            .map(|index| {
                server
                    .invite(&owner, &format!("p{index}@victim.example"), "member")
                    .0
            })
            .collect();
        Self {
            server,
            sims,
            owner,
            people,
            next: Mutex::new(0),
        }
    }

    /// The next of the people.
    fn somebody(&self) -> String {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        self.people[*next % self.people.len()].clone()
    }

    fn start(&self, who: &str) -> Url {
        self.sims
            .authorize(&self.server, who, "/integrations?tab=accounts")
    }

    /// Hands `code` and `state` (percent-encoded already) in.
    fn hand_in(
        &self,
        way: &str,
        who: &str,
        code: Option<&str>,
        state: Option<&str>,
        more: &str,
    ) -> Answer {
        let decode = |text: &str| {
            let pair = format!("x={text}");
            let found = url::form_urlencoded::parse(pair.as_bytes()).next();
            found
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let ask = if way == "front end" {
            let mut body = serde_json::Map::new();
            for (name, value) in [("code", code), ("state", state)] {
                if let Some(value) = value {
                    body.insert(name.into(), json!(decode(value)));
                }
            }
            Ask::post(CALLBACK).json(&Value::Object(body))
        } else {
            let mut query = String::new();
            for (name, value) in [("code", code), ("state", state)] {
                if let Some(value) = value {
                    query.push_str(&format!("&{name}={value}"));
                }
            }
            let ask = Ask::get(&format!(
                "{CALLBACK}?{}{more}",
                query.trim_start_matches('&')
            ));
            if way == "browser" {
                ask.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            } else {
                ask.header("accept", "application/json")
            }
        };
        self.server.send(&ask.by(who))
    }

    fn connections(&self) -> usize {
        let list = self
            .server
            .read(&self.owner, "/api/v1/integrations/connections?limit=200");
        list["items"].as_array().unwrap().len()
    }
}

fn state_of(asked: &Url) -> String {
    param(asked, "state")
}

fn param(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The code in the path that the consent page redirects to.
fn code_of(back: &str) -> String {
    let url = Url::parse("http://x/").unwrap().join(back).unwrap();
    url::form_urlencoded::byte_serialize(param(&url, "code").as_bytes()).collect()
}

/// A browser is sent to a clean address, and nothing that came in is shown to it.
fn is_clean(answer: &Answer, given: &[&str]) {
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        !answer.header("content-type").starts_with("text/html"),
        "{}",
        answer.text
    );
    let shown = format!("{} {}", answer.header("location"), answer.text);
    for secret in given.iter().filter(|text| text.len() > 12) {
        assert!(!shown.contains(*secret), "{secret} is shown: {shown}");
    }
    for bad in ["<script", "javascript:", "onerror", "\r", "code=", "state="] {
        assert!(!shown.contains(bad), "{bad} in {shown}");
    }
    if answer.status == 303 {
        let location = answer.header("location");
        assert!(
            location.starts_with('/') && !location.starts_with("//"),
            "{location}"
        );
        assert!(
            answer.header("set-cookie").contains("daybook_oauth="),
            "{:?}",
            answer.headers
        );
    }
}

/// The code of the refusal, whichever way it was answered.
fn refusal(way: &str, answer: &Answer) -> String {
    if way != "browser" || answer.status != 303 {
        assert!(answer.status >= 400, "{} {}", answer.status, answer.text);
        return answer.code();
    }
    let location = answer.header("location");
    location
        .split_once("error=")
        .map(|(_, code)| code.to_owned())
        .unwrap_or_default()
}

#[test]
fn what_is_not_ours_is_refused_before_any_code_is_exchanged() {
    let world = World::build(6);
    let mut database = Database::open(&world.server.data().join("daybook.db"));
    let mut cases = 0;
    // What does not name an authorisation at all.
    let long = "a".repeat(513);
    let random = "A".repeat(43);
    let shapes: &[(&str, Option<&str>)] = &[
        ("no state", None),
        ("empty state", Some("")),
        ("short state", Some("x")),
        ("made-up state", Some(&random)),
        ("long state", Some(&long)),
        ("NUL in the state", Some("abc%00def")),
        (
            "markup as state",
            Some("%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        ),
        ("SQL as state", Some("'%20OR%201%3D1--")),
        ("line break in the state", Some("x%0d%0aSet-Cookie:%20a=b")),
        ("not UTF-8", Some("%ff%fe")),
    ];
    for (name, state) in shapes {
        for way in WAYS {
            let answer = world.hand_in(way, &world.owner, Some("4%2F0Acode"), *state, "");
            is_clean(&answer, &["4/0Acode"]);
            let code = refusal(way, &answer);
            let missing = state.is_none() && way == "front end";
            assert_eq!(
                code,
                if missing {
                    "validation"
                } else if way == "front end" && name.contains("NUL") {
                    "nul_character"
                } else {
                    "invalid_state"
                },
                "{name}, {way}: {}",
                answer.text
            );
            cases += 1;
        }
    }
    // Nearly the right state.
    for (name, bend) in BENDS {
        for way in WAYS {
            let who = world.somebody();
            let asked = world.start(&who);
            let back = world.sims.consent(&asked, ADA, &[]);
            let state = bend(&state_of(&asked));
            let answer = world.hand_in(way, &who, Some(&code_of(&back)), Some(&state), "");
            is_clean(&answer, &[&state]);
            assert_eq!(refusal(way, &answer), "invalid_state", "{name}, {way}");
            cases += 1;
        }
    }
    cases += strangers(&world, &mut database);
    cases += pollution(&world);
    assert_eq!(world.sims.exchanges(), 0, "the token endpoint was asked");
    assert_eq!(world.connections(), 0);
    println!(
        "oauth: {cases} attempts refused before any code was exchanged, 0 calls to the token endpoint"
    );
    assert!(cases >= 60, "{cases}");
}

type Bend = fn(&str) -> String;
const BENDS: &[(&str, Bend)] = &[
    ("one letter more", |state| format!("{state}A")),
    ("one letter less", |state| {
        state[..state.len() - 1].to_owned()
    }),
    ("other case", |state| {
        if state.to_uppercase() == state {
            state.to_lowercase()
        } else {
            state.to_uppercase()
        }
    }),
    ("space behind", |state| format!("{state}%20")),
];

/// The right state in the wrong hands, or at the wrong time.
fn strangers(world: &World, database: &mut Database) -> usize {
    let mut cases = 0;
    let outsider = world
        .server
        .person("mallory@evil.example", "Evil Works", "owner");
    let mine = "p0@victim.example";
    let victim = world.server.log_in(mine);
    let other_session = world.server.log_in(mine);
    let over = world.server.log_in(mine);
    world
        .server
        .send(&Ask::post("/api/v1/auth/logout").by(&over))
        .ok(204);
    let (_, key) = world.server.api_key(&victim, "k", "write");
    let hands: &[(&str, &str)] = &[
        ("nobody", ""),
        ("somebody of another workspace", &outsider),
        ("another member", &world.people[1]),
        ("the workspace's owner", &world.owner),
        ("another session of the same person", &other_session),
        ("an API key of the same person", &key),
        ("a session that is over", &over),
    ];
    let asked = world.start(&victim);
    let back = world.sims.consent(&asked, ADA, &[]);
    let (code, state) = (code_of(&back), state_of(&asked));
    for (name, who) in hands {
        for way in WAYS {
            let answer = world.hand_in(way, who, Some(&code), Some(&state), "");
            is_clean(&answer, &[&code, &state]);
            let unknown = way == "front end" && (who.is_empty() || *who == over);
            let wanted = if unknown {
                "unauthenticated"
            } else {
                "state_foreign"
            };
            assert_eq!(
                refusal(way, &answer),
                wanted,
                "{name}, {way}: {}",
                answer.text
            );
            cases += 1;
        }
    }
    // The same state at another provider's callback, and through the operation that takes the provider in its body.
    for provider in ["microsoft", "zoom", "caldav", "unknown", "GOOGLE"] {
        let target = format!("/api/v1/integrations/{provider}/callback");
        let body = json!({"code": "c", "state": state});
        let answer = world
            .server
            .send(&Ask::post(&target).json(&body).by(&victim));
        assert!(
            matches!(answer.code().as_str(), "invalid_state" | "unknown_provider"),
            "{provider}: {}",
            answer.text
        );
        let body = json!({"code": "c", "state": state, "provider": provider, "integration_type": "calendar"});
        let answer = world.server.send(
            &Ask::post("/api/v1/integrations/oauth/callback")
                .json(&body)
                .by(&victim),
        );
        assert!(
            matches!(answer.code().as_str(), "invalid_state" | "unknown_provider"),
            "{provider}: {}",
            answer.text
        );
        cases += 2;
    }
    // A state that was started with a key works for that key alone.
    let asked = world.start(&key);
    let state = state_of(&asked);
    let answer = world.hand_in("front end", &victim, Some("c"), Some(&state), "");
    answer.is_problem(403, "state_foreign");
    // Too late.
    for way in WAYS {
        let who = world.somebody();
        let asked = world.start(&who);
        let back = world.sims.consent(&asked, ADA, &[]);
        database.execute(
            &world.server.data().join("daybook.db"),
            "UPDATE oauth_flow SET expires_at = created_at - 1 WHERE used_at IS NULL",
        );
        let answer = world.hand_in(
            way,
            &who,
            Some(&code_of(&back)),
            Some(&state_of(&asked)),
            "",
        );
        is_clean(&answer, &[]);
        assert_eq!(
            refusal(way, &answer),
            "state_expired",
            "{way}: {}",
            answer.text
        );
        cases += 1;
    }
    // Refused at the provider: the state is used up by that.
    for way in ["browser", "browser asking for JSON"] {
        let who = world.somebody();
        let asked = world.start(&who);
        let back = world.sims.consent(&asked, ADA, &[("decision", "deny")]);
        assert!(back.contains("error=access_denied"), "{back}");
        let state = state_of(&asked);
        let evil = "&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&error_uri=javascript:alert(1)";
        let answer = world.hand_in(way, &who, None, Some(&state), evil);
        is_clean(&answer, &[&state]);
        assert_eq!(refusal(way, &answer), "access_denied");
        let again = world.hand_in(way, &who, Some("c"), Some(&state), "");
        assert_eq!(refusal(way, &again), "state_used");
        cases += 2;
    }
    for error in [
        "server_error",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "x%0d%0aLocation:%20https://evil.example",
        "temporarily_unavailable",
    ] {
        for way in ["browser", "browser asking for JSON"] {
            let who = world.somebody();
            let state = state_of(&world.start(&who));
            let answer = world.hand_in(
                way,
                &who,
                Some("c"),
                Some(&state),
                &format!("&error={error}"),
            );
            is_clean(&answer, &[&state]);
            assert_eq!(
                refusal(way, &answer),
                "provider_refused",
                "{error}: {}",
                answer.text
            );
            assert!(
                !answer.text.contains('<') && !answer.text.contains("://evil"),
                "{}",
                answer.text
            );
            cases += 1;
        }
    }
    // From another issuer than the one that was asked (RFC 9207).
    for issuer in [
        "https://evil.example",
        "http://127.0.0.1:1",
        "not%20a%20url",
        "https://accounts.google.com.evil.example",
    ] {
        let who = world.somebody();
        let state = state_of(&world.start(&who));
        let answer = world.hand_in(
            "browser asking for JSON",
            &who,
            Some("c"),
            Some(&state),
            &format!("&iss={issuer}"),
        );
        answer.is_problem(400, "wrong_issuer");
        cases += 1;
    }
    // No code, or one that cannot be.
    let huge = "x".repeat(5000);
    for code in [None, Some(""), Some(huge.as_str())] {
        for way in WAYS {
            let who = world.somebody();
            let state = state_of(&world.start(&who));
            let answer = world.hand_in(way, &who, code, Some(&state), "");
            is_clean(&answer, &[&state]);
            let missing = way == "front end" && code.is_none();
            assert_eq!(
                refusal(way, &answer),
                if missing {
                    "validation"
                } else {
                    "provider_refused"
                },
                "{}",
                answer.text
            );
            cases += 1;
        }
    }
    cases
}

/// Parameters and fields given twice, or as something else.
fn pollution(world: &World) -> usize {
    let mut cases = 0;
    let who = world.somebody();
    let asked = world.start(&who);
    let code = code_of(&world.sims.consent(&asked, ADA, &[]));
    let state = state_of(&asked);
    let queries = [
        format!("code={code}&state={state}&state=evil"),
        format!("code={code}&state=evil&state={state}"),
        format!("code={code}&code=evil&state={state}"),
        format!("code=evil&code={code}&state={state}"),
        format!("code[]={code}&state[]={state}"),
        format!("code={code}&state={state}&error=&error=x"),
        format!("code={code};state={state}"),
    ];
    for query in queries {
        let answer = world.server.send(
            &Ask::get(&format!("{CALLBACK}?{query}"))
                .header("accept", "application/json")
                .by(&who),
        );
        assert!(
            matches!(answer.status, 400 | 422),
            "{query}: {} {}",
            answer.status,
            answer.text
        );
        is_clean(&answer, &[&state]);
        cases += 1;
    }
    let bodies = [
        format!(r#"{{"code":"{code}","state":"{state}","state":"evil"}}"#),
        format!(r#"{{"code":"a","code":"{code}","state":"{state}"}}"#),
        format!(r#"{{"code":["{code}"],"state":"{state}"}}"#),
        format!(r#"{{"code":"{code}","state":{{"$ne":""}}}}"#),
        format!(r#"{{"code":"{code}","state":null}}"#),
        r#"[]"#.to_owned(),
    ];
    for body in bodies {
        let ask = Ask::post(CALLBACK)
            .raw(body.clone())
            .header("content-type", "application/json");
        let answer = world.server.send(&ask.by(&who));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (422, "validation"),
            "{body}: {}",
            answer.text
        );
        cases += 1;
    }
    let form = Ask::post(CALLBACK).form(&[("code".into(), code), ("state".into(), state)]);
    world
        .server
        .send(&form.by(&who))
        .is_problem(415, "unsupported_media_type");
    cases + 1
}

/// Where people may be sent afterwards: nowhere but here.
#[test]
fn nobody_is_sent_elsewhere() {
    const TARGETS: &[&str] = &[
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "http:///evil.example",
        "https://127.0.0.1@evil.example",
        "https://127.0.0.1.evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "/x\r\nSet-Cookie: a=b",
        "/x\nLocation: https://evil.example",
        "/\t/evil.example",
        " //evil.example",
        "\u{a0}//evil.example",
        "/%0d%0a\r\n",
        "ftp://evil.example",
        "file:///etc/passwd",
        "mailto:a@evil.example",
        "blob:https://evil.example/x",
        "https://evil.example%2f@127.0.0.1",
        "http://[::1]/",
        "https://evil.example\u{3002}com",
        "https://ev\u{131}l.example",
        "evil.example",
        "",
        "//127.0.0.1:1@evil.example",
        "/\u{0}",
        "?x",
        "#x",
        "https://user:pass@127.0.0.1/",
        "ws://evil.example",
        "\u{ff0f}\u{ff0f}evil.example",
    ];
    let world = World::build(5);
    let mut refused = 0;
    for target in TARGETS {
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let ask = Ask::get(&format!(
            "/api/v1/integrations/google/authorize?return_to={encoded}"
        ));
        let answer = world.server.send(&ask.by(&world.somebody()));
        // An empty parameter is none.
        if !target.is_empty() {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (422, "invalid_return_to"),
                "{target:?}: {}",
                answer.text
            );
        }
        let body =
            json!({"provider": "google", "integration_type": "calendar", "redirect_uri": target});
        let answer = world.server.send(
            &Ask::post("/api/v1/integrations/oauth/initiate")
                .json(&body)
                .by(&world.somebody()),
        );
        // No text of a body may hold U+0000; that is said before anything is looked at.
        let expected = if target.contains('\0') {
            (400, "nul_character")
        } else {
            (422, "invalid_return_to")
        };
        assert_eq!(
            (answer.status, answer.code().as_str()),
            expected,
            "{target:?}: {}",
            answer.text
        );
        refused += 2;
    }
    // What is let through stays on this server, whatever it looks like.
    for target in [
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "/@evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/x/..//evil.example",
        "/?u=https://evil.example",
        "/;@evil.example",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let ask = Ask::get(&format!(
            "/api/v1/integrations/google/authorize?return_to={encoded}"
        ));
        let who = world.somebody();
        let answer = world.server.send(&ask.by(&who));
        if answer.status == 422 {
            refused += 1;
            continue;
        }
        let asked = Url::parse(answer.json()["authorization_url"].as_str().unwrap()).unwrap();
        let denied = world.hand_in(
            "browser",
            &who,
            None,
            Some(&state_of(&asked)),
            "&error=access_denied",
        );
        let location = denied.header("location");
        let base = Url::parse("http://daybook.test/").unwrap();
        assert_eq!(
            base.join(location).unwrap().host_str(),
            Some("daybook.test"),
            "{target} → {location}"
        );
    }
    println!("open redirects: {refused} refused");
    assert!(refused >= 60);
    // The address given to the provider is the configured one, whoever asks.
    let asked = world.start(&world.owner);
    assert_eq!(
        param(&asked, "redirect_uri"),
        format!("{}{CALLBACK}", world.server.url)
    );
    assert_eq!(
        (
            param(&asked, "code_challenge_method").as_str(),
            param(&asked, "response_type").as_str()
        ),
        ("S256", "code")
    );
    assert!(state_of(&asked).len() >= 43 && param(&asked, "code_challenge").len() == 43);
    let started = world
        .server
        .send(&Ask::get("/api/v1/integrations/google/authorize").by(&world.owner))
        .ok(200);
    let cookie = started.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Max-Age=600"),
        "{cookie}"
    );
}

#[test]
fn a_code_works_once_and_only_where_it_belongs() {
    let world = World::build(4);
    let refused = |who: &str, asked: &Url, back: &str, wanted: &str| {
        let before = (world.connections(), world.sims.exchanges());
        let answer = world.hand_in(
            "browser asking for JSON",
            who,
            Some(&code_of(back)),
            Some(&state_of(asked)),
            "",
        );
        assert_eq!(answer.code(), wanted, "{}", answer.text);
        assert_eq!(world.connections(), before.0);
        world.sims.exchanges() - before.1
    };
    // Code injection: the attacker's code in the victim's authorisation.
    let (victim, attacker) = (world.people[0].clone(), world.people[1].clone());
    let (own, other) = (world.start(&victim), world.start(&attacker));
    let stolen = world.sims.consent(&other, "cy@northwind.example", &[]);
    assert_eq!(refused(&victim, &own, &stolen, "provider_refused"), 1);
    // A code that was never issued.
    assert_eq!(
        refused(
            &victim,
            &world.start(&victim),
            "/x?code=4/0Amade-up",
            "provider_refused"
        ),
        1
    );
    // PKCE stripped or exchanged on the way to the provider.
    for bend in ["strip", "exchange"] {
        let asked = world.start(&victim);
        let mut bent = asked.clone();
        let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
        bent.query_pairs_mut()
            .clear()
            .extend_pairs(
                pairs
                    .iter()
                    .filter_map(|(name, value)| match (name.as_str(), bend) {
                        ("code_challenge" | "code_challenge_method", "strip") => None,
                        ("code_challenge", _) => Some((
                            name.clone(),
                            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
                        )),
                        _ => Some((name.clone(), value.clone())),
                    }),
            );
        let back = world.sims.consent(&bent, ADA, &[]);
        assert_eq!(
            refused(&victim, &asked, &back, "provider_refused"),
            1,
            "{bend}"
        );
    }
    for (email, name) in [
        ("dee@northwind.example", "Dee"),
        ("eve@northwind.example", "Eve"),
    ] {
        // People who have granted nothing yet: earlier grants are included.
        world.sims.google.add_person(email, name, "UTC");
    }
    // Calendar access unticked; then everything else unticked.
    let asked = world.start(&victim);
    let back = world.sims.consent(
        &asked,
        "dee@northwind.example",
        &[("grant", "https://www.googleapis.com/auth/nothing")],
    );
    assert_eq!(refused(&victim, &asked, &back, "scopes_missing"), 1);
    let asked = world.start(&victim);
    let providers = world.server.read(&victim, "/api/v1/integrations/providers");
    let google = providers["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == "google")
        .unwrap();
    let scopes = google["scopes"].as_array().unwrap();
    let required: Vec<String> = scopes
        .iter()
        .filter(|one| one["required"] == true)
        .map(|one| text(&one["scope"]))
        .collect();
    let grants: Vec<(&str, &str)> = required
        .iter()
        .map(|scope| ("grant", scope.as_str()))
        .collect();
    let back = world.sims.consent(&asked, "eve@northwind.example", &grants);
    let done = world
        .hand_in(
            "browser asking for JSON",
            &victim,
            Some(&code_of(&back)),
            Some(&state_of(&asked)),
            "",
        )
        .ok(200)
        .json();
    let connection = world.server.read(
        &victim,
        &format!(
            "/api/v1/integrations/connections/{}",
            text(&done["connection"]["id"])
        ),
    );
    let missing = &connection["missing_scopes"];
    assert_eq!(
        missing,
        &json!(["https://www.googleapis.com/auth/calendar.events"])
    );
    // Eight tabs at once with the same code: one exchange, one connection.
    let who = world.people[2].clone();
    let asked = world.start(&who);
    let (code, state) = (
        code_of(&world.sims.consent(&asked, "bo@northwind.example", &[])),
        state_of(&asked),
    );
    let before = (world.connections(), world.sims.exchanges());
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let tabs: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    world.hand_in(
                        "browser asking for JSON",
                        &who,
                        Some(&code),
                        Some(&state),
                        "",
                    )
                })
            })
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|one| one.status == 200).count(), 1);
    assert!(
        answers
            .iter()
            .all(|one| one.status == 200 || one.code() == "state_used")
    );
    assert_eq!(
        (world.connections(), world.sims.exchanges()),
        (before.0 + 1, before.1 + 1)
    );
    for way in WAYS {
        assert_eq!(
            refusal(
                way,
                &world.hand_in(way, &who, Some(&code), Some(&state), "")
            ),
            "state_used"
        );
    }
    // Another account than the one to reconnect.
    let own = text(&connection["id"]);
    let again = world.server.read(
        &victim,
        &format!("/api/v1/integrations/google/authorize?connection_id={own}"),
    );
    let asked = Url::parse(again["authorization_url"].as_str().unwrap()).unwrap();
    let back = world.sims.consent(&asked, "bo@northwind.example", &[]);
    assert_eq!(refused(&victim, &asked, &back, "wrong_account"), 1);
    let after = world
        .server
        .read(&victim, &format!("/api/v1/integrations/connections/{own}"));
    assert_eq!(after["account_email"], connection["account_email"]);
}

/// What a token endpoint may answer, and what comes of it: a connection, or a refusal with a code; never a broken server.
#[test]
fn odd_token_answers_are_survived() {
    let world = World::build(3);
    let faults = |fault: Fault| {
        world.sims.google.desk().clear();
        world.sims.google.desk().add(Rule::on("/token", fault));
    };
    let attempt = |fault: Fault| {
        let who = world.somebody();
        let asked = world.start(&who);
        let back = world.sims.consent(&asked, ADA, &[]);
        faults(fault);
        let answer = world.hand_in(
            "browser asking for JSON",
            &who,
            Some(&code_of(&back)),
            Some(&state_of(&asked)),
            "",
        );
        world.sims.google.desk().clear();
        is_clean(&answer, &[]);
        answer
    };
    let odd = |answer: TokenAnswer| Fault::TokenAnswer(answer);
    let life = |value: Value| {
        odd(TokenAnswer {
            expires_in: Some(value),
            ..TokenAnswer::default()
        })
    };
    let taken = [
        ("expires_in absent", life(json!("absent"))),
        ("expires_in 0", life(json!(0))),
        ("expires_in -5", life(json!(-5))),
        ("expires_in as text", life(json!("3599"))),
        ("expires_in in words", life(json!("soon"))),
        ("expires_in 9e18", life(json!(9e18))),
        ("expires_in 1e300", life(json!(1e300))),
        ("expires_in null", life(Value::Null)),
        ("expires_in a list", life(json!([3599]))),
        (
            "scope left out",
            odd(TokenAnswer {
                omit_scope: true,
                ..TokenAnswer::default()
            }),
        ),
        (
            "token type in capitals",
            odd(TokenAnswer {
                token_type: Some("BEARER".into()),
                ..TokenAnswer::default()
            }),
        ),
        (
            "no refresh token",
            odd(TokenAnswer {
                omit_refresh_token: true,
                ..TokenAnswer::default()
            }),
        ),
    ];
    let mut cases = 0;
    for (name, fault) in taken {
        let answer = attempt(fault);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let id = text(&answer.json()["connection"]["id"]);
        let shown = world.server.read(
            &world.owner,
            &format!("/api/v1/integrations/connections/{id}"),
        );
        let expires: jiff::Timestamp = shown["token_expires_at"].as_str().unwrap().parse().unwrap();
        let ahead = expires.duration_since(jiff::Timestamp::now()).as_hours();
        assert!((0..=401 * 24).contains(&ahead), "{name}: {expires}");
        cases += 1;
    }
    let scope = odd(TokenAnswer {
        scope: Some("openid email".into()),
        ..TokenAnswer::default()
    });
    attempt(scope).is_problem(422, "scopes_missing");
    let refused: Vec<(&str, Fault)> = vec![
        ("a login page", Fault::HtmlLogin),
        ("nothing", Fault::EmptyBody),
        ("half of it", Fault::Truncated),
        ("bytes", Fault::Garbage),
        ("deep nesting", Fault::Deep { depth: 100_000 }),
        ("gzip bomb", Fault::GzipBomb { mebibytes: 256 }),
        (
            "a redirect to another host",
            Fault::Redirect {
                status: 307,
                location: "http://127.0.0.1:9/steal".into(),
            },
        ),
        ("invalid_grant", Fault::InvalidGrant),
        ("invalid_client", Fault::InvalidClient),
        ("401", Fault::Unauthorized),
        ("403", Fault::Forbidden),
        ("404", Fault::NotFound),
        (
            "429",
            Fault::RateLimited {
                retry_after: RetryAfter::Seconds(7),
            },
        ),
        (
            "429 with garbage",
            Fault::RateLimited {
                retry_after: RetryAfter::Garbage,
            },
        ),
        (
            "500",
            Fault::Status {
                status: 500,
                retry_after: RetryAfter::None,
            },
        ),
        (
            "503",
            Fault::Status {
                status: 503,
                retry_after: RetryAfter::Seconds(0),
            },
        ),
        ("cut before", Fault::ResetBefore),
        ("cut after", Fault::ResetAfter),
        ("cut in the middle", Fault::ResetMidBody),
    ];
    let connections = world.connections();
    for (name, fault) in refused {
        let answer = attempt(fault);
        let expected = [
            "provider_refused",
            "provider_unreachable",
            "provider_rate_limited",
        ];
        assert!(
            expected.contains(&answer.code().as_str()),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        cases += 1;
    }
    assert_eq!(world.connections(), connections);
    assert!(
        world.server.peak_rss_mib() < 512,
        "{} MiB",
        world.server.peak_rss_mib()
    );
    println!("token endpoint: {} odd answers", cases + 1);
}
