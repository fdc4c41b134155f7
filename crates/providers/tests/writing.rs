#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
//! The CalDAV writer against real servers, Radicale and Xandikos.

mod servers;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use daybook_domain::clock::{SeededIds, SystemClock};
use daybook_domain::event::{
    Change, Draft, EventTime, Patch, Person, ProviderEvent, ResponseStatus, Role,
};
use daybook_provider_api::calendar::EventWriter;
use daybook_provider_api::calendar::free_busy::Answer;
use daybook_provider_api::calendar::write::{Create, Place, Target, Written};
use daybook_provider_api::egress::{CallOptions, EgressConfig};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::registry::Provider;
use daybook_provider_api::{Credential, Egress, Session};
use daybook_providers::caldav::{Caldav, caldav};
use http::Request;
use servers::{Kind, PASSWORD, Server, USER};
use uuid::Uuid;

const KEY: Uuid = Uuid::from_u128(0x0193_6f2e_7c1a_7d3e_9a4b_5c6d_7e8f_9012);

/// An account's calendar on a server.
struct Home<'a> {
    server: &'a Server,
    session: Session<'a>,
    caldav: Caldav,
    place: Place,
}

fn egress() -> Egress {
    let config = EgressConfig {
        allow_private: true,
        limits: BTreeMap::from([("caldav".to_owned(), caldav().manifest().limits)]),
        ..EgressConfig::default()
    };
    Egress::new(config, Arc::new(SystemClock), Arc::new(SeededIds::new(1))).unwrap()
}

impl<'a> Home<'a> {
    async fn at(server: &'a Server, egress: &'a Egress) -> Self {
        let credential = Credential::Basic {
            username: USER.to_owned(),
            password: PASSWORD.to_owned().into(),
        };
        let base = server.address.trim_end_matches('/');
        let home = format!("{base}{}", server.kind.home());
        let session = Session::new(egress, "caldav", "ada".to_owned(), home, None, credential);
        let home = Self {
            server,
            session,
            caldav: caldav(),
            place: Place {
                calendar: format!("{}calendar/", server.kind.home()),
                default_zone: "Europe/Berlin".to_owned(),
                account_email: Some(USER.to_owned()),
            },
        };
        if server.kind == Kind::Radicale {
            home.raw("MKCALENDAR", &home.place.calendar, "").await;
        }
        home
    }

