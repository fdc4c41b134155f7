//! Somebody's words become no mention, no link and no markup.

use url::Url;

use super::super::*;
use super::samples::named;

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
        check(&nothing_changed(&payload)["blocks"], &payload);
        let asked = ask_meeting(&named(&payload), &TimeZone::UTC);
        check(&asked.blocks, &payload);
        let line = Line {
            id: "1".into(),
            lead: payload.clone(),
            what: payload.clone(),
            done: false,
            seen: "ab".into(),
        };
        let page = Home {
            drafts: vec![named(&payload)],
            meetings: vec![line.clone()],
            approvals: vec![line],
            waiting: 1,
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
