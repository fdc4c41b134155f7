//! Secrets stay secret (R8): a whole story with secrets that can be recognised, everything the server wrote or said
//! afterwards searched for them in every usual spelling.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use daybook_sandbox::fault::{Fault, Rule};
use serde_json::{Value, json};
use url::Url;

use super::kit::server::text;
use super::kit::{Ask, Server, Sims, free_port};

/// Secrets that are chosen, not issued; 40 characters each.
const CLIENT_SECRET: &str = "canary-client-secret-0123456789abcdefghi";
const DAV_PASSWORD: &str = "canary-dav+password/0123456789abcdef:ghi";
const WRONG_PASSWORD: &str = "canary-wrong-password-0123456789abcdefgh";
const PASSWORD: &str = "canary-user-password-0123456789abcdefghi";
const METRICS_TOKEN: &str = "canary-metrics-token-0123456789abcdefghi";
const SETUP_TOKEN: &str = "canary-setup-token-0123456789abcdefghijk";
const SMTP_PASSWORD: &str = "canary-smtp-password-0123456789abcdefghi";
/// 32 bytes; also looked for as they are.
const MASTER_KEY: [u8; 32] = *b"canary-master-key-0123456789abcd";

/// What was said and written, by where.
type Places = BTreeMap<String, Vec<u8>>;

struct Story {
    server: Server,
    sims: Sims,
    /// Secrets by name.
    secrets: BTreeMap<String, Vec<u8>>,
    /// Answers, head and body, but for those that show a secret once.
    said: Vec<u8>,
}

#[test]
fn no_secret_is_told_or_written_json() {
    tell("json", "trace");
}

#[test]
fn no_secret_is_told_or_written_text() {
    tell("text", "trace");
}

fn tell(format: &str, level: &str) {
    let mut story = Story::begin(format, level);
    story.accounts();
    story.google();
    story.caldav();
    story.failures();
    let mut places = story.commands();
    let wire = story.wire_secrets();
    story.server.stop();
    places.insert("answers".into(), std::mem::take(&mut story.said));
    places.insert("log".into(), story.server.log().into_bytes());
    for file in files(story.server.folder.path()) {
        places.insert(file.display().to_string(), fs::read(&file).unwrap());
    }
    let hits = search(&places, &story.secrets);
    assert!(hits.is_empty(), "{} hits:\n{}", hits.len(), hits.join("\n"));
    let bytes: usize = places.values().map(Vec::len).sum();
    let log = places["log"].len();
    let needles: usize = story.secrets.values().map(|one| spellings(one).len()).sum();
    println!(
        "canaries ({format}): {} secrets ({wire} from the wire) in {} spellings, in {} places, {bytes} bytes ({log} of log), 0 hits",
        story.secrets.len(),
        needles,
        places.len()
    );
    assert!(wire >= 8 && story.secrets.len() >= 25 && log > 20_000);
    teeth(&places, &story.secrets);
}

/// Each secret in each spelling, planted in each place, is found.
fn teeth(places: &Places, secrets: &BTreeMap<String, Vec<u8>>) {
    let mut planted = 0;
    for (name, secret) in secrets {
        for spelling in spellings(secret) {
            let mut place = places["log"][..2_000].to_vec();
            place.extend_from_slice(&spelling);
            place.extend_from_slice(b"\n");
            let found = search(
                &Places::from([("planted".to_owned(), place)]),
                &BTreeMap::from([(name.clone(), secret.clone())]),
            );
            assert!(
                !found.is_empty(),
                "{name} was not found as {}",
                String::from_utf8_lossy(&spelling)
            );
            planted += 1;
        }
    }
    println!("control: {planted} planted leaks found");
}