    /// What another program does.
    async fn raw(&self, method: &str, path: &str, body: &str) -> String {
        let base = self.server.address.trim_end_matches('/');
        let request = Request::builder()
            .method(method)
            .uri(format!("{base}{path}"))
            .header("content-type", "text/calendar; charset=utf-8")
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        let answer = self
            .session
            .send(request, CallOptions::CALDAV)
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "{method} {path}: {}",
            answer.status()
        );
        String::from_utf8(answer.body().to_vec()).unwrap()
    }

    fn writer(&self) -> &dyn EventWriter {
        self.caldav.calendar().unwrap().writer().unwrap()
    }

    async fn create(&self, create: &Create) -> Written {
        self.writer()
            .create(&self.session, &self.place, create)
            .await
            .unwrap()
    }

    async fn update(
        &self,
        target: &Target,
        patch: &Patch,
    ) -> daybook_provider_api::Result<Written> {
        self.writer()
            .update(&self.session, &self.place, target, patch, false)
            .await
    }

    async fn delete(&self, target: &Target) -> daybook_provider_api::Result<Written> {
        self.writer()
            .delete(&self.session, &self.place, target, false)
            .await
    }

    /// Names of the resources in the calendar.
    async fn names(&self) -> Vec<String> {
        let base = self.server.address.trim_end_matches('/');
        let request = Request::builder()
            .method("PROPFIND")
            .uri(format!("{base}{}", self.place.calendar))
            .header("depth", "1")
            .header("content-type", "application/xml")
            .body(Bytes::from_static(
                b"<d:propfind xmlns:d=\"DAV:\"><d:prop><d:getetag/></d:prop></d:propfind>",
            ))
            .unwrap();
        let answer = self
            .session
            .send(request, CallOptions::CALDAV)
            .await
            .unwrap();
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        let mut names: Vec<String> = text
            .split(['<', '>'])
            .filter_map(|piece| piece.strip_suffix(".ics")?.rsplit('/').next())
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

fn at(text: &str) -> EventTime {
    EventTime::Timed {
        at: text.parse().unwrap(),
        zone: Some("Europe/Berlin".to_owned()),
    }
}

fn create(key: Uuid, change: impl FnOnce(&mut Draft)) -> Create {
    let mut draft = Draft {
        title: "Prüfung; mit, Zeichen".to_owned(),
        description: Some("Zeile eins\nZeile zwei ".repeat(10)),
        location: Some("Raum 4".to_owned()),
        start: at("2026-12-01T09:00:00Z"),
        end: at("2026-12-01T10:00:00Z"),
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
    };
    change(&mut draft);
    Create {
        key,
        draft,
        notify: false,
        like: None,
    }
}

fn events(written: &Written) -> &[ProviderEvent] {
    match written.changes.as_slice() {
        [Change::Resource { events, .. }] => events,
        other => panic!("{other:?}"),
    }
}

fn target(written: &Written) -> Target {
    let [Change::Resource { href, etag, .. }] = written.changes.as_slice() else {
        panic!("{written:?}")
    };
    assert!(etag.is_some());
    Target {
        provider_id: href.clone(),
        resource: Some(href.clone()),
        series: None,
        occurrence: None,
        etag: etag.clone(),
    }
}

fn titled(title: &str) -> Patch {
    Patch {
        title: Some(title.to_owned()),
        ..Patch::default()
    }
}

/// One story for every server.
async fn everywhere(story: impl AsyncFn(Kind)) {
    for kind in [Kind::Radicale, Kind::Xandikos] {
        story(kind).await;
    }
}

#[tokio::test]
async fn an_event_is_made_once_changed_and_removed() {
    everywhere(async |kind| {
        let Some(server) = kind.start("once") else {
            return;
        };
        let egress = egress();
        let home = Home::at(&server, &egress).await;
        let first = home.create(&create(KEY, |_| {})).await;
        let made = &events(&first)[0];
        assert_eq!(made.details.title, "Prüfung; mit, Zeichen");
        assert_eq!(made.start, at("2026-12-01T09:00:00Z"));
        // The answer was lost: the same key again.
        let again = home.create(&create(KEY, |_| {})).await;
        assert_eq!(again.provider_id, first.provider_id);
        assert_eq!(target(&again).etag, target(&first).etag);
        assert_eq!(home.names().await, [KEY.to_string()], "{kind:?}");
        // Another program gave the file another name: still the same event.
        let text = home.raw("GET", &first.provider_id, "").await;
        home.raw("DELETE", &first.provider_id, "").await;
        let other = format!("{}renamed.ics", home.place.calendar);
        home.raw("PUT", &other, &text).await;
        let found = home.create(&create(KEY, |_| {})).await;
        assert_eq!(found.provider_id, other, "{kind:?}");
        assert_eq!(home.names().await, ["renamed"]);

        let changed = home
            .update(&target(&found), &titled("Renamed"))
            .await
            .unwrap();
        let event = &events(&changed)[0];
        assert_eq!(event.details.title, "Renamed");
        assert_eq!(event.details.location.as_deref(), Some("Raum 4"));
        assert_ne!(target(&changed).etag, target(&found).etag);
        // The version before is refused, and nothing is lost.
        for result in [
            home.update(&target(&found), &titled("Lost")).await,
            home.delete(&target(&found)).await,
        ] {
            assert_eq!(result.unwrap_err().kind, ErrorKind::Conflict, "{kind:?}");
        }
        let read = home
            .writer()
            .read(&home.session, &home.place, &target(&changed))
            .await
            .unwrap();
        assert_eq!(target(&read).etag, target(&changed).etag);
        for _ in 0..2 {
            let gone = home.delete(&target(&changed)).await.unwrap();
            assert!(matches!(
                &gone.changes[..],
                [Change::ResourceRemoved { .. }]
            ));
        }
        assert_eq!(home.names().await, Vec::<String>::new());
        let found = home
            .writer()
            .find(&home.session, &home.place, KEY)
            .await
            .unwrap();
        assert_eq!(found, None);
    })
    .await;
}

#[tokio::test]
async fn occurrences_of_a_series_are_changed_and_taken_out() {
    everywhere(async |kind| {
        let Some(server) = kind.start("series") else {
            return;
        };
        let egress = egress();
        let home = Home::at(&server, &egress).await;
        let weekly = create(KEY, |draft| {
            draft.recurrence = vec!["RRULE:FREQ=WEEKLY;COUNT=4".to_owned()];
        });
        let series = home.create(&weekly).await;
        let one = |written: &Written, start: &str| Target {
            series: Some(series.provider_id.clone()),
            occurrence: Some(at(start)),
            ..target(written)
        };
        let moved = Patch {
            times: Some((at("2026-12-08T13:00:00Z"), at("2026-12-08T14:00:00Z"))),
            ..titled("Moved")
        };
        let changed = home
            .update(&one(&series, "2026-12-08T09:00:00Z"), &moved)
            .await
            .unwrap();
        let [master, own] = events(&changed) else {
            panic!("{changed:?}")
        };
        assert!(matches!(master.role, Role::Master { .. }));
        assert_eq!(own.provider_id, changed.provider_id);
        assert_eq!(own.start, at("2026-12-08T13:00:00Z"));
        let removed = home
            .delete(&one(&changed, "2026-12-15T09:00:00Z"))
            .await
            .unwrap();
        let Role::Master { recurrence } = &events(&removed)[0].role else {
            panic!("{removed:?}")
        };
        assert_eq!(recurrence.len(), 2, "{recurrence:?}");
        let removed = home
            .delete(&one(&removed, "2026-12-08T09:00:00Z"))
            .await
            .unwrap();
        assert_eq!(events(&removed).len(), 1);
        // The whole series an hour later.
        let later = Patch {
            times: Some((at("2026-12-01T10:00:00Z"), at("2026-12-01T11:00:00Z"))),
            ..Patch::default()
        };
        let later = home.update(&target(&removed), &later).await.unwrap();
        let Role::Master { recurrence } = &events(&later)[0].role else {
            panic!("{later:?}")
        };
        assert!(
            recurrence.contains(&"EXDATE;TZID=Europe/Berlin:20261215T110000".to_owned()),
            "{recurrence:?}"
        );
        assert_eq!(home.names().await.len(), 1, "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn what_others_wrote_is_kept_and_invitations_are_answered() {
    everywhere(async |kind| {
        let Some(server) = kind.start("kept") else {
            return;
        };
        let egress = egress();
        let home = Home::at(&server, &egress).await;
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:m-1\r\nDTSTAMP:20260101T000000Z\r\n\
            DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Meeting\r\nORGANIZER:mailto:bo@client.example\r\n\
            X-VENDOR;X-A=\"b;c\":keep this\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ada@example.com\r\n\
            BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let href = format!("{}m.ics", home.place.calendar);
        home.raw("PUT", &href, text).await;
        let target = Target {
            provider_id: href.clone(),
            resource: Some(href.clone()),
            series: None,
            occurrence: None,
            etag: None,
        };
        let answered = home
            .writer()
            .respond(
                &home.session,
                &home.place,
                &target,
                ResponseStatus::Tentative,
                true,
            )
            .await
            .unwrap();
        assert_eq!(
            events(&answered)[0].response_status,
            ResponseStatus::Tentative,
            "{kind:?}"
        );
        home.update(&target, &titled("Ours now")).await.unwrap();
        let held = home.raw("GET", &href, "").await;
        for line in [
            "X-VENDOR;X-A=\"b;c\":keep this",
            "TRIGGER:-PT15M",
            "PARTSTAT=TENTATIVE",
            "SUMMARY:Ours now",
        ] {
            assert!(held.contains(line), "{kind:?}: {line}\n{held}");
        }
    })
    .await;
}

#[tokio::test]
async fn guests_are_not_mailed_unasked_and_busy_times_are_told() {
    everywhere(async |kind| {
        let Some(server) = kind.start("guests") else {
            return;
        };
        let egress = egress();
        let home = Home::at(&server, &egress).await;
        let guest = Person {
            email: Some("bo@client.example".to_owned()),
            name: Some("Bo".to_owned()),
        };
        let quiet = create(KEY, |draft| draft.attendees = vec![guest]);
        let made = home.create(&quiet).await;
        let held = home.raw("GET", &made.provider_id, "").await;
        let held = held.replace("\r\n ", "");
        assert!(held.contains("SCHEDULE-AGENT=CLIENT"), "{kind:?}: {held}");
        home.update(&target(&made), &titled("Quiet")).await.unwrap();

        // An event whose guests the server mails: Xandikos says that it does, Radicale that it does not.
        let served = held
            .replace(";SCHEDULE-AGENT=CLIENT", "")
            .replace("@daybook", "@served");
        let href = format!("{}served.ics", home.place.calendar);
        home.raw("PUT", &href, &served).await;
        let target = Target {
            provider_id: href.clone(),
            resource: Some(href),
            series: None,
            occurrence: None,
            etag: None,
        };
        let result = home.update(&target, &titled("Loud")).await;
        match kind {
            Kind::Radicale => drop(result.unwrap()),
            Kind::Xandikos => {
                assert_eq!(result.unwrap_err().code.as_deref(), Some("always_notifies"))
            }
        }

        let calendars = [home.place.calendar.clone()];
        let answers = home
            .caldav
            .calendar()
            .unwrap()
            .free_busy()
            .unwrap()
            .free_busy(
                &home.session,
                &calendars,
                "2026-12-01T00:00:00Z".parse().unwrap(),
                "2026-12-02T00:00:00Z".parse().unwrap(),
            )
            .await
            .unwrap();
        let [Answer::Known(busy)] = answers.as_slice() else {
            panic!("{kind:?}: {answers:?}")
        };
        assert!(
            busy.iter()
                .any(|one| one.start.to_string() == "2026-12-01T09:00:00Z"
                    && one.end.to_string() == "2026-12-01T10:00:00Z"),
            "{kind:?}: {busy:?}"
        );
    })
    .await;
}
