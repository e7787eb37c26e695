//! The specification against its witnesses: this workspace, and small invented ones that show that
//! the check can fail.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{fs, path::Path, process::Command};

use dsboot_tests::citations::{self, Fault, HOLES, History, PENDING, Pending, REQUIREMENTS, Spec};
use tempfile::TempDir;

/// `cargo test -p dsboot-tests --test citations -- --nocapture matrix` prints the matrix.
#[test]
fn the_matrix_and_what_is_pending() {
    let spec = Spec::read(&citations::root()).unwrap();
    println!("{}", spec.matrix());
    println!("{}", spec.lacking());
}

#[test]
fn every_sentence_has_its_witnesses_and_every_citation_its_sentence() {
    let root = citations::root();
    let mut faults = Spec::read(&root).unwrap().faults();
    // The tables have a test of their own, which can mend them.
    faults.retain(|fault| !matches!(fault, Fault::Table { .. }));
    match History::check(&root) {
        History::Checked { faults: grown, .. } => faults.extend(grown),
        History::Unavailable(reason) => {
            println!("left out: whether {PENDING} has grown, because {reason}");
        }
    }
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} faults:\n{}", lines.len(), lines.join("\n"));
}

/// A workspace with one page and one source of each kind, and all in order.
struct Tree(TempDir);

