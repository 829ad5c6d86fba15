//! A person is told of a to-do at the instant they named, once. The reminder is a job of the queue, enqueued in the
//! transaction that names the instant; a to-do that was moved, done or removed since makes it do nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use store::{Entity as _, Tx};

use super::model::{Todo, TodoId};
use crate::kernel::Result;
use crate::platform::jobs::JobContext;
use crate::platform::notifications::{self, Notice};

pub const KIND: &str = "engagement.remind";

#[derive(Serialize, Deserialize)]
struct Reminder {
    todo: TodoId,
    at: Timestamp,
}

/// Sees to it that the to-do's owner is reminded.
pub fn schedule(tx: &mut Tx<'_>, todo: &Todo) -> Result<()> {
    let Some(at) = todo.remind_at.filter(|_| !todo.done) else { return Ok(()) };
    let payload = serde_json::to_value(Reminder { todo: todo.id, at })?;
    // The version makes a reminder that was moved away and back again another one.
    let once_key = Some(format!("remind:{}:{}", todo.id, todo.version));
    jobs::enqueue(tx, NewJob { kind: KIND, once_key, asked_by: None, payload, run_at: at })?;
    Ok(())
}

/// The job.
pub fn remind(context: &JobContext, payload: Value) -> Result<Value> {
    let Reminder { todo, at } = serde_json::from_value(payload)?;
    let told = context.step(1, 1, move |tx, who| tell(tx, todo, at, who.now))?;
    Ok(json!({ "told": told }))
}

/// Tells the owner, if the reminder still stands.
pub fn tell(tx: &mut Tx<'_>, id: TodoId, at: Timestamp, now: Timestamp) -> Result<bool> {
    let Some(todo) = Todo::find(tx, id)?.filter(|todo| stands(todo, at)) else { return Ok(false) };
    let notice = Notice {
        user: todo.owner_id,
        kind: "todo_due",
        params: json!({ "title": todo.title, "due_at": todo.due_at, "priority": todo.priority }),
        link: Some(&link(&todo)),
        dedupe_key: Some(&format!("todo:{id}:{}", at.as_microsecond())),
        at: now,
    };
    notifications::notify(tx, &notice)
}

fn stands(todo: &Todo, at: Timestamp) -> bool {
    !todo.done && todo.deleted_at.is_none() && todo.remind_at == Some(at)
}

/// Where in the console a to-do is found.
pub fn link(todo: &Todo) -> String {
    match todo.customer_id {
        Some(customer) => format!("/customers/{customer}"),
        None => "/today".to_owned(),
    }
}
