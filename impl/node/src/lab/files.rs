//! The configurations of a lab's daemons.

use std::fmt::Write as _;

use dsboot_spec::{CareOf, Setup};

use super::topology::HOME_ADDRESS;
use crate::serve::config::Tunnel;

/// The files of secrets, each with what it holds.
pub(super) const SECRETS: [(&str, &str); 8] = [
    ("nas", "lab-radius-secret-nas"),
    ("nas2", "lab-radius-secret-nas2"),
    ("fha", "lab-radius-secret-fha"),
    ("ha", "lab-radius-secret-ha"),
    ("fa-fha", "lab-fa-fha-key-1"),
    ("mn-home", "lab-access-secret-home"),
    ("mn-visited", "lab-access-secret-visited"),
    ("mn-aaa", "lab-mn-aaa-key-1"),
];

/// An access network: name of its NAS, address of that in the core and on the link, the addresses
/// to be given there, and the mobile node's before it is admitted.
struct Access {
    nas: &'static str,
    core: &'static str,
    address: &'static str,
    care_of: &'static str,
    provisional: &'static str,
    device: &'static str,
}

const ACCESS: [Access; 2] = [
    Access {
        nas: "nas",
        core: "192.0.2.1",
        address: "198.51.100.1",
        care_of: "198.51.100.32-198.51.100.63/25",
        provisional: "198.51.100.100/25",
        device: "eth0",
    },
    Access {
        nas: "nas2",
        core: "192.0.2.2",
        address: "198.51.100.129",
        care_of: "198.51.100.160-198.51.100.191/25",
        provisional: "198.51.100.228/25",
        device: "eth1",
    },
];

/// The configurations, by the names of their files.
pub(super) fn configurations(setup: Setup, tunnel: Tunnel) -> Vec<(String, String)> {
    let is_subscription = setup.scenario().is_subscription();
    let kind = if is_subscription { "home" } else { "integrated" };
    let mut aaah = format!(
        "[aaa]\nkind = \"{kind}\"\nlisten = [\"192.0.2.32:1812\", \"[2001:db8:6::a]:1812\"]\n\
         users = \"aaah-users.toml\"\n"
    );
    let mut aaaf = "[aaa]\nkind = \"visited\"\nlisten = [\"192.0.2.16:1812\"]\n\
                    users = \"aaaf-users.toml\"\n"
        .to_owned();
    let access = if is_subscription { &mut aaaf } else { &mut aaah };
    for network in &ACCESS {
        access.push_str(&location(setup, network));
    }
    aaah.push_str(&asker("192.0.2.8", "fha", "fha"));
    aaah.push_str(&asker("2001:db8:6::1", "ha", "ha"));
    for server in [&mut aaah, &mut aaaf] {
        server.push_str(
            "[[aaa.fha]]\nname = \"fha.lab.example\"\naddress = \"192.0.2.8\"\n\
             home_addresses = \"203.0.113.64-203.0.113.127\"\n",
        );
    }
    let server = if is_subscription { "192.0.2.16" } else { "192.0.2.32" };
    let mut files = vec![
        ("aaah.toml".to_owned(), aaah),
        ("aaaf.toml".to_owned(), aaaf),
        ("aaah-users.toml".to_owned(), home_user(is_subscription)),
        ("aaaf-users.toml".to_owned(), visited_user()),
        ("fha.toml".to_owned(), fha(setup)),
        ("ha.toml".to_owned(), ha()),
        ("mn.toml".to_owned(), mn(setup, tunnel)),
    ];
    for network in &ACCESS {
        files.push((format!("{}.toml", network.nas), nas(setup, network, server)));
    }
    files
}

/// What an AAA server knows of an access network.
fn location(setup: Setup, network: &Access) -> String {
    let Access { nas, core, care_of, .. } = network;
    let role = if setup.scenario().has_fa() { "nas-fa" } else { "nas" };
    let mut text = asker(core, nas, role);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "[[aaa.location]]\nnas = \"{nas}.lab.example\"\nfhas = [\"fha.lab.example\"]"
    );
    if setup.care_of() != CareOf::ForeignAgent {
        let _ = writeln!(text, "care_of = \"{care_of}\"");
    }
    text
}

