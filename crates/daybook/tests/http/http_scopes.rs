//! What a credential may do, by function (RELIABILITY §3 rows 3 and 6): scope and role against every operation, and fields
//! that nobody may set against every body.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http_isolation::{ASKED_BY_POST, body_of};
use super::kit::database::{Database, difference};
use super::kit::document::{Document, Operation};
use super::kit::server::text;
use super::kit::{Ask, Server};

/// An id of nothing.
const NOTHING: &str = "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012";

/// Operations that need the scope `admin` (and the role).
const ADMIN: &[&str] = &[
    "patch /api/v1/workspace",
    "patch /api/v1/workspace/members/{id}",
    "delete /api/v1/workspace/members/{id}",
    "get /api/v1/workspace/invitations",
    "post /api/v1/workspace/invitations",
    "get /api/v1/workspace/invitations/{id}",
    "delete /api/v1/workspace/invitations/{id}",
    "get /api/v1/jobs",
    "post /api/v1/jobs/{id}/retry",
    "post /api/v1/time-entries/{id}/approve",
    "post /api/v1/time-entries/{id}/reject",
    "post /api/v1/approvals/{member_id}/{week}/approve",
    "post /api/v1/approvals/{member_id}/{week}/reject",
    "get /api/v1/rates",
    "post /api/v1/rates",
    "get /api/v1/rates/{id}",
    "patch /api/v1/rates/{id}",
    "delete /api/v1/rates/{id}",
    "post /api/v1/time-rules",
    "patch /api/v1/time-rules/{id}",
    "delete /api/v1/time-rules/{id}",
    "get /api/v1/workspace/billing",
    "patch /api/v1/workspace/billing",
    "get /api/v1/workspace/billing/logo",
    "put /api/v1/workspace/billing/logo",
    "delete /api/v1/workspace/billing/logo",
    "patch /api/v1/clients/{id}/billing",
    "post /api/v1/invoices",
    "post /api/v1/invoices/preview",
    "patch /api/v1/invoices/{id}",
    "delete /api/v1/invoices/{id}",
    "post /api/v1/invoices/{id}/refresh",
    "post /api/v1/invoices/{id}/finalize",
    "post /api/v1/invoices/{id}/send",
    "post /api/v1/invoices/{id}/pay",
    "delete /api/v1/invoices/{id}/payments/{payment_id}",
    "post /api/v1/invoices/{id}/void",
    "post /api/v1/invoices/{id}/credit-note",
];

/// Operations that a key that writes may do, if its member keeps the books.
const BOOKS: &[&str] = &[
    "patch /api/v1/clients/{id}",
    "delete /api/v1/clients/{id}",
    "patch /api/v1/projects/{id}",
    "delete /api/v1/projects/{id}",
];

/// The scope an operation needs, 1 to 3; reviewed by hand, so that a new operation is safe until somebody thinks about it.
fn needed(operation: &Operation) -> usize {
    let name = operation.name();
    if operation.is_public {
        0
    } else if ADMIN.contains(&name.as_str()) {
        3
    } else if ASKED_BY_POST.contains(&name.as_str()) {
        1
    } else if !operation.is_read() || name.ends_with("/authorize") {
        2
    } else {
        1
    }
}

