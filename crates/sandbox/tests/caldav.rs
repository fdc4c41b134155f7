//! The CalDAV simulator against the contract it was written from, over its router.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod caldav_kit;

use caldav_kit::{Kit, body};
use daybook_sandbox::caldav::{
    Anomaly, CalendarKind, CalendarSpec, GetCollection, Profile, PutEtag, SyncSupport, WellKnown,
};
use daybook_sandbox::fault::{Fault, RetryAfter, Rule, TransportFault};
use jiff::SignedDuration;

const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:new-1\r\n\
    DTSTAMP:20260101T000000Z\r\nDTSTART:20260601T090000Z\r\nDTEND:20260601T100000Z\r\nSUMMARY:New\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn every_profile_leads_from_the_domain_to_the_calendars() {
    for profile in Profile::ALL {
        let kit = Kit::demo(profile);
        let entry = kit
            .send(
                "PROPFIND",
                "/.well-known/caldav",
                Some("0"),
                body::PRINCIPAL,
            )
            .await;
        let principal = match entry.status {
            207 => entry.text_of("current-user-principal").unwrap(),
            status => {
                assert!(matches!(status, 301 | 302), "{profile:?}: {status}");
                let next = entry.header("location").unwrap();
                let root = kit
                    .send("PROPFIND", &next, Some("0"), body::PRINCIPAL)
                    .await;
                root.text_of("current-user-principal").unwrap()
            }
        };
        let answer = kit
            .send("PROPFIND", &principal, Some("0"), body::HOME)
            .await;
        let home = answer.text_of("calendar-home-set").unwrap();
        if profile == Profile::ICloud {
            assert_eq!(home, "http://dav.test:80/17149682/calendars/");
        } else {
            assert!(home.starts_with('/'), "{profile:?}: {home}");
        }
        assert!(answer.body.contains("mailto:ada@example.com"));
        let path = home.replace("http://dav.test:80", "");
        let list = kit.send("PROPFIND", &path, Some("1"), body::LIST).await;
        assert_eq!(list.status, 207, "{profile:?}: {}", list.body);
        for part in [
            "Home",
            "Work",
            "VTODO",
            "schedule-inbox",
            "subscribed",
            "transparent",
            "#1BADF8FF",
        ] {
            assert!(
                list.body.contains(part),
                "{profile:?} lacks {part}: {}",
                list.body
            );
        }
    }
}

#[tokio::test]
async fn every_profile_reports_creations_changes_and_deletions() {
    for profile in Profile::ALL {
        let kit = Kit::demo(profile);
        let work = kit.work();
        let first = kit.sync(&work, "").await;
        let token = first.token();
        let expected = kit.sim.snapshot(&work).len();
        assert_eq!(
            first.changed(&work).len(),
            expected,
            "{profile:?}: {}",
            first.body
        );
        assert!(first.gone().is_empty());

        let target = format!("{work}demo-client.ics");
        kit.sim.delete(&target).unwrap();
        kit.sim
            .move_event(&format!("{work}demo-focus.ics"), 1, 30)
            .unwrap();
        kit.sim.put(&format!("{work}new.ics"), EVENT).unwrap();
        let second = kit.sync(&work, &token).await;
        assert_eq!(second.gone().len(), 1, "{profile:?}: {}", second.body);
        assert!(second.gone()[0].ends_with("demo-client.ics"));
        assert_eq!(
            second.changed(&work).len(),
            2,
            "{profile:?}: {}",
            second.body
        );
        assert_ne!(second.token(), token);
        let third = kit.sync(&work, &second.token()).await;
        assert!(
            third.changed(&work).is_empty() && third.gone().is_empty(),
            "{profile:?}"
        );
        assert_eq!(third.token(), second.token());
    }
}

