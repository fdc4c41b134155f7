//! The table of contents: every route, and what surrounds them.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::normalize_path::NormalizePath;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{
    accounts, availability, calendars, connections, drafts, events, invoices, jobs, reports, slack,
    system, time, watching,
};
use crate::layers::{authenticate, cors, headers, observe, origin};
use crate::problem::Problem;
use crate::state::App;
use crate::{hooks, openapi};

/// Everything this server answers: the API, and behind it the dashboard.
pub fn router(app: App) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = routes
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(elsewhere)
        .layer(from_fn(observe::note_route))
        .layer(from_fn_with_state(app.clone(), authenticate::authenticate))
        .layer(from_fn_with_state(app.clone(), origin::check))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .with_state(app.clone());
    Router::new()
        .fallback_service(NormalizePath::trim_trailing_slash(routes))
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .layer(from_fn_with_state(app, cors::share))
        .layer(from_fn(headers::secure))
        .layer(CompressionLayer::new())
}

/// Every route, with its description.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::skeleton())
        .merge(system_routes())
        .merge(alias_routes())
        .nest("/api/v1", account_routes())
        .nest("/api/v1", connection_routes())
        .nest("/api/v1", calendar_routes())
        .nest("/api/v1", availability_routes())
        .nest("/api/v1", time_routes())
        .nest("/api/v1", invoice_routes())
        .nest("/api/v1", slack_routes())
        .nest("/api/v1", watching_routes())
}

fn system_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(system::health::alive))
        .routes(routes!(system::health::ready))
        .routes(routes!(system::metrics::metrics))
        .routes(routes!(system::describe::openapi))
        .routes(routes!(system::describe::docs))
        .routes(routes!(system::describe::style))
        .routes(routes!(hooks::receive))
        .nest(
            "/api/v1",
            OpenApiRouter::new()
                .routes(routes!(system::stream::stream))
                .routes(routes!(hooks::receive)),
        )
}

fn account_routes() -> OpenApiRouter<App> {
    use accounts::{
        api_keys, auth, invitations, me, members, notifications, oidc, password, workspace,
    };
    OpenApiRouter::new()
        .routes(routes!(auth::set_up))
        .routes(routes!(auth::log_in))
        .routes(routes!(auth::log_out))
        .routes(routes!(auth::session))
        .routes(routes!(password::forgot))
        .routes(routes!(password::reset))
        .routes(routes!(oidc::methods))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
        .routes(routes!(me::get, me::update))
        .routes(routes!(notifications::get, notifications::put))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(workspace::get, workspace::update))
        .routes(routes!(members::list))
        .routes(routes!(members::get, members::update, members::remove))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::get, invitations::withdraw))
        .routes(routes!(invitations::accept))
}

fn connection_routes() -> OpenApiRouter<App> {
    use connections::{by_password, manage, oauth, providers};
    OpenApiRouter::new()
        .routes(routes!(providers::list))
        .routes(routes!(oauth::initiate))
        .routes(routes!(oauth::complete_named))
        .routes(routes!(oauth::authorize))
        .routes(routes!(oauth::callback, oauth::complete))
        .routes(routes!(by_password::caldav))
        .routes(routes!(by_password::apple))
        .routes(routes!(manage::list))
        .routes(routes!(manage::get))
        .routes(routes!(manage::refresh))
        .routes(routes!(manage::test))
        .routes(routes!(manage::disconnect))
}

fn calendar_routes() -> OpenApiRouter<App> {
    use calendars::{billing, manage, sync};
    OpenApiRouter::new()
        .routes(routes!(manage::list))
        .routes(routes!(manage::get, manage::update, manage::remove))
        .routes(routes!(manage::enable))
        .routes(routes!(billing::preview))
        .routes(routes!(manage::select))
        .routes(routes!(sync::sync))
        .routes(routes!(sync::sync_of_provider))
        .routes(routes!(sync::refresh))
        .routes(routes!(sync::force))
        .routes(routes!(events::list::of_calendar, events::write::create))
        .routes(routes!(events::write::create_batch))
        .routes(routes!(events::write::create_short))
        .routes(routes!(events::write::change, events::write::remove))
        .routes(routes!(events::write::answer))
        .routes(routes!(events::write::relocate))
        .routes(routes!(events::list::of_all))
        .routes(routes!(events::convert::convert))
        .routes(routes!(events::convert::convert_bulk))
}

fn availability_routes() -> OpenApiRouter<App> {
    use availability::{blocks, check, configurations, many};
    OpenApiRouter::new()
        .routes(routes!(configurations::list, configurations::create))
        .routes(routes!(
            configurations::get,
            configurations::update,
            configurations::delete
        ))
        .routes(routes!(check::check))
        .routes(routes!(many::find))
        .routes(routes!(blocks::list, blocks::create))
        .routes(routes!(blocks::get, blocks::update, blocks::delete))
}

