//! Two FreeRADIUS servers with the configuration that `dsboot export freeradius --postgresql` writes,
//! which give addresses out of one database: none twice.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use dsboot_codec::crypto;
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::{Ipv6Prefix, Packet};
use dsboot_node::load::ask::{Asker, User};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role};
use dsboot_spec::registry::radius::code;
use dsboot_tests::peers;
use dsboot_tests::postgresql::Postgresql;
use dsboot_tests::process::Running;

const SECRET: &str = "of sixteen octets and more";

/// So many addresses there are, and one user more.
const ADDRESSES: u8 = 24;

fn write_config(directory: &Path, at: SocketAddr) {
    let mut users = String::new();
    for number in 0..=ADDRESSES {
        // Writing to a string cannot fail.
        let _ = writeln!(
            users,
            "[[user]]\nnai = \"mn{number}@home.example\"\naccess_secret = {{ file = \"secret\" }}\n\
             home.mn_aaa_key = {{ file = \"secret\" }}\nhome.address = \"2001:db8:6:1::{number:x}/64\"\n\
             home.agent = \"2001:db8:6:1:ffff::1\""
        );
    }
    let config = format!(
        "[aaa]\nkind = \"integrated\"\nlisten = [\"{at}\"]\nusers = \"users.toml\"\n\
         [[aaa.client]]\naddress = \"127.0.0.1\"\nsecret = {{ file = \"secret\" }}\nroles = [\"fha\"]\n\
         names = [\"fha.example\"]\n[[aaa.fha]]\nname = \"fha.example\"\naddress = \"192.0.2.8\"\n\
         home_addresses = \"203.0.113.1-203.0.113.{ADDRESSES}\"\n"
    );
    for (name, text) in [("aaa.toml", config.as_str()), ("users.toml", &users), ("secret", SECRET)]
    {
        fs::write(directory.join(name), text).expect("written");
    }
}

fn export(directory: &Path, connection: &str) {
    let written = Command::new(cargo_bin("dsboot"))
        .args(["export", "freeradius", "--postgresql", connection, "--out"])
        .arg(directory.join("raddb"))
        .arg(directory.join("aaa.toml"))
        .output()
        .expect("runs");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
}

/// A FreeRADIUS server and whoever asks it.
struct Server {
    socket: UdpSocket,
    _running: Running,
}

impl Server {
    fn start(program: &Path, directory: &Path, at: SocketAddr, connection: &str) -> Server {
        write_config(directory, at);
        export(directory, connection);
        let log = directory.join("log");
        let mut command = Command::new(program);
        command.args(["-f", "-l", "stdout", "-d"]).arg(directory.join("raddb"));
        command.stdout(fs::File::create(&log).expect("made")).stderr(Stdio::null());
        let running = Running::start(&mut command).expect("runs");
        let start = Instant::now();
        let said = || fs::read_to_string(&log).expect("read");
        while !said().contains("Ready to process") {
            assert!(start.elapsed() < Duration::from_secs(30), "{}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
        socket.connect(at).expect("connected");
        socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        Server { socket, _running: running }
    }

    /// Asks about all of these users at once. What each is given, in their order.
    fn ask(&self, round: u8, users: &[u8]) -> Vec<Option<Ipv4Addr>> {
        let asker = Asker {
            name: Some("fha.example".to_owned()),
            role: Some(client_role::FHA),
            secret: SECRET.into(),
            vendor_id: DEFAULT_VENDOR_ID,
        };
        let prefix = Ipv6Prefix::new("2001:db8:8::".parse().expect("an address"), 64);
        for number in users {
            let home = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, (*number).into());
            let user = User {
                nai: format!("mn{number}@home.example").into_bytes(),
                access_secret: SECRET.into(),
                mn_aaa_key: SECRET.into(),
                home: Prefixed::<Ipv6Addr>::new(home, 64).expect("a prefix"),
            };
            let origin = (*number, crypto::md5(&[&[*number, round]]));
            let request = asker.mobility(origin, &user, prefix, None).expect("encoded");
            self.socket.send(&request).expect("sent");
        }
        let mut given = BTreeMap::new();
        for _ in users {
            let mut octets = vec![0; 4096];
            let length = self.socket.recv(&mut octets).expect("an answer");
            octets.truncate(length);
            let answer = Packet::decode(&octets).expect("decoded");
            // Where none is left, the FHA is told nothing of one.
            assert_eq!(answer.code(), code::ACCESS_ACCEPT, "user {}", answer.identifier());
            given.insert(answer.identifier(), answer.framed_ip_address().once());
        }
        users.iter().map(|user| given.remove(user).expect("answered once")).collect()
    }
}

#[test]
fn two_servers_give_no_address_twice() {
    let Some(program) = peers::FREERADIUS_POSTGRESQL.find() else { return };
    let [common, one, two] = [(); 3].map(|()| tempfile::tempdir().expect("a directory"));
    let at = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").expect("a socket"));
    let at = at.map(|socket| socket.local_addr().expect("bound"));
    // The schema does not depend on where the database is.
    write_config(common.path(), at[0]);
    export(common.path(), "host=nowhere");
    let schema = common.path().join("raddb/schema.sql");
    let database = Postgresql::start(common.path(), &schema).expect("PostgreSQL starts");
    let Some(Postgresql { connection, .. }) = &database else { return };
    let one = (Server::start(&program, one.path(), at[0], connection), one);
    let two = (Server::start(&program, two.path(), at[1], connection), two);

    let users: Vec<u8> = (0..ADDRESSES).collect();
    let (first, second) = users.split_at(users.len() / 2);
    let both = |round, of_one: &[u8], of_two: &[u8]| {
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| two.0.ask(round, of_two));
            let given = one.0.ask(round, of_one);
            (given, asked.join().expect("asked"))
        })
    };
    let (of_first, of_second) = both(1, first, second);
    let given: Vec<_> = of_first.iter().chain(&of_second).copied().collect();
    let different: BTreeSet<_> = given.iter().flatten().collect();
    assert_eq!(different.len(), users.len(), "{given:?}");
    // Each server knows what the other one gave.
    assert_eq!(both(2, second, first), (of_second, of_first));
    // And that there is no more.
    assert_eq!(both(3, &[ADDRESSES], &[ADDRESSES]), (vec![None], vec![None]));
}
