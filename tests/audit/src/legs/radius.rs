//! Steps 2 and 5, and the questions of the HA: RADIUS. Its answers are in `answers`.

use std::net::IpAddr;

use dsboot_codec::radius::Packet;
use dsboot_codec::{eap, radius};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::eap::method;
use dsboot_spec::registry::radius::{attribute, code};

use super::super::carried::{Carried, v4_of};
use super::super::mobile::{Asked, Key};
use super::super::seen::Seen;
use super::super::{At, Auditor};
use super::Side;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// The NAS.
    A,
    /// The FHA.
    B,
    /// The HA.
    C,
}

/// A question that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) at: At,
    pub(super) leg: Leg,
    pub(super) place: usize,
    /// Whether it says anything of the bootstrap, or who asks is told to be a NAS of it.
    pub(super) is_ours: bool,
    /// Whether the model knows it: it is not about the identity alone.
    is_modelled: bool,
    pub(super) message_id: Option<u64>,
    pub(super) prefixes: Vec<radius::Ipv6Prefix>,
    /// The SPI that the FHA has chosen.
    pub(super) fha_spi: Option<u32>,
    /// The Identification of the request that it is about, if that was seen.
    pub(super) request: Option<u64>,
    /// Proxy-States.
    pub(super) proxies: Vec<Vec<u8>>,
    /// The EAP packet in it: its Identifier, and whether it is a response to a method.
    pub(super) eap: Option<u8>,
    pub(super) is_answered: bool,
}

impl Auditor {
    /// A RADIUS packet.
    pub(in super::super) fn radius(&mut self, at: At, carried: &Carried<'_>, packet: &Packet<'_>) {
        match packet.code() {
            code::ACCESS_REQUEST => self.asks(at, carried, packet),
            code::ACCESS_ACCEPT | code::ACCESS_REJECT | code::ACCESS_CHALLENGE => {
                self.answers(at, carried, packet);
            }
            // Accounting and the like are no part of the bootstrap.
            _ => self.answers_otherwise(at, carried, packet),
        }
    }

    /// What a client asks about nobody that bootstraps; what answers that is not judged either.
    fn asks_of_others(&mut self, carried: &Carried<'_>, packet: &Packet<'_>) {
        let key = (carried.source, carried.destination.ip(), packet.identifier());
        self.legs.questions.remove(&key);
        self.legs.others.insert(key, ());
    }

    /// What is no answer comes where one is waited for.
    fn answers_otherwise(&mut self, at: At, carried: &Carried<'_>, packet: &Packet<'_>) {
        let key = (carried.destination, carried.source.ip(), packet.identifier());
        if let Some(question) = self.legs.questions.get(&key) {
            let what = format!("code {} answers no Access-Request", packet.code());
            self.reject(at, question.place, "access.6.6", what);
        } else if code::name(packet.code()).is_some() {
            self.asks_of_others(carried, packet);
        }
    }

