//! A bounded queue in front of a few threads. Full means busy at once: whoever waits longer than others is not helped
//! by waiting longer.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{Error, Result};

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    news: Condvar,
    room: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(room: usize) -> Self {
        let state = State { waiting: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), news: Condvar::new(), room }
    }

    pub(crate) fn push(&self, item: T) -> Result<(), (T, Error)> {
        let mut state = self.lock();
        if state.closed {
            return Err((item, Error::Closed));
        }
        if state.waiting.len() >= self.room {
            return Err((item, Error::Busy));
        }
        state.waiting.push_back(item);
        drop(state);
        self.news.notify_one();
        Ok(())
    }

    /// Everything that waits, up to `most`; sleeps while nothing does. `None` once the queue is closed and empty.
    pub(crate) fn take(&self, most: usize) -> Option<Vec<T>> {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return None;
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(most);
        Some(state.waiting.drain(..count).collect())
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.news.notify_all();
    }

    /// Closes and empties the queue when it goes, also by a panic.
    pub(crate) const fn close_when_dropped(&self) -> Closing<'_, T> {
        Closing(self)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Closing<'q, T>(&'q Queue<T>);

impl<T> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        self.0.close();
        self.0.lock().waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_is_busy_and_a_closed_one_drains() {
        let queue = Queue::new(2);
        assert!(queue.push(1).is_ok() && queue.push(2).is_ok());
        assert_eq!(queue.push(3), Err((3, Error::Busy)));
        assert_eq!(queue.take(1), Some(vec![1]));
        queue.close();
        assert_eq!(queue.push(4), Err((4, Error::Closed)));
        assert_eq!(queue.take(9), Some(vec![2]));
        assert_eq!(queue.take(9), None);
    }

    #[test]
    fn a_thread_that_dies_leaves_nobody_waiting() {
        let queue = Queue::new(9);
        assert!(queue.push(1).is_ok());
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _closing = queue.close_when_dropped();
            panic!("planted");
        }));
        assert!(died.is_err() && queue.len() == 0);
        assert_eq!(queue.push(2), Err((2, Error::Closed)));
    }
}
