//! What roles keep over a crash, in a database of their own: written before anything is sent that
//! says so.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tracing::info;
use zeroize::Zeroizing;

use super::records;
use crate::world::Party;

/// The records of a role. The number is that of their form.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records 1");

/// A role's database.
#[derive(Debug)]
pub(super) struct Store(Database);

/// A key, and what stands under it from now on.
pub(crate) type Change = (Vec<u8>, Option<Zeroizing<Vec<u8>>>);

impl Store {
    /// Opens the database of a role in a directory; it is made if it is not there. Its owner alone
    /// can read it, as keys stand in it.
    pub(super) fn open(directory: &Path, role: &str) -> io::Result<Store> {
        let path = directory.join(format!("{role}.redb"));
        let explain = |error: &dyn std::fmt::Display| {
            io::Error::other(format!("cannot keep the state in {}: {error}", path.display()))
        };
        std::fs::create_dir_all(directory).map_err(|e| explain(&e))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(|e| explain(&e))?;
        let backend = FileBackend::new(file).map_err(|e| explain(&e))?;
        let database =
            redb::Builder::new().create_with_backend(backend).map_err(|e| explain(&e))?;
        Ok(Store(database))
    }

    /// Hands a machine what was kept of it, and has it note what changes from now on.
    pub(super) fn restore(&self, machine: &mut Party) -> io::Result<()> {
        let mut count = 0_u64;
        let reading = self.0.begin_read().map_err(io::Error::other)?;
        match reading.open_table(RECORDS) {
            Ok(table) => {
                for entry in table.iter().map_err(io::Error::other)? {
                    let (key, value) = entry.map_err(io::Error::other)?;
                    records::restore(machine, key.value(), value.value()).ok_or_else(|| {
                        io::Error::new(io::ErrorKind::InvalidData, "a record cannot be read")
                    })?;
                    count += 1;
                }
            }
            // It has kept nothing yet.
            Err(redb::TableError::TableDoesNotExist(_)) => {}
            Err(error) => return Err(io::Error::other(error)),
        }
        info!(records = count, "what was kept is there again");
        records::keep_journal(machine);
        Ok(())
    }

    /// Writes what has changed of a machine. When this returns, no crash undoes it.
    //= movement.4.1
    //= movement.4.2
    //= movement.4.3
    pub(super) fn keep(&self, machine: &mut Party) -> io::Result<()> {
        let changes = records::changes(machine);
        if changes.is_empty() {
            return Ok(());
        }
        self.write(&changes).map_err(io::Error::other)
    }

    fn write(&self, changes: &[Change]) -> Result<(), redb::Error> {
        let writing = self.0.begin_write()?;
        {
            let mut table = writing.open_table(RECORDS)?;
            for (key, value) in changes {
                match value {
                    Some(value) => table.insert(key.as_slice(), value.as_slice())?,
                    None => table.remove(key.as_slice())?,
                };
            }
        }
        writing.commit()?;
        Ok(())
    }
}
