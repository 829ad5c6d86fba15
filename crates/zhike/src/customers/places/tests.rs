//! Where customers are, through the HTTP door, on both databases.

use axum::http::Method;
use serde_json::{Value, json};

use crate::testing::{Session, TestApp};

fn made(who: &Session<'_>, name: &str, kind: &str) -> String {
    let new = json!({ "name": name, "kind": kind, "address": "某路 1 号" });
    who.post("/customers", new).created()["id"].as_str().expect("an id").to_owned()
}

fn put(who: &Session<'_>, id: &str, lat: f64, lon: f64) -> u16 {
    let body = json!({ "lat": lat, "lon": lon, "accuracy": 12.7 });
    who.request(Method::PUT, &format!("/customers/{id}/place")).json(body).send().status.as_u16()
}

fn near(who: &Session<'_>, lat: f64, lon: f64) -> Value {
    who.post("/customers/near", json!({ "lat": lat, "lon": lon })).ok()
}

fn told(answer: &Value) -> Vec<(String, i64)> {
    let items = answer["items"].as_array().expect("items").iter();
    items
        .map(|one| (one["name"].as_str().expect("a name").to_owned(), one["distance"].as_i64().expect("metres")))
        .collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn who_is_near_comes_first_and_others_customers_are_not_there(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        for (name, lat) in [("远", 31.30), ("近", 31.2310), ("太远", 32.5), ("对门", 31.2305)] {
            assert_eq!(put(&li, &made(&li, name, "company"), lat, 121.4737), 200);
        }
        assert_eq!(put(&zhao, &made(&zhao, "别人的", "company"), 31.2304, 121.4737), 200);
        let answer = near(&li, 31.2304, 121.4737);
        let distances = told(&answer);
        assert_eq!(distances.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["对门", "近", "远"]);
        assert_eq!((distances[0].1, distances[1].1, answer["more"].clone()), (11, 67, json!(false)));
        assert_eq!((answer["items"][0]["bearing"].clone(), answer["items"][2]["address"].clone()), (json!(0), json!("某路 1 号")));
        assert_eq!(told(&near(&li, -31.0, 121.0)), []);
        for (lat, lon) in [(91.0, 0.0), (0.0, 200.0)] {
            assert_eq!(li.post("/customers/near", json!({ "lat": lat, "lon": lon })).fault(), "position: position.invalid");
        }
    }

    fn a_place_is_set_shown_and_forgotten_as_the_address_is(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let id = made(&li, "华盛机械", "company");
        let path = format!("/customers/{id}/place");
        assert_eq!(li.get(&path).ok(), json!({ "place": null }));
        assert_eq!(put(&li, &id, 31.2304, 121.4737), 200);
        let place = li.get(&path).ok()["place"].clone();
        assert_eq!((&place["lat"], &place["lon"], &place["accuracy"], &place["how"]),
            (&json!(31.2304), &json!(121.4737), &json!(12), &json!("pin")));
        assert_eq!((put(&zhao, &id, 1.0, 1.0), zhao.get(&path).status.as_u16()), (404, 404));
        let audit = app.all_powerful().get("/audit?limit=5").ok().to_string();
        assert!(audit.contains("set_place") && !audit.contains("121.47"), "where it is stands in the record alone");
        // Who turns out to be a person is on no map, nor is one who always was.
        li.patch(&format!("/customers/{id}"), 1, json!({ "kind": "person" })).ok();
        assert_eq!((li.get(&path).ok(), told(&near(&li, 31.2304, 121.4737))), (json!({ "place": null }), vec![]));
        let person = made(&li, "张三", "person");
        let body = json!({ "lat": 1.0, "lon": 1.0 });
        let refused = li.request(Method::PUT, &format!("/customers/{person}/place")).json(body).send();
        assert_eq!(refused.fault(), "position: position.of_person");
        let other = made(&li, "瑞丰食品", "company");
        put(&li, &other, 31.2304, 121.4737);
        assert_eq!(li.request(Method::DELETE, &format!("/customers/{other}/place")).send().status.as_u16(), 204);
        assert_eq!(told(&near(&li, 31.2304, 121.4737)), []);
    }

    fn fifty_are_told_and_that_there_are_more(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for n in 0..53 {
            let new = json!({ "name": format!("第{n}家"), "allow_duplicate": true, "duplicate_reason": "分店" });
            let id = li.post("/customers", new).created()["id"].as_str().expect("an id").to_owned();
            put(&li, &id, 31.2304 + f64::from(n) / 100_000.0, 121.4737);
        }
        let answer = near(&li, 31.2304, 121.4737);
        assert_eq!((told(&answer).len(), &answer["more"], &answer["within"]), (50, &json!(true), &json!(1_000)));
        assert!(told(&answer).windows(2).all(|pair| pair[0].1 <= pair[1].1));
    }

    fn whoever_is_not_shown_the_address_is_told_nothing_of_where_it_is(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let id = made(&session, "华盛机械", "company");
        assert_eq!(put(&session, &id, 31.2304, 121.4737), 200);
        let admin = app.sign_in("admin");
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["name"] == "全能").expect("a role");
        let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
        let hidden = json!({ "fields": { "customer.address": "hidden" } });
        admin.patch(&path, role["version"].as_i64().expect("a version"), hidden).ok();
        let refused = session.post("/customers/near", json!({ "lat": 31.2304, "lon": 121.4737 }));
        assert_eq!((refused.status.as_u16(), session.get(&format!("/customers/{id}/place")).status.as_u16()), (403, 403));
        assert_eq!(put(&session, &id, 1.0, 1.0), 403);
    }
}
