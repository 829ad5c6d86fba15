//! Work that takes a core and tens of megabytes at once: laying out a form, decoding a picture. A few at the same time on
//! a node and no more, whether requests or jobs ask for it; who comes first is served first.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::{Error, Result};

static PLACES: Semaphore = Semaphore::const_new(2);

/// Until it is dropped.
pub type Place = SemaphorePermit<'static>;

/// A place; whoever waits for one holds no thread.
pub async fn place() -> Result<Place> {
    PLACES.acquire().await.map_err(Error::internal)
}

/// A place for work that has a thread already, as jobs have. Not to be called where futures run.
pub fn place_here() -> Result<Place> {
    struct Waiting(Thread);
    impl Wake for Waiting {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Waiting(thread::current())).into();
    let mut place = pin!(place());
    loop {
        match place.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(place) => return place,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_than_a_few_are_at_work_whoever_asks() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |place: Place| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            drop(place);
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..50).for_each(|_| work(place_here().expect("a place"))));
            }
            runtime.block_on(async {
                for _ in 0..50 {
                    work(place().await.expect("a place"));
                }
            });
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }
}
