//! Tests of what the server answers; `tests/explore.rs` has the page in a browser.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use dsboot_model::{Bootstrap, Config, Guard};
use dsboot_spec::Setup;
use serde_json::Value;
use stateright::{Checker as _, Model as _};

use super::{Shown, Site};

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 3000))
}

fn site(without: Option<Guard>) -> Site {
    let model = |setup| {
        let config = Config::new(setup, 0);
        Bootstrap::new(without.map_or(config, |guard| config.without(guard)))
    };
    Site::new(&Setup::ALL.map(model), 0, listen())
}

fn get(site: &Site, url: &str) -> Value {
    let answer = site.answer("GET", url, Some("localhost:3000"));
    assert_eq!(answer.status, 200, "{url}: {}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).expect("JSON")
}

fn path(value: &Value) -> String {
    let path = value["path"].as_array().expect("a path");
    path.iter().map(Value::to_string).collect::<Vec<_>>().join("/")
}

/// Whoever does what is marked comes to the end of the figure, in every setup.
#[test]
fn marked_actions_lead_along_the_figure_to_its_end() {
    let site = site(None);
    for number in 0..Setup::ALL.len() {
        let mut at = "0".to_owned();
        let place = loop {
            let place = get(&site, &format!("/.place/{at}?setup={number}"));
            let next = place["next"].as_array().expect("array");
            let Some(marked) = next.iter().find(|next| next["figure"] == true) else { break place };
            at = format!("{at}/{}", marked["index"]);
        };
        let figure = place["figure"].as_array().expect("array");
        assert!(figure.len() >= 12, "{figure:?}");
        assert!(figure.iter().all(|arrow| arrow["step"].is_number()), "{number}: {figure:?}");
        let mn = place["roles"][0]["lines"].to_string();
        assert!(mn.contains("home binding acknowledged for CoA6 1 of FHA 1"), "{mn}");
        assert!(
            place["svg"]
                .as_str()
                .is_some_and(|svg| svg.contains("HA to FHA") || svg.contains("HA reaches FHA"))
        );
    }
}

#[test]
fn search_by_words_finds_the_nearest_state_whose_roles_hold_that() {
    let site = site(None);
    let found = get(&site, "/.search/?words=ha%3A+binding%2C+fha+1%3A+binding&property=");
    let place = get(&site, &format!("/.place/{}", path(&found)));
    let ha = place["roles"].as_array().expect("array").iter().find(|role| role["name"] == "HA");
    assert!(ha.expect("there")["lines"].to_string().contains("binding: "), "{place}");
    // One step before, the HA had no binding.
    let before = path(&found).rsplit_once('/').map(|(before, _)| before.to_owned());
    let before = get(&site, &format!("/.place/{}", before.expect("a way")));
    assert!(!before["roles"].to_string().contains("binding: CoA6"), "{before}");
    let nothing = get(&site, "/.search/?words=no+such+words");
    assert!(nothing["path"].is_null() && nothing["complete"] == true, "{nothing}");
}

#[test]
fn search_by_property_finds_what_is_broken_where_a_guard_is_gone() {
    let number = |site: &Site, name: &str| {
        let all = get(site, "/.setups")["properties"].as_array().expect("array").clone();
        all.iter().position(|property| property["name"] == name).expect("a property")
    };
    let whole = site(None);
    let order = number(&whole, "order of the figures");
    let question = format!("/.search/?property={order}&is=broken");
    let nothing = get(&whole, &question);
    assert!(nothing["path"].is_null() && nothing["complete"] == true, "{nothing}");
    let lax = site(Some(Guard::FhaAwaitsAccept));
    let found = get(&lax, &question);
    let place = get(&lax, &format!("/.place/{}", path(&found)));
    assert_eq!(place["properties"][order]["stands"], "broken", "{found}");
    let met = get(&whole, &format!("/.search/?property={order}&is=met"));
    assert!(met["path"].is_array());
}

/// Where nothing leads to the goal any more only the whole graph shows.
#[test]
fn search_finds_from_where_a_goal_is_possible_no_more() {
    let whole = site(None);
    let all = get(&whole, "/.setups")["properties"].as_array().expect("array").clone();
    let complete = all.iter().position(|one| one["name"] == "bootstrap can still complete");
    let question = format!("/.search/?setup=1&property={}&is=broken", complete.expect("one"));
    let nothing = get(&whole, &question);
    assert!(nothing["path"].is_null() && nothing["complete"] == true, "{nothing}");
    let stuck = site(Some(Guard::MnAnswersChallenge));
    let found = get(&stuck, &question);
    let place = get(&stuck, &format!("/.place/{}?setup=1", path(&found)));
    assert!(place["roles"].is_array(), "{found}");
}

#[test]
fn whole_check_tells_verdicts_and_leads_to_counterexamples() {
    let site = site(Some(Guard::FhaAwaitsAccept));
    assert_eq!(site.answer("POST", "/.runtocompletion", None).status, 200);
    let status = loop {
        let status = get(&site, "/.status");
        if status["done"] == true {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let verdicts = status["verdicts"].as_array().expect("array");
    let broken = verdicts.iter().find(|kept| kept["holds"] == false).expect("one is broken");
    assert!(get(&site, &format!("/.place/{}", path(broken)))["svg"].is_string());
    assert!(verdicts.iter().any(|kept| kept["holds"] == true));
}

/// What stateright's own Explorer answers over the same model is what we answer, but for the state,
/// which we tell in words, and its fingerprint, which is by another hash.
#[test]
fn states_have_the_shape_of_stateright() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let model = Bootstrap::new(Config::new(Setup::ALL[0], 0));
    // It has no end; it ends with the test's process.
    std::thread::spawn(move || Shown(model).checker().serve(free).is_done());
    let site = site(None);
    for url in ["/.states", "/.states/0", "/.states/0/0", "/.states/0/0/0"] {
        let mut theirs: Value = serde_json::from_str(&fetched(free, url)).expect("JSON");
        let mut ours = get(&site, url);
        for view in [&mut theirs, &mut ours] {
            for state in view.as_array_mut().expect("array") {
                for told in ["state", "fingerprint"] {
                    if let Some(value) = state.get_mut(told) {
                        *value = Value::Null;
                    }
                }
            }
        }
        assert_eq!(ours, theirs, "{url}");
    }
    let mut theirs: Value = serde_json::from_str(&fetched(free, "/.status")).expect("JSON");
    let ours = get(&site, "/.status");
    for key in theirs.as_object_mut().expect("object").keys() {
        assert!(ours.get(key).is_some(), "{key}");
    }
    assert_eq!(ours["properties"], theirs["properties"]);
}

fn fetched(from: SocketAddr, url: &str) -> String {
    let mut stream = (0..200)
        .find_map(|_| {
            let stream = TcpStream::connect(from).ok();
            if stream.is_none() {
                std::thread::sleep(Duration::from_millis(20));
            }
            stream
        })
        .expect("listens");
    write!(stream, "GET {url} HTTP/1.0\r\nConnection: close\r\n\r\n").expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answered");
    text.split_once("\r\n\r\n").expect("a body").1.to_owned()
}

#[test]
fn wrong_questions_are_told_so() {
    let site = site(None);
    let status = |method: &str, url: &str, host| site.answer(method, url, Some(host)).status;
    for (url, code) in [
        ("/.place/0/99", 404),
        ("/.place/99", 404),
        ("/.place/x", 404),
        ("/nothing", 404),
        ("/.setups?setup=99", 404),
        ("/", 200),
        ("/app.js", 200),
    ] {
        assert_eq!(status("GET", url, "127.0.0.1:3000"), code, "{url}");
    }
    assert_eq!(status("DELETE", "/", "localhost"), 405);
    assert_eq!(status("GET", "/", "[::1]:3000"), 200);
    for host in ["example.net", "example.net:3000", "127.0.0.1.example.net"] {
        assert_eq!(status("GET", "/", host), 403, "{host}");
    }
    let told = site.answer("GET", "/.place/0/99", None).body;
    assert!(String::from_utf8_lossy(&told).contains("choices"));
}
