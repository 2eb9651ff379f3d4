//! Silence escalates by itself: who is told when nobody takes a request, or a promise passes.

use domain::Moment;

use super::state::State;

/// The steps of silence, in minutes after the clock of the state began: zone lead, duty officer, head of the headquarters.
pub const STEPS_MIN: [i64; 3] = [10, 20, 40];

/// How long a request reported done may wait for the asker's word before the duty officer is asked to look.
pub const WAIT_FOR_ASKER_MIN: i64 = 120;

/// From when this state counts as silence; none when it is nobody's turn.
fn silent_from(state: State) -> Option<Moment> {
    match state {
        State::Raised { since } | State::Taken { since, .. } | State::Answered { promised_for: None, since, .. } => {
            Some(since)
        }
        State::Answered { promised_for: Some(promise), .. } => Some(promise),
        State::Done { since, .. } => Some(since.plus_min(WAIT_FOR_ASKER_MIN)),
        State::Confirmed { .. } => None,
    }
}

/// When the next step is due for a request that has reached `level`; none when there is no higher one.
pub fn next_due(state: State, level: u8) -> Option<Moment> {
    let step = STEPS_MIN.get(usize::from(level))?;
    silent_from(state).map(|from| from.plus_min(*step))
}

/// The level that silence has reached at `now`. A level once reached stays until the state changes.
pub fn level_at(state: State, level: u8, now: Moment) -> u8 {
    let mut level = level;
    while next_due(state, level).is_some_and(|due| due <= now) {
        level += 1;
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Actor, Moment};

    const T0: Moment = Moment::from_ms(0);

    #[test]
    fn silence_climbs_step_by_step() {
        let raised = State::Raised { since: T0 };
        let level = |minutes| level_at(raised, 0, T0.plus_min(minutes));
        assert_eq!([level(0), level(9), level(10), level(20), level(39), level(40), level(999)], [0, 0, 1, 2, 2, 3, 3]);
        assert_eq!(next_due(raised, 3), None);
    }

    #[test]
    fn a_promise_is_silent_only_after_its_time() {
        let answered = State::Answered { by: Actor::system(), promised_for: Some(T0.plus_min(30)), since: T0 };
        assert_eq!(level_at(answered, 0, T0.plus_min(39)), 0);
        assert_eq!(level_at(answered, 0, T0.plus_min(40)), 1);
        assert_eq!(next_due(State::Confirmed { by: Actor::system(), since: T0 }, 0), None);
    }
}
