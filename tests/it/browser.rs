//! A headless Chromium that is told through pipes what to do, by the protocol of its developer tools: open an address, run
//! a script, say what it complained of and what it fetched.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The name of a Chromium; none, and a word of it, where there is none.
pub(crate) fn chromium() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    if found.is_none() {
        eprintln!("skipped: no Chromium on this machine");
    }
    found
}

/// One page in a browser of its own.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Value,
    last_id: u64,
    complaints: Vec<String>,
    fetched: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// A browser of this size; none, and a word of it, where there is no Chromium.
    pub(crate) fn start(width: u32, height: u32) -> Option<Browser> {
        let name = chromium()?;
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken on the descriptors 3 and 4, which only a shell can give it here.
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null", name]);
        shell.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]);
        // No name is known to it: whatever is not on this machine cannot be reached.
        shell.args([
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--disable-background-networking",
        ]);
        shell.arg(format!("--user-data-dir={}", profile.path().display()));
        shell.arg(format!("--window-size={width},{height}"));
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = shell.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Browser {
            child,
            input,
            output,
            session: Value::Null,
            last_id: 0,
            complaints: Vec::new(),
            fetched: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.call("Target.attachToTarget", attached)["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        // A window cannot be as narrow as a telephone.
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        Some(browser)
    }

    /// Opens an address and waits until it is loaded.
    pub(crate) fn open(&mut self, address: &str) {
        let opened = self.call("Page.navigate", json!({ "url": address }));
        assert!(opened["errorText"].is_null(), "{address}: {opened}");
        self.wait("document.readyState === 'complete'");
    }

    /// The value of a script.
    pub(crate) fn value(&mut self, script: &str) -> Value {
        let asked = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{script}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits until a script is true.
    pub(crate) fn wait(&mut self, script: &str) {
        let wait = format!(
            "new Promise((done) => {{ const end = Date.now() + 60000; const look = () => {{
                let is = false; try {{ is = Boolean({script}); }} catch {{ }}
                if (is || Date.now() > end) done(is); else setTimeout(look, 20); }}; look(); }})"
        );
        if self.value(&wait) != true {
            let text = self.value("document.body.innerText");
            panic!("`{script}` never came true: {:?}\n{text}", self.complaints);
        }
    }

    /// The text of what a selector names.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector({selector:?}).innerText"));
        text.as_str().unwrap().to_string()
    }

    /// Clicks on the first link or button with this text.
    pub(crate) fn click(&mut self, text: &str) {
        let find = format!(
            "[...document.querySelectorAll('a, button, summary')].find((it) => it.textContent === {text:?})"
        );
        self.wait(&format!("{find} !== undefined"));
        self.value(&format!("{find}.click()"));
    }

    /// Writes into the first control with this name, as somebody who leaves it then.
    pub(crate) fn write(&mut self, name: &str, text: &str) {
        self.value(&format!(
            "{{ const it = document.querySelector('[name={name}]'); it.value = {text:?};
                it.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
        ));
    }

    /// Errors and warnings so far, which are then forgotten.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        self.value("0");
        std::mem::take(&mut self.complaints)
    }

    /// Every address that was fetched.
    pub(crate) fn fetched(&self) -> &[String] {
        &self.fetched
    }

    /// A picture of the page as it is: for whoever changes how it looks.
    #[expect(dead_code)]
    pub(crate) fn picture(&mut self, path: &str) {
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        std::fs::write(path, shot["data"].as_str().unwrap()).unwrap();
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut bytes = Vec::new();
            self.output.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "the browser ended");
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.hear(&answer);
        }
    }

    fn hear(&mut self, event: &Value) {
        let told = &event["params"];
        let is_bad = |level: &Value| level == "error" || level == "warning";
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => self.complaints.push(told["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" if is_bad(&told["type"]) => {
                self.complaints.push(told["args"].to_string())
            }
            "Log.entryAdded" if is_bad(&told["entry"]["level"]) => {
                self.complaints.push(told["entry"].to_string())
            }
            "Network.requestWillBeSent" => {
                self.fetched.push(told["request"]["url"].as_str().unwrap_or_default().to_string());
            }
            _ => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends by itself when nobody speaks to it; one that hangs must not outlive the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
