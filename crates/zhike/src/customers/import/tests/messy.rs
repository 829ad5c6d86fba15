use std::collections::BTreeSet;

use serde_json::json;

use super::{contacts, counts, customer, names, path, put_mapping, rejected, run, sheets, upload};
use crate::testing::TestApp;

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_messy_book_of_300_rows_comes_in(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (rows, wrong) = sheets::messy();
        let uploaded = upload(&wang, "华东客户（最终版）.csv", &sheets::gbk(&sheets::csv(&rows)));
        assert_eq!((&uploaded["encoding"], &uploaded["delimiter"]), (&json!("gb18030"), &json!("comma")));
        assert_eq!((&uploaded["heading_row"], &uploaded["rows"]), (&json!(2), &json!(301)));
        let fields: Vec<_> = uploaded["columns"].as_array().expect("columns").iter().map(|c| c["field"].as_str().unwrap_or("-")).collect();
        assert_eq!(fields, [
            "-", "name", "contact.name", "contact.phone", "phone", "contact.email", "grade", "owner", "industry", "region",
            "region", "address", "credit_code", "staff_count", "annual_revenue_fen", "cooperation_since", "source", "tags",
            "notes", "created_at",
        ]);

        let preview = put_mapping(&wang, &uploaded, "skip", json!({})).ok();
        assert_eq!(preview["counts"]["rejected"], wrong.len(), "{preview}");
        for (row, code) in &wrong {
            let shown = preview["rows"].as_array().expect("rows").iter().find(|shown| shown["row"] == *row);
            let problems = &shown.unwrap_or_else(|| panic!("row {row} is not shown"))["problems"];
            assert!(problems.as_array().expect("problems").iter().any(|p| p["code"] == *code && p["level"] == "error"), "{row} {problems}");
        }

        let dry = run(&app, &wang, &uploaded, true);
        assert!(names(&wang).is_empty(), "a dry run writes nothing");
        let result = run(&app, &wang, &uploaded, false);
        assert_eq!(counts(&preview["counts"]), counts(&result), "the check told what came");
        assert_eq!(counts(&dry), counts(&result));
        assert_eq!(counts(&result).iter().sum::<i64>(), 301, "each row once");
        assert_eq!((result["rejected"].as_u64(), result["skipped"].as_u64()), (Some(wrong.len() as u64), Some(0)));
        let refused = rejected(&wang, &uploaded);
        assert_eq!(refused.len(), wrong.len() + 1);
        assert_eq!(refused[0].last().map(String::as_str), Some("未导入原因"));
        let numbers: Vec<u64> = refused[1..].iter().map(|row| row[20].parse().expect("a number")).collect();
        assert_eq!(numbers, wrong.iter().map(|(row, _)| *row).collect::<Vec<_>>());
        for row in &refused[1..] {
            let original: Vec<String> = rows[row[20].parse::<usize>().expect("a number") - 1].clone();
            assert!(original.iter().zip(row).all(|(one, other)| one.trim() == other.trim()), "{row:?}");
        }
        assert_eq!(refused[1][21], "联系人手机：电话号码不正确");

        let one = customer(&wang, "华盛7（上海）实业有限公司");
        assert_eq!((&one["owner"]["name"], &one["annual_revenue_fen"]), (&json!("李雷"), &json!(800_000_000)));
        assert_eq!((&one["region"], &one["grade"], &one["source"]), (&json!("310000"), &json!("vip"), &json!("exhibition")));
        let people: BTreeSet<String> = contacts(&wang, &customer(&wang, "恒通18贸易商行")).into_iter().map(|(name, _)| name).collect();
        assert!(people.len() >= 2, "two rows, two contacts: {people:?}");
        assert_eq!(wang.get(&path(&uploaded)).ok()["state"], "done");
    }
}
