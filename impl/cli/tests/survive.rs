//! Daemons that are killed at any moment. What has been answered stays so: no binding is lost, no
//! address is given twice, nothing is accepted twice.
//!
//! DSBOOT_SURVIVE=N kills N times instead of a few. Where Mobile IPv4's port may not be bound, that is
//! said and nothing tested; `DSBOOT_PEERS=required` makes it a failure.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod traces;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use assert_cmd::cargo::cargo_bin;
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::mip4::Message;
use dsboot_node::Stream;
use dsboot_node::load::ask::User;
use dsboot_node::load::{Mobile, Verdict};
use dsboot_roles::{Random, Time};
use dsboot_tests::daemon::Daemon;

const KEY: &str = "of 16 octets, ok";
const MOBILES: u16 = 24;
const LIFETIME: u16 = 600;

/// How long a reply is waited for before a request is made anew.
const PATIENCE: Duration = Duration::from_millis(250);

/// The hosts of a test, as the third octet of their addresses.
struct Site(u8);

impl Site {
    fn fha(&self) -> Ipv4Addr {
        Ipv4Addr::new(127, 98, self.0, 8)
    }

    fn aaa(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(127, 98, self.0, last)
    }

    fn mobiles(&self) -> Ipv4Addr {
        Ipv4Addr::new(127, 98, self.0, 200)
    }

    /// Writes the configurations of an FHA and an AAA server; the FHA asks `servers`, the last of
    /// which is that one.
    fn write(&self, directory: &Path, servers: &[u8]) {
        let (fha, own) = (self.fha(), self.aaa(*servers.last().expect("a server")));
        let mut users = String::new();
        for number in 1..=MOBILES {
            // Writing to a string cannot fail.
            let _ = writeln!(
                users,
                "[[user]]\nnai = \"mn{number}@home.example\"\naccess_secret = {{ file = \"key\" }}\n\
                 home.mn_aaa_key = {{ file = \"key\" }}\nhome.address = \"2001:db8:6:1::{number:x}/64\"\n\
                 home.agent = \"2001:db8:6:1:ffff::1\""
            );
        }
        let aaa = format!(
            "[daemon]\nstate = \"state\"\ntrace = \"aaa.ndjson\"\n[aaa]\nkind = \"integrated\"\nlisten = [\"{own}:1812\"]\n\
             users = \"users.toml\"\n[[aaa.client]]\naddress = \"{fha}\"\nsecret = {{ file = \"key\" }}\n\
             roles = [\"fha\"]\nnames = [\"fha.example\"]\n[[aaa.fha]]\nname = \"fha.example\"\n\
             address = \"{fha}\"\nhome_addresses = \"203.0.113.1-203.0.113.{MOBILES}\"\n"
        );
        let servers = servers.iter().map(|last| format!("\"{}:1812\"", self.aaa(*last)));
        let servers = servers.collect::<Vec<_>>().join(", ");
        let agent = format!(
            "[daemon]\nstate = \"state\"\ntrace = \"fha.ndjson\"\n[fha]\naddress = \"{fha}\"\naddress6 = \"2001:db8:8::1\"\n\
             prefix = \"2001:db8:8::/64\"\ncarries = false\n[fha.radius]\nlocal = \"{fha}:49812\"\n\
             servers = [{servers}]\nsecret = {{ file = \"key\" }}\nname = \"fha.example\"\n"
        );
        for (name, text) in
            [("key", KEY), ("users.toml", &users), ("aaa.toml", &aaa), ("fha.toml", &agent)]
        {
            fs::write(directory.join(name), text).expect("written");
        }
    }

    fn mobile(&self, number: u16) -> Mobile {
        let home = std::net::Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, number);
        let user = User {
            nai: format!("mn{number}@home.example").into_bytes(),
            access_secret: KEY.into(),
            mn_aaa_key: KEY.into(),
            home: Prefixed::<std::net::Ipv6Addr>::new(home, 64).expect("a prefix"),
        };
        Mobile::new(user, self.fha(), self.mobiles())
    }
}

