use core::net::Ipv6Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u64 as quad, be_u128};
use cookie_factory::bytes::{be_u16, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip6::{FIRST_REJECTING_STATUS, HEADER_LENGTH, message, status};
use nom::Parser;

use super::options::Options;
use super::reading::{FastAuthorizationLength, Reading, Status144};
use super::value::{AcknowledgementFlags, Lifetime, Sequence, UpdateFlags};
use crate::wire::{NomError, Out, Written};
use crate::{Error, ErrorKind};

/// What a mobility header says (RFC 6275 §6.1.2 to §6.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message<'a> {
    /// BRR, type 0.
    BindingRefreshRequest(BindingRefreshRequest<'a>),
    /// HoTI, type 1.
    HomeTestInit(TestInit<'a>),
    /// CoTI, type 2.
    CareOfTestInit(TestInit<'a>),
    /// HoT, type 3.
    HomeTest(Test<'a>),
    /// CoT, type 4.
    CareOfTest(Test<'a>),
    /// BU, type 5.
    BindingUpdate(BindingUpdate<'a>),
    /// BA, type 6.
    BindingAcknowledgement(BindingAcknowledgement<'a>),
    /// BE, type 7.
    BindingError(BindingError<'a>),
    /// A message of another use, or one that is not known here, octet for octet; to be answered by
    /// a binding error of status 2. [`Message::other`] reads the former.
    Other {
        /// MH Type.
        kind: u8,
        /// What follows the checksum.
        data: &'a [u8],
    },
}

/// Asks a mobile node for a binding update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingRefreshRequest<'a> {
    /// Sent as zero, and ignored.
    pub reserved: u16,
    /// The options.
    pub options: Options<'a>,
}

/// Begins a test of the home or care-of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TestInit<'a> {
    /// Sent as zero, and ignored.
    pub reserved: u16,
    /// What the test has to repeat.
    pub cookie: u64,
    /// The options.
    pub options: Options<'a>,
}

/// Answers such a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Test<'a> {
    /// Which nonce the token was made with.
    pub nonce_index: u16,
    /// The cookie of the beginning.
    pub cookie: u64,
    /// Keygen token.
    pub token: u64,
    /// The options.
    pub options: Options<'a>,
}

/// Tells of a care-of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingUpdate<'a> {
    /// Its number.
    pub sequence: Sequence,
    /// What is asked for.
    pub flags: UpdateFlags,
    /// For how long; zero deletes the binding.
    pub lifetime: Lifetime,
    /// The options.
    pub options: Options<'a>,
}

impl BindingUpdate<'static> {
    /// An update without options yet.
    #[must_use]
    pub const fn new(sequence: Sequence, flags: UpdateFlags, lifetime: Lifetime) -> Self {
        BindingUpdate { sequence, flags, lifetime, options: Options::NONE }
    }
}

/// Answers a binding update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingAcknowledgement<'a> {
    /// A [`status`](dsboot_spec::registry::mip6::status).
    pub status: u8,
    /// Flags.
    pub flags: AcknowledgementFlags,
    /// The update's number; with status 135 the last one accepted.
    pub sequence: Sequence,
    /// For how long; without meaning when the update was refused.
    pub lifetime: Lifetime,
    /// The options.
    pub options: Options<'a>,
}

impl BindingAcknowledgement<'static> {
    /// An acknowledgement without flags, and without options yet.
    #[must_use]
    pub const fn new(status: u8, sequence: Sequence, lifetime: Lifetime) -> Self {
        let flags = AcknowledgementFlags(0);
        BindingAcknowledgement { status, flags, sequence, lifetime, options: Options::NONE }
    }
}

impl BindingAcknowledgement<'_> {
    /// Whether the update was accepted.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        //= wire.8.9
        self.status < FIRST_REJECTING_STATUS
    }

    /// What status 144 says by this reading, if that is the status.
    #[must_use]
    pub const fn status_144_by(&self, reading: &Reading) -> Option<Status144> {
        //= wire.12.20
        match self.status {
            status::MIPV6_ID_MISMATCH => Some(reading.status_144),
            _ => None,
        }
    }
}

/// Complains of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingError<'a> {
    /// An [`error_status`](dsboot_spec::registry::mip6::error_status).
    pub status: u8,
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// The home address of the packet, or the unspecified address.
    pub home_address: Ipv6Addr,
    /// The options.
    pub options: Options<'a>,
}

impl BindingError<'static> {
    /// A complaint without options.
    #[must_use]
    pub const fn new(status: u8, home_address: Ipv6Addr) -> Self {
        BindingError { status, reserved: 0, home_address, options: Options::NONE }
    }
}