#[tokio::test]
async fn personalities_show_in_the_bytes() {
    let icloud = Kit::demo(Profile::ICloud);
    let work = icloud.work();
    let report = icloud.sync(&work, "").await;
    assert!(
        report
            .body
            .contains("<multistatus xmlns=\"DAV:\"><response xmlns=\"DAV:\">")
    );
    assert!(
        !report.body.contains("BEGIN:VCALENDAR"),
        "no data in sync reports"
    );
    assert!(
        report.body.contains(&format!(">{work}<")),
        "the collection row is there"
    );
    let data = icloud
        .multiget(&icloud.home_calendar(), &["demo-dentist.ics"])
        .await;
    assert!(data.body.contains("<![CDATA[BEGIN:VCALENDAR"));
    assert_eq!(data.body.matches("DTSTAMP").count(), 2);
    assert!(data.body.contains("X-APPLE-STRUCTURED-LOCATION"));

    let xandikos = Kit::demo(Profile::Xandikos);
    let report = xandikos.sync(&xandikos.work(), "").await;
    assert!(report.body.contains("<ns0:multistatus xmlns:ns0=\"DAV:\""));
    assert!(report.token().chars().all(|c| c.is_ascii_hexdigit()));
    assert!(report.body.find("sync-token").unwrap() > report.body.find("response").unwrap());

    let radicale = Kit::demo(Profile::Radicale);
    let report = radicale.sync(&radicale.work(), "").await;
    assert!(report.body.find("sync-token").unwrap() < report.body.find("response>").unwrap());

    let zimbra = Kit::demo(Profile::Zimbra);
    let data = zimbra.multiget(&zimbra.work(), &["demo-client.ics"]).await;
    assert_eq!(
        data.body.matches("demo-client.ics").count(),
        2,
        "hrefs come twice"
    );
    assert!(data.body.contains("DTEND") && data.body.contains("DURATION:PT60M"));
}

#[tokio::test]
async fn refused_tokens_carry_the_element_whatever_the_status() {
    for status in [403, 412, 409, 400, 410] {
        let kit = Kit::demo(Profile::Sabre);
        let work = kit.work();
        let token = kit.sync(&work, "").await.token();
        kit.sim.tweak(|quirks| quirks.token_refused_status = status);
        kit.sim.invalidate_sync_tokens();
        let answer = kit.sync(&work, &token).await;
        assert_eq!(answer.status, status);
        assert!(answer.body.contains("valid-sync-token"));
        assert_eq!(kit.sync(&work, "").await.status, 207);
        kit.sim.add_anomaly(Anomaly::TokenRefused);
        let token = kit.sync(&work, "").await.token();
        assert_eq!(kit.sync(&work, &token).await.status, status);
        assert_eq!(kit.sync(&work, &token).await.status, 207);
    }
}

#[tokio::test]
async fn truncated_reports_add_up_to_the_whole() {
    for profile in [Profile::Sabre, Profile::Xandikos, Profile::ICloud] {
        let kit = Kit::demo(profile);
        let path = kit.sim.seed_load(25, 5).unwrap();
        kit.sim.tweak(|quirks| quirks.sync_page = Some(10));
        let (mut token, mut seen, mut pages) = (String::new(), Vec::new(), 0);
        loop {
            let answer = kit.sync(&path, &token).await;
            pages += 1;
            seen.extend(answer.changed(&path));
            token = answer.token();
            if !answer.body.contains("507") {
                break;
            }
            assert!(answer.body.contains("number-of-matches-within-limits"));
        }
        seen.sort();
        seen.dedup();
        assert_eq!((pages, seen.len()), (3, 25), "{profile:?}");
    }
}

#[tokio::test]
async fn sync_requests_are_checked() {
    let kit = Kit::demo(Profile::Sabre);
    let work = kit.work();
    let answer = kit.send("REPORT", &work, Some("1"), &body::sync("")).await;
    assert_eq!(answer.status, 400);
    let incomplete = "<d:sync-collection xmlns:d=\"DAV:\"><d:sync-token/></d:sync-collection>";
    assert_eq!(
        kit.send("REPORT", &work, Some("0"), incomplete)
            .await
            .status,
        400
    );
    kit.sim
        .tweak(|quirks| quirks.sync_depth_zero_refused = true);
    assert_eq!(kit.sync(&work, "").await.status, 400);
    let answer = kit.send("REPORT", &work, Some("1"), &body::sync("")).await;
    assert_eq!(answer.status, 207);
    let limited = body::sync("").replace(
        "<d:prop>",
        "<d:limit><d:nresults>1</d:nresults></d:limit><d:prop>",
    );
    let icloud = Kit::demo(Profile::ICloud);
    let answer = icloud
        .send("REPORT", &icloud.work(), Some("0"), &limited)
        .await;
    assert_eq!(answer.status, 507);
}

