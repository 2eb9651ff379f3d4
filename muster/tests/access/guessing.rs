//! Guessing: ten wrong tries in a quarter of an hour for an account and for an address, and never one more, however they
//! come; whoever signed in from this device before is not locked out by strangers.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
};
use domain::{Id, Role, Scope, things};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tower::ServiceExt as _;
use web::access::{accounts, passwords, standing};

use crate::{
    asking::OWN_ORIGIN,
    world::{World, change, sqlite},
};

const PASSWORD: &str = "三人行必有我师焉择其善者而从之";

/// What came back from a form that signs in.
struct Came {
    status: StatusCode,
    cookies: Vec<String>,
    text: String,
}

impl Came {
    fn is_in(&self) -> bool {
        self.cookies.iter().any(|cookie| cookie.starts_with("muster="))
    }
}

async fn form(router: &Router, path: &str, body: String, from: &str, cookie: Option<&str>) -> Came {
    let peer = SocketAddr::from((from.parse::<IpAddr>().unwrap(), 40_000));
    let mut request = Request::post(path)
        .header(header::HOST, "muster.test")
        .header(header::ORIGIN, OWN_ORIGIN)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(ConnectInfo(peer));
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let response = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let cookies = parts.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let cookies = cookies.map(|text| text.split(';').next().unwrap().to_owned()).collect();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Came { status: parts.status, cookies, text: String::from_utf8_lossy(&bytes).into_owned() }
}

fn sign_in(login: &str, password: &str) -> String {
    let encoded = password.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"));
    format!("login={login}&password={encoded}")
}

/// A house with one officer who has a password.
async fn house() -> web::testing::TestHouse {
    let test = web::testing::TestHouse::new(sqlite(), &muster::duties::all()).await;
    let hash = passwords::hash(PASSWORD.to_owned()).await.unwrap();
    change(&test, move |tx| {
        let district = "440902".parse().unwrap();
        let newcomer = accounts::Newcomer { district: &district, login: "officer", name: "值班长", phone: None };
        let account = accounts::create(tx, &newcomer)?;
        standing::grant(tx, account.uuid(), Role::DutyOfficer, &Scope::District)?;
        Ok(accounts::set_password(tx, account, &hash)?)
    })
    .await;
    test
}

/// How many of these tries were looked at, and how many came in.
async fn storm(router: &Router, tries: impl Iterator<Item = (String, String)>) -> (usize, usize) {
    let tries: Vec<(String, String)> = tries.collect();
    let asked =
        stream::iter(tries).map(|(from, body)| async move { form(router, "/sign-in", body, &from, None).await });
    let came: Vec<Came> = asked.buffer_unordered(16).collect().await;
    let looked_at = came.iter().filter(|came| came.status == StatusCode::FORBIDDEN || came.is_in()).count();
    (looked_at, came.iter().filter(|came| came.is_in()).count())
}

#[tokio::test]
async fn ten_thousand_guesses_let_nobody_in() {
    let test = house().await;
    let from = |number: u32| format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    // One account from everywhere; the true password is among the guesses, and too late.
    let one = (0..5_000_u32).map(|number| {
        let guess = if number == 4_000 { PASSWORD.to_owned() } else { format!("guess number {number}") };
        (from(number), sign_in("officer", &guess))
    });
    assert_eq!(storm(&test.router, one).await, (10, 0));
    // Every account from one address.
    let many = (0..5_000_u32).map(|number| ("192.0.2.7".to_owned(), sign_in(&format!("somebody{number}"), "guess")));
    assert_eq!(storm(&test.router, many).await, (10, 0));
    test.clock.set(test.clock.now().plus_min(16));
    let control = form(&test.router, "/sign-in", sign_in("officer", PASSWORD), "192.0.2.7", None).await;
    assert!(control.is_in(), "a quarter of an hour later the right password opens: {}", control.text);
}

