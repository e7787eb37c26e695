//! Instructions counted by valgrind's callgrind: the same on every run, unlike seconds.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

/// The argument by which a program is asked to run one case so many times, and nothing else.
pub const FLAG: &str = "--run-case";

/// What stands behind [`FLAG`], if this program was started by [`count`]: a case's name, and how
/// often to run it.
#[must_use]
pub fn asked() -> Option<(String, u64)> {
    let mut arguments = std::env::args().skip_while(|argument| argument != FLAG).skip(1);
    Some((arguments.next()?, arguments.next()?.parse().ok()?))
}

/// Instructions of one run of a case of `program`, which has to run it when [`asked`].
///
/// It is the difference between a process that runs it once and one that runs it `more` times
/// more, so that what both do besides does not count.
///
/// # Errors
///
/// When valgrind is not there, or the program fails under it.
pub fn count(program: &Path, case: &str, more: u64, directory: &Path) -> io::Result<u64> {
    let once = total(program, case, 1, directory)?;
    let often = total(program, case, 1 + more, directory)?;
    Ok((often - once) / more)
}

fn total(program: &Path, case: &str, runs: u64, directory: &Path) -> io::Result<u64> {
    let file = directory.join(format!("callgrind.{}.{runs}", case.replace(['/', ',', ' '], ".")));
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args([FLAG, case, &runs.to_string()])
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let text = fs::read_to_string(&file)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("no totals in {}", file.display())))
}
