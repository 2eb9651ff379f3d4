//! The refusals of this duty.

use web::Fault;

use crate::rules::intake::Reason;

web::refusals! { "places":
    /// The site has no part in any order, or not in the one named.
    1 NoOrderHere = 409,
    /// Something required is missing: the site cannot open.
    2 NotReady = 409,
    /// What was typed about a site or division cannot be taken.
    3 RowRefused = 422,
    /// Another site has that code.
    4 CodeTaken = 409,
    /// The file holds no boundaries that can be read.
    5 NotBoundaries = 422,
    /// None of the boundaries is of a division of this district.
    6 NoBoundaryFits = 422,
    /// Sites changed since the proposal was shown.
    7 ProposalIsOld = 409,
    /// Nobody is named, or no number is known.
    8 NobodyNamed = 404,
    /// Every site is in a zone already.
    9 NothingToGroup = 409,
    /// The site is no longer in the stage that was to be taken back.
    10 StageMovedOn = 409,
    /// The name is empty or too long.
    11 BadName = 422,
    /// The number cannot be called.
    12 BadPhone = 422,
    /// The position is not on the earth.
    13 BadPosition = 422,
    /// Somebody leads the zone already.
    14 ZoneIsLed = 409,
    /// A site lies in the division.
    15 DivisionHasSites = 409,
}

/// A row's reason as a refusal, in the language of whoever typed it.
pub fn row(desk: &web::Desk, reason: &Reason) -> Fault {
    Refused::RowRefused.with("reason", reason.say(&desk.house().words, desk.locale())).into()
}
