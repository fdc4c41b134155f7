//! The table of attacks: name, step, what a correct client does.

use super::ExpectedOutcome as Then;
use super::{Attack, Stage, Weapon, answers, poison};

/// Every scripted attack. A client's test walks through all of them.
#[must_use]
pub fn attacks() -> &'static [Attack] {
    ATTACKS
}

const ATTACKS: &[Attack] = &[
    attack(
        "billion-laughs",
        "Nested entities that expand to three thousand million characters",
        Stage::Sync,
        Then::Malformed,
        Weapon::Answer(answers::billion_laughs),
    ),
    attack(
        "external-entity",
        "Entities that read a local file and call another host",
        Stage::CalendarList,
        Then::Malformed,
        Weapon::Answer(answers::external_entity),
    ),
    attack(
        "external-dtd",
        "A document type loaded from another host",
        Stage::Discovery,
        Then::Malformed,
        Weapon::Answer(answers::external_dtd),
    ),
    attack(
        "deep-xml",
        "Elements nested 10,000 deep",
        Stage::Sync,
        Then::Malformed,
        Weapon::Answer(answers::deep),
    ),
    attack(
        "million-elements",
        "A multistatus of 1,000,000 empty rows",
        Stage::Sync,
        Then::TooLarge,
        Weapon::Answer(answers::million_elements),
    ),
    attack(
        "gigabyte-body",
        "Calendar data of 1 GiB, streamed",
        Stage::Objects,
        Then::TooLarge,
        Weapon::Answer(answers::gigabyte),
    ),
    attack(
        "gzip-bomb",
        "4 MB of gzip that unpack to 4 GiB",
        Stage::Sync,
        Then::TooLarge,
        Weapon::Answer(answers::gzip_bomb),
    ),
    attack(
        "redirect-loopback",
        "A redirect to another loopback address",
        Stage::Discovery,
        Then::BlockedTarget,
        Weapon::Answer(answers::to_loopback),
    ),
    attack(
        "redirect-metadata",
        "A redirect to the cloud metadata address",
        Stage::Discovery,
        Then::BlockedTarget,
        Weapon::Answer(answers::to_metadata),
    ),
    attack(
        "redirect-file",
        "A redirect to a file URL",
        Stage::Discovery,
        Then::BlockedTarget,
        Weapon::Answer(answers::to_file),
    ),
    attack(
        "redirect-other-host",
        "A redirect to another origin that records credentials",
        Stage::Discovery,
        Then::CredentialsWithheld,
        Weapon::Answer(answers::to_other_host),
    ),
    attack(
        "redirect-loop",
        "Redirects that never end",
        Stage::Discovery,
        Then::TooManyRedirects,
        Weapon::Answer(answers::in_circles),
    ),
    attack(
        "href-other-host",
        "Rows whose hrefs point at another origin",
        Stage::Sync,
        Then::CanarySurvives,
        Weapon::Answer(answers::hrefs_elsewhere),
    ),
    attack(
        "href-traversal",
        "Rows whose hrefs climb out of the calendar",
        Stage::Sync,
        Then::CanarySurvives,
        Weapon::Answer(answers::hrefs_climbing),
    ),
    attack(
        "html-login",
        "A login page with status 200",
        Stage::Sync,
        Then::Malformed,
        Weapon::Answer(answers::login_page),
    ),
    attack(
        "empty-207",
        "A 207 without a body",
        Stage::Sync,
        Then::NothingLost,
        Weapon::Answer(answers::empty),
    ),
    attack(
        "wrong-content-type",
        "A correct answer labelled image/png",
        Stage::Sync,
        Then::Unaffected,
        Weapon::Answer(answers::wrong_type),
    ),
    attack(
        "endless-507",
        "Truncated reports that always give the same token",
        Stage::Sync,
        Then::Endless,
        Weapon::Answer(answers::endless_same_token),
    ),
    attack(
        "slow-body",
        "One byte a second",
        Stage::Sync,
        Then::TimedOut,
        Weapon::Answer(answers::slow),
    ),
    attack(
        "ics-secondly",
        "A rule for every second since 1970",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::secondly),
    ),
    attack(
        "ics-5001-overrides",
        "A series with 5,001 overrides",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::overrides),
    ),
    attack(
        "ics-nested",
        "Components nested 2,000 deep",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::nested),
    ),
    attack(
        "ics-sentinels",
        "Dates in the years 0, 1601 and 9999",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::sentinels),
    ),
    attack(
        "ics-long-lines",
        "Content lines of 1 MB",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::long_lines),
    ),
    attack(
        "etag-crlf",
        "An ETag with line breaks and a header in it",
        Stage::Sync,
        Then::CanarySurvives,
        Weapon::Etag("\"a\"\r\nX-Injected: 1\r\n\r\nGET /admin HTTP/1.1"),
    ),
    attack(
        "endless-507-new-tokens",
        "Truncated reports without end, each with a new token and no new row",
        Stage::Sync,
        Then::Endless,
        Weapon::Answer(answers::endless_new_tokens),
    ),
    attack(
        "principal-other-host",
        "A principal on another origin",
        Stage::Discovery,
        Then::CredentialsWithheld,
        Weapon::Answer(answers::principal_elsewhere),
    ),
    attack(
        "home-metadata",
        "A calendar home at the cloud metadata address",
        Stage::Principal,
        Then::BlockedTarget,
        Weapon::Answer(answers::home_at_metadata),
    ),
    attack(
        "empty-rows",
        "A correct 207 with a new token and no rows",
        Stage::Sync,
        Then::NothingLost,
        Weapon::Answer(answers::empty_rows),
    ),
    attack(
        "properties-gone",
        "Every property of every row in a 404 propstat",
        Stage::Sync,
        Then::NothingLost,
        Weapon::Answer(answers::properties_gone),
    ),
    attack(
        "not-utf8",
        "Bytes that are not UTF-8 inside an href",
        Stage::Sync,
        Then::Malformed,
        Weapon::Answer(answers::not_utf8),
    ),
    attack(
        "ics-many-lines",
        "An object of 300,000 lines",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::many_lines),
    ),
    attack(
        "ics-odd-rules",
        "Rules with foreign letters and absurd numbers",
        Stage::Objects,
        Then::CanarySurvives,
        Weapon::Object(poison::odd_rules),
    ),
];

const fn attack(
    name: &'static str,
    about: &'static str,
    stage: Stage,
    expected: Then,
    weapon: Weapon,
) -> Attack {
    Attack {
        name,
        about,
        stage,
        expected,
        weapon,
    }
}
