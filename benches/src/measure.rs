//! Times, sorted and printed.

use std::time::{Duration, Instant};

/// Times of one kind of work.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Prints median, 99 % and worst.
    pub fn print(mut self, what: &str) {
        self.0.sort_unstable();
        let at = |share: usize| self.0.get((self.0.len() * share / 100).min(self.0.len().saturating_sub(1)));
        let ms = |took: Option<&Duration>| took.map_or(0.0, |took| took.as_secs_f64() * 1000.0);
        println!(
            "{what:<48} {:>6} times   p50 {:>8.2} ms   p99 {:>8.2} ms   worst {:>8.2} ms",
            self.0.len(),
            ms(at(50)),
            ms(at(99)),
            ms(self.0.last())
        );
    }
}

/// Does it once and says how long it took.
pub fn once<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    println!("{what:<48} {:>8.1} ms", began.elapsed().as_secs_f64() * 1000.0);
    done
}

/// The most memory this process has held, in MiB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
