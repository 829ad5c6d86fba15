use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::JobContext;
use crate::kernel::Result;

/// Does a job: takes its payload, answers its result.
pub type Handler = fn(&JobContext, Value) -> Result<Value>;

/// What there is to do, and what comes round. Rooms fill it at start.
#[derive(Clone, Default)]
pub struct Registry {
    handlers: BTreeMap<&'static str, Handler>,
    pub(super) ticks: Vec<Tick>,
    pub(super) alone: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tick {
    pub period: Duration,
    pub kind: &'static str,
}

impl Registry {
    /// Registers the handler of a kind of job.
    ///
    /// # Panics
    /// If the kind has a handler already; that is a mistake in the program, told at start.
    pub fn on(&mut self, kind: &'static str, handler: Handler) -> &mut Self {
        assert!(self.handlers.insert(kind, handler).is_none(), "two handlers for jobs of kind {kind}");
        self
    }

    /// Enqueues a job of this kind in every slot of `period`, as nobody in particular. A slot that passed while no node
    /// ran is not made up for; a handler must look at what is due by now, not at the slot.
    pub fn every(&mut self, period: Duration, kind: &'static str) -> &mut Self {
        self.ticks.push(Tick { period, kind });
        self
    }

    /// While a job of this kind waits or runs, no other is begun: it does what others would disturb.
    pub fn alone(&mut self, kind: &'static str) -> &mut Self {
        self.alone.push(kind);
        self
    }

    pub fn handler(&self, kind: &str) -> Option<Handler> {
        self.handlers.get(kind).copied()
    }
}
