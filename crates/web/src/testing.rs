//! For tests of duties: a house with a real store, and a client that speaks to it through the front door.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use domain::{Actor, ActorKind, Clock, District, Moment, Role, Scope};
use jiff::tz::TimeZone;
use serde_json::Value;
use store::{Act, Store, jobs::Runner};
use tower::ServiceExt as _;

use crate::{
    Duty, Fault, House, Settings,
    access::{accounts, sessions},
};

/// 2022-09-15 00:00 in Maonan.
pub const MIDNIGHT: Moment = Moment::from_ms(1_663_171_200_000);

/// The settings of a test's house.
pub fn settings() -> Settings {
    Settings {
        district: maonan(),
        public_url: "http://muster.test".to_owned(),
        zone: TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC),
        oidc: None,
        duties: std::collections::HashMap::new(),
    }
}

fn maonan() -> District {
    "440902".parse().unwrap_or_else(|_| unreachable!("six digits"))
}

/// A house under test.
pub struct TestHouse {
    pub house: Arc<House>,
    pub router: Router,
    pub runner: Runner,
    pub clock: Clock,
}

impl TestHouse {
    /// A house with these duties over a store made for it; the clock stands at midnight and moves only when told.
    pub async fn new(store: Store, duties: &[Duty]) -> Self {
        Self::with(store, settings(), duties).await
    }

    /// A house with settings of its own.
    pub async fn with(store: Store, settings: Settings, duties: &[Duty]) -> Self {
        let clock = store.clock().clone();
        let (house, router, runner) = House::build(store, settings, duties).unwrap_or_else(|e| panic!("{e}"));
        let act = Act::system(clock.now());
        house
            .store
            .change(act, |tx| accounts::first_administrator(tx, &maonan(), "茂南区"))
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        Self { house, router, runner, clock }
    }

    /// A client signed in with one role within one scope.
    pub async fn client(&self, role: Role, scope: Scope) -> Client {
        let act = Act::system(self.clock.now());
        let token = self
            .house
            .store
            .change(act, move |tx| Ok::<_, Fault>(sessions::issue_token(tx, &maonan(), role, &scope, "test")?))
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        Client { router: self.router.clone(), token: Some(token) }
    }

    /// A client signed in as a volunteer.
    pub async fn volunteer(&self, id: domain::Id<domain::things::Volunteer>) -> Client {
        let actor = Actor::new(ActorKind::Volunteer, id.uuid());
        let act = Act::system(self.clock.now());
        let token = self
            .house
            .store
            .change(act, move |tx| Ok::<_, Fault>(sessions::begin(tx, actor, &maonan(), None, None)?))
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        Client { router: self.router.clone(), token: Some(token) }
    }

    /// A client that nobody knows.
    pub fn stranger(&self) -> Client {
        Client { router: self.router.clone(), token: None }
    }
}

/// Somebody who asks, with a bearer token (programs) that also works for pages.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub location: Option<String>,
    pub text: String,
}

impl Reply {
    /// The JSON body; fails the test when the request was refused.
    pub fn json(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The stable number of a refusal.
    pub fn refused(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        format!("{} {}", self.status.as_u16(), body["code"].as_str().unwrap_or("?"))
    }
}

impl Client {
    /// Asks the JSON API: `client.get("/sites").await.json()`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", &format!("/api/v1{path}")).body(Body::empty())).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.post_with_key(path, body, None).await
    }

    pub async fn post_with_key(&self, path: &str, body: Value, key: Option<uuid::Uuid>) -> Reply {
        let mut request =
            self.request("POST", &format!("/api/v1{path}")).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key.to_string());
        }
        self.send(request.body(Body::from(body.to_string()))).await
    }

    /// Opens a page as a browser of that language does.
    pub async fn page(&self, path: &str, lang: &str) -> Reply {
        self.send(self.request("GET", path).header(header::ACCEPT_LANGUAGE, lang).body(Body::empty())).await
    }

    /// Sends an empty form as a browser on our own page does.
    pub async fn page_post(&self, path: &str) -> Reply {
        self.form(path, "", Some("http://muster.test")).await
    }

    /// Sends a form as a browser does, from a page of that origin.
    pub async fn form(&self, path: &str, body: &str, origin: Option<&str>) -> Reply {
        let mut request = self.request("POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.send(request.body(Body::from(body.to_owned()))).await
    }

    /// Sends a file as a browser's form does.
    pub async fn send_file(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (field, value) in fields {
            body.extend(
                format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--cut--\r\n");
        let request = self
            .request("POST", &format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        self.send(request.body(Body::from(body))).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "muster.test");
        match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    async fn send(&self, request: Result<Request<Body>, axum::http::Error>) -> Reply {
        let request = request.unwrap_or_else(|e| panic!("{e}"));
        let response: Response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_else(|e| panic!("{e}"));
        Reply {
            status: parts.status,
            location: parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
