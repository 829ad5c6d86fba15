use std::collections::{HashMap, HashSet};

use calendar::LunarDate;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Day, Group};
use crate::customers;
use crate::engagement::interactions::attempts::{self, Begun};
use crate::engagement::interactions::{self, Kind, service::Latest};
use crate::engagement::neighbours::{self, CustomerCard, DutyCard, VersionSummary};
use crate::engagement::team::service::GRADES;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Result};
use crate::platform::access::names::Named;
use crate::platform::access::setup::SAMPLE_JOB;
use crate::platform::grant::Grant;
use crate::platform::settings;

/// Duties shown; the counts know of all.
const SHOWN_MOST: usize = 200;
const TREND_MONTHS: usize = 6;

/// 今日应办: what the person is to do today, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Today {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The date in the Chinese calendar, such as 十月十五.
    pub lunar: Option<String>,
    /// Whether today is a working day.
    pub working: bool,
    pub counts: Counts,
    pub groups: Groups,
    /// How the people stand whom the asker leads; where nothing is to be done oneself.
    pub team: Option<TeamToday>,
    /// Versions of policies that wait for the asker's decision.
    pub approvals: Vec<VersionSummary>,
    /// Whether any rule is in force that makes duties.
    pub in_force: bool,
    /// Whether the sample company is still being written.
    pub sample_running: bool,
    /// The absent people whose duties are shown too, since the asker is their deputy.
    pub stands_in_for: Vec<Named>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayCounts)]
pub struct Counts {
    /// Open duties, overdue ones included.
    pub open: i64,
    /// Duties fulfilled today.
    pub done: i64,
    /// Past their deadline.
    pub overdue: i64,
    /// Past the day proposed for them, though not past their deadline.
    pub slipped: i64,
    /// The share of this month's judged duties that were met in time, in percent; none yet judged: nothing.
    pub month_rate: Option<f64>,
    /// The same of the last six months, oldest first, this month last.
    pub trend: Vec<Option<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamToday {
    pub overdue: i64,
    /// Open duties whose deadline is within seven days.
    pub due: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayGroups)]
pub struct Groups {
    pub overdue: Vec<Item>,
    pub slipped: Vec<Item>,
    pub today: Vec<Item>,
    pub week: Vec<Item>,
}

/// A duty with what is needed to fulfil it without looking anything up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayItem)]
pub struct Item {
    pub duty_id: Uuid,
    #[schema(example = "R3-2.1")]
    pub clause: String,
    #[schema(example = "vip-contact")]
    pub rule: String,
    pub what: What,
    pub customer: Option<ItemCustomer>,
    /// What it is about: the customer, an interaction, an event, a case.
    pub subject_id: Uuid,
    /// What the rule calls whatever owes it: `case` is one of the service desk, everything else is the customer's.
    #[schema(example = "customer")]
    pub subject_kind: String,
    /// How the contact began that is to be written down.
    pub begun: Option<Begun>,
    /// Whose duty it is.
    pub owner: Named,
    /// Whether it is another person's, for whom the asker stands in.
    pub stand_in: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// When it is proposed to act.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub act_at: Option<Timestamp>,
    /// Whether the day proposed for it has passed, though its deadline has not.
    pub slipped: bool,
    pub state: String,
    /// What was said last.
    pub last: Option<Last>,
    pub preferences: Option<String>,
    pub decision_maker: Option<String>,
    /// The masked phone number.
    pub phone_hint: Option<String>,
    pub version: i64,
}

/// What is owed, in words: the console has the sentence for `key` and fills in `params`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayWhat)]
pub struct What {
    pub key: String,
    #[schema(value_type = Object)]
    pub params: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayCustomer)]
pub struct ItemCustomer {
    pub id: Uuid,
    pub name: String,
    pub grade: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TodayLast)]
pub struct Last {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub kind: Kind,
    /// Its first line, cut short.
    pub text: String,
}

