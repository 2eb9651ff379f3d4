//! The one gate: every change of the district's state goes through here.
//!
//! A writer thread takes everything that waits, opens one transaction, runs each change in a savepoint, commits once
//! and only then answers each. So a slow disk's sync is paid once per group and not once per change, a change that
//! fails undoes only itself, and an answer is never given for something a power cut could still take away.
//!
//! Only parts of a longer work, which is begun again unless it comes to its end, are answered without waiting for the
//! disk ([`Act::as_part`]).
//!
//! There is one writer per server. On SQLite there can be no second; on PostgreSQL a second would only wait for the
//! first one's lock (see [`crate::engine::postgres`]), because changes see a serial history: a rule that was checked
//! inside a change still holds when it commits.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use crate::{
    Act, Error, Result,
    engine::Purpose,
    plant,
    queue::Queue,
    tx::{News, Tx},
};

/// As many changes as share one commit at most.
const GROUP: usize = 128;
/// Tries of a group before its callers are told; the pauses add up to some two seconds.
const TRIES: u32 = 6;

/// A change waiting for its turn.
pub(crate) trait Change: Send {
    fn act(&self) -> &Act;
    /// Runs the work; `Err` when the group must be tried again or given up.
    fn run(&mut self, tx: &mut Tx) -> Result<()>;
    /// Whether the work itself succeeded.
    fn succeeded(&self) -> bool;
    /// Answers the caller after the commit, or says why there was none.
    fn answer(self: Box<Self>, committed: Result<()>);
}

pub(crate) struct Waiting<T, E, F, R> {
    act: Act,
    work: F,
    outcome: Option<Result<T, E>>,
    reply: R,
}

impl<T, E, F, R> Waiting<T, E, F, R>
where
    E: From<Error>,
    F: FnMut(&mut Tx) -> Result<T, E>,
    R: FnOnce(Result<T, E>),
{
    pub(crate) const fn new(act: Act, work: F, reply: R) -> Self {
        Self { act, work, outcome: None, reply }
    }
}

impl<T, E, F, R> Change for Waiting<T, E, F, R>
where
    T: Send,
    E: From<Error> + Send,
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn act(&self) -> &Act {
        &self.act
    }

    fn run(&mut self, tx: &mut Tx) -> Result<()> {
        let _logged_with =
            tracing::error_span!("change", request = self.act.request.map(tracing::field::display)).entered();
        tx.act_for(self.act);
        let work = &mut self.work;
        self.outcome = Some(tx.fenced(|tx| caught(|| work(tx)))?);
        Ok(())
    }

    fn succeeded(&self) -> bool {
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // Even a refusal counts only if the group was committed: it may rest on what a neighbour changed.
            (Err(cause), _) => Err(cause.into()),
            (Ok(()), None) => Err(Error::Bug("a change was committed without being run".to_owned()).into()),
        };
        (self.reply)(outcome);
    }
}

/// Turns a panic into the caller's error; the thread and its connection live on.
pub(crate) fn caught<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let text = text.unwrap_or_else(|| "a panic without words".to_owned());
        tracing::error!(panic = %text, "a change panicked");
        Err(Error::Bug(text).into())
    })
}

/// The writer thread's life. However it ends, nobody waits behind a gate without a keeper.
pub(crate) fn keep(mut tx: Tx, queue: &Arc<Queue<Box<dyn Change>>>, tell: impl Fn(News)) {
    let _closed_at_the_end = queue.close_when_dropped();
    let answers_early = plant::has("answer-early");
    while let Some(mut group) = queue.take(GROUP) {
        if answers_early {
            answer_early(&mut tx, group);
            continue;
        }
        let committed = commit_with_patience(&mut tx, &mut group);
        let answer = committed.as_ref().map(drop).map_err(Clone::clone);
        if let Ok(news) = committed {
            tell(news);
        }
        for change in group {
            change.answer(answer.clone());
        }
    }
}

/// The planted fault of the tests that kill the program: answers, and commits a moment later.
fn answer_early(tx: &mut Tx, mut group: Vec<Box<dyn Change>>) {
    let ran = tx.begin(Purpose::Change).and_then(|()| group.iter_mut().try_for_each(|change| change.run(tx)));
    for change in group {
        change.answer(ran.clone());
    }
    std::thread::sleep(Duration::from_millis(50));
    if let Err(cause) = ran.and_then(|()| tx.commit().map(drop)) {
        tracing::error!(%cause, "planted: answered and not committed");
        tx.rollback();
    }
}

fn commit_with_patience(tx: &mut Tx, group: &mut [Box<dyn Change>]) -> Result<News> {
    let mut pause = Duration::from_millis(20);
    for attempt in 1.. {
        let cause = match commit(tx, group) {
            Ok(news) => return Ok(news),
            Err(cause) => cause,
        };
        tx.rollback();
        if !cause.is_transient() || attempt == TRIES {
            tracing::error!(%cause, attempt, changes = group.len(), "a group of changes was given up");
            return Err(cause);
        }
        tracing::warn!(%cause, attempt, "a group of changes is tried again");
        std::thread::sleep(pause);
        pause *= 2;
        if matches!(cause, Error::Unavailable(_))
            && let Err(cause) = tx.mend()
        {
            tracing::warn!(%cause, "the database is still away");
        }
    }
    Err(Error::Busy)
}

fn commit(tx: &mut Tx, group: &mut [Box<dyn Change>]) -> Result<News> {
    tx.wait_for_disk(group.iter().any(|change| !change.act().is_part))?;
    tx.begin(Purpose::Change)?;
    for change in group.iter_mut() {
        change.run(tx)?;
    }
    if group.iter().any(|change| change.succeeded()) {
        return tx.commit();
    }
    tx.rollback();
    Ok(News { tail: None, jobs: false })
}
