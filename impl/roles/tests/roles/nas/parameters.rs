//! What the AAA server assigns, and what of it the client learns.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed};
use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_codec::radius::{Attribute, ResponseBuilder, VendorSpecific};
use dsboot_roles::Machine as _;
use dsboot_roles::nas::{AddressPool, Nas, NasConfig};
use dsboot_roles::pana::{AccessOutcome, Pac, Phase};
use dsboot_spec::registry::radius::{ADDRESS_NAS_SELECTS, ADDRESS_USER_SELECTS};

use crate::nas::world::{Accept, VENDOR, World, from_pac, nas_config, pac_config, short};

const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
const POOL: AddressPool = AddressPool {
    first: Ipv4Addr::new(198, 51, 100, 10),
    last: Ipv4Addr::new(198, 51, 100, 10),
    prefix_length: 25,
};

pub(crate) fn fha_and_care_of(accept: &mut ResponseBuilder) {
    accept.attribute(&Attribute::FramedIpAddress(CARE_OF));
    accept.attribute(&Attribute::FramedIpNetmask(Ipv4Addr::new(255, 255, 255, 0)));
    accept.attribute(&Attribute::SessionTimeout(1800));
    accept.sub_attribute(VENDOR, &Parameter::FhaAddress(FHA).into());
    accept
        .sub_attribute(VENDOR, &Parameter::FhaFqdn(Fqdn::new("fha1.asp.example").unwrap()).into());
}

pub(crate) fn nas_picks(accept: &mut ResponseBuilder) {
    accept.attribute(&Attribute::FramedIpAddress(ADDRESS_NAS_SELECTS));
}

/// What a client is told when the AAA server accepts it so.
fn told(nas: NasConfig, accept: Accept) -> (Option<AccessOutcome>, String) {
    let mut world = World::with(pac_config(), nas);
    world.aaa.accept = accept;
    world.start();
    world.settle();
    (world.outcomes.pop(), short(&world.last_to_pac()))
}

/// The same as an operator's own server may say it: in another order, with what it says to others.
fn in_its_own_way(accept: &mut ResponseBuilder) {
    accept.attribute(&Attribute::Class(b"first class"));
    accept
        .sub_attribute(VENDOR, &Parameter::FhaFqdn(Fqdn::new("fha1.asp.example").unwrap()).into());
    accept.attribute(&Attribute::ReplyMessage(b"Hello, %u"));
    // MS-MPPE-Send-Key and Cisco-AVPair.
    for (vendor_id, data) in [(311, &[16, 5, 1, 2, 3][..]), (9, b"\x01\x06ab=c")] {
        accept.attribute(&Attribute::VendorSpecific(VendorSpecific { vendor_id, data }));
    }
    accept.attribute(&Attribute::FramedIpNetmask(Ipv4Addr::new(255, 255, 255, 0)));
    accept.attribute(&Attribute::State(b"of no use any more"));
    accept.sub_attribute(VENDOR, &Parameter::FhaAddress(FHA).into());
    accept.attribute(&Attribute::IdleTimeout(60));
    accept.attribute(&Attribute::TerminationAction(1));
    accept.attribute(&Attribute::ServiceType(2));
    accept.attribute(&Attribute::FramedProtocol(1));
    accept.attribute(&Attribute::SessionTimeout(1800));
    accept.attribute(&Attribute::Class(b"second class"));
    accept.attribute(&Attribute::FramedIpAddress(CARE_OF));
    accept.attribute(&Attribute::FramedMtu(576));
    accept.attribute(&Attribute::ReplyMessage(b"again"));
    accept.attribute(&Attribute::UserName(b"another name"));
}

#[test]
fn a_server_of_others_may_say_it_in_its_own_way() {
    let (usual, message) = told(nas_config(), fha_and_care_of);
    assert!(matches!(usual, Some(AccessOutcome::Granted { .. })), "{usual:?}");
    assert_eq!(told(nas_config(), in_its_own_way), (usual, message));
}

fn with_pool() -> NasConfig {
    NasConfig { pool: Some(POOL), ..nas_config() }
}

