//! The NAS in front of the AAA server of this project.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dsboot_roles::aaa::{
    Aaa, AaaConfig, AaaKind, AddressRange, CareOfSource, Fha, Location, Mobility, User,
};
use dsboot_roles::eap::server::Method;
use dsboot_roles::nas::{AddressPool, NasConfig};
use dsboot_roles::pana::{AccessOutcome, PacConfig, Phase};
use dsboot_roles::radius::{ClientEntry, ServerConfig};
use dsboot_roles::{Effect, Input, Machine, Nai, Secret};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::mip4::algorithm;

use crate::nas::world::{
    PASSWORD, SECRET, Script, USER, VENDOR, World, aaa_addr, nas_config, pac_config, radius_addr,
};

const NAS: &str = "nas1.access.example";
const FHA: &str = "fha1.asp.example";

/// An AAAF with one NAS, one FHA and one user.
fn aaaf(care_of: CareOfSource) -> Aaa {
    let client = ClientEntry {
        secret: Secret::new(SECRET),
        roles: BTreeSet::from([client_role::NAS]),
        names: BTreeSet::from([NAS.to_owned()]),
    };
    let user = User { access: Some(Secret::new(PASSWORD)), mobility: Mobility::Any, home: None };
    let fha = Fha {
        address: Some([192, 0, 2, 1].into()),
        fqdn: Some(FHA.to_owned()),
        home_addresses: None,
    };
    let config = AaaConfig {
        kind: AaaKind::Aaaf,
        addresses: vec![aaa_addr()],
        vendor_id: VENDOR,
        radius: ServerConfig {
            clients: BTreeMap::from([(radius_addr().ip(), client)]),
            strict: true,
            max_answers: 16,
        },
        users: BTreeMap::from([(Nai::new(USER).unwrap(), user)]),
        fhas: BTreeMap::from([(FHA.to_owned(), fha)]),
        locations: BTreeMap::from([(
            NAS.to_owned(),
            Location { fhas: vec![FHA.to_owned()], care_of },
        )]),
        method: Method::Md5,
        max_sessions: 4,
        access_lifetime: 1200,
        mobility_lifetime: 600,
        algorithm: algorithm::HMAC_MD5,
    };
    Aaa::new(config).unwrap()
}

/// Delivers until the wire is empty, to that server what is for a server.
fn settle(world: &mut World, aaa: &mut Aaa) {
    let mut random = Script::seeded(3);
    while let Some(datagram) = world.wire.pop_front() {
        if datagram.destination != aaa_addr() {
            world.deliver(&datagram);
            continue;
        }
        for effect in aaa.handle(world.now, &mut random, Input::Datagram(&datagram)) {
            if let Effect::Datagram(answer) = effect {
                world.wire.push_back(answer);
            }
        }
    }
}

//= access.3.1
//= access.4.2
#[test]
fn the_user_gets_what_the_server_assigns() {
    let picked = AddressPool {
        first: [198, 51, 100, 200].into(),
        last: [198, 51, 100, 201].into(),
        prefix_length: 25,
    };
    let pool = CareOfSource::Pool {
        range: AddressRange { first: [198, 51, 100, 77].into(), last: [198, 51, 100, 78].into() },
        prefix_length: 24,
    };
    let cases = [
        (CareOfSource::None, None),
        (CareOfSource::Nas, Some((picked.first, 25))),
        (pool, Some(([198, 51, 100, 77].into(), 24))),
    ];
    for (source, care_of) in cases {
        let nas = NasConfig { pool: Some(picked), ..nas_config() };
        let mut world = World::with(pac_config(), nas);
        let mut aaa = aaaf(source);
        world.start();
        settle(&mut world, &mut aaa);
        let granted = AccessOutcome::Granted {
            fha: Some([192, 0, 2, 1].into()),
            fha_fqdn: Some(FHA.to_owned()),
            care_of,
            reconfigure: care_of.is_some(),
            lifetime: Duration::from_secs(1200),
        };
        assert_eq!(world.outcomes, [granted]);
        assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    }
}

//= access.4.6
#[test]
fn the_server_rejects_and_so_does_the_nas() {
    let wrong = PacConfig { password: Secret::new(*b"wrong"), ..pac_config() };
    let unknown = PacConfig { identity: Nai::new(b"mn9@example.net").unwrap(), ..pac_config() };
    for config in [wrong, unknown] {
        let mut world = World::with(config, nas_config());
        world.start();
        settle(&mut world, &mut aaaf(CareOfSource::None));
        assert_eq!(world.outcomes, [AccessOutcome::Refused(1)]);
        assert_eq!(world.admitted(), 0);
    }
}
