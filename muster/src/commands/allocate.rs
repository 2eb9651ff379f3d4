//! `muster allocate`: who goes where, from files, without a database. Every plan comes with a bound that nothing can be cheaper
//! than; Ctrl-C gives the best plan so far and says how far from that bound it may be.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use allocation::{Question, Report, Survey, Tables, Ways, Weights};
use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

#[derive(Debug, Clone, Args)]
pub struct Allocate {
    /// code, latitude, longitude, a column per role, priority.
    #[arg(long, value_name = "FILE")]
    sites: PathBuf,
    /// code, and latitude and longitude for people without their own.
    #[arg(long, value_name = "FILE")]
    teams: PathBuf,
    /// team, site.
    #[arg(long, value_name = "FILE")]
    links: PathBuf,
    /// code, team, latitude, longitude, roles, reserve, nights_in_a_row.
    #[arg(long, value_name = "FILE")]
    volunteers: PathBuf,
    /// The plan that stands: as few people as possible are moved.
    #[arg(long, value_name = "PLAN")]
    current: Option<PathBuf>,
    /// A table with the volunteers who have arrived and stay where they are.
    #[arg(long, value_name = "FILE", requires = "current")]
    arrived: Option<PathBuf>,
    /// Weights that differ from the printed ones (TOML).
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Distances by road (volunteer, site, distance_m) instead of the great circle.
    #[arg(long, value_name = "FILE", conflicts_with = "distance_service")]
    distances: Option<PathBuf>,
    /// Address of an OSRM-compatible service to ask for distances by road.
    #[arg(long, value_name = "URL")]
    distance_service: Option<String>,
    /// Coordinates the service takes in one question.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    distance_service_table: usize,
    /// Where to write the plan (.csv or .xlsx): volunteer, site, role, distance_m, reason.
    #[arg(long, value_name = "OUT")]
    plan: PathBuf,
    /// Where to write the figures, the gaps and the prices (JSON).
    #[arg(long, value_name = "OUT")]
    report: PathBuf,
    /// Where to write for everybody why not nearer, and who would have to move (.csv or .xlsx).
    #[arg(long, value_name = "OUT")]
    reasons: Option<PathBuf>,
    /// Believe the engine's own certificate: the referee does not look at every pair again.
    #[arg(long)]
    trust_candidates: bool,
}

impl Allocate {
    pub fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let is_ended = ended_by_the_keyboard(&runtime);
        let mut tables = Tables::read(&self.sites, &self.teams, &self.links, &self.volunteers)?;
        if let Some(current) = &self.current {
            tables.read_current(current, self.arrived.as_deref())?;
        }
        let weights = self.weights()?;
        let ways = match (&self.distances, &self.distance_service) {
            (Some(file), _) => Ways::read(file, &tables)?,
            (None, Some(service)) => runtime.block_on(async {
                tokio::select! {
                    ways = survey(service, &tables, self.distance_service_table) => ways,
                    _ = tokio::signal::ctrl_c() => anyhow::bail!("ended before the distances were known"),
                }
            })?,
            (None, None) => Ways::great_circle(),
        };
        let question = Question::new(tables, weights, ways);
        let bar = bar();
        let plan = question.solve(&mut |progress| {
            bar.set_message(told(progress));
            bar.tick();
            !is_ended.load(Ordering::Relaxed)
        })?;
        bar.finish_and_clear();
        let proof = if self.trust_candidates { None } else { Some(flow::check(&question.problem, &plan)?) };
        let mut report = Report::new(&question, &plan, proof);
        allocation::write_plan(&self.plan, &question, &plan)?;
        match &self.reasons {
            Some(reasons) if report.optimal => allocation::write_reasons(reasons, &question, &plan)?,
            Some(reasons) => eprintln!(
                "{} is not written: reasons hold for a proven plan only. Let the work come to its end.",
                reasons.display()
            ),
            None => {}
        }
        (report.user_s, report.peak_mb) = used();
        report.write(&self.report)?;
        eprintln!("{}", in_a_sentence(&report));
        Ok(())
    }

    fn weights(&self) -> anyhow::Result<Weights> {
        let Some(path) = &self.weights else { return Ok(Weights::default()) };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }
}

/// A service that takes longer for a single table does not come back.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks a `table` service for every way, block after block.
async fn survey(service: &str, tables: &Tables, most: usize) -> anyhow::Result<Ways> {
    let client = reqwest::Client::builder().connect_timeout(PATIENCE / 6).timeout(PATIENCE).build()?;
    let base = service.trim_end_matches('/');
    let mut survey = Survey::new(tables, most);
    for block in survey.blocks() {
        let answer = client.get(format!("{base}{}", block.path)).send().await;
        let answer = answer.with_context(|| format!("asking {base}: check that the service runs"))?;
        let status = answer.status();
        // What the service itself refuses it explains in the same form, with 400.
        if !status.is_success() && status != reqwest::StatusCode::BAD_REQUEST {
            anyhow::bail!("{base} answers with {status}: check the address, and that the service runs");
        }
        let text = answer.text().await.with_context(|| format!("{base} breaks off: ask again"))?;
        survey.take(&block, &text)?;
    }
    Ok(survey.finish())
}

/// The first Ctrl-C asks for the best plan so far, the second asks for nothing any more.
fn ended_by_the_keyboard(runtime: &tokio::runtime::Runtime) -> Arc<AtomicBool> {
    let is_ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_ended);
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    is_ended
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

fn told(progress: flow::Progress) -> String {
    let left = progress.left;
    match progress.stage {
        flow::Stage::Auction { epsilon } => format!("bids to within {epsilon} m, {left} waiting (Ctrl-C: best so far)"),
        flow::Stage::Placing => format!("placing the last people, {left} to look at (Ctrl-C: best so far)"),
        flow::Stage::Filling => format!("filling the last posts, {left} to look at (Ctrl-C: best so far)"),
    }
}

fn in_a_sentence(report: &Report) -> String {
    let missing: u64 = report.unmet.iter().map(|gap| u64::from(gap.missing)).sum();
    let proof = if report.optimal {
        "nothing is cheaper".to_owned()
    } else {
        format!("not proven: at most {} could be saved", report.gap)
    };
    format!("{} people placed, {missing} missing, {} m of ways; {proof}.", report.assigned, report.travel_m)
}

/// Seconds of the processor and megabytes at the peak, as the system counts them; zero where it does not.
fn used() -> (f64, u64) {
    let read = |path: &str| std::fs::read_to_string(Path::new("/proc/self").join(path)).unwrap_or_default();
    let stat = read("stat");
    let ticks = stat.rsplit(')').next().and_then(|rest| rest.split_ascii_whitespace().nth(11)?.parse::<f64>().ok());
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    (ticks.unwrap_or(0.0) / TICKS_PER_S, peak.unwrap_or(0_u64) / 1024)
}

/// `sysconf(_SC_CLK_TCK)` on every Linux that Rust runs on.
const TICKS_PER_S: f64 = 100.0;
