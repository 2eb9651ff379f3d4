//! The life of a request. A state carries the facts that are true only there; a step consumes it and gives the next, or
//! says why not.

use domain::{Actor, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Somebody asked; nobody has taken it.
    Raised { since: Moment },
    /// Somebody of the owner group is on it.
    Taken { by: Actor, since: Moment },
    /// The asker has been told what will happen, by when.
    Answered { by: Actor, promised_for: Option<Moment>, since: Moment },
    /// The work is said to be done; the asker has not yet said so.
    Done { by: Actor, since: Moment },
    /// The asker, or another than the doer, confirms: closed.
    Confirmed { by: Actor, since: Moment },
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raised { .. } => "raised",
            Self::Taken { .. } => "taken",
            Self::Answered { .. } => "answered",
            Self::Done { .. } => "done",
            Self::Confirmed { .. } => "confirmed",
        }
    }

    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Confirmed { .. })
    }

    pub const fn since(self) -> Moment {
        match self {
            Self::Raised { since }
            | Self::Taken { since, .. }
            | Self::Answered { since, .. }
            | Self::Done { since, .. }
            | Self::Confirmed { since, .. } => since,
        }
    }
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// Somebody else has it already.
    TakenByAnother,
    /// It is closed.
    Closed,
    /// Nothing was reported done yet.
    NotDone,
    /// Whoever did the work may not close it.
    OwnWork,
    /// The promised time has passed already.
    PromiseInThePast,
    /// The last step is somebody else's, or too long ago.
    MovedOn,
}

/// How long one's own last step can be taken back.
pub const TAKE_BACK_MIN: i64 = 10;
/// The name of that step in the chain.
pub const TAKEN_BACK: &str = "taken_back";

/// The last step was a mistake of whoever made it: the state before it stands again, unless something has happened since.
/// What was raised is not taken back but answered.
pub fn take_back(chain: &[(&str, Actor, Moment, State)], by: Actor, at: Moment) -> Result<State, No> {
    match chain {
        [.., (_, _, _, before), (step, who, made_at, _)]
            if *step != TAKEN_BACK && *who == by && at <= made_at.plus_min(TAKE_BACK_MIN) =>
        {
            Ok(*before)
        }
        _ => Err(No::MovedOn),
    }
}

/// Somebody of the owner group takes it. Taking what one has already is no change.
pub fn take(state: State, by: Actor, at: Moment) -> Result<State, No> {
    match state {
        State::Raised { .. } => Ok(State::Taken { by, since: at }),
        State::Taken { by: holder, .. } | State::Answered { by: holder, .. } if holder == by => Ok(state),
        State::Taken { .. } | State::Answered { .. } => Err(No::TakenByAnother),
        State::Done { .. } | State::Confirmed { .. } => Err(No::Closed),
    }
}

/// The asker is told what will happen. Answering takes it as well.
pub fn answer(state: State, by: Actor, promised_for: Option<Moment>, at: Moment) -> Result<State, No> {
    if promised_for.is_some_and(|promise| promise < at) {
        return Err(No::PromiseInThePast);
    }
    match state {
        State::Raised { .. } | State::Taken { .. } | State::Answered { .. } => {
            Ok(State::Answered { by, promised_for, since: at })
        }
        State::Done { .. } | State::Confirmed { .. } => Err(No::Closed),
    }
}

/// Another group gets it; its clock starts anew.
pub fn hand_over(state: State, at: Moment) -> Result<State, No> {
    if matches!(state, State::Done { .. } | State::Confirmed { .. }) {
        Err(No::Closed)
    } else {
        Ok(State::Raised { since: at })
    }
}

/// The work is reported done.
pub fn report_done(state: State, by: Actor, at: Moment) -> Result<State, No> {
    match state {
        State::Done { .. } => Ok(state),
        State::Confirmed { .. } => Err(No::Closed),
        _ => Ok(State::Done { by, since: at }),
    }
}

/// Closed by somebody else than who did the work.
pub fn confirm(state: State, by: Actor, at: Moment) -> Result<State, No> {
    match state {
        State::Done { by: doer, .. } if doer == by => Err(No::OwnWork),
        State::Done { .. } => Ok(State::Confirmed { by, since: at }),
        State::Confirmed { .. } => Ok(state),
        _ => Err(No::NotDone),
    }
}

/// It was not done after all, or the closure is withdrawn: the clock starts anew.
pub fn contest(state: State, at: Moment) -> Result<State, No> {
    if matches!(state, State::Done { .. } | State::Confirmed { .. }) {
        Ok(State::Raised { since: at })
    } else {
        Err(No::NotDone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ActorKind;
    use uuid::Uuid;

    fn somebody(n: u128) -> Actor {
        Actor::new(ActorKind::Account, Uuid::from_u128(n))
    }

    const T0: Moment = Moment::from_ms(0);
    const T1: Moment = Moment::from_ms(60_000);

    #[test]
    fn two_people_cannot_take_the_same_request() {
        let taken = take(State::Raised { since: T0 }, somebody(1), T1).unwrap();
        assert_eq!(take(taken, somebody(2), T1), Err(No::TakenByAnother));
        assert_eq!(take(taken, somebody(1), T1), Ok(taken));
    }

    #[test]
    fn whoever_did_the_work_may_not_close_it() {
        let done = report_done(State::Taken { by: somebody(1), since: T0 }, somebody(1), T1).unwrap();
        assert_eq!(confirm(done, somebody(1), T1), Err(No::OwnWork));
        assert_eq!(confirm(done, somebody(2), T1), Ok(State::Confirmed { by: somebody(2), since: T1 }));
    }

    #[test]
    fn nothing_is_confirmed_before_it_is_done_and_a_closure_can_be_withdrawn() {
        assert_eq!(confirm(State::Raised { since: T0 }, somebody(2), T1), Err(No::NotDone));
        let closed = State::Confirmed { by: somebody(2), since: T0 };
        assert_eq!(contest(closed, T1), Ok(State::Raised { since: T1 }));
        assert_eq!(take(closed, somebody(1), T1), Err(No::Closed));
    }

    #[test]
    fn only_ones_own_last_step_is_taken_back_once_and_soon() {
        let (raised, one) = (State::Raised { since: T0 }, somebody(1));
        let taken = take(raised, one, T0).unwrap();
        let chain = [("raised", somebody(9), T0, raised), ("taken", one, T0, taken)];
        assert_eq!(take_back(&chain, one, T1), Ok(raised));
        assert_eq!(take_back(&chain, somebody(2), T1), Err(No::MovedOn));
        assert_eq!(take_back(&chain, one, T0.plus_min(TAKE_BACK_MIN + 1)), Err(No::MovedOn));
        assert_eq!(take_back(&chain[..1], somebody(9), T1), Err(No::MovedOn));
        assert_eq!(take_back(&[chain[1], (TAKEN_BACK, one, T1, raised)], one, T1), Err(No::MovedOn));
    }

    #[test]
    fn a_promise_lies_ahead() {
        assert_eq!(answer(State::Raised { since: T1 }, somebody(1), Some(T0), T1), Err(No::PromiseInThePast));
        let answered = answer(State::Raised { since: T0 }, somebody(1), Some(T1), T0).unwrap();
        assert_eq!(answered, State::Answered { by: somebody(1), promised_for: Some(T1), since: T0 });
    }
}