//= access.4.2
//= access.4.4
//= access.4.11
//= access.4.17
#[test]
fn fha_and_care_of_address_are_passed_on_as_assigned() {
    let outcome = AccessOutcome::Granted {
        fha: Some(FHA),
        fha_fqdn: Some("fha1.asp.example".to_owned()),
        care_of: Some((CARE_OF, 24)),
        reconfigure: true,
        lifetime: Duration::from_secs(1800),
    };
    let message = "PAR.IC result0 eap3 lifetime1800 v1 v2 v3";
    // A pool of its own makes no difference.
    for nas in [nas_config(), with_pool()] {
        assert_eq!(told(nas, fha_and_care_of), (Some(outcome.clone()), message.to_owned()));
    }
}

//= access.4.3
#[test]
fn a_client_that_has_announced_nothing_is_told_nothing() {
    let mut world = World::with(pac_config(), with_pool());
    world.aaa.accept = fha_and_care_of;
    world.start();
    let bare = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0);
    world.wire.clear();
    world.hand_nas(&from_pac(&bare));
    world.settle();
    assert_eq!(short(&world.last_to_pac()), "PAR.C result0 eap3 lifetime1800");
    let nothing = AccessOutcome::Granted {
        fha: None,
        fha_fqdn: None,
        care_of: None,
        reconfigure: false,
        lifetime: Duration::from_secs(1800),
    };
    assert_eq!(world.outcomes, [nothing]);
}

/// Announced is what is announced under the right number, once.
//= access.4.3
#[test]
fn an_ambiguous_announcement_is_none() {
    let mut world = World::new();
    world.aaa.accept = fha_and_care_of;
    world.start();
    world.wire.clear();
    let wanted = Parameter::BootstrapRequest(dsboot_codec::dsb::Wanted(1));
    let mut twice = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0);
    twice.parameter(VENDOR, &wanted).parameter(VENDOR, &wanted);
    world.hand_nas(&from_pac(&twice));
    world.settle();
    assert_eq!(short(&world.last_to_pac()), "PAR.C result0 eap3 lifetime1800");
}

fn granted(care_of: Option<(Ipv4Addr, u8)>, reconfigure: bool) -> Option<AccessOutcome> {
    Some(AccessOutcome::Granted {
        fha: None,
        fha_fqdn: None,
        care_of,
        reconfigure,
        lifetime: Duration::from_secs(3600),
    })
}

//= access.4.5
#[test]
fn the_nas_picks_an_address_when_it_is_to() {
    let picked = granted(Some((POOL.first, 25)), true);
    assert_eq!(told(with_pool(), nas_picks).0, picked);
    // Nobody asked for one.
    assert_eq!(told(with_pool(), crate::nas::world::nothing).0, granted(None, false));
}

/// 255.255.255.255 leaves the address to the user, who has one.
#[test]
fn an_address_that_the_user_may_choose_is_none_to_be_told() {
    let accept: Accept = |accept| {
        accept.attribute(&Attribute::FramedIpAddress(ADDRESS_USER_SELECTS));
    };
    let (outcome, message) = told(with_pool(), accept);
    assert_eq!(outcome, granted(None, false));
    assert_eq!(message, "PAR.C result0 eap3 lifetime3600");
}

#[test]
fn an_address_without_a_mask_that_is_one_stands_alone() {
    let without: Accept = |accept| {
        accept.attribute(&Attribute::FramedIpAddress(CARE_OF));
    };
    let holes: Accept = |accept| {
        accept.attribute(&Attribute::FramedIpAddress(CARE_OF));
        accept.attribute(&Attribute::FramedIpNetmask(Ipv4Addr::new(255, 0, 255, 0)));
    };
    for accept in [without, holes] {
        assert_eq!(told(nas_config(), accept).0, granted(Some((CARE_OF, 32)), true));
    }
}