impl Tree {
    fn new() -> Tree {
        let tree = Tree(TempDir::new().unwrap());
        let all = |prefix: &str, count| {
            (1..=count).map(|n| format!("{prefix}-{n}")).collect::<Vec<_>>().join(", ")
        };
        let (requirements, holes) = (all("R", REQUIREMENTS), all("H", HOLES));
        tree.write(
            "spec/door.md",
            &format!(
                "# The door\n\nProse, **bold** too.\n\n\
                 **door.1.1** A door MUST be shut\nafter use. ({requirements})\n\n\
                 **door.1.2** (code, test) A door MAY be red. ({holes}; RFC 1 §2)\n"
            ),
        );
        let row = |key: &str, id: &str| format!("| {key} | words | {id} |\n");
        let rows: String = (1..=REQUIREMENTS)
            .map(|n| row(&format!("R-{n}"), "door.1.1"))
            .chain((1..=HOLES).map(|n| row(&format!("H-{n}"), "door.1.2")))
            .collect();
        tree.write("spec/README.md", &rows);
        tree.write("model/src/mn.rs", "//= door.1.1\nfn rule() {}\n");
        tree.write(
            "impl/roles/src/mn/mod.rs",
            "fn shut() {\n    //= door.1.1\n    //= door.1.2\n    act();\n}\n",
        );
        tree.write(
            "codec/src/door.rs",
            "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    //= door.1.2\n    fn t() {}\n}\n",
        );
        tree.write("tests/tests/door.rs", "//= door.1.1\n#[test]\nfn t() {}\n");
        tree
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn append(&self, file: &str, text: &str) {
        let before = fs::read_to_string(self.root().join(file)).unwrap();
        self.write(file, &(before + text));
    }

    fn faults(&self) -> Vec<String> {
        let spec = Spec::read(self.root()).unwrap();
        spec.faults().iter().map(ToString::to_string).collect()
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let status = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(self.root())
            .status()
            .unwrap();
        assert!(status.success());
    }

    fn commit_pending(&self, text: &str) {
        self.write(PENDING, text);
        self.git(&["add", PENDING]);
        self.git(&["commit", "-q", "-m", "list"]);
    }
}

#[test]
fn a_tree_in_order_has_no_faults() {
    assert_eq!(Tree::new().faults(), Vec::<String>::new());
}

#[test]
fn a_citation_of_nothing_is_named_by_its_line() {
    let tree = Tree::new();
    tree.append("model/src/mn.rs", "\n//= door.7.1\nfn other() {}\n");
    assert_eq!(tree.faults(), ["model/src/mn.rs:4: there is no sentence door.7.1"]);
}

#[test]
fn an_identifier_in_a_string_is_looked_up_in_code_but_is_no_witness() {
    let tree = Tree::new();
    tree.write("model/src/mn.rs", "const RULE: &str = \"door.1.1\";\n");
    tree.append("codec/src/door.rs", "const WHY: (u8, &str) = (1, \"door.7.1\");\n");
    tree.append("tests/tests/door.rs", "const WHY: &str = \"door.7.1\";\n");
    assert_eq!(
        tree.faults(),
        [
            "codec/src/door.rs:8: there is no sentence door.7.1",
            "spec/door.md:5: sentence door.1.1 has no model, and spec/pending.txt does not list it",
        ]
    );
}

#[test]
fn what_is_not_an_identifier_cannot_be_cited() {
    let tree = Tree::new();
    tree.append("model/src/mn.rs", "//= door.1\n");
    assert_eq!(
        tree.faults(),
        ["model/src/mn.rs:3: `door.1` is not of the form page.section.number"]
    );
}

#[test]
fn a_citation_outside_of_model_code_and_tests_is_of_no_use() {
    let tree = Tree::new();
    tree.write("codec/build.rs", "//= door.1.1\n");
    assert_eq!(
        tree.faults(),
        ["codec/build.rs:1: a citation is of use in model, code and tests only"]
    );
}

#[test]
fn what_cargo_builds_is_not_looked_at() {
    let tree = Tree::new();
    tree.write("target/debug/out.rs", "//= door.9.9\n");
    tree.write(".hidden/out.rs", "//= door.9.9\n");
    assert_eq!(tree.faults(), Vec::<String>::new());
}

#[test]
fn a_sentence_that_stands_twice_is_named_with_both_places() {
    let tree = Tree::new();
    tree.append("spec/door.md", "\n**door.1.1** A door MUST creak. (R-1)\n");
    assert_eq!(
        tree.faults(),
        ["spec/door.md:10: sentence door.1.1 stands already at spec/door.md:5"]
    );
}

//= wire.11.6
#[test]
fn sentences_that_are_not_written_as_they_must_be() {
    let tree = Tree::new();
    tree.append(
        "spec/door.md",
        "\n**door.2.1** A door MUST have no sources.\n\n\
         **door.2.2** A door is what it is. (R-1)\n\n\
         **gate.1.1** A gate MUST be elsewhere. (R-1)\n\n\
         **door.2** A door MUST be numbered. (R-1)\n",
    );
    assert_eq!(
        tree.faults(),
        [
            "spec/door.md:10: sentence door.2.1 does not end with its sources in parentheses",
            "spec/door.md:12: sentence door.2.2 has none of the key words of BCP 14",
            "spec/door.md:14: sentence gate.1.1 stands on another page than its own",
            "spec/door.md:16: `door.2` is not of the form page.section.number",
        ]
    );
}

#[test]
fn each_witness_that_lacks_is_named() {
    let tree = Tree::new();
    tree.append("spec/door.md", "\n**door.1.3** A door MUST open. (R-1)\n");
    tree.write("spec/README.md", &Spec::read(tree.root()).unwrap().readme());
    let lacks = |what| {
        format!(
            "spec/door.md:10: sentence door.1.3 has no {what}, and spec/pending.txt does not list it"
        )
    };
    assert_eq!(tree.faults(), [lacks("model"), lacks("code"), lacks("test")]);

    tree.append("model/src/mn.rs", "//= door.1.3\n");
    assert_eq!(tree.faults(), [lacks("code"), lacks("test")]);

    tree.write(PENDING, "door.1.3: code\n");
    assert_eq!(tree.faults(), [lacks("test")]);

    tree.write(PENDING, "# so far\ndoor.1.3: code, test\n");
    assert_eq!(tree.faults(), Vec::<String>::new());
}

#[test]
fn a_test_module_in_a_file_of_its_own_does_not_make_the_rest_a_test() {
    let tree = Tree::new();
    tree.write(
        "impl/roles/src/mn/mod.rs",
        "#[cfg(test)]\nmod tests;\n\n//= door.1.1\n//= door.1.2\nfn act() {}\n",
    );
    assert_eq!(tree.faults(), Vec::<String>::new());
    tree.write(
        "impl/roles/src/mn/mod.rs",
        "#[cfg(test)]\nmod tests {\n    //= door.1.1\n    //= door.1.2\n    fn t() {}\n}\n",
    );
    assert_eq!(tree.faults().len(), 2, "{:?}", tree.faults());
    tree.append("impl/roles/src/mn/mod.rs", "\n//= door.1.1\n//= door.1.2\nfn act() {}\n");
    assert_eq!(tree.faults(), Vec::<String>::new());
}

#[test]
fn files_named_tests_and_directories_named_tests_hold_tests() {
    let tree = Tree::new();
    fs::remove_file(tree.root().join("tests/tests/door.rs")).unwrap();
    assert_eq!(tree.faults().len(), 1);
    for file in ["model/src/mn/tests.rs", "impl/roles/tests/mn.rs", "codec/src/tests/mn.rs"] {
        tree.write(file, "//= door.1.1\nfn t() {}\n");
        assert_eq!(tree.faults(), Vec::<String>::new(), "{file}");
        fs::remove_file(tree.root().join(file)).unwrap();
    }
}

#[test]
fn the_list_must_not_excuse_what_is_not_missing() {
    let tree = Tree::new();
    tree.write(PENDING, "door.1.1: code, test\n");
    let settled = |what| {
        format!(
            "spec/pending.txt: sentence door.1.1 no longer lacks its {what}; take that off the list"
        )
    };
    assert_eq!(tree.faults(), [settled("code"), settled("test")]);
}

#[test]
fn the_list_must_name_sentences_in_order_and_in_its_form() {
    let tree = Tree::new();
    tree.write("model/src/mn.rs", "");
    tree.write(PENDING, "door.1.9: model\ndoor.1.1: model\ndoor.1.2\ndoor.1.2: model, model\n");
    assert_eq!(
        tree.faults(),
        [
            "spec/pending.txt:2: sentence door.1.1 is out of order",
            "spec/pending.txt:3: `door.1.2` is not of the form `id: model, code, test`",
            "spec/pending.txt:4: `door.1.2: model, model` is not of the form `id: model, code, test`",
            "spec/pending.txt:1: there is no sentence door.1.9",
        ]
    );
}

#[test]
fn the_list_as_it_would_have_to_be_is_accepted() {
    let tree = Tree::new();
    tree.write("model/src/mn.rs", "");
    tree.write("tests/tests/door.rs", "");
    assert_eq!(tree.faults().len(), 2);
    let list = Spec::read(tree.root()).unwrap().lacking();
    tree.write(PENDING, &list.to_string());
    assert_eq!(tree.faults(), Vec::<String>::new());
    let (again, faults) = Pending::parse(&list.to_string());
    assert_eq!((again, faults), (list, Vec::new()));
}

#[test]
fn every_requirement_and_hole_must_be_taken_up() {
    let tree = Tree::new();
    let page = fs::read_to_string(tree.root().join("spec/door.md")).unwrap();
    tree.write("spec/door.md", &page.replace("R-53, R-54", "R-53, R-55").replace("H-9, ", ""));
    tree.write("spec/README.md", &Spec::read(tree.root()).unwrap().readme());
    assert_eq!(
        tree.faults(),
        [
            "no sentence takes up R-54",
            "spec/door.md:5: there is no R-55",
            "no sentence takes up H-9",
        ]
    );
}

#[test]
fn the_readme_tables_must_say_what_the_pages_say() {
    let tree = Tree::new();
    let readme = fs::read_to_string(tree.root().join("spec/README.md")).unwrap();
    let spoilt = readme
        .replace("| R-2 | words | door.1.1 |\n", "| R-2 | words | door.1.2 |\n")
        .replace("| R-3 | words | door.1.1 |\n", "")
        .replace(
            "| H-4 | words | door.1.2 |\n",
            "| H-4 | words | door.1.2 |\n| H-4 | words | door.1.2 |\n",
        );
    tree.write("spec/README.md", &spoilt);
    let said: Vec<String> =
        tree.faults().iter().map(|fault| fault.split(';').next().unwrap().to_owned()).collect();
    assert_eq!(
        said,
        [
            "spec/README.md: the row for R-2 is out of date",
            "spec/README.md: there is no row for R-3",
            "spec/README.md: H-4 has more than one row",
        ]
    );
    let spec = Spec::read(tree.root()).unwrap();
    assert!(spec.readme().contains("| R-2 | words | door.1.1 |\n"));
}

#[test]
fn the_list_may_only_get_shorter() {
    let tree = Tree::new();
    let grown = || match History::check(tree.root()) {
        History::Checked { versions, faults } => (
            versions,
            faults
                .iter()
                .map(|f| f.to_string().split(';').next().unwrap().to_owned())
                .collect::<Vec<_>>(),
        ),
        History::Unavailable(reason) => panic!("{reason}"),
    };
    assert_eq!(History::check(tree.root()), History::Unavailable("there is no .git".to_owned()));
    tree.git(&["init", "-q"]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "begin"]);
    tree.write(PENDING, "door.1.1: code, test\ndoor.1.2: test\n");
    assert_eq!(grown(), (0, vec![]), "not committed yet");

