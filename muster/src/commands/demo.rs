//! `muster demo`: a district that never was, and its night, on a fresh database. The server is the real one; everybody in
//! it acts over HTTP (crate `sim`), and a visitor can take part.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, bail};
use clap::Args;
use domain::{Clock, Moment};
use serde_json::json;
use sim::{
    Night, Recipe,
    night::{Books, Figures, Gateway, Links, Manners, Pace, Stage},
};
use store::{Address, Store, journal};
use tokio::sync::oneshot;

use super::serve::Open;
use crate::ground::Settled;

/// Enough for what happens before the order.
const BEFORE_MIDNIGHT_MIN: i64 = 10;
/// When rosters are laid beside what was acknowledged: the slowest phone has sent, nobody has gone home.
pub const BOOKS_AT_MIN: i64 = 11 * 60;
/// The state that `--still` keeps: twenty minutes before everybody has to be in place, with a call for more people behind.
const STILL_AT_MIN: i64 = 7 * 60 + 40;

#[derive(Debug, Args)]
pub struct Demo {
    /// How many times faster than real time the night goes.
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    /// Same seed, same district and same people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Play as fast as the machine allows, without waiting for anybody, and check the books.
    #[arg(long)]
    headless: bool,
    /// Set the scene of twenty to eight and keep it.
    #[arg(long, conflicts_with = "headless")]
    still: bool,
    /// Only the first so many divisions of the district: over in seconds.
    #[arg(long)]
    divisions: Option<usize>,
    /// Print one JSON object instead of sentences.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub fn run(self, ground: Settled) -> anyhow::Result<()> {
        tokio::runtime::Runtime::new()?.block_on(self.play(ground))
    }

    async fn play(self, mut ground: Settled) -> anyhow::Result<()> {
        let began = Instant::now();
        let folder = Folder::fresh(&mut ground)?;
        let whole = Recipe::report(self.seed).district()?;
        let district = match self.divisions {
            Some(divisions) => whole.first_divisions(divisions.max(1)),
            None => whole,
        };
        district.write(&folder.files())?;
        let running = Running::start(ground, folder.files(), self.seed, Manners::default()).await?;
        if !self.json {
            println!(
                "Setting the scene: {} sites, {} volunteers (all invented) …",
                district.sites.len(),
                district.volunteer_count()
            );
        }
        let night = Night::begin(running.stage.clone()).await?;
        if self.headless {
            return self.play_out(&night, running, began).await;
        }
        if self.still {
            night.play_until(night.at_minute(STILL_AT_MIN)).await?;
            self.say(&night.links().await?)?;
            return running.until_stopped().await;
        }
        let links = night.links().await?;
        self.say(&links)?;
        night.go_live(self.speed);
        let playing = tokio::spawn(async move {
            if let Err(trouble) = night.play_until(night.end()).await {
                eprintln!("the night stopped: {trouble}");
            }
        });
        let stopped = running.until_stopped().await;
        playing.abort();
        stopped
    }

    fn say(&self, links: &Links) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(links)?);
            return Ok(());
        }
        println!("\nMuster is open on {} – one link per role, each for one use:", links.address);
        for (role, link) in &links.links {
            println!("  {role:<18} {link}");
        }
        println!("\nPause and speed are on the pages of the duty officer. Ctrl-C ends the demonstration.");
        Ok(())
    }

    /// Plays everything, lays the books side by side, and fails unless they balance.
    async fn play_out(self, night: &Night, running: Running, began: Instant) -> anyhow::Result<()> {
        let (mut figures, faults) = whole_night(night, &running.store).await?;
        figures.wall_s = (began.elapsed().as_secs_f64() * 100.0).round() / 100.0;
        running.stop().await?;
        self.report(&figures)?;
        for fault in faults.iter().take(20) {
            eprintln!("books: {fault}");
        }
        if !figures.books_balance {
            bail!("the books do not balance: {} differences (seed {})", faults.len(), self.seed);
        }
        Ok(())
    }

    fn report(&self, figures: &Figures) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(figures)?);
        } else {
            println!("{}", serde_json::to_string_pretty(figures)?);
        }
        Ok(())
    }
}

