//! Lives the imagined company through, in order of time.

mod added;
mod company;
mod contacts;
mod deals;
mod desk;
mod guards;
pub mod papers;
pub mod people;
mod places;
mod rights;

use serde::Serialize;
use store::Tx;
use uuid::Uuid;

pub use company::Company;

use super::world::{What, World};
use crate::kernel::Result;
use crate::platform::access::password as passwords;
use crate::platform::vault::{Column, Kind, Vault};
use jiff::{SignedDuration, Timestamp};

/// Happenings in one step, about: a step is one transaction, and nobody shall wait long for the writer.
const STEP: usize = 120;

/// Something to do at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// The company takes the customers that it begins with into the book, and adopts its regulations.
    Begin(Timestamp),
    /// Place in the list of happenings.
    Happening(usize),
    /// A day has begun: the engine looks at what has come due.
    Day(Timestamp),
    /// A month or a week has begun: the engine plans what is owed in it.
    Plan(Timestamp),
    /// People look at what they were told, up to a few days ago.
    Read(Timestamp),
}

/// Everything to do, in order, cut into steps. The first step is the staff.
pub struct Script {
    steps: Vec<Vec<Deed>>,
}

impl Script {
    pub fn of(world: &World) -> Self {
        let mut steps = vec![Vec::new()];
        let mut deeds = Vec::new();
        let mut dawns = dawns(world).into_iter().peekable();
        let mut begun = false;
        for (place, happening) in world.happenings.iter().enumerate() {
            if !begun {
                begun = true;
                steps.push(vec![Deed::Begin(happening.at)]);
            }
            while let Some((at, dawn)) = dawns.next_if(|(at, _)| *at <= happening.at) {
                deeds.extend(dawn.into_iter().filter(|_| at > world.happenings[0].at));
            }
            let is_known = matches!(happening.what, What::Joined { customer } if world.customers[customer].joined == 0);
            if !is_known {
                deeds.push(Deed::Happening(place));
            }
            if deeds.len() >= STEP {
                steps.push(std::mem::take(&mut deeds));
            }
        }
        deeds.extend(dawns.flat_map(|(_, dawn)| dawn));
        deeds.extend([Deed::Plan(world.until), Deed::Day(world.until)]);
        steps.push(deeds);
        Self { steps }
    }

    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    pub fn step(&self, number: usize) -> &[Deed] {
        self.steps.get(number).map_or(&[], Vec::as_slice)
    }
}

/// The beginning of every day, with what the engine does then.
fn dawns(world: &World) -> Vec<(Timestamp, Vec<Deed>)> {
    let read_until = world.until - SignedDuration::from_hours(72);
    let mut read = false;
    let of = |(date, at): &(jiff::civil::Date, Timestamp)| {
        let mut deeds = Vec::new();
        if date.day() == 1 || date.weekday() == jiff::civil::Weekday::Monday {
            deeds.push(Deed::Plan(*at));
        }
        deeds.push(Deed::Day(*at));
        if !read && *at >= read_until {
            read = true;
            deeds.push(Deed::Read(*at));
        }
        (*at, deeds)
    };
    world.days.iter().map(of).collect()
}

/// Somebody whose place it is worth looking from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignIn {
    pub login: String,
    pub name: String,
    pub department: String,
    pub post: String,
    pub role: String,
}

/// The heads whose view is worth having: of all sales, and of the region with the most to catch up on.
const HEADS: [&str; 2] = ["销售中心", "西南区"];

/// One person for each role and region: everybody of the sample company has the same password.
pub fn sign_ins(world: &World) -> Vec<SignIn> {
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for person in world.staff.people.iter().skip(1) {
        let department = world.staff.departments[person.department].name;
        let role = person.roles.first().copied().unwrap_or_default();
        let kind = (role, if matches!(role, "salesperson" | "manager") { department } else { "" });
        if role.is_empty()
            || (role == "manager" && !HEADS.contains(&department))
            || world.has_left(&person.login)
            || seen.contains(&kind)
        {
            continue;
        }
        seen.push(kind);
        found.push(SignIn {
            login: person.login.clone(),
            name: person.name.clone(),
            department: department.to_owned(),
            post: person.post.to_owned(),
            role: role.to_owned(),
        });
    }
    found
}

const SECRET: Column = Column::new("sample", "password", "sample.password", Kind::Secret);
const WORDS: &[&str] = &[
    "longjing",
    "puer",
    "maofeng",
    "tieguanyin",
    "dahongpao",
    "biluochun",
    "baihao",
    "yunwu",
    "xihu",
    "huangshan",
    "wuyi",
    "anxi",
    "emei",
    "taihu",
    "lushan",
    "dianchi",
];

/// The password that the people of this sample company share: drawn from the root key, so that it is nobody else's, is
/// written down nowhere, and is the same again when the job goes on after a crash.
pub fn password(vault: &Vault, job: Uuid) -> String {
    let digest = vault.index(&SECRET, &job.to_string());
    let number = |at: usize| digest.get(at).map_or(0, |byte| usize::from(*byte));
    let words = [0, 1, 2].map(|at| WORDS[number(at) % WORDS.len()]);
    let tail = (number(3) << 16 | number(4) << 8 | number(5)) % 1_000_000;
    format!("{}-{tail:06}", words.join("-"))
}

/// A password of the same form that nobody has.
pub fn random_password() -> String {
    let number = |most: u64| (rand::random::<u64>() % most) as usize;
    let words = [(); 3].map(|()| WORDS[number(WORDS.len() as u64)]);
    format!("{}-{:06}", words.join("-"), number(1_000_000))
}

pub fn hash(password: &str) -> Result<String> {
    passwords::hash_now(password)
}

/// A transaction of the engine at an instant.
fn engine(tx: &mut Tx<'_>, at: Timestamp, vault: &std::sync::Arc<Vault>, plans: bool) -> Result<()> {
    use crate::policy::engine::{plan, sweep};
    let system = crate::platform::access::system(at, vault);
    if plans {
        while !plan::step(tx, &system)?.finished {}
    }
    while sweep::step(tx, &system)? > 0 {}
    Ok(())
}
