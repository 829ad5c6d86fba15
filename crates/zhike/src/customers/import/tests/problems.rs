//! Every code that a cell can be refused or remarked with, and rows of any kind.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{counts, numbers, path, rejected, run, sheets, upload};
use crate::customers::import::words;
use crate::testing::TestApp;

/// Field, cell, code, and whether the row is refused for it.
const CASES: &[(&str, &str, &str, bool)] = &[
    ("name", "", "name.required", true),
    ("name", "合计", "row.is_total", true),
    ("kind", "外星", "kind.unknown", true),
    ("grade", "黑名单", "grade.unknown", true),
    ("owner", "诸葛亮", "owner.unknown", true),
    ("owner", "王芳", "owner.ambiguous", true),
    ("owner", "离职的", "owner.inactive", true),
    ("owner", "赵刚", "owner.not_allowed", true),
    ("industry", "炼丹", "industry.unknown", false),
    ("region", "江浙沪", "region.unknown", false),
    ("source", "不记得了", "source.unknown", false),
    ("credit_code", "9111", "credit_code.length", true),
    ("credit_code", "9111000080210043IB", "credit_code.characters", true),
    ("credit_code", "91110000802100433C", "credit_code.check_digit", true),
    ("credit_code", "9.11E+17", "credit_code.lost_digits", true),
    ("credit_code", "110000001234567", "credit_code.old_registration_number", false),
    ("phone", "1380013", "phone.invalid", true),
    ("phone", "1.38E+10", "phone.lost_digits", true),
    ("phone", "138****0001", "value.masked", false),
    ("email", "abc", "email.invalid", true),
    ("wechat", "我 的", "wechat.invalid", true),
    ("website", "javascript:alert(1)", "website.invalid", true),
    ("id_number", "123", "id_number.invalid", true),
    ("id_number", "110105194912310021", "id_number.check_digit", true),
    ("id_number", "1.1E+17", "id_number.lost_digits", true),
    ("founded_on", "2026-13-45", "date.invalid", true),
    ("founded_on", "260305", "date.ambiguous", true),
    ("founded_on", "2019年", "date.incomplete", false),
    ("founded_on", "2999-01-01", "date.in_future", true),
    ("created_at", "1949-10-01", "date.out_of_range", true),
    ("staff_count", "几个", "count.invalid", true),
    ("staff_count", "50-99人", "count.ambiguous", false),
    ("staff_count", "9999999999999999999999", "count.too_large", true),
    ("staff_count", "2亿", "number.out_of_range", true),
    ("annual_revenue_fen", "很多", "money.invalid", true),
    ("annual_revenue_fen", "$5万", "money.currency", true),
    ("annual_revenue_fen", "100-200万", "money.ambiguous", false),
    ("annual_revenue_fen", "99999999999999999999亿", "money.too_large", true),
    ("short_name", "TOO_LONG", "too_long", true),
    ("contact.phone", "12", "phone.invalid", true),
    ("contact.email", "@", "email.invalid", true),
    ("contact.decision_maker", "可能", "bool.invalid", true),
    ("contact.decision_maker", "x", "bool.ambiguous", true),
    ("contact.authority", "神", "authority.unknown", true),
    ("contact.salutation", "它", "salutation.unknown", false),
    ("contact.birthday", "13月1日", "birthday.invalid", true),
];

