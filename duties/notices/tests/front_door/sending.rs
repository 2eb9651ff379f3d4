//! Every notice goes out once per channel; what fails is tried again, what cannot be is given up with its reason.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use notices::{Channel, State};
use serde_json::{Value, json};

use crate::{
    district::{Told, here, message, messages, person, postgres, sqlite},
    sinks::{always, gateway, gateway_at, mail_server},
};

fn smtp(port: u16) -> Value {
    json!({"host": "127.0.0.1", "port": port, "from": "Muster <muster@example.org>", "plain": true})
}

/// The whole call-down: 4,000 people on both channels, within the time that is promised.
async fn call_down(store: store::Store, people: u32) {
    let (port, mails) = mail_server(|_| "250 ok").await;
    let (url, texts) = gateway(always(200, "{}")).await;
    let told = Told::with(store, json!({"smtp": smtp(port), "sms": {"url": url}}));
    let began = Instant::now();
    assert_eq!(told.queue(messages(told.order, people)).await, u64::from(people) * 3);
    let queued_s = began.elapsed().as_secs_f64();
    assert_eq!(told.queue(messages(told.order, people)).await, 0, "queued twice");
    told.run_at(1).await;
    let sent_s = began.elapsed().as_secs_f64();
    println!("{people} people: queued in {queued_s:.2} s, delivered by mail and SMS in {sent_s:.2} s");
    for received in [&mails, &texts] {
        let times = received.times();
        assert_eq!((times.len(), times.values().max()), (people as usize, Some(&1)));
    }
    for channel in [Channel::InApp, Channel::Email, Channel::Sms] {
        assert_eq!(told.count(channel, State::Sent).await, u64::from(people));
    }
    assert!(sent_s < 60.0, "promised: delivered in 60 s");
    // The time to queue is promised of the program as it is shipped, not of a build for debugging.
    assert!(queued_s < if cfg!(debug_assertions) { 10.0 } else { 2.0 }, "promised: queued in 2 s");
    let left = told.house.store.look(store::jobs::pending).await.unwrap();
    assert!(left.iter().all(|job| job.key == "hourly"), "{left:?}");
}

#[tokio::test]
async fn four_thousand_people_are_told_once_within_a_minute() {
    call_down(sqlite(), 4000).await;
}

#[tokio::test]
async fn people_are_told_once_on_postgresql() {
    call_down(postgres(), 300).await;
}

#[tokio::test]
async fn what_is_sent_is_what_was_said() {
    let (port, mails) = mail_server(|_| "250 ok").await;
    let (url, texts) = gateway(always(200, "")).await;
    let sms = json!({
        "url": format!("{url}/send?id={{id}}"), "method": "PUT", "headers": {"x-key": "k"},
        "body": r#"{"mobile":"{phone}","content":"{text}"}"#,
    });
    let told = Told::with(sqlite(), json!({"smtp": smtp(port), "sms": sms}));
    told.queue(vec![message(told.order, 2).linked("http://muster.test/enter/ABCD".to_owned())]).await;
    told.run_at(1).await;
    let text = &texts.all()[0];
    assert_eq!(text.to, format!("PUT /send?id={} HTTP/1.1", text.id));
    assert!(text.head.contains("x-key: k"), "{}", text.head);
    let body: Value = serde_json::from_str(&text.body).unwrap();
    let said = "【集结】岗位“2”\\{phone} http://muster.test/enter/ABCD";
    assert_eq!(body, json!({"mobile": "+8613800000002", "content": said}));
    let mail = &mails.all()[0];
    assert_eq!(mail.to, "p2@example.org");
    assert!(
        mail.head.contains("Auto-Submitted: auto-generated") && mail.id.ends_with("@example.org>"),
        "{}",
        mail.head
    );
    let own = told.house.store.look(|tx| notices::told_to(tx, person(2), 10)).await.unwrap();
    assert_eq!(own[0].text, "【集结】岗位“2”\\{phone}", "one's own page needs no entrance");
}

