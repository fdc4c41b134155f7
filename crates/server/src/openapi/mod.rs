//! The OpenAPI 3.1 document: what the handlers say about themselves, plus what is true of all of them.

use utoipa::openapi::path::{
    HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    OpenApiVersion, Ref, RefOr, Required, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::api::wire::{EventScopeSchema, GroupBySchema};
use crate::problem::{FieldError, ProblemBody};
use crate::router::routes;

/// Operations that need no credentials. Frozen by a test: whatever is not in here answers strangers with 401.
pub const PUBLIC: &[(&str, &str)] = &[
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/api/openapi.json"),
    ("get", "/api/docs"),
    ("get", "/api/docs/style.css"),
    ("post", "/api/v1/auth/setup"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/logout"),
    ("post", "/api/v1/auth/password/forgot"),
    ("post", "/api/v1/auth/password/reset"),
    ("post", "/api/v1/auth/invitations/{token}/accept"),
    ("get", "/api/v1/auth/methods"),
    ("get", "/api/v1/auth/oidc/start"),
    ("get", "/api/v1/auth/oidc/callback"),
    ("get", "/api/v1/integrations/{provider}/callback"),
    ("get", "/api/calendars/google/callback"),
    // Whoever calls these proves it with what a notice carries.
    ("post", "/hooks/{provider}"),
    ("post", "/api/v1/hooks/{provider}"),
    // These carry Slack's signature.
    ("post", "/api/v1/integrations/slack/commands/time"),
    ("post", "/api/v1/integrations/slack/interactions"),
    ("post", "/api/v1/integrations/slack/events"),
];

/// The document, for the command line, the dashboard's client and tests.
#[must_use]
pub fn openapi() -> OpenApi {
    document()
}

/// The document as served.
pub(crate) fn document() -> OpenApi {
    complete(routes().split_for_parts().1)
}

/// Method in lower case, path template and operation, in a stable order.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (&'static str, &str, &Operation)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        let each = [
            ("get", &item.get),
            ("post", &item.post),
            ("put", &item.put),
            ("patch", &item.patch),
            ("delete", &item.delete),
        ];
        each.into_iter().filter_map(move |(method, operation)| {
            operation
                .as_ref()
                .map(|operation| (method, path.as_str(), operation))
        })
    })
}

/// The document before any route: who we are and how to authenticate.
pub(crate) fn skeleton() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Daybook")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Calendars in, billable hours out."))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0 OR MIT").build(),
        ));
    let mut components = Components::new();
    components.add_security_scheme(
        "api_key",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    let cookie = ApiKey::Cookie(ApiKeyValue::new("daybook"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components))
        .build()
}

/// Adds what no handler needs to say: path parameters, problems, security, operation ids.
fn complete(mut document: OpenApi) -> OpenApi {
    document.openapi = OpenApiVersion::Version31;
    let components = document.components.get_or_insert_with(Components::new);
    components
        .schemas
        .insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components
        .schemas
        .insert(FieldError::name().into_owned(), FieldError::schema());
    // Named by parameters alone, which register nothing.
    components.schemas.insert(
        EventScopeSchema::name().into_owned(),
        EventScopeSchema::schema(),
    );
    components
        .schemas
        .insert(GroupBySchema::name().into_owned(), GroupBySchema::schema());
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in methods(item) {
            finish(path, method, operation);
        }
    }
    document
}

fn methods(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem {
        get,
        post,
        put,
        patch,
        delete,
        ..
    } = item;
    let each = [
        (HttpMethod::Get, get),
        (HttpMethod::Post, post),
        (HttpMethod::Put, put),
        (HttpMethod::Patch, patch),
        (HttpMethod::Delete, delete),
    ];
    each.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn finish(path: &str, method: HttpMethod, operation: &mut Operation) {
    let method = match method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        _ => "delete",
    };
    operation.operation_id = Some(operation_id(method, path));
    let parameters = operation.parameters.get_or_insert_default();
    for name in path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
    {
        if !parameters
            .iter()
            .any(|known| matches!(known, RefOr::T(known) if known.name == name))
        {
            parameters.push(RefOr::T(path_parameter(name)));
        }
    }
    let creates = operation.responses.responses.contains_key("201") && method == "post";
    if creates && !is_public(method, path) {
        parameters.push(RefOr::T(idempotency_key()));
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = meaning(status).to_owned();
        }
    }
    let problem = RefOr::T(problem_response());
    operation
        .responses
        .responses
        .insert("default".to_owned(), problem);
    operation.security = Some(if is_public(method, path) {
        Vec::new()
    } else {
        let none: [&str; 0] = [];
        vec![
            SecurityRequirement::new("api_key", none),
            SecurityRequirement::new("session", none),
        ]
    });
}

/// Whether strangers may call the operation.
#[must_use]
pub fn is_public(method: &str, path: &str) -> bool {
    PUBLIC.contains(&(method, path))
}

/// `get` + `/api/v1/workspace/members/{id}` → `get_workspace_members_id`.
fn operation_id(method: &str, path: &str) -> String {
    // Notices have two addresses, and an operation's id is its own.
    let short = path
        .strip_prefix("/api/v1")
        .filter(|rest| !rest.starts_with("/hooks/"));
    let path = short.unwrap_or(path);
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| id + "_" + word)
}

/// OpenAPI 3.1 asks for a description of every response.
fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "Done",
        "201" => "Made",
        "202" => "It goes on in the background",
        "204" => "Done; there is nothing to say",
        "303" => "Go on there",
        _ => "Answer",
    }
}

/// `{id}` and `{…_id}` are UUIDs, other parameters are texts.
fn path_parameter(name: &str) -> Parameter {
    let is_id = name == "id" || name.ends_with("_id");
    let schema = ObjectBuilder::new().schema_type(Type::String);
    let schema = if is_id {
        schema.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
    } else {
        schema
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(Schema::from(schema)))
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Your name for this request, at most 255 characters. Sent again with the same body within 24 hours, it is answered as the first time and creates nothing.",
        ))
        .schema(Some(Schema::from(ObjectBuilder::new().schema_type(Type::String))))
        .build()
}

fn problem_response() -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description("What went wrong (RFC 9457)")
        .content("application/problem+json", content)
        .build()
}

#[cfg(test)]
mod tests {
    use super::operation_id;

    #[test]
    fn operation_ids_follow_the_path() {
        assert_eq!(
            operation_id("get", "/api/v1/workspace/members/{id}"),
            "get_workspace_members_id"
        );
        assert_eq!(operation_id("get", "/api/calendars"), "get_api_calendars");
        assert_ne!(
            operation_id("post", "/api/v1/hooks/{provider}"),
            operation_id("post", "/hooks/{provider}")
        );
    }
}
