//! The *nevers* of ARCHITECTURE.md.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use dsboot_tests::houses;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Crate, and every crate of this workspace that it may depend on.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("dsboot-spec", &[]),
    ("dsboot-codec", &["dsboot-spec"]),
    ("dsboot-model", &["dsboot-spec"]),
    ("dsboot-roles", &["dsboot-codec", "dsboot-spec"]),
    ("dsboot-node", &["dsboot-roles", "dsboot-codec", "dsboot-spec"]),
    (
        "dsboot-tests",
        &[
            "dsboot-model",
            "dsboot-roles",
            "dsboot-codec",
            "dsboot-spec",
            "dsboot-node",
            "dsboot-conform",
        ],
    ),
    ("dsboot-vectors", &["dsboot-codec", "dsboot-spec"]),
    ("dsboot-audit", &["dsboot-model", "dsboot-codec", "dsboot-spec"]),
    ("dsboot-conform", &["dsboot-model", "dsboot-vectors", "dsboot-codec", "dsboot-spec"]),
    (
        "dsboot",
        &[
            "dsboot-model",
            "dsboot-roles",
            "dsboot-codec",
            "dsboot-spec",
            "dsboot-node",
            "dsboot-audit",
            "dsboot-conform",
            "dsboot-vectors",
        ],
    ),
];

#[test]
fn crates_know_only_whom_they_may() {
    let dependencies = houses::dependencies().unwrap();
    assert_eq!(dependencies.len(), MAY_KNOW.len(), "a crate without a rule: {dependencies:?}");
    for (name, allowed) in MAY_KNOW {
        for needed in dependencies[*name].iter().filter(|n| n.starts_with("dsboot")) {
            assert!(allowed.contains(&needed.as_str()), "{name} must not know {needed}");
        }
    }
}

#[test]
fn faults_are_for_tests_alone() {
    let manifests = ["impl/roles", "tests"].map(|dir| format!("{dir}/Cargo.toml"));
    let workspace = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let members = workspace.lines().find(|line| line.starts_with("members = ")).unwrap();
    for manifest in members.split('"').skip(1).step_by(2).map(|dir| format!("{dir}/Cargo.toml")) {
        let text = fs::read_to_string(Path::new(ROOT).join(&manifest)).unwrap();
        assert!(!text.contains("faults") || manifests.contains(&manifest), "{manifest}");
        // Nobody has it without asking for it.
        let lines = text.lines().filter(|line| line.contains("faults"));
        assert!(lines.clone().all(|line| !line.contains("default")), "{manifest}");
    }
}

/// Where, and words that must not stand there, each with what the word would bring in.
const ABSENT: &[(&str, &[(&str, &str)])] = &[
    (
        "impl/roles/src",
        &[
            ("UdpSocket", "sockets"),
            ("TcpStream", "sockets"),
            ("Instant::now", "a clock"),
            ("SystemTime", "a clock"),
            ("std::thread", "threads"),
            ("std::fs", "files"),
            ("rand", "a random source of its own"),
            ("getrandom", "a random source of its own"),
            ("HashMap", "an order that differs from run to run"),
            ("HashSet", "an order that differs from run to run"),
            ("println", "output"),
        ],
    ),
    ("codec/src", &[("use std", "std"), ("extern crate std", "std")]),
    ("spec/src", &[("use std", "std"), ("extern crate std", "std")]),
    ("model/src", &[("dsboot_codec", "the codec"), ("dsboot_roles", "the roles")]),
];

#[test]
fn what_must_be_absent_is_absent() {
    for (dir, words) in ABSENT {
        let files = rust_files(&Path::new(ROOT).join(dir));
        assert!(!files.is_empty(), "no Rust files below {dir}");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            // Tests may use what they like.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let mut before = "";
            for (number, line) in text.lines().enumerate() {
                // What fuzz targets need is not there unless they ask for it.
                if core::mem::replace(&mut before, line) == "#[cfg(feature = \"arbitrary\")]" {
                    continue;
                }
                let code = line.split("//").next().unwrap_or_default();
                for (word, brings) in *words {
                    assert!(
                        !has_word(code, word),
                        "{}:{}: `{word}` would bring {brings} into {dir}",
                        file.display(),
                        number + 1
                    );
                }
            }
        }
    }
}

#[test]
fn a_word_is_found_whole() {
    assert!(has_word("use rand::Rng;", "rand"));
    assert!(!has_word("use crate::Random; operand", "rand"));
    assert!(has_word("std::thread::spawn", "std::thread"));
    assert!(!has_word("#![no_std]", "std"));
}

#[test]
fn codec_and_specification_do_without_std() {
    for lib in ["codec/src/lib.rs", "spec/src/lib.rs"] {
        let text = fs::read_to_string(Path::new(ROOT).join(lib)).unwrap();
        assert!(text.lines().any(|line| line == "#![no_std]"), "{lib} is not no_std");
    }
}

/// Functions by name that tell whether an authenticator is right.
const JUDGES: [&str; 2] = ["fn verify", "fn proves"];

//= keys.2.3
#[test]
fn authenticators_are_compared_in_constant_time() {
    let crypto = fs::read_to_string(Path::new(ROOT).join("codec/src/crypto.rs")).unwrap();
    let equal = crypto.split("pub fn equal(").nth(1).unwrap();
    assert!(equal.split_inclusive('}').next().unwrap().contains(".ct_eq("), "{equal}");
    let mut judges = 0;
    for file in rust_files(&Path::new(ROOT).join("codec/src")) {
        let text = fs::read_to_string(&file).unwrap();
        for (start, _) in JUDGES.into_iter().flat_map(|name| text.match_indices(name)) {
            let body = text[start..].split("\n    }\n").next().unwrap();
            // By itself, or by asking another of them.
            assert!(
                body.contains("equal(") || body.contains(".verify"),
                "{}: {body}",
                file.display()
            );
            judges += 1;
        }
    }
    assert!(judges >= 8, "{judges} functions found");
}

/// Whether `word` stands in `code` with no letter, digit or underscore on either side.
fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(part) && !code[at + word.len()..].starts_with(part))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found
}
