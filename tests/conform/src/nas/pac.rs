//! The PANA client and the AAA server that a NAS is tested with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed};
use dsboot_codec::eap::{self, Body, Code, Md5Challenge};
use dsboot_codec::pana::{Flags, Kind, Message};
use dsboot_codec::radius::{Attribute, Packet, ResponseBuilder};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::pana::avp;
use dsboot_spec::registry::radius::code as radius_code;

use super::{fail, missing};
use crate::Stage;
use crate::case::Ending;
use crate::server::Desk;
use crate::stage::{Came, Endpoint};

/// A PANA message made by hand, so that each part of it can be wrong.
#[derive(Clone, Debug)]
pub(crate) struct Msg {
    pub(crate) reserved: u16,
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    pub(crate) session: u32,
    pub(crate) sequence: u32,
    /// Code, vendor and value of each AVP.
    pub(crate) avps: Vec<(u16, Option<u32>, Vec<u8>)>,
    /// Added to the Message Length that is right.
    pub(crate) longer: i16,
    /// Octets behind the last AVP.
    pub(crate) tail: Vec<u8>,
}

impl Msg {
    pub(crate) fn new(kind: Kind, flags: Flags, session: u32, sequence: u32) -> Msg {
        let (kind, is_request) = kind.number();
        let flags = if is_request { flags | Flags::REQUEST } else { flags };
        Msg {
            reserved: 0,
            kind,
            flags: flags.0,
            session,
            sequence,
            avps: Vec::new(),
            longer: 0,
            tail: Vec::new(),
        }
    }

    /// The same with an AVP more.
    pub(crate) fn with(mut self, code: u16, value: &[u8]) -> Msg {
        self.avps.push((code, None, value.to_vec()));
        self
    }

    /// Takes out all AVPs of a code.
    pub(crate) fn remove(&mut self, code: u16) {
        self.avps.retain(|(own, vendor, _)| *own != code || vendor.is_some());
    }

    /// The value of an AVP, to be changed.
    pub(crate) fn value(&mut self, code: u16) -> Option<&mut Vec<u8>> {
        self.avps.iter_mut().find(|(own, ..)| *own == code).map(|(.., value)| value)
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        octets.extend(self.reserved.to_be_bytes());
        octets.extend([0, 0]);
        octets.extend(self.flags.to_be_bytes());
        octets.extend(self.kind.to_be_bytes());
        octets.extend(self.session.to_be_bytes());
        octets.extend(self.sequence.to_be_bytes());
        for (code, vendor, value) in &self.avps {
            octets.extend(code.to_be_bytes());
            octets.extend(if vendor.is_some() { [0x80, 0] } else { [0, 0] });
            octets.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
            octets.extend([0, 0]);
            octets.extend(vendor.iter().flat_map(|vendor| vendor.to_be_bytes()));
            octets.extend(value);
            octets.resize(octets.len().next_multiple_of(4), 0);
        }
        octets.extend(&self.tail);
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX);
        let length = length.wrapping_add_signed(self.longer).to_be_bytes();
        if let Some(field) = octets.get_mut(2..4) {
            field.copy_from_slice(&length);
        }
        octets
    }
}

/// A message of the target.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) came: Came,
}

impl Heard {
    pub(crate) fn message(&self) -> Result<Message<'_>, Ending> {
        match Message::decode(&self.came.octets) {
            Ok(message) => Ok(message),
            Err(error) => fail("a PANA message", error.to_string()),
        }
    }

    /// Asks for a kind of message, with all of these flags.
    pub(crate) fn is(&self, kind: Kind, flags: Flags) -> Result<Message<'_>, Ending> {
        let message = self.message()?;
        let name = |kind: Option<Kind>| kind.map_or("an unknown message", Kind::name);
        if message.kind() == Some(kind) && message.flags().contains(flags) {
            return Ok(message);
        }
        fail(
            format!("{} with flags {:#06x}", kind.name(), flags.0),
            format!("{} with flags {:#06x}", name(message.kind()), message.flags().0),
        )
    }

    /// The EAP packet in it.
    pub(crate) fn eap(&self) -> Result<Vec<u8>, Ending> {
        match self.message()?.eap_payload().once() {
            Some(eap) => Ok(eap.to_vec()),
            None => fail("one EAP-Payload", "none, or several"),
        }
    }
}

