//! However long words and lists are, Slack takes them.

use url::Url;

use super::super::*;
use super::samples::named;

#[test]
fn limits_are_kept() {
    let long = "w".repeat(5_000);
    let view = modal(
        Form::Edit,
        &Fields {
            hours: long.clone(),
            description: long.clone(),
            date: None,
            project: None,
            projects: (0..300).map(|n| (n.to_string(), long.clone())).collect(),
        },
        "{}",
    );
    let select = &view["blocks"][3]["element"];
    let groups = select["option_groups"].as_array().unwrap();
    assert_eq!(groups.len(), 3, "every project can be chosen");
    assert!(
        groups
            .iter()
            .all(|group| group["options"].as_array().unwrap().len() == 100)
    );
    let text = groups[0]["options"][0]["text"]["text"].as_str().unwrap();
    assert_eq!(text.chars().count(), 75);
    assert!(view["title"]["text"].as_str().unwrap().len() <= 24);
    let page = Home {
        meetings: vec![
            Line {
                id: "1".into(),
                lead: long.clone(),
                what: long.clone(),
                done: false,
                seen: "ab".into(),
            };
            100
        ],
        drafts: vec![named(&long); 100],
        approvals: vec![
            Line {
                id: "1".into(),
                lead: long.clone(),
                what: long,
                done: false,
                seen: "ab".into(),
            };
            100
        ],
        waiting: 100,
        ..Home::default()
    };
    let base: Url = "https://daybook.example/".parse().unwrap();
    let shown = home(&page, &TimeZone::UTC, &base);
    assert!(shown["blocks"].as_array().unwrap().len() <= 100);
    assert_eq!(
        shown
            .to_string()
            .matches("and 85 more in the dashboard")
            .count(),
        3
    );
}