#[tokio::test]
async fn reports_may_lag_behind_writes() {
    let kit = Kit::demo(Profile::ICloud);
    kit.clock_advance(60);
    kit.sim
        .tweak(|quirks| quirks.sync_lag = SignedDuration::from_secs(5));
    let work = kit.work();
    let token = kit.sync(&work, "").await.token();
    kit.put(&format!("{work}mine.ics"), EVENT, &[("if-none-match", "*")])
        .await;
    let early = kit.sync(&work, &token).await;
    assert!(early.changed(&work).is_empty(), "{}", early.body);
    kit.clock_advance(6);
    assert_eq!(
        kit.sync(&work, &early.token()).await.changed(&work).len(),
        1
    );
}

#[tokio::test]
async fn poorer_servers_have_only_ctags_or_etags() {
    let kit = Kit::demo(Profile::Sabre);
    let work = kit.work();
    kit.sim.tweak(|quirks| quirks.sync = SyncSupport::Ctag);
    let before = kit.send("PROPFIND", &work, Some("0"), body::LIST).await;
    assert!(before.text_of("sync-token").is_none() && !before.body.contains("sync-collection"));
    assert_eq!(kit.sync(&work, "").await.status, 403);
    kit.sim.put(&format!("{work}new.ics"), EVENT).unwrap();
    let after = kit.send("PROPFIND", &work, Some("0"), body::LIST).await;
    assert_ne!(
        before.text_of("getctag").unwrap(),
        after.text_of("getctag").unwrap()
    );
    kit.sim.tweak(|quirks| quirks.sync = SyncSupport::EtagsOnly);
    let poorest = kit.send("PROPFIND", &work, Some("0"), body::LIST).await;
    assert!(poorest.text_of("getctag").is_none());
    let listing = kit.send("PROPFIND", &work, Some("1"), body::ETAGS).await;
    assert_eq!(listing.changed(&work).len(), kit.sim.snapshot(&work).len());
    kit.sim
        .tweak(|quirks| quirks.listing_etag_missing_every = Some(2));
    let holes = kit.send("PROPFIND", &work, Some("1"), body::ETAGS).await;
    assert!(holes.body.contains("404 Not Found"));
}

#[tokio::test]
async fn queries_filter_by_time_and_return_whole_objects() {
    let kit = Kit::demo(Profile::Sabre);
    let work = kit.work();
    let query = body::query("20260602T000000Z", "20260603T000000Z");
    let answer = kit.send("REPORT", &work, Some("1"), &query).await;
    assert_eq!(answer.status, 207);
    assert!(answer.body.contains("demo-client") && answer.body.contains("demo-standup"));
    assert!(!answer.body.contains("demo-newyork"));
    assert!(
        answer.body.contains("RECURRENCE-ID"),
        "overrides come along"
    );
    let broken = body::query("20260602", "20260603T000000Z");
    assert_eq!(
        kit.send("REPORT", &work, Some("1"), &broken).await.status,
        403
    );
}

#[tokio::test]
async fn multiget_may_leave_holes() {
    let kit = Kit::demo(Profile::Sabre);
    let work = kit.work();
    let names = ["demo-client.ics", "demo-focus.ics", "nothing.ics"];
    let answer = kit.multiget(&work, &names).await;
    assert_eq!(answer.changed(&work).len(), 2);
    assert_eq!(answer.gone().len(), 1);
    kit.sim.add_anomaly(Anomaly::MultigetOmits(0));
    let answer = kit.multiget(&work, &names).await;
    assert!(!answer.body.contains("demo-client.ics"));
    kit.sim.add_anomaly(Anomaly::MultigetMissing(1));
    let answer = kit.multiget(&work, &names).await;
    assert_eq!(answer.gone().len(), 2);
    let answer = kit.multiget(&work, &names).await;
    assert_eq!(answer.changed(&work).len(), 2, "anomalies happen once");
}

