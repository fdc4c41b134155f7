//! Names that are no setting, and the one that was probably meant.
//!
//! Everything that begins with `DAYBOOK_` is ours, so an unknown name stops the start. `GOOGLE_…`, `SLACK_…` and the like are
//! shared with other programs (`GOOGLE_APPLICATION_CREDENTIALS` on half of all servers): of those only names are refused
//! that cannot well be meant for anybody else. See [`looks_like_ours`].

use super::table::{NOT_OURS, NOT_SETTINGS, SETTINGS, TEST_PREFIXES};

/// Two letters wrong, missing or too many are a slip; more is another word.
const SLIP: usize = 2;
/// A hint may be further off than a slip.
const HINT: usize = 4;

/// Whether a variable is meant for us and is no setting.
pub(super) fn is_unknown(name: &str) -> bool {
    let known = SETTINGS.iter().any(|setting| {
        setting.env == name
            || setting.secret
                && name
                    .strip_suffix("_FILE")
                    .is_some_and(|base| base == setting.env)
    });
    if known {
        return false;
    }
    if name.starts_with("DAYBOOK_") {
        return !NOT_SETTINGS.contains(&name)
            && !TEST_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    }
    looks_like_ours(name)
}

/// Whether a provider's variable is probably a setting of ours written wrongly: it has the shape of one (`…_CLIENT_…`,
/// `…_REDIRECT_…`, `…_TENANT…`, an address `…_URL` or `…_URI`), it is a setting of another provider (`ZOOM_SIGNING_SECRET`),
/// or it differs from one of this provider's settings by a slip.
fn looks_like_ours(name: &str) -> bool {
    let Some((provider, rest)) = name.split_once('_') else {
        return false;
    };
    let mut own = settings_of(provider).peekable();
    if own.peek().is_none() || NOT_OURS.contains(&name) || rest.ends_with("WEBHOOK_URL") {
        return false;
    }
    let connects = own.clone().any(|suffix| suffix == "CLIENT_ID");
    let shaped = rest.ends_with("_URL")
        || connects
            && (rest.ends_with("_URI")
                || ["CLIENT_", "REDIRECT_", "TENANT"]
                    .iter()
                    .any(|start| rest.starts_with(start)));
    let elsewhere = connects && providers().any(|other| settings_of(other).any(|s| s == rest));
    shaped || elsewhere || own.any(|suffix| distance(suffix, rest) <= SLIP)
}

/// The prefixes of the providers' settings.
fn providers() -> impl Iterator<Item = &'static str> {
    SETTINGS
        .iter()
        .filter(|setting| setting.key.contains('.'))
        .filter_map(|setting| setting.env.split_once('_').map(|(prefix, _)| prefix))
}

/// The settings of the provider with this prefix, without it.
fn settings_of(prefix: &str) -> impl Iterator<Item = &'static str> + Clone {
    SETTINGS
        .iter()
        .filter(|setting| setting.key.contains('.'))
        .filter_map(move |setting| setting.env.split_once('_'))
        .filter(move |(provider, _)| *provider == prefix)
        .map(|(_, rest)| rest)
}

/// "; did you mean X?" for the closest known name, when one is close.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|candidate| (distance(name, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= HINT)
        .map(|(_, candidate)| format!("; did you mean {candidate}?"))
        .unwrap_or_default()
}

/// Levenshtein distance, two rows at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_only_be_meant_for_us_is_refused() {
        for name in [
            "DAYBOOK_FOO",
            "GOOGLE_CLIENT_IDD",
            "GOOGLE_CLIENT_KEY",
            "GOOGLE_CLIENT_ID_FILE",
            "GOOGLE_REDIRECT_URL",
            "GOOGLE_TOKENS_URL",
            "GOOGLE_TENANT_ID",
            "MICROSOFT_TENANT",
            "ZOOM_SIGNING_SECRET",
            "ZOOM_WEBHOK_SECRET",
            "SLACK_SIGNING_SECRETS",
            "WEBEX_API_URI",
            "APPLE_CALDAV_URL",
        ] {
            assert!(is_unknown(name), "{name}");
        }
    }

    #[test]
    fn what_belongs_to_other_programs_is_left_alone() {
        for name in [
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_API_KEY",
            "GOOGLE_CLIENT_EMAIL",
            "GOOGLE_FOO",
            "SLACK_WEBHOOK_URL",
            "SLACK_API_TOKEN",
            "SLACK_CHANNEL",
            "SLACK_TOKEN",
            "MICROSOFT_TEAMS_WEBHOOK_URL",
            "APPLE_ID",
            "APPLE_CLIENT_ID",
            "APPLE_TEAM_ID",
            "ZOOM_LEVEL",
            "HOME",
            "DAYBOOK_TEST_POSTGRES_URL",
            "GOOGLE_CLIENT_SECRET_FILE",
            "GOOGLE_CLIENT_ID",
        ] {
            assert!(!is_unknown(name), "{name}");
        }
    }
}