store::db_test! {
    crate::app::MIGRATIONS;

    fn every_problem_is_told_by_its_cell(db) {
        let app = TestApp::new(&db);
        app.hire("fang1", "王芳", "上海组", &["salesperson"], None);
        app.hire("fang2", "王芳", "上海组", &["salesperson"], None);
        let gone = app.hire("gone", "离职的", "上海组", &["salesperson"], None);
        app.write(move |tx| {
            use store::Entity as _;
            let user = crate::platform::access::model::User::get(tx, gone)?;
            Ok(crate::platform::access::model::User { active: false, ..user }.update(tx)?)
        });
        let steward = app.sign_in("wang");
        for (field, cell, code, refused) in CASES {
            let cell = if *cell == "TOO_LONG" { "长".repeat(101) } else { (*cell).to_owned() };
            let others = [("name", "华盛机械"), ("contact.name", "张三")];
            let filled = others.iter().filter(|(other, _)| other != field);
            let mut columns: Vec<(&str, &str)> = vec![(field, &cell), ("notes", "x")];
            columns.extend(filled);
            let heading: Vec<String> = (0..columns.len()).map(|at| format!("第{at}列")).collect();
            let row: Vec<String> = columns.iter().map(|(_, cell)| (*cell).to_owned()).collect();
            let uploaded = upload(&steward, "a.csv", sheets::csv(&[heading, row]).as_bytes());
            let placed: Vec<Value> = columns.iter().enumerate().map(|(at, (field, _))| json!({ "index": at, "field": field })).collect();
            let body = json!({ "columns": placed, "duplicates": "create", "basis": { "basis": "contract" } });
            let preview = steward.request(axum::http::Method::PUT, &format!("{}/mapping", path(&uploaded))).json(body).send().ok();
            let problems = preview["rows"][0]["problems"].as_array().expect("problems").clone();
            let told = problems.iter().find(|problem| problem["code"] == *code);
            let told = told.unwrap_or_else(|| panic!("{field} {cell}: {code} is not among {problems:?}"));
            assert_eq!(told["field"], *field, "{cell}");
            assert_eq!(told["level"] == "error", *refused, "{cell}");
            assert_eq!(preview["counts"]["rejected"], i64::from(*refused), "{field} {cell} {preview}");
            let result = run(&app, &steward, &uploaded, false);
            assert_eq!(numbers(&result)[2], i64::from(*refused), "{field} {cell}");
            if *refused {
                let reason = rejected(&steward, &uploaded)[1].last().cloned().expect("a reason");
                assert!(reason.contains(words::zh(code)), "{reason}");
            }
        }
    }

    fn every_row_is_counted_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let cell = prop_oneof![
            4 => Just(String::new()),
            6 => proptest::sample::select(vec!["华盛机械", "华盛机械有限公司", "百度网讯", "合计", "公司", "张三", "13800138000", "13800138001/13900139000",
                "138001380", "1.38E+10", "VIP", "C", "李雷", "王强", "孙丽", "2026-01-01", "2026-13-01", "杭州", "91110000802100433B", "无", "=1+1",
                "91110000802100433C", "a@b.cn", "50-99", "350万"]).prop_map(str::to_owned),
            1 => "\\PC{0,12}",
        ];
        let sheet = proptest::collection::vec(proptest::collection::vec(cell, 1..9), 1..25);
        let modes = proptest::sample::select(vec!["skip", "update", "create"]);
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let headings = ["客户名称", "联系人", "手机", "客户级别", "负责人", "合作时间", "地区", "统一社会信用代码", "备注"];
        runner.run(&(sheet, modes), |(rows, mode)| {
            let mut all = vec![headings.map(str::to_owned).to_vec()];
            all.extend(rows);
            let content = sheets::csv(&all);
            let reply = li.request(axum::http::Method::POST, "/imports").file("a.csv", content.as_bytes()).send();
            if reply.status == 422 {
                prop_assert_eq!(&reply.body["code"], "import.empty");
                return Ok(());
            }
            let uploaded = reply.created();
            let fields = ["name", "contact.name", "contact.phone", "grade", "owner", "cooperation_since", "region", "credit_code", "notes"];
            let columns: Vec<Value> = fields.iter().enumerate().map(|(at, field)| json!({ "index": at, "field": field })).collect();
            let body = json!({ "columns": columns, "duplicates": mode, "basis": { "basis": "contract" } });
            let preview = li.request(axum::http::Method::PUT, &format!("{}/mapping", path(&uploaded))).json(body).send().ok();
            let checked = counts(&preview["counts"]);
            prop_assert_eq!(Some(checked.iter().sum()), uploaded["rows"].as_i64());
            let shown = |outcome: &str| preview["rows"].as_array().expect("rows").iter().filter(|row| row["outcome"] == outcome).count() as i64;
            let marked = ["merged", "updated", "skipped", "rejected"].map(shown);
            prop_assert_eq!(marked.as_slice(), &checked[1..], "each row is marked as it is counted");
            prop_assert_eq!(counts(&run(&app, &li, &uploaded, true)), checked, "what is shown is what a dry run finds");
            let result = run(&app, &li, &uploaded, false);
            let [_, skipped, refused, ..] = numbers(&result);
            prop_assert_eq!(Some(counts(&result).iter().sum()), uploaded["rows"].as_i64());
            let told: BTreeSet<String> = rejected(&li, &uploaded)[1..].iter().map(|row| row[row.len() - 2].clone()).collect();
            prop_assert_eq!(told.len() as i64, skipped + refused, "each refused row once");
            Ok(())
        })
        .expect("every row is counted once");
    }
}

#[test]
fn every_code_has_words() {
    for code in CASES.iter().map(|(_, _, code, _)| code).chain([&"grade.not_allowed"]) {
        assert_ne!(words::zh(code), *code, "{code} has no words");
    }
    let known: BTreeSet<&str> = words::ZH.iter().map(|(code, _)| *code).collect();
    assert_eq!(known.len(), words::ZH.len(), "no code twice");
}