#[tokio::test]
async fn a_known_device_is_not_locked_out_by_strangers() {
    let test = house().await;
    let router = &test.router;
    let first = form(router, "/sign-in", sign_in("officer", PASSWORD), "192.0.2.1", None).await;
    let device = first.cookies.iter().find(|cookie| cookie.starts_with("device=")).expect("a mark is given").clone();
    for number in 0..12 {
        form(router, "/sign-in", sign_in("officer", "guess"), &format!("198.51.100.{number}"), None).await;
    }
    let stranger = form(router, "/sign-in", sign_in("officer", PASSWORD), "192.0.2.1", None).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS, "the account is resting");
    let known = form(router, "/sign-in", sign_in("officer", PASSWORD), "192.0.2.1", Some(&device)).await;
    assert!(known.is_in(), "{}", known.text);
    // A mark is good for its own account only, and has no more than ten tries of its own.
    let other = form(router, "/sign-in", sign_in("administrator", "x"), "192.0.2.1", Some(&device)).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let forged = form(router, "/sign-in", sign_in("officer", "x"), "192.0.2.2", Some("device=abc.def")).await;
    assert_eq!(forged.status, StatusCode::TOO_MANY_REQUESTS);
    let mut looked_at = 0;
    for _ in 0..30 {
        let reply = form(router, "/sign-in", sign_in("officer", "guess"), "192.0.2.1", Some(&device)).await;
        looked_at += usize::from(reply.status == StatusCode::FORBIDDEN);
    }
    assert_eq!(looked_at, 10);
}

/// Behind the proxy of this machine the address that counts is the one the proxy names; from elsewhere nobody may name one.
#[tokio::test]
async fn only_a_proxy_says_where_a_request_comes_from() {
    let test = house().await;
    let ask = async |peer: &str, named: &str, login: &str| {
        let peer = SocketAddr::from((peer.parse::<IpAddr>().unwrap(), 40_000));
        let request = Request::post("/sign-in")
            .header(header::HOST, "muster.test")
            .header(header::ORIGIN, OWN_ORIGIN)
            .header("x-forwarded-for", named)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(peer))
            .body(Body::from(sign_in(login, "guess")))
            .unwrap();
        test.router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    for number in 0..12 {
        let refused = ask("127.0.0.1", &format!("203.0.113.9, 198.51.100.{number}"), &format!("a{number}")).await;
        assert_eq!(refused, 403, "each has an address of their own");
    }
    let mut from_one = Vec::new();
    for number in 0..12 {
        from_one.push(ask("203.0.113.50", &format!("198.51.100.{number}"), &format!("b{number}")).await);
    }
    assert_eq!(from_one[10..], [429, 429], "a stranger's word about itself is not believed");
}

#[tokio::test]
async fn four_digits_fall_to_nobody() {
    let world = World::new().await;
    let (router, clock) = (world.router(), &world.test.clock);
    let volunteer: Id<things::Volunteer> = world.here.id("volunteer");
    let badge = world.here.things["code"].clone();
    let phone = world.test.house.store.look(move |tx| responders::person(tx, volunteer)).await.unwrap().unwrap().phone;
    let right = phone.as_str()[phone.as_str().len() - 4..].to_owned();
    let enter = async |digits: &str, from: u32| {
        form(
            &router,
            "/enter",
            format!("badge={badge}&digits={digits}"),
            &format!("10.9.{}.{}", from >> 8, from & 255),
            None,
        )
        .await
    };
    assert!(enter(&right, 0).await.is_in(), "the control: the right digits open");
    let (mut looked_at, mut came_in) = (0, 0);
    // Five days of every quarter of an hour, from a new address each time.
    for number in 0..480_u32 {
        let guess = format!("{number:04}");
        let reply = enter(if guess == right { "9999" } else { &guess }, number).await;
        looked_at += usize::from(reply.text.contains("responders.2"));
        came_in += usize::from(reply.is_in());
        clock.set(clock.now().plus_min(15));
    }
    assert_eq!((looked_at, came_in), (5, 0));
    let shut = enter(&right, 600).await;
    assert!(shut.text.contains("responders.14"), "what to do is said: {}", shut.text);
    let officer = world.token(&world.here.district, Role::DutyOfficer, Scope::District).await;
    let mut client = world.test.stranger();
    client.token = Some(officer);
    assert_eq!(client.get(&format!("/volunteers/{volunteer}")).await.json()["entrance_is_shut"], true);
    client.post(&format!("/volunteers/{volunteer}/entrance"), json!({})).await.json();
    assert!(enter(&right, 601).await.is_in(), "opened again, the right digits open");
}
