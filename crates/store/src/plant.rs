//! Planted faults, for the controls of tests that drive the whole program: `MUSTER_PLANT=answer-early muster serve`.
//! A release build has none of them.

/// Whether this fault is planted.
pub(crate) fn has(fault: &str) -> bool {
    cfg!(debug_assertions) && std::env::var("MUSTER_PLANT").is_ok_and(|planted| planted == fault)
}
