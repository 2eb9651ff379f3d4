//! S10: bodies made to bring the server down get a sentence and cost little memory, whoever sends them.

use std::fs;

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
