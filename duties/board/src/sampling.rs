//! Once a minute: a sample for the trends, and the forecast of who will be in place, from the people themselves.

use std::{collections::HashMap, sync::Arc, time::Duration};

use deployments::{Comer, Order, Outlook, Rates, Standing};
use domain::{District, Id, Moment, things::Site};
use serde_json::json;
use store::{
    Act, Error, Job, Store, Tx,
    jobs::{Leased, Outcome, Runner},
};
use web::House;

use crate::{picture, rules::summary, store as table};

const SAMPLE: &str = "board.sample";
const EVERY_S: i64 = 60;

pub fn jobs(runner: Runner, house: &Arc<House>) -> Runner {
    let district = house.settings.district.clone();
    start(&house.store, district);
    let rates = deployments::rates(house);
    runner.on(SAMPLE, move |store, job| {
        // A mistake in the settings was refused when the server started.
        let rates = rates.as_ref().map_err(ToString::to_string).copied();
        async move {
            match rates {
                Ok(rates) => sample(store, job, rates).await,
                Err(why) => Outcome::Never { why },
            }
        }
    })
}

/// The first sample of this server; every next one is asked for by the one before it.
fn start(store: &Store, district: District) {
    let (store, due) = (store.clone(), store.clock().now());
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            let act = Act::system(due);
            let asked = store.change(act, move |tx| ask(tx, &district, due)).await;
            if let Err(error) = asked {
                tracing::warn!(%error, "the board takes no samples");
            }
        });
    }
}

fn ask(tx: &mut Tx, district: &District, due: Moment) -> Result<(), Error> {
    // Named by its minute, so that there is one chain of samples however many servers there are.
    let key = format!("{district}@{}", due.ms() / (EVERY_S * 1000));
    tx.enqueue(Job { kind: SAMPLE, key, due, body: json!({"district": district}) })
}

async fn sample(store: Store, job: Leased, rates: Rates) -> Outcome {
    let Ok(district) = serde_json::from_value::<District>(job.body["district"].clone()) else {
        return Outcome::Never { why: "names no district".to_owned() };
    };
    match take(&store, district, rates).await {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Again { after: Duration::from_secs(10), why: error.to_string() },
    }
}

async fn take(store: &Store, district: District, rates: Rates) -> Result<(), Error> {
    let now = store.clock().now();
    let read = {
        let district = district.clone();
        store.look(move |tx| {
            let mut found = Vec::new();
            for order in deployments::open_orders(tx, &district)? {
                let outlooks = outlooks(tx, &order, now, &rates)?;
                found.push((picture::of_order(tx, order, now, &rates)?, outlooks));
            }
            Ok::<_, Error>(found)
        })
    };
    let found = read.await?;
    let act = Act::system(now);
    store
        .change(act, move |tx| {
            for (whole, outlooks) in &found {
                let open = whole.requests.iter().map(|count| u32::try_from(count.open).unwrap_or(u32::MAX)).sum();
                let totals = summary::totals(&whole.pictures);
                table::add_sample(tx, &district, whole.order.id, now, &totals, open)?;
                table::set_outlooks(tx, &district, whole.order.id, now, outlooks)?;
            }
            ask(tx, &district, now.plus_s(EVERY_S))
        })
        .await
}

/// How each site's people are coming: the one place of the board that looks at people.
fn outlooks(tx: &mut Tx, order: &Order, now: Moment, rates: &Rates) -> Result<Vec<(Id<Site>, Outlook, f64)>, Error> {
    let mut comers: HashMap<Id<Site>, Vec<Comer>> = HashMap::new();
    for held in deployments::assignments(tx, order.id)? {
        let arrived_at = if let Standing::Arrived { at, .. } = held.standing { Some(at) } else { None };
        let has_acknowledged = held.acknowledged_at.is_some();
        let comer =
            Comer { role: held.role, told_at: held.told_at, has_acknowledged, distance_m: held.distance_m, arrived_at };
        comers.entry(held.site).or_default().push(comer);
    }
    let mut needs: HashMap<Id<Site>, u32> = HashMap::new();
    for tally in deployments::tallies(tx, order.id)? {
        *needs.entry(tally.site).or_default() += tally.need;
    }
    let by = order.milestones.in_place_at;
    let mut found: Vec<_> = needs
        .into_iter()
        .map(|(site, need)| {
            let seen = deployments::in_place(need, comers.get(&site).map_or(&[], Vec::as_slice), by, now, rates);
            (site, seen.outlook, seen.expected)
        })
        .collect();
    found.sort_by_key(|(site, _, _)| *site);
    Ok(found)
}
