use dsboot_codec::Error;
use dsboot_codec::pana::{AuthKey, Avp, KeyInput, Message, MessageBuilder};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use super::{Reading, contiguous, error_is_within};

/// [`Message::decode`] and [`Message::validate`].
pub(super) fn message(octets: &[u8]) -> Result<Reading, Error> {
    let message = Message::decode(octets)?;
    let mut reading = Reading::default();
    contiguous(message.avps().map(|u| (u.offset, u.raw.len())), 16, octets.len());
    let mut copy = MessageBuilder::with_header(*message.header());
    for unit in message.avps() {
        let reserved = unit.reserved();
        let written = unit.value.encode_with(&reserved).expect("what was read can be written");
        let again = [&head(octets, &written)[..], &written].concat();
        let again = Message::decode(&again).expect("what was written can be read");
        let same = again.avps().map(|unit| unit.value).eq([unit.value]);
        reading.unit(unit.raw, &written, same);
        copy.avp_with(&unit.value, &reserved);
    }
    assert_eq!(copy.encode().expect("it fits, as it did"), octets);
    match message.validate(DEFAULT_VENDOR_ID) {
        Ok(kind) => assert_eq!(message.kind(), Some(kind)),
        Err(error) => error_is_within(&error, octets),
    }
    let key = AuthKey::derive(&KeyInput {
        msk: &[7; 64],
        initial_request: b"request",
        initial_answer: b"answer",
        pac_nonce: &[1; 16],
        paa_nonce: &[2; 16],
        key_id: 1,
    });
    let authenticated = message.verify_auth(&key).is_ok();
    let has_auth = message.avps().any(|unit| matches!(unit.value, Avp::Auth(_)));
    assert!(!authenticated || has_auth);
    let _ = (message.granted_lifetime(), message.parameters(DEFAULT_VENDOR_ID));
    let _ = MessageBuilder::answering(&message).encode().expect("an answer is short");
    Ok(reading)
}

/// The header of a message with this AVP alone.
fn head(octets: &[u8], avp: &[u8]) -> [u8; 16] {
    let mut head = [0; 16];
    head.copy_from_slice(&octets[..16]);
    let length = u16::try_from(16 + avp.len()).expect("it was part of a message");
    head[2..4].copy_from_slice(&length.to_be_bytes());
    head
}
