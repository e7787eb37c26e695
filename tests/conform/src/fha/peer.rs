//! The mobile node and the AAAH that an FHA, or any Mobile IPv4 home agent, is tested with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Extension, Identification, Message, RequestHeader,
    SecurityContext,
};
use dsboot_codec::radius::{Attribute, Packet, ResponseBuilder, SubAttribute};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::mip4::{
    COLOCATED_CHALLENGE, FIRST_FREE_SPI, PORT, algorithm, replay_method,
};
use dsboot_spec::registry::radius::code as radius_code;

use super::rrq::{Part, Rrq, Tweak};
use crate::Stage;
use crate::case::{Ending, Outcome, fail, missing};
use crate::profile::octets;
use crate::server::Desk;
use crate::stage::{Came, Endpoint, TICK};

/// The lifetime that is asked for where a case says nothing else, in seconds.
pub(super) const LIFETIME: u16 = 300;

/// How long the tester's AAAH grants mobility, in seconds.
const SESSION: u32 = 3600;

/// A security association as the mobile node has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sa {
    pub(crate) spi: u32,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: Vec<u8>,
}

impl Sa {
    pub(crate) fn context(&self) -> SecurityContext<'_> {
        SecurityContext { spi: self.spi, algorithm: self.algorithm, key: &self.key }
    }
}

/// A mobile node, with its AAAH behind the target.
#[derive(Debug)]
pub(super) struct Mobile {
    pub(super) nai: Option<Vec<u8>>,
    pub(super) aaa_key: Vec<u8>,
    /// The SPI that it wants replies to carry.
    pub(super) mn_spi: u32,
    pub(super) endpoint: Endpoint,
    pub(super) care_of: Ipv4Addr,
    pub(super) home_address: Ipv4Addr,
    pub(super) home_agent: Ipv4Addr,
    /// For requests; `None` before the first registration.
    pub(super) sa: Option<Sa>,
    pub(super) desk: Option<Desk>,
    /// What its requests are proved by as if by the agent that relays them.
    pub(super) agent: Option<Sa>,
    last: u64,
}

/// What the tester's AAAH puts into an Accept; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) thoav4: Option<Ipv4Addr>,
    pub(super) home6: Option<Ipv6Addr>,
    pub(super) agent6: Option<Ipv6Addr>,
    pub(super) care_of6: Option<Ipv6Addr>,
    pub(super) key: bool,
    pub(super) nonce: Option<[u8; 16]>,
    pub(super) session: Option<u32>,
    pub(super) key_lifetime: u32,
    pub(super) algorithm: u16,
    pub(super) aaa_spi: Option<u32>,
    pub(super) replay: Option<u32>,
}

/// An answer to a request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) came: Came,
    pub(super) code: u8,
    pub(super) lifetime: u16,
    pub(super) home_address: Ipv4Addr,
    pub(super) home_agent: Ipv4Addr,
    pub(super) identification: Identification,
}

impl Mobile {
    /// A mobile node that no other case has.
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<Mobile, Ending> {
        let address = stage.profile.tester.address;
        Mobile::at(stage, address)
    }

    /// One that is registered.
    pub(super) fn registered(stage: &mut Stage<'_>) -> Result<Mobile, Ending> {
        let mut mobile = Mobile::new(stage)?;
        mobile.establish(stage)?;
        Ok(mobile)
    }

    /// One whose requests come through the agent that the profile names.
    pub(super) fn through_agent(stage: &mut Stage<'_>) -> Result<Mobile, Ending> {
        let Some(agent) = &stage.profile.target.foreign_agent else {
            return Err(Ending::Skip("the profile names no foreign agent".to_owned()));
        };
        let (spi, key) = (agent.spi, octets(&agent.key));
        let mut mobile = Mobile::at(stage, agent.address.into())?;
        mobile.agent = Some(Sa { spi, algorithm: Algorithm::HmacMd5, key });
        Ok(mobile)
    }

