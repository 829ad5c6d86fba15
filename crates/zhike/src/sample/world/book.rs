//! The customers: companies and some persons, with their facts, contacts and grade.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::dice::Dice;
use super::names;
use super::staff::{Sells, Staff};
use super::talk;
use super::words::{Area, CITIES, City, ROADS, TRADES, Trade};
use crate::customers::contacts::{Attitude, Authority, Birthday, Calendar, Influence, NewContact, Salutation};
use crate::customers::input::NewCustomer;
use crate::customers::model::{CustomerKind, Grade, Source};
use crate::customers::regions;

/// A customer as it enters the book.
#[derive(Clone, Debug)]
pub struct Customer {
    pub archive: NewCustomer,
    pub grade: Grade,
    /// Place in the list of people.
    pub owner: usize,
    /// Place in the list of trades.
    pub trade: usize,
    /// Days after the first one at which it entered the book; 0 for those that the company began with.
    pub joined: i32,
}

/// What the customers are drawn for.
pub struct Frame<'a> {
    pub seed: u64,
    pub staff: &'a Staff,
    /// The day on which the book was begun.
    pub begins: Date,
    /// How many days it has been kept.
    pub days: i32,
    /// The share of persons among the ordinary customers.
    pub persons: f64,
}

/// Four in five were there when the book was begun; the others came one by one.
const FROM_THE_BEGINNING: f64 = 0.8;
/// The share of persons that a company has among its ordinary customers.
pub const PERSONS: f64 = 0.05;

pub fn customers(frame: &Frame<'_>, count: usize) -> Vec<Customer> {
    (0..count).map(|number| frame.customer(number, 1 + number % 4)).collect()
}

/// Mobile numbers are counted through: this many at most belong to one customer.
pub const PHONES_EACH: usize = 8;
/// Where a customer has more contacts than this, two may share a name.
const NAMES_APART: usize = 100;

impl Frame<'_> {
    /// The customer with this number and so many contacts.
    pub fn customer(&self, number: usize, contacts: usize) -> Customer {
        let mut dice = Dice::new(self.seed, "customer", number);
        let city = dice.weighted(CITIES, |city| city.weight);
        let trade = dice.weighted(TRADES, |trade| trade.weight);
        let joined = match dice.chance(FROM_THE_BEGINNING) {
            true => 0,
            false => dice.between(1, i64::from(self.days.max(2) - 1)) as i32,
        };
        let (grade, owner) = self.grade_and_owner(&mut dice, city.area);
        let mut draft =
            Draft { dice, number, city, begins: self.begins, archive: NewCustomer::default(), care: care(grade) };
        match grade == Grade::Ordinary && draft.dice.chance(self.persons) {
            true => draft.person(),
            false => draft.company(trade, contacts),
        }
        draft.dealings(joined, trade);
        draft.archive.grade = Some(grade);
        let trade = TRADES.iter().position(|other| other.word == trade.word).unwrap_or(0);
        Customer { archive: draft.archive, grade, owner, trade, joined }
    }

    /// About one in twelve is VIP, one in five key. Most VIPs are with the large-account department; the general
    /// manager keeps a few.
    fn grade_and_owner(&self, dice: &mut Dice, area: Area) -> (Grade, usize) {
        let grades = [(Grade::Vip, 8), (Grade::Key, 20), (Grade::Ordinary, 72)];
        let grade = dice.weighted(&grades, |item| item.1).0;
        let large = match grade {
            Grade::Vip => 0.55,
            Grade::Key => 0.12,
            Grade::Ordinary => 0.02,
        };
        let founder = if grade == Grade::Vip { 0.08 } else { 0.008 };
        let wanted = match dice.unit() {
            share if share < large => Sells::Large,
            share if share < large + founder => Sells::Few,
            _ => Sells::Region(area),
        };
        let owners = self.staff.sellers(|sells| sells == wanted);
        // Heads look after fewer customers of their own.
        let owner = dice.weighted(&owners, |owner| if self.staff.is_head(*owner) { 4 } else { 10 });
        (grade, *owner)
    }
}

