//! A small night, whole: the people of two divisions act over HTTP from the order to the going home, and the books that
//! they kept are laid beside those of the server. The controls plant what must never happen and see that it is found.

use std::sync::Arc;

use muster::{
    commands::demo::{self, Running},
    ground::Ground,
};
use serde_json::json;
use sim::{
    Night, Recipe,
    night::{Figures, Manners},
};
use store::{Act, Address, Error, testing};

/// Two divisions of the report's district: some eighteen sites and some five hundred people.
const DIVISIONS: usize = 2;

/// A night that has begun.
struct Small {
    night: Arc<Night>,
    running: Running,
    folder: testing::Folder,
}

impl Small {
    async fn begin(address: Option<Address>, seed: u64, manners: Manners) -> Self {
        let folder = testing::Folder::new();
        let (files, keys) = (folder.path().join("files"), folder.path().join("night.key"));
        let district = Recipe::report(seed).district().expect("the report's size");
        district.first_divisions(DIVISIONS).write(&files).expect("the folder can be written");
        let ground: Ground = serde_json::from_value(json!({ "key_file": keys, "listen": "127.0.0.1:0" })).unwrap();
        let mut ground = ground.settled().unwrap();
        ground.address = address.unwrap_or_else(|| Address::Sqlite(folder.path().join("night.db")));
        let running = Running::start(ground, files, seed, manners).await.unwrap();
        let night = Night::begin(running.stage.clone()).await.unwrap();
        Self { night, running, folder }
    }

    async fn whole(address: Option<Address>, seed: u64) -> Figures {
        let small = Self::begin(address, seed, Manners::default()).await;
        let (figures, faults) = demo::whole_night(&small.night, &small.running.store).await.unwrap();
        assert_eq!(faults, [""; 0], "seed {seed}: {figures:?}");
        small.running.stop().await.unwrap();
        drop(small.folder);
        figures
    }

    /// What differs in the books as they are now.
    async fn faults(&self) -> Vec<String> {
        let books = self.night.books().await.unwrap();
        demo::audit(&self.night, &self.running.store, &books).await.unwrap()
    }

    /// Does something to the database behind everybody's back.
    async fn meddle(&self, statements: &'static [&'static str]) {
        let store = &self.running.store;
        let act = Act::system(store.clock().now());
        let touched =
            store.change(act, move |tx| statements.iter().map(|sql| tx.execute(sql, &[])).sum::<Result<u64, Error>>());
        assert!(touched.await.unwrap() > 0, "nothing was touched");
    }
}

fn look_plausible(figures: &Figures) {
    let Figures { sites, teams, volunteers, assigned, sites_set_up_by_0500, in_place_by_0800, .. } = *figures;
    assert!(sites >= 12 && teams >= 2 && volunteers >= 300, "{figures:?}");
    assert!(assigned > volunteers / 2 && assigned <= volunteers, "{figures:?}");
    assert!(sites_set_up_by_0500 * 10 >= sites * 7 && sites_set_up_by_0500 <= sites, "{figures:?}");
    assert!(in_place_by_0800 * 10 >= assigned * 7 && in_place_by_0800 <= volunteers, "{figures:?}");
    assert!(figures.notices_sent >= assigned && figures.replans > 0, "{figures:?}");
    assert_eq!((figures.notices_lost, figures.duplicate_checkins), (0, 0), "{figures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_of_small_nights_balance_on_sqlite() {
    for seed in 1..=2 {
        look_plausible(&Small::whole(None, seed).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_of_a_small_night_balance_on_postgres() {
    look_plausible(&Small::whole(Some(testing::empty_postgres()), 4).await);
}

/// What is planted, and the words by which it must be found.
const PLANTED: [(&[&str], &str); 5] = [
    (
        &["update assignments set state = 'acknowledged', arrived_at = null where id =
             (select id from assignments where state = 'arrived' and stands_at is null order by id limit 1)"],
        "was acknowledged and is lost",
    ),
    (
        &["update assignments set state = 'arrived', arrived_at = told_at where id =
             (select id from assignments where state in ('told', 'acknowledged') and ended_at is null
                and volunteer not in (select volunteer from attendances) order by id limit 1)"],
        "stands on a roster and never came",
    ),
    (
        &[
            "drop index attendances_open",
            "insert into attendances (id, district, volunteer, team, order_id, site, site_name, in_at, in_by)
             select randomblob(16), a.district, a.volunteer, a.team, a.order_id, s.site, a.site_name, a.in_at, a.in_by
               from attendances a join order_sites s on s.order_id = a.order_id and s.site <> a.site
              where a.out_at is null and a.undone_at is null order by a.id limit 1",
        ],
        "stands in two places",
    ),
    (
        &["delete from notices where id = (select id from notices where channel = 'sms' order by id limit 1)"],
        "messages in the outbox",
    ),
    (&["update journal set at = at + 1 where number = 100"], "entry 100 was altered"),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_planted_in_the_books_is_found() {
    let small = Small::begin(None, 5, Manners::default()).await;
    small.night.play_until(small.night.at_minute(demo::BOOKS_AT_MIN)).await.unwrap();
    let mut before = small.faults().await;
    assert_eq!(before, [""; 0], "before anything was planted");
    for (statements, words) in PLANTED {
        assert!(!before.iter().any(|fault| fault.contains(words)), "{words}: {before:?}");
        small.meddle(statements).await;
        before = small.faults().await;
        assert!(before.iter().any(|fault| fault.contains(words)), "not found: {words}: {before:?}");
    }
    small.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_loses_messages_is_found() {
    let manners = Manners { loses_one_in: Some(50), ..Manners::default() };
    let small = Small::begin(None, 6, manners).await;
    let faults = small.faults().await;
    assert!(faults.iter().any(|fault| fault.contains("taken by the gateway")), "{faults:?}");
    small.running.stop().await.unwrap();
}
