//! Other people's programs, started for a test and ended with it.

use std::{
    io::{self, Read, Write as _},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A program that runs beside the test and is killed when this is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Running> {
        command.spawn().map(Running)
    }

    /// The program.
    pub const fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Waits for its end, for at most `patience`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] when it has not ended by then.
    pub fn wait(&mut self, patience: Duration) -> io::Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > patience {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Neither can fail but for a program that has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program that has ended said.
#[derive(Clone, Debug)]
pub struct Said {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// Runs a program to its end with `input` as its standard input, for at most `patience`.
///
/// # Errors
///
/// When it cannot be started, or has not ended by then; it is killed in that case.
pub fn run(command: &mut Command, input: &str, patience: Duration) -> io::Result<Said> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(command)?;
    if let Some(mut stdin) = running.child().stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let out = running.child().stdout.take().map(collect);
    let err = running.child().stderr.take().map(collect);
    let status = running.wait(patience)?;
    let text = |reader: Option<thread::JoinHandle<String>>| {
        reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
    };
    Ok(Said { status, out: text(out), err: text(err) })
}

/// Reads beside the program, so that it never waits for a full pipe.
fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut octets = Vec::new();
        // What came before the pipe broke is what there is.
        let _ = from.read_to_end(&mut octets);
        String::from_utf8_lossy(&octets).into_owned()
    })
}
