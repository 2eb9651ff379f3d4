//! 139 phones at the gates, each of its own site and sending what a chief's phone sends: everybody of the order checks in within
//! a minute, each at their own moment. Times count from the moment somebody meant to send, so a server that falls behind cannot
//! hide it.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{client::Client, measure::Times};

/// Within so long everybody comes.
const RUSH: Duration = Duration::from_mins(1);
/// One check-in in so many is sent twice, as after a lost answer.
const AGAIN: usize = 10;

/// What came of it.
pub struct Rush {
    pub times: Times,
    pub took: Duration,
    pub sent: usize,
    /// Accepted by the server's own word, but not on the roster.
    pub lost: usize,
    /// On the roster more often than once, or counted without having been sent.
    pub doubled: usize,
}

pub async fn rush(officer: &Client, order: &str, mut chiefs: HashMap<String, Client>) -> Rush {
    let phones = by_site(officer, order).await;
    let (began, people) = (Instant::now(), phones.values().map(Vec::len).sum::<usize>());
    let sending: Vec<_> = phones
        .into_iter()
        .enumerate()
        .map(|(nth, (site, people))| {
            let chief = chiefs.remove(&site).expect("each site has a phone");
            tokio::spawn(phone(chief, nth, site, people, began))
        })
        .collect();
    let mut times = Times::default();
    for sending in sending {
        times.extend(sending.await.expect("a phone ends"));
    }
    let took = began.elapsed();
    let page = officer.get(&format!("/orders/{order}")).await;
    let arrived = usize::try_from(page["figures"]["arrived"].as_u64().unwrap_or(0)).unwrap_or(0);
    let lines = lines(officer, order).await;
    let here = lines.iter().filter(|line| line["presence"]["presence"] == "arrived");
    let here: Vec<&str> = here.filter_map(|line| line["volunteer"].as_str()).collect();
    let different: HashSet<&&str> = here.iter().collect();
    let doubled = here.len() - different.len() + arrived.saturating_sub(people);
    Rush { times, took, sent: people, lost: people - different.len().min(people), doubled }
}

async fn by_site(officer: &Client, order: &str) -> HashMap<String, Vec<Value>> {
    let mut phones: HashMap<String, Vec<Value>> = HashMap::new();
    for line in lines(officer, order).await {
        let site = line["site_code"].as_str().unwrap_or_default().to_owned();
        phones.entry(site).or_default().push(line["volunteer"].clone());
    }
    phones
}

/// Everybody on the roster of the order.
pub async fn lines(officer: &Client, order: &str) -> Vec<Value> {
    let (mut lines, mut query) = (Vec::new(), String::new());
    loop {
        let mut page = officer.get(&format!("/orders/{order}/roster{query}")).await;
        lines.append(page["lines"].as_array_mut().expect("a roster has lines"));
        match page["next"].as_str() {
            Some(next) => query = format!("?after={next}"),
            None => return lines,
        }
    }
}

async fn phone(chief: Client, nth: usize, site: String, people: Vec<Value>, began: Instant) -> Times {
    let (mut times, count) = (Times::default(), people.len());
    let path = format!("/sites/{site}/outbox");
    for (n, volunteer) in people.into_iter().enumerate() {
        // Each phone at its own pace, and all of them out of step.
        let share = (n as f64 + (nth * 37 % 100) as f64 / 100.0) / count as f64;
        let meant = began + RUSH.mul_f64(share);
        tokio::time::sleep_until(meant).await;
        let at = domain::Clock::system().now().ms();
        let item = json!({ "kind": "check_in", "way": "in", "at": at, "volunteer": volunteer, "n": n + 1 });
        let ask = json!({ "device": format!("phone-{site}"), "top": n + 1, "sent_at": at, "items": [item] });
        let taken = chief.post(&path, &ask).await;
        times.push(meant.elapsed());
        assert_eq!(taken["results"][0]["outcome"], "accepted", "{taken}");
        if (nth + n).is_multiple_of(AGAIN) {
            let again = chief.post(&path, &ask).await;
            assert_eq!(again["results"], taken["results"], "{again}");
        }
    }
    times
}
