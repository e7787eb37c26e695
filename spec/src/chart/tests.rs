//! Tests of the drawings.

use alloc::{borrow::ToOwned, string::ToString, vec};

use super::{Chart, Row, What, svg};

fn row(stamp: &str, what: What, label: &str, words: &str) -> Row {
    let [stamp, label, words] = [stamp, label, words].map(ToOwned::to_owned);
    Row { stamp, what, label, words }
}

fn chart() -> Chart {
    let arrow = |from, to, lost| What::Arrow { from, to, lost };
    Chart {
        title: "run: <one> & \"two\"".to_owned(),
        lifelines: ["MN", "NAS/FA", "FHA"].map(ToOwned::to_owned).to_vec(),
        rows: vec![
            row("1.", arrow(0, 1, false), "4", "request; #1"),
            row("", arrow(2, 0, false), "6", "reply"),
            row("2.", arrow(1, 2, true), "", "lost"),
            row("3.", arrow(2, 1, true), "", "lost too"),
            row("10.", What::Mark { at: 1 }, "", "does <it>"),
            row("11.", arrow(0, 2, false), "BU", "update"),
        ],
    }
}

#[test]
fn letters_go_where_the_messages_went() {
    let expected = "     MN    NAS/FA    FHA
 1.   |------>|       |  4   request; #1
      |<--------------|  6   reply
 2.   |       |------x|      lost
 3.   |       |x------|      lost too
10.   |       *       |      does <it>
11.   |-------------->|  BU  update
";
    assert_eq!(chart().to_string(), expected, "\n{}", chart());
}

#[test]
fn mermaid_has_a_participant_for_each_and_no_sign_that_it_would_misread() {
    let expected = "---
title: \"run: <one> & \\\"two\\\"\"
---
sequenceDiagram
    participant p0 as MN
    participant p1 as NAS/FA
    participant p2 as FHA
    p0->>p1: 4. request#59; #35;1
    p2->>p0: 6. reply
    p1-xp2: lost
    p2-xp1: lost too
    Note over p1: does <it>
    p0->>p2: BU: update
";
    assert_eq!(chart().mermaid(), expected);
}

#[test]
fn picture_tells_in_words_what_it_draws() {
    let picture = svg(&[chart()]);
    for part in [
        "<title>run: &lt;one&gt; &amp; &quot;two&quot;</title>",
        "MN reaches NAS/FA: 4. request; #1.\n",
        "NAS/FA to FHA: lost (does not arrive).\n",
        "NAS/FA: does &lt;it&gt;.\n",
        "MN reaches FHA: BU: update.\n</desc>",
        "data-stamp=\"1.\"",
        "prefers-color-scheme:dark",
        "class=\"row registration\"",
        "class=\"row other lost\"",
        "class=\"row binding\"",
    ] {
        assert!(picture.contains(part), "{part} is missing:\n{picture}");
    }
    assert_eq!(picture.matches("<g class=\"row ").count(), chart().rows.len());
    assert_eq!(
        picture.matches("data-stamp=\"1.\"").count(),
        2,
        "a line without stamp is of the one above"
    );
}

/// Where the arrow heads are: at the lifeline of who receives.
#[test]
fn arrows_of_the_picture_touch_the_lifeline_that_they_lead_to() {
    let picture = svg(&[chart()]);
    let lifelines: vec::Vec<&str> = picture
        .split("class=\"life\" x1=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let tips: vec::Vec<&str> = picture
        .split("class=\"fill\" d=\"M")
        .skip(1)
        .filter_map(|rest| rest.split(' ').next())
        .collect();
    assert_eq!(lifelines.len(), 3);
    assert_eq!(tips, [lifelines[1], lifelines[0], lifelines[2]]);
}

#[test]
fn several_charts_are_one_document_with_what_their_titles_have_in_common() {
    let other = Chart { title: "run: other".to_owned(), ..chart() };
    let picture = svg(&[chart(), other]);
    assert!(picture.contains("<title>run</title>"), "{picture}");
    assert_eq!(picture.matches("<svg").count(), 1);
    assert_eq!(picture.matches("class=\"title\"").count(), 2);
}

#[test]
fn nothing_is_a_picture_too() {
    assert!(svg(&[]).ends_with("</svg>\n"));
    assert_eq!(Chart::default().to_string(), "\n");
}
