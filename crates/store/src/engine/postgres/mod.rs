//! PostgreSQL 15 and newer: any number of servers over one database.
//!
//! A change runs alone, as on SQLite: each group of changes first takes one exclusive advisory lock, held until its
//! commit is durable. `read committed` is right for it, because the lock is held before the first statement takes its
//! snapshot. Looking takes no lock and sees one `repeatable read` snapshot.
//!
//! A connection that breaks while committing leaves open whether the commit happened. The transaction's id answers
//! that after reconnecting (`pg_xact_status`), so a group is neither lost nor done twice.
//!
//! What nobody waits for (savepoints, the begin of a look) is sent in one go with the statement after it, which halves
//! the round trips of a change. The client is the async one for that reason, driven from the store's own threads.

mod growth;
mod line;
mod numeric;
mod wire;

use std::{collections::HashMap, error::Error as _, io, ops::ControlFlow, pin::Pin, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _};
use growth::Growth;
use line::Line;
use tokio::runtime::Runtime;
use tokio_postgres::{
    Client, RowStream, SimpleQueryMessage, Statement,
    error::SqlState,
    types::{ToSql, Type},
};
use wire::Param;
pub(crate) use wire::cell;

use super::{Bulk, OnRow, Purpose, Session};
use crate::{Cell, Error, Result, Row, Value, among, error::brief, row::Cells};

type Failure = tokio_postgres::Error;

const OLDEST: i32 = 150_000;
/// "muster" on a telephone's keys: the lock that makes changes wait for each other.
const GATE_LOCK: i64 = 687_837;
const STATEMENTS_KEPT: usize = 512;
const ROWS_AT_ONCE: usize = 1_000;
const BEGIN_LOOK: &str = "begin isolation level repeatable read read only";
/// Once per connection: no endless wait for the gate, no chatter.
const SETTINGS: &str = "set lock_timeout = '10s'; set client_min_messages = warning; set timezone = 'UTC'";

pub(crate) struct Postgres {
    url: String,
    purpose: Purpose,
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    /// The id of the open change, to ask later what became of it.
    change: Option<String>,
    open: bool,
    /// What goes out with the next statement.
    pending: String,
    /// Foreign keys to put back after loading.
    set_aside: Vec<String>,
    growth: Growth,
}

