//! Listening, and stopping without cutting anybody off.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::platform::access::login;

/// Requests under way get this long to end after a signal to stop.
const DRAIN: Duration = Duration::from_secs(15);
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// Serves until SIGTERM or SIGINT, then lets what is under way end.
pub async fn serve(app: App, listener: TcpListener) -> io::Result<()> {
    let watching = tokio::spawn(app.hub.clone().watch(app.db.clone()));
    let sweeping = tokio::spawn(sweep(app.clone()));
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let stopping = app.clone();
    let stop = async move {
        stop_signal().await;
        stopping.close();
    };
    let server = axum::serve(listener, service).with_graceful_shutdown(stop).into_future();
    let result = tokio::select! {
        result = server => result,
        () = drained(app) => Ok(()),
    };
    watching.abort();
    sweeping.abort();
    result
}

async fn stop_signal() {
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
}

/// Ends when draining has taken long enough.
async fn drained(app: App) {
    app.closed().await;
    tokio::time::sleep(DRAIN).await;
    tracing::warn!("some requests were still under way");
}

async fn sweep(app: App) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    loop {
        tick.tick().await;
        let (now, lifetime) = (app.clock.now(), app.identities.lifetime());
        if let Err(error) = app.db.write(move |tx| login::sweep(tx, now, lifetime)).await {
            tracing::warn!(%error, "could not remove what has expired");
        }
    }
}
