//! `muster import`: brings a register in from a file. Says what would happen and asks; `--yes` writes at once.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};
use domain::{Actor, Clock, Id, Origin, things::Import as AnImport};
use imports::{Choice, Counts, Direct, Register, Stopped, Tally, in_language};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use places::map;
use serde::Serialize;
use sheets::Format;
use store::{Act, Store};
use web::{Locale, Words};

use crate::ground::Settled;

#[derive(Debug, Clone, Args)]
pub struct Import {
    /// What the file is a table of. Boundaries are GeoJSON; everything else is CSV or XLSX.
    register: What,
    file: PathBuf,
    /// Write without asking.
    #[arg(long)]
    yes: bool,
    /// Write only what is new; leave what is known as it is.
    #[arg(long)]
    only_new: bool,
    /// What a heading means that does not speak for itself; may be given often.
    #[arg(long = "map", value_name = "HEADING=COLUMN", value_parser = pair)]
    mapping: Vec<(String, String)>,
    /// The system the positions are in.
    #[arg(long, value_enum, default_value = "wgs84")]
    origin: System,
    /// Where to write the rejected rows with their reasons (.csv or .xlsx).
    #[arg(long, value_name = "OUT")]
    rejected: Option<PathBuf>,
    /// Print one JSON object instead of sentences.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Divisions,
    Sites,
    Teams,
    Links,
    Volunteers,
    Boundaries,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum System {
    Wgs84,
    Gcj02,
}

/// What came of it, for programs.
#[derive(Serialize)]
struct Outcome<'a> {
    register: &'a str,
    import: Id<AnImport>,
    applied: bool,
    /// Headings of the file that mean nothing to the register.
    not_read: Vec<String>,
    rows: u64,
    #[serde(flatten)]
    counts: Counts,
    reasons: BTreeMap<&'a str, Why<'a>>,
}

#[derive(Serialize)]
struct Why<'a> {
    rows: u64,
    first_row: u64,
    said: &'a str,
}