/// What the tester's AAA server puts into an Accept.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) session: Option<u32>,
    pub(super) fha: Option<Ipv4Addr>,
    pub(super) fqdn: Option<&'static str>,
    pub(super) care_of: Option<Ipv4Addr>,
    /// The EAP packet: Success, Failure or none.
    pub(super) eap: Option<Code>,
}

impl Grant {
    /// What is granted where a case says nothing else: an address that no other case has.
    pub(super) fn of(stage: &Stage<'_>) -> Grant {
        let [_, _, high, low] = stage.number.to_be_bytes();
        Grant {
            session: Some(1234),
            fha: Some(Ipv4Addr::new(192, 0, 2, 8)),
            fqdn: None,
            care_of: Some(Ipv4Addr::new(10, 203, high, low)),
            eap: Some(Code::Success),
        }
    }
}

/// A PANA client, with its AAA server behind the target.
#[derive(Debug)]
pub(super) struct Pac {
    pub(super) endpoint: Endpoint,
    pub(super) paa: SocketAddr,
    pub(super) session: u32,
    /// The number of the target's last request.
    pub(super) theirs: u32,
    /// The number of our next request.
    pub(super) own: u32,
    pub(super) nai: Vec<u8>,
    pub(super) desk: Desk,
    nonce: [u8; 16],
    /// What came last; it may be repeated.
    last: Vec<u8>,
}

impl Pac {
    /// A client that no other case has.
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<Pac, Ending> {
        let address = stage.profile.tester.address;
        Pac::at(stage, address)
    }

    pub(super) fn at(stage: &mut Stage<'_>, address: IpAddr) -> Result<Pac, Ending> {
        let endpoint = stage.endpoint("PaC", address, 0, Protocol::Pana)?;
        let nai = format!("mn{}@conform.example", stage.number).into_bytes();
        let Some(server) = stage.server else { return missing("tester.aaa") };
        if let Some(secret) = &stage.profile.tester.secret {
            stage.key(format!("[[radius]]\nsecret = \"{secret}\"\n"));
        }
        Ok(Pac {
            endpoint,
            paa: stage.profile.target.address,
            session: 0,
            theirs: 0,
            own: stage.random_u32(),
            desk: server.desk(&nai),
            nai,
            nonce: stage.random(),
            last: Vec::new(),
        })
    }

    /// A client initiation, which announces that the client understands our parameters or not.
    pub(super) fn initiation(&self, stage: &Stage<'_>, announce: bool) -> Msg {
        let mut message = Msg::new(Kind::Pci, Flags::NONE, 0, 0);
        if announce {
            let vendor = Some(stage.profile.vendor);
            message.avps.push((parameter::BOOTSTRAP_REQUEST.into(), vendor, vec![0x0f]));
        }
        message
    }

    /// The next request of ours.
    pub(super) fn request(&mut self, kind: Kind, flags: Flags) -> Msg {
        self.own = self.own.wrapping_add(1);
        Msg::new(kind, flags, self.session, self.own)
    }

    pub(super) fn send(&self, stage: &mut Stage<'_>, message: &Msg) -> Result<(), Ending> {
        stage.send(&self.endpoint, self.paa, &message.octets())
    }

