//! A database of before badges lay in stretches: people, badges and records come along.

use domain::{Id, PhoneNumber, things};
use store::{Act, Address, Options, Store, params};
use uuid::Uuid;

use crate::district::{maonan, migrations, person};

const NEW: &str = "responders/0006_badges";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// One person with all that hangs on them, as the program of before wrote it.
async fn fill(store: &Store, badge: &str) {
    let badge = badge.to_owned();
    let phone: PhoneNumber = "19900000001".parse().unwrap();
    let filled = store.change(Act::system(store.clock().now()), move |tx| {
        let sealed = tx.seal("volunteers.person", &format!("欧阳娜\n{}\n", phone.as_str()));
        let texts = ["deeds.story", "corrections.objection", "corrections.wanted_site", "commendations.reason"]
            .map(|label| tx.seal(label, "说过的话"));
        let [story, objection, wanted_site, reason] = texts;
        let at = 1_663_171_200_000_i64;
        tx.execute("insert into organisations values ($1, '440902', '区教育局')", params![id(1)])?;
        tx.execute(
            "insert into teams (id, district, code, name, organisation, latitude, longitude, people, digest)
             values ($1, '440902', 'T1', '一队', $2, 21.6, 110.9, 1, $3)",
            params![id(2), id(1), [0_u8; 16]],
        )?;
        tx.execute(
            "insert into volunteer_lots values ('440902', 1, $1, $2, $3)",
            params![id(1 << 32), [1_u8; 4], [2_u8; 4]],
        )?;
        tx.execute(
            "insert into volunteers (id, district, code, person, lot, team, latitude, longitude, roles, languages, reserve,
               nights_in_a_row, badge, digest, available_from, available_until)
             values ($1, '440902', 'V1', $2, 1, $3, 21.6, 110.9, 1, 'cmn', $4, 2, $5, $6, 5, 6)",
            params![id(1 << 32), sealed, id(2), true, badge.as_str(), [3_u8; 16]],
        )?;
        tx.execute(
            "insert into attendances (id, district, volunteer, team, order_id, site, site_name, role, due_at, in_at, in_by)
             values ($1, '440902', $2, $3, $4, $4, '城南小学', 'runner', $5, $5, $4)",
            params![id(3), id(1 << 32), id(2), id(9), at],
        )?;
        tx.execute(
            "insert into deeds values ($1, '440902', $2, 'account', $3, $4, $5, 'told', $4)",
            params![id(4), id(1 << 32), id(9), at, story],
        )?;
        tx.execute(
            "insert into corrections (id, district, volunteer, attendance, asked_by, asked_at, objection, wanted_site)
             values ($1, '440902', $2, $3, $2, $4, $5, $6)",
            params![id(5), id(1 << 32), id(3), at, objection, wanted_site],
        )?;
        tx.execute(
            "insert into commendations values ($1, '440902', $2, $3, $4, $5, $6)",
            params![id(6), id(1 << 32), true, at, id(9), reason],
        )?;
        Ok::<_, store::Error>(())
    });
    filled.await.unwrap();
}

/// All that hangs on people, cell by cell.
async fn all(store: &Store) -> Vec<String> {
    let read = store.look(|tx| {
        let mut found = Vec::new();
        for (table, columns) in [
            (
                "volunteers",
                "id, code, person, lot, team, latitude, reserve, nights_in_a_row, badge, digest, available_until",
            ),
            ("attendances", "id, volunteer, team, order_id, site_name, role, due_at, in_at, in_by, out_at"),
            ("deeds", "id, volunteer, teller_kind, teller, told_at, story, state, state_at"),
            ("corrections", "id, volunteer, attendance, asked_by, asked_at, objection, upheld, wanted_site"),
            ("commendations", "id, volunteer, listed, decided_at, decided_by, reason"),
        ] {
            let width = columns.split(", ").count();
            found.extend(tx.rows(&format!("select {columns} from {table} order by id"), &[], |row| {
                let cells: Result<Vec<store::Value>, _> = (0..width).map(|place| row.get(place)).collect();
                Ok(format!("{table}: {:?}", cells?))
            })?);
        }
        Ok::<_, store::Error>(found)
    });
    read.await.unwrap()
}

async fn comes_along(address: Address) {
    let options = || Options { migrate: true, ..store::testing::options() };
    let keyring = options().keyring;
    let with = || Options { keyring: keyring.clone(), ..options() };
    let before: Vec<_> = migrations().into_iter().filter(|it| it.name != NEW).collect();
    assert_eq!(before.len() + 1, migrations().len());
    let store = Store::open(&address, before, with()).unwrap();
    let badge = responders::badge::code();
    fill(&store, &badge).await;
    let stood = all(&store).await;
    assert_eq!(stood.len(), 5);
    store.close();

    let store = Store::open(&address, migrations(), with()).unwrap();
    assert_eq!(all(&store).await, stood);
    let volunteer = Id::<things::Volunteer>::from_uuid(id(1 << 32));
    let asked = badge.clone();
    let known = store.look(move |tx| responders::by_badge(tx, &maonan(), &asked)).await.unwrap().unwrap();
    assert_eq!((known.id, known.name.as_str()), (volunteer, "欧阳娜"));
    assert_eq!(person(&store, volunteer).await.badge, badge);
    let orphan = store.change(Act::system(store.clock().now()), |tx| {
        let sql = "insert into commendations values ($1, '440902', $1, $2, 1, $1, null)";
        tx.execute(sql, params![id(77), true])
    });
    assert!(orphan.await.is_err(), "records still belong to people who are there");
    store.close();
}

#[tokio::test]
async fn a_register_of_before_keeps_its_people_their_badges_and_their_records() {
    let folder = store::testing::Folder::new();
    comes_along(Address::Sqlite(folder.path().join("muster.db"))).await;
    comes_along(store::testing::empty_postgres()).await;
}
