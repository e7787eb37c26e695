//! How to read what the RFCs contradict each other about.

use dsboot_spec::registry::mip4::{
    FIRST_SKIPPABLE, MAX_NAI_LENGTH, extension, generalized_authentication,
};

/// How messages are read: for whom, and which way where the RFCs contradict each other. Each
/// field is named after its contradiction; [`Reading::DEFAULT`] has what this project takes.
///
/// ```
/// use dsboot_codec::mip4::{CvseLength, Message, Reading};
///
/// let mut literal = Reading::DEFAULT;
/// literal.cvse_length = CvseLength::WithReserved;
/// # let octets = [1; 24];
/// # assert!(Message::decode_by(&octets, &literal).is_ok());
/// ```
//= wire.12.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// Who reads: a node that discards what it must understand and does not, or a tool that
    /// shows everything.
    pub reader: Reader,
    /// Reserved bits of a request's flags.
    pub reserved_flags: ReservedFlags,
    /// Type 0 in messages on port 434.
    pub padding: Padding,
    /// Length of the critical vendor extensions (37, 38).
    pub cvse_length: CvseLength,
    /// Extensions 139 and 154, whose numbers promise the simple form and whose RFCs draw the long
    /// one.
    pub long_skippable: LongSkippable,
    /// The longest NAI (131).
    pub nai_length: NaiLength,
    /// Length of the regional replay protection style (141).
    pub replay_style_length: ReplayStyleLength,
    /// How a foreign agent says what it has against a home agent's reply.
    pub denial: Denial,
    /// Whether an MN–AAA authenticator needs a Mobile-Home one before it.
    pub mobile_home: MobileHome,
    /// How many authorization-enabling extensions a request has.
    pub authorizations: Authorizations,
    /// Up to which of them a foreign agent leaves a message as it is.
    pub protected_part: ProtectedPart,
}

impl Reading {
    /// What this project takes, as a node of the bootstrap.
    pub const DEFAULT: Reading = Reading {
        reader: Reader::Node(Understood::BOOTSTRAP),
        reserved_flags: ReservedFlags::Ignored,
        padding: Padding::SingleOctet,
        cvse_length: CvseLength::WithoutReserved,
        long_skippable: LongSkippable::AsDrawn,
        nai_length: NaiLength::Radius,
        replay_style_length: ReplayStyleLength::AsDrawn,
        denial: Denial::FaError,
        mobile_home: MobileHome::IfPresent,
        authorizations: Authorizations::OneOrMore,
        protected_part: ProtectedPart::ThroughLast,
    };

    /// The same as a tool that shows everything.
    pub const TOOL: Reading = Reading { reader: Reader::Tool, ..Reading::DEFAULT };

    /// What RFC 3344 says by itself, taken at its word everywhere.
    pub const RFC_3344: Reading = Reading {
        reserved_flags: ReservedFlags::RefusedX,
        padding: Padding::Unknown,
        cvse_length: CvseLength::WithReserved,
        long_skippable: LongSkippable::ByNumber,
        nai_length: NaiLength::Extension,
        denial: Denial::Rewritten,
        authorizations: Authorizations::ExactlyOne,
        protected_part: ProtectedPart::ThroughMobileHome,
        ..Reading::DEFAULT
    };

    /// What cutting and reading extensions needs of it.
    pub(super) const fn forms(&self) -> Forms {
        let mut bits = 0;
        if matches!(self.padding, Padding::Unknown) {
            bits |= Forms::PADDING_UNKNOWN;
        }
        if matches!(self.cvse_length, CvseLength::WithReserved) {
            bits |= Forms::CVSE_WITH_RESERVED;
        }
        if matches!(self.long_skippable, LongSkippable::ByNumber) {
            bits |= Forms::SKIPPABLE_BY_NUMBER;
        }
        if matches!(self.nai_length, NaiLength::Extension) {
            bits |= Forms::LONG_NAI;
        }
        if matches!(self.replay_style_length, ReplayStyleLength::AsStated) {
            bits |= Forms::STYLE_AS_STATED;
        }
        Forms(bits)
    }
}

impl Default for Reading {
    fn default() -> Reading {
        Reading::DEFAULT
    }
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reader {
    /// A node: extensions up to 127 that it does not understand discard the message.
    Node(Understood),
    /// A tool that shows messages: nothing discards them but what cannot be cut apart.
    Tool,
}

/// Which extensions up to 127 a node understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Understood {
    /// A bit for each type.
    types: u128,
    /// A bit for each sub-type of extension 36.
    generalized: u128,
}

impl Understood {
    /// None at all.
    pub const NOTHING: Understood = Understood { types: 0, generalized: 0 };

    /// What the nodes of the bootstrap understand: 32 to 34, 36 with sub-type 1, 38, 40 to 45,
    /// and padding.
    pub const BOOTSTRAP: Understood = Understood::NOTHING
        .with(extension::PAD)
        .with(extension::MOBILE_HOME_AUTHENTICATION)
        .with(extension::MOBILE_FOREIGN_AUTHENTICATION)
        .with(extension::FOREIGN_HOME_AUTHENTICATION)
        .with_generalized(generalized_authentication::MN_AAA)
        .with(extension::CVSE)
        .with(extension::MN_FA_KEY_REQUEST)
        .with(extension::MN_FA_KEY_REPLY)
        .with(extension::MN_HA_KEY_REQUEST)
        .with(extension::MN_HA_KEY_REPLY)
        .with(extension::UDP_TUNNEL_REPLY)
        .with(extension::FA_ERROR);

    /// Every extension that this crate can read.
    pub const EVERYTHING: Understood = Understood { types: u128::MAX, generalized: u128::MAX };

