//! What stands is mended: a site calls for more people, or posts lack those who declined. A proposal within seconds,
//! accepted, and only those who move are told.

use serde_json::{Value, json};

use super::{Happening, Next, Night, Trouble, headquarters::ready, text};

/// A proposal that was overtaken by events is made again so many times.
const TRIES: u32 = 4;
const MORE: u32 = 3;
const ON_THEIR_WAY_MIN: i64 = 40;

impl Night {
    /// "+3 gatekeepers", from the site.
    pub(super) async fn send_more(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let ask = json!({ "role": "gatekeeper", "count": MORE });
        let proposed = post.chief.post(&format!("/sites/{}/shortages", post.id), &ask).await?;
        let request = text(&proposed, "request")?;
        self.ledger().requests.push(request.clone());
        let again = json!({ "what": "shortage", "site": post.code, "role": "gatekeeper", "count": MORE });
        let mut next = self.mend(proposed, &again).await?;
        // When they have come, the group says so and the chief confirms it.
        next.push((self.now().plus_min(ON_THEIR_WAY_MIN), Happening::Tend { request, site, round: 0 }));
        Ok(next)
    }

    /// The headquarters looks who has declined and sends others, the reserve first.
    pub(super) async fn fill_gaps(&self) -> Result<Next, Trouble> {
        let ask = json!({ "what": "gaps" });
        self.mend(self.propose(&ask).await?, &ask).await
    }

    async fn mend(&self, mut proposed: Value, again: &Value) -> Result<Next, Trouble> {
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
            proposed = self.propose(again).await?;
        }
        self.ledger().overtaken += 1;
        Ok(Vec::new())
    }

    async fn propose(&self, ask: &Value) -> Result<Value, Trouble> {
        self.staff.duty_officer.post(&format!("/orders/{}/proposals", self.order), ask).await
    }

    async fn accept(&self, proposed: &Value) -> Result<u64, Trouble> {
        let path = format!("/orders/{}/proposals/{}", text(proposed, "order")?, text(proposed, "proposal")?);
        ready(&self.staff.duty_officer, &path).await?;
        let accepted = self.staff.duty_officer.post(&format!("{path}/acceptance"), &json!({})).await?;
        Ok(accepted["told"].as_u64().unwrap_or(0))
    }
}
