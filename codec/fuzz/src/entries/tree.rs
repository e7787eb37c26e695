use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_codec::{Error, eap, ip, mip4, mip6, pana, radius};

use super::Reading;

/// [`Tree::decode`]: the first octet says as what, the others are the message.
pub(super) fn tree(octets: &[u8]) -> Result<Reading, Error> {
    let Some((kind, octets)) = octets.split_first() else { return Ok(Reading::default()) };
    let protocol = Protocol::ALL[usize::from(*kind) % Protocol::ALL.len()];
    let tree = Tree::decode(protocol, octets, &Options::default());
    let mut reading = Reading::default();
    let end = tree.leaves().fold(0, |at, leaf| {
        assert_eq!(leaf.offset, at, "{} does not stand where the leaf before it ends", leaf.name);
        reading.units += 1;
        at + leaf.length
    });
    assert_eq!(end, octets.len(), "not every octet is in a leaf");
    assert_eq!(tree.encode().as_deref(), Ok(octets), "the values do not give the octets again");
    for fault in tree.faults() {
        assert!(fault.offset <= octets.len(), "{fault:?} in {} octets", octets.len());
        assert_eq!(fault.sentence.split('.').count(), 3, "{fault:?} names no sentence");
    }
    assert!(octets.is_empty() || !tree.to_string().is_empty());
    let document = serde_json::to_string(&tree).expect("a tree is a document");
    let again: Tree = serde_json::from_str(&document).expect("the document is a tree");
    assert_eq!(
        again.encode().as_deref(),
        Ok(octets),
        "the document does not give the octets again"
    );
    let mended = tree.fix_checksums(&Options::default()).expect("as it encodes");
    assert_eq!(mended.len(), octets.len());
    // Where nothing is wrong the protocol's own decoder finds nothing either.
    if tree.faults().count() == 0 {
        verdict(protocol, octets).expect("the tree has no faults");
    }
    let _ = Tree::detect(octets);
    Ok(reading)
}

/// What the decoder of a protocol says.
fn verdict(protocol: Protocol, octets: &[u8]) -> Result<(), Error> {
    match protocol {
        Protocol::Ip => ip::Packet::decode(octets).map(drop),
        Protocol::Ipv4 => ip::v4::Packet::decode(octets).map(drop),
        Protocol::Ipv6 => ip::v6::Packet::decode(octets).and_then(|p| p.extensions().map(drop)),
        Protocol::Udp => ip::udp::Datagram::decode_unverified(octets).map(drop),
        Protocol::Icmp | Protocol::Icmpv6 => ip::icmp::Message::decode_unverified(octets).map(drop),
        Protocol::Mh => {
            mip6::Header::decode_unverified(octets).and_then(|header| header.message().map(drop))
        }
        // A tree is for people, to whom nothing that can be read is unknown.
        Protocol::Mip4 => {
            let mut reading = mip4::Reading::DEFAULT;
            reading.reader = mip4::Reader::Node(mip4::Understood::EVERYTHING);
            mip4::Message::decode_by(octets, &reading).map(drop)
        }
        Protocol::Radius => radius::Packet::decode(octets).map(drop),
        Protocol::Pana => pana::Message::decode(octets).map(drop),
        Protocol::Eap => eap::Packet::decode(octets).and_then(|packet| packet.body().map(drop)),
        _ => Ok(()),
    }
}