fn time_routes() -> OpenApiRouter<App> {
    use time::{approvals, bulk, clients, entries, more, projects, rates, rules};
    OpenApiRouter::new()
        .routes(routes!(clients::list, clients::create))
        .routes(routes!(clients::get, clients::update, clients::delete))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::get, projects::update, projects::delete))
        .routes(routes!(entries::list, entries::create))
        .routes(routes!(entries::get, entries::update, entries::delete))
        .routes(routes!(entries::create_event))
        .routes(routes!(entries::submit))
        .routes(routes!(entries::approve))
        .routes(routes!(entries::reject))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::get))
        .routes(routes!(approvals::approve))
        .routes(routes!(approvals::reject))
        .routes(routes!(projects::budget))
        .routes(routes!(rates::list, rates::create))
        .routes(routes!(rates::get, rates::update, rates::delete))
        .routes(routes!(more::timer, more::start, more::discard))
        .routes(routes!(more::stop))
        .routes(routes!(more::quick))
        .routes(routes!(bulk::run))
        .routes(routes!(more::merge))
        .routes(routes!(more::split))
        .routes(routes!(more::duplicate))
        .routes(routes!(more::changes_of))
        .routes(routes!(more::follow_event))
        .routes(routes!(rules::list, rules::create))
        .routes(routes!(rules::preview))
        .routes(routes!(rules::get, rules::update, rules::delete))
        .routes(routes!(drafts::list))
        .routes(routes!(drafts::changes))
        .routes(routes!(drafts::log_many))
        .routes(routes!(drafts::log))
        .routes(routes!(drafts::dismiss, drafts::restore))
        .routes(routes!(reports::time))
        .routes(routes!(reports::export))
}

fn invoice_routes() -> OpenApiRouter<App> {
    use invoices::{billing, drafts, paper, read, steps};
    OpenApiRouter::new()
        .routes(routes!(read::list, drafts::create))
        .routes(routes!(drafts::preview))
        .routes(routes!(read::numbering))
        .routes(routes!(read::export))
        .routes(routes!(read::get, drafts::update, drafts::delete))
        .routes(routes!(drafts::refresh))
        .routes(routes!(steps::finalize))
        .routes(routes!(steps::send))
        .routes(routes!(steps::pay))
        .routes(routes!(steps::unpay))
        .routes(routes!(steps::void))
        .routes(routes!(steps::credit))
        .routes(routes!(paper::pdf))
        .routes(routes!(paper::xml))
        .routes(routes!(billing::get, billing::update))
        .routes(routes!(
            billing::logo,
            billing::set_logo,
            billing::remove_logo
        ))
        .routes(routes!(billing::of_client, billing::update_client))
}

fn slack_routes() -> OpenApiRouter<App> {
    use slack::{manage, signed};
    OpenApiRouter::new()
        .routes(routes!(signed::command))
        .routes(routes!(signed::interaction))
        .routes(routes!(signed::event))
        .routes(routes!(manage::status))
        .routes(routes!(manage::members))
        .routes(routes!(manage::preferences))
        .routes(routes!(manage::link, manage::unlink))
        .routes(routes!(manage::time_entry))
}

fn watching_routes() -> OpenApiRouter<App> {
    use watching::{analytics, health, logs};
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(analytics::analytics))
        .routes(routes!(logs::list))
        .routes(routes!(logs::export))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::retry))
}

/// Other addresses of the same things; they carry their whole path.
fn alias_routes() -> OpenApiRouter<App> {
    use calendars::aliases;
    OpenApiRouter::new()
        .routes(routes!(availability::check::check_alias))
        .routes(routes!(connections::oauth::google_callback))
        .routes(routes!(aliases::list_states))
        .routes(routes!(aliases::state))
        .routes(routes!(aliases::list_calendars))
        .routes(routes!(aliases::google_connections))
        .routes(routes!(events::write::create_alias))
        .routes(routes!(aliases::google_refresh))
        .routes(routes!(aliases::google_disconnect))
}

/// What is no route of the API is a page of the dashboard.
async fn elsewhere(request: Request) -> Response {
    if headers::is_api(request.uri().path()) {
        return Problem::not_found("address").into_response();
    }
    let (parts, _) = request.into_parts();
    daybook_web::handle(parts.method, parts.uri, parts.headers).await
}

async fn method_not_allowed() -> Problem {
    let detail = "This address does not take that method; the Allow header lists those it takes.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
