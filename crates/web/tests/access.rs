//! Coming in, through the front door: who gets in, who does not, and what ends.

use domain::{Actor, Role, Scope};
use serde_json::json;
use store::{Act, Store};
use web::{
    Fault, House,
    access::{accounts, doors, sessions},
    testing::TestHouse,
};

async fn house() -> TestHouse {
    let duties = vec![web::house::own_duty()];
    TestHouse::new(store(&duties), &duties).await
}

fn store(duties: &[web::Duty]) -> Store {
    store::testing::sqlite(House::migrations(duties))
}

async fn change<T: Send + 'static>(
    test: &TestHouse,
    work: impl FnMut(&mut store::Tx) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let act = Act::system(test.clock.now());
    test.house.store.change(act, work).await
}

#[tokio::test]
async fn a_fresh_house_has_no_password_to_guess() {
    let test = house().await;
    for password in ["admin", "administrator", "", "password"] {
        let body = json!({"login": "administrator", "password": password});
        let refused = test.stranger().post("/sign-in", body).await;
        assert!(!refused.status.is_success() && !refused.status.is_redirection(), "{password} let somebody in");
    }
}

#[tokio::test]
async fn a_one_time_code_works_once() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    let made =
        admin.post("/accounts", json!({"login": "officer", "name": "值班长", "role": "duty_officer"})).await.json();
    let account = made["account"].as_str().unwrap().to_owned();
    let link = admin.post(&format!("/accounts/{account}/link"), json!({})).await.json();
    let path = link["address"].as_str().unwrap().strip_prefix("http://muster.test").unwrap().to_owned();
    let first = test.stranger().page_post(&path).await;
    assert_eq!(first.status.as_u16(), 303);
    assert_eq!(
        test.stranger().post(&path, json!({})).await.refused(),
        "403 web.5",
        "a program without a token has no origin"
    );
    assert_eq!(test.stranger().page_post(&path).await.status.as_u16(), 410);
}

#[tokio::test]
async fn suspension_ends_sessions_and_doors_at_once() {
    let test = house().await;
    let (token, code) = change(&test, |tx| {
        let district = "440902".parse().unwrap();
        let newcomer = accounts::Newcomer { district: &district, login: "lead", name: "组长", phone: None };
        let account = accounts::create(tx, &newcomer)?;
        accounts::grant(tx, &district, account, Role::Administrator, &Scope::District)?;
        let actor = Actor::new(domain::ActorKind::Account, account.uuid());
        let token = sessions::begin(tx, actor, &district, Some(1), None)?;
        let code = doors::open(tx, actor, &district, doors::Kind::Personal, None)?;
        Ok((token, code))
    })
    .await
    .unwrap();
    let mut lead = test.stranger();
    lead.token = Some(token);
    let page = lead.get("/accounts").await.json();
    let id = page["accounts"].as_array().unwrap().iter().find(|a| a["login"] == "lead").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let admin = test.client(Role::Administrator, Scope::District).await;
    admin.post(&format!("/accounts/{id}/suspension"), json!({})).await.json();
    assert_eq!(lead.get("/accounts").await.refused(), "401 web.1");
    assert_eq!(test.stranger().page_post(&format!("/enter/{code}")).await.status.as_u16(), 410);
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_not_longer_than_a_week() {
    let test = house().await;
    let tokens = change(&test, |tx| {
        let district = "440902".parse().unwrap();
        let newcomer = accounts::Newcomer { district: &district, login: "chief", name: "点长", phone: None };
        let account = accounts::create(tx, &newcomer)?;
        accounts::grant(tx, &district, account, Role::Administrator, &Scope::District)?;
        let actor = Actor::new(domain::ActorKind::Account, account.uuid());
        let mut begin = || sessions::begin(tx, actor, &district, Some(sessions::SESSION_H), None);
        Ok([begin()?, begin()?])
    });
    let [used, unused] = tokens.await.unwrap().map(|token| {
        let mut somebody = test.stranger();
        somebody.token = Some(token);
        somebody
    });
    let began = test.clock.now();
    for hours in (0..=8).map(|turn| turn * 19) {
        test.clock.set(began.plus_h(hours));
        assert!(used.get("/accounts").await.status.is_success(), "after {hours} h, 19 h after the last use");
    }
    assert_eq!(unused.get("/accounts").await.refused(), "401 web.1", "the control: unused for longer than 20 h");
    test.clock.set(began.plus_h(167));
    assert!(used.get("/accounts").await.status.is_success());
    test.clock.set(began.plus_h(169));
    assert_eq!(used.get("/accounts").await.refused(), "401 web.1", "a week is the end");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    let page = admin.get("/accounts").await.json();
    let only = page["accounts"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.post(&format!("/accounts/{only}/suspension"), json!({})).await.refused(), "409 web.14");
    let roles = format!("/accounts/{only}/grants");
    let gives_up = json!({"role": "administrator", "withdraw": true});
    assert_eq!(admin.post(&roles, gives_up.clone()).await.refused(), "409 web.14");
    let body = json!({"login": "second", "name": "二", "role": "administrator"});
    admin.post("/accounts", body).await.json();
    admin.post(&roles, gives_up).await.json();
}

/// Weeks later, and in the browser: roles change, and whoever was suspended is let in again.
#[tokio::test]
async fn an_account_is_changed_on_its_line() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    let body = json!({"login": "night", "name": "夜班", "role": "duty_officer"});
    let id = admin.post("/accounts", body).await.json()["account"].as_str().unwrap().to_owned();
    let line = async || {
        let page = admin.get("/accounts").await.json();
        let of = |it: &&serde_json::Value| it["login"] == "night";
        page["accounts"].as_array().unwrap().iter().find(of).unwrap().clone()
    };
    let html = async || admin.page("/accounts", "en").await.text;
    assert!(html().await.contains("Take away: Duty officer"), "{}", html().await);
    admin.post(&format!("/accounts/{id}/grants"), json!({"role": "allocator"})).await.json();
    admin.post(&format!("/accounts/{id}/grants"), json!({"role": "duty_officer", "withdraw": true})).await.json();
    assert_eq!(line().await["roles"], json!(["allocator"]));
    admin.post(&format!("/accounts/{id}/suspension"), json!({})).await.json();
    assert!(html().await.contains("Let in again"));
    admin.post(&format!("/accounts/{id}/suspension"), json!({"back": true})).await.json();
    assert_eq!(line().await["suspended"], false);
    assert!(!html().await.contains("Let in again"));
}

