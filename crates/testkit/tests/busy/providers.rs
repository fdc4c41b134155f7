//! The same events in each provider's words.

use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::microsoft::Account;
use daybook_testkit::{CALDAV_PASSWORD, CALDAV_USER, World};
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use serde_json::{Value, json};

use crate::spec::{End, Freq, Kind, Spec, instant, zone};

/// Who it is at Google and Microsoft.
pub const PERSON: &str = "cy@northwind.example";

fn civil(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Start and end of something that begins at this wall time, as wall times of its zone.
fn walls(spec: &Spec, start: DateTime) -> (DateTime, DateTime) {
    (start, zone(spec.zone).to_datetime(spec.end_of(start)))
}

/// `RRULE:…`.
fn rrule(spec: &Spec) -> Option<String> {
    let rule = spec.rule.as_ref()?;
    let freq = match rule.freq {
        Freq::Daily => "DAILY",
        Freq::Weekly => "WEEKLY",
        Freq::Monthly => "MONTHLY",
    };
    let mut text = format!("RRULE:FREQ={freq};INTERVAL={}", rule.interval);
    if rule.freq == Freq::Weekly {
        let days: Vec<&str> = rule.days.iter().map(|day| short(*day)).collect();
        text += &format!(";BYDAY={}", days.join(","));
    }
    match rule.end {
        End::Never => {}
        End::Count(count) => text += &format!(";COUNT={count}"),
        End::Until(date) if spec.all_day => text += &format!(";UNTIL={}", date.strftime("%Y%m%d")),
        End::Until(date) => {
            let last = instant(spec.zone, date.at(23, 59, 59, 0));
            text += &format!(";UNTIL={}", stamp(last));
        }
    }
    Some(text)
}

fn short(day: Weekday) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        [usize::try_from(day.to_monday_zero_offset()).unwrap()]
}

fn long(day: Weekday) -> &'static str {
    let names = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    names[usize::try_from(day.to_monday_zero_offset()).unwrap()]
}

/// Puts them into a new person's calendar at Google.
pub fn at_google(world: &World, specs: &[Spec], home: &str) {
    world.google.add_person(PERSON, "Cy", home);
    for spec in specs {
        let times = |start: DateTime| {
            if spec.all_day {
                let last = start
                    .date()
                    .saturating_add(jiff::Span::new().days(spec.minutes / 1_440));
                return (json!({"date": start.date()}), json!({"date": last}));
            }
            let at = |wall| json!({"dateTime": civil(wall), "timeZone": spec.zone});
            let (start, end) = walls(spec, start);
            (at(start), at(end))
        };
        let (start, end) = times(spec.start);
        let mut body = json!({"summary": format!("e{}", spec.n), "start": start, "end": end});
        // Days are free at Google unless they are said not to be.
        body["transparency"] = json!(match spec.kind {
            Kind::Free | Kind::Elsewhere => "transparent",
            Kind::Busy | Kind::Tentative | Kind::Declined => "opaque",
        });
        if spec.kind == Kind::Elsewhere {
            body["eventType"] = json!("workingLocation");
            body["workingLocationProperties"] = json!({"type": "homeOffice", "homeOffice": {}});
        }
        if spec.kind == Kind::Tentative {
            body["status"] = json!("tentative");
        }
        if spec.kind == Kind::Declined {
            body["attendees"] = json!([{"email": PERSON, "responseStatus": "declined"}, {"email": "bo@northwind.example"}]);
        }
        if let Some(rule) = rrule(spec) {
            body["recurrence"] = json!([rule]);
        }
        let id = world.google.put_event(PERSON, &body).unwrap();
        let occurrence = |nth: usize| {
            let wall = spec.wall(nth);
            if spec.all_day {
                return wall.date().strftime("%Y%m%d").to_string();
            }
            stamp(instant(spec.zone, wall))
        };
        for nth in &spec.holes {
            assert!(
                world.google.cancel_instance(PERSON, &id, &occurrence(*nth)),
                "{spec:?}"
            );
        }
        for (nth, minutes) in &spec.moved {
            let (start, end) = times(
                spec.wall(*nth)
                    .saturating_add(jiff::Span::new().minutes(*minutes)),
            );
            let patch = json!({"start": start, "end": end});
            let id = format!("{id}_{}", occurrence(*nth));
            world.google.edit_event(PERSON, &id, &patch).unwrap();
        }
    }
}