    /// The same, from another address of this host.
    pub(super) fn at(stage: &mut Stage<'_>, address: IpAddr) -> Result<Mobile, Ending> {
        let IpAddr::V4(care_of) = address else {
            return missing("tester.address is no IPv4 address");
        };
        let IpAddr::V4(home_agent) = stage.profile.target.address.ip() else {
            return missing("target.address is no IPv4 address");
        };
        let endpoint = stage.endpoint("MN", address, 0, Protocol::Mip4)?;
        let number = stage.number;
        let profile = stage.profile;
        if profile.claims("bootstrap") {
            let nai = format!("mn{number}@conform.example").into_bytes();
            let Some(server) = stage.server else { return missing("tester.aaa") };
            let desk = Some(server.desk(&nai));
            let key = stage.random::<16>().to_vec();
            let mn_spi = stage.random_u32() | FIRST_FREE_SPI;
            stage.key(format!(
                "[[mn_aaa]]\nnai = \"{}\"\nkey = \"hex:{}\"\n",
                String::from_utf8_lossy(&nai),
                hex::encode(&key)
            ));
            if let Some(secret) = &profile.tester.secret {
                stage.key(format!("[[radius]]\nsecret = \"{secret}\"\n"));
            }
            return Ok(Mobile {
                nai: Some(nai),
                aaa_key: key,
                mn_spi,
                endpoint,
                care_of,
                home_address: Ipv4Addr::UNSPECIFIED,
                home_agent,
                sa: None,
                desk,
                agent: None,
                last: 0,
            });
        }
        let Some(known) = profile.mobiles.get(stage.slot) else { return missing("a [[mobile]]") };
        stage.await_clock();
        let algorithm = match known.algorithm.as_str() {
            "hmac-md5" => Algorithm::HmacMd5,
            "hmac-sha1" => Algorithm::HmacSha1,
            "prefix-suffix-md5" => Algorithm::PrefixSuffixMd5,
            other => return missing(format!("an algorithm of that name: {other}")),
        };
        let key = octets(&known.key);
        let (spi, name) = (known.spi, &known.algorithm);
        let shown = hex::encode(&key);
        stage.key(format!(
            "[[mobile_ip]]\nspi = {spi}\nkey = \"hex:{shown}\"\nalgorithm = \"{name}\"\n"
        ));
        Ok(Mobile {
            nai: known.nai.as_ref().map(|nai| nai.clone().into_bytes()),
            aaa_key: Vec::new(),
            mn_spi: spi,
            endpoint,
            care_of,
            home_address: known.home_address,
            home_agent,
            sa: Some(Sa { spi, algorithm, key }),
            desk: None,
            agent: None,
            last: 0,
        })
    }

    /// An Identification greater than all before.
    pub(super) fn identification(&mut self, stage: &Stage<'_>) -> Identification {
        self.last = stage.ntp().max((self.last & !(TICK - 1)) + TICK);
        Identification(self.last)
    }

    /// From now on Identifications are greater than this one.
    pub(super) const fn has_used(&mut self, identification: Identification) {
        self.last = identification.0;
    }

    fn header(&mut self, stage: &Stage<'_>) -> RequestHeader {
        RequestHeader {
            flags: stage.profile.flags(),
            lifetime: LIFETIME,
            home_address: self.home_address,
            home_agent: self.home_agent,
            care_of_address: self.care_of,
            identification: self.identification(stage),
        }
    }

    fn nai(&self) -> Option<Part> {
        self.nai.as_ref().map(|nai| Part::of(Extension::Nai(nai)))
    }

    /// A first request, as it must be.
    pub(super) fn first(&mut self, stage: &Stage<'_>) -> Rrq {
        let mut header = self.header(stage);
        header.home_address = Ipv4Addr::UNSPECIFIED;
        let key = self.aaa_key.clone();
        let challenge = COLOCATED_CHALLENGE.to_vec();
        let parts = self
            .nai()
            .into_iter()
            .chain([
                Part::of(Extension::MnHaKeyRequest { mn_spi: self.mn_spi }),
                Part::Aaa { key, challenge, tweak: Tweak::Right },
            ])
            .chain(self.relayed())
            .collect();
        Rrq { header, parts }
    }

