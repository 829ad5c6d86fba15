//! The house put together: the rooms' routes, subscriptions and migrations, and what every handler may use.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use store::{Db, Migration};
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::customers;
use crate::desk;
use crate::engagement;
use crate::kernel::{Clock, Error, Result};
use crate::people;
use crate::platform::access::identity::{Identities, Lifetime};
use crate::platform::access::login::Door;
use crate::platform::audit;
use crate::platform::bin;
use crate::platform::files::Files;
use crate::platform::holdings::{self, Holding};
use crate::platform::http::lanes::Lanes;
use crate::platform::http::{
    BODY_MOST, Limits, Problem, Registry, Rule, console, document, edge, guard, health, metrics, name_operations,
};
use crate::platform::outbox::{self, Subscription};
use crate::platform::search::{self, Searchable};
use crate::platform::stream::Hub;
use crate::platform::traces;
use crate::platform::vault::Vault;
use crate::platform::{self, jobs};
use crate::policy;
use crate::protection;
use crate::sample;

/// The schema, in order. Every room's file is named here.
pub const MIGRATIONS: &[Migration] = &[
    store::FOUNDATION[0],
    store::FOUNDATION[1],
    store::FOUNDATION[2],
    Migration { version: 10, name: "access", sql: include_str!("../migrations/0010_access.sql") },
    Migration { version: 11, name: "administrators", sql: include_str!("../migrations/0011_administrators.sql") },
    Migration { version: 20, name: "platform", sql: include_str!("../migrations/0020_platform.sql") },
    Migration { version: 21, name: "attachments", sql: include_str!("../migrations/0021_attachments.sql") },
    Migration { version: 22, name: "releases", sql: include_str!("../migrations/0022_releases.sql") },
    Migration { version: 23, name: "release purposes", sql: include_str!("../migrations/0023_release_purposes.sql") },
    Migration { version: 30, name: "customers", sql: include_str!("../migrations/0030_customers.sql") },
    Migration { version: 31, name: "import", sql: include_str!("../migrations/0031_import.sql") },
    Migration { version: 32, name: "relations", sql: include_str!("../migrations/0032_relations.sql") },
    Migration { version: 33, name: "grade_proposal", sql: include_str!("../migrations/0033_grade_proposal.sql") },
    Migration { version: 34, name: "cooperation", sql: include_str!("../migrations/0034_cooperation.sql") },
    Migration { version: 35, name: "custom fields", sql: include_str!("../migrations/0035_custom_fields.sql") },
    Migration { version: 36, name: "bulk", sql: include_str!("../migrations/0036_bulk.sql") },
    Migration { version: 37, name: "duplicates", sql: include_str!("../migrations/0037_duplicates.sql") },
    Migration { version: 38, name: "merges", sql: include_str!("../migrations/0038_merges.sql") },
    Migration { version: 39, name: "quality", sql: include_str!("../migrations/0039_quality.sql") },
    Migration { version: 40, name: "policy", sql: include_str!("../migrations/0040_policy.sql") },
    Migration { version: 41, name: "duty_moves", sql: include_str!("../migrations/0041_duty_moves.sql") },
    Migration { version: 43, name: "merge_notes", sql: include_str!("../migrations/0043_merge_notes.sql") },
    Migration { version: 44, name: "handovers", sql: include_str!("../migrations/0044_handovers.sql") },
    Migration { version: 45, name: "erased marks", sql: include_str!("../migrations/0045_erased_marks.sql") },
    Migration { version: 46, name: "counts", sql: include_str!("../migrations/0046_counts.sql") },
    Migration { version: 48, name: "field", sql: include_str!("../migrations/0048_field.sql") },
    Migration { version: 50, name: "engagement", sql: include_str!("../migrations/0050_engagement.sql") },
    Migration { version: 51, name: "check in", sql: include_str!("../migrations/0051_check_in.sql") },
    Migration { version: 60, name: "consents", sql: include_str!("../migrations/0060_consents.sql") },
    Migration { version: 61, name: "subject requests", sql: include_str!("../migrations/0061_subject_requests.sql") },
    Migration { version: 62, name: "erasure", sql: include_str!("../migrations/0062_erasure.sql") },
    Migration { version: 63, name: "seen", sql: include_str!("../migrations/0063_seen.sql") },
    Migration { version: 64, name: "alarms", sql: include_str!("../migrations/0064_alarms.sql") },
    Migration { version: 65, name: "recalls", sql: include_str!("../migrations/0065_recalls.sql") },
    Migration { version: 66, name: "listed", sql: include_str!("../migrations/0066_listed.sql") },
    Migration { version: 67, name: "alarms of lists", sql: include_str!("../migrations/0067_alarms_of_lists.sql") },
    Migration { version: 70, name: "deputies", sql: include_str!("../migrations/0070_deputies.sql") },
    Migration { version: 80, name: "desk", sql: include_str!("../migrations/0080_desk.sql") },
    Migration { version: 81, name: "duty_subject", sql: include_str!("../migrations/0081_duty_subject.sql") },
];

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where people reach the server, when it is not the address it listens on.
    pub public_url: Option<String>,
    /// Whether `/metrics` answers to other machines.
    pub open_metrics: bool,
    pub lifetime: Lifetime,
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            trusted_proxies: Vec::new(),
            public_url: None,
            open_metrics: false,
            lifetime: Lifetime::default(),
            limits: Limits::default(),
        }
    }
}

