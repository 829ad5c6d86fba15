use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::{Span, TREND};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Grant, Principal, Result};
use crate::platform::access::names;
use crate::platform::settings;
use crate::policy::book;
use crate::policy::definition::{Clause, Text};
use crate::policy::duties::percent;
use crate::policy::start;

store::statements! {
    /// One row per clause, rule, department and person, whatever the number of days or duties.
    SUMS = "select clause, rule, department_id, owner_id, cast(sum(open) as bigint), cast(sum(met) as bigint),
        cast(sum(late) as bigint), cast(sum(missed) as bigint), cast(sum(waived) as bigint)
        from duty_tally where day >= $1 and day <= $2 group by clause, rule, department_id, owner_id";
}

/// What to count, and by what.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Question {
    /// The first day; the beginning of this month when left out.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    #[serde(default)]
    pub group: Group,
    /// Only this department.
    pub department: Option<Uuid>,
    /// Only this person.
    pub owner: Option<Uuid>,
    /// Only this clause.
    pub clause: Option<String>,
    /// Only this rule.
    pub rule: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    #[default]
    Clause,
    Rule,
    Department,
    Person,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Compliance {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub group: Group,
    pub rows: Vec<ComplianceRow>,
    pub total: Figures,
}

/// How well it was kept. By clause every clause of the adopted regulations has a row, also without duties.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ComplianceRow {
    /// The clause or rule, or the id of the department or person.
    pub key: String,
    pub label: Text,
    /// Of a clause: its regulation and chapter.
    pub policy: Option<String>,
    pub chapter: Option<String>,
    /// Of a clause: whether it has rules that make duties.
    pub executable: Option<bool>,
    #[serde(flatten)]
    pub figures: Figures,
    /// Rates of six spans of the same length, oldest first, this one last.
    pub trend: Vec<Option<f64>>,
    /// The department with the lowest rate, where more than one has any.
    pub worst: Option<Worst>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Worst {
    pub id: Uuid,
    pub name: String,
    pub rate: f64,
}

/// Duties by what became of them. `due` is the sum of the others; the rate is met of met, late and missed, in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    pub due: i64,
    pub met: i64,
    pub late: i64,
    pub missed: i64,
    pub waived: i64,
    pub open: i64,
    pub rate: Option<f64>,
}

/// The sums of the tally for one clause, rule, department and person.
#[derive(Clone, Debug)]
struct Sum {
    clause: String,
    rule: String,
    department: Uuid,
    owner: Uuid,
    figures: Figures,
}

impl Figures {
    fn add(&mut self, other: &Figures) {
        self.due += other.due;
        self.met += other.met;
        self.late += other.late;
        self.missed += other.missed;
        self.waived += other.waived;
        self.open += other.open;
        self.rate = percent(self.met, self.met + self.late + self.missed);
    }
}

/// How well the regulations were kept in a span of days, as far as the asker may look.
pub fn compliance<A: Doing>(
    tx: &mut Tx<'_>,
    grant: &Grant<A, entity::Compliance>,
    question: &Question,
) -> Result<Compliance> {
    let who = grant.principal();
    let today = settings::calendar(tx)?.date_of(who.now);
    let span = Span::asked(question.from, question.to, today)?;
    let trend = span.trend();
    let mut spans = Vec::with_capacity(TREND);
    for span in trend {
        spans.push(sums::<A>(tx, who, question, span)?);
    }
    let asked = spans.last().cloned().unwrap_or_default();
    let mut rows = grouped(tx, question, &asked)?;
    for row in &mut rows {
        row.trend = spans.iter().map(|sums| figures(sums, |sum| key_of(sum, question.group) == row.key).rate).collect();
        if question.group != Group::Department {
            row.worst = worst(tx, asked.iter().filter(|sum| key_of(sum, question.group) == row.key))?;
        }
    }
    let total = figures(&asked, |_| true);
    Ok(Compliance { from: span.from, to: span.to, group: question.group, rows, total })
}

fn sums<A: Doing>(tx: &mut Tx<'_>, who: &Principal, question: &Question, span: Span) -> Result<Vec<Sum>> {
    let reach = who.permissions.reach(A::VALUE, Entity::Compliance).ok_or_else(Error::forbidden)?;
    let me = who.user.uuid();
    let sees = |sum: &Sum| reach.all || reach.departments.contains(&sum.department) || (reach.own && sum.owner == me);
    let asked = |sum: &Sum| {
        question.department.is_none_or(|id| id == sum.department)
            && question.owner.is_none_or(|id| id == sum.owner)
            && question.clause.as_ref().is_none_or(|clause| *clause == sum.clause)
            && question.rule.as_ref().is_none_or(|rule| *rule == sum.rule)
    };
    let rows = tx.query(&SUMS, &[&span.from, &span.to])?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|sum| sum.figures.due > 0 && sees(sum) && asked(sum)).collect())
}

fn read(row: &store::Row) -> Result<Sum> {
    let (open, met, late): (i64, i64, i64) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let (missed, waived): (i64, i64) = (row.get(7)?, row.get(8)?);
    let due = open + met + late + missed + waived;
    let figures = Figures { due, met, late, missed, waived, open, rate: None };
    Ok(Sum { clause: row.get(0)?, rule: row.get(1)?, department: row.get(2)?, owner: row.get(3)?, figures })
}

