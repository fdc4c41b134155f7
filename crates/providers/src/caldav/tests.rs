//! Both presets are one provider.

use daybook_provider_api::manifest::Auth;

use super::*;

#[test]
fn apple_is_a_preset() {
    let Auth::Password(generic) = caldav().manifest.auth else {
        panic!()
    };
    let Auth::Password(apple) = apple().manifest.auth else {
        panic!()
    };
    assert_eq!((generic.server_url, generic.preset_of), (None, None));
    assert_eq!(apple.server_url, Some("https://caldav.icloud.com/"));
    assert_eq!(apple.preset_of, Some("caldav"));
    assert!(caldav().calendar().unwrap().capability().resources);
}
