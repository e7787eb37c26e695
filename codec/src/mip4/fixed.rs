//! The fixed parts of the messages that the bootstrap does not use, and all of them together.

use core::net::Ipv4Addr;

use crate::wire::number::{be_u16 as short, be_u32 as long, be_u64 as quad, u8 as octet};
use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::mip4::{message, notification_flag, revocation_flag};
use nom::{IResult, Parser};

use super::header::{Identification, ReplyHeader, RequestHeader, ipv4};
use crate::wire::{Out, Written};

/// The fixed part of a message that has extensions behind it: what its type lays out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum FixedPart {
    /// Type 1 (RFC 3344 §3.3).
    Request(RequestHeader),
    /// Type 3 (RFC 3344 §3.4).
    Reply(ReplyHeader),
    /// Type 7 (RFC 3543 §3.3).
    Revocation(RevocationHeader),
    /// Type 15 (RFC 3543 §3.4).
    RevocationAcknowledgement(RevocationAcknowledgementHeader),
    /// Type 16 (RFC 4881 §4.5).
    HandoffRequest(HandoffRequestHeader),
    /// Type 17 (RFC 4881 §4.6).
    HandoffReply(HandoffReplyHeader),
    /// Type 18: home agent is the gateway foreign agent (RFC 4857 §10.1).
    RegionalRequest(RequestHeader),
    /// Type 19: home agent is the gateway foreign agent (RFC 4857 §10.2).
    RegionalReply(ReplyHeader),
    /// Type 20 (RFC 4988 §5.1).
    FastBindingUpdate(RequestHeader),
    /// Type 21 (RFC 4988 §5.2).
    FastBindingAcknowledgement(ReplyHeader),
    /// Type 22 (RFC 6098 §4.1).
    Notification(NotificationHeader),
    /// Type 23 (RFC 6098 §4.2).
    NotificationAcknowledgement(NotificationAcknowledgementHeader),
    /// Type 24 (RFC 6521 §5.6).
    HomeTestInit(TestInitHeader),
    /// Type 25 (RFC 6521 §5.7).
    CareOfTestInit(TestInitHeader),
    /// Type 26 (RFC 6521 §5.8).
    HomeTest(TestHeader),
    /// Type 27 (RFC 6521 §5.9).
    CareOfTest(TestHeader),
}

/// What lays out the message of one type.
type FixedPartParser = fn(&[u8]) -> IResult<&[u8], FixedPart>;

