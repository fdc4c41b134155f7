//! What messages say.

use url::Url;

use super::super::home::booking;
use super::super::*;
use super::samples::{entry, named};
use crate::timesheets::drafts::Because;

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