impl Postgres {
    pub(crate) fn connect(url: &str, purpose: Purpose) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| Error::Unavailable(format!("no runtime: {cause}")))?;
        let mut session = Self {
            url: url.to_owned(),
            purpose,
            client: dial(&runtime, url)?,
            runtime,
            statements: HashMap::new(),
            change: None,
            open: false,
            pending: String::new(),
            set_aside: Vec::new(),
            growth: Growth::default(),
        };
        session.settle()?;
        Ok(session)
    }

    /// Settings of the connection, and the refusals.
    fn settle(&mut self) -> Result<()> {
        self.batch(SETTINGS)?;
        let version: i32 = self.show("server_version_num")?.parse().unwrap_or(0);
        if version < OLDEST {
            return Err(Error::Unsafe(format!("PostgreSQL {version} is too old: 15 or newer is needed")));
        }
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            if self.show(name)? == "off" {
                return Err(Error::Unsafe(format!(
                    "PostgreSQL runs with {name} = off, so a power cut would lose what was acknowledged: set it on"
                )));
            }
        }
        if self.purpose == Purpose::Change && self.answer("select pg_is_in_recovery()::text")? == "true" {
            return Err(Error::Unavailable("this PostgreSQL is a standby".to_owned()));
        }
        Ok(())
    }

    pub(crate) fn show(&mut self, setting: &str) -> Result<String> {
        self.answer(&format!("show {setting}"))
    }

    /// The first column of the first row of a plain statement, as text.
    fn answer(&mut self, sql: &str) -> Result<String> {
        let messages = self.runtime.block_on(self.client.simple_query(sql)).map_err(|cause| failed(&cause, sql))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        rows.last().ok_or_else(|| Error::Missing { statement: brief(sql) })
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        self.send_pending()?;
        let statement = self.runtime.block_on(self.client.prepare(sql)).map_err(|cause| failed(&cause, sql))?;
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends a statement together with what is pending. A look whose connection turns out to be dead has seen nothing
    /// yet, so it begins again on a new one.
    fn start(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Pin<Box<RowStream>>> {
        let unseen = self.pending == BEGIN_LOOK;
        match self.send(sql, params) {
            Err(Error::Unavailable(_)) if unseen => {
                self.begin_anew()?;
                self.send(sql, params)
            }
            outcome => outcome,
        }
    }

    fn begin_anew(&mut self) -> Result<()> {
        self.mend()?;
        self.begin(Purpose::Look)
    }

    fn send(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Pin<Box<RowStream>>> {
        let statement = self.prepared(sql)?;
        check_count(&statement, params, sql)?;
        let pending = std::mem::take(&mut self.pending);
        let sent = self.runtime.block_on(async {
            if pending.is_empty() {
                return self.client.query_raw(&statement, params.iter().copied()).await;
            }
            let (before, rows) = tokio::join!(
                self.client.batch_execute(&pending),
                self.client.query_raw(&statement, params.iter().copied())
            );
            before.and(rows)
        });
        sent.map(Box::pin).map_err(|cause| failed(&cause, sql))
    }

    fn run(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let mut rows = self.start(sql, params)?;
        let fail = |cause| failed(&cause, sql);
        self.runtime
            .block_on(async {
                while rows.try_next().await?.is_some() {}
                Ok(())
            })
            .map_err(fail)?;
        Ok(rows.rows_affected().unwrap_or(0))
    }

    fn ask(&mut self, sql: &str, params: &[Param<'_>], on_row: &mut OnRow<'_>) -> Result<()> {
        let mut rows = self.start(sql, params)?;
        while let Some(row) = self.runtime.block_on(rows.next()) {
            let row = row.map_err(|cause| failed(&cause, sql))?;
            if on_row(&Row::new(Cells::Postgres(&row), sql))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn send_pending(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        self.runtime.block_on(self.client.batch_execute(&pending)).map_err(|cause| failed(&cause, &pending))
    }

    /// Between two changes, so that nobody waits for it who has changed something. Without it pages are slower, no more.
    fn count_what_grew(&mut self) {
        if let Some(count) = self.growth.count()
            && let Err(cause) = self.batch(&count)
        {
            tracing::debug!(%cause, "tables were not counted");
        }
    }

    /// What became of a change whose commit was not answered.
    fn settled_after_all(&mut self, change: &str) -> Result<bool> {
        for _ in 0..20 {
            self.mend()?;
            match self.answer(&format!("select pg_xact_status('{change}'::xid8)"))?.as_str() {
                "committed" => return Ok(true),
                "aborted" => return Ok(false),
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
        Err(Error::Unavailable("a commit was not answered".to_owned()))
    }
}

/// How the line to this address is kept, in words; an error when it must not be used.
pub(crate) fn line(url: &str) -> Result<&'static str> {
    Line::of(url).map(|line| line.says())
}

/// How long a server that has taken a connection may take until it can be worked with.
const PATIENCE: Duration = Duration::from_secs(15);

fn dial(runtime: &Runtime, url: &str) -> Result<Client> {
    let mut line = Line::of(url)?;
    line.config
        .application_name("muster")
        .connect_timeout(Duration::from_secs(5))
        .tcp_user_timeout(Duration::from_secs(15))
        .keepalives_idle(Duration::from_secs(30));
    let tls = line.tls()?;
    let dialled = runtime.block_on(async { tokio::time::timeout(PATIENCE, line.config.connect(tls)).await });
    let dialled = dialled.map_err(|_| {
        Error::Unavailable("PostgreSQL takes the connection but does not answer; look whether it is stopped".to_owned())
    })?;
    let (client, connection) =
        dialled.map_err(|cause| line.refusal(&cause).unwrap_or_else(|| failed(&cause, "connect")))?;
    runtime.spawn(async move {
        if let Err(cause) = connection.await {
            tracing::debug!(%cause, "a connection ended");
        }
    });
    Ok(client)
}

impl Session for Postgres {
    fn wait_for_disk(&mut self, waits: bool) -> Result<()> {
        if self.client.is_closed() {
            self.mend()?;
        }
        self.batch(if waits { "reset synchronous_commit" } else { "set synchronous_commit = off" })
    }

    fn begin(&mut self, purpose: Purpose) -> Result<()> {
        if self.client.is_closed() {
            self.mend()?;
        }
        self.open = true;
        match purpose {
            Purpose::Look => self.later(BEGIN_LOOK),
            Purpose::Change => {
                self.count_what_grew();
                let begin =
                    format!("begin; select pg_advisory_xact_lock({GATE_LOCK}); select pg_current_xact_id()::text");
                self.change = Some(self.answer(&begin)?);
                Ok(())
            }
        }
    }

    fn commit(&mut self) -> Result<()> {
        self.open = false;
        let change = self.change.take();
        match (self.batch("commit"), change) {
            (Err(Error::Unavailable(cause)), Some(change)) => {
                tracing::warn!(%cause, "the connection broke while committing; asking what became of it");
                let committed = self.settled_after_all(&change)?;
                if committed { Ok(()) } else { Err(Error::Unavailable(cause)) }
            }
            (outcome, _) => outcome,
        }
    }

    fn rollback(&mut self) {
        self.change = None;
        let never_begun = std::mem::take(&mut self.pending).starts_with(BEGIN_LOOK);
        if !std::mem::take(&mut self.open) || never_begun || self.client.is_closed() {
            return;
        }
        if let Err(cause) = self.batch("rollback") {
            tracing::debug!(%cause, "rollback failed");
        }
    }

    fn in_transaction(&mut self) -> bool {
        self.open && !self.client.is_closed()
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.later(sql)?;
        self.send_pending()
    }

    fn later(&mut self, sql: &str) -> Result<()> {
        if !self.pending.is_empty() {
            self.pending.push_str("; ");
        }
        self.pending.push_str(sql);
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let rows = self.run(sql, &each_alone(params))?;
        self.growth.note(sql, rows);
        Ok(rows)
    }

    fn each(&mut self, sql: &str, params: &[Value], on_row: &mut OnRow<'_>) -> Result<()> {
        self.ask(sql, &each_alone(params), on_row)
    }

    fn among(&self, sql: &str, named: usize) -> String {
        among::with_list(sql, named)
    }

    fn each_among(&mut self, sql: &str, named: &[Value], these: &[Value], on_row: &mut OnRow<'_>) -> Result<()> {
        self.ask(sql, &and_a_list(named, these), on_row)
    }

    fn execute_among(&mut self, sql: &str, named: &[Value], these: &[Value]) -> Result<u64> {
        self.run(sql, &and_a_list(named, these))
    }

    /// One array per column, unfolded by the server: a third faster than long `values` lists, and one statement for
    /// any number of rows. The column types are those of the statement for a single row.
    fn insert(&mut self, bulk: Bulk<'_>, rows: &[Cell<'_>]) -> Result<u64> {
        let single = numbered(bulk, |number| format!("${number}"), "values (", ")");
        let types = self.prepared(&single)?.params().to_vec();
        let name = |number: usize| types.get(number - 1).map_or("text", Type::name);
        let unfold = numbered(bulk, |number| format!("${number}::{}[]", name(number)), "select * from unnest(", ")");
        let statement = self.prepared(&unfold)?;
        self.send_pending()?;
        let columns: Vec<Vec<Cell<'_>>> =
            (0..bulk.width).map(|at| rows.iter().skip(at).step_by(bulk.width).copied().collect()).collect();
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column as _).collect();
        let inserted = self.runtime.block_on(self.client.execute(&statement, &params));
        let inserted = inserted.map_err(|cause| failed(&cause, &unfold))?;
        self.growth.note(bulk.head, inserted);
        Ok(inserted)
    }

    fn rows_at_once(&self) -> usize {
        ROWS_AT_ONCE
    }

    fn define(&mut self, sql: &str) -> Result<()> {
        self.batch(sql)
    }

    fn mend(&mut self) -> Result<()> {
        self.statements.clear();
        self.pending.clear();
        self.open = false;
        // A certificate that has run out since the start is an outage, over as soon as it is renewed.
        self.client = dial(&self.runtime, &self.url).map_err(|cause| match cause {
            Error::Unsafe(why) => Error::Unavailable(why),
            cause => cause,
        })?;
        self.settle()
    }

    fn version(&mut self) -> Result<String> {
        self.show("server_version").map(|version| format!("PostgreSQL {version}"))
    }

    fn catalog(&self) -> &'static str {
        "select table_name::text as table_name, column_name::text as column_name from information_schema.columns \
         where table_schema = current_schema() order by table_name, ordinal_position"
    }

    /// Dropping and adding them again is what a table's owner may do; switching triggers off is not.
    fn loosen(&mut self) -> Result<()> {
        let (mut drops, mut adds) = (Vec::new(), Vec::new());
        let keys = "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint \
                    where contype = 'f' and connamespace = current_schema()::regnamespace";
        self.each(keys, &[], &mut |row| {
            let (table, name, definition): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            drops.push(format!("alter table {table} drop constraint {name}"));
            adds.push(format!("alter table {table} add constraint {name} {definition}"));
            Ok(ControlFlow::Continue(()))
        })?;
        self.set_aside = adds;
        self.batch(&drops.join("; "))
    }

    fn tighten(&mut self) -> Result<()> {
        let adds = std::mem::take(&mut self.set_aside);
        self.batch(&adds.join("; "))
    }

    /// With sequential scans forbidden, those that remain have no index to use instead.
    fn full_scans(&mut self, sql: &str) -> Result<Vec<String>> {
        let count = self.prepared(sql)?.params().len();
        let nulls = if count == 0 { String::new() } else { format!("({})", vec!["null"; count].join(", ")) };
        self.batch("set enable_seqscan = off; set plan_cache_mode = force_generic_plan; deallocate all")?;
        self.statements.clear();
        self.batch(&format!("prepare looked_at as {sql}"))?;
        let mut steps = Vec::new();
        self.each(&format!("explain execute looked_at{nulls}"), &[], &mut |row| {
            steps.push(row.get::<String>(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        self.batch("deallocate looked_at; reset enable_seqscan; reset plan_cache_mode")?;
        steps.retain(|step| step.contains("Seq Scan on "));
        Ok(steps)
    }

    /// Its pages carry checksums where the cluster was made with them; it has no cheap check of its own.
    fn integrity(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

fn numbered(bulk: Bulk<'_>, parameter: impl Fn(usize) -> String, before: &str, after: &str) -> String {
    let parameters: Vec<String> = (1..=bulk.width).map(parameter).collect();
    // `where true` keeps the parser from reading `on conflict` as a join's condition.
    let guard = if before.starts_with("select") { " where true" } else { "" };
    format!("{} {before}{}{after}{guard} {}", bulk.head, parameters.join(", "), bulk.tail)
}

fn each_alone(params: &[Value]) -> Vec<Param<'_>> {
    params.iter().map(Param::One).collect()
}

fn and_a_list<'a>(named: &'a [Value], these: &'a [Value]) -> Vec<Param<'a>> {
    named.iter().map(Param::One).chain([Param::List(these)]).collect()
}

fn check_count(statement: &Statement, params: &[Param<'_>], sql: &str) -> Result<()> {
    let wanted = statement.params().len();
    if wanted == params.len() {
        return Ok(());
    }
    Err(Error::Statement {
        statement: brief(sql),
        cause: format!("{} parameters given, {wanted} wanted", params.len()),
    })
}

/// Says in our words what PostgreSQL reports.
fn failed(cause: &Failure, sql: &str) -> Error {
    let Some(found) = cause.as_db_error() else {
        let lost = cause.is_closed() || cause.source().is_some_and(<dyn std::error::Error>::is::<io::Error>);
        let text = cause.source().map_or_else(|| cause.to_string(), |source| format!("{cause}: {source}"));
        return if lost { Error::Unavailable(text) } else { Error::Statement { statement: brief(sql), cause: text } };
    };
    let text = found.message().to_owned();
    let statement = brief(sql);
    match *found.code() {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
            Error::Busy
        }
        // Another server migrated the database under a prepared statement: prepare it anew.
        SqlState::FEATURE_NOT_SUPPORTED if text.contains("cached plan") => Error::Unavailable(text),
        SqlState::DISK_FULL => Error::Full,
        SqlState::UNIQUE_VIOLATION => Error::Duplicate { statement, cause: text },
        ref code if code.code().starts_with("23") => Error::Forbidden { statement, cause: text },
        ref code if code.code().starts_with("08") || code.code().starts_with("57P") => Error::Unavailable(text),
        SqlState::TOO_MANY_CONNECTIONS => Error::Unavailable(text),
        _ => Error::Statement { statement, cause: text },
    }
}