fn nas(setup: Setup, network: &Access, server: &str) -> String {
    let Access { nas, core, address, .. } = network;
    let mut text = format!(
        "[nas]\naddress = \"{address}\"\n[nas.radius]\n{}",
        client(nas, core, &format!("{server}:1812"))
    );
    if setup.scenario().has_fa() {
        let required = setup.care_of() == CareOf::ColocatedViaFa;
        let _ = writeln!(
            text,
            "[fa]\naddress = \"{address}\"\ninterface = \"access\"\n\
             registration_required = {required}\n\
             [[fa.home_agent]]\naddress = \"192.0.2.8\"\nspi = 4097\nkey = {{ file = \"fa-fha\" }}"
        );
    }
    text
}

fn fha(setup: Setup) -> String {
    let mut text = format!(
        "[fha]\naddress = \"192.0.2.8\"\naddress6 = \"2001:db8:8::1\"\n\
         prefix = \"2001:db8:8::/64\"\n[fha.radius]\n{}",
        client("fha", "192.0.2.8", "192.0.2.32:1812")
    );
    for network in ACCESS.iter().filter(|_| setup.scenario().has_fa()) {
        let _ = writeln!(
            text,
            "[[fha.foreign_agent]]\naddress = \"{}\"\nspi = 4097\nkey = {{ file = \"fa-fha\" }}",
            network.address
        );
    }
    text
}

fn ha() -> String {
    format!(
        "[ha]\naddress = \"2001:db8:6:1::1\"\nprefix = \"2001:db8:6:1::/64\"\n[ha.radius]\n{}",
        client("ha", "[2001:db8:6::1]", "[2001:db8:6::a]:1812")
    )
}

fn mn(setup: Setup, tunnel: Tunnel) -> String {
    let access = if setup.scenario().is_subscription() { "mn-visited" } else { "mn-home" };
    let form = match tunnel {
        Tunnel::Udp => "udp",
        Tunnel::Ip => "ip",
    };
    let mut text = format!(
        "[mn]\nnai = \"mn@home.example\"\naccess_secret = {{ file = \"{access}\" }}\n\
         mn_aaa_key = {{ file = \"mn-aaa\" }}\ntunnel = \"{form}\"\n"
    );
    let solicit = if setup.scenario().has_fa() { 3 } else { 0 };
    for Access { address, provisional, device, .. } in &ACCESS {
        let _ = writeln!(
            text,
            "[[mn.link]]\ninterface = \"{device}\"\nprovisional = \"{provisional}\"\n\
             nas = \"{address}\"\nsolicit = {solicit}"
        );
    }
    text
}

fn home_user(is_subscription: bool) -> String {
    let mut text = "[[user]]\nnai = \"mn@home.example\"\n".to_owned();
    if !is_subscription {
        text.push_str("access_secret = { file = \"mn-home\" }\n");
    }
    let _ = writeln!(
        text,
        "home.mn_aaa_key = {{ file = \"mn-aaa\" }}\nhome.address = \"{HOME_ADDRESS}/64\"\n\
         home.agent = \"2001:db8:6:1::1\""
    );
    text
}

fn visited_user() -> String {
    "[[user]]\nnai = \"mn@home.example\"\naccess_secret = { file = \"mn-visited\" }\n".to_owned()
}

fn asker(address: &str, name: &str, role: &str) -> String {
    format!(
        "[[aaa.client]]\naddress = \"{address}\"\nsecret = {{ file = \"{name}\" }}\n\
         roles = [\"{role}\"]\nnames = [\"{name}.lab.example\"]\n"
    )
}

fn client(name: &str, local: &str, server: &str) -> String {
    format!(
        "local = \"{local}:49812\"\nservers = [\"{server}\"]\n\
         secret = {{ file = \"{name}\" }}\nname = \"{name}.lab.example\"\n"
    )
}
