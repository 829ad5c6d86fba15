use jiff::Timestamp;
use serde_json::Value;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use uuid::Uuid;

use crate::kernel::{Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::grant::Principal;

store::entity! {
    pub struct Notification: "notification" {
        pub id: Uuid,
        pub user_id: Id<User>,
        pub kind: String,
        pub params: Value,
        pub link: Option<String>,
        pub dedupe_key: Option<String>,
        pub at: Timestamp,
        pub read_at: Option<Timestamp>,
    }
}

store::statements! {
    WRITE = "insert into notification (id, user_id, kind, params, link, dedupe_key, at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (user_id, dedupe_key) do nothing";
    BY_KEY = select Notification where "user_id = $1 and dedupe_key = $2";
    HOLD = postgres "select id from notification where user_id = $1 and dedupe_key = $2 for update";
    GATHERED = "update notification set kind = $3, params = $4, link = $5, at = $6, read_at = null
        where user_id = $1 and id = $2";
    UNREAD = "select count(*) from notification where user_id = $1 and read_at is null";
    READ = "update notification set read_at = $3 where user_id = $1 and id = $2 and read_at is null";
    SETTLED = "update notification set read_at = $3 where user_id = $1 and dedupe_key = $2 and read_at is null";
    READ_ALL = "update notification set read_at = $2 where user_id = $1 and read_at is null";
}

const LIST: ListSpec = ListSpec {
    table: "notification",
    columns: Notification::COLUMNS,
    fields: &[Field::new("at", Kind::Instant).sortable()],
    default_sort: "-at",
};

/// What to tell.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    pub user: Id<User>,
    /// The console's text for it is `notification.<kind>`.
    pub kind: &'a str,
    /// What the text mentions; no personal values.
    pub params: Value,
    /// Where in the console it leads.
    pub link: Option<&'a str>,
    /// A person is told the same thing once.
    pub dedupe_key: Option<&'a str>,
    pub at: Timestamp,
}

/// Tells a person something; `false` if they have been told already.
pub fn notify(tx: &mut Tx<'_>, notice: &Notice<'_>) -> Result<bool> {
    let Notice { user, kind, params, link, dedupe_key, at } = notice;
    Ok(tx.execute(&WRITE, &[&Uuid::now_v7(), user, kind, params, link, dedupe_key, at])? == 1)
}

/// Tells a person something that is gathered under its key: what they have been told under it before is changed by
/// `more` and stands as unread again. For a first time the notice is written as it is.
pub fn gather(tx: &mut Tx<'_>, notice: &Notice<'_>, more: impl FnOnce(&mut Notification) -> Result<()>) -> Result<()> {
    if notify(tx, notice)? {
        return Ok(());
    }
    if tx.is_postgres() {
        tx.query(&HOLD, &[&notice.user, &notice.dedupe_key])?;
    }
    let told = Notification::one(tx, &BY_KEY, &[&notice.user, &notice.dedupe_key])?;
    let mut told = told.ok_or_else(|| Error::internal("a notification that stood in the way is gone"))?;
    more(&mut told)?;
    let Notification { id, user_id, kind, params, link, at, .. } = &told;
    tx.execute(&GATHERED, &[user_id, id, kind, params, link, at])?;
    Ok(())
}

/// What a person was told under this key needs nothing of them any more.
pub fn settle(tx: &mut Tx<'_>, (user, key): (Id<User>, &str), now: Timestamp) -> Result<()> {
    tx.execute(&SETTLED, &[&user, &key, &now])?;
    Ok(())
}

/// The asker's own notifications, newest first.
pub fn list(tx: &mut Tx<'_>, who: &Principal, asked: &Asked) -> Result<List<Notification>> {
    let (rows, next) = LIST.page(tx, &Predicate::eq("user_id", who.user), asked)?;
    let items = rows.into_iter().map(Notification::from_row).collect::<store::Result<_>>()?;
    Ok(List { items, next })
}

/// How many the asker has not read.
pub fn unread(tx: &mut Tx<'_>, who: &Principal) -> Result<i64> {
    Ok(tx.query_one(&UNREAD, &[&who.user])?.get(0)?)
}

/// Marks the asker's own notifications as read: those named, or all.
pub fn mark_read(tx: &mut Tx<'_>, who: &Principal, ids: Option<&[Uuid]>) -> Result<()> {
    let Some(ids) = ids else {
        tx.execute(&READ_ALL, &[&who.user, &who.now])?;
        return Ok(());
    };
    for id in ids {
        tx.execute(&READ, &[&who.user, id, &who.now])?;
    }
    Ok(())
}
