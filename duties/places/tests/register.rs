//! Bringing sites in: what is new, changed, the same or rejected, on both engines.

use domain::{District, Origin, Position, PostRole};
use places::register::{Counts, DivisionRow, Reason, SiteRow, Verdict, apply, apply_divisions, judge};
use store::{Act, Error, Store, testing};
use web::{House, house::own_duty};

fn maonan() -> District {
    "440902".parse().unwrap()
}

fn row(code: &str, division: &str) -> SiteRow {
    SiteRow {
        code: code.to_owned(),
        name: format!("采样点{code}"),
        division: division.to_owned(),
        address: "文明北路1号".to_owned(),
        position: Position { latitude: 21.66, longitude: 110.92 },
        origin: Origin::Wgs84,
        needs: vec![(PostRole::Gatekeeper, 2), (PostRole::Registrar, 10)],
        expected_people: Some(7645),
        priority: 1,
    }
}

async fn take(store: &Store, rows: Vec<SiteRow>) -> Counts {
    let act = Act::system(testing::MIDNIGHT);
    store.change(act, move |tx| apply(tx, &maonan(), &rows)).await.unwrap()
}

async fn weigh(store: &Store, rows: Vec<SiteRow>) -> Vec<Verdict> {
    store.look(move |tx| judge(tx, &maonan(), &rows)).await.unwrap()
}

fn counts(new: u64, changed: u64, same: u64, rejected: u64) -> Counts {
    Counts { new, changed, same, rejected }
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_a_change_names_its_columns() {
    let migrations = House::migrations(&[own_duty(), places::duty()]);
    testing::each_engine(migrations, |store| async move {
        let rows = vec![row("S001", "440902001"), row("S002", "440902002")];
        assert_eq!(take(&store, rows.clone()).await, counts(2, 0, 0, 0));
        assert_eq!(take(&store, rows.clone()).await, counts(0, 0, 2, 0));

        let mut moved = rows[0].clone();
        moved.position.latitude += 0.01;
        moved.needs = vec![(PostRole::Gatekeeper, 3), (PostRole::Runner, 1)];
        let verdicts = weigh(&store, vec![moved.clone(), rows[1].clone()]).await;
        assert_eq!(verdicts, [Verdict::Changed(vec!["position", "needs"]), Verdict::Same]);
        assert_eq!(take(&store, vec![moved]).await, counts(0, 1, 0, 0));

        let needs = store
            .look(|tx| {
                let site = places::site_by_code(tx, &maonan(), "S001")?.expect("it was imported");
                Ok::<_, Error>((places::needs(tx, site.id)?, site, places::all_needs(tx, &maonan())?))
            })
            .await
            .unwrap();
        assert_eq!(needs.0, [(PostRole::Gatekeeper, 3), (PostRole::Runner, 1)]);
        // A code nobody knew became a division that is called by its code.
        assert_eq!((needs.1.division_name.as_str(), needs.1.expected_people), ("440902001", Some(7645)));
        assert_eq!(needs.2.len(), 2);
        assert_eq!(needs.2[&needs.1.id], needs.0);
    })
    .await;
}

#[tokio::test]
async fn divisions_come_by_code_and_are_found_by_a_name_only_one_has() {
    let migrations = House::migrations(&[own_duty(), places::duty()]);
    testing::each_engine(migrations, |store| async move {
        let named = |code: &str, name: &str| DivisionRow { code: code.into(), name: name.into(), position: None };
        let rows = vec![
            named("440902001", "红旗街道"),
            named("440902002", "河西街道"),
            named("440902003", "河西街道"),
            named("440903001", "别处"),
        ];
        let act = Act::system(testing::MIDNIGHT);
        let taken = store.change(act, move |tx| apply_divisions(tx, &maonan(), &rows)).await.unwrap();
        assert_eq!(taken, counts(3, 0, 0, 1));

        let mut bad = row("S3", "红旗街道");
        bad.priority = 3;
        let rows = vec![row("S1", "红旗街道"), row("S2", "河西街道"), bad, row("S1", "红旗街道"), row("S4", "没有")];
        let verdicts = weigh(&store, rows).await;
        let codes = "440902002 440902003".to_owned();
        let wanted = [
            Verdict::New,
            Verdict::Rejected(Reason::AmbiguousDivision { name: "河西街道".into(), codes }),
            Verdict::Rejected(Reason::BadPriority(3)),
            Verdict::Rejected(Reason::TwiceInFile("S1".into())),
            Verdict::Rejected(Reason::UnknownDivision("没有".into())),
        ];
        assert_eq!(verdicts, wanted);
    })
    .await;
}

#[tokio::test]
async fn twenty_thousand_sites_come_in_quickly() {
    let migrations = House::migrations(&[own_duty(), places::duty()]);
    let store = testing::sqlite(migrations);
    let rows: Vec<SiteRow> = (0..20_000).map(|n| row(&format!("S{n:05}"), "440902001")).collect();
    let begun = std::time::Instant::now();
    assert_eq!(take(&store, rows.clone()).await, counts(20_000, 0, 0, 0));
    let first_ms = begun.elapsed().as_millis();
    assert_eq!(take(&store, rows).await, counts(0, 0, 20_000, 0));
    println!("20,000 sites: {first_ms} ms new, {} ms the same again", begun.elapsed().as_millis() - first_ms);
    // Unoptimised, on a busy machine: what must not happen is minutes.
    assert!(first_ms < 20_000, "{first_ms} ms");
}
