//! A run is accepted whatever its links are.

use std::path::Path;

use dsboot::decode::Piece;
use dsboot_audit::Answer;

use crate::support::{SETUPS, accepted, audit, capture, packets};

const ETHERNET: u32 = 1;

/// The same packet on another kind of link.
fn on_link(piece: &Piece, link_type: u32, header: impl Fn([u8; 2]) -> Vec<u8>) -> Piece {
    let is_v6 = piece.octets[0] >> 4 == 6;
    let header = header(if is_v6 { [0x86, 0xdd] } else { [8, 0] });
    let octets = [&header, &piece.octets[..]].concat();
    Piece { link_type: Some(link_type), octets, ..piece.clone() }
}

#[test]
fn a_run_is_accepted_whatever_the_link() {
    let directory = tempfile::tempdir().expect("a directory");
    let all = packets(&capture(directory.path(), SETUPS[4]));
    let alone = audit(&all, None);
    accepted(&alone);
    let family = |kind: [u8; 2]| if kind == [8, 0] { 2 } else { 30 };
    type Header<'a> = &'a dyn Fn([u8; 2]) -> Vec<u8>;
    let links: [(u32, Header<'_>); 8] = [
        (101, &|_| Vec::new()),
        (ETHERNET, &|kind| [&[2; 12][..], &kind].concat()),
        (ETHERNET, &|kind| [&[2; 12][..], &[0x81, 0, 0, 7], &kind].concat()),
        (ETHERNET, &|kind| [&[2; 12][..], &[0x88, 0xa8, 0, 9, 0x81, 0, 0, 7], &kind].concat()),
        (113, &|kind| [&[0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0][..], &kind].concat()),
        (276, &|kind| {
            [&kind[..], &[0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0]].concat()
        }),
        (0, &|kind| vec![family(kind), 0, 0, 0]),
        (108, &|kind| vec![0, 0, 0, family(kind)]),
    ];
    for (link_type, header) in links {
        let framed: Vec<Piece> = all.iter().map(|one| on_link(one, link_type, header)).collect();
        let report = audit(&framed, None);
        accepted(&report);
        assert_eq!(report.mobiles[0].explained, alone.mobiles[0].explained, "{link_type}");
        assert_eq!(report.authenticators, alone.authenticators, "{link_type}");
    }
}

#[test]
fn captures_of_other_programs_are_judged_only_if_they_ask_for_a_bootstrap() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    let of = |name: &str| {
        let file = directory.join(format!("{name}.pcap"));
        audit(&packets(file.to_str().expect("a path")), None)
    };
    // That a server tells of an FHA makes nobody a NAS.
    for name in ["eapol_test", "cooked", "cooked2", "ping"] {
        let report = of(name);
        assert_eq!(report.verdict, Answer::NotThisProtocol, "{name}: {:#?}", report.rejections);
        assert!(report.packets > 0);
    }
    // Here radclient asks, without EAP and without a Message-Authenticator, and says by Client-Role
    // that it is the NAS of a bootstrap, which asks with both and names itself. Whatever it asks
    // without that claim is its own business, and so are the answers.
    let report = of("radclient");
    assert_eq!(report.verdict, Answer::Rejected);
    let wrong: Vec<_> = report.rejections.iter().map(|one| (one.packet, &*one.sentence)).collect();
    assert_eq!(wrong, [(3, "access.6.5"), (3, "access.3.4"), (3, "access.3.1")]);
}