#[tokio::test]
async fn writes_obey_preconditions() {
    let kit = Kit::demo(Profile::Sabre);
    let href = format!("{}new.ics", kit.work());
    let created = kit.put(&href, EVENT, &[("if-none-match", "*")]).await;
    assert_eq!(created.status, 201);
    let etag = created.header("etag").unwrap();
    assert_eq!(
        kit.put(&href, EVENT, &[("if-none-match", "*")])
            .await
            .status,
        412
    );
    assert_eq!(
        kit.put(&href, EVENT, &[("if-match", "\"old\"")])
            .await
            .status,
        412
    );
    let updated = kit
        .put(
            &href,
            &EVENT.replace("New", "Newer"),
            &[("if-match", &etag)],
        )
        .await;
    assert_eq!(updated.status, 204);
    let read = kit.send("GET", &href, None, "").await;
    assert_eq!(read.header("etag"), updated.header("etag"));
    assert!(read.body.contains("Newer"));
    let stale = kit
        .with_headers("DELETE", &href, &[("if-match", &etag)], "")
        .await;
    assert_eq!(stale.status, 412);
    let etag = updated.header("etag").unwrap();
    let gone = kit
        .with_headers("DELETE", &href, &[("if-match", &etag)], "")
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(kit.send("GET", &href, None, "").await.status, 404);
    assert_eq!(
        kit.put(&href, EVENT, &[("if-match", &etag)]).await.status,
        412
    );
    assert!(
        kit.sim.desk().violations().is_empty(),
        "{:?}",
        kit.sim.desk().violations()
    );
}

#[tokio::test]
async fn uid_conflicts_look_different_everywhere() {
    for (profile, status) in [
        (Profile::Radicale, 409),
        (Profile::Xandikos, 412),
        (Profile::Sabre, 403),
    ] {
        let kit = Kit::demo(profile);
        let work = kit.work();
        kit.put(&format!("{work}one.ics"), EVENT, &[("if-none-match", "*")])
            .await;
        let twin = kit
            .put(&format!("{work}two.ics"), EVENT, &[("if-none-match", "*")])
            .await;
        assert_eq!(twin.status, status);
        assert!(twin.body.contains("no-uid-conflict") && twin.body.contains("one.ics"));
    }
}

#[tokio::test]
async fn bad_objects_are_refused_with_the_broken_rule() {
    let kit = Kit::demo(Profile::ICloud);
    let href = format!("{}bad.ics", kit.work());
    let new = [("if-none-match", "*")];
    for (ics, condition) in [
        ("hello".to_owned(), "valid-calendar-data"),
        (
            EVENT.replace("DTEND:20260601T100000Z\r\n", ""),
            "valid-calendar-data",
        ),
        (
            EVENT.replace("VERSION:2.0", "METHOD:REQUEST\r\nVERSION:2.0"),
            "valid-calendar-object-resource",
        ),
        (
            EVENT.replace("VEVENT", "VTODO"),
            "supported-calendar-component",
        ),
    ] {
        let answer = kit.put(&href, &ics, &new).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains(condition), "{}", answer.body);
    }
    kit.sim.tweak(|quirks| quirks.max_resource_size = 10);
    assert!(
        kit.put(&href, EVENT, &new)
            .await
            .body
            .contains("max-resource-size")
    );
    let orphan = kit
        .put("/17149682/calendars/nowhere/a.ics", EVENT, &new)
        .await;
    assert_eq!(orphan.status, 409);
    kit.sim.set_read_only(&kit.work(), true).unwrap();
    assert_eq!(kit.put(&href, EVENT, &new).await.status, 403);
}

#[tokio::test]
async fn put_and_delete_answers_vary() {
    let kit = Kit::demo(Profile::Baikal);
    let href = format!("{}new.ics", kit.work());
    let answer = kit.put(&href, EVENT, &[("if-none-match", "*")]).await;
    assert_eq!((answer.status, answer.header("etag")), (201, None));
    kit.sim.tweak(|quirks| {
        quirks.put_etag = PutEtag::Always;
        quirks.rewrite_on_put = true;
        quirks.put_multistatus = true;
        quirks.delete_with_body = true;
    });
    let answer = kit.put(&href, EVENT, &[("if-match", "*")]).await;
    assert_eq!((answer.status, answer.header("etag")), (207, None));
    let read = kit.send("GET", &href, None, "").await;
    assert!(read.body.contains("X-SERVER-SEEN"));
    let answer = kit
        .with_headers("DELETE", &href, &[("if-match", "*")], "")
        .await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("multistatus"));
}