fn figures(sums: &[Sum], wanted: impl Fn(&Sum) -> bool) -> Figures {
    let mut total = Figures::default();
    sums.iter().filter(|sum| wanted(sum)).for_each(|sum| total.add(&sum.figures));
    total
}

fn key_of(sum: &Sum, group: Group) -> String {
    match group {
        Group::Clause => sum.clause.clone(),
        Group::Rule => sum.rule.clone(),
        Group::Department => sum.department.to_string(),
        Group::Person => sum.owner.to_string(),
    }
}

fn grouped(tx: &mut Tx<'_>, question: &Question, sums: &[Sum]) -> Result<Vec<ComplianceRow>> {
    let mut found: BTreeMap<String, Figures> = BTreeMap::new();
    for sum in sums {
        found.entry(key_of(sum, question.group)).or_default().add(&sum.figures);
    }
    match question.group {
        Group::Clause => by_clause(tx, question, found),
        Group::Rule => by_rule(tx, found),
        Group::Department | Group::Person => by_id(tx, question.group, found),
    }
}

fn row(key: String, label: Text, figures: Figures) -> ComplianceRow {
    let (policy, chapter, executable) = (None, None, None);
    ComplianceRow { key, label, policy, chapter, executable, figures, trend: Vec::new(), worst: None }
}

/// The clauses as the regulations have them, the whole of them; then those that only older versions knew.
fn by_clause(tx: &mut Tx<'_>, question: &Question, mut found: BTreeMap<String, Figures>) -> Result<Vec<ComplianceRow>> {
    let book = book::load(tx)?;
    let mut rows = Vec::new();
    for edition in &book.editions {
        for clause in edition.policy.clauses.iter().filter(|clause| is_asked(question, clause)) {
            let figures = found.remove(&clause.id).unwrap_or_default();
            rows.push(ComplianceRow {
                policy: Some(edition.policy.key.clone()),
                chapter: serde_json::to_value(clause.chapter)?.as_str().map(str::to_owned),
                executable: Some(clause.executable()),
                ..row(clause.id.clone(), clause.title.clone(), figures)
            });
        }
    }
    let older = found.into_iter().map(|(key, figures)| {
        let label = start_clause(&key).unwrap_or_else(|| plain(&key));
        row(key, label, figures)
    });
    rows.extend(older);
    Ok(rows)
}

fn is_asked(question: &Question, clause: &Clause) -> bool {
    let rule = |key: &String| clause.rules.iter().any(|rule| rule.key == *key);
    question.clause.as_ref().is_none_or(|id| *id == clause.id) && question.rule.as_ref().is_none_or(rule)
}

fn start_clause(id: &str) -> Option<Text> {
    let policies = start::policies().ok()?;
    policies.iter().find_map(|policy| policy.clause(id)).map(|clause| clause.title.clone())
}

fn plain(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

fn by_rule(tx: &mut Tx<'_>, found: BTreeMap<String, Figures>) -> Result<Vec<ComplianceRow>> {
    let book = book::load(tx)?;
    let names: HashMap<&str, &Text> =
        book.entries.iter().map(|entry| (entry.rule.key.as_str(), &entry.rule.name)).collect();
    let named = |(key, figures): (String, Figures)| {
        let label = names.get(key.as_str()).map_or_else(|| plain(&key), |name| (*name).clone());
        row(key, label, figures)
    };
    Ok(found.into_iter().map(named).collect())
}

/// Departments or people, the one in most need of help first.
fn by_id(tx: &mut Tx<'_>, group: Group, found: BTreeMap<String, Figures>) -> Result<Vec<ComplianceRow>> {
    let mut rows = Vec::with_capacity(found.len());
    for (key, figures) in found {
        let id: Uuid = key.parse().map_err(Error::internal)?;
        let name = match group {
            _ if id.is_nil() => String::new(),
            Group::Department => names::department(tx, id)?.name.to_string(),
            _ => names::user(tx, id)?.name.to_string(),
        };
        rows.push(row(key, plain(&name), figures));
    }
    let order =
        |row: &ComplianceRow| (row.figures.rate.map_or(i64::MAX, |rate| (rate * 10.0) as i64), row.label.zh.clone());
    rows.sort_by_key(order);
    Ok(rows)
}

fn worst<'a>(tx: &mut Tx<'_>, sums: impl Iterator<Item = &'a Sum>) -> Result<Option<Worst>> {
    let mut departments: BTreeMap<Uuid, Figures> = BTreeMap::new();
    for sum in sums.filter(|sum| !sum.department.is_nil()) {
        departments.entry(sum.department).or_default().add(&sum.figures);
    }
    let rated: Vec<(Uuid, f64)> =
        departments.into_iter().filter_map(|(id, figures)| Some((id, figures.rate?))).collect();
    let lowest = rated.iter().copied().min_by(|one, other| one.1.total_cmp(&other.1));
    let Some((id, rate)) = lowest.filter(|_| rated.len() > 1) else { return Ok(None) };
    Ok(Some(Worst { id, name: names::department(tx, id)?.name.to_string(), rate }))
}
