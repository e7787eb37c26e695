use core::net::SocketAddr;
use std::collections::BTreeMap;

use super::Grant;
use crate::Time;
use crate::eap::pass_through::PassThrough;
use crate::expiring::Expiring;
use crate::pana::{Begun, PaaSession, Phase};

/// A session with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Session {
    pub(super) pana: PaaSession,
    pub(super) eap: PassThrough,
    /// State of the last challenge, for the next request.
    pub(super) state: Option<Vec<u8>>,
    /// What the user has been granted last.
    pub(super) grant: Option<Grant>,
}

/// The sessions of a NAS: those begun by the address of the PaC, the others by their identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sessions {
    begun: Expiring<SocketAddr, Begun>,
    sessions: Expiring<u32, Session>,
    /// The sessions that keep their PaC from beginning another one.
    by_pac: BTreeMap<SocketAddr, u32>,
}

impl Sessions {
    /// How many there are, without those begun only.
    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// How many are begun only.
    pub(super) fn begun_len(&self) -> usize {
        self.begun.len()
    }

    /// What has been begun with the PaC at an address.
    pub(super) fn begun(&self, pac: SocketAddr) -> Option<&Begun> {
        self.begun.get(&pac)
    }

    /// Keeps a session begun until `ends`.
    pub(super) fn begin(&mut self, pac: SocketAddr, begun: Begun, ends: Time) {
        self.begun.insert(pac, begun, ends);
    }

    /// Forgets what has been begun with the PaC at an address.
    pub(super) fn forget_begun(&mut self, pac: SocketAddr) {
        self.begun.remove(&pac);
    }

    /// Forgets what has been begun first.
    pub(super) fn forget_oldest_begun(&mut self) {
        self.begun.pop_first();
    }

    /// Whether a session, begun or not, has this identifier.
    pub(super) fn is_used(&self, session_id: u32) -> bool {
        self.sessions.get(&session_id).is_some()
            || self.begun.iter().any(|(_, begun)| begun.session_id() == session_id)
    }

    /// The session of the PaC at an address.
    pub(super) fn of_pac(&self, pac: SocketAddr) -> Option<u32> {
        self.by_pac.get(&pac).copied()
    }

    pub(super) fn get(&self, session_id: u32) -> Option<&Session> {
        self.sessions.get(&session_id)
    }

    /// Takes a session out, to be changed and put back.
    pub(super) fn take(&mut self, session_id: u32) -> Option<Session> {
        let session = self.sessions.remove(&session_id)?;
        self.unlist(session_id, &session);
        Some(session)
    }

    /// Takes out a session for which something is due at `now`.
    pub(super) fn take_due(&mut self, now: Time) -> Option<(u32, Session)> {
        let (session_id, session) = self.sessions.pop_ended(now)?;
        self.unlist(session_id, &session);
        Some((session_id, session))
    }

    /// Puts a session in, or back.
    pub(super) fn put(&mut self, session_id: u32, session: Session) {
        if session.pana.phase() != Phase::Closed {
            self.by_pac.insert(session.pana.pac(), session_id);
        }
        let due = session.pana.due();
        self.sessions.insert(session_id, session, due);
    }

    /// Forgets what has been begun long enough ago.
    pub(super) fn expire_begun(&mut self, now: Time) {
        while self.begun.pop_ended(now).is_some() {}
    }

    /// When something is due.
    pub(super) fn due(&self) -> Option<Time> {
        [self.begun.first_end(), self.sessions.first_end()].into_iter().flatten().min()
    }

    /// All sessions but those begun only, by their identifiers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Session)> {
        self.sessions.iter().map(|(session_id, session)| (*session_id, session))
    }

    fn unlist(&mut self, session_id: u32, session: &Session) {
        let pac = session.pana.pac();
        if self.of_pac(pac) == Some(session_id) {
            self.by_pac.remove(&pac);
        }
    }
}