/// Starts the daemon of a role; `None` if this host does not let it.
fn start(directory: &Path, role: &str) -> Option<Daemon> {
    let config = directory.join(format!("{role}.toml"));
    let daemon = Daemon::start(&cargo_bin("dsboot"), &config).map_err(|error| {
        assert!(error.is_excused(), "{error}");
        eprintln!("left out: {error}");
    });
    daemon.ok()
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Time::from_unix_micros(u64::try_from(since.as_micros()).expect("not too late"))
}

fn receive(socket: &UdpSocket, patience: Duration) -> Option<Vec<u8>> {
    socket.set_read_timeout(Some(patience)).expect("set");
    let mut octets = vec![0; 4096];
    match socket.recv(&mut octets) {
        Ok(length) => {
            octets.truncate(length);
            Some(octets)
        }
        // Nobody was there to hear what was sent before.
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => None,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
            None
        }
    }
}

/// What a mobile node's host sends and hears, and what it has sent once more: a reply to that, whenever
/// it comes, is the old one, or refuses. As a host answers in the order in which it hears, it has come
/// when a later request is answered.
struct Host {
    socket: UdpSocket,
    /// Replies by requests' identifications, which who accepts gives back whole.
    replayed: BTreeMap<u64, Vec<u8>>,
}

impl Host {
    fn new(site: &Site) -> Host {
        let socket = UdpSocket::bind((site.mobiles(), 0)).expect("a socket");
        socket.connect((site.fha(), 434)).expect("connected");
        Host { socket, replayed: BTreeMap::new() }
    }

    /// Sends a request once more, which must not be accepted.
    fn replay(&mut self, request: &[u8], before: Vec<u8>) {
        let Ok(Message::Request(decoded)) = Message::decode(request) else { panic!("no request") };
        self.replayed.insert(decoded.header.identification.0, before);
        // Lost if nobody hears it.
        let _ = self.socket.send(request);
    }

    /// What is heard within a while.
    fn receive(&self, patience: Duration) -> Option<Vec<u8>> {
        let octets = receive(&self.socket, patience)?;
        let Ok(Message::Reply(reply)) = Message::decode(&octets) else { panic!("{octets:02x?}") };
        if let Some(before) = self.replayed.get(&reply.header.identification.0) {
            let is_accepted = reply.header.code.is_accepted();
            assert!(!is_accepted || octets == *before, "a replay is accepted");
        }
        Some(octets)
    }

    /// Sends requests until one is accepted. Returns it with its reply.
    fn register(
        &self,
        mobile: &mut Mobile,
        is_first: bool,
        mut between: impl FnMut(),
    ) -> (Vec<u8>, Vec<u8>) {
        let start = Instant::now();
        let mut refused = None;
        while start.elapsed() < Duration::from_secs(60) {
            let request = match is_first {
                true => mobile.first(now(), LIFETIME),
                false => mobile.again(now(), LIFETIME),
            };
            let request = request.expect("encoded");
            // Lost if nobody hears it.
            let _ = self.socket.send(&request);
            between();
            while let Some(reply) = self.receive(PATIENCE) {
                // To one that was sent before: it has been looked at.
                if !is_reply_to(&reply, &request) {
                    continue;
                }
                match mobile.take(now(), &reply) {
                    Verdict::Registered(_) => return (request, reply),
                    Verdict::Unproved => {}
                    Verdict::Refused(code) => refused = Some(code),
                }
            }
            assert!(is_first || refused.is_none(), "a binding is lost: code {refused:?}");
        }
        panic!("not registered within a minute; last refused by {refused:?}");
    }
}

fn is_reply_to(reply: &[u8], request: &[u8]) -> bool {
    match (Message::decode(reply), Message::decode(request)) {
        (Ok(Message::Reply(reply)), Ok(Message::Request(request))) => {
            reply.header.identification.low() == request.header.identification.low()
        }
        _ => false,
    }
}

fn kills() -> u32 {
    let wanted = std::env::var("DSBOOT_SURVIVE").ok();
    wanted.map_or(14, |wanted| wanted.parse().expect("DSBOOT_SURVIVE: a number"))
}

