//! A page: JavaScript in, its value out. Closed when dropped.

use serde_json::{Value, json};

use crate::devtools::{BrowserError, Devtools};

/// An open page.
pub struct Page {
    devtools: Devtools,
    target: String,
    session: String,
}

impl Page {
    pub(crate) async fn open(devtools: Devtools, url: &str) -> Result<Self, BrowserError> {
        let created = devtools.call("Target.createTarget", None, json!({"url": "about:blank"})).await?;
        let target = text(&created["targetId"]);
        let attach = json!({"targetId": target, "flatten": true});
        let attached = devtools.call("Target.attachToTarget", None, attach).await?;
        let page = Self { devtools, target, session: text(&attached["sessionId"]) };
        // Answered once the new document is there.
        let navigated = page.call("Page.navigate", json!({"url": url})).await?;
        if let Some(error) = navigated["errorText"].as_str() {
            return Err(BrowserError::Script(format!("{url}: {error}")));
        }
        Ok(page)
    }

    async fn call(&self, method: &'static str, parameters: Value) -> Result<Value, BrowserError> {
        self.devtools.call(method, Some(&self.session), parameters).await
    }

    /// Runs `script` in the page and gives its value, or what its promise becomes.
    ///
    /// # Errors
    /// When it throws, or the browser has ended.
    pub async fn evaluate(&self, script: &str) -> Result<Value, BrowserError> {
        let parameters = json!({
            "expression": script,
            "awaitPromise": true,
            "returnByValue": true,
            // As if a person had clicked: sound may start.
            "userGesture": true,
        });
        let mut answer = self.call("Runtime.evaluate", parameters).await?;
        match answer.get("exceptionDetails") {
            None => Ok(answer["result"]["value"].take()),
            Some(details) => {
                let thrown = details["exception"]["description"].as_str().or(details["text"].as_str());
                Err(BrowserError::Script(thrown.unwrap_or("an exception").to_owned()))
            }
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // The browser may have ended before.
        let _ = self.devtools.send("Target.closeTarget", None, json!({"targetId": self.target}));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