/// Plays a night from its order to the closing of its last site, as fast as the machine allows. Gives its figures, and
/// everything in which its books differ.
pub async fn whole_night(night: &Night, store: &Store) -> anyhow::Result<(Figures, Vec<String>)> {
    night.play_until(night.at_minute(BOOKS_AT_MIN)).await?;
    let books = night.books().await?;
    night.play_until(night.end()).await?;
    night.close().await?;
    let faults = audit(night, store, &books).await?;
    let figures = Figures { books_balance: faults.is_empty(), ..night.figures(&books, 0.0) };
    Ok((figures, faults))
}

/// What differs: rosters, requests, messages, what went wrong after the books were laid, the journal's chain.
pub async fn audit(night: &Night, store: &Store, books: &Books) -> anyhow::Result<Vec<String>> {
    let mut faults: Vec<String> = books.faults().iter().map(ToString::to_string).collect();
    faults.extend(night.ledger().troubles.iter().skip(books.ledger.troubles.len()).cloned());
    let report = store.look_long(|tx| journal::verify(tx, None)).await?;
    faults.extend(report.faults.iter().map(ToString::to_string));
    Ok(faults)
}

/// A server that is open for one night.
pub struct Running {
    pub stage: Stage,
    pub store: Store,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
    stop: oneshot::Sender<()>,
}

impl Running {
    /// Opens over a fresh database; `files` is the folder of the district's registers.
    pub async fn start(mut ground: Settled, files: PathBuf, seed: u64, manners: Manners) -> anyhow::Result<Self> {
        let gateway = Gateway::open(manners).await.context("the demonstration's SMS gateway")?;
        let body = r#"{"id":"{id}","phone":"{phone}","text":"{text}"}"#;
        ground.duties.insert("notices".to_owned(), json!({ "sms": { "url": gateway.url(), "body": body } }));
        let day = Recipe::report(seed).day;
        let clock = Clock::movable(midnight(&ground, day)?.plus_min(-BEFORE_MIDNIGHT_MIN), 0.0);
        let store = ground.open(clock.clone())?;
        let open = Open::start(&ground, store.clone()).await?;
        let stage = Stage {
            url: open.url.clone(),
            first_code: open
                .first_code
                .clone()
                .context("the database is not fresh: there is an administrator already")?,
            password: uuid::Uuid::new_v4().to_string(),
            pace: Pace::headless(clock),
            gateway,
            folder: files,
            seed,
            day: day.to_string(),
        };
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(open.until(async move {
            let _ = stopped.await;
        }));
        Ok(Self { stage, store, serving, stop })
    }

    async fn until_stopped(self) -> anyhow::Result<()> {
        super::serve::stop_signal().await;
        self.stop().await
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.serving.await?
    }
}

fn midnight(ground: &Settled, day: jiff::civil::Date) -> anyhow::Result<Moment> {
    let begins = day.to_zoned_datetime(ground.zone.clone())?;
    Ok(Moment::from_ms(begins.timestamp().as_millisecond()))
}

/// Where the files of the demonstration lie while it runs: never where something else does.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Folder {
    /// A new folder, with the database in it unless another place was named.
    fn fresh(ground: &mut Settled) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("muster-demo-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder)?;
        match &ground.address {
            Address::Sqlite(file) if file == Path::new("muster.db") => {
                ground.address = Address::Sqlite(folder.join("district.db"));
            }
            Address::Sqlite(file) if file.exists() => {
                bail!(
                    "{} exists: a demonstration never touches a database that is there; name another file",
                    file.display()
                );
            }
            Address::Sqlite(file) => {
                file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            }
            Address::Postgres(_) => {}
        }
        Ok(Self(folder))
    }

    fn files(&self) -> PathBuf {
        Path::join(&self.0, "files")
    }
}
