use super::params::{ParamKind, apply, params};
use super::*;
use crate::policy::rules::facts::{CASE, VOCABULARY};
use crate::policy::start;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Every clause id of the handbook.
const CLAUSES: &str = "R0-1.2 R0-2.1 R0-2.2 R0-3 R0-3.1 R0-3.2 R0-4.1 R0-4.2 R0-5.1 R0-5.2 R0-6.1 R0-6.2 R0-7.1 R0-7.2
    R0-8.1 R0-8.2 R1-2.1 R1-2.1m R1-2.2 R1-3.1a R1-3.1b R1-3.1c R1-3.1d R1-3.2 R1-3.2c R1-3.2d R1-4.1 R1-4.2 R1-5 R1-5m
    R1-6 R2-11.1 R2-11.2 R2-11.3 R2-12.1 R2-12.2 R2-12.3 R2-13.1 R2-13.2 R2-13.3 R2-14.1 R2-14.2 R2-2.1 R2-2.2 R2-2.3
    R2-3.1 R2-3.2 R2-3.3 R2-4.1 R2-4.2 R2-4.3 R2-5.1 R2-5.2 R2-5.3 R2-6.1 R2-6.2 R2-7.1 R2-7.2 R2-8.1 R2-8.2 R2-9.1
    R2-9.2 R3-1.1 R3-1.2 R3-1.3 R3-1.4 R3-1.5 R3-2.1 R3-2.2 R3-2.2d R3-2.3 R3-3.1 R3-3.1b R3-3.2 R3-3.3 R3-4.1 R3-4.2
    R3-T1 R3-T2 R3-T3 R3-post R3-scn4 R4-10 R4-11 R4-12 R4-13 R4-3 R4-4 R4-5 R4-6 R4-7 R4-8 R4-9 R4-CSI R4-care R4-eff
    R4-factors R4-fb1 R4-fb2 R4-fb3 R4-fb4 R4-fb5 R4-fb6 R4-group R4-index R4-life R4-loyal R4-scale";

fn start_policies() -> Vec<Policy> {
    start::policies().unwrap_or_else(|error| panic!("{error}"))
}

fn rule(key: &str) -> Rule {
    let policies = start_policies();
    policies.iter().find_map(|policy| policy.rule(key)).map(|(_, rule)| rule.clone()).expect(key)
}

#[test]
fn every_clause_of_the_handbook_is_there_once() {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for policy in start_policies() {
        for clause in &policy.clauses {
            assert!(clause.id.starts_with(&format!("{}-", policy.key)), "{} in {}", clause.id, policy.key);
            *seen.entry(clause.id.clone()).or_default() += 1;
        }
    }
    let wanted: HashMap<String, usize> = CLAUSES.split_whitespace().map(|id| (id.to_owned(), 1)).collect();
    assert_eq!(wanted.len(), 108);
    assert_eq!(seen, wanted);
}

/// Chinese texts have Chinese punctuation; between digits (24:00) and inside foreign words it stays as it is.
#[test]
fn chinese_texts_have_full_width_punctuation() {
    let is_narrow = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        let between_digits = |at: usize| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
        letters.iter().enumerate().any(|(at, letter)| ",:;()".contains(*letter) && !between_digits(at))
    };
    assert!(is_narrow("操作手册:建档") && is_narrow("建档(初次)") && !is_narrow("每日 18:00，建档"));
    for policy in start_policies() {
        let mut texts = vec![policy.title.zh.clone(), policy.summary.zh.clone()];
        for clause in &policy.clauses {
            texts.extend([clause.title.zh.clone(), clause.text.zh.clone()]);
            texts.extend(clause.pending.as_ref().map(|pending| pending.zh.clone()));
            texts.extend(clause.rules.iter().map(|rule| rule.name.zh.clone()));
        }
        for text in texts {
            assert!(!is_narrow(&text), "{} of {}", text, policy.key);
        }
    }
}

#[test]
fn every_clause_runs_or_says_what_keeps_it() {
    for policy in start_policies() {
        for clause in &policy.clauses {
            assert_ne!(clause.executable(), clause.pending.is_some(), "{}", clause.id);
        }
    }
    let executable: Vec<String> = start_policies()
        .iter()
        .flat_map(|policy| policy.clauses.iter().filter(|clause| clause.executable()).map(|clause| clause.id.clone()))
        .collect();
    assert_eq!(
        executable,
        ["R0-3.1", "R1-2.1", "R2-12.2", "R2-3.3", "R3-1.5", "R3-2.1", "R3-2.3", "R3-4.1", "R3-4.2", "R4-5", "R4-fb2"]
    );
    let (english, chinese) = (include_str!("../../../../../README.md"), include_str!("../../../../../README.zh-CN.md"));
    assert!(
        english.contains(&format!("runs {} of the 108 clauses", executable.len())),
        "README.md tells another number"
    );
    assert!(
        chinese.contains(&format!("由系统执行其中 {} 条", executable.len())),
        "README.zh-CN.md tells another number"
    );
}