#[tokio::test]
async fn a_gateway_that_is_busy_gets_it_again_under_the_same_key() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let busy_twice = move |_: &_| match counted.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => (503, "busy", Duration::ZERO),
        _ => (200, "", Duration::ZERO),
    };
    let (url, texts) = gateway(Arc::new(busy_twice)).await;
    let told = Told::with(sqlite(), json!({"sms": {"url": url}}));
    told.queue(messages(told.order, 1)).await;
    for (after_s, failed) in [(1, 1), (5, 1), (6, 1), (15, 1), (16, 0)] {
        told.run_at(after_s).await;
        assert_eq!(told.count(Channel::Sms, State::Failed).await, failed, "after {after_s} s");
    }
    assert_eq!(texts.times().into_values().collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn a_no_for_good_is_given_up_and_stops_nobody_else() {
    let (port, mails) = mail_server(|to| if to == "p1@example.org" { "550 no such mailbox" } else { "250 ok" }).await;
    let no = |taken: &crate::sinks::Taken| {
        let refused = taken.body.contains("0000002");
        (if refused { 422 } else { 200 }, "no such number", Duration::ZERO)
    };
    let (url, _) = gateway(Arc::new(no)).await;
    let told = Told::with(sqlite(), json!({"smtp": smtp(port), "sms": {"url": url}}));
    told.queue(messages(told.order, 4)).await;
    told.run_at(1).await;
    assert_eq!(mails.count(), 3);
    for channel in [Channel::Email, Channel::Sms] {
        let counts = (told.count(channel, State::Sent).await, told.count(channel, State::GivenUp).await);
        assert_eq!(counts, (3, 1), "{channel}");
    }
}

#[tokio::test]
async fn a_gateway_that_is_gone_costs_no_notice_and_is_asked_again() {
    let told = Told::with(sqlite(), json!({"sms": {"url": "http://127.0.0.1:9/send"}}));
    told.queue(messages(told.order, 60)).await;
    for after_s in [1, 16, 31, 3600] {
        told.run_at(after_s).await;
        assert_eq!(told.count(Channel::Sms, State::GivenUp).await, 0);
    }
    told.run_at(13 * 3600).await;
    told.run_at(13 * 3600 + 20).await;
    assert_eq!(told.count(Channel::Sms, State::GivenUp).await, 60, "after half a day it is of no use");
}

/// The ways out over HTTP: the settings that send one message there, by its address.
const OVER_HTTP: [(Channel, fn(&str) -> Value); 3] = [
    (Channel::Sms, |url| json!({"sms": {"url": url}})),
    (Channel::Wecom, |url| json!({"robots": [{"kind": "wecom", "name": "街道群", "url": url}]})),
    (
        Channel::Dingtalk,
        |url| json!({"robots": [{"kind": "dingtalk", "name": "机关群", "url": url, "secret": "SEC1"}]}),
    ),
];

/// Sends one message by that way alone.
async fn send_one(channel: Channel, settings: Value) -> Told {
    let told = Told::with(sqlite(), settings);
    if channel == Channel::Sms {
        told.queue(messages(told.order, 1)).await;
    } else {
        let (house, order) = (told.house.clone(), told.order);
        let work = move |tx: &mut store::Tx| notices::tell_groups(tx, &house, &here(), order, 1, "请看岗位");
        assert_eq!(told.house.store.change(told.act(), work).await.unwrap(), 1);
    }
    told.run_at(1).await;
    told
}

/// S6: a gateway or a group's robot that points at another listener of this machine, by IPv4, by IPv6, by IPv4 in the
/// dress of IPv6 and by a name that resolves to it.
#[tokio::test]
async fn redirects_are_not_followed() {
    for (channel, settings) in OVER_HTTP {
        for listen in ["127.0.0.1:0", "[::1]:0"] {
            let (canary, hits) = gateway_at(listen, always(200, "")).await;
            let port = canary.rsplit(':').next().unwrap();
            let mut targets = vec![(302, canary.clone()), (307, canary.clone())];
            if listen.starts_with("127") {
                targets.push((301, format!("http://[::ffff:127.0.0.1]:{port}/")));
                // A name of the sender's, resolved anew for each call.
                targets.push((308, format!("http://localhost:{port}/latest/meta-data")));
            }
            for (followed, (status, target)) in targets.iter().enumerate() {
                let (url, asked) = gateway(always(*status, target.clone().leak())).await;
                let told = send_one(channel, settings(&url)).await;
                let heard = (asked.count(), hits.count());
                assert_eq!(heard, (1, followed), "{channel:?}: {status} to {target} was followed");
                assert_eq!(told.count(channel, State::Failed).await, 1);
                // The control: a client that follows is heard there.
                let follower = reqwest::Client::builder().no_proxy().build().unwrap();
                assert!(follower.post(url).send().await.unwrap().status().is_success());
                assert_eq!(hits.count(), followed + 1, "{status} to {target} leads nowhere");
            }
            send_one(channel, settings(&canary)).await;
            assert_eq!(hits.count(), targets.len() + 1, "the control: the canary hears what is meant for it");
        }
    }
}

#[tokio::test]
async fn a_gateway_that_says_no_with_status_200_is_understood() {
    let (url, _) = gateway(always(200, r#"{"code": "LIMIT"}"#)).await;
    let told = Told::with(sqlite(), json!({"sms": {"url": url, "success": {"field": "/code", "equals": "OK"}}}));
    told.queue(messages(told.order, 1)).await;
    told.run_at(1).await;
    assert_eq!(told.count(Channel::Sms, State::Failed).await, 1);
}

/// A server dies after the gateway has taken a batch and before the results are written. Another takes over when the
/// lease is over: nobody is left out, and whoever gets a second copy gets it under the same id, at most one batch.
#[tokio::test]
async fn a_server_that_dies_while_sending_loses_nothing() {
    let slow = |_: &_| (200, "", Duration::from_millis(300));
    let (url, texts) = gateway(Arc::new(slow)).await;
    let store = sqlite();
    let told = Told::with(store.clone(), json!({"sms": {"url": url}}));
    told.queue(messages(told.order, 120)).await;
    let (runner, now) = (told.runner.clone(), told.house.clock().now());
    let dying = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    dying.spawn(async move { runner.run_due(now).await });
    while texts.count() < 20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    dying.shutdown_background();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let before = texts.count();
    let next = Told::with(store, json!({"sms": {"url": url}}));
    next.run_at(61).await;
    let times = texts.times();
    let copies = texts.count() - times.len();
    println!("{before} were taken before the end; {copies} came twice, each under its own id");
    assert_eq!(times.len(), 120, "everybody is told");
    assert!(copies <= 50 && times.values().all(|times| *times <= 2), "{copies} copies");
    assert_eq!(next.count(Channel::Sms, State::Sent).await, 120);
}

#[tokio::test]
async fn group_robots_are_spoken_to_as_they_want() {
    let (url, heard) = gateway(always(200, r#"{"errcode": 0, "errmsg": "ok"}"#)).await;
    let robots = json!([
        {"kind": "wecom", "name": "街道群", "url": format!("{url}/cgi-bin/webhook/send?key=k"), "per_minute": 60000},
        {"kind": "dingtalk", "name": "机关群", "url": format!("{url}/robot/send?access_token=t"), "secret": "SEC1", "per_minute": 60000},
    ]);
    let told = Told::with(sqlite(), json!({"robots": robots}));
    for expected in [2, 0] {
        let (house, order) = (told.house.clone(), told.order);
        let told_now = told
            .house
            .store
            .change(told.act(), move |tx| notices::tell_groups(tx, &house, &here(), order, 1, "请看岗位"))
            .await
            .unwrap();
        assert_eq!(told_now, expected);
    }
    told.run_at(0).await;
    let mut heard = heard.all();
    heard.sort_by(|one, other| one.to.cmp(&other.to));
    assert_eq!(heard[0].to, "POST /cgi-bin/webhook/send?key=k HTTP/1.1");
    // Worked out beside this program: HMAC-SHA256("SEC1", "1663171200000\nSEC1"), Base64, percent-encoded.
    assert_eq!(
        heard[1].to,
        "POST /robot/send?access_token=t&timestamp=1663171200000&sign=Jl%2FWWgVDx7Hezyhrkbb2LiV93g%2FUHXumFlg0U8ND5pY%3D HTTP/1.1"
    );
    for taken in heard {
        let body: Value = serde_json::from_str(&taken.body).unwrap();
        assert_eq!(body, json!({"msgtype": "text", "text": {"content": "请看岗位"}}));
    }
}
