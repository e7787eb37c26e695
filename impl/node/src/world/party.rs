use dsboot_roles::aaa::Aaa;
use dsboot_roles::cn::Cn;
use dsboot_roles::fa::Fa;
use dsboot_roles::fha::Fha;
use dsboot_roles::ha::Ha;
use dsboot_roles::mn::Mn;
use dsboot_roles::nas::Nas;
use dsboot_roles::{Effects, Input, Machine, Random, Time};

/// A machine of any role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// A mobile node.
    Mn(Box<Mn>),
    /// A network access server.
    Nas(Box<Nas>),
    /// A foreign agent.
    Fa(Box<Fa>),
    /// A foreign home agent.
    Fha(Box<Fha>),
    /// An AAA server.
    Aaa(Box<Aaa>),
    /// A home agent.
    Ha(Box<Ha>),
    /// A correspondent.
    Cn(Cn),
}

impl Party {
    /// A machine of the same configuration in which nothing has happened. `None` where an AAA
    /// server's configuration is none.
    #[must_use]
    pub fn anew(&self) -> Option<Party> {
        Some(match self {
            Party::Mn(mn) => Party::Mn(Box::new(Mn::new(mn.config().clone()))),
            Party::Nas(nas) => Party::Nas(Box::new(Nas::new(nas.config().clone()))),
            Party::Fa(fa) => Party::Fa(Box::new(Fa::new(fa.config().clone()))),
            Party::Fha(fha) => Party::Fha(Box::new(Fha::new(fha.config().clone()))),
            Party::Aaa(aaa) => Party::Aaa(Box::new(Aaa::new(aaa.config().clone()).ok()?)),
            Party::Ha(ha) => Party::Ha(Box::new(Ha::new(ha.config().clone()))),
            Party::Cn(cn) => Party::Cn(*cn),
        })
    }

    fn machine(&self) -> &dyn Machine {
        match self {
            Party::Mn(machine) => machine.as_ref(),
            Party::Nas(machine) => machine.as_ref(),
            Party::Fa(machine) => machine.as_ref(),
            Party::Fha(machine) => machine.as_ref(),
            Party::Aaa(machine) => machine.as_ref(),
            Party::Ha(machine) => machine.as_ref(),
            Party::Cn(machine) => machine,
        }
    }

    fn machine_mut(&mut self) -> &mut dyn Machine {
        match self {
            Party::Mn(machine) => machine.as_mut(),
            Party::Nas(machine) => machine.as_mut(),
            Party::Fa(machine) => machine.as_mut(),
            Party::Fha(machine) => machine.as_mut(),
            Party::Aaa(machine) => machine.as_mut(),
            Party::Ha(machine) => machine.as_mut(),
            Party::Cn(machine) => machine,
        }
    }
}

impl Machine for Party {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        self.machine_mut().handle(now, random, input)
    }

    fn poll_timeout(&self) -> Option<Time> {
        self.machine().poll_timeout()
    }
}
