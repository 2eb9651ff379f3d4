//! The store: one gate for changes, a few readers for looking.

use std::{
    any::Any,
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread::JoinHandle,
    time::Duration,
};

use domain::{Clock, District};
use tokio::sync::{oneshot, watch};

use crate::{
    Act, Address, Error, Keyring, Migration, Result, checkpoints,
    engine::{self, Purpose, apart},
    epoch, gate, journal, look,
    migrate::{self, Standing},
    queue::Queue,
    seal::SharedKeyring,
    tx::{News, Statements, Tx},
};

/// How often a server asks whether others added to the journal.
const TAIL_POLL: Duration = Duration::from_millis(250);
/// How often a log that is in use is tried; each try waits for the readers.
const SWEEPS: usize = 6;
/// The threads' names.
const GATE: &str = "muster-gate";
const READER: &str = "muster-look";

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read, each with a connection.
    pub readers: usize,
    /// Changes (and looks) that may wait before others are told to come back later.
    pub max_queued: usize,
    pub clock: Clock,
    pub keyring: Keyring,
    /// Whether to apply pending migrations to a database that already holds something.
    pub migrate: bool,
    /// Whether to write down every statement, for [`crate::testing::full_scans`].
    pub write_down: bool,
}

impl Options {
    pub const fn new(clock: Clock, keyring: Keyring) -> Self {
        Self { readers: 4, max_queued: 4096, clock, keyring, migrate: false, write_down: false }
    }
}

