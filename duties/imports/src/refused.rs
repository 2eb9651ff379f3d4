//! What this duty refuses.

web::refusals! { "imports":
    /// The file can no longer be read: it was put away.
    1 FileGone = 410,
    /// Somebody else has changed the register since the file was judged.
    2 ChangedMeanwhile = 409,
    /// The import is not at this step.
    3 NotNow = 409,
    /// The headings were not all answered for.
    4 MappingIncomplete = 422,
    /// There is no such register.
    5 NoSuchRegister = 404,
    /// The file is empty or is no table: the sentence says what to do.
    6 NotATable = 422,
}
