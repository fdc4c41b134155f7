//! A large export of another product is taken over row by row: what it takes of memory hardly grows with it, and an import that breaks off goes
//! on where it stopped. `DAYBOOK_IMPORT_ROWS=1000000` does it in full size and prints what it took.

use std::io::{Error as IoError, Read};
use std::time::Instant;

use daybook_domain::import::{DateOrder, Format, Unreadable, read};
use daybook_domain::time_entry::Status;
use daybook_engine::Principal;
use daybook_engine::reports::{self, GroupBy};
use daybook_engine::store::time_entries::Filter;
use daybook_engine::timesheets::Error;
use daybook_engine::timesheets::import::{self, Plan, Report};
use daybook_testkit::{Db, World};
use jiff::tz::TimeZone;

/// Bytes that a row may cost: its fingerprint, by which equal rows are told apart.
const PER_ROW: u64 = 100;
/// Bytes that an import may cost whatever its size.
const FIXED: u64 = 64 << 20;
/// From here on the rows weigh more than what the rest of the process does meanwhile.
const WEIGHED: u64 = 200_000;

/// An export of so many rows, made as it is read; it breaks off before row `broken`.
struct Export {
    next: u64,
    rows: u64,
    broken: Option<u64>,
    line: Vec<u8>,
}

impl Export {
    fn new(rows: u64, broken: Option<u64>) -> Self {
        Self {
            next: 0,
            rows,
            broken,
            line: b"Description,Project,Start date,Start time,Duration\n".to_vec(),
        }
    }
}

impl Read for Export {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, IoError> {
        if self.line.is_empty() && self.next < self.rows {
            if self.broken == Some(self.next) {
                return Err(IoError::other("the disk is gone"));
            }
            let row = self.next;
            self.next += 1;
            let (day, hour) = (row % 28 + 1, row % 24);
            self.line = format!(
                "Work {row},Project {},2025-11-{day:02},{hour:02}:00,1:00\n",
                row % 50
            )
            .into();
        }
        let some = self.line.len().min(into.len());
        into[..some].copy_from_slice(&self.line[..some]);
        self.line.drain(..some);
        Ok(some)
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "shown when a test fails")]
enum Stopped {
    File(Unreadable),
    Engine(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

async fn take(world: &World, who: &Principal, export: Export) -> Result<Report, Stopped> {
    let plan = Plan {
        product: "toggl",
        zone: TimeZone::UTC,
        status: Status::Pending,
        dry_run: false,
    };
    let rows = read(Format::Toggl, DateOrder::DayFirst, export).map_err(Stopped::File)?;
    let rows = rows.map(|row| row.map_err(Stopped::File));
    import::import(&world.cx, who, &plan, rows, |_| {}).await
}

/// Bytes, as Linux tells: the most there were (`VmHWM`).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

#[tokio::test]
async fn a_large_export_is_taken_over_as_it_is_read() {
    let rows = super::number("DAYBOOK_IMPORT_ROWS", 3_000) as u64;
    let world = World::builder().db(Db::File).build().await.unwrap();
    let who = world.owner("ada").await;
    let (before, begun) = (peak(), Instant::now());
    // It breaks off within the third batch of the second half.
    let broken = rows / 2 + 1_234;
    let stopped = take(&world, &who, Export::new(rows, Some(broken))).await;
    assert!(
        matches!(stopped, Err(Stopped::File(Unreadable::Io(_)))),
        "{stopped:?}"
    );
    let report = take(&world, &who, Export::new(rows, None)).await.unwrap();
    let kept = broken / 500 * 500;
    assert_eq!(
        (
            report.rows,
            report.already_there,
            report.created,
            report.refused
        ),
        (rows, kept, rows - kept, 0)
    );
    let time = begun.elapsed();
    let total = reports::time(&world.cx, &who, GroupBy::Project, Filter::default()).await;
    let total = total.unwrap();
    assert_eq!((total.total.entries, total.groups.len()), (rows, 50));
    if let (Some(before), Some(after)) = (before, peak()) {
        let cost = after - before;
        println!(
            "{rows} rows, read one and a half times, in {time:.1?}: {} MiB more than before",
            cost >> 20
        );
        assert!(
            rows < WEIGHED || cost < FIXED + PER_ROW * rows,
            "{cost} bytes for {rows} rows"
        );
    }
}
