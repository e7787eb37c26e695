//! Wireshark's dissector, asked for single fields.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{peers, process};

/// Longer than any capture of a test takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between the values of one field; no value has one.
const AGGREGATOR: char = '|';

/// tshark with the options that a capture needs.
#[derive(Clone, Debug)]
pub struct Tshark {
    program: PathBuf,
    options: Vec<String>,
}

/// The values of one field in one packet: none where the packet has no such field, several where
/// it has several, such as those of outer and inner headers.
pub type Values = Vec<String>;

impl Tshark {
    /// tshark, or `None` on a machine that lacks it, after saying so. It verifies every checksum.
    #[must_use]
    pub fn find() -> Option<Tshark> {
        let program = peers::TSHARK.find()?;
        let options = ["ip.check_checksum:TRUE", "udp.check_checksum:TRUE"];
        let options = options.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]);
        Some(Tshark { program, options: options.collect() })
    }

    /// The same with one more preference.
    #[must_use]
    pub fn preferring(mut self, preference: &str) -> Tshark {
        self.options.extend(["-o".to_owned(), preference.to_owned()]);
        self
    }

    /// The same with more options, each written with its value, such as `-d udp.port==1,pana`.
    #[must_use]
    pub fn with(mut self, options: &[String]) -> Tshark {
        let words = options.iter().flat_map(|option| option.split_whitespace());
        self.options.extend(words.map(str::to_owned));
        self
    }

    /// The fields of every packet that passes the filter (all pass an empty one).
    ///
    /// # Errors
    ///
    /// When tshark fails; the error holds what it said.
    pub fn fields(
        &self,
        file: &Path,
        filter: &str,
        fields: &[&str],
    ) -> io::Result<Vec<Vec<Values>>> {
        let aggregator = format!("aggregator={AGGREGATOR}");
        let mut words = vec!["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"];
        words.extend(["-E", &aggregator]);
        words.extend(fields.iter().flat_map(|field| ["-e", field]));
        let text = self.run(file, filter, &words)?;
        let values = |column: &str| {
            column.split(AGGREGATOR).filter(|v| !v.is_empty()).map(str::to_owned).collect()
        };
        Ok(text.lines().map(|line| line.split('\t').map(values).collect()).collect())
    }

    /// The dissection of every packet that passes the filter, as JSON with the octets.
    ///
    /// # Errors
    ///
    /// As [`Tshark::fields`].
    pub fn json(&self, file: &Path, filter: &str) -> io::Result<Vec<serde_json::Value>> {
        let text = self.run(file, filter, &["-T", "json", "-x"])?;
        serde_json::from_str(&text).map_err(io::Error::other)
    }

    /// The dissection of every packet as PDML: each field with its place.
    ///
    /// # Errors
    ///
    /// As [`Tshark::fields`].
    pub fn pdml(&self, file: &Path) -> io::Result<String> {
        self.run(file, "", &["-T", "pdml"])
    }

    fn run(&self, file: &Path, filter: &str, words: &[&str]) -> io::Result<String> {
        let mut command = Command::new(&self.program);
        command.arg("-n").arg("-r").arg(file).args(&self.options);
        // The preferences of whoever runs the tests are no part of them.
        command.env("WIRESHARK_CONFIG_DIR", "/nonexistent");
        if !filter.is_empty() {
            command.args(["-Y", filter]);
        }
        let said = process::run(command.args(words), "", PATIENCE)?;
        if said.status.success() { Ok(said.out) } else { Err(io::Error::other(said.err)) }
    }
}

/// The octets of a packet in [`Tshark::json`].
#[must_use]
pub fn octets(packet: &serde_json::Value) -> Option<Vec<u8>> {
    let digits = packet.pointer("/_source/layers/frame_raw/0")?.as_str()?;
    let digit = |at: usize| char::from(*digits.as_bytes().get(at)?).to_digit(16);
    let octet = |i: usize| u8::try_from(digit(2 * i)? * 16 + digit(2 * i + 1)?).ok();
    (0..digits.len() / 2).map(octet).collect()
}

/// A capture file of IP packets, a second apart.
#[must_use]
pub fn pcap<'a>(packets: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    /// LINKTYPE_RAW: the packets begin with their IP header.
    const RAW: u32 = 101;
    let word = |value: u32| value.to_le_bytes();
    let mut file = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0xffff, RAW].map(word).concat();
    for (second, packet) in (1_u32..).zip(packets) {
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        file.extend([second, 0, length, length].map(word).concat());
        file.extend(packet);
    }
    file
}
