//! A fresh installation: nobody can come in but by the code that the first start prints, and it does not speak in the open.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

use store::testing::Folder;

use crate::world::sqlite;

fn serve(folder: &Folder, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["serve", "--database", &format!("sqlite:{}", folder.path().join("fresh.db").display())])
        .args(more)
        .current_dir(folder.path())
        .env_remove("MUSTER_PUBLIC_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The lines the program prints until one begins so, or until it ends.
fn lines_until(child: &mut Child, beginning: &str) -> Vec<String> {
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let is_last = line.starts_with(beginning);
        said.push(line);
        if is_last {
            break;
        }
    }
    said
}

#[test]
fn it_refuses_to_speak_in_the_open() {
    for more in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen", "[::]:0"],
        &["--listen", "0.0.0.0:0", "--public-url", "http://muster.example"],
    ] {
        let folder = Folder::new();
        let mut child = serve(&folder, more);
        let said = lines_until(&mut child, "Muster serves");
        let mut why = String::new();
        if said.is_empty() {
            child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        } else {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        assert!(said.is_empty(), "{more:?}: it serves");
        assert!(why.contains("--public-url https://"), "{more:?}: what to do is not said: {why}");
    }
    // The controls: on this machine only, or behind TLS, it serves.
    for more in [&["--listen", "127.0.0.1:0"][..], &["--listen", "0.0.0.0:0", "--public-url", "https://muster.example"]]
    {
        let folder = Folder::new();
        let mut child = serve(&folder, more);
        let said = lines_until(&mut child, "First administrator");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(said.iter().any(|line| line.contains("/enter/")), "{more:?}: {said:?}");
    }
}

/// Nothing in the database opens a door but the hash of the printed code.
#[tokio::test]
async fn it_has_no_credential_but_the_printed_code() {
    let test = web::testing::TestHouse::new(sqlite(), &muster::duties::all()).await;
    let counts = test.house.store.look(|tx| {
        let mut count = |sql: &str| tx.one(sql, store::params![], |row| row.get::<i64>("n"));
        Ok::<_, store::Error>([
            count("select count(*) as n from accounts where password is not null")?,
            count("select count(*) as n from sessions")?,
            count("select count(*) as n from doors where once = false or expires_at is null")?,
            count("select count(*) as n from doors")?,
        ])
    });
    assert_eq!(counts.await.unwrap(), [0, 0, 0, 1], "passwords, sessions, lasting doors, doors");
    for (login, password) in [
        ("administrator", ""),
        ("administrator", "administrator"),
        ("admin", "admin"),
        ("muster", "muster"),
        ("root", ""),
    ] {
        let body = format!("login={login}&password={password}");
        let reply = test.stranger().form("/sign-in", &body, Some("http://muster.test")).await;
        assert!(matches!(reply.status.as_u16(), 403 | 422), "{login}:{password} gives {}", reply.status);
    }
}