//= access.6.12
#[test]
fn what_is_said_twice_or_wrongly_is_not_learned() {
    let accept: Accept = |accept| {
        for last in [1, 2] {
            let fha = Parameter::FhaAddress(Ipv4Addr::new(192, 0, 2, last));
            accept.sub_attribute(VENDOR, &fha.into());
            accept.attribute(&Attribute::SessionTimeout(60));
        }
        let other = VENDOR + 1;
        accept.sub_attribute(other, &Parameter::FhaFqdn(Fqdn::new("fha").unwrap()).into());
    };
    assert_eq!(told(nas_config(), accept).0, granted(None, false));
}

/// The address of the foreign agent here is for all its visitors, and no reason to reconfigure.
#[test]
fn the_care_of_address_of_the_foreign_agent_is_shared() {
    let nas = NasConfig { foreign_agent: BTreeSet::from([CARE_OF]), ..nas_config() };
    let mut world = World::with(pac_config(), nas);
    world.aaa.accept = |accept| {
        accept.attribute(&Attribute::FramedIpAddress(CARE_OF));
    };
    world.start();
    world.settle();
    let shared = granted(Some((CARE_OF, 32)), false);
    assert_eq!(world.outcomes.pop(), shared);
    assert_eq!(short(&world.last_to_pac()), "PAR.C result0 eap3 lifetime3600 v3");
    assert_eq!(second_client(&mut world, b"mn2@example.net"), shared);
    assert_eq!(world.admitted(), 2);
}

/// Nothing is read from a last request that refuses, nor from any other.
//= access.4.8
#[test]
fn a_client_takes_parameters_from_a_success_only() {
    let mut world = World::new();
    world.start();
    world.steps(4);
    let last = Message::decode(&world.last_to_pac().payload).map(|m| *m.header()).unwrap();
    assert_eq!(short(&world.last_to_pac()), "PAR nonce eap1");
    let care_of = Prefixed::<Ipv4Addr>::new(CARE_OF, 24).unwrap();
    let mut next =
        MessageBuilder::new(Kind::Par, Flags::NONE, last.session_id, last.sequence.wrapping_add(1));
    next.avp(&Avp::EapPayload(&[1, 200, 0, 6, 2, b'x']));
    next.avp(&Avp::SessionLifetime(5));
    next.parameter(VENDOR, &Parameter::ColocatedAddress(care_of));
    world.hand_pac(&crate::nas::world::from_paa(&next));
    assert_eq!(short(&world.last_to_nas()), "PAN eap2");
    assert_eq!(world.pac.access_ends(), None);
    let mut refusal = MessageBuilder::new(
        Kind::Par,
        Flags::COMPLETE,
        last.session_id,
        last.sequence.wrapping_add(2),
    );
    refusal.avp(&Avp::ResultCode(2)).avp(&Avp::SessionLifetime(5));
    refusal.parameter(VENDOR, &Parameter::FhaAddress(FHA));
    world.hand_pac(&crate::nas::world::from_paa(&refusal));
    assert_eq!(world.outcomes, [AccessOutcome::Refused(2)]);
    assert_eq!(world.pac.access_ends(), None);
}

/// Lets a second user in at the same NAS, from another address.
fn second_client(world: &mut World, identity: &[u8]) -> Option<AccessOutcome> {
    let mut config = pac_config();
    config.local = "10.0.0.8:40716".parse().unwrap();
    config.identity = dsboot_roles::Nai::new(identity).unwrap();
    let first = std::mem::replace(&mut world.pac, Pac::new(config));
    world.outcomes.clear();
    world.start();
    world.settle();
    world.pac = first;
    world.outcomes.pop()
}

//= access.5.5
#[test]
fn an_address_that_another_takes_the_place_of_is_free_again() {
    let mut world = World::new();
    world.aaa.accept = fha_and_care_of;
    world.start();
    world.settle();
    world.aaa.accept = |accept| {
        accept.attribute(&Attribute::FramedIpAddress(Ipv4Addr::from_bits(CARE_OF.to_bits() + 1)));
        accept.attribute(&Attribute::SessionTimeout(1800));
    };
    world.tell_pac(Pac::reauthenticate);
    world.settle();
    world.aaa.accept = fha_and_care_of;
    let other = second_client(&mut world, b"mn2@example.net");
    assert!(matches!(other, Some(AccessOutcome::Granted { .. })), "{other:?}");
    assert_eq!(world.counted("nas.address-taken"), 0);
}

