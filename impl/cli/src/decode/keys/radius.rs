//! RADIUS: authenticators, passwords, hidden keys.

use dsboot_codec::mip4::Algorithm;
use std::net::IpAddr;

use dsboot_codec::radius::{
    Attribute, Authenticator, Credential, Packet, Salted, SubAttribute, hide_password,
};
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::mip4::algorithm;
use dsboot_spec::registry::radius::{ATTRIBUTE_HEADER_LENGTH, attribute, code};

use super::eap::Carrier;
use super::engine::{Engine, Findings, RequestKey, Way};

/// Where the Authenticator stands in a packet.
const AUTHENTICATOR: usize = 4;

/// How a packet is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Its Authenticator is random.
    Request,
    /// Its Authenticator is a digest, made with zeros in its own place (RFC 2866 §3, RFC 5176
    /// §2.3).
    SignedRequest,
    /// Its Authenticator is a digest, made with that of its request.
    Answer,
}

impl Role {
    const fn of(code: u8) -> Option<Role> {
        Some(match code {
            code::ACCESS_REQUEST | code::STATUS_SERVER => Role::Request,
            code::ACCOUNTING_REQUEST | code::DISCONNECT_REQUEST | code::COA_REQUEST => {
                Role::SignedRequest
            }
            code::ACCESS_ACCEPT
            | code::ACCESS_REJECT
            | code::ACCESS_CHALLENGE
            | code::ACCOUNTING_RESPONSE
            | code::DISCONNECT_ACK
            | code::DISCONNECT_NAK
            | code::COA_ACK
            | code::COA_NAK => Role::Answer,
            _ => return None,
        })
    }
}

/// What answers to a request need to know of it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    authenticator: Authenticator,
    nai: Option<Vec<u8>>,
    mn_spi: Option<u32>,
    fha_spi: Option<u32>,
}

impl Engine {
    pub(super) fn radius(&mut self, octets: &[u8], at: usize, way: &Way, found: &mut Findings) {
        let Ok(packet) = Packet::decode(octets) else { return };
        let Some(role) = Role::of(packet.code()) else { return };
        let is_request = role != Role::Answer;
        let is_answer = role == Role::Answer;
        let client = if is_request { way.source } else { way.destination };
        let name = client.map_or("the client".to_owned(), |client| client.to_string());
        let secret = self.keys.radius_secret(client).map(<[u8]>::to_vec);
        let by = format!("secret of {name}");
        let request = if is_request {
            let request = Request::of(&packet);
            self.requests.insert(key(&packet, way, true), request.clone());
            Some(request)
        } else {
            self.requests.get(&key(&packet, way, false)).cloned()
        };
        let Some((secret, request)) = secret.as_ref().zip(request.as_ref()) else {
            let lacks = match secret {
                Some(_) if is_answer => "its request was not seen".to_owned(),
                _ => format!("no {by}"),
            };
            if role != Role::Request {
                found.no_key(at + AUTHENTICATOR, lacks.clone());
            }
            if let Some((offset, _)) = packet.right_message_authenticator(&[0; 16], &[]) {
                found.no_key(at + offset, lacks);
            }
            self.chap(&packet, at, found);
            self.radius_eap(&packet, at, client, found);
            return;
        };
        let zeros = [0; 16];
        let base = if role == Role::SignedRequest { &zeros } else { &request.authenticator };
        if let Some((offset, right)) = packet.right_message_authenticator(base, secret) {
            let value = octets.get(offset..offset + right.len()).unwrap_or_default();
            found.check(at + offset, value, &right, by.clone());
        }
        if role != Role::Request {
            let right = packet.right_response_authenticator(base, secret);
            found.check(at + AUTHENTICATOR, packet.authenticator(), &right, by);
        }
        self.chap(&packet, at, found);
        self.radius_eap(&packet, at, client, found);
        self.hidden(&packet, at, request, secret, found);
    }

