//! The cooperation history through its HTTP door, on both databases.

use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use store::Tx;
use uuid::Uuid;

use super::rules::{Deal, add_up};
use super::totals;
use crate::customers::import::tests::{cells, counts, rejected, run, sheets};
use crate::kernel::{Id, Result};
use crate::testing::{Reply, Session, TestApp};

fn company(session: &Session<'_>, name: &str) -> Value {
    let new = json!({ "name": name, "allow_duplicate": true, "duplicate_reason": "test" });
    session.post("/customers", new).created()
}

fn path(customer: &Value) -> String {
    format!("/customers/{}", customer["id"].as_str().expect("an id"))
}

fn deals(customer: &Value) -> String {
    format!("{}/cooperation", path(customer))
}

fn order(on: &str, fen: i64) -> Value {
    json!({ "kind": "order", "happened_on": on, "amount_fen": fen, "items": ["机床"] })
}

fn add(session: &Session<'_>, customer: &Value, record: Value) -> Value {
    session.post(&deals(customer), record).created()
}

fn sum(session: &Session<'_>, customer: &Value) -> Value {
    session.get(&format!("{}/totals", deals(customer))).ok()
}

fn names(reply: Reply) -> Vec<String> {
    let body = reply.ok();
    body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// `filter` in a URL.
fn filtered(filter: &Value) -> String {
    let text = filter.to_string();
    let coded = text.bytes().map(|byte| match byte {
        b if b.is_ascii_alphanumeric() || b == b'-' || b == b'_' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    });
    format!("/customers?filter={}", coded.collect::<String>())
}

fn facts(app: &TestApp, subject: &Value, kind: &'static str) -> usize {
    let subject: Uuid = subject.as_str().and_then(|id| id.parse().ok()).expect("an id");
    app.read(move |tx| store::outbox::of_subject(tx, subject, kind)).len()
}

/// Uploads a sheet of deals, with the mapping that was recognised.
fn upload(session: &Session<'_>, text: &str) -> Value {
    let content = sheets::csv(&sheets::rows(text));
    session.request(Method::POST, "/imports?subject=cooperation").file("订单.csv", content.as_bytes()).send().created()
}

fn map(session: &Session<'_>, import: &Value) -> Reply {
    let column = |column: &Value| json!({ "index": column["index"], "field": column["field"] });
    let columns: Value = import["columns"].as_array().expect("columns").iter().map(column).collect();
    let body = json!({ "columns": columns, "duplicates": "update" });
    session
        .request(Method::PUT, &format!("/imports/{}/mapping", import["id"].as_str().expect("an id")))
        .json(body)
        .send()
}

const SHEET: &str = "客户名称|类型|编号|日期|产品|金额(万元)|状态|备注
上海华盛机械有限公司|合同|HT-1|2025-03-01|年度框架||已签订|
上海华盛机械有限公司|订单|DD-1|2026-05-06|机床；培训|12.5|已交付|迟到三天
上海华盛机械股份有限公司|订单|DD-1|2026-05-06|机床；培训|12.5|已交付|迟到三天
乙方公司|订单|DD-9|2026-05-06|机床|1|已交付|
没有这家|订单|DD-9|2026-05-06|机床|1|已交付|
上海华盛机械有限公司|订单|DD-2|开春|机床|1|已交付|
上海华盛机械有限公司|订单|DD-3|2026-06-01|机床|0.5|心情不错|
上海华盛机械有限公司|订单||2026-06-02|备件|0.5||";

store::statements! {
    CUSTOMERS = "select id, last_deal_on, cooperation_fen from customer";
    ROWS = "select kind, number, happened_on, amount_fen, contract_number, state from cooperation where customer_id = $1";
    PRETEND = "update cooperation_total set orders = 50000 where customer_id = $1";
    TOLD = "select kind, at from fact where subject = $1 order by recorded_at, kind";
    TOTAL = "select first_on, last_on, orders, contracts, renewals, amount_fen from cooperation_total where customer_id = $1";
}

type Told = (Option<jiff::civil::Date>, Option<i64>, Option<(i64, i64, i64)>);

/// What is written of each customer, and what its rows add up to.
fn written_and_true(tx: &mut Tx<'_>) -> Result<Vec<(Told, Told)>> {
    let mut all = Vec::new();
    for customer in tx.query(&CUSTOMERS, &[])? {
        let id: Uuid = customer.get(0)?;
        let deals = tx.query(&ROWS, &[&id])?.into_iter().map(|row| {
            Ok(Deal {
                kind: row.get(0)?,
                number: row.get(1)?,
                on: row.get(2)?,
                amount_fen: row.get(3)?,
                contract_number: row.get(4)?,
                state: row.get(5)?,
            })
        });
        let sum = add_up(&deals.collect::<Result<Vec<_>>>()?);
        let total = tx.query_opt(&TOTAL, &[&id])?;
        let kept =
            total.map(|row| Ok::<_, store::Error>((row.get(1)?, row.get(5)?, (row.get(2)?, row.get(3)?, row.get(4)?))));
        let kept = kept.transpose()?;
        let (listed_on, listed_fen) = (customer.get(1)?, customer.get(2)?);
        assert_eq!(kept.map(|(on, fen, _)| (Some(on), Some(fen))).unwrap_or_default(), (listed_on, listed_fen));
        let truth = sum.as_ref().map(|sum| (sum.orders, sum.contracts, sum.renewals));
        all.push((
            (listed_on, listed_fen, kept.map(|(_, _, counts)| counts)),
            (sum.as_ref().map(|sum| sum.last_on), sum.as_ref().map(|sum| sum.amount_fen), truth),
        ));
    }
    Ok(all)
}

/// Something that is done to one of two customers.
#[derive(Clone, Debug)]
enum Deed {
    Add { at: bool, kind: usize, fen: Option<i64>, number: Option<u8>, under: Option<u8>, day: i8 },
    Change { which: usize, fen: Option<i64>, state: usize, kind: usize, day: i8 },
    Remove { which: usize },
    Merge,
    Part,
}

fn deed() -> impl Strategy<Value = Deed> {
    let number = || proptest::option::of(0..3_u8);
    prop_oneof![
        6 => (any::<bool>(), 0..3_usize, proptest::option::of(0..10_000_i64), number(), number(), 1..28_i8)
            .prop_map(|(at, kind, fen, number, under, day)| Deed::Add { at, kind, fen, number, under, day }),
        3 => (0..100_usize, proptest::option::of(0..10_000_i64), 0..3_usize, 0..3_usize, 1..28_i8)
            .prop_map(|(which, fen, state, kind, day)| Deed::Change { which, fen, state, kind, day }),
        2 => (0..100_usize).prop_map(|which| Deed::Remove { which }),
        1 => Just(Deed::Merge),
        1 => Just(Deed::Part),
    ]
}

struct Stage<'a> {
    wang: Session<'a>,
    customers: [Value; 2],
    merge: Option<Value>,
}

