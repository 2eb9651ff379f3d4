//! S15: whoever changes the journal past the program is found by `muster verify`, offline. Hundreds of ways are tried
//! on the chain itself in `crates/store/tests/promises/journal.rs`, ten thousand in its long version; here each kind once, on the
//! program's own file.

use std::fs;

use crate::ground::Ground;

#[test]
fn every_kind_of_tampering_is_found_by_the_command() {
    let ground = Ground::sqlite().with_district();
    let whole = ground.run(&["verify"]);
    let head = whole.trim().rsplit("head ").next().unwrap().to_owned();
    assert!(head.contains(':'), "{whole}");
    // What stands in the log belongs to the copy that each tampering begins with.
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    database.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    database.close().unwrap();
    let kept = fs::read(ground.file()).unwrap();
    let tamper = |sql: &str| {
        fs::remove_file(ground.file()).unwrap();
        for rest in ["night.db-wal", "night.db-shm"] {
            fs::remove_file(ground.path().join(rest)).ok();
        }
        fs::write(ground.file(), &kept).unwrap();
        let database = rusqlite::Connection::open(ground.file()).unwrap();
        database.execute_batch(sql).unwrap();
        database.close().unwrap();
    };
    let cut = "delete from journal where number = (select max(number) from journal)";
    for sql in [
        "update journal set details = replace(details, '}', ' }') where number = 2",
        "update journal set at = at + 1 where number = 3",
        "update journal set actor_id = zeroblob(16), actor_kind = 'visitor' where number = 1",
        "delete from journal where number = 2",
        "update journal set number = -1 where number = 2; update journal set number = 2 where number = 3; \
         update journal set number = 3 where number = -1",
        cut,
    ] {
        tamper(sql);
        assert!(ground.try_run(&["verify"]).is_err_and(|said| said.contains("not whole")), "{sql}");
    }
    // A tail cut together with the stored head: only the head on paper shows it. The control is the run without it.
    let both = format!(
        "{cut}; update journal_head set (number, hash) = (select number, hash from journal order by number desc limit 1)"
    );
    tamper(&both);
    assert!(ground.run(&["verify"]).contains("whole"), "the control: without the paper this is not seen");
    assert!(ground.try_run(&["verify", "--head", &head]).is_err_and(|said| said.contains("not the one on the sheet")));
    tamper("select 1");
    assert!(ground.run(&["verify", "--head", &head]).contains("whole"), "the control: untouched is whole");
}
