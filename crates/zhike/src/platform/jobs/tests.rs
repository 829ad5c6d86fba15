use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::Db;
use store::jobs::{self, Job, NewJob, State};
use uuid::Uuid;

use super::*;
use crate::kernel::{Clock, Error, Result};
use crate::platform::files::Files;
use crate::platform::notifications::{self, Notice};
use crate::platform::stream::Hub;
use crate::platform::vault::Vault;
use crate::testing::TestApp;

store::statements! {
    EFFECTS = "select count(*) from notification";
    JOBS = "select count(*) from job where kind = $1";
    DONE = "select count(*) from job where kind = $1 and state = 'done'";
}

struct Stand {
    runner: Runner,
    _folder: tempfile::TempDir,
}

fn start() -> Timestamp {
    "2026-11-23T01:30:00Z".parse().expect("instant")
}

fn stand(db: &Db, register: impl Fn(&mut Registry)) -> Stand {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut registry = Registry::default();
    register(&mut registry);
    let runner = Runner {
        db: db.clone(),
        vault: Arc::new(Vault::from_root(&[7; 32])),
        clock: Clock::test(start()),
        files: Files::open(folder.path()).expect("files"),
        hub: Hub::default(),
        registry: Arc::new(registry),
    };
    Stand { runner, _folder: folder }
}

fn enqueue(db: &Db, kind: &'static str) -> Uuid {
    db.write_blocking(move |tx| {
        let job = NewJob { kind, once_key: None, asked_by: None, payload: json!({ "n": 3 }), run_at: start() };
        Ok::<_, Error>(jobs::enqueue(tx, job)?)
    })
    .expect("enqueued")
}

fn job(db: &Db, id: Uuid) -> Job {
    use store::Entity as _;
    db.read_blocking(move |tx| Job::get(tx, id)).expect("the job")
}

fn count(db: &Db) -> i64 {
    db.read_blocking(|tx| tx.query_one(&EFFECTS, &[])?.get(0)).expect("counted")
}

fn effect(tx: &mut store::Tx<'_>, who: &crate::platform::grant::Principal) -> Result<()> {
    let notice = Notice { user: who.user, kind: "x", params: json!({}), link: None, dedupe_key: None, at: who.now };
    notifications::notify(tx, &notice).map(drop)
}

/// Three steps with an effect each, going on where an earlier run ended.
fn three(context: &JobContext, payload: Value) -> Result<Value> {
    let total = payload["n"].as_i64().unwrap_or_default();
    for step in context.done()..total {
        context.step(step + 1, total, |tx, who| effect(tx, who))?;
    }
    Ok(json!({ "did": total }))
}

/// Dies between its second step and its end, the first time.
fn dies_once(context: &JobContext, payload: Value) -> Result<Value> {
    let fresh = context.done() == 0;
    for step in context.done()..3 {
        context.step(step + 1, 3, |tx, who| effect(tx, who))?;
        assert!(!(fresh && step == 1), "killed");
    }
    three(context, payload)
}

fn always_fails(_: &JobContext, _: Value) -> Result<Value> {
    Err(Error::internal("the disk is on holiday"))
}

fn refuses(_: &JobContext, _: Value) -> Result<Value> {
    Err(Error::invalid("import.empty"))
}