impl Stage<'_> {
    fn does(&mut self, deed: &Deed) {
        match deed {
            Deed::Add { at, kind, fen, number, under, day } => {
                let kind = ["order", "contract", "renewal"][*kind];
                let record = json!({ "kind": kind, "happened_on": format!("2026-03-{day:02}"), "amount_fen": fen,
                    "number": number.map(|n| format!("N{n}")), "contract_number": under.map(|n| format!("N{n}")) });
                self.wang.post(&deals(&self.customers[usize::from(*at)]), record);
            }
            Deed::Change { which, fen, state, kind, day } => {
                let (kind, day) = (["order", "contract", "renewal"][*kind], format!("2025-03-{day:02}"));
                let state = ["signed", "delivered", "cancelled"][*state];
                let Some((place, record)) = self.one(*which) else { return };
                let version = record["version"].as_i64().expect("a version");
                self.wang.patch(
                    &place,
                    version,
                    json!({ "amount_fen": fen, "state": state, "kind": kind, "happened_on": day }),
                );
            }
            Deed::Remove { which } => {
                if let Some((place, _)) = self.one(*which) {
                    self.wang.delete(&place).ok();
                }
            }
            Deed::Merge if self.merge.is_none() => {
                let version = |customer: &Value| self.wang.get(&path(customer)).ok()["version"].clone();
                let body = json!({ "loser_id": self.customers[1]["id"], "loser_version": version(&self.customers[1]) });
                let place = format!("{}/merges", path(&self.customers[0]));
                let first = version(&self.customers[0]).as_i64().expect("a version");
                self.merge = Some(self.wang.request(Method::POST, &place).version(first).json(body).send().ok());
            }
            Deed::Part => {
                if let Some(merge) = self.merge.take() {
                    let id = merge["id"].as_str().expect("an id");
                    self.wang.post(&format!("{}/merges/{id}/undo", path(&self.customers[0])), json!({})).ok();
                }
            }
            Deed::Merge => {}
        }
    }

    /// One of the first customer's records.
    fn one(&self, which: usize) -> Option<(String, Value)> {
        let place = deals(&self.customers[0]);
        let list = self.wang.get(&place).ok()["items"].as_array().expect("items").clone();
        let record = list.get(which % list.len().max(1))?.clone();
        Some((format!("{place}/{}", record["id"].as_str().expect("an id")), record))
    }
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn what_was_ordered_and_signed_adds_up(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        assert_eq!(sum(&li, &made), json!({ "first_on": null, "last_on": null, "orders": 0, "contracts": 0, "renewals": 0, "amount_fen": null, "years": [] }));
        let contract = add(&li, &made, json!({ "kind": "contract", "number": "HT-1", "happened_on": "2024-02-01", "amount_fen": 10_000,
            "starts_on": "2024-03-01", "ends_on": "2025-02-28", "items": ["年度保养"] }));
        let first = add(&li, &made, order("2026-05-06", 4_000));
        let mut within = order("2026-06-07", 3_000);
        (within["contract_number"], within["problems"]) = (json!("HT-1"), json!("迟到三天"));
        add(&li, &made, within);
        let told = sum(&li, &made);
        assert_eq!((&told["amount_fen"], &told["orders"], &told["contracts"]), (&json!(14_000), &json!(2), &json!(1)));
        assert_eq!((&told["first_on"], &told["last_on"]), (&json!("2024-02-01"), &json!("2026-06-07")));
        assert_eq!(told["years"], json!([{ "year": 2026, "count": 2, "amount_fen": 4_000 }, { "year": 2024, "count": 1, "amount_fen": 10_000 }]));
        let customer = li.get(&path(&made)).ok();
        assert_eq!(customer["cooperation_since"], "2024-02-01", "the first deal");
        let place = format!("{}/{}", deals(&made), first["id"].as_str().expect("an id"));
        let changed = li.patch(&place, 1, json!({ "state": "cancelled" })).ok();
        assert_eq!((&changed["state"], &changed["version"], &changed["amount_fen"]), (&json!("cancelled"), &json!(2), &json!(4_000)));
        assert_eq!(sum(&li, &made)["amount_fen"], 10_000);
        assert_eq!(li.patch(&place, 1, json!({ "state": "signed" })).refused(412), "stale");
        li.delete(&place).ok();
        assert_eq!(li.get(&deals(&made)).ok()["items"].as_array().map(Vec::len), Some(2));
        let timeline = li.get(&format!("{}/timeline?kinds=cooperation", path(&made))).ok();
        assert_eq!(timeline["items"][0]["data"]["problems"], "迟到三天");
        assert_eq!(timeline["items"][1]["at"], "2024-01-31T16:00:00Z", "that day began in Shanghai");
        assert_eq!((facts(&app, &contract["id"], "contract_signed"), facts(&app, &first["id"], "order_placed")), (1, 1));
        assert_eq!(facts(&app, &first["id"], "cooperation_withdrawn"), 1, "called off once, however it went on");
        let audit = app.sign_in("auditor").get("/audit?limit=200").ok();
        let of_it = audit["items"].as_array().expect("items").iter().filter(|item| item["entity_id"] == first["id"]);
        assert_eq!(of_it.filter_map(|item| item["action"].as_str()).collect::<Vec<_>>(), ["delete", "update", "create"]);
    }

    fn what_is_known_to_be_of_another_day_or_kind_is_told_anew(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let first = add(&li, &made, order("2026-03-05", 4_000));
        let id: Uuid = first["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let told = || app.read(move |tx| {
            let rows = tx.query(&TOLD, &[&id])?;
            rows.iter().map(|row| Ok((row.get::<String>(0)?, row.get::<jiff::Timestamp>(1)?.to_string()))).collect::<Result<Vec<_>>>()
        });
        let since = || li.get(&path(&made)).ok()["cooperation_since"].clone();
        assert_eq!(since(), "2026-03-05");
        let place = format!("{}/{}", deals(&made), first["id"].as_str().expect("an id"));
        li.patch(&place, 1, json!({ "happened_on": "2026-09-05" })).ok();
        let placed = |at: &str| ("order_placed".to_owned(), at.to_owned());
        assert_eq!(told(), [placed("2026-03-04T16:00:00Z"), placed("2026-09-04T16:00:00Z")]);
        assert_eq!(since(), "2026-09-05", "it goes along with what it came from");
        li.patch(&place, 2, json!({ "kind": "contract" })).ok();
        let kinds: Vec<String> = told().into_iter().skip(2).map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["contract_signed", "cooperation_withdrawn"]);
        li.patch(&place, 3, json!({ "problems": "迟到三天" })).ok();
        assert_eq!(told().len(), 4, "nothing that rules plan by has changed");
        // Two versions of one fact: the engine believes the one recorded last.
        let known = app.read(move |tx| store::outbox::of_subject(tx, id, "order_placed"));
        assert!(known.iter().all(|fact| fact.id == known[0].id));
        li.delete(&place).ok();
        assert!(since().is_null(), "{}", since());
        let said = company(&li, "恒泰电子");
        li.patch(&path(&said), said["version"].as_i64().expect("a version"), json!({ "cooperation_since": "2019-01-01" })).ok();
        let deal = add(&li, &said, order("2026-03-05", 1));
        li.delete(&format!("{}/{}", deals(&said), deal["id"].as_str().expect("an id"))).ok();
        assert_eq!(li.get(&path(&said)).ok()["cooperation_since"], "2019-01-01", "what somebody said stays");
    }

    fn an_order_more_costs_no_reading_of_all_the_others(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        add(&li, &made, order("2026-05-06", 4_000));
        let id: Uuid = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        // What an order adds is added to what is written, not read from the rows.
        app.write(move |tx| Ok(tx.execute(&PRETEND, &[&id])?));
        add(&li, &made, order("2026-05-07", 1));
        assert_eq!((&sum(&li, &made)["orders"], &sum(&li, &made)["amount_fen"]), (&json!(50_001), &json!(4_001)));
        // A contract with an amount, whose orders are part of it, is reason to look at all of them.
        add(&li, &made, json!({ "kind": "contract", "number": "HT-1", "happened_on": "2026-05-08", "amount_fen": 5 }));
        assert_eq!((&sum(&li, &made)["orders"], &sum(&li, &made)["amount_fen"]), (&json!(2), &json!(4_006)));
    }

    fn bad_input_says_what_to_do_and_changes_nothing(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        add(&li, &made, json!({ "kind": "order", "number": "DD-1", "happened_on": "2026-01-01" }));
        for (bad, fault) in [
            (json!({ "happened_on": "2026-01-01" }), "kind: required"),
            (json!({ "kind": "order" }), "happened_on: required"),
            (json!({ "kind": "order", "happened_on": "2027-01-01" }), "happened_on: date.in_future"),
            (json!({ "kind": "order", "happened_on": "2026-01-01", "amount_fen": -1 }), "amount_fen: number.out_of_range"),
            (json!({ "kind": "contract", "happened_on": "2026-01-01", "starts_on": "2026-02-01", "ends_on": "2026-01-31" }), "ends_on: date.before_start"),
            (json!({ "kind": "order", "happened_on": "2026-01-01", "items": ["x".repeat(201)] }), "items: too_long"),
        ] {
            assert_eq!(li.post(&deals(&made), bad.clone()).fault(), fault, "{bad}");
        }
        let again = json!({ "kind": "order", "number": "DD-1", "happened_on": "2026-01-02" });
        assert_eq!(li.post(&deals(&made), again).refused(409), "cooperation.known");
        assert_eq!(sum(&li, &made)["orders"], 1);
    }

    fn what_another_system_sends_twice_is_one(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "上海华盛机械有限公司");
        let send = |customer: &str, record: Value| li.post("/cooperation", json!({ "customer": customer, "record": record }));
        let record = |fen: i64| json!({ "kind": "order", "happened_on": "2026-05-06", "amount_fen": fen, "source": "erp", "external_id": "4711" });
        let number = made["number"].as_str().expect("a number");
        let first = send(number, record(1_000)).created();
        let again = send("上海华盛机械有限公司", record(1_200)).created();
        assert_eq!((&first["id"], &again["version"], &again["amount_fen"]), (&again["id"], &json!(2), &json!(1_200)));
        assert_eq!(send(&number.to_lowercase(), record(1_200)).created()["version"], 2, "nothing new was said");
        let mut other = record(500);
        other["source"] = json!("shop");
        assert_ne!(send(number, other).created()["id"], first["id"], "another system's 4711 is another order");
        assert_eq!(sum(&li, &made)["amount_fen"], 1_700);
        let call = || li.request(Method::POST, &deals(&made)).key("once").json(order("2026-05-07", 1)).send().created();
        assert_eq!(call()["id"], call()["id"]);
        assert_eq!(facts(&app, &first["id"], "order_placed"), 1);
    }

    fn of_customers_that_one_may_not_see_nothing_is_told(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let made = company(&li, "上海华盛机械有限公司");
        add(&li, &made, order("2026-05-06", 4_000));
        let told = |customer: &Value| zhao.post("/cooperation", json!({ "customer": customer, "record": order("2026-05-06", 1) })).fault();
        for customer in [&made["number"], &made["name"], &json!("没有这家"), &json!("KH-2026-999999")] {
            assert_eq!(told(customer), "customer: customer.unknown");
        }
        assert_eq!(zhao.get(&deals(&made)).refused(404), "not_found");
        assert_eq!(app.sign_in("mei").post(&deals(&made), order("2026-05-06", 1)).refused(403), "forbidden");
        for name in ["北京华盛机械有限公司", "上海华盛机械股份有限公司"] {
            company(&li, name);
        }
        let send = |customer: &str| li.post("/cooperation", json!({ "customer": customer, "record": order("2026-05-08", 1) }));
        assert_eq!(send("华盛机械").fault(), "customer: customer.ambiguous");
        assert_eq!(send("北京华盛机械股份有限公司").created()["kind"], "order");
    }

    fn who_may_not_see_amounts_learns_none(db) {
        let app = TestApp::new(&db);
        let (li, admin) = (app.sign_in("li"), app.sign_in("admin"));
        let made = company(&li, "华盛机械");
        let record = add(&li, &made, order("2026-05-06", 4_000));
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "salesperson").expect("a role").clone();
        let mut fields = role["fields"].clone();
        fields["cooperation.amount_fen"] = json!("hidden");
        let place = format!("/roles/{}", role["id"].as_str().expect("an id"));
        admin.patch(&place, role["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
        let told = sum(&li, &made);
        assert_eq!((&told["amount_fen"], &told["years"][0]["amount_fen"], &told["orders"]), (&Value::Null, &Value::Null, &json!(1)));
        let line = li.get("/customers").ok()["items"][0].clone();
        assert_eq!((&line["cooperation_fen"], &line["last_deal_on"]), (&Value::Null, &json!("2026-05-06")));
        assert_eq!(li.get("/customers?sort=-cooperation_fen").refused(422), "query.field_not_allowed");
        assert_eq!(li.get(&filtered(&json!([["cooperation_fen", "gt", 1]]))).refused(422), "query.field_not_allowed");
        let place = format!("{}/{}", deals(&made), record["id"].as_str().expect("an id"));
        assert_eq!(li.patch(&place, 1, json!({ "amount_fen": 1 })).fault(), "amount_fen: not_allowed");
        for path in [deals(&made), format!("{}/timeline", path(&made))] {
            assert!(!li.get(&path).text().contains("4000"), "{path}");
        }
    }

    fn lists_are_filtered_sorted_and_exported_by_deals(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for (name, on, fen) in [("甲公司", "2026-01-02", 30_000), ("乙公司", "2026-05-06", 10_000), ("丙公司", "2025-05-06", 20_000)] {
            add(&li, &company(&li, name), order(on, fen));
        }
        company(&li, "丁公司");
        assert_eq!(names(li.get("/customers?sort=-cooperation_fen")), ["甲公司", "丙公司", "乙公司", "丁公司"]);
        assert_eq!(names(li.get("/customers?sort=last_deal_on")), ["丙公司", "甲公司", "乙公司", "丁公司"]);
        let first = li.get("/customers?sort=-last_deal_on&limit=2").ok();
        let next = format!("/customers?sort=-last_deal_on&limit=2&cursor={}", first["next"].as_str().expect("a cursor"));
        assert_eq!(names(li.get(&next)), ["丙公司", "丁公司"]);
        assert_eq!(names(li.get(&filtered(&json!([["cooperation_fen", "ge", 20_000], ["last_deal_on", "ge", "2026-01-01"]])))), ["甲公司"]);
        assert_eq!(names(li.get(&filtered(&json!([["last_deal_on", "empty", null]])))), ["丁公司"]);
        let view = json!({ "columns": ["name", "last_deal_on", "cooperation_fen"], "format": "csv", "sort": "-cooperation_fen" });
        let started = li.post("/customers/export", view).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", started["job_id"].as_str().expect("a job"))).ok();
        let file = li.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file")));
        let rows = cells(file.bytes);
        assert_eq!(rows[0], ["客户名称", "最近成交", "合作金额"]);
        assert_eq!(rows[1], ["甲公司", "2026-01-02", "300.00"]);
    }

    fn who_sees_the_deals_of_some_customers_only_is_not_told_by_the_list(db) {
        let app = TestApp::new(&db);
        let (li, admin, mei) = (app.sign_in("li"), app.sign_in("admin"), app.sign_in("mei"));
        add(&li, &company(&li, "华盛机械"), order("2026-05-06", 4_000));
        assert_eq!(mei.get("/customers").ok()["items"][0]["cooperation_fen"], 4_000);
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "marketing").expect("a role").clone();
        let mut rights = role["permissions"].clone();
        rights["cooperation"] = json!({ "read": "own" });
        let place = format!("/roles/{}", role["id"].as_str().expect("an id"));
        admin.patch(&place, role["version"].as_i64().expect("a version"), json!({ "permissions": rights })).ok();
        let line = mei.get("/customers").ok()["items"][0].clone();
        assert_eq!((&line["cooperation_fen"], &line["last_deal_on"]), (&Value::Null, &Value::Null));
        assert_eq!(mei.get("/customers?sort=last_deal_on").refused(422), "query.field_not_allowed");
    }

    fn a_sheet_of_deals_comes_in(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let made = company(&li, "上海华盛机械有限公司");
        company(&zhao, "乙方公司");
        let import = upload(&li, SHEET);
        assert_eq!(import["subject"], "cooperation");
        let preview = map(&li, &import).ok();
        let expected = [3, 0, 0, 1, 4];
        assert_eq!(counts(&preview["counts"]), expected, "{preview}");
        let codes: Vec<&Value> = preview["rows"].as_array().expect("rows").iter().map(|row| &row["problems"][0]["code"]).collect();
        assert_eq!((codes[3], codes[4]), (&json!("customer.unknown"), &json!("customer.unknown")), "another's customer is none");
        assert_eq!((codes[6], codes[0]), (&json!("cooperation.state_unknown"), &Value::Null));
        assert_eq!(counts(&run(&app, &li, &import, true)), expected, "the dry run says the same");
        assert_eq!(sum(&li, &made)["orders"], 0, "and writes nothing");
        assert_eq!(counts(&run(&app, &li, &import, false)), expected);
        let told = sum(&li, &made);
        assert_eq!((&told["orders"], &told["contracts"], &told["amount_fen"]), (&json!(2), &json!(1), &json!(13_000_000)));
        assert_eq!(li.get(&path(&made)).ok()["cooperation_since"], "2025-03-01");
        let refused = rejected(&li, &import);
        assert_eq!(refused.len(), 1 + 4, "headings and four refused: {refused:?}");
        let again = upload(&li, SHEET);
        map(&li, &again).ok();
        assert_eq!(counts(&run(&app, &li, &again, false)), [0, 0, 0, 4, 4], "the same sheet doubles nothing");
        assert_eq!(sum(&li, &made), told);
        let newer = upload(&li, "客户编号|单号|日期|金额\nX|DD-1|2026-05-06|200\n".replace('X', made["number"].as_str().expect("a number")).as_str());
        map(&li, &newer).ok();
        assert_eq!(counts(&run(&app, &li, &newer, false)), [0, 0, 1, 0, 0]);
        assert_eq!(sum(&li, &made)["amount_fen"], 20_000 + 500_000);
    }

    fn a_sheet_without_customers_or_days_is_refused(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        assert_eq!(map(&li, &upload(&li, "订单号|日期\nDD-1|2026-05-06")).fault(), "columns: customer.required");
        assert_eq!(map(&li, &upload(&li, "客户|订单号\n甲|DD-1")).fault(), "columns: happened_on.required");
        let import = upload(&li, "客户|订单号\n甲|DD-1");
        let body = json!({ "columns": [{ "index": 0, "field": "name" }], "duplicates": "skip" });
        let place = format!("/imports/{}/mapping", import["id"].as_str().expect("an id"));
        assert_eq!(li.request(Method::PUT, &place).json(body).send().fault(), "columns[0].field: unknown_field");
        assert_eq!(app.sign_in("mei").request(Method::POST, "/imports?subject=cooperation").file("a.csv", b"a,b").send().refused(403), "forbidden");
    }

    fn one_whose_orders_were_set_right_is_merged_and_parted(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let customers = [company(&wang, "华盛机械"), company(&wang, "华盛机械厂")];
        let made = add(&wang, &customers[1], order("2026-03-02", 4_000));
        let place = format!("{}/{}", deals(&customers[1]), made["id"].as_str().expect("an id"));
        // Told twice: the same fact, of another day.
        wang.patch(&place, 1, json!({ "happened_on": "2026-03-03" })).ok();
        let mut stage = Stage { wang, customers, merge: None };
        for deed in [Deed::Merge, Deed::Part, Deed::Merge] {
            stage.does(&deed);
            for (written, truth) in app.read(written_and_true) {
                assert_eq!(written, truth, "after {deed:?}");
            }
        }
        assert_eq!(sum(&stage.wang, &stage.customers[0])["orders"], 1);
    }

    fn totals_are_what_the_rows_add_up_to_whatever_happens(db) {
        let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
        let app = TestApp::new(&db);
        let outcome = runner.run(&proptest::collection::vec(deed(), 4..14), |deeds| {
            let wang = app.sign_in("wang");
            let customers = [company(&wang, "华盛机械"), company(&wang, "华盛机械厂")];
            let mut stage = Stage { wang, customers, merge: None };
            for deed in &deeds {
                stage.does(deed);
                for (written, truth) in app.read(written_and_true) {
                    prop_assert_eq!(written, truth, "after {:?} of {:?}", deed, deeds);
                }
            }
            Ok(())
        });
        outcome.expect("totals and rows agree");
    }

    fn counting_anew_changes_nothing(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        add(&li, &made, order("2026-05-06", 4_000));
        let before = sum(&li, &made);
        let id: Uuid = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        app.write(move |tx| totals::recount(tx, Id::from_uuid(id)).map(drop));
        assert_eq!(sum(&li, &made), before);
    }
}
