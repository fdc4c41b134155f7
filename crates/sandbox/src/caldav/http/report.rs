//! REPORT: sync-collection (RFC 6578), calendar-multiget and calendar-query (RFC 4791); free-busy-query is next door.

use jiff::Timestamp;

use super::listing::{collection_row, current, deliver, object_row};
use super::paths::{Target, encode, from_href};
use super::propfind::requested;
use super::reply::{Reply, prop_row, status_row};
use super::{Call, free_busy};
use crate::caldav::anomaly::{Anomaly, INVENTED};
use crate::caldav::ics::{Property, When, overlaps, parse};
use crate::caldav::profile::SyncSupport;
use crate::caldav::state::{Listed, State};
use crate::caldav::xml::{CALDAV, DAV, Element, Name};

pub(super) fn report(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    let root = match &call.xml {
        Some(Ok(root)) => root,
        Some(Err(reason)) => return Reply::html(400, reason),
        None => return Reply::html(400, "a REPORT needs a body"),
    };
    let path = match target {
        Target::Calendar(path) => path.clone(),
        Target::Nothing => return Reply::html(404, "Not Found"),
        Target::Forbidden => {
            return Reply::error(403, Element::dav("need-privileges"), &state.quirks);
        }
        _ => return Reply::error(403, Element::dav("supported-report"), &state.quirks),
    };
    match (root.name.ns.as_str(), root.name.local.as_str()) {
        (DAV, "sync-collection") if state.quirks.sync == SyncSupport::Collection => {
            sync_collection(state, call, &path, root)
        }
        (CALDAV, "calendar-multiget") => multiget(state, &path, root),
        (CALDAV, "calendar-query") => query(state, call, &path, root),
        (CALDAV, "free-busy-query") if state.quirks.free_busy => {
            free_busy::query(state, call, &path, root)
        }
        _ => Reply::error(403, Element::dav("supported-report"), &state.quirks),
    }
}

fn sync_collection(state: &mut State, call: &Call<'_>, path: &str, root: &Element) -> Reply {
    if let Some(reply) = bad_sync_request(state, call, root) {
        return reply;
    }
    let sent = root
        .find(DAV, "sync-token")
        .map(Element::content)
        .unwrap_or_default();
    let from = if sent.is_empty() || sent.starts_with(INVENTED) {
        0
    } else {
        let refused = take(state, |anomaly| *anomaly == Anomaly::TokenRefused).is_some();
        match state.calendars[path].revision_of(&sent, state.quirks.tokens) {
            Some(revision) if !refused => revision,
            _ => {
                let status = state.quirks.token_refused_status;
                return Reply::error(status, Element::dav("valid-sync-token"), &state.quirks);
            }
        }
    };
    let limit = root.find(DAV, "limit").and_then(|limit| {
        let results = limit.find(DAV, "nresults")?.content();
        results.parse::<usize>().ok()
    });
    if limit.is_some() && from == 0 && state.quirks.refuse_limit_on_first_sync {
        let condition = Element::dav("number-of-matches-within-limits");
        return Reply::error(507, condition, &state.quirks);
    }
    let wanted = root.find(DAV, "prop").map(requested).unwrap_or_default();
    sync_answer(state, path, from, limit, &wanted)
}

fn sync_answer(
    state: &mut State,
    path: &str,
    from: u64,
    limit: Option<usize>,
    wanted: &[Name],
) -> Reply {
    let now = state.now();
    let quirks = state.quirks.clone();
    let page = limit.or(quirks.sync_page).unwrap_or(usize::MAX).max(1);
    let hollow = take(state, |anomaly| *anomaly == Anomaly::PropertiesMissing).is_some();
    let calendar = &state.calendars[path];
    let visible = calendar.visible(now, quirks.sync_lag).max(from);
    let mut changed = calendar.changed(from, visible);
    let truncated = changed.len() > page;
    changed.truncate(page);
    let reached = match changed.last() {
        Some(last) if truncated => last.revision,
        _ => visible,
    };
    let mut rows: Vec<Element> = changed
        .iter()
        .map(|member| sync_row(state, path, member, wanted, hollow))
        .collect();
    rows = deliver(state, rows);
    if quirks.collection_row {
        rows.insert(0, collection_row(state, path));
    }
    if truncated {
        let row = status_row(&encode(state, path), 507)
            .child(Element::dav("error").child(Element::dav("number-of-matches-within-limits")));
        rows.push(row);
    }
    let token = state
        .calendars
        .get_mut(path)
        .map_or_else(String::new, |calendar| {
            calendar.token(reached, quirks.tokens, truncated)
        });
    let token = Element::dav("sync-token").text(token);
    let position = if quirks.token_first { 0 } else { rows.len() };
    rows.insert(position, token);
    Reply::xml(207, &Element::dav("multistatus").children(rows), &quirks)
}

