//! Checking in and out, on both engines.

use domain::{Id, Moment, PostRole, things};
use responders::attendance::{self, Attended, CheckIn, CheckedIn};
use store::Store;
use uuid::Uuid;
use web::testing::MIDNIGHT;

use crate::district::{act, both_engines, ids, maonan, settle, zone};

fn arrival(volunteer: Id<things::Volunteer>, site: u128, at: Moment) -> CheckIn {
    CheckIn {
        id: Id::fresh(at),
        volunteer,
        order: Id::from_uuid(Uuid::from_u128(1)),
        site: Id::from_uuid(Uuid::from_u128(site)),
        site_name: format!("点位{site}"),
        role: Some(PostRole::Gatekeeper),
        due: Some(MIDNIGHT.plus_h(8)),
        at,
        by: Uuid::nil(),
    }
}

async fn check_in(store: &Store, arrival: &CheckIn) -> CheckedIn {
    let arrival = arrival.clone();
    store.change(act(store), move |tx| attendance::check_in(tx, arrival.clone())).await.unwrap()
}

async fn stays(store: &Store, volunteer: Id<things::Volunteer>) -> Vec<Attended> {
    store.look(move |tx| attendance::of_volunteer(tx, volunteer)).await.unwrap()
}

#[tokio::test]
async fn nobody_is_in_two_places_and_nothing_counts_twice() {
    for store in both_engines() {
        settle(&store).await;
        let who = ids(&store).await["V1"];
        let first = arrival(who, 10, MIDNIGHT.plus_h(7));
        assert_eq!(check_in(&store, &first).await, CheckedIn::New);
        assert_eq!(check_in(&store, &first).await, CheckedIn::Already, "the same check-in again");
        assert_eq!(check_in(&store, &arrival(who, 10, MIDNIGHT.plus_h(8))).await, CheckedIn::Already, "here already");
        let moved = check_in(&store, &arrival(who, 11, MIDNIGHT.plus_h(9))).await;
        assert_eq!(moved, CheckedIn::Moved { from: first.site, order: first.order });
        assert_eq!(check_in(&store, &arrival(who, 12, MIDNIGHT.plus_h(5))).await, CheckedIn::Past, "sent late");
        let all = stays(&store, who).await;
        let times: Vec<_> = all.iter().map(|stay| (stay.in_at, stay.out_at)).collect();
        let at = |hours| MIDNIGHT.plus_h(hours);
        assert_eq!(times, [(at(9), None), (at(7), Some(at(9))), (at(5), Some(at(9)))]);
        assert_eq!(all[1].was_punctual(), Some(true));
        assert_eq!(all[0].was_punctual(), Some(false));
        let (order, site) = (first.order, all[0].site);
        let present = store.look(move |tx| attendance::present(tx, order, site)).await.unwrap();
        assert_eq!(present.len(), 1);
    }
}

#[tokio::test]
async fn a_stay_ends_or_is_undone_and_the_night_is_remembered() {
    for store in both_engines() {
        settle(&store).await;
        let who = ids(&store).await["V2"];
        let begun = arrival(who, 10, MIDNIGHT.plus_h(1));
        check_in(&store, &begun).await;
        let out = store.change(act(&store), move |tx| attendance::check_out(tx, who, MIDNIGHT.plus_h(9), Uuid::nil()));
        assert_eq!(out.await.unwrap().map(|stay| stay.minutes(&MIDNIGHT)), Some(480));
        let again =
            store.change(act(&store), move |tx| attendance::check_out(tx, who, MIDNIGHT.plus_h(9), Uuid::nil()));
        assert_eq!(again.await.unwrap(), None);
        let ahead = responders::Ahead::default();
        let lately = store.look(move |tx| responders::lately(tx, &maonan(), MIDNIGHT.plus_h(12), &zone(), &ahead));
        let lately = lately.await.unwrap()[&who];
        assert_eq!((lately.duties, lately.minutes, lately.nights_in_a_row), (1, 480, 1));
        assert_eq!(lately.last_end, Some(MIDNIGHT.plus_h(9)));
        let id = begun.id;
        let undone = store.change(act(&store), move |tx| attendance::undo(tx, id)).await.unwrap();
        assert!(undone.is_some());
        assert!(stays(&store, who).await.is_empty());
    }
}
