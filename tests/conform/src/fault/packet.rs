//! Messages taken apart and put together again.

use dsboot_codec::crypto::{hmac_md5, md5};
use dsboot_spec::registry::radius::attribute;

/// A RADIUS packet.
#[derive(Clone, Debug)]
pub(super) struct Radius {
    pub(super) code: u8,
    pub(super) identifier: u8,
    pub(super) authenticator: [u8; 16],
    pub(super) attributes: Vec<(u8, Vec<u8>)>,
}

impl Radius {
    pub(super) fn read(octets: &[u8]) -> Option<Radius> {
        let mut attributes = Vec::new();
        let mut rest = octets.get(20..)?;
        while let [kind, length, ..] = *rest {
            let length = usize::from(length);
            attributes.push((kind, rest.get(2..length)?.to_vec()));
            rest = rest.get(length..)?;
        }
        Some(Radius {
            code: *octets.first()?,
            identifier: *octets.get(1)?,
            authenticator: octets.get(4..20)?.try_into().ok()?,
            attributes,
        })
    }

    /// Takes out the attributes of a type.
    pub(super) fn remove(&mut self, kind: u8) {
        self.attributes.retain(|(own, _)| *own != kind);
    }

    /// Takes out the vendor's attributes of a type.
    pub(super) fn remove_vendor(&mut self, kind: u8) {
        self.attributes.retain(|(own, value)| {
            *own != attribute::VENDOR_SPECIFIC || value.get(4) != Some(&kind)
        });
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = vec![self.code, self.identifier, 0, 0];
        octets.extend(self.authenticator);
        for (kind, value) in &self.attributes {
            octets.extend([*kind, u8::try_from(value.len() + 2).unwrap_or(u8::MAX)]);
            octets.extend(value);
        }
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        put(&mut octets, 2, &length);
        octets
    }

    /// The octets with a Message-Authenticator, where there is one, that is right.
    fn proved(&mut self, secret: &[u8]) -> Vec<u8> {
        for (kind, value) in &mut self.attributes {
            if *kind == attribute::MESSAGE_AUTHENTICATOR {
                *value = vec![0; 16];
            }
        }
        let mut octets = self.octets();
        let proof = hmac_md5(secret, &[&octets]);
        let mut at = 20;
        for (kind, value) in &self.attributes {
            if *kind == attribute::MESSAGE_AUTHENTICATOR {
                put(&mut octets, at + 2, &proof);
            }
            at += value.len() + 2;
        }
        octets
    }

    /// A request, signed again.
    pub(super) fn request(mut self, secret: &[u8]) -> Vec<u8> {
        self.proved(secret)
    }

    /// An answer, signed again.
    pub(super) fn answer(mut self, secret: &[u8], asked: [u8; 16]) -> Vec<u8> {
        self.authenticator = asked;
        let mut octets = self.proved(secret);
        let proof = md5(&[&octets, secret]);
        put(&mut octets, 4, &proof);
        octets
    }
}

/// A PANA message.
#[derive(Clone, Debug)]
pub(super) struct Pana {
    pub(super) header: [u8; 16],
    /// Code, flags, vendor (in the value's place where V is set) and value of each AVP.
    pub(super) avps: Vec<(u16, bool, Vec<u8>)>,
}

impl Pana {
    /// Changes a message in its place; `false` when it is lost.
    pub(super) fn alter(octets: &mut Vec<u8>, change: impl FnOnce(&mut Pana) -> bool) -> bool {
        let Some(mut message) = Pana::read(octets) else { return true };
        let before = message.octets();
        let passes = change(&mut message);
        let after = message.octets();
        if before != after {
            *octets = after;
        }
        passes
    }

    pub(super) fn read(octets: &[u8]) -> Option<Pana> {
        let mut avps = Vec::new();
        let mut rest = octets.get(16..)?;
        while let [code, low, flags, _, high, length, _, _, ..] = *rest {
            let vendor = flags & 0x80 != 0;
            let length =
                usize::from(u16::from_be_bytes([high, length])) + if vendor { 4 } else { 0 };
            avps.push((u16::from_be_bytes([code, low]), vendor, rest.get(8..8 + length)?.to_vec()));
            rest = rest.get((8 + length).next_multiple_of(4)..).unwrap_or_default();
        }
        Some(Pana { header: octets.get(..16)?.try_into().ok()?, avps })
    }

    pub(super) const fn flags(&self) -> u16 {
        let [_, _, _, _, high, low, ..] = self.header;
        u16::from_be_bytes([high, low])
    }

    pub(super) fn set_flags(&mut self, flags: u16) {
        put(&mut self.header, 4, &flags.to_be_bytes());
    }

    pub(super) const fn kind(&self) -> u16 {
        let [_, _, _, _, _, _, high, low, ..] = self.header;
        u16::from_be_bytes([high, low])
    }

    pub(super) fn set_number(&mut self, number: u32) {
        put(&mut self.header, 12, &number.to_be_bytes());
    }

    /// The value of an AVP that is nobody's own.
    pub(super) fn value(&mut self, code: u16) -> Option<&mut Vec<u8>> {
        self.avps
            .iter_mut()
            .find(|(own, vendor, _)| *own == code && !vendor)
            .map(|(.., value)| value)
    }

    /// The value of a vendor's AVP, behind the vendor.
    pub(super) fn vendor_value(&mut self, code: u16) -> Option<&mut [u8]> {
        let found = self.avps.iter_mut().find(|(own, vendor, _)| *own == code && *vendor);
        found.and_then(|(.., value)| value.get_mut(4..))
    }

    pub(super) fn remove(&mut self, code: u16, of_vendor: bool) {
        self.avps.retain(|(own, vendor, _)| *own != code || *vendor != of_vendor);
    }

    pub(super) fn octets(&self) -> Vec<u8> {
        let mut octets = self.header.to_vec();
        for (code, vendor, value) in &self.avps {
            octets.extend(code.to_be_bytes());
            octets.extend(if *vendor { [0x80, 0] } else { [0, 0] });
            let length = value.len() - if *vendor { 4 } else { 0 };
            octets.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
            octets.extend([0, 0]);
            octets.extend(value);
            octets.resize(octets.len().next_multiple_of(4), 0);
        }
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        put(&mut octets, 2, &length);
        octets
    }
}

/// Puts octets in the place of others.
pub(super) fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = octets.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}
