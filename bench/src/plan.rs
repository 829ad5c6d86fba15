//! Planning: the company adopts the regulation of customer relations, and duties appear for every customer: contacts of
//! the month, verification of the quarter, greetings of the next festival.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use journeys::http::{Client, Request};
use journeys::server::Server;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::company::Company;
use crate::process;
use crate::table::{figure, figures, seconds};

const ASK_AGAIN_AFTER: Duration = Duration::from_millis(50);
const ENDS_WITHIN: Duration = Duration::from_secs(1_800);
const WAITING: &str = "select count(*) from job where kind = 'policy.plan' and state in ('queued', 'running')";
const BY_RULE: &str = "select rule, count(*) from duty group by rule order by rule";

pub fn measure(title: &str, company: &Company, server: &Server) {
    figures(title);
    let mut client = Client::new(company.place.address, Some(company.token.clone()));
    let (started, before) = (Instant::now(), process::cpu_time(server.id()));
    match client.send(&Request::post("/api/v1/policies/adopt", &json!({ "keys": ["R3"] }))) {
        Ok(answer) if answer.is_success() => {}
        other => return figure("adopting the regulation", &format!("failed: {other:?}"), ""),
    }
    let database = company.place.database();
    match wait(&database) {
        Ok(()) => {
            let (took, used) = (started.elapsed(), process::cpu_time(server.id()) - before);
            figure(
                "until every duty is planned",
                &seconds(took),
                "≤ 30 s for 1 000 000 customers' contacts of a month",
            );
            figure("server CPU", &seconds(used), "");
            count(&database, took);
        }
        Err(error) => figure("until every duty is planned", &format!("failed: {error}"), "≤ 30 s"),
    }
}

fn wait(database: &Path) -> Result<(), String> {
    let connection = open(database).map_err(|error| error.to_string())?;
    let started = Instant::now();
    while connection.query_row(WAITING, [], |row| row.get::<_, i64>(0)).map_err(|error| error.to_string())? > 0 {
        if started.elapsed() > ENDS_WITHIN {
            return Err(format!("not done within {ENDS_WITHIN:?}"));
        }
        thread::sleep(ASK_AGAIN_AFTER);
    }
    Ok(())
}

fn count(database: &Path, took: Duration) {
    let rows = open(database).and_then(|connection| {
        let mut statement = connection.prepare(BY_RULE)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        rows.collect::<Result<Vec<_>, _>>()
    });
    let rows = rows.unwrap_or_default();
    let total: i64 = rows.iter().map(|(_, count)| count).sum();
    figure("duties planned", &format!("{total}, {:.0}/s", total as f64 / took.as_secs_f64()), "");
    for (rule, count) in rows {
        figure(&format!("of these {rule}"), &count.to_string(), "");
    }
}

fn open(database: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}
