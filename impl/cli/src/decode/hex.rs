//! Octets in hex, as people write them and as xxd, hexdump, od, tcpdump and Wireshark print them.

use std::io::{self, BufRead, Read as _};

/// How many lines may tell of a dump before it begins.
const LONGEST_HEADING: usize = 8;

/// The longest line that is read, in octets.
const LONGEST_LINE: u64 = 1 << 22;

/// What is wrong with hex.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HexError {
    /// It cannot be read.
    #[error("{0}")]
    Read(io::Error),
    /// There is something else than hex in a line.
    #[error(
        "line {line}: {found:?} is no hex digit; other octets than hex are read with --format binary"
    )]
    NotHex {
        /// The number of the line, from 1.
        line: u64,
        /// What stands there.
        found: char,
    },
    /// There is one digit more than octets take.
    #[error("line {line}: the number of hex digits is odd")]
    Odd {
        /// The number of the line where the message ends, from 1.
        line: u64,
    },
    /// Lines are left out.
    #[error("line {line}: `*` stands for lines that were left out; dump with hexdump -v or xxd")]
    LeftOut {
        /// The number of the line, from 1.
        line: u64,
    },
    /// It is in base 8.
    #[error("line {line} is in base 8, as od prints it by itself; dump with od -A x -t x1 or xxd")]
    Octal {
        /// The number of the line, from 1.
        line: u64,
    },
    /// A line is too long.
    #[error("line {line} is longer than any message")]
    TooLong {
        /// The number of the line, from 1.
        line: u64,
    },
}

/// Messages in hex. They are kept apart by empty lines, or by offsets that begin at 0 again.
pub(super) struct HexReader<R> {
    reader: R,
    line: u64,
    each_line: bool,
    /// Digits of the message that is being read.
    digits: Vec<u8>,
    /// Whether the last line began with an offset.
    in_dump: bool,
    /// A line that belongs to the next message.
    kept: Option<String>,
    ended: bool,
}

impl<R: BufRead> HexReader<R> {
    pub(super) fn new(reader: R, each_line: bool) -> HexReader<R> {
        let (digits, kept) = (Vec::new(), None);
        HexReader { reader, line: 0, each_line, digits, in_dump: false, kept, ended: false }
    }

    fn line(&mut self) -> Result<Option<String>, HexError> {
        if let Some(line) = self.kept.take() {
            return Ok(Some(line));
        }
        let mut octets = Vec::new();
        self.line += 1;
        let mut limited = self.reader.by_ref().take(LONGEST_LINE);
        limited.read_until(b'\n', &mut octets).map_err(HexError::Read)?;
        if octets.len() as u64 == LONGEST_LINE {
            return Err(HexError::TooLong { line: self.line });
        }
        let ended = octets.is_empty();
        Ok((!ended).then(|| String::from_utf8_lossy(&octets).trim_end().to_owned()))
    }

    /// Whether a line tells of the dump that begins in one of the next, as tcpdump's do; the others
    /// up to there are passed over. A line that is neither that nor hex is an error.
    fn is_heading(&mut self, text: &str) -> Result<bool, HexError> {
        let Err(error) = plain(text, self.line, &mut Vec::new()) else { return Ok(false) };
        for _ in 0..LONGEST_HEADING {
            let Some(next) = self.line()? else { break };
            if dump(next.trim_start(), 0).is_some_and(|dump| dump.starts_anew) {
                self.kept = Some(next);
                return Ok(true);
            }
        }
        Err(error)
    }

    fn message(&mut self) -> Result<Option<Vec<u8>>, HexError> {
        while !self.ended {
            let Some(line) = self.line()? else {
                self.ended = true;
                break;
            };
            let text = line.trim_start();
            if text.starts_with('#') {
                continue;
            }
            if text.is_empty() {
                if self.digits.is_empty() {
                    continue;
                }
                break;
            }
            let octets = self.digits.len() / 2;
            if self.in_dump && is_end(text, octets) {
                continue;
            }
            let dumped = dump(text, octets);
            if dumped.is_none() && self.is_heading(text)? {
                if self.digits.is_empty() {
                    continue;
                }
                break;
            }
            self.in_dump = dumped.is_some();
            match dumped {
                Some(Dump { starts_anew: true, .. }) if !self.digits.is_empty() => {
                    self.kept = Some(line);
                    break;
                }
                Some(Dump { digits, .. }) => self.digits.extend(digits),
                None => plain(text, self.line, &mut self.digits)?,
            }
            if self.each_line {
                break;
            }
        }
        if self.digits.is_empty() {
            return Ok(None);
        }
        let digits = std::mem::take(&mut self.digits);
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(HexError::Odd { line: self.line });
        }
        Ok(Some(pairs.iter().map(|[high, low]| high << 4 | low).collect()))
    }
}

