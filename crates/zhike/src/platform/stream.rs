//! Hints that something changed, for open pages (server-sent events). A hint carries a topic and nothing else: the page
//! asks again by the usual way, with the usual permission. A hint that is lost costs nothing but a moment, so they are
//! not stored; the database has the truth.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, StreamExt};
use serde_json::json;
use store::{Db, Tx};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::{NoContext, Timestamp, Uuid};

use crate::app::App;
use crate::kernel::Result;
use crate::platform::access::identity::Credential;
use crate::platform::http::Who;

/// Hints that a slow reader may be behind; past it, it is told to look at everything.
const BEHIND_MOST: usize = 256;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// An id is made before its transaction commits; looking back this far finds those that committed late.
const LOOK_BACK: Duration = Duration::from_secs(15);

/// Whoever loses their session or their place in the company stops hearing within this time.
const ASK_WHO_EVERY: Duration = Duration::from_millis(500);

/// A connection is ended after this time; the page connects again, and shows anew who it is.
const LIVES: Duration = Duration::from_secs(300);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Whom it is for; nobody in particular means everybody.
    pub user: Option<Uuid>,
    pub topic: &'static str,
}

/// Where hints are given and heard, within this process.
#[derive(Clone, Debug)]
pub struct Hub {
    sender: broadcast::Sender<Hint>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { sender: broadcast::channel(BEHIND_MOST).0 }
    }
}

store::statements! {
    SINCE = "select id, user_id from notification where id > $1 order by id limit 1000";
}

impl Hub {
    /// Tells whoever listens; nobody may.
    pub fn tell(&self, user: Option<Uuid>, topic: &'static str) {
        let _ = self.sender.send(Hint { user, topic });
    }

    pub fn listen(&self) -> broadcast::Receiver<Hint> {
        self.sender.subscribe()
    }

    /// Watches for notifications, whichever node wrote them, until the process ends.
    pub async fn watch(self, db: Db) {
        let mut known = HashSet::new();
        let mut first = true;
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let found = match db.read(|tx| recent(tx, LOOK_BACK)).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!(%error, "could not look for notifications");
                    continue;
                }
            };
            let new: Vec<Uuid> = found.iter().filter(|(id, _)| !known.contains(id)).map(|(_, user)| *user).collect();
            known = found.into_iter().map(|(id, _)| id).collect();
            if !first {
                new.into_iter().for_each(|user| self.tell(Some(user), "notifications"));
            }
            first = false;
        }
    }
}

/// Notifications made in the last moments, by the machine's clock: ids are made by it, also when a test owns time.
fn recent(tx: &mut Tx<'_>, back: Duration) -> Result<Vec<(Uuid, Uuid)>> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default() - back;
    let since = Timestamp::from_unix(NoContext, since.as_secs(), since.subsec_nanos());
    let least = Uuid::from_u128(Uuid::new_v7(since).as_u128() >> 80 << 80);
    tx.query(&SINCE, &[&least])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(stream))
}

/// Server-sent events `{"topic": …}`: something about this topic changed. `all` means that hints were missed.
#[utoipa::path(get, path = "/stream", tag = "platform", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn stream(
    State(app): State<App>,
    who: Who,
    Extension(credential): Extension<Credential>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let user = who.user.uuid();
    let hints = BroadcastStream::new(app.hub.listen()).filter_map(move |hint| async move {
        match hint {
            Ok(hint) => hint.user.is_none_or(|of| of == user).then_some(hint.topic),
            Err(_) => Some("all"),
        }
    });
    let events = hints.map(|topic| Ok(Event::default().data(json!({ "topic": topic }).to_string())));
    let end = async move {
        tokio::select! {
            () = app.closed() => {}
            () = shut_out(&app, &credential) => {}
            () = tokio::time::sleep(LIVES) => {}
        }
    };
    Sse::new(events.take_until(Box::pin(end))).keep_alive(KeepAlive::default())
}

