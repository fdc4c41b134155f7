//! `Retry-After` in every form seen (contracts/README rule 9): seconds, an HTTP date, an ISO 8601 date, garbage.

use std::time::Duration;

use http::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// Longest wait that is believed.
const CEILING: Duration = Duration::from_secs(24 * 3600);

/// How long an answer asks us to wait. Egress has already turned the header into seconds, at most 24 hours, and removed
/// it where it made no sense, so that adapters need no clock.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds).min(CEILING))
}

/// Rewrites `Retry-After` into seconds from `now`, or removes it.
pub(super) fn normalise(headers: &mut HeaderMap, now: Timestamp) {
    let Some(value) = headers.remove(RETRY_AFTER) else {
        return;
    };
    if let Some(wait) = value.to_str().ok().and_then(|text| parse(text, now)) {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
}

/// Whole seconds, rounded up, at most 24 hours. `None`: garbage, now or in the past.
fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let seconds = match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() => seconds,
        Ok(_) => return None,
        Err(_) => now.duration_until(date(text)?).as_secs_f64(),
    };
    if seconds <= 0.0 {
        return None;
    }
    let seconds = seconds.min(CEILING.as_secs_f64());
    Some(Duration::from_secs_f64(seconds.ceil()))
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(at) = jiff::fmt::rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
    {
        return Some(at);
    }
    // ISO 8601 without an offset: UTC.
    let civil: DateTime = text.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_and_garbage() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("1.5", Some(2)),
            ("0", None),
            ("-5", None),
            ("Sat, 21 Nov 2026 08:01:00 GMT", Some(60)),
            ("Mon, 21 Nov 2026 08:01:00 GMT", Some(60)),
            ("Sat, 21 Nov 2026 07:59:00 GMT", None),
            ("2026-11-21T08:00:30Z", Some(30)),
            ("2026-11-21T09:00:30+01:00", Some(30)),
            ("2026-11-21T08:00:30.500Z", Some(31)),
            ("2026-11-21T08:00:30", Some(30)),
            ("99999999999999999999", Some(86_400)),
            ("2096-11-21T08:00:30Z", Some(86_400)),
            ("soon", None),
            ("", None),
            ("NaN", None),
            ("inf", None),
        ];
        for (text, seconds) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            normalise(&mut headers, now);
            assert_eq!(
                retry_after(&headers),
                seconds.map(Duration::from_secs),
                "{text:?}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