/// How well an archive is kept: better for whom more is at stake.
fn care(grade: Grade) -> f64 {
    match grade {
        Grade::Vip => 0.97,
        Grade::Key => 0.88,
        Grade::Ordinary => 0.7,
    }
}

struct Draft<'a> {
    dice: Dice,
    number: usize,
    city: &'a City,
    begins: Date,
    archive: NewCustomer,
    care: f64,
}

impl Draft<'_> {
    fn company(&mut self, trade: &Trade, contacts: usize) {
        let name = names::company(&mut self.dice, self.city, trade);
        let division = self.division();
        let district = regions::find(division).map_or("", |region| region.name);
        let staff = self.staff_count();
        let (city, number) = (self.city.name, self.number);
        let domain = format!("{}.example", names::latin(&name.brand));
        let age = self.dice.between(400, 9_000) as i32;
        let founded = self.begins.saturating_sub(age.days());
        let a = &mut self.archive;
        a.kind = Some(CustomerKind::Company);
        a.name = Some(name.full);
        a.short_name = Some(Some(name.short));
        a.industry = Some(Some(trade.industry.word().to_owned()));
        a.region = Some(Some(division.to_owned()));
        let (dice, care) = (&mut self.dice, self.care);
        a.credit_code = dice.maybe(care, |_| Some(names::credit_code(division, number)));
        a.address = dice.maybe(care, |dice| {
            let place = if district.starts_with(city) { "" } else { district };
            Some(format!("{city}{place}{}{}号", dice.pick(ROADS), dice.between(1, 899)))
        });
        a.website = dice.maybe(0.5, |_| Some(format!("www.{domain}")));
        a.phone = dice.maybe(0.35, |dice| Some(format!("400-000-{:04}", dice.between(0, 9_999))));
        a.email = dice.maybe(0.3, |_| Some(format!("info@{domain}")));
        a.staff_count = dice.maybe(care, |_| Some(staff));
        let revenue = staff * trade.per_head * dice.between(60, 150) / 100 * 1_000_000;
        a.annual_revenue_fen = dice.maybe(care - 0.2, |_| Some(revenue));
        a.founded_on = dice.maybe(care, |_| Some(founded));
        a.main_business = dice.maybe(care, |_| Some(trade.business.to_owned()));
        a.organisation = dice.maybe(care - 0.15, |dice| Some((*dice.pick(ORGANISATIONS)).to_owned()));
        for place in 0..contacts {
            let mut next = contact(dice, number * PHONES_EACH + place, place, &domain);
            // People of one house have names of their own here: notes name them, and readers must not mix them up.
            while place < NAMES_APART && a.contacts.iter().any(|other| other.name == next.name) {
                next.name = Some(names::person(dice).0);
            }
            a.contacts.push(next);
        }
    }

    fn person(&mut self) {
        let (name, _) = names::person(&mut self.dice);
        let division = self.division();
        let a = &mut self.archive;
        a.kind = Some(CustomerKind::Person);
        a.name = Some(name);
        a.region = Some(Some(division.to_owned()));
        a.phone = Some(Some(names::mobile(self.number * PHONES_EACH)));
        a.wechat = self.dice.maybe(0.6, |_| Some(format!("wx_{}", self.number)));
    }

    /// What both kinds have: where they came from, since when, what they like and need.
    fn dealings(&mut self, joined: i32, trade: &Trade) {
        let entered = self.begins.saturating_add(joined.days());
        let (dice, care, a) = (&mut self.dice, self.care, &mut self.archive);
        a.source = dice.maybe(0.93, |dice| Some(dice.weighted(SOURCES, |item| item.1).0));
        let earlier = if joined == 0 { dice.between(30, 2_600) } else { 0 } as i32;
        a.cooperation_since = dice.maybe(0.85, |_| Some(entered.saturating_sub(earlier.days())));
        a.preferences = dice.maybe(care - 0.25, |dice| Some(talk::preference(dice)));
        a.core_need = dice.maybe(care - 0.1, |dice| Some((*dice.pick(trade.needs)).to_owned()));
        a.notes = dice.maybe(0.12, |dice| Some((*dice.pick(NOTES)).to_owned()));
        let tags: Vec<String> =
            TAGS.iter().filter(|(_, share)| dice.chance(*share)).map(|(tag, _)| (*tag).to_owned()).collect();
        a.tags = Some(tags);
        let mut marks = Vec::new();
        if a.core_need.is_some() && dice.chance(care - 0.3) {
            marks.push("core_need".to_owned());
        }
        if !a.contacts.is_empty() && dice.chance(care - 0.3) {
            marks.push("decision_maker".to_owned());
        }
        a.key_facts = Some(marks);
    }

    /// A district of the city that has any, or the city.
    fn division(&mut self) -> &'static str {
        let below: Vec<&'static str> = DISTRICTS.get(self.city.code).cloned().unwrap_or_default();
        match below.is_empty() {
            true => regions::find(self.city.code).map_or("100000", |region| region.code),
            false => below[self.dice.below(below.len())],
        }
    }

    /// Many small companies, few large ones.
    fn staff_count(&mut self) -> i64 {
        let (least, most) = match self.care {
            care if care > 0.95 => (200, 4_000),
            care if care > 0.8 => (60, 900),
            _ => (8, 260),
        };
        let share = self.dice.unit();
        least + ((most - least) as f64 * share * share) as i64
    }
}

