//! How to read what the RFCs contradict each other about.

/// Which way mobility headers are read where the RFCs contradict each other. Each field is named
/// after its contradiction; [`Reading::DEFAULT`] has what this project takes.
///
/// ```
/// use dsboot_codec::mip6::{PseudoHeader, Reading};
///
/// let mut old = Reading::DEFAULT;
/// old.pseudo_header = PseudoHeader::Rfc3775;
/// assert_ne!(old, Reading::default());
/// ```
//= wire.12.1
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// The Next Header in the pseudo-header of the checksum.
    pub pseudo_header: PseudoHeader,
    /// The checksum field as an MN-AAA authenticator covers it.
    pub mn_aaa_checksum: MnAaaChecksum,
    /// What the length of binding authorization data for FMIPv6 (21) counts.
    pub fast_authorization_length: FastAuthorizationLength,
    /// What status 144 of an acknowledgement says.
    pub status_144: Status144,
}

impl Reading {
    /// What this project takes.
    pub const DEFAULT: Reading = Reading {
        pseudo_header: PseudoHeader::Rfc6275,
        mn_aaa_checksum: MnAaaChecksum::Zero,
        fast_authorization_length: FastAuthorizationLength::WholeData,
        status_144: Status144::IdMismatch,
    };
}

/// RFC 3775 §6.1.1 has a Next Header of 2 in the pseudo-header, RFC 6275 (App. B, issue 5) 135.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PseudoHeader {
    /// 135, the number of the mobility header.
    #[default]
    Rfc6275,
    /// 2.
    Rfc3775,
}

impl PseudoHeader {
    /// The Next Header.
    pub(super) const fn next_header(self) -> u8 {
        //= wire.12.14
        match self {
            PseudoHeader::Rfc6275 => dsboot_spec::registry::ip::next_header::MOBILITY,
            PseudoHeader::Rfc3775 => dsboot_spec::registry::mip6::PSEUDO_HEADER_OF_RFC_3775,
        }
    }
}

/// RFC 4285 §5.1 has the checksum zero in what an MN-HA authenticator covers, and §5.2 says
/// nothing of it for MN-AAA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MnAaaChecksum {
    /// Zero, as for MN-HA.
    #[default]
    Zero,
    /// As it stands in the message.
    AsReceived,
}

/// RFC 6275 §6.2.1 has the length of every option count its data; RFC 5568 §6.4.5 says of option
/// 21 that it is the length of the authenticator, before which it draws an SPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FastAuthorizationLength {
    /// SPI and authenticator.
    #[default]
    WholeData,
    /// The authenticator alone: 4 less than the data has.
    Authenticator,
}

/// RFC 4285 §8 gives status 144 to a timestamp that is not valid; RFC 5555 §4.4.2 has a home agent
/// send it that refuses to force UDP encapsulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status144 {
    /// MIPV6-ID-MISMATCH.
    #[default]
    IdMismatch,
    /// F is refused.
    ForcedUdpRefused,
}
