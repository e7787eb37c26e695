//! FreeRADIUS with the configuration that `dsboot export freeradius` writes, beside `dsboot serve`
//! with the configuration that it was written from: both are asked the same, and have to answer the
//! same.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use dsboot_codec::crypto;
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::eap;
use dsboot_codec::radius::{Authenticator, Ipv6Prefix, Packet};
use dsboot_node::load::ask::{Asker, User};
use dsboot_roles::{Nai, Secret, keys};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role};
use dsboot_tests::peers;

const SECRET: &str = "of sixteen octets and more";

/// Octets that a configuration could trip over.
const AWKWARD: &str = "k%e\"y'\\ $(x) `y` {z}";

const CONFIG: &str = r#"
[aaa]
kind = "integrated"
listen = ["@LISTEN@"]
users = "users.toml"
access_lifetime = 7200
mobility_lifetime = 3600

[[aaa.client]]
address = "127.0.0.1"
secret = { file = "secret" }
roles = ["nas", "nas-fa", "fha", "ha"]
names = ["nas.example", "nas-fa.example", "nas-none.example", "fha.example", "tiny.example", "ha.example"]

[[aaa.client]]
address = "127.0.0.2"
secret = { file = "secret" }
roles = ["fha"]
names = ["fha.example"]

[[aaa.fha]]
name = "fha.example"
address = "192.0.2.8"
fqdn = "fha.example"
home_addresses = "203.0.113.64-203.0.113.95"

[[aaa.fha]]
name = "tiny.example"
address = "192.0.2.9"
home_addresses = "203.0.113.100-203.0.113.100"

[[aaa.location]]
nas = "nas.example"
fhas = ["fha.example", "tiny.example"]
care_of = "198.51.100.64-198.51.100.65/24"

[[aaa.location]]
nas = "nas-fa.example"
fhas = ["tiny.example"]
"#;

const USERS: &str = r#"
[[user]]
nai = "mn@home.example"
access_secret = { file = "awkward" }
home.mn_aaa_key = { file = "awkward" }
home.address = "2001:db8:6:1::100/64"
home.agent = "2001:db8:6:1::1"

[[user]]
nai = "other@home.example"
access_secret = { file = "secret" }
home.mn_aaa_key = { file = "secret" }
home.address = "2001:db8:6:1::101/64"
home.agent = "2001:db8:6:1::1"

[[user]]
nai = "third@home.example"
access_secret = { file = "secret" }

[[user]]
nai = "lodger@home.example"
access_secret = { file = "secret" }
mobility = false
home.mn_aaa_key = { file = "secret" }
home.address = "2001:db8:6:1::102/64"
home.agent = "2001:db8:6:1::1"
"#;

fn user(name: &str, secret: &str, home: u16) -> User {
    let home = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, home);
    User {
        nai: name.as_bytes().to_vec(),
        access_secret: secret.as_bytes().to_vec(),
        mn_aaa_key: secret.as_bytes().to_vec(),
        home: Prefixed::<Ipv6Addr>::new(home, 64).expect("a prefix"),
    }
}

/// What is asked.
enum Ask {
    Access,
    /// With a response to no challenge.
    AccessByResponse,
    Mobility,
    MobilityWish(Ipv4Addr),
    MobilityWithoutPrefix,
    /// From this care-of address.
    Binding(Ipv6Addr),
    /// From the home address.
    BindingEnd,
}

/// A row of the table: what it is about, from where, by whom in which role, about whom, what.
type Row = (&'static str, [u8; 4], Option<&'static str>, Option<u32>, User, Ask);

