//! The SMS gateway of the demonstration: a real HTTP server on this machine that keeps what it is sent. Now and then it is
//! out of order, so that the server has to send again. Nothing ever leaves this machine.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde::Deserialize;
use tokio::net::TcpListener;

/// One message in so many is refused when it comes for the first time.
const OUT_OF_ORDER: u64 = 40;

/// What a gateway does to messages that it should not; each to one in so many.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Refuses them when they come for the first time.
    pub refuses_one_in: Option<u64>,
    /// Takes them, says so, and loses them: only for proving that somebody would notice.
    pub loses_one_in: Option<u64>,
}

impl Default for Manners {
    fn default() -> Self {
        Self { refuses_one_in: Some(OUT_OF_ORDER), loses_one_in: None }
    }
}

/// What an SMS says, and to whom.
#[derive(Debug, Clone, Deserialize)]
pub struct Sms {
    /// The server's name for the message: the same one again is the same message.
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
    /// How often each message came, by its id.
    knocks: HashMap<String, u32>,
    fresh: Vec<Sms>,
    counts: Counts,
}

/// What a gateway has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Different messages that came, taken or not.
    pub knocked: u64,
    /// Different messages that were taken.
    pub taken: u64,
    /// Messages that came again after they had been taken.
    pub repeated: u64,
}

/// The gateway, open.
#[derive(Debug, Clone)]
pub struct Gateway {
    address: SocketAddr,
    manners: Manners,
    kept: Arc<Mutex<Kept>>,
}

impl Gateway {
    /// Opens on a free port of this machine.
    pub async fn open(manners: Manners) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let gateway = Self { address: listener.local_addr()?, manners, kept: Arc::default() };
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

    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(State(gateway): State<Gateway>, Json(sms): Json<Sms>) -> StatusCode {
    let Manners { refuses_one_in, loses_one_in } = gateway.manners;
    let is_one_in = |many: Option<u64>| many.is_some_and(|many| lot(&sms.id).is_multiple_of(many));
    let taken_at = if is_one_in(refuses_one_in) { 2 } else { 1 };
    let mut kept = gateway.lock();
    let knocks = kept.knocks.entry(sms.id.clone()).or_default();
    *knocks += 1;
    let knocks = *knocks;
    kept.counts.knocked += u64::from(knocks == 1);
    kept.counts.repeated += u64::from(knocks > taken_at);
    if knocks < taken_at {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if knocks == taken_at && !is_one_in(loses_one_in) {
        kept.counts.taken += 1;
        kept.fresh.push(sms);
    }
    StatusCode::OK
}

/// What chance says of a message: the same whenever it comes.
fn lot(id: &str) -> u64 {
    id.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}
