//! Where people may be sent after a callback: paths of ours, or the configured front end. Nothing else (RELIABILITY §3 row 7).

use url::Url;

use super::Error;
use crate::context::Settings;

/// The address in the form it is stored and redirected to.
pub(crate) fn check(settings: &Settings, text: &str) -> Result<String, Error> {
    let clean = text.len() <= 2048
        && !text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    if !clean {
        return Err(Error::InvalidReturnTo);
    }
    if text.starts_with('/') {
        let url = settings
            .base_url
            .join(text)
            .map_err(|_| Error::InvalidReturnTo)?;
        let stays = !text.starts_with("//") && url.origin() == settings.base_url.origin();
        return if stays {
            relative(&url)
        } else {
            Err(Error::InvalidReturnTo)
        };
    }
    let url = Url::parse(text).map_err(|_| Error::InvalidReturnTo)?;
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    let ours = url.origin() == settings.base_url.origin();
    let front = settings
        .frontend_url
        .as_ref()
        .is_some_and(|front| front.origin() == url.origin());
    match (plain, ours, front) {
        (true, true, _) => relative(&url),
        (true, false, true) => Ok(url.to_string()),
        _ => Err(Error::InvalidReturnTo),
    }
}

/// Path, query and fragment, normalised. A path that begins with two slashes, as `/.//host` does once its dots are resolved,
/// would be read as another host.
fn relative(url: &Url) -> Result<String, Error> {
    let mut text = url.path().to_owned();
    if text.starts_with("//") {
        return Err(Error::InvalidReturnTo);
    }
    if let Some(query) = url.query() {
        text.push('?');
        text.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        text.push('#');
        text.push_str(fragment);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings::at(Url::parse("https://daybook.example").unwrap());
        settings.frontend_url = Some(Url::parse("https://app.example:8443").unwrap());
        settings
    }

    #[test]
    fn own_paths_and_the_front_end_are_fine() {
        for (given, kept) in [
            ("/", "/"),
            ("/integrations?tab=1#x", "/integrations?tab=1#x"),
            ("https://daybook.example/integrations", "/integrations"),
            (
                "https://app.example:8443/done?x=1",
                "https://app.example:8443/done?x=1",
            ),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(check(&settings(), given).unwrap(), kept);
        }
    }

    #[test]
    fn nothing_else_is() {
        for bad in [
            "",
            "integrations",
            "//evil.example",
            "/.//evil.example",
            "/x/..//evil.example",
            "/%2e//evil.example",
            "https://daybook.example//evil.example",
            "https://daybook.example/.//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https:/evil.example",
            "https://evil.example",
            "https://daybook.example@evil.example",
            "https://daybook.example.evil.example",
            "http://daybook.example",
            "https://user:x@daybook.example/",
            "https://app.example/",
            "https://app.example:8444/",
            "javascript:alert(1)",
            "data:text/html,x",
            "/x\r\nSet-Cookie: a=b",
            "/x\ty",
            " /x",
            "/x y",
            "ftp://daybook.example",
            "https://daybook.example:444/",
            "https://daybook%2eexample.evil/",
            "https://[::1]/",
            "https://daybook.example\u{3002}evil/",
            "//daybook.example:pw@evil",
            "/\u{0}",
            "mailto:a@b",
            "blob:https://daybook.example/x",
            "file:///etc/passwd",
        ] {
            assert!(check(&settings(), bad).is_err(), "{bad:?}");
        }
    }
}
