use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::log::{self, LogForm};
use super::place::{Opened, Place};
use zhike::app::{App, Config};
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::access::{self, setup};
use zhike::platform::{http, search};
use zhike::protection::erasure;

/// Jobs get this long to reach their next step.
const JOBS_DRAIN: Duration = Duration::from_secs(10);
/// What a power loss may take of who opened what.
const NOTED_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port to listen on.
    #[arg(long, env = "ZHIKE_LISTEN", default_value = "127.0.0.1:7300")]
    listen: SocketAddr,
    /// Where people reach the server, such as https://crm.example.com, when a proxy stands before it.
    #[arg(long, env = "ZHIKE_PUBLIC_URL")]
    public_url: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    #[arg(long, env = "ZHIKE_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<IpAddr>,
    /// Answer /metrics to other machines too.
    #[arg(long, env = "ZHIKE_OPEN_METRICS")]
    open_metrics: bool,
    /// How log lines are written; RUST_LOG says which.
    #[arg(long, env = "ZHIKE_LOG", value_enum, default_value_t = LogForm::Text)]
    log: LogForm,
    /// For tests: a clock that stands still, at an instant or at the present one, until POST /test/clock sets it.
    #[arg(long, value_name = "INSTANT", num_args = 0..=1, require_equals = true)]
    test_clock: Option<Option<Timestamp>>,
}

impl Serve {
    pub fn run(self) -> Result<ExitCode> {
        log::start(self.log, "info");
        let place = self.place.open()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)?;
        runtime.block_on(self.serve(&place))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(&self, place: &Opened) -> Result<()> {
        let clock = match self.test_clock {
            None => Clock::system(),
            Some(start) => Clock::test(start.unwrap_or_else(Timestamp::now)),
        };
        let listener = TcpListener::bind(self.listen).await.map_err(|error| self.unbound(&error))?;
        let config = Config {
            listen: listener.local_addr().map_err(Error::internal)?,
            public_url: self.public_url.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            open_metrics: self.open_metrics,
            ..Config::default()
        };
        let app = App::new(place.db.clone(), clock, Arc::clone(&place.vault), place.files.clone(), config)?;
        let now = app.clock.now();
        app.db.write(move |tx| search::renew_if_old(tx, now)).await?;
        let again = erasure::reapply(&app).await?;
        if again > 0 {
            tracing::warn!(
                again,
                "people who had been erased were back, from an older copy of the database; they go again"
            );
        }
        let system = access::system(now, &place.vault);
        app.db.write(move |tx| setup::follow_product(tx, &system)).await?;
        greet(&app).await?;
        let jobs = app.runner().start();
        let serving = async {
            let served = http::serve(app.clone(), listener).await;
            app.close();
            served
        };
        // Jobs stop when the server begins to stop, not when its last request has ended.
        let draining = async {
            app.closed().await;
            jobs.drain(JOBS_DRAIN).await;
        };
        // Who opened what is held in memory for a moment.
        let noting = async {
            while !app.is_closing() {
                let _ = tokio::time::timeout(NOTED_EVERY, app.closed()).await;
                if let Err(error) = app.seen.write(&app.db).await {
                    tracing::warn!(%error, "who opened what could not be written yet");
                }
            }
        };
        let (served, (), ()) = tokio::join!(serving, draining, noting);
        app.seen.write(&app.db).await?;
        served.map_err(Error::internal)
    }

    fn unbound(&self, error: &std::io::Error) -> Error {
        let advice = format!("cannot listen on {}: {error}; choose another address with --listen", self.listen);
        Error::invalid("serve.unbound").detail(advice)
    }
}

/// Says where to go: to the set-up by a link that works once, or to the console.
async fn greet(app: &App) -> Result<()> {
    let now = app.clock.now();
    match app.db.write(move |tx| setup::issue_link(tx, now)).await? {
        Some(token) => {
            let link = app.config.link(&format!("/setup?token={token}"));
            println!(
                "Zhike is ready. Set up your company with this link, which works once and for a day:\n\n  {link}\n"
            );
        }
        None => println!("Zhike is ready: {}", app.config.link("/")),
    }
    Ok(())
}
