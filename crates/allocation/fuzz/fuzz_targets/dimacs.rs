//! Any bytes as a DIMACS network: read and answered with a certificate, or refused.
//! How to run it: README.md.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(network) = flow::network::read_dimacs(bytes) else { return };
    if network.supply.len() < 200 && network.arcs.len() < 1_000 {
        if let Ok(flow) = network.solve() {
            assert!(network.check(&flow));
        }
    }
});
