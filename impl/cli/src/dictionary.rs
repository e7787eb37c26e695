//! `dsboot dictionary`: the registry for other programs.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use dsboot_spec::dictionary;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

/// Print a file with which another program knows this project's numbers
///
/// freeradius: a dictionary for FreeRADIUS 3 and radclient. wireshark: a dissector in Lua for
/// Wireshark and tshark (-X lua_script:FILE), which shows Mobile IPv4 with its key generation and
/// vendor extensions, and the parameters in RADIUS and PANA, by name.
#[derive(Clone, Debug, Args)]
pub struct DictionaryArgs {
    /// For which program.
    #[arg(value_enum)]
    pub program: Program,

    /// Enterprise number whose parameters are the bootstrap's.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_VENDOR_ID)]
    pub vendor: u32,
}

/// A program that reads a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Program {
    /// FreeRADIUS 3.
    Freeradius,
    /// Wireshark and tshark.
    Wireshark,
}

/// Writes what `args` say to `out`.
///
/// # Errors
///
/// When it cannot be written.
pub fn run(args: &DictionaryArgs, out: &mut impl Write) -> io::Result<bool> {
    let text = match args.program {
        Program::Freeradius => dictionary::freeradius(args.vendor),
        Program::Wireshark => dictionary::wireshark(args.vendor),
    };
    out.write_all(text.as_bytes())?;
    Ok(true)
}
