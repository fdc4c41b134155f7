//! The provider simulators, in this process, so that a test can script their faults and read their logs.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use daybook::wire::EgressCourier;
use daybook_sandbox::caldav::{CalDavSim, DEMO_PASSWORD, DEMO_USER};
use daybook_sandbox::google::GoogleSim;
use daybook_sandbox::microsoft::MicrosoftSim;
use daybook_sandbox::slack::{App, SlackSim};
use daybook_sandbox::{Running, Sandbox};
use serde_json::{Value, json};

const CLIENT_ID: &str = "daybook-test";
const CLIENT_SECRET: &str = "made-up-client-secret";

/// Running simulators.
pub struct Simulators {
    /// Their addresses and handles.
    pub running: Running,
}

impl Simulators {
    /// Starts them; the server at `base_url` is known as an OAuth client.
    pub async fn start(mut sandbox: Sandbox, base_url: &str) -> Self {
        sandbox.courier = Some(Arc::new(EgressCourier::new().unwrap()));
        sandbox.slack_courier = Some(Arc::new(EgressCourier::new().unwrap()));
        let running = sandbox
            .start(IpAddr::V4(Ipv4Addr::LOCALHOST))
            .await
            .unwrap();
        let redirect = |name: &str| format!("{base_url}/api/v1/integrations/{name}/callback");
        let (google, microsoft) = (redirect("google"), redirect("microsoft"));
        running
            .google
            .register_client(CLIENT_ID, CLIENT_SECRET, &google);
        running
            .microsoft
            .register_client(CLIENT_ID, CLIENT_SECRET, &microsoft);
        let app = App::daybook(CLIENT_ID, CLIENT_SECRET, base_url);
        running.slack.register_app(app);
        Self { running }
    }

    /// The Google simulator.
    pub fn google(&self) -> &GoogleSim {
        &self.running.google
    }

    /// The Microsoft simulator.
    pub fn microsoft(&self) -> &MicrosoftSim {
        &self.running.microsoft
    }

    /// The Slack simulator.
    pub fn slack(&self) -> &SlackSim {
        &self.running.slack
    }

    /// The CalDAV simulator.
    pub fn caldav(&self) -> &CalDavSim {
        &self.running.caldav
    }

    /// What Slack signs its requests with.
    pub fn slack_secret() -> String {
        App::daybook(CLIENT_ID, CLIENT_SECRET, "").signing_secret
    }

    /// The body of a connect request for the CalDAV simulator's demo account.
    pub fn caldav_account(&self) -> Value {
        json!({"url": self.running.caldav_base, "username": DEMO_USER, "password": DEMO_PASSWORD})
    }

    /// The settings with which a server talks to them.
    pub fn environment(&self) -> Vec<(String, String)> {
        let google = GoogleSim::endpoints(&self.running.google_base);
        let microsoft = MicrosoftSim::endpoints(&self.running.microsoft_base, "common");
        [
            ("GOOGLE_CLIENT_ID", CLIENT_ID.to_owned()),
            ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("MICROSOFT_CLIENT_ID", CLIENT_ID.to_owned()),
            ("MICROSOFT_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(google.settings("GOOGLE"))
        .chain(microsoft.settings("MICROSOFT"))
        .collect()
    }

    /// The settings with which a server talks to Slack; `socket`: through Socket Mode.
    pub fn slack_environment(&self, socket: bool) -> Vec<(String, String)> {
        let slack = SlackSim::endpoints(&self.running.slack_base);
        let mut app = App::daybook(CLIENT_ID, CLIENT_SECRET, "");
        let mut settings = vec![
            ("SLACK_CLIENT_ID", CLIENT_ID.to_owned()),
            ("SLACK_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("SLACK_APP_ID", app.id),
            ("SLACK_SIGNING_SECRET", app.signing_secret),
        ];
        if socket {
            settings.push(("SLACK_APP_TOKEN", std::mem::take(&mut app.app_token)));
            self.slack().configure(|config| {
                config
                    .apps
                    .iter_mut()
                    .for_each(|app| app.socket_mode = true)
            });
        }
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        let own = settings.into_iter().map(owned);
        own.chain(slack.settings("SLACK")).collect()
    }
}
