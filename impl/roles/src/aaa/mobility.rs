//! Leg B: the FHA hands on what an MN proves itself by, and gets addresses and a key for it.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::{Credential, Ipv6Prefix, Packet};

use super::reply::{MobilityGrant, Reply};
use super::{Aaa, Key, LATE, Refusal};
use crate::fault::{Fault, is};
use crate::fha::ADDRESS_KEPT;
use crate::radius::Request;
use crate::{Effects, Nai, Random, Time, count, keys};

/// The longest prefix in which an IPv6 care-of address is made: what is left holds a THOAv4.
const LONGEST_PREFIX: u8 = 96;

/// What a user holds at an FHA.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Assignment {
    pub(super) thoav4: Ipv4Addr,
    pub(super) ipv6_coa: Option<Prefixed<Ipv6Addr>>,
    /// When what the last Accept granted ends. The addresses stay taken for longer, by
    /// [`LATE`] and for as long as the FHA gives them to nobody else.
    pub(super) ends: Time,
}

impl Aaa {
    pub(super) fn mobility(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        fha: &str,
        request: &Request<'_>,
        effects: &mut Effects,
    ) -> Result<Reply, Refusal> {
        //= registration.6.7
        if !self.config.fhas.contains_key(fha) {
            return Err(count::Radius::NotEntitled.into());
        }
        let Ok(Credential::Chap(chap)) = request.packet().credential() else {
            return Err(count::Radius::Incomplete.into());
        };
        let (nai, user) = self.user(request)?;
        let home = user.home.clone().ok_or(count::Radius::UnknownUser)?;
        //= registration.6.8
        if !chap.proves(home.mn_aaa_key.octets()) {
            return Err(count::Radius::WrongSecret.into());
        }
        if !user.mobility.covers(fha) {
            return Err(count::Radius::NotSubscribed.into());
        }
        let assignment = self.assign(now, &nai, fha, request.packet());
        match &assignment {
            //= registration.6.13
            None => effects.count(count::Radius::PoolEmpty),
            Some(Assignment { ipv6_coa: None, .. }) => effects.count(count::Radius::NoPrefix),
            Some(_) => {}
        }
        //= keys.1.3
        //= keys.1.4
        let nonce: [u8; 16] = random.octets();
        //= registration.6.9
        Ok(Reply::Mobility(MobilityGrant {
            key: keys::mn_fha_key(&home.mn_aaa_key, &nonce, &nai),
            nai,
            home,
            assignment,
            nonce,
            salt: u16::from_be_bytes(random.octets()),
            lifetime: self.config.mobility_lifetime,
            algorithm: self.config.algorithm,
        }))
    }

    /// What the user has at that FHA, or gets now; `None` when there is nothing left to give.
    fn assign(
        &mut self,
        now: Time,
        nai: &Nai,
        fha: &str,
        packet: &Packet<'_>,
    ) -> Option<Assignment> {
        let key = (nai.clone(), fha.to_owned());
        //= registration.6.11
        let held = self.assignments.get(&key).filter(|_| !is(Fault::AaahAssignsAnew));
        let (thoav4, before) = match held {
            Some(assignment) => (assignment.thoav4, assignment.ipv6_coa),
            //= registration.6.12
            None => {
                let wanted = packet.framed_ip_address().once();
                (self.home_pools.get_mut(fha)?.take(wanted)?, None)
            }
        };
        //= registration.6.10
        let hint = packet.framed_ipv6_prefixes().find(|prefix| prefix.length() <= LONGEST_PREFIX);
        let ipv6_coa = hint.and_then(|prefix| care_of_address(prefix, thoav4)).or(before);
        let ends = now + Duration::from_secs(self.config.mobility_lifetime.into());
        let assignment = Assignment { thoav4, ipv6_coa, ends };
        self.journal.note(&Key::Assignment(nai.clone(), fha.to_owned()));
        //= registration.7.18
        self.assignments.insert(key, assignment.clone(), ends + LATE + ADDRESS_KEPT);
        Some(assignment)
    }

    /// What remains of the assignment that gave the user this IPv6 care-of address.
    pub(super) fn care_of_remains(
        &self,
        now: Time,
        nai: &Nai,
        care_of: Ipv6Addr,
    ) -> Option<Duration> {
        let held = self.config.fhas.keys().find_map(|fha| {
            let assignment = self.assignments.get(&(nai.clone(), fha.clone()))?;
            let address = assignment.ipv6_coa?.address();
            (address == care_of).then_some(assignment)
        })?;
        Some(now.until(held.ends)).filter(|remains| !remains.is_zero())
    }
}

/// The address in that prefix whose last 32 bits are the THOAv4: as nobody else has that, nobody
/// else has this.
fn care_of_address(prefix: Ipv6Prefix, thoav4: Ipv4Addr) -> Option<Prefixed<Ipv6Addr>> {
    //= registration.6.12
    let bits = prefix.address().to_bits() | u128::from(thoav4.to_bits());
    Prefixed::<Ipv6Addr>::new(Ipv6Addr::from_bits(bits), prefix.length())
}
