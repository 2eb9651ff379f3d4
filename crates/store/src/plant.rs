//! Planted faults, for the controls of tests that drive the whole program: `MUSTER_PLANT=answer-early muster serve`.
//! A release build has none of them.

use std::sync::OnceLock;

static PLANTED: OnceLock<String> = OnceLock::new();

/// Plants a fault, before a store is opened.
pub fn plant(fault: String) {
    let _ = PLANTED.set(fault);
}

/// Whether this fault is planted.
pub(crate) fn has(fault: &str) -> bool {
    cfg!(debug_assertions) && PLANTED.get().is_some_and(|planted| planted == fault)
}