//= access.4.5
//= access.5.5
#[test]
fn an_address_of_the_pool_is_held_until_the_session_ends() {
    let ends: [fn(&mut World); 4] = [
        |world| world.tell_pac(Pac::terminate),
        |world| world.tell_nas(Nas::terminate),
        |world| {
            world.loses = Box::new(|_| true);
            world.pass(3600);
            world.loses = Box::new(|_| false);
        },
        |world| {
            world.loses = Box::new(|_| true);
            world.tell_nas(Nas::ping);
            world.pass(300);
            world.loses = Box::new(|_| false);
        },
    ];
    for end in ends {
        let mut world = World::with(pac_config(), with_pool());
        world.aaa.accept = nas_picks;
        world.start();
        world.settle();
        let refused = second_client(&mut world, b"mn2@example.net");
        assert_eq!(refused, Some(AccessOutcome::Refused(2)));
        assert_eq!(world.counted("nas.pool-empty"), 1);
        end(&mut world);
        world.settle();
        let let_in = second_client(&mut world, b"mn2@example.net");
        assert_eq!(let_in, granted(Some((POOL.first, 25)), true));
    }
}

/// A NAS that comes up again after a crash with what was kept, and whose pool has room for one.
fn restarted(nas: &mut Nas) -> Nas {
    let mut anew = Nas::new(with_pool());
    for address in nas.take_changed() {
        if let Some(record) = nas.record(address) {
            anew.restore(address, record);
        }
    }
    anew.keep_journal();
    anew
}

//= access.5.9
#[test]
fn an_address_of_the_pool_is_nobody_elses_over_a_restart_until_its_access_would_have_ended() {
    let mut world = World::with(pac_config(), with_pool());
    world.nas.keep_journal();
    world.aaa.accept = nas_picks;
    world.start();
    world.settle();
    world.nas = restarted(&mut world.nas);
    assert_eq!(world.admitted(), 0);
    let refused = Some(AccessOutcome::Refused(2));
    assert_eq!(second_client(&mut world, b"mn2@example.net"), refused);
    let begin_anew = |world: &mut World| {
        world.pac = Pac::new(pac_config());
        world.start();
        world.settle();
        assert_eq!(world.outcomes.pop(), granted(Some((POOL.first, 25)), true));
    };
    begin_anew(&mut world);
    assert_eq!(world.nas.take_changed().into_iter().collect::<Vec<_>>(), [POOL.first]);

    // It ends with the session that it belongs to now.
    world.tell_nas(Nas::terminate);
    world.settle();
    assert_eq!(world.nas.record(POOL.first), None);

    // And with its time, where there is none.
    begin_anew(&mut world);
    world.nas = restarted(&mut world.nas);
    let left = world.nas.poll_timeout().expect("an end");
    assert!(left > world.now + Duration::from_secs(3600));
    world.now = left;
    assert_eq!(
        second_client(&mut world, b"mn2@example.net"),
        granted(Some((POOL.first, 25)), true)
    );
}

#[test]
fn an_assigned_address_is_one_users_and_follows_that_user() {
    let mut world = World::new();
    world.aaa.accept = fha_and_care_of;
    world.start();
    world.settle();
    assert_eq!(
        second_client(&mut world, b"mn2@example.net"),
        Some(AccessOutcome::Refused(2)),
        "another user holds it"
    );
    assert_eq!(world.counted("nas.address-taken"), 1);
    assert_eq!(world.admitted(), 1);
    let again = second_client(&mut world, crate::nas::world::USER);
    assert!(matches!(again, Some(AccessOutcome::Granted { .. })), "{again:?}");
    assert_eq!(world.counted("nas.superseded"), 1);
    let admitted: Vec<_> = world.nas.admitted().map(|session| session.pac.ip()).collect();
    assert_eq!(admitted, ["10.0.0.8".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(world.phases().1, Some(Phase::Access));
}