fn bad_sync_request(state: &mut State, call: &Call<'_>, root: &Element) -> Option<Reply> {
    let depth = call.header("depth").unwrap_or("0");
    let depth_fits = match depth {
        "0" => !state.quirks.sync_depth_zero_refused,
        "1" => state.quirks.sync_depth_one_accepted || state.quirks.sync_depth_zero_refused,
        _ => false,
    };
    if depth != "0" && !state.quirks.sync_depth_zero_refused {
        let line = format!("sync-collection with Depth {depth}");
        state.violations.push(line);
    }
    if !depth_fits {
        return Some(Reply::html(400, "this Depth is not supported"));
    }
    let complete = root.find(DAV, "sync-token").is_some() && root.find(DAV, "prop").is_some();
    (!complete).then(|| Reply::html(400, "sync-token and prop are required"))
}

fn sync_row(state: &State, path: &str, member: &Listed, wanted: &[Name], hollow: bool) -> Element {
    let href = encode(state, &format!("{path}{}", member.name));
    let Some(etag) = &member.etag else {
        return status_row(&href, 404);
    };
    if hollow {
        return Element::dav("response")
            .child(Element::dav("href").text(href))
            .child(
                Element::dav("propstat")
                    .child(Element::dav("prop").child(Element::dav("getetag")))
                    .child(Element::dav("status").text("HTTP/1.1 404 Not Found")),
            );
    }
    let with_data = state.quirks.data_in_sync;
    object_row(state, path, &member.name, wanted, with_data).unwrap_or_else(|| {
        // Removed meanwhile, but the report lags: it still shows the old ETag.
        prop_row(&href, vec![Element::dav("getetag").text(etag)], Vec::new())
    })
}

fn multiget(state: &mut State, path: &str, root: &Element) -> Reply {
    let wanted = root.find(DAV, "prop").map(requested).unwrap_or_default();
    let hrefs: Vec<String> = root
        .elements()
        .filter(|element| element.name.is(DAV, "href"))
        .map(Element::content)
        .collect();
    if hrefs.len() > 50 {
        let line = format!("calendar-multiget with {} hrefs", hrefs.len());
        state.violations.push(line);
    }
    let anomaly = take(state, |anomaly| {
        matches!(
            anomaly,
            Anomaly::MultigetOmits(_) | Anomaly::MultigetMissing(_)
        )
    });
    let mut rows = Vec::new();
    for (index, href) in hrefs.iter().enumerate() {
        match anomaly {
            Some(Anomaly::MultigetOmits(nth)) if nth == index => continue,
            Some(Anomaly::MultigetMissing(nth)) if nth == index => {
                rows.push(status_row(href, 404));
                continue;
            }
            _ => {}
        }
        let decoded = from_href(href);
        let row = decoded
            .strip_prefix(path)
            .and_then(|name| object_row(state, path, name, &wanted, true));
        rows.push(row.unwrap_or_else(|| status_row(href, 404)));
    }
    let rows = deliver(state, rows);
    let root = Element::dav("multistatus").children(rows);
    Reply::xml(207, &root, &state.quirks)
}

fn query(state: &mut State, call: &Call<'_>, path: &str, root: &Element) -> Reply {
    let wanted = root.find(DAV, "prop").map(requested).unwrap_or_default();
    if call.header("depth") != Some("1") {
        let line = "calendar-query without Depth 1".to_owned();
        state.violations.push(line);
    }
    let component = root
        .find(CALDAV, "filter")
        .and_then(|filter| filter.find(CALDAV, "comp-filter"))
        .and_then(|filter| filter.find(CALDAV, "comp-filter"));
    let range = match component
        .and_then(|filter| filter.find(CALDAV, "time-range"))
        .map(time_range)
    {
        None => (None, None),
        Some(Ok(range)) => range,
        Some(Err(reason)) => {
            let condition = Element::cal("valid-filter").text(reason);
            return Reply::error(403, condition, &state.quirks);
        }
    };
    let kind = component
        .and_then(|filter| filter.get_attribute("name"))
        .unwrap_or("VEVENT");
    let rows = current(state, path)
        .into_iter()
        .filter(|name| {
            let ics = &state.calendars[path].objects[name].ics;
            parse(ics).is_ok_and(|calendar| {
                calendar.items().any(|item| item.name == kind)
                    && (range == (None, None) || overlaps(&calendar, range.0, range.1))
            })
        })
        .filter_map(|name| object_row(state, path, &name, &wanted, true))
        .collect();
    let mut rows = deliver(state, rows);
    if state.quirks.collection_row {
        rows.insert(0, collection_row(state, path));
    }
    let root = Element::dav("multistatus").children(rows);
    Reply::xml(207, &root, &state.quirks)
}

/// `start` and `end`: UTC only (RFC 4791 §9.9).
pub(super) fn time_range(
    element: &Element,
) -> Result<(Option<Timestamp>, Option<Timestamp>), String> {
    let read = |name: &str| match element.get_attribute(name) {
        None => Ok(None),
        Some(text) => match When::read(&Property::new(name, text)) {
            Some(when @ When::Utc(_)) => Ok(Some(when.instant())),
            _ => Err(format!("{name} must be a UTC date-time")),
        },
    };
    Ok((read("start")?, read("end")?))
}

fn take(state: &mut State, fits: impl Fn(&Anomaly) -> bool) -> Option<Anomaly> {
    let at = state.anomalies.iter().position(fits)?;
    Some(state.anomalies.remove(at))
}
