//! What people ask for all day, on a book of a given size.

use std::sync::atomic::{AtomicU64, Ordering};

use journeys::http::{Request, encode};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::json;

use crate::added;
use crate::company::Company;
use crate::load::{Target, Turn};
use crate::table::Table;

const CLIENTS: usize = 8;
const WRITERS: [usize; 4] = [1, 8, 32, 128];

/// Measures reads, then writes, and prints them.
pub fn measure(title: &str, target: &Target, company: &Company) {
    let mut table = Table::requests(title);
    let mut row = |name: &str, aim: &str, next: &(dyn Fn(Turn<'_>) -> Request + Sync)| {
        table.row(name, CLIENTS, target.measure(CLIENTS, next), aim);
    };
    row("ceiling: a static answer", "", &|_| Request::get("/healthz"));
    row("list by name, 50 rows", "≤ 0.4", &|turn| page("name", &turn));
    row("list newest first, 50 rows", "≤ 0.4", &|turn| page("-created_at", &turn));
    row("list by name, two added fields filtered", "≤ 2", &|turn| filtered("name", turn.rng));
    row("list newest first, two added fields filtered", "≤ 2", &|turn| filtered("-created_at", turn.rng));
    row("search, two characters in a name", "≤ 0.4", &|turn| search(turn.rng, company));
    row("list found by two characters", "≤ 0.4", &|turn| found(turn.rng, company));
    row("detail", "≤ 0.2", &|turn| Request::get(format!("/api/v1/customers/{}", any(turn.rng, &company.ids))));
    row("create customer", "≤ 0.8", &|_| customer());
    row("create interaction", "≤ 0.8", &|turn| interaction(turn.rng, company));
    row("ceiling once more", "", &|_| Request::get("/healthz"));
}

/// The same lists as somebody sees them who has a few hundred customers among all of them.
pub fn measure_narrow(title: &str, target: &Target, company: &Company) {
    let target = Target { token: company.seller.clone(), ..target.clone() };
    let mut table = Table::requests(title);
    let mut row = |name: &str, aim: &str, next: &(dyn Fn(Turn<'_>) -> Request + Sync)| {
        table.row(name, CLIENTS, target.measure(CLIENTS, next), aim);
    };
    row("ceiling: a static answer", "", &|_| Request::get("/healthz"));
    row("list by name, 50 rows", "≤ 0.4", &|turn| page("name", &turn));
    row("list newest first, 50 rows", "≤ 0.4", &|turn| page("-created_at", &turn));
    row("search, two characters in a name", "≤ 0.4", &|turn| search(turn.rng, company));
}

/// Durable writes: each is acknowledged after its own flush to the disk or one that it shares.
pub fn measure_writes(title: &str, target: &Target, company: &Company) {
    let mut table = Table::requests(title);
    table.row("ceiling: a static answer", CLIENTS, target.measure(CLIENTS, |_| Request::get("/healthz")), "");
    for clients in WRITERS {
        let aim = if clients == 32 { "≥ 3000/s" } else { "" };
        let measured = target.measure(clients, |turn| interaction(turn.rng, company));
        table.row("create interaction, durable", clients, measured, aim);
    }
}

fn any<'a>(rng: &mut StdRng, from: &'a [String]) -> &'a str {
    from.choose(rng).map_or("", String::as_str)
}

/// The page after the last one, so that a client reads through the whole book; from the start again at its end.
fn page(sort: &str, turn: &Turn<'_>) -> Request {
    let cursor = turn.last.and_then(|answer| cursor(&answer.body));
    let cursor = cursor.map(|cursor| format!("&cursor={}", encode(&cursor))).unwrap_or_default();
    Request::get(format!("/api/v1/customers?sort={sort}&limit=50{cursor}"))
}

/// Customers of one choice in each of two added fields, and the values of three of them with each.
fn filtered(sort: &str, rng: &mut StdRng) -> Request {
    let choices =
        added::CHOICES.map(|field| json!([format!("x{field}"), "in", [rng.random_range(1..=added::OF_FIVE)]]));
    let filter = encode(&json!(choices).to_string());
    Request::get(format!("/api/v1/customers?sort={sort}&limit=50&custom=x1,x2,x9&filter={filter}"))
}

/// The cursor at the end of a page, without reading all of it.
fn cursor(body: &[u8]) -> Option<String> {
    let tail = String::from_utf8_lossy(&body[body.len().saturating_sub(1_000)..]).into_owned();
    let (_, after) = tail.rsplit_once("\"next\":\"")?;
    after.split_once('"').map(|(cursor, _)| cursor.to_owned())
}

/// Two characters from inside a name that is there.
fn pair(rng: &mut StdRng, company: &Company) -> String {
    let name: Vec<char> = any(rng, &company.names).chars().collect();
    let at = rng.random_range(0..name.len().saturating_sub(1).max(1));
    name.iter().skip(at).take(2).collect()
}

fn search(rng: &mut StdRng, company: &Company) -> Request {
    Request::get(format!("/api/v1/search?kinds=customer&q={}", encode(&pair(rng, company))))
}

fn found(rng: &mut StdRng, company: &Company) -> Request {
    Request::get(format!("/api/v1/customers?limit=50&q={}", encode(&pair(rng, company))))
}

/// Like no other in this company, also not one of an earlier run.
fn unique() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = jiff::Timestamp::now().as_microsecond().unsigned_abs();
    now << 12 | COUNT.fetch_add(1, Ordering::Relaxed) & 0xfff
}

fn customer() -> Request {
    let number = unique();
    let body = json!({
        "kind": "company", "name": format!("度量{number:x}机械有限公司"), "industry": "C", "region": "310115",
        "address": "上海市浦东新区世纪大道一号", "phone": format!("138{:08}", number % 100_000_000),
        "staff_count": 120, "grade": "ordinary", "tags": ["度量"], "preferences": "上午来电",
        "allow_duplicate": true, "duplicate_reason": "度量",
        "contacts": [{ "name": "张三", "position": "采购经理", "phone": format!("137{:08}", number / 7 % 100_000_000) }]
    });
    Request::post("/api/v1/customers", &body).key(&format!("{number:x}"))
}

fn interaction(rng: &mut StdRng, company: &Company) -> Request {
    let body = json!({
        "kind": "phone", "at": jiff::Timestamp::now().to_string(),
        "content": "回访了上月交付的设备，运行正常；客户询问了备件的价格和交货期。", "feedback": "满意"
    });
    let path = format!("/api/v1/customers/{}/interactions", any(rng, &company.ids));
    Request::post(path, &body).key(&format!("{:x}", unique()))
}

#[test]
fn the_cursor_of_a_page_is_found() {
    assert_eq!(cursor(br#"{"items":[],"next":"abc"}"#).as_deref(), Some("abc"));
    assert_eq!(cursor(br#"{"items":[],"next":null}"#), None);
}