//= movement.4.1
//= movement.4.3
#[test]
fn what_was_answered_outlives_every_kill() {
    let kills = kills();
    // What takes long is to wait for those who wait for the killed: sites of their own do that at once.
    let sites = u8::try_from((kills / 7).clamp(1, 8)).expect("few");
    std::thread::scope(|scope| {
        let of = |site: u8| (kills + u32::from(sites - 1 - site)) / u32::from(sites);
        let sites = (0..sites).map(|site| scope.spawn(move || survive(&Site(10 + site), of(site))));
        for site in sites.collect::<Vec<_>>() {
            site.join().expect("nothing is lost");
        }
    });
}

/// Kills the daemons of a site so often.
fn survive(site: &Site, kills: u32) {
    let directory = tempfile::tempdir().expect("a directory");
    site.write(directory.path(), &[32]);
    let mut aaa = start(directory.path(), "aaa").expect("needs no privilege");
    let Some(mut fha) = start(directory.path(), "fha") else { return };
    let mut host = Host::new(site);
    let mut mobiles: Vec<Mobile> = (1..=MOBILES).map(|number| site.mobile(number)).collect();
    let mut exchanges: BTreeMap<usize, (Vec<u8>, Vec<u8>)> = BTreeMap::new();
    let random: &mut dyn Random = &mut Stream::new(site.0.into(), "survive");
    for turn in 0..kills {
        let at = usize::try_from(random.u32()).expect("fits") % mobiles.len();
        let delay = Duration::from_micros(u64::from(random.u32() % 4000));
        let victim_is_aaa = turn % 4 == 3;
        let mut is_to_be_killed = true;
        let exchange = host.register(&mut mobiles[at], true, || {
            if std::mem::take(&mut is_to_be_killed) {
                sleep(delay);
                if victim_is_aaa {
                    aaa.restart().expect("starts again");
                } else {
                    fha.restart().expect("starts again");
                }
            }
        });
        // What was accepted before cannot be accepted once more, now that it is no longer the last.
        if let Some((request, before)) = exchanges.insert(at, exchange) {
            host.replay(&request, before);
        }
        // Nothing that was accepted is lost: it goes on under the key that was given.
        for (at, (request, reply)) in &mut exchanges {
            if random.u32() % 4 == 0 {
                let home = mobiles[*at].home();
                let exchange = host.register(&mut mobiles[*at], false, || {});
                assert_eq!(mobiles[*at].home(), home);
                let (request, before) =
                    (std::mem::replace(request, exchange.0), std::mem::replace(reply, exchange.1));
                host.replay(&request, before);
            }
        }
        let mut homes: Vec<_> = mobiles.iter().filter_map(Mobile::home).collect();
        let count = homes.len();
        homes.sort();
        homes.dedup();
        assert_eq!(homes.len(), count, "an address was given twice");
    }
    for mobile in &mut mobiles {
        if mobile.home().is_none() {
            host.register(mobile, true, || {});
        }
    }
    assert!(mobiles.iter().all(|mobile| mobile.home().is_some()));
    while host.receive(Duration::from_secs(1)).is_some() {}
    for role in ["aaa", "fha"] {
        traces::accepted(&directory.path().join(role).with_extension("ndjson"));
    }
}

#[test]
fn a_second_aaa_server_takes_over_from_a_silent_one() {
    let site = Site(2);
    let directory = tempfile::tempdir().expect("a directory");
    site.write(directory.path(), &[31, 32]);
    // It hears, and says nothing.
    let _silent = UdpSocket::bind((site.aaa(31), 1812)).expect("a socket");
    let _aaa = start(directory.path(), "aaa").expect("needs no privilege");
    let Some(_fha) = start(directory.path(), "fha") else { return };
    let host = Host::new(&site);
    let start = Instant::now();
    host.register(&mut site.mobile(1), true, || {});
    // RFC 5080: after half a minute at the most; and from then on at once.
    assert!(start.elapsed() > Duration::from_secs(10), "{:?}", start.elapsed());
    let start = Instant::now();
    host.register(&mut site.mobile(2), true, || {});
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