    fn asks(&mut self, at: At, carried: &Carried<'_>, packet: &Packet<'_>) {
        let vendor = packet.vendor(self.vendor);
        let is_ours = speaks_of_bootstrap(&vendor);
        let client = carried.source.ip();
        let Some(nai) = packet.user_name().once() else {
            if is_ours {
                self.early(at, carried, "access.3.2", "the request has no User-Name".to_owned());
            }
            return self.asks_of_others(carried, packet);
        };
        let told_nas = self.settings.who.nas.contains(&client);
        let leg = match vendor.client_role().once() {
            Some(client_role::NAS | client_role::NAS_FA) => Some(Leg::A),
            Some(client_role::FHA) => Some(Leg::B),
            Some(client_role::HA) => Some(Leg::C),
            _ if vendor.mip6_authenticator().once().is_some() => Some(Leg::C),
            _ if vendor.mn_spi().once().is_some() => Some(Leg::B),
            _ if packet.eap_message().ok().flatten().is_some() || told_nas => Some(Leg::A),
            _ => None,
        };
        // Who asks for somebody that does not bootstrap, by no part of the bootstrap, is not judged.
        let Some(leg) = leg else { return self.asks_of_others(carried, packet) };
        let place = self.mobile(Key::Nai(nai.to_vec()));
        if is_ours {
            self.mark(place);
        }
        let socket = (carried.source, carried.destination.ip());
        if !self.legs.clients.contains(&socket) {
            self.legs.clients.insert(socket, at);
        }
        let eap = packet.eap_message().ok().flatten();
        let eap = eap.as_deref().and_then(|octets| eap::Packet::decode(octets).ok());
        let is_identity = eap.as_ref().and_then(eap::Packet::method) == Some(method::IDENTITY);
        let is_nak = eap.as_ref().and_then(eap::Packet::method) == Some(method::NAK);
        let asked = self.request_of(place, packet).filter(|_| leg == Leg::B);
        let request = asked.map(|(identification, _)| identification);
        let question = Question {
            at,
            leg,
            place,
            is_ours: is_ours || told_nas,
            is_modelled: leg != Leg::A || !(is_identity || is_nak),
            message_id: vendor.mip6_timestamp().once(),
            prefixes: packet.framed_ipv6_prefixes().collect(),
            fha_spi: vendor.fha_spi().once(),
            request,
            proxies: packet.proxy_states().map(<[u8]>::to_vec).collect(),
            eap: eap.as_ref().map(eap::Packet::identifier),
            is_answered: false,
        };
        self.check_question(at, place, (leg, client), packet, eap.as_ref());
        if let Some(eap) = eap.as_ref().filter(|_| leg == Leg::A) {
            self.learn_session(at, place, carried, eap);
        }
        let key = (carried.source, carried.destination.ip(), packet.identifier());
        let is_modelled = question.is_modelled;
        self.legs.questions.insert(key, question);
        let server = carried.destination.ip();
        if let Some(mobile) = self.mobiles.get_mut(place) {
            match leg {
                Leg::A => mobile.servers.0 = Some(server),
                Leg::B => mobile.servers.1 = Some(server),
                Leg::C => {}
            }
        }
        self.check_servers(at, place, leg);
        if !is_modelled {
            return;
        }
        let timestamp = vendor.mip6_timestamp().once();
        let about = self.mobiles.get(place).and_then(|mobile| {
            let mut updates = mobile.facts.updates.iter().rev();
            updates
                .find(|update| leg == Leg::C && update.message_id == timestamp)
                .map(|update| update.at.turn)
        });
        let about = about.or(asked.map(|(_, turn)| turn));
        let seen = match leg {
            Leg::A => Seen::AccessAsk { client },
            Leg::B => Seen::RegistrationAsk { client, about: request },
            Leg::C => Seen::BindingAsk {
                number: vendor.mip6_timestamp().once(),
                care_of: vendor.parameters().ipv6_coa.once().map(|told| told.address()),
            },
        };
        self.saw(at, place, carried, seen, about);
    }

    /// The request that step 5 is about: its Identification and turn.
    fn request_of(&self, place: usize, packet: &Packet<'_>) -> Option<(u64, u64)> {
        let password = packet.chap_password().once()?;
        let octets = [&[password.identifier][..], password.response].concat();
        let mut known = self.mobiles.get(place)?.facts.requests.iter().rev();
        let is_it =
            |asked: &&Asked| asked.chap.as_ref().is_some_and(|(proof, _)| *proof == *octets);
        known.find(is_it).map(|asked| (asked.identification, asked.at.turn))
    }

    /// Which server is asked, where the scenario is told.
    fn check_servers(&mut self, at: At, place: usize, leg: Leg) {
        let Some(scenario) = self.settings.scenario else { return };
        let Some((Some(access), Some(home))) = self.mobiles.get(place).map(|mobile| mobile.servers)
        else {
            return;
        };
        let v4 = v4_of(access).is_some() == v4_of(home).is_some();
        if !v4 || leg == Leg::C {
            return;
        }
        match scenario.is_subscription() {
            true => {
                let what = "NAS and FHA ask the same server, though the providers are two";
                self.must(access != home, at, place, "access.1.3", what);
            }
            false => {
                let what = "NAS and FHA ask different servers, though the provider is one";
                self.must(access == home, at, place, "access.1.2", what);
            }
        }
    }

