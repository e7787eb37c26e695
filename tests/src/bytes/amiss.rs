//! What may be amiss on a network of octets.

use std::time::Duration;

use dsboot_model::{AddressSet, FhaId, Profile, State};
use dsboot_node::world::people::{Faults, UserFault};
use dsboot_roles::aaa::{Aaa, Mobility};
use dsboot_spec::Setup;

/// Something that is not as it should be, from the beginning. The model knows of it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Amiss {
    /// Nothing: the user may do everything, and everything is configured right.
    #[default]
    Nothing,
    /// The clocks of the FHAs are an hour ahead of all others.
    Clock,
    /// The mobile node's secret for access is wrong.
    AccessSecret,
    /// The user has access but no mobility service.
    NoMobility,
    /// The key that the mobile node shares with the AAAH is wrong.
    HomeSecret,
    /// The subscription does not cover the first FHA.
    NoAgreement,
    /// Others have all addresses that the AAAH had to give.
    NoAddresses,
}

impl Amiss {
    /// Everything that can be amiss.
    pub const ALL: [Amiss; 6] = [
        Amiss::Clock,
        Amiss::AccessSecret,
        Amiss::NoMobility,
        Amiss::HomeSecret,
        Amiss::NoAgreement,
        Amiss::NoAddresses,
    ];

    /// Whether model and roles have it alike in a setup. Where one server decides about access and
    /// mobility, it names no FHA that the subscription does not cover; and to an agent an FHA refuses what
    /// the AAAH has refused, where the model has silence.
    #[must_use]
    pub fn is_possible(self, setup: Setup) -> bool {
        let scenario = setup.scenario();
        match self {
            Amiss::HomeSecret => !scenario.has_fa(),
            Amiss::NoAgreement => scenario.is_subscription() && !scenario.has_fa(),
            _ => true,
        }
    }

    /// Where the model begins.
    pub(crate) fn initial(self, events: u8) -> State {
        let profile = match self {
            Amiss::Nothing | Amiss::NoAddresses => Profile::Entitled,
            Amiss::Clock => Profile::WrongClock,
            Amiss::AccessSecret => Profile::WrongAccessSecret,
            Amiss::NoMobility => Profile::NoMobility,
            Amiss::HomeSecret => Profile::WrongHomeSecret,
            Amiss::NoAgreement => Profile::NoAgreement,
        };
        let mut state = State::initial(profile, events);
        if self == Amiss::NoAddresses {
            FhaId::ALL.into_iter().for_each(|fha| *state.aaah.others.of_mut(fha) = AddressSet::ALL);
        }
        state
    }

    /// What is wrong with user and servers.
    pub(super) fn faults(self) -> Faults {
        let user = match self {
            Amiss::AccessSecret => UserFault::WrongPassword,
            Amiss::NoMobility => UserFault::NotSubscribed,
            Amiss::HomeSecret => UserFault::WrongKey,
            _ => UserFault::None,
        };
        Faults { user, no_home_addresses: self == Amiss::NoAddresses, ..Faults::default() }
    }

    /// How far the FHAs' clocks are ahead.
    pub(super) const fn ahead(self) -> Duration {
        match self {
            Amiss::Clock => Duration::from_secs(3_600),
            _ => Duration::ZERO,
        }
    }

    /// What is wrong with the AAAH.
    pub(super) fn change_aaah(self, aaah: &Aaa) -> Option<Aaa> {
        if self != Amiss::NoAgreement {
            return None;
        }
        let mut config = aaah.config().clone();
        let second = config.fhas.keys().next_back().cloned();
        for user in config.users.values_mut() {
            user.mobility = Mobility::Through(second.clone().into_iter().collect());
        }
        Aaa::new(config).ok()
    }
}
