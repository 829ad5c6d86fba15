//! Search for names as Chinese users type them: any two characters inside a name, full pinyin, initials.
//!
//! Names are cut into tokens here, so that both databases find the same: pairs of characters, Latin words, and at each
//! place of a name the pinyin and the initials of what follows. Trigram indexes find nothing under three characters,
//! and most Chinese words have two.

mod readings;
mod tokens;

use uuid::Uuid;

pub use tokens::{Place, person_key, pinyin_key, place_in};

use crate::{Result, Tx, seq};
use tokens::{Term, Tokens, terms};

/// What to index of a record.
#[derive(Clone, Debug, Default)]
pub struct Doc<'a> {
    pub kind: &'a str,
    pub id: Uuid,
    /// Shown in results.
    pub title: &'a str,
    pub subtitle: &'a str,
    /// Further names it is found by: short name, contacts …
    pub names: Vec<&'a str>,
    /// Found only when given exactly: numbers, blind indexes of a phone.
    pub keys: Vec<String>,
    /// Who may find it, such as its owner and department: a search that names tokens finds only what carries one.
    pub access: Vec<String>,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    pub kinds: &'a [&'a str],
    pub text: &'a str,
    /// Exact keys that count as a hit just like the text.
    pub keys: Vec<String>,
    /// `None` finds everything; `Some` only what carries one of these tokens.
    pub access: Option<Vec<String>>,
    /// Goes on after the hit with this place, for the next page.
    pub before: Option<i64>,
    pub limit: usize,
}

/// A record found. Newest first, by `place`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub place: i64,
    pub kind: String,
    pub id: Uuid,
    pub title: String,
    pub subtitle: String,
}

crate::statements! {
    PLACE = "select seq from search_doc where kind = $1 and entity_id = $2";
    ADD = sqlite "insert into search_doc (seq, kind, entity_id, title, subtitle) values ($1, $2, $3, $4, $5)";
    CHANGE = sqlite "update search_doc set title = $2, subtitle = $3 where seq = $1";
    INDEX = sqlite "insert into search_index (rowid, tokens) values ($1, $2)";
    UNINDEX = sqlite "delete from search_index where rowid = $1";
    PUT_POSTGRES = postgres "insert into search_doc (seq, kind, entity_id, title, subtitle, tokens)
        values ($1, $2, $3, $4, $5, array_to_tsvector(string_to_array($6, ' ')))
        on conflict (kind, entity_id) do update
        set title = excluded.title, subtitle = excluded.subtitle, tokens = excluded.tokens";
    REMOVE = "delete from search_doc where kind = $1 and entity_id = $2";
    FIND_SQLITE = sqlite "select d.seq, d.kind, d.entity_id, d.title, d.subtitle from search_index i
        join search_doc d on d.seq = i.rowid
        where search_index match $1 and i.rowid < $2 order by i.rowid desc limit $3";
    FIND_POSTGRES = postgres "select seq, kind, entity_id, title, subtitle from search_doc
        where tokens @@ cast(cast($1 as text) as tsquery) and seq < $2 order by seq desc limit $3";
    TITLE = "select title from search_doc where kind = $1 and entity_id = $2";
    COUNT = "select count(*) from search_doc where kind = $1";
    MERGE = sqlite "insert into search_index (search_index, rank) values ('merge', $1)";
    CHANGES = sqlite "select total_changes()";
    IN_FORM = "select form from search_form where id = 1";
    BRING_TO_FORM = "update search_form set form = $1 where id = 1";
}

/// Puts a record into the index, or its new names in place of the old ones.
pub fn put(tx: &mut Tx<'_>, doc: &Doc<'_>) -> Result<()> {
    let tokens = doc_tokens(doc);
    if tx.is_postgres() {
        tx.execute(&PUT_POSTGRES, &[&seq::next(), &doc.kind, &doc.id, &doc.title, &doc.subtitle, &tokens])?;
        return Ok(());
    }
    let place = match tx.query_opt(&PLACE, &[&doc.kind, &doc.id])? {
        Some(row) => {
            let place: i64 = row.get(0)?;
            tx.execute(&UNINDEX, &[&place])?;
            tx.execute(&CHANGE, &[&place, &doc.title, &doc.subtitle])?;
            place
        }
        None => return add(tx, doc, &tokens),
    };
    tx.execute(&INDEX, &[&place, &tokens]).map(drop)
}

/// [`put`] for a record that is surely new, without the look whether it is there; for bulk import.
pub fn put_new(tx: &mut Tx<'_>, doc: &Doc<'_>) -> Result<()> {
    if tx.is_postgres() {
        return put(tx, doc);
    }
    add(tx, doc, &doc_tokens(doc))
}

fn add(tx: &mut Tx<'_>, doc: &Doc<'_>, tokens: &str) -> Result<()> {
    let place = seq::next();
    tx.execute(&ADD, &[&place, &doc.kind, &doc.id, &doc.title, &doc.subtitle])?;
    tx.execute(&INDEX, &[&place, &tokens]).map(drop)
}

pub fn remove(tx: &mut Tx<'_>, kind: &str, id: Uuid) -> Result<()> {
    if !tx.is_postgres()
        && let Some(row) = tx.query_opt(&PLACE, &[&kind, &id])?
    {
        tx.execute(&UNINDEX, &[&row.get::<i64>(0)?])?;
    }
    tx.execute(&REMOVE, &[&kind, &id]).map(drop)
}

/// What a record is called in results.
pub fn title(tx: &mut Tx<'_>, kind: &str, id: Uuid) -> Result<Option<String>> {
    tx.query_opt(&TITLE, &[&kind, &id])?.map(|row| row.get(0)).transpose()
}