    fn check_question(
        &mut self,
        at: At,
        place: usize,
        (leg, client): (Leg, IpAddr),
        packet: &Packet<'_>,
        eap: Option<&eap::Packet<'_>>,
    ) {
        let vendor = packet.vendor(self.vendor);
        let proofs = proof_count(packet) == 1;
        self.must(
            proofs,
            at,
            place,
            "access.6.5",
            "there is not exactly one Message-Authenticator",
        );
        let named = packet.nas_ip_address().once().is_some()
            || packet.nas_identifier().once().is_some()
            || packet.nas_ipv6_address().once().is_some();
        match leg {
            Leg::A => {
                self.must(named, at, place, "access.3.4", "the NAS does not name itself");
                let role = vendor
                    .client_role()
                    .once()
                    .is_none_or(|role| matches!(role, client_role::NAS | client_role::NAS_FA));
                let role = role && vendor.client_role().once().is_some();
                self.must(role, at, place, "access.3.4", "the NAS does not name its part");
                if let Some(eap) = eap {
                    self.check_eap(at, place, (Side::Radius, client), eap);
                }
                let carries = packet.attributes_of(attribute::EAP_MESSAGE).next().is_some();
                let what = "the request carries no EAP Response";
                self.must(carries, at, place, "access.3.1", what);
                let known = self.legs.states.get(&(place, client)).cloned();
                let state = packet.state().once().map(<[u8]>::to_vec);
                let begins = eap.is_none_or(|eap| eap.method() == Some(method::IDENTITY));
                let same = begins || known.is_none() || known == state;
                self.must(
                    same,
                    at,
                    place,
                    "access.3.3",
                    "State is not that of the last Access-Challenge",
                );
                let identity = eap.filter(|eap| eap.method() == Some(method::IDENTITY));
                let same =
                    identity.is_none_or(|eap| eap.octets().get(5..) == packet.user_name().once());
                self.must(
                    same,
                    at,
                    place,
                    "access.3.2",
                    "User-Name is not the identity that EAP has",
                );
            }
            Leg::B if vendor.client_role().once().is_some_and(|role| role != client_role::FHA) => {
                self.reject(at, place, "access.6.8", "leg B is asked by another role than an FHA");
            }
            Leg::C if vendor.client_role().once().is_some_and(|role| role != client_role::HA) => {
                self.reject(at, place, "access.6.8", "leg C is asked by another role than an HA");
            }
            Leg::B => self.check_leg_b(at, place, client, packet),
            Leg::C => self.check_leg_c(at, place, packet),
        }
    }