#[tokio::test]
async fn not_yours_and_not_there_answer_alike() {
    let test = house().await;
    let volunteer = test.volunteer(domain::Id::fresh(test.clock.now())).await;
    let not_yours = volunteer.get("/accounts").await;
    let not_there = volunteer.get("/nothing/at/all").await;
    assert_eq!(not_yours.refused(), "404 web.2");
    assert_eq!(not_there.refused(), not_yours.refused());
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let test = house().await;
    for origin in [Some("https://evil.example"), Some("null"), None] {
        let reply = test.stranger().form("/sign-in", "login=a&password=b", origin).await;
        assert_eq!(reply.status.as_u16(), 403, "{origin:?}");
        assert!(reply.text.contains("web.5"), "{origin:?}");
    }
    let own = test.stranger().form("/sign-in", "login=a&password=b", Some("http://muster.test")).await;
    assert!(own.text.contains("web.7"), "the control: our own origin is heard");
}

#[tokio::test]
async fn guessing_stops_at_ten_tries() {
    let test = house().await;
    let mut refused = Vec::new();
    for _ in 0..12 {
        let reply = test.stranger().form("/sign-in", "login=officer&password=guess", Some("http://muster.test")).await;
        refused.push(reply.status.as_u16());
    }
    assert_eq!(refused[..10], [403; 10]);
    assert_eq!(refused[10..], [429; 2]);
}

#[tokio::test]
async fn the_same_key_has_one_effect_and_other_content_is_kept() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    let key = Some(uuid::Uuid::new_v4());
    let ask = json!({"login": "officer", "name": "值班长", "role": "duty_officer"});
    let first = admin.post_with_key("/accounts", ask.clone(), key).await.json();
    let again = admin.post_with_key("/accounts", ask, key).await.json();
    assert_eq!(first, again);
    let other = json!({"login": "officer2", "name": "值班长", "role": "duty_officer"});
    assert_eq!(admin.post_with_key("/accounts", other, key).await.refused(), "409 web.4");
    decides(&test).await;
    let control = json!({"login": "officer", "name": "值班长", "role": "duty_officer"});
    assert_eq!(admin.post("/accounts", control).await.refused(), "409 web.10", "without a key it is a second request");
}

