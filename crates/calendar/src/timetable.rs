//! The time that counts between two instants, laid out once for many questions about instants in between.

use jiff::{SignedDuration, Timestamp};

use crate::TimeBase;
use crate::open_spans::Span;

/// The open spans of a stretch of time. It answers as [`TimeBase`] does, in the logarithm of the number of spans: a
/// million customers that joined in the course of a month need no walk through the month each.
#[derive(Clone, Debug)]
pub struct Timetable {
    spans: Vec<Laid>,
    total: SignedDuration,
}

/// A span, and how much time counted before it.
#[derive(Clone, Copy, Debug)]
struct Laid {
    span: Span,
    before: SignedDuration,
}

impl Timetable {
    /// Of `[from, until)`.
    pub fn new(base: &TimeBase, from: Timestamp, until: Timestamp) -> Timetable {
        let mut total = SignedDuration::ZERO;
        let mut lay = |span: Span| {
            let before = total;
            total += span.length();
            Laid { span, before }
        };
        let spans = match base {
            TimeBase::Natural if from < until => vec![lay(Span { from, to: until })],
            TimeBase::Natural => Vec::new(),
            TimeBase::Working(calendar) => calendar.open_spans(from, until).map(lay).collect(),
        };
        Timetable { spans, total }
    }

    /// What counts from `at` until the end; all of it for an instant before the beginning.
    pub fn left(&self, at: Timestamp) -> SignedDuration {
        self.total - self.before(at)
    }

    /// [`TimeBase::add`] for a start and an answer that both lie in this stretch; `None` when the answer lies after it.
    pub fn add(&self, start: Timestamp, budget: SignedDuration) -> Option<Timestamp> {
        if budget.is_zero() {
            return Some(start);
        }
        let goal = self.before(start) + budget;
        let reached = self.spans.partition_point(|laid| laid.before + laid.span.length() < goal);
        let laid = self.spans.get(reached)?;
        laid.span.from.checked_add(goal - laid.before).ok()
    }

    fn before(&self, at: Timestamp) -> SignedDuration {
        let running = self.spans.partition_point(|laid| laid.span.to <= at);
        self.spans
            .get(running)
            .map_or(self.total, |laid| laid.before + at.duration_since(laid.span.from).max(SignedDuration::ZERO))
    }
}
