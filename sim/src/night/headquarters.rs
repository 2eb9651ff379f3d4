//! The headquarters: who sits there, and what it does until people can be told: accounts, registers, zones, chiefs.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use super::{
    Stage,
    phone::{Lines, Phone, Trouble},
};

/// How often a page that is still at work is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(60);
/// Nothing takes longer, even on a slow machine.
const LOOKS: u32 = 5_000;

/// The desks of the headquarters, each with a session of its own.
#[derive(Debug, Clone)]
pub struct Headquarters {
    pub administrator: Phone,
    pub duty_officer: Phone,
    pub allocator: Phone,
    pub prevention: Phone,
    pub assessment: Phone,
    /// Role and account of each, for the links of visitors.
    pub accounts: Vec<(&'static str, String)>,
}

/// Chiefs and leads are called by these names; nobody real bears them here.
const SURNAMES: [&str; 12] = ["陈", "李", "梁", "黄", "吴", "杨", "林", "谢", "邓", "柯", "车", "崔"];
const GIVEN: [&str; 10] = ["志强", "丽华", "建国", "秀英", "伟民", "燕玲", "国栋", "晓敏", "海燕", "永康"];

impl Headquarters {
    /// Takes the one-time code of the first administrator, and gives everybody an account.
    pub async fn open(lines: &Lines, stage: &Stage) -> Result<Self, Trouble> {
        let administrator = lines.enter(&stage.first_code).await?;
        administrator.post("/password", &json!({ "password": stage.password })).await?;
        // A new password ends the session it was chosen in.
        let administrator = lines.sign_in("administrator", &stage.password).await?;
        let mut accounts = vec![("administrator", first_account(&administrator).await?)];
        let mut phones = Vec::new();
        let staff = [
            ("duty_officer", "duty-officer", "值班长 陈"),
            ("allocator", "allocator", "调配组 李"),
            ("prevention_group", "prevention", "防控服务组 梁"),
            ("assessment_group", "assessment", "干部考察组 黄"),
        ];
        for (role, login, name) in staff {
            let made = administrator.post("/accounts", &json!({ "login": login, "name": name, "role": role })).await?;
            let account = text(&made, "account")?;
            phones.push(lines.enter(&link_of(&administrator, &account).await?).await?);
            accounts.push((role, account));
        }
        let [duty_officer, allocator, prevention, assessment]: [Phone; 4] =
            phones.try_into().map_err(|_| missing("accounts"))?;
        Ok(Self { administrator, duty_officer, allocator, prevention, assessment, accounts })
    }

    /// The desk of a group that owns a request.
    pub fn group(&self, name: &str) -> &Phone {
        match name {
            "allocation" => &self.allocator,
            "assessment" => &self.assessment,
            _ => &self.prevention,
        }
    }

    /// Brings the district in from its files, as an administrator does in the browser.
    pub async fn bring_in(&self, folder: &Path) -> Result<(), Trouble> {
        for register in ["divisions", "sites", "teams", "links", "volunteers"] {
            let file = read(&folder.join(format!("{register}.csv"))).await?;
            let name = format!("{register}.csv");
            let begun = self.administrator.send_file("/imports", &[("register", register)], &file, &name).await?;
            let import = format!("/imports/{}", text(&begun, "import")?);
            self.until(&import, "judged").await?;
            self.administrator.post(&format!("{import}/application"), &json!({ "choice": "all" })).await?;
            self.until(&import, "done").await?;
        }
        let map = read(&folder.join("divisions.geojson")).await?;
        self.administrator.send_file("/divisions/boundaries", &[], &map, "divisions.geojson").await?;
        Ok(())
    }

    async fn until(&self, import: &str, state: &str) -> Result<(), Trouble> {
        let page = poll(&self.administrator, import, |page| {
            let now = page["state"].as_str().unwrap_or_default();
            now == state || ["refused", "interrupted", "discarded", "unmapped", "done"].contains(&now)
        });
        let page = page.await?;
        if page["state"] == state { Ok(()) } else { Err(missing(&format!("{import} {state}: {}", page["state"]))) }
    }

