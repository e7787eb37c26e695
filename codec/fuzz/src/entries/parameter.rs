use dsboot_codec::Error;
use dsboot_codec::dsb::Parameter;

use super::Reading;

/// [`Parameter::decode`]: two octets of type, then the value.
pub(super) fn parameter(octets: &[u8]) -> Result<Reading, Error> {
    let mut reading = Reading::default();
    let Some((kind, value)) = octets.split_first_chunk() else { return Ok(reading) };
    let kind = u16::from_be_bytes(*kind);
    if let Some(parameter) = Parameter::decode(kind, value) {
        assert_eq!(u16::from(parameter.kind()), kind);
        assert!((1..=247).contains(&value.len()));
        let written = parameter.encode();
        reading.unit(value, &written, written == value);
    }
    Ok(reading)
}
