//! Fields that the company adds: what stands in them is kept, shown, found and protected like what came with the house.

use serde_json::{Value, json};

use store::Entity as _;

use super::{company, names, path};
use crate::customers::import::tests::{cells, customer, import};
use crate::platform::access::model::User;
use crate::testing::{Session, TestApp};

/// A field as an administrator adds it; its key.
fn field(admin: &Session<'_>, entity: &str, kind: &str, zh: &str, more: Value) -> String {
    let mut new = json!({ "entity": entity, "kind": kind, "class": "ordinary", "zh": zh, "en": format!("{zh} en") });
    for (name, value) in more.as_object().expect("an object") {
        new[name] = value.clone();
    }
    admin.post("/settings/custom_fields", new).created()["key"].as_str().expect("a key").to_owned()
}

fn choices(words: &[&str]) -> Value {
    json!({ "choices": words.iter().map(|zh| json!({ "zh": zh })).collect::<Vec<_>>() })
}

fn created(session: &Session<'_>, name: &str, custom: Value) -> Value {
    session.post("/customers", json!({ "name": name, "custom": custom })).created()
}

fn listed(session: &Session<'_>, query: &str) -> Vec<String> {
    let page = session.get(&format!("/customers?{query}")).ok();
    names(&page).into_iter().map(str::to_owned).collect()
}

fn filter(of: Value) -> String {
    format!("filter={}", urlencode(&of.to_string()))
}

