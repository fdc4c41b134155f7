#![expect(clippy::too_many_lines, reason = "every message is made in one place")]
//! What messages say, what they never say, and that Slack takes them.

mod escapes;
mod limits;
mod samples;
mod sdk;
mod wording;
