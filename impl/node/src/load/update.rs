//! Binding updates by the thousand, of which a home agent and its AAAH decide.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv6Addr;

use dsboot_codec::mip6::{
    Addresses, BindingUpdate, Builder, Identifier, Lifetime, Message, MobilityOption, Packet,
    Route, Sequence, Timestamp, UpdateFlags, mn_ha_key,
};
use dsboot_spec::registry::mip6::status;

use super::ask::User;
use super::subject::{Key, Outcome, Subject, now};

/// A mobile node as its home agent sees it.
#[derive(Clone, Debug)]
struct Bound {
    user: User,
    care_of: Ipv6Addr,
    sequence: Sequence,
    message_id: Timestamp,
}

/// Binding updates of many mobile nodes, each again and again.
#[derive(Debug)]
pub struct Updates {
    home_agent: Ipv6Addr,
    mobiles: Vec<Bound>,
    by_home: BTreeMap<Ipv6Addr, usize>,
    /// Mobile nodes that wait for no acknowledgement.
    idle: VecDeque<usize>,
    /// Those that do.
    pending: BTreeMap<Key, usize>,
}

/// What a mobile node asks for.
const LIFETIME_SECONDS: u64 = 600;

impl Updates {
    /// Updates of these, each with the care-of address that its AAAH has given it, in turn.
    #[must_use]
    pub fn new(home_agent: Ipv6Addr, mobiles: Vec<(User, Ipv6Addr)>) -> Updates {
        let homes = mobiles.iter().enumerate().map(|(at, (user, _))| (user.home.address(), at));
        let by_home = homes.collect();
        let idle = (0..mobiles.len()).collect();
        let mobiles = mobiles.into_iter().map(|(user, care_of)| Bound {
            user,
            care_of,
            sequence: Sequence(0),
            message_id: Timestamp(0),
        });
        let pending = BTreeMap::new();
        Updates { home_agent, mobiles: mobiles.collect(), by_home, idle, pending }
    }

    fn update(&mut self, at: usize) -> Option<(Key, Vec<u8>)> {
        let home_agent = self.home_agent;
        let mobile = self.mobiles.get_mut(at)?;
        mobile.sequence = mobile.sequence.next();
        mobile.message_id = Timestamp(now().ntp().max(mobile.message_id.0 + 1));
        let octets = mobile.encode(home_agent)?;
        let key = key(at, mobile.sequence);
        self.pending.insert(key, at);
        Some((key, octets))
    }
}

impl Bound {
    fn encode(&self, home_agent: Ipv6Addr) -> Option<Vec<u8>> {
        let node = Addresses { home: self.user.home.address(), care_of: self.care_of };
        let lifetime = Lifetime::from_seconds(LIFETIME_SECONDS);
        let update = BindingUpdate::new(self.sequence, UpdateFlags::HOME_REGISTRATION, lifetime);
        Builder::new(update)
            .option(&MobilityOption::AlternateCareOfAddress(node.care_of))
            .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(&self.user.nai)))
            .option(&MobilityOption::MessageId(self.message_id))
            .sign_mn_aaa(&self.user.mn_aaa_key)
            .packet(&Route::from_mobile_node(node, home_agent))
            .ok()
    }
}

/// What tells an update under way from others.
fn key(at: usize, sequence: Sequence) -> Key {
    u64::try_from(at).unwrap_or(u64::MAX) << 16 | u64::from(sequence.0)
}

impl Subject for Updates {
    fn begin(&mut self) -> Option<(Key, Vec<u8>)> {
        let at = self.idle.pop_front()?;
        self.update(at)
    }

    fn answer(&mut self, octets: &[u8]) -> Option<(Key, Outcome)> {
        let packet = Packet::decode(octets).ok()?;
        let Message::BindingAcknowledgement(acknowledgement) = packet.message else { return None };
        let at = *self.by_home.get(&packet.addresses().home)?;
        let mobile = self.mobiles.get_mut(at)?;
        let user = &mobile.user;
        let proof = mn_ha_key(&user.mn_aaa_key, mobile.message_id, &user.nai);
        if !packet.verify_mn_ha(proof.as_slice()) {
            return None;
        }
        let key = key(at, mobile.sequence);
        self.pending.remove(&key)?;
        if acknowledgement.status == status::SEQUENCE_OUT_OF_WINDOW {
            // An earlier load has come further.
            mobile.sequence = acknowledgement.sequence;
            let (next, octets) = self.update(at)?;
            return Some((key, Outcome::Next(next, octets)));
        }
        self.idle.push_back(at);
        let status = acknowledgement.status;
        let refused = || Outcome::Refused(format!("status {status}"));
        Some((key, if acknowledgement.is_accepted() { Outcome::Done } else { refused() }))
    }

    fn repeat(&mut self, key: Key) -> Option<(Key, Vec<u8>)> {
        let at = self.pending.remove(&key)?;
        self.update(at)
    }

    fn give_up(&mut self, key: Key) {
        if let Some(at) = self.pending.remove(&key) {
            self.idle.push_back(at);
        }
    }
}
