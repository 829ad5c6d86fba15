use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CustomerPlace, How};
use super::rules::Point;
use crate::customers::model::{Customer, CustomerKind, Grade};
use crate::customers::reach;
use crate::customers::service::{load, load_for_change, readable};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};

/// So many are told.
const SHOWN_MOST: usize = 50;
/// They are looked for within these distances, in metres, until there are enough.
const RADII: [i64; 4] = [1_000, 3_000, 10_000, 30_000];
/// More places than these are not looked at; in the middle of a city they lie within a kilometre.
const SEEN_MOST: i64 = 5_000;
const AT_ONCE: usize = 200;
/// A device that knows less than this where it is does not know where the customer is.
const ACCURATE: i64 = 100;

store::statements! {
    WITHIN = "select customer_id, lat, lon from customer_place where cell >= $1 and cell <= $2
        order by cell, customer_id limit $3";
    CUSTOMERS = select Customer where "id in among($1)";
    FORGET = "delete from customer_place where customer_id = $1";
}

/// Where a customer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerPlace)]
pub struct PlaceView {
    /// Degrees north and east (WGS 84).
    #[schema(example = 31.2304)]
    pub lat: f64,
    #[schema(example = 121.4737)]
    pub lon: f64,
    /// Metres.
    pub accuracy: Option<i64>,
    pub how: How,
    pub set_by: Named,
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomerPlace)]
pub struct NewPlace {
    #[schema(example = 31.2304)]
    pub lat: f64,
    #[schema(example = 121.4737)]
    pub lon: f64,
    /// Metres, where a device measured it.
    #[serde(default)]
    pub accuracy: Option<f64>,
}

/// Where somebody stands who asks who is near. It is kept nowhere.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NearAsked)]
pub struct Asked {
    #[schema(example = 31.2304)]
    pub lat: f64,
    #[schema(example = 121.4737)]
    pub lon: f64,
}

/// A customer that is near.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NearCustomer)]
pub struct NearLine {
    #[schema(value_type = Uuid)]
    pub id: Id<Customer>,
    pub number: String,
    pub name: String,
    pub grade: Grade,
    pub address: Option<String>,
    pub lat: f64,
    pub lon: f64,
    /// Metres.
    pub distance: i64,
    /// Degrees from north over east.
    pub bearing: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_contact_at: Option<Timestamp>,
}

/// Who is near, the nearest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NearCustomers)]
pub struct NearView {
    pub items: Vec<NearLine>,
    /// Metres within which all were looked for.
    pub within: i64,
    /// There are more than are told.
    pub more: bool,
}

/// A position is part of the address.
fn check_read(who: &Principal) -> Result<()> {
    match who.reads(Entity::Customer, "address") {
        true => Ok(()),
        false => Err(Error::forbidden().field("position", "not_allowed")),
    }
}

fn may_set(who: &Principal) -> bool {
    who.edits(Entity::Customer, "address")
}

fn point(lat: f64, lon: f64) -> Result<Point> {
    Point::of(lat, lon).ok_or_else(|| Error::field_invalid("position", "position.invalid"))
}

fn place(row: &CustomerPlace) -> Point {
    Point { lat: row.lat, lon: row.lon }
}

/// Where a customer is, if it is known.
pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<Option<PlaceView>> {
    check_read(grant.principal())?;
    let customer = load(tx, grant, id)?;
    CustomerPlace::find(tx, customer.id)?.map(|row| view(tx, row)).transpose()
}

fn view(tx: &mut Tx<'_>, row: CustomerPlace) -> Result<PlaceView> {
    let (lat, lon) = place(&row).degrees();
    let set_by = names::user(tx, row.set_by.uuid())?;
    Ok(PlaceView { lat, lon, accuracy: row.accuracy, how: row.how, set_by, set_at: row.set_at })
}

/// Sets where a customer is.
pub fn put(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    new: &NewPlace,
) -> Result<PlaceView> {
    let who = grant.principal();
    let customer = load_for_change(tx, grant, id)?;
    if !may_set(who) {
        return Err(Error::forbidden().field("position", "not_allowed"));
    }
    if customer.kind == CustomerKind::Person {
        return Err(Error::field_invalid("position", "position.of_person"));
    }
    let accuracy = new.accuracy.filter(|metres| metres.is_finite() && *metres >= 0.0).map(|metres| metres as i64);
    let row = keep(tx, who, &customer, (point(new.lat, new.lon)?, accuracy, How::Pin))?;
    view(tx, row)
}

/// Forgets where a customer is.
pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Customer>, id: Id<Customer>) -> Result<()> {
    let who = grant.principal();
    let customer = load_for_change(tx, grant, id)?;
    if !may_set(who) {
        return Err(Error::forbidden().field("position", "not_allowed"));
    }
    if tx.execute(&FORGET, &[&customer.id])? > 0 {
        audited(tx, who, &customer, "remove_place", Changes::new())?;
    }
    Ok(())
}

