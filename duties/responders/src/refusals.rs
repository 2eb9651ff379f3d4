//! The refusals of this duty.

web::refusals! { "responders":
    /// The register was changed while it was being imported.
    1 ChangedMeanwhile = 409,
    /// Badge and last digits do not belong together.
    2 NotRecognised = 403,
    /// The end of an availability is not after its beginning.
    3 WindowTurned = 422,
    /// Nobody tells a deed of oneself.
    4 OwnDeed = 409,
    /// A deed needs the consent of the person it is told of before it is published.
    5 NoConsent = 409,
    /// Whoever asked does not settle.
    6 OwnCorrection = 409,
    /// It was settled, decided or withdrawn before.
    7 AlreadySettled = 409,
    /// Nothing was written.
    8 NothingWritten = 422,
    /// The times do not make a stay.
    9 TimesTurned = 422,
    /// A date or time cannot be read.
    10 NotATime = 422,
    /// The volunteer has left.
    11 HasLeft = 409,
    /// Not a telephone number.
    12 NotAPhone = 422,
    /// Wrong digits were typed: the entrance by badge rests for a while.
    13 EntranceRests = 429,
    /// Wrong digits were typed too often: somebody has to open the entrance again.
    14 EntranceShut = 403,
    /// A duty is added with where, from and until.
    15 SaysNotWhere = 422,
    /// Nobody stood at a site of this name then.
    16 NobodyStoodThere = 422,
    /// The person stood somewhere at that time already.
    17 StoodThen = 409,
}
