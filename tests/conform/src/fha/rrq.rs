//! Registration requests that cases make up.

use dsboot_codec::mip4::{AuthenticationKind, Builder, Extension, RequestHeader};
use dsboot_spec::registry::mip4::FIRST_FREE_SPI;

use super::peer::Sa;

/// What an authenticator is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tweak {
    /// As it must be.
    Right,
    /// With one bit of this octet changed.
    Flip(usize),
    /// Cut or filled with zeros to this length.
    Length(usize),
    /// Zeros.
    Zero,
}

/// A part of a request behind its fixed part.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Octets as they are.
    Raw(Vec<u8>),
    /// The MN–AAA authentication extension under CHAP_SPI.
    Aaa { key: Vec<u8>, challenge: Vec<u8>, tweak: Tweak },
    /// An authentication extension under an association.
    Auth { kind: AuthenticationKind, sa: Sa, tweak: Tweak },
}

/// A request being made up.
#[derive(Clone, Debug)]
pub(crate) struct Rrq {
    pub(crate) header: RequestHeader,
    pub(crate) parts: Vec<Part>,
}

impl Part {
    /// An extension as it is.
    pub(crate) fn of(extension: Extension<'_>) -> Part {
        Part::Raw(extension.encode().unwrap_or_default())
    }

    /// An extension of the short form with any octets.
    pub(crate) fn short(kind: u8, data: &[u8]) -> Part {
        let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
        Part::Raw([&[kind, length], data].concat())
    }

    pub(crate) fn append(&self, octets: &mut Vec<u8>) -> Option<()> {
        match self {
            Part::Raw(raw) => octets.extend(raw),
            Part::Aaa { key, challenge, tweak } => {
                let whole =
                    Builder::relay(octets).authenticate_chap(key, challenge).finish().ok()?;
                *octets = tweak.apply(whole, octets.len() + 4, octets.len() + 8);
            }
            Part::Auth { kind, sa, tweak } => {
                let before = octets.len();
                let mut whole =
                    match Builder::relay(octets).authenticate(*kind, &sa.context()).finish() {
                        Ok(whole) => whole,
                        // An SPI that no association has, which the codec does not send.
                        Err(_) => {
                            let usable = Sa { spi: FIRST_FREE_SPI, ..sa.clone() };
                            let context = usable.context();
                            Builder::relay(octets).authenticate(*kind, &context).finish().ok()?
                        }
                    };
                if let Some(field) = whole.get_mut(before + 2..before + 6) {
                    field.copy_from_slice(&sa.spi.to_be_bytes());
                }
                let covered = whole.get(..before + 6)?.to_vec();
                let value = sa.algorithm.authenticate(&sa.key, &covered);
                whole.truncate(before + 6);
                whole.extend(value);
                *octets = tweak.apply(whole, before + 1, before + 6);
            }
        }
        Some(())
    }
}

impl Tweak {
    /// Changes the authenticator that begins at `value`; its Length stands (in one octet) at
    /// `length`, if that is before the SPI.
    fn apply(self, mut whole: Vec<u8>, length: usize, value: usize) -> Vec<u8> {
        match self {
            Tweak::Right => {}
            Tweak::Flip(at) => {
                if let Some(octet) = whole.get_mut(value + at) {
                    *octet ^= 0x10;
                }
            }
            Tweak::Zero => whole.iter_mut().skip(value).for_each(|octet| *octet = 0),
            Tweak::Length(long) => {
                whole.resize(value + long, 0);
                // Both forms end their Length right before the SPI.
                let at = if length + 5 == value { length } else { value.saturating_sub(5) };
                if let (Some(octet), Ok(long)) = (whole.get_mut(at), u8::try_from(long + 4)) {
                    *octet = long;
                }
            }
        }
        whole
    }
}

impl Rrq {
    /// The octets.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut octets = Builder::request(&self.header).finish().unwrap_or_default();
        for part in &self.parts {
            // A part that cannot be made is left out, and what misses it fails the case.
            let _ = part.append(&mut octets);
        }
        octets
    }

    /// The place of the first authentication extension.
    pub(crate) fn auth(&self) -> usize {
        let is_auth = |part: &Part| !matches!(part, Part::Raw(_));
        self.parts.iter().position(is_auth).unwrap_or(self.parts.len())
    }

    /// Puts a part right before the authentication.
    pub(crate) fn before_auth(&mut self, part: Part) {
        let at = self.auth();
        self.parts.insert(at, part);
    }

    /// Changes the authentication extension under an association.
    pub(crate) fn tweak(&mut self, change: impl FnOnce(&mut Sa, &mut Tweak)) {
        let auth = self.parts.iter_mut().find_map(|part| match part {
            Part::Auth { sa, tweak, .. } => Some((sa, tweak)),
            _ => None,
        });
        if let Some((sa, tweak)) = auth {
            change(sa, tweak);
        }
    }

    /// Changes the MN–AAA extension.
    pub(crate) fn tweak_aaa(
        &mut self,
        change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>, &mut Tweak),
    ) {
        let auth = self.parts.iter_mut().find_map(|part| match part {
            Part::Aaa { key, challenge, tweak } => Some((key, challenge, tweak)),
            _ => None,
        });
        if let Some((key, challenge, tweak)) = auth {
            change(key, challenge, tweak);
        }
    }

    /// Leaves out extensions of a type.
    pub(crate) fn without(&mut self, kind: u8) {
        self.parts.retain(|part| match part {
            Part::Raw(raw) => raw.first() != Some(&kind),
            Part::Aaa { .. } => kind != 36,
            Part::Auth { .. } => kind != 32,
        });
    }
}
