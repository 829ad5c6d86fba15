//! One search over everything that has a name. Rooms put their records into the index of the store and say what kinds
//! they have, which `app.rs` puts together once ([`declare`]); each decides who may see which of its records, and no hit leaves that it did not let pass.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use store::search::{self, Hit, Place, place_in};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;
use crate::platform::http::{Json, Query, Who};
use crate::platform::jobs::{JobContext, Registry};

const LIMIT_DEFAULT: usize = 20;
const LIMIT_MOST: usize = 50;
const TEXT_MOST: usize = 100;
/// Hits looked at at once to find those that the asker may see, where the first few were not enough.
const BATCH: usize = 100;
const BATCHES_MOST: usize = 10;
/// Records that one step puts into the index again.
pub const RENEWED_AT_ONCE: i64 = 200;
/// An index is searched for so many tokens of access at little cost.
const TOKENS_FEW: usize = 3;

/// What records are called, each once for every name.
pub type Names = Vec<(Uuid, String)>;

/// A kind of record that can be searched for.
#[derive(Clone, Copy)]
pub struct Searchable {
    pub kind: &'static str,
    /// What one must be able to read to search for it at all.
    pub entity: Entity,
    /// Which of these records the asker may see.
    pub visible: fn(&mut Tx<'_>, &Principal, &[Uuid]) -> Result<Vec<Uuid>>,
    /// Narrows the search to records that carry one of these tokens, so that a person with few records among many
    /// finds them; `None` searches all. It may let too much pass, never too little: `visible` has the last word.
    pub access: fn(&Principal) -> Option<Vec<String>>,
    /// Further exact keys that the text may be, such as the blind index of a phone number.
    pub keys: fn(&Principal, &str) -> Vec<String>,
    /// What these records are called for short.
    pub short_names: fn(&mut Tx<'_>, &[Uuid]) -> Result<Names>,
    /// The people by whose names these records are found, as far as the asker may see them.
    pub people: fn(&mut Tx<'_>, &Principal, &[Uuid]) -> Result<Names>,
    /// How many records there are, to be compared with the index by `zhike doctor`.
    pub records: fn(&mut Tx<'_>) -> Result<i64>,
    /// Puts the next records after this one into the index again, in the order of their ids, and answers the last of
    /// them; nothing when there are none left.
    pub renew: fn(&mut Tx<'_>, Option<Uuid>) -> Result<Option<Uuid>>,
}

static KINDS: OnceLock<Vec<Searchable>> = OnceLock::new();

/// Sets what can be searched for in the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Searchable>) {
    KINDS.get_or_init(all);
}

fn kinds() -> &'static [Searchable] {
    KINDS.get().map(Vec::as_slice).unwrap_or_default()
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Found {
    #[schema(example = "customer")]
    pub kind: String,
    pub id: Uuid,
    pub title: String,
    pub subtitle: String,
    /// What it was found by, where its title does not tell.
    pub matched: Option<Matched>,
}

/// Another name by which something was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Matched {
    pub by: MatchedBy,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    ShortName,
    Contact,
}

/// Searches the kinds named, or all, for what the asker may see; of the newest hits the best first.
pub fn find(
    tx: &mut Tx<'_>,
    who: &Principal,
    searchable: &[Searchable],
    kinds: &[&str],
    text: &str,
    limit: usize,
) -> Result<Vec<Found>> {
    let text = text.trim();
    let mut found = Vec::new();
    if text.is_empty() || text.chars().count() > TEXT_MOST {
        return Ok(found);
    }
    let asked = searchable.iter().filter(|kind| kinds.is_empty() || kinds.contains(&kind.kind));
    for kind in asked.filter(|kind| who.permissions.reach(Action::Read, kind.entity).is_some()) {
        found.extend(of_kind(tx, who, kind, text, limit)?);
    }
    Ok(found)
}

fn of_kind(tx: &mut Tx<'_>, who: &Principal, kind: &Searchable, text: &str, limit: usize) -> Result<Vec<Found>> {
    let kinds = [kind.kind];
    let access = (kind.access)(who);
    // Whoever goes by many tokens may see most hits, and asking for one of many costs more than looking at some in vain.
    let looks_first = access.as_ref().is_some_and(|tokens| tokens.len() > TOKENS_FEW);
    let mut query = search::Query {
        kinds: &kinds,
        text,
        keys: (kind.keys)(who, text),
        access: access.clone().filter(|_| !looks_first),
        before: None,
        // Most people may see most of what they search for.
        limit,
    };
    let mut found = Vec::new();
    for _ in 0..BATCHES_MOST {
        let hits = search::find(tx, &query)?;
        query.before = hits.last().map(|hit| hit.place);
        let more = hits.len() == query.limit;
        found.extend(visible(tx, who, kind, hits)?);
        if !more || found.len() >= limit {
            break;
        }
        query.limit = BATCH;
        query.access.clone_from(&access);
    }
    let mut found = ranked(tx, who, kind, text, found)?;
    found.truncate(limit);
    Ok(found)
}

/// What begins with the text comes first, what is only found by its people last, and says so. Other names are looked up
/// for those whose title leaves a question open.
fn ranked(tx: &mut Tx<'_>, who: &Principal, kind: &Searchable, text: &str, found: Vec<Found>) -> Result<Vec<Found>> {
    let place = |found: &Found| place_in(&found.title, text).min(place_in(&found.subtitle, text));
    let mut placed: Vec<(Place, Found)> = found.into_iter().map(|found| (place(&found), found)).collect();
    let unclear = at(&placed, Place::Word);
    let short_names = if unclear.is_empty() { Vec::new() } else { (kind.short_names)(tx, &unclear)? };
    for (id, name) in short_names {
        better(&mut placed, id, MatchedBy::ShortName, (place_in(&name, text), name));
    }
    let unexplained = at(&placed, Place::Elsewhere);
    let people = if unexplained.is_empty() { Vec::new() } else { (kind.people)(tx, who, &unexplained)? };
    for (id, name) in people {
        if place_in(&name, text) != Place::Elsewhere {
            better(&mut placed, id, MatchedBy::Contact, (Place::Elsewhere, name));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    Ok(placed.into_iter().map(|(_, found)| found).collect())
}

/// What stands at this place or a worse one.
fn at(placed: &[(Place, Found)], from: Place) -> Vec<Uuid> {
    placed.iter().filter(|(place, _)| *place >= from).map(|(_, found)| found.id).collect()
}

/// Notes that another name stands better; the first that explains a hit is told.
fn better(placed: &mut [(Place, Found)], id: Uuid, by: MatchedBy, (place, name): (Place, String)) {
    let Some((before, found)) = placed.iter_mut().find(|(_, found)| found.id == id) else { return };
    let unexplained = *before == Place::Elsewhere && found.matched.is_none();
    if unexplained && (place < Place::Elsewhere || by == MatchedBy::Contact) {
        found.matched = Some(Matched { by, name });
    }
    *before = place.min(*before);
}

fn visible(tx: &mut Tx<'_>, who: &Principal, kind: &Searchable, hits: Vec<Hit>) -> Result<Vec<Found>> {
    let ids: Vec<Uuid> = hits.iter().map(|hit| hit.id).collect();
    let visible = (kind.visible)(tx, who, &ids)?;
    let hits = hits.into_iter().filter(|hit| visible.contains(&hit.id));
    Ok(hits
        .map(|hit| Found { kind: hit.kind, id: hit.id, title: hit.title, subtitle: hit.subtitle, matched: None })
        .collect())
}

/// What those of these records are called that the asker may see.
pub fn titles(tx: &mut Tx<'_>, who: &Principal, entity: Entity, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let Some(kind) = kinds().iter().find(|kind| kind.entity == entity) else { return Ok(HashMap::new()) };
    if ids.is_empty() || who.permissions.reach(Action::Read, entity).is_none() {
        return Ok(HashMap::new());
    }
    let mut titles = HashMap::new();
    for id in (kind.visible)(tx, who, ids)? {
        titles.extend(search::title(tx, kind.kind, id)?.map(|title| (id, title)));
    }
    Ok(titles)
}

const RENEW: &str = "search.renew";

pub fn register(registry: &mut Registry) {
    registry.on(RENEW, renew);
}

/// Asks for a new index where an older program made the one there is.
pub fn renew_if_old(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    if search::is_in_form(tx)? {
        return Ok(());
    }
    let once_key = Some(format!("{RENEW}:{}", search::FORM));
    jobs::enqueue(tx, NewJob { kind: RENEW, once_key, asked_by: None, payload: json!({}), run_at: now })?;
    Ok(())
}

/// Puts everything into the index again; after a crash from the start, which does no harm.
fn renew(context: &JobContext, _payload: Value) -> Result<Value> {
    let mut done = 0;
    for kind in kinds() {
        let total = context.read(move |tx, _| (kind.records)(tx))?;
        let mut last = None;
        loop {
            done += RENEWED_AT_ONCE;
            last = context.step(done, total.max(done), move |tx, _| (kind.renew)(tx, last))?;
            if last.is_none() {
                break;
            }
        }
    }
    while context.step(done, done, |tx, _| Ok(search::tidy(tx)?))? {}
    context.step(done, done, |tx, _| Ok(search::renewed(tx)?))?;
    Ok(json!({}))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Characters, pinyin, initials, a number, a phone number or its last four digits.
    q: String,
    /// Kinds separated by commas; all when left out.
    kinds: Option<String>,
    /// Hits per kind.
    limit: Option<usize>,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_search))
}

#[derive(Debug, Serialize, ToSchema)]
struct Hits {
    items: Vec<Found>,
}

/// Searches for records by name, number or phone.
#[utoipa::path(get, path = "/search", tag = "platform", extensions(("x-permission" = json!("signed_in"))),
    params(SearchQuery), responses((status = 200, body = Hits)))]
async fn get_search(State(app): State<App>, who: Who, Query(query): Query<SearchQuery>) -> Result<Json<Hits>> {
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MOST);
    let search = move |tx: &mut Tx<'_>| {
        let asked = query.kinds.iter().flat_map(|kinds| kinds.split(',')).filter(|kind| !kind.is_empty());
        find(tx, &who, kinds(), &asked.collect::<Vec<_>>(), &query.q, limit)
    };
    Ok(Json(Hits { items: app.db.read(search).await? }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::search::Doc;

    use super::*;
    use crate::kernel::{Error, Permissions};
    use crate::platform::access;
    use crate::platform::vault::Vault;

    fn even_only(_: &mut Tx<'_>, _: &Principal, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(ids.iter().copied().filter(|id| id.as_u128() % 2 == 0).collect())
    }

    const CUSTOMERS: Searchable = Searchable {
        kind: "customer",
        entity: Entity::Customer,
        visible: even_only,
        access: |_| None,
        keys: |_, text| vec![format!("number:{text}")],
        short_names: |_, _| Ok(Vec::new()),
        people: |_, _, _| Ok(Vec::new()),
        records: |_| Ok(300),
        renew: |_, _| Ok(None),
    };

    store::db_test! {
        crate::app::MIGRATIONS;
        fn only_what_may_be_seen_is_found(db) {
            let now = "2026-11-23T01:30:00Z".parse().expect("instant");
            let who = access::system(now, &Arc::new(Vault::from_root(&[7; 32])));
            db.write_blocking(move |tx| {
                for n in 0..300u128 {
                    let title = format!("深圳华盛{n}科技");
                    let keys = vec![format!("number:KH-{n}")];
                    let id = Uuid::from_u128(n);
                    search::put(tx, &Doc { kind: "customer", id, title: &title, keys, ..Doc::default() })?;
                }
                let all = [CUSTOMERS];
                let hits = find(tx, &who, &all, &[], "华盛", 200)?;
                assert_eq!(hits.len(), 150);
                assert!(hits.iter().all(|hit| hit.id.as_u128() % 2 == 0));
                assert_eq!(find(tx, &who, &all, &["customer"], "hs", 20)?.len(), 20);
                assert_eq!(find(tx, &who, &all, &[], "KH-44", 20)?.len(), 1);
                assert!(find(tx, &who, &all, &[], "KH-45", 20)?.is_empty());
                assert!(find(tx, &who, &all, &["todo"], "华盛", 20)?.is_empty());
                assert!(find(tx, &who, &all, &[], " ", 20)?.is_empty());
                who_without_rights(tx, &who, &all)
            })
            .expect("searched");
        }
    }

    fn who_without_rights(tx: &mut Tx<'_>, who: &Principal, all: &[Searchable]) -> Result<()> {
        let nobody = Principal { permissions: Arc::new(Permissions::default()), ..who.clone() };
        assert!(find(tx, &nobody, all, &[], "华盛", 20)?.is_empty());
        Ok::<_, Error>(())
    }
}
