//! The hosts of a figure as network namespaces: their links, addresses, routes and configurations.

use std::fmt::Write as _;

use dsboot_spec::Scenario;

/// A host of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Host {
    Mn,
    Nas,
    Fha,
    Aaaf,
    Aaah,
    Ha,
    Cn,
    /// The switches of the access provider's core and of the IPv6 network.
    Core,
}

impl Host {
    pub(super) const ALL: [Host; 8] =
        [Host::Mn, Host::Nas, Host::Fha, Host::Aaaf, Host::Aaah, Host::Ha, Host::Cn, Host::Core];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Host::Mn => "mn",
            Host::Nas => "nas",
            Host::Fha => "fha",
            Host::Aaaf => "aaaf",
            Host::Aaah => "aaah",
            Host::Ha => "ha",
            Host::Cn => "cn",
            Host::Core => "core",
        }
    }
}

/// The IPv6 home address of the lab's mobile node.
pub(super) const HOME_ADDRESS: &str = "2001:db8:6:1::100";

/// The correspondent.
pub(super) const CORRESPONDENT: &str = "2001:db8:7::2";

/// The files of secrets, each with what it holds.
pub(super) const SECRETS: [(&str, &str); 6] = [
    ("nas", "lab-radius-secret-nas"),
    ("fha", "lab-radius-secret-fha"),
    ("ha", "lab-radius-secret-ha"),
    ("mn-home", "lab-access-secret-home"),
    ("mn-visited", "lab-access-secret-visited"),
    ("mn-aaa", "lab-mn-aaa-key-1"),
];

/// A link whose packets are captured: where, and by which device.
pub(super) const LINKS: [(&str, Host, &str); 6] = [
    ("MN-NAS", Host::Nas, "access"),
    ("NAS-core", Host::Nas, "v4"),
    ("FHA-core", Host::Fha, "v4"),
    ("FHA-IPv6", Host::Fha, "v6"),
    ("HA-IPv6", Host::Ha, "v6"),
    ("HA-CN", Host::Ha, "cn"),
];

/// The hosts that a scenario has.
pub(super) fn hosts(scenario: Scenario) -> impl Iterator<Item = Host> {
    let is_there = move |host: &Host| *host != Host::Aaaf || scenario.is_subscription();
    Host::ALL.into_iter().filter(is_there)
}

/// The hosts that a daemon runs on, servers before those who ask them.
pub(super) fn daemons(scenario: Scenario) -> impl Iterator<Item = Host> {
    let all = [Host::Aaah, Host::Aaaf, Host::Ha, Host::Fha, Host::Nas];
    all.into_iter().filter(move |host| *host != Host::Aaaf || scenario.is_subscription())
}

/// A command for `ip`, in a namespace or outside of all.
pub(super) type Step = (Option<Host>, String);

/// What builds the links between the namespaces, which are there already by the names that `name`
/// gives.
pub(super) fn links(scenario: Scenario, name: impl Fn(Host) -> String) -> Vec<Step> {
    let mut steps = Vec::new();
    for host in hosts(scenario) {
        steps.push((Some(host), "link set lo up".to_owned()));
    }
    let mut veth = |a: Host, device: &str, b: Host, other: &str| {
        let (ns_a, ns_b) = (name(a), name(b));
        steps.push((
            None,
            format!("link add {device} netns {ns_a} type veth peer name {other} netns {ns_b}"),
        ));
        for (host, device) in [(a, device), (b, other)] {
            steps.push((Some(host), format!("link set {device} up")));
        }
    };
    veth(Host::Nas, "access", Host::Mn, "eth0");
    veth(Host::Ha, "cn", Host::Cn, "eth0");
    let core4 = [Host::Nas, Host::Fha, Host::Aaaf, Host::Aaah];
    let core4: Vec<Host> = core4.into_iter().filter(|h| hosts(scenario).any(|o| o == *h)).collect();
    let core6 = [Host::Fha, Host::Aaah, Host::Ha];
    for host in &core4 {
        veth(*host, "v4", Host::Core, &format!("{}-4", host.name()));
    }
    for host in core6 {
        veth(host, "v6", Host::Core, &format!("{}-6", host.name()));
    }
    for (bridge, ports) in [("br4", &core4[..]), ("br6", &core6[..])] {
        // A bridge that snoops says so by IGMP, which is IPv4.
        let made = format!("link add {bridge} type bridge mcast_snooping 0");
        steps.push((Some(Host::Core), made));
        steps.push((Some(Host::Core), format!("link set {bridge} up")));
        let version = bridge.trim_start_matches("br");
        for host in ports {
            let port = format!("{}-{version}", host.name());
            steps.push((Some(Host::Core), format!("link set {port} master {bridge}")));
        }
    }
    steps.extend(addresses(scenario));
    steps
}

