//! From approved time to a paid invoice, and everything that is refused on the way.

use daybook_domain::Clock;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::{Ask, Server};

struct Desk {
    server: Server,
    cookie: String,
    client: String,
    project: String,
}

impl Desk {
    async fn open() -> Self {
        let (server, ada) = Server::with_ada().await;
        let mut desk = Self {
            server,
            cookie: ada.cookie,
            client: String::new(),
            project: String::new(),
        };
        let client = desk
            .made("clients", json!({"name": "=Acme", "currency": "EUR"}))
            .await;
        desk.client = client["id"].as_str().unwrap().to_owned();
        let project = json!({"name": "Site", "client_id": desk.client, "hourly_rate_minor": 9_000});
        let project = desk.made("projects", project).await;
        desk.project = project["id"].as_str().unwrap().to_owned();
        desk
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> crate::support::Answer {
        let ask = Ask::new(method, &format!("/api/v1/{path}")).cookie(&self.cookie);
        let ask = if method == "GET" {
            ask
        } else {
            ask.json(&body)
        };
        self.server.send(ask).await
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.ask("POST", path, body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        answer.body
    }

    async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(method, path, body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    /// An approved entry.
    async fn entry(&self, day: &str, minutes: i64) -> String {
        let entry = json!({"description": "Design", "started_at": format!("{day}T09:00:00Z"), "duration_minutes": minutes, "project_id": self.project});
        let entry = self.made("time-entries", entry).await;
        let id = entry["id"].as_str().unwrap().to_owned();
        self.done("POST", &format!("time-entries/{id}/approve"), json!({}))
            .await;
        id
    }

    async fn status(&self, entry: &str) -> Value {
        self.done("GET", &format!("time-entries/{entry}"), Value::Null)
            .await["status"]
            .clone()
    }

    fn november(&self) -> Value {
        json!({"client_id": self.client, "period_start": "2026-11-01", "period_end": "2026-11-30"})
    }

    async fn draft(&self) -> String {
        let draft = self.made("invoices", self.november()).await;
        draft["id"].as_str().unwrap().to_owned()
    }

    async fn by_hand(&self) -> String {
        let body = json!({"client_id": self.client, "issued_on": "2026-11-20", "lines": [{"description": "Hosting", "price_minor": 10_000}]});
        let draft = self.made("invoices", body).await;
        draft["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn reminders_are_days_in_order() {
    let desk = Desk::open().await;
    let billing = desk.done("GET", "workspace/billing", Value::Null).await;
    assert_eq!(billing["reminder_days"], json!([]), "off unless it is set");
    let days = |days: Value| desk.ask("PATCH", "workspace/billing", json!({"reminder_days": days}));
    let set = days(json!([30, 7, 14, 7])).await;
    assert_eq!(
        set.body["reminder_days"],
        json!([7, 14, 30]),
        "{}",
        set.text
    );
    for bad in [json!([0]), json!([366]), json!(vec![1; 11])] {
        days(bad).await.refuses(&["/reminder_days"]);
    }
}

#[tokio::test]
async fn time_becomes_a_paid_invoice() {
    let desk = Desk::open().await;
    let (first, second) = (
        desk.entry("2026-11-03", 50).await,
        desk.entry("2026-11-30", 75).await,
    );
    let outside = desk.entry("2026-12-01", 60).await;
    let billing = json!({"legal_name": "Ada & Co", "address": {"line1": "Main 1", "city": "Bern", "country": "CH"}, "tax_id": "CHE-123.456.789 MWST",
        "iban": "CH93 0076 2011 6238 5295 7", "bic": "ubswchzh80a", "tax": {"rate": "8.1"}, "number_pattern": "RE-{YYYY}-{NNN}", "payment_terms_days": 14});
    let billing = desk.done("PATCH", "workspace/billing", billing).await;
    assert_eq!(billing["iban"], "CH9300762011623852957");
    assert_eq!(billing["tax"]["category"], "S");
    desk.done(
        "PATCH",
        &format!("clients/{}/billing", desk.client),
        json!({"address": {"city": "Paris", "country": "FR"}, "reference": "PO-7"}),
    )
    .await;

    let mut ask = desk.november();
    ask["rounding"] = json!({"mode": "up", "minutes": 15, "per": "entry"});
    ask["discount"] = json!({"percent": "10"});
    ask["issued_on"] = json!("2026-11-30");
    let preview = desk.done("POST", "invoices/preview", ask.clone()).await;
    let draft = desk.made("invoices", ask.clone()).await;
    assert_eq!(
        (&preview["total_minor"], &preview["lines"][0]["minutes"]),
        (&draft["total_minor"], &json!(135))
    );
    assert_eq!(preview["lines"][0]["recorded_minutes"], 125);
    // 60 + 75 minutes at 90.00: 202.50, less 10 %, plus 8.1 %.
    assert_eq!(
        (
            &draft["subtotal_minor"],
            &draft["discount_minor"],
            &draft["tax_minor"],
            &draft["total_minor"]
        ),
        (&json!(20_250), &json!(2_025), &json!(1_476), &json!(19_701))
    );
    assert_eq!(
        (
            &draft["status"],
            &draft["number"],
            &draft["reference"],
            &draft["missing"]
        ),
        (&json!("draft"), &Value::Null, &json!("PO-7"), &json!([]))
    );
    assert_eq!(draft["lines"][0]["entries_count"], 2);
    assert_eq!(draft["lines"][0]["recorded_minutes"], 125);
    let id = draft["id"].as_str().unwrap();
    let path = |step: &str| format!("invoices/{id}/{step}");
    // The time is taken: another draft finds none.
    let other = desk.made("invoices", desk.november()).await;
    assert_eq!(other["lines"], json!([]));
    let empty = other["id"].as_str().unwrap();
    desk.ask("POST", &format!("invoices/{empty}/finalize"), json!({}))
        .await
        .is_problem(422, "empty_invoice");
    desk.ask("GET", &path("xml"), Value::Null)
        .await
        .is_problem(409, "still_draft");

    let done = desk.done("POST", &path("finalize"), json!({})).await;
    assert_eq!(
        (&done["number"], &done["status"], &done["due_on"]),
        (
            &json!("RE-2026-001"),
            &json!("finalized"),
            &json!("2026-12-14")
        )
    );
    assert_eq!(desk.status(&first).await, "invoiced");
    assert_eq!(desk.status(&outside).await, "approved");
    desk.ask("POST", &path("finalize"), json!({}))
        .await
        .is_problem(409, "wrong_status");
    desk.ask("PATCH", &format!("invoices/{id}"), json!({"notes": "x"}))
        .await
        .is_problem(409, "wrong_status");
    desk.ask("DELETE", &format!("invoices/{id}"), json!({}))
        .await
        .is_problem(409, "wrong_status");
    desk.ask(
        "PATCH",
        &format!("time-entries/{second}"),
        json!({"description": "x"}),
    )
    .await
    .is_problem(409, "wrong_status");

    // Frozen: what is changed later is not on it.
    let pdf = desk.ask("GET", &path("pdf"), Value::Null).await;
    assert_eq!(
        (
            pdf.status.as_u16(),
            pdf.headers["content-type"].to_str().unwrap()
        ),
        (200, "application/pdf")
    );
    desk.done(
        "PATCH",
        "workspace/billing",
        json!({"legal_name": "Somebody else"}),
    )
    .await;
    assert_eq!(
        desk.ask("GET", &path("pdf"), Value::Null).await.text,
        pdf.text
    );
    for (format, root) in [("ubl", "<Invoice "), ("cii", "<rsm:CrossIndustryInvoice")] {
        let xml = desk
            .ask(
                "GET",
                &format!("invoices/{id}/xml?format={format}"),
                Value::Null,
            )
            .await;
        assert!(
            xml.status == 200 && xml.text.contains(root) && xml.text.contains("Ada &amp; Co"),
            "{}",
            xml.text
        );
    }
    desk.ask("GET", &path("xml?format=pdf"), Value::Null)
        .await
        .is_problem(422, "validation");

    // This server sends no mail: it says what to do instead.
    let refused = desk.ask("POST", &path("send"), json!({})).await;
    refused.is_problem(503, "mail_not_configured");
    let text = refused.body["detail"].as_str().unwrap();
    assert!(
        text.contains("SMTP_URL") && text.contains("by hand"),
        "{text}"
    );
    let both = json!({"by_hand": true, "to": "a@b.example"});
    desk.ask("POST", &path("send"), both)
        .await
        .refuses(&["/to"]);
    let sent = desk
        .done("POST", &path("send"), json!({"by_hand": true}))
        .await;
    assert_eq!(
        (&sent["status"], &sent["delivery_state"]),
        (&json!("sent"), &json!("by_hand"))
    );
    let part = desk
        .done(
            "POST",
            &path("pay"),
            json!({"amount_minor": 9_701, "paid_on": "2026-01-02"}),
        )
        .await;
    assert_eq!(
        (&part["status"], &part["open_minor"]),
        (&json!("sent"), &json!(10_000))
    );
    desk.ask("POST", &path("pay"), json!({"amount_minor": 10_001}))
        .await
        .is_problem(422, "too_much");
    // On account at most a year before it was written, and not after tomorrow.
    let today = desk.server.db.clock.now().to_zoned(TimeZone::UTC).date();
    let late = today.saturating_add(3.days()).to_string();
    for day in ["0206-11-30", "2025-11-29", &late, "2962-11-30"] {
        desk.ask(
            "POST",
            &path("pay"),
            json!({"amount_minor": 1, "paid_on": day}),
        )
        .await
        .refuses(&["/paid_on"]);
    }
    for bad in [0, -1, i64::MIN] {
        desk.ask("POST", &path("pay"), json!({"amount_minor": bad}))
            .await
            .refuses(&["/amount_minor"]);
    }
    desk.ask("POST", &path("void"), json!({}))
        .await
        .is_problem(409, "has_payments");
    let paid = desk.done("POST", &path("pay"), json!({})).await;
    assert_eq!(
        (
            &paid["status"],
            &paid["open_minor"],
            &paid["payments"].as_array().unwrap().len()
        ),
        (&json!("paid"), &json!(0), &2)
    );
    desk.ask("POST", &path("pay"), json!({}))
        .await
        .is_problem(409, "wrong_status");
    let payment = paid["payments"][0]["id"].as_str().unwrap();
    let less = desk
        .done("DELETE", &path(&format!("payments/{payment}")), json!({}))
        .await;
    assert_eq!(
        (&less["status"], &less["open_minor"]),
        (&json!("sent"), &json!(9_701))
    );

    let client = desk
        .ask("DELETE", &format!("clients/{}", desk.client), json!({}))
        .await;
    client.is_problem(409, "in_use");
    let csv = desk.ask("GET", "invoices/export.csv", Value::Null).await;
    assert!(csv.text.contains("RE-2026-001,invoice,sent,\"'=Acme\",2026-11-30,2026-12-14,EUR,182.25,14.76,197.01,100.00,0.00,97.01"), "{}", csv.text);
    let numbers = desk.done("GET", "invoices/numbering", Value::Null).await;
    assert_eq!(numbers["gap_free"], true);
    assert_eq!(
        numbers["series"][0],
        json!({"series": "RE-2026-#", "last": 1, "missing": []})
    );
}

#[tokio::test]
async fn a_cancelled_invoice_gives_its_time_back() {
    let desk = Desk::open().await;
    let entry = desk.entry("2026-11-03", 60).await;
    let id = desk.draft().await;
    desk.done("POST", &format!("invoices/{id}/finalize"), json!({}))
        .await;
    let void = desk
        .done(
            "POST",
            &format!("invoices/{id}/void"),
            json!({"reason": "wrong client"}),
        )
        .await;
    assert_eq!(
        (&void["status"], &void["void_reason"], &void["open_minor"]),
        (&json!("void"), &json!("wrong client"), &json!(0))
    );
    assert!(void["number"].is_string());
    assert_eq!(desk.status(&entry).await, "approved");
    for step in ["send", "pay", "void", "finalize", "credit-note", "refresh"] {
        desk.ask("POST", &format!("invoices/{id}/{step}"), json!({}))
            .await
            .is_problem(409, "wrong_status");
    }
    let again = desk.made("invoices", desk.november()).await;
    assert_eq!(again["lines"][0]["entries_count"], 1);
    // A deleted draft frees it too.
    let answer = desk
        .ask(
            "DELETE",
            &format!("invoices/{}", again["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
    assert_eq!(answer.status, 204);
    let third = desk.made("invoices", desk.november()).await;
    assert_eq!(third["lines"][0]["entries_count"], 1);
}

#[tokio::test]
async fn a_credit_note_takes_an_invoice_back() {
    let desk = Desk::open().await;
    let id = desk.by_hand().await;
    desk.done("POST", &format!("invoices/{id}/finalize"), json!({}))
        .await;
    let note = desk
        .made(&format!("invoices/{id}/credit-note"), json!({}))
        .await;
    assert_eq!(
        (&note["kind"], &note["credits_id"], &note["total_minor"]),
        (&json!("credit_note"), &json!(id), &json!(10_000))
    );
    let credit = note["id"].as_str().unwrap();
    let line = note["lines"][0]["id"].clone();
    let part = json!({"lines": [{"line": line, "price_minor": 4_000}], "issued_on": "2026-11-21"});
    desk.done("PATCH", &format!("invoices/{credit}"), part)
        .await;
    let done = desk
        .done("POST", &format!("invoices/{credit}/finalize"), json!({}))
        .await;
    assert!(
        done["number"].as_str().unwrap().ends_with("-0002") && done["due_on"].is_null(),
        "{done}"
    );
    let invoice = desk
        .done("GET", &format!("invoices/{id}"), Value::Null)
        .await;
    assert_eq!(
        (&invoice["credited_minor"], &invoice["open_minor"]),
        (&json!(4_000), &json!(6_000))
    );
    // More than is left of it cannot be taken back.
    let note = desk
        .made(&format!("invoices/{id}/credit-note"), json!({}))
        .await;
    let second = note["id"].as_str().unwrap();
    desk.ask("POST", &format!("invoices/{second}/finalize"), json!({}))
        .await
        .is_problem(422, "too_much");
    desk.done("POST", &format!("invoices/{id}/pay"), json!({}))
        .await;
    let invoice = desk
        .done("GET", &format!("invoices/{id}"), Value::Null)
        .await;
    assert_eq!(
        (&invoice["status"], &invoice["paid_minor"]),
        (&json!("paid"), &json!(6_000))
    );
}

#[tokio::test]
async fn drafts_are_edited_by_hand() {
    let desk = Desk::open().await;
    desk.entry("2026-11-03", 50).await;
    let changed = desk.entry("2026-11-04", 30).await;
    let id = desk.draft().await;
    let path = format!("invoices/{id}");
    let by_day = desk.done("PATCH", &path, json!({"grouping": "day", "rounding": {"mode": "nearest", "minutes": 60, "per": "line"}})).await;
    let minutes: Vec<_> = by_day["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["minutes"].clone())
        .collect();
    assert_eq!(minutes, [json!(60), json!(60)]);
    let line = |n: usize| by_day["lines"][n]["id"].clone();
    let lines = json!({"lines": [{"line": line(0), "description": "Design", "price_minor": 10_000},
        {"description": "Travel", "quantity": "2.5", "price_minor": 333, "tax": {"rate": "0", "category": "O"}},
        {"description": "On site", "unit": "hour", "minutes": 20, "price_minor": 9_999}], "discount": {"amount_minor": 1}});
    let edited = desk.done("PATCH", &path, lines).await;
    let amounts: Vec<_> = edited["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount_minor"].as_i64().unwrap())
        .collect();
    assert_eq!(amounts, [10_000, 833, 3_333]);
    assert_eq!(edited["total_minor"], 14_165);
    // The second line was left out: its time is free again, and a refresh takes it up.
    let again = desk
        .done("POST", &format!("{path}/refresh"), json!({}))
        .await;
    assert_eq!(again["lines"].as_array().unwrap().len(), 4);
    // An entry that changes under the draft stops it.
    desk.done(
        "PATCH",
        &format!("time-entries/{changed}"),
        json!({"duration_minutes": 45}),
    )
    .await;
    desk.ask("POST", &format!("{path}/finalize"), json!({}))
        .await
        .is_problem(409, "entries_changed");
    desk.done(
        "POST",
        &format!("time-entries/{changed}/approve"),
        json!({}),
    )
    .await;
    desk.ask("POST", &format!("{path}/finalize"), json!({}))
        .await
        .is_problem(409, "entries_changed");
    desk.done("POST", &format!("{path}/refresh"), json!({}))
        .await;
    desk.done("POST", &format!("{path}/finalize"), json!({}))
        .await;
}

#[tokio::test]
async fn nonsense_is_refused_by_name() {
    let desk = Desk::open().await;
    for (pattern, word) in [
        ("{YYYY}-{MM}", "counter"),
        ("INVOICE", "counter"),
        ("{NN}{NN}", "one counter"),
        ("{DD}-{NN}", "braces"),
        ("", "characters"),
    ] {
        let answer = desk
            .ask(
                "PATCH",
                "workspace/billing",
                json!({"number_pattern": pattern}),
            )
            .await;
        answer.refuses(&["/number_pattern"]);
        assert!(answer.text.contains(word), "{}", answer.text);
    }
    for (body, pointer) in [
        (json!({"iban": "DE00370400440532013000"}), "/iban"),
        (json!({"bic": "X"}), "/bic"),
        (
            json!({"address": {"country": "Germany"}}),
            "/address/country",
        ),
        (json!({"email": "x"}), "/email"),
        (json!({"payment_terms_days": -1}), "/payment_terms_days"),
        (json!({"tax": {"rate": "101"}}), "/tax/rate"),
        (json!({"tax": {"rate": "NaN"}}), "/tax/rate"),
        (json!({"tax": {"rate": "0", "category": "S"}}), "/tax/rate"),
        (
            json!({"rounding": {"mode": "up", "minutes": 0}}),
            "/rounding/minutes",
        ),
    ] {
        desk.ask("PATCH", "workspace/billing", body)
            .await
            .refuses(&[pointer]);
    }
    let with = |field: &str, value: Value| {
        let mut body = desk.november();
        body[field] = value;
        body
    };
    for (body, pointer) in [
        (with("period_end", json!("2026-10-01")), "/period_end"),
        (with("currency", json!("XXX")), "/currency"),
        (
            with("discount", json!({"percent": "101"})),
            "/discount/percent",
        ),
        (
            with("discount", json!({"percent": "1", "amount_minor": 1})),
            "/discount",
        ),
        (
            with("rounding", json!({"mode": "sideways"})),
            "/rounding/mode",
        ),
        (with("grouping", json!("colour")), "/grouping"),
        (
            with("payment_terms_days", json!(99_999)),
            "/payment_terms_days",
        ),
        (
            with("fallback_rate_minor", json!(-1)),
            "/fallback_rate_minor",
        ),
        (
            with("lines", json!([{"description": "x"}])),
            "/lines/0/price_minor",
        ),
        (
            with("lines", json!([{"description": " ", "price_minor": 1}])),
            "/lines/0/description",
        ),
        (
            with("lines", json!([{"description": "x", "price_minor": -1}])),
            "/lines/0/price_minor",
        ),
        (
            with(
                "lines",
                json!([{"description": "x", "quantity": "1e9", "price_minor": 1}]),
            ),
            "/lines/0/quantity",
        ),
    ] {
        desk.ask("POST", "invoices", body.clone())
            .await
            .refuses(&[pointer]);
    }
    // Absurd amounts.
    let huge = with(
        "lines",
        json!([{"description": "x", "quantity": "9000000000000", "price_minor": i64::MAX}]),
    );
    desk.ask("POST", "invoices", huge)
        .await
        .is_problem(422, "bad_total");
    let more = with("discount", json!({"amount_minor": i64::MAX}));
    desk.ask("POST", "invoices", more)
        .await
        .is_problem(422, "bad_total");
    let less = with(
        "lines",
        json!([{"description": "x", "quantity": "-1", "price_minor": 1}]),
    );
    desk.ask("POST", "invoices", less)
        .await
        .is_problem(422, "bad_total");
    // Rates: in another currency, and none at all.
    desk.entry("2026-11-03", 60).await;
    desk.ask("POST", "invoices", with("currency", json!("USD")))
        .await
        .is_problem(422, "other_currency");
    desk.done(
        "PATCH",
        &format!("projects/{}", desk.project),
        json!({"hourly_rate_minor": null}),
    )
    .await;
    desk.ask("POST", "invoices", desk.november())
        .await
        .is_problem(422, "no_rate");
    let fallback = desk
        .made("invoices", with("fallback_rate_minor", json!(5_000)))
        .await;
    assert_eq!(fallback["total_minor"], 5_000);
    desk.ask(
        "POST",
        "invoices",
        with("client_id", json!("01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012")),
    )
    .await
    .is_problem(422, "unknown_reference");
    // Logos.
    desk.ask("PUT", "workspace/billing/logo", json!({"data": "PHN2Zy8+"}))
        .await
        .refuses(&["/data"]);
    desk.ask("PUT", "workspace/billing/logo", json!({"data": "%"}))
        .await
        .refuses(&["/data"]);
    desk.ask("GET", "workspace/billing/logo", Value::Null)
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn a_rate_in_another_currency_is_named_and_never_replaced() {
    let desk = Desk::open().await;
    desk.entry("2026-11-03", 60).await;
    let project = format!("projects/{}", desk.project);
    desk.done("PATCH", &project, json!({"hourly_rate_minor": null}))
        .await;
    let dollars = json!({"hourly_minor": 8_000, "currency": "USD"});
    let rate = desk.made("rates", dollars).await;
    let fallback = |fallback: Value| {
        let mut body = desk.november();
        body["fallback_rate_minor"] = fallback;
        body
    };
    for body in [fallback(Value::Null), fallback(json!(5_000))] {
        let refused = desk.ask("POST", "invoices", body).await;
        refused.is_problem(422, "other_currency");
        let text = refused.body["detail"].as_str().unwrap();
        assert!(
            text.contains("Site is billed in EUR") && text.contains("rate is in USD"),
            "{text}"
        );
    }
    let path = format!("rates/{}", rate["id"].as_str().unwrap());
    desk.done("PATCH", &path, json!({"currency": "EUR"})).await;
    let draft = desk.made("invoices", fallback(json!(5_000))).await;
    assert_eq!(draft["total_minor"], 8_000);
}

#[tokio::test]
async fn what_has_no_minor_unit_is_no_currency() {
    let desk = Desk::open().await;
    let (client, project) = (
        format!("clients/{}", desk.client),
        format!("projects/{}", desk.project),
    );
    for code in ["XAU", "XDR", "XTS", "XXX", "eur"] {
        for (method, path, body) in [
            ("POST", "clients", json!({"name": "x", "currency": code})),
            ("PATCH", client.as_str(), json!({"currency": code})),
            ("POST", "projects", json!({"name": "x", "currency": code})),
            ("PATCH", project.as_str(), json!({"currency": code})),
            (
                "POST",
                "rates",
                json!({"hourly_minor": 1, "currency": code}),
            ),
            ("PATCH", "workspace", json!({"currency": code})),
        ] {
            desk.ask(method, path, body).await.refuses(&["/currency"]);
        }
    }
}

#[tokio::test]
async fn payments_are_noted_once() {
    let desk = Desk::open().await;
    let id = desk.by_hand().await;
    desk.done("POST", &format!("invoices/{id}/finalize"), json!({}))
        .await;
    for _ in 0..3 {
        let ask = Ask::post(&format!("/api/v1/invoices/{id}/pay"))
            .json(&json!({"amount_minor": 100}))
            .cookie(&desk.cookie);
        let answer = desk.server.send(ask.header("idempotency-key", "p1")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["paid_minor"]),
            (200, &json!(100)),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn members_see_no_invoices() {
    let desk = Desk::open().await;
    let id = desk.by_hand().await;
    let (bob, _) = desk
        .server
        .invite(&desk.cookie, "bob@example.com", "member")
        .await;
    let ask = |method: &str, path: &str| {
        Ask::new(method, &format!("/api/v1/{path}"))
            .json(&json!({}))
            .cookie(&bob)
    };
    let list = desk.server.send(ask("GET", "invoices")).await;
    assert_eq!(
        (list.status.as_u16(), &list.body["items"]),
        (200, &json!([]))
    );
    desk.server
        .send(ask("GET", &format!("invoices/{id}")))
        .await
        .is_problem(404, "not_found");
    desk.server
        .send(ask("GET", &format!("invoices/{id}/pdf")))
        .await
        .is_problem(404, "not_found");
    desk.server
        .send(ask("POST", &format!("invoices/{id}/finalize")))
        .await
        .is_problem(403, "forbidden");
    desk.server
        .send(ask("GET", "workspace/billing"))
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn time_on_a_draft_is_not_deleted_under_it() {
    let desk = Desk::open().await;
    let (first, second) = (
        desk.entry("2026-11-03", 50).await,
        desk.entry("2026-11-04", 30).await,
    );
    let draft = desk.draft().await;
    let free = desk.entry("2026-11-05", 60).await;
    let held = desk
        .ask("DELETE", &format!("time-entries/{first}"), json!({}))
        .await;
    held.is_problem(409, "on_invoice");
    assert!(
        held.text.contains(&draft) && held.text.contains("=Acme"),
        "it is named: {}",
        held.text
    );
    let merge = json!({"ids": [first, second]});
    desk.ask("POST", "time-entries/merge", merge)
        .await
        .is_problem(409, "on_invoice");
    // Of many, each stands for itself.
    let all = json!({"action": "delete", "ids": [first, free]});
    let done = desk.done("POST", "time-entries/bulk", all).await;
    let of = |id: &str| {
        let items = done["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap().clone()
    };
    assert_eq!(of(&free)["status"], "done");
    assert_eq!(of(&first)["problem"]["code"], "on_invoice");
    // One that was changed is still on it.
    let change = json!({"description": "Drawing"});
    desk.done("PATCH", &format!("time-entries/{second}"), change)
        .await;
    desk.ask("DELETE", &format!("time-entries/{second}"), json!({}))
        .await
        .is_problem(409, "on_invoice");
    let gone = desk
        .ask("DELETE", &format!("invoices/{draft}"), json!({}))
        .await;
    assert_eq!(gone.status, 204);
    for entry in [first, second] {
        let gone = desk
            .ask("DELETE", &format!("time-entries/{entry}"), json!({}))
            .await;
        assert_eq!(gone.status, 204, "{}", gone.text);
    }
}

impl Desk {
    /// What was done to an entry, with the status and invoice that it had then.
    async fn history(&self, entry: &str) -> Vec<(String, Value, Value)> {
        let path = format!("time-entries/{entry}/history");
        let history = self.done("GET", &path, Value::Null).await;
        let lines = history["items"].as_array().unwrap().iter();
        lines
            .map(|line| {
                assert!(line["member_id"].is_string() && line["created_at"].is_string());
                let action = line["action"].as_str().unwrap().to_owned();
                let after = &line["after"];
                (action, after["status"].clone(), after["invoice_id"].clone())
            })
            .collect()
    }
}

#[tokio::test]
async fn what_invoices_do_to_time_is_in_its_history() {
    let desk = Desk::open().await;
    let entry = desk.entry("2026-11-03", 50).await;
    let draft = desk.draft().await;
    desk.done("POST", &format!("invoices/{draft}/refresh"), json!({}))
        .await;
    desk.ask("DELETE", &format!("invoices/{draft}"), json!({}))
        .await;
    let id = desk.draft().await;
    desk.done("POST", &format!("invoices/{id}/finalize"), json!({}))
        .await;
    desk.done(
        "POST",
        &format!("invoices/{id}/void"),
        json!({"reason": "Typo"}),
    )
    .await;
    let line = |action: &str, status: Value, invoice: Value| (action.to_owned(), status, invoice);
    let null = Value::Null;
    assert_eq!(
        desk.history(&entry).await[2..],
        [
            line("put_on_invoice", null.clone(), json!(draft)),
            line("taken_off_invoice", null.clone(), null.clone()),
            line("put_on_invoice", null.clone(), json!(id)),
            line("invoiced", json!("invoiced"), json!(id)),
            line("given_back", json!("approved"), null),
        ],
        "and a refresh that changes nothing says nothing"
    );
}

#[tokio::test]
async fn a_credit_note_of_all_of_it_gives_the_time_back() {
    let desk = Desk::open().await;
    let credit = async |id: &str, lines: Value, ask: Value| {
        let note = desk
            .made(&format!("invoices/{id}/credit-note"), json!({}))
            .await;
        let note_id = note["id"].as_str().unwrap().to_owned();
        if lines != Value::Null {
            let line = json!({"lines": [{"line": note["lines"][0]["id"], "description": "Part", "price_minor": lines}]});
            desk.done("PATCH", &format!("invoices/{note_id}"), line)
                .await;
        }
        let path = format!("invoices/{note_id}/finalize");
        (note_id, desk.ask("POST", &path, ask).await)
    };
    let entry = desk.entry("2026-11-03", 60).await;
    let id = desk.draft().await;
    desk.done("POST", &format!("invoices/{id}/finalize"), json!({}))
        .await;
    // A part keeps it, and cannot be asked to give it back.
    let (_, part) = credit(&id, json!(4_000), json!({"release_entries": true})).await;
    part.refuses(&["/release_entries"]);
    let (part, answer) = credit(&id, json!(4_000), json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(desk.status(&entry).await, "invoiced");
    desk.done("POST", &format!("invoices/{part}/void"), json!({}))
        .await;
    // All of it, but the work is given for nothing.
    let (kept, answer) = credit(&id, Value::Null, json!({"release_entries": false})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(desk.status(&entry).await, "invoiced");
    desk.done("POST", &format!("invoices/{kept}/void"), json!({}))
        .await;
    // All of it.
    let (whole, answer) = credit(&id, Value::Null, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(desk.status(&entry).await, "approved");
    let last = desk.history(&entry).await.pop().unwrap();
    assert_eq!(
        (last.0.as_str(), &last.1),
        ("given_back", &json!("approved"))
    );
    let again = desk.made("invoices", desk.november()).await;
    assert_eq!(again["lines"][0]["entries_count"], 1, "it is billed anew");
    // What was given back may be billed elsewhere by now.
    desk.ask("POST", &format!("invoices/{whole}/void"), json!({}))
        .await
        .is_problem(409, "entries_released");
}

#[tokio::test]
async fn letters_that_cannot_be_printed_are_told_before_the_document_is_frozen() {
    let desk = Desk::open().await;
    let id = desk.by_hand().await;
    let name = json!({"legal_name": "株式会社 東京"});
    desk.done("PATCH", &format!("clients/{}/billing", desk.client), name)
        .await;
    let path = format!("invoices/{id}/finalize");
    let answer = desk.ask("POST", &path, json!({})).await;
    answer.is_problem(422, "cannot_be_printed");
    assert!(answer.text.contains("株式会社 東京"), "{}", answer.text);
    let invoice = desk
        .done("GET", &format!("invoices/{id}"), Value::Null)
        .await;
    assert_eq!(invoice["status"], "draft");
    let done = desk
        .done("POST", &path, json!({"accept_unprintable": true}))
        .await;
    assert_eq!(done["status"], "finalized");
}

#[tokio::test]
async fn hours_of_a_line_are_typed_as_people_type_them() {
    let desk = Desk::open().await;
    let id = desk.draft().await;
    let path = format!("invoices/{id}");
    let line = |text: &str| json!({"description": "On site", "unit": "hour", "duration": text, "price_minor": 6_000});
    for (text, minutes) in [
        ("2h 30m", 150),
        ("90m", 90),
        ("1:30", 90),
        ("1,5", 90),
        ("2", 120),
        ("2.5 hours", 150),
        ("160h", 9_600),
        ("-1:30", -90),
    ] {
        // What is taken off is taken off something.
        let lines = json!({"lines": [line(text), line("10h")]});
        let edited = desk.done("PATCH", &path, lines).await;
        let made = &edited["lines"][0];
        assert_eq!(made["minutes"], minutes, "{text}");
        assert_eq!(made["amount_minor"], minutes * 100, "{text}");
        assert_eq!(made["recorded_minutes"], Value::Null);
    }
    let made = desk
        .done("PATCH", &path, json!({"lines": [line("2h")]}))
        .await;
    let known = json!({"line": made["lines"][0]["id"], "duration": "45m"});
    let changed = desk.done("PATCH", &path, json!({"lines": [known]})).await;
    assert_eq!(changed["lines"][0]["minutes"], 45);
    for text in ["", "soon", "2h 3h", "1:75", "20000h", "--1h", "0"] {
        desk.ask("PATCH", &path, json!({"lines": [line(text)]}))
            .await
            .refuses(&["/lines/0/duration"]);
    }
    let mut both = line("2h");
    both["minutes"] = json!(120);
    desk.ask("PATCH", &path, json!({"lines": [both]}))
        .await
        .refuses(&["/lines/0/duration"]);
    let item = json!({"description": "Travel", "duration": "2h", "price_minor": 100});
    desk.ask("PATCH", &path, json!({"lines": [item]}))
        .await
        .refuses(&["/lines/0/unit"]);
}
