//! The refusals of this duty.

web::refusals! { "erasure":
    /// The number that was typed is not the number of people.
    1 OtherNumber = 409,
    /// Nobody is to be erased.
    2 Nobody = 409,
}