impl<R: BufRead> Iterator for HexReader<R> {
    type Item = Result<Vec<u8>, HexError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.message().transpose()
    }
}

/// A line of a dump.
struct Dump {
    /// Whether its offset is 0.
    starts_anew: bool,
    digits: Vec<u8>,
}

/// The digits of a line that begins with an offset, which is 0 or goes on from `octets`.
fn dump(text: &str, octets: usize) -> Option<Dump> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    let (offset, colon) = match first.strip_suffix(':') {
        Some(offset) => (offset, true),
        None => (first, false),
    };
    let digits = offset.strip_prefix("0x").unwrap_or(offset);
    let fits = (4..=16).contains(&digits.len()) && digits.bytes().all(|d| d.is_ascii_hexdigit());
    let groups = rest.split_whitespace().next().map_or(0, str::len);
    // hexdump without -C and od print offsets of 7 digits, od in base 8.
    let swapped = !colon && digits.len() == 7 && groups == 4;
    let is_dump = colon || groups == 2 || swapped;
    if !fits || !is_dump {
        return None;
    }
    let number = |base| usize::from_str_radix(digits, base).ok();
    let goes_on = number(16) == Some(octets) || (digits.len() == 7 && number(8) == Some(octets));
    let starts_anew = number(16) == Some(0);
    if !goes_on && !starts_anew {
        return None;
    }
    // What stands behind the octets is their characters.
    let gap = if colon { "  " } else { "   " };
    let rest = rest.trim_start().split(gap).next().unwrap_or(rest);
    let rest = rest.split('|').next().unwrap_or(rest);
    let mut found = Vec::new();
    for group in rest.split_whitespace() {
        let digits: Option<Vec<u8>> = group.chars().map(digit).collect();
        match digits {
            Some(digits) if digits.len() <= groups.max(2) && found.len() < 32 => {
                match digits.as_slice() {
                    [a, b, c, d] if swapped => found.extend([*c, *d, *a, *b]),
                    digits => found.extend(digits),
                }
            }
            _ => break,
        }
    }
    Some(Dump { starts_anew, digits: found })
}

/// Whether a line is the offset behind the last octet, which some programs print.
fn is_end(text: &str, octets: usize) -> bool {
    [8, 16].into_iter().any(|base| usize::from_str_radix(text, base) == Ok(octets))
}

/// The digits of any other line: what else may stand between them is passed over.
fn plain(text: &str, line: u64, digits: &mut Vec<u8>) -> Result<(), HexError> {
    if is_octal(text) {
        return Err(HexError::Octal { line });
    }
    // An array as xxd -i and programs in C have it.
    if text.starts_with("unsigned ") && !text.contains('{') {
        return Ok(());
    }
    let text = text.rsplit('{').next().unwrap_or(text);
    let text = text.replace("0x", " ").replace("0X", " ").replace("\\x", " ");
    for c in text.chars() {
        match digit(c) {
            Some(digit) => digits.push(digit),
            None if c.is_whitespace() || ":;,-_.\"'{}[]()".contains(c) => {}
            None if c == '*' => return Err(HexError::LeftOut { line }),
            None => return Err(HexError::NotHex { line, found: c }),
        }
    }
    Ok(())
}

/// Whether a line is one of od's, with words in base 8 behind an offset of 7 digits.
fn is_octal(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let octal = |word: &str| word.bytes().all(|digit| (b'0'..b'8').contains(&digit));
    let is_offset = words.next().is_some_and(|word| word.len() == 7 && octal(word));
    let mut words = words.peekable();
    is_offset && words.peek().is_some() && words.all(|word| word.len() == 6 && octal(word))
}

