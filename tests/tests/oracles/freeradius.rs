//! FreeRADIUS itself: its server reads generated requests, and its client generated answers, each
//! with our dictionary, and they print every attribute.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use dsboot_codec::ip::udp;
use dsboot_codec::radius::Packet;
use dsboot_spec::registry::radius::code;
use dsboot_tests::process::{self, Running};
use dsboot_tests::{freeradius, peers};

use crate::packets;
use crate::radsniff::said_of;
use crate::sequence::{self, Spoken};
use crate::table::Table;

const SECRET: &str = "oracle-secret";
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the Authenticator stands in a packet.
const AUTHENTICATOR: usize = 4;

#[test]
fn freeradius_says_of_every_attribute_what_we_do() {
    let programs = (peers::FREERADIUS.find(), peers::RADCLIENT.find());
    let (Some(server), Some(client)) = programs else { return };
    let mut table = Table::of("freeradius");
    let all = packets::radius();
    let of = |codes: &[u8]| -> Vec<&[u8]> {
        all.iter().map(Vec::as_slice).filter(|packet| codes.contains(&packet[0])).collect()
    };
    let requests: Vec<Vec<u8>> = of(&[code::ACCESS_REQUEST]).into_iter().map(signed).collect();
    let said = server_says(&server, &requests);
    sequence::compare(&mut table, &in_ip(&requests), &said);

    let codes = [code::ACCESS_ACCEPT, code::ACCESS_REJECT, code::ACCESS_CHALLENGE];
    let answers = client_says(&client, &of(&codes));
    let (answers, said): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    sequence::compare(&mut table, &in_ip(&answers), &said);
    table.finish(requests.len() + answers.len());
}

fn in_ip(packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (from, to) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:1812".parse().unwrap());
    packets.iter().map(|packet| udp::packet(from, to, 64, packet).unwrap()).collect()
}

/// A request whose Message-Authenticator is right.
fn signed(request: &[u8]) -> Vec<u8> {
    let packet = Packet::decode(request).unwrap();
    let right = packet.right_message_authenticator(packet.authenticator(), SECRET.as_bytes());
    let mut octets = request.to_vec();
    if let Some((at, right)) = right {
        octets[at..at + right.len()].copy_from_slice(&right);
    }
    octets
}

/// An answer to this request, both of whose authenticators are right.
fn answer(octets: &[u8], request: &[u8]) -> Vec<u8> {
    let asked = Packet::decode(request).unwrap();
    let mut octets = octets.to_vec();
    octets[1] = asked.identifier();
    let right = Packet::decode(&octets)
        .unwrap()
        .right_message_authenticator(asked.authenticator(), SECRET.as_bytes());
    if let Some((at, right)) = right {
        octets[at..at + right.len()].copy_from_slice(&right);
    }
    let right = Packet::decode(&octets)
        .unwrap()
        .right_response_authenticator(asked.authenticator(), SECRET.as_bytes());
    octets[AUTHENTICATOR..AUTHENTICATOR + right.len()].copy_from_slice(&right);
    octets
}

/// What the server says of each request; it refuses them all.
fn server_says(program: &Path, requests: &[Vec<u8>]) -> Vec<Spoken> {
    let directory = tempfile::tempdir().unwrap();
    freeradius::write_dictionary(directory.path()).unwrap();
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let path = directory.path().display();
    let configuration = format!(
        "name = oracle\nraddbdir = {path}\nlibdir = /usr/lib/freeradius\nlogdir = {path}\n\
         run_dir = {path}\nhostname_lookups = no\n\
         security {{\n\treject_delay = 0\n\tstatus_server = no\n}}\n\
         client local {{\n\tipaddr = 127.0.0.1\n\tsecret = {SECRET}\n}}\nmodules {{\n}}\n\
         server default {{\n\tlisten {{\n\t\ttype = auth\n\t\tipaddr = 127.0.0.1\n\
         \t\tport = {port}\n\t}}\n\tauthorize {{\n\t}}\n}}\n"
    );
    fs::write(directory.path().join("radiusd.conf"), configuration).unwrap();
    let mut command = Command::new(program);
    command.args(["-X", "-f", "-n", "radiusd", "-d"]).arg(directory.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running::start(&mut command).unwrap();
    let out = running.child().stdout.take().unwrap();
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // Nobody listens any more once all is read.
            let _ = sender.send(line);
        }
    });
    let start = Instant::now();
    let next = || lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed()));
    while !next().unwrap().contains("Ready to process requests") {}
    let mut all = Vec::new();
    for request in requests {
        // Each from a port of its own, so that none is taken for another sent again.
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        socket.send(request).unwrap();
        let start = Instant::now();
        let next = || lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed()));
        let mut spoken = Vec::new();
        loop {
            let line = next().map_err(|_| hex::encode(request)).unwrap();
            assert!(!line.contains("Bad packet"), "{line}: {}", hex::encode(request));
            let text = line.split_once(") ").map_or("", |(_, text)| text);
            match text.strip_prefix("  ") {
                Some(text) => {
                    let (name, value) = text.split_once(" = ").unwrap();
                    spoken.extend(said_of(name, value));
                }
                // What comes behind the attributes is about what becomes of the request.
                None if text.is_empty() || text.starts_with("Received ") => (),
                None => break,
            }
        }
        while !next().unwrap().contains("Finished request") {}
        all.push(spoken);
    }
    all
}

/// What the client says of each answer, and the answer as it was given.
fn client_says(program: &Path, answers: &[&[u8]]) -> Vec<(Vec<u8>, Spoken)> {
    let directory = tempfile::tempdir().unwrap();
    freeradius::write_dictionary(directory.path()).unwrap();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    // One after the other: each is read before the next is asked for.
    let given = thread::scope(|scope| {
        let giving = scope.spawn(|| {
            let mut given = Vec::new();
            let mut buffer = [0; 4096];
            for octets in answers {
                let (length, from) = socket.recv_from(&mut buffer).unwrap();
                let octets = answer(octets, &buffer[..length]);
                socket.send_to(&octets, from).unwrap();
                given.push(octets);
            }
            given
        });
        let mut command = Command::new(program);
        command.args(["-x", "-p", "1", "-c", &answers.len().to_string(), "-r", "1", "-t", "20"]);
        command.arg("-d").arg(directory.path()).args([&address, "auth", SECRET]);
        let said = process::run(&mut command, "User-Name = \"oracle\"\n", PATIENCE).unwrap();
        (giving.join().unwrap(), said)
    });
    let (given, said) = given;
    let mut spoken: Vec<Spoken> = Vec::new();
    let mut received = false;
    for line in said.out.lines() {
        match line.strip_prefix('\t').and_then(|line| line.split_once(" = ")) {
            Some((name, value)) if received => {
                spoken.last_mut().unwrap().extend(said_of(name, value));
            }
            Some(_) => (),
            None => {
                received = line.starts_with("Received ");
                if received {
                    spoken.push(Vec::new());
                }
            }
        }
    }
    assert_eq!(spoken.len(), given.len(), "{}{}", said.out, said.err);
    given.into_iter().zip(spoken).collect()
}
