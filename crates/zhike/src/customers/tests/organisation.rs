//! Organisation chart, people who change companies or must not be contacted, relations between customers.

use serde_json::{Value, json};

use super::{company, names, path};
use crate::testing::{Session, TestApp};

fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}

fn unit(session: &Session<'_>, customer: &Value, name: &str, parent: Option<&Value>) -> Value {
    let body = json!({ "name": name, "parent_id": parent.map(id) });
    session.post(&format!("{}/chart", path(customer)), body).created()
}

fn contact(session: &Session<'_>, customer: &Value, body: Value) -> Value {
    session.post(&format!("{}/contacts", path(customer)), body).created()
}

fn contact_path(customer: &Value, contact: &Value) -> String {
    format!("{}/contacts/{}", path(customer), id(contact))
}

fn relate(session: &Session<'_>, customer: &Value, kind: &str, other: &Value) -> crate::testing::Reply {
    session.post(&format!("{}/relations", path(customer)), json!({ "kind": kind, "other_id": id(other) }))
}

fn related(session: &Session<'_>, customer: &Value, query: &str) -> Value {
    session.get(&format!("{}/relations{query}", path(customer))).ok()
}

fn others(page: &Value) -> Vec<(&str, &str)> {
    let items = page["items"].as_array().expect("items").iter();
    items
        .map(|item| (item["kind"].as_str().expect("a kind"), item["other"]["name"].as_str().expect("a name")))
        .collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_chart_is_drawn_and_rearranged(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let wei = contact(&li, &made, json!({ "name": "张伟", "department": "采购部" }));
        let place = format!("{}/chart", path(&made));
        let drawn = li.post(&format!("{place}/from_departments"), json!({})).ok();
        let buying = drawn["items"][0].clone();
        assert_eq!((&buying["name"], drawn["items"].as_array().map(Vec::len)), (&json!("采购部"), Some(1)));
        let top = unit(&li, &made, "总经办", None);
        let finance = unit(&li, &made, "财务部", Some(&top));
        let below = |unit: &Value, body: Value| li.patch(&format!("{place}/{}", id(unit)), unit["version"].as_i64().expect("a version"), body);
        let buying = below(&buying, json!({ "parent_id": id(&top), "place": 0 })).ok();
        let order = li.get(&place).ok();
        assert_eq!(names(&order).iter().filter(|name| **name != "总经办").copied().collect::<Vec<_>>(), ["采购部", "财务部"]);
        assert_eq!(below(&top, json!({ "parent_id": id(&buying) })).fault(), "parent_id: below_itself");
        assert_eq!(below(&top, json!({ "name": "财务部" })).fault(), "name: twice");
        assert_eq!(li.post(&place, json!({ "name": " " })).fault(), "name: required");
        assert_eq!(li.patch(&format!("{place}/{}", id(&top)), 9, json!({ "name": "x" })).refused(412), "stale");
        // Where somebody stands and what their department is called are one.
        below(&buying, json!({ "name": "采购中心" })).ok();
        let people = li.get(&format!("{}/contacts", path(&made))).ok();
        assert_eq!((&people["items"][0]["department"], &people["items"][0]["unit_id"]), (&json!("采购中心"), &buying["id"]));
        let moved = li.patch(&contact_path(&made, &wei), 3, json!({ "unit_id": id(&finance), "attitude": "support", "influence": "high" })).ok();
        assert_eq!((&moved["department"], &moved["attitude"], &moved["influence"]), (&json!("财务部"), &json!("support"), &json!("high")));
        let renamed = li.patch(&contact_path(&made, &wei), 4, json!({ "department": "采购中心" })).ok();
        assert_eq!(renamed["unit_id"], buying["id"]);
        let boss = contact(&li, &made, json!({ "name": "王芳", "unit_id": id(&top) }));
        let wei = li.patch(&contact_path(&made, &wei), 5, json!({ "reports_to": id(&boss) })).ok();
        assert_eq!(li.patch(&contact_path(&made, &boss), 1, json!({ "reports_to": id(&wei) })).fault(), "reports_to: below_itself");
        // What stood in a department that goes comes to stand above it.
        assert!(li.delete(&format!("{place}/{}", id(&buying))).ok().is_null());
        let people = li.get(&format!("{}/contacts", path(&made))).ok();
        let wei = people["items"].as_array().expect("items").iter().find(|one| one["name"] == "张伟").expect("there");
        assert_eq!((&wei["unit_id"], &wei["department"]), (&top["id"], &json!("总经办")));
        let boss = contact_path(&made, &boss);
        li.delete(&boss).ok();
        assert_eq!(li.get(&format!("{}/contacts", path(&made))).ok()["items"][0]["reports_to"], Value::Null);
        assert_eq!(app.sign_in("zhao").get(&place).refused(404), "not_found");
        assert_eq!(app.sign_in("mei").post(&place, json!({ "name": "x" })).refused(403), "forbidden");
    }

    fn whoever_may_not_know_departments_is_shown_no_chart(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let made = company(&session, "华盛机械");
        let wei = contact(&session, &made, json!({ "name": "张伟", "department": "采购部" }));
        session.post(&format!("{}/chart/from_departments", path(&made)), json!({})).ok();
        let admin = app.sign_in("admin");
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["name"] == "全能").expect("a role");
        let hidden = json!({ "fields": { "contact.department": "hidden" } });
        admin.patch(&format!("/roles/{}", id(role)), role["version"].as_i64().expect("a version"), hidden).ok();
        assert_eq!(session.get(&format!("{}/chart", path(&made))).ok()["items"], json!([]));
        let shown = session.get(&format!("{}/contacts", path(&made))).ok();
        assert_eq!((&shown["items"][0]["unit_id"], &shown["items"][0]["department"]), (&Value::Null, &Value::Null));
        assert_eq!(session.post(&format!("{}/chart", path(&made)), json!({ "name": "x" })).refused(403), "forbidden");
        assert_eq!(session.patch(&contact_path(&made, &wei), 2, json!({ "unit_id": null })).fault(), "department: not_allowed");
    }

    fn somebody_who_must_not_be_contacted_is_left_alone(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let wei = contact(&li, &made, json!({ "name": "张伟", "phone": "13900001111", "decision_maker": true }));
        let place = format!("{}/no_contact", contact_path(&made, &wei));
        let put = |body: Value| li.request(axum::http::Method::PUT, &place).json(body).send();
        assert_eq!(put(json!({ "reason": "" })).fault(), "reason: required");
        let barred = put(json!({ "reason": "本人要求不再来电" })).ok();
        assert_eq!((&barred["no_contact"]["why"], &barred["no_contact"]["by"]["name"]), (&json!("本人要求不再来电"), &json!("李雷")));
        assert_eq!(barred["no_contact"]["at"], json!("2026-11-23T01:30:00Z"));
        let reveal = json!({ "field": "phone", "contact_id": id(&wei), "reason": "回访" });
        assert_eq!(li.post(&format!("{}/reveal", path(&made)), reveal.clone()).refused(409), "contact.no_contact");
        assert!(li.get(&path(&made)).ok()["missing"].as_array().expect("a list").contains(&json!("contact")));
        let (who, customer) = (app.principal("li"), made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
        let card = app.read(move |tx| crate::customers::service::cards(tx, &who, &[customer])).remove(0);
        assert_eq!(card.decision_maker, None, "nobody is sent to them");
        let again = li.delete(&place).ok();
        assert_eq!(again["no_contact"], Value::Null);
        assert_eq!(li.post(&format!("{}/reveal", path(&made)), reveal).ok()["value"], json!("13900001111"));
    }

    fn somebody_changes_companies(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (old, new) = (company(&li, "华盛机械"), li.post("/customers", json!({ "name": "瑞丰食品" })).created());
        let wei = contact(&li, &old, json!({ "name": "张伟", "phone": "13900001111", "email": "zw@huasheng.example", "wechat": "zhangwei01", "preferences": "普洱" }));
        let place = format!("{}/move", contact_path(&old, &wei));
        assert_eq!(li.post(&place, json!({ "customer_id": id(&old) })).fault(), "customer_id: same_customer");
        let foreign = app.sign_in("zhao").post("/customers", json!({ "name": "别人的客户" })).created();
        assert_eq!(li.post(&place, json!({ "customer_id": id(&foreign) })).fault(), "customer_id: not_found");
        let arrived = li.post(&place, json!({ "customer_id": id(&new), "position": "副总经理" })).created();
        assert_eq!((&arrived["position"], &arrived["preferences"], &arrived["phone"]["masked"]), (&json!("副总经理"), &json!("普洱"), &json!("139****1111")));
        assert_eq!((&arrived["email"], &arrived["moved_from"]["customer"]), (&Value::Null, &json!("华盛机械")));
        let left = li.get(&format!("{}/contacts", path(&old))).ok()["items"][0].clone();
        assert_eq!((&left["left"], &left["moved_to"]["customer"], &left["phone"]), (&json!(true), &json!("瑞丰食品"), &Value::Null));
        assert_eq!(left["email"]["masked"].as_str().map(|mail| mail.ends_with("huasheng.example")), Some(true));
        let reveal = json!({ "field": "phone", "contact_id": id(&arrived), "reason": "回访" });
        assert_eq!(li.post(&format!("{}/reveal", path(&new)), reveal).ok()["value"], json!("13900001111"));
        assert_eq!(names(&li.get("/customers?q=13900001111").ok()), ["瑞丰食品"]);
        assert_eq!(li.post(&place, json!({ "customer_id": id(&new) })).refused(409), "contact.moved");
        // Who may not see where somebody went is not told.
        let share = json!({ "level": "read" });
        let shared = format!("{}/collaborators/{}", path(&old), app.person("zhao").uuid());
        app.sign_in("wang").request(axum::http::Method::PUT, &shared).json(share).send().ok();
        let seen = app.sign_in("zhao").get(&format!("{}/contacts", path(&old)));
        if seen.status.is_success() {
            assert_eq!(seen.ok()["items"][0]["moved_to"], Value::Null);
        }
    }

    fn relations_are_seen_from_both_sides(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let [group, child, supplier] = ["华盛集团", "瑞丰食品", "恒泰电子"].map(|name| li.post("/customers", json!({ "name": name })).created());
        let made = relate(&li, &group, "subsidiary", &child).created();
        relate(&li, &group, "supplier", &supplier).created();
        assert_eq!(others(&related(&li, &group, "")), [("subsidiary", "瑞丰食品"), ("supplier", "恒泰电子")]);
        assert_eq!(others(&related(&li, &child, "")), [("parent", "华盛集团")]);
        assert_eq!(others(&related(&li, &supplier, "?kinds=buyer")), [("buyer", "华盛集团")]);
        assert_eq!(relate(&li, &child, "parent", &group).refused(409), "relation.known");
        assert_eq!(relate(&li, &group, "parent", &group).fault(), "other_id: same_customer");
        assert_eq!(li.get(&format!("{}/relations?kinds=x", path(&group))).refused(422), "query.invalid");
        let grandchild = li.post("/customers", json!({ "name": "孙公司" })).created();
        relate(&li, &grandchild, "parent", &child).created();
        assert_eq!(relate(&li, &group, "parent", &grandchild).refused(409), "relation.not_possible", "a ring");
        assert_eq!(relate(&li, &supplier, "subsidiary", &child).refused(409), "relation.not_possible", "two groups above one");
        let way = li.get(&format!("{}/group", path(&grandchild))).ok();
        assert_eq!(names(&json!({ "items": way["way"] })), ["华盛集团", "瑞丰食品", "孙公司"]);
        li.delete(&format!("{}/relations/{}", path(&child), id(&made))).ok();
        assert_eq!(others(&related(&li, &group, "?kinds=subsidiary")), []);
        assert_eq!(li.delete(&format!("{}/relations/{}", path(&group), id(&made))).refused(404), "not_found");
    }

    fn a_group_is_read_page_by_page(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let group = li.post("/customers", json!({ "name": "集团" })).created();
        for name in ["天元电子", "地利食品", "玄武机械", "黄海航运", "宇通软件", "宙斯贸易", "洪都包装"] {
            let member = li.post("/customers", json!({ "name": name })).created();
            relate(&li, &group, "subsidiary", &member).created();
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = related(&li, &group, &format!("?kinds=subsidiary&limit=3{cursor}"));
            seen.push(page["items"].as_array().map(Vec::len).expect("items"));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, [3, 3, 1]);
        assert_eq!(li.get(&format!("{}/relations?limit=0", path(&group))).refused(422), "query.invalid");
        assert_eq!(li.get(&format!("{}/relations?cursor=x", path(&group))).refused(422), "query.invalid");
    }

    fn members_that_somebody_may_not_see_are_told_by_nothing(db) {
        let app = TestApp::new(&db);
        let (li, zhao, all) = (app.sign_in("li"), app.sign_in("zhao"), app.all_powerful());
        let group = li.post("/customers", json!({ "name": "华盛集团" })).created();
        let hidden = zhao.post("/customers", json!({ "name": "看不见的公司" })).created();
        let shown = li.post("/customers", json!({ "name": "看得见的公司" })).created();
        let empty = related(&li, &group, "?limit=1");
        let made = relate(&all, &group, "subsidiary", &hidden).created();
        assert_eq!(related(&li, &group, "?limit=1"), empty, "not by name, number or cursor");
        relate(&all, &group, "subsidiary", &shown).created();
        assert_eq!(others(&related(&li, &group, "?limit=1")), [("subsidiary", "看得见的公司")]);
        assert_eq!(related(&li, &group, "?limit=1")["next"], Value::Null);
        assert_eq!(names(&json!({ "items": zhao.get(&format!("{}/group", path(&hidden))).ok()["way"] })), ["看不见的公司"]);
        assert_eq!(relate(&li, &group, "supplier", &hidden).fault(), "other_id: not_found");
        assert_eq!(li.delete(&format!("{}/relations/{}", path(&group), id(&made))).refused(404), "not_found");
        // A ring through what is not seen is refused like a second group.
        let below = li.post("/customers", json!({ "name": "下级" })).created();
        relate(&all, &hidden, "subsidiary", &below).created();
        assert_eq!(relate(&li, &below, "subsidiary", &group).refused(409), "relation.not_possible");
    }

    fn a_group_that_was_removed_holds_nobody_back(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let [old, new, child] = ["旧集团", "新集团", "子公司"].map(|name| wang.post("/customers", json!({ "name": name })).created());
        relate(&wang, &child, "parent", &old).created();
        assert_eq!(relate(&wang, &child, "parent", &new).refused(409), "relation.not_possible");
        wang.delete(&path(&old)).ok();
        assert_eq!(others(&related(&wang, &child, "")), []);
        relate(&wang, &new, "subsidiary", &child).created();
        let way = |customer: &Value| names(&json!({ "items": wang.get(&format!("{}/group", path(customer))).ok()["way"] })).join(" ");
        assert_eq!(way(&child), "新集团 子公司");
        wang.post(&format!("{}/restore", path(&old)), json!({})).ok();
        assert_eq!(way(&child), "新集团 子公司", "it is in one group only");
        assert_eq!(others(&related(&wang, &old, "")), []);
        // A group that comes back before another takes its place has its members still.
        wang.delete(&path(&new)).ok();
        wang.post(&format!("{}/restore", path(&new)), json!({})).ok();
        assert_eq!(way(&child), "新集团 子公司");
        // Round a removed one there is a ring too, which would be there when it comes back.
        let below = wang.post("/customers", json!({ "name": "孙公司" })).created();
        relate(&wang, &below, "parent", &child).created();
        wang.delete(&path(&child)).ok();
        assert_eq!(relate(&wang, &new, "parent", &below).refused(409), "relation.not_possible");
    }

    fn a_page_ends_though_thousands_are_passed_over(db) {
        use crate::customers::relations::{Relation, RelationKind};
        use store::Entity as _;
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let group = li.post("/customers", json!({ "name": "集团" })).created();
        let (who, of) = (app.principal("li"), id(&group).parse::<uuid::Uuid>().expect("an id"));
        app.write(move |tx| {
            (0..8_100).try_for_each(|_| {
                let hidden = Relation {
                    id: crate::kernel::Id::new(),
                    customer_id: crate::kernel::Id::from_uuid(of),
                    other_id: crate::kernel::Id::new(),
                    kind: RelationKind::Subsidiary,
                    note: None,
                    created_by: who.user,
                    created_at: who.now,
                };
                Ok(hidden.insert(tx)?)
            })
        });
        app.pass(jiff::SignedDuration::from_secs(1));
        let li = app.sign_in("li");
        let shown = li.post("/customers", json!({ "name": "看得见的公司" })).created();
        relate(&li, &group, "subsidiary", &shown).created();
        let first = related(&li, &group, "");
        assert_eq!(others(&first), [], "a bound on what one request reads");
        let next = first["next"].as_str().expect("a place to go on from");
        let rest = related(&li, &group, &format!("?cursor={next}"));
        assert_eq!((others(&rest), &rest["next"]), (vec![("subsidiary", "看得见的公司")], &Value::Null));
    }

    fn two_relations_at_once_make_no_ring(db) {
        use crate::customers::relations::RelationKind;
        use crate::customers::relations::service::{NewRelation, relate};
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let ids: Vec<uuid::Uuid> = (0..2).map(|n| {
            let made = li.post("/customers", json!({ "name": format!("第{n}家") })).created();
            id(&made).parse().expect("an id")
        }).collect();
        let turn = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let pair = ids.clone();
        let answers = app.at_once("li", move |tx, who| {
            let at = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2;
            let new = NewRelation { kind: RelationKind::Parent, other_id: pair[1 - at], note: None };
            relate(tx, &who.grant()?, crate::kernel::Id::from_uuid(pair[at]), &new).map(drop)
        });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    }
}
