//! What an AAA server assigns, before there is load on others.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::radius::Packet;

use super::ask::User;
use super::subject::{Key, Leg, Legs, Outcome, Subject};
use super::{LoadError, Settings, Way, drive};
use crate::serve::AaaPlan;

/// Registrations, as far as the AAA server is asked, with what each user is given.
struct Assignments {
    legs: Legs,
    users: Vec<User>,
    vendor_id: u32,
    given: Vec<(User, Ipv6Addr)>,
}

/// Asks the AAA server about each user of the plan, as an FHA does. Whom it has given an IPv6 care-of
/// address, and which.
///
/// # Errors
///
/// When it gives nobody one, or the host does not let it be asked.
pub fn care_of_addresses(local: IpAddr, plan: AaaPlan) -> Result<Vec<(User, Ipv6Addr)>, LoadError> {
    let AaaPlan { target, asker, users, prefix } = plan;
    let vendor_id = asker.vendor_id;
    let settings = Settings {
        way: Way::udp(local, target),
        count: u64::try_from(users.len()).unwrap_or(u64::MAX),
        window: 64,
        rate: None,
        patience: Duration::from_secs(1),
        tries: 5,
        flood: 0,
    };
    let legs = Legs::new(asker, Leg::Mobility, users.clone(), prefix);
    let mut all = Assignments { legs, users, vendor_id, given: Vec::new() };
    let report = drive(&settings, &mut all)?;
    if all.given.is_empty() {
        return Err(nobody(target, &report.refused, report.lost));
    }
    Ok(all.given)
}

fn nobody(
    server: SocketAddr,
    refused: &std::collections::BTreeMap<String, u64>,
    lost: u64,
) -> LoadError {
    let refused: Vec<_> =
        refused.iter().map(|(why, times)| format!("{why} {times} times")).collect();
    let why = format!("{}; {lost} not answered", refused.join(", "));
    LoadError::Nobody { server, why }
}

impl Assignments {
    /// Whom an Accept is about, by the home address in it, and the care-of address.
    fn given(&self, octets: &[u8]) -> Option<(User, Ipv6Addr)> {
        let packet = Packet::decode(octets).ok()?;
        let parameters = packet.vendor(self.vendor_id).parameters();
        let (home, care_of) = (parameters.ipv6_hoa.once()?, parameters.ipv6_coa.once()?);
        let user = self.users.iter().find(|user| user.home.address() == home.address())?;
        Some((user.clone(), care_of.address()))
    }
}

impl Subject for Assignments {
    fn begin(&mut self) -> Option<(Key, Vec<u8>)> {
        self.legs.begin()
    }

    fn answer(&mut self, octets: &[u8]) -> Option<(Key, Outcome)> {
        let (key, outcome) = self.legs.answer(octets)?;
        if outcome == Outcome::Done {
            self.given.extend(self.given(octets));
        }
        Some((key, outcome))
    }

    fn repeat(&mut self, key: Key) -> Option<(Key, Vec<u8>)> {
        self.legs.repeat(key)
    }

    fn give_up(&mut self, key: Key) {
        self.legs.give_up(key);
    }
}
