//! EAP packets (RFC 3748).

use alloc::format;

use dsboot_spec::registry::eap::{code, method};

use super::Protocol;
use super::walk::{Field, Kind, Scope, field, named, rest};
use crate::eap;

const CODE: Field = field("Code", 1, Kind::Named(named!(code::name: u8)));
const IDENTIFIER: Field = field("Identifier", 1, Kind::Unsigned);
const LENGTH: Field = field("Length", 2, Kind::Length(0, 1));
const TYPE: Field = field("Type", 1, Kind::Named(named!(method::name: u8)));
const TYPES: Field = field("Type wanted", 1, Kind::Named(named!(method::name: u8)));
const VENDOR: [Field; 2] =
    [field("Vendor-Id", 3, Kind::Unsigned), field("Vendor-Type", 4, Kind::Unsigned)];

impl Scope<'_> {
    pub(super) fn eap(&mut self) {
        let octets = self.octets();
        let length = self.ahead(2, 2).filter(|length| (4..=octets.len()).contains(length));
        let verdict = eap::Packet::decode(octets).and_then(|packet| packet.body().map(drop));
        let about = ("RFC 3748 §4", "wire.7.1");
        let number = |at| self.ahead(at, 1).and_then(|number| u8::try_from(number).ok());
        let name = match (number(0).and_then(code::name), number(4).and_then(method::name)) {
            (Some(code), Some(method)) => format!("EAP-{code}/{method}"),
            (Some(code), None) => format!("EAP-{code}"),
            (None, _) => "EAP packet".into(),
        };
        let response = number(0) == Some(code::RESPONSE);
        self.message(Protocol::Eap, name, length.unwrap_or(octets.len()), about, verdict, |s| {
            s.fields(&[CODE, IDENTIFIER, LENGTH]);
            if !s.is_empty() {
                s.eap_data(response);
            }
        });
        self.raw("After the packet's end", usize::MAX);
    }

    /// Type and Type-Data.
    fn eap_data(&mut self, response: bool) {
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok());
        self.field(&TYPE);
        match kind {
            Some(method::IDENTITY) => self.fields(&[rest("Identity", 0, Kind::Text)]),
            Some(method::NOTIFICATION) => self.fields(&[rest("Message", 0, Kind::Text)]),
            Some(method::NAK) => {
                while !self.is_empty() {
                    self.field(&TYPES);
                }
                self
            }
            Some(method::MD5_CHALLENGE) => {
                let size = self.ahead(0, 1).unwrap_or_default();
                // A response's is made with the password.
                let value = if response { Kind::Authenticator } else { Kind::Octets };
                self.fields(&[
                    field("Value-Size", 1, Kind::Unsigned),
                    field("Value", size, value),
                    rest("Name", 0, Kind::Text),
                ])
            }
            Some(method::EXPANDED) => {
                let (vendor, number) = (self.ahead(0, 3), self.ahead(3, 4));
                self.fields(&VENDOR);
                if (vendor, number) == (Some(0), Some(usize::from(method::NAK))) {
                    while !self.is_empty() {
                        self.fields(&[TYPES]).fields(&VENDOR);
                    }
                }
                self.fields(&[rest("Vendor data", 0, Kind::Octets)])
            }
            _ => self.fields(&[rest("Type-Data", 0, Kind::Octets)]),
        };
    }
}
