//! The mobility header.

use dsboot_codec::Error;
use dsboot_codec::mip6::{Header, Message, MobilityOption};
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{
    HEADER_LENGTH, acknowledgement_flag, authentication_subtype, identifier_subtype, message,
    option, spi, status, update_flag,
};

use super::{Page, flags, named, text};

impl<'a> Page<'a> {
    /// A mobility header.
    pub(super) fn mobility(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        let header = Header::decode_unverified(octets)?;
        let kind = header.kind();
        let next = next_header::NO_NEXT_HEADER;
        let mut fields = vec![
            (1, format!("Payload Proto {}", named(next, next_header::name(next)))),
            (1, format!("Header Len: {} octets", header.octets().len())),
            (1, format!("MH Type {}", named(kind, message::name(kind)))),
            (1, "Reserved".to_owned()),
            (HEADER_LENGTH - 4, "Checksum".to_owned()),
        ];
        let decoded = header.message()?;
        match decoded {
            Message::BindingUpdate(update) => fields.extend([
                (2, format!("Sequence # {}", update.sequence.0)),
                (2, format!("Flags {}", flags(update.flags.0, update_flag::TABLE))),
                (2, format!("Lifetime {} s", update.lifetime.seconds())),
            ]),
            Message::BindingAcknowledgement(answer) => fields.extend([
                (1, format!("Status {}", named(answer.status, status::name(answer.status)))),
                (1, format!("Flags {}", flags(answer.flags.0, acknowledgement_flag::TABLE))),
                (2, format!("Sequence # {}", answer.sequence.0)),
                (2, format!("Lifetime {} s", answer.lifetime.seconds())),
            ]),
            _ => {
                let data = header.octets().len() - HEADER_LENGTH - decoded.options().octets().len();
                fields.push((data, "message data".to_owned()));
            }
        }
        self.fields(header.octets(), &fields);
        self.units(decoded.options().iter(), mobility_option);
        self.put(octets.get(header.octets().len()..).unwrap_or_default(), "after the header's end");
        Ok(())
    }
}

fn mobility_option(value: &MobilityOption<'_>) -> String {
    let (kind, meaning) = match value {
        MobilityOption::Pad1 => (option::PAD1, String::new()),
        MobilityOption::PadN(_) => (option::PADN, String::new()),
        MobilityOption::BindingRefreshAdvice(interval) => {
            (option::BINDING_REFRESH_ADVICE, format!("{} s", interval.seconds()))
        }
        MobilityOption::AlternateCareOfAddress(address) => {
            (option::ALTERNATE_CARE_OF_ADDRESS, address.to_string())
        }
        MobilityOption::MobileNodeIdentifier(identifier) => {
            let subtype = named(identifier.subtype, identifier_subtype::name(identifier.subtype));
            (option::MOBILE_NODE_IDENTIFIER, format!("{subtype} {}", text(identifier.data)))
        }
        MobilityOption::Authentication(data) => {
            let subtype = named(data.subtype, authentication_subtype::name(data.subtype));
            let name = spi::name(data.spi).map(|name| format!(" {name}")).unwrap_or_default();
            let meaning = format!("{subtype}, SPI {:#x}{name}", data.spi);
            (option::AUTHENTICATION, meaning)
        }
        MobilityOption::MessageId(time) => {
            (option::MESSAGE_ID, format!("timestamp {:#018x}", time.0))
        }
        MobilityOption::Unknown { kind, .. } | MobilityOption::Malformed { kind, .. } => {
            (*kind, String::new())
        }
        other => return format!("option {other:?}"),
    };
    format!("option {} {meaning}", named(kind, option::name(kind))).trim_end().to_owned()
}
