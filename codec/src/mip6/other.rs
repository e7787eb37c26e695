//! The messages of other uses: fast handovers, heartbeats, revocation and localized routing. No
//! node of the bootstrap sends or answers them, so they are read only when they are asked for.
//!
//! ```
//! use dsboot_codec::mip6::{Header, OtherMessage};
//!
//! // A heartbeat that asks for another one.
//! let octets = [59, 1, 13, 0, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 0, 0];
//! let message = Header::decode_unverified(&octets)?.message()?;
//! let Some(OtherMessage::Heartbeat(heartbeat)) = message.other()? else { unreachable!() };
//! assert_eq!((heartbeat.sequence, heartbeat.flags), (7, 0));
//! # Ok::<(), dsboot_codec::Error>(())
//! ```

use alloc::vec::Vec;

use cookie_factory::bytes::{be_u8, be_u16, be_u32};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip6::{HEADER_LENGTH, message};
use nom::bytes::complete::take;
use nom::{IResult, Parser};

use super::discovery::Ipv6Addresses;
use super::message::{Message, fixed};
use super::options::Options;
use super::reading::FastAuthorizationLength;
use super::value::{Lifetime, Sequence, UpdateFlags};
use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u32 as double};
use crate::wire::{NomError, Out, Written, serialize};
use crate::{Error, ErrorKind};

