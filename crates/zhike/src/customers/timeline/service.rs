use std::cmp::Reverse;
use std::sync::OnceLock;

use jiff::Timestamp;
use store::Tx;
use uuid::Uuid;

use super::{Before, Entry, Source};
use crate::customers::model::Customer;
use crate::customers::service::load;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, List, Result};
use crate::platform::grant::Grant;

/// A source and the one kind of entry that it has.
#[derive(Clone, Copy)]
pub struct Offer {
    pub kind: &'static str,
    pub source: Source,
}

static OFFERS: OnceLock<Vec<Offer>> = OnceLock::new();

const LIMIT_DEFAULT: usize = 30;
const LIMIT_MOST: usize = 100;

/// Sets the sources of the program; later calls change nothing.
pub fn register(all: impl FnOnce() -> Vec<Offer>) {
    OFFERS.get_or_init(all);
}

/// Which part of a timeline.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub kinds: Vec<String>,
    pub before: Before,
    pub limit: usize,
}

impl Question {
    pub fn parse(kinds: Option<&str>, cursor: Option<&str>, limit: Option<usize>) -> Result<Self> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MOST).contains(&limit) {
            return Err(Error::invalid("query.invalid").detail(format!("limit must be between 1 and {LIMIT_MOST}")));
        }
        let before = cursor.map(|text| place(text).ok_or_else(|| Error::invalid("query.invalid"))).transpose()?;
        let kinds = kinds.unwrap_or_default().split(',').filter(|kind| !kind.is_empty()).map(str::to_owned);
        Ok(Self { kinds: kinds.collect(), before, limit })
    }
}

fn place(text: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = text.split_once('_')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}

/// A page of a customer's timeline.
pub fn timeline(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    customer: Id<Customer>,
    question: &Question,
) -> Result<List<Entry>> {
    let customer = load(tx, grant, customer)?.id.uuid();
    let own = super::own();
    let offers = OFFERS.get().unwrap_or(&own);
    let asked =
        offers.iter().filter(|offer| question.kinds.is_empty() || question.kinds.iter().any(|kind| kind == offer.kind));
    let mut entries = Vec::new();
    for offer in asked {
        entries.extend((offer.source)(tx, grant.principal(), customer, question.before, question.limit + 1)?);
    }
    entries.sort_by_key(|entry| Reverse((entry.at, entry.id)));
    let more = entries.len() > question.limit;
    entries.truncate(question.limit);
    let next = entries.last().filter(|_| more).map(|last| format!("{}_{}", last.at.as_microsecond(), last.id.simple()));
    Ok(List { items: entries, next })
}