#[tokio::test]
async fn collections_must_not_be_read_with_get() {
    let kit = Kit::demo(Profile::ICloud);
    let answer = kit.send("GET", &kit.work(), None, "").await;
    assert_eq!(answer.transport, Some(TransportFault::ResetBefore));
    kit.sim
        .tweak(|quirks| quirks.get_collection = GetCollection::WholeCalendar);
    let answer = kit.send("GET", &kit.work(), None, "").await;
    assert!(answer.body.matches("BEGIN:VEVENT").count() > 5);
    assert_eq!(kit.sim.desk().violations().len(), 1);
}

#[tokio::test]
async fn accounts_are_guarded() {
    let kit = Kit::demo(Profile::Sabre);
    kit.sim.add_account("eve", "eve-password");
    let work = kit.work();
    let anonymous = kit.raw("PROPFIND", "/", &[("depth", "0")], "").await;
    assert_eq!(anonymous.status, 401);
    assert!(
        anonymous
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic")
    );
    let eve = kit.clone_as("eve", "eve-password");
    assert_eq!(
        eve.send("GET", &format!("{work}demo-client.ics"), None, "")
            .await
            .status,
        403
    );
    assert_eq!(eve.sync(&work, "").await.status, 403);
    let typed = kit.clone_as("ada", "adaapppassword");
    assert_eq!(typed.sync(&work, "").await.status, 401);
    kit.sim.tweak(|quirks| quirks.loose_app_password = true);
    assert_eq!(
        typed.sync(&work, "").await.status,
        207,
        "hyphens do not matter"
    );
    kit.sim.withdraw_password("ada").unwrap();
    assert_eq!(kit.sync(&work, "").await.status, 401);
    kit.sim.change_password("ada", "ada-app-password").unwrap();
    kit.sim.block_account("ada", true).unwrap();
    assert_eq!(kit.sync(&work, "").await.status, 403);
    kit.sim.block_account("ada", false).unwrap();
    kit.sim.share_calendar(&work, false).unwrap();
    assert_eq!(kit.sync(&work, "").await.status, 404);
    assert!(kit.sim.snapshot(&work).is_empty());
    kit.sim.share_calendar(&work, true).unwrap();
    assert_eq!(kit.sync(&work, "").await.status, 207);
}

#[tokio::test]
async fn homes_live_on_partitions_that_move() {
    let kit = Kit::demo(Profile::ICloud);
    kit.sim.set_partition(Some("http://p62.test:8443"));
    let answer = kit
        .send("PROPFIND", "/17149682/principal/", Some("0"), body::HOME)
        .await;
    let home = answer.text_of("calendar-home-set").unwrap();
    assert_eq!(home, "http://p62.test:8443/17149682/calendars/");
    assert_eq!(
        kit.sync(&kit.work(), "").await.status,
        404,
        "not on the entry host"
    );
    let there = format!("http://p62.test:8443{}", kit.work());
    assert_eq!(kit.sync(&there, "").await.status, 207);
    kit.sim.set_partition(Some("http://p63.test:8443"));
    assert_eq!(kit.sync(&there, "").await.status, 503);
}

#[tokio::test]
async fn well_known_options_and_mkcalendar() {
    let kit = Kit::demo(Profile::Sabre);
    for status in [301, 302, 307, 308] {
        kit.sim
            .tweak(|quirks| quirks.well_known = WellKnown::Redirect(status));
        let answer = kit.raw("PROPFIND", "/.well-known/caldav", &[], "").await;
        assert_eq!(answer.status, status, "no password needed");
    }
    kit.sim
        .tweak(|quirks| quirks.well_known = WellKnown::Missing);
    assert_eq!(
        kit.raw("PROPFIND", "/.well-known/caldav", &[], "")
            .await
            .status,
        404
    );
    let root = kit.send("OPTIONS", "/", None, "").await;
    assert!(!root.header("dav").unwrap().contains("calendar-access"));
    let work = kit.send("OPTIONS", &kit.work(), None, "").await;
    assert!(work.header("dav").unwrap().contains("calendar-access"));
    let home = kit.sim.paths_of("ada").unwrap().1;
    let made = kit
        .send(
            "MKCALENDAR",
            &format!("{home}fresh/"),
            None,
            body::MKCALENDAR,
        )
        .await;
    assert_eq!(made.status, 201);
    assert!(kit.sim.calendars("ada").contains(&format!("{home}fresh/")));
    let again = kit
        .send(
            "MKCALENDAR",
            &format!("{home}fresh/"),
            None,
            body::MKCALENDAR,
        )
        .await;
    assert_eq!(again.status, 405);
    assert_eq!(kit.send("PATCH", &home, None, "").await.status, 405);
}

