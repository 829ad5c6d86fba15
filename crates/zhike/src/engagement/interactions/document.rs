//! 《客户互动记录表》 (R3-T2): the contacts with a customer within a period, in the order in which they took place.

use std::collections::HashMap;
use std::sync::Arc;

use documents::form::{Cell, GRID, Row};
use jiff::Timestamp;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{CHARACTERS, Interaction, Kind, WITHIN};
use super::view::{InteractionView, Names};
use crate::customers::documents::{CHARACTERS_MOST, Counted, Sheet, Wanted, too_many};
use crate::customers::model::{Customer, Grade};
use crate::engagement::todos::{self, Priority};
use crate::kernel::{Entity, Result};
use crate::platform::access::names;
use crate::platform::exports::Style;
use crate::platform::grant::Principal;

pub const SHEET: Sheet = Sheet {
    word: "interactions",
    zh: "客户互动记录表",
    en: "Customer contact record",
    entity: Entity::Interaction,
    make,
};

/// One customer's records on paper; more are a file for Excel.
const RECORDS_MOST: usize = 2_000;
/// Columns of the grid for each column of the table.
const WIDTHS: [usize; 7] = [3, 2, 3, 6, 4, 4, 2];

fn make(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: &Customer, wanted: &Wanted) -> Result<Counted> {
    let (from, until) = wanted.period()?;
    let limit = RECORDS_MOST as i64 + 1;
    // How much there is to read is asked before any of it is.
    let characters: i64 = tx.query_one(&CHARACTERS, &[&customer.id, &from, &until, &limit])?.get(0)?;
    if characters > CHARACTERS_MOST as i64 {
        return Err(too_many("choose a shorter period"));
    }
    let records = Interaction::all(tx, &WITHIN, &[&customer.id, &from, &until, &limit])?;
    if records.len() > RECORDS_MOST {
        return Err(too_many("choose a shorter period"));
    }
    let owner = customer.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?;
    let steps: Vec<Uuid> = records.iter().filter_map(|record| record.todo_id).collect();
    let steps = todos::service::priorities(tx, &steps)?;
    let known = Names::of(tx, who, &records)?;
    let (style, count) = (&wanted.style, records.len().max(1) as i64);
    let mut rows = head(customer, owner.map(|owner| owner.name).unwrap_or_default(), records.len(), wanted);
    rows.extend(records.into_iter().map(|record| line(&known.view(record), &steps, style)));
    if let [.., last] = rows.as_slice()
        && last.cells.len() == WIDTHS.len()
        && last.cells[0].label
    {
        let nothing = style.word("这段时间没有互动记录", "No contacts in this period");
        rows.push(Row::plain(vec![Cell::value(nothing, GRID)]));
    }
    Ok((wanted.form(&SHEET, "R3-T2", &customer.number, rows), count))
}

fn head(customer: &Customer, owner: String, count: usize, wanted: &Wanted) -> Vec<Row> {
    let style = &wanted.style;
    let grade = match customer.grade {
        Grade::Vip => "VIP",
        Grade::Key => style.word("重点", "Key"),
        Grade::Ordinary => style.word("普通", "Ordinary"),
    };
    let to = wanted.to.unwrap_or(wanted.today);
    let period = match wanted.from {
        Some(from) => format!("{from} — {to}"),
        None => format!("{} {to}", style.word("截至", "Until")),
    };
    let labels = [
        style.word("时间", "Time"),
        style.word("方式", "Way"),
        style.word("联系人", "Contact"),
        style.word("互动内容", "Content"),
        style.word("客户反馈", "Feedback"),
        style.word("下一步计划（优先级）", "Next step (priority)"),
        style.word("记录人", "By"),
    ];
    let labels = labels.into_iter().zip(WIDTHS).map(|(label, span)| Cell::label(label, span)).collect();
    vec![
        Row::wide(style.word("客户名称", "Customer"), customer.name.as_str()),
        Row::pair((style.word("客户级别", "Level"), grade), (style.word("负责人", "Owner"), owner.as_str())),
        Row::pair((style.word("期间", "Period"), period), (style.word("记录数", "Records"), count.to_string())),
        Row::head(labels),
    ]
}

fn line(record: &InteractionView, steps: &HashMap<Uuid, Priority>, style: &Style) -> Row {
    let late = if record.late { style.word("\n补录", "\nlate") } else { "" };
    let priority = record.todo_id.and_then(|todo| steps.get(&todo)).map(|priority| match priority {
        Priority::High => style.word("（高）", " (high)"),
        Priority::Medium => style.word("（中）", " (medium)"),
        Priority::Low => style.word("（低）", " (low)"),
    });
    let next = record.next_at.map(|at| format!("\n{}", written(at, style))).unwrap_or_default();
    let texts = [
        written(record.at, style),
        way(record.kind, style).to_owned(),
        record.contact.as_ref().and_then(|contact| contact.name.clone()).unwrap_or_default(),
        record.content.clone(),
        record.feedback.clone().unwrap_or_default(),
        record
            .next_plan
            .as_ref()
            .map(|plan| format!("{plan}{}{next}", priority.unwrap_or_default()))
            .unwrap_or_default(),
        format!("{}{late}", record.actor.name),
    ];
    Row::plain(texts.into_iter().zip(WIDTHS).map(|(text, span)| Cell::value(text, span)).collect())
}

fn written(at: Timestamp, style: &Style) -> String {
    at.to_zoned(style.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn way<'a>(kind: Kind, style: &Style) -> &'a str {
    match kind {
        Kind::Phone => style.word("电话", "Phone"),
        Kind::Visit => style.word("拜访", "Visit"),
        Kind::Email => style.word("邮件", "E-mail"),
        Kind::Sms => style.word("短信", "SMS"),
        Kind::Wechat => style.word("微信", "WeChat"),
        Kind::Chat => style.word("在线沟通", "Chat"),
        Kind::Meeting => style.word("会议", "Meeting"),
        Kind::OnSite => style.word("现场服务", "On site"),
        Kind::Activity => style.word("活动", "Activity"),
        Kind::Greeting => style.word("问候", "Greeting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_page() {
        assert_eq!(WIDTHS.iter().sum::<usize>(), GRID);
    }
}
