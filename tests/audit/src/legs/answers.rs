//! RADIUS: the answers of AAA servers.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::eap;
use dsboot_codec::radius::Packet;
use dsboot_spec::registry::radius::code;

use super::super::carried::Carried;
use super::super::mobile::{Allowed, Assigned, Granted, Parameters6};
use super::super::seen::{Seen, Told};
use super::super::{At, Auditor};
use super::Side;
use super::radius::{Leg, Question, proof_count, speaks_of_bootstrap};

/// From the first question of a client on, its answers may be to one of before for so long.
const LATE: Duration = Duration::from_secs(5);

impl Auditor {
    pub(super) fn answers(&mut self, at: At, carried: &Carried<'_>, packet: &Packet<'_>) {
        let key = (carried.destination, carried.source.ip(), packet.identifier());
        let question = self.legs.questions.get_mut(&key).map(|question| {
            question.is_answered = true;
            question.clone()
        });
        let Some(question) = question else {
            return self.answers_nothing(at, carried, key);
        };
        let place = question.place;
        let vendor = packet.vendor(self.vendor);
        // A server may tell anybody of an FHA; whoever has not asked for one does not bootstrap.
        if speaks_of_bootstrap(&vendor) && question.is_ours {
            self.mark(place);
        }
        let proxies: Vec<Vec<u8>> = packet.proxy_states().map(<[u8]>::to_vec).collect();
        self.must(
            proxies == question.proxies,
            at,
            place,
            "access.6.11",
            "the Proxy-States are not those of the request",
        );
        let proofs = proof_count(packet) == 1;
        self.must(
            proofs,
            at,
            place,
            "access.6.5",
            "there is not exactly one Message-Authenticator",
        );
        let accepted = match packet.code() {
            code::ACCESS_ACCEPT => true,
            code::ACCESS_REJECT => false,
            _ => {
                let client = carried.destination.ip();
                return self.check_challenge(at, (place, client), &question, packet);
            }
        };
        let client = carried.destination.ip();
        let seen = match question.leg {
            Leg::A => self.admitted(at, (place, client), packet, accepted, &question),
            Leg::B => self.granted(at, place, client, packet, accepted, &question),
            Leg::C => {
                if accepted {
                    let whole = vendor.mip6_mn_ha_key().once().is_some()
                        && vendor.mip6_mn_ha_spi().once().is_some_and(|spi| spi >= 256)
                        && vendor.mip6_msa_lifetime().once().is_some()
                        && packet.session_timeout().once().is_some();
                    self.must(
                        whole,
                        at,
                        place,
                        "home-binding.2.8",
                        "the MN-HA key, its SPI or lifetime, or Session-Timeout is missing",
                    );
                    let allowed = Allowed {
                        message_id: question.message_id,
                        spi: vendor.mip6_mn_ha_spi().once(),
                        key_lifetime: vendor.mip6_msa_lifetime().once(),
                        session_timeout: packet.session_timeout().once(),
                    };
                    if let Some(mobile) = self.mobiles.get_mut(place) {
                        mobile.facts.allowed = Some(allowed);
                    }
                }
                Seen::BindingAnswer { number: question.message_id, accepted }
            }
        };
        self.saw(at, place, carried, seen, Some(question.at.turn));
    }

    /// An answer to no question that has been seen.
    fn answers_nothing(&mut self, at: At, carried: &Carried<'_>, key: (SocketAddr, IpAddr, u8)) {
        let Some(first) = self.legs.clients.get(&(key.0, key.1)) else { return };
        if self.legs.others.contains(&key) {
            return;
        }
        let since = at.time.zip(first.time).map(|(now, first)| now.saturating_sub(first));
        // Another question of the same socket has no answer yet: this was to be it.
        let waits = (0..=u8::MAX).any(|identifier| {
            let asked = self.legs.questions.get(&(key.0, key.1, identifier));
            asked.is_some_and(|question| !question.is_answered)
        });
        if waits || since.is_none_or(|since| since > LATE) {
            let what = "the answer matches no request".to_owned();
            self.early(at, carried, "access.6.6", what);
        }
    }

    fn check_challenge(
        &mut self,
        at: At,
        (place, client): (usize, IpAddr),
        question: &Question,
        packet: &Packet<'_>,
    ) {
        let state = packet.state().once();
        if let Some(state) = state {
            self.legs.states.insert((place, client), state.to_vec());
        }
        self.must(state.is_some(), at, place, "access.3.3", "the Access-Challenge has no State");
        let eap = packet.eap_message().ok().flatten();
        let eap = eap.as_deref().and_then(|octets| eap::Packet::decode(octets).ok());
        if let Some(eap) = &eap {
            self.check_eap(at, place, (Side::Radius, client), eap);
        }
        let is_request = eap.as_ref().is_some_and(|eap| eap.code() == eap::Code::Request);
        let asked = question.eap.is_some();
        self.must(
            is_request || !asked,
            at,
            place,
            "access.3.1",
            "the Access-Challenge carries no EAP Request",
        );
    }

