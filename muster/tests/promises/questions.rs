//! S10: bodies made to bring the server down get a sentence and cost little memory, whoever sends them.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;

use crate::ground::{Ground, Server};

/// How much more memory all of them may cost.
const GROWTH_LIMIT_KB: u64 = 64 << 10;
const MIB: usize = 1 << 20;

/// The most memory that was resident at once.
fn peak_kb(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What comes, as what, and how it is answered.
fn corpus() -> Vec<(&'static str, &'static str, Vec<u8>, &'static [u16])> {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let text = |unit: &str, whole: usize| unit.repeat(whole / unit.len()).into_bytes();
    let in_object = |inside: Vec<u8>| [br#"{"name":["#, &*inside, b"0]}"].concat();
    vec![
        ("larger than a question may be", JSON, text("a", 3 * MIB), &[413]),
        ("far larger", JSON, text("[", 64 * MIB), &[413]),
        ("nested without end", JSON, text("[", 40_000), &[422]),
        ("objects in objects", JSON, text("{\"a\":", 200_000), &[422]),
        ("a million numbers", JSON, in_object(text("0,", 2 * MIB - 100)), &[413]),
        ("a hundred thousand little objects", JSON, in_object(text("{\"a\":0},", MIB)), &[413]),
        ("a number of a million digits", JSON, [b"{\"name\":", &*text("9", MIB), b"}"].concat(), &[422]),
        ("half a million fields", FORM, text("a=1&", 2 * MIB - 4), &[413]),
        ("fields without names", FORM, text("&", 2 * MIB - 1), &[413]),
        ("no text at all", FORM, vec![0xFF; MIB], &[422]),
        ("a zip for a question", JSON, [b"PK\x03\x04".as_slice(), &*vec![0; MIB]].concat(), &[422]),
    ]
}

#[tokio::test]
async fn hostile_questions_get_a_sentence_and_cost_little() {
    let ground = Ground::sqlite().with_district();
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let officer = server.client(&token);
    officer.get("/api/v1/sites").await.unwrap().json();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let before_kb = peak_kb(&server);
    for path in ["/api/v1/orders", "/sign-in"] {
        for (what, kind, body, statuses) in corpus() {
            // Four at once: one after the other would hide what each costs.
            let sent = (0..4).map(|_| {
                let post = http.post(format!("{}{path}", server.url)).bearer_auth(&token).body(body.clone());
                tokio::spawn(post.header("content-type", kind).header("origin", &server.url).send())
            });
            for reply in sent.collect::<Vec<_>>() {
                // A body that is refused while it still comes may meet a closed connection.
                let Ok(reply) = reply.await.unwrap() else { continue };
                let status = reply.status().as_u16();
                let said = reply.text().await.unwrap_or_default();
                assert!(statuses.contains(&status), "{path}: {what}: {status} {said}");
                assert!(said.contains("web.") || said.contains("web-"), "{path}: {what}: {said}");
            }
        }
        let query = "a=1&".repeat(10_000);
        let status =
            http.get(format!("{}{path}?{query}", server.url)).bearer_auth(&token).send().await.unwrap().status();
        assert!([413, 414, 431].contains(&status.as_u16()), "{path}: ten thousand fields in an address: {status}");
    }
    let growth_kb = peak_kb(&server).saturating_sub(before_kb);
    println!("{} MiB more for all of them", growth_kb >> 10);
    assert!(growth_kb <= GROWTH_LIMIT_KB, "{} MiB more", growth_kb >> 10);
    let next = officer.post("/api/v1/divisions", json!({"code": "440902009", "name": "新坡镇"}), None).await.unwrap();
    assert!(next.is_ok(), "the server works on: {} {}", next.status, next.text);
}

/// Forms with a file: what stands beside the file is bounded, too, and there is one file.
#[tokio::test]
async fn hostile_forms_beside_a_file_cost_little() {
    let ground = Ground::sqlite().with_district();
    let token = ground.token("duty_officer");
    let server = ground.serve();
    server.client(&token).get("/api/v1/sites").await.unwrap().json();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = |inside: &str| format!("--X\r\nContent-Disposition: form-data; name=\"register\"\r\n\r\n{inside}\r\n");
    let file =
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nteam,site\r\n".to_owned();
    let before_kb = peak_kb(&server);
    for (what, parts) in [
        ("a text without end", text(&"a".repeat(100 * MIB)) + &file),
        ("texts without end", text("sites").repeat(200_000) + &file),
        ("file upon file", text("sites") + &file.repeat(50_000)),
        ("a header without end", format!("--X\r\nContent-Disposition: form-data; x=\"{}", "a".repeat(100 * MIB))),
        ("headers without end", format!("--X\r\n{}", "X-Header: value\r\n".repeat(6 * MIB))),
        ("a name without end", text("sites").replace("register", &"r".repeat(100 * MIB)) + &file),
        ("a line between without end", format!("--X{}", " ".repeat(100 * MIB))),
        ("what precedes a form without end", "a".repeat(100 * MIB) + &file),
        ("lines before a form without end", "--Y\r\n".repeat(20 * MIB) + &file),
    ] {
        let body = parts + "--X--\r\n";
        let post = http.post(format!("{}/api/v1/imports", server.url)).bearer_auth(&token).body(body);
        // What is refused while it still comes may meet a closed connection.
        let Ok(reply) = post.header("content-type", "multipart/form-data; boundary=X").send().await else { continue };
        assert!([413, 422].contains(&reply.status().as_u16()), "{what}: {}", reply.status());
    }
    let growth_kb = peak_kb(&server).saturating_sub(before_kb);
    assert!(growth_kb <= GROWTH_LIMIT_KB, "{} MiB more", growth_kb >> 10);
    let imports = server.client(&token).get("/api/v1/imports").await.unwrap().json();
    assert_eq!(imports["imports"].as_array().map(Vec::len), Some(5), "only the district's own: {imports}");
}

/// A map that holds nothing but many little things is refused before each of them costs memory.
#[tokio::test]
async fn hostile_maps_cost_little() {
    let ground = Ground::sqlite().with_district();
    let token = ground.token("duty_officer");
    let server = ground.serve();
    server.client(&token).get("/api/v1/sites").await.unwrap().json();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let room = 6 * MIB - 400;
    let many = |unit: &str, last: &str| unit.repeat((room - last.len()) / unit.len()) + last;
    let map = |features: &str| format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let one = |code: &str, coordinates: &str| {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#);
        map(&format!(r#"{{"type":"Feature","properties":{{"code":{code}}},"geometry":{geometry}}}"#))
    };
    let before_kb = peak_kb(&server);
    for (what, body) in [
        ("features that are none", map(&many("0,", "0"))),
        ("a code of four million parts", one(&format!("[{}]", many("0,", "0")), "[]")),
        ("a code of a million digits", one(&many("9", "9"), "[]")),
        ("a point of four million numbers", one("1", &format!("[[[{}]]]", many("0,", "0")))),
        ("rings without points", one("1", &format!("[{}]", many("[],", "[]")))),
        ("points in points", one("1", &many("[", "["))),
    ] {
        assert!(body.len() <= 6 * MIB, "{what}: {} bytes", body.len());
        let sent = (0..4).map(|_| {
            let part = reqwest::multipart::Part::text(body.clone()).file_name("a.geojson");
            let post = http.post(format!("{}/api/v1/divisions/boundaries", server.url)).bearer_auth(&token);
            tokio::spawn(post.multipart(reqwest::multipart::Form::new().part("file", part)).send())
        });
        for reply in sent.collect::<Vec<_>>() {
            let reply = reply.await.unwrap().unwrap();
            assert_eq!(reply.status().as_u16(), 422, "{what}: {}", reply.text().await.unwrap_or_default());
        }
        println!("{what}: {} MiB more so far", peak_kb(&server).saturating_sub(before_kb) >> 10);
    }
    let growth_kb = peak_kb(&server).saturating_sub(before_kb);
    assert!(growth_kb <= GROWTH_LIMIT_KB, "{} MiB more", growth_kb >> 10);
}

/// What no file can be in is refused while it comes: nobody waits for its end.
#[test]
fn a_form_that_never_comes_to_its_file_is_refused_early() {
    let ground = Ground::sqlite().with_district();
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let early = MIB * 4;
    for (what, begin, more) in [
        ("a header", "--X\r\nContent-Disposition: form-data; x=\"", "a"),
        ("headers", "--X\r\n", "X-Header: value\r\n"),
        ("what precedes the form", "", "a"),
        ("lines before the form", "", "--Y\r\n"),
    ] {
        let (sent, reply) = send_until_answered(&server, &token, begin, &more.repeat((64 << 10) / more.len()));
        assert!(reply.starts_with("HTTP/1.1 413 ") && sent < early, "{what}: {} KiB sent: {reply}", sent >> 10);
    }
    let parts = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
    let (sent, _) = send_until_answered(&server, &token, parts, &"a".repeat(64 << 10));
    assert!(sent > early, "the control: a file is not refused early: {} KiB sent", sent >> 10);
}

/// Sends so much more each time, until there is an answer or it was enough. How much was sent, and how the answer begins.
fn send_until_answered(server: &Server, token: &str, begin: &str, more: &str) -> (usize, String) {
    const ENOUGH: usize = 16 * MIB;
    let host = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "POST /api/v1/imports HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n").unwrap();
    write!(stream, "Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}\r\n\r\n", 400 * MIB).unwrap();
    let (mut sent, mut answer) = (stream.write(begin.as_bytes()).unwrap(), [0; 512]);
    stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
    while sent < ENOUGH {
        if let Ok(length) = stream.read(&mut answer) {
            return (sent, String::from_utf8_lossy(&answer[..length]).into_owned());
        }
        stream.write_all(more.as_bytes()).unwrap();
        sent += more.len();
    }
    (sent, String::new())
}

/// What the limit is for: the same million numbers, read as everybody reads JSON.
#[test]
fn control_a_reader_without_the_limit_is_seen() {
    let before_kb = own_peak_kb();
    let body = format!("{{\"name\":[{}0]}}", "{\"a\":0},".repeat(2 * MIB / 9));
    let read: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(read["name"].as_array().unwrap().len() > 200_000);
    let growth_kb = own_peak_kb() - before_kb;
    assert!(growth_kb > GROWTH_LIMIT_KB, "two megabytes became {} MiB", growth_kb >> 10);
}

fn own_peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