impl FixedPart {
    /// The message's type, see `registry::mip4::message`.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            FixedPart::Request(_) => message::REGISTRATION_REQUEST,
            FixedPart::Reply(_) => message::REGISTRATION_REPLY,
            FixedPart::Revocation(_) => message::REVOCATION,
            FixedPart::RevocationAcknowledgement(_) => message::REVOCATION_ACKNOWLEDGMENT,
            FixedPart::HandoffRequest(_) => message::HANDOFF_REQUEST,
            FixedPart::HandoffReply(_) => message::HANDOFF_REPLY,
            FixedPart::RegionalRequest(_) => message::REGIONAL_REQUEST,
            FixedPart::RegionalReply(_) => message::REGIONAL_REPLY,
            FixedPart::FastBindingUpdate(_) => message::FAST_BINDING_UPDATE,
            FixedPart::FastBindingAcknowledgement(_) => message::FAST_BINDING_ACKNOWLEDGMENT,
            FixedPart::Notification(_) => message::GENERIC_NOTIFICATION,
            FixedPart::NotificationAcknowledgement(_) => {
                message::GENERIC_NOTIFICATION_ACKNOWLEDGMENT
            }
            FixedPart::HomeTestInit(_) => message::HOME_TEST_INIT,
            FixedPart::CareOfTestInit(_) => message::CARE_OF_TEST_INIT,
            FixedPart::HomeTest(_) => message::HOME_TEST,
            FixedPart::CareOfTest(_) => message::CARE_OF_TEST,
        }
    }

    /// What lays out the message of this type, for those that are not the bootstrap's.
    pub(super) fn parser(kind: u8) -> Option<FixedPartParser> {
        //= wire.1.22
        Some(match kind {
            message::REVOCATION => |i| RevocationHeader::parse.map(FixedPart::Revocation).parse(i),
            message::REVOCATION_ACKNOWLEDGMENT => |i| {
                let parser = RevocationAcknowledgementHeader::parse;
                parser.map(FixedPart::RevocationAcknowledgement).parse(i)
            },
            message::HANDOFF_REQUEST => {
                |i| HandoffRequestHeader::parse.map(FixedPart::HandoffRequest).parse(i)
            }
            message::HANDOFF_REPLY => {
                |i| HandoffReplyHeader::parse.map(FixedPart::HandoffReply).parse(i)
            }
            message::REGIONAL_REQUEST => {
                |i| RequestHeader::parse.map(FixedPart::RegionalRequest).parse(i)
            }
            message::REGIONAL_REPLY => {
                |i| ReplyHeader::parse.map(FixedPart::RegionalReply).parse(i)
            }
            message::FAST_BINDING_UPDATE => {
                |i| RequestHeader::parse.map(FixedPart::FastBindingUpdate).parse(i)
            }
            message::FAST_BINDING_ACKNOWLEDGMENT => {
                |i| ReplyHeader::parse.map(FixedPart::FastBindingAcknowledgement).parse(i)
            }
            message::GENERIC_NOTIFICATION => {
                |i| NotificationHeader::parse.map(FixedPart::Notification).parse(i)
            }
            message::GENERIC_NOTIFICATION_ACKNOWLEDGMENT => |i| {
                let parser = NotificationAcknowledgementHeader::parse;
                parser.map(FixedPart::NotificationAcknowledgement).parse(i)
            },
            message::HOME_TEST_INIT => {
                |i| TestInitHeader::parse.map(FixedPart::HomeTestInit).parse(i)
            }
            message::CARE_OF_TEST_INIT => {
                |i| TestInitHeader::parse.map(FixedPart::CareOfTestInit).parse(i)
            }
            message::HOME_TEST => |i| TestHeader::parse.map(FixedPart::HomeTest).parse(i),
            message::CARE_OF_TEST => |i| TestHeader::parse.map(FixedPart::CareOfTest).parse(i),
            _ => return None,
        })
    }

    /// Writes the fixed part, type first.
    pub(super) fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        let kind = self.kind();
        match self {
            FixedPart::Request(header)
            | FixedPart::RegionalRequest(header)
            | FixedPart::FastBindingUpdate(header) => header.write(kind, out),
            FixedPart::Reply(header)
            | FixedPart::RegionalReply(header)
            | FixedPart::FastBindingAcknowledgement(header) => header.write(kind, out),
            FixedPart::Revocation(header) => header.write(kind, out),
            FixedPart::RevocationAcknowledgement(header) => header.write(kind, out),
            FixedPart::HandoffRequest(header) => header.write(kind, out),
            FixedPart::HandoffReply(header) => header.write(kind, out),
            FixedPart::Notification(header) => header.write(kind, out),
            FixedPart::NotificationAcknowledgement(header) => header.write(kind, out),
            FixedPart::HomeTestInit(header) | FixedPart::CareOfTestInit(header) => {
                header.write(kind, out)
            }
            FixedPart::HomeTest(header) | FixedPart::CareOfTest(header) => header.write(kind, out),
        }
    }
}

/// Declares the fixed part of a message: its fields behind the type, each with how it is parsed
/// and written.
macro_rules! header {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $ty:ty = $parse:expr, $write:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl $name {
            fn parse(input: &[u8]) -> IResult<&[u8], $name> {
                (octet, $($parse,)*).map(|(_, $($field,)*)| $name { $($field,)* }).parse(input)
            }

            fn write<'o>(&self, kind: u8, out: Out<'o>) -> Written<'o> {
                tuple((be_u8(kind), $($write(self.$field),)*))(out)
            }
        }
    };
}

header! {
    /// The fixed part of a Registration Revocation, without its type (RFC 3543 §3.3).
    RevocationHeader {
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// A and I: bits of `registry::mip4::revocation_flag`; reserved ones are kept.
        flags: u16 = short, be_u16;
        /// The mobile node whose registration ends.
        home_address: Ipv4Addr = ipv4, address;
        /// The home agent.
        home_domain_address: Ipv4Addr = ipv4, address;
        /// The foreign agent, or the co-located care-of address.
        foreign_domain_address: Ipv4Addr = ipv4, address;
        /// The sender's clock: protects against replay.
        identifier: u32 = long, be_u32;
    }
}

impl RevocationHeader {
    /// A: whether the sender serves the binding as home agent.
    #[must_use]
    pub const fn is_from_home_agent(&self) -> bool {
        self.flags & revocation_flag::AGENT != 0
    }

    /// I: whether the mobile node is to be informed.
    #[must_use]
    pub const fn informs(&self) -> bool {
        self.flags & revocation_flag::INFORM_REVOCATION != 0
    }
}

header! {
    /// The fixed part of a Registration Revocation Acknowledgment, without its type (RFC 3543
    /// §3.4).
    RevocationAcknowledgementHeader {
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// I, in the place of the revocation's A; reserved bits are kept.
        flags: u16 = short, be_u16;
        /// The mobile node whose registration ended.
        home_address: Ipv4Addr = ipv4, address;
        /// That of the revocation.
        identifier: u32 = long, be_u32;
    }
}

