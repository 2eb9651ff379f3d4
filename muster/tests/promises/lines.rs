//! The line to PostgreSQL: under TLS with a server that proves its name, or within this machine; never otherwise.

use std::net::TcpListener;

use crate::{ground::Ground, outages::Postgres};

/// The name in the server's certificate. It leads nowhere: addresses give `hostaddr` beside it.
const NAME: &str = "db.muster.test";
const SECRET: &str = "open-sesame-of-the-night";

/// A PostgreSQL on a port, with a certificate for [`NAME`] signed by `ca.pem`; `other.pem` is an authority that signed
/// nothing.
struct Listening {
    postgres: Postgres,
    port: u16,
}

impl Listening {
    fn start() -> Self {
        let postgres = Postgres::start();
        authority(&postgres, "ca");
        authority(&postgres, "other");
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let subject = format!("/CN={NAME}");
        let names = format!("subjectAltName=DNS:{NAME}");
        let request = ["-keyout", "server.key", "-out", "server.csr", "-subj", &subject, "-addext", &names];
        openssl(&postgres, &[&["req"], &key[..], &request[..]].concat());
        let sign = ["x509", "-req", "-in", "server.csr", "-copy_extensions", "copy", "-days", "2", "-CAcreateserial"];
        openssl(&postgres, &[&sign[..], &["-CA", "ca.pem", "-CAkey", "ca.key", "-out", "server.pem"]].concat());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        postgres.psql(&format!("alter user muster password '{SECRET}'"));
        let (certificate, key) = (postgres.path("server.pem"), postgres.path("server.key"));
        postgres.write("tls.conf", &format!("ssl_cert_file = '{certificate}'\nssl_key_file = '{key}'\n"));
        let listening = Self { postgres, port };
        listening.set("on", "hostssl");
        listening
    }

    /// TLS on or off, and which lines `pg_hba.conf` takes from the network.
    fn set(&self, ssl: &str, kind: &str) {
        let tls = self.postgres.path("tls.conf");
        let settings = format!("listen_addresses = '127.0.0.1'\nport = {}\nssl = {ssl}\ninclude '{tls}'\n", self.port);
        self.postgres.write("data/postgresql.auto.conf", "");
        self.postgres.write("data/postgresql.conf", &settings);
        let who = format!("local all all trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n");
        self.postgres.write("data/pg_hba.conf", &who);
        self.postgres.ctl(&["restart", "-m", "fast"]);
    }

    fn url(&self, name: &str, more: &str) -> String {
        format!("postgres://muster:{SECRET}@{name}:{}/night?hostaddr=127.0.0.1{more}", self.port)
    }

    /// What stands in an address that trusts this authority.
    fn trusting(&self, authority: &str) -> String {
        format!("&sslmode=verify-full&sslrootcert={}", self.postgres.path(authority))
    }
}

fn authority(postgres: &Postgres, name: &str) {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
    let arguments =
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    let named = ["-subj", "/CN=Muster test authority", "-keyout", &key, "-out", &certificate];
    openssl(postgres, &[&arguments[..], &named[..]].concat());
}

fn openssl(postgres: &Postgres, arguments: &[&str]) {
    postgres.command("/usr/bin/openssl", arguments);
}

/// Refused by whatever opens the database and by the doctor, in the same words, without the password.
fn refused(url: &str) -> String {
    let ground = Ground::over(url);
    // An address that is refused in its turn, so that a server that starts after all does not run on.
    let serve = ["serve", "--listen", "192.0.2.1:80"];
    let said = [&serve[..], &["doctor"]].map(|command| ground.try_run(command).expect_err(command[0]));
    for said in &said {
        assert!(!said.contains(SECRET), "the password is shown: {said}");
        assert!(said.contains("refusing to start"), "{said}");
    }
    said.join("\n")
}

#[test]
fn a_server_that_proves_its_name_is_spoken_to_and_no_other() {
    let listening = Listening::start();
    // Nothing but TLS is let in here: whatever comes through was encrypted.
    let safe = Ground::over(&listening.url(NAME, &listening.trusting("ca.pem")));
    safe.run(&["migrate"]);
    assert!(safe.run(&["verify"]).contains("whole"));
    let found = safe.run(&["doctor"]);
    assert!(found.contains("encrypted, and the server has proved its name"), "{found}");

    let wrong_authority = refused(&listening.url(NAME, &listening.trusting("other.pem")));
    assert!(
        wrong_authority.contains("not vouched for by") && wrong_authority.contains("other.pem"),
        "{wrong_authority}"
    );
    assert!(wrong_authority.contains("give sslrootcert=FILE"), "{wrong_authority}");
    let of_the_system = refused(&listening.url(NAME, "&sslmode=verify-full"));
    assert!(of_the_system.contains("the system's authorities"), "{of_the_system}");
    let wrong_name = refused(&listening.url("other.muster.test", &listening.trusting("ca.pem")));
    assert!(wrong_name.contains("connect by a name that the certificate bears"), "{wrong_name}");
    let unencrypted = refused(&listening.url(NAME, ""));
    assert!(unencrypted.contains("lets nobody in without TLS"), "{unencrypted}");
    let no_file = Ground::over(&listening.url(NAME, &listening.trusting("nowhere.pem"))).try_run(&["verify"]);
    assert!(no_file.is_err_and(|said| said.contains("nowhere.pem")), "the file is named");

    listening.set("off", "host");
    let no_tls = refused(&listening.url(NAME, &listening.trusting("ca.pem")));
    assert!(no_tls.contains("it offers no TLS: set ssl = on"), "{no_tls}");
    let control = Ground::over(&listening.url(NAME, ""));
    assert!(control.run(&["verify"]).contains("whole"), "the control: without TLS, within this machine");
}

#[test]
fn a_line_that_leaves_the_machine_in_the_open_is_refused() {
    for more in ["", "?sslmode=disable", "?sslmode=prefer"] {
        let said = refused(&format!("postgres://muster:{SECRET}@{NAME}/night{more}"));
        assert!(said.contains(&format!("the line to PostgreSQL on {NAME} is not encrypted")), "{said}");
        assert!(said.contains("sslmode=verify-full&sslrootcert=FILE"), "{said}");
    }
    let weak = refused(&format!("postgres://muster:{SECRET}@{NAME}/night?sslmode=require"));
    assert!(weak.contains("which PostgreSQL answers"), "{weak}");
}
