//! The checklist as the company wants it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Item, Template};
use crate::customers::rules::text::clean;
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::kernel::{Entity, Error, Result};
use crate::platform::audit;
use crate::platform::grant::Grant;

const THE_ROW: i64 = 1;
const ITEMS_MOST: usize = 20;
const WORDS_MOST: usize = 100;

/// What holds until somebody says otherwise: key, Chinese, English, whether it is done for each customer.
const START: [(&str, &str, &str, bool); 6] = [
    ("duties", "看过未办结的应办事项，知道各自的期限", "Open duties read, with their deadlines", false),
    ("todos", "接手未完成的待办", "Open to-dos taken over", false),
    ("feedback", "知道哪些反馈还没有答复客户", "Unanswered feedback known", false),
    ("facts", "看过重点信息和关键决策人", "Key facts and decision-makers read", true),
    ("records", "看过最近的联系记录", "Last contact records read", true),
    ("introduction", "已向客户的联系人介绍新负责人", "Introduced to the customer's contact", true),
];

/// The checklist of new hand-overs; running ones keep theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandoverTemplate)]
pub struct Checklist {
    pub items: Vec<Item>,
    #[serde(default)]
    #[schema(read_only)]
    pub version: i64,
}

pub fn get(tx: &mut Tx<'_>) -> Result<Checklist> {
    match Template::find(tx, THE_ROW)? {
        Some(row) => Ok(Checklist { items: serde_json::from_value(row.items)?, version: row.version }),
        None => Ok(Checklist { items: start(), version: 0 }),
    }
}

fn start() -> Vec<Item> {
    let item = |(key, zh, en, each): (&str, &str, &str, bool)| Item {
        key: key.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        each,
    };
    START.into_iter().map(item).collect()
}

/// Changes the checklist from the version that the asker has seen.
pub fn update(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, version: i64, new: Checklist) -> Result<Checklist> {
    let who = grant.principal();
    let items = new.items.into_iter().enumerate().map(|(at, item)| checked(at, item)).collect::<Result<Vec<_>>>()?;
    if items.len() > ITEMS_MOST {
        return Err(Error::field_invalid("items", "too_many"));
    }
    let twice = |at: usize| items[..at].iter().any(|other| other.key == items[at].key);
    if let Some(at) = (0..items.len()).find(|at| twice(*at)) {
        return Err(Error::field_invalid(&format!("items[{at}].key"), "twice"));
    }
    let old = get(tx)?;
    if old.version != version {
        return Err(Error::new(412, "stale"));
    }
    let row = Template { id: THE_ROW, items: serde_json::to_value(&items)?, version, updated_at: grant.now() };
    match version {
        0 => Template { version: 1, ..row }.insert(tx)?,
        _ => row.update(tx)?,
    }
    let told = json!({ "checklist": { "from": words(&old.items), "to": words(&items) } });
    audit::record(tx, who, "update", Entity::Setting, Uuid::nil(), None, told)?;
    get(tx)
}

fn words(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.zh.as_str()).collect()
}

fn checked(at: usize, item: Item) -> Result<Item> {
    let text = |field: &str, text: &str| {
        clean(text, WORDS_MOST, true).map_err(|code| Error::field_invalid(&format!("items[{at}].{field}"), code))
    };
    let zh = text("zh", &item.zh)?;
    let zh = zh.ok_or_else(|| Error::field_invalid(&format!("items[{at}].zh"), "required"))?;
    let en = text("en", &item.en)?.unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if item.key.is_empty() || item.key.len() > 40 || !item.key.chars().all(is_word) {
        return Err(Error::field_invalid(&format!("items[{at}].key"), "malformed"));
    }
    Ok(Item { key: item.key, zh, en, each: item.each })
}
