#![expect(clippy::too_many_lines, reason = "every message is made in one place")]

use super::home::booking;
use super::*;
use crate::slack::meetings::Named;
use crate::timesheets::drafts::{Because, Draft, Suggestion};
use url::Url;

/// Two hundred ways to smuggle a mention, a link or markup into a message.
fn payloads() -> Vec<String> {
    let seeds = [
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<@U123>",
        "<@U123|ada>",
        "<#C123>",
        "<#C123|general>",
        "<!subteam^S123>",
        "<!date^1^{date}|x>",
        "<https://evil.example>",
        "<https://evil.example|https://daybook.example>",
        "<mailto:a@evil.example|x>",
        "<tel:1>",
        "https://evil.example",
        "http://evil.example/x?y=z",
        "HTTPS://EVIL.EXAMPLE",
        "evil.example/login",
        "www.evil.example",
        "a@evil.example",
        "@channel",
        "@here",
        "@everyone",
        "#general",
        "&lt;!channel&gt;",
        "&#60;!channel&#62;",
        "<<!channel>>",
        "<!channel",
        "!channel>",
        "javascript:alert(1)",
        "slack://open",
        "*<!here>*",
        "`<!here>`",
        "```<!here>```",
        "> <!here>",
        "\u{202e}>lennahc!<",
        "<\u{200b}!channel>",
        "a\n<!channel>",
        "a\r\n\r\n<!channel>",
        "\u{0}<!channel>",
        "<!channel|x|y>",
    ];
    let shapes: [fn(&str) -> String; 5] = [
        |seed| seed.to_owned(),
        |seed| format!("Design {seed} review"),
        |seed| format!("{seed}{seed}"),
        |seed| format!("{}{seed}", "x".repeat(290)),
        |seed| format!("<{seed}>"),
    ];
    seeds
        .iter()
        .flat_map(|seed| shapes.iter().map(move |shape| shape(seed)))
        .collect()
}

#[test]
fn two_hundred_payloads_give_no_mention_and_no_foreign_link() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 200);
    for payload in payloads {
        let safe = words(&payload);
        // Angle brackets are what makes mentions and links; a scheme or a bare address is what clients link by themselves.
        for mark in ['<', '>', '\n', '\r', '\u{0}', '\u{202e}'] {
            assert!(!safe.contains(mark), "{payload:?} → {safe:?}");
        }
        for mark in ["://", "@c", "@h", "@e", "#g", ".e"] {
            assert!(
                !safe.to_lowercase().contains(mark),
                "{payload:?} → {safe:?}"
            );
        }
        assert!(safe.chars().count() <= WORDS * 7);
        for entity in safe.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;"]
                .iter()
                .any(|known| entity.starts_with(known));
            assert!(known, "{payload:?} → {safe:?}");
        }
    }
}

/// What a message says with everything of ours taken out.
#[test]
fn whole_messages_have_only_our_own_links() {
    let base: Url = "https://daybook.example/".parse().unwrap();
    for payload in payloads() {
        let piece = Piece {
            at: Timestamp::UNIX_EPOCH,
            minutes: 30,
            what: payload.clone(),
            project: Some(payload.clone()),
        };
        let one = Approval {
            id: "7",
            seen: "ab",
            changed: true,
            member: &payload,
            pieces: std::slice::from_ref(&piece),
        };
        let pieces = vec![piece.clone(); 12];
        let many = Approval {
            pieces: &pieces,
            ..one
        };
        let outcome = Outcome {
            rejected: 1,
            reason: Some(&payload),
            ..Outcome::default()
        };
        let messages = [
            settled(&one, &payload, outcome),
            invoice(
                &InvoiceReady {
                    number: &payload,
                    client: &payload,
                    total: &payload,
                    path: "/invoices/1",
                },
                &base,
            ),
            overdue(
                &InvoiceReady {
                    number: &payload,
                    client: &payload,
                    total: &payload,
                    path: "/invoices/1",
                },
                &payload,
                &base,
            ),
            ask_to_link(&payload, &payload, "id"),
            broken(
                &Broken {
                    provider: &payload,
                    account: &payload,
                    path: "/integrations/connect/google",
                },
                &base,
            ),
            calendar_off(&payload, "/integrations/calendar/1", &base),
            ending(
                &Broken {
                    provider: &payload,
                    account: &payload,
                    path: "/integrations/connect/google",
                },
                Timestamp::UNIX_EPOCH,
                &base,
            ),
            not_logged(&payload),
        ];
        for message in messages {
            assert!(
                !message.text.contains(['<', '>']),
                "{payload:?}: {}",
                message.text
            );
            check(&message.blocks, &payload);
        }
        for ask in [one, many] {
            check(&approval(&ask, &TimeZone::UTC).blocks, &payload);
        }
        check(&reason(&payload, "{}")["blocks"], &payload);
        let asked = ask_meeting(&named(&payload), &TimeZone::UTC);
        check(&asked.blocks, &payload);
        let line = Line {
            id: "1".into(),
            lead: payload.clone(),
            what: payload.clone(),
            done: false,
        };
        let page = Home {
            drafts: vec![named(&payload)],
            meetings: vec![line.clone()],
            approvals: vec![line],
            ..Home::default()
        };
        check(&home(&page, &TimeZone::UTC, &base)["blocks"], &payload);
    }
}

