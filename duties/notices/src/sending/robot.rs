//! Robots in group chats: 企业微信 and 钉钉 both take a JSON text at a webhook and answer with an `errcode`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Moment;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Client;
use serde_json::{Value, json};
use sha2::Sha256;

use super::http;
use crate::{
    outbox::Waiting,
    rules::{retry::Verdict, template::percent},
    settings::Robot,
};

/// Too many messages (企业微信 45009, 钉钉 130101), or busy (-1).
const NOT_NOW: [i64; 3] = [45009, 130_101, -1];

pub struct Robots {
    robots: Vec<Robot>,
    client: Client,
}

impl Robots {
    pub const fn new(robots: Vec<Robot>, client: Client) -> Self {
        Self { robots, client }
    }

    pub async fn send(&self, notice: &Waiting, now: Moment) -> Verdict {
        let Some(robot) = self.robots.iter().find(|robot| robot.name == notice.address) else {
            return Verdict::Refused("this robot is not in the settings any more".to_owned());
        };
        let body = json!({"msgtype": "text", "text": {"content": notice.text}});
        let request = self.client.post(address(robot, now)).header("idempotency-key", notice.id.to_string());
        match http::ask(request.json(&body)).await {
            Ok(reply) => judge(&reply),
            Err(verdict) => verdict,
        }
    }
}

fn judge(reply: &[u8]) -> Verdict {
    let reply: Value = serde_json::from_slice(reply).unwrap_or_default();
    let said = || format!("errcode {} {}", reply["errcode"], reply["errmsg"].as_str().unwrap_or_default());
    match reply["errcode"].as_i64() {
        Some(0) => Verdict::Accepted,
        Some(code) if NOT_NOW.contains(&code) => Verdict::NotNow(said()),
        Some(_) => Verdict::Refused(said()),
        None => Verdict::NotNow("the reply has no errcode".to_owned()),
    }
}

/// The webhook, signed when the robot asks for it (加签): HMAC-SHA256 of `timestamp\nsecret` under the secret.
fn address(robot: &Robot, now: Moment) -> String {
    let Some(secret) = &robot.secret else { return robot.url.clone() };
    let sign = sign(secret, now);
    let joint = if robot.url.contains('?') { '&' } else { '?' };
    format!("{}{joint}timestamp={}&sign={}", robot.url, now.ms(), percent(&sign))
}

fn sign(secret: &str, now: Moment) -> String {
    // HMAC takes keys of any length; an empty signature would be refused over there and listed with its reason.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{}\n{secret}", now.ms()).as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
