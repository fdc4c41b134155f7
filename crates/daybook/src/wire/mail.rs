//! Carries e-mail to the configured mail server.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_engine::mail::{Letter, Mailer, Outgoing, Refused};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server, and who we are there.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Right side of our Message-IDs.
    domain: String,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp")
    }
}

impl Smtp {
    /// The server of an address such as `smtp://USER:PASSWORD@HOST:587`; `from` is who sends.
    ///
    /// # Errors
    /// With a sentence about the setting that cannot be used. It never holds the password.
    pub fn new(address: &SecretString, from: &str) -> Result<Self> {
        let url = read(address)?;
        let from: Mailbox = from
            .parse()
            .context("MAIL_FROM must be an address such as Daybook <daybook@example.com>")?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str());
        let Ok(builder) = builder else {
            bail!(
                "SMTP_URL cannot be used: write it as smtp://USER:PASSWORD@HOST:587 or smtps://HOST"
            );
        };
        Ok(Self {
            transport: builder.timeout(Some(PATIENCE)).build(),
            domain: from.email.domain().to_owned(),
            from,
        })
    }

    fn message(&self, outgoing: &Outgoing<'_>) -> Result<Message, Refused> {
        let never = |what: &str| Refused::Never(format!("{what} cannot be written as e-mail"));
        let to: Mailbox = outgoing.to.parse().map_err(|_| never("the recipient"))?;
        let Letter {
            subject,
            text,
            html,
            attachments,
            reply_to,
        } = outgoing.letter;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{}@{}>", outgoing.id, self.domain)))
            .date(outgoing.written_at.into());
        if let Some(address) = reply_to {
            message = message.reply_to(address.parse().map_err(|_| never("the reply address"))?);
        }
        let both = MultiPart::alternative_plain_html(text.clone(), html.clone());
        let built = if attachments.is_empty() {
            message.multipart(both)
        } else {
            let mut mixed = MultiPart::mixed().multipart(both);
            for file in attachments {
                mixed = mixed.singlepart(attached(file).ok_or_else(|| never("an attachment"))?);
            }
            message.multipart(mixed)
        };
        built.map_err(|_| never("the letter"))
    }
}

fn attached(file: &daybook_engine::mail::Attachment) -> Option<SinglePart> {
    let content = STANDARD.decode(&file.content).ok()?;
    let kind = ContentType::parse(&file.content_type).ok()?;
    Some(Attachment::new(file.name.clone()).body(content, kind))
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, letter: Outgoing<'_>) -> Result<(), Refused> {
        let message = self.message(&letter)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Refused::Never(said(&error))),
            Err(error) => Err(Refused::Now(said(&error))),
        }
    }
}

/// What happened, without what the server wrote: its answer may repeat the letter.
fn said(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => "no secure connection to the mail server was possible".to_owned(),
        None if error.is_client() => "the mail server does not speak as expected".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    }
}

/// The address with its way of encryption made explicit: a password is never sent in the clear, except to this machine.
fn read(address: &SecretString) -> Result<Url> {
    let usage = "SMTP_URL must be smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST";
    let Ok(mut url) = Url::parse(address.expose_secret()) else {
        bail!(usage);
    };
    if !matches!(url.scheme(), "smtp" | "smtps") || url.host().is_none() {
        bail!(usage);
    }
    // Of an address that is not for the web, the host is bare text.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let own = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    if url.scheme() == "smtp" && tls.is_none() && !own {
        let way = if url.password().is_some() {
            "required"
        } else {
            "opportunistic"
        };
        url.query_pairs_mut().append_pair("tls", way);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use daybook_domain::MailId;
    use jiff::Timestamp;

    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: "Acme Bcc: x@evil.example".to_owned(),
            text: "text".to_owned(),
            html: "<p>html</p>".to_owned(),
            attachments: Vec::new(),
            reply_to: None,
        }
    }

    fn smtp() -> Smtp {
        Smtp::new(
            &"smtp://127.0.0.1:1".into(),
            "Daybook <daybook@example.com>",
        )
        .unwrap()
    }

    fn written(to: &str, letter: &Letter) -> Result<String, Refused> {
        let outgoing = Outgoing {
            to,
            id: MailId::from_uuid(uuid::Uuid::nil()),
            written_at: Timestamp::UNIX_EPOCH,
            letter,
        };
        let message = smtp().message(&outgoing)?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_message_has_an_id_of_its_own_and_both_forms() {
        let text = written("bo@example.com", &letter()).unwrap();
        assert!(
            text.contains("Message-ID: <00000000-0000-0000-0000-000000000000@example.com>"),
            "{text}"
        );
        assert!(
            text.contains("text/plain") && text.contains("text/html"),
            "{text}"
        );
    }

    #[test]
    fn nothing_becomes_a_header() {
        for subject in [
            "a\r\nBcc: evil@evil.example",
            "a\nBcc: evil@evil.example",
            "a\rBcc: x",
            "ä\r\nBcc: evil@evil.example",
        ] {
            let letter = Letter {
                subject: subject.to_owned(),
                ..letter()
            };
            let text = written("bo@example.com", &letter).unwrap_or_default();
            let head = text.split("\r\n\r\n").next().unwrap();
            assert!(
                !head
                    .lines()
                    .any(|line| line.to_lowercase().starts_with("bcc")),
                "{head}"
            );
        }
        for to in [
            "bo@example.com\r\nBcc: evil@evil.example",
            "bo@example.com, evil@evil.example",
            "",
            "bo",
        ] {
            assert!(
                matches!(written(to, &letter()), Err(Refused::Never(_))),
                "{to}"
            );
        }
    }

    #[test]
    fn a_password_is_never_sent_in_the_clear() {
        let shown = |text: &str| read(&text.into()).unwrap().to_string();
        assert_eq!(
            shown("smtp://u:p@mail.example:587"),
            "smtp://u:p@mail.example:587?tls=required"
        );
        assert_eq!(
            shown("smtp://mail.example"),
            "smtp://mail.example?tls=opportunistic"
        );
        assert_eq!(shown("smtp://127.0.0.1:2525"), "smtp://127.0.0.1:2525");
        let ours = "smtp://u:p@[::1]:2525";
        assert_eq!(shown(ours), ours);
        assert_eq!(
            shown("smtp://u:p@128.0.0.1"),
            "smtp://u:p@128.0.0.1?tls=required"
        );
        assert_eq!(shown("smtps://mail.example"), "smtps://mail.example");
        for wrong in ["", "http://mail.example", "smtp:", "mail.example:25"] {
            assert!(read(&wrong.into()).is_err(), "{wrong}");
        }
        assert!(Smtp::new(&"smtp://127.0.0.1".into(), "nobody").is_err());
    }
}
