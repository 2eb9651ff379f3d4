//! Sessions begin with a new id and end everywhere within a second: pages, the live stream, tokens, other servers.

use std::time::{Duration, Instant};

use axum::{Router, body::Body, extract::Request, http::header};
use domain::{Actor, ActorKind, Id, Role, Scope, things::Account};
use futures_util::StreamExt as _;
use serde_json::json;
use store::Store;
use tower::ServiceExt as _;
use web::{
    House,
    access::{accounts, sessions, standing},
    testing::{Client, TestHouse},
};

use crate::{
    asking::OWN_ORIGIN,
    world::{change, sqlite, token},
};

/// Every promise says a second, and the long tests of a release build ask for it; here the machine is busy with others.
const SOON: Duration = Duration::from_secs(if cfg!(debug_assertions) { 3 } else { 1 });

struct Signed {
    account: Id<Account>,
    token: String,
}

async fn officer(test: &TestHouse) -> Signed {
    change(test, |tx| {
        let (district, login) = ("440902".parse().unwrap(), uuid::Uuid::new_v4().to_string());
        let newcomer = accounts::Newcomer { district: &district, login: &login, name: "值班长", phone: None };
        let account = accounts::create(tx, &newcomer)?;
        standing::grant(tx, account.uuid(), Role::DutyOfficer, &Scope::District)?;
        let actor = Actor::new(ActorKind::Account, account.uuid());
        Ok((account, sessions::begin(tx, actor, &district, Some(1), None)?))
    })
    .await
    .into()
}

impl From<(Id<Account>, String)> for Signed {
    fn from((account, token): (Id<Account>, String)) -> Self {
        Self { account, token }
    }
}

fn client(test: &TestHouse, token: &str) -> Client {
    let mut client = test.stranger();
    client.token = Some(token.to_owned());
    client
}

async fn administrator(test: &TestHouse) -> Client {
    client(test, &token(test, &"440902".parse().unwrap(), Role::Administrator, Scope::District).await)
}

/// Opens the live stream and says how long after `end` it closes; none when it stays open.
async fn closes_after(router: &Router, token: &str, end: impl Future<Output = ()>) -> Option<Duration> {
    let request = Request::get("/live").header(header::COOKIE, format!("muster={token}")).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.status().is_success(), "the stream opens");
    let mut body = response.into_body().into_data_stream();
    let reading = tokio::spawn(async move { while body.next().await.is_some_and(|part| part.is_ok()) {} });
    end.await;
    let began = Instant::now();
    tokio::time::timeout(SOON, reading).await.ok().map(|_| began.elapsed())
}

#[tokio::test]
async fn what_ends_a_session_ends_its_stream() {
    streams_end().await;
}

#[tokio::test]
#[ignore = "long: a second is a second only where nothing else runs"]
async fn what_ends_a_session_ends_its_stream_within_a_second() {
    streams_end().await;
}

async fn streams_end() {
    let test = TestHouse::new(sqlite(), &muster::duties::all()).await;
    let administrator = administrator(&test).await;
    let Signed { account, token } = officer(&test).await;
    let suspended = closes_after(&test.router, &token, async {
        administrator.post(&format!("/accounts/{account}/suspension"), json!({})).await.json();
    });
    println!("suspended: {:?}", suspended.await.expect("the stream goes on after a suspension"));
    let back = json!({"back": true});
    administrator.post(&format!("/accounts/{account}/suspension"), back.clone()).await.json();
    assert_eq!(client(&test, &token).get("/board").await.status.as_u16(), 401, "what has ended stays ended");
    let again = administrator.post(&format!("/accounts/{account}/suspension"), back).await;
    assert_eq!(again.refused(), "404 web.2", "nothing is left to be taken back");
    let Signed { token, .. } = officer(&test).await;
    let themselves = client(&test, &token);
    let signed_out = closes_after(&test.router, &token, async { drop(themselves.post("/sign-out", json!({})).await) });
    println!("signed out: {:?}", signed_out.await.expect("the stream goes on after signing out"));
    let Signed { account, token } = officer(&test).await;
    let changed = closes_after(&test.router, &token, async {
        let body = json!({"role": "allocator"});
        administrator.post(&format!("/accounts/{account}/grants"), body).await.json();
    });
    println!("other rights: {:?}", changed.await.expect("the stream goes on after a change of rights"));
    let Signed { token, .. } = officer(&test).await;
    let Signed { account: other, .. } = officer(&test).await;
    let control = closes_after(&test.router, &token, async {
        administrator.post(&format!("/accounts/{other}/suspension"), json!({})).await.json();
    });
    assert_eq!(control.await, None, "somebody else's suspension closes nothing");
}

#[tokio::test]
async fn another_server_hears_of_it() {
    the_other_server_hears().await;
}

#[tokio::test]
#[ignore = "long: a second is a second only where nothing else runs"]
async fn another_server_hears_of_it_within_a_second() {
    the_other_server_hears().await;
}

