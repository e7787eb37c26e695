use dsboot_codec::Error;
use dsboot_codec::radius::{
    self, Attribute, Packet, Salted, SubAttribute, UserPassword, VendorSpecific, hide_key,
    hide_password,
};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use super::{Reading, contiguous};

const SECRET: &[u8] = b"secret";
const AUTHENTICATOR: [u8; 16] = [0x5a; 16];

/// The vendors whose sub-attributes are read: this project's, and one of others.
const VENDORS: [u32; 2] = [DEFAULT_VENDOR_ID, 9];

/// [`Packet::decode`].
pub(super) fn packet(octets: &[u8]) -> Result<Reading, Error> {
    let packet = Packet::decode(octets)?;
    let mut reading = Reading::default();
    assert_eq!([packet.octets(), packet.padding()].concat(), octets);
    contiguous(packet.attributes().map(|u| (u.offset, u.raw.len())), 20, packet.octets().len());
    for unit in packet.attributes() {
        let written = unit.value.encode().expect("what was read can be written");
        reading.unit(unit.raw, &written, true);
    }
    let values = packet.attributes().map(|unit| unit.value);
    let again = radius::encode(packet.code(), packet.identifier(), packet.authenticator(), values);
    assert_eq!(again.expect("what was read can be written"), packet.octets());
    ask(&packet);
    Ok(reading)
}

/// Everything that a packet can be asked for.
fn ask(packet: &Packet<'_>) {
    for vendor in VENDORS {
        let vendor = packet.vendor(vendor);
        let _ = (vendor.parameters(), vendor.mn_fha_key(), vendor.sub_attributes().count());
    }
    let _ = (packet.user_name(), packet.session_timeout(), packet.mip6_feature_vector());
    if let Ok(Some(eap)) = packet.eap_message() {
        assert!(eap.len() <= packet.octets().len());
    }
    let _ = packet.credential();
    assert!(packet.malformed().count() <= packet.attributes().count());
    // The secret is not known to who made the octets.
    assert!(packet.verify_request(SECRET).is_err());
    let _ = packet.verify_response(&AUTHENTICATOR, SECRET);
    let _ = (packet.proxy_states().count(), packet.classes().count());
    let _ = packet.framed_ipv6_prefixes().count();
}

/// [`Attribute::decode`]: the type, then the value.
pub(super) fn attribute(octets: &[u8]) -> Result<Reading, Error> {
    let Some((kind, data)) = octets.split_first() else { return Ok(Reading::default()) };
    let attribute = Attribute::decode(*kind, data);
    let mut reading = Reading::default();
    assert_eq!(attribute.kind(), *kind);
    reading.unit(
        data,
        &attribute.value(),
        Attribute::decode(*kind, &attribute.value()) == attribute,
    );
    // What is too long for an attribute is refused, and nothing else.
    assert_eq!(attribute.encode().is_ok(), data.len() <= 253);
    Ok(reading)
}

/// [`VendorSpecific::sub_attributes`], with this project's numbers.
pub(super) fn vendor(octets: &[u8]) -> Result<Reading, Error> {
    let specific = VendorSpecific { vendor_id: DEFAULT_VENDOR_ID, data: octets };
    // Offsets count from the attribute, in which type, length and vendor come first.
    let units = match specific.sub_attributes(0) {
        Ok(units) => units,
        Err(error) => {
            assert!(error.offset >= 6, "{error}");
            return Err(Error { offset: error.offset - 6, ..error });
        }
    };
    let mut reading = Reading::default();
    contiguous(units.clone().map(|u| (u.offset - 6, u.raw.len())), 0, octets.len());
    for unit in units {
        let value = unit.value.value();
        let again = SubAttribute::decode(unit.value.kind(), &value) == unit.value;
        reading.unit(&unit.raw[2..], &value, again);
    }
    Ok(reading)
}

/// [`UserPassword::new`] and [`Salted::new`]: hidden octets, revealed and hidden again.
pub(super) fn hidden(octets: &[u8]) -> Result<Reading, Error> {
    let mut reading = Reading::default();
    if let Some(password) = UserPassword::new(octets) {
        let plain = password.reveal(&AUTHENTICATOR, SECRET);
        let again = hide_password(&plain, &AUTHENTICATOR, SECRET)?;
        // Blocks of padding alone are not made again.
        assert!(octets.starts_with(&again) || plain.is_empty(), "{octets:02x?} {again:02x?}");
        reading.units += 1;
    }
    if let Some(salted) = Salted::new(octets) {
        reading.units += 1;
        if let Some(key) = salted.reveal(&AUTHENTICATOR, SECRET) {
            let salt = u16::from_be_bytes(salted.salt());
            let again = hide_key(&key, salt, &AUTHENTICATOR, SECRET);
            if let Ok(again) = again {
                assert_eq!(again.len(), octets.len());
                let salted = Salted::new(&again).expect("what was hidden is hidden");
                assert_eq!(salted.reveal(&AUTHENTICATOR, SECRET), Some(key));
            }
        }
    }
    Ok(reading)
}