/// Every mrkdwn text of a tree: verbatim, and its angle brackets are ours.
fn check(value: &Value, payload: &str) {
    match value {
        Value::Object(fields) if fields.get("type") == Some(&json!("mrkdwn")) => {
            assert_eq!(fields["verbatim"], true);
            let text = fields["text"].as_str().unwrap();
            for inner in text.split('<').skip(1) {
                let ours =
                    inner.starts_with("!date^") || inner.starts_with("https://daybook.example/");
                assert!(ours, "{payload:?} → {text:?}");
            }
        }
        Value::Object(fields) => fields.values().for_each(|value| check(value, payload)),
        Value::Array(items) => items.iter().for_each(|item| check(item, payload)),
        _ => {}
    }
}

#[test]
fn plain_words_stay_as_they_are() {
    assert_eq!(
        words("R&D 100% – done, v1.5 (a:b) 3.30"),
        "R&amp;D 100% – done, v1.5 (a:b) 3.30"
    );
    assert_eq!(words("  a\n b\t c "), "a b c");
    assert_eq!(words(&"ä".repeat(400)).chars().count(), WORDS);
}

#[test]
fn limits_are_kept() {
    let long = "w".repeat(5_000);
    let view = modal(
        Form::Edit,
        &Fields {
            hours: long.clone(),
            description: long.clone(),
            date: None,
            project: None,
            projects: (0..300).map(|n| (n.to_string(), long.clone())).collect(),
        },
        "{}",
    );
    let select = &view["blocks"][3]["element"];
    let groups = select["option_groups"].as_array().unwrap();
    assert_eq!(groups.len(), 3, "every project can be chosen");
    assert!(
        groups
            .iter()
            .all(|group| group["options"].as_array().unwrap().len() == 100)
    );
    let text = groups[0]["options"][0]["text"]["text"].as_str().unwrap();
    assert_eq!(text.chars().count(), 75);
    assert!(view["title"]["text"].as_str().unwrap().len() <= 24);
    let page = Home {
        meetings: vec![
            Line {
                id: "1".into(),
                lead: long.clone(),
                what: long.clone(),
                done: false,
            };
            100
        ],
        drafts: vec![named(&long); 100],
        approvals: vec![
            Line {
                id: "1".into(),
                lead: long.clone(),
                what: long,
                done: false,
            };
            100
        ],
        ..Home::default()
    };
    let base: Url = "https://daybook.example/".parse().unwrap();
    let shown = home(&page, &TimeZone::UTC, &base);
    assert!(shown["blocks"].as_array().unwrap().len() <= 100);
    assert_eq!(
        shown
            .to_string()
            .matches("and 85 more in the dashboard")
            .count(),
        3
    );
}

#[test]
fn a_draft_says_what_it_would_be_booked_on_and_why() {
    let said = |because, on: Option<&str>| {
        let mut named = named("Review");
        named.draft.suggestion.because = because;
        booking(on, &named.draft.suggestion)
    };
    assert_eq!(
        said(Because::Rule, Some("Website")),
        "→ *Website*, by the rule “Review”"
    );
    assert_eq!(
        said(Because::Domain, Some("Website")),
        "→ *Website*, as the last time with Review"
    );
    assert_eq!(
        said(Because::Rule, None),
        "→ no project, by the rule “Review”"
    );
    assert_eq!(said(Because::Nothing, None), "_No project is suggested_");
}

