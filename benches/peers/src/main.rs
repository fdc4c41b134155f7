//! What Daybook is measured against: the least code that does the same work, and a load generator.
//!
//! Each command prints one line of JSON. `google` reads a calendar page by page into SQLite, `rows` copies the rows that Daybook
//! wrote, `serve` answers a point read over HTTP, `load` asks a server.

mod google;
mod load;
mod point;
mod rows;

use std::error::Error;

/// Any failure ends the program with its text.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: google API_URL TOKEN DATABASE | rows FROM TO | serve DATABASE ADDRESS | load URL TOKENS REQUESTS THREADS [PER_SECOND]";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["google", api, token, database] => google::run(api, token, database),
        ["rows", from, to] => rows::run(from, to),
        ["serve", database, address] => point::run(database, address),
        ["load", url, token, requests, threads] => {
            load::run(url, token, requests.parse()?, threads.parse()?, None)
        }
        ["load", url, token, requests, threads, rate] => load::run(
            url,
            token,
            requests.parse()?,
            threads.parse()?,
            Some(rate.parse()?),
        ),
        _ => Err(USAGE.into()),
    }
}

/// CPU time of this process so far, user and system, in seconds. Linux only; elsewhere 0.
pub fn cpu_seconds() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let field = |n: usize| {
        after_name
            .split_whitespace()
            .nth(n)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (field(11) + field(12)) / TICKS_PER_SECOND
}
