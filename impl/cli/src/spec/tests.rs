//! Tests of the matrix and of what can be asked of it.

use super::{SelectError, Selection, SpecArgs, run, sentences, sources};

fn asked(what: &[&str]) -> Result<Vec<&'static str>, SelectError> {
    let what: Vec<String> = what.iter().map(|text| (*text).to_owned()).collect();
    let selection = Selection::of(&what, None, false)?;
    Ok(selection.sentences().map(|sentence| sentence.id).collect())
}

fn shown(args: &SpecArgs) -> String {
    let mut out = Vec::new();
    run(args, &mut out).expect("something to show");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn matrix_is_whole() {
    assert!(sentences().len() > 400, "{}", sentences().len());
    assert_eq!(sources().len(), 54 + 34);
    for sentence in sentences() {
        assert!(!sentence.text.is_empty() && !sentence.heading.is_empty(), "{sentence:?}");
        assert!(sentence.id.starts_with(&format!("{}.{}.", sentence.page, sentence.section)));
    }
    for source in sources() {
        let known = |id: &&str| sentences().iter().any(|sentence| sentence.id == *id);
        assert!(!source.says.is_empty() && source.sentences.iter().all(known), "{source:?}");
    }
}

/// What a stranger asks, and where it leads.
#[test]
fn words_lead_to_sentence_model_code_and_test() {
    assert_eq!(asked(&["request", "to the FA", "R set"]).expect("found"), ["registration.3.4"]);
    let what = vec!["registration.3.4".to_owned()];
    let text = shown(&SpecArgs { what, ..SpecArgs::default() });
    for part in [
        "MUST send the registration request to the FA",
        "  model  model/src/mn.rs:",
        "  code   impl/roles/src/",
        "  test   ",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

#[test]
fn sections_requirements_holes_and_files_lead_to_their_sentences() {
    assert!(asked(&["registration.3"]).expect("found").contains(&"registration.3.4"));
    let pages = asked(&["keys"]).expect("found");
    assert!(pages.iter().all(|id| id.starts_with("keys.")) && pages.len() > 10);
    assert!(asked(&["r-19"]).expect("found").contains(&"registration.3.4"));
    assert!(asked(&["H-13", "R-19"]).expect("found").contains(&"data-path.3.2"));
    assert!(asked(&["model/src/mn.rs"]).expect("found").contains(&"registration.3.4"));
    assert!(!asked(&["model/src/ha.rs"]).expect("found").contains(&"registration.3.4"));
}

#[test]
fn sections_do_not_take_in_others_that_begin_with_the_same_digit() {
    let first = asked(&["registration.1"]).expect("found");
    assert!(first.iter().all(|id| id.starts_with("registration.1.")), "{first:?}");
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let told = |what: &[&str]| asked(what).expect_err("nothing").to_string();
    assert!(told(&["registration.3.99"]).contains("registration.3.1 to registration.3."));
    assert!(told(&["registration.99.1"]).contains("page registration has"));
    assert!(told(&["R-99"]).contains("R-1 to R-54"));
    assert!(told(&["model/src/nothing.rs"]).contains("model/src/nothing.rs"));
    assert!(told(&["xyzzy"]).contains("xyzzy"));
}

#[test]
fn page_narrows_what_was_asked_for() {
    let what = vec!["R-19".to_owned()];
    let selection = Selection::of(&what, Some("wire"), false).expect("found");
    assert!(selection.sentences().all(|sentence| sentence.page == "wire"));
    assert!(selection.sentences().next().is_some());
}

#[test]
fn missing_shows_what_lacks_a_witness_and_nothing_else() {
    let selection = Selection::of(&[], None, true).expect("asks for nothing that is not there");
    let lacking = sentences().iter().filter(|sentence| sentence.missing().next().is_some());
    assert_eq!(selection.sentences().count(), lacking.count());
    let args = SpecArgs { missing: true, ..SpecArgs::default() };
    let holds = run(&args, &mut Vec::new()).expect("shown");
    assert_eq!(holds, selection.sentences().next().is_none());
}
