//! Customers that are there already, and several rows of one.

use serde_json::json;

use super::{contacts, counts, customer, import, names, numbers, put_mapping, rejected, run, sheets, upload};
use crate::testing::{Session, TestApp};

const FIRST: &str = "客户名称|统一社会信用代码|地址|标签|备注|联系人|手机|客户级别
上海华盛机械有限公司|91110000802100433B|旧址|老客户|一|张伟|13800000001|普通
北京百度网讯||||||13800000002|";

store::db_test! {
    crate::app::MIGRATIONS;

    fn doubles_are_skipped_and_told(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        assert_eq!(numbers(&import(&app, &li, FIRST, "skip").1), [2, 0, 0, 2, 0, 1]);
        let again = "公司|手机|联系人|信用代码
            华盛机械|||
            改了名字的公司|||91110000802100433B
            第三家|13800000001|李四|
            第四家|13800000004|王五|";
        let (sheet, result) = import(&app, &li, again, "skip");
        assert_eq!(numbers(&result), [1, 3, 0, 1, 0, 1]);
        let refused = rejected(&li, &sheet);
        let reasons: Vec<&str> = refused[1..].iter().map(|row| row[5].as_str()).collect();
        assert_eq!(reasons, [
            "客户名称：已有这个客户（KH-2026-000001 上海华盛机械有限公司）",
            "统一社会信用代码：已有这个客户（KH-2026-000001 上海华盛机械有限公司）",
            "电话：已有这个客户（KH-2026-000001 上海华盛机械有限公司）",
        ]);
        // Whoever may not see the customer learns that there is one, and nothing of it.
        let zhao = app.sign_in("zhao");
        let (sheet, result) = import(&app, &zhao, "公司\n华盛机械", "skip");
        assert_eq!(numbers(&result), [0, 1, 0, 0, 0, 0]);
        assert_eq!(rejected(&zhao, &sheet)[1][2], "已有这个客户，由其他同事负责");
        let (sheet, result) = import(&app, &zhao, "公司\n华盛机械", "update");
        assert_eq!(numbers(&result), [0, 0, 1, 0, 0, 0]);
        assert_eq!(rejected(&zhao, &sheet)[1][2], "已有这个客户，由其他同事负责");
        assert_eq!(numbers(&import(&app, &zhao, "公司\n华盛机械", "create").1), [1, 0, 0, 1, 0, 0]);
    }

    fn doubles_are_brought_up_to_date(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        import(&app, &li, FIRST, "skip");
        let news = "公司|地址|标签|备注|联系人|手机|职务|级别|来源
            华盛机械|新址|重要|二|张 伟|13800000001|总经理|普通|展会
            华盛机械||||李娜|13800000009||
            不相干的公司||||某人|13800000002||";
        let (sheet, result) = import(&app, &li, news, "update");
        assert_eq!(numbers(&result), [2, 0, 1, 0, 1, 1], "{result}");
        assert_eq!(rejected(&li, &sheet)[1][10], "电话：电话与另一个客户相同而名称不同，请核对（KH-2026-000002 北京百度网讯）");
        let one = customer(&li, "华盛机械");
        assert_eq!((&one["address"], &one["tags"], &one["notes"]), (&json!("新址"), &json!(["老客户", "重要"]), &json!("一\n二")));
        assert_eq!((&one["grade"], &one["source"], &one["number"]), (&json!("ordinary"), &json!("exhibition"), &json!("KH-2026-000001")));
        assert_eq!(contacts(&li, &one).len(), 2);
        // What a sheet does not say stays as it is, and saying it again changes nothing.
        let before = li.get(&format!("/customers/{}", one["id"].as_str().unwrap())).ok();
        let (_, again) = import(&app, &li, news, "update");
        assert_eq!(numbers(&again), [2, 0, 1, 0, 1, 0]);
        assert_eq!(li.get(&format!("/customers/{}", one["id"].as_str().unwrap())).ok(), before);
        // A number that we gave finds its customer whatever it is called by now.
        assert_eq!(numbers(&import(&app, &li, "客户编号|公司\nKH-2026-000002|百度在线", "update").1), [1, 0, 0, 0, 1, 0]);
        assert!(names(&li).contains(&"百度在线".to_owned()));
    }

    fn rows_of_one_customer_become_one_with_several_contacts(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let text = "公司名称|联系人1|手机1|联系人2|手机2|省|市
            华盛机械有限公司|张三|13800000001|李四|13800000002|浙江|杭州
            |王五|13800000003|||
            百度网讯|赵六、钱七|13800000004、13800000005|||北京市|市辖区
            华盛机械股份有限公司|孙八 13800000006||||
            没有名字的行|||||火星|";
        let (_, result) = import(&app, &li, text, "create");
        assert_eq!(numbers(&result), [5, 0, 0, 3, 0, 6], "{result}");
        assert_eq!(names(&li), ["百度网讯", "华盛机械有限公司", "没有名字的行"]);
        let mut people = contacts(&li, &customer(&li, "华盛机械有限公司"));
        people.sort();
        assert_eq!(people, [("孙八", "138****0006"), ("张三", "138****0001"), ("李四", "138****0002"), ("王五", "138****0003")]
            .map(|(name, phone)| (name.to_owned(), phone.to_owned())));
        assert_eq!(customer(&li, "没有名字的行")["notes"], "省：火星", "what is not understood is kept");
        assert_eq!(customer(&li, "百度网讯")["region"], "110000");
    }

    fn persons_share_names_and_are_told_by_their_numbers(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let text = "姓名|手机|微信
            张伟|13800000001|zw1
            张伟|13800000002|zw2
            张伟|+86 138 0000 0001|";
        let (_, result) = import(&app, &li, text, "skip");
        assert_eq!(numbers(&result), [3, 0, 0, 2, 0, 0]);
        assert_eq!(customer(&li, "张伟")["kind"], "person");
        assert_eq!(numbers(&import(&app, &li, text, "skip").1), [0, 3, 0, 0, 0, 0]);
    }

    fn doubles_within_a_sheet_are_found_in_a_dry_run_too(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let mut text = "公司|手机\n".to_owned();
        (0..700).for_each(|n| text.push_str(&format!("第{n}家|138{:08}\n", n % 650)));
        let uploaded = upload(&li, "a.csv", sheets::csv(&sheets::rows(&text)).as_bytes());
        put_mapping(&li, &uploaded, "skip", json!({})).ok();
        assert_eq!(numbers(&run(&app, &li, &uploaded, true)), [650, 50, 0, 650, 0, 0]);
        assert_eq!(numbers(&run(&app, &li, &uploaded, false)), [650, 50, 0, 650, 0, 0]);
        assert_eq!(rejected(&li, &uploaded).len(), 51);
    }

    fn the_check_marks_doubles_and_names_only_what_may_be_seen(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        import(&app, &li, FIRST, "skip");
        let text = "公司|手机|联系人|级别
            华盛机械|||
            新公司|13700000001|甲|
            新公司|13700000002|乙|
            同号公司|13700000001||
            第五家|||黑名单
            第六家|||";
        let look = |who: &Session<'_>, mode: &str| {
            let uploaded = upload(who, "a.csv", sheets::csv(&sheets::rows(text)).as_bytes());
            (put_mapping(who, &uploaded, mode, json!({})).ok(), uploaded)
        };
        let told = |preview: &serde_json::Value, key: &str| -> Vec<serde_json::Value> {
            preview["rows"].as_array().expect("rows").iter().map(|row| row[key].clone()).collect()
        };
        let (preview, _) = look(&li, "skip");
        assert_eq!(counts(&preview["counts"]), [2, 1, 0, 2, 1]);
        assert_eq!(told(&preview, "outcome"), ["skipped", "created", "merged", "skipped", "rejected", "created"]);
        assert_eq!(told(&preview, "same_as_row"), [json!(null), json!(null), json!(3), json!(3), json!(null), json!(null)]);
        let one = customer(&li, "上海华盛机械有限公司");
        assert_eq!(preview["rows"][0]["existing"], json!({ "id": one["id"], "number": one["number"], "name": one["name"] }));
        let (preview, sheet) = look(&li, "update");
        assert_eq!(counts(&preview["counts"]), [2, 1, 1, 0, 2]);
        assert_eq!((&preview["rows"][0]["outcome"], &preview["rows"][0]["existing"]["id"]), (&json!("updated"), &one["id"]));
        assert_eq!(preview["rows"][3]["problems"][0]["code"], "duplicate.phone_of_other");
        assert_eq!(counts(&run(&app, &li, &sheet, true)), [2, 1, 1, 0, 2]);

        // Zhao may not see it: that there is one, and nothing of it.
        let zhao = app.sign_in("zhao");
        for (mode, outcome) in [("skip", "skipped"), ("update", "rejected")] {
            let (preview, sheet) = look(&zhao, mode);
            let row = &preview["rows"][0];
            assert_eq!((&row["outcome"], &row["existing"], &row["same_as_row"]), (&json!(outcome), &json!(null), &json!(null)));
            let text = preview.to_string();
            for secret in [&one["id"], &one["number"], &one["name"]] {
                assert!(!text.contains(secret.as_str().expect("text")), "{secret} in {text}");
            }
            assert_eq!(counts(&preview["counts"]), counts(&run(&app, &zhao, &sheet, true)));
        }
    }
}
