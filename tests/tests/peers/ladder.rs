//! The messages of every ladder, in order, as tshark reads them.

use std::{collections::BTreeMap, net::Ipv6Addr};

use dsboot_node::world::{FIRST_HOST, Network, POOL_FIRST, Plan, people::MOBILE};
use dsboot_spec::{
    Role, Setup,
    ladder::{Ladder, Message, Step},
};
use dsboot_tests::tshark::Values;

use crate::capture::{reader, runs};

/// Everything that a step is known by.
const FIELDS: [&str; 33] = [
    "frame.interface_name",
    "ipv6.src",
    "ipv6.dst",
    "icmp.type",
    "icmp.mip.coa",
    "icmp.mip.r",
    "icmp.mip.f",
    "icmp.mip.rt",
    "eap.code",
    "eap.type",
    "radius.code",
    "radius.User_Name",
    "radius.Framed-IP-Address",
    "radius.avp.vendor_type",
    "mip.type",
    "mip.flags",
    "mip.code",
    "mip.homeaddr",
    "mip.haaddr",
    "mip.coa",
    "mip.nai",
    "mip6.mhtype",
    "mip6.bu.a_flag",
    "mip6.bu.h_flag",
    "mip6.acoa.acoa",
    "mip6.mnid.identifier",
    "mip6.auth.subtype",
    "mip6.auth.mobility_spi",
    "mip6.ba.status",
    "ipv6.opt.mipv6.home_address",
    "ipv6.routing.mipv6.home_address",
    "icmpv6.type",
    "pana.type",
];

type Row = BTreeMap<&'static str, Values>;

