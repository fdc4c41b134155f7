//! A provider for what Google cannot do: channels that are prolonged in place, many notices in one request, a handshake, and
//! notices about the channel itself. Its calendars are empty; what matters is who is asked what.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use daybook_domain::connection::ErrorKind;
use daybook_provider_api::calendar::push::{
    Channel, Decoded, Inbound, Notice, Push, PushCapability, Says, Watch,
};
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, KnownResources, Next, Page, Pull,
};
use daybook_provider_api::manifest::{Auth, Kind, Limits, Manifest, Password};
use daybook_provider_api::registry::{Configured, Identity};
use daybook_provider_api::{Error, Provider, Registry, Result, Session};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

const MANIFEST: Manifest = Manifest {
    key: "bell",
    name: "Bell",
    kinds: &[Kind::Calendar],
    summary: "Rings.",
    auth: Auth::Password(Password {
        server_url: None,
        preset_of: None,
        password_hint: "password",
    }),
    limits: Limits {
        per_minute: 600,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[],
    setup_guide: "",
};

/// The provider. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    asked: Vec<String>,
    tokens: Vec<String>,
    channels: Vec<String>,
    made: usize,
}

impl Bell {
    /// A registry with this provider alone.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::default().with(Configured {
            provider: Arc::new(self.clone()),
            client: None,
            missing: Vec::new(),
        })
    }

    /// What was asked since the last time: `watch`, `renew`, `stop` with the channel, `read`.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().asked)
    }

    /// The newest channel, and what its notices carry.
    #[must_use]
    pub fn newest(&self) -> Option<(String, String)> {
        let state = self.lock();
        Some((state.channels.last()?.clone(), state.tokens.last()?.clone()))
    }

    /// All channels as long as none was forgotten, the oldest first, and what their notices carry.
    #[must_use]
    pub fn channels(&self) -> Vec<(String, String)> {
        let state = self.lock();
        let tokens = state.tokens.iter().cloned();
        state.channels.iter().cloned().zip(tokens).collect()
    }

    /// Forgets its channels, as providers do.
    pub fn forget(&self) {
        self.lock().channels.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Bell {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, _: &Session<'_>) -> Result<Identity> {
        Ok(Identity {
            subject: "ada".to_owned(),
            email: None,
            name: None,
            api_url: None,
        })
    }
}

#[async_trait]
impl CalendarProvider for Bell {
    fn capability(&self) -> CalendarCapability {
        CalendarCapability {
            resources: false,
            windowed: false,
        }
    }

    async fn list_calendars(&self, _: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        Ok((0..3).map(|n| calendar(&format!("tower-{n}"))).collect())
    }

    fn push(&self) -> Option<&dyn Push> {
        Some(self)
    }

    fn changes(&self, _: Pull) -> Box<dyn ChangeStream> {
        Box::new(Nothing(self.clone()))
    }
}

/// A calendar of it.
#[must_use]
pub fn calendar(id: &str) -> RemoteCalendar {
    RemoteCalendar {
        external_id: id.to_owned(),
        name: id.to_owned(),
        time_zone: None,
        access_role: AccessRole::Owner,
        background_color: None,
        primary: false,
        busy_source: true,
    }
}

struct Nothing(Bell);

#[async_trait]
impl ChangeStream for Nothing {
    async fn next(&mut self, _: &Session<'_>, _: &dyn KnownResources) -> Result<Page> {
        self.0.lock().asked.push("read".to_owned());
        Ok(Page {
            changes: Vec::new(),
            unchanged: Vec::new(),
            next: Next::Done {
                cursor: Some("here".to_owned()),
                complete: false,
            },
        })
    }
}

#[async_trait]
impl Push for Bell {
    fn capability(&self) -> PushCapability {
        PushCapability {
            max_life_minutes: 4_000,
            renews_in_place: true,
        }
    }

    async fn watch(&self, _: &Session<'_>, watch: &Watch) -> Result<Channel> {
        let mut state = self.lock();
        state.made += 1;
        let id = format!("bell-{}", state.made);
        state.asked.push(format!("watch {id}"));
        state.channels.push(id.clone());
        state.tokens.push(watch.token.expose_secret().to_owned());
        Ok(Channel {
            remote_id: id,
            resource_id: None,
            expires_at: watch.until,
        })
    }

    async fn renew(&self, _: &Session<'_>, channel: &Channel, until: Timestamp) -> Result<Channel> {
        let mut state = self.lock();
        state.asked.push(format!("renew {}", channel.remote_id));
        if !state.channels.contains(&channel.remote_id) {
            return Err(Error::new(ErrorKind::NotFound, "no such channel").with_status(404));
        }
        Ok(Channel {
            expires_at: until,
            ..channel.clone()
        })
    }

    async fn stop(&self, _: &Session<'_>, channel: &Channel) -> Result<()> {
        let mut state = self.lock();
        state.asked.push(format!("stop {}", channel.remote_id));
        state.channels.retain(|id| *id != channel.remote_id);
        Ok(())
    }

    /// `?validationToken=…`, or `[{"id","token","says"}]`.
    fn decode(&self, inbound: &Inbound<'_>) -> Result<Decoded> {
        let query = inbound.query.unwrap_or_default().as_bytes();
        let asked = url::form_urlencoded::parse(query).find(|(name, _)| name == "validationToken");
        if let Some((_, text)) = asked {
            return Ok(Decoded::Handshake(text.into_owned()));
        }
        let malformed = |_| Error::new(ErrorKind::Malformed, "no notices");
        let items: Vec<Value> = serde_json::from_slice(inbound.body).map_err(malformed)?;
        let text =
            |item: &Value, key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        let notices = items.iter().map(|item| Notice {
            remote_id: text(item, "id").unwrap_or_default(),
            token: text(item, "token").map(SecretString::from),
            resource_id: None,
            says: match text(item, "says").as_deref() {
                Some("hello") => Says::Hello,
                Some("renew") => Says::Renew,
                Some("removed") => Says::Removed,
                Some("missed") => Says::Missed,
                _ => Says::Changed,
            },
        });
        Ok(Decoded::Notices(notices.collect()))
    }
}