fn table() -> Vec<Row> {
    use client_role::{FHA, HA, NAS, NAS_FA};
    let mn = || user("mn@home.example", AWKWARD, 0x100);
    let other = || user("other@home.example", SECRET, 0x101);
    let third = || user("third@home.example", SECRET, 0x103);
    let lodger = || user("lodger@home.example", SECRET, 0x102);
    let wrong = || user("mn@home.example", "wrong", 0x100);
    let nobody = || user("nobody@home.example", SECRET, 0x100);
    let care_of = |last: u8| {
        Ipv6Addr::from_bits(
            (0x2001_0db8_0008 << 80) | u128::from(u32::from_be_bytes([203, 0, 113, last])),
        )
    };
    let own = [127, 0, 0, 1];
    let row = |what, name, role, user, ask| (what, own, Some(name), Some(role), user, ask);
    vec![
        row("access with co-located address", "nas.example", NAS, mn(), Ask::Access),
        row("access again: the same address", "nas.example", NAS, mn(), Ask::Access),
        row("another user: the next address", "nas.example", NAS, other(), Ask::Access),
        row("no address left", "nas.example", NAS, third(), Ask::Access),
        row("below a foreign agent", "nas-fa.example", NAS_FA, mn(), Ask::Access),
        row("a NAS without location", "nas-none.example", NAS, mn(), Ask::Access),
        row("access without mobility", "nas-fa.example", NAS_FA, lodger(), Ask::Access),
        row("wrong access secret", "nas.example", NAS, wrong(), Ask::Access),
        row("unknown user", "nas.example", NAS, nobody(), Ask::Access),
        row("a response that nobody asked for", "nas.example", NAS, mn(), Ask::AccessByResponse),
        row("a NAS that asks like an FHA", "nas.example", NAS, mn(), Ask::Mobility),
        row("registration", "fha.example", FHA, mn(), Ask::Mobility),
        row("registration again: the same addresses", "fha.example", FHA, mn(), Ask::Mobility),
        row(
            "an address that the FHA has for the user",
            "fha.example",
            FHA,
            other(),
            Ask::MobilityWish([203, 0, 113, 80].into()),
        ),
        row("at another FHA", "tiny.example", FHA, mn(), Ask::Mobility),
        row("its pool is empty", "tiny.example", FHA, other(), Ask::Mobility),
        row("an FHA without IPv6 prefix", "tiny.example", FHA, mn(), Ask::MobilityWithoutPrefix),
        row("wrong key", "fha.example", FHA, wrong(), Ask::Mobility),
        row("user without key", "fha.example", FHA, third(), Ask::Mobility),
        row("user without mobility", "fha.example", FHA, lodger(), Ask::Mobility),
        row("unknown user at an FHA", "fha.example", FHA, nobody(), Ask::Mobility),
        row("an FHA that nobody knows", "nas.example", FHA, mn(), Ask::Mobility),
        row("a name that is not the client's", "fha9.example", FHA, mn(), Ask::Mobility),
        row("a role that there is not", "fha.example", 9, mn(), Ask::Mobility),
        ("a client by its entry alone", [127, 0, 0, 2], None, None, mn(), Ask::Mobility),
        ("not the client's role", [127, 0, 0, 2], None, Some(NAS), mn(), Ask::Access),
        ("a client that nobody knows", [127, 0, 0, 3], None, None, mn(), Ask::Mobility),
        row("binding", "ha.example", HA, mn(), Ask::Binding(care_of(64))),
        row("binding below the other FHA", "ha.example", HA, mn(), Ask::Binding(care_of(100))),
        row("another's care-of address", "ha.example", HA, mn(), Ask::Binding(care_of(80))),
        row("the end of a binding", "ha.example", HA, mn(), Ask::BindingEnd),
        row("binding under a wrong key", "ha.example", HA, wrong(), Ask::Binding(care_of(64))),
        row(
            "another's home address",
            "ha.example",
            HA,
            user("mn@home.example", AWKWARD, 0x101),
            Ask::Binding(care_of(64)),
        ),
        row("unknown user at a home agent", "ha.example", HA, nobody(), Ask::BindingEnd),
    ]
}

/// A server under test.
struct Server {
    child: Child,
    at: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where a test went wrong.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a server says that it is ready, and reads on.
fn wait_for(out: impl Read + Send + 'static, ready: &str) {
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let mut said = String::new();
    while let Some(line) = lines.next() {
        said = said + &line + "\n";
        if line.to_lowercase().contains(ready) {
            std::thread::spawn(move || lines.for_each(drop));
            return;
        }
    }
    assert!(ready.is_empty(), "the server has ended: {said}");
}

fn free_address() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").expect("a socket").local_addr().expect("bound")
}

