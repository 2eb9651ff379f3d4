//! The one source of the time of day. A server has one [`Clock`]; each request reads it once and passes the reading on
//! as a value, so a drill, a demo or a test can move time without touching any rule.

use std::{
    sync::{Arc, RwLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use crate::Moment;

/// The machine's clock, or one that can be set, sped up and paused.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<RwLock<Course>>>);

#[derive(Debug)]
struct Course {
    from: Moment,
    started: Instant,
    speed: f64,
}

impl Course {
    fn now(&self) -> Moment {
        #[expect(clippy::cast_possible_truncation, reason = "a run of a million years would still fit")]
        let passed_ms = (self.started.elapsed().as_secs_f64() * self.speed * 1000.0) as i64;
        Moment::from_ms(self.from.ms() + passed_ms)
    }
}

impl Clock {
    /// The machine's own clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that starts at `from` and runs `speed` times as fast as real time; 0 stands still.
    pub fn movable(from: Moment, speed: f64) -> Self {
        Self(Some(Arc::new(RwLock::new(Course { from, started: Instant::now(), speed }))))
    }

    pub fn now(&self) -> Moment {
        match &self.0 {
            Some(course) => read(course).now(),
            None => system_now(),
        }
    }

    /// Whether this clock can be moved (a drill, a demo, a test): pages say so.
    pub const fn is_movable(&self) -> bool {
        self.0.is_some()
    }

    /// Sets a movable clock to a moment, keeping its speed. Does nothing to the machine's clock.
    pub fn set(&self, now: Moment) {
        self.alter(|course| course.from = now);
    }

    /// Changes the speed of a movable clock from now on; 0 pauses it.
    pub fn run_at(&self, speed: f64) {
        self.alter(|course| course.speed = speed);
    }

    /// How many times faster than real time it runs.
    pub fn speed(&self) -> f64 {
        self.0.as_ref().map_or(1.0, |course| read(course).speed)
    }

    fn alter(&self, change: impl FnOnce(&mut Course)) {
        if let Some(course) = &self.0 {
            let mut course = course.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            course.from = course.now();
            course.started = Instant::now();
            change(&mut course);
        }
    }
}

fn read(course: &RwLock<Course>) -> std::sync::RwLockReadGuard<'_, Course> {
    course.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn system_now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movable_clock_stands_still_until_it_is_set() {
        let clock = Clock::movable(Moment::from_ms(1000), 0.0);
        assert_eq!(clock.now(), Moment::from_ms(1000));
        clock.set(Moment::from_ms(5000));
        assert_eq!(clock.now(), Moment::from_ms(5000));
        assert!(clock.is_movable() && !Clock::system().is_movable());
    }
}
