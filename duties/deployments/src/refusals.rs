//! When the rules say no.

web::refusals! { "deployments":
    /// Milestones do not follow one another, or the shift is no shift.
    1 OutOfOrder = 422,
    /// An order without sites.
    2 NoSites = 422,
    /// The order is closed.
    3 OrderIsClosed = 409,
    /// The plan is not ready (or failed).
    4 PlanNotReady = 409,
    /// Facts changed since the plan was made.
    5 PlanIsStale = 409,
    /// A site would fall below its need.
    6 Draining = 409,
    /// Somebody is held by another order at these hours.
    7 HeldElsewhere = 409,
    /// The plan was published (or undone) already.
    8 AlreadyDecided = 409,
    /// There is no published plan to undo.
    9 NothingPublished = 409,
    /// A newer plan stands on this one.
    10 NewerStands = 409,
    /// Nothing that can be done with.
    11 NotInThisOrder = 422,
    /// The volunteer has no duty now.
    12 NoDuty = 404,
    /// Who is there leaves by checking out.
    13 HasArrived = 409,
    /// The duty was withdrawn or is over.
    14 DutyIsOver = 409,
    /// The site takes part in no open order.
    15 SiteIsIdle = 409,
    /// Nobody has this badge or code.
    16 NotKnownHere = 404,
    /// Nothing of today to undo.
    17 NothingToUndo = 409,
    /// More than a phone sends at once.
    18 TooManyAtOnce = 413,
    /// People were told of the shift.
    19 PeopleAreTold = 409,
    /// A link names a team or site that is not in the registers.
    20 NoSuchEnd = 422,
    /// The person cannot do this role.
    21 LacksSkill = 422,
    /// Somebody who has arrived is not moved.
    22 StandsThere = 409,
    /// An announcement without words, or with more than people read.
    23 SayInFewWords = 422,
    /// An announcement to nobody.
    24 NobodyToTell = 409,
    /// A call for people without role and number.
    25 SaysNotWhom = 422,
    /// A request without words.
    26 SaysNotWhat = 422,
    /// An order's name is empty, or longer than people read.
    27 NameInFewWords = 422,
    /// The order was not closed just now.
    28 StaysClosed = 409,
    /// Another open order has these sites at these hours.
    29 SitesAreTaken = 409,
    /// Who declined comes after all, and somebody else has the post.
    30 PostIsTaken = 409,
    /// The person has not declined, or was asked again already.
    31 DidNotDecline = 409,
}
