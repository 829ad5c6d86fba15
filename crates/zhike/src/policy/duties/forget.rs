//! What people wrote about why a duty was paused or waived, when the person it is about is erased. Which duty there was,
//! and how it ended, is the company's own history and stays.

use serde_json::Value as Json;
use store::Tx;
use uuid::Uuid;

use crate::kernel::Result;
use crate::platform::traces::BLANK;
use crate::policy::rules::replan::NO_LONGER_OWED;

store::statements! {
    FORGET_EVENTS = "update duty_event set reason = null where customer_id = $1 and reason is not null and reason <> $2";
    BLANK_EVENTS = "update duty_event set reason = null where customer_id = $1 and replace(reason, $2, '') <> reason";
    DECIDED = "select id, decisions from duty where customer_id = $1 and decisions is not null";
    DECIDE = "update duty set decisions = $3 where customer_id = $1 and id = $2";
    BLANK_DECISIONS = "update duty set decisions = replace(decisions, $2, $3)
        where customer_id = $1 and replace(decisions, $2, '') <> decisions";
}

/// Of a customer who goes, all of it.
pub fn forget_reasons(tx: &mut Tx<'_>, customer: Uuid) -> Result<()> {
    tx.execute(&FORGET_EVENTS, &[&customer, &NO_LONGER_OWED])?;
    for row in tx.query(&DECIDED, &[&customer])? {
        let (id, text): (Uuid, String) = (row.get(0)?, row.get(1)?);
        let mut decisions: Json = serde_json::from_str(&text)?;
        empty(&mut decisions);
        tx.execute(&DECIDE, &[&customer, &id, &decisions.to_string()])?;
    }
    Ok(())
}

/// Empties every reason that is not planning's own.
fn empty(decisions: &mut Json) {
    match decisions {
        Json::Array(items) => items.iter_mut().for_each(empty),
        Json::Object(fields) => {
            for (name, value) in fields {
                match name == "reason" && value != NO_LONGER_OWED {
                    true => *value = Json::String(String::new()),
                    false => empty(value),
                }
            }
        }
        _ => {}
    }
}

/// Of a company whose contact goes, what names them.
pub fn blank_reasons(tx: &mut Tx<'_>, customer: Uuid, words: &[String]) -> Result<()> {
    for word in words {
        tx.execute(&BLANK_EVENTS, &[&customer, word])?;
        tx.execute(&BLANK_DECISIONS, &[&customer, word, &BLANK])?;
    }
    Ok(())
}
