//! E-mail over SMTP (RFC 5321), by a pool of connections. STARTTLS unless the settings say that the server is on this
//! machine. A notice has one `Message-ID` (RFC 5322) however often it is tried.

use std::{sync::Arc, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{Error, PoolConfig, authentication::Credentials},
};
use web::House;

use crate::{outbox::Waiting, rules::retry::Verdict, settings::Smtp};

const CONNECTIONS: u32 = 8;
const TIMEOUT: Duration = Duration::from_secs(15);
/// Our login is not taken, or a login is asked for (RFC 4954): no notice's fault.
const LOGIN: [u16; 5] = [530, 534, 535, 538, 454];

pub struct Mail {
    house: Arc<House>,
    from: Mailbox,
    /// What stands after the @ of a `Message-ID`.
    host: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mail {
    pub fn new(smtp: &Smtp, house: &Arc<House>) -> Result<Self, String> {
        let from: Mailbox = smtp.from.parse().map_err(|e| format!("smtp.from: {e}"))?;
        let mut builder = if smtp.plain {
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        } else {
            AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&smtp.host).map_err(|e| e.to_string())?
        };
        if let (Some(user), Some(password)) = (&smtp.user, &smtp.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let transport = builder.port(smtp.port).timeout(Some(TIMEOUT)).pool_config(pool).build();
        Ok(Self { house: house.clone(), host: from.email.domain().to_owned(), from, transport })
    }

    pub async fn send(&self, notice: &Waiting) -> Verdict {
        let message = match self.message(notice) {
            Ok(message) => message,
            Err(why) => return Verdict::Refused(why),
        };
        match self.transport.send(message).await {
            Ok(_) => Verdict::Accepted,
            Err(error) => judge(&error),
        }
    }

    fn message(&self, notice: &Waiting) -> Result<Message, String> {
        let to: Mailbox = notice.address.parse().map_err(|e| format!("not a mailbox: {e}"))?;
        let subject = self.house.words.say(notice.locale, "notices-mail-subject").to_string();
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{}@{}>", notice.id, self.host)))
            // Keeps answering machines quiet (RFC 3834).
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(notice.text.clone())
            .map_err(|e| e.to_string())
    }
}

fn judge(error: &Error) -> Verdict {
    let why = error.to_string();
    match error.status().map(u16::from) {
        Some(code) if LOGIN.contains(&code) => Verdict::ChannelDown(why),
        Some(421) | None => Verdict::ChannelDown(why),
        Some(500..) => Verdict::Refused(why),
        Some(_) => Verdict::NotNow(why),
    }
}
