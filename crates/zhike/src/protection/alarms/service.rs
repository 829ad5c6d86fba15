use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{Asked, Field, Kind as Of, List, ListSpec};
use store::{Columns as _, Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Alarm, Kind, Setting, State, THE_ROW};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::access::names::{self, Named};
use crate::platform::access::{self, people_who_may};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Guarded as _, Principal};
use crate::platform::notifications::{self, Notice};
use crate::platform::traces::BLANK;

const ANSWER_MOST: usize = 1_000;
/// What somebody answered for is at most so many times what they saw.
const ANSWERED_FOR: i64 = 2;
/// What nobody has answered is told again when it is so many times what was told.
const TOLD_AGAIN: i64 = 2;
const BOUND_MOST: i64 = 1_000_000;
const FACTOR_MOST: i64 = 100;

store::statements! {
    ERASE = "update alarm set answer = replace(answer, $1, $2) where replace(answer, $1, '') <> answer";
    /// Of a person and a kind: what nobody has answered, and what was answered about this day.
    STANDING = select Alarm where "owner_id = $1 and kind = $2 and (state = 'open' or last_day >= $3) order by raised_at desc";
}

pub const SPEC: ListSpec = ListSpec {
    table: "alarm",
    columns: Alarm::COLUMNS,
    fields: &[
        Field::new("raised_at", Of::Instant).sortable(),
        Field::new("state", Of::Word),
        Field::new("kind", Of::Word),
        Field::new("about", Of::Id).column("owner_id"),
    ],
    default_sort: "-raised_at",
};

/// A day that was unusual for somebody.
pub struct Unusual {
    pub user: Uuid,
    pub kind: Kind,
    pub day: Date,
    pub amount: i64,
    pub threshold: i64,
    pub usual: Option<i64>,
}

pub fn setting(tx: &mut Tx<'_>) -> Result<Setting> {
    Ok(Setting::find(tx, THE_ROW)?.unwrap_or(Setting::INITIAL))
}

/// Raises an alarm, or lets the one that nobody has answered grow, and be told again when it has doubled; whether there
/// is a new one. About a day that somebody
/// has answered for there is a second one only when it has become far more than they saw.
pub fn raise(tx: &mut Tx<'_>, who: &Principal, unusual: &Unusual) -> Result<bool> {
    let Unusual { user, kind, day, amount, threshold, usual } = *unusual;
    let standing = Alarm::all(tx, &STANDING, &[&user, &kind, &day])?;
    if let Some(open) = standing.iter().find(|alarm| alarm.state == State::Open) {
        let mut grown = Alarm { amount: open.amount.max(amount), last_day: open.last_day.max(day), ..open.clone() };
        if grown.amount >= grown.told.saturating_mul(TOLD_AGAIN) {
            grown.told = grown.amount;
            tell(tx, who, &grown)?;
        }
        if grown != *open {
            grown.update(tx)?;
        }
        return Ok(false);
    }
    if standing.iter().any(|answered| amount <= answered.amount.saturating_mul(ANSWERED_FOR)) {
        return Ok(false);
    }
    let department_id =
        User::find(tx, Id::<User>::from_uuid(user))?.and_then(|user| user.department_id).map(|id| id.uuid());
    let alarm = Alarm {
        id: Uuid::now_v7(),
        owner_id: user,
        department_id,
        kind,
        day,
        last_day: day,
        amount,
        threshold,
        usual,
        state: State::Open,
        raised_at: who.now,
        answered_by: None,
        answered_at: None,
        answer: None,
        told: amount,
        version: 1,
    };
    alarm.insert(tx)?;
    let told = json!({ "kind": kind, "about": user, "day": day, "amount": amount, "threshold": threshold });
    audit::record(tx, who, "raise_alarm", Entity::Alarm, alarm.id, None, told)?;
    tell(tx, who, &alarm)?;
    Ok(true)
}