impl<'a> Message<'a> {
    /// The message of type `kind` whose octets behind the checksum are `data`.
    pub(super) fn decode(
        kind: u8,
        data: &'a [u8],
        lengths: FastAuthorizationLength,
    ) -> Result<Message<'a>, Error> {
        Ok(match kind {
            //= wire.8.7
            message::BINDING_REFRESH_REQUEST => {
                let (options, reserved) = fixed(word, data, lengths)?;
                Message::BindingRefreshRequest(BindingRefreshRequest { reserved, options })
            }
            message::HOME_TEST_INIT => Message::HomeTestInit(test_init(data, lengths)?),
            message::CARE_OF_TEST_INIT => Message::CareOfTestInit(test_init(data, lengths)?),
            message::HOME_TEST => Message::HomeTest(test(data, lengths)?),
            message::CARE_OF_TEST => Message::CareOfTest(test(data, lengths)?),
            //= wire.8.8
            message::BINDING_UPDATE => {
                let (options, (sequence, flags, lifetime)) =
                    fixed((word, word, word), data, lengths)?;
                Message::BindingUpdate(BindingUpdate {
                    sequence: Sequence(sequence),
                    flags: UpdateFlags(flags),
                    lifetime: Lifetime::from_units(lifetime),
                    options,
                })
            }
            //= wire.8.9
            message::BINDING_ACKNOWLEDGEMENT => acknowledgement(data, lengths)?,
            //= wire.8.10
            message::BINDING_ERROR => {
                let (options, (status, reserved, address)) =
                    fixed((octet, octet, be_u128), data, lengths)?;
                let home_address = Ipv6Addr::from(address);
                Message::BindingError(BindingError { status, reserved, home_address, options })
            }
            //= wire.8.6
            _ => Message::Other { kind, data },
        })
    }

    /// The MH Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Message::BindingRefreshRequest(_) => message::BINDING_REFRESH_REQUEST,
            Message::HomeTestInit(_) => message::HOME_TEST_INIT,
            Message::CareOfTestInit(_) => message::CARE_OF_TEST_INIT,
            Message::HomeTest(_) => message::HOME_TEST,
            Message::CareOfTest(_) => message::CARE_OF_TEST,
            Message::BindingUpdate(_) => message::BINDING_UPDATE,
            Message::BindingAcknowledgement(_) => message::BINDING_ACKNOWLEDGEMENT,
            Message::BindingError(_) => message::BINDING_ERROR,
            Message::Other { kind, .. } => *kind,
        }
    }

    /// The options; none in a message that is not known here.
    #[must_use]
    pub const fn options(&self) -> Options<'a> {
        match self {
            Message::BindingRefreshRequest(message) => message.options,
            Message::HomeTestInit(message) | Message::CareOfTestInit(message) => message.options,
            Message::HomeTest(message) | Message::CareOfTest(message) => message.options,
            Message::BindingUpdate(message) => message.options,
            Message::BindingAcknowledgement(message) => message.options,
            Message::BindingError(message) => message.options,
            Message::Other { .. } => Options::NONE,
        }
    }

    /// Writes what stands behind the checksum and before the options.
    pub(super) fn fixed_part<'o>(&self, out: Out<'o>) -> Written<'o> {
        match self {
            Message::BindingRefreshRequest(request) => be_u16(request.reserved)(out),
            Message::HomeTestInit(init) | Message::CareOfTestInit(init) => {
                be_u64(init.cookie)(be_u16(init.reserved)(out)?)
            }
            Message::HomeTest(test) | Message::CareOfTest(test) => {
                be_u64(test.token)(be_u64(test.cookie)(be_u16(test.nonce_index)(out)?)?)
            }
            Message::BindingUpdate(update) => {
                let out = be_u16(update.flags.0)(be_u16(update.sequence.0)(out)?)?;
                be_u16(update.lifetime.units())(out)
            }
            Message::BindingAcknowledgement(answer) => {
                let out = slice([answer.status, answer.flags.0])(out)?;
                be_u16(answer.lifetime.units())(be_u16(answer.sequence.0)(out)?)
            }
            Message::BindingError(error) => {
                let out = slice([error.status, error.reserved])(out)?;
                slice(error.home_address.octets())(out)
            }
            Message::Other { data, .. } => slice(*data)(out),
        }
    }
}

impl<'a> From<BindingUpdate<'a>> for Message<'a> {
    fn from(message: BindingUpdate<'a>) -> Message<'a> {
        Message::BindingUpdate(message)
    }
}

impl<'a> From<BindingAcknowledgement<'a>> for Message<'a> {
    fn from(message: BindingAcknowledgement<'a>) -> Message<'a> {
        Message::BindingAcknowledgement(message)
    }
}

impl<'a> From<BindingError<'a>> for Message<'a> {
    fn from(message: BindingError<'a>) -> Message<'a> {
        Message::BindingError(message)
    }
}

/// The fixed part of a message, and the options behind it.
pub(super) fn fixed<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    data: &'a [u8],
    lengths: FastAuthorizationLength,
) -> Result<(Options<'a>, T), Error> {
    //= wire.8.5
    let too_short = Error::new(ErrorKind::BadLength, 1, "wire.8.5");
    let (options, value) = parser.parse(data).map_err(|_| too_short)?;
    let offset = HEADER_LENGTH + data.len() - options.len();
    Ok((Options::decode_by(options, offset, lengths)?, value))
}

fn test_init(data: &[u8], lengths: FastAuthorizationLength) -> Result<TestInit<'_>, Error> {
    let (options, (reserved, cookie)) = fixed((word, quad), data, lengths)?;
    Ok(TestInit { reserved, cookie, options })
}

fn test(data: &[u8], lengths: FastAuthorizationLength) -> Result<Test<'_>, Error> {
    let (options, (nonce_index, cookie, token)) = fixed((word, quad, quad), data, lengths)?;
    Ok(Test { nonce_index, cookie, token, options })
}

fn acknowledgement(data: &[u8], lengths: FastAuthorizationLength) -> Result<Message<'_>, Error> {
    let (options, (status, flags, sequence, lifetime)) =
        fixed((octet, octet, word, word), data, lengths)?;
    //= wire.9.15
    if let Some(option) = options.mn_aaa() {
        return Err(Error::new(ErrorKind::Misplaced, option.offset, "wire.9.15"));
    }
    Ok(Message::BindingAcknowledgement(BindingAcknowledgement {
        status,
        flags: AcknowledgementFlags(flags),
        sequence: Sequence(sequence),
        lifetime: Lifetime::from_units(lifetime),
        options,
    }))
}
