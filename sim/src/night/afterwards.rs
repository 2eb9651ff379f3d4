//! The end of a shift: people go home, sites close, deeds are told and people commended.

use serde_json::json;
use uuid::Uuid;

use super::{Next, Night, Trouble, books::is_here, list, text};

impl Night {
    /// Checks everybody out who is there, and closes the site.
    pub(super) async fn go_home(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let page = post.chief.get(&format!("/sites/{}/roster", post.id)).await?;
        let now_ms = self.now().ms();
        let leaving = list(&page, "lines")
            .iter()
            .filter(|line| is_here(line))
            .map(|line| json!({ "id": Uuid::now_v7(), "volunteer": line["volunteer"], "at": now_ms, "way": "out" }));
        let leaving: Vec<_> = leaving.collect();
        for batch in leaving.chunks(400) {
            let ask = json!({ "check_ins": batch, "sent_at": now_ms });
            post.chief.post(&format!("/sites/{}/check-ins", post.id), &ask).await?;
        }
        post.chief.post(&format!("/sites/{}/readiness/closure", post.id), &json!({ "order": self.order })).await?;
        Ok(Vec::new())
    }

    /// The chief tells of a deed; its person agrees, the assessment group publishes and commends.
    pub(super) async fn praise(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let candidate =
            self.walkers.iter().map(|walker| walker.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone());
        let mut candidates = candidate
            .filter(|walker| walker.has_come && walker.known.as_ref().is_some_and(|known| known.site == post.code));
        let Some(walker) = candidates.next() else { return Ok(Vec::new()) };
        let (Some(known), Some(phone)) = (&walker.known, &walker.phone) else { return Ok(Vec::new()) };
        let story = "凌晨顶替缺岗的同伴，连续值守到收点，还扶一位老人回家。";
        let told = post.chief.post("/deeds", &json!({ "badge": known.badge, "story": story })).await?;
        let deed = text(&told, "deed")?;
        phone.post(&format!("/record/deeds/{deed}"), &json!({ "consent": true })).await?;
        let assessment = &self.staff.assessment;
        assessment.post(&format!("/deeds/{deed}"), &json!({ "publish": true })).await?;
        let found = assessment.get(&format!("/volunteers?find={}", walker.code)).await?;
        if let Some(volunteer) = list(&found, "people").first().and_then(|line| line["id"].as_str()) {
            let ask = json!({ "volunteer": volunteer, "listed": true, "reason": "值守表现突出" });
            assessment.post("/commendations", &ask).await?;
        }
        Ok(Vec::new())
    }

    /// The order is carried out.
    pub async fn close(&self) -> Result<(), Trouble> {
        let path = format!("/orders/{}/closing", self.order);
        match self.staff.duty_officer.post(&path, &json!({})).await {
            Err(trouble) if !trouble.is_overtaken() => Err(trouble),
            _ => Ok(()),
        }
    }
}
