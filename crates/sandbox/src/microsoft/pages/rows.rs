//! The parts of one person's page: the form for a new event and the rows of the coming weeks.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::microsoft::state::calendar::Calendar;
use crate::microsoft::state::event::Event;
use crate::microsoft::state::{Person, State, zones};
use crate::shell::escape;

/// How far the page looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Rows shown per person.
const ROWS: usize = 120;

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

pub(super) fn add_form(state: &State, person: &Person, now: Timestamp) -> String {
    let writable = person.list.iter().filter(|e| e.can_edit);
    let options: String = writable
        .filter_map(|entry| {
            let calendar = state.calendars.get(&entry.calendar)?;
            let selected = if calendar.default { " selected" } else { "" };
            Some(format!(
                "<option value=\"{}\"{selected}>{}</option>",
                escape(&calendar.id),
                escape(&calendar.name)
            ))
        })
        .collect();
    let soon = now.to_zoned(zone_of(person)).saturating_add(1.hour());
    format!(
        "<form class=add method=post action=\"/people/{}/add\">\
         <label>Title <input type=text name=title value=\"New meeting\" required></label>\
         <label>Calendar <select name=calendar>{options}</select></label>\
         <label>Starts ({}) <input type=datetime-local name=start value=\"{}\" required></label>\
         <label>Minutes <input type=number name=minutes value=30 min=5 max=1440></label>\
         <button>Add</button></form>",
        encode(&person.email),
        escape(&person.time_zone),
        soon.strftime("%Y-%m-%dT%H:00"),
    )
}

pub(super) fn days(state: &State, person: &Person, now: Timestamp) -> String {
    let zone = zone_of(person);
    let today = now
        .to_zoned(zone.clone())
        .start_of_day()
        .map_or(now, |z| z.timestamp());
    let to = today.checked_add(AHEAD).unwrap_or(today);
    let open = person
        .list
        .iter()
        .filter_map(|e| Some((e.can_edit, state.calendars.get(&e.calendar)?)));
    let mut rows: Vec<(Timestamp, bool, &Calendar, Event)> = open
        .flat_map(|(can_edit, c)| {
            c.view((today, to))
                .into_iter()
                .map(move |e| (e.instants().0, can_edit, c, e))
        })
        .collect();
    rows.sort_by_key(|row| row.0);
    let mut html = String::new();
    let mut heading = String::new();
    for (start, can_edit, calendar, event) in rows.iter().take(ROWS) {
        let zone = if event.all_day {
            TimeZone::UTC
        } else {
            zone.clone()
        };
        let day = start.to_zoned(zone).strftime("%A, %-d %B").to_string();
        if day != heading {
            let close = if heading.is_empty() { "" } else { "</ul>" };
            html.push_str(&format!("{close}<h2>{day}</h2><ul class=list>"));
            heading = day;
        }
        html.push_str(&row(person, *can_edit, calendar, event));
    }
    html.push_str(if heading.is_empty() {
        "<p>Nothing in the coming weeks.</p>"
    } else {
        "</ul>"
    });
    html
}

fn row(person: &Person, can_edit: bool, calendar: &Calendar, event: &Event) -> String {
    let private = event.text("sensitivity") == "private" && calendar.owner != person.email;
    let title = match event.text("subject") {
        _ if private => "Private appointment",
        "" => "(no title)",
        title => title,
    };
    let title = escape(title);
    let repeats = if event.original.is_some() {
        " · repeats"
    } else {
        ""
    };
    let about = format!(
        "<div><b>{title}</b><br><small>{} · {} · {}{repeats}</small></div>",
        when(person, event),
        escape(&calendar.name),
        escape(event.show_as()),
    );
    if !can_edit {
        return format!("<li class=event>{about}</li>");
    }
    let step = if event.all_day { "+1 day" } else { "+1 h" };
    format!(
        "<li class=event>{about}<form method=post action=\"/people/{email}/change\">\
         <input type=hidden name=calendar value=\"{home}\"><input type=hidden name=event value=\"{id}\">\
         <input type=text name=title value=\"{title}\" aria-label=\"Title of {title}\">\
         <button name=do value=rename>Rename</button>\
         <button name=do value=later class=quiet aria-label=\"Move {title} by {step}\">{step}</button>\
         <button name=do value=delete class=quiet aria-label=\"Delete {title}\">Delete</button></form></li>",
        email = encode(&person.email),
        home = escape(&calendar.id),
        id = escape(&calendar.wire_id(event, true)),
    )
}

fn when(person: &Person, event: &Event) -> String {
    if event.all_day {
        return "all day".to_owned();
    }
    let (start, end) = event.instants();
    let clock = |t: Timestamp| t.to_zoned(zone_of(person)).strftime("%H:%M").to_string();
    format!("{}–{}", clock(start), clock(end))
}

fn zone_of(person: &Person) -> TimeZone {
    zones::zone(&person.time_zone).unwrap_or(TimeZone::UTC)
}
