//! Several rows of one customer become one customer with several contacts. Pure.

use super::convert::Draft;
use crate::customers::contacts::NewContact;
use crate::customers::input::NewCustomer;
use crate::platform::custom::values::Sent;

/// Puts the rows of a customer together: the first value of each field counts, words, notes and contacts add up.
pub fn merge(drafts: &[Draft]) -> Draft {
    let mut drafts = drafts.iter();
    let Some(mut merged) = drafts.next().cloned() else { return Draft::default() };
    for draft in drafts {
        add(&mut merged.new, &draft.new);
        merged.owner = merged.owner.or(draft.owner);
        merged.number = merged.number.or_else(|| draft.number.clone());
        merged.created_at = merged.created_at.or(draft.created_at);
        let fresh: Vec<String> = draft.notes.iter().filter(|note| !merged.notes.contains(note)).cloned().collect();
        merged.notes.extend(fresh);
    }
    let contacts = std::mem::take(&mut merged.new.contacts);
    for contact in contacts {
        add_contact(&mut merged.new.contacts, contact);
    }
    let notes = merged.notes.join("\n");
    if !notes.is_empty() {
        merged.new.notes = Some(Some(notes));
    }
    merged
}

macro_rules! fill {
    ($to:expr, $from:expr, $($field:ident)+) => {
        $(if $to.$field.is_none() {
            $to.$field.clone_from(&$from.$field);
        })+
    };
}

fn add(to: &mut NewCustomer, from: &NewCustomer) {
    fill!(to, from, kind name short_name credit_code industry region address website phone email wechat id_number
        staff_count annual_revenue_fen founded_on main_business organisation source cooperation_since preferences
        core_need grade);
    for tag in from.tags.iter().flatten() {
        let tags = to.tags.get_or_insert_default();
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    add_custom(&mut to.custom, &from.custom);
    to.contacts.extend(from.contacts.iter().cloned());
}

/// Of added fields, too, the first value counts.
fn add_custom(to: &mut Option<Sent>, from: &Option<Sent>) {
    for (key, value) in from.iter().flatten() {
        to.get_or_insert_default().entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The same name with the same number, or with a number on one side only, is the same person.
fn add_contact(to: &mut Vec<NewContact>, new: NewContact) {
    let same = to.iter_mut().find(|known| {
        let agree = |one: &Option<Option<String>>, other: &Option<Option<String>>| {
            one == other || one.is_none() || other.is_none()
        };
        known.name == new.name && agree(&known.phone, &new.phone) && agree(&known.email, &new.email)
    });
    match same {
        Some(known) => {
            fill!(known, new, salutation position department phone email wechat decision_maker authority birthday
                preferences);
            add_custom(&mut known.custom, &new.custom);
        }
        None => to.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(row: u64, contact: &str, phone: Option<&str>, note: &str) -> Draft {
        let contact = NewContact {
            name: Some(contact.to_owned()),
            phone: phone.map(|phone| Some(phone.to_owned())),
            ..NewContact::default()
        };
        let new = NewCustomer { name: Some("华盛".into()), contacts: vec![contact], ..NewCustomer::default() };
        Draft { row, new, notes: vec![note.to_owned()], ..Draft::default() }
    }

    #[test]
    fn rows_add_up() {
        let mut second = draft(3, "李四", Some("139"), "二");
        second.new.address = Some(Some("上海".into()));
        let rows = [
            draft(2, "张三", None, "一"),
            second,
            draft(4, "张三", Some("138"), "一"),
            draft(5, "张三", Some("137"), "三"),
        ];
        let merged = merge(&rows);
        let people: Vec<_> =
            merged.new.contacts.iter().map(|c| (c.name.as_deref(), c.phone.clone().flatten())).collect();
        assert_eq!(
            people,
            [
                (Some("张三"), Some("138".into())),
                (Some("李四"), Some("139".into())),
                (Some("张三"), Some("137".into()))
            ]
        );
        assert_eq!(merged.new.address, Some(Some("上海".into())));
        assert_eq!(merged.new.notes, Some(Some("一\n二\n三".into())));
    }
}