/// Tells whoever answers for such alarms, but for the person that it is about.
fn tell(tx: &mut Tx<'_>, who: &Principal, alarm: &Alarm) -> Result<()> {
    let about = names::user(tx, alarm.owner_id)?;
    for guard in people_who_may(tx, Action::Update, Entity::Alarm)? {
        let Some(candidate) = access::principal_of(tx, Id::from_uuid(guard.id), who.now, &who.vault)? else { continue };
        if guard.id != alarm.owner_id && answers_for(tx, &candidate, alarm)? {
            let params = json!({ "about": about.name, "kind": alarm.kind, "amount": alarm.amount });
            let (link, user) = (Some("/settings/alarms"), Id::from_uuid(guard.id));
            let notice = Notice { user, kind: "alarm_raised", params, link, dedupe_key: None, at: who.now };
            notifications::notify(tx, &notice)?;
        }
    }
    Ok(())
}

fn answers_for(tx: &mut Tx<'_>, who: &Principal, alarm: &Alarm) -> Result<bool> {
    Ok(who.predicate(Action::Update, Entity::Alarm).matches(tx, alarm.id(), &|column| alarm.column(column))?)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlarmView)]
pub struct View {
    pub id: Uuid,
    pub about: Named,
    pub kind: Kind,
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// The last day on which it was so, before somebody answered.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// The most on one of these days.
    pub amount: i64,
    /// Beyond which a day was unusual.
    pub threshold: i64,
    /// What is usual for this person; nothing while too little is known.
    pub usual: Option<i64>,
    pub state: State,
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    pub answered_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    pub answer: Option<String>,
    /// Whether the asker may answer it.
    pub answerable: bool,
    pub version: i64,
}

fn view(tx: &mut Tx<'_>, who: &Principal, alarm: Alarm) -> Result<View> {
    let own = alarm.owner_id == who.user.uuid();
    Ok(View {
        answerable: !own && alarm.state == State::Open && answers_for(tx, who, &alarm)?,
        about: names::user(tx, alarm.owner_id)?,
        answered_by: alarm.answered_by.map(|id| names::user(tx, id)).transpose()?,
        id: alarm.id,
        kind: alarm.kind,
        day: alarm.day,
        last_day: alarm.last_day,
        amount: alarm.amount,
        threshold: alarm.threshold,
        usual: alarm.usual,
        state: alarm.state,
        raised_at: alarm.raised_at,
        answered_at: alarm.answered_at,
        answer: alarm.answer,
        version: alarm.version,
    })
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Alarm>, asked: &Asked) -> Result<List<View>> {
    let who = grant.principal();
    let (rows, next) = SPEC.page(tx, &grant.predicate(), asked)?;
    let alarms = rows.into_iter().map(Alarm::from_row).collect::<store::Result<Vec<_>>>()?;
    let items = alarms.into_iter().map(|alarm| view(tx, who, alarm)).collect::<Result<_>>()?;
    Ok(List { items, next })
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlarmAnswer)]
pub struct Answer {
    /// There was no reason for it: a case for the head of the person.
    pub misuse: bool,
    pub reason: String,
}

/// Says what it was. Nobody answers an alarm about themselves.
pub fn answer(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Alarm>,
    (id, version): (Uuid, i64),
    answer: &Answer,
) -> Result<View> {
    let who = grant.principal();
    let reason = answer.reason.trim();
    match reason.chars().count() {
        0 => return Err(Error::field_invalid("reason", "required")),
        length if length > ANSWER_MOST => return Err(Error::field_invalid("reason", "too_long")),
        _ => {}
    }
    let mut alarm = Alarm::find(tx, id)?.ok_or_else(Error::not_found)?;
    grant.check(tx, &alarm)?;
    if alarm.owner_id == who.user.uuid() {
        return Err(Error::new(403, "alarm.own"));
    }
    if alarm.state != State::Open {
        return Err(Error::conflict("alarm.answered"));
    }
    if alarm.version != version {
        return Err(Error::new(412, "stale"));
    }
    alarm.state = if answer.misuse { State::Misuse } else { State::Explained };
    (alarm.answered_by, alarm.answered_at) = (Some(who.user.uuid()), Some(who.now));
    alarm.answer = Some(reason.to_owned());
    alarm.update(tx)?;
    alarm.version += 1;
    let told = json!({ "about": alarm.owner_id, "state": alarm.state, "reason": reason });
    audit::record(tx, who, "answer_alarm", Entity::Alarm, id, None, told)?;
    view(tx, who, alarm)
}

