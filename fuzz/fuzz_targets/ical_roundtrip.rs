//! Octets → calendar → occurrences → file → calendar. Nothing may panic, and the second reading must work.
//!
//! `cargo +nightly fuzz run ical_roundtrip` from the workspace's root.

#![no_main]

use daybook_domain::ical::{ParseLimits, Tree, VEvent, parse, write_calendar};
use daybook_domain::recurrence::{Limits, last_instant};
use daybook_domain::zone::Zone;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let limits = ParseLimits::default();
    let zone = Zone::iana("Europe/Berlin").unwrap_or_else(Zone::utc);
    let Ok(objects) = parse(file, &zone, &limits) else { return };
    let at = |second: i64| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    // November 2026.
    let window = at(1_793_491_200)..at(1_796_083_200);
    for object in objects {
        let found = object.instances(window.clone(), &Limits::default());
        assert!(found.steps <= Limits::default().steps);
        let events: Vec<VEvent> = object.master.into_iter().chain(object.overrides).collect();
        for event in &events {
            let _ = last_instant(&event.series());
        }
        let text = write_calendar(&events, Timestamp::UNIX_EPOCH);
        parse(text.as_bytes(), &zone, &ParseLimits { bytes: usize::MAX, lines: usize::MAX, ..limits })
            .expect("what was written can be read");
    }
    if let Ok(tree) = Tree::parse(file, &limits) {
        let text = tree.to_text();
        let again = Tree::parse(text.as_bytes(), &ParseLimits { bytes: usize::MAX, lines: usize::MAX, ..limits }).expect("a tree survives writing");
        assert_eq!(again.to_text(), text);
    }
});