impl Story {
    fn begin(format: &str, level: &str) -> Self {
        let port = free_port();
        let sims = Sims::start(port, CLIENT_SECRET);
        let key = STANDARD.encode(MASTER_KEY);
        let mut env = sims.env();
        for (name, value) in [
            ("DAYBOOK_LOG", level),
            ("DAYBOOK_LOG_FORMAT", format),
            ("DAYBOOK_SECRET_KEY", &key),
            ("DAYBOOK_METRICS_TOKEN", METRICS_TOKEN),
            ("DAYBOOK_SETUP_TOKEN", SETUP_TOKEN),
            (
                "SMTP_URL",
                &format!("smtp://mailer:{SMTP_PASSWORD}@127.0.0.1:9"),
            ),
        ] {
            env.push((name.to_owned(), value.to_owned()));
        }
        let server = Server::start_on(port, &env, &[]);
        let chosen = [
            ("client secret", CLIENT_SECRET.as_bytes()),
            ("CalDAV password", DAV_PASSWORD.as_bytes()),
            ("refused CalDAV password", WRONG_PASSWORD.as_bytes()),
            ("user password", PASSWORD.as_bytes()),
            ("metrics token", METRICS_TOKEN.as_bytes()),
            ("setup token", SETUP_TOKEN.as_bytes()),
            ("SMTP password", SMTP_PASSWORD.as_bytes()),
            ("master key", &MASTER_KEY),
        ];
        let secrets = chosen
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.to_vec()))
            .collect();
        Self {
            server,
            sims,
            secrets,
            said: Vec::new(),
        }
    }

    fn secret(&mut self, name: &str, value: &str) {
        assert!(value.len() >= 16, "{name}: {value}");
        self.secrets
            .insert(name.to_owned(), value.as_bytes().to_vec());
    }

    /// Asks, and keeps the answer to be searched.
    fn ask(&mut self, ask: &Ask) -> super::kit::Answer {
        let answer = self.server.send(ask);
        self.said
            .extend(format!("{:?}\n{}\n", answer.headers, answer.text).bytes());
        answer
    }

    /// Asks for something that shows a secret this once; the answer is not searched.
    fn shown_once(&mut self, ask: &Ask) -> super::kit::Answer {
        self.server.send(ask)
    }

    /// Setup, sign-in, keys, an invitation; each with what is refused about it.
    fn accounts(&mut self) {
        let body = json!({"email": "vera@victim.example", "password": PASSWORD, "name": "Vera", "workspace_name": "Works", "setup_token": SETUP_TOKEN});
        // A Set-Cookie header shows the session; the body does not.
        let set = self
            .shown_once(&Ask::post("/api/v1/auth/setup").json(&body))
            .ok(201);
        self.said.extend(set.text.bytes());
        let cookie = set.cookie();
        self.secret("first session", cookie.split_once('=').unwrap().1);
        self.secrets.insert(
            "cookie".into(),
            cookie.split_once('=').unwrap().1.as_bytes().to_vec(),
        );
        let wrong = json!({"email": "vera@victim.example", "password": WRONG_PASSWORD});
        self.ask(&Ask::post("/api/v1/auth/login").json(&wrong))
            .ok(401);
        let broken = format!(r#"{{"email":"vera@victim.example","password":"{PASSWORD}""#);
        self.ask(
            &Ask::post("/api/v1/auth/login")
                .raw(broken)
                .header("content-type", "application/json"),
        )
        .ok(400);
        let unknown =
            json!({"email": "vera@victim.example", "password": PASSWORD, "passwort": PASSWORD});
        self.ask(&Ask::post("/api/v1/auth/login").json(&unknown))
            .ok(422);
        let body = json!({"email": "vera@victim.example", "password": PASSWORD});
        let again = self
            .shown_once(&Ask::post("/api/v1/auth/login").json(&body))
            .ok(200);
        self.secret("second session", again.cookie().split_once('=').unwrap().1);
        for path in [
            "me",
            "auth/session",
            "api-keys",
            "workspace",
            "workspace/members",
        ] {
            self.ask(&Ask::get(&format!("/api/v1/{path}")).by(&cookie))
                .ok(200);
        }
        let body = json!({"name": "with a key", "scopes": ["admin"]});
        let create = Ask::post("/api/v1/api-keys")
            .json(&body)
            .header("idempotency-key", "make-a-key")
            .by(&cookie);
        let made = self.shown_once(&create).ok(201).json();
        self.secret("API key", made["key"].as_str().unwrap());
        // Asked again with the same key: the same row, and not the secret.
        let replayed = self.ask(&create).ok(201).json();
        assert_eq!(
            (&replayed["id"], &replayed["key"]),
            (&made["id"], &Value::Null)
        );
        let body = json!({"email": "low@victim.example", "role": "member"});
        let invite = Ask::post("/api/v1/workspace/invitations")
            .json(&body)
            .header("idempotency-key", "invite")
            .by(&cookie);
        let made = self.shown_once(&invite).ok(201).json();
        let token = text(&made["url"]).rsplit('/').next().unwrap().to_owned();
        self.secret("invitation", &token);
        assert_eq!(self.ask(&invite).ok(201).json()["url"], Value::Null);
        self.ask(&Ask::get("/api/v1/workspace/invitations").by(&cookie))
            .ok(200);
        let accept = format!("/api/v1/auth/invitations/{token}/accept");
        self.ask(&Ask::post(&accept).json(&json!({"name": "L", "password": "short"})));
        let joined = self
            .shown_once(&Ask::post(&accept).json(&json!({"name": "L", "password": PASSWORD})))
            .ok(201);
        self.secret(
            "session of an invited person",
            joined.cookie().split_once('=').unwrap().1,
        );
        self.ask(&Ask::post(&accept).json(&json!({"name": "L", "password": PASSWORD})));
        self.ask(&Ask::get("/metrics").header("authorization", &format!("Bearer {METRICS_TOKEN}")))
            .ok(200);
    }

    fn cookie(&self) -> String {
        format!(
            "daybook={}",
            String::from_utf8_lossy(&self.secrets["cookie"])
        )
    }

    /// Starts an authorisation and says yes; the callback's path.
    fn consent(&mut self, name: &str) -> (String, Url) {
        let who = self.cookie();
        // The answer is the state: it is for this browser, this once.
        let started = self
            .shown_once(&Ask::get("/api/v1/integrations/google/authorize").by(&who))
            .ok(200)
            .json();
        let asked = Url::parse(started["authorization_url"].as_str().unwrap()).unwrap();
        self.secret(&format!("{name} state"), started["state"].as_str().unwrap());
        let back = self.sims.consent(&asked, "ada@northwind.example", &[]);
        let url = Url::parse("http://x").unwrap().join(&back).unwrap();
        let code = url
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned();
        self.secret(&format!("{name} code"), &code);
        (back, asked)
    }

    /// Google: connected, synced, token refreshed, with faults in between.
    fn google(&mut self) {
        let who = self.cookie();
        for (name, fault) in [
            ("refused", Fault::InvalidGrant),
            ("broken", Fault::Truncated),
            ("html", Fault::HtmlLogin),
        ] {
            let (back, _) = self.consent(name);
            self.sims.google.desk().add(Rule::on("/token", fault));
            self.ask(&Ask::get(&back).by(&who)).ok(303);
            self.sims.google.desk().clear();
        }
        let (back, _) = self.consent("foreign");
        self.ask(&Ask::get(&back)).ok(303);
        let (back, _) = self.consent("good");
        let done = self
            .ask(
                &Ask::get(&back)
                    .by(&who)
                    .header("accept", "application/json"),
            )
            .ok(200)
            .json();
        let id = text(&done["connection"]["id"]);
        self.ask(
            &Ask::get(&back)
                .by(&who)
                .header("accept", "application/json"),
        )
        .ok(400);
        self.look(&id);
        self.sims.google.expire_tokens("ada@northwind.example");
        self.ask(&Ask::post(&format!("/api/v1/integrations/connections/{id}/refresh")).by(&who))
            .ok(200);
        for fault in [
            Fault::Unauthorized,
            Fault::Truncated,
            Fault::HtmlLogin,
            Fault::Garbage,
        ] {
            self.sims
                .google
                .desk()
                .add(Rule::on("/calendar", fault.clone()));
            self.sims.google.desk().add(Rule::on("/token", fault));
            self.ask(&Ask::post(&format!("/api/v1/integrations/connections/{id}/test")).by(&who));
            self.sync_all();
            self.sims.google.desk().clear();
        }
        self.look(&id);
        self.sims
            .google
            .desk()
            .add(Rule::on("/revoke", Fault::Garbage));
        self.ask(&Ask::post(&format!("/api/v1/integrations/connections/{id}/disconnect")).by(&who))
            .ok(200);
        self.sims.google.desk().clear();
        // And one more that stays connected, so that its tokens are in the database at the end.
        let (back, _) = self.consent("kept");
        self.ask(&Ask::get(&back).by(&who)).ok(303);
    }

    fn caldav(&mut self) {
        let who = self.cookie();
        self.sims
            .caldav_account("vera", DAV_PASSWORD, "Work", &["one", "two"]);
        let url = self.sims.caldav_url.clone();
        let connect = |url: &str, password: &str| {
            Ask::post("/api/v1/integrations/caldav/connect")
                .json(&json!({"url": url, "username": "vera", "password": password}))
        };
        self.ask(&connect(&url, WRONG_PASSWORD).by(&who)).ok(422);
        self.ask(&connect("http://127.0.0.1:9/", WRONG_PASSWORD).by(&who));
        self.ask(
            &connect(
                &url.replace("http://", &format!("http://vera:{WRONG_PASSWORD}@")),
                DAV_PASSWORD,
            )
            .by(&who),
        )
        .ok(422);
        for fault in [Fault::Garbage, Fault::HtmlLogin, Fault::Truncated] {
            self.sims.caldav.desk().add(Rule::on("/", fault));
            self.ask(&connect(&url, WRONG_PASSWORD).by(&who));
            self.sims.caldav.desk().clear();
        }
        let done = self
            .ask(&connect(&url, DAV_PASSWORD).by(&who))
            .ok(200)
            .json();
        self.look(&text(&done["connection"]["id"]));
        self.sync_all();
        self.sims.caldav.withdraw_password("vera").unwrap();
        self.sync_all();
        self.sims
            .caldav
            .change_password("vera", DAV_PASSWORD)
            .unwrap();
        self.ask(&connect(&url, DAV_PASSWORD).by(&who)).ok(200);
        self.sync_all();
    }

    fn sync_all(&mut self) {
        let who = self.cookie();
        let list = self
            .ask(&Ask::get("/api/v1/integrations/calendars").by(&who))
            .ok(200)
            .json();
        for calendar in list["items"].as_array().unwrap() {
            let target = format!(
                "/api/v1/integrations/calendars/{}/sync",
                text(&calendar["id"])
            );
            self.ask(&Ask::post(&target).by(&who));
        }
    }

    /// Everything there is to read about a connection.
    fn look(&mut self, id: &str) {
        let who = self.cookie();
        for path in [
            &format!("integrations/connections/{id}"),
            "integrations/connections",
            "integrations/calendars",
            "integrations/events",
            "integrations/health",
            "integrations/logs",
            "integrations/logs/export.csv",
            "integrations/providers",
            "jobs",
        ] {
            self.ask(&Ask::get(&format!("/api/v1/{path}")).by(&who))
                .ok(200);
        }
    }

    /// Secrets where they do not belong.
    fn failures(&mut self) {
        let key = String::from_utf8(self.secrets["API key"].clone()).unwrap();
        let who = self.cookie();
        self.ask(&Ask::get(&format!("/api/v1/clients?cursor={key}")).by(&who));
        self.ask(&Ask::get(&format!("/api/v1/clients?token={key}")).by(&who));
        self.ask(&Ask::get(&format!("/api/v1/clients/{key}")).by(&who));
        self.ask(&Ask::get(&format!("/{key}")));
        self.ask(&Ask::get("/api/v1/me").header(
            "authorization",
            &format!("Basic {}", STANDARD.encode(format!("vera:{PASSWORD}"))),
        ));
        self.ask(&Ask::get("/api/v1/me").header("authorization", &format!("Bearer {key}x")));
        self.ask(&Ask::get("/api/v1/me").header("cookie", &format!("{who}x; daybook={PASSWORD}")));
        let patch = Ask::new("PATCH", "/api/v1/me")
            .json(&json!({"current_password": WRONG_PASSWORD, "new_password": PASSWORD}));
        self.ask(&patch.by(&who));
        let patch = Ask::new("PATCH", "/api/v1/me").json(&json!({"current_password": [PASSWORD]}));
        self.ask(&patch.by(&who));
        let over = Ask::post("/api/v1/integrations/google/callback")
            .json(&json!({"code": PASSWORD, "state": PASSWORD, "x": PASSWORD}));
        self.ask(&over.by(&who));
    }

    /// The command line, and a backup; what they say.
    fn commands(&mut self) -> Places {
        let backup = self
            .server
            .folder
            .path()
            .join("backup.db")
            .display()
            .to_string();
        let runs: &[&[&str]] = &[
            &["config", "show"],
            &["config", "show", "--json"],
            &["config", "check"],
            &["config", "default"],
            &["doctor"],
            &["doctor", "--json"],
            &["jobs", "list", "--json"],
            &["tokens", "refresh"],
            &["keys", "rotate"],
            &["backup", &backup],
            &["migrate"],
            &["openapi"],
        ];
        let mut places = Places::new();
        for args in runs {
            let run = self.server.cli(args, "");
            let said = [run.stdout, run.stderr].concat();
            assert!(!said.is_empty(), "{args:?} said nothing");
            places.insert(format!("daybook {}", args.join(" ")), said);
        }
        let metrics = self.server.send(&Ask::get("/metrics")).ok(200);
        places.insert("metrics".into(), metrics.text.into_bytes());
        places
    }

    /// The tokens that the providers issued, and the verifiers they were sent; how many.
    fn wire_secrets(&mut self) -> usize {
        let record = self.sims.record.lock().unwrap().join("\n");
        let mut found = 0;
        for name in ["access_token", "refresh_token", "id_token"] {
            for part in record.split(&format!("\"{name}\":\"")).skip(1) {
                let token = part.split('"').next().unwrap();
                self.secrets
                    .insert(format!("{name} {found}"), token.as_bytes().to_vec());
                found += 1;
            }
        }
        for part in record.split("code_verifier=").skip(1) {
            let verifier = part.split(['&', '\n']).next().unwrap();
            self.secrets
                .insert(format!("verifier {found}"), verifier.as_bytes().to_vec());
            found += 1;
        }
        found
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// A secret as it is, in base64 (all three offsets, both alphabets), in hex, percent-encoded, and escaped for JSON.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![secret.to_vec()];
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for offset in 0..3 {
            let mut shifted = vec![0; offset];
            shifted.extend_from_slice(secret);
            // Only the letters that the secret alone decides.
            let text = engine.encode(&shifted);
            let from = (offset * 8).div_ceil(6);
            let to = shifted.len() * 8 / 6;
            all.push(text.as_bytes()[from..to].to_vec());
        }
    }
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    all.push(hex.to_uppercase().into_bytes());
    all.push(hex.into_bytes());
    let percent: String = secret.iter().map(|byte| format!("%{byte:02X}")).collect();
    all.push(percent.into_bytes());
    all.push(
        url::form_urlencoded::byte_serialize(secret)
            .collect::<String>()
            .into_bytes(),
    );
    all.push(
        String::from_utf8_lossy(secret)
            .replace('/', "\\/")
            .into_bytes(),
    );
    all.push(
        format!("{secret:?}")
            .trim_matches(['[', ']'])
            .to_owned()
            .into_bytes(),
    );
    all.sort();
    all.dedup();
    all
}

fn search(places: &Places, secrets: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut needles: BTreeMap<[u8; 4], Vec<(&str, Vec<u8>)>> = BTreeMap::new();
    let mut begins = vec![false; 1 << 16];
    for (name, secret) in secrets {
        for needle in spellings(secret) {
            begins[usize::from(needle[0]) << 8 | usize::from(needle[1])] = true;
            needles
                .entry([needle[0], needle[1], needle[2], needle[3]])
                .or_default()
                .push((name, needle));
        }
    }
    let mut hits = Vec::new();
    for (place, bytes) in places {
        for at in 0..bytes.len().saturating_sub(3) {
            if !begins[usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])] {
                continue;
            }
            let head = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            for (name, needle) in needles.get(&head).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    let shown =
                        &bytes[at.saturating_sub(160)..(at + needle.len() + 20).min(bytes.len())];
                    hits.push(format!(
                        "{name} in {place}: …{}",
                        String::from_utf8_lossy(shown)
                    ));
                }
            }
        }
    }
    hits.sort();
    hits.dedup();
    hits
}
