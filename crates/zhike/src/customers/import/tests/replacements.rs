//! Values that we do not know, and what is read in their place.

use axum::http::Method;
use serde_json::{Value, json};

use super::{counts, customer, names, path, recognised, rejected, run, sheets, upload};
use crate::testing::{Reply, Session, TestApp};

const SHEET: &str = "公司|负责人|行业|地区|级别|来源|联系人
    一|不存在的人|炼丹|火星|黑名单|不记得|甲
    二|不存在的人|炼丹|浙江|VIP|展会|乙
    三|李雷|软件||怪|展会|丙
    四|赵刚|软件||||丁";

fn put(who: &Session<'_>, sheet: &Value, replacements: Value) -> Reply {
    let body = json!({ "columns": recognised(sheet), "duplicates": "skip", "replacements": replacements, "basis": { "basis": "contract" } });
    who.request(Method::PUT, &format!("{}/mapping", path(sheet))).json(body).send()
}

/// Field, text and rows of what was not recognised.
fn unknown(preview: &Value) -> Value {
    let list = preview["unknown"].as_array().expect("a list").iter();
    list.map(|one| json!([one["field"], one["text"], one["rows"]])).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn what_is_unknown_is_told_once_and_can_be_replaced(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let sheet = upload(&li, "a.csv", sheets::csv(&sheets::rows(SHEET)).as_bytes());
        let preview = put(&li, &sheet, json!([])).ok();
        assert_eq!(counts(&preview["counts"]), [0, 0, 0, 0, 4]);
        assert_eq!(unknown(&preview), json!([
            ["owner", "不存在的人", 2], ["industry", "炼丹", 2], ["grade", "黑名单", 1], ["source", "不记得", 1],
            ["region", "火星", 1], ["grade", "怪", 1], ["owner", "赵刚", 1],
        ]));
        let replacements = json!([
            { "index": 1, "from": "不存在的人", "to": app.person("li") },
            { "index": 2, "from": "炼丹", "to": "C" },
            { "index": 3, "from": "火星", "to": "330100" },
            { "index": 4, "from": "黑名单", "to": "ordinary" },
            { "index": 4, "from": "怪" },
            { "index": 5, "from": "不记得", "to": "market_research" },
        ]);
        let preview = put(&li, &sheet, replacements).ok();
        assert_eq!(unknown(&preview), json!([["owner", "赵刚", 1]]));
        assert_eq!(counts(&preview["counts"]), [3, 0, 0, 0, 1]);
        assert_eq!(li.get(&path(&sheet)).ok()["columns"][4]["replacements"], json!({ "黑名单": "ordinary", "怪": null }));

        assert_eq!(counts(&run(&app, &li, &sheet, true)), [3, 0, 0, 0, 1]);
        assert_eq!(counts(&run(&app, &li, &sheet, false)), [3, 0, 0, 0, 1], "the run reads as the check did");
        let one = customer(&li, "一");
        assert_eq!((&one["owner"]["name"], &one["industry"], &one["region"]), (&json!("李雷"), &json!("C"), &json!("330100")));
        assert_eq!((&one["grade"], &one["source"], &one["notes"]), (&json!("ordinary"), &json!("market_research"), &json!(null)));
        assert_eq!(customer(&li, "三")["owner"]["name"], "李雷");
        assert_eq!(names(&li).len(), 3);
        let refused = rejected(&li, &sheet);
        assert_eq!(refused[1][..3], ["四", "赵刚", "软件"], "as it was sent");
        assert_eq!(refused.len(), 2);
        assert_eq!(refused[1].last().map(String::as_str), Some("负责人：您无权把客户分给这位同事（赵刚）"));
    }

    fn an_owner_left_empty_is_the_default_one(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let sheet = upload(&wang, "a.csv", sheets::csv(&sheets::rows(SHEET)).as_bytes());
        let body = json!({
            "columns": recognised(&sheet), "duplicates": "skip", "basis": { "basis": "contract" }, "defaults": { "owner_id": app.person("sun"), "grade": "vip" },
            "replacements": [{ "index": 1, "from": " 不存在的人 ", "to": "" }, { "index": 4, "from": "黑名单", "to": null }],
        });
        wang.request(Method::PUT, &format!("{}/mapping", path(&sheet))).json(body).send().ok();
        run(&app, &wang, &sheet, false);
        let one = customer(&wang, "一");
        assert_eq!((&one["owner"]["name"], &one["grade"]), (&json!("孙丽"), &json!("vip")));
    }

    fn replacements_are_checked_and_bounded(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let sheet = upload(&li, "a.csv", sheets::csv(&sheets::rows(SHEET)).as_bytes());
        let fault = |index: usize, from: &str, to: Value| put(&li, &sheet, json!([{ "index": index, "from": from, "to": to }])).fault();
        assert_eq!(fault(1, "不存在的人", json!(app.person("zhao"))), "replacements[0].to: owner.not_allowed");
        assert_eq!(fault(1, "不存在的人", json!("也不存在")), "replacements[0].to: owner.unknown");
        assert_eq!(fault(2, "食品", json!("修仙")), "replacements[0].to: industry.unknown");
        assert_eq!(fault(0, "一", json!("二")), "replacements[0].index: unknown_column");
        assert_eq!(fault(9, "一", json!("二")), "replacements[0].index: unknown_column");
        assert_eq!(fault(2, &"食".repeat(501), json!("C")), "replacements[0].from: too_long");
        let many: Vec<Value> = (0..201).map(|n| json!({ "index": 2, "from": n.to_string(), "to": "C" })).collect();
        assert_eq!(put(&li, &sheet, json!(many)).fault(), "replacements: import.too_many_replacements");
        assert_eq!(li.get(&path(&sheet)).ok()["state"], "uploaded", "nothing of it is kept");
    }

    fn every_value_the_console_offers_can_be_read(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let sheet = upload(&wang, "a.csv", sheets::csv(&sheets::rows(SHEET)).as_bytes());
        let industries = ('A'..='T').map(|letter| (2, letter.to_string()));
        let grades = crate::customers::model::Grade::ALL.iter().map(|grade| (4, grade.word().to_owned()));
        let sources = crate::customers::model::Source::ALL.iter().map(|source| (5, source.word().to_owned()));
        let all = industries.chain(grades).chain(sources).enumerate();
        let replacements: Vec<Value> =
            all.map(|(at, (index, to))| json!({ "index": index, "from": format!("第{at}个"), "to": to })).collect();
        put(&wang, &sheet, json!(replacements)).ok();
    }
}
