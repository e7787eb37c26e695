//! What a registration costs an FHA, the AAAH's answer included, and what its binding takes of
//! memory, with few and with many bindings. Ratios, as the times are this machine's alone.
//!
//! `cargo bench -p dsboot-node --bench bindings`

#![expect(clippy::print_stdout, clippy::expect_used, reason = "says what it has measured")]

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::radius::{Attribute, Ipv6Prefix, Packet, ResponseBuilder, SubAttribute};
use dsboot_node::Stream;
use dsboot_node::load::Mobile;
use dsboot_node::load::ask::User;
use dsboot_roles::fha::{Fha, FhaConfig};
use dsboot_roles::radius::ClientConfig;
use dsboot_roles::{Datagram, Effect, Input, Machine as _, Nai, Secret, Time, keys};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::mip4::{algorithm, replay_method, spi};
use dsboot_spec::registry::radius::code;

const SECRET: &[u8] = b"of 16 octets, ok";
const FEW: u32 = 1_000;
const MANY: u32 = 1_000_000;
/// Registrations that are timed with so many bindings there.
const TIMED: u32 = 20_000;

fn main() {
    let mut bench = Bench::new();
    let before = resident();
    bench.register(0..FEW);
    let with_few = bench.cost(FEW);
    bench.register(FEW..MANY);
    let taken = (resident() - before) / u64::from(MANY);
    let with_many = bench.cost(MANY);
    println!("bindings held: {MANY}, octets of memory for each: {taken}");
    println!("registrations a second, one processor: {:.0}", 1.0 / with_few.as_secs_f64());
    println!(
        "cost with {MANY} bindings by that with {FEW}: {:.2}",
        with_many.as_secs_f64() / with_few.as_secs_f64()
    );
}

/// Octets of memory that the process holds.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").expect("on Linux");
    let pages = status.split_whitespace().nth(1).expect("a number of pages");
    pages.parse::<u64>().expect("a number") * 4096
}

struct Bench {
    fha: Fha,
    now: Time,
    random: Stream,
}

impl Bench {
    fn new() -> Bench {
        let prefix = Ipv6Prefix::new(prefix(), 64).expect("a prefix");
        let radius = ClientConfig {
            local: address(2),
            servers: vec![address(3)],
            secret: Secret::new(SECRET),
            nas_ip: Some(Ipv4Addr::LOCALHOST),
            nas_ipv6: None,
            nas_identifier: Some("fha.example".to_owned()),
            vendor_id: DEFAULT_VENDOR_ID,
            client_role: client_role::FHA,
            strict: true,
        };
        let mut config = FhaConfig::new(fha(), prefix_address(1), prefix, radius);
        config.capacity = usize::MAX;
        let now = Time::from_unix_micros(1_800_000_000_000_000);
        Bench { fha: Fha::new(config), now, random: Stream::new(1, "bindings") }
    }

    fn register(&mut self, numbers: std::ops::Range<u32>) {
        for number in numbers {
            self.registration(number);
        }
    }

    /// The time of a registration, of mobile nodes that are registered already.
    fn cost(&mut self, held: u32) -> Duration {
        let mut sum = Duration::ZERO;
        for turn in 0..TIMED {
            // Everywhere, in no order.
            let number = turn.wrapping_mul(2_654_435_761) % held;
            sum += self.registration(number);
        }
        sum / TIMED
    }

    /// Registers a mobile node, and returns how long the FHA took.
    fn registration(&mut self, number: u32) -> Duration {
        self.now = self.now + Duration::from_micros(50);
        let user = user(number);
        let mut mobile = Mobile::new(user.clone(), fha(), Ipv4Addr::new(198, 51, 100, 1));
        let request = mobile.first(self.now, 1800).expect("encoded");
        let request = datagram(address(4), (fha(), 434).into(), request);
        let start = Instant::now();
        let effects = self.fha.handle(self.now, &mut self.random, Input::Datagram(&request));
        let mut taken = start.elapsed();
        let asked = sent(effects.into_iter()).expect("the FHA asks");
        let answer = datagram(address(3), address(2), accept(&asked, number, &user));
        let start = Instant::now();
        let effects = self.fha.handle(self.now, &mut self.random, Input::Datagram(&answer));
        taken += start.elapsed();
        let reply = sent(effects.into_iter()).expect("the FHA answers");
        let verdict = mobile.take(self.now, &reply);
        assert_eq!(verdict, dsboot_node::load::Verdict::Registered(home(number)));
        taken
    }
}

fn sent(mut effects: impl Iterator<Item = Effect>) -> Option<Vec<u8>> {
    effects.find_map(|effect| match effect {
        Effect::Datagram(datagram) => Some(datagram.payload),
        _ => None,
    })
}

fn datagram(source: SocketAddr, destination: SocketAddr, payload: Vec<u8>) -> Datagram {
    Datagram { source, destination, ttl: 64, neighbour: None, payload }
}

/// The AAAH's word on a request.
fn accept(request: &[u8], number: u32, user: &User) -> Vec<u8> {
    let request = Packet::decode(request).expect("decoded");
    let nonce = number.to_be_bytes().repeat(4);
    let nai = Nai::new(&user.nai).expect("a name");
    let key = keys::mn_fha_key(&Secret::new(user.mn_aaa_key.clone()), &nonce, &nai);
    let mut response = ResponseBuilder::new(code::ACCESS_ACCEPT, &request);
    response.attribute(&Attribute::FramedIpAddress(home(number)));
    response.attribute(&Attribute::SessionTimeout(3600));
    let care_of = prefix_address(home(number).to_bits());
    let care_of = Prefixed::<Ipv6Addr>::new(care_of, 64).expect("a prefix");
    response.hidden_key(DEFAULT_VENDOR_ID, parameter::MN_FHA_KEY, key.octets(), 1, SECRET);
    for unit in [
        Parameter::Ipv6Hoa(user.home).into(),
        Parameter::HomeAgent(prefix_address(2)).into(),
        Parameter::Ipv6Coa(care_of).into(),
        SubAttribute::KeyGenNonce(&nonce),
        SubAttribute::AaaSpi(spi::CHAP),
        SubAttribute::KeyLifetime(3600),
        SubAttribute::Algorithm(algorithm::HMAC_MD5.into()),
        SubAttribute::ReplayMethod(replay_method::TIMESTAMPS.into()),
    ] {
        response.sub_attribute(DEFAULT_VENDOR_ID, &unit);
    }
    response.sign_response(SECRET).expect("encoded")
}

fn user(number: u32) -> User {
    // Names in no order, as people's are.
    let name = number.wrapping_mul(2_654_435_761);
    let home = Ipv6Addr::from_bits(prefix().to_bits() | (1 << 64) | u128::from(number));
    User {
        nai: format!("{name:08x}@home.example").into_bytes(),
        access_secret: SECRET.to_vec(),
        mn_aaa_key: SECRET.to_vec(),
        home: Prefixed::<Ipv6Addr>::new(home, 64).expect("a prefix"),
    }
}

fn home(number: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number)
}

const fn fha() -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, 8)
}

fn address(last: u8) -> SocketAddr {
    (Ipv4Addr::new(192, 0, 2, last), 1812).into()
}

const fn prefix() -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 8, 0, 0, 0, 0, 0)
}

fn prefix_address(last: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(prefix().to_bits() | u128::from(last))
}
