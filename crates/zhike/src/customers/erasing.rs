//! How the archive lets go of a person (PIPL 47; R4-5). A customer who is a person goes as from the recycle bin, with all
//! that hangs on them. Of a company only what is theirs goes: the contact, its numbers, its files; texts about the
//! company's business stay and name them no more. Afterwards keyed digests alone are left, by which a sheet that would
//! bring them back is recognised ([`is_marked`]).

use store::{Entity as _, Tx};
use uuid::Uuid;

use super::basis::EntryBasis;
use super::contacts::{CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact};
use super::model::{Customer, EMAIL, ID_NUMBER, PHONE, WECHAT};
use super::service::{Prepared, locked, settle_contacts};
use super::{attachments, bin, import, merges};
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::bin as bins;
use crate::platform::custom::values;
use crate::platform::grant::Principal;
use crate::platform::holdings::{self, About};
use crate::platform::settings;
use crate::platform::traces::{BLANK, Traces};
use crate::platform::vault::{Column, Vault, half_width};

store::statements! {
    CONTACT = select Contact where "customer_id = $1 and id = $2";
    NO_SUPERIOR = "update contact set reports_to = null where customer_id = $1 and reports_to = $2";
    TEXTS = "update customer set notes = replace(notes, $2, $3), preferences = replace(preferences, $2, $3),
        core_need = replace(core_need, $2, $3), organisation = replace(organisation, $2, $3),
        main_business = replace(main_business, $2, $3), key_facts = replace(key_facts, $2, $3)
        where id = $1 and (replace(notes, $2, '') <> notes or replace(preferences, $2, '') <> preferences
            or replace(core_need, $2, '') <> core_need or replace(organisation, $2, '') <> organisation
            or replace(main_business, $2, '') <> main_business or replace(key_facts, $2, '') <> key_facts)";
    /// A relation stands at both customers, and its note with it.
    RELATION_NOTES = "update relation set note = replace(note, $2, $3)
        where other_id = $1 and replace(note, $2, '') <> note";
    NEAR = "select distinct other_id from relation where customer_id = $1 limit 500";
    HANDOVERS = "update handover set reason = replace(reason, $1, $2), giver_note = replace(giver_note, $1, $2),
        receiver_note = replace(receiver_note, $1, $2) where replace(reason, $1, '') <> reason
        or replace(giver_note, $1, '') <> giver_note or replace(receiver_note, $1, '') <> receiver_note";
    BULK = "update bulk_change set act = replace(act, $1, $2), selection = replace(selection, $1, $2)
        where replace(act, $1, '') <> act or replace(selection, $1, '') <> selection";
    RUNNING = "select id from cooperation where customer_id = $1 and kind = 'contract' and state <> 'cancelled'
        and ends_on >= $2 limit 1";
    MARK = "insert into erased_mark (digest, at) values ($1, $2) on conflict (digest) do nothing";
    MARKED = "select digest from erased_mark where digest = $1";
    ANY_MARK = "select digest from erased_mark limit 1";
}

/// Rows of each table that go in one transaction.
const ROWS_AT_ONCE: i64 = 500;

/// Why somebody cannot be erased at this moment: what runs with them still.
pub fn refuse_while_open(tx: &mut Tx<'_>, who: &Principal, rows: &[About]) -> Result<()> {
    let today = settings::calendar(tx)?.date_of(who.now);
    for (customer, contact) in rows {
        if merges::busy(tx, *customer)? {
            return Err(Error::conflict("merge.busy"));
        }
        if contact.is_none() && tx.query_opt(&RUNNING, &[customer, &today])?.is_some() {
            return Err(Error::conflict("erasure.contract_runs"));
        }
    }
    Ok(())
}

/// What somebody is mentioned by in free text.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    pub names: Vec<String>,
    /// Numbers and addresses, which are nobody else's.
    pub numbers: Vec<String>,
}

