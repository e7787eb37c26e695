//! The hosts of a figure as network namespaces: their links, addresses and routes.

use dsboot_spec::{Scenario, Setup};

/// A host of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Host {
    Mn,
    Nas,
    /// The one that the mobile node moves to.
    Nas2,
    Fha,
    Aaaf,
    Aaah,
    Ha,
    Cn,
    /// The switches of the access provider's core and of the IPv6 network.
    Core,
}

impl Host {
    pub(super) const ALL: [Host; 9] = [
        Host::Mn,
        Host::Nas,
        Host::Nas2,
        Host::Fha,
        Host::Aaaf,
        Host::Aaah,
        Host::Ha,
        Host::Cn,
        Host::Core,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Host::Mn => "mn",
            Host::Nas => "nas",
            Host::Nas2 => "nas2",
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

/// A link whose packets are captured: where, and by which device.
pub(super) const LINKS: [(&str, Host, &str); 8] = [
    ("MN-NAS", Host::Nas, "access"),
    ("MN-NAS2", Host::Nas2, "access"),
    ("NAS-core", Host::Nas, "v4"),
    ("NAS2-core", Host::Nas2, "v4"),
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
    let all = [Host::Aaah, Host::Aaaf, Host::Ha, Host::Fha, Host::Nas, Host::Nas2];
    all.into_iter().filter(move |host| *host != Host::Aaaf || scenario.is_subscription())
}

/// A command for `ip`, in a namespace or outside of all.
pub(super) type Step = (Option<Host>, String);

/// What builds the links between the namespaces, which are there already by the names that `name`
/// gives.
pub(super) fn links(setup: Setup, name: impl Fn(Host) -> String) -> Vec<Step> {
    let scenario = setup.scenario();
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
    veth(Host::Nas2, "access", Host::Mn, "eth1");
    veth(Host::Ha, "cn", Host::Cn, "eth0");
    let core4 = [Host::Nas, Host::Nas2, Host::Fha, Host::Aaaf, Host::Aaah];
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
        (Host::Nas, "addr add 198.51.100.1/25 dev access"),
        (Host::Nas, "addr add 192.0.2.1/24 dev v4"),
        (Host::Nas2, "addr add 198.51.100.129/25 dev access"),
        (Host::Nas2, "addr add 192.0.2.2/24 dev v4"),
        (Host::Fha, "addr add 192.0.2.8/24 dev v4"),
        (Host::Aaaf, "addr add 192.0.2.16/24 dev v4"),
        (Host::Aaah, "addr add 192.0.2.32/24 dev v4"),
        (Host::Fha, "route add 198.51.100.0/25 via 192.0.2.1"),
        (Host::Fha, "route add 198.51.100.128/25 via 192.0.2.2"),
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

/// What has to be set in every namespace below /proc/sys before it has links: addresses there need
/// not be looked for twice, which takes a second or two.
pub(super) const COMMON: (&str, &str) = ("net/ipv6/conf/default/accept_dad", "0");

/// What has to be set in a namespace below /proc/sys. Reverse path filtering keeps a NAS from
/// forwarding what is for the foreign agent on it.
pub(super) const SETTINGS: [(Host, &str, &str); 6] = [
    (Host::Nas, "net/ipv4/ip_forward", "1"),
    (Host::Nas, "net/ipv4/conf/all/rp_filter", "1"),
    (Host::Nas2, "net/ipv4/ip_forward", "1"),
    (Host::Nas2, "net/ipv4/conf/all/rp_filter", "1"),
    (Host::Fha, "net/ipv6/conf/all/forwarding", "1"),
    (Host::Ha, "net/ipv6/conf/all/forwarding", "1"),
];