    /// The EAP packet of a RADIUS packet, in however many attributes it lies.
    fn radius_eap(
        &mut self,
        packet: &Packet<'_>,
        at: usize,
        client: Option<IpAddr>,
        found: &mut Findings,
    ) {
        let Ok(Some(eap)) = packet.eap_message() else { return };
        let pieces: Vec<(usize, usize)> = packet
            .attributes_of(attribute::EAP_MESSAGE)
            .map(|unit| {
                let start = at + unit.offset + ATTRIBUTE_HEADER_LENGTH;
                (start, unit.raw.len().saturating_sub(ATTRIBUTE_HEADER_LENGTH))
            })
            .collect();
        let place = |number: usize| {
            let mut left = number;
            for (start, length) in &pieces {
                if left < *length {
                    return start + left;
                }
                left -= length;
            }
            at
        };
        let state = packet.attributes().find_map(|unit| match unit.value {
            Attribute::State(state) => Some(state.to_vec()),
            _ => None,
        });
        let carrier = Carrier::Radius(client, state.unwrap_or_default());
        self.eap(&eap, place, &carrier, packet.user_name().once(), found);
    }

    /// CHAP with a password, or with the key of mobile node and AAA server, as MN-AAA authenticators
    /// become in RADIUS (RFC 4721 §8).
    fn chap(&self, packet: &Packet<'_>, at: usize, found: &mut Findings) {
        let Some(nai) = packet.user_name().once() else { return };
        let Ok(Credential::Chap(exchange)) = packet.credential() else { return };
        let place = packet.attributes().find_map(|unit| match unit.value {
            Attribute::ChapPassword(_) => Some(at + unit.offset + ATTRIBUTE_HEADER_LENGTH + 1),
            _ => None,
        });
        let Some(place) = place else { return };
        let name = String::from_utf8_lossy(nai);
        let key = self.keys.mn_aaa(nai).map(|key| (key.key.0.as_slice(), "MN-AAA key"));
        let passwords = self.keys.passwords(nai).map(|password| (password, "password"));
        let right = key
            .into_iter()
            .chain(passwords)
            .map(|(secret, what)| (exchange.right(secret).to_vec(), format!("{what} of {name}")));
        found.any(place, exchange.response, right, &format!("MN-AAA key or password of {name}"));
    }

