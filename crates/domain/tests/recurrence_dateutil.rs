//! Random rules against `python-dateutil`, an implementation with nothing in common with ours.
//!
//! `DAYBOOK_DIFF_RULES` sets how many (2,000), `DAYBOOK_DIFF_SEED` replays a run.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{Dice, random_rule, wall, workspace};
use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    EventDuration, Limits, Recurrence, Rule, Series, expand, rule_instances,
};
use daybook_domain::zone::Zone;
use jiff::ToSpan;
use jiff::civil::DateTime;

const PER_RULE: usize = 60;

#[expect(clippy::print_stdout, reason = "a notice")]
fn python() -> Option<PathBuf> {
    let own = workspace().join(".venv/bin/python");
    let python = if own.exists() {
        own
    } else {
        PathBuf::from("python3")
    };
    let found = Command::new(&python)
        .args(["-c", "import dateutil"])
        .stderr(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    println!("notice: no Python with dateutil is here; nothing was compared");
    None
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn dateutil_agrees_on_random_rules() {
    let Some(python) = python() else { return };
    let (rules, seed) = (
        setting("DAYBOOK_DIFF_RULES", 2_000),
        setting("DAYBOOK_DIFF_SEED", 20_261_121),
    );
    println!("DAYBOOK_DIFF_RULES={rules} DAYBOOK_DIFF_SEED={seed}");
    let mut dice = Dice(seed);
    let cases: Vec<(String, DateTime)> = (0..rules).map(|_| random_rule(&mut dice)).collect();
    let mut asked = String::new();
    for (rule, start) in &cases {
        writeln!(
            asked,
            "{rule}\t{}\t{}",
            start.strftime("%Y%m%dT%H%M%S"),
            horizon(*start).strftime("%Y%m%dT%H%M%S")
        )
        .unwrap();
    }
    let answers = ask(&python, asked);
    assert_eq!(answers.lines().count(), cases.len());
    let (mut compared, mut instances) = (0, 0);
    for ((text, start), answer) in cases.iter().zip(answers.lines()) {
        if answer == "unknown" {
            continue;
        }
        let expected: Vec<DateTime> = answer.split_whitespace().map(wall).collect();
        compare(text, *start, &expected);
        compared += 1;
        instances += expected.len();
    }
    println!(
        "{compared} rules and {instances} instances agree; {} were too much for dateutil",
        cases.len() - compared
    );
    assert!(
        compared * 100 >= cases.len() * 85,
        "most rules must be compared"
    );
}

fn horizon(start: DateTime) -> DateTime {
    start.checked_add(12.years()).unwrap()
}

fn compare(text: &str, start: DateTime, expected: &[DateTime]) {
    let rule: Rule = text.parse().unwrap();
    let (found, exhausted) = rule_instances(
        &rule,
        start,
        &Zone::utc(),
        start..horizon(start),
        PER_RULE,
        10_000_000,
    );
    assert!(!exhausted);
    assert_eq!(found, expected, "{text} from {start}");
    // As a series, DTSTART is the first instance and is counted.
    let event = EventTime::Timed {
        at: Zone::utc().to_timestamp(start),
        zone: None,
    };
    let recurrence = Recurrence {
        rules: vec![rule.clone()],
        ..Recurrence::default()
    };
    let series = Series::new(&event, EventDuration::ZERO, Zone::utc(), recurrence);
    let mut wanted = expected.to_vec();
    if wanted.first() != Some(&start) {
        wanted.insert(0, start);
    }
    if let Some(count) = rule.count {
        wanted.truncate(count as usize);
    }
    wanted.truncate(PER_RULE);
    let limits = Limits {
        instances: wanted.len(),
        steps: 10_000_000,
    };
    let window = series.start()..Zone::utc().to_timestamp(horizon(start));
    let found: Vec<DateTime> = expand(&series, window, &limits)
        .occurrences
        .iter()
        .map(|one| Zone::utc().to_datetime(one.start))
        .collect();
    assert_eq!(found, wanted, "series {text} from {start}");
}

fn ask(python: &PathBuf, asked: String) -> String {
    let script = workspace().join("tests/python/dateutil_oracle.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg(PER_RULE.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the oracle failed");
    String::from_utf8(output.stdout).unwrap()
}
