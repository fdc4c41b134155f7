//! The real binary, asked over HTTP by people who mean it no good (RELIABILITY §3, R8, R9, R10).
//!
//! One test program: each module is a suite of its own, `kit` starts the server and the simulators and speaks HTTP to the
//! byte, so that requests no library would send can be sent.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests: sockets of their own, counts on standard output, and long tables of cases"
)]

mod http_bad_inputs;
mod http_caldav_hostile;
mod http_canary;
mod http_headers;
mod http_isolation;
mod http_oauth;
mod http_scopes;
mod http_slow;
mod http_ssrf;
mod kit;
