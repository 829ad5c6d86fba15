//! The store on both databases: tables, lists, search, jobs, facts, and what happens when things go wrong.
#![cfg(feature = "testing")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use store::list::{Asked, Field, Kind, ListSpec};
use store::testing::{SealedServer, TestDb};
use store::{
    Columns, Entity, Error, FOUNDATION, Ids, Migration, Options, Predicate, Value, db_test, jobs, outbox, search,
};
use uuid::Uuid;

store::entity! {
    struct Person: "person" {
        id: Uuid,
        name: String,
        name_key: Option<String>,
        age: Option<i64>,
        active: bool,
        owner_id: Option<Uuid>,
        department_id: Option<Uuid>,
        photo: Option<Vec<u8>>,
        version: i64,
    }
}

store::statements! {
    COUNT = "select count(*) from person";
    BY_NAME = select Person where "name = $1";
    BIRTHDAY = "update person set age = age + 1 where id = $1 and version = $2 - 1 + 1";
}

const MIGRATIONS: &[Migration] = &[
    FOUNDATION[0],
    FOUNDATION[1],
    FOUNDATION[2],
    Migration {
        version: 1_000,
        name: "person",
        sql: "CREATE TABLE person (
                id UUID PRIMARY KEY, name TEXT NOT NULL UNIQUE, name_key TEXT, age BIGINT, active BOOLEAN NOT NULL,
                owner_id UUID, department_id UUID, photo BYTEA, version BIGINT NOT NULL);
              CREATE INDEX person_age ON person (age, id);
              CREATE TABLE share (entity TEXT NOT NULL, record_id UUID NOT NULL, user_id UUID NOT NULL,
                level TEXT NOT NULL);",
    },
];

