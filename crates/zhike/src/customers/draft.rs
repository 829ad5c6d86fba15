//! How a change becomes the archive: cleaned, judged, sealed, and noted for the audit.

use jiff::civil::Date;

use super::input::CustomerPatch;
use super::model::{Customer, CustomerKind, EMAIL, ID_NUMBER, Industry, KeyMark, PHONE, WECHAT};
use super::rules::completeness::{self, Contacts};
use super::rules::text::{Faults, clean};
use super::rules::{credit_code, name_core};
use super::sealed::{Extra, Slot};
use super::{input, regions};
use crate::kernel::fields::FIELDS;
use crate::kernel::{Entity, FieldClass, Result};
use crate::platform::audit::Changes;
use crate::platform::grant::Principal;

const NAME_MOST: usize = 200;
const TAGS_MOST: usize = 50;
const TAG_MOST: usize = 40;
const STAFF_MOST: i64 = 100_000_000;
/// A thousand billion yuan.
const REVENUE_MOST: i64 = 100_000_000_000_000;

/// Applies a change, noting what changed and what is wrong with it.
pub fn apply(
    who: &Principal,
    customer: &mut Customer,
    patch: &CustomerPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<()> {
    if let Some(kind) = patch.kind {
        changes.field("kind", &customer.kind, &kind);
        customer.kind = kind;
    }
    if let Some(name) = &patch.name {
        match clean(name, NAME_MOST, true) {
            Ok(Some(name)) => {
                changes.field("name", &customer.name, &name);
                customer.name = name;
            }
            Ok(None) => faults.add("name", "required"),
            Err(code) => faults.add("name", code),
        }
    }
    texts(customer, patch, changes, faults);
    codes(customer, patch, changes, faults);
    numbers(customer, patch, changes, faults);
    dates(who, customer, patch, changes, faults);
    personal(who, customer, patch, changes, faults)?;
    if let Some(tags) = &patch.tags {
        self::tags(customer, tags, changes, faults);
    }
    if let Some(fields) = &patch.key_facts {
        marks(who, customer, fields, changes, faults)?;
    }
    refuse_locked(who, Entity::Customer, |field| patch.names(field), changes, faults);
    Ok(())
}

/// What the completeness of an archive needs to know besides: its contacts, and the fields that the company added.
pub type Known = (Contacts, Vec<(&'static str, bool)>);

/// What a customer is sorted by: how its name is said.
pub fn name_key(customer: &Customer) -> String {
    match customer.kind {
        CustomerKind::Company => store::search::pinyin_key(&customer.name),
        CustomerKind::Person => store::search::person_key(&customer.name),
    }
}

/// Brings what is derived from other columns up to date.
pub fn derive(customer: &mut Customer, (contacts, custom): Known) {
    customer.name_key = name_key(customer);
    customer.name_core = match customer.kind {
        CustomerKind::Company => Some(name_core::core(&customer.name)).filter(|core| !core.is_empty()),
        CustomerKind::Person => None,
    };
    customer.name_sound = customer.name_core.as_deref().map(store::search::pinyin_key);
    let judged = completeness::judge(customer, contacts, &custom);
    customer.completeness = judged.percent;
    customer.missing = judged.missing.join(" ");
}

fn texts(c: &mut Customer, patch: &CustomerPatch, changes: &mut Changes, faults: &mut Faults) {
    let texts = [
        ("short_name", &patch.short_name, &mut c.short_name, 100, true),
        ("address", &patch.address, &mut c.address, 300, true),
        ("website", &patch.website, &mut c.website, 300, true),
        ("main_business", &patch.main_business, &mut c.main_business, 2_000, false),
        ("organisation", &patch.organisation, &mut c.organisation, 4_000, false),
        ("preferences", &patch.preferences, &mut c.preferences, 2_000, false),
        ("core_need", &patch.core_need, &mut c.core_need, 2_000, false),
        ("notes", &patch.notes, &mut c.notes, 10_000, false),
    ];
    for (field, given, kept, most, one_line) in texts {
        let Some(given) = given else { continue };
        let new = clean(given.as_deref().unwrap_or_default(), most, one_line);
        let new = if field == "website" { new.and_then(website) } else { new };
        let Some(new) = faults.take(field, new) else { continue };
        changes.field(field, &*kept, &new);
        *kept = new;
    }
}

/// The console makes a link of it, so it must not be one that runs (`javascript:`).
fn website(value: Option<String>) -> Result<Option<String>, &'static str> {
    let Some(value) = value else { return Ok(None) };
    let scheme = value.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let web = scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https") || scheme.contains('.'));
    if web && !value.contains(char::is_whitespace) { Ok(Some(value)) } else { Err("website.invalid") }
}

fn codes(c: &mut Customer, patch: &CustomerPatch, changes: &mut Changes, faults: &mut Faults) {
    let code = |given: &str| {
        let code = credit_code::normalise(given);
        credit_code::check(&code).map(|()| code)
    };
    let industry =
        |given: &str| Industry::from_word(given).map(|known| known.word().to_owned()).ok_or("industry.unknown");
    let region = |given: &str| regions::find(given).map(|known| known.code.to_owned()).ok_or("region.unknown");
    type Judge<'a> = &'a dyn Fn(&str) -> Result<String, &'static str>;
    let codes: [(_, _, _, Judge<'_>); 3] = [
        ("credit_code", &patch.credit_code, &mut c.credit_code, &code),
        ("industry", &patch.industry, &mut c.industry, &industry),
        ("region", &patch.region, &mut c.region, &region),
    ];
    for (field, given, kept, judge) in codes {
        let Some(given) = given else { continue };
        let given = given.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(new) = faults.take(field, given.map(judge).transpose()) else { continue };
        changes.field(field, &*kept, &new);
        *kept = new;
    }
}

fn numbers(c: &mut Customer, patch: &CustomerPatch, changes: &mut Changes, faults: &mut Faults) {
    let numbers = [
        ("staff_count", patch.staff_count, &mut c.staff_count, STAFF_MOST),
        ("annual_revenue_fen", patch.annual_revenue_fen, &mut c.annual_revenue_fen, REVENUE_MOST),
    ];
    for (field, given, kept, most) in numbers {
        let Some(new) = given else { continue };
        if new.is_some_and(|new| !(0..=most).contains(&new)) {
            faults.add(field, "number.out_of_range");
            continue;
        }
        changes.field(field, &*kept, &new);
        *kept = new;
    }
    if let Some(source) = patch.source {
        changes.field("source", &c.source, &source);
        c.source = source;
    }
}

fn dates(who: &Principal, c: &mut Customer, patch: &CustomerPatch, changes: &mut Changes, faults: &mut Faults) {
    // Somewhere on earth it is tomorrow already.
    let latest = who.now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(14))).date();
    let dates = [
        ("founded_on", patch.founded_on, &mut c.founded_on),
        ("cooperation_since", patch.cooperation_since, &mut c.cooperation_since),
    ];
    for (field, given, kept) in dates {
        let Some(new) = given else { continue };
        let Some(new) = faults.take(field, new.map(|date| past(date, latest)).transpose()) else { continue };
        changes.field(field, &*kept, &new);
        *kept = new;
    }
}

fn past(date: Date, latest: Date) -> Result<Date, &'static str> {
    match date {
        date if date > latest => Err("date.in_future"),
        date if date.year() < 1000 => Err("date.out_of_range"),
        date => Ok(date),
    }
}

