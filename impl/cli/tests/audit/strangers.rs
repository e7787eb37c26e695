//! What stacks send that know nothing of the bootstrap is not judged, alone and beside one.

use std::fs;
use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot::decode::Piece;
use dsboot_audit::Answer;
use dsboot_codec::ip::{udp, v4};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, ReplyHeader,
    RequestFlags, RequestHeader, SecurityContext,
};
use dsboot_spec::registry::ip::protocol;

use crate::support::{SETUPS, accepted, audit, capture, dsboot, packets};

/// The link type of whole IPv4 packets.
const IPV4: u32 = 228;

const MN: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 20);
const FA: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
const HA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

type End = (Ipv4Addr, u16);

fn datagram((source, from): End, (destination, to): End, payload: &[u8]) -> Vec<u8> {
    let mut datagram = udp::Datagram::new(from, to, payload);
    datagram.has_checksum = false;
    let pseudo = dsboot_codec::ip::Pseudo::V4 { source, destination };
    let octets = datagram.encode(&pseudo).expect("a datagram");
    v4::Packet::new(source, destination, protocol::UDP, &octets).encode().expect("a packet")
}

/// A capture of these, a tenth of a second apart, from some time on.
fn captured(octets: Vec<Vec<u8>>, from: Duration) -> Vec<Piece> {
    let piece = |(number, octets)| Piece {
        time: Some(from + Duration::from_millis(100) * number),
        link_type: Some(IPV4),
        octets,
        ..Piece::default()
    };
    (0..).zip(octets).map(piece).collect()
}

fn not_judged(octets: Vec<Vec<u8>>) {
    let report = audit(&captured(octets, Duration::from_secs(1_700_000_000)), None);
    assert_eq!(report.verdict, Answer::NotThisProtocol, "{:#?}", report.rejections);
    assert!(report.messages > 0);
}

const KEY: SecurityContext<'_> =
    SecurityContext { spi: 1000, algorithm: Algorithm::HmacMd5, key: b"0123456789abcdef" };

fn request(flags: u8, home: Ipv4Addr, agent: Ipv4Addr, care_of: Ipv4Addr, id: u64) -> Builder {
    Builder::request(&RequestHeader {
        flags: RequestFlags(flags),
        lifetime: u16::MAX,
        home_address: home,
        home_agent: agent,
        care_of_address: care_of,
        identification: Identification(id),
    })
}

fn reply(code: u8, id: u64) -> Builder {
    Builder::reply(&ReplyHeader {
        code: Code(code),
        lifetime: 1800,
        home_address: MN,
        home_agent: HA,
        identification: Identification(id),
    })
}

fn proved(builder: Builder) -> Vec<u8> {
    builder.authenticate(AuthenticationKind::MobileHome, &KEY).finish().expect("a message")
}

/// Plain Mobile IPv4: through an agent, simultaneous bindings, a broadcast for any home agent, every
/// code, keys of RFC 3957 by other associations than CHAP's.
fn mobile_ipv4(fa: Ipv4Addr, ha: Ipv4Addr) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut say = |from, to, octets: &[u8]| all.push(datagram((from, 434), (to, 434), octets));
    for (number, code) in (1_u64..).zip([0, 1, 66, 69, 77, 78, 104, 129, 131, 133, 135, 136, 144]) {
        let id = (3_900_000_000 + number) << 32;
        let flags = [0x00, 0x80, 0x22, 0x18][code as usize % 4];
        let to = if code == 136 { Ipv4Addr::BROADCAST } else { ha };
        say(MN, fa, &proved(request(flags, MN, to, fa, id)));
        say(fa, ha, &proved(request(flags, MN, to, fa, id)));
        say(ha, fa, &proved(reply(code, id)));
        say(fa, MN, &proved(reply(code, id)));
    }
    let with_key = request(0x20, Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED, MN, 7 << 32)
        .extension(Extension::Nai(b"other@carrier.example"))
        .extension(Extension::MnHaKeyRequest { mn_spi: 5000 })
        .authenticate(AuthenticationKind::MnAaa, &KEY);
    say(MN, ha, &with_key.finish().expect("a message"));
    // A revocation.
    let ends = [MN, ha, fa].map(|at| at.octets()).concat();
    say(ha, fa, &[&[7, 0, 0, 0][..], &ends, &[0, 0, 0, 7]].concat());
    all
}

#[test]
fn plain_mobile_ipv4_is_not_judged() {
    not_judged(mobile_ipv4(FA, HA));
    // Nor what is wrong with it, or what no standard knows.
    let mut all = mobile_ipv4(FA, HA);
    let more = datagram((HA, 434), (FA, 434), &[99; 40]);
    all.push(more);
    all[0][27] ^= 1;
    not_judged(all);
}

