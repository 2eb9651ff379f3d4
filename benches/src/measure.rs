//! Times, sorted; and the sheet on which each number stands beside its limit.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

/// Times of one kind of work.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// In milliseconds, the time that so many of a thousand do not exceed.
    pub fn ms(&mut self, per_mille: usize) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get(self.0.len() * per_mille / 1000).or_else(|| self.0.get(last)).map_or(f64::NAN, |took| ms(*took))
    }
}

/// Every number that was measured.
#[derive(Debug, Default)]
pub struct Sheet {
    kept: usize,
    missed: Vec<String>,
}

impl Sheet {
    /// A number that must not be above its limit. What was not measured is not kept.
    pub fn at_most(&mut self, what: &str, measured: f64, limit: f64, unit: &str) {
        let is_kept = measured <= limit;
        println!(
            "  {what:<58} {measured:>9.1} {unit:<4} ≤ {limit:>7} {unit:<4} {}",
            if is_kept { "kept" } else { "MISSED" }
        );
        if is_kept {
            self.kept += 1;
        } else {
            self.missed.push(format!("{what}: {measured:.1} {unit}, {limit} {unit} at most"));
        }
    }

    /// The 99 of 100 of some times; the median beside it.
    pub fn p99(&mut self, what: &str, mut times: Times, limit_ms: f64) {
        let what = format!("{what} (p50 {:.1})", times.ms(500));
        self.at_most(&what, times.ms(990), limit_ms, "ms");
    }

    /// A number without a promise.
    pub fn say(&self, what: &str, measured: f64, unit: &str) {
        println!("  {what:<58} {measured:>9.1} {unit}");
    }

    /// The last lines; fails when a promise was missed.
    pub fn sum(self) -> ExitCode {
        println!("{} promises kept, {} missed", self.kept, self.missed.len());
        for missed in &self.missed {
            println!("  missed: {missed}");
        }
        if self.missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

pub fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// Does it once and says how long it took.
pub async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let done = work.await;
    (done, began.elapsed())
}

/// The most memory this process has held, in MiB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