/// The duty officer sees both versions, does the second, and nothing is left to decide.
async fn decides(test: &TestHouse) {
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    assert_eq!(admin.get("/conflicts").await.refused(), "404 web.2", "an administrator does not decide");
    let shown = officer.get("/conflicts").await.json();
    let conflict = &shown["conflicts"][0];
    let login = |version: &serde_json::Value| {
        let fields = version["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == "login").unwrap()["value"].clone()
    };
    assert_eq!((login(&conflict["first"]), login(&conflict["second"])), (json!("officer"), json!("officer2")));
    for (lang, word) in [("zh-CN", "待核定"), ("en", "To decide")] {
        let page = officer.page("/conflicts", lang).await;
        assert!(page.status.is_success() && page.text.contains(word), "{}", page.text);
        assert!(!page.text.contains('⟦'), "{lang} lacks a word");
        assert!(officer.page("/sign-in", lang).await.text.contains("href=\"/conflicts\""), "the navigation has it");
    }
    let choose = |choice: &str| json!({"conflict": conflict["id"], "choice": choice});
    let refused = officer.post("/conflicts", choose("second")).await;
    assert_eq!(refused.refused(), "409 web.19", "a duty officer may not make accounts: {}", refused.text);
    officer.post("/conflicts", choose("first")).await.json();
    assert_eq!(officer.post("/conflicts", choose("noted")).await.refused(), "409 web.18");
    assert_eq!(officer.get("/conflicts").await.json()["conflicts"], json!([]));
    let page = officer.page("/conflicts", "zh-CN").await.text;
    assert!(
        page.contains("没有待核定") && !page.contains("href=\"/conflicts\""),
        "nothing waits, nothing points there"
    );
    let entries = test.house.store.journal_after(0, 1000, None).await.unwrap();
    assert!(entries.iter().any(|entry| entry.kind == "web.conflict_settled" && entry.details.contains("first")));
}

#[tokio::test]
async fn of_two_who_decide_at_once_only_one_has_an_effect() {
    let test = house().await;
    for turn in 0..6 {
        let (admin, key) = (test.client(Role::Administrator, Scope::District).await, Some(uuid::Uuid::new_v4()));
        let ask = |login: &str| json!({"login": format!("{login}{turn}"), "name": "值班长", "role": "administrator"});
        admin.post_with_key("/accounts", ask("first"), key).await.json();
        assert_eq!(admin.post_with_key("/accounts", ask("second"), key).await.refused(), "409 web.4");
        // One who may make accounts and decide.
        let (one, other) = (decider(&test).await, decider(&test).await);
        let conflict = one.get("/conflicts").await.json()["conflicts"][0]["id"].clone();
        let choose = |choice: &str| json!({"conflict": conflict, "choice": choice});
        let (did, left) = tokio::join!(
            one.post("/conflicts", choose("second")),
            other.post("/conflicts", choose(if turn % 2 == 0 { "first" } else { "second" }))
        );
        assert_eq!(usize::from(did.status.is_success()) + usize::from(left.status.is_success()), 1);
        let accounts = admin.get("/accounts").await.text;
        let is_second = did.status.is_success() || turn % 2 == 1;
        assert_eq!(accounts.matches(&format!("second{turn}")).count(), usize::from(is_second), "{accounts}");
        let refused = if did.status.is_success() { left } else { did };
        assert_eq!(refused.refused(), "409 web.18");
        assert_eq!(one.get("/conflicts").await.json()["conflicts"], json!([]));
    }
}

/// Somebody with the roles of a duty officer and of an administrator.
async fn decider(test: &TestHouse) -> web::testing::Client {
    let client = test.client(Role::DutyOfficer, Scope::District).await;
    let token = client.token.clone().unwrap();
    let also = move |tx: &mut store::Tx| {
        let standing = sessions::recognise(tx, &token, tx.at())?.unwrap();
        Ok(web::access::standing::grant(tx, standing.actor.id, Role::Administrator, &Scope::District)?)
    };
    change(test, also).await.unwrap();
    client
}

#[tokio::test]
async fn a_clock_that_ran_ahead_locks_nobody_out() {
    let test = house().await;
    let guess = async || {
        let reply = test.stranger().form("/sign-in", "login=officer&password=guess", Some("http://muster.test")).await;
        reply.status.as_u16()
    };
    test.clock.set(test.clock.now().plus_h(24 * 400));
    for _ in 0..10 {
        guess().await;
    }
    assert_eq!(guess().await, 429, "the control: ten tries are what there is");
    test.clock.set(test.clock.now().plus_h(-24 * 400));
    assert_eq!(guess().await, 403);
}

#[tokio::test]
async fn what_is_over_goes_after_a_month_that_was_lived() {
    let test = house().await;
    let begun = test.clock.now();
    let actor = Actor::new(domain::ActorKind::Volunteer, uuid::Uuid::new_v4());
    let begin = move |tx: &mut store::Tx| {
        doors::open(tx, actor, &"440902".parse().unwrap(), doors::Kind::Once, Some(24))?;
        Ok(sessions::begin(tx, actor, &"440902".parse().unwrap(), Some(sessions::SESSION_H), None)?)
    };
    change(&test, begin).await.unwrap();
    test.client(Role::Administrator, Scope::District).await;
    let kept = async || {
        let count = "select (select count(*) from sessions) * 100 + (select count(*) from doors) as n";
        let look =
            move |tx: &mut store::Tx| Ok::<_, Fault>(tx.one(count, store::params![], |row| row.get::<i64>("n"))?);
        test.house.store.look(look).await.unwrap()
    };
    let before = kept().await;
    // A year by the calendar, and nothing lived.
    test.clock.set(begun.plus_h(24 * 400));
    test.runner.run_due(test.clock.now()).await.unwrap();
    assert_eq!(kept().await, before, "a clock that jumps takes nothing away");
    let lived = move |tx: &mut store::Tx| {
        let hours = (0..32 * 24_i64).map(|hour| [store::Value::from(hour + 1), begun.plus_h(hour + 24).into()]);
        Ok(tx.insert_many("insert into lived (hour, at)", "", hours)?)
    };
    change(&test, lived).await.unwrap();
    test.clock.set(test.clock.now().plus_h(2));
    test.runner.run_due(test.clock.now()).await.unwrap();
    assert_eq!(kept().await, before - 100 - 1, "the session and the door go, the token and the first door stay");
}

#[tokio::test]
async fn what_a_visitor_sends_under_a_key_is_kept_nowhere() {
    let test = house().await;
    let kept = || {
        let count = "select (select count(*) from replies) + (select count(*) from conflicts) as n";
        test.house.store.look(move |tx| Ok::<_, Fault>(tx.one(count, store::params![], |row| row.get::<i64>("n"))?))
    };
    let key = uuid::Uuid::new_v4();
    for password in ["geheim", "anders"] {
        let body = format!("_key={key}&login=officer&password={password}");
        assert_eq!(test.stranger().form("/sign-in", &body, Some("http://muster.test")).await.status.as_u16(), 403);
    }
    assert_eq!(kept().await.unwrap(), 0, "a password was kept");
    let admin = test.client(Role::Administrator, Scope::District).await;
    let ask = json!({"login": "officer", "name": "值班长", "role": "duty_officer"});
    admin.post_with_key("/accounts", ask, Some(key)).await.json();
    assert_eq!(kept().await.unwrap(), 1, "the control: what somebody known sends is kept");
}

#[tokio::test]
async fn every_own_page_renders_in_both_languages() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    for path in ["/sign-in", "/accounts", "/pages", "/password", "/enter/ABC"] {
        for lang in ["zh-CN", "en"] {
            let reply = admin.page(path, lang).await;
            assert!(reply.status.is_success(), "{path} {lang}: {}", reply.status);
            assert!(!reply.text.contains('⟦'), "{path} {lang} lacks a word");
            assert!(reply.text.contains(&format!("lang=\"{lang}\"")));
        }
    }
}

#[tokio::test]
async fn the_api_describes_itself() {
    let test = house().await;
    let admin = test.client(Role::Administrator, Scope::District).await;
    let document = web::openapi::describe(&test.house.entries, "http://muster.test");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/accounts/{account}/link"));
    assert_eq!(document["openapi"], "3.1.0");
    drop(admin);
}