fn write_config(directory: &Path, at: SocketAddr) {
    fs::write(directory.join("aaa.toml"), CONFIG.replace("@LISTEN@", &at.to_string()))
        .expect("written");
    fs::write(directory.join("users.toml"), USERS).expect("written");
    fs::write(directory.join("secret"), SECRET).expect("written");
    fs::write(directory.join("awkward"), AWKWARD).expect("written");
}

fn embedded(directory: &Path) -> Server {
    let at = free_address();
    write_config(directory, at);
    let mut child = Command::new(cargo_bin("dsboot"))
        .arg("serve")
        .arg(directory.join("aaa.toml"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    wait_for(child.stderr.take().expect("piped"), "ready");
    Server { child, at }
}

/// FreeRADIUS, if it is there.
fn freeradius(directory: &Path) -> Option<Server> {
    let program = peers::FREERADIUS.find()?;
    let at = free_address();
    write_config(directory, at);
    let out = directory.join("raddb");
    let written = Command::new(cargo_bin("dsboot"))
        .args(["export", "freeradius"])
        .arg(directory.join("aaa.toml"))
        .arg("--out")
        .arg(&out)
        .output()
        .expect("runs");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let mut command = Command::new(program);
    // DSBOOT_TEST_VERBOSE=1 shows how the policy decides.
    let is_verbose = std::env::var_os("DSBOOT_TEST_VERBOSE").is_some();
    command.args([if is_verbose { "-fxx" } else { "-f" }, "-l", "stdout", "-d"]).arg(&out);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("runs");
    let mut stdout = child.stdout.take().expect("piped");
    if is_verbose {
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::stderr()));
        std::thread::sleep(Duration::from_secs(3));
    } else {
        wait_for(stdout, "ready to process");
    }
    Some(Server { child, at })
}

impl Server {
    /// What the server answers to a row, written so that equal answers are equal texts.
    fn answer(&self, number: usize, row: &Row) -> String {
        let (_, from, name, role, user, ask) = row;
        let socket = UdpSocket::bind((Ipv4Addr::from(*from), 0)).expect("a socket");
        socket.connect(self.at).expect("connected");
        socket.set_read_timeout(Some(Duration::from_secs(1))).expect("set");
        let asker = Asker {
            name: name.map(str::to_owned),
            role: *role,
            secret: SECRET.as_bytes().to_vec(),
            vendor_id: DEFAULT_VENDOR_ID,
        };
        let number = u8::try_from(number).expect("few rows");
        let origin =
            |step: u8| (step, crypto::md5(&[&[number, step], self.at.to_string().as_bytes()]));
        let prefix = Ipv6Prefix::new("2001:db8:8::".parse().expect("an address"), 64);
        let request = match ask {
            Ask::Access => {
                let first = asker.identity(origin(1), user).expect("encoded");
                let Some(challenge) = exchange(&socket, &first) else {
                    return "silence".to_owned();
                };
                match asker.response(origin(2), user, &challenge) {
                    Some(response) => response,
                    None => return written(&challenge, &first, user),
                }
            }
            Ask::AccessByResponse => {
                let first = asker.identity(origin(1), user).expect("encoded");
                let challenge = exchange(&socket, &first).expect("a challenge");
                let response = asker.response(origin(2), user, &challenge).expect("a challenge");
                let accept = exchange(&socket, &response).expect("an answer");
                assert_eq!(accept.first(), Some(&2));
                // The same State once more, in a new request.
                asker.response(origin(3), user, &challenge).expect("a challenge")
            }
            Ask::Mobility => asker.mobility(origin(2), user, prefix, None).expect("encoded"),
            Ask::MobilityWish(wish) => {
                asker.mobility(origin(2), user, prefix, Some(*wish)).expect("encoded")
            }
            Ask::MobilityWithoutPrefix => {
                asker.mobility(origin(2), user, None, None).expect("encoded")
            }
            Ask::Binding(care_of) => {
                asker.binding(origin(2), user, *care_of, TIMESTAMP).expect("encoded")
            }
            Ask::BindingEnd => {
                asker.binding(origin(2), user, user.home.address(), TIMESTAMP).expect("encoded")
            }
        };
        match exchange(&socket, &request) {
            Some(answer) => written(&answer, &request, user),
            None => "silence".to_owned(),
        }
    }
}