/// A PANA message of this kind: flags, type, session, sequence number, EAP.
fn pana(flags: u16, kind: u16, session: u32, number: u32, eap: &[u8]) -> Vec<u8> {
    let mut avps = Vec::new();
    if !eap.is_empty() {
        avps.extend([0, 2, 0, 0, 0, u8::try_from(eap.len()).expect("short"), 0, 0]);
        avps.extend(eap);
        avps.resize(avps.len().next_multiple_of(4), 0);
    }
    let length = 16 + u16::try_from(avps.len()).expect("short");
    let header = [0, length, flags, kind].map(u16::to_be_bytes).concat();
    [&header[..], &session.to_be_bytes(), &number.to_be_bytes(), &avps].concat()
}

#[test]
fn clients_of_pana_behind_one_address_are_told_apart() {
    let (nas, mn) = (HA, MN);
    let asks = [1, 1, 0, 5, 1];
    let answers = [2, 1, 0, 9, 1, b'p', b'a', b'n', b'a'];
    let mut all = Vec::new();
    for port in [48_000_u16, 48_001, 48_002] {
        let session = u32::from(port) * 7;
        all.push(datagram((nas, 716), (mn, port), &pana(0x8000, 2, session, 9, &asks)));
    }
    for port in [48_002_u16, 48_000, 48_001] {
        let session = u32::from(port) * 7;
        all.push(datagram((mn, port), (nas, 716), &pana(0, 2, session, 9, &answers)));
    }
    not_judged(all);
}

#[test]
fn a_session_of_which_only_pings_are_seen_at_first_is_whose_it_turns_out_to_be() {
    let (nas, mn) = (HA, MN);
    let ping = |flags: u16, number| pana(flags | 0x0800, 4, 77, number, &[]);
    // The NAS answers, asks, and authenticates anew.
    not_judged(vec![
        datagram((nas, 716), (mn, 48_000), &ping(0, 500)),
        datagram((nas, 716), (mn, 48_000), &ping(0x8000, 90)),
        datagram((mn, 48_000), (nas, 716), &ping(0, 90)),
        datagram((mn, 48_000), (nas, 716), &ping(0x8000, 501)),
        datagram((nas, 716), (mn, 48_000), &pana(0x8000, 2, 77, 91, &[1, 1, 0, 5, 1])),
        datagram((mn, 48_000), (nas, 716), &pana(0, 2, 77, 91, &[2, 1, 0, 6, 1, b'u'])),
        datagram((mn, 48_000), (nas, 716), &ping(0x8000, 502)),
    ]);
}

/// Questions of an ordinary NAS without EAP, and their answers: by password, and Status-Server.
fn radius(nas: Ipv4Addr, server: Ipv4Addr) -> Vec<Vec<u8>> {
    let message = |code: u8, identifier: u8, attributes: &[u8]| {
        let length = 20 + u8::try_from(attributes.len()).expect("short");
        [&[code, identifier, 0, length][..], &[7; 16], attributes].concat()
    };
    let name = [&[1, 6][..], b"dave", &[2, 18], &[9; 16]].concat();
    let mut all = Vec::new();
    for (identifier, code, answer) in [(1, 1, 2), (2, 1, 3), (3, 12, 2)] {
        let (from, to) = ((nas, 41_000), (server, 1812));
        all.push(datagram(from, to, &message(code, identifier, &name)));
        all.push(datagram(to, from, &message(answer, identifier, &[])));
    }
    all
}

#[test]
fn others_beside_a_bootstrap_do_not_disturb_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let all = packets(&capture(directory.path(), SETUPS[1]));
    // Between the same agents and servers, in the middle of everything.
    let ends = |link: &str, first: u8| {
        let is_it =
            |one: &&Piece| one.interface.as_deref() == Some(link) && one.octets[28] == first;
        let found = all.iter().find(is_it).expect("such a packet");
        [12, 16].map(|at| <[u8; 4]>::try_from(&found.octets[at..at + 4]).expect("four").into())
    };
    let [nas, server] = ends("NAS/FA-AAAH", 1);
    let [fa, fha] = ends("NAS/FA-FHA", 1);
    let middle = all.len() / 2;
    let from = all[middle].time.expect("a time");
    let others = captured([radius(nas, server), mobile_ipv4(fa, fha)].concat(), from);
    let (before, after) = all.split_at(middle);
    let mut mixed = before.to_vec();
    mixed.extend(others.into_iter().map(|one| Piece { time: Some(from), ..one }));
    mixed.extend_from_slice(after);
    let report = audit(&mixed, None);
    accepted(&report);
    assert_eq!(report.mobiles.len(), 1);
    assert!(report.not_judged > 0);
}

#[test]
fn files_that_are_packed_or_of_another_kind_are_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file").to_str().expect("a path").to_owned();
    for (octets, told) in [
        (&[0x1f, 0x8b, 8, 0, 0, 0][..], "gunzip"),
        (&[0x28, 0xb5, 0x2f, 0xfd, 4], "unzstd"),
        (b"snoop\0\0\0\0\0\0\x02", "editcap"),
        (b"GMBU\0\x02", "editcap"),
    ] {
        fs::write(&file, octets).expect("written");
        let (code, _, log) = dsboot(&["audit", &file]);
        assert_eq!(code, 2);
        assert!(log.contains(told), "{log}");
    }
}
