//! Jobs: neither forgotten nor doubled, leased, tried again, given up aloud.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::Moment;
use serde_json::json;
use store::{
    Error, Job, Result, Store, Tx,
    jobs::{self, Leased, Outcome, Runner},
    params, testing,
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::common::{TABLES, act, visit, visits};

const NOW: Moment = testing::MIDNIGHT;

fn notice(key: &str, due: Moment) -> Job {
    Job { kind: "test.notice", key: key.to_owned(), due, body: json!({ "to": key }) }
}

async fn enqueue(store: &Store, job: Job) {
    store.change(act(), move |tx| tx.enqueue(job.clone())).await.unwrap();
}

async fn pending(store: &Store) -> Vec<jobs::Listed> {
    store.look(jobs::pending).await.unwrap()
}

/// A runner that writes down what it was given and ends each as told.
fn writing_down(store: &Store, outcome: impl Fn(u32) -> Outcome + Clone + Send + Sync + 'static) -> (Runner, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let runner = Runner::new(store.clone()).on("test.notice", move |_, job: Leased| {
        kept.lock().unwrap().push(job.key.clone());
        let outcome = outcome(job.attempts);
        async move { outcome }
    });
    (runner, seen)
}

type Seen = Arc<Mutex<Vec<String>>>;

fn taken(seen: &Seen) -> Vec<String> {
    std::mem::take(&mut *seen.lock().unwrap())
}

