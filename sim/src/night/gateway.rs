//! The SMS gateway of the demonstration: a real HTTP server on this machine that keeps what it is sent. Now and then it is
//! out of order, so that the server has to send again. Nothing ever leaves this machine.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde::Deserialize;
use tokio::net::TcpListener;

/// One message in so many is refused when it comes for the first time.
const OUT_OF_ORDER: u64 = 40;

/// What an SMS says, and to whom.
#[derive(Debug, Clone, Deserialize)]
pub struct Sms {
    /// The server's name for the message: the same one again is the same message.
    #[serde(default)]
    pub id: String,
    pub phone: String,
    pub text: String,
}

impl Sms {
    /// The personal link in the text.
    pub fn link(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| word.contains("/enter/"))
    }
}

#[derive(Debug, Default)]
struct Kept {
    seen: HashSet<String>,
    tried: HashMap<String, u32>,
    fresh: Vec<Sms>,
    count: u64,
    repeats: u64,
}

/// The gateway, open.
#[derive(Debug, Clone)]
pub struct Gateway {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Gateway {
    /// Opens on a free port of this machine.
    pub async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let gateway = Self { address: listener.local_addr()?, kept: Arc::default() };
        let router = Router::new().route("/sms", post(take)).with_state(gateway.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(gateway)
    }

    /// Where the server sends to.
    pub fn url(&self) -> String {
        format!("http://{}/sms", self.address)
    }

    /// The messages since the last look.
    pub fn fresh(&self) -> Vec<Sms> {
        std::mem::take(&mut self.lock().fresh)
    }

    /// Different messages, and how many came more than once.
    pub fn counts(&self) -> (u64, u64) {
        let kept = self.lock();
        (kept.count, kept.repeats)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(State(gateway): State<Gateway>, Json(sms): Json<Sms>) -> StatusCode {
    let mut kept = gateway.lock();
    let tries = kept.tried.entry(sms.id.clone()).or_default();
    *tries += 1;
    let is_unlucky = sms.id.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    if *tries == 1 && !sms.id.is_empty() && is_unlucky.is_multiple_of(OUT_OF_ORDER) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if !sms.id.is_empty() && !kept.seen.insert(sms.id.clone()) {
        kept.repeats += 1;
        return StatusCode::OK;
    }
    kept.count += 1;
    kept.fresh.push(sms);
    StatusCode::OK
}
