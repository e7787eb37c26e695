//! What a role keeps over a crash, in memory: the same records that a daemon writes into its
//! database, for those who let machines crash without one.

use std::collections::BTreeMap;

use crate::serve::records;
use crate::world::Party;

/// The records of one role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kept(BTreeMap<Vec<u8>, Vec<u8>>);

impl Kept {
    /// Nothing yet, of a machine that notes from now on what changes of what it keeps.
    pub fn begin(machine: &mut Party) -> Kept {
        records::keep_journal(machine);
        Kept::default()
    }

    /// Writes what has changed of a machine. To be called before anything leaves that tells of it.
    pub fn keep(&mut self, machine: &mut Party) {
        for (key, record) in records::changes(machine) {
            match record {
                Some(record) => self.0.insert(key, record.to_vec()),
                None => self.0.remove(&key),
            };
        }
    }

    /// The machine that comes up again after a crash of `machine`: of the same configuration, with
    /// what was kept, and with nothing else. `None` if that cannot be read.
    #[must_use]
    pub fn restarted(&self, machine: &Party) -> Option<Party> {
        let mut anew = machine.anew()?;
        for (key, record) in &self.0 {
            records::restore(&mut anew, key, record)?;
        }
        records::keep_journal(&mut anew);
        Some(anew)
    }
}
