//! `dsboot serve` from outside.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

fn serve(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("dsboot")
        .expect("built")
        .arg("serve")
        .args(args)
        .output()
        .expect("runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("exits"), text(output.stdout), text(output.stderr))
}

const ROLES: [&str; 6] = ["aaa", "fa", "fha", "ha", "mn", "nas"];

/// A directory with every sample and all that the samples name.
fn samples() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("secrets")).expect("created");
    for secret in ["nas1", "fha1", "ha", "mn-access", "mn-aaa", "fa-fha1"] {
        fs::write(directory.path().join("secrets").join(secret), "of 16 octets, ok\n")
            .expect("written");
    }
    let users = concat!(env!("CARGO_MANIFEST_DIR"), "/../node/samples/users.toml");
    fs::copy(users, directory.path().join("users.toml")).expect("copied");
    for role in ROLES {
        let (code, sample, _) = serve(&["--example", role]);
        assert_eq!(code, 0);
        let sample = sample.replace("\"eth0\"", "\"lo\"").replace("\"eth1\"", "\"lo\"");
        fs::write(directory.path().join(format!("{role}.toml")), sample).expect("written");
    }
    directory
}

fn check(file: &Path) -> (i32, String, String) {
    serve(&["--check", file.to_str().expect("UTF-8")])
}

#[test]
fn every_sample_is_as_it_must_be() {
    let directory = samples();
    for role in ROLES {
        let (code, stdout, stderr) = check(&directory.path().join(format!("{role}.toml")));
        assert_eq!(code, 0, "{role}: {stderr}");
        assert!(stdout.contains(&format!("roles: {role}")), "{stdout}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_why() {
    let directory = samples();
    for (role, right, wrong, line, reason) in [
        ("fha", "\"192.0.2.8\"  ", "\"192.0.2.300\"", 11, "IPv4"),
        ("fha", "capacity", "capacitance", 18, "capacitance"),
        ("fha", "/64", "/129", 13, "IPv6 prefix"),
        ("fha", "secrets/fha1", "secrets/none", 20, "secrets/none"),
        ("ha", "address = \"2001:db8:6:1::1\"", "address = \"2001:db8:9::1\"", 9, "prefix"),
        ("ha", "[2001:db8:6::a]", "192.0.2.32", 16, "same version"),
        ("aaa", "fhas = [\"fha1.", "fhas = [\"fha9.", 9, "fha9.visited.example"),
        ("aaa", "integrated\"\n", "integral\"\n", 12, "integrated"),
        ("mn", "mn@home.example", "", 10, "network access identifier"),
        ("mn", "\"lo\"", "\"no-such\"", 18, "no-such"),
        ("fa", "\"lo\"", "\"no-such\"", 10, "no-such"),
        ("fa", "spi = 4097", "spi = -1", 22, "u32"),
    ] {
        let file = directory.path().join(format!("{role}.toml"));
        let sample = fs::read_to_string(&file).expect("read");
        assert!(sample.contains(right), "{role}: {right}");
        let broken = directory.path().join("broken.toml");
        fs::write(&broken, sample.replacen(right, wrong, 1)).expect("written");
        let (code, stdout, stderr) = check(&broken);
        assert_eq!((code, stdout.as_str()), (2, ""), "{role}, {wrong}: {stderr}");
        assert!(stderr.contains(&format!("broken.toml:{line}:")), "{role}, {wrong}: {stderr}");
        assert!(stderr.contains(reason), "{role}, {wrong}: {stderr}");
        assert!(!stderr.contains("16 octets"), "a secret is shown: {stderr}");
    }
    let empty = directory.path().join("empty.toml");
    fs::write(&empty, "").expect("written");
    let (code, _, stderr) = check(&empty);
    assert!(code == 2 && stderr.contains("no role"), "{stderr}");
}

/// An AAA server at work on loopback addresses, and its log.
struct Daemon {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
}

const AAA: &str = "127.0.97.1:18127";
const METRICS: &str = "127.0.97.1:19434";

impl Daemon {
    fn start(directory: &TempDir) -> Daemon {
        let file = directory.path().join("aaa.toml");
        let sample = fs::read_to_string(&file).expect("read");
        let sample = sample
            .replace("\"192.0.2.32:1812\", \"[2001:db8:6::a]:1812\"", &format!("{AAA:?}"))
            .replace("\"192.0.2.1\"", "\"127.0.0.1\"")
            .replace("127.0.0.1:9434", METRICS);
        fs::write(&file, sample).expect("written");
        let mut child = std::process::Command::new(cargo_bin("dsboot"))
            .args(["serve", file.to_str().expect("UTF-8")])
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let log = BufReader::new(child.stderr.take().expect("piped"));
        let mut daemon = Daemon { child, log };
        daemon.logs("ready");
        daemon
    }

    /// Waits for a line of the log.
    fn logs(&mut self, part: &str) {
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            let read = self.log.read_line(&mut line).expect("a log");
            assert!(read > 0, "the daemon has ended without {part:?}");
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It has ended already where a test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the daemon counts.
fn metrics() -> String {
    let mut stream = TcpStream::connect(METRICS).expect("listens");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answers");
    text
}

fn eventually_counts(part: &str) {
    let start = Instant::now();
    while !metrics().contains(part) {
        assert!(start.elapsed() < Duration::from_secs(60), "{part} is missing in {}", metrics());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_daemon_counts_reloads_and_ends_in_order() {
    let directory = samples();
    let mut daemon = Daemon::start(&directory);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.send_to(b"no RADIUS", AAA).expect("sent");
    eventually_counts("dsboot_events_total{role=\"aaa\",reason=\"radius.malformed\"} 1");
    let stranger = UdpSocket::bind("127.0.0.9:0").expect("a socket");
    stranger.send_to(b"no RADIUS", AAA).expect("sent");
    eventually_counts("reason=\"radius.server.unknown-client\"} 1");
    // A file that is wrong changes nothing; the daemon says so and goes on.
    let users = directory.path().join("users.toml");
    let right = fs::read_to_string(&users).expect("read");
    fs::write(&users, "[[user]]\nnai = 7\n").expect("written");
    daemon.signal("HUP");
    daemon.logs("users.toml:2:");
    fs::write(&users, right).expect("written");
    daemon.signal("HUP");
    daemon.logs("reloaded");
    eventually_counts("reason=\"radius.malformed\"} 1");
    daemon.signal("TERM");
    assert!(daemon.child.wait().expect("ends").success());
}