#[test]
fn start_policies_wait_only_for_facts_that_exist_and_name_clauses_and_rules_uniquely() {
    let policies = start_policies();
    let ids: HashSet<&str> =
        policies.iter().flat_map(|policy| &policy.clauses).map(|clause| clause.id.as_str()).collect();
    let mut rules = HashSet::new();
    for policy in &policies {
        for clause in &policy.clauses {
            assert!(clause.see.iter().all(|other| ids.contains(other.as_str())), "{} sees {:?}", clause.id, clause.see);
        }
        for (_, rule) in policy.rules() {
            assert!(rules.insert(rule.key.clone()), "{} twice", rule.key);
            for fact in facts_of(rule) {
                let known = VOCABULARY.iter().chain(&CASE).any(|kind| *kind == fact);
                assert!(known, "{} waits for {fact}", rule.key);
            }
        }
    }
    assert_eq!(rules.len(), 22);
}

fn facts_of(rule: &Rule) -> Vec<String> {
    let selectors: Vec<&Selector> = match &rule.shape {
        Shape::Within(within) => {
            let pauses = within.pause_while.iter().flat_map(|pause| pause.from.iter().chain(&pause.until));
            within.start.iter().chain(&within.stop).chain(&within.cancel).chain(pauses).collect()
        }
        Shape::Every(every) => every.facts.iter().collect(),
        Shape::Quota(quota) => quota.need.iter().flat_map(|need| &need.counts).collect(),
        Shape::Target(_) => Vec::new(),
    };
    selectors.into_iter().map(|selector| selector.fact.clone()).collect()
}

#[test]
fn a_policy_survives_the_way_through_json() {
    for policy in start_policies() {
        let text = serde_json::to_string(&policy).expect("a policy is JSON");
        assert_eq!(Policy::from_json(&text).expect("readable"), policy);
    }
}

/// A small policy into which one mistake is put.
fn with(rule: &str) -> Result<Policy, Error> {
    let text = format!(
        "key = \"X\"\ntitle = {{ zh = \"一\", en = \"one\" }}\nsummary = {{ zh = \"一\", en = \"one\" }}\n[[clause]]\nid = \"X-1\"\n\
         chapter = \"C\"\ntitle = {{ zh = \"一\", en = \"one\" }}\ntext = {{ zh = \"一\", en = \"one\" }}\n[[clause.rule]]\n\
         key = \"r\"\nname = {{ zh = \"一\", en = \"one\" }}\nowner = \"customer.owner\"\n{rule}"
    );
    Policy::from_toml(&text)
}

const QUOTA: &str = "[clause.rule.quota]\nper = \"month\"\nneed = [{ what = \"contact\", counts = [\"contact_made\"], at_least = 1 }]\n";

#[test]
fn mistakes_are_named_where_they_are() {
    assert!(with(QUOTA).is_ok());
    let cases = [
        ("warning = [0.8]\n", "unknown field `warning`"),
        ("warnings = [80]\n", "X-1 r warnings: must be more than 0 and less than 1"),
        ("warnings = [0.8, 0.5]\n", "X-1 r warnings: must ascend"),
        (
            "ladder = [{ after = \"1wd\", to = \"supervisor\" }, { after = \"0\", to = \"management\" }]\n",
            "must ascend",
        ),
        (
            "ladder = [{ after = \"0\", to = \"supervisor\" }, { after = \"1h\", to = \"supervisor\" }]\n",
            "occurs twice",
        ),
        ("ladder = [{ after = \"251wd\", to = \"supervisor\" }]\n", "X-1 r ladder: must be at most 250"),
        ("ladder = [{ after = \"soon\", to = \"supervisor\" }]\n", "\"soon\" is not a span of time"),
        ("ladder = [{ after = \"0\", to = \"the boss\" }]\n", "unknown variant `the boss`"),
        ("of = { grade = [] }\n", "X-1 r of grade: must not be empty"),
        ("of = { grade = [1.5] }\n", "only text, whole numbers"),
        ("calendar = \"\"\n", "X-1 r calendar"),
    ];
    for (mistake, message) in cases {
        let error = with(&format!("{mistake}{QUOTA}")).expect_err(mistake).to_string();
        assert!(error.contains(message), "{mistake}: {error}");
    }
}

