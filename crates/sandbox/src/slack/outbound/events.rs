//! The Events API: at least once, three more attempts (contract §7).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Kind, carry};
use crate::slack::Sim;
use crate::slack::config::App;
use crate::slack::state::{Attempt, Delivery, Install, State};

/// Seconds until the next attempt, by the number of the one that failed.
const WAITS: [i64; 3] = [0, 60, 300];

/// Queues an event of an app in a workspace.
pub(in crate::slack) fn enqueue(
    state: &mut State,
    (app, team): (&str, &str),
    event: Value,
    now: Timestamp,
) -> String {
    let id = state.id("Ev");
    let enterprise = state.enterprise_of(team).map(str::to_owned);
    let bot = state.installed(app, team).map(|(_, i)| i.bot_user.clone());
    let body = json!({"token": "deprecated", "team_id": team, "enterprise_id": enterprise, "api_app_id": app, "event": event,
        "type": "event_callback", "event_id": id, "event_time": now.as_second(), "is_ext_shared_channel": false,
        "authorizations": [{"enterprise_id": enterprise, "team_id": team, "user_id": bot, "is_bot": true, "is_enterprise_install": false}]});
    state.outbox.push(Delivery {
        app: app.to_owned(),
        body,
        number: 0,
        reason: "",
        due: now,
    });
    id
}

/// The app was removed.
pub(in crate::slack) fn uninstalled(state: &mut State, gone: &Install, now: Timestamp) {
    tokens_revoked(state, gone, now);
    for team in teams_of(state, gone) {
        enqueue(
            state,
            (&gone.app, &team),
            json!({"type": "app_uninstalled"}),
            now,
        );
    }
}

/// The bot's token was revoked.
pub(in crate::slack) fn tokens_revoked(state: &mut State, install: &Install, now: Timestamp) {
    let event =
        json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [install.bot_user]}});
    for team in teams_of(state, install) {
        enqueue(state, (&install.app, &team), event.clone(), now);
    }
}

/// The workspace that a notice about an installation names; for an organisation's, its first one.
fn teams_of(state: &State, install: &Install) -> Vec<String> {
    if let Some(team) = &install.team {
        return vec![team.clone()];
    }
    let mut teams = state.teams.values();
    let first = teams.find(|t| t.enterprise == install.enterprise);
    first.map(|t| t.id.clone()).into_iter().collect()
}

/// Sends what is due; what fails is queued again. The number of attempts.
pub(in crate::slack) async fn deliver(sim: &Sim) -> usize {
    let mut attempts = 0;
    loop {
        let now = sim.desk.clock().now();
        let due = {
            let mut state = sim.lock();
            let index = state.outbox.iter().position(|d| d.due <= now);
            index.map(|index| state.outbox.remove(index))
        };
        let Some(delivery) = due else {
            return attempts;
        };
        let config = sim.config();
        let Some(app) = config.apps.iter().find(|a| a.id == delivery.app) else {
            continue;
        };
        attempts += 1;
        let more = if delivery.number == 0 {
            config.duplicate_events
        } else {
            0
        };
        for _ in 0..more {
            carry(sim, app, Kind::Event, (&delivery.body, None)).await;
        }
        attempt(sim, app, delivery).await;
    }
}

async fn attempt(sim: &Sim, app: &App, delivery: Delivery) {
    let retry = (delivery.number > 0).then_some((delivery.number, delivery.reason));
    let answer = carry(sim, app, Kind::Event, (&delivery.body, retry)).await;
    let status = answer.as_ref().map(|a| a.status);
    let mut state = sim.lock();
    state.attempts.push(Attempt {
        event_id: delivery.body["event_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        number: delivery.number,
        status,
    });
    let well = status.is_some_and(|s| (200..300).contains(&s));
    if well || answer.is_some_and(|a| a.no_retry) {
        return;
    }
    let Some(wait) = WAITS.get(delivery.number as usize) else {
        return;
    };
    let now = sim.desk.clock().now();
    state.outbox.push(Delivery {
        number: delivery.number + 1,
        reason: if status.is_some() {
            "http_error"
        } else {
            "http_timeout"
        },
        due: now
            .checked_add(SignedDuration::from_secs(*wait))
            .unwrap_or(now),
        ..delivery
    });
}

/// Checks the address for events: whether it answers with the challenge.
pub(in crate::slack) async fn verify(sim: &Sim, app: &App) -> bool {
    let challenge = sim.lock().word(50);
    let body = json!({"token": "deprecated", "challenge": challenge, "type": "url_verification"});
    let Some(answer) = carry(sim, app, Kind::Event, (&body, None)).await else {
        return false;
    };
    let plain = answer.body == challenge.as_bytes();
    let named = serde_json::from_slice(&answer.body)
        .is_ok_and(|v: Value| v["challenge"] == json!(challenge));
    answer.status == 200 && (plain || named)
}
