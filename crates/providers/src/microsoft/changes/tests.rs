//! Whole rounds against scripted answers: every anomaly of contracts/microsoft §4 and §11.

use std::collections::BTreeMap;

use daybook_domain::event::{EventTime, ProviderEvent, Role};
use daybook_provider_api::calendar::CalendarProvider;
use daybook_provider_api::error::Retry;

use super::*;
use crate::microsoft::Microsoft;
use crate::microsoft::tests::Stage as Script;

struct Nothing;

#[async_trait]
impl KnownResources for Nothing {
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>> {
        Ok(BTreeMap::new())
    }
}

/// One calendar, one read, answers added as the test goes.
struct Read {
    script: Script,
    stream: Box<dyn ChangeStream>,
}

const START: &str = "2026-08-23T00:00:00Z";
const END: &str = "2027-12-26T00:00:00Z";
const GRAPH: &str = "https://graph.microsoft.com/v1.0/me/calendars/c/calendarView/delta";

impl Read {
    fn from(cursor: Option<&str>) -> Self {
        let pull = Pull {
            calendar: "c".to_owned(),
            cursor: cursor.map(str::to_owned),
            default_zone: "Europe/Berlin".to_owned(),
            account_email: None,
            window: START.parse().unwrap()..END.parse().unwrap(),
        };
        Self {
            script: Script::with(&[]),
            stream: Microsoft::new().changes(pull),
        }
    }

    fn full() -> Self {
        Self::from(None)
    }

    /// Goes on from a link that fits the window.
    fn incremental() -> Self {
        Self::from(Some(&cursor("old", START, END)))
    }

    async fn next(&mut self) -> Result<Page> {
        self.stream.next(&self.script.session(), &Nothing).await
    }

    /// One page for one answer.
    async fn answered(&mut self, status: u16, body: &str) -> Result<Page> {
        self.script.then(status, body);
        self.next().await
    }

    /// Everything that is told until the end, and the end.
    async fn all(&mut self) -> (Vec<Change>, Vec<String>, Next) {
        let (mut changes, mut unchanged) = (Vec::new(), Vec::new());
        for _ in 0..20 {
            let page = self.next().await.unwrap();
            changes.extend(page.changes);
            unchanged.extend(page.unchanged);
            if page.next != Next::More {
                return (changes, unchanged, page.next);
            }
        }
        panic!("no end");
    }

    fn asked(&self) -> Vec<String> {
        self.script.asked().into_iter().map(|sent| sent.1).collect()
    }
}