fn personal(
    who: &Principal,
    c: &mut Customer,
    patch: &CustomerPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<()> {
    let row = c.id.uuid();
    let slots = [
        (
            &patch.phone,
            Slot {
                column: &PHONE,
                value: &mut c.phone,
                index: &mut c.phone_index,
                extra: Extra::Last4(&mut c.phone_last4),
            },
        ),
        (
            &patch.email,
            Slot {
                column: &EMAIL,
                value: &mut c.email,
                index: &mut c.email_index,
                extra: Extra::Domain(&mut c.email_domain),
            },
        ),
        (&patch.wechat, Slot { column: &WECHAT, value: &mut c.wechat, index: &mut c.wechat_index, extra: Extra::None }),
        (
            &patch.id_number,
            Slot { column: &ID_NUMBER, value: &mut c.id_number, index: &mut c.id_number_index, extra: Extra::None },
        ),
    ];
    for (given, slot) in slots {
        if let Some(given) = given {
            slot.put(who, row, given.as_deref(), changes, faults)?;
        }
    }
    Ok(())
}

fn tags(c: &mut Customer, given: &[String], changes: &mut Changes, faults: &mut Faults) {
    let mut tags: Vec<String> = Vec::new();
    for tag in given {
        match clean(tag, TAG_MOST, true) {
            Ok(Some(tag)) if !tags.contains(&tag) => tags.push(tag),
            Ok(_) => {}
            Err(code) => return faults.add("tags", code),
        }
    }
    if tags.len() > TAGS_MOST {
        return faults.add("tags", "too_many");
    }
    changes.field("tags", &c.tags(), &tags);
    c.tags = tags.join("\n");
}

/// Fields that can be marked 重点 besides those of the archive itself.
const MARKABLE: &[&str] = &["decision_maker", "contact"];

fn marks(
    who: &Principal,
    c: &mut Customer,
    fields: &[String],
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<()> {
    let old = c.marks();
    // Marks of fields that one does not see are neither set nor lifted.
    let mut new: Vec<KeyMark> = old.iter().filter(|mark| is_hidden(who, &mark.field)).cloned().collect();
    for field in fields {
        if is_hidden(who, field) {
            faults.add("key_facts", "not_allowed");
            return Ok(());
        }
        if !input::FIELDS.contains(&field.as_str()) && !MARKABLE.contains(&field.as_str()) {
            faults.add("key_facts", "unknown_field");
            return Ok(());
        }
        let fresh = || KeyMark { field: field.clone(), by: who.user.uuid(), at: who.now, why: None };
        if new.iter().all(|mark| mark.field != *field) {
            new.push(old.iter().find(|mark| mark.field == *field).cloned().unwrap_or_else(fresh));
        }
    }
    note_marks(c, old, new, changes)
}

/// Sets or lifts one mark, with its reason.
pub fn mark(
    who: &Principal,
    c: &mut Customer,
    field: &str,
    why: Option<Option<String>>,
    changes: &mut Changes,
) -> Result<()> {
    let old = c.marks();
    let mut new: Vec<KeyMark> = old.iter().filter(|mark| mark.field != field).cloned().collect();
    if let Some(why) = why {
        new.push(KeyMark { field: field.to_owned(), by: who.user.uuid(), at: who.now, why });
    }
    note_marks(c, old, new, changes)
}

/// Whether somebody does not see that an ordinary field is there.
pub fn is_hidden(who: &Principal, field: &str) -> bool {
    who.hidden(Entity::Customer).any(|hidden| hidden == field)
}

pub fn is_markable(field: &str) -> bool {
    input::FIELDS.contains(&field) || MARKABLE.contains(&field)
}

fn note_marks(c: &mut Customer, old: Vec<KeyMark>, new: Vec<KeyMark>, changes: &mut Changes) -> Result<()> {
    changes.field("key_facts", &old, &new);
    c.key_facts = serde_json::to_value(new)?;
    Ok(())
}

/// Ordinary fields that a role may not edit stay as they are. What somebody sees may be sent as it stands; what they do
/// not see may not be sent at all, since whether a guess is right is no less than the value itself. Personal fields are
/// refused where they are sealed.
pub fn refuse_locked(
    who: &Principal,
    entity: Entity,
    is_sent: impl Fn(&str) -> bool,
    changes: &Changes,
    faults: &mut Faults,
) {
    let ordinary = FIELDS.iter().filter(|field| field.entity == entity && field.class == FieldClass::Ordinary);
    for field in ordinary.filter(|field| !who.edits(entity, field.name)) {
        let refused = match who.reads(entity, field.name) {
            true => changes.fields().any(|changed| changed == field.name),
            false => is_sent(field.name),
        };
        if refused {
            faults.add(field.name, "not_allowed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websites_are_links_that_do_not_run() {
        for good in ["https://a.cn/x", "a.cn", "a.cn:8080/x", "HTTP://A.CN"] {
            assert_eq!(website(Some(good.into())), Ok(Some(good.into())), "{good}");
        }
        for bad in ["javascript:alert(1)", "data:text/html,x", "a b", "JavaScript:x"] {
            assert_eq!(website(Some(bad.into())), Err("website.invalid"), "{bad}");
        }
    }
}
