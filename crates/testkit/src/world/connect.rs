//! Connecting accounts the way a person does: through the consent page, or a form.

use axum::body::Body;
use daybook_engine::connections::authorize::{self, Authorize, Started};
use daybook_engine::connections::callback::{self, Callback, Completed, Failed};
use daybook_engine::connections::establish::Connected;
use daybook_engine::connections::{self, password};
use daybook_engine::{Context, Principal};
use http::{Request, header};
use secrecy::SecretString;
use tower::ServiceExt;
use url::Url;

use super::{ADA, CALDAV, World, must};

/// The user name at the CalDAV simulator.
pub const CALDAV_USER: &str = "ada";
/// And the password.
pub const CALDAV_PASSWORD: &str = "ada-app-password";

/// What the person does on the consent page.
#[derive(Debug, Clone)]
pub enum Consent {
    /// Ticks everything.
    Allow,
    /// Ticks only these scopes.
    Only(Vec<&'static str>),
    /// Says no.
    Deny,
}

impl World {
    /// Starts an authorisation at Google.
    ///
    /// # Errors
    /// As [`authorize::authorize`].
    pub async fn start_google(&self, who: &Principal) -> Result<Started, connections::Error> {
        self.start(who, "google").await
    }

    /// Starts an authorisation at a provider.
    ///
    /// # Errors
    /// As [`authorize::authorize`].
    pub async fn start(
        &self,
        who: &Principal,
        provider: &str,
    ) -> Result<Started, connections::Error> {
        let ask = Authorize {
            provider: provider.to_owned(),
            kind: "calendar".to_owned(),
            return_to: None,
            connection: None,
            browser: None,
        };
        authorize::authorize(&self.cx, who, ask).await
    }

    /// Goes through the consent page as `person`, and answers what the browser comes back with.
    pub async fn consent(&self, started: &Started, person: &str, consent: Consent) -> Callback {
        let url = must(Url::parse(&started.authorization_url));
        let host = url.host_str().unwrap_or_default();
        let site = self.hosts.get(host).cloned().unwrap_or_default();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(url.query_pairs())
            .append_pair("person", person);
        match consent {
            Consent::Allow => {
                form.append_pair("decision", "allow");
            }
            Consent::Only(scopes) => {
                form.append_pair("decision", "allow");
                form.extend_pairs(scopes.into_iter().map(|scope| ("grant", scope)));
            }
            Consent::Deny => {
                form.append_pair("decision", "deny");
            }
        }
        let request = Request::post(url.path())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.finish()));
        let response = match site.oneshot(must(request)).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let back = response
            .headers()
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut callback = Callback {
            provider: host.trim_end_matches(".test").to_owned(),
            ..Callback::default()
        };
        for (name, value) in must(Url::parse(back)).query_pairs() {
            let field = match &*name {
                "code" => &mut callback.code,
                "state" => &mut callback.state,
                "error" => &mut callback.error,
                _ => continue,
            };
            *field = Some(value.into_owned());
        }
        callback
    }

    /// Completes an authorisation.
    ///
    /// # Errors
    /// As [`callback::complete`].
    pub async fn complete(&self, who: &Principal, back: Callback) -> Result<Completed, Failed> {
        callback::complete(&self.cx, Some(who), back).await
    }

    /// Connects `person`'s Google account.
    pub async fn connect_google_as(&self, who: &Principal, person: &str) -> Connected {
        must(self.try_connect(who, "google", person).await)
    }

    /// Connects `person`'s account at a provider, ticking everything.
    ///
    /// # Errors
    /// As [`authorize::authorize`] and [`callback::complete`].
    pub async fn try_connect(
        &self,
        who: &Principal,
        provider: &str,
        person: &str,
    ) -> Result<Connected, connections::Error> {
        let started = self.start(who, provider).await?;
        let back = self.consent(&started, person, Consent::Allow).await;
        let done = self.complete(who, back).await;
        done.map(|done| done.connected)
            .map_err(|failed| failed.error)
    }

    /// Connects Ada's Microsoft account.
    pub async fn connect_microsoft(&self, who: &Principal) -> Connected {
        must(self.try_connect(who, "microsoft", ADA).await)
    }

    /// Connects Ada's Google account.
    pub async fn connect_google(&self, who: &Principal) -> Connected {
        self.connect_google_as(who, ADA).await
    }

    /// Connects Ada's account at the CalDAV simulator, with whatever password she has.
    ///
    /// # Errors
    /// As [`password::connect`].
    pub async fn try_caldav(
        &self,
        cx: &Context,
        who: &Principal,
        password: &str,
    ) -> Result<Connected, connections::Error> {
        let ask = password::Connect {
            provider: "caldav".to_owned(),
            url: Some(format!("{CALDAV}/")),
            username: CALDAV_USER.to_owned(),
            password: SecretString::from(password.to_owned()),
        };
        password::connect(cx, who, ask).await
    }

    /// Connects Ada's account at the CalDAV simulator.
    pub async fn connect_caldav(&self, who: &Principal) -> Connected {
        must(self.try_caldav(&self.cx, who, CALDAV_PASSWORD).await)
    }
}