/// Ends when the credential is good for nothing any more. Who it belongs to is remembered, so asking costs little.
async fn shut_out(app: &App, credential: &Credential) {
    let mut tick = tokio::time::interval(ASK_WHO_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match app.identities.is_good(&app.db, credential, app.clock.now()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "could not ask whether somebody may still listen"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::http::Request;
    use jiff::SignedDuration;
    use tower::ServiceExt;

    use super::*;
    use crate::kernel::Error;
    use crate::platform::access;
    use crate::platform::grant::Principal;
    use crate::platform::notifications::{Notice, notify};
    use crate::platform::vault::Vault;
    use crate::testing::{Session, TestApp};

    store::db_test! {
        crate::app::MIGRATIONS;
        fn recent_notifications_are_seen_whatever_the_test_clock_says(db) {
            // The clock of the test stands in another year; ids are made by the machine's.
            let now = jiff::Timestamp::now() - SignedDuration::from_hours(24 * 800);
            let who: Principal = access::system(now, &Arc::new(Vault::from_root(&[7; 32])));
            let user = who.user;
            db.write_blocking(move |tx| {
                let params = json!({});
                notify(tx, &Notice { user, kind: "x", params, link: None, dedupe_key: None, at: now }).map(drop)
            })
            .expect("written");
            let found = db.read_blocking(|tx| recent(tx, LOOK_BACK)).expect("read");
            assert_eq!(found.iter().map(|(_, user)| *user).collect::<Vec<_>>(), [user.uuid()]);
            std::thread::sleep(Duration::from_millis(5));
            let none = db.read_blocking(|tx| Ok::<_, Error>(recent(tx, Duration::ZERO)?.len())).expect("read");
            assert_eq!(none, 0);
        }

        fn a_page_hears_its_own_hints_and_no_others(db) {
            let app = TestApp::new(&db);
            let (li, wang) = (app.person("li").uuid(), app.person("wang").uuid());
            let cookie = app.sign_in("li").header("cookie").expect("a cookie").to_owned();
            let request = Request::get("/api/v1/stream").header("cookie", cookie).body(Body::empty()).expect("a request");
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let heard = runtime.block_on(async {
                let Ok(response) = app.app.router().oneshot(request).await;
                assert_eq!(response.status(), 200);
                let mut body = response.into_body().into_data_stream();
                app.app.hub.tell(Some(wang), "secret");
                app.app.hub.tell(Some(li), "jobs");
                let heard = body.next().await.expect("an event").expect("readable");
                app.app.close();
                while body.next().await.is_some() {}
                heard
            });
            assert_eq!(heard, "data: {\"topic\":\"jobs\"}\n\n");
        }

        fn whoever_is_shut_out_stops_hearing_within_a_second(db) {
            let app = TestApp::new(&db);
            let admin = app.sign_in("admin");
            let dismiss = |session: &Session<'_>| {
                let li = format!("/users/{}", session.get("/me").ok()["id"].as_str().expect("an id"));
                let version = admin.get(&li).ok()["version"].as_i64().expect("a version");
                admin.patch(&li, version, json!({ "active": false })).ok();
            };
            let sign_out = |session: &Session<'_>| assert!(session.delete("/session").status.is_success());
            for (login, shut_out) in [("li", &dismiss as &dyn Fn(&Session<'_>)), ("sun", &sign_out)] {
                let session = app.sign_in(login);
                let cookie = session.header("cookie").expect("a cookie").to_owned();
                let request = Request::get("/api/v1/stream").header("cookie", cookie).body(Body::empty()).expect("a request");
                let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
                let Ok(response) = runtime.block_on(app.app.router().oneshot(request));
                assert_eq!(response.status(), 200);
                let mut body = response.into_body().into_data_stream();
                let soon = Duration::from_millis(700);
                assert!(runtime.block_on(async { tokio::time::timeout(soon, body.next()).await }).is_err(), "still open");
                shut_out(&session);
                let ended = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(1), body.next()).await });
                assert!(matches!(ended, Ok(None)), "{login} still hears");
            }
        }
    }
}
