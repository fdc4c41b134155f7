//! What the `quality.toml` of a provider says of the suite's rows, in its table `conformance`.

use crate::host::Host;

/// Whether a row is said to hold.
pub enum Said {
    /// It does.
    Holds,
    /// It does not, and why.
    HoldsNot(String),
}

fn text(host: Host) -> &'static str {
    match host {
        Host::Google => include_str!("../../../providers/src/google/quality.toml"),
        Host::Microsoft => include_str!("../../../providers/src/microsoft/quality.toml"),
        Host::Caldav => include_str!("../../../providers/src/caldav/quality.toml"),
    }
}

/// The lines of the table: name and value.
fn table(host: Host) -> impl Iterator<Item = (&'static str, &'static str)> {
    text(host)
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[conformance]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
}

/// The rows that the file names, in order.
pub fn rows(host: Host) -> Vec<String> {
    let mut rows: Vec<String> = table(host).map(|(name, _)| name.to_owned()).collect();
    rows.sort();
    rows
}

/// What the file says of a row.
pub fn said(host: Host, row: &str) -> Said {
    let name = row.replace('_', "-");
    let found = table(host).find(|(known, _)| *known == name);
    let (_, value) = found.unwrap_or_else(|| panic!("quality.toml of {host:?} lacks {name}"));
    if value == "\"done\"" {
        return Said::Holds;
    }
    let why = value
        .split_once("why = \"")
        .and_then(|(_, rest)| rest.strip_suffix("\" }"));
    match why.filter(|why| !why.is_empty()) {
        Some(why) => Said::HoldsNot(why.to_owned()),
        None => panic!("quality.toml of {host:?}: {name} is neither done nor says why not"),
    }
}
