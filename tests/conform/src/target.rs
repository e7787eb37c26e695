//! The target's process, where the profile says how to start it.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::profile::{Profile, Under};

/// How much of what the target said is kept, in octets.
const KEPT: usize = 8192;

/// The target, started here or by somebody else.
#[derive(Debug)]
pub(super) struct Process<'a> {
    profile: &'a Profile,
    command: Vec<String>,
    /// What stands for `{link}` in commands.
    link: &'a str,
    child: Option<Child>,
    said: Arc<Mutex<Vec<u8>>>,
}

impl<'a> Process<'a> {
    /// Starts it, if that is the tester's business.
    pub(super) fn start(profile: &'a Profile) -> Result<Process<'a>, String> {
        // Of a mobile node each case has one of its own.
        let command = match profile.role {
            Under::Mn => Vec::new(),
            _ => profile.target.start.clone(),
        };
        Process::on(profile, command, "")
    }

    /// A mobile node on a link, which has just begun; or, where the profile says so, one that looks
    /// for agents there.
    pub(super) fn mobile(
        profile: &'a Profile,
        link: &'a str,
        seeks: bool,
    ) -> Result<Process<'a>, String> {
        let target = &profile.target;
        let seek = Some(&target.seek).filter(|seek| seeks && !seek.is_empty());
        let command: Vec<String> = filled(seek.unwrap_or(&target.start), link);
        if command.is_empty() {
            run(profile, &filled(&target.reset, link))?;
        }
        Process::on(profile, command, link)
    }

    fn on(
        profile: &'a Profile,
        command: Vec<String>,
        link: &'a str,
    ) -> Result<Process<'a>, String> {
        let mut process = Process { profile, command, link, child: None, said: Arc::default() };
        process.begin()?;
        Ok(process)
    }

    fn begin(&mut self) -> Result<(), String> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Ok(());
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.profile.directory);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // What is told is what this process says, and not one before it.
        self.said = Arc::default();
        let mut child =
            command.spawn().map_err(|error| format!("cannot start {program}: {error}"))?;
        // Some say on standard output why they do not begin.
        if let Some(stdout) = child.stdout.take() {
            self.listen(stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            self.listen(stderr);
        }
        self.child = Some(child);
        Ok(())
    }

    /// Keeps the last of what comes from a stream of the target's.
    fn listen(&self, mut stream: impl Read + Send + 'static) {
        let said = Arc::clone(&self.said);
        std::thread::spawn(move || {
            let mut octets = [0; 1024];
            while let Ok(length @ 1..) = stream.read(&mut octets) {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend(octets.get(..length).unwrap_or_default());
                let surplus = said.len().saturating_sub(KEPT);
                said.drain(..surplus);
            }
        });
    }

    /// How the process has ended, when it has.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        Some(format!("the target's process has ended ({status})\n{}", self.said()))
    }

    /// The last that it said; a line that it said several times over stands once.
    pub(super) fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        let runs = lines.chunk_by(|one, other| one == other);
        let told = runs.map(|run| match run {
            [line] => format!("{line}\n"),
            [line, ..] => format!("{line} ({} times)\n", run.len()),
            [] => String::new(),
        });
        told.collect()
    }

    /// Whether it can be brought back to where it began.
    pub(super) fn can_reset(&self) -> bool {
        !self.command.is_empty() || !self.profile.target.reset.is_empty()
    }

    /// Brings it back to where it began.
    pub(super) fn reset(&mut self) -> Result<(), String> {
        if self.profile.role == Under::Mn {
            return Ok(());
        }
        if self.command.is_empty() {
            return run(self.profile, &self.profile.target.reset);
        }
        self.end();
        self.begin()
    }

    /// Has a mobile node go over to its next link; whether the profile says how.
    ///
    /// # Errors
    ///
    /// When the command fails.
    pub(super) fn moves(&self) -> Result<bool, String> {
        let id = self.child.as_ref().map_or(0, Child::id).to_string();
        let command = filled(&self.profile.target.moves, self.link);
        let command: Vec<_> = command.iter().map(|word| word.replace("{pid}", &id)).collect();
        run(self.profile, &command)?;
        Ok(!command.is_empty())
    }

    /// Asks it to end; whether there is one to be asked.
    pub(super) fn ask_to_end(&self) -> bool {
        // SIGTERM by the command, since the standard library knows SIGKILL alone.
        self.child.as_ref().is_some_and(|child| {
            let id = child.id().to_string();
            let mut command = Command::new("kill");
            command.args(["-s", "TERM", &id]).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    }

    /// Ends it.
    fn end(&mut self) {
        // What a mobile node would have to give back is of no use to anybody.
        if self.profile.role != Under::Mn {
            self.ask_to_end();
        }
        if let Some(mut child) = self.child.take() {
            let asked = Instant::now();
            while self.profile.role != Under::Mn && asked.elapsed() < Duration::from_secs(2) {
                if !matches!(child.try_wait(), Ok(None)) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            let _ = child.wait();
            let _ = run(self.profile, &filled(&self.profile.target.stop, self.link));
        }
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// A command with the link's name where it belongs.
fn filled(command: &[String], link: &str) -> Vec<String> {
    command.iter().map(|word| word.replace("{link}", link)).collect()
}

/// Runs a command of the profile, if there is one.
fn run(profile: &Profile, command: &[String]) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(&profile.directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
