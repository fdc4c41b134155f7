//! Tenant isolation on every operation (R9; RELIABILITY §3 rows 1 and 2).
//!
//! The matrix is made from the OpenAPI document of the running server: every operation, asked by everybody who must not
//! reach the victim's things, with the victim's real ids in every place where an id can be. It fails when an operation or
//! an id has no builder here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kit::database::{Database, Rows, difference};
use super::kit::document::{Document, Operation};
use super::kit::server::text;
use super::kit::{Answer, Ask, Server, Sims, free_port};

/// In whatever only the victim may see.
const PRIVATE: &str = "zqx-private-ledger";
/// In what the victim's own workspace shares.
const SHARED: &str = "zqx-shared-roof";

/// What somebody has, by what it is.
type Things = BTreeMap<&'static str, String>;

/// How somebody stands towards the victim's things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Credentials that are missing or over: 401 everywhere.
    Nobody,
    /// The owner of another workspace.
    Outsider,
    /// A plain member of the victim's workspace.
    Member,
    /// The victim's own key, which may only read.
    ReadOnly,
}

struct Identity {
    name: &'static str,
    standing: Standing,
    /// Several credentials of the same kind, taken in turn, so that rate limits stay out of the way.
    credentials: Vec<String>,
}

struct World {
    server: Server,
    /// Kept running.
    _sims: Sims,
    document: Document,
    database: Database,
    victim: Things,
    workspace: String,
    /// The victim's own key.
    owner: String,
    mallory: Things,
    identities: Vec<Identity>,
    asked: usize,
}

/// One request of the matrix: what was put where.
struct Case {
    place: String,
    ask: Ask,
    /// The victim's ids in it.
    given: Vec<String>,
}

