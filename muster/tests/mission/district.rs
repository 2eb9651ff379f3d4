//! Six sites, two teams and forty-four people, brought in as files like everybody's.

use std::fmt::Write as _;

use domain::{Role, Scope};
use serde_json::{Value, json};
use store::Store;
use web::testing::{Client, MIDNIGHT, TestHouse};

pub const SITES: u32 = 6;
pub const PEOPLE: u32 = 44;
/// The last so many are the reserve.
pub const RESERVE: u32 = 3;

pub struct District {
    pub house: TestHouse,
    pub officer: Client,
}

impl District {
    pub async fn new(store: Store) -> Self {
        Self::with(store, &[]).await
    }

    /// With sections of the settings.
    pub async fn with(store: Store, sections: &[(&str, Value)]) -> Self {
        let mut settings = web::testing::settings();
        settings.duties.extend(sections.iter().map(|(name, section)| ((*name).to_owned(), section.clone())));
        let house = TestHouse::with(store, settings, &muster::duties::all()).await;
        let officer = house.client(Role::DutyOfficer, Scope::District).await;
        Self { house, officer }
    }

    /// Everything that is due is done.
    pub async fn work(&self) {
        self.house.runner.run_due(self.house.clock.now()).await.unwrap();
    }

    /// So many minutes after midnight.
    pub async fn clock(&self, hour: i64, minute: i64) {
        self.house.clock.set(MIDNIGHT.plus_min(hour * 60 + minute));
        self.work().await;
    }

    pub async fn import(&self, register: &str) {
        self.import_file(register, &file(register)).await;
    }

    pub async fn import_file(&self, register: &str, file: &str) {
        let begun = self.officer.send_file("/imports", &[("register", register)], "file.csv", file.as_bytes()).await;
        let path = format!("/imports/{}", begun.json()["import"].as_str().unwrap());
        self.work().await;
        self.officer.post(&format!("{path}/application"), json!({"choice": "all"})).await.json();
        self.work().await;
        let counts = self.officer.get(&path).await.json()["counts"].clone();
        assert_eq!((&counts["rejected"], file.lines().count() - 1), (&json!(0), as_count(&counts["new"])), "{counts}");
    }

    /// A site's id, by its code.
    pub async fn site(&self, code: &'static str) -> Value {
        let here = "440902".parse().unwrap();
        let found = self.house.house.store.look(move |tx| places::site_by_code(tx, &here, code)).await.unwrap();
        json!(found.unwrap().id)
    }

    pub async fn chief(&self, site: &Value) -> Client {
        let site = site.as_str().unwrap().parse().unwrap();
        self.house.client(Role::SiteChief, Scope::Site(site)).await
    }
}

fn as_count(count: &Value) -> usize {
    usize::try_from(count.as_u64().unwrap()).unwrap()
}

/// The file of a register, with the columns that everybody uses.
pub fn file(register: &str) -> String {
    let mut text = String::new();
    let (heading, lines) = match register {
        "sites" => (
            "code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner,expected_people",
            SITES,
        ),
        "teams" => ("code,name,organisation,latitude,longitude", 2),
        "links" => ("team,site", SITES),
        _ => ("code,name,phone,team,latitude,longitude,roles,reserve", PEOPLE),
    };
    let _ = writeln!(text, "{heading}");
    for n in 1..=lines {
        let east = f64::from(n) * 0.001;
        let _ = match register {
            "sites" => {
                writeln!(text, "S{n},第{n}小学,440902001,文明路{n}号,21.66,{:.4},2,2,1,1,3000", 110.9 + east * 5.0)
            }
            "teams" => writeln!(text, "T{n},第{n}队,区教育局,21.66,110.92"),
            "links" => writeln!(text, "T{},S{n}", n % 2 + 1),
            _ => writeln!(
                text,
                "V{n},志愿者{n},138{n:08},T{},21.66,{:.4},gatekeeper;registrar;queue_marshal;runner,{}",
                n % 2 + 1,
                110.9 + east,
                if n > PEOPLE - RESERVE { "yes" } else { "" }
            ),
        };
    }
    text
}
