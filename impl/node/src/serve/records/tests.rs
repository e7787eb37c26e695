use super::*;

fn again<T: Serialize + for<'de> Deserialize<'de>>(written: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(written).unwrap()).unwrap()
}

fn at(seconds: u64) -> Time {
    Time::from_unix_micros(seconds * 1_000_000)
}

fn nai() -> Nai {
    Nai::new(b"mn@home.example").unwrap()
}

fn address(last: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last)
}

#[test]
fn a_home_agents_records_come_back_as_they_were() {
    let association = ha::Association { spi: 300, key: Secret::new(*b"key"), expires: at(9) };
    let binding = ha::HomeBinding {
        nai: nai(),
        care_of_address: address(1),
        sequence: Sequence(7),
        message_id: Timestamp(8),
        expires: at(5),
        association,
    };
    for record in [ha::Record::Binding(binding), ha::Record::Mark(Timestamp(3), at(4))] {
        assert_eq!(again(&HaRecord::of(&record)).into_record(), Some(record));
    }
    for key in [ha::Key::Home(address(2)), ha::Key::Mark(nai())] {
        assert_eq!(again(&HaKey::of(&key)).into_key(), Some(key));
    }
}

#[test]
fn an_fhas_records_come_back_as_they_were() {
    let association = Association {
        mn_spi: 300,
        fha_spi: 400,
        key: Secret::new(*b"key"),
        algorithm: 1,
        expires: at(9),
    };
    let told =
        fha::KeyTold { nonce: Box::new([5; 16]), aaa_spi: 2, lifetime: 60, replay_method: 1 };
    let prefixed = Prefixed::<Ipv6Addr>::new(address(3), 64);
    let binding = fha::Binding {
        thoav4: Ipv4Addr::new(203, 0, 113, 1),
        care_of_address: Ipv4Addr::new(198, 51, 100, 1),
        tunnel: TunnelEnd::Udp(SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 1), 434)),
        ipv6: Ipv6Parameters {
            home_address: prefixed,
            home_agent: Some(address(4)),
            care_of_address: None,
        },
        identification: Identification(7),
        expires: at(5),
        session_ends: at(6),
        association: association.clone(),
        given: fha::Given { request: [9; 20], lifetime: 60, key: Some(told) },
    };
    let mark = fha::Mark { identification: Identification(8), association };
    for record in [
        fha::Record::Mn { binding: Some(Box::new(binding)), mark: None },
        fha::Record::Mn { binding: None, mark: Some((mark, at(3))) },
        fha::Record::Address(nai(), at(4)),
    ] {
        assert_eq!(again(&FhaRecord::of(&record)).into_record(), Some(record));
    }
    for key in [fha::Key::Mn(nai()), fha::Key::Address(address(1).into())] {
        assert_eq!(again(&FhaKey::of(&key)).into_key(), Some(key));
    }
}

#[test]
fn a_foreign_agents_and_a_mobile_nodes_records_come_back_as_they_were() {
    let source = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 9), 434);
    for neighbour in [None, Some(LinkAddr([1, 2, 3, 4, 5, 6]))] {
        let visitor = fa::Visitor {
            station: fa::Station { neighbour, source },
            fha: Ipv4Addr::new(192, 0, 2, 8),
            tunnelled: true,
            udp: neighbour.is_none(),
            identification: Identification(7),
        };
        let record = fa::Record { visitor, ends: at(5) };
        assert_eq!(again(&FaRecord::of(&record)).into_record(), record);
    }
    let numbers = mn::Numbers {
        identification: Some(Identification(1 << 40)),
        sequence: Sequence(0xfffe),
        message_id: Some(Timestamp(1 << 41)),
    };
    for numbers in [numbers, mn::Numbers::default()] {
        assert_eq!(again(&MnRecord::of(&numbers)).into_numbers(), numbers);
    }
}

#[test]
fn an_aaa_servers_records_come_back_as_they_were() {
    let ipv6_coa = Prefixed::<Ipv6Addr>::new(address(5), 64);
    let record =
        aaa::Record { address: Ipv4Addr::new(203, 0, 113, 1), ipv6_coa, ends: at(5), until: at(6) };
    assert_eq!(again(&AaaRecord::of(&record)).into_record(), record);
    for key in [
        aaa::Key::Assignment(nai(), "fha.example".to_owned()),
        aaa::Key::Lease(nai(), "nas.example".to_owned()),
    ] {
        assert_eq!(again(&AaaKey::of(&key)).into_key(), Some(key));
    }
}

#[test]
fn a_network_access_servers_records_come_back_as_they_were() {
    let record = nas::Record { nai: nai(), until: at(5) };
    assert_eq!(again(&NasRecord::of(&record)).into_record(), Some(record));
    let NasKey(address) = again(&NasKey(Ipv4Addr::new(198, 51, 100, 64)));
    assert_eq!(address, Ipv4Addr::new(198, 51, 100, 64));
}
