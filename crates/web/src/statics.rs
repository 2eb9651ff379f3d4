//! Scripts and styles, embedded in the binary. The address carries a digest of them all, so a browser keeps them until
//! they change, and modules find each other by their plain names.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest as _, Sha256};

#[derive(Embed)]
#[folder = "assets"]
struct Own;

#[derive(Embed)]
#[folder = "../../phone/modules"]
struct Phone;

macro_rules! vendor {
    ($($name:ident $folder:literal $file:literal as $public:literal;)*) => {
        $(#[derive(Embed)]
        #[folder = $folder]
        #[include = $file]
        struct $name;)*

        /// Third-party scripts, fetched by `npm ci` in `phone/` (see `make setup`).
        fn vendor(name: &str) -> Option<EmbeddedFile> {
            None$(.or_else(|| (name == $public).then(|| $name::get($file)).flatten()))*
        }

        const VENDORED: &[&str] = &[$($public),*];
    };
}
vendor! {
    Htmx "../../phone/node_modules/htmx.org/dist" "htmx.min.js" as "htmx.js";
    Sse "../../phone/node_modules/htmx-ext-sse/dist" "sse.min.js" as "sse.js";
    Idb "../../phone/node_modules/idb/build" "index.js" as "idb.js";
    Zxing "../../phone/node_modules/zxing-wasm/dist/iife/reader" "index.js" as "zxing.js";
    ZxingWasm "../../phone/node_modules/zxing-wasm/dist/reader" "zxing_reader.wasm" as "zxing_reader.wasm";
}

fn file(name: &str) -> Option<EmbeddedFile> {
    Own::get(name).or_else(|| Phone::get(name)).or_else(|| vendor(name))
}

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> =
        Own::iter().chain(Phone::iter()).chain(VENDORED.iter().map(|name| (*name).into())).collect();
    names.sort();
    let mut digest = Sha256::new();
    for name in names {
        digest.update(name.as_bytes());
        digest.update(file(&name).map(|f| f.metadata.sha256_hash()).unwrap_or_default());
    }
    digest.finalize().iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
});

/// The digest of all assets: pages and the service worker name it.
pub fn digest() -> &'static str {
    &DIGEST
}

pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", &*DIGEST)
}

/// The bytes of an asset, for pages that are put together on the server (the service worker).
pub fn text(name: &str) -> Option<String> {
    file(name).map(|f| String::from_utf8_lossy(&f.data).into_owned())
}

pub(crate) async fn serve(Path((_, name)): Path<(String, String)>) -> Response {
    match file(&name) {
        Some(found) => (
            [(header::CONTENT_TYPE, mime(&name)), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            found.data,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
