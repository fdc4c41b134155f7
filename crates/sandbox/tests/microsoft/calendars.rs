//! The list of calendars, its pages, and who may see what.

use daybook_sandbox::microsoft::Seed;

use crate::client::{ADA, encode, meeting, world, world_with};

#[tokio::test]
async fn the_list_has_pages_and_the_contracts_fields() {
    let w = world_with(Seed::Demo, |c| c.page_cap = Some(1));
    let mut w = w;
    w.token = w
        .sim
        .access_token(ADA, &["Calendars.Read", "Calendars.Read.Shared"]);
    let first = w.get("/me/calendars?$top=100").await;
    let next = first.is(200).json()["@odata.nextLink"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(next.starts_with("http://graph.test/v1.0/me/calendars?"));
    let all = w.all("/me/calendars?$top=100").await;
    let names: Vec<&str> = all.iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Calendar", "Client work", "Calendar"]);
    assert_eq!(
        (
            &all[0]["isDefaultCalendar"],
            &all[0]["hexColor"],
            &all[0]["canEdit"]
        ),
        (&true.into(), &"".into(), &true.into())
    );
    assert_eq!(
        (&all[2]["isDefaultCalendar"], &all[2]["canEdit"]),
        (&false.into(), &false.into())
    );
    assert_eq!(all[2]["owner"]["address"], "bo@northwind.example");
    w.is_clean();
}

#[tokio::test]
async fn shared_calendars_need_their_scope_and_hide_private_events() {
    let mut w = world(Seed::Demo);
    assert_eq!(w.all("/me/calendars").await.len(), 2);
    let bos = w.sim.calendars_of("bo@northwind.example")[0].0.clone();
    let view = format!(
        "/me/calendars/{}/calendarView?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z&$top=100",
        encode(&bos)
    );
    assert_eq!(w.get(&view).await.is(403).code(), "ErrorAccessDenied");
    w.token = w.sim.access_token(ADA, &["Calendars.ReadWrite.Shared"]);
    let rows = w.get(&view).await.is(200).rows();
    let hidden: Vec<_> = rows
        .iter()
        .filter(|r| r["sensitivity"] == "private")
        .collect();
    assert_eq!(hidden.len(), 1);
    assert_eq!(
        (&hidden[0]["subject"], &hidden[0]["showAs"]),
        (&"Private Appointment".into(), &"busy".into())
    );
    let body = meeting("No", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    w.post(&format!("/me/calendars/{}/events", encode(&bos)), body)
        .await
        .is(403);
    w.sim.share_off(&bos, ADA);
    w.get(&view).await.is(404);
}

#[tokio::test]
async fn personal_accounts_have_no_teams() {
    let mut w = world(Seed::Demo);
    w.token = w
        .sim
        .access_token("ada.marsh@outlook.example", &crate::client::SCOPES);
    let all = w.all("/me/calendars").await;
    assert_eq!(
        all[0]["allowedOnlineMeetingProviders"],
        serde_json::json!([])
    );
    let mut body = meeting("Call", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["isOnlineMeeting"] = true.into();
    body["onlineMeetingProvider"] = "teamsForBusiness".into();
    w.post("/me/events", body).await.is(400);
}

#[tokio::test]
async fn settings_speak_windows() {
    let mut w = world(Seed::Demo);
    w.get("/me/mailboxSettings").await.is(403);
    w.token = w
        .sim
        .access_token("bo@northwind.example", &["MailboxSettings.Read"]);
    let settings = w.get("/me/mailboxSettings").await.is(200).json();
    assert_eq!(settings["timeZone"], "W. Europe Standard Time");
}
