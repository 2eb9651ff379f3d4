//! Who does the jobs: one runner per server, woken at once by this server's changes and four times a second for those
//! of others.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Moment;
use tokio::{sync::watch, task::JoinSet, time::MissedTickBehavior};
use uuid::Uuid;

use super::{Leased, Outcome, back_off, claim, due};
use crate::{Act, Error, Result, Store};

const POLL: Duration = Duration::from_millis(250);
const LEASE_S: i64 = 60;
const AT_ONCE: usize = 32;
/// More rounds than this at one moment mean that a handler asks for itself without end.
const ROUNDS: usize = 100_000;

type Handling = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Handler = Arc<dyn Fn(Store, Leased) -> Handling + Send + Sync>;

/// Handlers by kind of job.
#[derive(Clone)]
pub struct Runner {
    store: Store,
    handlers: HashMap<&'static str, Handler>,
    /// What this runner is doing now. It never takes the same job a second time, however far a clock leaps past the lease.
    held: Arc<Mutex<HashSet<Uuid>>>,
}

impl Runner {
    pub fn new(store: Store) -> Self {
        Self { store, handlers: HashMap::new(), held: Arc::default() }
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    /// Says who does the jobs of a kind.
    #[must_use]
    pub fn on<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Store, Leased) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let known = self.handlers.insert(kind, Arc::new(move |store, job| Box::pin(handler(store, job))));
        assert!(known.is_none(), "two handlers for {kind}");
        self
    }

    /// Works until told to stop; then finishes what it has begun.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut enqueued = self.store.jobs_enqueued();
        let mut running = JoinSet::new();
        while !*stop.borrow_and_update() {
            let taken = self.take(AT_ONCE - running.len()).await;
            let idle = taken.is_empty();
            for job in taken {
                running.spawn(self.clone().work(job));
            }
            if !idle && running.len() < AT_ONCE {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                Some(_) = running.join_next() => {}
                Ok(()) = enqueued.changed(), if running.len() < AT_ONCE => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Does everything that is due at a moment, and what follows from it, until nothing is left. For tests and
    /// simulations with a moved clock: the order is that of the due times.
    pub async fn run_due(&self, now: Moment) -> Result<usize> {
        for done in 0..ROUNDS {
            let Some(job) = self.claim(now, 1).await?.pop() else { return Ok(done) };
            let outcome = self.handle(job.clone()).await;
            self.settle(job, outcome, now).await?;
        }
        Err(Error::Bug("jobs that are due never end".to_owned()))
    }

    async fn take(&self, limit: usize) -> Vec<Leased> {
        if limit == 0 {
            return Vec::new();
        }
        let now = self.store.clock().now();
        match self.claim(now, limit).await {
            Ok(taken) => {
                self.held().extend(taken.iter().map(|job| job.id));
                taken
            }
            Err(cause) => {
                tracing::warn!(%cause, "jobs could not be taken");
                Vec::new()
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks first, so that an idle server writes nothing.
    async fn claim(&self, now: Moment, limit: usize) -> Result<Vec<Leased>> {
        let kinds: Vec<&'static str> = self.handlers.keys().copied().collect();
        let held: Vec<Uuid> = self.held().iter().copied().collect();
        let looked = (kinds.clone(), held.clone());
        if self.store.look(move |tx| due(tx, now, 1, &looked.0, &looked.1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        let until = self.lease_until(now);
        self.store.change(Act::system(now), move |tx| claim(tx, (now, until), limit, &kinds, &held)).await
    }

    async fn work(self, job: Leased) {
        let renewing = tokio::spawn(self.clone().renew(job.clone()));
        let outcome = self.handle(job.clone()).await;
        renewing.abort();
        let (now, id) = (self.store.clock().now(), job.id);
        if let Err(cause) = self.settle(job, outcome, now).await {
            tracing::warn!(%cause, "a job's end could not be written; it will run again");
        }
        self.held().remove(&id);
    }

    /// Runs the handler as a task of its own, so that its panic is its own.
    async fn handle(&self, job: Leased) -> Outcome {
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Outcome::Never { why: format!("nobody does {}", job.kind) };
        };
        let (kind, attempts) = (job.kind.clone(), job.attempts);
        tokio::spawn(handler(self.store.clone(), job)).await.unwrap_or_else(|panic| {
            tracing::error!(%kind, %panic, "a job panicked");
            Outcome::Again { after: back_off(attempts), why: panic.to_string() }
        })
    }

    async fn settle(&self, job: Leased, outcome: Outcome, now: Moment) -> Result<()> {
        if let Outcome::Never { why } = &outcome {
            tracing::error!(kind = job.kind, key = job.key, why, "a job was given up");
        }
        self.store.change(Act::system(now), move |tx| job.settle(tx, &outcome)).await
    }

    /// Keeps the lease of a long job until it is aborted.
    async fn renew(self, job: Leased) {
        let mut tick = tokio::time::interval(Duration::from_secs(20));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tick.tick().await;
            let now = self.store.clock().now();
            let (job, until) = (job.clone(), self.lease_until(now));
            if let Err(cause) = self.store.change(Act::system(now), move |tx| job.renew(tx, until)).await {
                tracing::warn!(%cause, "a lease could not be renewed");
            }
        }
    }

    /// Leases last a minute of real time, also on a clock that runs fast.
    fn lease_until(&self, now: Moment) -> Moment {
        #[expect(clippy::cast_possible_truncation, reason = "clocks run at most some thousand times faster")]
        let speed = self.store.clock().speed().max(1.0).ceil() as i64;
        now.plus_s(LEASE_S * speed)
    }
}