fn urlencode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn every_kind_is_kept_shown_and_told_in_the_audit(db) {
        let app = TestApp::new(&db);
        let gone = app.hire("gone", "离职的", "上海组", &["salesperson"], None);
        app.write(move |tx| Ok(User { active: false, ..User::get(tx, gone)? }.update(tx)?));
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let keys: Vec<String> = [
            ("text", "合同编号", json!({})), ("number", "开票税点", json!({})), ("money", "授信额度", json!({})),
            ("date", "续约日", json!({})), ("choice", "客户分类", choices(&["直营", "代理"])),
            ("multi", "采购品类", choices(&["钢材", "电机", "轴承"])), ("person", "技术支持", json!({})),
        ].into_iter().map(|(kind, zh, more)| field(&admin, "customer", kind, zh, more)).collect();
        let seen = li.get("/custom_fields").ok();
        assert_eq!(seen["items"].as_array().map(Vec::len), Some(7));
        let sun = app.person("sun").uuid();
        let sent = [json!("HT-7"), json!(0.13), json!(12_345_600), json!("2027-03-01"), json!(2), json!([3, 1]), json!(sun)];
        let custom: Value = keys.iter().cloned().zip(sent).collect();
        let made = created(&li, "华盛机械", custom);
        let held = &made["custom"];
        let expected = [json!("HT-7"), json!(0.13), json!(12_345_600), json!("2027-03-01"), json!(2), json!([1, 3]),
            json!({ "id": sun, "name": "孙丽" })];
        for (key, expected) in keys.iter().zip(&expected) {
            assert_eq!(&held[key], expected, "{key}");
        }
        assert_eq!(&li.get(&path(&made)).ok()["custom"], held);
        let changed = li.patch(&path(&made), 1, json!({ "custom": { &keys[4]: 1, &keys[0]: null } })).ok();
        assert_eq!((&changed["custom"][&keys[4]], changed["custom"].get(&keys[0])), (&json!(1), None));
        let timeline = li.get(&format!("{}/timeline", path(&made))).ok();
        let change = &timeline["items"].as_array().expect("entries").iter()
            .find(|entry| entry["title_key"] == "timeline.change.customer.update").expect("the change")["data"]["changes"];
        assert_eq!(change[&keys[4]], json!({ "from": "代理", "to": "直营" }));
        assert_eq!(change[&keys[0]], json!({ "from": "HT-7", "to": null }));
        for (at, wrong, code) in [(1, json!("x"), "number.invalid"), (2, json!(1.5), "money.invalid"),
            (2, json!(i64::MIN), "number.out_of_range"), (2, json!(i64::MAX), "number.out_of_range"), (3, json!("2027-02-30"), "date.invalid"),
            (4, json!(9), "choice.unknown"), (5, json!([1, 9]), "choice.unknown"), (6, json!(uuid::Uuid::now_v7()), "user.unknown"),
            (6, json!(app.person("gone")), "user.unknown")] {
            let reply = li.patch(&path(&made), 2, json!({ "custom": { &keys[at]: wrong } }));
            assert_eq!((reply.status.as_u16(), &reply.body["fields"][0]), (422, &json!({ "field": keys[at], "code": code })));
        }
        assert_eq!(li.patch(&path(&made), 2, json!({ "custom": { "x99": 1 } })).status.as_u16(), 422);
    }

    fn contacts_have_fields_of_their_own(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let key = field(&admin, "contact", "choice", "性格", choices(&["爽快", "谨慎"]));
        let made = li.post("/customers", json!({ "name": "华盛机械", "contacts": [{ "name": "张伟", "custom": { &key: 2 } }] })).created();
        let place = format!("{}/contacts", path(&made));
        let contact = li.get(&place).ok()["items"][0].clone();
        assert_eq!(contact["custom"][&key], json!(2));
        let one = format!("{place}/{}", contact["id"].as_str().expect("an id"));
        assert_eq!(li.patch(&one, 1, json!({ "custom": { &key: 1 } })).ok()["custom"][&key], json!(1));
        assert_eq!(li.patch(&path(&made), 1, json!({ "custom": { &key: 1 } })).status.as_u16(), 422, "it is no field of customers");
        let hobby = field(&admin, "contact", "text", "私人爱好", json!({ "class": "personal" }));
        li.patch(&one, 2, json!({ "custom": { &hobby: "收藏茶壶" } })).ok();
        let other = company(&li, "瑞丰食品");
        let moved = li.post(&format!("{one}/move"), json!({ "customer_id": other["id"] })).created();
        assert_eq!(moved["custom"], json!({ &key: 1, &hobby: { "masked": "***" } }), "they are taken along");
        let asked = json!({ "field": hobby, "contact_id": moved["id"], "reason": "准备礼物" });
        assert_eq!(li.post(&format!("{}/reveal", path(&other)), asked).ok()["value"], json!("收藏茶壶"));
        assert_eq!(li.get(&place).ok()["items"][0]["custom"], json!({ &key: 1 }), "what is personal stays nowhere else");
        li.delete(&one);
        assert_eq!(li.get(&place).ok()["items"], json!([]));
    }

    fn lists_are_filtered_and_sorted_whichever_way_they_are_read(db) {
        let app = TestApp::new(&db);
        let (admin, li, boss) = (app.sign_in("admin"), app.sign_in("li"), app.all_powerful());
        let class = field(&admin, "customer", "choice", "客户分类", choices(&["甲", "乙"]));
        let goods = field(&admin, "customer", "multi", "采购品类", choices(&["钢材", "电机", "轴承"]));
        let credit = field(&admin, "customer", "money", "授信额度", json!({}));
        let contract = field(&admin, "customer", "text", "合同编号", json!({}));
        for n in 0_i64..24 {
            let goods_held: Vec<i64> = (1..=3).filter(|good| n % (good + 1) == 0).collect();
            let mut custom = json!({ &class: n % 2 + 1, &goods: goods_held });
            if n % 3 > 0 {
                custom[&credit] = json!(n % 7 * 100);
                custom[&contract] = json!(format!("合同{:02}", (n * 5) % 24));
            }
            created(&li, &format!("客户{n:02}号"), custom);
        }
        let told = boss.get(&format!("/customers?custom={class},{credit}&sort=name")).ok();
        assert_eq!(told["items"][1]["custom"], json!({ &class: 2, &credit: 100 }));
        assert_eq!(boss.get("/customers").ok()["items"][0].get("custom"), None);
        let number = |name: &String| name[6..8].parse::<i64>().expect("a number");
        let is = |n: i64| n % 2 == 0 && n % 3 == 0;
        for session in [&boss, &li] {
            // By one choice and one of many, in the order of the name: the rarer choice leads.
            for op in [json!(["eq", 1]), json!(["in", [1]]), json!(["in", ["1"]])] {
                let asked = filter(json!([[&class, op[0], op[1]], [&goods, "in", [2]]]));
                let mut found = listed(session, &format!("{asked}&sort=name"));
                assert!(found.is_sorted() && found.len() == 4 && found.iter().all(|name| is(number(name))), "{found:?}");
                for sort in ["-created_at", "created_at", "-name", "-last_contact_at", "grade"] {
                    let mut other = listed(session, &format!("{asked}&sort={sort}"));
                    other.sort();
                    found.sort();
                    assert_eq!(other, found, "{sort}");
                }
            }
            for (asked, count) in [
                (json!([[&credit, "ge", 300]]), 8), (json!([[&credit, "between", [100, 200]]]), 6), (json!([[&credit, "empty"]]), 8),
                (json!([[&credit, "not_empty"]]), 16), (json!([[&class, "ne", 1]]), 12), (json!([[&goods, "empty"]]), 8),
                (json!([[&contract, "contains", "合同0"]]), 6), (json!([[&contract, "eq", "合同05"]]), 1),
                (json!([[&class, "in", [1, 2]]]), 24), (json!([[&class, "eq", 1], ["name", "contains", "客户2"]]), 2),
            ] {
                assert_eq!(listed(session, &filter(asked.clone())).len(), count, "{asked}");
            }
            // Page by page, up and down, those without a value last.
            for sort in [credit.as_str(), &format!("-{credit}"), &contract, &format!("-{contract}")] {
                let whole = listed(session, &format!("sort={sort}&limit=200"));
                assert_eq!(whole.len(), 24, "{sort}");
                assert!(whole[16..].iter().all(|name| number(name) % 3 == 0), "{sort}: {whole:?}");
                if sort == credit {
                    assert!(whole[..16].is_sorted_by_key(|name| number(name) % 7), "{whole:?}");
                }
                assert_eq!(paged(session, &format!("sort={sort}")), whole, "{sort}");
            }
            let asked = filter(json!([[&class, "eq", 1]]));
            for sort in ["name", "-name", "-created_at"] {
                let whole = listed(session, &format!("{asked}&sort={sort}&limit=200"));
                assert_eq!(paged(session, &format!("{asked}&sort={sort}")), whole, "{sort}");
            }
        }
        li.patch(&path(&li.get("/customers?sort=name").ok()["items"][0]), 1, json!({ "name": "阿尔法" })).ok();
        let first = listed(&boss, &format!("{}&sort=name", filter(json!([[&class, "eq", 1]]))));
        assert_eq!(first[0], "阿尔法", "the order follows a new name");
        for bad in [format!("sort={class}"), filter(json!([[&credit, "eq", "x"]])), filter(json!([[&class, "contains", "x"]]))] {
            assert_eq!(boss.get(&format!("/customers?{bad}")).status.as_u16(), 422, "{bad}");
        }
    }

    fn what_is_needed_counts_and_what_is_to_be_found_is_found(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let made = company(&li, "华盛机械");
        let before = made["completeness"].as_i64().expect("per cent");
        let contract = field(&admin, "customer", "text", "合同编号", json!({ "required": true, "searchable": true }));
        app.run_jobs();
        let now = li.get(&path(&made)).ok();
        assert!(now["missing"].as_array().expect("missing").contains(&json!(contract)), "an archive that was there lacks it");
        assert!(now["completeness"].as_i64() < Some(before) && now["version"] == made["version"]);
        let filled = li.patch(&path(&made), 1, json!({ "custom": { &contract: "苍鹭七号" } })).ok();
        assert!(filled["completeness"].as_i64() > Some(before) && !filled["missing"].as_array().expect("missing").contains(&json!(contract)));
        for text in ["苍鹭", "canglu", "clqh"] {
            assert_eq!(listed(&li, &format!("q={}", urlencode(text))), ["华盛机械"], "{text}");
        }
        let change = json!({ "searchable": false });
        admin.patch(&format!("/settings/custom_fields/{contract}"), 1, change).ok();
        app.run_jobs();
        assert_eq!(listed(&li, &format!("q={}", urlencode("苍鹭"))), Vec::<String>::new());
        let secret = json!({ "entity": "customer", "kind": "text", "class": "personal", "zh": "密", "en": "s", "searchable": true });
        assert_eq!(admin.post("/settings/custom_fields", secret).body["fields"][0]["field"], json!("searchable"));
    }

    fn what_is_personal_is_sealed_masked_and_only_revealed(db) {
        let app = TestApp::new(&db);
        let (admin, li, wang) = (app.sign_in("admin"), app.sign_in("li"), app.sign_in("wang"));
        let personal = field(&admin, "customer", "text", "私人爱好", json!({ "class": "personal" }));
        let sensitive = field(&admin, "customer", "date", "体检日", json!({ "class": "sensitive" }));
        let made = created(&li, "华盛机械", json!({ &personal: "收藏茶壶" }));
        assert_eq!(made["custom"], json!({ &personal: { "masked": "***" } }));
        assert_eq!(li.patch(&path(&made), 1, json!({ "custom": { &sensitive: "2027-01-01" } })).body["fields"][0]["code"], json!("not_allowed"));
        // Whose role says so is shown that there is one.
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "manager").expect("managers").clone();
        let mut fields = role["fields"].clone();
        fields[format!("customer.{sensitive}")] = json!("masked");
        admin.patch(&format!("/roles/{}", role["id"].as_str().expect("an id")), 1, json!({ "fields": fields })).ok();
        wang.patch(&path(&made), 1, json!({ "custom": { &sensitive: "2027-01-02" } })).ok();
        assert_eq!(wang.get(&path(&made)).ok()["custom"][&sensitive], json!({ "masked": "***" }));
        assert_eq!(li.get(&path(&made)).ok()["custom"].get(&sensitive), None);
        let reveal = |session: &Session<'_>, field: &str| session.post(&format!("{}/reveal", path(&made)), json!({ "field": field, "reason": "准备礼物" }));
        assert_eq!(reveal(&li, &personal).ok()["value"], json!("收藏茶壶"));
        assert_eq!(reveal(&wang, &sensitive).ok()["value"], json!("2027-01-02"));
        assert_eq!(reveal(&li, &sensitive).status.as_u16(), 403);
        for asked in [filter(json!([[&personal, "eq", "收藏茶壶"]])), filter(json!([[&personal, "not_empty"]])), format!("sort={personal}")] {
            assert_eq!(li.get(&format!("/customers?{asked}")).refused(422), "query.field_not_allowed", "{asked}");
        }
        assert_eq!(li.get(&format!("/customers?custom={personal}")).ok()["items"][0]["custom"][&personal], json!({ "masked": "***" }));
        let audit = String::from_utf8_lossy(&app.sign_in("auditor").get("/audit?limit=200").bytes).into_owned();
        assert!(audit.contains(&format!("\"{personal}\"")) && !audit.contains("收藏茶壶") && !audit.contains("2027-01-02"));
        let (row, kept) = app.read(|tx| {
            let row = tx.query_one(&COUNT_SEALED, &[])?;
            Ok::<(i64, i64), store::Error>((row.get(0)?, row.get(1)?))
        });
        assert_eq!((row, kept), (2, 0), "nothing of it stands open");
    }

    fn a_role_hides_and_locks_them_like_any_field(db) {
        let app = TestApp::new(&db);
        let (admin, boss) = (app.sign_in("admin"), app.all_powerful());
        let key = field(&admin, "customer", "text", "内部评语", json!({}));
        let found = field(&admin, "customer", "text", "合同编号", json!({ "searchable": true }));
        let made = created(&boss, "华盛机械", json!({ &key: "秘密评语", &found: "HT-9" }));
        let say = |access: &str, of: &str| {
            let roles = admin.get("/roles").ok();
            let role = roles["items"].as_array().expect("roles").iter().find(|role| role["name"] == "全能").expect("the role").clone();
            let place = format!("/roles/{}", role["id"].as_str().expect("an id"));
            admin.patch(&place, role["version"].as_i64().expect("a version"), json!({ "fields": { format!("customer.{of}"): access } }))
        };
        say("hidden", &key).ok();
        for place in ["/customers?custom=x1,x2".to_owned(), path(&made), format!("{}/timeline", path(&made)), "/custom_fields".to_owned()] {
            let told = String::from_utf8_lossy(&boss.get(&place).bytes).into_owned();
            assert!(!told.contains("秘密评语") && !told.contains("内部评语"), "{place}: {told}");
        }
        for asked in [filter(json!([[&key, "eq", "秘密评语"]])), format!("sort={key}")] {
            assert_eq!(boss.get(&format!("/customers?{asked}")).refused(422), "query.field_not_allowed");
        }
        let export = json!({ "columns": ["name", &key], "format": "csv" });
        boss.post("/customers/export", export).ok();
        for guess in ["x", "秘密评语"] {
            let answer = boss.patch(&path(&made), 1, json!({ "custom": { &key: guess } }));
            assert_eq!(answer.body["fields"][0]["code"], json!("not_allowed"), "{guess}");
        }
        say("read", &key).ok();
        assert_eq!(boss.get(&path(&made)).ok()["custom"][&key], json!("秘密评语"));
        assert_eq!(boss.patch(&path(&made), 1, json!({ "custom": { &key: "x" } })).body["fields"][0]["code"], json!("not_allowed"));
        assert_eq!(say("hidden", &found).status.as_u16(), 422, "what the search finds cannot be hidden");
        assert_eq!(say("masked", &key).status.as_u16(), 422, "what is ordinary has no masked form");
    }

    fn a_removed_field_is_gone_until_it_is_restored(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let key = field(&admin, "customer", "text", "合同编号", json!({}));
        let made = created(&li, "华盛机械", json!({ &key: "HT-7" }));
        let place = format!("/settings/custom_fields/{key}");
        assert_eq!(admin.delete(&place).status.as_u16(), 204);
        assert_eq!(li.get(&path(&made)).ok()["custom"], json!({}));
        assert_eq!(li.get("/custom_fields").ok()["items"], json!([]));
        assert_eq!(li.get(&format!("/customers?{}", filter(json!([[&key, "eq", "HT-7"]])))).status.as_u16(), 422);
        li.patch(&path(&made), 1, json!({ "notes": "别的" })).ok();
        let again = json!({ "entity": "customer", "kind": "text", "class": "ordinary", "zh": "合同编号", "en": "y" });
        admin.post("/settings/custom_fields", again).created();
        assert_eq!(admin.post(&format!("{place}/restore"), json!({})).status.as_u16(), 422, "another has its name now");
        admin.delete("/settings/custom_fields/x2");
        admin.post(&format!("{place}/restore"), json!({})).ok();
        assert_eq!(li.get(&path(&made)).ok()["custom"], json!({ &key: "HT-7" }));
    }

    fn sheets_bring_them_in_by_their_labels_and_take_them_out_again(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let class = field(&admin, "customer", "choice", "客户分类", choices(&["直营", "代理"]));
        let goods = field(&admin, "customer", "multi", "采购品类", choices(&["钢材", "电机"]));
        let credit = field(&admin, "customer", "money", "授信额度", json!({}));
        let renewal = field(&admin, "customer", "date", "续约日", json!({}));
        let helper = field(&admin, "customer", "person", "技术支持", json!({}));
        let secret = field(&admin, "customer", "text", "私下评价", json!({ "class": "personal" }));
        let temper = field(&admin, "contact", "text", "性格", json!({}));
        let sheet = "客户名称|联系人|客户分类|采购品类|授信额度(万元)|续约日|技术支持|私下评价|性格\n\
            华盛机械|张三|代理|钢材、电机|12.5|2027年3月1日|孙丽|很好|爽快\n\
            瑞丰食品|李四|特约|电机|3|2027/4/2|||";
        let (uploaded, result) = import(&app, &li, sheet, "skip");
        let mapped: Vec<&str> = uploaded["columns"].as_array().expect("columns").iter().filter_map(|one| one["field"].as_str()).collect();
        let expected = [&class, &goods, &credit, &renewal, &helper, &secret].map(String::as_str);
        assert_eq!((&mapped[2..8], mapped[8]), (&expected[..], format!("contact.{temper}").as_str()));
        assert_eq!(result["created"], json!(2), "{result}");
        let (one, two) = (customer(&li, "华盛机械"), customer(&li, "瑞丰食品"));
        let sun = json!({ "id": app.person("sun").uuid(), "name": "孙丽" });
        assert_eq!(one["custom"], json!({ &class: 2, &goods: [1, 2], &credit: 12_500_000, &renewal: "2027-03-01", &helper: sun,
            &secret: { "masked": "***" } }));
        assert_eq!(two["custom"], json!({ &goods: [2], &credit: 3_000_000, &renewal: "2027-04-02" }));
        assert!(two["notes"].as_str().is_some_and(|notes| notes.contains("客户分类：特约")), "what no choice says is in the notes");
        assert_eq!(li.get(&format!("{}/contacts", path(&one))).ok()["items"][0]["custom"][&temper], json!("爽快"));
        let asked = json!({ "columns": ["name", &class, &goods, &credit, &renewal, &helper, &secret], "format": "csv", "sort": "name",
            "filter": [[&credit, "ge", 5_000_000]] });
        let job = li.post("/customers/export", asked).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        let file = li.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file")));
        assert_eq!(cells(file.bytes), [
            ["客户名称", "客户分类", "采购品类", "授信额度", "续约日", "技术支持", "私下评价"],
            ["华盛机械", "代理", "钢材、电机", "125000.00", "2027-03-01", "孙丽", "***"],
        ]);
    }

    fn definitions_are_the_administrators_and_bounded(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let key = field(&admin, "customer", "choice", "客户分类", choices(&["甲", "乙"]));
        let made = created(&li, "华盛机械", json!({ &key: 1 }));
        let place = format!("/settings/custom_fields/{key}");
        for refused in [li.get("/settings/custom_fields"), li.delete(&place), li.post("/settings/custom_fields", json!({}))] {
            assert!([403, 422].contains(&refused.status.as_u16()), "{}", refused.status);
        }
        // A retired choice stays where it stands, and is offered to nobody else.
        let kept = json!({ "choices": [{ "id": 2, "zh": "乙类" }, { "id": 0, "zh": "丙类" }] });
        let changed = admin.patch(&place, 1, kept).ok();
        assert_eq!(changed["choices"][2], json!({ "id": 1, "zh": "甲", "en": "", "retired": true }));
        assert_eq!(li.get(&path(&made)).ok()["custom"][&key], json!(1));
        let other = li.post("/customers", json!({ "name": "瑞丰食品", "custom": { &key: 1 } }));
        assert_eq!(other.body["fields"][0]["code"], json!("choice.retired"));
        assert_eq!(admin.patch(&place, 1, json!({ "zh": "x" })).status.as_u16(), 412);
        for (field, wrong) in [("zh", json!(" ")), ("zh", json!("x".repeat(41))), ("choices", json!([]))] {
            assert_eq!(admin.patch(&place, 2, json!({ field: wrong })).status.as_u16(), 422, "{field}");
        }
        for n in 1..50 {
            field(&admin, "customer", "text", &format!("字段{n}"), json!({}));
        }
        let one_more = json!({ "entity": "customer", "kind": "text", "class": "ordinary", "zh": "多", "en": "more" });
        assert_eq!(admin.post("/settings/custom_fields", one_more).refused(409), "custom_field.too_many");
        field(&admin, "contact", "text", "多", json!({}));
        let order = admin.put("/settings/custom_fields", 0, json!({ "keys": ["x3", "x1"] })).ok();
        assert_eq!((&order["items"][0]["key"], &order["items"][1]["key"]), (&json!("x3"), &json!("x1")));
    }
}

fn paged(session: &Session<'_>, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = session.get(&format!("/customers?{query}&limit=5{cursor}")).ok();
        all.extend(names(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

store::statements! {
    COUNT_SEALED = "select count(sealed), count(text) + count(number) + count(key) from custom_value";
}
