use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where "now" comes from. Handed to whoever needs it, so that tests own time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds that a test has set the clock to; `None` follows the system.
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    pub fn system() -> Self {
        Self { set: None }
    }

    /// A clock that stands still until [`Clock::set`] moves it.
    pub fn test(start: Timestamp) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(start.as_microsecond()))) }
    }

    /// The present instant, in whole microseconds (the precision that is stored).
    pub fn now(&self) -> Timestamp {
        let micros = match &self.set {
            Some(set) => set.load(Ordering::SeqCst),
            None => Timestamp::now().as_microsecond(),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a test clock, forwards or backwards; the system clock refuses (`false`).
    pub fn set(&self, to: Timestamp) -> bool {
        match &self.set {
            Some(set) => {
                set.store(to.as_microsecond(), Ordering::SeqCst);
                true
            }
            None => false,
        }
    }

    pub fn is_test(&self) -> bool {
        self.set.is_some()
    }
}
