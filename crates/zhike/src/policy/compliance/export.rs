//! The compliance table as a file, to be filed or handed to an auditor: as a job, through the one door.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use utoipa::ToSchema;
use uuid::Uuid;

use super::service::{self, Compliance, ComplianceRow, Figures, Group, Question};
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Result};
use crate::platform::exports::{self, Cell, Format, Heading, Language, Style, Table};
use crate::platform::grant::Grant;
use crate::platform::jobs::{JobContext, Registry};

const KIND: &str = "compliance.export";

/// The question of the page, and the kind of file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ComplianceExportRequest)]
pub struct Request {
    #[serde(default)]
    pub question: Question,
    pub format: Format,
    #[serde(default)]
    pub language: Language,
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run);
}

/// Enqueues the export. What cannot be asked for is refused at once.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Export, entity::Compliance>, request: &Request) -> Result<Uuid> {
    let who = grant.principal();
    service::compliance(tx, grant, &request.question)?;
    let payload = serde_json::to_value(request)?;
    let new = NewJob { kind: KIND, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    Ok(jobs::enqueue(tx, new)?)
}

/// The job: a row per group and a last one for all of them, as their asker sees them.
fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let Request { question, format, language } = serde_json::from_value(payload)?;
    let asked = question.clone();
    let (style, found) = context.read(move |tx, who| {
        let found = service::compliance(tx, &who.grant::<Export, entity::Compliance>()?, &asked)?;
        Ok((Style::of(tx, language)?, found))
    })?;
    let headings: Vec<Heading> =
        headings(question.group, &style).map(|text| Heading { text: text.to_owned(), prose: false }).collect();
    let told = json!({ "from": found.from, "to": found.to, "group": found.group, "format": format });
    let (title, entity) = (style.word("达标情况", "compliance"), Entity::Compliance);
    let table =
        Table { format, style: &style, title, headings: &headings, entity, customer: None, purpose: None, told };
    exports::take_out(context, table, |_| Ok((lines(&found, &style), None)))
}

fn lines(compliance: &Compliance, style: &Style) -> Vec<Vec<Cell>> {
    let row = |row: &ComplianceRow| {
        let trend: Vec<String> =
            row.trend.iter().map(|rate| rate.map_or("–".to_owned(), |rate| rate.to_string())).collect();
        let worst = row.worst.as_ref().map(|worst| format!("{} {}", worst.name, worst.rate)).unwrap_or_default();
        line((&row.key, style.word(&row.label.zh, &row.label.en)), &row.figures, (&trend.join(" "), &worst))
    };
    let all = line((style.word("合计", "Total"), ""), &compliance.total, ("", ""));
    compliance.rows.iter().map(row).chain([all]).collect()
}

/// The words of the page.
fn headings(group: Group, style: &Style) -> impl Iterator<Item = &'static str> {
    let key = match group {
        Group::Clause => ("条款", "Clause"),
        Group::Rule => ("规则", "Rule"),
        Group::Department | Group::Person => ("编号", "Id"),
    };
    let rest = [
        ("名称", "Name"),
        ("应办", "Due"),
        ("办结", "Met"),
        ("逾期办结", "Late"),
        ("未办", "Missed"),
        ("免办", "Waived"),
        ("进行中", "Open"),
        ("达标率 %", "Met %"),
        ("近六期 %", "Last six %"),
        ("最需关注的部门 %", "Worst department %"),
    ];
    let language = style.language;
    let words = std::iter::once(key).chain(rest);
    words.map(move |(zh, en)| if language == Language::Zh { zh } else { en })
}

fn line((key, label): (&str, &str), figures: &Figures, (trend, worst): (&str, &str)) -> Vec<Cell> {
    let Figures { due, met, late, missed, waived, open, rate } = *figures;
    let counts = [due, met, late, missed, waived, open].map(Cell::Integer);
    let mut cells = vec![Cell::text(key), Cell::text(label)];
    cells.extend(counts);
    cells.extend([rate.map_or(Cell::Empty, Cell::Number), Cell::text(trend), Cell::text(worst)]);
    cells
}
