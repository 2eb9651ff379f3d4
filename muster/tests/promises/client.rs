//! Somebody who speaks HTTP to the program.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub epoch: Option<String>,
    pub retry_after: Option<String>,
    pub text: String,
}

impl Reply {
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json(&self) -> Value {
        assert!(self.is_ok(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub fn code(&self) -> String {
        let said: Value = serde_json::from_str(&self.text).unwrap_or_default();
        said["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    pub fn new(base: &str, token: &str) -> Self {
        // A connection for each request, so that each can be lost by itself.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().timeout(Duration::from_mins(1));
        Self { http: http.build().unwrap(), base: base.to_owned(), token: token.to_owned() }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub async fn get(&self, path: &str) -> Result<Reply, reqwest::Error> {
        read(self.http.get(self.address(path)).bearer_auth(&self.token).send().await?).await
    }

    pub async fn post(&self, path: &str, body: Value, key: Option<Uuid>) -> Result<Reply, reqwest::Error> {
        let mut request = self.http.post(self.address(path)).bearer_auth(&self.token).json(&body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key.to_string());
        }
        read(request.send().await?).await
    }

    /// A page as a browser gets it.
    pub async fn page(&self, path: &str) -> String {
        let asked = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        asked.send().await.unwrap().text().await.unwrap()
    }

    pub async fn send_file(&self, path: &str, fields: &[(&'static str, &'static str)], text: String) -> Reply {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text(*name, *value);
        }
        let file = reqwest::multipart::Part::text(text).file_name("people.csv");
        let asked = self.http.post(self.address(path)).bearer_auth(&self.token).multipart(form.part("file", file));
        read(asked.send().await.unwrap()).await.unwrap()
    }

    /// Goes through a personal link, then asks as its holder.
    pub async fn as_holder_of(&self, link: &str, path: &str) -> String {
        let door = reqwest::Client::builder().no_proxy().build().unwrap();
        let cookie = self.cookie_of(link).await;
        let asked = door.get(format!("{}{path}", self.base)).header("cookie", cookie);
        asked.send().await.unwrap().text().await.unwrap()
    }

    /// Goes through a personal link and stays.
    pub async fn holder_of(&self, link: &str) -> Self {
        let cookie = self.cookie_of(link).await;
        Self::new(&self.base, cookie.trim_start_matches("muster="))
    }

    async fn cookie_of(&self, link: &str) -> String {
        let code = link.rsplit('/').next().unwrap();
        let door = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let entered =
            door.post(format!("{}/enter/{code}", self.base)).header("origin", &self.base).send().await.unwrap();
        let cookies = entered.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let cookie = cookies.filter_map(|value| value.split(';').next()).find(|pair| pair.starts_with("muster="));
        cookie.unwrap_or_else(|| panic!("the link lets nobody in: {}", entered.status())).to_owned()
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.http.get(self.address(path)).bearer_auth(&self.token).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }

    /// A file that is given to whoever says why.
    pub async fn taken(&self, path: &str, why: Value) -> Vec<u8> {
        let answer = self.http.post(self.address(path)).bearer_auth(&self.token).json(&why).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// Sends until the answer is there, as a phone's outbox does.
    pub async fn post_until_answered(&self, path: &str, body: Value, key: Option<Uuid>) -> Reply {
        for _ in 0..200 {
            if let Ok(reply) = self.post(path, body.clone(), key).await
                && reply.status != 503
            {
                return reply;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no answer from {path} in 200 tries");
    }

    /// Gives an order over all sites.
    pub async fn order(&self) -> String {
        let given = self.post("/orders", json!({"name": "采样"}), None).await.unwrap().json();
        given["order"].as_str().unwrap().to_owned()
    }

    /// The ids of the volunteers, by code.
    pub async fn volunteers(&self) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for n in 0..crate::ground::VOLUNTEERS {
            let shown = self.get(&format!("/volunteers/V{n:02}")).await.unwrap().json();
            ids.push(find_id(&shown));
        }
        ids
    }

    fn address(&self, path: &str) -> String {
        let is_whole = path.starts_with("/api/") || path.starts_with("/metrics") || path.starts_with("/readyz");
        if is_whole { format!("{}{path}", self.base) } else { format!("{}/api/v1{path}", self.base) }
    }
}

fn find_id(shown: &Value) -> Uuid {
    let found = ["/id", "/volunteer", "/person/id", "/volunteer/id"]
        .iter()
        .find_map(|at| shown.pointer(at)?.as_str()?.parse().ok());
    found.unwrap_or_else(|| panic!("no id in {shown}"))
}

async fn read(answer: reqwest::Response) -> Result<Reply, reqwest::Error> {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (status, epoch, retry_after) = (answer.status().as_u16(), header("muster-epoch"), header("retry-after"));
    Ok(Reply { status, epoch, retry_after, text: answer.text().await? })
}

/// A check-in as a phone tells it.
pub fn check_in(id: Uuid, volunteer: Uuid, way: &str, at_ms: i64) -> Value {
    json!({"id": id, "volunteer": volunteer, "way": way, "at": at_ms, "device": "phone", "n": null})
}

/// A request for a site that needs words.
pub fn problem(text: &str) -> Value {
    json!({"kind": "problem", "details": text})
}

pub fn now_ms() -> i64 {
    domain::Clock::system().now().ms()
}
