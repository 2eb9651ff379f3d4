//! Somebody who asks over HTTP.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{measure::Times, server::Server};

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    pub fn new(server: &Server, token: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.timeout(Duration::from_mins(10)).build().expect("a client is built");
        Self { http, base: server.url.clone(), token: format!("Bearer {token}") }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.answer(self.http.get(format!("{}/api/v1{path}", self.base))).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let body = serde_json::to_vec(body).expect("values are JSON");
        let post = self.http.post(format!("{}/api/v1{path}", self.base)).body(body);
        self.answer(post.header("content-type", "application/json")).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Value {
        let reply = request.header("authorization", &self.token).send().await.expect("the server answers");
        let (status, url) = (reply.status(), reply.url().clone());
        let body = reply.bytes().await.expect("the answer comes whole");
        assert!(status.is_success(), "{url}: {status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// A page as a browser gets it: its text, and its bytes on the wire when compressed.
    pub async fn page(&self, path: &str) -> (String, usize) {
        let page = self.http.get(format!("{}{path}", self.base)).header("authorization", &self.token);
        let plain = page.try_clone().expect("has no body").send().await.expect("the server answers");
        assert!(plain.status().is_success(), "{path}: {}", plain.status());
        let packed = page.header("accept-encoding", "gzip").send().await.expect("the server answers");
        let bytes = packed.bytes().await.expect("the answer comes whole").len();
        (plain.text().await.expect("pages are text"), bytes)
    }

    /// Opens a page again and again.
    pub async fn look(&self, path: &str, times: usize) -> Times {
        let mut took = Times::default();
        for nth in 0..times + 3 {
            let began = Instant::now();
            let page = self.http.get(format!("{}{path}", self.base)).header("authorization", &self.token);
            let reply = page.header("accept-language", "zh-CN").send().await.expect("the server answers");
            assert!(reply.status().is_success(), "{path}: {}", reply.status());
            reply.bytes().await.expect("the page comes whole");
            // The first ones open the connection.
            if nth >= 3 {
                took.push(began.elapsed());
            }
        }
        took
    }

    /// Goes in by a personal link, and is that person from then on.
    pub async fn enter(server: &Server, link: &str) -> Self {
        let stranger = Self::new(server, "");
        let code = link.rsplit('/').next().unwrap_or_default();
        let enter = stranger.http.post(format!("{}/enter/{code}", stranger.base)).header("origin", &stranger.base);
        let reply = enter.send().await.expect("the server answers");
        let mut cookies = reply.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let session = cookies.find_map(|cookie| cookie.split(';').next()?.strip_prefix("muster="));
        Self::new(server, session.expect("the link lets its person in"))
    }
}
