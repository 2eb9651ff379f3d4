//! A megacity's size: the board and the rosters at 400,000 volunteers under an order, lists at a million rows.

use serde_json::json;

use crate::{
    client::Client,
    measure::{Sheet, timed},
    night,
    server::Ground,
};

/// 400,610 volunteers, 13,483 sites.
const HUNDREDFOLD: u32 = 97;
/// 1,003,590 volunteers.
const MILLION: u32 = 243;
const LOOKS: usize = 100;
const LIMIT_MS: f64 = 300.0;

pub async fn board(sheet: &mut Sheet) {
    println!("── 400,610 volunteers under one order, SQLite");
    let ground = Ground::sqlite();
    night::bring_in(&ground, HUNDREDFOLD);
    let token = ground.run(&["token", "--role", "duty_officer"]);
    let server = ground.serve().await;
    sheet.at_most("start to ready", server.ready_in.as_secs_f64() * 1000.0, 1_000.0, "ms");
    let officer = Client::new(&server, &token);
    let order = night::order(&officer).await;
    let (plan, planned) = timed(night::plan(&officer, &order)).await;
    sheet.say("  the plan, asked for until proven", planned.as_secs_f64(), "s");
    let publication = format!("/orders/{order}/plans/{plan}/publication");
    let (_, published) = timed(officer.post(&publication, &json!({}))).await;
    sheet.say("  published", published.as_secs_f64(), "s");
    for (what, path) in [
        ("board", "/board".to_owned()),
        ("wall", "/board/wall".to_owned()),
        ("roster of the order", format!("/orders/{order}/roster")),
        ("roster of a site", "/sites/S00070/roster".to_owned()),
        ("order", format!("/orders/{order}")),
    ] {
        sheet.p99(&format!("page: {what}, p99"), officer.look(&path, LOOKS).await, LIMIT_MS);
    }
    sheet.say("  resident memory", server.resident_mb(), "MiB");
}

pub async fn lists(sheet: &mut Sheet) {
    println!("── 1,003,590 volunteers in the register, SQLite");
    let ground = Ground::sqlite();
    night::bring_in(&ground, MILLION);
    let token = ground.run(&["token", "--role", "duty_officer"]);
    let server = ground.serve().await;
    sheet.at_most("start to ready", server.ready_in.as_secs_f64() * 1000.0, 1_000.0, "ms");
    let officer = Client::new(&server, &token);
    for (what, path) in [
        ("volunteers, the first page", "/volunteers"),
        ("volunteers, a page in the middle", "/volunteers?after=V0500000"),
        ("volunteers, the last page", "/volunteers?after=V1003540"),
        ("a volunteer by code", "/volunteers?find=V0500000"),
        ("a volunteer by telephone number", "/volunteers?find=19900500000"),
        ("volunteers by a name that nobody bears", "/volunteers?find=欧阳无此人"),
        ("teams", "/teams"),
        ("sites", "/sites"),
    ] {
        sheet.p99(&format!("list: {what}, p99"), officer.look(path, LOOKS).await, LIMIT_MS);
    }
    sheet.say("  resident memory", server.resident_mb(), "MiB");
    // An order over all sites writes their posts; most of them stand in the log only when the process is killed.
    night::order(&officer).await;
    drop(server);
    let server = ground.serve().await;
    sheet.at_most("start to ready after a kill", server.ready_in.as_secs_f64() * 1000.0, 2_000.0, "ms");
    restore(sheet, &ground);
}

/// A backup beside the running server, and an empty database filled from it and proven.
fn restore(sheet: &mut Sheet, ground: &Ground) {
    let backup = ground.path().join("backup").display().to_string();
    let backed = clock(|| ground.run(&["backup", &backup]));
    sheet.say("  a backup beside the server", backed, "s");
    let other = ground.with_its_keys();
    let restored = clock(|| other.run(&["restore", &backup, "--verify"]));
    sheet.at_most("a million restored and verified", restored, 300.0, "s");
}

fn clock<T>(work: impl FnOnce() -> T) -> f64 {
    let began = std::time::Instant::now();
    work();
    began.elapsed().as_secs_f64()
}
