//! Flags, options and addresses of updates.

use std::net::Ipv6Addr;

use dsboot_spec::registry::mip6::{option, update_flag};

use super::bu::{Bu, Part};
use super::{
    ACCEPTED, ANYTHING, Allowed, Cases, Node, REFUSED, SILENCE, changed_again, changed_first,
    ensure_bound, status_or_silence,
};

const fn v6(words: [u16; 8]) -> Ipv6Addr {
    let [a, b, c, d, e, f, g, h] = words;
    Ipv6Addr::new(a, b, c, d, e, f, g, h)
}

/// Addresses that nobody can be reached at.
const UNREACHABLE: [(Ipv6Addr, &str); 5] = [
    (Ipv6Addr::UNSPECIFIED, "the unspecified address"),
    (Ipv6Addr::LOCALHOST, "the loopback address"),
    (v6([0xff02, 0, 0, 0, 0, 0, 0, 1]), "the multicast address ff02::1"),
    (v6([0xff0e, 0, 0, 0, 0, 0, 0, 0x77]), "the multicast address ff0e::77"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0x77]), "a link-local address"),
];

/// Flags beside A and H that a home agent accepts an update with.
const FLAGS: [(u16, &str, Allowed); 10] = [
    (update_flag::LINK_LOCAL_COMPATIBILITY, "L", ACCEPTED),
    (update_flag::KEY_MANAGEMENT, "K", ACCEPTED),
    (0x0001, "reserved bit 15", ACCEPTED),
    (0x0020, "reserved bit 10", ACCEPTED),
    (0x003f, "all bits that nobody has numbered", ACCEPTED),
    (update_flag::MAP_REGISTRATION, "M", ANYTHING),
    (update_flag::MOBILE_ROUTER, "R", ANYTHING),
    (update_flag::PROXY, "P", ANYTHING),
    (update_flag::FORCE_UDP, "F", ANYTHING),
    (update_flag::TLV_HEADER | update_flag::BULK, "T and B", ANYTHING),
];

/// Options that have no effect on an update.
const HARMLESS: [(u8, usize, &str); 10] = [
    (option::PADN, 0, "PadN of two octets"),
    (option::PADN, 6, "PadN of eight octets"),
    (option::PADN, 200, "PadN of 202 octets"),
    (100, 0, "an option of unknown type 100 without data"),
    (100, 1, "an option of unknown type 100"),
    (127, 8, "an option of unknown type 127"),
    (128, 16, "an option of unknown type 128"),
    (200, 32, "an option of unknown type 200"),
    (255, 3, "an option of unknown type 255"),
    (255, 250, "an option of unknown type 255 with 250 octets"),
];

pub(super) fn add(cases: &mut Cases) {
    for (flag, name, allowed) in FLAGS {
        cases.add(
            "bu.flags",
            format!("{name} set, beside A and H, is taken as RFC 6275 has it"),
            "wire.8.11, RFC 6275 §6.1.7",
            move |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.flags |= flag;
                node.exchange(stage, &update, allowed)?;
                Ok(())
            },
        );
    }
    cases.add(
        "bu.flags",
        "with H clear and without nonces no binding is made",
        "wire.8.8, RFC 6275 §9.5.1",
        |stage| changed_first(stage, |update, _| update.flags = update_flag::ACKNOWLEDGE, REFUSED),
    );
    cases.add(
        "bu.flags",
        "with H clear a home binding is neither changed nor taken away",
        "wire.8.8, RFC 6275 §9.5.1",
        |stage| {
            let mut node = Node::bound(stage)?;
            let mut update = node.update(stage);
            node.sequence = node.sequence.wrapping_sub(1);
            (update.flags, update.lifetime) = (update_flag::ACKNOWLEDGE, 0);
            node.exchange(stage, &update, status_or_silence(&[135, 139]))?;
            ensure_bound(stage, &mut node, true)
        },
    );
    cases.add(
        "bu.reserved",
        "the reserved octet behind the MH Type has no effect",
        "wire.8.11, RFC 6275 §6.1.1",
        |stage| changed_first(stage, |update, _| update.reserved = 0xff, ACCEPTED),
    );
    for (kind, length, what) in HARMLESS {
        cases.add(
            "bu.option.ignored",
            format!("{what} has no effect"),
            "wire.9.2, RFC 6275 §6.2.1",
            move |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.insert(Part::plain(kind, &vec![0xa5; length]));
                node.exchange(stage, &update, ACCEPTED).map(|_| ())
            },
        );
    }
    cases.add(
        "bu.option.ignored",
        "seven octets of Pad1 have no effect",
        "wire.9.2, RFC 6275 §6.2.2",
        |stage| changed_first(stage, |update, _| update.insert(Part::Raw(vec![0; 7])), ACCEPTED),
    );
    cases.add(
        "bu.option.ignored",
        "forty unknown options have no effect",
        "wire.9.2, RFC 6275 §6.2.1",
        |stage| {
            changed_first(
                stage,
                |update, _| {
                    (0..40).for_each(|kind| update.insert(Part::plain(100 + kind, &[kind])));
                },
                ACCEPTED,
            )
        },
    );
    cases.add(
        "bu.option.order",
        "an alternate care-of address may stand behind the others",
        "wire.9.2, RFC 6275 §6.2.5",
        |stage| {
            changed_first(
                stage,
                |update, node| {
                    update.remove(option::ALTERNATE_CARE_OF_ADDRESS);
                    update.insert(Part::alternate(node.care_of));
                },
                ACCEPTED,
            )
        },
    );
    addresses(cases);
    odd(cases);
}