    /// The next message, repetitions of the last one left out.
    pub(super) fn hear(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Heard> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let came = stage.receive(&self.endpoint, left)?;
            if came.octets != self.last {
                self.last.clone_from(&came.octets);
                let heard = Heard { came };
                if let Ok(message) = heard.message()
                    && message.flags().contains(Flags::REQUEST)
                {
                    (self.session, self.theirs) = (message.session_id(), message.sequence());
                }
                return Some(heard);
            }
        }
    }

    /// The next message, which has to come.
    pub(super) fn heard(&mut self, stage: &mut Stage<'_>, what: &str) -> Result<Heard, Ending> {
        match self.hear(stage, stage.patience()) {
            Some(heard) => Ok(heard),
            None => fail(what, format!("nothing within {} ms", stage.profile.patience)),
        }
    }

    /// The answer to the target's request: same number, its flags, a Nonce where it had one.
    pub(super) fn answering(&self, request: &Heard) -> Result<Msg, Ending> {
        let message = request.message()?;
        let kept = Flags::START | Flags::COMPLETE | Flags::RE_AUTHENTICATION | Flags::PING;
        let kind = match message.kind() {
            Some(Kind::Par) => Kind::Pan,
            Some(Kind::Ptr) => Kind::Pta,
            Some(Kind::Pnr) => Kind::Pna,
            _ => return fail("a request", "something else"),
        };
        let flags = message.flags().and(kept);
        let mut answer = Msg::new(kind, flags, message.session_id(), message.sequence());
        if !message.nonce().is_absent() {
            answer = answer.with(avp::NONCE, &self.nonce);
        }
        Ok(answer)
    }

    /// Opens a session, up to the first request with an EAP packet.
    pub(super) fn open(&mut self, stage: &mut Stage<'_>, announce: bool) -> Result<Heard, Ending> {
        let initiation = self.initiation(stage, announce);
        self.send(stage, &initiation)?;
        let start = self.heard(stage, "a PANA-Auth-Request with S")?;
        start.is(Kind::Par, Flags::START)?;
        let confirmation = self.answering(&start)?;
        self.send(stage, &confirmation)?;
        let first = self.heard(stage, "a PANA-Auth-Request with an EAP Request")?;
        first.is(Kind::Par, Flags::NONE)?;
        Ok(first)
    }

    /// The answer to a request for the identity.
    pub(super) fn identity(&self, request: &Heard) -> Result<Msg, Ending> {
        let eap = request.eap()?;
        let identifier = eap.get(1).copied().unwrap_or_default();
        let response = encode(identifier, &Body::Response(eap::Message::Identity(&self.nai)))?;
        Ok(self.answering(request)?.with(avp::EAP_PAYLOAD, &response))
    }

    /// The answer to a request with an MD5 challenge.
    pub(super) fn md5(&self, request: &Heard) -> Result<Msg, Ending> {
        let eap = request.eap()?;
        let identifier = eap.get(1).copied().unwrap_or_default();
        let value = [0x5a; 16];
        let body =
            Body::Response(eap::Message::Md5Challenge(Md5Challenge { value: &value, name: b"" }));
        Ok(self.answering(request)?.with(avp::EAP_PAYLOAD, &encode(identifier, &body)?))
    }

    /// The next question about the user.
    pub(super) fn asked(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Came> {
        self.desk.receive(stage, patience)
    }

    /// The next question about the user, which has to come.
    pub(super) fn question(&self, stage: &mut Stage<'_>) -> Result<Came, Ending> {
        match self.asked(stage, stage.patience()) {
            Some(ask) => Ok(ask),
            None => fail("an Access-Request", "none"),
        }
    }

    /// Up to the first question.
    pub(super) fn first_question(
        &mut self,
        stage: &mut Stage<'_>,
        announce: bool,
    ) -> Result<Came, Ending> {
        let first = self.open(stage, announce).or_else(up_to)?;
        let identity = self.identity(&first)?;
        self.send(stage, &identity)?;
        self.question(stage)
    }

    /// Up to the question about the answer to the challenge.
    pub(super) fn second_question(
        &mut self,
        stage: &mut Stage<'_>,
        announce: bool,
    ) -> Result<Came, Ending> {
        let ask = self.first_question(stage, announce).or_else(up_to)?;
        let challenge = challenge(stage, &ask)?;
        reply(stage, &ask, &challenge)?;
        let request = self.heard(stage, "a PANA-Auth-Request with the challenge").or_else(up_to)?;
        let answer = self.md5(&request)?;
        self.send(stage, &answer)?;
        self.question(stage)
    }

    /// Up to the result.
    pub(super) fn concluded(
        &mut self,
        stage: &mut Stage<'_>,
        announce: bool,
        grant: &Grant,
    ) -> Result<Heard, Ending> {
        let ask = self.second_question(stage, announce).or_else(up_to)?;
        let octets = accept(stage, &ask, grant)?;
        reply(stage, &ask, &octets)?;
        let result = self.heard(stage, "a PANA-Auth-Request with C")?;
        result.is(Kind::Par, Flags::COMPLETE)?;
        Ok(result)
    }

    /// Up to the access phase.
    pub(super) fn admitted(&mut self, stage: &mut Stage<'_>) -> Result<Heard, Ending> {
        let grant = Grant::of(stage);
        let result = self.concluded(stage, true, &grant).or_else(up_to)?;
        let answer = self.answering(&result)?;
        self.send(stage, &answer)?;
        Ok(result)
    }
}

/// What goes wrong on the way to a question is no answer to it.
pub(crate) fn up_to<T>(ending: Ending) -> Result<T, Ending> {
    match ending {
        Ending::Fail { expected, seen } => missing(format!("{expected}; seen: {seen}")),
        other => Err(other),
    }
}