fn keep(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    (point, accuracy, how): (Point, Option<i64>, How),
) -> Result<CustomerPlace> {
    let row = CustomerPlace {
        customer_id: customer.id,
        lat: point.lat,
        lon: point.lon,
        cell: point.cell(),
        accuracy,
        how,
        set_by: who.user,
        set_at: who.now,
    };
    tx.execute(&FORGET, &[&customer.id])?;
    row.insert(tx)?;
    let mut changes = Changes::new();
    changes.set("how", how);
    audited(tx, who, customer, "set_place", changes)?;
    Ok(row)
}

/// That it was set is told, and how; where it is stands in the record alone.
fn audited(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, action: &str, changes: Changes) -> Result<()> {
    let id = customer.id.uuid();
    audit::record(tx, who, action, Entity::Customer, id, Some(id), changes)
}

/// How far a point is from where a customer is known to be, in metres.
pub fn distance(tx: &mut Tx<'_>, customer: Id<Customer>, from: Point) -> Result<Option<i64>> {
    Ok(CustomerPlace::find(tx, customer)?.map(|row| from.distance(place(&row))))
}

/// Forgets where somebody is who has turned out to be a person.
pub fn forget(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<()> {
    tx.execute(&FORGET, &[&customer])?;
    Ok(())
}

/// Somebody stands at the customer's: where nothing is known yet, and they may say so, that is where it is.
pub fn learn(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, (at, accuracy): (Point, i64)) -> Result<()> {
    let fits = customer.kind == CustomerKind::Company && accuracy <= ACCURATE && may_set(who);
    if !fits || !reach::reaches(tx, &reach::predicate(who, Action::Update, Entity::Customer), customer)? {
        return Ok(());
    }
    if CustomerPlace::find(tx, customer.id)?.is_none() {
        keep(tx, who, customer, (at, Some(accuracy), How::CheckIn))?;
    }
    Ok(())
}

/// Who is near: looked for further and further out, until there are enough.
pub fn near(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, asked: Asked) -> Result<NearView> {
    let who = grant.principal();
    check_read(who)?;
    let here = point(asked.lat, asked.lon)?;
    let mut answer = NearView { items: Vec::new(), within: 0, more: false };
    for within in RADII {
        let (places, all) = places(tx, here, within)?;
        let mine = reached(tx, who, &places)?;
        answer = NearView { items: lines(tx, here, &mine)?, within, more: mine.len() > SHOWN_MOST || !all };
        if answer.more {
            break;
        }
    }
    Ok(answer)
}

/// Where customers are within so many metres, the nearest first, and whether these are all.
fn places(tx: &mut Tx<'_>, here: Point, within: i64) -> Result<(Vec<(Uuid, Point)>, bool)> {
    let mut found = Vec::new();
    let mut left = SEEN_MOST;
    for (from, to) in here.around(within) {
        let rows = tx.query(&WITHIN, &[&from, &to, &left])?;
        left -= rows.len() as i64;
        for row in rows {
            let point = Point { lat: row.get(1)?, lon: row.get(2)? };
            if here.distance(point) <= within {
                found.push((row.get(0)?, point));
            }
        }
        if left <= 0 {
            break;
        }
    }
    found.sort_by_key(|(id, point)| (here.distance(*point), *id));
    Ok((found, left > 0))
}

/// Those of them that somebody may see, one more than are shown.
fn reached(tx: &mut Tx<'_>, who: &Principal, places: &[(Uuid, Point)]) -> Result<Vec<(Uuid, Point)>> {
    let mut mine = Vec::new();
    for some in places.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().map(|(id, _)| *id).collect();
        let seen = readable(tx, who, &ids)?;
        mine.extend(some.iter().filter(|(id, _)| seen.contains(id)));
        if mine.len() > SHOWN_MOST {
            break;
        }
    }
    mine.truncate(SHOWN_MOST + 1);
    Ok(mine)
}

fn lines(tx: &mut Tx<'_>, here: Point, places: &[(Uuid, Point)]) -> Result<Vec<NearLine>> {
    let ids: Vec<Uuid> = places.iter().take(SHOWN_MOST).map(|(id, _)| *id).collect();
    let rows = Customer::all(tx, &CUSTOMERS, &[&Ids(&ids)])?;
    let mut rows: HashMap<Uuid, Customer> = rows.into_iter().map(|row| (row.id.uuid(), row)).collect();
    let line = |(id, point): &(Uuid, Point)| {
        let customer = rows.remove(id)?;
        let (lat, lon) = point.degrees();
        Some(NearLine {
            id: customer.id,
            number: customer.number,
            name: customer.name,
            grade: customer.grade,
            address: customer.address,
            lat,
            lon,
            distance: here.distance(*point),
            bearing: here.bearing(*point),
            last_contact_at: customer.last_contact_at,
        })
    };
    Ok(places.iter().take(SHOWN_MOST).filter_map(line).collect())
}