    fn check_leg_b(&mut self, at: At, place: usize, client: IpAddr, packet: &Packet<'_>) {
        let vendor = packet.vendor(self.vendor);
        let password = packet.chap_password().once();
        let challenge = packet.chap_challenge().once();
        let (mn, fha) = (vendor.mn_spi().once(), vendor.fha_spi().once());
        self.must(
            password.is_some() && challenge.is_some(),
            at,
            place,
            "registration.6.3",
            "CHAP-Password or CHAP-Challenge is missing",
        );
        self.must(
            mn.is_some() && fha.is_some(),
            at,
            place,
            "registration.6.4",
            "MN-SPI or FHA-SPI is missing",
        );
        self.must(
            fha.is_none_or(|spi| spi >= 256),
            at,
            place,
            "keys.1.8",
            "the FHA's SPI is below 256",
        );
        let hinted = packet.framed_ipv6_prefixes().next().is_some();
        self.must(hinted, at, place, "registration.6.5", "the IPv6 prefix of the FHA is missing");
        let wanted = vendor.parameters().bootstrap_request.once();
        let Some(mobile) = self.mobiles.get(place) else { return };
        let Some(password) = password else { return };
        // The request that it is about, where that was seen.
        let firsts = mobile.facts.requests.iter().rev().filter(|asked| asked.first);
        let mut octets = vec![password.identifier];
        octets.extend_from_slice(password.response);
        let about = firsts
            .clone()
            .find(|asked| asked.chap.as_ref().is_some_and(|(proof, _)| proof.as_slice() == octets));
        let mut wrong = Vec::new();
        match about {
            Some(asked) => {
                let right = asked.chap.as_ref().map(|(_, challenge)| challenge.as_slice());
                if right != challenge {
                    wrong.push(("registration.6.3", "CHAP-Challenge is not made of the request"));
                }
                if asked.mn_spi != mn {
                    wrong.push(("registration.6.4", "MN-SPI is not the request's"));
                }
                if asked.wanted != wanted {
                    wrong.push(("registration.6.6", "Bootstrap-Request is not the request's"));
                }
            }
            // What goes to another FHA need not have been seen.
            None if firsts.clone().any(|asked| IpAddr::V4(asked.home_agent) == client) => {
                wrong.push(("registration.6.3", "CHAP-Password is not that of a request seen"));
            }
            None => {}
        }
        if let (Some(address), Some(held)) =
            (packet.framed_ip_address().once(), mobile.facts.home_address)
            && mobile.facts.registered_until.is_some()
            && mobile.facts.home_agent.map(IpAddr::V4) == Some(client)
            && address != held
        {
            wrong.push(("registration.6.6", "Framed-IP-Address is not the current THOAv4"));
        }
        for (sentence, what) in wrong {
            self.reject(at, place, sentence, what);
        }
    }

    fn check_leg_c(&mut self, at: At, place: usize, packet: &Packet<'_>) {
        let vendor = packet.vendor(self.vendor);
        let parameters = vendor.parameters();
        let timestamp = vendor.mip6_timestamp().once();
        let whole = parameters.ipv6_hoa.once().is_some()
            && parameters.ipv6_coa.once().is_some()
            && vendor.mip6_mn_aaa_spi().once().is_some()
            && vendor.mip6_authenticator().once().is_some()
            && vendor.mip6_mac_mobility_data().once().is_some()
            && timestamp.is_some();
        self.must(
            whole,
            at,
            place,
            "home-binding.2.3",
            "something of what leg C asks with is missing",
        );
        let Some(mobile) = self.mobiles.get(place) else { return };
        let mut updates = mobile.facts.updates.iter().rev();
        let about = updates.find(|update| update.message_id == timestamp);
        let same = match about {
            Some(update) => {
                let home =
                    parameters.ipv6_hoa.once().is_none_or(|told| told.address() == update.home);
                let care_of =
                    parameters.ipv6_coa.once().is_none_or(|told| told.address() == update.care_of);
                let proof = vendor.mip6_authenticator().once().map(<[u8; 20]>::as_slice);
                let digest = vendor.mip6_mac_mobility_data().once().copied();
                let digest = digest.is_none() || digest == update.digest;
                let spi = vendor.mip6_mn_aaa_spi().once();
                let spi = spi.is_none() || spi == update.aaa_spi;
                home && care_of && digest && spi && proof == update.authenticator.as_deref()
            }
            // Of what comes to the HA from that care-of address nothing has been seen, or only what
            // is newer.
            None => !mobile.facts.updates.iter().any(|update| {
                !update.tunnelled
                    && parameters
                        .ipv6_coa
                        .once()
                        .is_none_or(|told| told.address() == update.care_of)
                    && timestamp >= update.message_id
            }),
        };
        self.must(
            same,
            at,
            place,
            "home-binding.2.3",
            "what the HA asks is not what a binding update says",
        );
    }
}

/// Whether anything in it is a parameter of the bootstrap: others use that vendor number too.
pub(super) fn speaks_of_bootstrap(vendor: &radius::Vendor<'_>) -> bool {
    let mut units = vendor.sub_attributes();
    units.any(|unit| !matches!(unit.value, radius::SubAttribute::Unknown { .. }))
}

/// How many Message-Authenticators there are.
pub(super) fn proof_count(packet: &Packet<'_>) -> usize {
    packet.attributes_of(attribute::MESSAGE_AUTHENTICATOR).count()
}