impl Mentions {
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            self.names.iter().chain(&self.numbers).filter(|word| is_telling(word)).cloned().collect();
        words.sort();
        words.dedup();
        // A short name may stand in a longer one, which goes first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }
}

/// Too short a word stands in other words too.
fn is_telling(word: &str) -> bool {
    let least = if word.is_ascii() { 5 } else { 2 };
    word.chars().count() >= least
}

/// Names, numbers and addresses of all rows of somebody, in clear.
pub fn mentions_of(tx: &mut Tx<'_>, who: &Principal, rows: &[About]) -> Result<Mentions> {
    let mut mentions = Mentions::default();
    for (customer, contact) in rows {
        let (record, of, sealed) = match contact {
            Some(contact) => {
                let Some(row) = Contact::one(tx, &CONTACT, &[customer, contact])? else { continue };
                mentions.names.push(row.name);
                let sealed =
                    vec![(&CONTACT_PHONE, row.phone), (&CONTACT_EMAIL, row.email), (&CONTACT_WECHAT, row.wechat)];
                (*contact, Entity::Contact, sealed)
            }
            None => {
                let Some(row) = Customer::find(tx, Id::<Customer>::from_uuid(*customer))? else { continue };
                mentions.names.push(row.name);
                mentions.names.extend(row.short_name);
                let sealed =
                    vec![(&PHONE, row.phone), (&EMAIL, row.email), (&WECHAT, row.wechat), (&ID_NUMBER, row.id_number)];
                (*customer, Entity::Customer, sealed)
            }
        };
        for (column, sealed) in sealed {
            let open = |sealed: Vec<u8>| who.vault.open_sealed(column, record, &sealed);
            mentions.numbers.extend(sealed.map(open).transpose()?);
        }
        // Of what the company added, that which is sealed: the rest are ordinary words.
        if let Some(held) = values::of_customer(tx, who, *customer)?.get(&record) {
            let plain = values::plain(who, (of, record), &values::sealed(held))?;
            mentions.numbers.extend(plain.into_values().filter_map(|value| value.as_str().map(str::to_owned)));
        }
    }
    Ok(mentions)
}

/// Customers to which somebody, or their company, stands in a relation: what was written about that stands at both.
pub fn near(tx: &mut Tx<'_>, rows: &[About]) -> Result<Vec<Uuid>> {
    let mut near = Vec::new();
    for (customer, _) in rows {
        for row in tx.query(&NEAR, &[customer])? {
            near.push(row.get(0)?);
        }
    }
    Ok(near)
}

/// Removes the next rows of somebody; whether more are left, and the contents of files that nobody needs any more.
pub fn erase_some(tx: &mut Tx<'_>, who: &Principal, traces: &Traces) -> Result<(bool, Vec<String>)> {
    let mut files = Vec::new();
    for (customer, contact) in &traces.rows {
        files.extend(attachments::forget(tx, *customer, *contact)?);
        match contact {
            Some(contact) => erase_contact(tx, who, (*customer, *contact), &traces.words)?,
            None => {
                if bin::purge_some(tx, who, *customer, ROWS_AT_ONCE)? {
                    return Ok((true, files));
                }
                bins::forget(tx, *customer)?;
            }
        }
    }
    Ok((false, files))
}

fn erase_contact(tx: &mut Tx<'_>, who: &Principal, (customer, contact): (Uuid, Uuid), words: &[String]) -> Result<()> {
    let Some(row) = Customer::find(tx, Id::<Customer>::from_uuid(customer))? else { return Ok(()) };
    let company = locked(tx, row.id)?;
    if let Some(row) = Contact::one(tx, &CONTACT, &[&customer, &contact])? {
        row.delete(tx)?;
    }
    values::forget(tx, customer, contact)?;
    tx.execute(&NO_SUPERIOR, &[&customer, &contact])?;
    for word in words {
        tx.execute(&TEXTS, &[&customer, word, &BLANK])?;
        tx.execute(&RELATION_NOTES, &[&customer, word, &BLANK])?;
        holdings::blank(tx, customer, (word, BLANK))?;
    }
    match company.removed_at {
        None => {
            let company = locked(tx, company.id)?;
            settle_contacts(tx, who, &company)
        }
        Some(_) => Ok(()),
    }
}

