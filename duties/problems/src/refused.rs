//! What this duty refuses.

use crate::rules::state::No;

web::refusals! { "problems":
    /// Somebody else has taken it.
    1 TakenByAnother = 409,
    /// It is closed.
    2 Closed = 409,
    /// It is not reported done.
    3 NotDone = 409,
    /// One's own work.
    4 OwnWork = 409,
    /// The promise lies in the past.
    5 PromiseInThePast = 422,
    /// A people request names a role and a count.
    6 NamesNoPeople = 422,
    /// A request needs a few words.
    7 NeedsWords = 422,
    /// Something has happened since.
    8 MovedOn = 409,
}

impl From<No> for Refused {
    fn from(no: No) -> Self {
        match no {
            No::TakenByAnother => Self::TakenByAnother,
            No::Closed => Self::Closed,
            No::NotDone => Self::NotDone,
            No::OwnWork => Self::OwnWork,
            No::PromiseInThePast => Self::PromiseInThePast,
            No::MovedOn => Self::MovedOn,
        }
    }
}