impl Config {
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// A link that people can open. Built from what is configured, never from what a request says (host injection).
    pub fn link(&self, path: &str) -> String {
        match &self.public_url {
            Some(url) => format!("{}{path}", url.trim_end_matches('/')),
            None => format!("http://{}{path}", self.listen),
        }
    }
}

/// What handlers, jobs and commands use. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<State>);

pub struct State {
    pub db: Db,
    pub clock: Clock,
    pub vault: Arc<Vault>,
    pub files: Files,
    pub config: Config,
    pub identities: Identities,
    pub registry: Registry,
    pub lanes: Lanes,
    pub hub: Hub,
    /// Which customers were opened a moment ago.
    pub seen: customers::seen::Seen,
    /// The published description, as it is sent.
    pub document: Bytes,
    closing: watch::Sender<bool>,
}

impl Deref for App {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

impl App {
    /// Puts the application together.
    ///
    /// # Errors
    /// When a route does not declare its permission: such a program must not serve.
    pub fn new(db: Db, clock: Clock, vault: Arc<Vault>, files: Files, config: Config) -> Result<Self> {
        let openapi = openapi();
        let registry = registry_of(&openapi)?;
        join_rooms();
        metrics::start();
        Ok(Self(Arc::new(State {
            db,
            clock,
            vault,
            files,
            identities: Identities::new(config.lifetime),
            lanes: Lanes::new(config.limits),
            registry,
            config,
            hub: Hub::default(),
            seen: customers::seen::Seen::default(),
            document: serde_json::to_vec(&openapi)?.into(),
            closing: watch::Sender::new(false),
        })))
    }

    /// The whole server.
    pub fn router(&self) -> Router {
        let (api, _) = rooms().split_for_parts();
        let api = api.route_layer(from_fn_with_state(self.clone(), guard::guard));
        Router::new()
            .merge(api)
            .merge(health::routes())
            .merge(platform::test_clock::routes(&self.clock))
            .fallback(console::console)
            .layer(DefaultBodyLimit::max(BODY_MOST))
            .layer(from_fn_with_state(self.clone(), edge::edge))
            .layer(CompressionLayer::new())
            .with_state(self.clone())
    }

    /// What does the jobs, to be started beside the server.
    pub fn runner(&self) -> jobs::Runner {
        jobs::Runner {
            db: self.db.clone(),
            vault: Arc::clone(&self.vault),
            clock: self.clock.clone(),
            files: self.files.clone(),
            hub: self.hub.clone(),
            registry: Arc::new(jobs()),
        }
    }

    /// What signing in needs.
    pub fn door(&self) -> Door {
        Door {
            db: self.db.clone(),
            clock: self.clock.clone(),
            vault: Arc::clone(&self.vault),
            lifetime: self.config.lifetime,
        }
    }

