//! What sealing costs by length: `cargo run --release -p store --example sealing`; with `RUSTFLAGS=` before it, with the
//! vector code of Poly1305, which `.cargo/config.toml` switches off.

use std::{hint::black_box, time::Instant};

use store::Keyring;

const BYTES: usize = 100_000_000;

fn main() {
    let keyring = Keyring::random();
    println!("{:>8} {:>10} {:>10}", "bytes", "µs each", "MB/s");
    for length in [16_usize, 64, 256, 1_024, 4_096, 65_536] {
        let text = "字".repeat(length.div_ceil(3));
        let rounds = BYTES.div_ceil(text.len()).min(500_000);
        let began = Instant::now();
        for _ in 0..rounds {
            black_box(keyring.seal("volunteers.person", &text));
        }
        let took_s = began.elapsed().as_secs_f64();
        let (each_us, speed) = (took_s / rounds as f64 * 1e6, (rounds * text.len()) as f64 / took_s / 1e6);
        println!("{:>8} {each_us:>10.2} {speed:>10.0}", text.len());
    }
}
