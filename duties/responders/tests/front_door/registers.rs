//! The registers: what becomes of each row, and that the same rows again change nothing.

use std::borrow::Cow;

use responders::register::{Counts, Reason, Verdict, VolunteerRow, judge_teams};
use store::Store;

use crate::district::{both_engines, ids, maonan, settle, take, take_teams, team, volunteer};

fn rejected(verdict: &Verdict) -> &Reason {
    match verdict {
        Verdict::Rejected { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_same_rows_again_change_nothing_and_a_changed_row_changes_one_person() {
    for store in both_engines() {
        settle(&store).await;
        let before = ids(&store).await;
        let mut rows: Vec<VolunteerRow<'_>> =
            vec![volunteer(2, "V1", "陈小明", "T1"), volunteer(3, "V2", "李四", "T1")];
        let (verdicts, counts) = take(&store, rows.clone()).await;
        assert_eq!((verdicts, counts.same), (vec![Verdict::Same, Verdict::Same], 2));
        rows[1].team = "T3".into();
        rows.push(volunteer(9, "V7", "新来", "T3"));
        let (_, counts) = take(&store, rows).await;
        assert_eq!(counts, Counts { new: 1, changed: 1, same: 1, rejected: 0 });
        let after = ids(&store).await;
        assert_eq!((after["V2"], after.len()), (before["V2"], 7));
        people_add_up(&store, &[("T1", 2), ("T2", 2), ("T3", 3)]).await;
    }
}

#[tokio::test]
async fn a_file_that_says_nothing_of_when_somebody_can_come_leaves_their_own_word() {
    for store in both_engines() {
        settle(&store).await;
        let who = ids(&store).await["V1"];
        let window = async || {
            let head = store.look(move |tx| responders::head(tx, who)).await.unwrap().unwrap();
            (head.available_from, head.available_until)
        };
        let mut row = volunteer(2, "V1", "陈小明", "T1");
        (row.available_from, row.available_until) = ("2022-09-15 08:00".into(), "2022-09-15 20:00".into());
        take(&store, vec![row]).await;
        let said = window().await;
        assert!(said.0.is_some() && said.1.is_some());
        let (_, counts) = take(&store, vec![volunteer(2, "V1", "陈小明", "T3")]).await;
        assert_eq!(counts.changed, 1, "the team is another");
        assert_eq!(window().await, said);
        // The control: a file that does say something is heard.
        let mut row = volunteer(2, "V1", "陈小明", "T3");
        row.available_from = "2022-09-16 08:00".into();
        take(&store, vec![row]).await;
        let now = window().await;
        assert!(now.0 > said.0 && now.1.is_none(), "{now:?}");
    }
}

async fn people_add_up(store: &Store, wanted: &[(&str, i64)]) {
    let at = store.clock().now();
    let found = store.look(move |tx| responders::capacities(tx, &maonan(), at)).await.unwrap();
    for (code, people) in wanted {
        let (_, capacity) = found.iter().find(|(team, _)| team.code == *code).unwrap();
        assert_eq!(capacity.people, *people, "{code}");
    }
}

#[tokio::test]
async fn each_bad_row_is_rejected_with_its_reason_and_the_good_ones_are_taken() {
    type Spoil = fn(&mut VolunteerRow<'_>);
    let store = store::testing::sqlite(crate::district::migrations());
    settle(&store).await;
    let bad: [(Spoil, &str); 12] = [
        (|row| row.code = " ".into(), "responders-row-empty"),
        (|row| row.name = "名".repeat(101).into(), "responders-row-not-a-name"),
        (|row| row.phone = "12345".into(), "responders-row-bad-phone"),
        (|row| row.team = "T9".into(), "responders-row-unknown-team"),
        (|row| row.latitude = "91".into(), "responders-row-position"),
        (|row| row.longitude = "NaN".into(), "responders-row-position"),
        (|row| row.roles = "gatekeeper;pilot".into(), "responders-row-no-such-role"),
        (|row| row.roles = Cow::default(), "responders-row-empty"),
        (|row| row.reserve = "maybe".into(), "responders-row-yes-or-no"),
        (|row| row.available_from = "tonight".into(), "responders-row-not-a-time"),
        (|row| row.nights_in_a_row = "-1".into(), "responders-row-not-a-count"),
        (|row| row.email = "nobody".into(), "responders-row-bad-email"),
    ];
    let mut rows: Vec<VolunteerRow<'_>> = Vec::new();
    for (number, (spoil, _)) in (20..).zip(&bad) {
        let mut row = volunteer(number, &format!("B{number}"), "坏行", "T1");
        spoil(&mut row);
        rows.push(row);
    }
    rows.push(volunteer(40, "G1", "好行", "T1"));
    rows.push(volunteer(41, "G1", "好行", "T1"));
    let (verdicts, counts) = take(&store, rows).await;
    for (verdict, (_, word)) in verdicts.iter().zip(&bad) {
        assert_eq!(rejected(verdict).word(), *word);
    }
    assert_eq!(rejected(&verdicts[13]), &Reason::CodeTwice { first: 40 });
    assert_eq!((counts.new, counts.rejected), (1, 13));
}

#[tokio::test]
async fn teams_are_judged_changed_and_left_alone() {
    for store in both_engines() {
        settle(&store).await;
        let rows =
            vec![team(2, "T1", "区教育局"), team(3, "T2", "区卫健局"), team(4, "T4", "河东街道"), team(5, "T4", "x")];
        let asked = rows.clone();
        let verdicts = store.look(move |tx| judge_teams(tx, &maonan(), &asked)).await.unwrap();
        assert_eq!(verdicts[..3], [Verdict::Same, Verdict::Changed, Verdict::New]);
        assert_eq!(rejected(&verdicts[3]), &Reason::CodeTwice { first: 4 });
        let counts = take_teams(&store, rows.clone()).await;
        assert_eq!(counts, Counts { new: 1, changed: 1, same: 1, rejected: 1 });
        assert_eq!(take_teams(&store, rows).await.same, 3);
        let teams = store.look(|tx| responders::teams(tx, &maonan())).await.unwrap();
        let organisation = |code: &str| teams.iter().find(|team| team.code == code).unwrap().organisation.as_str();
        assert_eq!((organisation("T1"), organisation("T2")), ("区教育局", "区卫健局"));
    }
}
