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

/// A directory with every sample, and what the samples say how to make.
fn samples() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let program = cargo_bin("dsboot");
    let program = program.to_str().expect("UTF-8");
    for role in ROLES {
        let (code, sample, _) = serve(&["--example", role]);
        assert_eq!(code, 0);
        let sample = sample.replace("\"eth0\"", "\"lo\"").replace("\"eth1\"", "\"lo\"");
        let commands = sample.lines().filter_map(|line| line.strip_prefix("#   "));
        for command in commands {
            let command = command.replace("dsboot serve", &format!("{program} serve"));
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", &command]).current_dir(directory.path());
            assert!(shell.status().expect("runs").success(), "{command}");
        }
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
fn what_a_sample_lacks_is_made_by_the_command_that_it_says() {
    let directory = samples();
    for (role, file) in [("nas", "secrets/nas1"), ("aaa", "users.toml")] {
        fs::remove_file(directory.path().join(file)).expect("removed");
        let sample = directory.path().join(format!("{role}.toml"));
        let text = fs::read_to_string(&sample).expect("read");
        let mut commands = text.lines().filter_map(|line| line.strip_prefix("#   "));
        let command = commands.find(|command| command.ends_with(file)).expect("a command");
        // It is run from elsewhere, and so names the path from there.
        let (secrets, path) = (directory.path().join("secrets"), directory.path().join(file));
        let command = command
            .replace(&format!("> {file}"), &format!("> {}", path.display()))
            .replace("700 secrets ", &format!("700 {} ", secrets.display()));
        let (code, _, stderr) = check(&sample);
        assert!(code == 2 && stderr.contains(&command), "{command}: {stderr}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_why() {
    let directory = samples();
    let secret = fs::read_to_string(directory.path().join("secrets/fha1")).expect("read");
    for (role, right, wrong, reason) in [
        // What is no value of its kind.
        ("fha", "\"192.0.2.8\"  ", "\"192.0.2.300\"", "IPv4"),
        ("fha", "capacity", "capacitance", "capacitance"),
        ("fha", "capacity = 65536", "capacity = \"many\"", "a number from 0 on"),
        ("fha", "max_lifetime = 1800", "max_lifetime = 70000", "a number from 0 to 65535"),
        ("fha", "/64", "/129", "IPv6 prefix"),
        ("aaa", "integrated\"\n", "integral\"\n", "integrated"),
        ("aaa", "\"192.0.2.32:1812\"", "\"192.0.2.32\"", "an address with a port"),
        ("aaa", "203.0.113.64-", "203.0.113.200-", "a range of addresses"),
        ("mn", "mn@home.example", "", "network access identifier"),
        ("mn", "198.51.101.200/24", "198.51.101.200", "length of its prefix"),
        ("fa", "spi = 4097", "spi = -1", "a number from 0"),
        ("nas", "[nas]", "[nas", "unclosed"),
        // Secrets: not there, nothing in there, or in a place where everybody sees them.
        ("fha", "secrets/fha1\" }\n", "secrets/none\" }\n", "/dev/urandom"),
        ("fha", "{ file = \"secrets/fha1\" }", "{ env = \"DSBOOT_NONE\" }", "DSBOOT_NONE"),
        ("fha", "{ file = \"secrets/fha1\" }", "\"sesame\"", "never stands in a configuration"),
        // Numbers that would grant nothing.
        ("fha", "max_lifetime = 1800", "max_lifetime = 0", "at least 1"),
        ("ha", "max_lifetime = 3600", "max_lifetime = 3", "4 seconds"),
        ("mn", "lifetime = 1800", "lifetime = 0", "at least 1"),
        ("aaa", "mobility_lifetime = 3600", "mobility_lifetime = 0", "at least 1"),
        ("fa", "capacity = 65536", "capacity = 0", "at least 1"),
        ("fa", "advertise_every = 10 ", "advertise_every = 0 ", "leave it out"),
        ("fa", "spi = 4097", "spi = 255", "reserved"),
        ("nas", "[daemon]", "[daemon]\nvendor_id = 0", "enterprise number"),
        // What is there twice.
        ("aaa", "\"2001:db8:6::1\"", "\"192.0.2.8\"", "twice"),
        ("aaa", "[2001:db8:6::a]:1812", "192.0.2.32:1812", "twice"),
        ("fha", "local = \"192.0.2.8:49812\"", "local = \"192.0.2.8:434\"", "twice"),
        // What does not go together.
        ("fha", "\"2001:db8:8::1\" ", "\"2001:db8:9::1\" ", "prefix"),
        ("ha", "address = \"2001:db8:6:1::1\"", "address = \"2001:db8:9::1\"", "prefix"),
        ("ha", "[2001:db8:6::a]", "192.0.2.32", "same version"),
        ("fha", "[\"192.0.2.32:1812\"]", "[]", "no server"),
        ("fha", "[\"192.0.2.32:1812\"]", "[\"192.0.2.8:49812\"]", "itself"),
        ("nas", "198.51.100.128-", "198.51.100.1-", "own address"),
        ("nas", "198.51.100.128-198.51.100.159/24", "10.0.0.0-10.255.255.255/8", "65536"),
        ("aaa", "nas = \"nas1.", "nas = \"nas9.", "nas9.visited.example"),
        ("aaa", "name = \"fha1.", "name = \"fha9.", "fha9.visited.example"),
        // What this host does not have.
        ("mn", "interface = \"lo\"", "interface = \"no-such\"", "this host has"),
        ("fa", "interface = \"lo\"", "interface = \"no-such\"", "this host has"),
        ("fha", "state = ", "user = \"nobody-such\" #", "useradd"),
        ("fha", "tun = \"dsb-fha\"", "tun = \"longer-than-a-name\"", "15 octets"),
        ("aaa", "\"users.toml\"", "\"none.toml\"", "--example users"),
    ] {
        let file = directory.path().join(format!("{role}.toml"));
        let sample = fs::read_to_string(&file).expect("read");
        assert!(sample.contains(right), "{role}: {right}");
        let text = sample.replacen(right, wrong, 1);
        // It is said where the file was changed; what is added stands a line below.
        let same = sample.lines().zip(text.lines()).take_while(|(one, other)| one == other);
        let line = same.count() + 1;
        let broken = directory.path().join("broken.toml");
        fs::write(&broken, text).expect("written");
        let (code, stdout, stderr) = check(&broken);
        assert_eq!((code, stdout.as_str()), (2, ""), "{role}, {wrong}: {stderr}");
        assert!(stderr.contains(&format!("broken.toml:{line}:")), "{role}, {wrong}: {stderr}");
        assert!(stderr.contains(reason), "{role}, {wrong}: {stderr}");
        for secret in [secret.trim(), "sesame"] {
            assert!(!stderr.contains(secret), "a secret is shown: {stderr}");
        }
    }
    let users = directory.path().join("users.toml");
    let right = fs::read_to_string(&users).expect("read");
    fs::write(&users, format!("{right}\n{right}")).expect("written");
    let (code, _, stderr) = check(&directory.path().join("aaa.toml"));
    assert!(code == 2 && stderr.contains("users.toml:15:") && stderr.contains("twice"), "{stderr}");
    let empty = directory.path().join("empty.toml");
    fs::write(&empty, "").expect("written");
    let (code, _, stderr) = check(&empty);
    assert!(code == 2 && stderr.contains("no role"), "{stderr}");
}

#[test]
fn what_only_hinders_a_start_is_noted() {
    let directory = samples();
    let file = directory.path().join("nas.toml");
    let sample = fs::read_to_string(&file).expect("read");
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let taken = taken.local_addr().map(|at| (at.to_string(), taken)).expect("an address");
    fs::write(&file, sample.replace("192.0.2.1:49812", &taken.0)).expect("written");
    let (code, _, stderr) = check(&file);
    assert!(code == 0 && stderr.contains("who has it") && stderr.contains(&taken.0), "{stderr}");
    assert!(stderr.contains("this host does not have 198.51.100.1"), "{stderr}");
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
