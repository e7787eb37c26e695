//! Step 6: registration replies.

use std::time::Duration;

use dsboot_codec::mip4::{self, AuthenticationKind, Extension};
use dsboot_model::{Code, Hop};
use dsboot_spec::registry::dsb;
use dsboot_spec::registry::mip4::{FIRST_FREE_SPI, algorithm, code};

use super::super::carried::Carried;
use super::super::mobile::{Answered, Asked, Granted, Parameters6};
use super::super::seen::{Seen, SeenReply};
use super::super::{At, Auditor};
use super::registration::TIMESTAMPS;

impl Auditor {
    pub(super) fn reply(&mut self, at: At, carried: &Carried<'_>, message: &mip4::Reply<'_>) {
        let header = message.header;
        let extensions = message.extensions;
        let low = header.identification.low();
        let by_nai = extensions.nai().once();
        let place = match by_nai {
            Some(_) => self.registrant(by_nai, header.home_address),
            None => {
                let known = self.by_low.get(&low).copied();
                known.or_else(|| self.registrant(None, header.home_address))
            }
        };
        let Some(place) = place else {
            return self.early(at, carried, "registration.8.9", "the reply answers nothing".into());
        };
        let from_fha = carried.source_v4() == Some(header.home_agent);
        let asked = self.mobiles.get(place).and_then(|mobile| {
            let facts = &mobile.facts;
            let answers = |asked: &&Asked| {
                asked.identification & u64::from(u32::MAX) == u64::from(low)
                    && asked.from.ip() == carried.destination.ip()
                    && asked.to.ip() == carried.source.ip()
            };
            let of_link = |asked: &&Asked| {
                asked.hop == Hop::Link
                    && asked.identification & u64::from(u32::MAX) == u64::from(low)
            };
            let newest = facts.requests.iter().rev();
            let found = match from_fha {
                true => newest.clone().find(answers),
                false => newest.clone().find(of_link),
            };
            found.or_else(|| facts.request(low)).cloned()
        });
        let hop = match &asked {
            _ if !from_fha => Some(Hop::Link),
            Some(asked)
                if asked.hop != Hop::Link && asked.from.ip() == carried.destination.ip() =>
            {
                Some(asked.hop)
            }
            _ => None,
        };
        if let (Some(Hop::Link), Some(agent), Some(challenge)) =
            (hop, carried.source_v4(), extensions.challenge().once())
        {
            self.legs.challenges.insert((agent, challenge.to_vec()), ());
        }
        let told = Parameters6::of(&extensions.bootstrap(self.vendor));
        let key_reply = extensions.mn_ha_key_reply().once();
        let ours = extensions.iter().any(|extension| {
            matches!(extension.value, Extension::Nvse(vendor) if vendor.vendor == self.vendor)
        });
        if ours || (key_reply.is_some() && !told.is_empty()) {
            self.mark(place);
        }
        let proof = extensions.authenticator(AuthenticationKind::MobileHome).once();
        let protected = proof.as_ref().map(mip4::Authenticator::end).unwrap_or_default();
        let answered = Answered {
            low,
            code: header.code.0,
            hop: hop.unwrap_or(Hop::Direct),
            protected: carried.octets.get(..protected).unwrap_or_default().to_vec(),
        };
        self.check_reply(at, place, message, hop, asked.as_ref());
        self.check_reply_way(at, place, carried, hop, asked.as_ref());
        self.check_copies(at, place, message, &answered);
        let accepts = matches!(header.code.0, code::ACCEPTED | code::ACCEPTED_NOT_SIMULTANEOUS);
        if accepts && hop != Some(Hop::Relay) {
            self.take_over(at, place, message, (hop, asked.as_ref()));
        }
        if let Some(mobile) = self.mobiles.get_mut(place) {
            mobile.facts.keep_reply(answered);
            mobile.facts.clock_set |= header.code.0 == code::IDENTIFICATION_MISMATCH;
        }
        let Some(code) = model_code(header.code.0, header.lifetime) else { return };
        let seen = SeenReply {
            low,
            fha: header.home_agent,
            code,
            ipv6: (code == Code::Accepted && key_reply.is_some())
                .then(|| told.care_of.is_some() && told.home.is_some() && told.agent.is_some())
                .or((!told.is_empty()).then_some(true)),
            under: proof.map(|proof| proof.spi),
            new_key: key_reply.map(|reply| reply.ha_spi),
        };
        let about = asked.map(|asked| asked.at.turn);
        self.saw(at, place, carried, Seen::Reply { hop, reply: seen }, about);
    }

