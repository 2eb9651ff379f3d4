//! Any bytes as a file that somebody hands in: read, or refused in a sentence.
#![no_main]

mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::read_both(bytes));
