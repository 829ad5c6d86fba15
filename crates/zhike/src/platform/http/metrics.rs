//! Numbers for Prometheus. Routes are labelled by their pattern, never by a path, so that labels stay few and tell
//! nothing about customers.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::kernel::{Error, Result};

const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const DURATION: &str = "zhike_http_request_duration_seconds";

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts collecting; once for the process.
pub fn start() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &SECONDS).ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        Some(handle)
    });
}

pub fn request(method: &str, route: &str, status: u16, took: Duration) {
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("zhike_http_requests_total", &labels).increment(1);
    metrics::histogram!(DURATION, &labels[..2]).record(took.as_secs_f64());
}

/// All numbers in Prometheus' text form.
pub fn render(db: &store::Db) -> Result<String> {
    let (groups, writes) = db.groups();
    metrics::counter!("zhike_store_groups_total").absolute(groups);
    metrics::counter!("zhike_store_grouped_writes_total").absolute(writes);
    let handle = HANDLE.get().and_then(Option::as_ref).ok_or_else(|| Error::new(503, "metrics.off"))?;
    handle.run_upkeep();
    Ok(handle.render())
}