/// A message of another use than the bootstrap's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtherMessage<'a> {
    /// FBU, type 8 (RFC 5568 §6.2.2).
    FastBindingUpdate(FastBindingUpdate<'a>),
    /// FBack, type 9 (RFC 5568 §6.2.3).
    FastBindingAcknowledgement(FastBindingAcknowledgement<'a>),
    /// FNA, type 10 (RFC 4068 §6.3.3).
    FastNeighbourAdvertisement(FastNeighbourAdvertisement<'a>),
    /// Type 11: an experiment's, octet for octet (RFC 5096 §3).
    Experimental(&'a [u8]),
    /// Type 12: other home agents to go to (RFC 5142 §4).
    HomeAgentSwitch(HomeAgentSwitch<'a>),
    /// Type 13 (RFC 5847 §3.3).
    Heartbeat(Heartbeat<'a>),
    /// HI, type 14 (RFC 5568 §6.2.1.1, RFC 5949 §6.1.1).
    HandoverInitiate(Handover<'a>),
    /// HAck, type 15 (RFC 5568 §6.2.1.2, RFC 5949 §6.1.2).
    HandoverAcknowledge(Handover<'a>),
    /// Type 16 (RFC 5846 §5).
    BindingRevocation(BindingRevocation<'a>),
    /// LRI, type 17 (RFC 6705 §10.1).
    LocalizedRoutingInitiation(LocalizedRoutingInitiation<'a>),
    /// LRA, type 18 (RFC 6705 §10.2).
    LocalizedRoutingAcknowledgement(LocalizedRoutingAcknowledgement<'a>),
}

impl<'a> OtherMessage<'a> {
    /// The message of type `kind` whose octets behind the checksum are `data`; `None` if the type
    /// is none of these.
    ///
    /// # Errors
    /// When the header is shorter than its message, or an option is not whole or misplaced. The
    /// offset counts from the start of the mobility header.
    pub fn decode(kind: u8, data: &'a [u8]) -> Result<Option<OtherMessage<'a>>, Error> {
        //= wire.8.15
        Ok(Some(match kind {
            message::FAST_BINDING_UPDATE => {
                OtherMessage::FastBindingUpdate(FastBindingUpdate::decode(data)?)
            }
            message::FAST_BINDING_ACKNOWLEDGEMENT => {
                OtherMessage::FastBindingAcknowledgement(FastBindingAcknowledgement::decode(data)?)
            }
            message::FAST_NEIGHBOUR_ADVERTISEMENT => {
                OtherMessage::FastNeighbourAdvertisement(FastNeighbourAdvertisement::decode(data)?)
            }
            message::EXPERIMENTAL => OtherMessage::Experimental(data),
            message::HOME_AGENT_SWITCH => {
                OtherMessage::HomeAgentSwitch(HomeAgentSwitch::decode(data)?)
            }
            message::HEARTBEAT => OtherMessage::Heartbeat(Heartbeat::decode(data)?),
            message::HANDOVER_INITIATE => OtherMessage::HandoverInitiate(Handover::decode(data)?),
            message::HANDOVER_ACKNOWLEDGE => {
                OtherMessage::HandoverAcknowledge(Handover::decode(data)?)
            }
            message::BINDING_REVOCATION => {
                OtherMessage::BindingRevocation(BindingRevocation::decode(data)?)
            }
            message::LOCALIZED_ROUTING_INITIATION => {
                OtherMessage::LocalizedRoutingInitiation(LocalizedRoutingInitiation::decode(data)?)
            }
            message::LOCALIZED_ROUTING_ACKNOWLEDGMENT => {
                let message = LocalizedRoutingAcknowledgement::decode(data)?;
                OtherMessage::LocalizedRoutingAcknowledgement(message)
            }
            _ => return Ok(None),
        }))
    }

    /// The MH Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            OtherMessage::FastBindingUpdate(_) => message::FAST_BINDING_UPDATE,
            OtherMessage::FastBindingAcknowledgement(_) => message::FAST_BINDING_ACKNOWLEDGEMENT,
            OtherMessage::FastNeighbourAdvertisement(_) => message::FAST_NEIGHBOUR_ADVERTISEMENT,
            OtherMessage::Experimental(_) => message::EXPERIMENTAL,
            OtherMessage::HomeAgentSwitch(_) => message::HOME_AGENT_SWITCH,
            OtherMessage::Heartbeat(_) => message::HEARTBEAT,
            OtherMessage::HandoverInitiate(_) => message::HANDOVER_INITIATE,
            OtherMessage::HandoverAcknowledge(_) => message::HANDOVER_ACKNOWLEDGE,
            OtherMessage::BindingRevocation(_) => message::BINDING_REVOCATION,
            OtherMessage::LocalizedRoutingInitiation(_) => message::LOCALIZED_ROUTING_INITIATION,
            OtherMessage::LocalizedRoutingAcknowledgement(_) => {
                message::LOCALIZED_ROUTING_ACKNOWLEDGMENT
            }
        }
    }

    /// The options; none of an experiment.
    #[must_use]
    pub const fn options(&self) -> Options<'a> {
        match self {
            OtherMessage::FastBindingUpdate(message) => message.options,
            OtherMessage::FastBindingAcknowledgement(message) => message.options,
            OtherMessage::FastNeighbourAdvertisement(message) => message.options,
            OtherMessage::Experimental(_) => Options::NONE,
            OtherMessage::HomeAgentSwitch(message) => message.options,
            OtherMessage::Heartbeat(message) => message.options,
            OtherMessage::HandoverInitiate(message)
            | OtherMessage::HandoverAcknowledge(message) => message.options,
            OtherMessage::BindingRevocation(message) => message.options,
            OtherMessage::LocalizedRoutingInitiation(message) => message.options,
            OtherMessage::LocalizedRoutingAcknowledgement(message) => message.options,
        }
    }

    /// What stands behind the checksum: as the data of [`Message::Other`] it goes into a header.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serialize(|out| {
            let out = match self {
                OtherMessage::FastBindingUpdate(message) => message.write(out),
                OtherMessage::FastBindingAcknowledgement(message) => message.write(out),
                OtherMessage::FastNeighbourAdvertisement(message) => message.write(out),
                OtherMessage::Experimental(data) => slice(*data)(out),
                OtherMessage::HomeAgentSwitch(message) => message.write(out),
                OtherMessage::Heartbeat(message) => message.write(out),
                OtherMessage::HandoverInitiate(message)
                | OtherMessage::HandoverAcknowledge(message) => message.write(out),
                OtherMessage::BindingRevocation(message) => message.write(out),
                OtherMessage::LocalizedRoutingInitiation(message) => message.write(out),
                OtherMessage::LocalizedRoutingAcknowledgement(message) => message.write(out),
            }?;
            slice(self.options().octets())(out)
        })
    }
}

impl<'a> Message<'a> {
    /// What a message of another use says; `None` if it is the bootstrap's or not known at all.
    ///
    /// # Errors
    /// As [`OtherMessage::decode`].
    pub fn other(&self) -> Result<Option<OtherMessage<'a>>, Error> {
        match *self {
            Message::Other { kind, data } => OtherMessage::decode(kind, data),
            _ => Ok(None),
        }
    }
}

/// Declares a message: its fields, each with how it is parsed and written, and options.
macro_rules! message {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $ty:ty = $parse:expr, $write:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a> {
            $($(#[$field_doc])* pub $field: $ty,)*
            /// The options.
            pub options: Options<'a>,
        }

        impl<'a> $name<'a> {
            fn decode(data: &'a [u8]) -> Result<$name<'a>, Error> {
                let lengths = FastAuthorizationLength::WholeData;
                let (options, ($($field,)*)) = fixed(($($parse,)*), data, lengths)?;
                Ok($name { $($field,)* options })
            }

            fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
                $(let out = $write(self.$field)(out)?;)*
                Ok(out)
            }
        }
    };
}

message! {
    /// Asks the previous access router to send packets on (RFC 5568 §6.2.2).
    FastBindingUpdate {
        /// Its number.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// A, H, L and K; bits without a meaning are kept.
        flags: UpdateFlags = word.map(UpdateFlags), |value: UpdateFlags| be_u16(value.0);
        /// For how long.
        lifetime: Lifetime = lifetime, |value: Lifetime| be_u16(value.units());
    }
}

message! {
    /// Answers it (RFC 5568 §6.2.3).
    FastBindingAcknowledgement {
        /// Below 128 it accepts.
        status: u8 = octet, be_u8;
        /// K in the highest bit; bits without a meaning are kept.
        flags: u8 = octet, be_u8;
        /// The update's number.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// For how long.
        lifetime: Lifetime = lifetime, |value: Lifetime| be_u16(value.units());
    }
}

message! {
    /// Says that the mobile node has come (RFC 4068 §6.3.3).
    FastNeighbourAdvertisement {
        /// Sent as zero, and ignored.
        reserved: u16 = word, be_u16;
    }
}

message! {
    /// Asks whether the other side is alive, or answers (RFC 5847 §3.3).
    Heartbeat {
        /// U (2, unsolicited) and R (1, an answer); bits without a meaning are kept.
        flags: u16 = word, be_u16;
        /// Its number.
        sequence: u32 = double, be_u32;
    }
}

message! {
    /// Prepares a handover, or answers that (RFC 5568 §6.2.1, RFC 5949 §6.1).
    Handover {
        /// Its number.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// Of an initiation S, U, P and F, of an answer U, P and F, from the highest bit down; bits
        /// without a meaning are kept.
        flags: u8 = octet, be_u8;
        /// What is wanted, or what became of it.
        code: u8 = octet, be_u8;
    }
}

message! {
    /// Ends bindings, or answers that (RFC 5846 §5).
    BindingRevocation {
        /// 1 for an indication, 2 for an acknowledgement.
        kind: u8 = octet, be_u8;
        /// Why, or what became of it.
        status: u8 = octet, be_u8;
        /// The number of the indication.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// P, V and G from the highest bit down; bits without a meaning are kept.
        flags: u16 = word, be_u16;
    }
}

message! {
    /// Begins to route between two mobile nodes of one anchor (RFC 6705 §10.1).
    LocalizedRoutingInitiation {
        /// Its number.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// Sent as zero, and ignored.
        reserved: u16 = word, be_u16;
        /// For how many seconds; 0 ends it, all ones are without end.
        lifetime: u16 = word, be_u16;
    }
}

message! {
    /// Answers it (RFC 6705 §10.2).
    LocalizedRoutingAcknowledgement {
        /// The initiation's number.
        sequence: Sequence = sequence, |value: Sequence| be_u16(value.0);
        /// U in the highest bit; bits without a meaning are kept.
        flags: u8 = octet, be_u8;
        /// Below 128 it accepts.
        status: u8 = octet, be_u8;
        /// For how many seconds.
        lifetime: u16 = word, be_u16;
    }
}

/// Other home agents to go to (RFC 5142 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HomeAgentSwitch<'a> {
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// The home agents, at most 255; none to look for one.
    pub addresses: Ipv6Addresses<'a>,
    /// The options.
    pub options: Options<'a>,
}

impl<'a> HomeAgentSwitch<'a> {
    fn decode(data: &'a [u8]) -> Result<HomeAgentSwitch<'a>, Error> {
        let (options, (reserved, addresses)) =
            fixed(addresses, data, FastAuthorizationLength::WholeData)?;
        let addresses = Ipv6Addresses::new(addresses).ok_or(Error::new(
            ErrorKind::BadLength,
            HEADER_LENGTH,
            "wire.8.15",
        ))?;
        Ok(HomeAgentSwitch { reserved, addresses, options })
    }

    fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        let octets = self.addresses.octets();
        // More than can be counted are not written.
        let count = u8::try_from(octets.len() / ADDRESS).unwrap_or(u8::MAX);
        let counted = octets.get(..usize::from(count) * ADDRESS).unwrap_or(octets);
        slice(counted)(slice([count, self.reserved])(out)?)
    }
}

/// Octets of an IPv6 address.
const ADDRESS: usize = 16;

/// A number of addresses, a reserved octet and the addresses.
fn addresses(input: &[u8]) -> IResult<&[u8], (u8, &[u8]), NomError<'_>> {
    let (input, (count, reserved)) = (octet, octet).parse(input)?;
    let (input, addresses) = take(usize::from(count) * ADDRESS)(input)?;
    Ok((input, (reserved, addresses)))
}

fn sequence(input: &[u8]) -> IResult<&[u8], Sequence, NomError<'_>> {
    word.map(Sequence).parse(input)
}

fn lifetime(input: &[u8]) -> IResult<&[u8], Lifetime, NomError<'_>> {
    word.map(Lifetime::from_units).parse(input)
}
