//! `dsboot explore` in a real browser: Debian's chromium, driven by WebDriver.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use dsboot_spec::ladder::{Ladder, Message};
use dsboot_spec::{Scenario, Setup};
use dsboot_tests::peers::{CHROMEDRIVER, CHROMIUM};
use serde_json::{Value, json};

/// A program that ends with the test.
struct Program {
    child: Child,
    /// The line that says where it listens.
    said: String,
    /// Kept, as writing to a closed pipe would end the program.
    _out: BufReader<ChildStdout>,
}

impl Program {
    fn start(command: &mut Command, says: &str) -> Program {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut said = String::new();
        while !said.contains(says) {
            said.clear();
            let length = out.read_line(&mut said).expect("UTF-8");
            assert!(length > 0, "ended without a word of {says:?}");
        }
        Program { child, said: said.trim().to_owned(), _out: out }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A window of the browser.
struct Browser {
    session: String,
    _driver: Program,
}

impl Browser {
    /// `None` on a machine without chromium and its driver, after saying so.
    fn open() -> Option<Browser> {
        let (chromium, driver) = (CHROMIUM.find()?, CHROMEDRIVER.find()?);
        let driver = Program::start(Command::new(driver).arg("--port=0"), "successfully on port ");
        let port = driver.said.rsplit_once("on port ").expect("a port").1.trim_end_matches('.');
        let options = json!({
            "binary": chromium,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1500,1100"],
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let url = format!("http://127.0.0.1:{port}/session");
        let opened = post(&url, &wanted);
        let session = format!("{url}/{}", opened["sessionId"].as_str().expect("a session"));
        Some(Browser { session, _driver: driver })
    }

    fn go(&self, url: &str) {
        post(&format!("{}/url", self.session), &json!({ "url": url }));
        self.settle();
    }

    /// Clicks as a person does: on what is seen.
    fn click(&self, selector: &str) {
        let wanted = json!({"using": "css selector", "value": selector});
        let element = post(&format!("{}/element", self.session), &wanted);
        let id = element.as_object().and_then(|e| e.values().next()).and_then(Value::as_str);
        let id = id.expect("an element");
        post(&format!("{}/element/{id}/click", self.session), &json!({}));
    }

    fn write(&self, selector: &str, text: &str) {
        let wanted = json!({"using": "css selector", "value": selector});
        let element = post(&format!("{}/element", self.session), &wanted);
        let id = element.as_object().and_then(|e| e.values().next()).and_then(Value::as_str);
        let id = id.expect("an element");
        post(&format!("{}/element/{id}/clear", self.session), &json!({}));
        post(&format!("{}/element/{id}/value", self.session), &json!({ "text": text }));
    }

    fn script(&self, script: &str) -> Value {
        post(&format!("{}/execute/sync", self.session), &json!({"script": script, "args": []}))
    }

    /// The texts of all that a selector selects.
    fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!(
            "return Array.from(document.querySelectorAll({selector:?}), (e) => e.textContent)"
        );
        serde_json::from_value(self.script(&script)).expect("texts")
    }

    fn wait(&self, condition: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.script(&format!("return Boolean({condition})")) != true {
            assert!(Instant::now() < until, "never: {condition}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn settle(&self) {
        self.wait("document.body && document.body.dataset.ready === 'yes'");
    }

    /// Keeps what is seen where `DSBOOT_SCREENSHOTS` says, for people to look at.
    fn keep(&self, name: &str) {
        let Some(dir) = std::env::var_os("DSBOOT_SCREENSHOTS") else { return };
        let picture = get(&format!("{}/screenshot", self.session));
        let path = std::path::Path::new(&dir).join(format!("{name}.png.base64"));
        std::fs::write(path, picture.as_str().expect("base64")).expect("written");
    }

    /// What the page complained about.
    fn complaints(&self) -> Vec<Value> {
        let log = post(&format!("{}/se/log", self.session), &json!({"type": "browser"}));
        let entries = log.as_array().expect("array").iter();
        entries.filter(|entry| entry["level"] == "SEVERE").cloned().collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
    }
}

fn post(url: &str, body: &Value) -> Value {
    let answered = ureq::post(url).config().http_status_as_error(false).build().send_json(body);
    let mut value: Value = answered.expect("answers").body_mut().read_json().expect("JSON");
    assert!(value["value"]["error"].is_null(), "{url}: {value:#}");
    value["value"].take()
}

fn get(url: &str) -> Value {
    let mut value: Value =
        ureq::get(url).call().expect("answers").body_mut().read_json().expect("JSON");
    value["value"].take()
}

fn explore(args: &[&str]) -> Program {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("dsboot"));
    command.arg("explore").args(args).args(["--listen", "0"]);
    Program::start(&mut command, "http://")
}

fn setup(scenario: Scenario) -> Setup {
    Setup::ALL.into_iter().find(|setup| setup.scenario() == scenario).expect("there")
}

#[test]
fn clicking_through_figure_2_leads_to_its_last_step() {
    let Some(browser) = Browser::open() else { return };
    let served = explore(&["integrated-colocated", "--events", "1"]);
    browser.go(&served.said);
    browser.keep("begin");
    browser.click("#next button.figure");
    browser.wait("document.body.dataset.steps === '0' && document.querySelector('#roles article')");
    let mut clicks = 0;
    while browser.script("return document.querySelector('#next button.figure') !== null") == true {
        browser.click("#next button.figure");
        clicks += 1;
        browser.wait(&format!("document.body.dataset.steps === '{clicks}'"));
        browser.settle();
        assert!(clicks < 40, "no end");
    }
    browser.keep("figure-2");

    let ladder = Ladder::of(setup(Scenario::IntegratedColocated));
    let drawn: Vec<_> =
        ladder.steps().filter(|s| s.message != Message::AgentSolicitation).collect();
    assert_eq!(browser.texts("#figure li.done").len(), drawn.len());
    assert!(browser.texts("#figure li:not(.done)").is_empty());
    // The picture has the figure's steps in their order.
    let badges = browser.texts("#ladder svg .row .badge");
    let mut rest = badges.iter();
    for step in drawn {
        assert!(rest.any(|badge| badge == step.label), "{} is not in {badges:?}", step.label);
    }
    let mn = browser.texts("article[data-role=MN]").concat();
    assert!(mn.contains("home binding acknowledged for CoA6 1 of FHA 1"), "{mn}");
    assert!(browser.texts("#properties li.broken").is_empty());

    // A line of the ladder leads back to its step.
    browser.click("#ladder .row[data-stamp='3.'] .words");
    browser.wait("document.body.dataset.steps === '3'");
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn a_state_is_found_by_words_and_by_property() {
    let Some(browser) = Browser::open() else { return };
    let served = explore(&["integrated-fa", "--events", "0", "--without", "fha-awaits-accept"]);
    browser.go(&served.said);
    browser.write("#words", "fa a: mn is a visitor");
    browser.click("#search button[type=submit]");
    browser.wait("document.querySelector('#found').textContent.startsWith('found')");
    browser.wait("document.querySelector('article[data-role=\"FA A\"]')");
    browser.settle();
    let agent = browser.texts("article[data-role='FA A']").concat();
    assert!(agent.contains("MN is a visitor"), "{agent}");

    // From the beginning to where a property is broken, as a guard has been taken out.
    browser.write("#words", " ");
    let choose = "const s = document.querySelector('#property');
        s.value = Array.from(s.options).find((o) => o.text === 'order of the figures').value;
        s.dispatchEvent(new Event('change'));
        document.querySelector('#is').value = 'broken'; document.querySelector('#anew').checked = true;";
    browser.script(choose);
    browser.click("#search button[type=submit]");
    browser.wait("document.querySelector('#properties li.broken')");
    browser.settle();
    browser.keep("broken");
    let broken = browser.texts("#properties li.broken").concat();
    assert!(broken.contains("order of the figures"), "{broken}");

    browser.click("#whole");
    browser.wait("document.querySelector('#progress').textContent.includes('broken')");
    assert!(!browser.texts("#properties li a").is_empty());
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

/// Chooses a property that is to be broken, and looks for that from the beginning.
fn find_broken(browser: &Browser, property: &str) {
    browser.script(&format!(
        "const s = document.querySelector('#property');
        s.value = Array.from(s.options).find((o) => o.text === '{property}').value;
        s.dispatchEvent(new Event('change'));
        document.querySelector('#is').value = 'broken'; document.querySelector('#anew').checked = true;"
    ));
    browser.click("#search button[type=submit]");
    browser.wait("/^(found|there|not)/.test(document.querySelector('#found').textContent)");
    browser.settle();
}

/// What the attacker sends is one of the things that can happen, and is drawn as its own.
#[test]
fn an_attacker_can_be_played() {
    let Some(browser) = Browser::open() else { return };
    let served = explore(&["integrated-colocated", "--network", "attacker"]);
    browser.go(&served.said);
    for steps in 0..=1 {
        browser.click("#next button");
        browser.wait(&format!("document.body.dataset.steps === '{steps}'"));
        browser.settle();
    }
    let forged = "Array.from(document.querySelectorAll('#next button')).find((b) =>
        b.textContent.includes('attacker') && b.textContent.includes('FHA 2'))";
    assert!(browser.texts("#next button").iter().any(|text| text.contains("attacker")));
    browser.script(&format!("{forged}.id = 'forged'"));
    browser.click("#forged");
    browser.wait("document.body.dataset.steps === '2'");
    browser.settle();
    browser.keep("attacker");
    let ladder = browser.texts("#ladder svg").concat();
    assert!(ladder.contains("from the attacker"), "{ladder}");
    // It has taken the one event that there was.
    assert!(!browser.texts("#next button").iter().any(|text| text.contains("attacker")));
    assert!(browser.texts("#properties li.broken").is_empty());
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

/// The nearest state from which a property's goal is possible no more.
#[test]
fn a_goal_that_is_possible_no_more_is_found() {
    let Some(browser) = Browser::open() else { return };
    let without = "mn-updates-for-new-care-of";
    let served = explore(&["integrated-colocated", "--events", "1", "--without", without]);
    browser.go(&served.said);
    find_broken(&browser, "bootstrap can still complete");
    let found = browser.texts("#found").concat();
    assert!(found.starts_with("found"), "{found}");
    browser.wait("document.body.dataset.steps === '10'");
    browser.keep("no-more");
    // What is kept from every state is lost from none.
    find_broken(&browser, "everything can still be released");
    let found = browser.texts("#found").concat();
    assert!(found.starts_with("there is no such state"), "{found}");
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn an_address_in_use_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for more in [&[][..], &["--stateright"]] {
        let output = Command::new(assert_cmd::cargo::cargo_bin("dsboot"))
            .args(["explore", "--listen", &address])
            .args(more)
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    }
}
