//! Questions of leg B, and what an Accept assigns.

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::crypto::md5;
use dsboot_codec::dsb::{Parameter, Wanted};
use dsboot_codec::radius::{Attribute, ChapPassword, Ipv6Prefix, RequestBuilder, SubAttribute};
use dsboot_spec::registry::radius::code as radius_code;

use super::peer::{Answer, Client, fha, mobile_user, tell_key};
use crate::Stage;
use crate::case::{Ending, missing};
use crate::profile::User;

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;

/// A question of leg B; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) nai: Vec<u8>,
    pub(super) key: Vec<u8>,
    pub(super) identifier: u8,
    pub(super) challenge: Option<Vec<u8>>,
    pub(super) response: Option<[u8; 16]>,
    pub(super) prefix: Option<Ipv6Addr>,
    pub(super) current: Option<Ipv4Addr>,
    pub(super) wanted: Option<u8>,
    pub(super) spis: bool,
}

impl Question {
    pub(super) fn of(user: &User) -> Question {
        Question {
            nai: user.nai.clone().into_bytes(),
            key: user.mn_aaa_key.clone().unwrap_or_default().into_bytes(),
            identifier: 0,
            challenge: Some([&[0x5c; 16][..], &[0]].concat()),
            response: None,
            prefix: Some(Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0)),
            current: None,
            wanted: None,
            spis: true,
        }
    }

    pub(super) fn right(&self) -> [u8; 16] {
        let challenge = self.challenge.as_deref().unwrap_or_default();
        md5(&[&[self.identifier], &self.key, challenge])
    }

    pub(super) fn fill(&self, builder: &mut RequestBuilder, vendor: u32) {
        let response = self.response.unwrap_or_else(|| self.right());
        builder.attribute(&Attribute::UserName(&self.nai));
        builder.attribute(&Attribute::ChapPassword(ChapPassword {
            identifier: self.identifier,
            response: &response,
        }));
        if let Some(challenge) = &self.challenge {
            builder.attribute(&Attribute::ChapChallenge(challenge));
        }
        if let Some(prefix) = self.prefix.and_then(|prefix| Ipv6Prefix::new(prefix, 64)) {
            builder.attribute(&Attribute::FramedIpv6Prefix(prefix));
        }
        if let Some(current) = self.current {
            builder.attribute(&Attribute::FramedIpAddress(current));
        }
        if self.spis {
            builder.sub_attribute(vendor, &SubAttribute::MnSpi(0x1001));
            builder.sub_attribute(vendor, &SubAttribute::FhaSpi(0x2001));
        }
        if let Some(flags) = self.wanted {
            builder.sub_attribute(vendor, &Parameter::BootstrapRequest(Wanted(flags)).into());
        }
    }

    pub(super) fn ask(&self, stage: &mut Stage<'_>, client: &mut Client) -> Result<Answer, Ending> {
        let vendor = stage.profile.vendor;
        let request = client.request(stage, |builder| self.fill(builder, vendor))?;
        client.answered(stage, &request)
    }
}

/// A question, changed, and the answer.
pub(super) fn asked(
    stage: &mut Stage<'_>,
    change: impl FnOnce(&mut Question),
) -> Result<(Answer, Client, User), Ending> {
    let user = mobile_user(stage)?;
    tell_key(stage, &user);
    let mut client = fha(stage)?;
    let mut question = Question::of(&user);
    change(&mut question);
    let answer = question.ask(stage, &mut client)?;
    Ok((answer, client, user))
}

/// What an Accept assigns: THOAv4, IPv6 home address, home agent, IPv6 care-of address.
pub(super) type Assigned = (Option<Ipv4Addr>, Option<Ipv6Addr>, Option<Ipv6Addr>, Option<Ipv6Addr>);

pub(super) fn assigned(answer: &Answer, vendor: u32) -> Result<Assigned, Ending> {
    let packet = answer.packet()?;
    let told = packet.vendor(vendor).parameters();
    Ok((
        packet.framed_ip_address().once(),
        told.ipv6_hoa.once().map(|one| one.address()),
        told.home_agent.once(),
        told.ipv6_coa.once().map(|one| one.address()),
    ))
}

/// A user registered through the FHA: the IPv6 care-of address that leg C may name.
pub(super) fn registered(stage: &mut Stage<'_>) -> Result<(User, Option<Ipv6Addr>), Ending> {
    let (answer, _, user) = asked(stage, |_| {})?;
    if answer.code() != ACCEPT {
        return missing("an Accept of leg B");
    }
    let (.., care_of) = assigned(&answer, stage.profile.vendor)?;
    Ok((user, care_of))
}
