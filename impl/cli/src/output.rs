use std::io::{self, Write};

/// Standard output, whose reader may have seen enough: what is written afterwards goes nowhere, and
/// the verdict stays what it is.
#[derive(Debug)]
pub struct Output<W> {
    writer: Option<W>,
}

impl<W: Write> Output<W> {
    /// Writes to `writer` as long as somebody reads.
    pub const fn new(writer: W) -> Output<W> {
        Output { writer: Some(writer) }
    }

    fn on(&mut self, act: impl FnOnce(&mut W) -> io::Result<usize>) -> io::Result<Option<usize>> {
        let Some(writer) = &mut self.writer else { return Ok(None) };
        match act(writer) {
            Ok(length) => Ok(Some(length)),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.writer = None;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        Ok(self.on(|writer| writer.write(octets))?.unwrap_or(octets.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.on(|writer| writer.flush().map(|()| 0)).map(|_| ())
    }
}