/// The district's memory. Clones share it; the last one closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    changes: Arc<Queue<Box<dyn gate::Change>>>,
    looks: Arc<Queue<look::Look>>,
    long_looks: Arc<Queue<look::Look>>,
    tail: watch::Sender<i64>,
    jobs: watch::Sender<u64>,
    clock: Clock,
    keyring: SharedKeyring,
    address: Address,
    epoch: epoch::Epoch,
    statements: Option<Statements>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Something that must live as long as the store, like a test's temporary folder.
    kept: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Store {
    /// Opens a database. Applies the migrations of an empty one; others only if the options say so.
    pub fn open(address: &Address, migrations: Vec<Migration>, options: Options) -> Result<Self> {
        apart(|| Self::open_here(address, migrations, options))
    }

    /// Applies pending migrations and says which they were.
    pub fn migrate(address: &Address, migrations: &[Migration], options: &Options) -> Result<Vec<Migration>> {
        apart(|| {
            let keyring = SharedKeyring::new(options.keyring.clone());
            let mut tx = Tx::new(engine::connect(address, Purpose::Change)?, keyring);
            migrate::apply(&mut tx, &migrate::whole(migrations), Act::system(options.clock.now()), |_| true)
        })
    }

    fn open_here(address: &Address, migrations: Vec<Migration>, options: Options) -> Result<Self> {
        let keyring = SharedKeyring::new(options.keyring);
        let migrations = migrate::whole(&migrations);
        let mut gate = Tx::new(engine::connect(address, Purpose::Change)?, keyring.clone());
        let may = |standing: &Standing| options.migrate || standing.is_empty_database();
        migrate::apply(&mut gate, &migrations, Act::system(options.clock.now()), may)?;
        let (head, epoch) = beginnings(&mut gate)?;
        let inner = Inner {
            changes: Arc::new(Queue::new(options.max_queued)),
            looks: Arc::new(Queue::new(options.max_queued)),
            long_looks: Arc::new(Queue::new(options.max_queued)),
            tail: watch::Sender::new(head),
            jobs: watch::Sender::new(0),
            clock: options.clock,
            keyring,
            address: address.clone(),
            epoch,
            statements: options.write_down.then(Statements::default),
            threads: Mutex::default(),
            kept: Mutex::default(),
        };
        let store = Self { inner: Arc::new(inner) };
        store.start(gate, options.readers.max(1))?;
        Ok(store)
    }

    fn start(&self, gate: Tx, readers: usize) -> Result<()> {
        let inner = &self.inner;
        let gate = gate.write_down(inner.statements.clone());
        let (changes, tail, jobs) = (Arc::clone(&inner.changes), inner.tail.clone(), inner.jobs.clone());
        let (bell, rings) = checkpoints::bell();
        let tell = move |news| {
            tell(&tail, &jobs, news);
            bell.ring();
        };
        inner.thread(GATE, move || gate::keep(gate, &changes, tell))?;
        if let Address::Sqlite(_) = inner.address {
            let session = engine::connect(&inner.address, Purpose::Change)?;
            inner.thread("muster-checkpoint", move || checkpoints::keep(session, &rings))?;
        }
        for _ in 0..readers {
            self.start_reader(&inner.looks)?;
        }
        self.start_reader(&inner.long_looks)?;
        let weak = Arc::downgrade(inner);
        inner.thread("muster-tail", move || follow_others(&weak))
    }

    fn start_reader(&self, looks: &Arc<Queue<look::Look>>) -> Result<()> {
        let session = engine::connect(&self.inner.address, Purpose::Look)?;
        let tx = Tx::new(session, self.inner.keyring.clone()).write_down(self.inner.statements.clone());
        let looks = Arc::clone(looks);
        self.inner.thread(READER, move || look::keep(tx, &looks))
    }

    /// Changes something: the only way there is. The work may run more than once, but takes effect once or not at all;
    /// the answer comes after the commit.
    pub async fn change<T, E>(
        &self,
        act: Act,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue_change(act, work, move |outcome| drop(reply.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Store::change`] for the command line. Not for async code: it blocks the thread.
    pub fn change_blocking<T, E>(
        &self,
        act: Act,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        refuse_on(GATE, "a change cannot wait for another change")?;
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.queue_change(act, work, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Looks at one snapshot without changing anything.
    pub async fn look<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.inner.queue_look(&self.inner.looks, work, move |outcome| drop(reply.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Store::look`] for exports, reports and sweeps: one at a time, on a connection of their own, so that no page
    /// ever waits behind them.
    pub async fn look_long<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.inner.queue_look(&self.inner.long_looks, work, move |outcome| drop(reply.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Store::look`] for the command line. Not for async code: it blocks the thread.
    pub fn look_blocking<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.look_blocking(work)
    }

    /// The journal's entries after a number, oldest first.
    pub async fn journal_after(
        &self,
        number: i64,
        limit: usize,
        district: Option<District>,
    ) -> Result<Vec<journal::Entry>> {
        self.look(move |tx| journal::after(tx, number, limit, district.as_ref())).await
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub fn keyring(&self) -> Arc<Keyring> {
        self.inner.keyring.get()
    }

    /// Uses another keyring from the next transaction on: the first step of a rotation, see [`crate::rotate`].
    pub fn use_keyring(&self, keyring: Keyring) {
        self.inner.keyring.set(keyring);
    }

    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    /// The life this database is in. It cannot change under a running server: a restore begins with an empty database.
    pub fn epoch(&self) -> &epoch::Epoch {
        &self.inner.epoch
    }

    /// How much of the disk under the database is free, in percent; unknown for a database on another machine.
    pub fn free_percent(&self) -> Option<u64> {
        let Address::Sqlite(file) = self.address() else { return None };
        crate::doctor::free_percent(file.parent()?).ok()
    }

    /// The last journal number this process knows of, its own entries at once, other servers' within a quarter second.
    pub fn tail(&self) -> watch::Receiver<i64> {
        self.inner.tail.subscribe()
    }

    /// How many changes wait at the gate now.
    pub fn queued(&self) -> usize {
        self.inner.changes.len()
    }

    /// Leaves nothing of what was erased in SQLite's files, where what had been overwritten waits in the log. PostgreSQL
    /// only frees the dead rows: their bytes go when others are written over them, or with `vacuum full`.
    pub async fn sweep(&self) -> Result<()> {
        let address = self.address().clone();
        let swept = tokio::task::spawn_blocking(move || {
            apart(|| {
                let mut session = engine::connect(&address, Purpose::Change)?;
                match &address {
                    Address::Sqlite(_) => empty_log(&mut *session),
                    Address::Postgres(_) => session.batch("vacuum"),
                }
            })
        });
        swept.await.unwrap_or_else(|panic| Err(Error::Bug(panic.to_string())))
    }

    /// Finishes what is queued, refuses what comes after, and waits for the threads to end.
    pub fn close(self) {
        self.inner.stop();
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store had panicked");
            }
        }
    }

    /// Changes whenever this process enqueued a job.
    pub(crate) fn jobs_enqueued(&self) -> watch::Receiver<u64> {
        self.inner.jobs.subscribe()
    }

    /// The statements written down so far, and how often each has run.
    pub(crate) fn statements(&self) -> BTreeMap<String, u64> {
        let seen = self.inner.statements.as_ref();
        seen.map(|seen| seen.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Keeps something alive as long as the store.
    pub(crate) fn keep(self, kept: impl Any + Send) -> Self {
        *self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(kept));
        self
    }

    fn queue_change<T, E>(
        &self,
        act: Act,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let change = Box::new(gate::Waiting::new(act, work, reply));
        self.inner.changes.push(change).map_err(|(_, cause)| cause)
    }
}

impl Inner {
    fn queue_look<T, E>(
        &self,
        queue: &Queue<look::Look>,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        E: From<Error>,
    {
        let clock = self.clock.clone();
        let look = move |tx: Result<&mut Tx>| {
            let outcome = tx.map_err(E::from).and_then(|tx| {
                tx.act_for(Act::system(clock.now()));
                gate::caught(|| work(tx))
            });
            reply(outcome);
        };
        queue.push(Box::new(look)).map_err(|(_, cause)| cause)
    }

    fn look_blocking<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        refuse_on(READER, "a look cannot wait for another look")?;
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.queue_look(&self.looks, work, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    fn thread(&self, name: &str, life: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(life);
        let thread = thread.map_err(|cause| Error::Unavailable(format!("no thread: {cause}")))?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    fn stop(&self) {
        self.changes.close();
        self.looks.close();
        self.long_looks.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A reader that still looks at what was there before holds the log: it says that it is busy, and is not an error.
fn empty_log(session: &mut dyn engine::Session) -> Result<()> {
    for _ in 0..SWEEPS {
        let mut busy = 0_i64;
        session.each("pragma wal_checkpoint(truncate)", &[], &mut |row| {
            busy = row.get(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(Error::Unavailable("somebody reads the database all the time: its log still holds what was erased".to_owned()))
}

/// Waiting on a thread for that same thread would be waiting for ever.
fn refuse_on(thread: &str, why: &str) -> Result<()> {
    if std::thread::current().name() == Some(thread) { Err(Error::Bug(why.to_owned())) } else { Ok(()) }
}

fn tell(tail: &watch::Sender<i64>, jobs: &watch::Sender<u64>, news: News) {
    if let Some(number) = news.tail {
        advance(tail, number);
    }
    if news.jobs {
        jobs.send_modify(|count| *count += 1);
    }
}

fn advance(tail: &watch::Sender<i64>, number: i64) {
    tail.send_if_modified(|known| std::mem::replace(known, number.max(*known)) < number);
}

/// Sees what other servers and the command line added. Ends with the store.
fn follow_others(store: &Weak<Inner>) {
    loop {
        std::thread::sleep(TAIL_POLL);
        let Some(store) = store.upgrade() else { return };
        match store.look_blocking(journal::head) {
            Ok(head) => advance(&store.tail, head.number),
            Err(Error::Closed) => return,
            Err(cause) => tracing::debug!(%cause, "could not ask for the journal's head"),
        }
    }
}

/// Where the journal stands, and the life the database is in.
fn beginnings(tx: &mut Tx) -> Result<(i64, epoch::Epoch)> {
    tx.begin(Purpose::Look)?;
    let found = journal::head(tx).and_then(|head| Ok((head.number, epoch::current(tx)?)));
    tx.rollback();
    found
}