fn digit(c: char) -> Option<u8> {
    c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OCTETS: [u8; 20] = [
        0x00, 0x40, 0x80, 0x00, 0x00, 0x02, 0x5a, 0x5b, 0x00, 0x01, 0x0a, 0x0b, 0x41, 0x42, 0x43,
        0x20, 0x61, 0x62, 0x7c, 0xff,
    ];

    fn read(text: &str) -> Vec<Vec<u8>> {
        HexReader::new(text.as_bytes(), false).collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_way_to_write_hex() {
        for text in [
            "0040800000025a5b00010a0b41424320 61627cff",
            "00:40:80:00:00:02:5a:5b:00:01:0a:0b:41:42:43:20:61:62:7c:ff",
            "0x00, 0x40, 0x80, 0x00, 0x00, 0x02, 0x5a, 0x5b, 0x00, 0x01, 0x0a, 0x0b,\n\
             0x41, 0x42, 0x43, 0x20, 0x61, 0x62, 0x7c, 0xff",
            "0x0040800000025A5B00010A0B4142432061627CFF",
            // xxd
            "00000000: 0040 8000 0002 5a5b 0001 0a0b 4142 4320  .@....Z[....ABC \n\
             00000010: 6162 7cff                                ab|.",
            // hexdump -C
            "00000000  00 40 80 00 00 02 5a 5b  00 01 0a 0b 41 42 43 20  |.@....Z[....ABC |\n\
             00000010  61 62 7c ff                                       |ab|.|\n\
             00000014",
            // hexdump
            "0000000 4000 0080 0200 5b5a 0100 0b0a 4241 2043\n0000010 6261 ff7c               \n0000014",
            // od -A o -t x1
            "0000000 00 40 80 00 00 02 5a 5b 00 01 0a 0b 41 42 43 20\n0000020 61 62 7c ff\n0000024",
            // tcpdump -X
            "\t0x0000:  0040 8000 0002 5a5b 0001 0a0b 4142 4320  .@....Z[....ABC.\n\
             \t0x0010:  6162 7cff                                ab|.",
            // Wireshark
            "0000   00 40 80 00 00 02 5a 5b 00 01 0a 0b 41 42 43 20   .@....Z[....ABC \n\
             0010   61 62 7c ff                                       ab|.",
            // tcpdump -x, with what it says of the packet
            "00:04:33.356207 IP 192.0.2.1 > 192.0.2.2: ICMP echo request\n\
             \t0x0000:  0040 8000 0002 5a5b 0001 0a0b 4142 4320\n\
             \t0x0010:  6162 7cff",
            // xxd -i
            "unsigned char message[] = {\n  0x00, 0x40, 0x80, 0x00, 0x00, 0x02, 0x5a, 0x5b, 0x00, 0x01,\n\
             \x20 0x0a, 0x0b, 0x41, 0x42, 0x43, 0x20, 0x61, 0x62, 0x7c, 0xff\n};\n\
             unsigned int message_len = 20;\n",
            "# a comment\n\n0040 8000 0002 5a5b\n0001 0a0b 4142 4320\n6162 7cff\n\n",
        ] {
            assert_eq!(read(text), [OCTETS], "{text}");
        }
    }

    #[test]
    fn several_messages() {
        assert_eq!(read("0102\n0304\n\n05\n"), [vec![1, 2, 3, 4], vec![5]]);
        assert_eq!(read("0000  01 02\n0002  03\n0000  04\n"), [vec![1, 2, 3], vec![4]]);
        let heads = "IP (tos)\n    a > b: x\n\t0x0000:  0102\nIP b > a: y\n\t0x0000:  03\n";
        assert_eq!(read(heads), [vec![1, 2], vec![3]]);
        let lines: Vec<_> =
            HexReader::new(&b"0102\n03\n"[..], true).collect::<Result<_, _>>().unwrap();
        assert_eq!(lines, [vec![1, 2], vec![3]]);
    }

    #[test]
    fn what_is_no_hex() {
        let error =
            |text: &str| HexReader::new(text.as_bytes(), false).next().unwrap().unwrap_err();
        assert!(matches!(error("01\n0z"), HexError::NotHex { line: 2, found: 'z' }));
        assert!(matches!(error("012"), HexError::Odd { .. }));
        assert!(matches!(error("heading\n01 02"), HexError::NotHex { line: 1, found: 'h' }));
        assert!(matches!(error("heading"), HexError::NotHex { line: 1, .. }));
        let octal = "0000000 021001 003407 000000\n";
        assert!(matches!(error(octal), HexError::Octal { line: 1 }));
    }
}