    fn admitted(
        &mut self,
        at: At,
        (place, client): (usize, IpAddr),
        packet: &Packet<'_>,
        accepted: bool,
        question: &Question,
    ) -> Seen {
        let vendor = packet.vendor(self.vendor);
        let parameters = vendor.parameters();
        let eap = packet.eap_message().ok().flatten();
        let eap = eap.as_deref().and_then(|octets| eap::Packet::decode(octets).ok());
        if let (Some(eap), Some(asked)) = (&eap, question.eap) {
            let what = "the EAP result has another Identifier than the last answer";
            self.must(eap.identifier() == asked, at, place, "access.2.24", what);
        }
        if !accepted {
            return Seen::AccessAnswer { client, told: Told::Refused };
        }
        let timeout = packet.session_timeout().once();
        self.must(timeout.is_some(), at, place, "access.3.11", "there is no Session-Timeout");
        let told = Parameters6::of(&parameters);
        let more = !told.is_empty()
            || parameters.thoav4.once().is_some()
            || vendor.mn_fha_key().once().is_some()
            || vendor.mip6_mn_ha_key().once().is_some();
        self.must(
            !more,
            at,
            place,
            "access.3.12",
            "step 2 answers with what is the AAAH's to give in step 5",
        );
        let fha = parameters.fha_address.once();
        let fqdn = parameters.fha_fqdn.once().map(|name| name.as_str().to_owned());
        let assigned = Assigned {
            fha,
            fqdn: fqdn.clone(),
            care_of: packet.framed_ip_address().once(),
            mask: packet.framed_ip_netmask().once(),
            session_timeout: timeout,
            has_success: eap.is_some_and(|eap| eap.code() == eap::Code::Success),
        };
        if let Some(mobile) = self.mobiles.get_mut(place) {
            mobile.facts.assigned = Some(assigned);
        }
        let told = match (fha, fqdn) {
            (Some(fha), _) => Told::Fha(fha),
            (None, Some(_)) => Told::Named,
            (None, None) => Told::Access,
        };
        Seen::AccessAnswer { client, told }
    }

    fn granted(
        &mut self,
        at: At,
        place: usize,
        client: IpAddr,
        packet: &Packet<'_>,
        accepted: bool,
        question: &Question,
    ) -> Seen {
        let vendor = packet.vendor(self.vendor);
        let parameters = Parameters6::of(&vendor.parameters());
        let address = packet.framed_ip_address().once();
        let ipv6 =
            parameters.home.is_some() && parameters.agent.is_some() && parameters.care_of.is_some();
        let (about, address_told) = (question.request, address.is_some());
        let seen =
            Seen::RegistrationAnswer { client, about, accepted, address: address_told, ipv6 };
        if !accepted {
            return seen;
        }
        let whole = vendor.mn_fha_key().once().is_some()
            && vendor.key_gen_nonce().once().is_some()
            && vendor.aaa_spi().once().is_some()
            && vendor.key_lifetime().once().is_some()
            && vendor.algorithm().once().is_some()
            && vendor.replay_method().once().is_some()
            && packet.session_timeout().once().is_some();
        self.must(whole, at, place, "registration.6.9", "something of key, nonce, SPI, lifetime, algorithm, replay method and session timeout is missing");
        let inside = |care_of: Ipv6Addr| {
            question.prefixes.is_empty()
                || question.prefixes.iter().any(|prefix| prefix.contains(care_of))
        };
        let within = parameters.care_of.is_none_or(|(care_of, _)| inside(care_of));
        self.must(
            within,
            at,
            place,
            "registration.6.10",
            "the IPv6 care-of address is outside the prefix hinted",
        );
        let Some(mobile) = self.mobiles.get_mut(place) else { return seen };
        let facts = &mut mobile.facts;
        let fha_spi = question.fha_spi.or(vendor.fha_spi().once());
        facts.granted = Some(Granted {
            address,
            parameters,
            nonce: vendor.key_gen_nonce().once().map(<[u8]>::to_vec),
            aaa_spi: vendor.aaa_spi().once(),
            fha_spi,
            key_lifetime: vendor.key_lifetime().once(),
            algorithm: vendor.algorithm().once(),
            replay_method: vendor.replay_method().once(),
            session_timeout: packet.session_timeout().once(),
        });
        seen
    }
}
