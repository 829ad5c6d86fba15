//! The parameters of a rule that a form may change, derived from the rule itself so that no list can fall behind it.
//!
//! A parameter is named by its place in the rule's JSON (`quota.need.0.at_least`); changing it is setting that place and
//! checking the rule again, so a form can do nothing that a file could not.

use super::check::{LONGEST_WINDOW_DAYS, MOST_PER_PERIOD};
use super::{Error, GRADE, Per, Problem, Rule, Shape, Text, check_rule};
use calendar::Festival;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Param {
    /// The place in the rule.
    pub path: String,
    pub name: Text,
    pub kind: ParamKind,
    pub value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The values to choose from, when they are known beforehand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// A whole number between `min` and `max`.
    Count,
    /// Any number.
    Number,
    /// A span of time: `24h`.
    Span,
    /// One of `options`.
    Choice,
    /// Several of `options` (or free values when there are none).
    Choices,
    /// The name of a calendar.
    Calendar,
    /// Shares of the time in (0, 1), ascending.
    Shares,
    /// Rungs `{after, to}`; `options` lists the recipients.
    Ladder,
    Flag,
}

const PERIODS: [&str; 5] = ["week", "month", "quarter", "half_year", "year"];
const JOINS: [&str; 3] = ["prorate", "half", "full"];
const OWNERS: [&str; 4] = ["customer.owner", "fact.actor", "fact.assignee", "department.head"];
const RECIPIENTS: [&str; 4] = ["owner", "supervisor", "department_head", "management"];
const GRADES: [&str; 3] = ["vip", "key", "ordinary"];
const CASE_KINDS: [&str; 6] = ["inquiry", "problem", "complaint", "suggestion", "praise", "repair"];
/// What makes a rule the rule that it is: a clock of another level is another clause's.
const LEVEL: &str = "level";

/// Everything that a form may change in this rule.
pub fn params(rule: &Rule) -> Vec<Param> {
    let raw = raw(rule);
    let mut list = shape_params(rule);
    for attribute in rule.of.keys().filter(|attribute| *attribute != LEVEL) {
        let options = match attribute.as_str() {
            GRADE => &GRADES[..],
            "kind" => &CASE_KINDS,
            _ => &[],
        };
        list.push(param(&format!("of.{attribute}"), "适用对象", "Applies to", ParamKind::Choices).options(options));
    }
    list.push(param("owner", "责任人", "Owner", ParamKind::Choice).options(owners(rule)));
    list.push(param("calendar", "计时日历", "Calendar", ParamKind::Calendar));
    list.push(param("warnings", "提前提醒", "Warnings", ParamKind::Shares));
    list.push(param("ladder", "逾期上报", "Escalation", ParamKind::Ladder).options(&RECIPIENTS));
    list.push(param("pausable", "可以暂停", "May be paused", ParamKind::Flag));
    for param in &mut list {
        param.value = raw.pointer(&pointer(&param.path)).cloned().unwrap_or(Value::Null);
    }
    list
}

/// The rule with these parameters changed, checked.
pub fn apply(rule: &Rule, changes: &BTreeMap<String, Value>) -> Result<Rule, Error> {
    let known = params(rule);
    let mut raw = raw(rule);
    for (path, value) in changes {
        let unknown = || Error::at(format!("{} {path}", rule.key), Problem::UnknownParameter(path.clone()));
        if !known.iter().any(|param| param.path == *path) {
            return Err(unknown());
        }
        *raw.pointer_mut(&pointer(path)).ok_or_else(unknown)? = value.clone();
    }
    let changed: Rule =
        serde_json::from_value(raw).map_err(|error| Error::at(&rule.key, Problem::Value(error.to_string())))?;
    check_rule(&changed, &rule.key)?;
    Ok(changed)
}

fn raw(rule: &Rule) -> Value {
    serde_json::to_value(rule).unwrap_or(Value::Null)
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

fn owners(rule: &Rule) -> &'static [&'static str] {
    // Only a clock that a fact starts has an actor to owe it.
    if matches!(rule.shape, Shape::Within(_)) { &OWNERS } else { &["customer.owner", "department.head"] }
}

fn shape_params(rule: &Rule) -> Vec<Param> {
    match &rule.shape {
        Shape::Within(_) => vec![param("within.budget", "时限", "Time allowed", ParamKind::Span)],
        Shape::Every(every) => period_params("every", &every.per),
        Shape::Quota(quota) => {
            let mut list: Vec<Param> =
                quota.need.iter().enumerate().map(|(index, need)| need_param(index, &need.what)).collect();
            list.extend(period_params("quota", &quota.per));
            list
        }
        Shape::Target(target) => {
            let mut list = vec![param("target.at_least", "目标值", "Target", ParamKind::Number)];
            list.extend(period_params("target", &target.per));
            list
        }
    }
}

fn need_param(index: usize, what: &str) -> Param {
    let (zh, en) = match what {
        "contact" => ("联系次数", "Contacts"),
        "visit" => ("其中拜访次数", "Visits among them"),
        "activity" => ("互动活动次数", "Activities"),
        "greeting" => ("问候次数", "Greetings"),
        _ => ("次数", "Times"),
    };
    param(&format!("quota.need.{index}.at_least"), zh, en, ParamKind::Count).range(1, i64::from(MOST_PER_PERIOD))
}

fn period_params(shape: &str, per: &Per) -> Vec<Param> {
    let mut list = match per {
        Per::Period(_) => vec![param(&format!("{shape}.per"), "周期", "Period", ParamKind::Choice).options(&PERIODS)],
        Per::Festivals(_) => festival_params(shape),
    };
    list.push(param(&format!("{shape}.joins"), "中途加入", "Joining late", ParamKind::Choice).options(&JOINS));
    list
}

fn festival_params(shape: &str) -> Vec<Param> {
    let days = i64::from(LONGEST_WINDOW_DAYS);
    let path = |field: &str| format!("{shape}.per.{field}");
    vec![
        param(&path("festivals"), "节日", "Festivals", ParamKind::Choices)
            .options(&Festival::ALL.map(|festival| festival.key())),
        param(&path("days_before"), "提前天数", "Days before", ParamKind::Count).range(0, days),
        param(&path("days_after"), "延后天数", "Days after", ParamKind::Count).range(0, days),
    ]
}

fn param(path: &str, zh: &str, en: &str, kind: ParamKind) -> Param {
    let name = Text { zh: zh.to_owned(), en: en.to_owned() };
    Param { path: path.to_owned(), name, kind, value: Value::Null, min: None, max: None, options: Vec::new() }
}

impl Param {
    fn range(mut self, min: i64, max: i64) -> Param {
        self.min = Some(min);
        self.max = Some(max);
        self
    }

    fn options(mut self, options: &[&'static str]) -> Param {
        self.options = options.to_vec();
        self
    }
}