#[test]
fn mistakes_in_shapes_are_named() {
    let cases = [
        ("", "exactly one of the tables"),
        ("[clause.rule.quota]\nper = \"month\"\nneed = []\n", "quota need: must not be empty"),
        ("[clause.rule.quota]\nper = \"fortnight\"\nneed = []\n", "unknown variant `fortnight`"),
        (
            "[clause.rule.quota]\nper = \"month\"\nneed = [{ what = \"contact\", counts = [\"a\"], at_least = 0 }]\n",
            "X-1 r quota need contact at_least: must be at least 1",
        ),
        ("[clause.rule.every]\nper = \"month\"\nfacts = []\n", "every facts: must not be empty"),
        ("[clause.rule.every]\nper = \"month\"\nfact = [\"a\"]\n", "unknown field `fact`"),
        ("[clause.rule.every]\nper = { festivals = [\"halloween\"], days_before = 1 }\nfacts = [\"a\"]\n", "halloween"),
        (
            "[clause.rule.every]\nper = { festivals = [], days_before = 1 }\nfacts = [\"a\"]\n",
            "festivals: must not be empty",
        ),
        ("[clause.rule.within]\nstart = [\"a\"]\nstop = [\"b\"]\nbudget = \"1wd\"\n", "budget: must be a span of time"),
        ("[clause.rule.within]\nstart = [\"a\"]\nstop = [\"b\"]\nbudget = \"0\"\n", "budget: must be a span of time"),
        (
            "[clause.rule.within]\nstart = [\"a\"]\nstop = [{ fact = \"b\", were = {} }]\nbudget = \"1h\"\n",
            "unknown field `were`",
        ),
    ];
    for (shape, message) in cases {
        let error = with(shape).expect_err(shape).to_string();
        assert!(error.contains(message), "{shape}: {error}");
    }
    let actor = with(&QUOTA.replace("[clause", "\n[clause")).expect("fine");
    let mut changed = actor.clauses[0].rules[0].clone();
    changed.owner = Owner::FactActor;
    let error = check_rule(&changed, "r").expect_err("no actor").to_string();
    assert!(error.contains("no fact that starts it"), "{error}");
}

#[test]
fn a_clause_needs_rules_or_an_honest_word() {
    let mut policy = start::policy("R3").expect("R3");
    policy.clauses[0].pending = None;
    assert!(
        matches!(policy.check(), Err(Error::Invalid { place, problem: Problem::NoRulesNoPending }) if place == "R3-1.1")
    );
    let mut policy = start::policy("R3").expect("R3");
    let doubled = policy.clauses[0].clone();
    policy.clauses.push(doubled);
    assert!(matches!(policy.check(), Err(Error::Invalid { problem: Problem::Twice(id), .. }) if id == "R3-1.1"));
}

#[test]
fn spans_read_as_they_are_written() {
    for text in ["0", "30m", "24h", "1h30m", "90s", "2wd", "1h1s"] {
        let span: Span = text.parse().expect(text);
        assert_eq!(span.to_string().parse::<Span>(), Ok(span), "{text}");
    }
    assert_eq!("1h30m".parse(), Ok(Span::Seconds(5400)));
    assert_eq!("2wd".parse(), Ok(Span::WorkingDays(2)));
    for text in ["", "h", "1", "30m1h", "-1h", "1.5h", "1h 30m", "wd", "99999999999999999999h", "9223372036854775807h"]
    {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

#[test]
fn parameters_follow_from_the_rule() {
    let list = params(&rule("vip-contact"));
    let named = |path: &str| list.iter().find(|param| param.path == path).unwrap_or_else(|| panic!("{path}"));
    assert_eq!(named("quota.need.0.at_least").value, json!(2));
    assert_eq!((named("quota.need.1.at_least").min, named("quota.need.1.at_least").kind), (Some(1), ParamKind::Count));
    assert_eq!(named("of.grade").value, json!(["vip"]));
    assert_eq!(named("quota.per").value, json!("month"));
    assert!(!named("owner").options.contains(&"fact.actor"));
    for policy in start_policies() {
        for (_, rule) in policy.rules() {
            assert!(params(rule).iter().all(|param| !param.value.is_null()), "{}", rule.key);
        }
    }
}

#[test]
fn the_level_of_a_clock_is_no_parameter_and_its_kinds_are() {
    let list = params(&rule("important-solved"));
    let named = |path: &str| list.iter().find(|param| param.path == path);
    assert!(named("of.level").is_none(), "with another level it would be another clause");
    let kinds = named("of.kind").expect("kinds");
    assert_eq!(kinds.value, json!(["inquiry", "problem", "complaint", "repair"]));
    assert_eq!(kinds.options.len(), 6);
}

#[test]
fn setting_every_parameter_to_its_own_value_changes_nothing() {
    for policy in start_policies() {
        for (_, rule) in policy.rules() {
            let same: BTreeMap<_, _> = params(rule).into_iter().map(|param| (param.path, param.value)).collect();
            assert_eq!(&apply(rule, &same).expect("the same"), rule);
        }
    }
}

#[test]
fn a_form_can_change_parameters_and_nothing_else() {
    let change = |path: &str, value: serde_json::Value| {
        apply(&rule("vip-contact"), &BTreeMap::from([(path.to_owned(), value)])).map_err(|error| error.to_string())
    };
    let more = change("quota.need.0.at_least", json!(3)).expect("three contacts");
    assert!(matches!(&more.shape, Shape::Quota(quota) if quota.need[0].at_least == 3));
    let ladder = json!([{ "after": "0", "to": "supervisor" }, { "after": "2h", "to": "management" }]);
    assert_eq!(change("ladder", ladder).expect("a longer ladder").ladder.len(), 2);
    assert!(change("quota.need.0.at_least", json!(0)).expect_err("none").contains("at least 1"));
    assert!(change("quota.need.0.at_least", json!("two")).expect_err("text").contains("invalid type"));
    assert!(change("key", json!("other")).expect_err("the key").contains("cannot be changed"));
    assert!(change("quota.need.7.at_least", json!(1)).expect_err("no such line").contains("cannot be changed"));
}