impl Import {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let store = ground.open(Clock::system())?;
        let register = match self.register {
            What::Divisions => Register::Divisions,
            What::Sites => Register::Sites,
            What::Teams => Register::Teams,
            What::Links => Register::Links,
            What::Volunteers => Register::Volunteers,
            What::Boundaries => return self.boundaries(ground, &store),
        };
        let runtime = tokio::runtime::Runtime::new().context("starting")?;
        runtime.block_on(self.table(ground, store, register))
    }

    async fn table(&self, ground: &Settled, store: Store, register: Register) -> anyhow::Result<()> {
        let known: Vec<&str> = register.columns().into_iter().map(|(key, ..)| key).collect();
        for (heading, key) in &self.mapping {
            ensure!(known.contains(&key.as_str()), "--map {heading}={key}: write one of {}", known.join(", "));
        }
        let (words, locale) = (words()?, locale());
        let direct = Direct {
            store,
            words: words.clone(),
            district: ground.district.clone(),
            zone: ground.zone.clone(),
            actor: Actor::system(),
            register,
            path: self.file.clone(),
            origin: self.origin(),
            mapping: self.mapping.clone(),
        };
        let teller = Teller { words, locale, is_quiet: self.json };
        let (import, tally, applied) = self.bring(&direct, &teller).await?;
        if self.json {
            let outcome = outcome(register, (import, &tally), applied, direct.not_read(import).await?, locale);
            println!("{}", serde_json::to_string(&outcome)?);
        } else {
            println!("{}", teller.say(if applied { "imports-cli-applied" } else { "imports-cli-not-applied" }));
        }
        self.keep_rejected(&direct, import, &tally, &teller).await
    }

    /// Judges, asks, applies; or applies at once.
    async fn bring(&self, direct: &Direct, teller: &Teller) -> anyhow::Result<(Id<AnImport>, Tally, bool)> {
        let wanted = if self.only_new { Choice::OnlyNew } else { Choice::All };
        let worded = |stopped| worded(stopped, direct, teller.locale);
        if !self.yes {
            let bar = teller.bar();
            let (import, tally) = direct.judge(|tally| advance(&bar, tally)).await.map_err(worded)?;
            bar.finish_and_clear();
            teller.table(&tally, &direct.not_read(import).await?);
            let Some(choice) = self.ask(&tally, wanted, teller)? else { return Ok((import, tally, false)) };
            let bar = teller.bar();
            let (import, tally) = direct.apply(choice, |tally| advance(&bar, tally)).await.map_err(worded)?;
            bar.finish_and_clear();
            return Ok((import, tally, true));
        }
        let bar = teller.bar();
        let (import, tally) = direct.apply(wanted, |tally| advance(&bar, tally)).await.map_err(worded)?;
        bar.finish_and_clear();
        teller.table(&tally, &direct.not_read(import).await?);
        Ok((import, tally, true))
    }

    /// What the person at the terminal decides; nothing where nobody can answer.
    fn ask(&self, tally: &Tally, wanted: Choice, teller: &Teller) -> anyhow::Result<Option<Choice>> {
        let nothing_to_do = tally.counts.new == 0 && (tally.counts.changed == 0 || wanted == Choice::OnlyNew);
        if nothing_to_do || self.json || !std::io::stdin().is_terminal() {
            return Ok(None);
        }
        let question = teller.words.say(teller.locale, "imports-cli-question");
        print!("{} ", question.num("new", &tally.counts.new).num("changed", &tally.counts.changed));
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        Ok(match answer.trim() {
            "a" => Some(wanted),
            "n" => Some(Choice::OnlyNew),
            _ => None,
        })
    }

    async fn keep_rejected(
        &self,
        direct: &Direct,
        import: Id<AnImport>,
        tally: &Tally,
        teller: &Teller,
    ) -> anyhow::Result<()> {
        if tally.counts.rejected == 0 {
            return Ok(());
        }
        let Some(path) = &self.rejected else {
            teller.tell(&teller.say("imports-cli-rejected-hint"));
            return Ok(());
        };
        let is_workbook = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx"));
        let format = if is_workbook { Format::Xlsx } else { Format::Csv };
        let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
        let rows = direct.write_rejected(import, format, teller.locale, file).await?;
        ensure!(rows == tally.counts.rejected, "{} rows were rejected, but {rows} were kept", tally.counts.rejected);
        let said = teller.words.say(teller.locale, "imports-cli-rejected-file");
        teller.tell(&said.num("rows", &rows).text("file", path.display()).to_string());
        Ok(())
    }

    fn boundaries(&self, ground: &Settled, store: &Store) -> anyhow::Result<()> {
        let (words, locale) = (words()?, locale());
        let length = std::fs::metadata(&self.file).with_context(|| self.file.display().to_string())?.len();
        ensure!(
            length <= map::MAX_BYTES,
            "{}: {}",
            self.file.display(),
            map::NotBoundaries::TooLarge.say(&words, locale)
        );
        let bytes = std::fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let outlines = map::read(&bytes, self.origin())
            .map_err(|reason| anyhow::anyhow!("{}: {}", self.file.display(), reason.say(&words, locale)))?;
        let district = ground.district.clone();
        let act = Act::system(store.clock().now());
        let imported = store.change_blocking(act, move |tx| map::take(tx, &district, &outlines))?;
        if self.json {
            println!("{}", serde_json::to_string(&imported)?);
        } else {
            println!("{}", words.say(locale, "imports-cli-boundaries").num("taken", &imported.taken));
            if !imported.unknown.is_empty() {
                println!(
                    "{}",
                    words.say(locale, "imports-cli-unknown-divisions").text("unknown", imported.unknown.join(" "))
                );
            }
        }
        Ok(())
    }

    const fn origin(&self) -> Origin {
        match self.origin {
            System::Wgs84 => Origin::Wgs84,
            System::Gcj02 => Origin::Gcj02,
        }
    }
}

