//! What the command's exit status says.

use std::process::ExitCode;

/// What the help says about exit statuses.
pub const HELP: &str = "Exit status: 0 everything holds; 1 something fails; 2 the command line or \
    the input is wrong; 3 the environment does not suffice, or a limit has cut the work short, so \
    that there is no verdict.";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// It holds.
    Holds = 0,
    /// A property, a case or a capture fails.
    Fails = 1,
    /// The command or its input is wrong.
    Usage = 2,
    /// The environment lacks something; the message says what, and how to get it.
    Environment = 3,
}

impl Exit {
    /// [`Exit::Holds`] or [`Exit::Fails`].
    #[must_use]
    pub const fn of(holds: bool) -> Exit {
        if holds { Exit::Holds } else { Exit::Fails }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