fn entry() -> crate::store::time_entries::TimeEntry {
    use daybook_domain::time_entry::Source;
    let id = uuid::Uuid::from_u128(7);
    let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    crate::store::time_entries::TimeEntry {
        id: id.into(),
        workspace_id: id.into(),
        member_id: id.into(),
        source: Source::Slack,
        status: daybook_domain::time_entry::Status::Pending,
        description: "Design review".into(),
        started_at: at,
        ended_at: None,
        duration_minutes: 150,
        client_id: None,
        project_id: None,
        billable: true,
        synced_event_id: None,
        calendar_id: None,
        cause_key: None,
        tags: Vec::new(),
        rejected_reason: Some("Wrong day".into()),
        created_at: at,
        updated_at: at,
        version: 1,
        running: false,
    }
}

fn meeting() -> crate::store::instances::InstanceView {
    use daybook_domain::event::{Details, ResponseStatus, Status};
    let id = uuid::Uuid::from_u128(7);
    crate::store::instances::InstanceView {
        id: id.into(),
        calendar_id: id.into(),
        connection_id: id.into(),
        member_id: id.into(),
        provider: "google".into(),
        event_id: id.into(),
        occurrence_key: None,
        override_event_id: None,
        start_us: "2026-11-21T09:00:00Z".parse().unwrap(),
        end_us: "2026-11-21T10:00:00Z".parse().unwrap(),
        all_day: false,
        start_date: None,
        end_date: None,
        busy: true,
        status: Status::Confirmed,
        provider_event_id: "e".into(),
        resource: None,
        etag: None,
        ical_uid: None,
        kind: crate::store::events::Kind::Single,
        time_zone: None,
        informational: false,
        response_status: ResponseStatus::Accepted,
        details: Details {
            title: "Review".into(),
            ..Details::default()
        },
        updated_at: None,
        time_entry_id: None,
        account_email: None,
        billing_filters: None,
        recurrence: None,
    }
}

/// A draft with this title, suggested by a rule of this name.
fn named(text: &str) -> Named {
    let mut event = meeting();
    event.details.title = text.into();
    let suggestion = Suggestion {
        client_id: None,
        project_id: None,
        billable: true,
        meant_billable: true,
        tags: Vec::new(),
        because: Because::Rule,
        rule_id: None,
        detail: Some(text.into()),
    };
    Named {
        draft: Draft {
            event,
            minutes: 60,
            suggestion,
            billed_by: None,
            worth: None,
        },
        on: Some(text.into()),
    }
}

/// Every message, by name.
fn messages() -> Vec<Value> {
    let base: Url = "https://daybook.example/".parse().unwrap();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let (entry, meeting) = (entry(), named("Review"));
    let piece = Piece {
        at: entry.started_at,
        minutes: 150,
        what: "Design review".into(),
        project: Some("Website".into()),
    };
    let one = Approval {
        id: "7",
        seen: "ab",
        changed: false,
        member: "Bo",
        pieces: std::slice::from_ref(&piece),
    };
    let pieces = vec![piece.clone(); 30];
    let many = Approval {
        pieces: &pieces,
        ..one
    };
    let sent_back = Outcome {
        rejected: 30,
        reason: Some("Wrong day"),
        ..Outcome::default()
    };
    let mixed = Outcome {
        approved: 29,
        rejected: 1,
        ..sent_back
    };
    let ready = InvoiceReady {
        number: "INV-0042",
        client: "Acme",
        total: "EUR 1,250.00",
        path: "/invoices/42",
    };
    let day = Summary {
        entries: 4,
        minutes: 390,
        pending: 1,
        unlogged: 2,
        day: "Friday, 21 November".into(),
    };
    let bad = Broken {
        provider: "Google",
        account: "ada@example.com",
        path: "/integrations/connect/google",
    };
    let messages = [
        (
            "created",
            created("Time entry created", &entry, Some("Website"), &zone),
        ),
        ("deleted", deleted(&entry)),
        ("done", done("Done.")),
        (
            "today",
            today(&vec![entry.clone(); 30], 2, &zone, "Friday, 21 November"),
        ),
        ("nothing today", today(&[], 0, &zone, "Friday, 21 November")),
        ("invoice", invoice(&ready, &base)),
        ("summary", summary(&day, &base)),
        ("ask meeting", ask_meeting(&meeting, &zone)),
        ("not logged", not_logged("Review")),
        ("approval", approval(&one, &zone)),
        ("approval of many", approval(&many, &zone)),
        ("approved", settled(&one, "Ada", Outcome::default())),
        ("sent back", settled(&many, "Ada", sent_back)),
        ("decided", settled(&many, "Ada", mixed)),
        ("overdue", overdue(&ready, "12 December 2026", &base)),
        ("submit", submit_reminder(12, 2_310, "23 November", &base)),
        ("broken", broken(&bad, &base)),
        ("ending", ending(&bad, entry.started_at, &base)),
        (
            "calendar off",
            calendar_off("Team", "/integrations/calendar/7", &base),
        ),
        ("link", ask_to_link("Bo", "Acme", "7")),
    ];
    let sample = |(name, message): (&str, Message)| json!({"name": name, "blocks": message.blocks});
    messages.into_iter().map(sample).collect()
}

