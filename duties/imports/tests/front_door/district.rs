//! A house with every duty an import writes to, and files made for the tests.

use domain::{Role, Scope};
use serde_json::{Value, json};
use store::{Migration, Store};
use web::{
    Duty, House,
    house::own_duty,
    testing::{Client, TestHouse},
};

pub const SITES: &str = "code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner\n\
    001,城南小学,440902001,油城三路1号,21.66,110.92,2,2,1,1\n\
    002,河西市场,440902002,红旗北路2号,21.67,110.93,1,2,1,1\n";
pub const TEAMS: &str =
    "code,name,organisation,latitude,longitude\nT1,一队,区教育局,21.66,110.92\nT2,二队,区卫健局,21.66,110.93\n";

pub fn duties() -> Vec<Duty> {
    vec![
        own_duty(),
        places::duty(),
        responders::duty(),
        notices::duty(),
        problems::duty(),
        deployments::duty(),
        imports::duty(),
    ]
}

pub fn migrations() -> Vec<Migration> {
    House::migrations(&duties())
}

pub struct Place {
    pub house: TestHouse,
    pub officer: Client,
}

impl Place {
    pub async fn new(store: Store) -> Self {
        let house = TestHouse::new(store, &duties()).await;
        let officer = house.client(Role::DutyOfficer, Scope::District).await;
        Self { house, officer }
    }

    pub async fn sqlite() -> Self {
        Self::new(store::testing::sqlite(migrations())).await
    }

    /// Sends a file and lets it be judged; gives its page.
    pub async fn send(&self, register: &str, name: &str, bytes: &[u8]) -> Value {
        let begun = self.officer.send_file("/imports", &[("register", register)], name, bytes).await.json();
        let import = begun["import"].as_str().unwrap().to_owned();
        self.work().await;
        self.look(&import).await
    }

    pub async fn look(&self, import: &str) -> Value {
        self.officer.get(&format!("/imports/{import}")).await.json()
    }

    /// The rows that were not taken, as whoever sent them gets them back.
    pub async fn rejected(&self, import: &str) -> String {
        self.officer.post(&format!("/imports/{import}/rejected"), json!({"format": "csv"})).await.text
    }

    pub async fn apply(&self, page: &Value, choice: &str) -> Value {
        let import = page["id"].as_str().unwrap();
        self.officer.post(&format!("/imports/{import}/application"), json!({ "choice": choice })).await.json();
        self.work().await;
        self.look(import).await
    }

    pub async fn take(&self, register: &str, text: &str) -> Value {
        let page = self.send(register, "file.csv", text.as_bytes()).await;
        self.apply(&page, "all").await
    }

    pub async fn work(&self) {
        self.house.runner.run_due(self.house.clock.now()).await.unwrap();
    }
}

/// New, changed, same, rejected.
pub fn counts(page: &Value) -> [u64; 4] {
    ["new", "changed", "same", "rejected"].map(|verdict| page["counts"][verdict].as_u64().unwrap())
}