    tree.commit_pending("door.1.1: code, test\ndoor.1.2: test\n");
    tree.commit_pending("door.1.1: test\ndoor.1.2: test\n");
    tree.commit_pending("door.1.1: test\n");
    assert_eq!(grown(), (3, vec![]));

    tree.write(PENDING, "door.1.1: model, test\n");
    let (_, faults) = grown();
    assert_eq!(
        faults,
        ["spec/pending.txt: model of door.1.1 was put on the list by the working tree"]
    );

    tree.commit_pending("door.1.1: test\ndoor.1.2: test\n");
    tree.commit_pending("door.1.1: test\n");
    let (versions, faults) = grown();
    assert_eq!((versions, faults.len()), (5, 1), "{faults:?}");
    assert!(
        faults[0].starts_with("spec/pending.txt: test of door.1.2 was put on the list by commit ")
    );
}

#[test]
fn the_matrix_shows_all_places() {
    let tree = Tree::new();
    tree.append("tests/tests/door.rs", "//= door.1.1\n");
    tree.write("model/src/mn.rs", "");
    let matrix = Spec::read(tree.root()).unwrap().matrix();
    assert_eq!(
        matrix.to_string(),
        "sentence  model    code                        test\n\
         door.1.1  missing  impl/roles/src/mn/mod.rs:2  tests/tests/door.rs:1 +1\n\
         door.1.2  -        impl/roles/src/mn/mod.rs:3  codec/src/door.rs:5\n\
         2 sentences, 1 with all the witnesses they need\n"
    );
    assert_eq!(
        format!("{matrix:#}"),
        "door.1.1  A door MUST be shut after use.\n    \
             model missing\n    \
             code  impl/roles/src/mn/mod.rs:2\n    \
             test  tests/tests/door.rs:1\n    \
             test  tests/tests/door.rs:4\n\
         door.1.2  A door MAY be red.\n    \
             code  impl/roles/src/mn/mod.rs:3\n    \
             test  codec/src/door.rs:5\n\
         2 sentences, 1 with all the witnesses they need\n"
    );
}