/// Says things to the person at the terminal; to a program that reads JSON only by standard error.
struct Teller {
    words: Arc<Words>,
    locale: Locale,
    is_quiet: bool,
}

impl Teller {
    fn say(&self, word: &'static str) -> String {
        self.words.say(self.locale, word).to_string()
    }

    fn tell(&self, line: &str) {
        if self.is_quiet { eprintln!("{line}") } else { println!("{line}") }
    }

    /// The decision table: how many rows are what, why some are rejected, and which columns nobody reads.
    fn table(&self, tally: &Tally, not_read: &[String]) {
        let counts = tally.counts;
        self.tell(&self.words.say(self.locale, "imports-total").num("rows", &counts.rows()).to_string());
        let lines = [
            ("imports-new", counts.new),
            ("imports-changed", counts.changed),
            ("imports-same", counts.same),
            ("imports-rejected", counts.rejected),
        ];
        for (word, rows) in lines {
            self.tell(&format!("  {rows:>9}  {}", self.say(word)));
        }
        let mut reasons: Vec<_> = tally.reasons.values().collect();
        reasons.sort_by_key(|why| std::cmp::Reverse(why.rows));
        for why in reasons {
            let said = self.words.say(self.locale, "imports-cli-reason-line").num("rows", &why.rows);
            let said = said.text("first", why.first_row).text("why", in_language(&why.said, self.locale));
            self.tell(&format!("             {said}"));
        }
        if !not_read.is_empty() {
            let said = self.words.say(self.locale, "imports-cli-not-read").text("headings", not_read.join(" · "));
            self.tell(&said.to_string());
        }
    }

    fn bar(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} % · {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

fn advance(bar: &ProgressBar, tally: &Tally) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of one")]
    bar.set_position((tally.progress.clamp(0.0, 1.0) * 1_000.0) as u64);
    bar.set_message(tally.counts.rows().to_string());
}

fn outcome(
    register: Register,
    (import, tally): (Id<AnImport>, &Tally),
    applied: bool,
    not_read: Vec<String>,
    locale: Locale,
) -> Outcome<'_> {
    let reasons = tally.reasons.iter().map(|(kind, it)| (kind.as_str(), reason(it, locale)));
    Outcome {
        register: register.name(),
        import,
        applied,
        not_read,
        rows: tally.counts.rows(),
        counts: tally.counts,
        reasons: reasons.collect(),
    }
}

fn reason(it: &imports::Rejected, locale: Locale) -> Why<'_> {
    Why { rows: it.rows, first_row: it.first_row, said: in_language(&it.said, locale) }
}

fn worded(stopped: Stopped, direct: &Direct, locale: Locale) -> anyhow::Error {
    match stopped {
        Stopped::File(fault) => {
            let said = direct.say(&fault);
            anyhow::anyhow!("{}: {}", direct.path.display(), in_language(&said, locale))
        }
        Stopped::Fault(web::Fault::Refused(refusal)) => anyhow::anyhow!(
            "{}",
            refusal
                .args
                .iter()
                .fold(direct.words.say(locale, refusal.word.clone()), |say, (name, value)| say.text(name, value))
        ),
        Stopped::Fault(fault) => fault.into(),
    }
}

fn words() -> anyhow::Result<Arc<Words>> {
    let files: Vec<_> = crate::duties::all().iter().flat_map(|duty| duty.words).collect();
    match Words::new(&files) {
        Ok(words) => Ok(Arc::new(words)),
        Err(cause) => bail!("words: {cause}"),
    }
}

/// The language of the terminal; English when it names none of ours.
fn locale() -> Locale {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    if named.is_some_and(|named| named.starts_with("zh")) { Locale::ZhCn } else { Locale::En }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (heading, key) = text.rsplit_once('=').ok_or("write HEADING=COLUMN")?;
    Ok((heading.to_owned(), key.to_owned()))
}
