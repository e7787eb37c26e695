//! Makes directories of inputs out of the committed corpus, and the corpus out of directories.
//!
//! The corpus is a file of hexadecimal lines for each target, so that it can be read and compared.
//!
//! * `corpus seed` writes the corpus from the vectors and ladders;
//! * `corpus unpack DIR` writes `DIR/<target>/` with a file for each line;
//! * `corpus pack DIR` writes the corpus from such directories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use dsboot_codec::crypto::sha1;
use dsboot_codec_fuzz::entries::ENTRIES;
use dsboot_codec_fuzz::seeds;

fn main() -> io::Result<ExitCode> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["seed"] => {
            for (entry, octets) in seeds::all()? {
                write(entry.name, octets)?;
            }
        }
        ["unpack", directory] => {
            for entry in ENTRIES {
                let directory = Path::new(directory).join(entry.name);
                fs::create_dir_all(&directory)?;
                for line in fs::read_to_string(file(entry.name)).unwrap_or_default().lines() {
                    let octets = hex::decode(line).map_err(io::Error::other)?;
                    fs::write(directory.join(hex::encode(sha1(&[&octets]))), octets)?;
                }
            }
        }
        ["pack", directory] => {
            for entry in ENTRIES {
                let files = fs::read_dir(Path::new(directory).join(entry.name))?;
                let octets: io::Result<Vec<_>> = files.map(|f| fs::read(f?.path())).collect();
                write(entry.name, octets?)?;
            }
        }
        _ => {
            eprintln!("usage: corpus seed | corpus unpack DIR | corpus pack DIR");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name).with_extension("hex")
}

/// The shorter ones first.
fn write(name: &str, octets: Vec<Vec<u8>>) -> io::Result<()> {
    let sorted: BTreeSet<_> = octets.into_iter().map(|octets| (octets.len(), octets)).collect();
    let text: String = sorted.iter().map(|(_, octets)| hex::encode(octets) + "\n").collect();
    fs::create_dir_all(file(name).with_file_name(""))?;
    println!("{name:20} {:6} inputs {:8} octets", sorted.len(), text.len() / 2);
    fs::write(file(name), text)
}
