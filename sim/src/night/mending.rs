//! A site calls for more people: a proposal within seconds, accepted, and only those who move are told.

use serde_json::{Value, json};

use super::{Next, Night, Trouble, headquarters::ready, text};

/// A proposal that was overtaken by events is made again so many times.
const TRIES: u32 = 4;
const MORE: u32 = 3;

impl Night {
    pub(super) async fn mend(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let ask = json!({ "role": "gatekeeper", "count": MORE });
        let mut proposed = post.chief.post(&format!("/sites/{}/shortages", post.id), &ask).await?;
        for _ in 0..TRIES {
            match self.accept(&proposed).await {
                Ok(told) => {
                    self.ledger().replans += 1;
                    self.hear(told).await?;
                    return Ok(Vec::new());
                }
                // Somebody declined or came in the meantime: the facts are others now.
                Err(trouble) if trouble.is_overtaken() => {}
                Err(trouble) => return Err(trouble),
            }
            let ask = json!({ "what": "shortage", "site": post.code, "role": "gatekeeper", "count": MORE });
            proposed = self.staff.duty_officer.post(&format!("/orders/{}/proposals", self.order), &ask).await?;
        }
        self.ledger().overtaken += 1;
        Ok(Vec::new())
    }

    async fn accept(&self, proposed: &Value) -> Result<u64, Trouble> {
        let path = format!("/orders/{}/proposals/{}", text(proposed, "order")?, text(proposed, "proposal")?);
        ready(&self.staff.duty_officer, &path).await?;
        let accepted = self.staff.duty_officer.post(&format!("{path}/acceptance"), &json!({})).await?;
        Ok(accepted["told"].as_u64().unwrap_or(0))
    }
}