/// A field, and a value that it has.
type Condition = (&'static str, String);

/// What a run's addresses have to be, by the plan of the demonstration network.
struct Addresses {
    plan: Plan,
    setup: Setup,
}

impl Addresses {
    fn fha(&self) -> String {
        self.plan.v4(Network::Fha1, FIRST_HOST).to_string()
    }

    fn agent(&self) -> String {
        self.plan.v4(Network::Access1, FIRST_HOST).to_string()
    }

    fn care_of(&self) -> String {
        let host = if self.setup.care_of().is_colocated() { POOL_FIRST } else { FIRST_HOST };
        self.plan.v4(Network::Access1, host).to_string()
    }

    fn thoav4(&self) -> String {
        self.plan.v4(Network::Fha1, POOL_FIRST).to_string()
    }

    fn care_of6(&self) -> String {
        let prefix = self.plan.v6(Network::Fha1, 0).to_bits();
        let thoav4 = self.plan.v4(Network::Fha1, POOL_FIRST).to_bits();
        Ipv6Addr::from_bits(prefix | u128::from(thoav4)).to_string()
    }

    fn home6(&self) -> String {
        self.plan.v6(Network::Home, MOBILE.home_host).to_string()
    }

    fn home_agent(&self) -> String {
        self.plan.v6(Network::Home, FIRST_HOST.into()).to_string()
    }

    /// What tshark reads in the message of a step.
    fn of(&self, message: Message) -> Vec<Condition> {
        let nai = MOBILE.nai.to_owned();
        let number = |number: u8| number.to_string();
        let colocated = self.setup.care_of().is_colocated();
        match message {
            Message::AgentSolicitation => vec![("icmp.type", number(10))],
            Message::AgentAdvertisement => vec![
                ("icmp.type", number(9)),
                ("icmp.mip.coa", self.agent()),
                ("icmp.mip.f", number(1)),
                ("icmp.mip.rt", number(1)),
                // R: where a co-located address is registered through the agent.
                ("icmp.mip.r", number(u8::from(colocated))),
            ],
            Message::AccessRequest => {
                vec![("pana.type", number(2)), ("eap.code", number(2)), ("eap.type", number(4))]
            }
            Message::RadiusAccessRequest => vec![
                ("radius.code", number(1)),
                ("radius.User_Name", nai),
                ("eap.code", number(2)),
                ("eap.type", number(4)),
            ],
            Message::RadiusAccessAccept => {
                vec![("radius.code", number(2)), ("eap.code", number(3))]
            }
            Message::AccessReply => vec![("pana.type", number(2)), ("eap.code", number(3))],
            Message::RegistrationRequest => vec![
                ("mip.type", number(1)),
                // T, and D where the care-of address is the MN's own.
                ("mip.flags", if colocated { "0x22" } else { "0x02" }.to_owned()),
                ("mip.homeaddr", "0.0.0.0".to_owned()),
                ("mip.haaddr", self.fha()),
                ("mip.coa", self.care_of()),
                ("mip.nai", nai),
            ],
            Message::RegistrationAccessRequest => {
                vec![("radius.code", number(1)), ("radius.User_Name", nai)]
            }
            Message::RegistrationAccessAccept => vec![
                ("radius.code", number(2)),
                ("radius.Framed-IP-Address", self.thoav4()),
                // HoA6, HA, CoA6, key.
                ("radius.avp.vendor_type", number(5)),
                ("radius.avp.vendor_type", number(6)),
                ("radius.avp.vendor_type", number(7)),
                ("radius.avp.vendor_type", number(16)),
            ],
            Message::RegistrationReply => vec![
                ("mip.type", number(3)),
                ("mip.code", number(0)),
                ("mip.homeaddr", self.thoav4()),
                ("mip.haaddr", self.fha()),
            ],
            Message::BindingUpdate => vec![
                ("mip6.mhtype", number(5)),
                ("ipv6.src", self.care_of6()),
                ("ipv6.dst", self.home_agent()),
                ("ipv6.opt.mipv6.home_address", self.home6()),
                ("mip6.bu.a_flag", number(1)),
                ("mip6.bu.h_flag", number(1)),
                ("mip6.acoa.acoa", self.care_of6()),
                ("mip6.mnid.identifier", nai),
                // MN-AAA, by HMAC_SHA1 (RFC 4285 §5.2).
                ("mip6.auth.subtype", number(2)),
                ("mip6.auth.mobility_spi", number(3)),
            ],
            Message::BindingAccessRequest => vec![
                ("radius.code", number(1)),
                ("radius.User_Name", nai),
                // What the MN-AAA option held, and the digest it is over.
                ("radius.avp.vendor_type", number(33)),
                ("radius.avp.vendor_type", number(34)),
            ],
            Message::BindingAccessAccept => {
                vec![("radius.code", number(2)), ("radius.avp.vendor_type", number(36))]
            }
            Message::BindingAcknowledgement => vec![
                ("mip6.mhtype", number(6)),
                ("ipv6.src", self.home_agent()),
                ("ipv6.dst", self.care_of6()),
                ("ipv6.routing.mipv6.home_address", self.home6()),
                ("mip6.ba.status", number(0)),
                ("mip6.auth.subtype", number(1)),
            ],
        }
    }

    /// The links on which the message of a step is seen, in this order.
    fn links(&self, step: &Step) -> Vec<String> {
        let has_fa = self.setup.scenario().has_fa();
        let host = |role: Role| match role {
            Role::Nas | Role::Fa if has_fa => "NAS/FA",
            role => role.name(),
        };
        // The tunnel ends at a care-of address of the mobile node's own, else at the agent.
        let near: &[&str] = if self.setup.care_of().is_colocated() {
            &["MN-FHA"]
        } else {
            &["MN-NAS/FA", "NAS/FA-FHA"]
        };
        let tunnel = near.iter().copied();
        let names: Vec<&str> = match step.message {
            Message::BindingUpdate => tunnel.chain(["FHA-HA"]).collect(),
            Message::BindingAcknowledgement => ["FHA-HA"].into_iter().chain(tunnel.rev()).collect(),
            _ => {
                let (from, to) = (host(step.from), host(step.to));
                return vec![format!("{from}-{to}"), format!("{to}-{from}")];
            }
        };
        names.into_iter().map(str::to_owned).collect()
    }
}

fn has(row: &Row, (field, value): &Condition) -> bool {
    row[field].contains(value)
}

#[test]
fn every_step_of_every_ladder_is_there_in_its_order() {
    let Some(tshark) = reader() else { return };
    for setup in Setup::ALL {
        let filter = format!("frame.interface_description matches \"^{setup}: \"");
        let filter = filter.replace('(', "\\\\(").replace(')', "\\\\)");
        let rows = tshark.fields(&runs().file, &filter, &FIELDS).unwrap();
        let rows: Vec<Row> =
            rows.into_iter().map(|row| FIELDS.into_iter().zip(row).collect()).collect();
        assert!(!rows.is_empty(), "{setup}");
        let addresses = Addresses { plan: Plan::of(setup), setup };
        let mut after = 0;
        for step in Ladder::of(setup).steps() {
            let conditions = addresses.of(step.message);
            let links = addresses.links(&step);
            let is_tunnelled =
                matches!(step.message, Message::BindingUpdate | Message::BindingAcknowledgement);
            let passes: Vec<Vec<String>> = if is_tunnelled {
                links.into_iter().map(|l| vec![l]).collect()
            } else {
                vec![links]
            };
            for links in passes {
                let fits = |row: &Row| {
                    links.contains(&row["frame.interface_name"][0])
                        && conditions.iter().all(|condition| has(row, condition))
                };
                let found = rows.iter().skip(after).position(fits);
                let found = found.unwrap_or_else(|| {
                    panic!("{setup}: no {step} on {links:?} after packet {after}: {conditions:?}")
                });
                after += found + 1;
            }
        }
        // An echo to the correspondent and back, after the last step.
        let echo = |kind: &str| {
            rows.iter().position(|row| {
                row["frame.interface_name"][0] == "HA-CN"
                    && has(row, &("icmpv6.type", kind.to_owned()))
            })
        };
        let (request, reply) = (echo("128").unwrap(), echo("129").unwrap());
        assert!(after <= request && request < reply, "{setup}");
        assert_eq!(rows[request]["ipv6.src"], [addresses.home6()], "{setup}");
        assert_eq!(rows[reply]["ipv6.dst"], [addresses.home6()], "{setup}");
    }
}
