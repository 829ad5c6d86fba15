//! A customer book of 100 000 rows with two contacts each, imported as a person does it: upload, mapping, start, wait.

use std::fmt::Write as _;
use std::time::Instant;

use journeys::http::{Client, Request};
use journeys::server::Server;
use serde_json::{Value, json};

use crate::company::Company;
use crate::job::{self, ask};
use crate::process;
use crate::table::{figure, figures, seconds};

const ROWS: usize = 100_000;

pub fn measure(company: &Company, server: &Server) {
    figures("Import of 100 000 rows with 200 000 contacts");
    let mut client = Client::new(company.place.address, Some(company.token.clone()));
    let (started, before) = (Instant::now(), process::cpu_time(server.id()));
    match import(&mut client) {
        Ok(result) => {
            let took = started.elapsed();
            let used = process::cpu_time(server.id()) - before;
            figure("upload to end", &seconds(took), "≤ 15 s");
            figure("rows/s", &format!("{:.0}", ROWS as f64 / took.as_secs_f64()), "");
            figure("server CPU", &seconds(used), "");
            figure("most memory", &format!("{:.1} MiB", process::memory(server.id()).1), "");
            figure("its own account", &result.to_string(), "");
        }
        Err(error) => figure("upload to end", &format!("failed: {error}"), "≤ 15 s"),
    }
}

fn import(client: &mut Client) -> Result<Value, String> {
    let uploaded = ask(client, &Request::upload("/api/v1/imports", "customers.csv", sheet().as_bytes()))?;
    let path = format!("/api/v1/imports/{}", uploaded["id"].as_str().unwrap_or_default());
    let columns = uploaded["columns"].as_array().cloned().unwrap_or_default();
    let columns: Vec<Value> =
        columns.iter().map(|column| json!({ "index": column["index"], "field": column["field"] })).collect();
    let mapping = json!({ "columns": columns, "basis": { "basis": "contract" }, "duplicates": "skip", "defaults": {} });
    ask(client, &Request::put(format!("{path}/mapping"), &mapping))?;
    job::done(client, &Request::post(format!("{path}/start"), &json!({ "dry_run": false })))
}

fn sheet() -> String {
    let mut text = "客户名称,行业,地址,联系人,手机,联系人2,手机2,客户级别\n".to_owned();
    for row in 0..ROWS {
        let grade = ["普通", "普通", "重点", "VIP"][row % 4];
        let _ = writeln!(
            text,
            "华东{row}号机械有限公司,制造业,上海市浦东新区世纪大道{row}号,张{row},138{row:08},李{row},137{row:08},{grade}"
        );
    }
    text
}