/// Puts the page together: whose duties, the duties, their customers, the last contacts, the counts; a fixed number of
/// statements, however many duties there are.
pub fn today(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Duty>) -> Result<Today> {
    let who = grant.principal();
    let calendar = settings::calendar(tx)?;
    let day = Day::of(who.now, &calendar);
    let absent = neighbours::stands_in_for(tx, who, day.date)?;
    let owners: Vec<Uuid> = std::iter::once(who.user.uuid()).chain(absent.iter().map(|person| person.id)).collect();
    let duties = neighbours::open_duties(tx, who, &owners, (day.week_ends, SHOWN_MOST))?;
    let subjects: HashSet<Uuid> = duties.iter().filter_map(|duty| duty.customer).collect();
    let cards = neighbours::customer_cards(tx, who, &subjects.into_iter().collect::<Vec<_>>())?;
    let visible: Vec<Uuid> = cards.values().filter(|card| card.visible).map(|card| card.id).collect();
    let with_records = customers::service::with_readable(tx, who, Entity::Interaction, &visible)?;
    let latest = interactions::latest_of(tx, &with_records)?;
    let clocks: Vec<Uuid> = duties.iter().filter(|duty| duty.is_clock).map(|duty| duty.subject_id).collect();
    let begun = attempts::begun(tx, &clocks)?;
    let latest: HashMap<Uuid, Latest> = latest.into_iter().map(|latest| (latest.customer, latest)).collect();
    let counts = neighbours::duty_counts(tx, who.user.uuid(), &day, TREND_MONTHS)?;
    let mut people: HashMap<Uuid, Named> = absent.iter().map(|person| (person.id, person.clone())).collect();
    people.insert(who.user.uuid(), Named::of(who));
    let known = Known { me: who.user.uuid(), people, cards, latest, begun };
    let groups = known.grouped(duties, &day);
    let is_idle = [&groups.overdue, &groups.slipped, &groups.today, &groups.week].iter().all(|group| group.is_empty());
    Ok(Today {
        date: day.date,
        lunar: LunarDate::from_solar(day.date).ok().map(|lunar| lunar.to_string()),
        working: calendar.is_working_day(day.date),
        counts,
        groups,
        team: if is_idle { neighbours::team_today(tx, who, day.date)? } else { None },
        approvals: neighbours::approvals_waiting(tx, who)?,
        in_force: neighbours::any_rule_in_force(tx)?,
        sample_running: store::jobs::unfinished(tx, SAMPLE_JOB)?,
        stands_in_for: absent,
    })
}

/// What the rows of the page refer to.
struct Known {
    me: Uuid,
    people: HashMap<Uuid, Named>,
    cards: HashMap<Uuid, CustomerCard>,
    latest: HashMap<Uuid, Latest>,
    begun: HashMap<Uuid, Begun>,
}

impl Known {
    fn grouped(&self, mut duties: Vec<DutyCard>, day: &Day) -> Groups {
        // The nearest deadline first, held clocks last; where two are the same, the higher grade.
        duties.sort_by_key(|duty| (duty.due_at.is_none(), duty.due_at, self.rank(duty), duty.id));
        let mut groups = Groups::default();
        for duty in duties {
            let group = match day.group(duty.due_at, duty.act_at, duty.is_clock) {
                Group::Overdue => &mut groups.overdue,
                Group::Slipped => &mut groups.slipped,
                Group::Today => &mut groups.today,
                Group::Week => &mut groups.week,
                Group::Later => continue,
            };
            group.push(self.item(duty, day));
        }
        groups
    }

    fn rank(&self, duty: &DutyCard) -> usize {
        let grade = duty.customer.and_then(|customer| self.cards.get(&customer)).map(|card| card.grade.as_str());
        GRADES.iter().position(|known| Some(*known) == grade).unwrap_or(GRADES.len())
    }

    fn item(&self, duty: DutyCard, day: &Day) -> Item {
        let card = duty.customer.and_then(|customer| self.cards.get(&customer));
        let last = duty.customer.and_then(|customer| self.latest.get(&customer));
        let owner = self.people.get(&duty.owner).cloned().unwrap_or(Named { id: duty.owner, name: String::new() });
        Item {
            duty_id: duty.id,
            clause: duty.clause,
            rule: duty.rule,
            what: What { key: duty.what_key, params: duty.what_params },
            customer: card.map(shown),
            begun: self.begun.get(&duty.subject_id).copied(),
            subject_id: duty.subject_id,
            subject_kind: duty.subject_kind,
            stand_in: duty.owner != self.me,
            owner,
            due_at: duty.due_at,
            act_at: duty.act_at,
            slipped: day.slipped(duty.due_at, duty.act_at, duty.is_clock),
            state: duty.state,
            last: last.map(|last| Last { at: last.at, kind: last.kind, text: interactions::excerpt(&last.content) }),
            preferences: card.and_then(|card| card.preferences.clone()),
            decision_maker: card.and_then(|card| card.decision_maker.clone()),
            phone_hint: card.and_then(|card| card.phone_hint.clone()),
            version: duty.version,
        }
    }
}

fn shown(card: &CustomerCard) -> ItemCustomer {
    ItemCustomer { id: card.id, name: card.name.clone(), grade: card.grade.clone() }
}
