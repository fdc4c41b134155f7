//! `import`: takes over time recorded elsewhere.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use daybook_domain::ical::ParseLimits;
use daybook_domain::import::{DateOrder, Format, Refused, Row, Unreadable, ics, read, scan};
use daybook_domain::time_entry::Status;
use daybook_domain::zone::Zone;
use daybook_engine::accounts::provision;
use daybook_engine::timesheets::import::{self, Plan, Report};
use daybook_engine::timesheets::quick;
use daybook_engine::{Context, Principal};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::{DateWords, Import, ImportStatus, Product};
use super::terminal::Terminal;
use crate::config::Config;

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Engine(#[from] daybook_engine::timesheets::Error),
}

pub(super) async fn run(config: &Config, ask: &Import, terminal: &Terminal) -> Result<()> {
    let cx = super::ready(config).await?;
    let who = principal(&cx, ask).await?;
    let zone = match &ask.time_zone {
        Some(name) => TimeZone::get(name).map_err(|_| {
            anyhow!("--time-zone: there is no zone {name}; write one like Europe/Berlin")
        })?,
        None => quick::zone(&cx, &who).await?,
    };
    let plan = Plan {
        product: format_of(ask.product).map_or("ics", Format::as_str),
        zone,
        status: status_of(ask.status),
        dry_run: ask.dry_run,
    };
    let report = match format_of(ask.product) {
        Some(format) => csv(&cx, &who, &plan, format, ask, terminal).await?,
        None => calendar(&cx, &who, &plan, &ask.file, terminal).await?,
    };
    cx.store.close().await;
    for reason in &report.reasons {
        terminal.note(format!("row {}: {}", reason.row, reason.reason));
    }
    terminal.result(&report, || say(&report, ask.dry_run))
}

async fn principal(cx: &Context, ask: &Import) -> Result<Principal> {
    let Some(email) = &ask.email else {
        return provision::only_owner(cx).await.map_err(|error| anyhow!(error))?.ok_or_else(|| {
            anyhow!("say whose time it is with --email: this server has no owner yet, or more than one")
        });
    };
    provision::operator(cx, email, ask.workspace.as_deref())
        .await
        .map_err(|error| anyhow!(error))
}

async fn csv(
    cx: &Context,
    who: &Principal,
    plan: &Plan,
    format: Format,
    ask: &Import,
    terminal: &Terminal,
) -> Result<Report> {
    let open = || open(&ask.file).map(BufReader::new);
    let found = scan(format, open()?)?;
    let order = match ask.dates {
        Some(DateWords::Dmy) => DateOrder::DayFirst,
        Some(DateWords::Mdy) => DateOrder::MonthFirst,
        None => found.dates.order()?,
    };
    let rows = read(format, order, open()?)?.map(|row| row.map_err(Stopped::from));
    let bar = terminal.progress(found.rows);
    let report = import::import(cx, who, plan, rows, |done| bar.set_position(done)).await;
    bar.finish_and_clear();
    Ok(report?)
}

async fn calendar(
    cx: &Context,
    who: &Principal,
    plan: &Plan,
    file: &Path,
    terminal: &Terminal,
) -> Result<Report> {
    let most = ParseLimits::default().bytes as u64;
    let mut bytes = Vec::new();
    open(file)?
        .take(most + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let zone = plan
        .zone
        .iana_name()
        .and_then(Zone::iana)
        .unwrap_or_else(Zone::utc);
    let own = import::addresses(cx, who).await?;
    let rows = ics(&bytes, &zone, Timestamp::UNIX_EPOCH..cx.clock.now(), &own)?;
    let bar = terminal.progress(rows.len() as u64);
    let rows = rows.into_iter().map(Ok::<Result<Row, Refused>, Stopped>);
    let report = import::import(cx, who, plan, rows, |done| bar.set_position(done)).await;
    bar.finish_and_clear();
    Ok(report?)
}

fn open(file: &Path) -> Result<File> {
    if file.is_dir() {
        bail!("{} is a folder, not a file", file.display());
    }
    File::open(file).with_context(|| format!("{} cannot be opened", file.display()))
}

const fn format_of(product: Product) -> Option<Format> {
    match product {
        Product::Toggl => Some(Format::Toggl),
        Product::Clockify => Some(Format::Clockify),
        Product::Harvest => Some(Format::Harvest),
        Product::Ics => None,
    }
}

const fn status_of(status: ImportStatus) -> Status {
    match status {
        ImportStatus::Draft => Status::Draft,
        ImportStatus::Pending => Status::Pending,
        ImportStatus::Approved => Status::Approved,
    }
}

fn say(report: &Report, dry_run: bool) -> String {
    let (did, would) = if dry_run {
        ("Nothing was kept. Of", "would be ")
    } else {
        ("Of", "")
    };
    let hours = report.minutes / 60;
    let minutes = report.minutes % 60;
    let mut text = format!(
        "{did} {} rows, {} {would}taken over ({hours} h {minutes:02} min), {} were there already, {} {would}left out.",
        report.rows, report.created, report.already_there, report.refused
    );
    for (what, names) in [
        ("clients", &report.new_clients),
        ("projects", &report.new_projects),
    ] {
        if !names.is_empty() {
            let shown: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
            let more = names.len() - shown.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            text.push_str(&format!("\nNew {what}: {}{more}.", shown.join(", ")));
        }
    }
    let unnamed = report.refused - report.reasons.len() as u64;
    if unnamed > 0 {
        text.push_str(&format!(
            "\n{unnamed} more rows were left out for reasons like those above."
        ));
    }
    text
}