#[tokio::test]
async fn what_is_due_is_done_in_order_and_the_rest_waits() {
    testing::each_engine(vec![], |store| async move {
        enqueue(&store, notice("second", NOW.plus_s(-1))).await;
        enqueue(&store, notice("first", NOW.plus_s(-2))).await;
        enqueue(&store, notice("later", NOW.plus_s(60))).await;
        let (runner, seen) = writing_down(&store, |_| Outcome::Done);
        assert_eq!(runner.run_due(NOW).await, Ok(2));
        assert_eq!(taken(&seen), ["first", "second"]);
        assert_eq!(pending(&store).await.len(), 1);
        assert_eq!(runner.run_due(NOW.plus_s(60)).await, Ok(1));
        assert_eq!(taken(&seen), ["later"]);
        assert!(pending(&store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_job_of_a_change_that_failed_was_never_asked_for() {
    testing::each_engine(vec![], |store| async move {
        let failed: Result<()> = store
            .change(act(), |tx| {
                tx.enqueue(notice("a", NOW))?;
                Err(Error::Busy)
            })
            .await;
        assert!(failed.is_err() && pending(&store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn asking_twice_is_asking_once_and_the_earlier_time_counts() {
    testing::each_engine(vec![], |store| async move {
        enqueue(&store, notice("a", NOW.plus_s(60))).await;
        enqueue(&store, notice("a", NOW.plus_s(10))).await;
        enqueue(&store, notice("a", NOW.plus_s(90))).await;
        let waiting = pending(&store).await;
        assert_eq!(waiting.iter().map(|job| job.due).collect::<Vec<_>>(), [NOW.plus_s(10)]);
    })
    .await;
}

#[tokio::test]
async fn asking_while_it_runs_runs_it_once_more() {
    testing::each_engine(vec![], |store| async move {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let runner = Runner::new(store.clone()).on("test.notice", move |store, _| {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if first {
                    enqueue(&store, notice("a", NOW)).await;
                }
                Outcome::Done
            }
        });
        enqueue(&store, notice("a", NOW)).await;
        assert_eq!(runner.run_due(NOW).await, Ok(2));
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        assert!(pending(&store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_failure_waits_and_tries_again_until_it_gives_up() {
    testing::each_engine(vec![], |store| async move {
        enqueue(&store, notice("a", NOW)).await;
        let (runner, seen) = writing_down(&store, |attempts| match attempts {
            1 => Outcome::Again { after: Duration::from_secs(30), why: "no answer".to_owned() },
            _ => Outcome::Never { why: "no such number".to_owned() },
        });
        assert_eq!(runner.run_due(NOW).await, Ok(1));
        let waiting = pending(&store).await.remove(0);
        assert_eq!(
            (waiting.due, waiting.attempts, waiting.last_error.as_deref()),
            (NOW.plus_s(30), 1, Some("no answer"))
        );
        assert_eq!(runner.run_due(NOW.plus_s(29)).await, Ok(0));
        assert_eq!(runner.run_due(NOW.plus_s(30)).await, Ok(1));
        assert_eq!(taken(&seen).len(), 2);
        assert!(pending(&store).await.is_empty());
        let given_up = store.look(jobs::given_up).await.unwrap().remove(0);
        assert_eq!(given_up.last_error.as_deref(), Some("no such number"));
        // The same may be asked for anew.
        enqueue(&store, notice("a", NOW)).await;
        assert_eq!(pending(&store).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_a_failure_that_is_tried_again() {
    let store = testing::sqlite(vec![]);
    enqueue(&store, notice("a", NOW)).await;
    let runner = Runner::new(store.clone()).on("test.notice", |_, job: Leased| async move {
        assert!(job.attempts > 1, "planted");
        Outcome::Done
    });
    assert_eq!(runner.run_due(NOW).await, Ok(1));
    assert_eq!(pending(&store).await.len(), 1);
    assert_eq!(runner.run_due(NOW.plus_min(1)).await, Ok(1));
    assert!(pending(&store).await.is_empty());
}

#[tokio::test]
async fn effect_and_end_can_be_one_change() {
    testing::each_engine(vec![TABLES], |store| async move {
        enqueue(&store, notice("a", NOW)).await;
        let runner = Runner::new(store.clone()).on("test.notice", |store, job: Leased| async move {
            let both = move |tx: &mut Tx| {
                visit(tx, Uuid::new_v4(), &job.key)?;
                job.end(tx)
            };
            store.change(act(), both).await.unwrap();
            Outcome::Done
        });
        assert_eq!(runner.run_due(NOW).await, Ok(1));
        assert!(pending(&store).await.is_empty() && visits(&store).await == 1);
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_cannot_end_somebody_elses_run() {
    testing::each_engine(vec![], |store| async move {
        enqueue(&store, notice("a", NOW)).await;
        let (first_in, first_out) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (entered, go_on) = (Arc::clone(&first_in), Arc::clone(&first_out));
        let slow = Runner::new(store.clone()).on("test.notice", move |_, _| {
            let (entered, go_on) = (Arc::clone(&entered), Arc::clone(&go_on));
            async move {
                entered.notify_one();
                go_on.notified().await;
                Outcome::Never { why: "too late".to_owned() }
            }
        });
        let slowly = tokio::spawn(async move { slow.run_due(NOW).await });
        first_in.notified().await;
        let (other, seen) =
            writing_down(&store, |_| Outcome::Again { after: Duration::from_hours(1), why: "mine".into() });
        assert_eq!(other.run_due(NOW.plus_s(30)).await, Ok(0), "the lease holds for a minute");
        assert_eq!(other.run_due(NOW.plus_s(61)).await, Ok(1), "then another takes it");
        assert_eq!(taken(&seen), ["a"]);
        first_out.notify_one();
        slowly.await.unwrap().unwrap();
        assert_eq!(pending(&store).await.remove(0).last_error.as_deref(), Some("mine"));
    })
    .await;
}

#[tokio::test]
async fn a_running_runner_is_woken_and_does_each_once() {
    testing::each_engine(vec![TABLES], |store| async move {
        let handle = |store: Store, job: Leased| async move {
            let done = store.change(act(), move |tx| visit(tx, Uuid::new_v4(), &job.key)).await;
            done.map_or_else(|cause| Outcome::Never { why: cause.to_string() }, |()| Outcome::Done)
        };
        let (stop, stopped) = watch::channel(false);
        // Two servers over one database.
        let runners: Vec<_> = [stopped.clone(), stopped]
            .into_iter()
            .map(|stopped| tokio::spawn(Runner::new(store.clone()).on("test.notice", handle).run(stopped)))
            .collect();
        for batch in 0..10 {
            let work = move |tx: &mut Tx| (0..20).try_for_each(|n| tx.enqueue(notice(&format!("{batch} {n}"), NOW)));
            store.change(act(), work).await.unwrap();
        }
        let done = async {
            while !pending(&store).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), done).await.expect("everything is done soon");
        stop.send(true).unwrap();
        for runner in runners {
            runner.await.unwrap();
        }
        let (all, distinct): (u64, u64) = store
            .look(|tx| {
                let sql = "select count(*), count(distinct site) from visits";
                tx.one(sql, params![], |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .await
            .map_err(|cause: Error| cause)
            .unwrap();
        assert_eq!((all, distinct), (200, 200));
    })
    .await;
}

/// How often a job is begun that is still running when the clock leaps past its lease.
async fn begun_over_a_leap(store: &Store, runners: usize) -> usize {
    let (begun, may_end) = (Arc::new(AtomicUsize::new(0)), Arc::new(tokio::sync::Semaphore::new(0)));
    let (stop, stopped) = watch::channel(false);
    enqueue(store, notice("long", store.clock().now())).await;
    let running: Vec<_> = (0..runners)
        .map(|_| {
            let (begun, may_end) = (Arc::clone(&begun), Arc::clone(&may_end));
            let runner = Runner::new(store.clone()).on("test.notice", move |_, _| {
                let may_end = Arc::clone(&may_end);
                begun.fetch_add(1, Ordering::SeqCst);
                async move { may_end.acquire().await.map_or(Outcome::Done, |_| Outcome::Done) }
            });
            tokio::spawn(runner.run(stopped.clone()))
        })
        .collect();
    let begins = async {
        while begun.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), begins).await.expect("it begins soon");
    store.clock().set(store.clock().now().plus_s(600));
    // Several polls of a runner that has nothing else to do.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    may_end.add_permits(10);
    stop.send(true).unwrap();
    for runner in running {
        runner.await.unwrap();
    }
    begun.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_clock_that_leaps_does_not_begin_a_running_job_again() {
    testing::each_engine(vec![], |store| async move {
        assert_eq!(begun_over_a_leap(&store, 1).await, 1);
        // Control: to another server the same leap says that the first one has died.
        assert_eq!(begun_over_a_leap(&store, 2).await, 2);
    })
    .await;
}
