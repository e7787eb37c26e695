//! Nonsense on every socket while the client is let in.

use dsboot_codec::pana::{Avp, Flags, Header, MessageBuilder};
use dsboot_roles::Random;
use dsboot_roles::pana::Phase;

use crate::nas::world::{Script, World, aaa_addr, datagram, paa_addr, pac_addr, radius_addr};

/// How much of it comes before each datagram that makes sense.
const PORTION: usize = 1000;

/// Octets without any sense, and messages of sessions that there are not.
fn nonsense(random: &mut Script) -> Vec<u8> {
    let random: &mut dyn Random = random;
    let [kind, length, code, eap] = random.octets();
    if kind < 128 {
        let mut octets = vec![0; length.into()];
        random.fill(&mut octets);
        // Often enough a message of that length.
        if let [_, _, high, low, ..] = &mut octets[..]
            && kind < 96
        {
            (*high, *low) = (0, length);
        }
        return octets;
    }
    let [flags, message_type] = random.octets();
    let mut message = MessageBuilder::with_header(Header {
        reserved: 0,
        // Without S: an offer of another session that seems to come from the agent would be taken,
        // as long as no session has begun in earnest (RFC 5191 §5.5).
        flags: Flags(u16::from(flags & 0xbf) << 8),
        message_type: u16::from(message_type % 6),
        session_id: random.u32(),
        sequence: random.u32(),
    });
    let value = [eap, length, 0, 5, code];
    if kind < 192 {
        message.avp(&Avp::decode(u16::from(code % 16), &value));
    }
    if code < 128 {
        message.avp(&Avp::EapPayload(&value));
    }
    message.encode().unwrap()
}

//= access.2.19
#[test]
fn nonsense_keeps_nobody_out() {
    let mut noise = Script::seeded(7);
    let mut world = World::new();
    world.start();
    loop {
        let (sent, phases) = (world.sent.len(), world.phases());
        let live = std::mem::take(&mut world.wire);
        for _ in 0..PORTION {
            let octets = nonsense(&mut noise);
            world.hand_pac(&datagram(paa_addr(), pac_addr(), octets.clone()));
            world.hand_nas(&datagram(aaa_addr(), radius_addr(), octets.clone()));
            // From elsewhere: a client initiation among it begins a session of its own.
            let stranger = "10.0.0.99:716".parse().unwrap();
            world.hand_nas(&datagram(stranger, paa_addr(), octets));
        }
        assert_eq!(world.phases(), phases);
        let answered = &world.sent[sent..];
        assert!(answered.iter().all(|(d, _)| d.destination.ip() != pac_addr().ip()));
        world.wire = live;
        if !world.step() {
            break;
        }
    }
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert!(world.counted("pana.malformed") > PORTION);
    for reason in ["pana.unknown-message", "pana.bad-header", "pana.unknown-session"] {
        assert!(world.counted(reason) > 10, "{reason} {}", world.counted(reason));
    }
}
