//! What captures are like besides: packets seen twice on their way, clocks and queues that put them
//! out of order, translators of addresses, files that break off.

use std::fs;
use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot::decode::Piece;
use dsboot_audit::Answer;
use dsboot_codec::tree::{Options, Protocol, Tree};
use serde_json::Value;

use crate::support::{SETUPS, accepted, audit, capture, dsboot, packets, valid};

/// The packet with other octets and its checksums right.
fn mended(piece: &Piece, octets: &[u8]) -> Piece {
    let options = Options::default();
    let link = piece.link_type.and_then(Protocol::of_link_type).expect("a link type");
    let octets = Tree::decode(link, octets, &options).fix_checksums(&options).expect("a packet");
    Piece { octets, ..piece.clone() }
}

/// The packet as the next router sends it on.
fn forwarded(piece: &Piece) -> Piece {
    let mut octets = piece.octets.clone();
    let ttl = if octets[0] >> 4 == 6 { 7 } else { 8 };
    octets[ttl] -= 1;
    mended(piece, &octets)
}

#[test]
fn packets_seen_on_both_sides_of_a_router_are_one() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in SETUPS {
        let all = packets(&capture(directory.path(), setup));
        let alone = audit(&all, None);
        let twice: Vec<Piece> = all
            .iter()
            .flat_map(|piece| {
                // What may not leave its link has a TTL that says so.
                let stays = matches!(piece.octets[8], 1 | 255) && piece.octets[0] >> 4 == 4;
                let again = (!stays).then(|| forwarded(piece));
                [Some(piece.clone()), again].into_iter().flatten()
            })
            .collect();
        let report = audit(&twice, None);
        accepted(&report);
        assert!(report.repeated > 30, "{setup:?}");
        assert_eq!(report.mobiles[0].explained, alone.mobiles[0].explained, "{setup:?}");
    }
}

#[test]
fn packets_out_of_the_order_of_their_times_are_put_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in [SETUPS[0], SETUPS[5]] {
        let mut all = packets(&capture(directory.path(), setup));
        let alone = audit(&all, None);
        // As several interfaces write them: what is near by in time stands the other way round.
        let near = |one: &Piece, next: &Piece| {
            one.time < next.time && next.time < one.time.map(|time| time + Duration::from_millis(9))
        };
        let in_order = all.clone();
        for some in all.chunk_by_mut(near) {
            some.chunks_mut(20).for_each(<[Piece]>::reverse);
        }
        assert_ne!(all, in_order);
        let report = audit(&all, None);
        accepted(&report);
        assert_eq!(report.mobiles[0].explained, alone.mobiles[0].explained, "{setup:?}");
        // Files put one behind the other stay so.
        let mut late = all.clone();
        for piece in &mut late {
            piece.time = piece.time.map(|time| time + Duration::from_secs(1_000_000));
        }
        late.extend(all);
        assert_ne!(audit(&late, None).verdict, Answer::NotThisProtocol);
    }
}

/// What a translator makes of packets between a mobile node and its FHAs: another source, another port.
fn translated(piece: &Piece) -> Piece {
    let (private, public) = ([127, 20], Ipv4Addr::new(203, 0, 113, 77).octets());
    let mut octets = piece.octets.clone();
    let is_udp = octets[0] == 0x45 && octets[9] == 17;
    // The mobile node's addresses are in the networks of the access, from 64 on.
    let is_mobile = |at: &[u8]| at.starts_with(&private) && at[2] < 8 && at[3] >= 64;
    if !is_udp {
        return piece.clone();
    }
    for (address, port) in [(12, 20), (16, 22)] {
        if is_mobile(&octets[address..address + 4]) {
            octets[address..address + 4].copy_from_slice(&public);
            let translated = u16::from_be_bytes([octets[port], octets[port + 1]]) ^ 0x4321;
            octets[port..port + 2].copy_from_slice(&translated.to_be_bytes());
        }
    }
    mended(piece, &octets)
}

#[test]
fn registrations_and_tunnels_through_a_translator_are_accepted() {
    let directory = tempfile::tempdir().expect("a directory");
    let all = packets(&capture(directory.path(), SETUPS[0]));
    let is_outside =
        |piece: &Piece| piece.interface.as_deref().is_some_and(|name| name.starts_with("MN-FHA"));
    // Behind the translator, and with what else is seen there.
    let outside: Vec<Piece> = all
        .iter()
        .map(|piece| if is_outside(piece) { translated(piece) } else { piece.clone() })
        .collect();
    assert_ne!(outside, all);
    accepted(&audit(&outside, None));
    let only: Vec<Piece> = outside.iter().filter(|piece| is_outside(piece)).cloned().collect();
    accepted(&audit(&only, None));
}

#[test]
fn a_capture_that_breaks_off_is_judged_by_what_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = capture(directory.path(), SETUPS[0]);
    let octets = fs::read(&file).expect("read");
    for part in [3, 5, 7] {
        // In the middle of a packet, wherever that is.
        let end = octets.len() * part / 8 + 1;
        fs::write(&file, &octets[..end]).expect("written");
        let (code, out, log) = dsboot(&["audit", &file]);
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(code, 0, "{text}{log}");
        assert!(text.contains("the capture breaks off at packet"), "{text}");
        let (code, out, _) = dsboot(&["audit", "--json", &file]);
        assert_eq!(code, 0);
        let report: Value = serde_json::from_slice(&out).expect("JSON");
        valid(&report);
        assert_eq!(report["broken"]["packet"].as_u64(), report["packets"].as_u64().map(|n| n + 1));
    }
    // What is wrong before that is still said.
    let mut octets = octets;
    let reply = octets.windows(8).position(|at| at[0] == 3 && at[4..] == [127, 20, 8, 64]);
    octets[reply.expect("a reply") + 7] = 65;
    fs::write(&file, &octets[..octets.len() * 7 / 8 + 1]).expect("written");
    let (code, _, log) = dsboot(&["audit", &file]);
    assert_eq!(code, 1, "{log}");
}
