//! Faults on the way: what a target that does one thing wrong would do, made of a good one by
//! altering what passes between it and the tester. By these the suite is tested itself: each has to
//! be noticed by a case.
//!
//! An altered message is signed again where the key is known, so that a fault is noticed for what it
//! is and not for an authenticator that no longer fits. What a target does not check is made by
//! mending, on the way to it, what a case has made wrong.

mod access;
mod home;
mod mobile;
mod packet;
mod server;

use dsboot_codec::tree::Protocol;

use super::Under;

/// A fault.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// What a target with it does, in a sentence.
    pub says: &'static str,
    /// The role of such a target.
    pub role: Under,
    /// Which way what it alters goes.
    way: Way,
    alter: Alter,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ToTarget,
    FromTarget,
}

/// Alters a message; `false` when it is lost.
type Alter = fn(&Passing<'_>, &mut Vec<u8>) -> bool;

/// What is known of a message on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing<'p> {
    pub(super) protocol: Protocol,
    /// The RADIUS secret of target and tester.
    pub(super) secret: &'p [u8],
    /// The Request Authenticator of the request that an answer of RADIUS answers.
    pub(super) authenticator: Option<[u8; 16]>,
    /// The key of acknowledgements to come.
    pub(super) key: Option<&'p [u8]>,
    /// Whether the same octets have passed before.
    pub(super) repeated: bool,
    /// The number of the target's last PANA request.
    pub(super) number: Option<u32>,
    /// The mobile node, where that is the target.
    pub(super) mobile: Option<Known<'p>>,
}

/// What is known of a mobile node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'p> {
    pub(super) nai: &'p [u8],
    pub(super) access_secret: &'p [u8],
    pub(super) aaa_key: &'p [u8],
}

/// All faults of a role.
pub fn faults(role: Under) -> impl Iterator<Item = &'static Fault> {
    let all = [access::FAULTS, server::FAULTS, home::FAULTS, mobile::FAULTS];
    all.into_iter().flatten().filter(move |fault| fault.role == role)
}

impl Fault {
    /// What becomes of a message; `false` when it is lost.
    pub(super) fn alter(&self, way: Way, passing: &Passing<'_>, octets: &mut Vec<u8>) -> bool {
        way != self.way || (self.alter)(passing, octets)
    }
}
