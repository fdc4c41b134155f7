//! CSV that a spreadsheet cannot be tricked with (RELIABILITY §3 row 23).

/// One line of CSV (RFC 4180).
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// With what a spreadsheet may begin a formula (ASVS 1.2.10), also as the full-width letters of East Asian keyboards; or what it skips before one.
const RUNS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
];

/// A cell. Text that a spreadsheet would run as a formula gets an apostrophe.
fn cell(text: &str) -> String {
    let runs = text.starts_with(RUNS);
    let text = if runs {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn formulas_are_disarmed_and_quotes_doubled() {
        assert_eq!(
            line(["=1+1", "a,b", "say \"x\"", "plain"]),
            "\"'=1+1\",\"a,b\",\"say \"\"x\"\"\",plain\r\n"
        );
    }
}
