//! Actions as short words, for traces that are kept and replayed.
//!
//! A delivery is `deliver:`, or `inject:` when it is the attacker's, and the message as 8 hexadecimal digits; everything else is its name
//! and, behind colons, link, FHA or number.

use core::{fmt, str::FromStr};

use crate::{Action, FhaId, Ident, Link, Message};

const OF_ONE: [(&str, Action); 19] = [
    ("bind-anew", Action::BindAnew),
    ("mn-restarts", Action::MnRestarts),
    ("aaah-restarts", Action::AaahRestarts),
    ("ha-restarts", Action::HaRestarts),
    ("ask-again", Action::AskAgain),
    ("repeat", Action::Repeat),
    ("refresh", Action::Refresh),
    ("renew", Action::Renew),
    ("retry", Action::Retry),
    ("repeat-update", Action::RepeatUpdate),
    ("refresh-update", Action::RefreshUpdate),
    ("release", Action::Release),
    ("depart", Action::Depart),
    ("lapse", Action::Lapse),
    ("give-up-release", Action::GiveUpRelease),
    ("mn-loses-registration", Action::MnLosesRegistration),
    ("mn-loses-binding", Action::MnLosesBinding),
    ("ha-gives-up", Action::HaGivesUp),
    ("ha-loses-binding", Action::HaLosesBinding),
];
type OfLink = (&'static str, fn(Link) -> Action);
const OF_LINK: [OfLink; 7] = [
    ("nas-restarts", Action::NasRestarts),
    ("aaa-forgets", Action::AaaForgets),
    ("fa-restarts", Action::FaRestarts),
    ("attach", Action::Attach),
    ("nas-gives-up", Action::NasGivesUp),
    ("advertise", Action::Advertise),
    ("fa-loses-visitor", Action::FaLosesVisitor),
];
type OfFha = (&'static str, fn(FhaId) -> Action);
const OF_FHA: [OfFha; 9] = [
    ("strangers-bind", Action::StrangersBind),
    ("strangers-leave", Action::StrangersLeave),
    ("fha-restarts", Action::FhaRestarts),
    ("fha-gives-up", Action::FhaGivesUp),
    ("fha-loses-binding", Action::FhaLosesBinding),
    ("fha-forgets-key", Action::FhaForgetsKey),
    ("aaah-forgets", Action::AaahForgets),
    ("others-take", Action::OthersTake),
    ("others-give-back", Action::OthersGiveBack),
];
const LINKS: [(&str, Link); 4] = [("a", Link::A), ("b", Link::B), ("c", Link::C), ("d", Link::D)];
const FHAS: [(&str, FhaId); 2] = [("1", FhaId::One), ("2", FhaId::Two)];

/// An action as a short word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionCode(pub Action);

/// A word that is no action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAction(String);

impl NoAction {
    pub(crate) fn new(word: &str) -> NoAction {
        NoAction(word.to_owned())
    }
}

impl fmt::Display for NoAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no action of the model", self.0)
    }
}

impl core::error::Error for NoAction {}

impl fmt::Display for ActionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Action::Deliver(message) => write!(f, "deliver:{:08x}", message.pack()),
            Action::Inject(message) => write!(f, "inject:{:08x}", message.pack()),
            Action::FaGivesUp(link, ident) => {
                write!(f, "fa-gives-up:{}:{}", name_of(&LINKS, &link), ident.get())
            }
            action => {
                let one = OF_ONE.iter().find(|(_, other)| *other == action);
                if let Some((word, _)) = one {
                    return f.write_str(word);
                }
                for (word, of) in OF_LINK {
                    if let Some((link, _)) = LINKS.iter().find(|(_, link)| of(*link) == action) {
                        return write!(f, "{word}:{link}");
                    }
                }
                for (word, of) in OF_FHA {
                    if let Some((fha, _)) = FHAS.iter().find(|(_, fha)| of(*fha) == action) {
                        return write!(f, "{word}:{fha}");
                    }
                }
                Err(fmt::Error)
            }
        }
    }
}

impl FromStr for ActionCode {
    type Err = NoAction;

    fn from_str(word: &str) -> Result<ActionCode, NoAction> {
        parse(word).map(ActionCode).ok_or_else(|| NoAction(word.to_owned()))
    }
}

fn parse(word: &str) -> Option<Action> {
    let mut parts = word.split(':');
    let name = parts.next()?;
    let arguments: Vec<&str> = parts.collect();
    let of_one = || OF_ONE.iter().find(|(word, _)| *word == name).map(|(_, action)| *action);
    match (name, arguments.as_slice()) {
        ("deliver" | "inject", [packed]) => {
            let packed = u32::from_str_radix(packed, 16).ok()?;
            let message = Message::unpack(packed).filter(|message| message.pack() == packed)?;
            Some(if name == "inject" { Action::Inject(message) } else { Action::Deliver(message) })
        }
        ("fa-gives-up", [link, ident]) => {
            Some(Action::FaGivesUp(named(&LINKS, link)?, Ident::new(ident.parse().ok()?)?))
        }
        (_, []) => of_one(),
        (_, [place]) => {
            let of_link = OF_LINK.iter().find(|(word, _)| *word == name);
            let of_fha = OF_FHA.iter().find(|(word, _)| *word == name);
            match (of_link, of_fha) {
                (Some((_, of)), _) => Some(of(named(&LINKS, place)?)),
                (_, Some((_, of))) => Some(of(named(&FHAS, place)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
}

fn name_of<'a, T: PartialEq>(names: &[(&'a str, T)], value: &T) -> &'a str {
    names.iter().find(|(_, other)| other == value).map_or("", |(name, _)| *name)
}
