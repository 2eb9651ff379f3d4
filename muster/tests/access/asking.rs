//! Asking the router as a browser or program would, and what came back.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
};
use serde_json::Value;
use tower::ServiceExt as _;
use web::routes::{Entry, Way};

pub const OWN_ORIGIN: &str = "http://muster.test";

/// One request, before it is sent.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    pub method: &'a str,
    pub path: String,
    /// Goes as a bearer token.
    pub token: Option<&'a str>,
    /// Goes as the cookie of a browser.
    pub cookie: Option<&'a str>,
    pub kind: &'a str,
    pub body: Vec<u8>,
    pub headers: Vec<(&'a str, &'a str)>,
}

impl<'a> Question<'a> {
    /// A program's question, from our own origin where it says so at all.
    pub fn of(entry: &Entry, path: &str, token: Option<&'a str>) -> Self {
        Self {
            method: method(entry),
            path: format!("/api/v1{path}").trim_end_matches('/').to_owned(),
            token,
            cookie: None,
            kind: "application/json",
            body: Vec::new(),
            headers: vec![("origin", OWN_ORIGIN)],
        }
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }

    /// For writes a body that no question can be read from: who hears "not understood" was let in, and nothing has
    /// happened.
    pub fn unreadable(mut self) -> Self {
        if self.method != "GET" {
            self.body = b"[]".to_vec();
        }
        self
    }

    pub async fn ask(self, router: &Router) -> Reply {
        let mut request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(header::HOST, "muster.test")
            .header(header::CONTENT_TYPE, self.kind);
        if let Some(token) = self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(cookie) = self.cookie {
            request = request.header(header::COOKIE, format!("muster={cookie}"));
        }
        for (name, value) in self.headers {
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let asked = request.body(Body::from(self.body)).unwrap();
        let response = router.clone().oneshot(asked).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let signs_in = parts.headers.get_all(header::SET_COOKIE).iter().any(|cookie| {
            cookie.to_str().is_ok_and(|text| text.starts_with("muster=") && !text.starts_with("muster=;"))
        });
        let flash = parts.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let undo = flash.filter_map(|cookie| cookie.strip_prefix("flash=")?.split(';').next()?.split_once('|'));
        let undo = undo.map(|(_, undo)| undo.to_owned()).next();
        Reply { status: parts.status, signs_in, undo, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

pub fn method(entry: &Entry) -> &'static str {
    if entry.way == Way::Get { "GET" } else { "POST" }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: StatusCode,
    /// A session's cookie was given.
    pub signs_in: bool,
    /// What takes it back, as the browser is offered it: an address whose query is the form.
    pub undo: Option<String>,
    pub text: String,
}

impl Reply {
    /// Status and the stable number of a refusal: `404 web.2`; only the status when nothing was refused.
    pub fn says(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        match body["code"].as_str() {
            Some(code) => format!("{} {code}", self.status.as_u16()),
            None => self.status.as_u16().to_string(),
        }
    }

    /// Status and body without what differs by nature: the request's own id, the ids that were asked for, and those that
    /// are new with every request. Of what was there before, `known`, nothing is left out.
    pub fn without(&self, asked: &[&str], known: &str) -> (StatusCode, String) {
        let mut text = match serde_json::from_str::<Value>(&self.text) {
            Ok(Value::Object(mut body)) => {
                body.remove("request");
                Value::Object(body).to_string()
            }
            _ => self.text.clone(),
        };
        for id in asked.iter().filter(|id| !id.is_empty()) {
            text = text.replace(id, "…");
        }
        let fresh: Vec<String> = text.split(|c: char| c != '-' && !c.is_ascii_hexdigit()).map(str::to_owned).collect();
        for id in fresh.iter().filter(|id| id.parse::<uuid::Uuid>().is_ok() && !known.contains(id.as_str())) {
            text = text.replace(id.as_str(), "…");
        }
        (self.status, text)
    }
}

/// The parts of a path that name something: `site`, `request`.
pub fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// The path with its parts filled in.
pub fn filled(path: &str, things: &HashMap<&'static str, String>) -> String {
    parts(path).fold(path.to_owned(), |full, part| {
        let value = things.get(part).unwrap_or_else(|| panic!("nobody has a {{{part}}} of {path}: give the world one"));
        full.replace(&format!("{{{part}}}"), value)
    })
}

/// The routes that stand beside the address book, and what a stranger hears there. A new one must be added here.
pub const BESIDE: [(&str, &[u16]); 7] = [
    ("/assets/{digest}/{name}", &[404]),
    ("/sw.js", &[200, 404]),
    ("/healthz", &[200]),
    ("/readyz", &[200]),
    ("/metrics", &[200, 404]),
    ("/api/openapi.json", &[200]),
    ("/live", &[401]),
];

/// One line of the committed list of rights: the declaration that answers are compared with.
#[derive(Debug, Clone)]
pub struct Declared {
    pub right: String,
    pub place: String,
    pub roles: Vec<String>,
}

/// The committed list, by `GET /sites`.
pub static DECLARED: LazyLock<HashMap<String, Declared>> = LazyLock::new(|| {
    let list = include_str!("../../../docs/api/rights.md");
    let line = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [route, right, place, roles] = cells.as_slice() else { return None };
        let roles = roles.split(", ").map(str::to_owned).collect();
        let declared = Declared { right: (*right).to_owned(), place: (*place).to_owned(), roles };
        route.starts_with(['G', 'P']).then(|| ((*route).to_owned(), declared))
    };
    list.lines().filter_map(line).collect()
});
