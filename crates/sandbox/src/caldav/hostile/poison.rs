//! iCalendar objects that hurt naive parsers and expanders (RELIABILITY §3 row 19).

use crate::caldav::CalDavSim;

const HEAD: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//evil//EN\r\n";
const TAIL: &str = "END:VCALENDAR\r\n";

/// The event every client must still be able to read.
pub(super) fn canary() -> String {
    event(
        super::CANARY_UID,
        "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Canary\r\n",
    )
}

pub(super) fn harmless(uid: &str) -> String {
    event(
        uid,
        "DTSTART:20261202T090000Z\r\nDTEND:20261202T100000Z\r\n",
    )
}

/// Puts a text into the calendar that no check would let pass.
pub(super) fn plant(sim: &CalDavSim, calendar: &str, ics: String, etag: Option<&str>) {
    let mut state = sim.lock();
    let now = state.now();
    let etag = etag.map_or_else(|| state.etag(&ics), str::to_owned);
    let object = crate::caldav::state::Object {
        etag,
        ics,
        uid: "poison".to_owned(),
    };
    if let Some(calendar) = state.calendars.get_mut(calendar) {
        calendar.put("poison.ics", object, now);
    }
}

/// Every second since 1970: 1.8 thousand million instances before today.
pub(super) fn secondly() -> String {
    event(
        "secondly",
        "DTSTART:19700101T000000Z\r\nDTEND:19700101T000001Z\r\nRRULE:FREQ=SECONDLY\r\n",
    )
}

/// One more override than the contract allows.
pub(super) fn overrides() -> String {
    let mut body = String::from(HEAD);
    body.push_str(&vevent(
        "overrides",
        "DTSTART:20200101T090000Z\r\nDTEND:20200101T100000Z\r\nRRULE:FREQ=DAILY\r\n",
    ));
    let start = jiff::civil::date(2020, 1, 1);
    for day in 0..5_001_i64 {
        let date = start.saturating_add(jiff::Span::new().days(day));
        let date = date.strftime("%Y%m%d");
        body.push_str(&vevent(
            "overrides",
            &format!(
                "RECURRENCE-ID:{date}T090000Z\r\nDTSTART:{date}T110000Z\r\nDTEND:{date}T120000Z\r\n"
            ),
        ));
    }
    body.push_str(TAIL);
    body
}

/// 2,000 components inside each other.
pub(super) fn nested() -> String {
    let mut body = String::from(HEAD);
    body.push_str(&"BEGIN:VEVENT\r\n".repeat(2_000));
    body.push_str("UID:nested\r\nDTSTART:20261201T090000Z\r\n");
    body.push_str(&"END:VEVENT\r\n".repeat(2_000));
    body.push_str(TAIL);
    body
}

/// The first and the last date of other programs' calendars.
pub(super) fn sentinels() -> String {
    event(
        "sentinels",
        "DTSTART:16010101T000000Z\r\nDTEND:99991231T235959Z\r\nRRULE:FREQ=YEARLY;UNTIL=99991231T235959Z\r\n\
         RDATE:00000101T000000Z,99991231T235959Z\r\nEXDATE:16010101T000000\r\n",
    )
}

/// Three lines of 1 MB each, unfolded.
pub(super) fn long_lines() -> String {
    let long = "A".repeat(1 << 20);
    event(
        "long",
        &format!(
            "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:{long}\r\n\
             DESCRIPTION;X-PARAM=\"{long}\":x\r\nX-{long}:1\r\n"
        ),
    )
}

/// 300,000 lines and a description that expands with every instance.
pub(super) fn many_lines() -> String {
    let mut lines = String::from(
        "DTSTART:20200101T000000Z\r\nDTEND:20200101T000100Z\r\nRRULE:FREQ=MINUTELY\r\n",
    );
    lines.push_str(&"COMMENT:x\r\n".repeat(300_000));
    event("many-lines", &lines)
}

/// Rules with letters outside ASCII and numbers outside every range.
pub(super) fn odd_rules() -> String {
    event(
        "odd-rules",
        "DTSTART:20260101T090000Z\r\nDTEND:20260101T100000Z\r\n\
         RRULE:FREQ=MONTHLY;BYDAY=-\u{279}R;BYSETPOS=99999999999;INTERVAL=0\r\n\
         RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nDURATION:P99999999999999D\r\n",
    )
}

fn event(uid: &str, lines: &str) -> String {
    format!("{HEAD}{}{TAIL}", vevent(uid, lines))
}

fn vevent(uid: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n{lines}END:VEVENT\r\n")
}
