//! Work that comes back every hour, on whichever server takes it: one job that asks for itself again.

use std::{future::Future, time::Duration};

use serde_json::Value;

use super::{Job, Leased, Outcome, Runner, back_off};
use crate::{Act, Error, Result, Store};

const HOUR_MIN: i64 = 60;

impl Runner {
    /// Does this once an hour, the first time at once. It runs at least once for each hour, so it is idempotent.
    #[must_use]
    pub fn hourly<F, Fut>(self, kind: &'static str, work: F) -> Self
    where
        F: Fn(Store) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = std::result::Result<(), String>> + Send + 'static,
    {
        begin(self.store(), kind);
        self.on(kind, move |store, job| {
            let done = work(store.clone());
            async move {
                let ended = match done.await {
                    Ok(()) => ask(&store, kind, HOUR_MIN).await.map_err(|cause: Error| cause.to_string()),
                    Err(why) => Err(why),
                };
                outcome(&job, ended)
            }
        })
    }
}

/// Asked for again while it runs, the job stays, and is due in an hour.
fn outcome(job: &Leased, ended: std::result::Result<(), String>) -> Outcome {
    match ended {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::Again { after: back_off(job.attempts).max(Duration::from_mins(1)), why },
    }
}

fn begin(store: &Store, kind: &'static str) {
    let store = store.clone();
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Err(cause) = ask(&store, kind, 0).await {
                tracing::warn!(%cause, kind, "does not begin");
            }
        });
    }
}

async fn ask(store: &Store, kind: &'static str, in_min: i64) -> Result<()> {
    let now = store.clock().now();
    let job = Job { kind, key: "hourly".to_owned(), due: now.plus_min(in_min), body: Value::Null };
    store.change(Act::system(now), move |tx| tx.enqueue(job.clone())).await
}
