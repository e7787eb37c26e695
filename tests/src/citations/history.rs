//! The earlier versions of the list of what is pending.

use std::{path::Path, process::Command};

use super::{Fault, PENDING, Pending};

/// What comparing the list with its earlier versions gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// So many committed versions were compared, and these faults found.
    Checked {
        /// The number of versions.
        versions: usize,
        /// What was put on the list by one of them.
        faults: Vec<Fault>,
    },
    /// There is no history to be had, for this reason.
    Unavailable(String),
}

impl History {
    /// Compares each version of the list with the one before: the list on disk, then what `git`
    /// keeps, along the first parents. A version in which the list is absent is an empty list, but
    /// the first version may hold what it likes.
    #[must_use]
    pub fn check(root: &Path) -> History {
        if !root.join(".git").exists() {
            return History::Unavailable("there is no .git".to_owned());
        }
        let log = ["log", "--first-parent", "--format=%h", "--", PENDING];
        let commits = match git(root, &log) {
            Ok(commits) => commits,
            Err(reason) => return History::Unavailable(reason),
        };
        let on_disk = std::fs::read_to_string(root.join(PENDING)).unwrap_or_default();
        let mut newer = ("the working tree".to_owned(), Pending::parse(&on_disk).0);
        let (mut versions, mut faults) = (0, Vec::new());
        for commit in commits.lines() {
            let text = git(root, &["show", &format!("{commit}:./{PENDING}")]).unwrap_or_default();
            let older = (format!("commit {commit}"), Pending::parse(&text).0);
            let grown = newer.1.beyond(&older.1).map(|(id, witness)| Fault::Grown {
                id: id.clone(),
                witness,
                version: newer.0.clone(),
            });
            faults.extend(grown);
            newer = older;
            versions += 1;
        }
        History::Checked { versions, faults }
    }
}

/// What `git` prints, or why it does not.
fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("git says: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
