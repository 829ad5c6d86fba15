//! Load shedding: so many requests at once and no more; the rest is refused at once, so that what is admitted stays
//! fast. Health checks, logins and bulk work have lanes of their own, so that neither can crowd the others out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::kernel::{Error, Result};

/// How many requests may be under way per lane, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub interactive: usize,
    pub login: usize,
    pub bulk: usize,
    pub time: Duration,
    pub bulk_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            interactive: 512,
            login: 64,
            bulk: 16,
            time: Duration::from_secs(30),
            bulk_time: Duration::from_secs(600),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Health,
    Login,
    Bulk,
    Interactive,
}

impl Lane {
    /// The lane of a route.
    pub fn of(route: &str) -> Self {
        const BULK: [&str; 2] = ["/api/v1/imports", "/api/v1/exports"];
        match route {
            "/healthz" | "/readyz" | "/metrics" => Self::Health,
            "/api/v1/session" | "/api/v1/setup" | "/api/v1/password" | "/api/v1/me" => Self::Login,
            _ if BULK.iter().any(|bulk| route.starts_with(bulk)) => Self::Bulk,
            _ => Self::Interactive,
        }
    }
}

#[derive(Debug)]
pub struct Lanes {
    limits: Limits,
    interactive: Arc<Semaphore>,
    login: Arc<Semaphore>,
    bulk: Arc<Semaphore>,
}

impl Lanes {
    pub fn new(limits: Limits) -> Self {
        let lane = |width| Arc::new(Semaphore::new(width));
        Self { interactive: lane(limits.interactive), login: lane(limits.login), bulk: lane(limits.bulk), limits }
    }

    /// A place in the lane until the permit is dropped, or 503.
    pub fn enter(&self, lane: Lane) -> Result<Option<OwnedSemaphorePermit>> {
        let semaphore = match lane {
            Lane::Health => return Ok(None),
            Lane::Login => &self.login,
            Lane::Bulk => &self.bulk,
            Lane::Interactive => &self.interactive,
        };
        let permit = Arc::clone(semaphore).try_acquire_owned().map_err(|_| Error::new(503, "overloaded"))?;
        Ok(Some(permit))
    }

    pub fn time(&self, lane: Lane) -> Duration {
        if lane == Lane::Bulk { self.limits.bulk_time } else { self.limits.time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_refuses_and_leaves_the_others_alone() {
        let lanes = Lanes::new(Limits { interactive: 1, ..Limits::default() });
        let held = lanes.enter(Lane::Interactive).unwrap();
        assert_eq!(lanes.enter(Lane::Interactive).unwrap_err().status, 503);
        assert!(lanes.enter(Lane::Login).is_ok() && lanes.enter(Lane::Health).is_ok());
        drop(held);
        assert!(lanes.enter(Lane::Interactive).is_ok());
    }
}