    /// These and another type.
    #[must_use]
    pub const fn with(self, kind: u8) -> Understood {
        Understood { types: self.types | bit(kind), ..self }
    }

    /// These and extension 36 with another sub-type.
    #[must_use]
    pub const fn with_generalized(self, sub_type: u8) -> Understood {
        let types = self.types | bit(extension::GENERALIZED_AUTHENTICATION);
        Understood { types, generalized: self.generalized | bit(sub_type) }
    }

    /// Whether a type is one of these.
    #[must_use]
    pub const fn contains(&self, kind: u8) -> bool {
        kind >= FIRST_SKIPPABLE || self.types & bit(kind) != 0
    }

    /// Whether a sub-type of extension 36 is one of these.
    #[must_use]
    pub const fn contains_generalized(&self, sub_type: u8) -> bool {
        self.generalized & bit(sub_type) != 0
    }
}

/// The bit of a number; numbers from 128 on have none.
const fn bit(number: u8) -> u128 {
    match 1_u128.checked_shl(number as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

/// RFC 3344 §3.3 says of r and x that they are ignored on receipt, §3.7.2.1 and §3.8.2.3 that a
/// request with reserved bits set is refused (70, 134).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReservedFlags {
    /// Both are ignored.
    #[default]
    Ignored,
    /// A request with x set is not decoded; r, which once meant something, is ignored.
    RefusedX,
}

/// RFC 3344 §1.8 lists type 0 for ICMP only, RFC 5944 §6.3 for registration messages too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Padding {
    /// A single octet without Length.
    #[default]
    SingleOctet,
    /// A type like another, unknown and not to be skipped.
    Unknown,
}

/// RFC 3115 §2.1 has Length exclude "Type and Length", but a Reserved octet stands between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CvseLength {
    /// As in the long form of RFC 3344 §1.10: 6 more than the value's length.
    #[default]
    WithoutReserved,
    /// By the letter: 7 more than the value's length.
    WithReserved,
}

/// RFC 3344 §1.8 has a receiver skip an unknown type from 128 on by the octet after it; RFC 4433
/// §3.4 (139) and RFC 7629 §4 (154) put a sub-type there, and a Length of 16 bits behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LongSkippable {
    /// In the long form where it fits, and in the simple one elsewhere.
    #[default]
    AsDrawn,
    /// In the simple form, as a receiver that does not know them reads them.
    ByNumber,
}

/// RFC 2794 §2 leaves an NAI 255 octets, RADIUS User-Name and RFC 4282 §2.2 253.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NaiLength {
    /// At most 253.
    #[default]
    Radius,
    /// At most 255.
    Extension,
}

impl NaiLength {
    pub(super) const fn most(long: bool) -> usize {
        if long { u8::MAX as usize } else { MAX_NAI_LENGTH }
    }
}

/// RFC 4857 §9.3 draws 10 octets behind Length and says that Length is 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReplayStyleLength {
    /// Length 10: style and identification.
    #[default]
    AsDrawn,
    /// Length 2: the style alone, the identification being left out.
    AsStated,
}

/// RFC 2794 §5 has a foreign agent rewrite the code of a reply that it refuses, though the home
/// agent's authenticator covers it; RFC 4636 and RFC 5944 App. F put the status into extension 45.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Denial {
    /// The status in extension 45 counts.
    #[default]
    FaError,
    /// The reply's code alone counts.
    Rewritten,
}

/// RFC 4721 §6 has extension 32 precede 36 whenever there is 36, RFC 3012 §6 only where mobile
/// node and home agent have a security association: a bootstrapping node has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MobileHome {
    /// 32 precedes 36 if it is there.
    #[default]
    IfPresent,
    /// 36 without 32 before it is misplaced.
    Required,
}

/// RFC 3344 §3.5.2 allows one authorization-enabling extension, RFC 5944 §3.5.2 several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Authorizations {
    /// At least one.
    #[default]
    OneOrMore,
    /// Exactly one.
    ExactlyOne,
}

/// RFC 3344 §3.7.2.2 has a foreign agent strip all that follows extension 32; RFC 4721 §3.2 and
/// RFC 5944 §3.7.2.2 keep what stands before the last authorization-enabling extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProtectedPart {
    /// Through the last of 32 and 36.
    #[default]
    ThroughLast,
    /// Through the first 32, or 36 where there is no 32.
    ThroughMobileHome,
}

/// What cutting and reading extensions needs of a [`Reading`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Forms(u8);

impl Forms {
    const PADDING_UNKNOWN: u8 = 0x01;
    const CVSE_WITH_RESERVED: u8 = 0x02;
    const SKIPPABLE_BY_NUMBER: u8 = 0x04;
    const LONG_NAI: u8 = 0x08;
    const STYLE_AS_STATED: u8 = 0x10;

    pub(super) const DEFAULT: Forms = Reading::DEFAULT.forms();

    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    //= wire.12.13
    pub(super) const fn padding_unknown(self) -> bool {
        self.has(Forms::PADDING_UNKNOWN)
    }

    pub(super) const fn cvse_with_reserved(self) -> bool {
        self.has(Forms::CVSE_WITH_RESERVED)
    }

    pub(super) const fn skippable_by_number(self) -> bool {
        self.has(Forms::SKIPPABLE_BY_NUMBER)
    }

    //= wire.12.12
    pub(super) const fn longest_nai(self) -> usize {
        NaiLength::most(self.has(Forms::LONG_NAI))
    }

    pub(super) const fn style_as_stated(self) -> bool {
        self.has(Forms::STYLE_AS_STATED)
    }
}
