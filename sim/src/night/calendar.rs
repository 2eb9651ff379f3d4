//! What is to happen when. The night is played from one moment to the next: at full speed the clock is moved there, live
//! it is waited for.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{Clock, Moment};

/// What happens within so many seconds happens side by side.
const SLICE_S: i64 = 20;
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Things to come, soonest first.
#[derive(Debug)]
pub struct Calendar<T> {
    coming: BTreeMap<(Moment, u64), T>,
    number: u64,
}

impl<T> Default for Calendar<T> {
    fn default() -> Self {
        Self { coming: BTreeMap::new(), number: 0 }
    }
}

impl<T> Calendar<T> {
    pub fn add(&mut self, at: Moment, thing: T) {
        self.number += 1;
        self.coming.insert((at, self.number), thing);
    }

    pub fn next_at(&self) -> Option<Moment> {
        self.coming.keys().next().map(|(at, _)| *at)
    }

    /// Everything up to a little after the soonest, but nothing after `until`.
    pub fn slice(&mut self, until: Moment) -> Vec<T> {
        let Some(first) = self.next_at().filter(|at| *at <= until) else { return Vec::new() };
        let end = first.plus_s(SLICE_S).min(until);
        let later = self.coming.split_off(&(end, u64::MAX));
        std::mem::replace(&mut self.coming, later).into_values().collect()
    }
}

/// How time goes. At first as fast as the machine allows: the clock stands still while people act and is then moved on.
/// Once it is live the clock runs by itself and people wait for it; whoever pauses it pauses them.
#[derive(Debug, Clone)]
pub struct Pace {
    clock: Clock,
    is_live: Arc<AtomicBool>,
}

impl Pace {
    /// Over a clock that can be moved and stands still.
    pub fn headless(clock: Clock) -> Self {
        Self { clock, is_live: Arc::default() }
    }

    /// From now on the clock runs.
    pub fn go_live(&self, speed: f64) {
        self.is_live.store(true, Ordering::Relaxed);
        self.clock.run_at(speed);
    }

    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets a moment come.
    pub async fn reach(&self, at: Moment) {
        while self.clock.now() < at {
            if self.is_live.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK_AGAIN).await;
            } else {
                self.clock.set(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_come_in_order_and_stop_where_asked() {
        let mut calendar = Calendar::default();
        for second in [50, 5, 0, 19, 90] {
            calendar.add(Moment::from_ms(second * 1000), second);
        }
        assert_eq!(calendar.slice(Moment::from_ms(60_000)), [0, 5, 19]);
        assert_eq!(calendar.slice(Moment::from_ms(60_000)), [50]);
        assert!(calendar.slice(Moment::from_ms(60_000)).is_empty());
        assert_eq!(calendar.slice(Moment::from_ms(90_000)), [90]);
    }
}
