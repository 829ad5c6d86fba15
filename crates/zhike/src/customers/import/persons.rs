//! The contacts of one row, put together from its columns: several people in a cell, several numbers for one of them,
//! a number without a name.

use documents::clean;
use serde_json::Value as Json;

use super::convert::{Draft, line, long, unmasked};
use super::target::SLOTS_MOST;
use super::values::{self, Fault, error};
use crate::customers::contacts::NewContact;

/// What a person is called whose number alone is known.
const NAMELESS: &str = "联系人";

#[derive(Default)]
pub struct Persons {
    slots: Vec<Option<Slot>>,
}

#[derive(Default)]
struct Slot {
    names: Vec<String>,
    phones: Vec<String>,
    emails: Vec<String>,
    rest: NewContact,
}

impl Persons {
    /// Takes a cell of the contact in this place.
    pub fn put(&mut self, slot: u8, field: &str, text: &str) -> Result<(), Fault> {
        let slot = self.slot(slot);
        let rest = &mut slot.rest;
        match field {
            "name" => slot.take_names(text),
            "phone" => slot.phones.extend(unmasked(text, values::phones)?),
            "email" => slot.emails.extend(unmasked(text, values::emails)?),
            "wechat" => rest.wechat = Some(Some(unmasked(text, values::wechat)?)),
            "position" => rest.position = line(text),
            "department" => rest.department = line(text),
            "preferences" => rest.preferences = long(text),
            "salutation" => rest.salutation = Some(Some(values::salutation(text)?)),
            "decision_maker" => rest.decision_maker = Some(values::decision_maker(text)?),
            "authority" => rest.authority = Some(values::authority(text)?),
            "birthday" => rest.birthday = Some(Some(values::birthday(text)?)),
            _ => return Err(error("field.unknown")),
        }
        Ok(())
    }

    /// Takes what a cell says of a field that the company has added.
    pub fn put_added(&mut self, slot: u8, key: &str, value: Json) {
        self.slot(slot).rest.custom.get_or_insert_default().insert(key.to_owned(), value);
    }

    fn slot(&mut self, slot: u8) -> &mut Slot {
        let at = usize::from(slot.clamp(1, SLOTS_MOST)) - 1;
        if self.slots.len() <= at {
            self.slots.resize_with(at + 1, || None);
        }
        self.slots[at].get_or_insert_default()
    }

    /// Adds the contacts to the customer.
    pub fn finish(self, draft: &mut Draft) {
        for slot in self.slots.into_iter().flatten() {
            slot.finish(draft);
        }
    }
}

impl Slot {
    /// 张三、李四 are two; 张三 13800138000 is one with a number.
    fn take_names(&mut self, text: &str) {
        for part in text.split(['、', '/', '；', ';', '，', ',', '|', '\n']).map(clean::line) {
            let (name, number) = name_and_number(&part);
            if !name.is_empty() {
                self.names.push(name);
            }
            if let Some(Ok(phone)) = number.map(|number| values::phones(&number)) {
                self.phones.extend(phone);
            }
        }
    }

    fn finish(mut self, draft: &mut Draft) {
        self.names.dedup();
        if self.names.is_empty() && !self.says_more() && self.belongs_to_customer(draft) {
            return;
        }
        if self.names.is_empty() {
            self.names.push(
                draft.new.contacts.first().and_then(|one| one.name.clone()).unwrap_or_else(|| NAMELESS.to_owned()),
            );
        }
        let mut phones = self.phones.into_iter();
        let mut emails = self.emails.into_iter();
        let last = self.names.len() - 1;
        for (at, name) in self.names.iter().enumerate() {
            let base = if at == 0 { std::mem::take(&mut self.rest) } else { NewContact::default() };
            draft.new.contacts.push(NewContact {
                name: Some(name.clone()),
                phone: phones.next().map(Some),
                email: emails.next().map(Some),
                ..base
            });
        }
        further(draft, &self.names[last], phones, emails);
    }

    /// Whether it tells of somebody, if only by their position.
    fn says_more(&self) -> bool {
        let rest = &self.rest;
        let texts = [&rest.position, &rest.department, &rest.preferences];
        texts.iter().any(|text| text.is_some())
            || rest.salutation.is_some()
            || rest.decision_maker.is_some()
            || rest.authority.is_some()
            || rest.birthday.is_some()
            || rest.custom.is_some()
    }

    /// A number without a name is the customer's, if it has none yet.
    fn belongs_to_customer(&mut self, draft: &mut Draft) -> bool {
        let new = &mut draft.new;
        if new.phone.is_none() && !self.phones.is_empty() {
            new.phone = Some(Some(self.phones.remove(0)));
        }
        if new.email.is_none() && !self.emails.is_empty() {
            new.email = Some(Some(self.emails.remove(0)));
        }
        if new.wechat.is_none() {
            new.wechat = self.rest.wechat.take();
        }
        self.phones.is_empty() && self.emails.is_empty() && self.rest.wechat.is_none()
    }
}

/// Numbers that are left over: the company's, if it has none, else a second entry of the same person.
fn further(draft: &mut Draft, name: &str, phones: impl Iterator<Item = String>, emails: impl Iterator<Item = String>) {
    let mut emails = emails;
    for phone in phones {
        if draft.new.phone.is_none() && !phone.starts_with('1') {
            draft.new.phone = Some(Some(phone));
            continue;
        }
        let (name, email) = (Some(format!("{name}（备用）")), emails.next().map(Some));
        draft.new.contacts.push(NewContact { name, phone: Some(Some(phone)), email, ..NewContact::default() });
    }
    for email in emails {
        if draft.new.email.is_none() {
            draft.new.email = Some(Some(email));
            continue;
        }
        let name = Some(format!("{name}（备用）"));
        draft.new.contacts.push(NewContact { name, email: Some(Some(email)), ..NewContact::default() });
    }
}

fn name_and_number(part: &str) -> (String, Option<String>) {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '(' | ')');
    let narrow = clean::half_width(part);
    let Some(start) = narrow.find(|c: char| c.is_ascii_digit() || c == '+') else { return (part.to_owned(), None) };
    let (name, number) = narrow.split_at(start);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if digits < 7 || !number.chars().all(|c| is_number(c) || c == ')') {
        return (part.to_owned(), None);
    }
    (name.trim_matches([' ', ':', '(', '-']).to_owned(), Some(number.trim_end_matches(')').to_owned()))
}