#[test]
fn nobody_reaches_what_is_not_theirs() {
    let mut world = World::build();
    let operations = world.document.operations.clone();
    let (mut asked, mut leaks) = (0, Vec::new());
    let mut places = 0;
    for identity in std::mem::take(&mut world.identities) {
        let mut before = world.rows();
        for operation in &operations {
            let cases = world.cases(operation, identity.standing);
            places = places.max(cases.len());
            for case in cases {
                let answer = world.ask(&identity, &case);
                asked += 1;
                let verdict = world.judge(identity.standing, operation, &case, &answer);
                let after = world.rows();
                let change = difference(&before, &after);
                before = after;
                let change = change.filter(|_| !may_change(identity.standing, operation));
                for wrong in [verdict.err(), change].into_iter().flatten() {
                    leaks.push(format!(
                        "{} · {} · {}: {} {wrong}",
                        identity.name,
                        operation.name(),
                        case.place,
                        answer.status
                    ));
                }
            }
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
    let ids: usize = operations
        .iter()
        .map(|one| one.path_parameters.len() + one.query_ids.len() + one.body_ids.len())
        .sum();
    println!(
        "isolation: {} operations x 9 identities, {ids} places for ids, {asked} requests, 0 leaks, 0 changes",
        operations.len()
    );
    assert!(asked > 900 && ids > 60, "{asked} requests, {ids} places");
}

/// The matrix would notice: the owner's answers, taken for an attacker's, are leaks, and a real change is a difference.
#[test]
fn the_matrix_has_teeth() {
    let mut world = World::build();
    let operations = world.document.operations.clone();
    let mut noticed = 0;
    for operation in &operations {
        if !operation.is_read() || !operation.path.contains("{id}") {
            continue;
        }
        for case in world.cases(operation, Standing::Outsider) {
            let answer = world.server.send(&case.ask.clone().by(&world.owner));
            assert_eq!(answer.status, 200, "{}: {}", operation.name(), answer.text);
            let verdict = world.judge(Standing::Outsider, operation, &case, &answer);
            assert!(verdict.is_err(), "{} would leak unseen", operation.name());
            noticed += 1;
        }
    }
    assert!(noticed >= 8, "{noticed}");
    let before = world.rows();
    let target = format!("/api/v1/clients/{}", world.victim["client"]);
    let patch = Ask::new("PATCH", &target).json(&json!({"notes": "changed"}));
    world.server.send(&patch.by(&world.owner)).ok(200);
    let seen = difference(&before, &world.rows());
    assert!(seen.is_some_and(|text| text.starts_with("client:")));
}

/// A path of the document takes no method that the document does not list: nothing is routed behind its back.
#[test]
fn no_route_hides_behind_a_known_path() {
    let server = Server::start(&[("DAYBOOK_TRUSTED_PROXIES".into(), "127.0.0.1/32".into())]);
    server.set_up("vera@victim.example", "Victim Works");
    let document = Document::read(&server);
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in &document.operations {
        let target = operation.target(|name| match name {
            "provider" => "google".to_owned(),
            _ => "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012".to_owned(),
        });
        known
            .entry(target)
            .or_default()
            .push(operation.method.to_uppercase());
    }
    let (paths, mut refused) = (known.len(), 0);
    for (target, methods) in &known {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECTX"] {
            if methods.iter().any(|known| known == method) {
                continue;
            }
            let from = format!("198.51.100.{}", refused % 200);
            let answer = server.send(&Ask::new(method, target).header("x-forwarded-for", &from));
            // A fixed path may also fit another one's parameter, whose methods it then takes.
            let other = document
                .operations
                .iter()
                .any(|one| one.method.eq_ignore_ascii_case(method) && fits(&one.path, target));
            if other {
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {target}: {}", answer.text);
            let mut allowed: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
            allowed.retain(|name| *name != "HEAD" && !name.is_empty());
            for name in &allowed {
                assert!(
                    methods.iter().any(|known| known == name),
                    "{target} also takes {name}"
                );
            }
            refused += 1;
        }
    }
    println!("routes: {paths} paths, {refused} undocumented methods, all refused with 405");
}

fn fits(template: &str, target: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), target.split('/').collect());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{'))
}

impl World {
    fn build() -> Self {
        let port = free_port();
        let sims = Sims::start(port, "secret");
        let mut env = sims.env();
        env.push(("DAYBOOK_TRUSTED_PROXIES".into(), "127.0.0.1/32".into()));
        // Without a worker nothing changes by itself.
        let server = Server::start_on(port, &env, &["--no-worker"]);
        let vera = server.set_up("vera@victim.example", "Victim Works");
        let mallory = server.person("mallory@evil.example", "Evil Works", "owner");
        let title = format!("{PRIVATE} talk");
        sims.caldav_account(
            "vera",
            "vera-app",
            &format!("{PRIVATE} calendar"),
            &[&title, &title],
        );
        sims.caldav_account("mallory", "mallory-app", "Evil", &["mine", "mine too"]);
        let mut victim = things(&server, &sims, &vera, "vera", (PRIVATE, SHARED));
        victim.insert(
            "google",
            sims.connect_google(&server, &vera, "ada@northwind.example"),
        );
        let own = things(&server, &sims, &mallory, "mallory", ("mine", "mine"));
        let (_, owner) = server.api_key(&vera, "owner", "admin");
        let identities = identities(&server, &vera, &mallory, &mut victim);
        let workspace = text(&server.read(&owner, "/api/v1/workspace")["id"]);
        let document = Document::read(&server);
        let database = Database::open(&server.data().join("daybook.db"));
        Self {
            server,
            _sims: sims,
            document,
            database,
            victim,
            workspace,
            owner,
            mallory: own,
            identities,
            asked: 0,
        }
    }

    fn rows(&mut self) -> Rows {
        self.database.workspace(&self.workspace)
    }

    fn ask(&mut self, identity: &Identity, case: &Case) -> Answer {
        self.asked += 1;
        let turn = if case.ask.target.ends_with("/logout") {
            0
        } else {
            self.asked
        };
        let who = &identity.credentials[turn % identity.credentials.len()];
        let from = format!("198.51.{}.{}", self.asked / 250 % 250, self.asked % 250);
        let ask = case.ask.clone().by(who).header("x-forwarded-for", &from);
        let answer = self.server.send(&ask);
        // Wrong passwords have a limit of their own.
        assert!(
            answer.status != 429 || case.ask.target.ends_with("/auth/login"),
            "{}: {}",
            identity.name,
            case.place
        );
        answer
    }

    /// Every request with which this operation could be turned against the victim.
    fn cases(&self, operation: &Operation, standing: Standing) -> Vec<Case> {
        let own = if standing == Standing::Outsider {
            &self.mallory
        } else {
            &self.victim
        };
        let body = operation.body.as_deref().map(|schema| {
            body_of(schema, own)
                .unwrap_or_else(|| panic!("no body for {schema} of {}", operation.name()))
        });
        let request = |things: &Things, body: Option<&Value>, query: &str| {
            let target = operation.target(|name| {
                id_in_path(&operation.path, name, things)
                    .unwrap_or_else(|| panic!("no builder for {name} of {}", operation.name()))
            });
            let ask = Ask::new(&operation.method, &format!("{target}{query}"));
            match body {
                Some(body) => ask.json(body),
                None => ask,
            }
        };
        let given = |operation: &Operation| {
            let ids = operation.path_parameters.iter();
            ids.filter_map(|name| id_in_path(&operation.path, name, &self.victim))
                .collect::<Vec<_>>()
        };
        let mut cases = vec![Case {
            place: "path".to_owned(),
            ask: request(&self.victim, body.as_ref(), ""),
            given: given(operation),
        }];
        if operation.path.ends_with("/slack/time-entry") {
            // An entry of one's own for a client that all share: it would rightly be in the lists that are asked for afterwards.
            return Vec::new();
        }
        if standing == Standing::Outsider && makes_own_entries(&operation.path) {
            // Their own event: turned into an entry here, it would be answered as it is ever after.
            cases.clear();
        }
        for name in &operation.query_ids {
            let id = id_named(name, &self.victim)
                .unwrap_or_else(|| panic!("no builder for ?{name} of {}", operation.name()));
            cases.push(Case {
                place: format!("?{name}"),
                ask: request(own, body.as_ref(), &format!("?{name}={id}")),
                given: vec![id],
            });
        }
        for pointer in &operation.body_ids {
            let name = pointer.rsplit('/').next().unwrap();
            let id = id_named_in(operation, name, &self.victim)
                .unwrap_or_else(|| panic!("no builder for {pointer} of {}", operation.name()));
            let mut changed = body.clone().unwrap();
            put(&mut changed, pointer, &id);
            let mut given = vec![id];
            given.extend(given_in_path(operation, own));
            cases.push(Case {
                place: pointer.clone(),
                ask: request(own, Some(&changed), ""),
                given,
            });
        }
        cases
    }

    /// Whether the answer is one that this person may get.
    fn judge(
        &self,
        standing: Standing,
        operation: &Operation,
        case: &Case,
        answer: &Answer,
    ) -> Result<(), String> {
        let status = answer.status;
        if status == 500 {
            return Err(format!("the server failed: {}", answer.text));
        }
        let all = format!("{:?} {}", answer.headers, answer.text);
        if standing != Standing::ReadOnly && all.contains(PRIVATE) {
            return Err(format!("private words in the answer: {}", answer.text));
        }
        if matches!(standing, Standing::Outsider | Standing::Nobody) {
            if all.contains(SHARED) {
                return Err(format!(
                    "the workspace's words in the answer: {}",
                    answer.text
                ));
            }
            let mut foreign = self
                .victim
                .values()
                .filter(|id| !case.given.contains(id) && id.len() == 36);
            if let Some(id) = foreign.find(|id| all.contains(*id)) {
                return Err(format!("the victim's id {id} in the answer"));
            }
        }
        let allowed = allowed(standing, operation, case);
        let fits = match allowed {
            Allowed::Only(statuses) => statuses.contains(&status),
            Allowed::EmptyOr(statuses) => {
                statuses.contains(&status)
                    || (status == 200 && answer.json()["items"] == json!([]))
                    || (status == 200 && answer.json()["groups"] == json!([]))
                    || (status == 200 && operation.path.ends_with("export.csv"))
            }
            Allowed::Refused => {
                status == 200
                    && answer.json()["items"].as_array().is_some_and(|items| {
                        items
                            .iter()
                            .all(|item| item["status"] == "refused" && item["time_entry"].is_null())
                    })
            }
            Allowed::Anything => true,
        };
        if fits {
            Ok(())
        } else {
            Err(format!(
                "unexpected: {}",
                &answer.text[..answer.text.len().min(200)]
            ))
        }
    }
}

/// What may come back.
enum Allowed {
    Only(&'static [u16]),
    /// An empty list, or one of these.
    EmptyOr(&'static [u16]),
    /// A bulk answer that refuses every item.
    Refused,
    /// Whatever it is, it is the asker's own business.
    Anything,
}

fn allowed(standing: Standing, operation: &Operation, case: &Case) -> Allowed {
    let name = operation.name();
    let in_path = case.place == "path";
    let has_id = operation.path.contains("{id}") || operation.path.contains("_id}");
    match standing {
        Standing::Nobody if operation.is_public => Allowed::Anything,
        Standing::Nobody => Allowed::Only(&[401]),
        Standing::ReadOnly if operation.is_public => Allowed::Anything,
        Standing::ReadOnly if ASKED_BY_POST.contains(&name.as_str()) => Allowed::Only(&[200]),
        Standing::ReadOnly if !operation.is_read() || name.ends_with("/authorize") => {
            Allowed::Only(&[403])
        }
        Standing::ReadOnly if ADMIN_READS.contains(&name.as_str()) => Allowed::Only(&[403]),
        Standing::ReadOnly => Allowed::Only(&[200]),
        Standing::Outsider if in_path && has_id => Allowed::Only(&[404]),
        Standing::Outsider if in_path => Allowed::Anything,
        Standing::Outsider if case.place.starts_with('?') => Allowed::EmptyOr(&[404, 422]),
        Standing::Outsider if is_bulk(&name) => Allowed::Refused,
        Standing::Outsider => Allowed::Only(&[404, 422]),
        Standing::Member
            if in_path
                && operation.is_read()
                && !has_id
                && !ADMIN_READS.contains(&name.as_str()) =>
        {
            Allowed::Anything
        }
        Standing::Member if operation.is_public || MEMBERS_MAY.contains(&name.as_str()) => {
            Allowed::Anything
        }
        Standing::Member if is_bulk(&name) => Allowed::Refused,
        Standing::Member if case.place.starts_with('?') => Allowed::EmptyOr(&[403, 404]),
        Standing::Member if in_path && has_id => Allowed::Only(&[403, 404]),
        // What names another member's thing does so in its body.
        Standing::Member if in_path => Allowed::Only(&[403, 404, 422]),
        Standing::Member => Allowed::Only(&[403, 404, 422]),
    }
}

/// Operations that make entries of events which their body names.
fn makes_own_entries(path: &str) -> bool {
    path.contains("/events/convert") || path.ends_with("/drafts/log")
}

/// Operations that answer for each item by itself.
fn is_bulk(name: &str) -> bool {
    ["/convert-bulk", "/drafts/log", "/time-entries/bulk"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Reads for owners and admins with the scope `admin`.
const ADMIN_READS: &[&str] = &[
    "get /api/v1/workspace/invitations",
    "get /api/v1/workspace/invitations/{id}",
    "get /api/v1/jobs",
    "get /api/v1/rates",
    "get /api/v1/rates/{id}",
    "get /api/v1/workspace/billing",
    "get /api/v1/workspace/billing/logo",
];

/// Questions that need a body: they change nothing, and a key that may read may ask them.
pub const ASKED_BY_POST: &[&str] = &[
    "post /api/calendar-configurations/{id}/check_availability",
    "post /api/v1/availability",
    "post /api/v1/calendar-configurations/{id}/check_availability",
    "post /api/v1/integrations/calendars/{id}/billing-filters/preview",
    "post /api/v1/time-rules/preview",
];

/// What any member may do in the workspace: their own things, and see and make the clients and projects that all share.
/// Everything else that names another member's thing is refused.
const MEMBERS_MAY: &[&str] = &[
    "post /api/v1/api-keys",
    "post /api/v1/blocks",
    "post /api/v1/clients",
    "get /api/v1/clients/{id}",
    "get /api/v1/clients/{id}/billing",
    "post /api/v1/integrations/apple/connect",
    "post /api/v1/integrations/caldav/connect",
    "post /api/v1/integrations/oauth/callback",
    "post /api/v1/integrations/oauth/initiate",
    "delete /api/v1/integrations/slack/link",
    "post /api/v1/integrations/slack/link",
    "put /api/v1/integrations/slack/preferences",
    "post /api/v1/integrations/slack/time-entry",
    "get /api/v1/integrations/{provider}/authorize",
    "post /api/v1/integrations/{provider}/callback",
    "patch /api/v1/me",
    "put /api/v1/me/notifications",
    "post /api/v1/projects",
    "get /api/v1/projects/{id}",
    "get /api/v1/projects/{id}/budget",
    "post /api/v1/time-entries",
    "post /api/v1/time-entries/quick",
    "post /api/v1/time-entries/timer",
    "delete /api/v1/time-entries/timer",
    "post /api/v1/time-entries/timer/stop",
    "get /api/v1/time-rules/{id}",
    "post /api/v1/time-rules/preview",
    "get /api/v1/workspace/members/{id}",
];

/// Members change what is shared, and have things of their own; nobody else changes anything here.
fn may_change(standing: Standing, operation: &Operation) -> bool {
    standing == Standing::Member && MEMBERS_MAY.contains(&operation.name().as_str())
}

/// Waits for a key to run out, however long the machine took for everything else.
fn until_refused(server: &Server, key: &str) {
    for _ in 0..1200 {
        if server.send(&Ask::new("GET", "/api/v1/me").by(key)).status == 401 {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    panic!("the key never expired");
}

fn identities(server: &Server, vera: &str, mallory: &str, victim: &mut Things) -> Vec<Identity> {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(6);
    let body = json!({"name": "short", "scopes": ["admin"], "expires_at": soon.to_string()});
    let expired = text(&server.make(vera, "/api/v1/api-keys", &body, 201)["key"]);
    let low = server.invite(vera, "low@victim.example", "member");
    let (removed, id) = server.invite(vera, "gone@victim.example", "admin");
    let (_, removed_key) = server.api_key(&removed, "of somebody gone", "admin");
    let gone = Ask::new("DELETE", &format!("/api/v1/workspace/members/{id}"));
    server.send(&gone.by(vera)).ok(204);
    let (id, revoked) = server.api_key(vera, "revoked", "admin");
    let revoke = Ask::new("DELETE", &format!("/api/v1/api-keys/{id}"));
    server.send(&revoke.by(vera)).ok(204);
    let over = server.log_in("vera@victim.example");
    server
        .send(&Ask::post("/api/v1/auth/logout").by(&over))
        .ok(204);
    let several = |who: &str, scope: &str| -> Vec<String> {
        (0..4)
            .map(|_| server.api_key(who, "several", scope).1)
            .collect()
    };
    victim.insert(
        "member",
        text(&server.read(vera, "/api/v1/me")["member_id"]),
    );
    victim.insert("invitation", invitation(server, vera));
    until_refused(server, &expired);
    let nobody = |name, credential: &str| Identity {
        name,
        standing: Standing::Nobody,
        credentials: vec![credential.to_owned()],
    };
    let known = |name, standing, credentials| Identity {
        name,
        standing,
        credentials,
    };
    let mut outsider = several(mallory, "admin");
    outsider.push(mallory.to_owned());
    let mut member = several(&low.0, "admin");
    member.push(low.0.clone());
    vec![
        nobody("anonymous", ""),
        nobody("revoked key", &revoked),
        nobody("session after sign-out", &over),
        nobody("session of a removed member", &removed),
        nobody("key of a removed member", &removed_key),
        nobody("expired key", &expired),
        known("owner of another workspace", Standing::Outsider, outsider),
        known("read-only key", Standing::ReadOnly, several(vera, "read")),
        known("plain member", Standing::Member, member),
    ]
}

fn invitation(server: &Server, owner: &str) -> String {
    let body = json!({"email": format!("{PRIVATE}@victim.example"), "role": "member"});
    text(&server.make(owner, "/api/v1/workspace/invitations", &body, 201)["id"])
}

/// A finalised invoice with a payment.
fn invoice(server: &Server, who: &str, client: &str, private: &str) -> String {
    let billing = json!({"address": {"city": "Bern", "country": "CH"}, "tax_id": "12-34"});
    let ask = Ask::new("PATCH", "/api/v1/workspace/billing").json(&billing);
    server.send(&ask.by(who)).ok(200);
    let ask = Ask::new("PATCH", &format!("/api/v1/clients/{client}/billing"));
    let ask = ask.json(&json!({"address": {"country": "FR"}, "reference": "PO 7"}));
    server.send(&ask.by(who)).ok(200);
    let lines = json!([{"description": format!("{private} line"), "price_minor": 1000}]);
    let draft = json!({"client_id": client, "lines": lines});
    let id = text(&server.make(who, "/api/v1/invoices", &draft, 201)["id"]);
    server.make(
        who,
        &format!("/api/v1/invoices/{id}/finalize"),
        &json!({}),
        200,
    );
    id
}

fn payment(server: &Server, who: &str, invoice: &str) -> String {
    let path = format!("/api/v1/invoices/{invoice}/pay");
    let paid = server.make(who, &path, &json!({"amount_minor": 1}), 200);
    text(&paid["payments"][0]["id"])
}

/// One of everything, belonging to `who`.
fn things(
    server: &Server,
    sims: &Sims,
    who: &str,
    user: &str,
    (private, shared): (&str, &str),
) -> Things {
    let mut things = Things::new();
    let make = |path: &str, body: &Value| {
        text(&server.make(who, &format!("/api/v1/{path}"), body, 201)["id"])
    };
    let connection = sims.connect_caldav(server, who, user, &format!("{user}-app"));
    let calendars = server.read(
        who,
        &format!("/api/v1/integrations/calendars?connection_id={connection}"),
    );
    let calendar = text(&calendars["items"][0]["id"]);
    things.insert(
        "external",
        text(&calendars["items"][0]["provider_details"]["external_id"]),
    );
    server.make(
        who,
        &format!("/api/v1/integrations/calendars/{calendar}/sync"),
        &json!({}),
        200,
    );
    let events = server.read(
        who,
        &format!("/api/v1/integrations/calendars/{calendar}/events"),
    );
    let event = |index: usize| text(&events["items"][index]["id"]);
    let convert = json!({"synced_event_id": event(0)});
    make("integrations/calendars/events/convert", &convert);
    things.insert("event", event(1));
    things.insert(
        "client",
        make("clients", &json!({"name": format!("{shared} client")})),
    );
    things.insert("invoice", invoice(server, who, &things["client"], private));
    things.insert("payment", payment(server, who, &things["invoice"]));
    things.insert(
        "project",
        make("projects", &json!({"name": format!("{shared} project")})),
    );
    let entry = json!({"description": format!("{private} work"), "started_at": "2026-06-01T08:00:00Z", "duration_minutes": 30});
    things.insert("entry", make("time-entries", &entry));
    let rate = json!({"hourly_minor": 1, "currency": "EUR", "to": "2020-01-01"});
    things.insert("rate", make("rates", &rate));
    let rule =
        json!({"name": format!("{shared} rule"), "conditions": {"titles": ["x"]}, "exclude": true});
    things.insert("rule", make("time-rules", &rule));
    let configuration = json!({"name": format!("{private} hours"), "calendar_ids": [calendar]});
    things.insert(
        "configuration",
        make("calendar-configurations", &configuration),
    );
    let block = json!({"title": format!("{private} lunch"), "start": "2026-06-01T10:00:00Z", "end": "2026-06-01T11:00:00Z"});
    things.insert("block", make("blocks", &block));
    things.insert(
        "key",
        server.api_key(who, &format!("{private} key"), "read").0,
    );
    things.insert(
        "job",
        text(&server.read(who, "/api/v1/jobs")["items"][0]["id"]),
    );
    things.insert("member", text(&server.read(who, "/api/v1/me")["member_id"]));
    things.insert("invitation", things["member"].clone());
    things.insert("connection", connection);
    things.insert("calendar", calendar);
    assert!(things.values().all(|id| !id.is_empty()), "{things:?}");
    things
}

/// The id that belongs in a parameter of this path.
fn id_in_path(path: &str, name: &str, things: &Things) -> Option<String> {
    let kind = match name {
        "provider" if path.contains("calendar") => return Some("caldav".to_owned()),
        "provider" => return Some("google".to_owned()),
        // A credential, not an id: guessing it is what the other suites are about.
        "token" => return Some("0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned()),
        // The week of the entry.
        "week" => return Some("2026-06-01".to_owned()),
        "member_id" => "member",
        "calendar_id" => "calendar",
        "event_id" => "event",
        "payment_id" => "payment",
        "connection_id" if things.contains_key("google") => "google",
        "connection_id" => "connection",
        "id" => {
            let kinds = [
                ("/api-keys/", "key"),
                ("/invoices/", "invoice"),
                ("/clients/", "client"),
                ("/projects/", "project"),
                ("/time-entries/", "entry"),
                ("/time-rules/", "rule"),
                ("/rates/", "rate"),
                ("/calendar-configurations/", "configuration"),
                ("/blocks/", "block"),
                ("/connections/", "connection"),
                ("/integrations/calendars/", "calendar"),
                ("/integrations/calendar/", "calendar"),
                ("/calendars/", "calendar"),
                ("/jobs/", "job"),
                ("/invitations/", "invitation"),
                ("/members/", "member"),
            ];
            kinds
                .iter()
                .find(|(part, _)| path.contains(part))
                .map(|(_, kind)| *kind)?
        }
        _ => return None,
    };
    things.get(kind).cloned()
}

fn given_in_path(operation: &Operation, things: &Things) -> Vec<String> {
    let names = operation.path_parameters.iter();
    names
        .filter_map(|name| id_in_path(&operation.path, name, things))
        .collect()
}

/// The id that belongs in a query parameter or field of this name.
fn id_named(name: &str, things: &Things) -> Option<String> {
    let kind = match name {
        "connection_id" => "connection",
        "calendar_id" => "calendar",
        "client_id" | "default_client_id" => "client",
        "project_id" | "default_project_id" => "project",
        "member_id" => "member",
        "synced_event_id" | "event_id" => "event",
        "rule_id" => "rule",
        _ => return None,
    };
    things.get(kind).cloned()
}

/// As [`id_named`]; where an operation takes the provider's id of a calendar, that one.
fn id_named_in(operation: &Operation, name: &str, things: &Things) -> Option<String> {
    if operation.body.as_deref() == Some("SelectInput") && name == "calendar_id" {
        return things.get("external").cloned();
    }
    id_named(name, things)
}

fn put(body: &mut Value, pointer: &str, id: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = json!(id);
}

/// A body that would be taken, naming only `own` things.
pub fn body_of(schema: &str, own: &Things) -> Option<Value> {
    let id = |kind: &str| own.get(kind).cloned().unwrap_or_default();
    Some(match schema {
        "ForgotInput" => json!({"email": "nobody@elsewhere.example"}),
        "ResetInput" => json!({"token": "nonsense", "password": "a quite long password"}),
        "ApiKeyInput" => json!({"name": "k", "scopes": ["read"]}),
        "AcceptInput" => json!({"name": "x", "password": "a quiet river bend"}),
        "LoginInput" => json!({"email": "nobody@test.example", "password": "wrong password here"}),
        "SetupInput" => {
            json!({"email": "s@test.example", "password": "a quiet river bend", "name": "S", "workspace_name": "S"})
        }
        "ClientInput" => json!({"name": "c"}),
        "ClientPatch" => json!({"notes": "n"}),
        "InvoiceInput" => json!({"client_id": id("client")}),
        "InvoicePatch" => json!({"notes": "n"}),
        "PaymentInput" => json!({"amount_minor": 1}),
        "SendInput" => json!({"by_hand": true}),
        "VoidInput" => json!({"reason": "r"}),
        "FinalizeInput" => json!({}),
        "CreditNoteInput" => json!({}),
        "BillingPatch" => json!({"notes": "n"}),
        "ClientBillingPatch" => json!({"reference": "r"}),
        "LogoInput" => json!({"data": "AAAA"}),
        // Nothing listens there: connecting fails before anything is stored.
        "AppleInput" => json!({"username": "", "password": ""}),
        "CaldavInput" => json!({"url": "http://127.0.0.1:9/", "username": "u", "password": "p"}),
        "ConvertInput" => json!({"synced_event_id": id("event")}),
        "ConvertBulkInput" => json!({"items": [{"synced_event_id": id("event")}]}),
        "BillingPreviewInput" => json!({"billing_filters": {"exclude": {"titles": ["x"]}}}),
        "CalendarPatch" => json!({"sync_interval_minutes": 45}),
        "EventInput" => event_body(),
        "EventBatchInput" => json!({"items": [event_body()]}),
        "EventPatch" => json!({"summary": "s"}),
        "RespondInput" => json!({"response": "declined"}),
        "EntryEventInput" => json!({"calendar_id": id("calendar")}),
        "MoveInput" => json!({"calendar_id": id("calendar")}),
        "EnableInput" => json!({"enabled": false}),
        "OauthCallbackInput" => {
            json!({"provider": "google", "integration_type": "calendar", "code": "c", "state": "s"})
        }
        "CallbackInput" => json!({"code": "c", "state": "s"}),
        "InitiateInput" => json!({"provider": "google", "integration_type": "calendar"}),
        "SelectInput" => json!({"calendar_id": id("external")}),
        "MePatch" => json!({"locale": "en"}),
        "ProjectInput" => json!({"name": "p"}),
        "ProjectPatch" => json!({"name": "p2"}),
        "TimeEntryInput" => {
            json!({"description": "d", "started_at": "2026-06-01T08:00:00Z", "duration_minutes": 5})
        }
        "TimeEntryPatch" => json!({"description": "d2"}),
        "ConfigurationInput" => json!({"calendar_ids": [id("calendar")]}),
        "ConfigurationPatch" => json!({"duration": 45}),
        "CheckInput" => json!({"date": "2026-06-01"}),
        "AvailabilityInput" => {
            json!({"participants": [{"member_id": id("member")}], "duration_minutes": 30,
                "query_periods": [{"start": "2026-06-01T08:00:00Z", "end": "2026-06-01T18:00:00Z"}]})
        }
        "BlockInput" => {
            json!({"title": "b", "start": "2026-06-02T10:00:00Z", "end": "2026-06-02T11:00:00Z"})
        }
        "BlockPatch" => json!({"title": "b2"}),
        "RateInput" => json!({"project_id": id("project"), "hourly_minor": 1, "currency": "EUR"}),
        "RatePatch" => json!({"hourly_minor": 2}),
        "TimeRuleInput" => {
            json!({"name": "r", "conditions": {"titles": ["x"]}, "project_id": id("project")})
        }
        "TimeRulePatch" => json!({"name": "r2"}),
        "TimerInput" => json!({"description": "t"}),
        "QuickInput" => json!({"text": "5m: q"}),
        "SplitInput" => json!({"at": "2026-06-01T08:10:00Z"}),
        "MergeInput" => json!({"ids": [id("entry"), id("entry")]}),
        "DuplicateInput" => json!({}),
        "BulkInput" => json!({"action": "delete", "ids": [id("entry")]}),
        "FollowInput" => json!({"action": "keep"}),
        "DraftLogInput" => json!({}),
        "DraftsLogInput" => json!({"items": [{"event_id": id("event")}]}),
        "NotificationsInput" => {
            json!({"items": [{"kind": "approval_needed", "mail": false}], "daily_summary_time": "16:30"})
        }
        "SlackPreferencesInput" => json!({"daily_summary_time": "16:30"}),
        "SlackLinkInput" => json!({"token": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"}),
        "SlackTimeEntryInput" => json!({"duration": "30min", "description": "d"}),
        "RejectInput" | "WeekRejectInput" => json!({"reason": "r"}),
        "WorkspacePatch" => json!({"name": "w"}),
        "InvitationInput" => json!({"email": "i@test.example", "role": "member"}),
        "MemberPatch" => json!({"role": "admin"}),
        _ => return None,
    })
}

fn event_body() -> Value {
    json!({"summary": "s", "start_time": "2026-12-01T09:00:00Z", "end_time": "2026-12-01T10:00:00Z"})
}