/// An EAP packet.
pub(crate) fn encode(identifier: u8, body: &Body<'_>) -> Result<Vec<u8>, Ending> {
    eap::encode(identifier, body)
        .map_err(|error| Ending::Inconclusive(format!("EAP cannot be made: {error}")))
}

/// The secret of tester and target.
pub(super) fn secret(stage: &Stage<'_>) -> Vec<u8> {
    stage.profile.tester.secret.clone().unwrap_or_default().into_bytes()
}

/// The Identifier of the EAP packet in a question.
fn eap_identifier(packet: &Packet<'_>) -> u8 {
    let eap = packet.eap_message().ok().flatten();
    eap.and_then(|eap| eap.get(1).copied()).unwrap_or_default()
}

/// An answer of the AAA server, signed.
pub(super) fn radius(
    stage: &Stage<'_>,
    ask: &Came,
    code: u8,
    secret: &[u8],
    build: impl FnOnce(&mut ResponseBuilder, u8),
) -> Result<Vec<u8>, Ending> {
    let Ok(packet) = Packet::decode(&ask.octets) else {
        return fail("an Access-Request that can be read", "another");
    };
    let mut builder = ResponseBuilder::new(code, &packet);
    build(&mut builder, eap_identifier(&packet));
    let _ = stage;
    builder
        .sign_response(secret)
        .map_err(|error| Ending::Inconclusive(format!("the answer cannot be made: {error}")))
}

/// The state that the tester's AAA server gives.
pub(super) const STATE: &[u8] = b"conform state";

/// A Challenge with an MD5 challenge.
pub(super) fn challenge(stage: &Stage<'_>, ask: &Came) -> Result<Vec<u8>, Ending> {
    let value = [0xa5; 16];
    let body =
        Body::Request(eap::Message::Md5Challenge(Md5Challenge { value: &value, name: b"aaa" }));
    let mut failed = None;
    let octets =
        radius(stage, ask, radius_code::ACCESS_CHALLENGE, &secret(stage), |builder, id| {
            match encode(id.wrapping_add(1), &body) {
                Ok(eap) => {
                    builder.eap_message(&eap);
                }
                Err(error) => failed = Some(error),
            }
            builder.attribute(&Attribute::State(STATE));
        })?;
    failed.map_or(Ok(octets), Err)
}

/// An Accept.
pub(super) fn accept(stage: &Stage<'_>, ask: &Came, grant: &Grant) -> Result<Vec<u8>, Ending> {
    let vendor = stage.profile.vendor;
    radius(stage, ask, radius_code::ACCESS_ACCEPT, &secret(stage), |builder, id| {
        if let Some(seconds) = grant.session {
            builder.attribute(&Attribute::SessionTimeout(seconds));
        }
        if let Some(address) = grant.care_of {
            builder.attribute(&Attribute::FramedIpAddress(address));
            builder.attribute(&Attribute::FramedIpNetmask(Ipv4Addr::new(255, 255, 255, 0)));
        }
        if let Some(address) = grant.fha {
            builder.sub_attribute(vendor, &Parameter::FhaAddress(address).into());
        }
        if let Some(name) = grant.fqdn.and_then(Fqdn::new) {
            builder.sub_attribute(vendor, &Parameter::FhaFqdn(name).into());
        }
        if let Some(code) = grant.eap {
            builder.eap_message(&ending(code, id));
        }
    })
}

/// An EAP Success or Failure.
pub(super) fn ending(code: Code, identifier: u8) -> [u8; 4] {
    [if code == Code::Success { 3 } else { 4 }, identifier, 0, 4]
}

/// Answers as AAA server.
pub(super) fn reply(stage: &mut Stage<'_>, ask: &Came, octets: &[u8]) -> Result<(), Ending> {
    let Some(server) = stage.server else { return missing("tester.aaa") };
    server.send(stage, ask.from, octets)
}

/// The care-of address with its prefix length, as a parameter.
pub(super) fn colocated(address: Ipv4Addr, length: u8) -> Option<Parameter<'static>> {
    Prefixed::<Ipv4Addr>::new(address, length).map(Parameter::ColocatedAddress)
}

/// Whether the target answers at all.
pub(crate) fn probe(stage: &mut Stage<'_>) -> bool {
    let Ok(mut pac) = Pac::new(stage) else { return false };
    let initiation = pac.initiation(stage, true);
    pac.send(stage, &initiation).is_ok() && pac.hear(stage, stage.patience()).is_some()
}