/// Records whose names hold every word of the text, newest first. Words of three and more characters are checked
/// against nothing further here: pairs of characters can overlap by chance, so a caller that shows few hits may
/// recheck the title.
pub fn find(tx: &mut Tx<'_>, query: &Query<'_>) -> Result<Vec<Hit>> {
    let terms = terms(query.text);
    if terms.is_empty() && query.keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut hits = Vec::new();
    let mut before = query.before.unwrap_or(i64::MAX);
    // Kinds are told apart after the index has answered; a few rounds fill the page even if others are in between.
    for _ in 0..ROUNDS_MOST {
        let batch = find_batch(tx, query, &terms, before)?;
        let exhausted = batch.len() < query.limit;
        before = batch.last().map_or(before, |hit| hit.place);
        hits.extend(batch.into_iter().filter(|hit| query.kinds.is_empty() || query.kinds.contains(&hit.kind.as_str())));
        if exhausted || hits.len() >= query.limit {
            break;
        }
    }
    hits.truncate(query.limit);
    Ok(hits)
}

const ROUNDS_MOST: usize = 10;

fn find_batch(tx: &mut Tx<'_>, query: &Query<'_>, terms: &[Term], before: i64) -> Result<Vec<Hit>> {
    let (statement, expression) = match tx.is_postgres() {
        true => (&FIND_POSTGRES, expression(query, terms, &POSTGRES)),
        false => (&FIND_SQLITE, expression(query, terms, &SQLITE)),
    };
    let rows = tx.query(statement, &[&expression, &before, &(query.limit as i64)])?;
    rows.into_iter().map(hit).collect()
}

fn hit(mut row: crate::Row) -> Result<Hit> {
    Ok(Hit { place: row.take(0)?, kind: row.take(1)?, id: row.take(2)?, title: row.take(3)?, subtitle: row.take(4)? })
}

/// Pages of the index that one step of [`tidy`] writes: a moment's work.
const TIDY_PAGES: i64 = 500;

/// One step of putting the pieces of the index together; `true` while there is more to do. Every search looks into each
/// piece, and writing much at once leaves many. PostgreSQL's vacuum does this by itself.
pub fn tidy(tx: &mut Tx<'_>) -> Result<bool> {
    if tx.is_postgres() {
        return Ok(false);
    }
    let changes = |tx: &mut Tx<'_>| tx.query_one(&CHANGES, &[])?.get::<i64>(0);
    let before = changes(tx)?;
    // Less than nothing means: until there is one piece, not just where many are of one size.
    tx.execute(&MERGE, &[&-TIDY_PAGES])?;
    // The statement itself counts as one change.
    Ok(changes(tx)? - before > 1)
}

/// The form in which this program cuts names into tokens. Raise it with every change of that: records that were indexed
/// in an older one are found as they were before, until they are put into the index again.
pub const FORM: i64 = 2;

/// Whether all that is indexed is in the present form.
pub fn is_in_form(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.query_one(&IN_FORM, &[])?.get::<i64>(0)? == FORM)
}

/// Notes that everything has been put into the index again.
pub fn renewed(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&BRING_TO_FORM, &[&FORM]).map(drop)
}

/// How many records of a kind are indexed.
pub fn count(tx: &mut Tx<'_>, kind: &str) -> Result<i64> {
    tx.query_one(&COUNT, &[&kind])?.get(0)
}

/// How a database writes a search expression.
struct Syntax {
    quote: char,
    prefix: &'static str,
    and: &'static str,
    or: &'static str,
}

const SQLITE: Syntax = Syntax { quote: '"', prefix: " *", and: " AND ", or: " OR " };
const POSTGRES: Syntax = Syntax { quote: '\'', prefix: ":*", and: " & ", or: " | " };

/// (words of the text, or a key) and (an access token, where asked for).
fn expression(query: &Query<'_>, terms: &[Term], syntax: &Syntax) -> String {
    let words: Vec<String> = terms.iter().map(|term| alternatives(term, syntax)).collect();
    let mut hits: Vec<String> = query.keys.iter().map(|key| quoted(&tokens::key(key), false, syntax)).collect();
    if !words.is_empty() {
        hits.insert(0, format!("({})", words.join(syntax.and)));
    }
    let hits = format!("({})", hits.join(syntax.or));
    match &query.access {
        None => hits,
        Some(access) => {
            let access: Vec<String> = access.iter().map(|name| quoted(&tokens::access(name), false, syntax)).collect();
            format!("{hits}{}({})", syntax.and, access.join(syntax.or))
        }
    }
}

fn alternatives(term: &Term, syntax: &Syntax) -> String {
    let any: Vec<String> = term
        .any
        .iter()
        .map(|all| {
            all.iter().map(|(token, prefix)| quoted(token, *prefix, syntax)).collect::<Vec<_>>().join(syntax.and)
        })
        .map(|all| format!("({all})"))
        .collect();
    format!("({})", any.join(syntax.or))
}

/// Tokens hold letters, digits and private-use marks only, so quoting needs no escapes.
fn quoted(token: &str, prefix: bool, syntax: &Syntax) -> String {
    let mark = if prefix { syntax.prefix } else { "" };
    format!("{q}{token}{q}{mark}", q = syntax.quote)
}

fn doc_tokens(doc: &Doc<'_>) -> String {
    let mut tokens = Tokens::default();
    tokens.add_name(doc.title);
    doc.names.iter().for_each(|name| tokens.add_name(name));
    doc.keys.iter().for_each(|key| tokens.add_key(key));
    doc.access.iter().for_each(|name| tokens.add_access(name));
    tokens.into_text()
}
