//! Fields that the sample company has added itself, and what stands in them.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::Tx;

use crate::customers::input::NewCustomer;
use crate::customers::model::CustomerKind;
use crate::kernel::custom::{Choice, CustomKind};
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::kernel::{Entity, Error, FieldClass, Result};
use crate::platform::custom::values::Sent;
use crate::platform::custom::{NewField, create};
use crate::platform::grant::Principal;

/// In this order they are x1, x2 …, as [`filled`] takes them.
pub fn define(tx: &mut Tx<'_>, founder: &Arc<Principal>) -> Result<()> {
    let grant = founder.grant::<Update, Setting>()?;
    let field = |entity, kind, zh: &str, en: &str| NewField {
        entity,
        kind,
        class: FieldClass::Ordinary,
        zh: zh.to_owned(),
        en: en.to_owned(),
        help: None,
        required: false,
        searchable: false,
        choices: Vec::new(),
    };
    let of_customer = |kind, zh, en| field(Entity::Customer, kind, zh, en);
    let ways = [("直接采购", "Direct"), ("招标采购", "By tender"), ("框架协议", "Framework agreement")];
    let goods = [("整机", "Machines"), ("备件", "Spare parts"), ("耗材", "Consumables"), ("服务", "Services")];
    let hobby = field(Entity::Contact, CustomKind::Text, "私人爱好", "Private interests");
    for new in [
        NewField { choices: choices(&ways), ..of_customer(CustomKind::Choice, "采购方式", "Way of buying") },
        NewField { searchable: true, ..of_customer(CustomKind::Text, "合同编号", "Contract number") },
        of_customer(CustomKind::Money, "授信额度", "Credit limit"),
        of_customer(CustomKind::Date, "续约日", "Renewal"),
        NewField { choices: choices(&goods), ..of_customer(CustomKind::Multi, "采购品类", "Goods bought") },
        NewField { class: FieldClass::Personal, ..hobby },
    ] {
        create(tx, &grant, &new)?;
    }
    Ok(())
}

fn choices(words: &[(&str, &str)]) -> Vec<Choice> {
    let choice = |(zh, en): &(&str, &str)| Choice { id: 0, zh: (*zh).into(), en: (*en).into(), retired: false };
    words.iter().map(choice).collect()
}

/// The archive with what stands in the added fields of the customer at this place. Persons buy without all that.
pub fn filled(archive: &NewCustomer, place: usize, at: Timestamp) -> Result<NewCustomer> {
    let mut archive = archive.clone();
    if archive.kind == Some(CustomerKind::Person) || place % 7 == 6 {
        return Ok(archive);
    }
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let renewal = day.checked_add((360 + (place * 37 % 330) as i64).days()).map_err(Error::internal)?;
    let goods: Vec<usize> = (1..=4).filter(|good| (place / 3 + good).is_multiple_of(3)).collect();
    archive.custom = Some(Sent::from([
        ("x1".to_owned(), json!(place % 3 + 1)),
        ("x2".to_owned(), json!(format!("HT{:05}", 20_117 + place * 53 % 79_000))),
        ("x3".to_owned(), json!((place % 9 + 1) as i64 * 5_000_000)),
        ("x4".to_owned(), json!(renewal.to_string())),
        ("x5".to_owned(), json!(goods)),
    ]));
    Ok(archive)
}
