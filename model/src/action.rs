//! What can happen in a state: the network delivers, or somebody does something unasked.

use core::fmt;

use dsboot_spec::Role;

use crate::{FhaId, Ident, Link, Message};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The network delivers a message to whom it is addressed.
    Deliver(Message),
    /// The attacker sends a message to whom it is addressed.
    Inject(Message),
    /// The MN attaches to a link, leaving the one it was on.
    Attach(Link),
    /// The MN's access failed to come, or has ended; it begins anew on the same link.
    AskAgain,
    /// The MN's registration request is not answered in time; it sends another one.
    Repeat,
    /// The MN registers again before the registration ends.
    Refresh,
    /// The MN registers again before the key ends.
    Renew,
    /// The MN tries again what was refused.
    Retry,
    /// The MN's binding update is not acknowledged in time; it sends another one.
    RepeatUpdate,
    /// The MN updates the home binding before it ends.
    RefreshUpdate,
    /// The MN, registered and not bound, asks for the home binding anew.
    BindAnew,
    /// The MN begins to let go of everything, and may come back.
    Release,
    /// The MN goes for good: by a release where it can, else it is switched off.
    Depart,
    /// The MN has gone, and time passes until the last lifetime has ended.
    Lapse,
    /// The MN goes on with its release, as the answer fails to come.
    GiveUpRelease,
    /// The MN crashes and is started again: it has its identity, secrets and clock, and has never
    /// used a number twice.
    MnRestarts,
    /// The MN's registration runs out.
    MnLosesRegistration,
    /// The MN's home binding runs out.
    MnLosesBinding,
    /// No AAA server answers the NAS.
    NasGivesUp(Link),
    /// The NAS of a link crashes and is started again, and has nothing of what it waited for.
    NasRestarts(Link),
    /// The AAA server of step 2 crashes in the middle of a conversation that the NAS of a link waits
    /// for, and refuses what goes on with it.
    AaaForgets(Link),
    /// The FA of a link shows itself.
    Advertise(Link),
    /// A request has been pending at the FA for too long.
    FaGivesUp(Link, Ident),
    /// The FA of a link crashes and is started again: it has its visitors, and no longer what it has
    /// relayed.
    FaRestarts(Link),
    /// A visitor's time runs out.
    FaLosesVisitor(Link),
    /// An FHA crashes and is started again: it has its bindings, the marks of those that are gone and
    /// the addresses that it keeps, and no longer what it waited for.
    FhaRestarts(FhaId),
    /// The AAAH does not answer the FHA.
    FhaGivesUp(FhaId),
    /// A binding runs out at the FHA.
    FhaLosesBinding(FhaId),
    /// The FHA forgets the key of a binding that is gone.
    FhaForgetsKey(FhaId),
    /// The HA crashes and is started again: it has its binding and the Mesg-ID accepted last, and no
    /// longer what it waited for.
    HaRestarts,
    /// The AAAH does not answer the HA.
    HaGivesUp,
    /// A binding runs out at the HA.
    HaLosesBinding,
    /// The AAAH crashes and is started again: it has its records and assignments, and no longer the
    /// answers that it gave.
    AaahRestarts,
    /// A user of another home provider, whose AAAH knows nothing of this one, binds an address at an
    /// FHA.
    StrangersBind(FhaId),
    /// That user lets go.
    StrangersLeave(FhaId),
    /// An assignment runs out at the AAAH.
    AaahForgets(FhaId),
    /// Other users take what is left of the pool for an FHA.
    OthersTake(FhaId),
    /// They give it back.
    OthersGiveBack(FhaId),
}

