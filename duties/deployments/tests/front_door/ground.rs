//! A small district: sites along a street, teams that answer for them, volunteers who live beside.

use domain::{District, Id, Moment, Origin, Position, PostRole, Role, Scope, things};
use places::register::{DivisionRow, SiteRow};
use responders::register::{Reading, TeamRow, VolunteerRow, apply_teams, apply_volunteers};
use serde_json::{Value, json};
use store::{Act, Store, testing};
use web::{
    Duty, Fault, House,
    house::own_duty,
    testing::{Client, TestHouse},
};

pub fn maonan() -> District {
    "440902".parse().unwrap()
}

pub fn duties() -> Vec<Duty> {
    vec![own_duty(), responders::duty(), places::duty(), notices::duty(), problems::duty(), deployments::duty()]
}

pub fn sqlite() -> Store {
    testing::sqlite(House::migrations(&duties()))
}

/// How large the district is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub sites: u32,
    pub teams: u32,
    pub volunteers: u32,
    /// The last so many are the reserve.
    pub reserve: u32,
}

/// Six sites that need 30 people in all; 40 can come, 4 of them from the reserve.
pub const SMALL: Size = Size { sites: 6, teams: 3, volunteers: 40, reserve: 4 };

/// The house with its district, and the people who work in it.
pub struct Ground {
    pub house: TestHouse,
    pub officer: Client,
    pub sites: Vec<Id<things::Site>>,
    pub volunteers: Vec<Id<things::Volunteer>>,
}

impl Ground {
    pub async fn new(store: Store, size: Size) -> Self {
        Self::with(store, size, &[]).await
    }

    /// With sections of the settings.
    pub async fn with(store: Store, size: Size, sections: &[(&str, Value)]) -> Self {
        let mut settings = web::testing::settings();
        settings.duties.extend(sections.iter().map(|(name, section)| ((*name).to_owned(), section.clone())));
        let house = TestHouse::with(store, settings, &duties()).await;
        let sites = sites(&house, size).await;
        teams(&house, size).await;
        let volunteers = volunteers(&house, size).await;
        links(&house, size).await;
        let officer = house.client(Role::DutyOfficer, Scope::District).await;
        Self { house, officer, sites, volunteers }
    }

    pub async fn small() -> Self {
        Self::new(sqlite(), SMALL).await
    }

    pub fn now(&self) -> Moment {
        self.house.clock.now()
    }

    /// Does what is due, and says that nothing is left but what comes back every hour and the alarms of requests.
    pub async fn work(&self) {
        self.house.runner.run_due(self.now()).await.unwrap();
        let mut left = self.house.house.store.look(store::jobs::pending).await.unwrap();
        left.retain(|job| job.key != "hourly" && (job.kind != "problems.watch" || job.due <= self.now()));
        assert!(left.is_empty(), "work is left: {left:?}");
        let given_up = self.house.house.store.look(store::jobs::given_up).await.unwrap();
        assert!(given_up.is_empty(), "work was given up: {given_up:?}");
    }

    /// Gives the usual order over all sites, also beside another.
    pub async fn order(&self) -> String {
        let given = self.officer.post("/orders", json!({"name": "九月十五日采样", "beside": true})).await.json();
        given["order"].as_str().unwrap().to_owned()
    }

    /// Lets a plan be made; gives its id.
    pub async fn plan(&self, order: &str) -> String {
        let asked = self.officer.post(&format!("/orders/{order}/plans"), json!({})).await.json();
        self.work().await;
        asked["plan"].as_str().unwrap().to_owned()
    }

    pub async fn publish(&self, order: &str, plan: &str) -> Value {
        self.officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await.json()
    }

    /// An order whose people are told; gives its id.
    pub async fn told(&self) -> String {
        let order = self.order().await;
        let plan = self.plan(&order).await;
        self.publish(&order, &plan).await;
        self.work().await;
        order
    }

    pub async fn chief(&self, site: usize) -> Client {
        self.house.client(Role::SiteChief, Scope::Site(self.sites[site])).await
    }

    /// The live assignments of an order, as the program keeps them.
    pub async fn assignments(&self, order: &str) -> Vec<deployments::Assignment> {
        let order = order.parse().unwrap();
        let mut held = self.house.house.store.look(move |tx| deployments::assignments(tx, order)).await.unwrap();
        held.sort_unstable_by_key(|held| (held.site, held.role, held.volunteer));
        held
    }

    pub async fn tallies(&self, order: &str) -> Vec<deployments::Tally> {
        let order = order.parse().unwrap();
        self.house.house.store.look(move |tx| deployments::tallies(tx, order)).await.unwrap()
    }