/// Puts them into a new person's calendar at Microsoft.
pub fn at_microsoft(world: &World, specs: &[Spec], home: &str, account: Account) {
    world.microsoft.add_person(PERSON, "Cy", home, account);
    let (calendar, _) = world.microsoft.calendars_of(PERSON).remove(0);
    for spec in specs {
        let times = |start: DateTime| {
            let at = |wall| json!({"dateTime": civil(wall), "timeZone": spec.zone});
            let (start, end) = if spec.all_day {
                (
                    start,
                    start.saturating_add(jiff::Span::new().days(spec.minutes / 1_440)),
                )
            } else {
                walls(spec, start)
            };
            (at(start), at(end))
        };
        let (start, end) = times(spec.start);
        let shown = match spec.kind {
            Kind::Busy if spec.n % 4 == 1 => "oof",
            Kind::Busy | Kind::Declined => "busy",
            Kind::Tentative => "tentative",
            Kind::Free => "free",
            Kind::Elsewhere => "workingElsewhere",
        };
        let mut body = json!({"subject": format!("e{}", spec.n), "showAs": shown, "isAllDay": spec.all_day, "start": start, "end": end});
        if spec.kind == Kind::Declined {
            body["organizer"] = json!({"emailAddress": {"address": "bo@northwind.example"}});
            body["responseStatus"] = json!({"response": "declined"});
        }
        if let Some(recurrence) = recurrence(spec) {
            body["recurrence"] = recurrence;
        }
        let id = world
            .microsoft
            .put_event(&calendar, &body)
            .unwrap_or_else(|why| panic!("{why}: {body}"));
        let occurrence = |nth: usize| {
            let date = spec.wall(nth).date();
            world.microsoft.occurrence_id(&calendar, &id, date).unwrap()
        };
        for nth in &spec.holes {
            assert!(
                world.microsoft.delete_event(&calendar, &occurrence(*nth)),
                "{spec:?}"
            );
        }
        for (nth, minutes) in &spec.moved {
            let (start, end) = times(
                spec.wall(*nth)
                    .saturating_add(jiff::Span::new().minutes(*minutes)),
            );
            let patch = json!({"start": start, "end": end});
            world
                .microsoft
                .edit_event(&calendar, &occurrence(*nth), &patch)
                .unwrap();
        }
    }
}

fn recurrence(spec: &Spec) -> Option<Value> {
    let rule = spec.rule.as_ref()?;
    let first = spec.start.date();
    let mut pattern = json!({"interval": rule.interval});
    match rule.freq {
        Freq::Daily => pattern["type"] = json!("daily"),
        Freq::Weekly => {
            let days: Vec<&str> = rule.days.iter().map(|day| long(*day)).collect();
            pattern["type"] = json!("weekly");
            pattern["daysOfWeek"] = json!(days);
            pattern["firstDayOfWeek"] = json!("monday");
        }
        Freq::Monthly => {
            pattern["type"] = json!("absoluteMonthly");
            pattern["dayOfMonth"] = json!(first.day());
        }
    }
    let range = match rule.end {
        End::Never => json!({"type": "noEnd", "startDate": first}),
        End::Count(count) => {
            json!({"type": "numbered", "startDate": first, "numberOfOccurrences": count})
        }
        End::Until(date) => json!({"type": "endDate", "startDate": first, "endDate": date}),
    };
    Some(json!({"pattern": pattern, "range": range}))
}

/// Puts them into Ada's calendar at the CalDAV server.
pub fn at_caldav(world: &World, specs: &[Spec], home: &str) {
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let named = CalendarSpec::named("Home").zone(home);
    let home = world.caldav.add_calendar(CALDAV_USER, named).unwrap();
    for spec in specs {
        let object = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{}END:VCALENDAR\r\n",
            components(spec)
        );
        let path = format!("{home}e{}.ics", spec.n);
        world.caldav.put(&path, &object).unwrap();
    }
}

fn components(spec: &Spec) -> String {
    let name = |property: &str, wall: DateTime| {
        if spec.all_day {
            return format!(
                "{property};VALUE=DATE:{}\r\n",
                wall.date().strftime("%Y%m%d")
            );
        }
        if spec.zone == "UTC" {
            return format!("{property}:{}Z\r\n", wall.strftime("%Y%m%dT%H%M%S"));
        }
        format!(
            "{property};TZID={}:{}\r\n",
            spec.zone,
            wall.strftime("%Y%m%dT%H%M%S")
        )
    };
    let event = |start: DateTime, rest: &str| {
        let (start, end) = if spec.all_day {
            (
                start,
                start.saturating_add(jiff::Span::new().days(spec.minutes / 1_440)),
            )
        } else {
            walls(spec, start)
        };
        let how = match spec.kind {
            Kind::Busy => "",
            Kind::Tentative => "STATUS:TENTATIVE\r\n",
            Kind::Free => "TRANSP:TRANSPARENT\r\n",
            Kind::Elsewhere => {
                "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\r\n"
            }
            Kind::Declined => {
                "ORGANIZER:mailto:bo@northwind.example\r\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com\r\n"
            }
        };
        format!(
            "BEGIN:VEVENT\r\nUID:e{}@test\r\nDTSTAMP:20260301T000000Z\r\nSUMMARY:e{}\r\n{}{}{how}{rest}END:VEVENT\r\n",
            spec.n,
            spec.n,
            name("DTSTART", start),
            name("DTEND", end),
        )
    };
    let mut rest = rrule(spec).map_or(String::new(), |rule| rule + "\r\n");
    for nth in &spec.holes {
        rest += &name("EXDATE", spec.wall(*nth));
    }
    let mut text = event(spec.start, &rest);
    for (nth, minutes) in &spec.moved {
        let wall = spec.wall(*nth);
        let id = name("RECURRENCE-ID", wall);
        text += &event(
            wall.saturating_add(jiff::Span::new().minutes(*minutes)),
            &id,
        );
    }
    text
}