    /// The fields of a reply.
    fn check_reply(
        &mut self,
        at: At,
        place: usize,
        message: &mip4::Reply<'_>,
        hop: Option<Hop>,
        asked: Option<&Asked>,
    ) {
        let mip4::Reply { header, extensions, .. } = *message;
        let mut must = |holds: bool, sentence: &str, what: &str| {
            self.must(holds, at, place, sentence, what);
        };
        let number = header.code.0;
        let accepts = header.code.is_accepted();
        let by_agent = header.code.is_from_foreign_agent();
        must(header.code.name().is_some(), "wire.1.6", "the code is none that is known");
        let told = extensions.bootstrap(dsb::DEFAULT_VENDOR_ID);
        let parameters = Parameters6::of(&told);
        let key_reply = extensions.mn_ha_key_reply().once();
        let proof = extensions.authenticator(AuthenticationKind::MobileHome).once();
        if let Some(mirror) = told.thoav4.once() {
            must(
                mirror == header.home_address,
                "registration.10.7",
                "parameter 4 is not the home address",
            );
        }
        if !accepts || header.lifetime == 0 {
            let sentence = if accepts { "movement.3.4" } else { "registration.8.8" };
            must(parameters.is_empty(), sentence, "it carries IPv6 parameters");
        }
        if !by_agent {
            must(
                proof.is_some(),
                "registration.8.2",
                "there is not exactly one MN-FHA authenticator",
            );
        } else {
            let fresh = extensions.challenge().once().is_some();
            must(fresh, "registration.5.17", "the denial of the FA carries no challenge");
        }
        if accepts {
            must(
                !header.home_address.is_unspecified(),
                "registration.10.7",
                "the home address is 0",
            );
        }
        if let Some(key) = &key_reply {
            must(
                matches!(key.algorithm, algorithm::HMAC_MD5 | algorithm::HMAC_SHA1),
                "keys.1.9",
                "the algorithm is neither 1 nor 2",
            );
            must(
                key.replay_method == TIMESTAMPS,
                "keys.1.10",
                "the replay method is not timestamps",
            );
            must(key.ha_spi >= FIRST_FREE_SPI, "keys.1.8", "the FHA's SPI is below 256");
            must(
                key.lifetime >= u32::from(header.lifetime),
                "keys.1.11",
                "the key ends before the registration",
            );
        }
        if let Some(proof) = &proof {
            must(
                proof.spi >= FIRST_FREE_SPI,
                "wire.3.7",
                "the SPI of the authenticator is below 256",
            );
        }
        must(in_order(message), "registration.8.4", "the extensions are out of order");
        let Some(asked) = asked else { return };
        let has_34 = extensions.authenticator(AuthenticationKind::ForeignHome).once().is_some();
        let is_offered = asked.flags & 0x20 == 0;
        if hop == Some(Hop::Relay) && asked.lifetime != 0 {
            must(
                !has_34 || !is_offered || asked.has_foreign_home,
                "registration.5.16",
                "FA and FHA share an association, and the request had no authenticator of it",
            );
            must(
                has_34 || !asked.has_foreign_home,
                "registration.8.5",
                "the request was authenticated by the FA, and the reply is not by the FHA",
            );
        }
        let udp = extensions.iter().find_map(|extension| match extension.value {
            Extension::UdpTunnelReply(reply) => Some(reply),
            _ => None,
        });
        must(
            udp.is_none() || asked.asks_for_udp,
            "data-path.6.3",
            "tunnels in UDP are granted and were not asked for",
        );
        let challenge = extensions.challenge().once();
        match (hop, &asked.challenge) {
            (Some(Hop::Relay), Some(asked)) => must(
                challenge == Some(asked.as_slice()),
                "registration.8.5",
                "the challenge is not the request's",
            ),
            (Some(Hop::Link), Some(_)) => must(
                challenge.is_some(),
                "registration.9.3",
                "there is no challenge for the next request",
            ),
            _ => {}
        }
        must(
            header.home_agent == asked.home_agent,
            "registration.2.1",
            "the Home Agent field is not the request's",
        );
        let whole = header.identification.0 == asked.identification;
        if number != code::IDENTIFICATION_MISMATCH {
            must(whole, "registration.8.6", "the Identification is not the request's");
        }
        if accepts {
            let within = asked.lifetime == u16::MAX || header.lifetime <= asked.lifetime;
            must(within, "registration.7.12", "the lifetime is longer than the request's");
            let released = (header.lifetime == 0) == (asked.lifetime == 0);
            must(
                released,
                "registration.7.17",
                "an accepting reply with lifetime 0 answers no deregistration",
            );
            must(asked.flags & 0x02 != 0, "registration.7.8", "a request without T is accepted");
            must(asked.flags & 0x18 == 0, "registration.7.8", "a request with M or G is accepted");
            let wants_more = asked.flags & 0x80 != 0;
            must(
                number == code::ACCEPTED || wants_more,
                "registration.7.11",
                "code 1 answers a request without S",
            );
            if !asked.home_address.is_unspecified() {
                must(
                    header.home_address == asked.home_address,
                    "movement.1.3",
                    "the home address is not the request's",
                );
            }
            if asked.first && asked.lifetime != 0 {
                must(key_reply.is_some(), "registration.8.3", "there is no key generation reply");
            }
        }
        let chosen = if asked.first { asked.mn_spi } else { None };
        if let (Some(chosen), Some(proof)) = (chosen, &proof) {
            must(
                proof.spi == chosen,
                "registration.8.2",
                "the authenticator is not under the SPI that the MN chose",
            );
        } else if let (Some(known), Some(proof)) = (
            // With another FHA there is another association.
            self.mobiles.get(place).and_then(|mobile| {
                let facts = &mobile.facts;
                facts.mn_spi.filter(|_| facts.home_agent == Some(header.home_agent))
            }),
            &proof,
        ) {
            let same = known == proof.spi;
            self.must(same, at, place, "keys.1.7", "the authenticator is not under the MN's SPI");
        }
        self.check_denial(at, place, number, asked);
    }