impl Action {
    /// Who does it; for a delivery, who receives. The server of step 2 counts as the AAAH here, which
    /// it is where there is no AAAF.
    #[must_use]
    pub const fn actor(self) -> Role {
        match self {
            Action::Deliver(message) | Action::Inject(message) => message.to(),
            Action::MnRestarts
            | Action::Attach(_)
            | Action::AskAgain
            | Action::Repeat
            | Action::Refresh
            | Action::Renew
            | Action::Retry
            | Action::RepeatUpdate
            | Action::RefreshUpdate
            | Action::BindAnew
            | Action::Release
            | Action::Depart
            | Action::Lapse
            | Action::GiveUpRelease
            | Action::MnLosesRegistration
            | Action::MnLosesBinding => Role::Mn,
            Action::NasGivesUp(_) | Action::NasRestarts(_) => Role::Nas,
            Action::FaRestarts(_)
            | Action::Advertise(_)
            | Action::FaGivesUp(..)
            | Action::FaLosesVisitor(_) => Role::Fa,
            Action::StrangersBind(_)
            | Action::StrangersLeave(_)
            | Action::FhaRestarts(_)
            | Action::FhaGivesUp(_)
            | Action::FhaLosesBinding(_)
            | Action::FhaForgetsKey(_) => Role::Fha,
            Action::HaRestarts | Action::HaGivesUp | Action::HaLosesBinding => Role::Ha,
            Action::AaaForgets(_)
            | Action::AaahRestarts
            | Action::AaahForgets(_)
            | Action::OthersTake(_)
            | Action::OthersGiveBack(_) => Role::Aaah,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Deliver(message) => write!(f, "{message}"),
            Action::Inject(message) => write!(f, "{message} (from the attacker)"),
            Action::MnRestarts => f.write_str("crashes and starts again"),
            Action::FaRestarts(link) | Action::NasRestarts(link) => {
                write!(f, "crashes on link {link} and starts again")
            }
            Action::AaaForgets(link) => write!(f, "crashes in a conversation of link {link}"),
            Action::AaahRestarts | Action::HaRestarts => f.write_str("crashes and starts again"),
            Action::FhaRestarts(fha) => write!(f, "{fha}: crashes and starts again"),
            Action::StrangersBind(fha) => {
                write!(f, "{fha}: a user of another provider binds an address")
            }
            Action::StrangersLeave(fha) => write!(f, "{fha}: that user lets go"),
            Action::Attach(link) => write!(f, "attaches to link {link}"),
            Action::AskAgain => f.write_str("asks for access anew"),
            Action::Repeat => f.write_str("has no answer and sends a new request"),
            Action::Refresh => f.write_str("refreshes its registration"),
            Action::Renew => f.write_str("asks for a new key"),
            Action::Retry => f.write_str("tries again after the refusal"),
            Action::RepeatUpdate => f.write_str("has no answer and sends a new update"),
            Action::RefreshUpdate => f.write_str("refreshes its home binding"),
            Action::BindAnew => f.write_str("asks for its home binding anew"),
            Action::Release => f.write_str("lets go"),
            Action::Depart => f.write_str("goes for good"),
            Action::Lapse => f.write_str("gone; every lifetime runs out"),
            Action::GiveUpRelease => f.write_str("goes on without the answer"),
            Action::MnLosesRegistration => f.write_str("registration runs out"),
            Action::MnLosesBinding => f.write_str("home binding runs out"),
            Action::NasGivesUp(link) => write!(f, "has no answer for link {link} and gives up"),
            Action::Advertise(link) => write!(f, "shows itself on link {link}"),
            Action::FaGivesUp(link, ident) => {
                write!(f, "gives up request {} on link {link}", ident.get())
            }
            Action::FaLosesVisitor(link) => write!(f, "visitor on link {link} runs out"),
            Action::FhaGivesUp(fha) => write!(f, "{fha}: has no answer and gives up"),
            Action::FhaLosesBinding(fha) => write!(f, "{fha}: binding runs out"),
            Action::FhaForgetsKey(fha) => write!(f, "{fha}: forgets the old key"),
            Action::HaGivesUp => f.write_str("has no answer and gives up"),
            Action::HaLosesBinding => f.write_str("binding runs out"),
            Action::AaahForgets(fha) => write!(f, "assignment at {fha} runs out"),
            Action::OthersTake(fha) => write!(f, "gives the rest of {fha}'s pool to others"),
            Action::OthersGiveBack(fha) => write!(f, "gets {fha}'s pool back from others"),
        }
    }
}