/// The districts of every city in use; computed once, for the table of divisions is long.
static DISTRICTS: std::sync::LazyLock<std::collections::HashMap<&'static str, Vec<&'static str>>> =
    std::sync::LazyLock::new(|| {
        let of = |city: &str| {
            let below = regions::all().iter().filter(|region| region.parent == Some(city) && !region.withdrawn);
            below
                .filter(|region| region.name.ends_with('区') && region.name != "市辖区")
                .map(|region| region.code)
                .collect()
        };
        CITIES.iter().map(|city| (city.code, of(city.code))).collect()
    });

fn contact(dice: &mut Dice, phone: usize, place: usize, domain: &str) -> NewContact {
    let (name, salutation) = names::person(dice);
    let role = if place == 0 {
        dice.weighted(&ROLES[..3], |role| role.weight)
    } else {
        dice.weighted(ROLES, |role| role.weight)
    };
    let latin = names::latin(&name);
    NewContact {
        salutation: Some(Some(salutation)),
        position: Some(Some(role.post.to_owned())),
        department: Some(Some(role.department.to_owned())),
        phone: Some(dice.maybe(0.95, |_| names::mobile(phone))),
        email: dice.maybe(0.45, |_| Some(format!("{latin}@{domain}"))),
        wechat: dice.maybe(0.6, |dice| Some(format!("{latin}{}", dice.between(10, 999)))),
        decision_maker: Some(role.authority == Authority::Final),
        authority: Some(role.authority),
        birthday: dice.maybe(0.4, |dice| Some(birthday(dice))),
        preferences: dice.maybe(0.35, |dice| Some(talk::preference(dice))),
        primary: Some(place == 0),
        attitude: attitude(phone).map(Some),
        influence: Some(influence(role.authority)),
        custom: None,
        name: Some(name),
        ..NewContact::default()
    }
}

/// Told of some by their number, so that no dice are thrown for it.
fn attitude(phone: usize) -> Option<Attitude> {
    match phone % 10 {
        0 => Some(Attitude::Oppose),
        1 | 2 => Some(Attitude::Neutral),
        3..=5 => Some(Attitude::Support),
        _ => None,
    }
}

