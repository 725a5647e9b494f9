//! The driver by itself: pages, promises, exceptions and the end.

use treff_browser::{Browser, BrowserError};

#[tokio::test]
async fn a_page_runs_scripts_and_says_what_they_throw() {
    let browser = Browser::start().unwrap();
    let page = browser.open("about:blank").await.unwrap();
    let sum = page.evaluate("new Promise((resolve) => setTimeout(() => resolve(20 + 22), 1))").await.unwrap();
    assert_eq!(sum, 42);
    let error = page.evaluate("Promise.reject(new Error('no'))").await.unwrap_err();
    assert!(matches!(&error, BrowserError::Script(text) if text.contains("no")), "{error}");
    let error = browser.open("https://meet.lab.test:1/").await.err().unwrap();
    assert!(matches!(&error, BrowserError::Script(text) if text.contains("ERR_")), "{error}");
    drop(browser);
    let error = page.evaluate("1").await.unwrap_err();
    assert!(matches!(error, BrowserError::Ended), "{error}");
}