impl RevocationAcknowledgementHeader {
    /// I: whether the mobile node was, or is to be, informed.
    #[must_use]
    pub const fn informs(&self) -> bool {
        // The bit has the place that A has in the revocation.
        self.flags & revocation_flag::AGENT != 0
    }
}

header! {
    /// The fixed part of a Handoff Request, without its type (RFC 4881 §4.5).
    HandoffRequestHeader {
        /// Bits of `registry::mip4::handoff_flag`; the reserved one is kept.
        flags: u8 = octet, be_u8;
        /// Sent as zero, and ignored.
        reserved: u16 = short, be_u16;
        /// How long the tunnel lasts, in seconds; 0xffff is without end.
        lifetime: u16 = short, be_u16;
        /// Sent as zero, and ignored.
        reserved_2: u16 = short, be_u16;
        /// The mobile node.
        home_address: Ipv4Addr = ipv4, address;
        /// The mobile node's home agent.
        home_agent: Ipv4Addr = ipv4, address;
        /// Matches request and reply.
        identification: Identification = identification, number;
    }
}

header! {
    /// The fixed part of a Handoff Reply, without its type (RFC 4881 §4.6).
    HandoffReplyHeader {
        /// Bits of `registry::mip4::handoff_flag`; the reserved one is kept.
        flags: u8 = octet, be_u8;
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// 0 for success, 1 for failure.
        code: u8 = octet, be_u8;
        /// How long the tunnel lasts, in seconds; 0xffff is without end.
        lifetime: u16 = short, be_u16;
        /// Sent as zero, and ignored.
        reserved_2: u16 = short, be_u16;
        /// The mobile node.
        home_address: Ipv4Addr = ipv4, address;
        /// The mobile node's home agent.
        home_agent: Ipv4Addr = ipv4, address;
        /// Matches request and reply.
        identification: Identification = identification, number;
    }
}

header! {
    /// The fixed part of a Generic Notification, without its type (RFC 6098 §4.1).
    NotificationHeader {
        /// From whom to whom, see `registry::mip4::notification_direction`.
        direction: u8 = octet, be_u8;
        /// A: bits of `registry::mip4::notification_flag`; reserved ones are kept.
        flags: u16 = short, be_u16;
        /// The mobile node.
        home_address: Ipv4Addr = ipv4, address;
        /// The mobile node's home agent.
        home_agent: Ipv4Addr = ipv4, address;
        /// The mobile node's care-of address.
        care_of_address: Ipv4Addr = ipv4, address;
        /// Matches notification and acknowledgement, and protects against replay.
        identification: Identification = identification, number;
    }
}

impl NotificationHeader {
    /// A: whether an acknowledgement is wanted.
    #[must_use]
    pub const fn wants_acknowledgement(&self) -> bool {
        self.flags & notification_flag::ACKNOWLEDGE != 0
    }
}

header! {
    /// The fixed part of a Generic Notification Acknowledgment, without its type (RFC 6098 §4.2).
    NotificationAcknowledgementHeader {
        /// From whom to whom, see `registry::mip4::notification_direction`.
        direction: u8 = octet, be_u8;
        /// See `registry::mip4::notification_code`.
        code: u8 = octet, be_u8;
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// The mobile node.
        home_address: Ipv4Addr = ipv4, address;
        /// The mobile node's home agent.
        home_agent: Ipv4Addr = ipv4, address;
        /// The mobile node's care-of address.
        care_of_address: Ipv4Addr = ipv4, address;
        /// That of the notification.
        identification: Identification = identification, number;
    }
}

header! {
    /// The fixed part of a Home-Test Init or Care-of-Test Init, without its type (RFC 6521 §5.6,
    /// §5.7).
    TestInitHeader {
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// What the test has to repeat.
        cookie: u64 = quad, be_u64;
    }
}

header! {
    /// The fixed part of a Home Test or Care-of Test, without its type (RFC 6521 §5.8, §5.9).
    TestHeader {
        /// Sent as zero, and ignored.
        reserved: u8 = octet, be_u8;
        /// Which nonce the token was made with.
        nonce_index: u16 = short, be_u16;
        /// The cookie of the beginning.
        cookie: u64 = quad, be_u64;
        /// Keygen token.
        token: u64 = quad, be_u64;
    }
}

fn identification(input: &[u8]) -> IResult<&[u8], Identification> {
    quad.map(Identification).parse(input)
}

fn address<W: cookie_factory::lib::std::io::Write>(
    address: Ipv4Addr,
) -> impl cookie_factory::SerializeFn<W> {
    slice(address.octets())
}

fn number<W: cookie_factory::lib::std::io::Write>(
    identification: Identification,
) -> impl cookie_factory::SerializeFn<W> {
    be_u64(identification.0)
}