async fn the_other_server_hears() {
    let (duties, options) = (muster::duties::all(), store::testing::options());
    let migrations = House::migrations(&duties);
    let store = store::testing::postgres_with(migrations.clone(), options.clone());
    let beside = Store::open(store.address(), migrations, options).unwrap();
    let here = TestHouse::new(store, &duties).await;
    let there = TestHouse::new(beside, &duties).await;
    let administrator = administrator(&here).await;
    let Signed { account, token } = officer(&here).await;
    assert!(client(&there, &token).get("/board").await.status.is_success(), "both servers know the session");
    let closed = closes_after(&there.router, &token, async {
        administrator.post(&format!("/accounts/{account}/suspension"), json!({})).await.json();
    });
    println!("on another server: {:?}", closed.await.expect("the other server's stream goes on"));
    assert_eq!(client(&there, &token).get("/board").await.refused(), "401 web.1");
    let Signed { token, .. } = officer(&here).await;
    let closed = closes_after(&there.router, &token, async {
        drop(client(&here, &token).post("/sign-out", json!({})).await);
    });
    println!("signed out, on another server: {:?}", closed.await.expect("the other server's stream goes on"));
}

#[tokio::test]
async fn a_session_begins_with_a_new_id() {
    let test = TestHouse::new(sqlite(), &muster::duties::all()).await;
    let administrator = administrator(&test).await;
    let Signed { account, token: planted } = officer(&test).await;
    let link = administrator.post(&format!("/accounts/{account}/link"), json!({})).await.json();
    let path = link["address"].as_str().unwrap().strip_prefix(OWN_ORIGIN).unwrap().to_owned();
    // Somebody planted their own session in this browser; the holder of the link comes in over it.
    let given = cookie_of(&test.router, &path, "", &planted).await.expect("the link lets in");
    assert_ne!(given, planted);
    assert_eq!(client(&test, &planted).get("/board").await.refused(), "401 web.1", "the planted one is over");
    assert!(client(&test, &given).get("/board").await.status.is_success());
    let renewed = cookie_of(&test.router, "/password", "password=a+long+enough+sentence", &given).await;
    let renewed = renewed.expect("a new password gives a new session");
    assert_ne!(renewed, given);
    assert_eq!(client(&test, &given).get("/board").await.refused(), "401 web.1", "the session of before is over");
    administrator.post(&format!("/accounts/{account}/grants"), json!({"role": "allocator"})).await.json();
    assert_eq!(client(&test, &renewed).get("/board").await.refused(), "401 web.1", "other rights need a new session");
    let chosen = cookie_of(&test.router, "/sign-in", "login=administrator&password=x", "chosen-by-a-stranger").await;
    assert_eq!(chosen, None);
    assert_eq!(client(&test, "chosen-by-a-stranger").get("/board").await.refused(), "401 web.1");
    // The right password, in a browser in which somebody planted their own session.
    let listed = administrator.get("/accounts").await.json();
    let lines = listed["accounts"].as_array().unwrap();
    let login = lines.iter().find(|line| line["id"] == json!(account)).unwrap()["login"].as_str().unwrap();
    let Signed { token: planted, .. } = officer(&test).await;
    let right = format!("login={login}&password=a+long+enough+sentence");
    let given = cookie_of(&test.router, "/sign-in", &right, &planted).await.expect("the password lets in");
    assert_ne!(given, planted);
    assert!(client(&test, &given).get("/board").await.status.is_success());
    assert_eq!(client(&test, &planted).get("/board").await.refused(), "401 web.1", "the planted one is over");
}

async fn cookie_of(router: &Router, path: &str, body: &str, before: &str) -> Option<String> {
    let request = Request::post(path)
        .header(header::HOST, "muster.test")
        .header(header::ORIGIN, OWN_ORIGIN)
        .header(header::COOKIE, format!("muster={before}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = cookies.filter_map(|text| text.strip_prefix("muster=")?.split(';').next());
    values.next().map(str::to_owned)
}

#[tokio::test]
async fn a_token_ends_when_it_is_taken_back_and_not_with_the_chief() {
    let world = crate::world::World::new().await;
    let district = &world.here.district;
    let (site, other) = (&world.here.things["site"], &world.here.others["site"]);
    let device = world.token(district, Role::SiteChief, Scope::Site(world.here.id("site"))).await;
    let device = client(&world.test, &device);
    let officer = client(&world.test, &world.token(district, Role::DutyOfficer, Scope::District).await);
    for name in ["陈志强", "李丽华"] {
        let body = json!({"name": name, "phone": "13800138000"});
        officer.post(&format!("/sites/{site}/chief"), body).await.json();
        assert!(device.get(&format!("/sites/{site}/roster")).await.status.is_success(), "a device outlasts its chief");
    }
    assert_eq!(device.get(&format!("/sites/{other}/roster")).await.refused(), "404 web.2");
    let administrator = administrator(&world.test).await;
    let listed = administrator.get("/accounts").await.json();
    let tokens = listed["tokens"].as_array().unwrap().iter().filter(|line| line["roles"] == json!(["site_chief"]));
    for line in tokens {
        administrator.post(&format!("/tokens/{}/withdrawal", line["id"].as_str().unwrap()), json!({})).await.json();
    }
    assert_eq!(device.get(&format!("/sites/{site}/roster")).await.refused(), "401 web.1");
}
