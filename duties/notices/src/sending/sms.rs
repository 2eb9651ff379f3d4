//! SMS through a gateway that is asked over HTTP, worded by the settings' template.

use reqwest::{
    Client, Method, RequestBuilder,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;

use super::http;
use crate::{
    outbox::Waiting,
    rules::{
        retry::Verdict,
        template::{Escaping, fill},
    },
    settings::{Sms, Success},
};

pub struct Gateway {
    sms: Sms,
    method: Method,
    headers: HeaderMap,
    client: Client,
}

impl Gateway {
    pub fn new(sms: Sms, client: Client) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &sms.headers {
            let name: HeaderName = name.parse().map_err(|e| format!("sms.headers {name}: {e}"))?;
            let mut value: HeaderValue = value.parse().map_err(|e| format!("sms.headers {name}: {e}"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        Ok(Self { method: sms.method()?, headers, client, sms })
    }

    pub async fn send(&self, notice: &Waiting) -> Verdict {
        match http::ask(self.request(notice)).await {
            Ok(body) => self.sms.success.as_ref().map_or(Verdict::Accepted, |success| judge(success, &body)),
            Err(verdict) => verdict,
        }
    }

    fn request(&self, notice: &Waiting) -> RequestBuilder {
        let id = notice.id.to_string();
        let values = [("id", id.as_str()), ("phone", &notice.address), ("text", &notice.text)];
        let url = fill(&self.sms.url, &values, Escaping::Url);
        let request = self.client.request(self.method.clone(), url).headers(self.headers.clone());
        let request = request.header("idempotency-key", &id);
        if self.method == Method::GET {
            return request;
        }
        request.body(fill(self.sms.body(), &values, self.sms.escaping()))
    }
}

fn judge(success: &Success, body: &[u8]) -> Verdict {
    let reply: Value = serde_json::from_slice(body).unwrap_or_default();
    match reply.pointer(&success.field) {
        Some(value) if *value == success.equals => Verdict::Accepted,
        Some(value) => Verdict::NotNow(format!("{} is {value}", success.field)),
        None => Verdict::NotNow(format!("the reply has no {}", success.field)),
    }
}