    fn hidden(
        &mut self,
        packet: &Packet<'_>,
        at: usize,
        request: &Request,
        secret: &[u8],
        found: &mut Findings,
    ) {
        let authenticator = &request.authenticator;
        let mut fields = Fields::default();
        for unit in packet.attributes() {
            match unit.value {
                Attribute::UserPassword(hidden) => {
                    let plain = hidden.reveal(authenticator, secret);
                    let text = plain.escape_ascii().to_string();
                    let place = at + unit.offset + ATTRIBUTE_HEADER_LENGTH;
                    found.meanings.push((place, format!("decrypted: \"{text}\"")));
                    self.pap(packet, &plain, authenticator, secret, place, found);
                }
                Attribute::VendorSpecific(vsa) if vsa.vendor_id == self.vendor() => {
                    let Ok(units) = vsa.sub_attributes(unit.offset) else { continue };
                    for sub in units {
                        let place = at + sub.offset + ATTRIBUTE_HEADER_LENGTH + 2;
                        let mut open = |hidden: Salted<'_>| {
                            let key = hidden.reveal(authenticator, secret);
                            let meaning = match &key {
                                Some(key) => format!("opened: {}", hex::encode(key)),
                                None => "cannot be opened with this secret".to_owned(),
                            };
                            found.meanings.push((place, meaning));
                            key.map(|key| key.to_vec())
                        };
                        match sub.value {
                            SubAttribute::MnFhaKey(hidden) => fields.mn_fha = open(hidden),
                            SubAttribute::MnFaKey(hidden) => fields.mn_fa = open(hidden),
                            SubAttribute::Mip6MnHaKey(hidden) => fields.mn_ha = open(hidden),
                            SubAttribute::MnSpi(spi) => fields.mn_spi = Some(spi),
                            SubAttribute::FhaSpi(spi) => fields.fha_spi = Some(spi),
                            SubAttribute::MnFaMnSpi(spi) => fields.mn_fa_spis.push(spi),
                            SubAttribute::MnFaFaSpi(spi) => fields.mn_fa_spis.push(spi),
                            SubAttribute::Mip6MnHaSpi(spi) => fields.mn_ha_spi = Some(spi),
                            SubAttribute::Algorithm(number) => fields.algorithm = Some(number),
                            _ => (),
                        }
                    }
                }
                _ => (),
            }
        }
        self.keep(fields, request);
    }

    /// A password that was decrypted, if the user's is known.
    fn pap(
        &self,
        packet: &Packet<'_>,
        plain: &[u8],
        authenticator: &Authenticator,
        secret: &[u8],
        place: usize,
        found: &mut Findings,
    ) {
        let Some(user) = packet.user_name().once() else { return };
        let by = format!("password of {}", String::from_utf8_lossy(user));
        let mut passwords = self.keys.passwords(user).peekable();
        let Some(first) = passwords.peek().copied() else { return };
        let password = passwords.find(|password| *password == plain).unwrap_or(first);
        let hide = |password| hide_password(password, authenticator, secret).ok();
        if let (Some(there), Some(right)) = (hide(plain), hide(password)) {
            found.check(place, &there, &right, by);
        }
    }

    /// Keeps the keys that were opened.
    fn keep(&mut self, fields: Fields, request: &Request) {
        let number = fields.algorithm.and_then(|number| u16::try_from(number).ok());
        let used = Algorithm::from_number(number.unwrap_or(algorithm::HMAC_MD5));
        let used = used.unwrap_or(Algorithm::HmacMd5);
        let from = "a hidden key in RADIUS";
        if let Some(key) = fields.mn_fha {
            let mn = fields.mn_spi.or(request.mn_spi);
            let fha = fields.fha_spi.or(request.fha_spi);
            let spis: Vec<u32> = mn.into_iter().chain(fha).collect();
            let new = spis.iter().filter(|spi| self.learn_mobile_ip(**spi, &key, used)).count();
            if new > 0 {
                self.learn("MN-FHA", from, spis, &key);
            }
        }
        if let Some(key) = fields.mn_fa {
            let spis = fields.mn_fa_spis;
            let new = spis.iter().filter(|spi| self.learn_mobile_ip(**spi, &key, used)).count();
            if new > 0 {
                self.learn("MN-FA", from, spis, &key);
            }
        }
        if let (Some(key), Some(nai)) = (fields.mn_ha, &request.nai)
            && self.learn_mn_ha(nai, &key)
        {
            let spis = fields.mn_ha_spi.into_iter().collect();
            self.learn("MN-HA", from, spis, &key);
        }
    }
}

/// What an answer says of keys.
#[derive(Default)]
struct Fields {
    mn_fha: Option<Vec<u8>>,
    mn_fa: Option<Vec<u8>>,
    mn_ha: Option<Vec<u8>>,
    mn_spi: Option<u32>,
    fha_spi: Option<u32>,
    mn_fa_spis: Vec<u32>,
    mn_ha_spi: Option<u32>,
    algorithm: Option<u32>,
}

impl Request {
    fn of(packet: &Packet<'_>) -> Request {
        let find = |kind: u8| {
            packet.attributes().find_map(|unit| match unit.value {
                Attribute::VendorSpecific(vsa) => {
                    vsa.sub_attributes(unit.offset).ok()?.find_map(|sub| match sub.value {
                        SubAttribute::MnSpi(spi) if kind == parameter::MN_SPI => Some(spi),
                        SubAttribute::FhaSpi(spi) if kind == parameter::FHA_SPI => Some(spi),
                        _ => None,
                    })
                }
                _ => None,
            })
        };
        Request {
            authenticator: *packet.authenticator(),
            nai: packet.user_name().once().map(<[u8]>::to_vec),
            mn_spi: find(parameter::MN_SPI),
            fha_spi: find(parameter::FHA_SPI),
        }
    }
}

fn key(packet: &Packet<'_>, way: &Way, is_request: bool) -> RequestKey {
    let identifier = packet.identifier();
    if is_request {
        (way.source, way.destination, way.source_port, identifier)
    } else {
        (way.destination, way.source, way.destination_port, identifier)
    }
}
