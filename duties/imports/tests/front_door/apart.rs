//! A whole server in a process of its own, so that the kernel can say how much memory one file made it take, and so that
//! it can be killed: this test binary again, asked for one of the tests named `child`.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures_util::stream;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::district::Place;

/// What the child process is to work on.
pub const TOPIC: &str = "MUSTER_IMPORT_TEST";

/// This test binary, about to run one test in a process of its own.
pub fn child(test: &str, topic: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", test, "--nocapture"]).env(TOPIC, topic).stdout(Stdio::piped());
    command
}

/// What the parent wants, in a child; nothing when somebody runs all the ignored tests.
pub fn topic() -> Option<PathBuf> {
    std::env::var_os(TOPIC).map(PathBuf::from)
}

/// The text after a word at the beginning of a line.
pub fn said<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(word)).map(str::trim)
}

/// Begins to measure the highest resident size, and says the present one.
pub fn measure_from_here() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    status_kb("VmRSS:")
}

pub fn peak_kb() -> u64 {
    status_kb("VmHWM:")
}

fn status_kb(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix(line)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends a file from the disk as a browser's form does, without ever holding it whole: status and body.
pub async fn send_from_disk(place: &Place, register: &str, file: &Path) -> (u16, Value) {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"register\"\r\n\r\n{register}\r\n--cut\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"list.bin\"\r\n\r\n"
    );
    let mut file = std::fs::File::open(file).unwrap();
    let pieces = std::iter::from_fn(move || {
        let mut piece = vec![0; 64 << 10];
        let read = file.read(&mut piece).unwrap();
        piece.truncate(read);
        (read > 0).then(|| Bytes::from(piece))
    });
    let (head, tail) = (Bytes::from(head), Bytes::from_static(b"\r\n--cut--\r\n"));
    let pieces = std::iter::once(head).chain(pieces).chain(std::iter::once(tail));
    // As they come from a network: a piece, and nothing more until that one was taken.
    let body = stream::unfold(pieces, |mut pieces| async move {
        tokio::task::yield_now().await;
        pieces.next().map(|piece| (Ok::<_, std::io::Error>(piece), pieces))
    });
    let request = Request::post("/api/v1/imports")
        .header(header::HOST, "muster.test")
        .header(header::AUTHORIZATION, format!("Bearer {}", place.officer.token.as_ref().unwrap()))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .body(Body::from_stream(body))
        .unwrap();
    let response = place.house.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}
