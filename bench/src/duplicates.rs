//! Likely duplicates: all customers compared with each other, and one that somebody is about to create with all others.

use std::time::Instant;

use journeys::http::{Client, Request};
use journeys::server::Server;
use serde_json::{Value, json};

use crate::company::Company;
use crate::job::{self, ask};
use crate::process;
use crate::table::{figure, figures, millis, seconds};

const CHECKS: u32 = 2_000;

pub fn measure(title: &str, company: &Company, server: &Server) {
    figures(title);
    let mut client = Client::new(company.place.address, Some(company.token.clone()));
    let (started, before) = (Instant::now(), process::cpu_time(server.id()));
    match scan(&mut client) {
        Ok(result) => {
            figure("all compared with all", &seconds(started.elapsed()), "≤ 5 min for 1 000 000 customers");
            figure("server CPU", &seconds(process::cpu_time(server.id()) - before), "");
            figure("memory of its own after it", &format!("{:.1} MiB", process::own_memory(server.id())), "");
            figure("its own account", &result.to_string(), "");
        }
        Err(error) => figure("all compared with all", &format!("failed: {error}"), "≤ 5 min for 1 000 000 customers"),
    }
    let before = process::cpu_time(server.id());
    match check(&mut client, company) {
        Ok(()) => {
            let used = process::cpu_time(server.id()) - before;
            figure("one compared with all, server CPU ms", &millis(used / CHECKS), "≤ 2 ms");
        }
        Err(error) => figure("one compared with all", &format!("failed: {error}"), "≤ 2 ms"),
    }
}

fn scan(client: &mut Client) -> Result<Value, String> {
    job::done(client, &Request::post("/api/v1/duplicates/scan", &json!({})))
}

/// Every name is one that is there, so each check finds and compares somebody.
fn check(client: &mut Client, company: &Company) -> Result<(), String> {
    for number in 0..CHECKS {
        let name = &company.names[number as usize % company.names.len()];
        let asked = json!({ "name": name, "phone": format!("138{number:08}"), "email": "a@duliang.example" });
        ask(client, &Request::post("/api/v1/customers/duplicates", &asked))?;
    }
    Ok(())
}