/// Nothing else has been done before it.
fn is_first(context: &JobContext, _: Value) -> Result<Value> {
    context.step(1, 1, |tx, who| match tx.query_one(&EFFECTS, &[])?.get::<i64>(0)? {
        0 => effect(tx, who),
        _ => Err(Error::invalid("not_alone")),
    })?;
    Ok(json!({}))
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn others_wait_for_a_job_that_must_be_alone(db) {
        let stand = stand(&db, |registry| {
            registry.on("three", three).on("first", is_first).alone("first");
        });
        let (earlier, alone) = (enqueue(&db, "three"), enqueue(&db, "first"));
        let worker = Uuid::now_v7();
        let held = db.write_blocking(move |tx| jobs::claim_of(tx, "first", worker, start(), context::LEASE));
        assert_eq!(held.expect("claimed").map(|job| job.id), Some(alone));
        assert_eq!(stand.runner.run_due().expect("ran"), 0, "while it runs nothing is begun");
        stand.runner.clock.set(start() + context::LEASE);
        assert_eq!(stand.runner.run_due().expect("ran"), 2);
        assert_eq!([job(&db, alone).state, job(&db, earlier).state], [State::Done, State::Done]);
    }

    fn a_job_runs_once_and_is_done(db) {
        let stand = stand(&db, |registry| {
            registry.on("three", three);
        });
        let id = enqueue(&db, "three");
        assert_eq!(stand.runner.run_due().expect("ran"), 1);
        assert_eq!(stand.runner.run_due().expect("ran"), 0);
        let job = job(&db, id);
        assert_eq!((job.state, job.done, job.total, job.result), (State::Done, 3, 3, Some(json!({ "did": 3 }))));
        assert_eq!(count(&db), 3);
    }

    fn a_crash_between_claim_and_end_gives_every_effect_once(db) {
        let stand = stand(&db, |registry| {
            registry.on("dies", dies_once);
        });
        let id = enqueue(&db, "dies");
        stand.runner.run_due().expect("ran");
        assert_eq!((job(&db, id).state, count(&db)), (State::Queued, 2));
        stand.runner.clock.set(start() + SignedDuration::from_mins(20));
        stand.runner.run_due().expect("ran");
        assert_eq!((job(&db, id).state, count(&db)), (State::Done, 3));
    }

    fn a_worker_that_lost_its_job_has_no_more_effect(db) {
        let stand = stand(&db, |registry| {
            registry.on("three", three);
        });
        let id = enqueue(&db, "three");
        let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
        let lease = context::LEASE;
        let claim = |worker: Uuid, now: Timestamp| {
            db.write_blocking(move |tx| Ok::<_, Error>(jobs::claim(tx, worker, now, lease)?)).expect("claimed")
        };
        let slow = claim(first, start()).expect("the job");
        assert!(claim(second, start()).is_none(), "leased");
        assert!(claim(second, start() + lease).is_some(), "the lease ran out");
        let late = JobContext {
            db: db.clone(),
            vault: Arc::clone(&stand.runner.vault),
            clock: stand.runner.clock.clone(),
            files: stand.runner.files.clone(),
            hub: Hub::default(),
            done: 0.into(),
            job: slow,
            worker: first,
            principal: std::sync::Mutex::new(Arc::new(crate::platform::access::system(start(), &stand.runner.vault))),
            stop: Arc::new(AtomicBool::new(false)),
        };
        let refused = late.step(1, 3, |tx, who| effect(tx, who)).err().map(|error| error.code);
        assert_eq!((refused, count(&db)), (Some(context::STOPPED), 0));
        assert_eq!(job(&db, id).leased_by, Some(second));
    }

    fn errors_are_tried_again_and_then_given_up(db) {
        let stand = stand(&db, |registry| {
            registry.on("fails", always_fails).on("refuses", refuses);
        });
        let (fails, refused) = (enqueue(&db, "fails"), enqueue(&db, "refuses"));
        for attempt in 0..10 {
            stand.runner.clock.set(start() + SignedDuration::from_mins(20 * attempt));
            stand.runner.run_due().expect("ran");
        }
        let (fails, refused) = (job(&db, fails), job(&db, refused));
        assert_eq!((fails.state, fails.attempts), (State::Failed, 5));
        assert!(!fails.error.expect("an error").contains("holiday"), "what went wrong inside stays in the log");
        assert_eq!((refused.state, refused.attempts), (State::Failed, 1), "what the asker did wrong stays wrong");
        assert!(refused.error.expect("an error").contains("import.empty"));
    }

    fn an_unknown_kind_fails(db) {
        let stand = stand(&db, |_| {});
        let id = enqueue(&db, "nobody knows");
        stand.runner.run_due().expect("ran");
        assert_eq!(job(&db, id).state, State::Failed);
    }

    fn a_job_of_somebody_who_left_is_not_run(db) {
        let stand = stand(&db, |registry| {
            registry.on("three", three);
        });
        let id = db
            .write_blocking(|tx| {
                let asked_by = Some(Uuid::now_v7());
                let job = NewJob { kind: "three", once_key: None, asked_by, payload: json!({ "n": 3 }), run_at: start() };
                Ok::<_, Error>(jobs::enqueue(tx, job)?)
            })
            .expect("enqueued");
        stand.runner.run_due().expect("ran");
        assert_eq!((job(&db, id).state, count(&db)), (State::Failed, 0));
    }

    fn two_nodes_make_one_job_of_a_slot(db) {
        let register = |registry: &mut Registry| {
            registry.on("round", nothing).every(Duration::from_secs(60), "round");
        };
        let (one, two) = (stand(&db, register), stand(&db, register));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
        let jobs = runtime.block_on(async {
            let running = [one.runner.clone().start(), two.runner.clone().start()];
            until_done(&one.runner.db).await;
            for running in running {
                running.drain(Duration::from_secs(10)).await;
            }
            one.runner.db.read(|tx| tx.query_one(&JOBS, &[&"round"])?.get::<i64>(0)).await.expect("counted")
        });
        assert_eq!(jobs, 1);
    }
}

fn nothing(_: &JobContext, _: Value) -> Result<Value> {
    Ok(Value::Null)
}

async fn until_done(db: &Db) {
    for _ in 0..500 {
        let done: i64 = db.read(|tx| tx.query_one(&DONE, &[&"round"])?.get(0)).await.expect("counted");
        if done > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job was never done");
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn a_job_is_watched_by_its_asker_and_no_colleague(db) {
        let app = TestApp::new(&db);
        let li = app.person("li").uuid();
        let id = app.write(move |tx| {
            let job = NewJob { kind: "nobody knows", once_key: None, asked_by: Some(li), payload: json!({}), run_at: start() };
            Ok(jobs::enqueue(tx, job)?)
        });
        let path = format!("/jobs/{id}");
        assert_eq!(app.sign_in("li").get(&path).ok()["state"], "queued");
        assert_eq!(app.sign_in("sun").get(&path).refused(404), "not_found");
        assert_eq!(app.sign_in("sun").get("/jobs").ok()["items"], json!([]));
        assert_eq!(app.run_jobs(), 1);
        let failed = app.sign_in("li").get("/jobs?mine=1").ok()["items"][0].clone();
        assert_eq!((&failed["state"], &failed["error"]), (&json!("failed"), &json!("job.unknown_kind")));
        assert_eq!(app.sign_in("admin").get(&path).ok()["id"], json!(id));
    }
}
