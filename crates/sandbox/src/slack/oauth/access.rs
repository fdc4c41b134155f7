//! `oauth.v2.access`: codes and refresh tokens against bot tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::{Value, json};

use crate::slack::call::Call;
use crate::slack::config::App;
use crate::slack::errors::ApiError;
use crate::slack::outbound;
use crate::slack::state::State;

pub(in crate::slack) fn access(call: &Call) -> Result<Value, ApiError> {
    let grant = call
        .text("grant_type")
        .unwrap_or_else(|| "authorization_code".to_owned());
    call.sim.desk.count(&format!("token.{grant}"));
    call.begin(&["grant_type", "refresh_token", "state"]);
    if !call.query.is_empty() {
        call.violate("Secrets were sent in the query.");
    }
    if call.text("code_verifier").is_some() {
        call.violate("PKCE is not part of Slack's exchange.");
    }
    let app = authenticate(call)?;
    let mut state = call.sim.lock();
    match grant.as_str() {
        "authorization_code" => with_code(call, &mut state, &app),
        "refresh_token" => with_refresh(call, &mut state, &app),
        _ => Err(ApiError::new("invalid_grant_type")),
    }
}

/// The app from HTTP Basic (preferred) or from the form.
fn authenticate(call: &Call) -> Result<App, ApiError> {
    let basic = || {
        let value = call.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let plain = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
        let plain = String::from_utf8(plain).ok()?;
        let (id, secret) = plain.split_once(':')?;
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        Some((decode(id), decode(secret)))
    };
    let in_form = || {
        (
            call.text("client_id").unwrap_or_default(),
            call.text("client_secret").unwrap_or_default(),
        )
    };
    let (id, secret) = basic().unwrap_or_else(in_form);
    let app = call.config.apps.iter().find(|app| app.client_id == id);
    let app = app.ok_or_else(|| ApiError::new("invalid_client_id"))?;
    if app.client_secret != secret {
        return Err(ApiError::new("bad_client_secret"));
    }
    Ok(app.clone())
}

fn with_code(call: &Call, state: &mut State, app: &App) -> Result<Value, ApiError> {
    let now = call.now();
    let name = call.text("code").ok_or_else(|| ApiError::new("no_code"))?;
    let code = state.codes.get_mut(&name);
    let code = code.filter(|c| c.client == app.client_id && c.is_fresh(now));
    let code = code.ok_or_else(|| ApiError::new("invalid_code"))?;
    if std::mem::replace(&mut code.used, true) {
        return Err(ApiError::new("code_already_used"));
    }
    if code.redirect_uri.is_some() && code.redirect_uri != call.text("redirect_uri") {
        return Err(ApiError::new("bad_redirect_uri"));
    }
    let code = code.clone();

    let install = state.install(app, &code);
    let install = install.ok_or_else(|| ApiError::new("invalid_code"))?;
    let pair = state.issue(&install, app, &call.config, now);
    answer(call, state, &install, pair)
}

fn with_refresh(call: &Call, state: &mut State, app: &App) -> Result<Value, ApiError> {
    let now = call.now();
    let invalid = || ApiError::new("invalid_refresh_token");
    let token = call.text("refresh_token").ok_or_else(invalid)?;
    let known = state.refresh.get(&token).cloned().ok_or_else(invalid)?;
    let install = state.installs.get(&known.install).ok_or_else(invalid)?;
    if install.app != app.id {
        return Err(invalid());
    }
    if let Some((at, pair)) = known.spent {
        let grace = now.duration_since(at).as_secs() < call.config.rotation_grace_s;
        return if grace {
            answer(call, state, &known.install, pair)
        } else {
            Err(invalid())
        };
    }
    let pair = state.issue(&known.install, app, &call.config, now);
    if let Some(old) = state.refresh.get_mut(&token) {
        old.spent = Some((now, pair.clone()));
    }
    answer(call, state, &known.install, pair)
}

fn answer(
    call: &Call,
    state: &State,
    key: &str,
    (access, refresh): (String, Option<String>),
) -> Result<Value, ApiError> {
    let install = state.installs.get(key);
    let install = install.ok_or_else(|| ApiError::new("invalid_code"))?;
    let team = install.team.as_ref().and_then(|id| state.teams.get(id));
    let enterprise = install.enterprise.as_ref();
    let enterprise = enterprise.map(|id| json!({"id": id, "name": state.enterprises.get(id)}));
    let mut body = json!({"access_token": access, "token_type": "bot", "scope": install.scopes.join(","),
        "bot_user_id": install.bot_user, "app_id": install.app, "team": team.map(|t| json!({"id": t.id, "name": t.name})),
        "enterprise": enterprise, "is_enterprise_install": install.team.is_none(), "authed_user": {"id": install.installer}});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
        body["expires_in"] = json!(call.config.token_ttl_s);
    }
    outbound::note(&call.sim);
    Ok(body)
}
