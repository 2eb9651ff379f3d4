//! Requests: raised at a site, taken and answered by a group, confirmed by whoever asked.

use serde_json::json;
use uuid::Uuid;

use super::{Happening, Next, Night, Trouble, text};

const WANTED: [(&str, &str); 5] = [
    ("supplies", "采样管还差 200 支"),
    ("supplies", "防护服 20 套、面屏 20 个"),
    ("supplies", "饮用水 6 箱"),
    ("supplies", "帐篷 1 顶，原来的破了"),
    ("problem", "采集手机扫码失败，两台都一样"),
];
/// Looks after one request before the headquarters leaves it to the visitor.
const ROUNDS: u32 = 40;

impl Night {
    pub(super) async fn ask_for_supplies(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let mut dice = self.dice(&format!("wants of {}", post.code));
        let (kind, details) = WANTED[usize::try_from(dice.below(WANTED.len())).unwrap_or(0)];
        let ask = json!({ "id": Uuid::now_v7(), "kind": kind, "details": details });
        let path = format!("/sites/{}/requests", post.id);
        let raised = post.chief.post(&path, &ask).await?;
        // A phone that got no answer sends the same request again.
        let raised = if dice.percent() < 15 { post.chief.post(&path, &ask).await? } else { raised };
        let request = text(&raised, "id")?;
        self.ledger().requests.push(request.clone());
        Ok(vec![(self.now().plus_min(2 + dice.below(9)), Happening::Tend { request, site, round: 0 })])
    }

    /// Does what comes next for a request, whoever did what came before.
    pub(super) async fn tend(&self, request: &str, site: usize, round: u32) -> Result<Next, Trouble> {
        let mut dice = self.dice(&format!("{} asks, round {round}", self.posts[site].code));
        let page = self.staff.duty_officer.get(&format!("/requests/{request}")).await?;
        let line = &page["line"];
        let group = self.staff.group(line["owner"].as_str().unwrap_or_default());
        let chief = &self.posts[site].chief;
        let path = |step: &str| format!("/requests/{request}/{step}");
        let done = match line["state"]["state"].as_str().unwrap_or_default() {
            "raised" => group.post(&path("take"), &json!({})).await,
            "taken" => {
                let answer = json!({ "note": "已安排送货车，预计四十分钟内到", "minutes": 40 });
                group.post(&path("answer"), &answer).await
            }
            "answered" => group.post(&path("done"), &json!({ "note": "已送达" })).await,
            "done" if round < 6 && dice.percent() < 12 => {
                chief.post(&path("contest"), &json!({ "note": "还没有收到" })).await
            }
            "done" => chief.post(&path("confirmation"), &json!({})).await,
            _ => return Ok(Vec::new()),
        };
        match done {
            Ok(_) => {}
            Err(trouble) if trouble.is_overtaken() => self.ledger().overtaken += 1,
            Err(trouble) => return Err(trouble),
        }
        if round >= ROUNDS {
            return Ok(Vec::new());
        }
        let at = self.now().plus_min(2 + dice.below(16));
        Ok(vec![(at, Happening::Tend { request: request.to_owned(), site, round: round + 1 })])
    }
}
