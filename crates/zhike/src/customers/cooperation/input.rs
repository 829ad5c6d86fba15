//! What people and systems send of an order or a contract, and how it becomes one.

use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use serde::Deserialize;
use utoipa::ToSchema;

use super::model::{Cooperation, CooperationKind, CooperationState};
use crate::customers::draft::refuse_locked;
use crate::customers::input::{Text, given, is_named};
use crate::customers::model::lines;
use crate::customers::rules::text::{Faults, clean};
use crate::kernel::Entity;
use crate::platform::audit::Changes;
use crate::platform::grant::Principal;

const ITEMS_MOST: usize = 100;
const ITEM_MOST: usize = 200;
const NUMBER_MOST: usize = 100;
/// A thousand billion yuan.
const AMOUNT_MOST: i64 = 100_000_000_000_000;

macro_rules! cooperation_input {
    ($(#[$doc:meta])* $name:ident { $($(#[$extra_doc:meta])* $extra:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$extra_doc])* pub $extra: $type,)*
            pub kind: Option<CooperationKind>,
            /// What both sides call it.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, example = "DD-20260315-01")]
            pub number: Text,
            /// The day of the order, the signature or the renewal.
            #[schema(value_type = Option<String>, format = Date)]
            pub happened_on: Option<Date>,
            /// Products and services.
            #[schema(example = json!(["数控机床 X200 × 2"]))]
            pub items: Option<Vec<String>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<i64>)]
            pub amount_fen: Option<Option<i64>>,
            /// When a contract or a renewal begins to run, and its last day.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, format = Date)]
            pub starts_on: Option<Option<Date>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, format = Date)]
            pub ends_on: Option<Option<Date>>,
            /// The contract that an order belongs to: where that one has an amount, the order's is part of it.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub contract_number: Text,
            pub state: Option<CooperationState>,
            /// What went wrong.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub problems: Text,
        }
    };
}

cooperation_input! {
    /// A change: only the fields given change.
    CooperationPatch {}
}

cooperation_input! {
    /// An order, contract or renewal; kind and day are needed.
    NewCooperation {
        /// The system that it comes from.
        #[schema(example = "erp")]
        source: Option<String>,
        /// What that system calls it: the same one sent again is brought up to date.
        external_id: Option<String>,
    }
}

impl CooperationPatch {
    /// Whether something was sent of this field, whatever it says.
    fn names(&self, field: &str) -> bool {
        is_named!(self, field; items, amount_fen, problems)
    }
}

impl NewCooperation {
    pub fn patch(&self) -> CooperationPatch {
        let Self { source: _, external_id: _, .. } = self;
        CooperationPatch {
            kind: self.kind,
            number: self.number.clone(),
            happened_on: self.happened_on,
            items: self.items.clone(),
            amount_fen: self.amount_fen,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            contract_number: self.contract_number.clone(),
            state: self.state,
            problems: self.problems.clone(),
        }
    }
}

/// Cleans a name of a system, or of something there.
pub fn external(value: Option<&str>, faults: &mut Faults, field: &str) -> Option<String> {
    faults.take(field, clean(value.unwrap_or_default(), NUMBER_MOST, true)).flatten()
}

/// Applies a change, noting what changed and what is wrong with it.
pub fn apply(
    who: &Principal,
    record: &mut Cooperation,
    patch: &CooperationPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) {
    if let Some(kind) = patch.kind {
        changes.field("kind", &record.kind, &kind);
        record.kind = kind;
    }
    if let Some(state) = patch.state {
        changes.field("state", &record.state, &state);
        record.state = state;
    }
    texts(record, patch, changes, faults);
    dates(who, record, patch, changes, faults);
    if let Some(items) = &patch.items {
        self::items(record, items, changes, faults);
    }
    if let Some(amount) = patch.amount_fen {
        if amount.is_some_and(|fen| !(0..=AMOUNT_MOST).contains(&fen)) {
            faults.add("amount_fen", "number.out_of_range");
        } else {
            changes.field("amount_fen", &record.amount_fen, &amount);
            record.amount_fen = amount;
        }
    }
    refuse_locked(who, Entity::Cooperation, |field| patch.names(field), changes, faults);
}

fn texts(record: &mut Cooperation, patch: &CooperationPatch, changes: &mut Changes, faults: &mut Faults) {
    let texts = [
        ("number", &patch.number, &mut record.number, NUMBER_MOST, true),
        ("contract_number", &patch.contract_number, &mut record.contract_number, NUMBER_MOST, true),
        ("problems", &patch.problems, &mut record.problems, 4_000, false),
    ];
    for (field, given, kept, most, one_line) in texts {
        let Some(given) = given else { continue };
        let new = clean(given.as_deref().unwrap_or_default(), most, one_line);
        let Some(new) = faults.take(field, new) else { continue };
        changes.field(field, &*kept, &new);
        *kept = new;
    }
}

fn dates(
    who: &Principal,
    record: &mut Cooperation,
    patch: &CooperationPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) {
    if let Some(day) = patch.happened_on {
        // Somewhere on earth it is tomorrow already.
        let latest = who.now.to_zoned(TimeZone::fixed(offset(14))).date();
        match day {
            day if day > latest => faults.add("happened_on", "date.in_future"),
            day if !is_sensible(day) => faults.add("happened_on", "date.out_of_range"),
            day => {
                changes.field("happened_on", &record.happened_on, &day);
                record.happened_on = day;
            }
        }
    }
    let ends = [("starts_on", patch.starts_on, &mut record.starts_on), ("ends_on", patch.ends_on, &mut record.ends_on)];
    for (field, given, kept) in ends {
        let Some(new) = given else { continue };
        if new.is_some_and(|day| !is_sensible(day)) {
            faults.add(field, "date.out_of_range");
            continue;
        }
        changes.field(field, &*kept, &new);
        *kept = new;
    }
    if record.starts_on.zip(record.ends_on).is_some_and(|(start, end)| end < start) {
        faults.add("ends_on", "date.before_start");
    }
}

fn is_sensible(day: Date) -> bool {
    (1900..2200).contains(&day.year())
}

fn items(record: &mut Cooperation, given: &[String], changes: &mut Changes, faults: &mut Faults) {
    let mut items = Vec::with_capacity(given.len());
    for item in given {
        match clean(item, ITEM_MOST, true) {
            Ok(item) => items.extend(item),
            Err(code) => return faults.add("items", code),
        }
    }
    if items.len() > ITEMS_MOST {
        return faults.add("items", "too_many");
    }
    changes.field("items", &lines(&record.items), &items);
    record.items = items.join("\n");
}