    /// Whether a refusal has the reason that it names.
    fn check_denial(&mut self, at: At, place: usize, number: u8, asked: &Asked) {
        let (justified, what) = match number {
            code::HA_REVERSE_TUNNEL_MANDATORY => (asked.flags & 0x02 == 0, "T was set"),
            code::HA_ENCAPSULATION => (asked.flags & 0x18 != 0, "neither M nor G was set"),
            _ => return,
        };
        let what = format!("the request is refused with {number}, though {what}");
        self.must(justified, at, place, "registration.7.8", &what);
    }

    /// From where to where a reply goes.
    fn check_reply_way(
        &mut self,
        at: At,
        place: usize,
        carried: &Carried<'_>,
        hop: Option<Hop>,
        asked: Option<&Asked>,
    ) {
        let Some(asked) = asked else { return };
        match hop {
            Some(Hop::Link) if asked.hop == Hop::Link => {
                let same = carried.destination.port() == asked.from.port();
                self.must(
                    same,
                    at,
                    place,
                    "registration.9.8",
                    "the reply goes to another port than the request came from",
                );
            }
            Some(hop) if hop == asked.hop => {
                let same = carried.destination == asked.from
                    && (carried.source == asked.to || asked.to.ip().is_multicast());
                self.must(
                    same,
                    at,
                    place,
                    "registration.8.7",
                    "the reply does not go back to where the request came from",
                );
            }
            Some(_) => {}
            None => {
                let what = "the reply does not go back to where the request came from";
                self.must(asked.hop == Hop::Link, at, place, "registration.8.7", what);
            }
        }
    }

    /// What AAAH, FHA and FA had to pass on as it was.
    fn check_copies(
        &mut self,
        at: At,
        place: usize,
        message: &mip4::Reply<'_>,
        answered: &Answered,
    ) {
        let Some(mobile) = self.mobiles.get(place) else { return };
        let facts = &mobile.facts;
        if answered.hop == Hop::Link && !answered.protected.is_empty() {
            let got = facts.replies.iter().rev().find(|known| {
                known.hop == Hop::Relay && (known.low, known.code) == (answered.low, answered.code)
            });
            if got.is_some_and(|got| got.protected != answered.protected) {
                return self.reject(at, place, "registration.9.2", "the FA has changed the reply");
            }
        }
        let told = Parameters6::of(&message.extensions.bootstrap(self.vendor));
        let key = message.extensions.mn_ha_key_reply().once();
        let accepts = message.header.code.is_accepted();
        let mut wrong = None;
        let lifetime = u32::from(message.header.lifetime);
        let timeout = facts.granted.as_ref().and_then(|granted| granted.session_timeout);
        if let (Some(granted), Some(key)) = (&facts.granted, key) {
            let same = granted.nonce.as_deref().is_none_or(|nonce| nonce == key.nonce)
                && granted.aaa_spi.is_none_or(|spi| spi == key.aaa_spi)
                && granted.fha_spi.is_none_or(|spi| spi == key.ha_spi)
                && granted.key_lifetime.is_none_or(|lifetime| lifetime == key.lifetime)
                && granted.algorithm.is_none_or(|number| number == u32::from(key.algorithm))
                && granted
                    .replay_method
                    .is_none_or(|number| number == u32::from(key.replay_method));
            if !same {
                wrong = Some((
                    "registration.8.3",
                    "the key generation reply is not as the AAAH gave it",
                ));
            } else if accepts && lifetime != 0 {
                wrong = differs(granted, &told, message);
            }
            if accepts && timeout.is_some_and(|timeout| lifetime > timeout) {
                wrong = wrong.or(Some((
                    "registration.7.12",
                    "the lifetime is longer than the AAAH's session timeout",
                )));
            }
        } else if accepts && key.is_none() && !told.is_empty() {
            let before = facts.parameters.as_ref();
            if before.is_some_and(|before| *before != told) {
                wrong = Some(("movement.2.4", "the IPv6 parameters are not those given before"));
            }
        }
        if let Some((sentence, what)) = wrong {
            self.reject(at, place, sentence, what);
        }
    }