    /// The people of a site, by role and volunteer.
    pub async fn at_site(&self, order: &str, site: usize) -> Vec<deployments::Assignment> {
        self.assignments(order).await.into_iter().filter(|held| held.site == self.sites[site]).collect()
    }
}

/// 500 metres of street from one number to the next.
fn along(number: f64) -> Position {
    Position { latitude: 21.66, longitude: 110.90 + number * 0.005 }
}

async fn sites(house: &TestHouse, size: Size) -> Vec<Id<things::Site>> {
    let row = |number: u32| SiteRow {
        code: format!("S{number:03}"),
        name: format!("文明路采样点{number}"),
        division: "440902001".to_owned(),
        address: format!("文明路{number}号"),
        position: along(f64::from(number)),
        origin: Origin::Wgs84,
        needs: vec![(PostRole::Gatekeeper, 2), (PostRole::Registrar, 3)],
        expected_people: Some(3000),
        priority: 1,
    };
    let rows: Vec<SiteRow> = (0..size.sites).map(row).collect();
    let act = Act::system(house.clock.now());
    let made = house.house.store.change(act, move |tx| {
        let division = DivisionRow { code: "440902001".into(), name: "红旗街道".into(), position: None };
        places::register::apply_divisions(tx, &maonan(), &[division])?;
        places::register::apply(tx, &maonan(), &rows)?;
        Ok::<_, store::Error>(places::sites(tx, &maonan())?.into_iter().map(|site| site.id).collect())
    });
    made.await.unwrap()
}

async fn teams(house: &TestHouse, size: Size) {
    let row = |number: u32| TeamRow {
        number: number.into(),
        code: format!("T{number:02}"),
        name: format!("第{number}队"),
        organisation: "区直机关".to_owned(),
        latitude: "21.66".to_owned(),
        longitude: "110.90".to_owned(),
    };
    let rows: Vec<TeamRow> = (0..size.teams).map(row).collect();
    let act = Act::system(house.clock.now());
    house.house.store.change(act, move |tx| apply_teams(tx, &maonan(), &rows)).await.unwrap();
}

async fn volunteers(house: &TestHouse, size: Size) -> Vec<Id<things::Volunteer>> {
    let row = |number: u32| {
        let home = along(f64::from(number) * f64::from(size.sites) / f64::from(size.volunteers));
        VolunteerRow {
            number: number.into(),
            code: format!("V{number:04}").into(),
            name: format!("志愿者{number}").into(),
            phone: format!("1380013{number:04}").into(),
            team: format!("T{:02}", number * size.teams / size.volunteers).into(),
            latitude: format!("{:.6}", home.latitude + 0.001).into(),
            longitude: format!("{:.6}", home.longitude).into(),
            roles: if number.is_multiple_of(2) { "gatekeeper;registrar" } else { "registrar" }.into(),
            languages: ["cmn yue", "eng", "eng cmn"][(number % 3) as usize].into(),
            reserve: if number + size.reserve >= size.volunteers { "yes" } else { "" }.into(),
            ..VolunteerRow::default()
        }
    };
    let rows: Vec<VolunteerRow<'_>> = (0..size.volunteers).map(row).collect();
    let zone = house.house.settings.zone.clone();
    let judged = house.house.store.look(move |tx| {
        let mut reading = Reading::begin(tx, &maonan(), &zone)?;
        let judged = reading.judge(tx, &rows)?;
        Ok::<_, store::Error>(judged.seal(tx, &reading))
    });
    let ready = judged.await.unwrap();
    assert_eq!(ready.counts.rejected, 0);
    let act = Act::system(house.clock.now());
    let made = house.house.store.change(act, move |tx| {
        apply_volunteers(tx, &maonan(), &ready)?;
        let mut all = Vec::new();
        responders::each_for_allocation(tx, &maonan(), |head| all.push((head.code, head.id)))?;
        all.sort();
        Ok::<_, Fault>(all.into_iter().map(|(_, id)| id).collect())
    });
    made.await.unwrap()
}

/// Each team answers for the sites of its stretch of the street.
async fn links(house: &TestHouse, size: Size) {
    let row = |site: u32| deployments::register::LinkRow {
        team: format!("T{:02}", site * size.teams / size.sites),
        site: format!("S{site:03}"),
    };
    let rows: Vec<_> = (0..size.sites).map(row).collect();
    let act = Act::system(house.clock.now());
    let counts = house.house.store.change(act, move |tx| deployments::register::apply(tx, &maonan(), &rows));
    assert_eq!(counts.await.unwrap().new, u64::from(size.sites));
}