/// Lets go of the names of somebody who is erased.
pub fn erase(tx: &mut Tx<'_>, words: &[String]) -> Result<()> {
    words.iter().try_for_each(|word| tx.execute(&ERASE, &[word, &BLANK]).map(drop))?;
    Ok(())
}

/// From where on a day is unusual.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlarmSetting)]
pub struct Bounds {
    /// Customers opened, customers shown in lists, full numbers looked at, and rows taken out on a day: at most so many
    /// are never unusual.
    pub opened: i64,
    pub listed: i64,
    pub revealed: i64,
    pub exported: i64,
    /// Beyond so many times what is usual for the person.
    pub factor: i64,
    #[serde(default)]
    #[schema(read_only)]
    pub version: i64,
    /// Whether the asker may set them: only somebody who reads no customers.
    #[serde(default)]
    #[schema(read_only)]
    pub settable: bool,
}

pub fn bounds(tx: &mut Tx<'_>, who: &Principal) -> Result<Bounds> {
    let Setting { opened, listed, revealed, exported, factor, version, .. } = setting(tx)?;
    Ok(Bounds { opened, listed, revealed, exported, factor, version, settable: may_set(who) })
}

pub fn set(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Alarm>, version: i64, new: &Bounds) -> Result<Bounds> {
    let who = grant.principal();
    if !may_set(who) {
        return Err(Error::new(403, "alarm.watched"));
    }
    for (field, value, most) in [
        ("opened", new.opened, BOUND_MOST),
        ("listed", new.listed, BOUND_MOST),
        ("revealed", new.revealed, BOUND_MOST),
        ("exported", new.exported, BOUND_MOST),
        ("factor", new.factor, FACTOR_MOST),
    ] {
        if !(1..=most).contains(&value) {
            return Err(Error::field_invalid(field, "number.out_of_range"));
        }
    }
    let old = setting(tx)?;
    if old.version != version {
        return Err(Error::new(412, "stale"));
    }
    let &Bounds { opened, listed, revealed, exported, factor, .. } = new;
    let row = Setting { opened, listed, revealed, exported, factor, ..old.clone() };
    match old.version {
        0 => Setting { version: 1, ..row }.insert(tx)?,
        _ => row.update(tx)?,
    }
    let mut changes = Changes::new();
    changes.field("opened", &old.opened, &opened).field("listed", &old.listed, &listed).field(
        "revealed",
        &old.revealed,
        &revealed,
    );
    changes.field("exported", &old.exported, &exported).field("factor", &old.factor, &factor);
    audit::record(tx, who, "update", Entity::Alarm, Uuid::nil(), None, changes)?;
    for guard in
        people_who_may(tx, Action::Update, Entity::Alarm)?.into_iter().filter(|guard| guard.id != who.user.uuid())
    {
        let params = json!({ "who": &*who.name });
        let (link, user) = (Some("/settings/alarms"), Id::from_uuid(guard.id));
        let notice = Notice { user, kind: "alarm_bounds", params, link, dedupe_key: None, at: who.now };
        notifications::notify(tx, &notice)?;
    }
    bounds(tx, who)
}

/// Whoever is watched does not say from where on.
fn may_set(who: &Principal) -> bool {
    let all = who.permissions.reach(Action::Update, Entity::Alarm).is_some_and(|reach| reach.all);
    all && who.permissions.reach(Action::Read, Entity::Customer).is_none()
}