fn person(name: &str) -> Person {
    Person {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        name_key: Some(search::pinyin_key(name)),
        age: Some(40),
        active: true,
        owner_id: None,
        department_id: None,
        photo: Some(vec![0, 255, 7]),
        version: 1,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("an instant")
}

db_test! {
    MIGRATIONS;

    fn every_statement_is_valid(db) {
        let dialect = db.dialect();
        let count = db.write_blocking(move |tx| {
            let mine = store::registered().filter(|statement| statement.only.is_none_or(|only| only == dialect));
            let mut count = 0;
            for statement in mine {
                tx.prepare_only(statement).map_err(|error| Error::BadInput(format!("{}: {error}", statement.name)))?;
                count += 1;
            }
            Ok::<_, Error>(count)
        });
        assert!(count.expect("all statements are valid") > 20);
    }

    fn a_row_comes_back_as_it_was_written(db) {
        let li = person("李雷");
        let written = li.clone();
        db.write_blocking(move |tx| written.insert(tx)).unwrap();
        let id = li.id;
        let read = db.read_blocking(move |tx| Person::get(tx, id)).unwrap();
        assert_eq!(read, li);
        assert!(matches!(db.read_blocking(|tx| Person::get(tx, Uuid::now_v7())), Err(Error::NotFound)));
    }

    fn an_update_needs_the_version_that_is_stored(db) {
        let mut li = person("李雷");
        let new = li.clone();
        db.write_blocking(move |tx| new.insert(tx)).unwrap();
        li.age = Some(41);
        let first = li.clone();
        db.write_blocking(move |tx| first.update(tx)).unwrap();
        let second = li.clone();
        assert!(matches!(db.write_blocking(move |tx| second.update(tx)), Err(Error::Stale)));
        let id = li.id;
        assert_eq!(db.read_blocking(move |tx| Person::get(tx, id)).unwrap().version, 2);
    }

    fn narrow_integers_are_bound_as_the_database_infers_them(db) {
        let li = person("李雷");
        let id = li.id;
        let changed = db.write_blocking(move |tx| {
            li.insert(tx)?;
            tx.execute(&BIRTHDAY, &[&li.id, &1_i64])
        });
        assert_eq!(changed.unwrap(), 1);
        assert_eq!(db.read_blocking(move |tx| Person::get(tx, id)).unwrap().age, Some(41));
    }

    fn a_failed_body_leaves_nothing(db) {
        let result: Result<(), Error> = db.write_blocking(|tx| {
            person("甲").insert(tx)?;
            Err(Error::BadInput("no".to_owned()))
        });
        assert!(result.is_err());
        assert_eq!(count(&db), 0);
    }

    fn a_swallowed_error_does_not_commit_half(db) {
        let result: Result<(), Error> = db.write_blocking(|tx| {
            person("甲").insert(tx)?;
            let _ = person("甲").insert(tx);
            Ok(())
        });
        assert!(matches!(result, Err(Error::Aborted)));
        assert_eq!(count(&db), 0);
    }

    fn what_is_nested_fails_alone(db) {
        db.write_blocking(|tx| {
            person("甲").insert(tx)?;
            let twice = tx.nested(|tx| {
                person("乙").insert(tx)?;
                person("甲").insert(tx)
            });
            assert!(matches!(twice, Err(Error::Unique { .. })), "{twice:?}");
            person("丙").insert(tx)
        })
        .unwrap();
        assert_eq!(count(&db), 2);
    }

    fn a_panic_costs_one_request_and_not_the_writer(db) {
        let result: Result<(), Error> = db.write_blocking(|tx| {
            person("甲").insert(tx)?;
            panic!("on purpose");
        });
        assert!(matches!(result, Err(Error::Panicked)));
        db.write_blocking(|tx| person("乙").insert(tx)).unwrap();
        assert_eq!(count(&db), 1);
    }

    fn a_cancelled_request_leaves_no_transaction_open(db) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        let started = Arc::new(AtomicUsize::new(0));
        runtime.block_on(async {
            for n in 0..20 {
                let started = started.clone();
                let request = db.write(move |tx| {
                    started.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    person(&format!("客{n}")).insert(tx)
                });
                let _ = tokio::time::timeout(Duration::from_millis(1), request).await;
            }
        });
        while started.load(Ordering::SeqCst) < 20 {
            std::thread::yield_now();
        }
        // More writes than there are connections: none of them may be stuck in a transaction left open.
        for n in 0..8 {
            db.write_blocking(move |tx| person(&format!("之后{n}")).insert(tx)).unwrap();
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while count(&db) < 28 && Instant::now() < deadline {
            std::thread::yield_now();
        }
        assert_eq!(count(&db), 28, "whoever was cancelled was still done, whole");
    }

    fn writers_at_once_lose_nothing(db) {
        let li = person("李雷");
        let id = li.id;
        db.write_blocking(move |tx| li.insert(tx)).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let db = db.db.clone();
                scope.spawn(move || {
                    for _ in 0..25 {
                        loop {
                            let result = db.write_blocking(move |tx| {
                                let mut li = Person::get(tx, id)?;
                                li.age = li.age.map(|age| age + 1);
                                li.update(tx)
                            });
                            match result {
                                Ok(()) => break,
                                Err(Error::Stale | Error::Retry) => continue,
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                });
            }
        });
        assert_eq!(db.read_blocking(move |tx| Person::get(tx, id)).unwrap().age, Some(40 + 200));
    }

    fn a_page_follows_the_other_without_gap_or_double(db) {
        let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
        let ages = proptest::collection::vec(proptest::option::of(0_i64..6), 0..40);
        runner
            .run(&(ages, 1_usize..7, any::<bool>()), |(ages, limit, descending)| {
                fill(&db, &ages);
                let sort = if descending { "-age" } else { "age" };
                let paged = pages(&db, sort, limit);
                let mut whole = pages(&db, sort, 200);
                prop_assert_eq!(&paged, &whole);
                prop_assert_eq!(whole.len(), ages.len());
                let sorted = whole.clone();
                whole.sort_by(|(a, id_a), (b, id_b)| {
                    let values = match (a, b) {
                        (Some(_), None) => return std::cmp::Ordering::Less,
                        (None, Some(_)) => return std::cmp::Ordering::Greater,
                        _ => (a, id_a).cmp(&(b, id_b)),
                    };
                    if descending { values.reverse() } else { values }
                });
                prop_assert_eq!(sorted, whole);
                Ok(())
            })
            .unwrap();
    }

    fn filters_find_what_they_say(db) {
        db.write_blocking(|tx| {
            for (name, age) in [("一_丁", Some(10)), ("二%丁", Some(20)), ("三丁", None)] {
                Person { age, ..person(name) }.insert(tx)?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
        let found = |filter: &str| names(&db, filter).expect(filter);
        assert_eq!(found(r#"[["name","contains","_"]]"#), ["一_丁"]);
        assert_eq!(found(r#"[["name","contains","%"]]"#), ["二%丁"]);
        assert_eq!(found(r#"[["age","between",[10,20]]]"#).len(), 2);
        assert_eq!(found(r#"[["age","empty"]]"#), ["三丁"]);
        assert_eq!(found(r#"[["age","ne",10]]"#).len(), 2);
        assert_eq!(found(r#"[["age","in",[10,20]],["name","eq","一_丁"]]"#), ["一_丁"]);
        for refused in [r#"[["password","eq","x"]]"#, r#"[["age","eq","x"]]"#, r#"[["age","contains","1"]]"#, "[[1]]", "{}"] {
            assert!(matches!(names(&db, refused), Err(Error::BadInput(_))), "{refused}");
        }
        assert_eq!(found(r#"[["name","eq","' or 1=1 --"]]"#).len(), 0);
    }

    fn a_predicate_reads_the_same_in_sql_and_in_memory(db) {
        let users: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
        let people: Vec<Person> = (0..12)
            .map(|n| Person {
                owner_id: users.get(n % 4).copied(),
                department_id: users.get(n / 4).copied(),
                ..person(&format!("客{n}"))
            })
            .collect();
        let written = people.clone();
        let shared = people[5].id;
        let changeable = people[6].id;
        let sharer = users[0];
        db.write_blocking(move |tx| {
            tx.execute(&SHARE, &[&"person", &shared, &sharer, &"read"])?;
            tx.execute(&SHARE, &[&"person", &changeable, &sharer, &"write"])?;
            written.iter().try_for_each(|person| person.insert(tx))
        })
        .unwrap();
        let mut runner = TestRunner::new(Config { cases: 200, ..Config::default() });
        runner
            .run(&predicate(users), |predicate| {
                let listed = listed(&db, &predicate);
                for person in &people {
                    let (predicate, it) = (predicate.clone(), person.clone());
                    let matches = db
                        .read_blocking(move |tx| predicate.matches(tx, it.id, &|column| column_of(&it, column)))
                        .expect("an answer");
                    prop_assert_eq!(matches, listed.contains(&person.id));
                }
                Ok(())
            })
            .unwrap();
    }

    fn an_index_that_was_tidied_finds_the_same(db) {
        const DOCS: u128 = 2_000;
        for part in 0..8 {
            let write = move |tx: &mut store::Tx<'_>| {
                for n in (0..DOCS).filter(|n| n % 8 == part) {
                    let title = format!("深圳华盛{n}科技有限公司");
                    let id = Uuid::from_u128(n);
                    search::put(tx, &search::Doc { kind: "customer", id, title: &title, ..search::Doc::default() })?;
                }
                Ok::<_, Error>(())
            };
            db.write_blocking(write).unwrap();
        }
        let found = |db: &TestDb| hits(db, search::Query { text: "华盛", limit: 3_000, ..search::Query::default() });
        let before = found(&db);
        assert_eq!(before.len(), DOCS as usize);
        let mut steps = 0;
        while db.write_blocking(search::tidy).unwrap() {
            steps += 1;
            assert!(steps < 1_000, "it comes to an end");
        }
        assert_eq!(steps > 0, db.dialect() == store::Dialect::Sqlite);
        assert_eq!(found(&db), before);
    }

    fn search_finds_by_characters_pinyin_and_initials(db) {
        let id = Uuid::now_v7();
        let other = Uuid::now_v7();
        db.write_blocking(move |tx| {
            let access = vec!["o1".to_owned()];
            let keys = vec!["KH-2026-000123".to_owned()];
            let names = vec!["王小明"];
            search::put(tx, &search::Doc { kind: "customer", id, title: "苏州华盛机械有限公司", subtitle: "", names, keys, access })?;
            search::put(tx, &search::Doc { kind: "customer", id: other, title: "深圳恒泰电子", ..search::Doc::default() })
        })
        .unwrap();
        for text in ["华盛", "huasheng", "hs", "hsjx", "华盛机械", "小明", "wxm", "KH-2026-000123", "盛机", "华", "苏州 机械"] {
            let keys = vec![text.to_owned()];
            let hits = hits(&db, search::Query { text, keys, limit: 10, ..search::Query::default() });
            assert_eq!(hits, [id], "{text}");
        }
        assert!(hits(&db, search::Query { text: "华泰", limit: 10, ..search::Query::default() }).is_empty());
        let query = |access: &str| search::Query {
            text: "华盛",
            access: Some(vec![access.to_owned()]),
            limit: 10,
            ..search::Query::default()
        };
        assert_eq!(hits(&db, query("o1")), [id]);
        assert!(hits(&db, query("o2")).is_empty());
        db.write_blocking(move |tx| {
            search::put(tx, &search::Doc { kind: "customer", id, title: "苏州昆仑机械", ..search::Doc::default() })?;
            search::remove(tx, "customer", other)
        })
        .unwrap();
        assert!(hits(&db, search::Query { text: "华盛", limit: 10, ..search::Query::default() }).is_empty());
        assert_eq!(hits(&db, search::Query { text: "kunlun", limit: 10, ..search::Query::default() }), [id]);
        assert!(hits(&db, search::Query { text: "恒泰", limit: 10, ..search::Query::default() }).is_empty());
    }

    fn a_job_is_done_by_one_worker_and_survives_its_death(db) {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let lease = SignedDuration::from_secs(60);
        let new = || jobs::NewJob {
            kind: "import",
            once_key: Some("file 1".to_owned()),
            asked_by: None,
            payload: json!({"file": 1}),
            run_at: at(100),
        };
        let id = db.write_blocking(move |tx| jobs::enqueue(tx, new())).unwrap();
        assert_eq!(db.write_blocking(move |tx| jobs::enqueue(tx, new())).unwrap(), id, "the key makes it once");
        assert!(db.write_blocking(move |tx| jobs::claim(tx, one, at(99), lease)).unwrap().is_none(), "not due yet");
        let job = db.write_blocking(move |tx| jobs::claim(tx, one, at(100), lease)).unwrap().expect("due");
        assert_eq!((job.id, job.payload), (id, json!({"file": 1})));
        assert!(db.write_blocking(move |tx| jobs::claim(tx, two, at(101), lease)).unwrap().is_none(), "leased");
        let again = db.write_blocking(move |tx| jobs::claim(tx, two, at(200), lease)).unwrap().expect("lease ran out");
        assert_eq!((again.id, again.attempts), (id, 2));
        let late = db.write_blocking(move |tx| jobs::finish(tx, id, one, Ok(json!(1)), at(201)));
        assert!(matches!(late, Err(Error::Stale)), "the first worker's end does not count");
        db.write_blocking(move |tx| jobs::finish(tx, id, two, Ok(json!(2)), at(202))).unwrap();
        let done = db.read_blocking(move |tx| jobs::Job::get(tx, id)).unwrap();
        assert_eq!((done.state, done.result), (jobs::State::Done, Some(json!(2))));
    }

    fn facts_are_read_in_order(db) {
        let customer = Uuid::now_v7();
        db.write_blocking(move |tx| (0..5).try_for_each(|n| outbox::append(tx, fact(customer, n)).map(drop))).unwrap();
        let read = |from, until| {
            db.read_blocking(move |tx| outbox::of_customer(tx, customer, at(from), at(until))).unwrap()
        };
        let numbers = |facts: &[outbox::Fact]| facts.iter().map(|fact| fact.attributes["n"].as_i64()).collect::<Vec<_>>();
        assert_eq!(numbers(&read(0, 9)), [0, 1, 2, 3, 4].map(Some));
        assert_eq!(numbers(&read(1, 3)), [Some(1), Some(2)]);
    }

    fn a_number_that_another_node_drew_too_is_drawn_again(db) {
        let (customer, runs) = (Uuid::now_v7(), Arc::new(AtomicUsize::new(0)));
        let ran = runs.clone();
        db.write_blocking(move |tx| {
            let taken = outbox::append(tx, fact(customer, 1))?;
            if ran.fetch_add(1, Ordering::SeqCst) == 0 {
                // What the other node wrote in the meantime.
                outbox::Fact { seq: taken, ..fact(customer, 2) }.insert(tx)?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        let facts = db.read_blocking(move |tx| outbox::of_customer(tx, customer, at(0), at(9))).unwrap();
        assert_eq!(facts.len(), 1, "the first attempt left nothing");
    }

    fn a_second_attempt_that_panics_does_not_tell_the_answer_of_the_first(db) {
        let (customer, runs) = (Uuid::now_v7(), Arc::new(AtomicUsize::new(0)));
        let ran = runs.clone();
        let result: Result<&str, Error> = db.write_blocking(move |tx| {
            if ran.fetch_add(1, Ordering::SeqCst) > 0 {
                panic!("on purpose");
            }
            let taken = outbox::append(tx, fact(customer, 1))?;
            let _ = outbox::Fact { seq: taken, ..fact(customer, 2) }.insert(tx);
            Ok("stored")
        });
        assert!(matches!(result, Err(Error::Panicked)), "{result:?}");
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }

    fn a_question_that_takes_too_long_is_ended_and_the_connection_lives(db) {
        let bound = db.db.clone().within(Duration::from_millis(200));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        // More often than there are connections.
        for _ in 0..6 {
            let answer = runtime.block_on(bound.read(|tx| tx.query_one(&ENDLESS, &[&1_000_000_000_i64])?.get::<i64>(0)));
            assert!(matches!(answer, Err(Error::TooSlow)), "{answer:?}");
        }
        assert_eq!(runtime.block_on(bound.read(|tx| tx.query_one(&COUNT, &[])?.get::<i64>(0))).unwrap(), 0);
        let slow = bound.read_blocking(|tx| tx.query_one(&ENDLESS, &[&2_000_000_i64])?.get::<i64>(0));
        assert_eq!(slow.unwrap(), 2_000_000, "bulk work may take its time");
    }

    fn a_list_of_ids_is_one_parameter(db) {
        let people: Vec<Person> = ["甲", "乙", "丙"].map(person).to_vec();
        let written = people.clone();
        db.write_blocking(move |tx| written.iter().try_for_each(|person| person.insert(tx))).unwrap();
        let found = |ids: Vec<Uuid>| {
            let mut found = db.read_blocking(move |tx| Person::all(tx, &AMONG, &[&Ids(&ids)])).unwrap();
            found.sort_by_key(|person| person.id);
            found.into_iter().map(|person| person.name).collect::<Vec<_>>()
        };
        assert_eq!(found(vec![people[2].id, people[0].id, Uuid::now_v7()]), ["甲", "丙"]);
        assert!(found(Vec::new()).is_empty());
    }

    fn contains_reads_letters_alike_on_both_databases(db) {
        db.write_blocking(|tx| ["ABC公司", "Élan", "x%y"].iter().try_for_each(|name| person(name).insert(tx))).unwrap();
        let found = |text: &str| names(&db, &json!([["name", "contains", text]]).to_string()).expect("an answer");
        assert_eq!(found("abc公"), ["ABC公司"]);
        assert_eq!(found("aBc"), ["ABC公司"]);
        assert_eq!(found("ÉLAN"), ["Élan"], "other letters as they are written, ASCII ones in any case");
        assert!(found("élan").is_empty());
        assert_eq!(found("X%Y"), ["x%y"]);
    }

    fn a_cursor_belongs_to_its_sort(db) {
        fill(&db, &[Some(1), Some(2), Some(3)]);
        let first = Asked::parse(None, Some("age"), None, Some(1)).unwrap();
        let (_, next) = db.read_blocking(move |tx| PEOPLE.page(tx, &Predicate::All, &first)).unwrap();
        let next = next.expect("more");
        for other in ["-age", "name"] {
            let asked = Asked::parse(None, Some(other), Some(&next), Some(1)).unwrap();
            let refused = db.read_blocking(move |tx| PEOPLE.page(tx, &Predicate::All, &asked));
            assert!(matches!(refused, Err(Error::BadInput(_))), "{other}: {refused:?}");
        }
        let asked = Asked::parse(None, Some("age"), Some(&next), Some(1)).unwrap();
        let (rows, _) = db.read_blocking(move |tx| PEOPLE.page(tx, &Predicate::All, &asked)).unwrap();
        assert_eq!(rows[0].get::<i64>(1).unwrap(), 2);
    }

    fn the_schema_is_applied_once_and_never_changed(db) {
        store::Db::open(&db.options, MIGRATIONS).expect("a second start changes nothing");
        let changed = [MIGRATIONS[0], Migration { sql: "CREATE TABLE other (id UUID)", ..MIGRATIONS[1] }];
        assert!(matches!(store::Db::open(&db.options, &changed), Err(Error::Migration(_))));
        assert!(matches!(store::Db::open(&db.options, &MIGRATIONS[..1]), Err(Error::Migration(_))), "newer schema");
    }
}

store::statements! {
    SHARE = "insert into share (entity, record_id, user_id, level) values ($1, $2, $3, $4)";
    CLEAR = "delete from person";
    AMONG = select Person where "id in among($1)";
    ENDLESS = "with recursive n (i) as (select 1 union all select i + 1 from n where i < $1) select count(*) from n";
}

fn fact(customer: Uuid, n: i64) -> outbox::Fact {
    outbox::Fact {
        seq: 0,
        id: Uuid::now_v7(),
        kind: "contact".to_owned(),
        subject: Uuid::now_v7(),
        customer_id: Some(customer),
        at: at(n),
        recorded_at: at(n + 1),
        actor: None,
        attributes: json!({"n": n}),
    }
}

#[test]
fn sqlite_counts_no_memory_and_maps_large_files() {
    let db = TestDb::sqlite(FOUNDATION);
    let set = db.read_blocking(|tx| tx.query(&COMPILED, &[])?.iter().map(|row| row.get(0)).collect());
    let set: Vec<String> = set.expect("the options SQLite was built with");
    for wanted in ["DEFAULT_MEMSTATUS=0", "MAX_MMAP_SIZE=1099511627776"] {
        assert!(set.iter().any(|option| option == wanted), "the build did not see LIBSQLITE3_FLAGS: {set:?}");
    }
}

store::statements! {
    COMPILED = sqlite "select compile_options from pragma_compile_options";
}

#[test]
fn postgres_is_reached_by_tls_as_the_address_says() {
    let server = SealedServer::start();
    let open = |url: String| store::Db::open(&Options::Postgres { url, connections: 1 }, &[]);
    let root = format!("sslmode=verify-full sslrootcert={}", server.certificate.display());
    for (mode, sealed) in [("sslmode=disable", 0), ("sslmode=prefer", 1), ("sslmode=require", 1), (root.as_str(), 1)] {
        let before = server.sealed();
        let db = open(server.url("localhost", mode)).expect(mode);
        assert_eq!(server.sealed() - before, sealed, "{mode}");
        drop(db);
        while server.sealed() > 0 {
            std::thread::yield_now();
        }
    }
    assert!(open(server.url("localhost", "sslmode=verify-full")).is_err(), "nobody we trust signed it");
    assert!(open(server.url("127.0.0.1", &root)).is_err(), "it is signed for another name");
}

#[test]
fn two_nodes_may_start_at_once() {
    let db = TestDb::postgres(FOUNDATION);
    std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..4).map(|_| scope.spawn(|| store::Db::open(&db.options, MIGRATIONS).map(drop))).collect();
        for start in starts {
            start.join().expect("no panic").expect("a start");
        }
    });
}

const PEOPLE: ListSpec = ListSpec {
    table: "person",
    columns: &["name", "age", "id"],
    fields: &[
        Field::new("name", Kind::Text).column("name_key").sortable(),
        Field::new("age", Kind::Integer).sortable(),
    ],
    default_sort: "name",
};

/// The list by its raw name, which the filter tests compare.
const PEOPLE_BY_NAME: ListSpec =
    ListSpec { fields: &[Field::new("name", Kind::Text).sortable(), Field::new("age", Kind::Integer)], ..PEOPLE };

fn count(db: &TestDb) -> i64 {
    db.read_blocking(|tx| tx.query_one(&COUNT, &[])?.get(0)).expect("a count")
}

fn fill(db: &TestDb, ages: &[Option<i64>]) {
    let ages = ages.to_vec();
    db.write_blocking(move |tx| {
        tx.execute(&CLEAR, &[])?;
        for (n, age) in ages.iter().enumerate() {
            Person { age: *age, ..person(&format!("客{n}")) }.insert(tx)?;
        }
        Ok::<_, Error>(())
    })
    .expect("filled");
}

fn pages(db: &TestDb, sort: &str, limit: usize) -> Vec<(Option<i64>, Uuid)> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let asked = Asked::parse(None, Some(sort), cursor.as_deref(), Some(limit)).expect("a question");
        let (rows, next) = db.read_blocking(move |tx| PEOPLE.page(tx, &Predicate::All, &asked)).expect("a page");
        all.extend(rows.iter().map(|row| (row.get(1).expect("age"), row.get(2).expect("id"))));
        cursor = next;
        if cursor.is_none() {
            return all;
        }
    }
}

fn names(db: &TestDb, filter: &str) -> Result<Vec<String>, Error> {
    let asked = Asked::parse(Some(filter), None, None, None)?;
    let (rows, _) = db.read_blocking(move |tx| PEOPLE_BY_NAME.page(tx, &Predicate::All, &asked))?;
    rows.iter().map(|row| row.get(0)).collect()
}

fn listed(db: &TestDb, predicate: &Predicate) -> Vec<Uuid> {
    let predicate = predicate.clone();
    let asked = Asked::parse(None, None, None, Some(200)).expect("a question");
    let (rows, _) = db.read_blocking(move |tx| PEOPLE.page(tx, &predicate, &asked)).expect("a page");
    rows.iter().map(|row| row.get(2).expect("id")).collect()
}

fn column_of(person: &Person, column: &str) -> Value {
    let index = Person::COLUMNS.iter().position(|name| *name == column);
    index.map_or(Value::Null, |index| person.values().swap_remove(index))
}

fn hits(db: &TestDb, query: search::Query<'_>) -> Vec<Uuid> {
    let (text, keys, access, limit) = (query.text.to_owned(), query.keys, query.access, query.limit);
    db.read_blocking(move |tx| {
        let query =
            search::Query { text: &text, keys: keys.clone(), access: access.clone(), limit, ..Default::default() };
        search::find(tx, &query)
    })
    .expect("an answer")
    .into_iter()
    .map(|hit| hit.id)
    .collect()
}

fn predicate(users: Vec<Uuid>) -> impl Strategy<Value = Predicate> {
    let shared = users[0];
    let user = proptest::sample::select(users);
    let leaf = prop_oneof![
        Just(Predicate::All),
        Just(Predicate::None),
        Just(Predicate::IsNull("owner_id")),
        any::<bool>().prop_map(move |write| Predicate::Shared { entity: "person", user: shared, write }),
        user.clone().prop_map(|user| Predicate::eq("owner_id", user)),
        proptest::collection::vec(user, 0..3).prop_map(|users| Predicate::one_of("department_id", users)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Predicate::Any),
            proptest::collection::vec(inner, 0..3).prop_map(Predicate::Both),
        ]
    })
}