    /// Tells whoever keeps a connection open to let it go.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Ends when the server begins to stop; long answers (streams) must end with it.
    pub async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives as long as `self`.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Zhike",
        description = "The interface of Zhike 知客. Every operation names the permission it needs in `x-permission`. \
        Lists take `filter`, `sort`, `cursor` and `limit`; writes take `Idempotency-Key`; changes need `If-Match`; \
        errors are problem details with a stable `code`.",
        license(name = "Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Document;

/// All rooms' routes with their descriptions.
fn rooms() -> OpenApiRouter<App> {
    let rooms = OpenApiRouter::new()
        .merge(document::routes())
        .merge(platform::routes())
        .merge(people::routes())
        .merge(customers::routes())
        .merge(policy::routes())
        .merge(engagement::routes())
        .merge(desk::routes())
        .merge(protection::routes());
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", rooms)
}

/// Hands the platform and each room what the others offer. Whoever opens the database does it first, server or command:
/// without it facts reach nobody, and what another room has to agree to is refused.
pub fn join_rooms() {
    outbox::subscribe(subscriptions);
    customers::timeline::register(timeline);
    customers::documents::declare(sheets);
    customers::attachments::declare(carriers);
    customers::basis::declare(protection::consents::keeper());
    search::declare(searchable);
    audit::declare(customers::service::told);
    holdings::declare(self::holdings);
    bin::declare(bins);
    traces::declare(erasers);
}

/// Who is told of which facts.
fn subscriptions() -> Vec<Subscription> {
    [policy::subscriptions(), customers::settling::subscriptions()].into_iter().flatten().collect()
}

/// What the rooms know of a customer, for one stream.
fn timeline() -> Vec<customers::timeline::Offer> {
    let rooms = [customers::timeline::own(), policy::timeline(), engagement::timeline(), desk::timeline()];
    rooms.into_iter().flatten().collect()
}

/// The forms that the rooms fill.
fn sheets() -> Vec<customers::documents::Sheet> {
    [customers::documents::own(), engagement::sheets()].into_iter().flatten().collect()
}

/// The records that files can hang on.
fn carriers() -> Vec<customers::attachments::Carrier> {
    [customers::attachments::own(), engagement::carriers(), desk::carriers()].into_iter().flatten().collect()
}

/// What the rooms hold of a customer.
pub fn holdings() -> Vec<Holding> {
    let rooms = [
        customers::holdings(),
        policy::holdings(),
        engagement::holdings(),
        desk::holdings(),
        protection::holdings(),
        platform::holdings(),
    ];
    rooms.into_iter().flatten().collect()
}

/// How the rooms let go of somebody who is erased, beside the rows that are theirs.
fn erasers() -> Vec<traces::Eraser> {
    vec![
        customers::erasing::eraser,
        policy::eraser,
        engagement::eraser,
        desk::eraser,
        protection::erasure::service::eraser,
        traces::own,
    ]
}

/// What can be removed and restored.
fn bins() -> Vec<bin::Bin> {
    [customers::bin::bins(), engagement::bins(), desk::bins()].into_iter().flatten().collect()
}

/// What can be searched for.
pub fn searchable() -> Vec<Searchable> {
    vec![customers::searchable()]
}

/// Who does which jobs, and what comes round.
pub fn jobs() -> jobs::Registry {
    let mut registry = jobs::Registry::default();
    jobs::register_own(&mut registry);
    search::register(&mut registry);
    bin::register(&mut registry);
    engagement::register(&mut registry);
    policy::register(&mut registry);
    customers::duplicates::register(&mut registry);
    customers::import::register(&mut registry);
    customers::merges::register(&mut registry);
    customers::bulk::register(&mut registry);
    customers::quality::register(&mut registry);
    customers::seen::register(&mut registry);
    protection::alarms::register(&mut registry);
    customers::export::register(&mut registry);
    customers::documents::register(&mut registry);
    customers::attachments::register(&mut registry);
    customers::settling::register(&mut registry);
    protection::erasure::register(&mut registry);
    sample::register(&mut registry);
    registry
}

/// The published description of the interface.
pub fn openapi() -> OpenApi {
    let mut openapi = rooms().into_openapi();
    name_operations(&mut openapi);
    openapi
}

/// Every route of the API with its rule.
pub fn routes() -> Result<Vec<(axum::http::Method, String, Rule)>> {
    Ok(registry_of(&openapi())?.routes())
}

fn registry_of(openapi: &OpenApi) -> Result<Registry> {
    Registry::read(openapi).map_err(|faults| Error::internal(format!("refusing to start: {}", faults.join("; "))))
}

#[cfg(test)]
mod tests {
    use utoipa_axum::routes;

    use super::*;

    #[utoipa::path(get, path = "/forgotten")]
    async fn forgotten() {}

    #[test]
    fn a_route_without_a_permission_stops_the_start() {
        let document = rooms().routes(routes!(forgotten)).into_openapi();
        let refusal = registry_of(&document).expect_err("the route declares nothing").to_string();
        assert!(refusal.contains("refusing to start: GET /forgotten declares no x-permission"), "{refusal}");
        assert!(registry_of(&openapi()).is_ok());
    }
}
