//! The recorded conversation: the same octets from the same random numbers.

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::radius::{Attribute, ResponseBuilder};
use dsboot_roles::pana::{Pac, PacConfig};

use crate::nas::world::{NO_JITTER, VENDOR, World, aaa_addr, nas_config, pac_config, short};

const PAA_START: [u8; 4] = [0x11, 0x22, 0x33, 0x44];
const SESSION: [u8; 4] = [0x5a, 0x5b, 0, 1];

fn nonce(first: u8) -> Vec<u8> {
    (first..first + 20).collect()
}

fn recorded_terms(accept: &mut ResponseBuilder) {
    let care_of = Prefixed::<std::net::Ipv4Addr>::new([192, 0, 2, 77].into(), 24).unwrap();
    accept.attribute(&Attribute::FramedIpAddress(care_of.address()));
    accept.attribute(&Attribute::FramedIpNetmask([255, 255, 255, 0].into()));
    accept.sub_attribute(VENDOR, &Parameter::FhaAddress([10, 20, 0, 1].into()).into());
}

/// Every PANA message, in hex.
fn conversation(piggyback: bool, pac_start: u32) -> (World, Vec<String>) {
    let mut world = World::with(PacConfig { piggyback, ..pac_config() }, nas_config());
    world.aaa.accept = recorded_terms;
    world.nas_random.first([&SESSION[..], &PAA_START, &[0x41], &nonce(0xa0), &NO_JITTER]);
    world.pac_random.first([&NO_JITTER[..], &nonce(0xc0)]);
    if !piggyback {
        world.pac_random.first([&pac_start.to_be_bytes()[..]]);
    }
    world.start();
    world.settle();
    if !piggyback {
        world.tell_pac(Pac::ping);
        world.settle();
        world.tell_pac(Pac::terminate);
        world.settle();
    }
    let ours = |d: &dsboot_roles::Datagram| d.destination != aaa_addr();
    let octets = world.sent.iter().filter(|(d, _)| ours(d)).map(|(d, _)| hex::encode(&d.payload));
    let octets = octets.collect();
    (world, octets)
}

/// The parameters of this project stand in the last request as their page has them; what was
/// recorded there were placeholders.
const LAST: &str = "00000058a40000025a5b000111223347000700000004000000000000\
    00020000000400000342000400080000000400000000\
    0e10000180000004000000007ed90a140001\
    000380000005000000007ed918c000024d000000";

#[test]
fn a_client_that_answers_in_answers() {
    let (_, octets) = conversation(true, 0);
    let expected = [
        "00000020000000010000000000000000000a80000001000000007ed907000000",
        "00000010c00000025a5b000111223344",
        "00000010400000025a5b000111223344",
        "0000003c800000025a5b0001112233450005000000140000a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3\
         00020000000500000141000501000000",
        "00000048000000025a5b0001112233450005000000140000c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3\
         000200000014000002410014016d6e31406578616d706c652e6e6574",
        "00000030800000025a5b0001112233460002000000160000\
         0142001604109dc9c942f5f53107eac9816c2f9ad9b80000",
        "00000040000000025a5b000111223346000200000025000002420025\
         04100620da41c51b3defcd95f5a48b498b216d6e31406578616d706c652e6e6574000000",
        LAST,
        "00000010200000025a5b000111223347",
    ];
    assert_eq!(octets, expected);
}

#[test]
fn a_client_that_answers_in_requests() {
    // The identity took the number before that of the recorded response.
    let (world, octets) = conversation(false, 0x0a0b_0c0c);
    let recorded = [
        // 7 to 9: the response to the challenge.
        "00000010000000025a5b000111223346",
        "00000040800000025a5b00010a0b0c0d000200000025000002420025\
         04100620da41c51b3defcd95f5a48b498b216d6e31406578616d706c652e6e6574000000",
        "00000010000000025a5b00010a0b0c0d",
    ];
    let at = octets.iter().position(|octets| octets == recorded[0]).unwrap();
    assert_eq!(octets[at..at + 3], recorded);
    // 10 to 15: result, liveness test, termination.
    let end = [
        LAST,
        "00000010200000025a5b000111223347",
        "00000010880000045a5b00010a0b0c0e",
        "00000010080000045a5b00010a0b0c0e",
        "0000001c800000035a5b00010a0b0c0f000900000004000000000001",
        "00000010000000035a5b00010a0b0c0f",
    ];
    assert_eq!(octets[at + 3..], end);
    assert_eq!(short(&world.last_to_pac()), "PTA");
}
