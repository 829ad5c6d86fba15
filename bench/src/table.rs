//! Figures as rows of a table, each beside the ceiling of its run and the target it is held against.

use std::time::Duration;

use crate::load::Measured;

/// Prints rows as they come; the ceiling is the first.
#[derive(Default)]
pub struct Table {
    ceiling: Option<Measured>,
}

impl Table {
    /// Begins a table of requests.
    pub fn requests(title: &str) -> Self {
        println!("\n## {title}\n");
        println!("| request | clients | requests/s | server CPU ms | × ceiling | p50 ms | p99 ms | target |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        Self::default()
    }

    pub fn row(&mut self, name: &str, clients: usize, measured: Result<Measured, String>, target: &str) {
        let measured = match measured {
            Ok(measured) => measured,
            Err(error) => return println!("| {name} | {clients} | failed: {error} | | | | | {target} |"),
        };
        let ceiling = *self.ceiling.get_or_insert(measured);
        println!(
            "| {name} | {clients} | {:.0} | {} | {:.1} | {} | {} | {target} |",
            measured.per_second,
            millis(measured.cpu),
            measured.cpu.as_secs_f64() / ceiling.cpu.as_secs_f64().max(1e-9),
            millis(measured.p50),
            millis(measured.p99),
        );
    }
}

/// Begins a table of single figures.
pub fn figures(title: &str) {
    println!("\n## {title}\n\n| figure | measured | target |\n| --- | ---: | --- |");
}

pub fn figure(name: &str, measured: &str, target: &str) {
    println!("| {name} | {measured} | {target} |");
}

pub fn millis(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1_000.0)
}

pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
