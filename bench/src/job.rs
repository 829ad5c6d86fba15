//! Requests that must succeed, and work that is waited for.

use std::thread;
use std::time::Duration;

use journeys::http::{Client, Request};
use serde_json::Value;

const ASK_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// The answer to a request, or what was wrong with it.
pub fn ask(client: &mut Client, request: &Request) -> Result<Value, String> {
    let answer = client.send(request).map_err(|error| error.to_string())?;
    if !answer.is_success() {
        return Err(format!("{}: {}", answer.status, answer.text()));
    }
    Ok(answer.json())
}

/// The result of the job that a request begins.
pub fn done(client: &mut Client, begin: &Request) -> Result<Value, String> {
    let begun = ask(client, begin)?;
    let job = format!("/api/v1/jobs/{}", begun["job_id"].as_str().unwrap_or_default());
    loop {
        let job = ask(client, &Request::get(&job))?;
        match job["state"].as_str() {
            Some("done") => return Ok(job["result"].clone()),
            Some("failed") => return Err(job.to_string()),
            _ => thread::sleep(ASK_AGAIN_AFTER),
        }
    }
}