    /// What the mobile node holds from an accepting reply on.
    fn take_over(
        &mut self,
        at: At,
        place: usize,
        message: &mip4::Reply<'_>,
        (hop, asked): (Option<Hop>, Option<&Asked>),
    ) {
        let header = message.header;
        let fha = header.home_agent;
        let now = at.time.map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        let held = (fha, header.home_address);
        if header.lifetime == 0 {
            self.legs.holders.remove(&held);
        } else if let Some(now) = now {
            let other =
                self.legs.holders.get(&held).filter(|(who, until)| *who != place && *until > now);
            if other.is_some() {
                let what = format!("{} is another mobile node's at that FHA", header.home_address);
                self.reject(at, place, "registration.6.12", what);
            }
            let until = now + u64::from(header.lifetime) * 1_000_000;
            self.legs.holders.insert(held, (place, until));
            self.by_home.insert(header.home_address, place);
        }
        let told = Parameters6::of(&message.extensions.bootstrap(self.vendor));
        if let Some((home, _)) = told.home {
            self.by_v6.insert(home, place);
        }
        if let Some((care_of, _)) = told.care_of {
            self.by_v6.insert(care_of, place);
        }
        let proof = message.extensions.authenticator(AuthenticationKind::MobileHome).once();
        let Some(mobile) = self.mobiles.get_mut(place) else { return };
        let facts = &mut mobile.facts;
        facts.home_address = Some(header.home_address);
        facts.home_agent = Some(header.home_agent);
        if message.extensions.mn_ha_key_reply().once().is_some() {
            facts.mn_spi = proof.map(|proof| proof.spi);
        }
        // Where it is not known how far it goes, the mobile node may have got another one since.
        if header.lifetime == 0 || hop.is_none() {
            (facts.parameters, facts.registered_until, facts.mn_spi) = (None, None, None);
            return;
        }
        if !told.is_empty() {
            facts.parameters = Some(told);
        }
        let since = asked.and_then(|asked| asked.at.time).or(at.time);
        facts.registered_until =
            since.map(|since| since + Duration::from_secs(header.lifetime.into()));
    }
}

/// What an accepting reply has other than the AAAH's Accept.
fn differs(
    granted: &Granted,
    told: &Parameters6,
    message: &mip4::Reply<'_>,
) -> Option<(&'static str, &'static str)> {
    let address = granted.address.is_some_and(|address| address != message.header.home_address);
    if address {
        return Some(("registration.6.20", "the home address is not the AAAH's"));
    }
    (granted.parameters != *told)
        .then_some(("registration.6.20", "the IPv6 parameters are not the AAAH's"))
}

/// The code in the model's words.
const fn model_code(number: u8, lifetime: u16) -> Option<Code> {
    match number {
        code::ACCEPTED | code::ACCEPTED_NOT_SIMULTANEOUS if lifetime == 0 => Some(Code::Released),
        code::ACCEPTED | code::ACCEPTED_NOT_SIMULTANEOUS => Some(Code::Accepted),
        code::IDENTIFICATION_MISMATCH => Some(Code::Stale),
        code::HA_MN_AUTHENTICATION => Some(Code::Unproved),
        code::HA_PROHIBITED | code::HA_RESOURCES => Some(Code::NoAddress),
        code::UNKNOWN_CHALLENGE | code::MISSING_CHALLENGE | code::STALE_CHALLENGE => {
            Some(Code::Challenge)
        }
        code::FA_TIMEOUT => Some(Code::Timeout),
        _ => None,
    }
}

/// Whether the extensions for the MN stand before the authenticator and in their order.
fn in_order(message: &mip4::Reply<'_>) -> bool {
    const ORDER: [(u8, u8); 6] = [(131, 0), (43, 0), (134, 5), (134, 6), (134, 7), (32, 0)];
    let places = message.extensions.iter().filter_map(|extension| {
        let kind = *extension.raw.first()?;
        let parameter = match extension.value {
            Extension::Nvse(vendor) => u8::try_from(vendor.kind).ok()?,
            _ => 0,
        };
        ORDER.iter().position(|known| *known == (kind, parameter))
    });
    places.collect::<Vec<_>>().is_sorted()
}
