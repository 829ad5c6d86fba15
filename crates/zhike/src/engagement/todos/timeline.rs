//! To-dos on the customer's timeline.

use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{BEFORE, Todo};
use crate::customers::timeline::{Before, Entry};
use crate::kernel::{Action, Entity, Result};
use crate::platform::access::names;
use crate::platform::grant::Principal;

/// To-dos about a customer that the asker may see, by when they were made, latest first.
pub fn timeline(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    if who.permissions.reach(Action::Read, Entity::Todo).is_none() {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let found = Todo::all(tx, &BEFORE, &[&customer, &at, &id, &(limit as i64)])?;
    found.into_iter().map(|todo| entry(tx, todo)).collect()
}

fn entry(tx: &mut Tx<'_>, todo: Todo) -> Result<Entry> {
    let owner = names::user(tx, todo.owner_id.uuid())?;
    let state = if todo.done { "done" } else { "open" };
    Ok(Entry {
        id: todo.id.uuid(),
        kind: "todo",
        at: todo.created_at,
        actor: Some(names::user(tx, todo.created_by.uuid())?),
        title_key: format!("timeline.todo.{state}"),
        data: json!({
            "title": todo.title, "owner": owner, "priority": todo.priority, "due_at": todo.due_at, "done": todo.done,
            "done_at": todo.done_at, "interaction_id": todo.interaction_id, "version": todo.version,
        }),
    })
}