/// Every form and page, by name.
fn views() -> Vec<Value> {
    let base: Url = "https://daybook.example/".parse().unwrap();
    let line = |done| Line {
        id: "7".into(),
        lead: "09:00–10:00".into(),
        what: "Review".into(),
        done,
    };
    let page = Home {
        day: "Friday, 21 November".into(),
        drafts: vec![named("Review"), named("")],
        meetings: vec![line(true), line(false)],
        today: 90,
        week: 600,
        approvals: vec![line(false)],
    };
    let filled = Fields {
        hours: "2.5".into(),
        description: "Design".into(),
        date: Some("2026-11-21".parse().unwrap()),
        project: Some("1".into()),
        projects: vec![("1".into(), "Website".into()), ("2".into(), String::new())],
    };
    let views = [
        ("new", modal(Form::New, &Fields::default(), "{}")),
        ("edit", modal(Form::Edit, &filled, "{}")),
        ("meeting", modal(Form::Meeting, &filled, "{}")),
        ("reason", reason("2.5 h Design", "{}")),
        ("home", home(&page, &TimeZone::UTC, &base)),
        ("empty home", home(&Home::default(), &TimeZone::UTC, &base)),
        ("stranger", stranger(&done("Link."))),
    ];
    let sample = |(name, view): (&str, Value)| json!({"name": name, "view": view});
    views.into_iter().map(sample).collect()
}

#[test]
fn the_contracts_messages_are_said_as_they_are_there() {
    let zone = TimeZone::UTC;
    let base: Url = "https://daybook.example/".parse().unwrap();
    let made = created("Time entry created", &entry(), None, &zone);
    assert_eq!(made.text, "Time entry created: 2.5 h - Design review");
    assert_eq!(
        made.blocks[0]["text"]["text"],
        ":white_check_mark: *Time entry created*\n2.5 h · Design review"
    );
    assert_eq!(
        made.blocks[1]["fields"][0]["text"],
        "*Date*\n<!date^1795251600^{date_short_pretty}|2026-11-21>"
    );
    assert_eq!(made.blocks[1]["fields"][1]["text"], "*Status*\nPending");
    assert_eq!(
        made.blocks[2]["elements"][1]["confirm"]["deny"]["text"],
        "Keep"
    );
    let day = Summary {
        entries: 4,
        minutes: 390,
        pending: 1,
        unlogged: 0,
        day: "Friday, 21 November".into(),
    };
    let told = summary(&day, &base);
    assert_eq!(told.text, "Today: 4 entries, 6.5 h");
    assert_eq!(
        told.blocks[1]["text"]["text"],
        "*4* entries · *6.5 h* total · *1* pending"
    );
}

/// Python with `slack_sdk`, where it is there.
fn python() -> Option<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = root.join(".venv/bin/python");
    let python = if own.exists() { own } else { "python3".into() };
    let found = std::process::Command::new(&python)
        .args(["-c", "import slack_sdk"])
        .stderr(std::process::Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    println!("notice: no Python with slack_sdk is here; no payload was validated");
    None
}

#[test]
fn slack_sdk_takes_every_payload() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let Some(python) = python() else { return };
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/slack_blocks.py");
    let samples = [messages(), views()].concat();
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for sample in &samples {
        writeln!(input, "{sample}").unwrap();
    }
    drop(input);
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let complained = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{complained}");
    assert_eq!(said.trim(), samples.len().to_string());
}
