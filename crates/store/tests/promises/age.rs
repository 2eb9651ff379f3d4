//! Nothing is old because a clock jumped (R8).

use domain::Moment;
use store::{Act, Result, Store, age, testing};

fn tick(store: &Store, at: Moment) {
    store.change_blocking(Act::system(at), |tx| -> Result<()> { age::tick(tx) }).unwrap();
}

fn older_than(store: &Store, days: u32) -> Option<Moment> {
    store.look_blocking(move |tx| age::older_than(tx, days)).unwrap()
}

#[test]
fn a_jump_ages_nothing_and_time_that_was_lived_does() {
    for store in [testing::sqlite(vec![]), testing::postgres(vec![])] {
        let begin = testing::MIDNIGHT;
        tick(&store, begin);
        // A year ahead, and back, and ahead again: three hours at most.
        for days in [400, -1, 400] {
            tick(&store, begin.plus_h(24 * days));
        }
        assert_eq!(older_than(&store, 1), None);
        for hour in 1..=30 * 24 {
            tick(&store, begin.plus_h(hour));
        }
        let cut = older_than(&store, 30).unwrap();
        assert!(cut <= begin.plus_h(2), "{cut:?}");
        // By the calendar that had jumped, everything of this night would have been 400 days old.
        assert!(cut < begin.plus_h(24 * 370));
    }
}

#[test]
fn two_servers_count_an_hour_once() {
    let store = testing::sqlite(vec![]);
    for hour in 0..=24 {
        tick(&store, testing::MIDNIGHT.plus_h(hour));
        tick(&store, testing::MIDNIGHT.plus_h(hour).plus_s(600));
    }
    assert_eq!(older_than(&store, 1), Some(testing::MIDNIGHT));
    assert_eq!(older_than(&store, 2), None);
}