    /// Groups the sites into zones and names a lead for each. Gives the zones with their leads' links.
    pub async fn make_zones(&self) -> Result<Vec<(String, String)>, Trouble> {
        let proposal = self.duty_officer.get("/zones/proposal").await?;
        self.duty_officer.post("/zones/proposal", &json!({ "stamp": proposal["stamp"] })).await?;
        let zones = self.duty_officer.get("/zones").await?;
        let mut leads = Vec::new();
        for (nth, line) in list(&zones, "zones").iter().enumerate() {
            let zone = text(&line["zone"], "id")?;
            let ask = json!({ "name": name(nth * 7 + 3), "phone": phone_number(1_000 + nth) });
            let link = self.duty_officer.post(&format!("/zones/{zone}/lead"), &ask).await?;
            leads.push((zone, text(&link, "address")?));
        }
        Ok(leads)
    }

    /// All sites of the register.
    pub async fn sites(&self) -> Result<Vec<Value>, Trouble> {
        let (mut all, mut query) = (Vec::new(), String::new());
        loop {
            let page = self.duty_officer.get(&format!("/sites{query}")).await?;
            all.extend(list(&page, "sites").iter().map(|line| line["site"].clone()));
            let (Some(division), Some(code)) =
                (page["next"]["after_division"].as_str(), page["next"]["after"].as_str())
            else {
                return Ok(all);
            };
            query = format!("?after_division={division}&after={code}");
        }
    }

    /// Names the chief of a site and gives their link.
    pub async fn name_chief(&self, site: &str, nth: usize) -> Result<String, Trouble> {
        let ask = json!({ "name": name(nth), "phone": phone_number(nth) });
        text(&self.duty_officer.post(&format!("/sites/{site}/chief"), &ask).await?, "address")
    }

    /// Gives the order of the usual night and has it allocated and published. Gives the order and its plan.
    pub async fn order(&self, day: &str) -> Result<(String, String), Trouble> {
        let ask = json!({
            "name": format!("{day} 全员核酸检测"),
            "order_at": format!("{day}T00:00"), "set_up_at": format!("{day}T05:00"),
            "in_place_at": format!("{day}T08:00"), "close_at": format!("{day}T14:00"),
        });
        let given = self.duty_officer.post("/orders", &ask).await?;
        let order = text(&given, "order")?;
        let asked = self.allocator.post(&format!("/orders/{order}/plans"), &json!({})).await?;
        let plan = text(&asked, "plan")?;
        let path = format!("/orders/{order}/plans/{plan}");
        ready(&self.allocator, &path).await?;
        self.duty_officer.post(&format!("{path}/publication"), &json!({})).await?;
        Ok((order, plan))
    }
}

/// Waits until a plan or proposal is made.
pub async fn ready(phone: &Phone, path: &str) -> Result<Value, Trouble> {
    let at_work = ["asked", "reading", "solving"];
    let page = poll(phone, path, |page| {
        page["plan"]["stage"]["stage"].as_str().is_some_and(|stage| !at_work.contains(&stage))
    });
    let page = page.await?;
    if page["plan"]["stage"]["stage"] == "ready" { Ok(page) } else { Err(missing(&format!("{path}: a plan"))) }
}

/// Looks at a page until it says so.
pub async fn poll(phone: &Phone, path: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value, Trouble> {
    for _ in 0..LOOKS {
        let page = phone.get(path).await?;
        if is_so(&page) {
            return Ok(page);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(missing(path))
}

/// A fresh one-time link for an account.
pub async fn link_of(administrator: &Phone, account: &str) -> Result<String, Trouble> {
    text(&administrator.post(&format!("/accounts/{account}/link"), &json!({})).await?, "address")
}

async fn first_account(administrator: &Phone) -> Result<String, Trouble> {
    let page = administrator.get("/accounts").await?;
    list(&page, "accounts").first().map_or_else(|| Err(missing("/accounts")), |line| text(line, "id"))
}

async fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    tokio::fs::read(path).await.map_err(|e| Trouble::Broken { path: path.display().to_string(), why: e.to_string() })
}

/// A name for somebody who leads.
pub fn name(nth: usize) -> String {
    format!("{}{}", SURNAMES[nth % SURNAMES.len()], GIVEN[nth / SURNAMES.len() % GIVEN.len()])
}

/// A number for somebody who leads: beyond those of the volunteers.
fn phone_number(nth: usize) -> String {
    format!("1989000{nth:04}")
}

pub fn list<'v>(page: &'v Value, name: &str) -> &'v [Value] {
    page[name].as_array().map_or(&[], Vec::as_slice)
}

pub fn text(value: &Value, name: &str) -> Result<String, Trouble> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| missing(name))
}

pub fn missing(what: &str) -> Trouble {
    Trouble::Broken { path: what.to_owned(), why: "not in the server's answer".to_owned() }
}
