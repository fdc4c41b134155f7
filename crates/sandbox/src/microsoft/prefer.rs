//! The `Prefer` header: page size, ids that stay, time zone and body type of the answer.

use http::HeaderMap;
use jiff::tz::TimeZone;

use super::errors::ApiError;
use super::state::zones;

/// What the caller prefers.
#[derive(Debug, Clone)]
pub(super) struct Prefer {
    /// `IdType="ImmutableId"`.
    pub immutable: bool,
    /// `odata.maxpagesize`.
    pub page: Option<usize>,
    /// `outlook.timezone`, UTC when absent.
    pub zone: TimeZone,
    /// The name the caller used.
    pub zone_label: String,
    /// `outlook.body-content-type="text"`.
    pub text_body: bool,
}

impl Prefer {
    pub fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut prefer = Self {
            immutable: false,
            page: None,
            zone: TimeZone::UTC,
            zone_label: "UTC".to_owned(),
            text_body: false,
        };
        let values = headers
            .get_all("prefer")
            .iter()
            .filter_map(|v| v.to_str().ok());
        for item in values.flat_map(|v| v.split([',', ';'])) {
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "idtype" => prefer.immutable = value.eq_ignore_ascii_case("ImmutableId"),
                "odata.maxpagesize" => prefer.page = value.parse().ok().filter(|n| *n > 0),
                "outlook.timezone" => {
                    let unknown = || {
                        ApiError::new(
                            400,
                            "TimeZoneNotSupportedException",
                            format!("A time zone named {value} is not known."),
                        )
                    };
                    prefer.zone = zones::zone(value).ok_or_else(unknown)?;
                    prefer.zone_label = value.to_owned();
                }
                "outlook.body-content-type" => {
                    prefer.text_body = value.eq_ignore_ascii_case("text")
                }
                _ => {}
            }
        }
        Ok(prefer)
    }

    /// The part that must be the same on all pages of a round.
    pub fn bound(&self) -> String {
        format!("{} {}", self.immutable, self.zone_label)
    }
}
