//! Somebody's telephone or desk: a session with the server, over HTTP and nothing else.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};
use uuid::Uuid;

/// Tries of one request while the server says that it is busy, or is not reached.
const TRIES: u32 = 6;
const WAIT: Duration = Duration::from_millis(150);

/// Why somebody did not get what they asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// The server said no, with the stable number of its reason.
    #[error("{path}: {status} {code} {sentence}")]
    Refused { path: String, status: u16, code: String, sentence: String },
    #[error("{path}: {why}")]
    Broken { path: String, why: String },
}

impl Trouble {
    fn broken(path: &str, why: impl ToString) -> Self {
        Self::Broken { path: path.to_owned(), why: why.to_string() }
    }

    /// Somebody else was quicker, or the thing is not there any more: ordinary where people work side by side.
    pub const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 409 | 410, .. })
    }

    pub fn has_code(&self, number: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == number)
    }
}

/// The server's address and the lines to it.
#[derive(Debug, Clone)]
pub struct Lines {
    http: reqwest::Client,
    base: Arc<str>,
    entered: Arc<AtomicU32>,
}

impl Lines {
    pub fn to(base: &str) -> Result<Self, Trouble> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(32)
            .timeout(Duration::from_mins(1))
            .no_proxy()
            .build()
            .map_err(|e| Trouble::broken(base, e))?;
        Ok(Self { http, base: base.into(), entered: Arc::default() })
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// Opens a link (`…/enter/CODE`) and taps the button behind it.
    pub async fn enter(&self, link: &str) -> Result<Phone, Trouble> {
        let code = link.rsplit('/').next().unwrap_or_default();
        let path = format!("/enter/{code}");
        let reply = self.knock(&path).await.map_err(|e| Trouble::broken("/enter", e))?;
        let status = reply.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
        let cookie = reply.lines().filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
            let is_session = name.eq_ignore_ascii_case("set-cookie") && value.starts_with("muster=");
            is_session.then(|| value.split(';').next().unwrap_or_default().to_owned())
        });
        match cookie {
            Some(cookie) => Ok(Phone { lines: self.clone(), cookie: cookie.into() }),
            None => Err(Trouble::Refused {
                path: "/enter".to_owned(),
                status,
                code: String::new(),
                sentence: "the link let nobody in".to_owned(),
            }),
        }
    }

    /// Signs in with a password.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Phone, Trouble> {
        let path = "/sign-in";
        let asked = self.http.post(format!("{}{path}", self.base)).header("origin", &*self.base);
        let reply = asked.form(&[("login", login), ("password", password)]).send().await;
        let reply = reply.map_err(|e| Trouble::broken(path, e))?;
        let cookies = reply.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let cookie = cookies.filter_map(|text| text.split(';').next()).find(|text| text.starts_with("muster="));
        let cookie = cookie.ok_or_else(|| Trouble::broken(path, reply.status()))?;
        Ok(Phone { lines: self.clone(), cookie: cookie.into() })
    }

    /// Each telephone has an address of its own, as on a real network: the server counts tries by address.
    async fn knock(&self, path: &str) -> std::io::Result<String> {
        let host = self.base.trim_start_matches("http://");
        let to: SocketAddr = host.parse().map_err(std::io::Error::other)?;
        let mut stream = from_own_address(to, self.entered.fetch_add(1, Ordering::Relaxed)).await?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.base
        );
        stream.write_all(request.as_bytes()).await?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await?;
        Ok(String::from_utf8_lossy(&reply).into_owned())
    }
}

async fn from_own_address(to: SocketAddr, number: u32) -> std::io::Result<TcpStream> {
    if !to.ip().is_loopback() || !to.is_ipv4() {
        return TcpStream::connect(to).await;
    }
    let [_, a, b, c] = (number / 4 + 0x0001_0002).to_be_bytes();
    let socket = TcpSocket::new_v4()?;
    match socket.bind((IpAddr::V4(Ipv4Addr::new(127, a, b, c)), 0).into()) {
        Ok(()) => socket.connect(to).await,
        // Systems that know one loopback address only.
        Err(_) => TcpStream::connect(to).await,
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Phone {
    lines: Lines,
    cookie: Arc<str>,
}

impl Phone {
    pub async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(path, |url| self.lines.http.get(url)).await
    }

    /// Does something once, however often the request has to be sent.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Value, Trouble> {
        self.post_as(Uuid::new_v4(), path, body).await
    }

    /// Sends under a key of one's own choice: the same key again has no second effect.
    pub async fn post_as(&self, key: Uuid, path: &str, body: &impl Serialize) -> Result<Value, Trouble> {
        let body = serde_json::to_vec(body).map_err(|e| Trouble::broken(path, e))?;
        let request = |url| {
            let post = self.lines.http.post(url).header("idempotency-key", key.to_string());
            post.header("content-type", "application/json").body(body.clone())
        };
        self.ask(path, request).await
    }

    /// Sends a file as a form does.
    pub async fn send_file(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: &[u8],
        name: &str,
    ) -> Result<Value, Trouble> {
        let request = |url| {
            let form = fields.iter().fold(reqwest::multipart::Form::new(), |form, (field, value)| {
                form.text((*field).to_owned(), (*value).to_owned())
            });
            let part = reqwest::multipart::Part::bytes(file.to_vec()).file_name(name.to_owned());
            self.lines.http.post(url).multipart(form.part("file", part))
        };
        self.ask(path, request).await
    }

    async fn ask(&self, path: &str, request: impl Fn(String) -> reqwest::RequestBuilder) -> Result<Value, Trouble> {
        let mut last = Trouble::broken(path, "not tried");
        for nth in 0..TRIES {
            if nth > 0 {
                tokio::time::sleep(WAIT * nth).await;
            }
            let signed = request(format!("{}/api/v1{path}", self.lines.base))
                .header("cookie", &*self.cookie)
                .header("origin", &*self.lines.base);
            match read(path, signed.send().await).await {
                Err(trouble @ (Trouble::Broken { .. } | Trouble::Refused { status: 503, .. })) => last = trouble,
                settled => return settled,
            }
        }
        Err(last)
    }
}

async fn read(path: &str, sent: reqwest::Result<reqwest::Response>) -> Result<Value, Trouble> {
    let response = sent.map_err(|e| Trouble::broken(path, e))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|e| Trouble::broken(path, e))?;
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() || status.is_redirection() {
        return Ok(value);
    }
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let code = text("code");
    let sentence = ["sentence", "message", "detail", "title"].map(text).into_iter().find(|text| !text.is_empty());
    Err(Trouble::Refused {
        path: path.to_owned(),
        status: status.as_u16(),
        code,
        sentence: sentence.unwrap_or_default(),
    })
}
