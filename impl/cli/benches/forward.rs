//! How many packets a second an FHA carries, beside a bare copy from one TUN device to another, on the
//! same machine in one run: a ratio, as the rates are this machine's alone.
//!
//! `cargo bench -p dsboot --bench forward [-- PATH OF dsboot]`, as root or where everybody may make user namespaces.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "says what it has measured"
)]

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
use dsboot_codec::ip::udp;
use dsboot_codec::mip4::Message;
use dsboot_node::load::ask::User;
use dsboot_node::load::{Mobile, Verdict};
use dsboot_roles::Time;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_tests::daemon::Daemon;
use socket2::{Domain, Protocol, Socket, Type};
use tun_rs::{DeviceBuilder, SyncDevice};

const KEY: &str = "of 16 octets, ok";
const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 8);
const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, 1);
/// Somebody beyond the FHA.
const CORRESPONDENT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 9, 0, 0, 0, 0, 1);
/// Somebody beyond the copy.
const COPIED: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 7, 0, 0, 0, 0, 1);

/// How often everything is measured, and for how long.
const ROUNDS: usize = 3;
const LASTS: Duration = Duration::from_secs(2);

/// Octets of a packet's payload: little, and much.
const PAYLOADS: [usize; 2] = [64, 1100];

/// Says that this is the process within the namespace.
const WITHIN: &str = "DSBOOT_BENCH_WITHIN";

fn main() -> ExitCode {
    if std::env::var_os(WITHIN).is_some() {
        measure();
        return ExitCode::SUCCESS;
    }
    let own = std::env::current_exe().expect("a program");
    let mut command = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let status =
        command.arg("--net").arg(own).args(std::env::args_os().skip(1)).env(WITHIN, "1").status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn measure() {
    let directory = tempfile::tempdir().expect("a directory");
    // What leaves by the sink, which nobody reads, is counted and gone.
    let _sink = device("sink");
    for step in [
        "link set lo up",
        "link set sink up",
        "addr add 192.0.2.8/32 dev lo",
        "addr add 192.0.2.32/32 dev lo",
        "addr add 198.51.100.1/32 dev lo",
        "-6 addr add 2001:db8:8::1/128 dev lo nodad",
        "-6 route add 2001:db8:9::/64 dev sink",
    ] {
        ip(step);
    }
    for (key, value) in [
        ("ipv6/conf/all/forwarding", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/lo/rp_filter", "0"),
        ("ipv4/conf/all/accept_local", "1"),
    ] {
        fs::write(format!("/proc/sys/net/{key}"), value).expect("set");
    }
    configure(directory.path());
    let given = std::env::args_os().skip(1).find(|each| !each.to_string_lossy().starts_with("--"));
    let program = given.unwrap_or_else(|| env!("CARGO_BIN_EXE_dsboot").into());
    let program = Path::new(&program);
    let start = |role: &str| {
        Daemon::start(program, &directory.path().join(role)).expect("a daemon that is ready")
    };
    let _aaa = start("aaa.toml");
    let _fha = start("fha.toml");
    let (thoav4, care_of6) = register();
    // The mobile node is elsewhere from now on.
    ip("addr del 198.51.100.1/32 dev lo");
    ip("route add 198.51.100.0/24 dev sink");
    let stop = AtomicBool::new(false);
    let (from, to) = (device("copy-in"), device("copy-out"));
    ip("-6 route add 2001:db8:7::/64 dev copy-in");
    // What the copy has written goes on to the sink.
    ip("-6 route add default dev sink table 7");
    ip("-6 rule add iif copy-out lookup 7 pref 7");
    thread::scope(|scope| {
        scope.spawn(|| copy(&from, &to, &stop));
        println!("packets a second of one sender, {ROUNDS} rounds of {LASTS:?}, and their median");
        for length in PAYLOADS {
            let payload = vec![7; length];
            let by_udp = |to: Ipv6Addr| {
                let socket = UdpSocket::bind("[::]:0").expect("a socket");
                socket.connect((to, 9)).expect("a way");
                socket
            };
            let (bare, to_mobile) = (by_udp(COPIED), by_udp(care_of6));
            // One that only sends.
            let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(255))).expect("raw");
            let packet = from_mobile(thoav4, care_of6, &payload);
            let fha = SocketAddr::from((FHA, 0)).into();
            let ways: [(&str, &dyn Fn()); 3] = [
                ("copy", &|| drop(bare.send(&payload))),
                ("to the mobile node", &|| drop(to_mobile.send(&payload))),
                ("from the mobile node", &|| drop(raw.send_to(&packet, &fha))),
            ];
            let mut rates = [Vec::new(), Vec::new(), Vec::new()];
            // What is sent first finds its way.
            for (_, send) in &ways {
                rate(send);
            }
            for _ in 0..ROUNDS {
                for ((_, send), rates) in ways.iter().zip(&mut rates) {
                    rates.push(rate(send));
                }
            }
            let medians = rates.each_ref().map(|rates| median(rates));
            for (((name, _), rates), median) in ways.iter().zip(&rates).zip(medians) {
                let of_copy = median / medians.first().copied().unwrap_or(f64::NAN);
                println!(
                    "{length:5} octets, {name:21} {rates:7.0?} {median:8.0} {of_copy:5.2} of the copy"
                );
            }
        }
        stop.store(true, Ordering::Relaxed);
        // It reads one more.
        let _ = UdpSocket::bind("[::]:0").and_then(|socket| socket.send_to(b"end", (COPIED, 9)));
    });
}

