//! A run in which roles and model part, as two ladders side by side.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::{Happening, Place, Refinement};
use crate::bytes::{Cargo, Flight};
use crate::lockstep::Follower;

/// The width of the left ladder.
const WIDTH: usize = 58;

/// How many octets stand in a line.
const OCTETS: usize = 24;

/// A run in which roles and model part.
#[derive(Clone, Debug)]
pub struct Parted {
    /// What happened, from the beginning.
    pub run: Vec<Happening>,
    told: String,
}

impl Parted {
    /// Takes the run again, and writes down both sides.
    pub(super) fn new(model: &Refinement, run: Vec<Happening>) -> Parted {
        let mut place = model.start.clone();
        place.follower = Arc::new(Follower::clone(&place.follower).with_history());
        let mut told = format!("{:>4} {:WIDTH$} | the model\n", "", "the roles");
        for (number, happening) in run.iter().enumerate() {
            let Some(next) = model.happen(&place, *happening) else { break };
            tell(&mut told, number + 1, *happening, &place, &next);
            place = next;
        }
        if let Some(divergence) = &place.parted {
            let _ = write!(told, "{divergence}");
        }
        if let Some(undetermined) = &place.follower.bytes.undetermined {
            let _ = write!(told, "not determined by what it was given: {undetermined:?}");
        }
        Parted { run, told }
    }
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "roles and model part:\n{}", self.told)
    }
}

/// One rung of both ladders, and the octets of what is on it.
fn tell(told: &mut String, number: usize, happening: Happening, before: &Place, after: &Place) {
    let follower = &before.follower;
    let arrives = match happening {
        Happening::Arrives(key) | Happening::ArrivesAgain(key) => follower.flight(key),
        Happening::ArrivesAltered(key, _) => follower.flight(key),
        Happening::TimeOut(_) | Happening::Restarts(_) | Happening::Acts(_) => None,
    };
    let how = match happening {
        Happening::ArrivesAgain(_) => " again",
        Happening::ArrivesAltered(..) => " altered",
        _ => "",
    };
    let left = match (arrives, happening) {
        (Some(Flight { from, to, .. }), _) => format!("{from:?} --> {to:?}{how}"),
        (None, Happening::TimeOut(station)) => format!("{station:?}: timer, nothing arrives"),
        (None, Happening::Restarts(station)) => format!("{station:?}: crashes, starts again"),
        (None, Happening::Acts(event)) => format!("Mn(0): {event:?}"),
        (None, _) => String::new(),
    };
    let steps: Vec<String> = after
        .follower
        .taken()
        .iter()
        .map(|(_, action)| format!("{}: {action}", action.actor()))
        .collect();
    let right = match (&after.parted, steps.is_empty()) {
        (Some(_), _) => "cannot do the same".to_owned(),
        (None, true) => "no step".to_owned(),
        (None, false) => steps.join("; "),
    };
    let _ = writeln!(told, "{number:>4} {left:WIDTH$} | {right}");
    let octets = arrives.map(|flight| match &flight.what {
        Cargo::Datagram(datagram) => datagram.payload.as_slice(),
        Cargo::Packet(packet) => packet.octets.as_slice(),
    });
    for line in octets.unwrap_or_default().chunks(OCTETS) {
        let hex = hex::encode(line);
        let _ = writeln!(told, "     {hex:WIDTH$} |");
    }
}
