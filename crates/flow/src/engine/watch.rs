//! Somebody who waits: told how far the work is, and free to end it.

/// What the engine is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Agents bid; deals are right within `epsilon`.
    Auction {
        /// In units of cost.
        epsilon: i64,
    },
    /// Shortest paths place the last agents.
    Placing,
    /// Shortest paths fill the last slots.
    Filling,
}

/// How far the work is. `left` goes up and down within an auction's round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What the engine is at.
    pub stage: Stage,
    /// Agents or slots that wait for their turn.
    pub left: usize,
}

/// Steps between two words with whoever waits.
const STEPS: u32 = 256;

/// Whoever waits answers `false` to end the work.
pub(crate) struct Watch<'w> {
    tell: &'w mut dyn FnMut(Progress) -> bool,
    steps: u32,
    is_over: bool,
}

impl<'w> Watch<'w> {
    pub fn new(tell: &'w mut dyn FnMut(Progress) -> bool) -> Self {
        Self { tell, steps: 0, is_over: false }
    }

    /// One more step; whether the work has been ended.
    #[inline]
    pub fn sees(&mut self, stage: Stage, left: usize) -> bool {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) && !self.is_over {
            self.is_over = !(self.tell)(Progress { stage, left });
        }
        self.is_over
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }
}
