//! The layers around every route: request id, time limits, headers that keep browsers safe, compression, figures.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _},
    },
};
use uuid::Uuid;

use crate::{
    house::House,
    request::{self, RequestId},
    routes, statics,
};

/// The longest a request may take, file uploads and streams excepted.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

pub(crate) fn finish(router: Router<Arc<House>>, house: &Arc<House>) -> Router {
    crate::health::install();
    let uncompressed = DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"));
    router
        .merge(routes::beside())
        .method_not_allowed_fallback(async || request::wrong_method())
        .fallback(request::nowhere)
        .layer(middleware::from_fn(crate::health::time))
        .layer(middleware::from_fn(time_limit))
        // Bodies are bounded where they are read: questions in `request`, files in `upload`.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new().compress_when(uncompressed))
        .layer(middleware::from_fn(safe_headers))
        .layer(middleware::from_fn(name_request))
        .with_state(house.clone())
}

/// Gives the request an id, named in logs, error pages and the answer's header.
async fn name_request(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .extend(id.to_string().parse().map(|value| (header::HeaderName::from_static("x-request-id"), value)));
    response
}

async fn time_limit(request: Request, next: Next) -> Response {
    let has_file = request.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"multipart/"));
    if has_file {
        return next.run(request).await;
    }
    tokio::time::timeout(LONGEST, next.run(request))
        .await
        .unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
}

/// Nothing foreign runs in our pages, nobody frames them, nothing leaks to other sites.
async fn safe_headers(request: Request, next: Next) -> Response {
    const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
        connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(self), geolocation=(self), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The service worker, served from the root so that it may look after every page; it names the assets' digest, so a
/// new server brings new assets.
pub(crate) async fn service_worker() -> Response {
    let Some(text) = statics::text("sw.js") else { return StatusCode::NOT_FOUND.into_response() };
    let text = text.replace("{{digest}}", statics::digest());
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from(text)).into_response()
}
