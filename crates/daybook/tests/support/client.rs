//! A small HTTP client with JSON, an API key and the steps that many tests need.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::eventually;

/// A client of one server. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// An answer, read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// The JSON body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The code of the problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl Client {
    /// A client of the server at `base` (`http://127.0.0.1:8000`), with an API key if it has one.
    pub fn new(base: &str, key: Option<&str>) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback only"
        )]
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(crate::support::PATIENCE)
            .no_proxy()
            .build()
            .unwrap();
        Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            key: key.map(str::to_owned),
        }
    }

    /// The same client towards another server.
    pub fn towards(&self, base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            ..self.clone()
        }
    }

    /// A request; paths below `/api/v1` are written without it, others in full with `!` in front, whole addresses as they are.
    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else if let Some(path) = path.strip_prefix('!') {
            format!("{}{path}", self.base)
        } else {
            format!("{}/api/v1{path}", self.base)
        };
        let mut request = self.http.request(method.parse().unwrap(), url);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await?).await
    }

    /// A form below `/api/v1`, as Slack posts it.
    pub async fn form(
        &self,
        path: &str,
        body: String,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let request = self.http.post(format!("{}/api/v1{path}", self.base));
        let form = "application/x-www-form-urlencoded";
        let mut request = request.header("content-type", form).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send().await?).await
    }

    /// As [`Self::try_call`], where no answer is a failed test. Waits when it is asked to go slower.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        eventually("the rate limit lets a request through", || async {
            let answer = self.try_call(method, path, body, &[]).await.unwrap();
            (answer.status != 429).then_some(answer)
        })
        .await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(&body)).await
    }

    /// All items of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self
                .get(&format!("{path}{joint}limit=200{cursor}"))
                .await
                .expect(200);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A request to another server with a name and a password; answers the status.
    pub async fn with_password(
        &self,
        user: &str,
        password: &str,
        method: &str,
        url: &str,
        body: Option<String>,
    ) -> u16 {
        let request = self.http.request(method.parse().unwrap(), url);
        let request = request.basic_auth(user, Some(password));
        let request = request.header("content-type", "text/calendar; charset=utf-8");
        let answer = request.body(body.unwrap_or_default()).send().await.unwrap();
        answer.status().as_u16()
    }

    /// Connects a Google account at the simulator as `person` would, up to and with the callback. Answers what the callback answers.
    pub async fn connect_google(&self, person: &str) -> Value {
        self.connect("google", person).await
    }

    /// The same at any provider that asks for consent.
    pub async fn connect(&self, provider: &str, person: &str) -> Value {
        let start = format!("/integrations/{provider}/authorize");
        let started = self.get(&start).await.expect(200);
        let (code, state) = self
            .consent(started["authorization_url"].as_str().unwrap(), person)
            .await;
        let back = format!("/integrations/{provider}/callback");
        self.post(&back, json!({"code": code, "state": state}))
            .await
            .expect(200)
    }

    /// Installs the app in the Slack simulator as `person` (a Slack user) would, who is linked with that.
    pub async fn install_slack(&self, person: &str) {
        let started = self.get("/integrations/slack/authorize").await.expect(200);
        let (code, state) = self
            .consent(started["authorization_url"].as_str().unwrap(), person)
            .await;
        let back = json!({"code": code, "state": state});
        self.post("/integrations/slack/callback", back)
            .await
            .expect(200);
    }

    /// Clicks "allow" on the simulator's consent page; answers `(code, state)` from the redirect.
    pub async fn consent(&self, authorization_url: &str, person: &str) -> (String, String) {
        let url = url::Url::parse(authorization_url).unwrap();
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("person".to_owned(), person.to_owned()));
        form.push(("decision".to_owned(), "allow".to_owned()));
        let page = authorization_url.split('?').next().unwrap_or_default();
        let answer = self.http.post(page).form(&form).send().await.unwrap();
        let status = answer.status();
        let location = answer
            .headers()
            .get("location")
            .map(|value| value.to_str().unwrap().to_owned());
        let location =
            location.unwrap_or_else(|| panic!("no redirect from the consent page: {status}"));
        let back = url::Url::parse(&location).unwrap();
        let value = |name: &str| {
            back.query_pairs()
                .find(|(key, _)| key == name)
                .unwrap_or_else(|| panic!("no {name} in {location}"))
                .1
                .into_owned()
        };
        (value("code"), value("state"))
    }

    /// The bytes of a file.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = self.http.get(format!("{}/api/v1{path}", self.base));
        let key = self.key.as_deref().unwrap_or_default();
        let answer = request.bearer_auth(key).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// The calendars that are switched on, once each of them has been synced.
    pub async fn synced_calendars(&self) -> Vec<Value> {
        eventually("all calendars are synced once", || async {
            let calendars = self.all("/integrations/calendars?sync_enabled=true").await;
            let done =
                !calendars.is_empty() && calendars.iter().all(|c| !c["last_sync_at"].is_null());
            done.then_some(calendars)
        })
        .await
    }

    /// Syncs a calendar now and answers the statistics; waits when a sync is running already.
    pub async fn sync(&self, calendar: &str) -> Value {
        let path = format!("/integrations/calendars/{calendar}/sync");
        eventually("the calendar is synced", || async {
            let answer = self.call("POST", &path, None).await;
            match (answer.status, answer.code()) {
                // It is running, or took so long that it goes on as a job.
                (409, "sync_running") | (202, _) => None,
                _ => Some(answer.expect(200)),
            }
        })
        .await
    }
}

async fn read(answer: reqwest::Response) -> reqwest::Result<Answer> {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let text = answer.text().await?;
    let json = serde_json::from_str(&text).unwrap_or_default();
    Ok(Answer {
        status,
        headers,
        text,
        json,
    })
}