/// How many packets leave by the sink a second while somebody sends as much as goes.
fn rate(send: &dyn Fn()) -> f64 {
    let until = |end: Instant| {
        while Instant::now() < end {
            (0..64).for_each(|_| send());
        }
    };
    until(Instant::now() + Duration::from_millis(300));
    let (start, before) = (Instant::now(), passed());
    until(start + LASTS);
    let (after, took) = (passed(), start.elapsed());
    // What still waits is nobody else's.
    sleep(Duration::from_millis(200));
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let packets = (after - before) as f64;
    packets / took.as_secs_f64()
}

fn median(rates: &[f64]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// How many packets the sink has had.
fn passed() -> u64 {
    // Of this namespace; what /sys shows may be another's.
    let devices = fs::read_to_string("/proc/net/dev").expect("a list of devices");
    let sink = devices.lines().find_map(|line| line.trim().strip_prefix("sink:"));
    let drops = sink.and_then(|numbers| numbers.split_whitespace().nth(11));
    drops.and_then(|drops| drops.parse().ok()).expect("a number of packets")
}

fn copy(from: &SyncDevice, to: &SyncDevice, stop: &AtomicBool) {
    let mut octets = vec![0; 65_535];
    while !stop.load(Ordering::Relaxed) {
        let length = from.recv(&mut octets).expect("read");
        let _ = to.send(octets.get(..length).unwrap_or_default());
    }
}

fn device(name: &str) -> SyncDevice {
    let device = DeviceBuilder::new().name(name).mtu(1500).build_sync();
    device.expect("a TUN device: it takes /dev/net/tun")
}

/// What a mobile node sends to somebody beyond the FHA, as it comes there: IPv6 in IPv4 in IPv4.
fn from_mobile(thoav4: Ipv4Addr, care_of: Ipv6Addr, payload: &[u8]) -> Vec<u8> {
    let (from, to) = ((care_of, 9).into(), (CORRESPONDENT, 9).into());
    let packet = udp::packet(from, to, 64, payload).expect("encoded");
    let inner = ipv6_in_ipv4::wrap(thoav4, FHA, 64, &packet).expect("encoded");
    ipv4_in_ipv4::wrap_own(CARE_OF, FHA, 64, &inner).expect("encoded")
}

/// Registers the mobile node, and returns its temporary IPv4 home address and IPv6 care-of address.
fn register() -> (Ipv4Addr, Ipv6Addr) {
    let user = User {
        nai: b"mn@home.example".to_vec(),
        access_secret: KEY.into(),
        mn_aaa_key: KEY.into(),
        home: Prefixed::<Ipv6Addr>::new(HOME, 64).expect("a prefix"),
    };
    let mut mobile = Mobile::new(user, FHA, CARE_OF);
    let socket = UdpSocket::bind((CARE_OF, 0)).expect("a socket");
    socket.connect((FHA, 434)).expect("a way");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now = Time::from_unix_micros(u64::try_from(since.as_micros()).expect("not too late"));
    socket.send(&mobile.first(now, 1800).expect("encoded")).expect("sent");
    let mut octets = [0; 4096];
    let length = socket.recv(&mut octets).expect("a reply");
    let reply = octets.get(..length).expect("as long");
    let Verdict::Registered(thoav4) = mobile.take(now, reply) else { panic!("refused") };
    let Ok(Message::Reply(reply)) = Message::decode(reply) else { panic!("no reply") };
    let care_of =
        reply.extensions.parameters(DEFAULT_VENDOR_ID).find_map(|each| match each.value {
            Parameter::Ipv6Coa(care_of) => Some(care_of.address()),
            _ => None,
        });
    (thoav4, care_of.expect("an IPv6 care-of address"))
}

/// Writes the configurations of the AAA server and the FHA.
fn configure(directory: &Path) {
    let users = "[[user]]\nnai = \"mn@home.example\"\naccess_secret = { file = \"key\" }\n\
        home.mn_aaa_key = { file = \"key\" }\nhome.agent = \"2001:db8:6:1:ffff::1\"\n\
        home.address = \"2001:db8:6:1::1/64\"\n";
    let aaa = "[aaa]\nkind = \"integrated\"\nlisten = [\"192.0.2.32:1812\"]\nusers = \"users.toml\"\n\
        [[aaa.client]]\naddress = \"192.0.2.8\"\nsecret = { file = \"key\" }\nroles = [\"fha\"]\n\
        names = [\"fha.example\"]\n[[aaa.fha]]\nname = \"fha.example\"\naddress = \"192.0.2.8\"\n\
        home_addresses = \"10.0.0.1-10.0.0.9\"\n";
    let fha = "[fha]\naddress = \"192.0.2.8\"\naddress6 = \"2001:db8:8::1\"\n\
        prefix = \"2001:db8:8::/64\"\ntun = \"dsb-fha\"\nip_tunnels = true\n[fha.radius]\n\
        local = \"192.0.2.8:49812\"\nservers = [\"192.0.2.32:1812\"]\nsecret = { file = \"key\" }\n\
        name = \"fha.example\"\n";
    for (name, text) in [("key", KEY), ("users.toml", users), ("aaa.toml", aaa), ("fha.toml", fha)]
    {
        fs::write(directory.join(name), text).expect("written");
    }
}

fn ip(arguments: &str) {
    let done = Command::new("ip").args(arguments.split_whitespace()).status();
    assert!(done.is_ok_and(|status| status.success()), "ip {arguments}");
}
