//! `muster serve`: pages, API and jobs over one store, until told to stop.

use anyhow::Context as _;
use axum::Router;
use clap::Args;
use domain::Clock;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use store::{Act, Keyring, Store, jobs::Runner};
use tokio::{net::TcpListener, sync::watch};
use web::{House, access::accounts};

use crate::ground::Settled;

/// How often a server looks whether the key file has changed.
pub const KEYS_POLL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub struct Serve {}

impl Serve {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let store = ground.open(Clock::system())?;
            let open = Open::start(ground, store.clone()).await?;
            if std::env::var_os("MUSTER_KEYS").is_none() {
                tokio::spawn(follow_keys(store, ground.key_file()));
            }
            println!("Muster serves {} on {}", ground.address, open.url);
            if let Some(code) = &open.first_code {
                println!("First administrator: open {}/enter/{code} (once, within 72 hours)", open.url);
            }
            open.until_stopped().await
        })
    }
}

/// A server that is open.
pub struct Open {
    pub url: String,
    /// The one-time code of the first administrator, at the very first start.
    pub first_code: Option<String>,
    pub store: Store,
    listener: TcpListener,
    router: Router,
    runner: Runner,
}

impl Open {
    /// Binds the address and puts the house together.
    pub async fn start(ground: &Settled, store: Store) -> anyhow::Result<Self> {
        ground.refuse_the_open()?;
        let listener =
            TcpListener::bind(ground.listen).await.with_context(|| format!("listening on {}", ground.listen))?;
        let bound = listener.local_addr()?;
        let settings = ground.settings(bound)?;
        let url = settings.public_url.clone();
        let first_code = first_administrator(ground, &store).await?;
        let (_, router, runner) =
            House::build(store.clone(), settings, &crate::duties::all()).map_err(anyhow::Error::msg)?;
        Ok(Self { url, first_code, store, listener, router, runner })
    }

    /// Serves until Ctrl-C or a termination signal; requests under way are finished.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        self.until(stop_signal()).await
    }

    pub async fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let (stopping, stopped) = watch::channel(false);
        let jobs = tokio::spawn(self.runner.run(stopped.clone()));
        let ageing = tokio::spawn(async move { self.store.keep_time().await });
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let mut told = stopped.clone();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            let _ = told.wait_for(|stop| *stop).await;
        });
        let serving = tokio::spawn(serving.into_future());
        stop.await;
        let _ = stopping.send(true);
        ageing.abort();
        // Live streams never end by themselves: after a moment the rest is cut.
        let _ = tokio::time::timeout(Duration::from_secs(3), serving).await;
        let _ = tokio::time::timeout(Duration::from_secs(10), jobs).await;
        Ok(())
    }
}

/// Uses the keys of the key file as soon as they change, so that a rotation stops nobody's work.
async fn follow_keys(store: Store, file: PathBuf) {
    let mut known = None;
    loop {
        tokio::time::sleep(KEYS_POLL).await;
        let written = std::fs::metadata(&file).and_then(|about| about.modified()).ok();
        if written == known {
            continue;
        }
        match Keyring::load(&file) {
            Ok(keyring) => {
                store.use_keyring(keyring);
                known = written;
            }
            Err(cause) => tracing::warn!(%cause, "the key file cannot be read; the keys at hand are used"),
        }
    }
}

async fn first_administrator(ground: &Settled, store: &Store) -> anyhow::Result<Option<String>> {
    let (district, name) = (ground.district.clone(), ground.district_name.clone());
    let act = Act::system(store.clock().now());
    Ok(store.change(act, move |tx| accounts::first_administrator(tx, &district, &name)).await?)
}

pub(super) async fn stop_signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
