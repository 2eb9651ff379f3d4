//! Alive, ready, and the figures for Prometheus.

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock},
};

use axum::{
    Extension,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::Role;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::{access::sessions, house::House, refusal::Fault};

/// The recorder is one for the whole process, as the `metrics` crate has it.
static PROMETHEUS: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0];
    PrometheusBuilder::new().set_buckets(&buckets).ok()?.install_recorder().ok()
});

pub(crate) fn install() {
    LazyLock::force(&PROMETHEUS);
}

/// The process lives.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The store answers.
pub(crate) async fn ready(State(house): State<Arc<House>>) -> Response {
    let reads = house.store.look(|tx| tx.one("select 1 as one", &[], |row| row.get::<i64>("one"))).await;
    match reads {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

/// Counts and times, without personal data: for this machine, or for an administrator's token.
pub(crate) async fn metrics(
    State(house): State<Arc<House>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let is_local = peer.is_some_and(|peer| peer.0.0.ip().is_loopback()) && !headers.contains_key("x-forwarded-for");
    if !is_local && !is_administrator(&house, &headers).await {
        return StatusCode::NOT_FOUND.into_response();
    }
    let last_backup = house.store.look(store::backup::last).await;
    PROMETHEUS.as_ref().map_or_else(
        || StatusCode::SERVICE_UNAVAILABLE.into_response(),
        |handle| {
            if let Some(free) = house.store.free_percent() {
                metrics::gauge!("muster_disk_free_percent").set(free as f64);
            }
            if let Ok(Some(at)) = last_backup {
                metrics::gauge!("muster_last_backup_timestamp_seconds").set(at.ms() as f64 / 1_000.0);
            }
            handle.run_upkeep();
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
        },
    )
}

async fn is_administrator(house: &Arc<House>, headers: &HeaderMap) -> bool {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let Some(token) = bearer.map(str::to_owned) else { return false };
    let now = house.clock().now();
    let standing = house.store.look(move |tx| sessions::recognise(tx, &token, now).map_err(Fault::from)).await;
    standing.is_ok_and(|standing| standing.is_some_and(|s| s.has_role(Role::Administrator)))
}

/// Times every request by its route.
pub(crate) async fn time(request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let path =
        request.extensions().get::<axum::extract::MatchedPath>().map_or("none".to_owned(), |p| p.as_str().to_owned());
    let method = request.method().to_string();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("muster_request_seconds", "method" => method, "path" => path, "status" => status)
        .record(started.elapsed().as_secs_f64());
    response
}
