//! What volunteers do: read, answer, set out, arrive.

use domain::Moment;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Happening, Next, Night, Trouble, list, text,
    walker::{Known, Temper},
};

impl Night {
    /// Takes the fresh messages off the gateway; their readers will look at them in their own time.
    pub(super) fn read_messages(&self) {
        let now = self.now();
        for sms in self.stage.gateway.fresh() {
            let Some(&who) = self.phone_of.get(national(&sms.phone)) else { continue };
            self.reach(who, sms.link().map(str::to_owned), now);
        }
    }

    /// A message lies on somebody's phone.
    pub(super) fn reach(&self, who: usize, link: Option<String>, now: Moment) {
        let (reads, is_first, code) = {
            let mut walker = self.walker(who);
            let is_first = walker.link.is_none();
            if link.is_some() {
                walker.link = link;
            }
            (walker.reads(), is_first, walker.code.clone())
        };
        if !reads {
            return;
        }
        let mut dice = self.dice(&format!("{code} reads at {}", now.ms()));
        let wait_min = match (is_first && now < self.times.set_up_at, dice.percent()) {
            (false, _) => 1 + dice.below(9),
            (true, 0..60) => 2 + dice.below(50),
            (true, 60..85) => 20 + dice.below(200),
            // Asleep until the alarm.
            (true, _) => self.times.set_up_at.since_s(now) / 60 + dice.below(75),
        };
        self.calendar().add(now.plus_min(wait_min).plus_s(dice.below(60)), Happening::Look(who));
    }

    /// Opens the link, reads the page, answers, and sets out.
    pub(super) async fn look(&self, who: usize) -> Result<Next, Trouble> {
        let walker = self.walker(who).clone();
        let phone = match (&walker.phone, &walker.link) {
            (Some(phone), _) => phone.clone(),
            (None, Some(link)) => self.lines.enter(link).await?,
            (None, None) => return Ok(Vec::new()),
        };
        self.walker(who).phone = Some(phone.clone());
        let page = phone.get("/duty").await?;
        let duty = &page["duty"];
        if duty.is_null() {
            let mut walker = self.walker(who);
            (walker.known, walker.walk) = (None, walker.walk + 1);
            return Ok(Vec::new());
        }
        let known = Known {
            assignment: text(duty, "assignment")?,
            site: text(duty, "site_code")?,
            badge: text(&page["badge"], "code")?,
            is_checked_in: duty["is_checked_in"].as_bool().unwrap_or(false),
        };
        if walker.known.as_ref() == Some(&known) || known.is_checked_in {
            self.walker(who).known = Some(known);
            return Ok(Vec::new());
        }
        self.walker(who).known = Some(known.clone());
        if walker.temper == Temper::Unable {
            let why =
                ["ill", "working", "family", "too_far"][usize::try_from(self.dice(&walker.code).below(4)).unwrap_or(0)];
            phone.post("/duty/refusal", &json!({ "assignment": known.assignment, "why": why })).await?;
            return Ok(Vec::new());
        }
        phone.post("/duty/acknowledgement", &json!({ "assignment": known.assignment })).await?;
        Ok(self.set_out(who, &known, duty))
    }

    fn set_out(&self, who: usize, known: &Known, duty: &Value) -> Next {
        let mut walker = self.walker(who);
        if walker.temper != Temper::Reliable || walker.has_come {
            return Vec::new();
        }
        walker.walk += 1;
        let from = Moment::from_ms(duty["shift_from"].as_i64().unwrap_or(self.times.in_place_at.ms()));
        let distance_m = duty["distance_m"].as_i64().unwrap_or(1_000);
        let at = walker.arrives_at(self.stage.seed, self.now(), from, distance_m);
        let Some(&site) = self.post_of.get(&known.site) else { return Vec::new() };
        vec![(at, Happening::Arrive { who, walk: walker.walk, site, volunteer: None })]
    }

    /// Stands at the gate: taps "I am here", or is scanned by the chief, or both.
    pub(super) async fn arrive(
        &self,
        who: usize,
        walk: u32,
        site: usize,
        volunteer: Option<String>,
    ) -> Result<Next, Trouble> {
        let walker = {
            let mut walker = self.walker(who);
            if walker.walk != walk || walker.has_come {
                return Ok(Vec::new());
            }
            walker.has_come = true;
            walker.clone()
        };
        let taps = walker.is_self_checking || walker.is_overeager;
        let mut next = Vec::new();
        if let (true, Some(phone)) = (taps, &walker.phone) {
            let id = Uuid::now_v7();
            let ask = json!({ "id": id, "at": self.now().ms().to_string() });
            match phone.post("/duty/check-in", &ask).await {
                Ok(_) => self.note_check_in(&walker.code, site),
                // Declined for them, withdrawn, or released a moment ago: the chief sorts it out.
                Err(trouble) if trouble.is_overtaken() => next.extend(self.scan(site, &walker, volunteer.clone())),
                Err(trouble) => return Err(trouble),
            }
        }
        if !taps || walker.is_overeager || walker.phone.is_none() {
            next.extend(self.scan(site, &walker, volunteer));
        }
        Ok(next)
    }

    /// The server has acknowledged that somebody is at a site.
    pub(super) fn note_check_in(&self, code: &str, site: usize) {
        self.ledger().checked_in.insert(code.to_owned(), self.posts[site].code.clone());
    }

    /// Nobody was reached by the gateway: the headquarters hands out personal links by other means.
    pub(super) async fn hand_out_links(&self) -> Result<(), Trouble> {
        let mut after = String::new();
        loop {
            let page = self.staff.duty_officer.get(&format!("/orders/{}/roster{after}", self.order)).await?;
            for line in list(&page, "lines") {
                let Some(&who) = self.walker_of.get(line["code"].as_str().unwrap_or_default()) else { continue };
                let path = format!("/volunteers/{}/link", text(line, "volunteer")?);
                let link = text(&self.staff.allocator.post(&path, &json!({})).await?, "address")?;
                self.reach(who, Some(link), self.now());
            }
            match page["next"].as_str() {
                Some(next) => after = format!("?after={next}"),
                None => return Ok(()),
            }
        }
    }
}

/// `+86…` as the files write it.
fn national(phone: &str) -> &str {
    phone.trim_start_matches("+86")
}
