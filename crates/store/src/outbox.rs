//! The facts that rooms publish, in the order of publishing. A fact is written in the transaction of the change it
//! tells of, so that none is lost and none is told of a change that did not happen.

use uuid::Uuid;

use crate::{Entity, Result, Tx, seq};

crate::entity! {
    /// Something that happened. `at` and `recorded_at` are instants, `attributes` a JSON object.
    pub struct Fact: "fact" {
        pub seq: i64,
        pub id: Uuid,
        pub kind: String,
        pub subject: Uuid,
        pub customer_id: Option<Uuid>,
        pub at: jiff::Timestamp,
        pub recorded_at: jiff::Timestamp,
        pub actor: Option<Uuid>,
        pub attributes: serde_json::Value,
    }
}

crate::statements! {
    OF_CUSTOMER = select Fact where "customer_id = $1 and at >= $2 and at < $3 order by at, seq";
    ABOUT = select Fact where "subject = $1 order by at, seq";
    OF_SUBJECTS = select Fact where "subject in among($1) and kind = $2 order by at, seq";
    OF_SUBJECT = select Fact where "subject = $1 and kind = $2 order by at, seq";
}

/// Appends a fact and answers its place in the order.
pub fn append(tx: &mut Tx<'_>, mut fact: Fact) -> Result<i64> {
    fact.seq = seq::next();
    fact.insert(tx)?;
    Ok(fact.seq)
}

/// Facts about a customer that happened in `from..until`, oldest first.
pub fn of_customer(
    tx: &mut Tx<'_>,
    customer: Uuid,
    from: jiff::Timestamp,
    until: jiff::Timestamp,
) -> Result<Vec<Fact>> {
    Fact::all(tx, &OF_CUSTOMER, &[&customer, &from, &until])
}

/// All facts about a subject, oldest first.
pub fn about(tx: &mut Tx<'_>, subject: Uuid) -> Result<Vec<Fact>> {
    Fact::all(tx, &ABOUT, &[&subject])
}

/// Facts of one kind about a subject, oldest first.
pub fn of_subject(tx: &mut Tx<'_>, subject: Uuid, kind: &str) -> Result<Vec<Fact>> {
    Fact::all(tx, &OF_SUBJECT, &[&subject, &kind])
}

/// The same of several subjects, in one statement.
pub fn of_subjects(tx: &mut Tx<'_>, subjects: &[Uuid], kind: &str) -> Result<Vec<Fact>> {
    Fact::all(tx, &OF_SUBJECTS, &[&crate::Ids(subjects), &kind])
}