#[tokio::test]
async fn shared_faults_apply() {
    let kit = Kit::demo(Profile::Sabre);
    let work = kit.work();
    let desk = kit.sim.desk().clone();
    desk.add(
        Rule::on(
            "*",
            Fault::RateLimited {
                retry_after: RetryAfter::Seconds(7),
            },
        )
        .times(1),
    );
    let answer = kit.sync(&work, "").await;
    assert_eq!(
        (answer.status, answer.header("retry-after").as_deref()),
        (429, Some("7"))
    );
    desk.add(Rule::on("*", Fault::Unauthorized).method("REPORT").times(1));
    assert_eq!(kit.sync(&work, "").await.status, 401);
    desk.add(Rule::on("*", Fault::EmptyList).times(1));
    let answer = kit.sync(&work, "").await;
    assert!(answer.status == 207 && answer.changed(&work).is_empty());
    desk.add(Rule::on("*", Fault::Truncated).times(1));
    assert!(!kit.sync(&work, "").await.body.contains("</d:multistatus>"));
    desk.add(Rule::on("*", Fault::ResetAfter).method("PUT").times(1));
    let href = format!("{work}lost.ics");
    let lost = kit.put(&href, EVENT, &[("if-none-match", "*")]).await;
    assert_eq!(lost.transport, Some(TransportFault::ResetAfter));
    assert_eq!(
        kit.send("GET", &href, None, "").await.status,
        200,
        "the write took effect"
    );
    desk.add(Rule::on("*", Fault::LoopingPaging).times(2));
    let looped = kit.sync(&work, "").await;
    assert!(looped.body.contains("507"));
    let again = kit.sync(&work, &looped.token()).await;
    assert_eq!(again.token(), looped.token());
    assert!(!kit.sync(&work, &again.token()).await.body.contains("507"));
    desk.add(
        Rule::on("*", Fault::CursorExpired)
            .method("REPORT")
            .times(1),
    );
    assert!(kit.sync(&work, "").await.body.contains("valid-sync-token"));
}

#[tokio::test]
async fn random_changes_replay_and_every_object_stays_valid() {
    use rand::SeedableRng;
    let run = |seed: u64| {
        let kit = Kit::demo(Profile::Sabre);
        let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
        let ops: Vec<_> = (0..300)
            .filter_map(|_| kit.sim.random_op(&mut rng))
            .collect();
        (kit, ops)
    };
    for seed in 0..5 {
        let (kit, ops) = run(seed);
        assert!(ops.len() > 290, "{}", ops.len());
        assert_eq!(run(seed).1, ops, "the same seed gives the same changes");
        let kinds: std::collections::BTreeSet<_> = ops.iter().map(|op| op.what).collect();
        assert!(kinds.len() >= 12, "{kinds:?}");
        for calendar in kit.sim.calendars("ada") {
            for object in kit.sim.snapshot(&calendar) {
                let href = object.href.clone();
                let answer = kit
                    .put(&href, &object.ics, &[("if-match", &object.etag)])
                    .await;
                let fine = answer.status == 204 || calendar.contains("team-info");
                assert!(fine, "{} {}\n{}", answer.status, answer.body, object.ics);
            }
        }
        let bad = kit.sim.desk().violations();
        assert!(bad.is_empty(), "{bad:?}");
    }
}

#[tokio::test]
async fn load_is_as_ordered() {
    let kit = Kit::demo(Profile::Sabre);
    let path = kit.sim.seed_load(1_000, 100).unwrap();
    let all = kit.sim.snapshot(&path);
    let series = all
        .iter()
        .filter(|object| {
            object.ics.contains("RRULE:FREQ=WEEKLY") && object.ics.contains("EXDATE")
                || object.ics.contains("RRULE:FREQ=DAILY")
        })
        .count();
    assert_eq!((all.len(), series), (1_000, 100));
    let spec = CalendarSpec::named("Tasks").kind(CalendarKind::Reminders);
    let tasks = kit.sim.add_calendar("ada", spec).unwrap();
    assert!(!kit.sim.calendars("ada").contains(&tasks));
}

