//! Time recorded elsewhere: the detailed CSV exports of other time trackers, read row by row, and calendar files.
//!
//! Reading never stops at a bad row: what cannot be taken comes back with its line and the reason. Wall times stay wall times; the zone they
//! were written in is the caller's to say.

mod bounded;
mod columns;
mod ics;
mod row;
mod when;

use std::io::Read;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::text_enum;
use bounded::Bounded;
use columns::Columns;
pub use ics::{MAX_MEETINGS, ics};
pub use when::{DateOrder, Dates};

/// The longest line, in bytes. A longer one is no export of these products.
pub const MAX_LINE: usize = 256 * 1024;
/// The longest text of one cell that is taken, in characters.
pub const MAX_TEXT: usize = 2_000;
/// The most tags of one row, and the longest of them, in characters.
pub const MAX_TAGS: usize = 20;
/// See [`MAX_TAGS`].
pub const MAX_TAG: usize = 50;

text_enum! {
    /// Whose export it is.
    Format {
        /// Toggl Track, Reports › Detailed.
        Toggl = "toggl",
        /// Clockify, Reports › Detailed.
        Clockify = "clockify",
        /// Harvest, Reports › Detailed time.
        Harvest = "harvest",
    }
}

/// When something began, as exactly as the file knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// On that day.
    On(Date),
    /// Then, on the wall of a zone that the file does not name.
    Wall(DateTime),
    /// At that instant.
    At(Timestamp),
}

/// One entry of the other product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its row in the file as a spreadsheet counts: the header is the first.
    pub line: u64,
    /// Whose work, by e-mail address, in small letters.
    pub email: Option<String>,
    /// Whose work, by name, where the product exports no address.
    pub person: Option<String>,
    /// For whom.
    pub client: Option<String>,
    /// For what.
    pub project: Option<String>,
    /// What was done: the task and the notes.
    pub description: String,
    /// Whether it is billed, where that is said.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Vec<String>,
    /// When it began.
    pub started: Started,
    /// How long, rounded to the minute; at least one.
    pub minutes: i64,
    /// Which meeting it is, where it is one with a UID: see [`meeting_cause`](crate::time_entry::meeting_cause).
    pub meeting: Option<String>,
}

/// A row that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its row, as [`Row::line`].
    pub line: u64,
    /// Why, for the person who exported it.
    pub reason: String,
}

/// Why nothing of a file can be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It does not have the columns.
    #[error(
        "this is not a detailed CSV export of {format}: the column \"{missing}\" is missing. Columns found: {found}"
    )]
    Columns {
        /// What it was said to be.
        format: Format,
        /// Its usual name.
        missing: &'static str,
        /// What is there instead, shortened.
        found: String,
    },
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// Saved by a spreadsheet.
    #[error("the file is UTF-16; save it as CSV UTF-8 and try again")]
    Utf16,
    /// `03/04/2026`, all the way down.
    #[error(
        "the dates may be day first or month first and no row tells which; say --dates dmy or --dates mdy"
    )]
    DatesAmbiguous,
    /// `25/01/2026` and `01/25/2026`.
    #[error(
        "some dates have the day first and others the month; the file cannot be read without guessing. Export it with dates like 2026-01-25"
    )]
    DatesMixed,
    /// The file itself, or a line without an end.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// CSV's own.
    #[error("the file cannot be read as CSV: {0}")]
    Csv(csv::Error),
}

impl From<csv::Error> for Unreadable {
    fn from(error: csv::Error) -> Self {
        match error.kind() {
            csv::ErrorKind::Io(_) => match error.into_kind() {
                csv::ErrorKind::Io(io) => Self::Io(io),
                _ => Self::Empty,
            },
            _ => Self::Csv(error),
        }
    }
}

/// What a first look over the whole file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Rows below the header.
    pub rows: u64,
    /// How its dates are written.
    pub dates: Dates,
}

/// Looks the file over: how many rows there are, and how their dates are to be read.
///
/// # Errors
/// [`Unreadable`], but for ambiguous dates.
pub fn scan(format: Format, input: impl Read) -> Result<Scan, Unreadable> {
    let (mut reader, columns) = open(format, input)?;
    let (mut record, mut rows, mut dates) = (csv::ByteRecord::new(), 0, Dates::default());
    while reader.read_byte_record(&mut record)? {
        rows += 1;
        if let Some(date) = columns.text(&record, columns.date) {
            dates.see(date);
        }
    }
    Ok(Scan { rows, dates })
}

/// The rows of a file, one by one.
///
/// # Errors
/// [`Unreadable`] when the header is not that of the product.
pub fn read<R: Read>(format: Format, order: DateOrder, input: R) -> Result<Rows<R>, Unreadable> {
    let (reader, columns) = open(format, input)?;
    Ok(Rows {
        format,
        order,
        reader,
        columns,
        record: csv::ByteRecord::new(),
    })
}

/// See [`read`].
pub struct Rows<R: Read> {
    format: Format,
    order: DateOrder,
    reader: csv::Reader<Bounded<R>>,
    columns: Columns,
    record: csv::ByteRecord,
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Result<Row, Refused>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => None,
            Err(error) => Some(Err(error.into())),
            Ok(true) => {
                let line = self.record.position().map_or(0, |at| at.record() + 1);
                let row = row::read(self.format, self.order, &self.columns, &self.record, line);
                Some(Ok(row.map_err(|reason| Refused { line, reason })))
            }
        }
    }
}

fn open<R: Read>(
    format: Format,
    input: R,
) -> Result<(csv::Reader<Bounded<R>>, Columns), Unreadable> {
    let (input, separator) = Bounded::open(input)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(true)
        .from_reader(input);
    let header = reader.byte_headers()?.clone();
    if header.iter().all(<[u8]>::is_empty) {
        return Err(Unreadable::Empty);
    }
    let columns = Columns::find(format, &header)?;
    Ok((reader, columns))
}
