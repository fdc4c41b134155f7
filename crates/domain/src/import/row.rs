//! One record becomes one entry, or a reason why not.

use super::columns::{At, Columns};
use super::when::{self, DateOrder};
use super::{Format, MAX_TAG, MAX_TAGS, MAX_TEXT, Row, Started};
use crate::duration::MAX_MINUTES;

pub(super) fn read(
    format: Format,
    order: DateOrder,
    columns: &Columns,
    record: &csv::ByteRecord,
    line: u64,
) -> Result<Row, String> {
    if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
        return Err("it is not UTF-8".into());
    }
    let text = |at: At| columns.text(record, at);
    let short = |at: At, what: &str| match text(at) {
        Some(text) if text.chars().count() > MAX_TEXT => {
            Err(format!("the {what} is longer than {MAX_TEXT} characters"))
        }
        other => Ok(other.map(str::to_owned)),
    };
    let started = start(order, columns, record)?;
    let minutes = length(order, columns, record, started)?;
    let person = [text(columns.person), text(columns.last_name)];
    let task = short(columns.task, "task")?;
    let notes = short(columns.description, "description")?;
    let description = match (task, notes) {
        (Some(task), Some(notes)) if format == Format::Harvest || task != notes => {
            format!("{task}: {notes}")
        }
        (task, notes) => notes.or(task).unwrap_or_default(),
    };
    if description.chars().count() > MAX_TEXT {
        return Err(format!(
            "task and description together are longer than {MAX_TEXT} characters"
        ));
    }
    let person = person.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(Row {
        line,
        email: text(columns.email).map(str::to_lowercase),
        person: (!person.is_empty()).then_some(person),
        client: short(columns.client, "client")?,
        project: short(columns.project, "project")?,
        description,
        billable: billable(text(columns.billable))?,
        tags: tags(text(columns.tags))?,
        started,
        minutes,
        meeting: None,
    })
}

fn start(order: DateOrder, columns: &Columns, record: &csv::ByteRecord) -> Result<Started, String> {
    let day = columns
        .text(record, columns.date)
        .ok_or("it has no start date")?;
    let date = when::date(day, order).ok_or_else(|| format!("\"{}\" is no date", clip(day)))?;
    match columns.text(record, columns.time) {
        None => Ok(Started::On(date)),
        Some(text) => {
            let time = when::time(text)
                .ok_or_else(|| format!("\"{}\" is no time of the day", clip(text)))?;
            Ok(Started::Wall(date.to_datetime(time)))
        }
    }
}

/// As the product says; from start and end where it does not.
fn length(
    order: DateOrder,
    columns: &Columns,
    record: &csv::ByteRecord,
    started: Started,
) -> Result<i64, String> {
    let seconds = if let Some(text) = columns.text(record, columns.duration) {
        when::seconds(text).ok_or_else(|| format!("\"{}\" is no duration", clip(text)))?
    } else {
        let end = columns
            .text(record, columns.end_date)
            .and_then(|day| when::date(day, order))
            .zip(columns.text(record, columns.end_time).and_then(when::time));
        match (started, end) {
            (Started::Wall(started), Some((date, time))) => {
                started.duration_until(date.to_datetime(time)).as_secs()
            }
            _ => return Err("it has neither a duration nor an end: is it still running?".into()),
        }
    };
    match seconds {
        ..0 => Err("it ends before it begins".into()),
        0 => Err("it took no time at all".into()),
        _ => {
            let minutes = ((seconds + 30) / 60).max(1);
            if minutes > MAX_MINUTES {
                return Err("it is longer than 24 hours".into());
            }
            Ok(minutes)
        }
    }
}

fn billable(text: Option<&str>) -> Result<Option<bool>, String> {
    match text.map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("yes" | "true" | "1" | "y") => Ok(Some(true)),
        Some("no" | "false" | "0" | "n") => Ok(Some(false)),
        Some(other) => Err(format!(
            "\"{}\" does not say whether it is billable; write yes or no",
            clip(other)
        )),
    }
}

fn tags(text: Option<&str>) -> Result<Vec<String>, String> {
    let tags: Vec<String> = text
        .unwrap_or_default()
        .split([',', ';', '|'])
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    if tags.len() > MAX_TAGS {
        return Err(format!("it has more than {MAX_TAGS} tags"));
    }
    if tags.iter().any(|tag| tag.chars().count() > MAX_TAG) {
        return Err(format!("it has a tag longer than {MAX_TAG} characters"));
    }
    Ok(tags)
}

/// The beginning of a cell, for a message.
fn clip(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