#[tokio::test]
async fn an_object_moves_to_another_collection_and_never_onto_another() {
    let kit = Kit::demo(Profile::Radicale);
    let (from, to) = (kit.work(), kit.home_calendar());
    let url = format!("{from}moving.ics");
    kit.put(&url, EVENT, &[("if-none-match", "*")]).await;
    let there = format!("http://dav.test{to}moving.ics");
    let go = async |headers: &[(&str, &str)]| kit.with_headers("MOVE", &url, headers, "").await;
    assert_eq!(go(&[("if-match", "*")]).await.status, 400, "no destination");
    let nowhere = format!("http://dav.test{to}none/moving.ics");
    let answer = go(&[("destination", &nowhere), ("if-match", "*")]).await;
    assert_eq!(answer.status, 409);
    let old = [("destination", &*there), ("if-match", "\"old\"")];
    assert_eq!(go(&old).await.status, 412);
    let now = [
        ("destination", &*there),
        ("if-match", "*"),
        ("overwrite", "F"),
    ];
    assert_eq!(go(&now).await.status, 201);
    assert_eq!(go(&now).await.status, 404, "it left");
    let moved = kit.send("GET", &format!("{to}moving.ics"), None, "").await;
    assert!(moved.status == 200 && moved.body.contains("UID:new-1"));
    kit.put(
        &url,
        &EVENT.replace("new-1", "new-2"),
        &[("if-none-match", "*")],
    )
    .await;
    assert_eq!(go(&now).await.status, 412, "the name is taken there");
}

/// One event, a series with a hole and a moved occurrence, and what takes no time.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "told in one go")]
async fn busy_time_is_told_by_servers_that_can() {
    let kit = Kit::demo(Profile::Sabre);
    let home = kit.home_calendar();
    for member in kit.sim.snapshot(&home) {
        kit.sim.delete(&member.path).unwrap();
    }
    let event = |uid: &str, rest: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:x\r\n{rest}END:VEVENT\r\n"
        )
    };
    let put = |name: &str, events: &str| {
        let object = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{events}END:VCALENDAR\r\n"
        );
        kit.sim.put(&format!("{home}{name}.ics"), &object).unwrap();
    };
    let hour = "DTSTART:20260603T090000Z\r\nDTEND:20260603T100000Z\r\n";
    put(
        "series",
        &(event(
            "s",
            "DTSTART:20260601T120000Z\r\nDTEND:20260601T123000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260602T120000Z\r\n",
        ) + &event(
            "s",
            "RECURRENCE-ID:20260603T120000Z\r\nDTSTART:20260603T150000Z\r\nDTEND:20260603T160000Z\r\n",
        )),
    );
    put(
        "perhaps",
        &event("p", &format!("{hour}STATUS:TENTATIVE\r\n")),
    );
    put(
        "free",
        &event("f", &format!("{hour}TRANSP:TRANSPARENT\r\n")),
    );
    put("off", &event("o", &format!("{hour}STATUS:CANCELLED\r\n")));
    put(
        "day",
        &event(
            "d",
            "DTSTART;VALUE=DATE:20260605\r\nDTEND;VALUE=DATE:20260606\r\n",
        ),
    );
    let query = "<c:free-busy-query xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><c:time-range start=\"20260601T121500Z\" end=\"20260606T000000Z\"/></c:free-busy-query>";
    let told = kit.send("REPORT", &home, Some("1"), query).await;
    assert_eq!(told.status, 200, "{}", told.body);
    let busy: Vec<&str> = told
        .body
        .lines()
        .filter(|line| line.starts_with("FREEBUSY"))
        .collect();
    assert_eq!(
        busy,
        [
            "FREEBUSY:20260601T121500Z/20260601T123000Z",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260603T090000Z/20260603T100000Z",
            "FREEBUSY:20260603T150000Z/20260603T160000Z",
            "FREEBUSY:20260604T120000Z/20260604T123000Z",
            "FREEBUSY:20260604T220000Z/20260605T220000Z",
        ]
    );
    kit.sim.tweak(|server| server.free_busy = false);
    let told = kit.send("REPORT", &home, Some("1"), query).await;
    assert_eq!(told.status, 403);
    assert!(told.body.contains("supported-report"));
}