fn influence(authority: Authority) -> Option<Influence> {
    match authority {
        Authority::Final => Some(Influence::High),
        Authority::Influencer => Some(Influence::Medium),
        Authority::User => Some(Influence::Low),
        Authority::None => None,
    }
}

fn birthday(dice: &mut Dice) -> Birthday {
    let lunar = dice.chance(0.4);
    let calendar = if lunar { Calendar::Lunar } else { Calendar::Solar };
    let year = dice.maybe(0.6, |dice| dice.between(1962, 1996) as i16);
    Birthday { calendar, month: dice.between(1, 12) as u8, day: dice.between(1, 28) as u8, leap: false, year }
}

struct Role {
    post: &'static str,
    department: &'static str,
    authority: Authority,
    weight: u32,
}

const fn role(post: &'static str, department: &'static str, authority: Authority, weight: u32) -> Role {
    Role { post, department, authority, weight }
}

/// The first three are those whom a company is first met by.
const ROLES: &[Role] = &[
    role("总经理", "总经办", Authority::Final, 8),
    role("采购经理", "采购部", Authority::Influencer, 8),
    role("副总经理", "总经办", Authority::Final, 4),
    role("仓储经理", "仓储物流部", Authority::User, 8),
    role("IT 经理", "信息部", Authority::Influencer, 6),
    role("采购专员", "采购部", Authority::None, 6),
    role("财务经理", "财务部", Authority::None, 4),
    role("设备科长", "设备部", Authority::User, 4),
    role("生产总监", "生产部", Authority::Influencer, 4),
    role("行政主管", "行政部", Authority::None, 3),
];

const ORGANISATIONS: &[&str] = &[
    "总经理下设生产部、采购部、仓储物流部、财务部、行政部",
    "董事会—总经理—运营中心（仓储、运输、客服）、信息部、财务部",
    "总部加三家分公司，采购集中在总部，仓库各自管理",
    "事业部制：两个事业部，共用财务与信息中心",
    "家族企业，老板直接管采购和财务，仓库由老板弟弟负责",
];

const NOTES: &[&str] = &[
    "开票要附送货单原件",
    "付款周期 60 天，月底前对账",
    "进厂需提前一天预约车牌",
    "旺季（9—12 月）不接受系统停机",
    "招标入围供应商，年审在三月",
];

const TAGS: &[(&str, f64)] = &[
    ("老客户", 0.3),
    ("展会", 0.12),
    ("转介绍", 0.1),
    ("有分公司", 0.15),
    ("价格敏感", 0.14),
    ("可做案例", 0.08),
    ("外资", 0.06),
    ("出口型", 0.1),
    ("账期长", 0.08),
    ("扩建中", 0.07),
];

const SOURCES: &[(Source, u32)] = &[
    (Source::Referral, 18),
    (Source::Exhibition, 14),
    (Source::ColdVisit, 12),
    (Source::Website, 10),
    (Source::PhoneInquiry, 8),
    (Source::SalesRecord, 8),
    (Source::Partner, 8),
    (Source::SearchEngine, 6),
    (Source::Event, 5),
    (Source::Social, 4),
    (Source::MarketResearch, 4),
    (Source::PublicSource, 3),
];

/// How a contact is spoken of: 陈总, 王女士.
pub fn spoken_of(contact: &NewContact) -> String {
    let name = contact.name.as_deref().unwrap_or_default();
    let surname: String = name.chars().take(1).collect();
    let post = contact.position.clone().flatten().unwrap_or_default();
    if post.contains("总经理") || post.contains("总监") {
        return format!("{surname}总");
    }
    if let Some(title) = ["经理", "科长", "主管"].into_iter().find(|title| post.ends_with(title)) {
        return format!("{surname}{title}");
    }
    match contact.salutation.flatten() {
        Some(Salutation::Ms) => format!("{surname}女士"),
        _ => format!("{surname}先生"),
    }
}
