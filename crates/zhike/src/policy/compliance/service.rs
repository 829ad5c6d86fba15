use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::{Span, TREND};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Result};
use crate::platform::access::names;
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings;
use crate::policy::book;
use crate::policy::definition::{Clause, Text};
use crate::policy::rules::compliance::percent;
use crate::policy::start;

store::statements! {
    /// One row per clause, rule, department and person, whatever the number of days or duties; what is null does not
    /// narrow it.
    SUMS = "select clause, rule, department_id, owner_id, cast(sum(open) as bigint), cast(sum(met) as bigint),
        cast(sum(late) as bigint), cast(sum(missed) as bigint), cast(sum(waived) as bigint)
        from duty_tally where day >= $1 and day <= $2 and (department_id = $3 or $3 is null)
        and (owner_id = $4 or $4 is null) and (clause = $5 or $5 is null) and (rule = $6 or $6 is null)
        group by clause, rule, department_id, owner_id";
}

/// What to count, and by what.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[schema(as = ComplianceQuestion)]
pub struct Question {
    /// The first day; the beginning of this month when left out.
    #[param(value_type = Option<String>, format = Date)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day.
    #[param(value_type = Option<String>, format = Date)]
    #[schema(value_type = Option<String>, format = Date)]
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

/// What the tally says of one span of days, by the key of a row.
#[derive(Default)]
struct Sums {
    by_key: BTreeMap<String, Figures>,
    /// Each row's departments, for the one that does worst.
    by_department: HashMap<String, BTreeMap<Uuid, Figures>>,
    total: Figures,
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
    let mut spans = Vec::with_capacity(TREND);
    for span in span.trend() {
        spans.push(sums::<A>(tx, who, question, span)?);
    }
    // The asked span is the last of the trend.
    let asked = spans.last_mut().map(std::mem::take).unwrap_or_default();
    let mut rows = grouped(tx, question, asked.by_key)?;
    for row in &mut rows {
        let before =
            spans.iter().take(TREND - 1).map(|sums| sums.by_key.get(&row.key).and_then(|figures| figures.rate));
        row.trend = before.chain([row.figures.rate]).collect();
        if let Some(departments) = asked.by_department.get(&row.key).filter(|_| question.group != Group::Department) {
            row.worst = worst(tx, departments)?;
        }
    }
    Ok(Compliance { from: span.from, to: span.to, group: question.group, rows, total: asked.total })
}

fn sums<A: Doing>(tx: &mut Tx<'_>, who: &Principal, question: &Question, span: Span) -> Result<Sums> {
    let reach = who.permissions.reach(A::VALUE, Entity::Compliance).ok_or_else(Error::forbidden)?;
    let Question { group, department, owner, clause, rule, .. } = question;
    let me = who.user.uuid();
    let is_alone = !reach.all && reach.departments.is_empty();
    let owner = owner.or(is_alone.then_some(me));
    let rows = tx.query(&SUMS, &[&span.from, &span.to, department, &owner, clause, rule])?;
    let mut sums = Sums::default();
    for row in &rows {
        let (department, owner): (Uuid, Uuid) = (row.get(2)?, row.get(3)?);
        let is_own = reach.owners.contains(&owner);
        let figures = read(row)?;
        if figures.due == 0 || !(reach.all || is_own || reach.departments.contains(&department)) {
            continue;
        }
        let key: String = match group {
            Group::Clause => row.get(0)?,
            Group::Rule => row.get(1)?,
            Group::Department => department.to_string(),
            Group::Person => owner.to_string(),
        };
        sums.total.add(&figures);
        sums.by_key.entry(key.clone()).or_default().add(&figures);
        sums.by_department.entry(key).or_default().entry(department).or_default().add(&figures);
    }
    Ok(sums)
}

fn read(row: &store::Row) -> Result<Figures> {
    let (open, met, late): (i64, i64, i64) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let (missed, waived): (i64, i64) = (row.get(7)?, row.get(8)?);
    Ok(Figures { due: open + met + late + missed + waived, met, late, missed, waived, open, rate: None })
}

/// The rows of the table without their trends.
fn grouped(tx: &mut Tx<'_>, question: &Question, found: BTreeMap<String, Figures>) -> Result<Vec<ComplianceRow>> {
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

fn worst(tx: &mut Tx<'_>, departments: &BTreeMap<Uuid, Figures>) -> Result<Option<Worst>> {
    let named = departments.iter().filter(|(id, _)| !id.is_nil());
    let rated: Vec<(Uuid, f64)> = named.filter_map(|(id, figures)| Some((*id, figures.rate?))).collect();
    let lowest = rated.iter().copied().min_by(|one, other| one.1.total_cmp(&other.1));
    let Some((id, rate)) = lowest.filter(|_| rated.len() > 1) else { return Ok(None) };
    Ok(Some(Worst { id, name: names::department(tx, id)?.name.to_string(), rate }))
}