#[test]
fn a_key_does_what_its_scope_says() {
    let server = Server::start(&[]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let (member, _) = server.invite(&owner, "low@victim.example", "member");
    let document = Document::read(&server);
    let (mut cells, mut wrong) = (0, Vec::new());
    for (who, role) in [(&owner, 3), (&member, 2)] {
        for (scope, level) in [("read", 1), ("write", 2), ("admin", 3)] {
            let keys: Vec<String> = (0..2).map(|_| server.api_key(who, "k", scope).1).collect();
            for (index, operation) in document.operations.iter().enumerate() {
                let ask = ask(operation);
                let answer = server.send(&ask.by(&keys[index % keys.len()]));
                let needed = needed(operation);
                let may = level.min(if needed == 3 { role } else { 3 }) >= needed
                    && (role == 3 || !BOOKS.contains(&operation.name().as_str()));
                let refused = answer.status == 401 || answer.status == 403;
                // Setting up again, signing in with a wrong password: refused for reasons of their own.
                if needed > 0 && refused == may {
                    wrong.push(format!(
                        "{} with {scope}, role {role}: {} {}",
                        operation.name(),
                        answer.status,
                        answer.text
                    ));
                }
                assert!(answer.status != 429 || operation.path.ends_with("/auth/login"));
                cells += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "scopes: {} operations x 3 scopes x 2 roles = {cells} cells",
        document.operations.len()
    );
}

fn ask(operation: &Operation) -> Ask {
    let target = operation.target(|name| match name {
        // Not set up here: the answer is 503, never a page of a real provider.
        "provider" => "google".to_owned(),
        "token" => "nothing".to_owned(),
        "week" => "2026-06-01".to_owned(),
        _ => NOTHING.to_owned(),
    });
    let ask = Ask::new(&operation.method, &target);
    let things = BTreeMap::from([
        ("event", NOTHING.to_owned()),
        ("external", "nothing".to_owned()),
        ("calendar", NOTHING.to_owned()),
        ("member", NOTHING.to_owned()),
        ("client", NOTHING.to_owned()),
        ("entry", NOTHING.to_owned()),
        ("project", NOTHING.to_owned()),
    ]);
    match operation.body.as_deref() {
        // A name that never fits, so that nothing is made with the key under test.
        Some("InvitationInput") => ask.json(&json!({"email": "x", "role": "member"})),
        Some("BillingPatch") => ask.json(&json!({"number_pattern": "nonsense"})),
        Some("WorkspacePatch") => ask.json(&json!({"currency": "nonsense"})),
        Some(schema) => ask.json(&body_of(schema, &things).unwrap()),
        None => ask,
    }
}

/// An owner's key with `write` cannot touch what other members have: that takes `admin`.
#[test]
fn a_write_key_of_an_owner_does_not_manage_others() {
    let port = super::kit::free_port();
    let sims = super::kit::Sims::start(port, "s");
    let server = Server::start_on(port, &sims.env(), &["--no-worker"]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let (member, _) = server.invite(&owner, "low@victim.example", "member");
    sims.caldav_account("low", "low-app", "Low", &["one", "two"]);
    let connection = sims.connect_caldav(&server, &member, "low", "low-app");
    let calendars = server.read(&member, "/api/v1/integrations/calendars");
    let calendar = &calendars["items"][0];
    let id = text(&calendar["id"]);
    let external = text(&calendar["provider_details"]["external_id"]);
    let entry =
        json!({"description": "d", "started_at": "2026-06-01T08:00:00Z", "duration_minutes": 5});
    let entry = text(&server.make(&member, "/api/v1/time-entries", &entry, 201)["id"]);
    let hours = json!({"calendar_ids": [id]});
    let hours = text(&server.make(&member, "/api/v1/calendar-configurations", &hours, 201)["id"]);
    let block = json!({"start": "2026-06-01T08:00:00Z", "end": "2026-06-01T09:00:00Z"});
    let block = text(&server.make(&member, "/api/v1/blocks", &block, 201)["id"]);
    let (key_of_member, _) = server.api_key(&member, "k", "write");
    let (_, write) = server.api_key(&owner, "w", "write");
    let workspace = text(&server.read(&owner, "/api/v1/workspace")["id"]);
    let mut database = Database::open(&server.data().join("daybook.db"));
    let before = database.workspace(&workspace);
    let nothing = json!({});
    let tries = [
        (
            "PATCH",
            format!("integrations/calendars/{id}"),
            json!({"sync_interval_minutes": 45}),
        ),
        (
            "PUT",
            format!("integrations/calendars/{id}/enable"),
            json!({"enabled": false}),
        ),
        (
            "DELETE",
            format!("integrations/calendars/{id}"),
            nothing.clone(),
        ),
        (
            "POST",
            "integrations/caldav/select-calendar".into(),
            json!({"calendar_id": external}),
        ),
        (
            "POST",
            "integrations/caldav/select-calendar".into(),
            json!({"calendar_id": external, "connection_id": connection}),
        ),
        (
            "POST",
            format!("integrations/calendars/{id}/sync"),
            nothing.clone(),
        ),
        (
            "POST",
            format!("integrations/caldav/{id}/sync"),
            nothing.clone(),
        ),
        (
            "POST",
            format!("integrations/calendar/{id}/force-sync"),
            nothing.clone(),
        ),
        (
            "POST",
            format!("integrations/connections/{connection}/refresh"),
            nothing.clone(),
        ),
        (
            "POST",
            format!("integrations/connections/{connection}/disconnect"),
            nothing.clone(),
        ),
        (
            "PATCH",
            format!("time-entries/{entry}"),
            json!({"description": "changed"}),
        ),
        ("DELETE", format!("time-entries/{entry}"), nothing.clone()),
        (
            "PATCH",
            format!("calendar-configurations/{hours}"),
            json!({"duration": 45}),
        ),
        (
            "DELETE",
            format!("calendar-configurations/{hours}"),
            nothing.clone(),
        ),
        (
            "PATCH",
            format!("blocks/{block}"),
            json!({"title": "changed"}),
        ),
        ("DELETE", format!("blocks/{block}"), nothing.clone()),
        (
            "POST",
            format!("time-entries/{entry}/submit"),
            nothing.clone(),
        ),
        (
            "POST",
            format!("time-entries/{entry}/approve"),
            nothing.clone(),
        ),
        ("DELETE", format!("api-keys/{key_of_member}"), nothing),
    ];
    let mut wrong = Vec::new();
    for (method, path, body) in tries {
        let ask = Ask::new(method, &format!("/api/v1/{path}")).json(&body);
        let answer = server.send(&ask.by(&write));
        if !matches!(answer.status, 403 | 404 | 422) {
            wrong.push(format!(
                "{method} {path}: {} {}",
                answer.status, answer.text
            ));
        }
        if let Some(change) = difference(&before, &database.workspace(&workspace)) {
            wrong.push(format!("{method} {path}: {change}"));
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every body × every field of the answer and every field that means power: refused by name, and nothing changes.
#[test]
fn fields_that_nobody_may_set_are_refused() {
    const POWER: &[&str] = &[
        "role",
        "roles",
        "workspace_id",
        "id",
        "user_id",
        "member_id",
        "is_admin",
        "admin",
        "scope",
        "token",
        "token_hash",
        "password_hash",
        "access_token",
        "refresh_token",
        "status",
        "source",
        "created_at",
        "updated_at",
        "version",
        "disabled_at",
        "revoked_at",
        "key",
        "email_verified",
        "__proto__",
        "constructor",
    ];
    let server = Server::start(&[]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let document = Document::read(&server);
    let workspace = text(&server.read(&owner, "/api/v1/workspace")["id"]);
    let keys: Vec<String> = (0..36)
        .map(|_| server.api_key(&owner, "k", "admin").1)
        .collect();
    let mut database = Database::open(&server.data().join("daybook.db"));
    let before = database.workspace(&workspace);
    let (mut asked, mut wrong) = (0, Vec::new());
    for operation in document.operations.iter().filter(|one| one.body.is_some()) {
        let own = document.fields(operation.body.as_deref().unwrap());
        let mut names = operation.answer_fields.clone();
        names.extend(POWER.iter().map(|name| (*name).to_owned()));
        names.sort();
        names.dedup();
        for name in names.iter().filter(|name| !own.contains(name)) {
            let mut ask = ask(operation);
            let mut body: Value = serde_json::from_slice(&ask.body).unwrap();
            body[name.as_str()] = json!("owner");
            ask = Ask {
                body: body.to_string().into_bytes(),
                ..ask
            };
            // Only the first-run setup is closed before its body is looked at.
            let closed = operation.path.ends_with("/auth/setup")
                // A front end hands on whatever the provider sent; what is not code or state is ignored.
                || operation.path.ends_with("/callback");
            let answer = server.send(&ask.by(&keys[asked % keys.len()]));
            let pointed = answer.json()["errors"][0]["pointer"]
                .as_str()
                .map(str::to_owned);
            let by_name =
                answer.status == 422 && pointed.as_deref() == Some(format!("/{name}").as_str());
            if !(by_name || closed && answer.status >= 400) {
                wrong.push(format!(
                    "{} with {name}: {} {}",
                    operation.name(),
                    answer.status,
                    answer.text
                ));
            }
            asked += 1;
        }
    }
    let change = difference(&before, &database.workspace(&workspace));
    assert!(
        wrong.is_empty() && change.is_none(),
        "{change:?}\n{}",
        wrong.join("\n")
    );
    println!("mass assignment: {asked} fields refused by name, 0 changes");
    assert!(asked > 400, "{asked}");
}