    /// A request under the association, as it must be.
    pub(super) fn again(&mut self, stage: &Stage<'_>) -> Result<Rrq, Ending> {
        let Some(sa) = self.sa.clone() else { return missing("an association") };
        let header = self.header(stage);
        let kind = AuthenticationKind::MobileHome;
        let auth = Part::Auth { kind, sa, tweak: Tweak::Right };
        let parts = self.nai().into_iter().chain([auth]).chain(self.relayed()).collect();
        Ok(Rrq { header, parts })
    }

    /// What an agent on the way adds.
    fn relayed(&self) -> Option<Part> {
        let sa = self.agent.clone()?;
        Some(Part::Auth { kind: AuthenticationKind::ForeignHome, sa, tweak: Tweak::Right })
    }

    /// Sends octets to the target.
    pub(super) fn send(&self, stage: &mut Stage<'_>, octets: &[u8]) -> Result<(), Ending> {
        let to = stage.profile.target.address;
        stage.send(&self.endpoint, to, octets)
    }

    /// The next reply, within `patience`.
    pub(super) fn reply(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Answer> {
        let came = stage.receive(&self.endpoint, patience)?;
        Some(Answer::read(came))
    }

    /// Asks for a reply's authenticator under the association.
    pub(super) fn proved(&self, answer: &Answer) -> Outcome {
        match &self.sa {
            Some(sa) => answer.proof(self.mn_spi, sa.algorithm, &sa.key),
            None => missing("an association"),
        }
    }

    /// The next Access-Request about this mobile node.
    pub(super) fn asked(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Came> {
        self.desk.as_ref()?.receive(stage, patience)
    }

    /// What the AAAH grants this mobile node at this target.
    pub(super) fn grant(&self, stage: &mut Stage<'_>, ask: &Came) -> Grant {
        let [_, _, high, low] = stage.number.to_be_bytes();
        let prefix = Packet::decode(&ask.octets)
            .ok()
            .and_then(|packet| packet.framed_ipv6_prefixes().next().map(|prefix| prefix.address()))
            .or(stage.profile.target.prefix);
        let host = u128::from(stage.number) + 0x1000;
        let inside = |prefix: Ipv6Addr| Ipv6Addr::from_bits(prefix.to_bits() | host);
        Grant {
            thoav4: Some(Ipv4Addr::new(10, 203, high, low)),
            home6: Some(inside(Ipv6Addr::new(0x2001, 0xdb8, 0xc0f, 0, 0, 0, 0, 0))),
            agent6: Some(Ipv6Addr::new(0x2001, 0xdb8, 0xc0f, 0, 0, 0, 0, 1)),
            care_of6: prefix.map(inside),
            key: true,
            nonce: Some(stage.random()),
            session: Some(SESSION),
            key_lifetime: SESSION,
            algorithm: algorithm::HMAC_MD5,
            aaa_spi: Some(0x100),
            replay: Some(replay_method::TIMESTAMPS.into()),
        }
    }

    /// The key that a grant gives.
    pub(super) fn key(&self, nonce: &[u8]) -> Vec<u8> {
        let nai = self.nai.clone().unwrap_or_default();
        RegistrationKey::derive(&self.aaa_key, nonce, &MnIdentifier::Nai(&nai)).octets().to_vec()
    }

    /// An Accept.
    pub(super) fn accept(
        &self,
        stage: &Stage<'_>,
        ask: &Came,
        grant: &Grant,
    ) -> Result<Vec<u8>, Ending> {
        let Ok(packet) = Packet::decode(&ask.octets) else {
            return missing("an Access-Request that can be read");
        };
        let (vendor, secret) = (stage.profile.vendor, secret(stage));
        let mut builder = ResponseBuilder::new(radius_code::ACCESS_ACCEPT, &packet);
        if let Some(user) = packet.user_name().once() {
            builder.attribute(&Attribute::UserName(user));
        }
        if let Some(address) = grant.thoav4 {
            builder.attribute(&Attribute::FramedIpAddress(address));
        }
        if let Some(seconds) = grant.session {
            builder.attribute(&Attribute::SessionTimeout(seconds));
        }
        let prefixed = |address| Prefixed::<Ipv6Addr>::new(address, 64);
        let parameters = [
            grant.home6.and_then(prefixed).map(Parameter::Ipv6Hoa),
            grant.agent6.map(Parameter::HomeAgent),
            grant.care_of6.and_then(prefixed).map(Parameter::Ipv6Coa),
        ];
        for parameter in parameters.into_iter().flatten() {
            builder.sub_attribute(vendor, &parameter.into());
        }
        if grant.key {
            let key = self.key(&grant.nonce.unwrap_or([7; 16]));
            builder.hidden_key(vendor, parameter::MN_FHA_KEY, &key, 7, &secret);
        }
        if let Some(nonce) = &grant.nonce {
            builder.sub_attribute(vendor, &SubAttribute::KeyGenNonce(nonce));
        }
        let units = [
            grant.aaa_spi.map(SubAttribute::AaaSpi),
            Some(SubAttribute::KeyLifetime(grant.key_lifetime)),
            Some(SubAttribute::Algorithm(grant.algorithm.into())),
            grant.replay.map(SubAttribute::ReplayMethod),
        ];
        for unit in units.into_iter().flatten() {
            builder.sub_attribute(vendor, &unit);
        }
        builder
            .sign_response(&secret)
            .map_err(|error| Ending::Inconclusive(format!("the Accept cannot be made: {error}")))
    }

    /// A Reject, or any other answer without contents.
    pub(super) fn bare(&self, stage: &Stage<'_>, ask: &Came, code: u8) -> Result<Vec<u8>, Ending> {
        let Ok(packet) = Packet::decode(&ask.octets) else {
            return missing("an Access-Request that can be read");
        };
        ResponseBuilder::new(code, &packet)
            .sign_response(&secret(stage))
            .map_err(|error| Ending::Inconclusive(format!("the answer cannot be made: {error}")))
    }

    /// Answers as AAAH.
    pub(super) fn answer(
        &self,
        stage: &mut Stage<'_>,
        ask: &Came,
        octets: &[u8],
    ) -> Result<(), Ending> {
        let Some(server) = stage.server else { return missing("tester.aaa") };
        server.send(stage, ask.from, octets)
    }

    /// What the mobile node takes over from an accepting reply to a first request.
    pub(super) fn learn(&mut self, answer: &Answer, nonce: &[u8]) -> Result<(), Ending> {
        let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
            return missing("a reply that can be read");
        };
        let Some(key) = reply.extensions.mn_ha_key_reply().once() else {
            return missing("a key generation reply");
        };
        let algorithm = Algorithm::from_number(key.algorithm).unwrap_or(Algorithm::HmacMd5);
        self.sa = Some(Sa { spi: key.ha_spi, algorithm, key: self.key(nonce) });
        self.home_address = answer.home_address;
        Ok(())
    }

    /// Registers, by whichever way the target knows.
    pub(super) fn establish(&mut self, stage: &mut Stage<'_>) -> Result<Answer, Ending> {
        if self.desk.is_none() {
            let request = self.again(stage)?;
            self.send(stage, &request.octets())?;
            return match self.reply(stage, stage.patience()) {
                Some(answer) if answer.code <= 1 => Ok(answer),
                Some(answer) => missing(format!("a registration: code {}", answer.code)),
                None => missing("a registration: no reply to a request that is as it must be"),
            };
        }
        let first = self.first(stage);
        let (answer, grant) = self.bootstrap(stage, &first.octets(), |_| {})?;
        match answer {
            Some(answer) if answer.code <= 1 => {
                self.learn(&answer, &grant.nonce.unwrap_or_default())?;
                Ok(answer)
            }
            Some(answer) => missing(format!("a bootstrap: code {}", answer.code)),
            None => missing("a bootstrap: no reply after the Accept"),
        }
    }

    /// Sends a first request, and answers the question that it causes.
    pub(super) fn bootstrap(
        &mut self,
        stage: &mut Stage<'_>,
        request: &[u8],
        change: impl FnOnce(&mut Grant),
    ) -> Result<(Option<Answer>, Grant), Ending> {
        self.send(stage, request)?;
        let Some(ask) = self.asked(stage, stage.patience()) else {
            return missing("an Access-Request for a first request");
        };
        let mut grant = self.grant(stage, &ask);
        change(&mut grant);
        let accept = self.accept(stage, &ask, &grant)?;
        self.answer(stage, &ask, &accept)?;
        let answer = self.reply(stage, stage.patience());
        Ok((answer, grant))
    }
}

/// The secret of tester and target.
pub(super) fn secret(stage: &Stage<'_>) -> Vec<u8> {
    stage.profile.tester.secret.clone().unwrap_or_default().into_bytes()
}

impl Answer {
    fn read(came: Came) -> Answer {
        let octet = |at: usize| came.octets.get(at).copied().unwrap_or_default();
        let word = |at: usize| {
            u32::from_be_bytes([octet(at), octet(at + 1), octet(at + 2), octet(at + 3)])
        };
        Answer {
            // What is no reply has no code that anybody expects.
            code: if octet(0) == 3 && came.octets.len() >= 20 { octet(1) } else { u8::MAX },
            lifetime: u16::from_be_bytes([octet(2), octet(3)]),
            home_address: Ipv4Addr::from_bits(word(4)),
            home_agent: Ipv4Addr::from_bits(word(8)),
            identification: Identification::new(word(12), word(16)),
            came,
        }
    }

