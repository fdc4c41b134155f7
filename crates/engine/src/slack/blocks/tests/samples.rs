//! Every message, form and page once.

use url::Url;

use super::super::*;
use crate::slack::meetings::Named;
use crate::timesheets::drafts::{Because, Draft, Suggestion};

pub(super) fn entry() -> crate::store::time_entries::TimeEntry {
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
pub(super) fn named(text: &str) -> Named {
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
pub(super) fn messages() -> Vec<Value> {
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
pub(super) fn views() -> Vec<Value> {
    let base: Url = "https://daybook.example/".parse().unwrap();
    let line = |done| Line {
        id: "7".into(),
        lead: "09:00–10:00".into(),
        what: "Review".into(),
        done,
        seen: "ab".into(),
    };
    let page = Home {
        day: "Friday, 21 November".into(),
        drafts: vec![named("Review"), named("")],
        meetings: vec![line(true), line(false)],
        today: 90,
        week: 600,
        approvals: vec![line(false)],
        waiting: 1,
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
        ("refused", nothing_changed("It is not there any more.")),
        ("home", home(&page, &TimeZone::UTC, &base)),
        ("empty home", home(&Home::default(), &TimeZone::UTC, &base)),
        ("stranger", stranger(&done("Link."))),
    ];
    let sample = |(name, view): (&str, Value)| json!({"name": name, "view": view});
    views.into_iter().map(sample).collect()
}
