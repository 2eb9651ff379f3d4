//! What the tests stand on: a house with this duty, and a few sites.

use domain::{District, Id, Origin, Position, PostRole, things::Order, things::Site};
use places::register::{DivisionRow, SiteRow, apply, apply_divisions};
use store::{Act, Error, Store, testing};
use web::{House, house::own_duty, testing::TestHouse};

pub fn maonan() -> District {
    "440902".parse().unwrap()
}

pub fn sqlite() -> Store {
    testing::sqlite(House::migrations(&[own_duty(), places::duty()]))
}

pub async fn house(store: Store) -> TestHouse {
    TestHouse::new(store, &[own_duty(), places::duty()]).await
}

/// Strewn around Maonan by a fixed rule.
pub fn row(number: u32) -> SiteRow {
    let (north, east) = (f64::from(number * 37 % 100) / 500.0, f64::from(number * 61 % 100) / 400.0);
    SiteRow {
        code: format!("S{number:03}"),
        name: format!("采样点{number}"),
        division: format!("44090200{}", number % 3 + 1),
        address: "文明北路1号".to_owned(),
        position: Position { latitude: 21.6 + north, longitude: 110.8 + east },
        origin: Origin::Wgs84,
        needs: vec![(PostRole::Gatekeeper, 2), (PostRole::Registrar, 10)],
        expected_people: Some(7645),
        priority: 1,
    }
}

/// A house with three divisions and so many sites, and the sites' ids by number.
pub async fn with_sites(store: Store, count: u32) -> (TestHouse, Vec<Id<Site>>) {
    let house = house(store).await;
    let sites = house.house.store.change(Act::system(testing::MIDNIGHT), move |tx| {
        let division = |code: &str, name: &str| DivisionRow { code: code.into(), name: name.into(), position: None };
        let divisions =
            [division("440902001", "红旗街道"), division("440902002", "河西街道"), division("440902003", "河东街道")];
        apply_divisions(tx, &maonan(), &divisions)?;
        let rows: Vec<SiteRow> = (0..count).map(row).collect();
        apply(tx, &maonan(), &rows)?;
        Ok::<_, Error>(places::sites(tx, &maonan())?.into_iter().map(|site| site.id).collect::<Vec<_>>())
    });
    let sites = sites.await.unwrap();
    (house, sites)
}

/// Gives these sites a day under a new order.
pub async fn order(house: &TestHouse, sites: &[Id<Site>]) -> Id<Order> {
    let (order, sites, at) = (Id::fresh(house.clock.now()), sites.to_vec(), house.clock.now());
    let prepared = house.house.store.change(Act::system(at), move |tx| places::readiness::prepare(tx, order, &sites));
    prepared.await.unwrap();
    order
}
