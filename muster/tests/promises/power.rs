//! R2: the power goes. The database lies on a disk of its own (a file behind a loop device) that is shut down under the
//! running program: whatever the system had not yet been made to write is gone. The phones stop first, so that every
//! acknowledgement came before the cut.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use store::testing::Folder;
use uuid::Uuid;

use crate::{
    client::{Client, problem},
    exports::wait_for,
    ground::{Ground, SITES},
};

/// A disk that can be shut down, mounted.
struct Disk {
    image: PathBuf,
    place: PathBuf,
}

fn done(program: &str, arguments: &[&str]) -> bool {
    let run = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

impl Disk {
    /// None when this machine does not let us mount, or has not the tools.
    fn new(folder: &Path, kind: &str) -> Option<Self> {
        let disk = Self { image: folder.join("image"), place: folder.join("disk") };
        fs::create_dir_all(&disk.place).unwrap();
        fs::File::create(&disk.image).unwrap().set_len(320 << 20).unwrap();
        let made = done(&format!("mkfs.{kind}"), &["-q", &disk.image.display().to_string()]);
        (made && done("xfs_io", &["-V"]) && disk.mount()).then_some(disk)
    }

    fn mount(&self) -> bool {
        done("mount", &["-o", "loop", &self.image.display().to_string(), &self.place.display().to_string()])
    }

    fn unmount(&self) {
        // The program's last file handles close a moment after it has died.
        for _ in 0..100 {
            if done("umount", &[&self.place.display().to_string()]) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the disk cannot be unmounted");
    }

    /// The cut: nothing that lies in memory reaches the disk any more.
    fn cut(&self) {
        assert!(done("xfs_io", &["-x", "-c", "shutdown", &self.place.display().to_string()]));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        done("umount", &["-l", &self.place.display().to_string()]);
    }
}

async fn ask(client: Client, site: &'static str, stop: tokio::sync::watch::Receiver<bool>) -> BTreeSet<Uuid> {
    let mut acked = BTreeSet::new();
    while !*stop.borrow() {
        let raised = client.post(&format!("/sites/{site}/requests"), problem("停电前"), Some(Uuid::new_v4())).await;
        acked.insert(raised.unwrap().json()["id"].as_str().unwrap().parse().unwrap());
    }
    acked
}

/// Works, loses power, comes back: gives how many acknowledged requests are lost, and how many there were.
async fn cut_once(ground: &Ground, disk: &Disk, token: &str, round: u64) -> (usize, usize) {
    let server = ground.serve();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working: Vec<_> = SITES.map(|site| tokio::spawn(ask(server.client(token), site, stopped.clone()))).into();
    tokio::time::sleep(Duration::from_millis(250 + 61 * (round % 7))).await;
    stop.send(true).unwrap();
    let mut acked = BTreeSet::new();
    for phone in working {
        acked.extend(phone.await.unwrap());
    }
    disk.cut();
    server.kill();
    disk.unmount();
    assert!(disk.mount(), "the disk comes back");
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let damage: String = database.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(damage, "ok");
    let mut statement = database.prepare("select id from problems").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let there: BTreeSet<Uuid> = rows.map(|bytes| Uuid::from_slice(&bytes.unwrap()).unwrap()).collect();
    (acked.difference(&there).count(), acked.len())
}

/// Lost and acknowledged over so many cuts; none when no disk can be had.
async fn cuts(kind: &str, rounds: u64, plant: Option<&'static str>) -> Option<(Vec<usize>, usize)> {
    let folder = Folder::new();
    let Some(disk) = Disk::new(folder.path(), kind) else {
        println!("skipped: no {kind} disk can be mounted here (needs root, loop devices, xfsprogs)");
        return None;
    };
    let mut ground = Ground::over(&format!("sqlite:{}", disk.place.join("night.db").display())).with_district();
    let token = ground.token("duty_officer");
    let prepared = ground.serve();
    prepared.client(&token).order().await;
    prepared.stop();
    if let Some(fault) = plant {
        ground = ground.planting(fault);
    }
    let (mut lost, mut acked) = (Vec::new(), 0);
    for round in 0..rounds {
        let (gone, of) = cut_once(&ground, &disk, &token, round).await;
        lost.push(gone);
        acked += of;
    }
    println!("{kind}: {rounds} cuts, {acked} acknowledged, lost {lost:?}");
    assert!(plant.is_some() || ground.run(&["verify"]).contains("whole"));
    Some((lost, acked))
}

/// Brings a list in, loses power as soon as it is said to be done, comes back: how many of its people are there.
async fn cut_after_an_import(kind: &str, plant: Option<&'static str>) -> Option<usize> {
    let folder = Folder::new();
    let disk = Disk::new(folder.path(), kind)?;
    let mut ground = Ground::over(&format!("sqlite:{}", disk.place.join("night.db").display())).with_district();
    if let Some(fault) = plant {
        ground = ground.planting(fault);
    }
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let officer = server.client(&token);
    let begun = officer.send_file("/imports", &[("register", "volunteers")], list()).await.json();
    let import = format!("/imports/{}", begun["import"].as_str().unwrap());
    let is = async |state: &str| officer.get(&import).await.unwrap().json()["state"].eq(state).then_some(());
    wait_for("the decision table", async || is("judged").await).await;
    officer.post(&format!("{import}/application"), serde_json::json!({"choice": "all"}), None).await.unwrap().json();
    wait_for("the end", async || is("done").await).await;
    disk.cut();
    server.kill();
    disk.unmount();
    assert!(disk.mount(), "the disk comes back");
    assert!(ground.run(&["verify"]).contains("whole"));
    Some(ground.count("select count(*) from volunteers where code like 'W%'"))
}

const LISTED: usize = 3_000;

fn list() -> String {
    (0..LISTED).fold("code,name,phone,team,latitude,longitude,roles\n".to_owned(), |text, n| {
        text + &format!("W{n:04},甲,1399999{n:04},T1,21.66,110.92,gatekeeper\n")
    })
}

/// The parts of an import do not wait for the disk; its end does, for all of them.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_done_survives_a_power_cut() {
    for kind in ["ext4", "xfs"] {
        let Some(there) = cut_after_an_import(kind, None).await else { continue };
        assert_eq!(there, LISTED, "{kind}");
    }
}

/// The control: an end that does not wait for the disk is lost with its parts.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_never_waits_for_the_disk_is_lost() {
    for kind in ["ext4", "xfs"] {
        let Some(there) = cut_after_an_import(kind, Some("synchronous-normal")).await else { continue };
        assert!(there < LISTED, "{kind}: the control lost nothing");
    }
}

async fn nothing_is_lost(rounds: u64) {
    for kind in ["ext4", "xfs"] {
        let Some((lost, acked)) = cuts(kind, rounds, None).await else { continue };
        assert!(acked > 10, "the phones worked: {acked}");
        assert!(lost.iter().all(|gone| *gone == 0), "{kind}: {lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_nothing_acknowledged() {
    nothing_is_lost(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: a hundred cuts on ext4 and a hundred on xfs"]
async fn a_hundred_power_cuts_lose_nothing() {
    nothing_is_lost(100).await;
}

/// The control: an engine that does not wait for the disk loses what it acknowledged.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn not_waiting_for_the_disk_loses() {
    for kind in ["ext4", "xfs"] {
        let Some((lost, _)) = cuts(kind, 4, Some("synchronous-normal")).await else { continue };
        assert!(lost.iter().any(|gone| *gone > 0), "{kind}: the control lost nothing in four cuts");
    }
}