    /// Whether exactly one MN–FHA authenticator stands in it and is right.
    pub(super) fn is_proved(&self, spi: u32, algorithm: Algorithm, key: &[u8]) -> bool {
        self.proof(spi, algorithm, key).is_ok()
    }

    /// Asks for exactly one MN–FHA authenticator that is right, and says what is wrong with it.
    pub(super) fn proof(&self, spi: u32, algorithm: Algorithm, key: &[u8]) -> Outcome {
        let octets = &self.came.octets;
        let wanted = format!("one right mobile-home authenticator under SPI {spi:#x}");
        let reply = match Message::decode(octets) {
            Ok(Message::Reply(reply)) => reply,
            Ok(other) => return fail(wanted, format!("a message of type {}", other.kind())),
            Err(error) => return fail(wanted, format!("what cannot be read: {error}")),
        };
        let kind = AuthenticationKind::MobileHome;
        let proof = reply.extensions.authenticator(kind);
        let Some(proof) = proof.once() else {
            let none = proof.is_absent();
            return fail(wanted, if none { "no extension 32" } else { "several extensions 32" });
        };
        if proof.spi != spi {
            return fail(wanted, format!("one under SPI {:#x}", proof.spi));
        }
        if proof.verify(&SecurityContext { spi, algorithm, key }) {
            return Ok(());
        }
        // Behind Type, Length and SPI.
        let place = proof.offset + 6;
        let length = octets.get(proof.offset + 1).map_or(0, |length| usize::from(*length));
        let right = algorithm.authenticate(key, octets.get(..place).unwrap_or_default());
        let right = hex::encode(right);
        fail(
            format!("{wanted}: {right}, which is {algorithm:?} over the first {place} octets"),
            hex::encode(octets.get(place..proof.offset + 2 + length).unwrap_or_default()),
        )
    }
}

/// Whether the target answers at all.
pub(crate) fn probe(stage: &mut Stage<'_>) -> bool {
    let Ok(mut mobile) = Mobile::new(stage) else { return false };
    if mobile.desk.is_some() {
        let first = mobile.first(stage);
        let sent = mobile.send(stage, &first.octets());
        let asked = mobile.asked(stage, stage.patience());
        if let Some(ask) = &asked
            && let Ok(reject) = mobile.bare(stage, ask, radius_code::ACCESS_REJECT)
        {
            let _ = mobile.answer(stage, ask, &reject);
        }
        return sent.is_ok() && asked.is_some();
    }
    mobile.establish(stage).is_ok()
}

/// Where a target's Mobile IPv4 socket must be, for replies.
pub(super) fn from_target(stage: &Stage<'_>, from: SocketAddr) -> bool {
    let target = stage.profile.target.address;
    from == target || (from.ip() == target.ip() && from.port() == PORT)
}