fn addresses(cases: &mut Cases) {
    cases.add(
        "bu.address",
        "without an alternate care-of address the source is the care-of address",
        "home-binding.3.10, RFC 6275 §9.5.1",
        |stage| {
            changed_first(
                stage,
                |update, _| update.remove(option::ALTERNATE_CARE_OF_ADDRESS),
                ACCEPTED,
            )
        },
    );
    for (address, what) in UNREACHABLE {
        cases.add(
            "bu.address.care-of",
            format!("an update with {what} as alternate care-of address is dropped in silence"),
            "home-binding.2.15, RFC 6275 §6.1.7",
            move |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.replace(option::ALTERNATE_CARE_OF_ADDRESS, Part::alternate(address));
                node.exchange(stage, &update, SILENCE)?;
                super::still_served(stage, &mut node)
            },
        );
        cases.add(
            "bu.address.home",
            format!("an update with {what} as home address is dropped in silence"),
            "home-binding.3.3, RFC 6275 §9.3.1, RFC 6275 §9.5.1",
            move |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                (update.home, update.home_option) = (address, Some(address));
                node.exchange(stage, &update, SILENCE)?;
                super::still_served(stage, &mut node)
            },
        );
    }
    let elsewhere: fn(&mut Bu, &Node) = |update, node| {
        let home = Ipv6Addr::from_bits(node.home.to_bits() ^ (1 << 64));
        (update.home, update.home_option) = (home, Some(home));
    };
    cases.add(
        "bu.address.home",
        "a home address outside of the home link is refused by 132",
        "home-binding.3.3, RFC 6275 §10.3.1",
        move |stage| {
            // An AAA server that knows better may refuse before.
            changed_first(stage, elsewhere, status_or_silence(&[128, 129, 132, 133]))
        },
    );
    cases.add(
        "bu.address.home",
        "the home agent's own address as home address is refused",
        "home-binding.3.4, RFC 6275 §10.3.1",
        |stage| {
            changed_first(
                stage,
                |update, node| (update.home, update.home_option) = (node.agent, Some(node.agent)),
                REFUSED,
            )
        },
    );
    cases.add(
        "bu.address.absent",
        "an update without Home Address option, from a care-of address, gets no binding",
        "home-binding.1.2, RFC 6275 §10.3.1",
        |stage| {
            changed_first(
                stage,
                |update, _| (update.home, update.home_option) = (update.source, None),
                REFUSED,
            )
        },
    );
}

/// Options that have no business in a home registration.
fn odd(cases: &mut Cases) {
    for (part, what) in [
        (Part::Plain(option::BINDING_REFRESH_ADVICE, vec![0, 9], (2, 0)), "a refresh advice"),
        (Part::alternate(v6([0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77])), "two alternate addresses"),
        (Part::plain(option::ALTERNATE_CARE_OF_ADDRESS, &[0x20; 15]), "an address of 15 octets"),
        (Part::plain(option::MOBILE_NODE_IDENTIFIER, &[]), "an empty identifier"),
        (Part::plain(option::MESSAGE_ID, &[1, 2, 3]), "a Mesg-ID of 3 octets"),
        (Part::plain(option::BINDING_AUTHORIZATION_DATA, &[7; 12]), "authorization data"),
        (Part::plain(option::AUTHENTICATION, &[1]), "an authentication of one octet"),
        (Part::plain(option::AUTHENTICATION, &[9, 0, 0, 1, 0, 7, 7]), "one of an unknown subtype"),
    ] {
        cases.add(
            "bu.option.odd",
            format!("{what}, where it has no business, harms nothing"),
            "wire.9.2, wire.9.6, RFC 6275 §6.2",
            move |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.insert(part.clone());
                node.exchange(stage, &update, ANYTHING)?;
                super::still_served(stage, &mut node)
            },
        );
    }
    cases.add(
        "bu.option.nonces",
        "a home registration with nonce indices is dropped in silence",
        "wire.9.6, RFC 6275 §9.5.1",
        |stage| {
            changed_again(
                stage,
                |update, _| {
                    update.insert(Part::Plain(option::NONCE_INDICES, vec![0, 1, 0, 2], (2, 0)));
                },
                SILENCE,
            )
        },
    );
    for (octets, what) in [
        (vec![100_u8, 200], "an option that ends beyond the header"),
        (vec![3, 255, 0, 0, 0, 0, 0, 0], "an address of 255 octets that are not there"),
        (vec![0, 0, 0, 0, 0, 0, 0, 9], "a lone type octet at the end"),
    ] {
        cases.add(
            "bu.option.cut",
            format!("{what} is not accepted"),
            "wire.9.1, RFC 6275 §6.2.1",
            move |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.parts.push(Part::Raw(octets.clone()));
                // Its authenticator is wrong as well where it has to be the last one.
                let (silence, refused) = (SILENCE, REFUSED);
                let allowed = if node.desk.is_some() { refused } else { silence };
                node.exchange(stage, &update, allowed)?;
                super::still_served(stage, &mut node)
            },
        );
    }
    cases.add(
        "bu.address.other",
        "a hop limit of 2 has no effect",
        "home-binding.3.6, RFC 6275 §9.5.1",
        |stage| changed_again(stage, |update, _| update.hop_limit = 2, ACCEPTED),
    );
}
