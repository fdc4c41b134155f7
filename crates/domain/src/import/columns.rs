//! Which column is which. Names differ between versions of the products, so each has several.

use super::{Format, Unreadable};

/// Where a value stands in a record.
pub(super) type At = Option<usize>;

#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) email: At,
    pub(super) person: At,
    pub(super) last_name: At,
    pub(super) client: At,
    pub(super) project: At,
    pub(super) task: At,
    pub(super) description: At,
    pub(super) billable: At,
    pub(super) tags: At,
    pub(super) date: At,
    pub(super) time: At,
    pub(super) end_date: At,
    pub(super) end_time: At,
    pub(super) duration: At,
}

const EMAIL: &[&str] = &["email", "e-mail"];
const PERSON: &[&str] = &["user", "member", "first name"];
const DESCRIPTION: &[&str] = &["description", "notes"];
const BILLABLE: &[&str] = &["billable", "billable?"];
const DATE: &[&str] = &["start date", "date"];
const END_DATE: &[&str] = &["end date", "stop date"];
const END_TIME: &[&str] = &["end time", "stop time"];
const DURATION: &[&str] = &["duration", "duration (h)", "duration (decimal)", "hours"];
const TIME: &[&str] = &["start time"];

impl Columns {
    /// Finds the columns by their names, whatever their order and case.
    pub(super) fn find(format: Format, header: &csv::ByteRecord) -> Result<Self, Unreadable> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_lowercase())
            .collect();
        let at = |wanted: &[&str]| {
            wanted
                .iter()
                .find_map(|want| names.iter().position(|name| name == want))
        };
        let needed: &[&[&'static str]] = match format {
            Format::Toggl | Format::Clockify => &[DATE, TIME, DURATION, DESCRIPTION],
            Format::Harvest => &[DATE, DURATION, &["first name"]],
        };
        if let Some(missing) = needed.iter().find(|wanted| at(wanted).is_none()) {
            let found: String = names.join(", ").chars().take(200).collect();
            return Err(Unreadable::Columns {
                format,
                missing: missing[0],
                found,
            });
        }
        Ok(Self {
            email: at(EMAIL),
            person: at(PERSON),
            last_name: at(&["last name"]),
            client: at(&["client"]),
            project: at(&["project"]),
            task: at(&["task"]),
            description: at(DESCRIPTION),
            billable: at(BILLABLE),
            tags: at(&["tags", "tag"]),
            date: at(DATE),
            time: at(TIME),
            end_date: at(END_DATE),
            end_time: at(END_TIME),
            duration: at(DURATION),
        })
    }

    /// The text in a column, trimmed; `None` where it is empty, absent or not UTF-8.
    #[expect(clippy::unused_self, reason = "reads as a question to the columns")]
    pub(super) fn text<'a>(&self, record: &'a csv::ByteRecord, at: At) -> Option<&'a str> {
        let text = std::str::from_utf8(record.get(at?)?).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }
}