const TIMESTAMP: u64 = 0xcea4_d310_0000_0001;

fn exchange(socket: &UdpSocket, request: &[u8]) -> Option<Vec<u8>> {
    socket.send(request).expect("sent");
    let mut octets = vec![0; 4096];
    let length = socket.recv(&mut octets).ok()?;
    octets.truncate(length);
    Some(octets)
}

/// An answer as a text, in which what is random or goes by the clock stands as whether it is right.
fn written(answer: &[u8], request: &[u8], user: &User) -> String {
    let packet = Packet::decode(answer).expect("decoded");
    let asked: Authenticator = *Packet::decode(request).expect("decoded").authenticator();
    packet.verify_response(&asked, SECRET.as_bytes()).expect("signed");
    let vendor = packet.vendor(DEFAULT_VENDOR_ID);
    let eap = packet.eap_message().expect("sound");
    let eap = eap.map(|eap| eap::Packet::decode(&eap).expect("decoded").code());
    let about = |seconds: u32| if seconds.abs_diff(3600) < 60 { 3600 } else { seconds };
    let reveal = |salted: dsboot_codec::radius::Salted<'_>| {
        salted.reveal(&asked, SECRET.as_bytes()).expect("hidden under the secret")
    };
    let (nai, key) = (Nai::new(&user.nai).expect("a name"), Secret::new(user.mn_aaa_key.clone()));
    let mn_fha = vendor.mn_fha_key().once().map(|salted| {
        let nonce = vendor.key_gen_nonce().once().expect("a nonce");
        assert!(nonce.len() >= 16);
        *reveal(salted) == keys::mn_fha_key(&key, nonce, &nai).octets()
    });
    let mn_ha = vendor
        .mip6_mn_ha_key()
        .once()
        .map(|salted| *reveal(salted) == keys::mn_ha_key(&key, TIMESTAMP, &nai).octets());
    let parameters = vendor.parameters();
    format!(
        "code {} EAP {eap:?} user {:?} address {:?} netmask {:?} time {:?} FHA {:?} {:?} HoA {:?} HA {:?} \
         CoA {:?} MN-FHA {mn_fha:?} AAA-SPI {:?} lifetime {:?} algorithm {:?} replay {:?} MN-HA \
         {mn_ha:?} SPI {:?} lifetime {:?}",
        packet.code(),
        packet.user_name().once().map(String::from_utf8_lossy),
        packet.framed_ip_address(),
        packet.framed_ip_netmask(),
        packet.session_timeout().once().map(about),
        parameters.fha_address,
        parameters.fha_fqdn,
        parameters.ipv6_hoa,
        parameters.home_agent,
        parameters.ipv6_coa,
        vendor.aaa_spi(),
        vendor.key_lifetime(),
        vendor.algorithm(),
        vendor.replay_method(),
        vendor.mip6_mn_ha_spi().once().map(|spi| spi >= 256),
        vendor.mip6_msa_lifetime().once().map(about),
    )
}

#[test]
fn both_servers_answer_alike() {
    let (here, there) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let embedded = embedded(here.path());
    let freeradius = freeradius(there.path());
    if freeradius.is_none() {
        eprintln!("left out: what FreeRADIUS answers");
    }
    let mut differ = Vec::new();
    let mut codes = [0; 3];
    for (number, row) in table().iter().enumerate() {
        let expected = embedded.answer(number, row);
        for (code, begin) in ["code 2", "code 3", "silence"].iter().enumerate() {
            codes[code] += usize::from(expected.starts_with(begin));
        }
        assert!(!expected.contains("false"), "{}: {expected}", row.0);
        let Some(freeradius) = &freeradius else { continue };
        let given = freeradius.answer(number, row);
        if given != expected {
            differ.push(format!("{}:\n  dsboot     {expected}\n  FreeRADIUS {given}", row.0));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    // A table in which everything were refused would hold too.
    assert!(codes[0] > 12 && codes[1] > 10 && codes[2] >= 1, "{codes:?}");
}
