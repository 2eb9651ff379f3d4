//! A small district made for the tests: three teams of two organisations and a few volunteers.

use std::collections::HashMap;

use domain::{Actor, District, Id, PostRole, things};
use jiff::tz::TimeZone;
use responders::{
    Person,
    attendance::{self, CheckIn},
    register::{Counts, Reading, TeamRow, Verdict, VolunteerRow, apply_teams, apply_volunteers},
};
use store::{Act, Migration, Store};
use uuid::Uuid;
use web::{
    Fault, House,
    house::own_duty,
    testing::{MIDNIGHT, TestHouse},
};

pub fn maonan() -> District {
    "440902".parse().unwrap()
}

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

pub fn migrations() -> Vec<Migration> {
    House::migrations(&[own_duty(), responders::duty()])
}

/// The same test on both engines.
pub fn both_engines() -> Vec<Store> {
    vec![store::testing::sqlite(migrations()), store::testing::postgres(migrations())]
}

pub async fn house() -> TestHouse {
    let house = TestHouse::new(store::testing::sqlite(migrations()), &[own_duty(), responders::duty()]).await;
    settle(&house.house.store).await;
    house
}

pub fn act(store: &Store) -> Act {
    Act::new(Actor::system(), store.clock().now())
}

pub fn team(number: u64, code: &str, organisation: &str) -> TeamRow {
    TeamRow {
        number,
        code: code.to_owned(),
        name: format!("{code}队"),
        organisation: organisation.to_owned(),
        latitude: "21.66".to_owned(),
        longitude: "110.92".to_owned(),
    }
}

pub fn volunteer(number: u64, code: &str, name: &str, team: &str) -> VolunteerRow<'static> {
    VolunteerRow {
        number,
        code: code.to_owned().into(),
        name: name.to_owned().into(),
        phone: format!("1990000{number:04}").into(),
        team: team.to_owned().into(),
        latitude: "21.661".into(),
        longitude: "110.921".into(),
        roles: "gatekeeper;信息采集员".into(),
        languages: "cmn;yue".into(),
        ..VolunteerRow::default()
    }
}

/// Three teams, and the volunteers V1 … V6.
pub async fn settle(store: &Store) {
    take_teams(store, vec![team(2, "T1", "区教育局"), team(3, "T2", "区教育局"), team(4, "T3", "河东街道")]).await;
    let names = ["陈小明", "李四", "欧阳娜", "王五", "赵六", "陈小明"];
    let teams = ["T1", "T1", "T1", "T2", "T2", "T3"];
    let rows = (0..6).map(|n: usize| volunteer(n as u64 + 2, &format!("V{}", n + 1), names[n], teams[n]));
    let (verdicts, counts) = take(store, rows.collect()).await;
    assert_eq!(counts.new, 6, "{verdicts:?}");
}

pub async fn take_teams(store: &Store, rows: Vec<TeamRow>) -> Counts {
    store.change(act(store), move |tx| Ok::<_, Fault>(apply_teams(tx, &maonan(), &rows)?)).await.unwrap()
}

/// Judges, seals and applies one chunk, each where it belongs: readers read, the gate writes.
pub async fn take(store: &Store, rows: Vec<VolunteerRow<'static>>) -> (Vec<Verdict>, Counts) {
    let judging = store.look(move |tx| {
        let mut reading = Reading::begin(tx, &maonan(), &zone())?;
        let judged = reading.judge(tx, &rows)?;
        Ok::<_, store::Error>((judged.verdicts().to_vec(), judged.seal(tx, &reading)))
    });
    let (verdicts, ready) = judging.await.unwrap();
    let counts = store.change(act(store), move |tx| apply_volunteers(tx, &maonan(), &ready)).await.unwrap();
    (verdicts, counts)
}

/// Everybody's id by code.
pub async fn ids(store: &Store) -> HashMap<String, Id<things::Volunteer>> {
    let all = store.look(|tx| {
        let mut all = HashMap::new();
        responders::each_for_allocation(tx, &maonan(), |head| {
            all.insert(head.code, head.id);
        })?;
        Ok::<_, store::Error>(all)
    });
    all.await.unwrap()
}

/// Somebody stands at a site from eight hours ago (in time) to now or to an hour given.
pub async fn stood(
    store: &Store,
    volunteer: Id<things::Volunteer>,
    from_h: i64,
    until_h: Option<i64>,
) -> Id<things::Attendance> {
    let id = Id::fresh(MIDNIGHT);
    let arrival = CheckIn {
        id,
        volunteer,
        order: Id::from_uuid(Uuid::from_u128(1)),
        site: Id::from_uuid(Uuid::from_u128(10)),
        site_name: "城南小学".to_owned(),
        role: Some(PostRole::Registrar),
        due: Some(MIDNIGHT.plus_h(from_h)),
        at: MIDNIGHT.plus_h(from_h),
        by: Uuid::nil(),
    };
    let done = store.change(act(store), move |tx| {
        attendance::check_in(tx, arrival.clone())?;
        if let Some(until_h) = until_h {
            attendance::check_out(tx, volunteer, MIDNIGHT.plus_h(until_h), Uuid::nil())?;
        }
        Ok::<_, store::Error>(())
    });
    done.await.unwrap();
    id
}

pub async fn person(store: &Store, id: Id<things::Volunteer>) -> Person {
    store.look(move |tx| responders::person(tx, id)).await.unwrap().unwrap()
}

/// How often something of a kind stands in the journal.
pub async fn recorded(store: &Store, kind: &'static str) -> usize {
    let entries = store.look(|tx| store::journal::after(tx, 0, 10_000, None)).await.unwrap();
    entries.iter().filter(|entry| entry.kind == kind).count()
}