fn cursor(token: &str, start: &str, end: &str) -> String {
    format!(r#"{{"link":"{GRAPH}?$deltatoken={token}","start":"{start}","end":"{end}"}}"#)
}

fn page(rows: &[String], last: bool) -> String {
    let link = match last {
        true => format!(r#""@odata.deltaLink":"{GRAPH}?$deltatoken=new""#),
        false => format!(r#""@odata.nextLink":"{GRAPH}?$skiptoken=n{}""#, rows.len()),
    };
    format!(r#"{{"value":[{}],{link}}}"#, rows.join(","))
}

fn single(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"singleInstance","subject":"{id}","showAs":"busy","start":{{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-01T10:00:00.0000000","timeZone":"UTC"}}}}"#
    )
}

/// Tuesdays at 09:00Z from 1 December 2026, three times; `id` is its own and its series'.
fn master(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"seriesMaster","subject":"Weekly","showAs":"busy","start":{{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-01T09:30:00.0000000","timeZone":"UTC"}},
        "originalStartTimeZone":"W. Europe Standard Time","recurrence":{{"pattern":{{"type":"weekly","interval":1,"daysOfWeek":["tuesday"]}},"range":{{"type":"numbered","startDate":"2026-12-01","numberOfOccurrences":3}}}}}}"#
    )
}

fn occurrence(series: &str, day: u8) -> String {
    format!(
        r#"{{"id":"{series}-{day}","type":"occurrence","seriesMasterId":"{series}","start":{{"dateTime":"2026-12-{day:02}T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-{day:02}T09:30:00.0000000","timeZone":"UTC"}}}}"#
    )
}

fn exception(series: &str, day: u8, to: u8) -> String {
    format!(
        r#"{{"id":"{series}-{day}","type":"exception","seriesMasterId":"{series}","subject":"Moved","showAs":"busy","originalStart":"2026-12-{day:02}T09:00:00Z","start":{{"dateTime":"2026-12-{to:02}T15:00:00","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-{to:02}T16:00:00","timeZone":"UTC"}}}}"#
    )
}

fn occurrence_id(series: &str, id: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"occurrence","seriesMasterId":"{series}","start":{{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-01T09:30:00.0000000","timeZone":"UTC"}}}}"#
    )
}

/// The answer of a batch: in another order than asked.
fn batch(parts: &[(u16, String)]) -> String {
    let part = |(place, (status, body)): (usize, &(u16, String))| {
        format!(
            r#"{{"id":"{place}","status":{status},"headers":{{"Content-Type":"application/json"}},"body":{body}}}"#
        )
    };
    let parts: Vec<String> = parts.iter().enumerate().map(part).rev().collect();
    format!(r#"{{"responses":[{}]}}"#, parts.join(","))
}

fn removed(id: &str) -> String {
    format!(r#"{{"id":"{id}","@removed":{{"reason":"deleted"}}}}"#)
}

fn refusal(code: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#)
}

/// The events of a resource that was told, and nothing else was told of it.
fn resource<'a>(changes: &'a [Change], id: &str) -> &'a [ProviderEvent] {
    let mut found = changes.iter().filter_map(|change| match change {
        Change::Resource { href, events, .. } if href == id => Some(events.as_slice()),
        _ => None,
    });
    let events = found.next_back().unwrap();
    assert!(
        events
            .iter()
            .all(|event| event.resource.as_deref() == Some(id))
    );
    events
}

fn lines(events: &[ProviderEvent]) -> Vec<String> {
    match &events[0].role {
        Role::Master { recurrence } => recurrence.clone(),
        other => panic!("{other:?}"),
    }
}

const RULE: &str = "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU;WKST=SU";

fn end_of(next: &Next) -> (String, bool) {
    match next {
        Next::Done {
            cursor: Some(cursor),
            complete,
        } => (cursor.clone(), *complete),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_full_round_follows_its_links_and_ends_with_the_delta_link() {
    let mut read = Read::full();
    read.script
        .then(200, &page(&[single("a"), single("b")], false));
    read.script.then(200, &page(&[], false)); // an empty page is only a page
    read.script.then(200, &page(&[single("c")], true));
    let (changes, _, next) = read.all().await;
    assert_eq!(changes.len(), 3);
    assert_eq!(end_of(&next), (cursor("new", START, END), true));
    let asked = read.asked();
    assert!(asked[0].ends_with("/me/calendars/c/calendarView/delta?startDateTime=2026-08-23T00%3A00%3A00Z&endDateTime=2027-12-26T00%3A00%3A00Z"));
    assert_eq!(asked[1], format!("{GRAPH}?$skiptoken=n2"), "unchanged");
    assert!(asked.iter().all(|address| !address.contains("$select")));
    assert!(read.script.last_prefer().contains("odata.maxpagesize=200"));
}

/// §11 row 1, and contract §4: sparse rows inherit, the master's first date is no meeting.
#[tokio::test]
async fn sparse_occurrences_become_their_series() {
    let mut read = Read::full();
    read.script.then(
        200,
        &page(
            &[
                occurrence("s", 1),
                occurrence("s", 8),
                master("s"),
                occurrence("s", 15),
            ],
            true,
        ),
    );
    let (changes, _, _) = read.all().await;
    let events = resource(&changes, "s");
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].details.title.as_str(), lines(events)),
        ("Weekly", vec![RULE.to_owned()])
    );
    // A master whose first occurrence was long ago.
    let mut read = Read::full();
    let old = master("s")
        .replace("2026-12-01T", "2020-12-01T")
        .replace("numbered", "noEnd");
    read.script.then(
        200,
        &page(&[old, occurrence("s", 1), occurrence("s", 8)], true),
    );
    let (changes, _, _) = read.all().await;
    let EventTime::Timed { at, .. } = resource(&changes, "s")[0].start else {
        panic!();
    };
    assert_eq!(
        at.to_string(),
        "2020-12-01T09:00:00Z",
        "the series' own start, outside the window"
    );
    assert!(
        lines(resource(&changes, "s"))
            .iter()
            .any(|line| line == "EXDATE:20261215T090000Z")
    );
}

/// §11 row 2: a deleted occurrence is not named.
#[tokio::test]
async fn silent_removals_leave_holes() {
    let mut read = Read::incremental();
    read.script.then(
        200,
        &page(
            &[master("s"), occurrence("s", 1), occurrence("s", 15)],
            true,
        ),
    );
    let (changes, _, next) = read.all().await;
    assert_eq!(
        lines(resource(&changes, "s")),
        [RULE, "EXDATE:20261208T090000Z"]
    );
    assert!(!end_of(&next).1, "what was not told is still there");
}

/// §11 row 3: `@removed` may name what was never here, a master, or an exception.
#[tokio::test]
async fn removals_name_anything() {
    let mut read = Read::incremental();
    let rows = [
        removed("never-seen"),
        master("s"),
        occurrence("s", 1),
        exception("s", 8, 9),
        removed("s-8"),
        occurrence("t", 1),
        removed("t"),
    ];
    read.script.then(200, &page(&rows, true));
    let (changes, _, _) = read.all().await;
    let gone: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Removed { provider_id } => Some(provider_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(gone, ["never-seen", "s-8", "t"]);
    let events = resource(&changes, "s");
    assert_eq!(events.len(), 1, "the exception went");
    assert_eq!(lines(events).len(), 3);
    assert_eq!(changes.len(), 4, "nothing more of t");
    assert_eq!(read.asked().len(), 1, "t's master is not asked for");
}

/// §11 row 4.
#[tokio::test]
async fn a_later_read_uses_the_link_as_it_is() {
    let mut read = Read::incremental();
    read.answered(200, &page(&[], true)).await.unwrap();
    assert_eq!(read.asked(), [format!("{GRAPH}?$deltatoken=old")]);
}

/// §11 row 5: the window never slides.
#[tokio::test]
async fn a_window_that_fell_behind_starts_a_full_round() {
    for (start, end, full) in [
        (START, END, false),
        ("2026-08-22T00:00:00Z", "2027-12-25T00:00:00Z", false),
        ("2026-08-21T00:00:00Z", "2027-12-24T00:00:00Z", true),
        (START, "2027-12-24T00:00:00Z", true),
        ("2026-08-21T00:00:00Z", END, true),
        ("2026-08-25T00:00:00Z", END, true),
    ] {
        let mut read = Read::from(Some(&cursor("old", start, end)));
        let page = read.answered(200, &page(&[], true)).await.unwrap();
        let (kept, complete) = end_of(&page.next);
        assert_eq!(complete, full, "{start} {end}");
        assert_eq!(read.asked()[0].contains("startDateTime"), full);
        let window = if full { (START, END) } else { (start, end) };
        assert_eq!(kept, cursor("new", window.0, window.1));
    }
    // A cursor from another time, or another adapter.
    let mut read = Read::from(Some("CAEQ"));
    read.answered(200, &page(&[], true)).await.unwrap();
    assert!(read.asked()[0].contains("startDateTime"));
}

/// §11 row 10, and the rows of one id in any order, more than once.
#[tokio::test]
async fn the_last_telling_counts() {
    let mut read = Read::incremental();
    read.script.then(
        200,
        &page(
            &[
                single("a"),
                removed("a"),
                occurrence("s", 1),
                exception("s", 8, 9),
            ],
            false,
        ),
    );
    read.script.then(
        200,
        &page(
            &[
                single("a"),
                occurrence("s", 8),
                occurrence("s", 1),
                occurrence("s", 15),
                master("s"),
                removed("b"),
            ],
            true,
        ),
    );
    let (changes, _, _) = read.all().await;
    assert_eq!(resource(&changes, "a").len(), 1);
    let last_of_a = changes.iter().rposition(
        |change| matches!(change, Change::Removed { provider_id } if provider_id == "a"),
    );
    let told_again = changes
        .iter()
        .rposition(|change| matches!(change, Change::Resource { href, .. } if href == "a"));
    assert!(told_again > last_of_a);
    assert_eq!(resource(&changes, "s").len(), 1, "no exception any more");
    assert_eq!(lines(resource(&changes, "s")), [RULE]);
}

#[tokio::test]
async fn replays_say_the_same() {
    let rows = [
        master("s"),
        occurrence("s", 1),
        exception("s", 8, 9),
        occurrence("s", 15),
        single("a"),
    ];
    let mut told = Vec::new();
    for _ in 0..2 {
        let mut read = Read::incremental();
        read.script.then(200, &page(&rows, true));
        told.push(read.all().await.0);
    }
    assert_eq!(told[0], told[1]);
    let twice: Vec<String> = rows.iter().chain(&rows).cloned().collect();
    let mut read = Read::incremental();
    read.script.then(200, &page(&twice, true));
    assert_eq!(resource(&read.all().await.0, "s"), resource(&told[0], "s"));
}

#[tokio::test]
async fn a_series_over_several_pages_is_told_once_and_whole() {
    let mut read = Read::full();
    read.script.then(200, &page(&[occurrence("s", 1)], false));
    read.script
        .then(200, &page(&[occurrence("s", 8), master("s")], false));
    read.script.then(200, &page(&[occurrence("s", 15)], true));
    let (changes, _, _) = read.all().await;
    assert_eq!(changes.len(), 1);
    assert_eq!(lines(resource(&changes, "s")), [RULE]);
}

#[tokio::test]
async fn missing_masters_are_fetched_and_dead_series_are_not_kept() {
    let mut read = Read::incremental();
    read.script.then(
        200,
        &page(
            &[
                occurrence("s", 1),
                occurrence("s", 8),
                occurrence("s", 15),
                occurrence("gone", 1),
                exception("guest", 1, 2),
            ],
            true,
        ),
    );
    let gone = || (404, refusal("ErrorItemNotFound"));
    read.script
        .then(200, &batch(&[gone(), gone(), (200, master("s"))]));
    let (changes, _, _) = read.all().await;
    assert_eq!(lines(resource(&changes, "s")), [RULE]);
    assert!(resource(&changes, "gone").is_empty());
    let guest = resource(&changes, "guest");
    assert!(matches!(&guest[0].role, Role::Override { series, .. } if series == "guest"));
    assert!(read.asked()[1].ends_with("/v1.0/$batch"));
    assert_eq!(read.asked().len(), 2);
}

#[tokio::test]
async fn masters_are_fetched_twenty_at_a_time_and_each_has_its_own_answer() {
    let mut read = Read::incremental();
    let rows: Vec<String> = (0..45)
        .map(|n| occurrence(&format!("s{n:02}"), 1))
        .collect();
    read.answered(200, &page(&rows, true)).await.unwrap();
    let made = |from: usize, to: usize| -> Vec<(u16, String)> {
        (from..to)
            .map(|n| (200, master(&format!("s{n:02}"))))
            .collect()
    };
    // From the last to the first; one fails, and is asked for alone.
    let mut first = made(25, 45);
    first[3] = (503, refusal("serviceNotAvailable"));
    read.script.then(200, &batch(&first));
    read.script.then(200, &master("s28"));
    read.script.then(200, &batch(&made(5, 25)));
    read.script.then(200, &batch(&made(0, 5)));
    let (changes, _, _) = read.all().await;
    assert_eq!(changes.len(), 45);
    for change in &changes {
        let Change::Resource { events, .. } = change else {
            panic!("{change:?}");
        };
        assert!(!events.is_empty());
    }
    let asked = read.asked();
    let batches = asked.iter().filter(|url| url.ends_with("/$batch"));
    assert_eq!((batches.count(), asked.len()), (3, 5), "{asked:?}");
    assert!(
        asked[2].ends_with("/me/calendars/c/events/s28"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_part_that_says_wait_holds_up_the_account() {
    let rows: Vec<String> = (0..5).map(|n| occurrence(&format!("s{n}"), 1)).collect();
    let told = |wait: &str| {
        let parts = [
            (200, master("s0")),
            (429, refusal("ApplicationThrottled")),
            (503, refusal("serviceNotAvailable")),
            (200, master("s3")),
            (429, refusal("ApplicationThrottled")),
        ];
        // In either spelling; the last one says how long.
        let text = batch(&parts);
        let at = text.find(r#""id":"4""#).unwrap();
        let headers = r#""headers":{"#;
        let here = at + text[at..].find(headers).unwrap() + headers.len();
        format!("{}\"Retry-After\":{wait},{}", &text[..here], &text[here..])
    };
    for wait in ["\"90\"", "90", r#""Sat, 21 Nov 2026 08:01:30 GMT""#] {
        let mut read = Read::incremental();
        read.answered(200, &page(&rows, true)).await.unwrap();
        let error = read.answered(200, &told(wait)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited, "{wait}");
        assert_eq!(error.retry, Retry::After(Duration::from_secs(90)), "{wait}");
        assert_eq!(read.asked().len(), 2, "nothing is asked after that");
        // The whole account waits, whoever asks.
        let error = read.next().await.unwrap_err();
        assert_eq!(error.code.as_deref(), Some("local_limit"), "{wait}");
        assert_eq!(read.asked().len(), 2);
    }
}

#[tokio::test]
async fn an_answer_that_leaves_some_out_makes_no_series_disappear() {
    let mut read = Read::incremental();
    let rows = [occurrence("s", 1), occurrence("t", 1)];
    read.answered(200, &page(&rows, true)).await.unwrap();
    let error = read.answered(200, r#"{"responses":[]}"#).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed);
    read.script
        .then(200, &batch(&[(200, master("s")), (200, master("t"))]));
    let (changes, _, _) = read.all().await;
    assert_eq!(changes.len(), 2);
}

#[tokio::test]
async fn a_round_that_would_fill_the_memory_is_refused() {
    let mut read = Read::full();
    let pages = MOST_ROWS / 10_000;
    // With the last page there are a hundred thousand, and their series.
    for n in 0..pages {
        let rows: Vec<String> = (0..10_000)
            .map(|row| occurrence_id(&format!("s{n}"), &format!("o{n}-{row}")))
            .collect();
        let body = page(&rows, false).replace("$skiptoken=n", &format!("$skiptoken=p{n}"));
        let answer = read.answered(200, &body).await;
        if n + 1 < pages {
            answer.unwrap();
        } else {
            let error = answer.unwrap_err();
            assert_eq!(error.code.as_deref(), Some("too_many_occurrences"));
            for words in ["100,000", "stopped", "End or move away"] {
                assert!(error.message.contains(words), "{}", error.message);
            }
            assert_eq!(error.retry, Retry::No);
        }
    }
}

#[tokio::test]
async fn a_master_that_cannot_be_fetched_now_is_asked_for_again() {
    let mut read = Read::incremental();
    read.answered(200, &page(&[occurrence("s", 1), occurrence("t", 1)], true))
        .await
        .unwrap();
    read.script
        .then(200, &batch(&[(503, "{}".into()), (200, master("t"))]));
    let error = read.answered(503, "").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    read.script.then(200, &master("s"));
    let (changes, _, _) = read.all().await;
    assert_eq!(changes.len(), 2);
    assert_eq!(read.asked().len(), 4, "t's master was fetched once");
}

#[tokio::test]
async fn exceptions_are_overrides_of_their_series() {
    let mut read = Read::incremental();
    read.script.then(
        200,
        &page(
            &[
                exception("s", 8, 9),
                master("s"),
                occurrence("s", 1),
                occurrence("s", 15),
            ],
            true,
        ),
    );
    let (changes, _, _) = read.all().await;
    let events = resource(&changes, "s");
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].provider_id, "s-8");
    let Role::Override { original_start, .. } = &events[1].role else {
        panic!();
    };
    let at = "2026-12-08T09:00:00Z".parse().unwrap();
    assert_eq!(
        *original_start,
        EventTime::Timed {
            at,
            zone: Some("Europe/Berlin".to_owned())
        }
    );
}

#[tokio::test]
async fn a_series_and_a_single_event_take_each_others_place() {
    let mut read = Read::incremental();
    read.script.then(
        200,
        &page(&[master("x"), occurrence("x", 1), single("x")], true),
    );
    let (changes, _, _) = read.all().await;
    assert_eq!(resource(&changes, "x")[0].role, Role::Single);
    assert_eq!(changes.len(), 1);
    let mut read = Read::incremental();
    let rows = [
        single("x"),
        master("x"),
        occurrence("x", 1),
        occurrence("x", 8),
        occurrence("x", 15),
    ];
    read.script.then(200, &page(&rows, true));
    let (changes, _, _) = read.all().await;
    assert_eq!(lines(resource(&changes, "x")), [RULE]);
}

/// A server that tells of a series without its occurrences would have us remove them all.
#[tokio::test]
async fn a_master_alone_is_not_taken_at_its_word() {
    let mut read = Read::incremental();
    read.script.then(200, &page(&[master("s")], true));
    let everything = [
        master("s"),
        occurrence("s", 1),
        occurrence("s", 8),
        occurrence("s", 15),
    ];
    read.script.then(200, &page(&everything, true));
    let (changes, _, next) = read.all().await;
    assert_eq!(changes.len(), 1);
    assert_eq!(lines(resource(&changes, "s")), [RULE]);
    assert!(end_of(&next).1, "a full round");
    // The full round itself is: all its occurrences were deleted.
    let mut read = Read::full();
    read.script.then(200, &page(&[master("s")], true));
    let (changes, _, _) = read.all().await;
    assert!(resource(&changes, "s").is_empty());
}

#[tokio::test]
async fn a_dead_link_asks_for_a_full_read() {
    for (status, body) in [
        (410, String::new()),
        (410, refusal("SyncStateNotFound")),
        (400, refusal("syncStateInvalid")),
        (410, refusal("resyncRequired")),
        (410, refusal("unheardOf")),
    ] {
        let mut read = Read::incremental();
        let error = read.answered(status, &body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::CursorExpired, "{status} {body}");
    }
    // Within a full round there is nothing left to fall back to: it begins again.
    let mut read = Read::full();
    read.answered(200, &page(&[single("a")], false))
        .await
        .unwrap();
    let error = read
        .answered(410, &refusal("syncStateNotFound"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.retry),
        (ErrorKind::Unavailable, Retry::Soon)
    );
    read.answered(200, &page(&[single("a")], true))
        .await
        .unwrap();
    assert!(read.asked()[2].contains("startDateTime"));
}

#[tokio::test]
async fn a_failed_page_is_asked_for_again_and_changes_nothing() {
    let mut read = Read::full();
    read.answered(200, &page(&[master("s"), occurrence("s", 1)], false))
        .await
        .unwrap();
    for (status, body, kind) in [
        (429, "", ErrorKind::RateLimited),
        (503, "", ErrorKind::Unavailable),
        (
            200,
            "<!doctype html><title>Sign in</title>",
            ErrorKind::Unavailable,
        ),
        (200, r#"{"value":[{"id":"x""#, ErrorKind::Malformed),
        (200, "", ErrorKind::Malformed),
        (200, r#"{"value":[]}"#, ErrorKind::Malformed),
        (401, &refusal("InvalidAuthenticationToken"), ErrorKind::Auth),
    ] {
        let error = read.answered(status, body).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {body}");
    }
    read.script
        .then(200, &page(&[occurrence("s", 8), occurrence("s", 15)], true));
    let (changes, _, _) = read.all().await;
    assert_eq!(lines(resource(&changes, "s")), [RULE]);
    let asked = read.asked();
    assert!(
        asked[1..]
            .iter()
            .all(|address| *address == format!("{GRAPH}?$skiptoken=n2"))
    );
}

#[tokio::test]
async fn foreign_and_circular_links_are_refused() {
    for link in ["nextLink", "deltaLink"] {
        let mut read = Read::full();
        let body = format!(r#"{{"value":[],"@odata.{link}":"https://evil.example/v1.0/x"}}"#);
        let error = read.answered(200, &body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Blocked, "{link}");
        assert_eq!(read.asked().len(), 1);
    }
    let foreign = cursor("x", START, END).replace("graph.microsoft.com", "evil.example");
    let mut read = Read::from(Some(&foreign));
    assert_eq!(read.next().await.unwrap_err().kind, ErrorKind::Blocked);
    assert!(read.asked().is_empty(), "the token stays here");
    let mut read = Read::full();
    read.answered(200, &page(&[], false)).await.unwrap();
    let error = read.answered(200, &page(&[], false)).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Malformed, Retry::No));
}

#[tokio::test]
async fn a_page_that_is_too_large_is_asked_for_in_pieces() {
    let mut read = Read::full();
    read.script.then(0, "");
    read.answered(200, &page(&[single("a")], true))
        .await
        .unwrap();
    assert!(read.script.last_prefer().contains("odata.maxpagesize=40"));
}

/// Large bodies beside each other: even five are too much. What comes after them is not asked for one by one.
#[tokio::test]
async fn what_is_too_large_in_any_company_is_asked_for_alone() {
    let mut read = Read::full();
    for _ in 0..3 {
        read.script.then(0, "");
    }
    read.answered(200, &page(&[single("a")], false))
        .await
        .unwrap();
    assert!(read.script.last_prefer().contains("odata.maxpagesize=1,"));
    read.answered(200, &page(&[single("b")], true))
        .await
        .unwrap();
    assert!(read.script.last_prefer().contains("odata.maxpagesize=5,"));
}

#[tokio::test]
async fn masters_that_are_too_large_together_are_fetched_one_by_one() {
    let mut read = Read::incremental();
    let rows = [occurrence("s", 1), occurrence("t", 1)];
    read.answered(200, &page(&rows, true)).await.unwrap();
    read.script.then(0, "");
    read.script.then(200, &master("s"));
    read.script.then(200, &master("t"));
    let (changes, _, _) = read.all().await;
    assert_eq!(changes.len(), 2);
    let asked = read.asked();
    assert!(asked[1].ends_with("/v1.0/$batch"), "{asked:?}");
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[tokio::test]
async fn what_cannot_be_read_stays_as_it_is() {
    let mut read = Read::full();
    let odd = r#"{"id":"odd","type":"singleInstance","start":7}"#.to_owned();
    let nowhen = r#"{"id":"nowhen","type":"singleInstance"}"#.to_owned();
    let broken = r#"{"id":"s-8","type":"occurrence","seriesMasterId":"s","start":7}"#.to_owned();
    let vague =
        r#"{"id":"t-8","type":"occurrence","seriesMasterId":"t","start":{"dateTime":"soon"}}"#
            .to_owned();
    read.script.then(
        200,
        &page(
            &[
                odd,
                nowhen,
                master("s"),
                occurrence("s", 1),
                broken,
                single("a"),
                master("t"),
                occurrence("t", 1),
                vague,
            ],
            true,
        ),
    );
    let (changes, mut unchanged, _) = read.all().await;
    assert_eq!(changes.len(), 1);
    unchanged.sort_unstable();
    assert_eq!(unchanged, ["nowhen", "odd", "s", "s-8", "t"]);
}

#[tokio::test]
async fn many_series_are_told_in_pages() {
    let mut read = Read::full();
    let rows: Vec<String> = (0..450)
        .flat_map(|n| {
            let id = format!("s{n:03}");
            [
                master(&id),
                occurrence(&id, 1),
                occurrence(&id, 8),
                occurrence(&id, 15),
            ]
        })
        .collect();
    read.answered(200, &page(&rows, true)).await.unwrap();
    let mut sizes = Vec::new();
    loop {
        let page = read.next().await.unwrap();
        sizes.push(page.changes.len());
        if page.next != Next::More {
            break;
        }
    }
    assert_eq!(sizes, [200, 200, 50]);
}