fn addresses(scenario: Scenario) -> impl Iterator<Item = Step> {
    let all = [
        (Host::Nas, "addr add 198.51.100.1/24 dev access"),
        (Host::Nas, "addr add 192.0.2.1/24 dev v4"),
        (Host::Fha, "addr add 192.0.2.8/24 dev v4"),
        (Host::Aaaf, "addr add 192.0.2.16/24 dev v4"),
        (Host::Aaah, "addr add 192.0.2.32/24 dev v4"),
        (Host::Fha, "route add 198.51.100.0/24 via 192.0.2.1"),
        (Host::Fha, "-6 addr add 2001:db8:6::8/64 dev v6 nodad"),
        (Host::Aaah, "-6 addr add 2001:db8:6::a/64 dev v6 nodad"),
        (Host::Ha, "-6 addr add 2001:db8:6::1/64 dev v6 nodad"),
        (Host::Ha, "-6 addr add 2001:db8:7::1/64 dev cn nodad"),
        (Host::Cn, "-6 addr add 2001:db8:7::2/64 dev eth0 nodad"),
        (Host::Cn, "-6 route add default via 2001:db8:7::1"),
        (Host::Fha, "-6 route add default via 2001:db8:6::1"),
        (Host::Ha, "-6 route add 2001:db8:8::/64 via 2001:db8:6::8"),
    ];
    let there = move |(host, _): &(Host, &str)| hosts(scenario).any(|other| other == *host);
    all.into_iter().filter(there).map(|(host, step)| (Some(host), step.to_owned()))
}

/// What has to be set in a namespace below /proc/sys.
pub(super) const SETTINGS: [(Host, &str, &str); 3] = [
    (Host::Nas, "net/ipv4/ip_forward", "1"),
    (Host::Fha, "net/ipv6/conf/all/forwarding", "1"),
    (Host::Ha, "net/ipv6/conf/all/forwarding", "1"),
];

/// The configurations, by the names of their files.
pub(super) fn configurations(scenario: Scenario) -> Vec<(String, String)> {
    let is_subscription = scenario.is_subscription();
    let kind = if is_subscription { "home" } else { "integrated" };
    let mut aaah = format!(
        "[aaa]\nkind = \"{kind}\"\nlisten = [\"192.0.2.32:1812\", \"[2001:db8:6::a]:1812\"]\n\
         users = \"aaah-users.toml\"\n"
    );
    let mut aaaf = "[aaa]\nkind = \"visited\"\nlisten = [\"192.0.2.16:1812\"]\n\
                    users = \"aaaf-users.toml\"\n"
        .to_owned();
    let access = if is_subscription { &mut aaaf } else { &mut aaah };
    access.push_str(&asker("192.0.2.1", "nas"));
    access.push_str(
        "[[aaa.location]]\nnas = \"nas.lab.example\"\nfhas = [\"fha.lab.example\"]\n\
         care_of = \"198.51.100.64-198.51.100.127/24\"\n",
    );
    aaah.push_str(&asker("192.0.2.8", "fha"));
    aaah.push_str(&asker("2001:db8:6::1", "ha"));
    for server in [&mut aaah, &mut aaaf] {
        server.push_str(
            "[[aaa.fha]]\nname = \"fha.lab.example\"\naddress = \"192.0.2.8\"\n\
             home_addresses = \"203.0.113.64-203.0.113.127\"\n",
        );
    }
    let (home_access, visited) = ("{ file = \"mn-home\" }", "{ file = \"mn-visited\" }");
    let mut home = "[[user]]\nnai = \"mn@home.example\"\n".to_owned();
    if !is_subscription {
        // Writing to a string cannot fail.
        let _ = writeln!(home, "access_secret = {home_access}");
    }
    let _ = writeln!(
        home,
        "home.mn_aaa_key = {{ file = \"mn-aaa\" }}\nhome.address = \"{HOME_ADDRESS}/64\"\n\
         home.agent = \"2001:db8:6:1::1\""
    );
    let visited_user = format!("[[user]]\nnai = \"mn@home.example\"\naccess_secret = {visited}\n");
    let server = if is_subscription { "192.0.2.16" } else { "192.0.2.32" };
    let access_secret = if is_subscription { visited } else { home_access };
    let nas = format!(
        "[nas]\naddress = \"198.51.100.1\"\n{}",
        client("nas", "192.0.2.1", &format!("{server}:1812"))
    );
    let fha = format!(
        "[fha]\naddress = \"192.0.2.8\"\naddress6 = \"2001:db8:8::1\"\n\
         prefix = \"2001:db8:8::/64\"\n{}",
        client("fha", "192.0.2.8", "192.0.2.32:1812")
    );
    let ha = format!(
        "[ha]\naddress = \"2001:db8:6:1::1\"\nprefix = \"2001:db8:6:1::/64\"\n{}",
        client("ha", "[2001:db8:6::1]", "[2001:db8:6::a]:1812")
    );
    let mn = format!(
        "[mn]\nnai = \"mn@home.example\"\naccess_secret = {access_secret}\n\
         mn_aaa_key = {{ file = \"mn-aaa\" }}\ninterface = \"eth0\"\n\
         provisional = \"198.51.100.200/24\"\nnas = \"198.51.100.1\"\n"
    );
    let files = [
        ("aaah.toml", aaah),
        ("aaaf.toml", aaaf),
        ("aaah-users.toml", home),
        ("aaaf-users.toml", visited_user),
        ("nas.toml", nas),
        ("fha.toml", fha),
        ("ha.toml", ha),
        ("mn.toml", mn),
    ];
    files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

fn asker(address: &str, role: &str) -> String {
    format!(
        "[[aaa.client]]\naddress = \"{address}\"\nsecret = {{ file = \"{role}\" }}\n\
         roles = [\"{role}\"]\nnames = [\"{role}.lab.example\"]\n"
    )
}

fn client(role: &str, local: &str, server: &str) -> String {
    format!(
        "[{role}.radius]\nlocal = \"{local}:49812\"\nservers = [\"{server}\"]\n\
         secret = {{ file = \"{role}\" }}\nname = \"{role}.lab.example\"\n"
    )
}
