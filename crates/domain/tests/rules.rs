//! Rules: each condition alone, the order, and that ten thousand meetings with a hundred rules are no work at all.

use std::time::{Duration, Instant};

use daybook_domain::CalendarId;
use daybook_domain::event::{Attendee, Details, Person, ResponseStatus};
use daybook_domain::rule::{Action, Compiled, Conditions, Rule, Subject};
use uuid::Uuid;

fn calendar(n: u128) -> CalendarId {
    Uuid::from_u128(n).into()
}

fn details(title: &str) -> Details {
    let person = |email: &str| Person {
        email: Some(email.into()),
        name: None,
    };
    Details {
        title: title.into(),
        organizer: Some(person("boss@acme.example")),
        attendees: vec![Attendee {
            person: person("eve@mail.Globex.example"),
            response_status: ResponseStatus::Accepted,
        }],
        categories: vec!["Blue".into()],
        ..Details::default()
    }
}

fn subject(title: &str) -> Subject {
    Subject::new(&details(title), calendar(1), "google", 45)
}

fn rule(n: u128, conditions: Conditions) -> Rule {
    Rule {
        id: Uuid::from_u128(n).into(),
        name: format!("rule {n}"),
        conditions,
        action: Action::default(),
    }
}

fn fits(conditions: Conditions, title: &str) -> bool {
    Compiled::new(vec![rule(1, conditions)])
        .first(&subject(title))
        .is_some()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn each_condition_alone() {
    let title = |text: &str| Conditions {
        titles: texts(&[text]),
        ..Conditions::default()
    };
    assert!(fits(title("stand-UP"), "Daily Stand-up"));
    assert!(!fits(title("stand-up*"), "Daily Stand-up"));
    assert!(fits(title("*stand-up"), "Daily Stand-up"));
    assert!(fits(title("d*ly*up"), "Daily Stand-up"));
    assert!(!fits(title("daily*stand*stand*"), "Daily Stand-up"));
    assert!(fits(title("ÜBUNG"), "kleine übung"));
    let domain = |text: &str| Conditions {
        attendee_domains: texts(&[text]),
        ..Conditions::default()
    };
    for (text, fit) in [
        ("globex.example", true),
        ("@Globex.example", true),
        ("mail.globex.example", true),
        ("acme.example", true),
        ("bex.example", false),
        ("other.example", false),
    ] {
        assert_eq!(fits(domain(text), "x"), fit, "{text}");
    }
    let organizer = |text: &str| Conditions {
        organizers: texts(&[text]),
        ..Conditions::default()
    };
    assert!(fits(organizer("boss@ACME.example"), "x"));
    assert!(fits(organizer("acme.example"), "x"));
    assert!(!fits(organizer("globex.example"), "x"), "only invited");
    let mut wanted = Conditions {
        calendar_ids: vec![calendar(1)],
        providers: texts(&["google", "microsoft"]),
        categories: texts(&["blue"]),
        min_minutes: Some(45),
        max_minutes: Some(45),
        ..Conditions::default()
    };
    assert!(fits(wanted.clone(), "x"));
    wanted.min_minutes = Some(46);
    wanted.max_minutes = None;
    assert!(!fits(wanted, "x"));
    let elsewhere = Conditions {
        calendar_ids: vec![calendar(2)],
        ..Conditions::default()
    };
    assert!(!fits(elsewhere, "x"));
}

#[test]
fn the_first_that_fits_decides() {
    let short = Conditions {
        max_minutes: Some(10),
        ..Conditions::default()
    };
    let any = Conditions {
        min_minutes: Some(0),
        ..Conditions::default()
    };
    let mut rules = Compiled::new(vec![rule(1, short), rule(2, any.clone()), rule(3, any)]);
    assert_eq!(rules.first(&subject("x")).unwrap().name, "rule 2");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let wrong = |change: &dyn Fn(&mut Conditions)| {
        let mut conditions = Conditions {
            titles: texts(&["x"]),
            ..Conditions::default()
        };
        change(&mut conditions);
        conditions.check().unwrap_err().pointer
    };
    assert_eq!(
        Conditions::default().check().unwrap_err().pointer,
        "/conditions"
    );
    assert_eq!(wrong(&|c| c.titles = texts(&["**"])), "/conditions/titles");
    assert_eq!(
        wrong(&|c| c.titles = texts(&["x"; 51])),
        "/conditions/titles"
    );
    assert_eq!(
        wrong(&|c| c.titles = vec!["x".repeat(201)]),
        "/conditions/titles"
    );
    assert_eq!(
        wrong(&|c| c.attendee_domains = texts(&["nodots"])),
        "/conditions/attendee_domains"
    );
    assert_eq!(
        wrong(&|c| c.attendee_domains = texts(&["a@b.c"])),
        "/conditions/attendee_domains"
    );
    assert_eq!(
        wrong(&|c| c.min_minutes = Some(-1)),
        "/conditions/min_minutes"
    );
    assert_eq!(
        wrong(&|c| {
            c.min_minutes = Some(10);
            c.max_minutes = Some(9);
        }),
        "/conditions/max_minutes"
    );
}

/// The limit is far beyond what it takes, also in a debug build on a busy machine.
#[test]
fn ten_thousand_meetings_with_a_hundred_rules() {
    let rules = (0..100)
        .map(|n| {
            let conditions = Conditions {
                titles: vec![format!("never {n}"), "*no*such*".into()],
                attendee_domains: vec![format!("client{n}.example")],
                ..Conditions::default()
            };
            rule(n, conditions)
        })
        .collect();
    let mut rules = Compiled::new(rules);
    let subjects: Vec<Subject> = (0..10_000)
        .map(|n| subject(&format!("Meeting {n} with somebody about something")))
        .collect();
    let started = Instant::now();
    let found = subjects
        .iter()
        .filter(|subject| rules.first(subject).is_some())
        .count();
    let took = started.elapsed();
    assert_eq!(found, 0, "the worst case: every rule is tried");
    assert!(took < Duration::from_secs(20), "{took:?}");
    eprintln!("10,000 meetings x 100 rules: {took:?}");
}