/// What this room keeps for a while, or for others, and that may mention somebody.
pub fn eraser(tx: &mut Tx<'_>, _who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    for word in &traces.words {
        tx.execute(&HANDOVERS, &[word, &BLANK])?;
        tx.execute(&BULK, &[word, &BLANK])?;
    }
    import::forget_idle(tx)
}

/// Keeps the digests by which somebody would be recognised if they came back.
pub fn mark(tx: &mut Tx<'_>, who: &Principal, numbers: &[String]) -> Result<()> {
    for number in numbers {
        tx.execute(&MARK, &[&digest(&who.vault, number), &who.now])?;
    }
    Ok(())
}

fn digest(vault: &Vault, number: &str) -> Vec<u8> {
    let told: String = half_width(number).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    vault.digest("erased", told.to_lowercase().trim_start_matches("+86").as_bytes()).to_vec()
}

/// Whether a customer of a sheet, or one of its people, is somebody who was erased: by a number or an address of theirs.
pub fn is_marked(tx: &mut Tx<'_>, who: &Principal, prepared: &Prepared) -> Result<bool> {
    if tx.query_opt(&ANY_MARK, &[])?.is_none() {
        return Ok(false);
    }
    let people = prepared.contacts.iter().map(of_contact);
    for numbers in people.chain([of_customer(&prepared.customer)]) {
        if has_mark(tx, who, numbers)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whoever was erased may come back by themselves: as a new record, which knows nothing of the old one, on a basis that is
/// said for this time and shown. Who enters them unaware is told that somebody of that number was erased, and no more.
/// Answers whether one of them comes back.
pub fn ask_anew(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, contacts): (Option<&Customer>, &[Contact]),
    (all, each): (Option<&EntryBasis>, &[Option<EntryBasis>]),
) -> Result<bool> {
    if tx.query_opt(&ANY_MARK, &[])?.is_none() {
        return Ok(false);
    }
    let own = customer.map(|customer| (of_customer(customer), all));
    let people = contacts.iter().zip(each).map(|(contact, said)| (of_contact(contact), said.as_ref().or(all)));
    let mut again = false;
    for (numbers, said) in own.into_iter().chain(people) {
        if !has_mark(tx, who, numbers)? {
            continue;
        }
        let shown = said.and_then(|said| said.proof.as_deref()).is_some_and(|proof| !proof.trim().is_empty());
        if !shown {
            return Err(Error::conflict("person.comes_back").field("proof", "required"));
        }
        again = true;
    }
    Ok(again)
}

/// What somebody can be reached by, sealed.
type Numbers<'a> = Vec<(&'static Column, Uuid, &'a Option<Vec<u8>>)>;

fn of_customer(customer: &Customer) -> Numbers<'_> {
    let row = customer.id.uuid();
    vec![
        (&PHONE, row, &customer.phone),
        (&EMAIL, row, &customer.email),
        (&WECHAT, row, &customer.wechat),
        (&ID_NUMBER, row, &customer.id_number),
    ]
}

fn of_contact(contact: &Contact) -> Numbers<'_> {
    let row = contact.id.uuid();
    vec![
        (&CONTACT_PHONE, row, &contact.phone),
        (&CONTACT_EMAIL, row, &contact.email),
        (&CONTACT_WECHAT, row, &contact.wechat),
    ]
}

fn has_mark(tx: &mut Tx<'_>, who: &Principal, numbers: Numbers<'_>) -> Result<bool> {
    for (column, row, sealed) in numbers {
        let Some(sealed) = sealed else { continue };
        let value = who.vault.open_sealed(column, row, sealed)?;
        if tx.query_opt(&MARKED, &[&digest(&who.vault, &value)])?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
