//! Ours beside the `rrule` crate: producing many occurrences, and answering one window of an old endless rule.

#![expect(clippy::unwrap_used, reason = "benches")]

use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    EventDuration, Limits, Recurrence, Series, expand, occurrences_from,
};
use daybook_domain::zone::Zone;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jiff::Timestamp;

const WEEKLY: &str = "FREQ=WEEKLY;BYDAY=MO,WE,FR";
const FIVE_YEARS: usize = 783;

fn main() {
    divan::main();
}

fn ours(start: &str, rule: &str) -> Series {
    let at = start.parse().unwrap();
    let recurrence = Recurrence::parse([format!("RRULE:{rule}")]).unwrap();
    Series::new(
        &EventTime::Timed { at, zone: None },
        EventDuration::seconds(3_600),
        Zone::iana("Europe/Berlin").unwrap(),
        recurrence,
    )
}

fn theirs(start: &str, rule: &str) -> rrule::RRuleSet {
    format!("DTSTART;TZID=Europe/Berlin:{start}\nRRULE:{rule}")
        .parse()
        .unwrap()
}

#[divan::bench]
fn weekly_five_years_ours(bencher: Bencher<'_, '_>) {
    let series = ours(
        "2021-01-04T08:00:00Z",
        &format!("{WEEKLY};UNTIL=20260104T000000Z"),
    );
    let run = || {
        occurrences_from(&series, Timestamp::MIN, &Limits::default())
            .map(black_box)
            .count()
    };
    assert!(run().abs_diff(FIVE_YEARS) < 3);
    bencher.counter(ItemsCount::new(run())).bench(run);
}

#[divan::bench]
fn weekly_five_years_rrule(bencher: Bencher<'_, '_>) {
    let set = theirs(
        "20210104T090000",
        &format!("{WEEKLY};UNTIL=20260104T000000Z"),
    );
    let run = || (&set).into_iter().map(black_box).count();
    bencher.counter(ItemsCount::new(run())).bench(run);
}

#[divan::bench]
fn month_of_old_rule_ours(bencher: Bencher<'_, '_>) {
    let series = ours("2011-11-07T08:00:00Z", WEEKLY);
    let window: std::ops::Range<Timestamp> =
        "2026-11-01T00:00:00Z".parse().unwrap().."2026-12-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        expand(&series, window.clone(), &Limits::default())
            .occurrences
            .len(),
        13
    );
    bencher.bench(|| expand(black_box(&series), window.clone(), &Limits::default()));
}

/// With reading the rule and compiling the series, as one request does it.
#[divan::bench]
fn month_of_old_rule_ours_from_text(bencher: Bencher<'_, '_>) {
    let window: std::ops::Range<Timestamp> =
        "2026-11-01T00:00:00Z".parse().unwrap().."2026-12-01T00:00:00Z".parse().unwrap();
    bencher.bench(|| {
        expand(
            &ours("2011-11-07T08:00:00Z", black_box(WEEKLY)),
            window.clone(),
            &Limits::default(),
        )
    });
}

#[divan::bench]
fn month_of_old_rule_rrule(bencher: Bencher<'_, '_>) {
    let zone = rrule::Tz::UTC;
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
    let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    use rrule::Tz;
    let moment = |second: i64| {
        let utc = Timestamp::from_second(second)
            .unwrap()
            .to_zoned(jiff::tz::TimeZone::UTC);
        let text = format!(
            "DTSTART:{}\nRRULE:FREQ=DAILY;COUNT=1",
            utc.strftime("%Y%m%dT%H%M%SZ")
        );
        let set: rrule::RRuleSet = text.parse().unwrap();
        set.get_dt_start().with_timezone(&Tz::UTC)
    };
    let set = theirs("20111107T090000", WEEKLY)
        .after(moment(from))
        .before(moment(to));
    let _ = zone;
    let run = || set.clone().all(2_000).dates.len();
    assert_eq!(run(), 13);
    bencher.bench(run);
}
