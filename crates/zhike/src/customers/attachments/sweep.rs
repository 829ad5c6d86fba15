//! What comes round: files follow their records, removed ones go for good, and those that wait are asked about again.

use std::collections::BTreeMap;
use std::fs::File;

use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{Entity as _, Ids, Tx};
use uuid::Uuid;

use super::intake::told;
use super::model::{Attachment, State};
use super::service::{PURPOSE, audited, there};
use crate::customers::merges;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::jobs::JobContext;
use crate::platform::notifications::{self, Notice};
use crate::platform::scan;
use crate::platform::settings;
use crate::platform::vault::{ContentId, Unsealing};
use crate::platform::{bin, files};

pub const KIND: &str = "attachments.sweep";
pub const CHECK: &str = "attachments.check";
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// A file without a row is one that nobody will ask for, unless its row is just being written.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);
const PAGE: i64 = 500;
const WAITING_MOST: i64 = 200;
/// What is said of a file whose content is not there, in the place of the scanner's words.
const UNREADABLE: &str = "unreadable";

store::statements! {
    WALK = select Attachment where "removed_at is null and (customer_id > $1 or (customer_id = $1 and id > $2))
        order by customer_id, id limit $3";
    GONE = "update attachment set removed_at = $3 where customer_id = $1 and id = $2 and removed_at is null";
    FORGET = "delete from attachment where removed_at < $1";
    REFERRED = "select file_id from attachment where file_id in among($1)";
    REFERRED_SMALL = "select small_file_id from attachment where small_file_id in among($1)";
    /// What the scanner would not take is asked about last, or it would keep all others from being asked.
    WAITING = select Attachment where "state = 'unchecked' and removed_at is null
        order by case when finding is null then 0 else 1 end, added_at limit $1";
    CHECKED = "update attachment set state = $3, finding = $4 where customer_id = $1 and id = $2";
}

/// Removes what hangs on records that are gone, forgets what was removed a month ago, and lets go of contents that no
/// attachment speaks of.
pub fn run(context: &JobContext, _payload: Value) -> Result<Value> {
    let now = context.now();
    let (mut place, mut steps, mut gone) = ((Uuid::nil(), Uuid::nil()), 0, 0);
    loop {
        steps += 1;
        let (count, last) = context.step(steps, 0, move |tx, who| follow(tx, who, place))?;
        gone += count;
        match last {
            Some(last) => place = last,
            None => break,
        }
    }
    context.step(steps + 1, 0, move |tx, _| Ok(tx.execute(&FORGET, &[&(now - KEPT)])?))?;
    let (mut after, mut released) = (Uuid::nil(), 0);
    loop {
        let (count, last) = context.step(steps + 2, 0, move |tx, _| release(tx, after, now - SETTLED))?;
        released += count;
        match last {
            Some(last) => after = last,
            None => return Ok(json!({ "removed": gone, "released": released })),
        }
    }
}

/// One page of attachments: those whose record is gone, and not in the recycle bin, are removed with it. While a merge is
/// moving rows, a file may be at one customer and its record still at the other; such customers are left for next time.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, id): (Uuid, Uuid),
) -> Result<(usize, Option<(Uuid, Uuid)>)> {
    let rows = Attachment::all(tx, &WALK, &[&customer, &id, &PAGE])?;
    let last = rows.last().filter(|_| rows.len() as i64 == PAGE).map(|row| (row.customer_id.uuid(), row.id.uuid()));
    let mut by_customer: BTreeMap<Uuid, Vec<Attachment>> = BTreeMap::new();
    for row in rows {
        by_customer.entry(row.customer_id.uuid()).or_default().push(row);
    }
    let mut gone = 0;
    for (customer, rows) in by_customer {
        let there = there(tx, customer, &rows)?;
        let mut lost: Vec<&Attachment> =
            rows.iter().filter(|row| !there.contains(&(row.of_kind.clone(), row.of_id))).collect();
        let held = bin::held(tx, &lost.iter().map(|row| row.of_id).collect::<Vec<_>>())?;
        lost.retain(|row| !held.contains(&row.of_id));
        if lost.is_empty() || merges::busy(tx, customer)? {
            continue;
        }
        for row in lost {
            tx.execute(&GONE, &[&customer, &row.id, &who.now])?;
            audited(tx, who, row, "remove_attachment")?;
            gone += 1;
        }
    }
    Ok((gone, last))
}

/// One page of files: those that no attachment speaks of are forgotten.
fn release(tx: &mut Tx<'_>, after: Uuid, before: jiff::Timestamp) -> Result<(usize, Option<Uuid>)> {
    let ids = files::page_of_purpose(tx, PURPOSE, after, (before, PAGE))?;
    let mut referred = Vec::new();
    for statement in [&REFERRED, &REFERRED_SMALL] {
        for row in tx.query(statement, &[&Ids(&ids)])? {
            referred.push(row.get::<Uuid>(0)?);
        }
    }
    let free: Vec<Uuid> = ids.iter().copied().filter(|id| !referred.contains(id)).collect();
    files::forget(tx, &free)?;
    Ok((free.len(), ids.last().copied().filter(|_| ids.len() as i64 == PAGE)))
}

/// Asks the scanner about files that wait for it; where there is none any more they wait no longer. One that the scanner
/// will not take goes on waiting and says why; only when nobody can be reached at all are the others left alone too.
pub fn check(context: &JobContext, _payload: Value) -> Result<Value> {
    let (waiting, scanner) = context.read(|tx, _| {
        let waiting = Attachment::all(tx, &WAITING, &[&WAITING_MOST])?;
        Ok((waiting, settings::get(tx)?.attachments.scanner))
    })?;
    let (total, mut checked) = (waiting.len() as i64, 0);
    for row in waiting {
        let (state, finding) = match &scanner {
            None => (State::Fine, None),
            Some(address) => match content_of(context, &row) {
                Ok(mut file) => told(scan::scan(address, &mut file)),
                Err(error) => {
                    tracing::error!(%error, attachment = %row.id, "a file that waits for the scanner cannot be read");
                    (State::Unchecked, Some(UNREADABLE.to_owned()))
                }
            },
        };
        if state == State::Unchecked && finding.is_none() {
            break;
        }
        checked += 1;
        context.step(checked, total, move |tx, who| noted(tx, who, &row, (state, finding.as_deref())))?;
    }
    Ok(json!({ "checked": checked }))
}

fn content_of(context: &JobContext, row: &Attachment) -> Result<Unsealing<File>> {
    let file = row.file_id;
    let digest = context.read(move |tx, _| Ok(files::of_room(tx, file, PURPOSE)?.digest))?;
    Unsealing::new(&context.vault, &ContentId(row.content_id.clone()), context.files.read(&digest)?)
}

/// What was found is written down, and whoever added an infected file is told.
fn noted(tx: &mut Tx<'_>, who: &Principal, row: &Attachment, (state, finding): (State, Option<&str>)) -> Result<()> {
    tx.execute(&CHECKED, &[&row.customer_id, &row.id, &state, &finding])?;
    if state != State::Infected {
        return Ok(());
    }
    audited(tx, who, row, "attachment_infected")?;
    let (link, key) = (format!("/customers/{}", row.customer_id), format!("infected:{}", row.id));
    let notice = Notice {
        user: row.added_by,
        kind: "attachment_infected",
        params: json!({}),
        link: Some(&link),
        dedupe_key: Some(&key),
        at: who.now,
    };
    notifications::notify(tx, &notice).map(drop)
}
