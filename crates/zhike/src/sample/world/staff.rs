//! The people of the sample company: a tree of departments, who leads them, who sells in which region, and how well
//! each of them keeps to the regulation.

use std::collections::HashSet;

use super::dice::Dice;
use super::names;
use super::words::Area;

/// A department. The first is the company itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Department {
    pub name: &'static str,
    pub parent: usize,
    /// Who leads it, as a place in the list of people.
    pub head: usize,
}

/// A person. The first is whoever set the company up: the general manager, who looks after a few customers too.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub name: String,
    pub login: String,
    pub department: usize,
    pub supervisor: Option<usize>,
    pub post: &'static str,
    /// Keys of built-in roles.
    pub roles: &'static [&'static str],
    /// Customers that they sell to; none for those who do not sell.
    pub sells: Option<Sells>,
    /// The probability that they keep to what is owed, when nothing special happens.
    pub discipline: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sells {
    /// Everybody in a region.
    Region(Area),
    /// The largest customers, anywhere.
    Large,
    /// A handful of the most important ones.
    Few,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Staff {
    pub departments: Vec<Department>,
    pub people: Vec<Person>,
}

/// A department as it is laid out: name, parent, post and roles of the head, then the members.
struct Plan {
    name: &'static str,
    parent: &'static str,
    head: Seat,
    members: &'static [(Seat, usize)],
    sells: Option<Sells>,
    discipline: f64,
}

#[derive(Clone, Copy)]
struct Seat(&'static str, &'static [&'static str]);

const LEAD: &[&str] = &["manager"];
const SALES: &[&str] = &["salesperson"];
const SERVICE: &[&str] = &["service"];
const MARKET: &[&str] = &["marketing"];

/// The place of the company itself.
pub const COMPANY: &str = "";

const fn plan(
    (name, parent): (&'static str, &'static str),
    head: Seat,
    members: &'static [(Seat, usize)],
    sells: Option<Sells>,
    discipline: f64,
) -> Plan {
    Plan { name, parent, head, members, sells, discipline }
}

const PLANS: &[Plan] = &[
    plan(
        ("总经理办公室", COMPANY),
        Seat("总经理", &["general_manager"]),
        &[
            (Seat("制度专员", &["auditor", "policy_keeper"]), 1),
            (Seat("数据管理员", &["data_steward"]), 1),
            (Seat("行政助理", MARKET), 1),
        ],
        None,
        0.9,
    ),
    plan(("销售中心", COMPANY), Seat("销售总监", LEAD), &[], None, 0.93),
    plan(("销售一部", "销售中心"), Seat("销售经理", LEAD), &[], None, 0.93),
    plan(
        ("华东区", "销售一部"),
        Seat("区域经理", LEAD),
        &[(Seat("客户经理", SALES), 7)],
        Some(Sells::Region(Area::East)),
        0.94,
    ),
    plan(
        ("华北区", "销售一部"),
        Seat("区域经理", LEAD),
        &[(Seat("客户经理", SALES), 5)],
        Some(Sells::Region(Area::North)),
        0.84,
    ),
    plan(("销售二部", "销售中心"), Seat("销售经理", LEAD), &[], None, 0.9),
    plan(
        ("华南区", "销售二部"),
        Seat("区域经理", LEAD),
        &[(Seat("客户经理", SALES), 6)],
        Some(Sells::Region(Area::South)),
        0.9,
    ),
    plan(
        ("西南区", "销售二部"),
        Seat("区域经理", LEAD),
        &[(Seat("客户经理", SALES), 4)],
        Some(Sells::Region(Area::West)),
        0.74,
    ),
    plan(
        ("大客户部", COMPANY),
        Seat("大客户总监", LEAD),
        &[(Seat("高级客户经理", SALES), 5)],
        Some(Sells::Large),
        0.97,
    ),
    plan(("客服部", COMPANY), Seat("客服经理", LEAD), &[(Seat("客服专员", SERVICE), 7)], None, 0.92),
    plan(("市场部", COMPANY), Seat("市场经理", LEAD), &[(Seat("市场专员", MARKET), 5)], None, 0.9),
    plan(("技术支持部", COMPANY), Seat("技术支持经理", LEAD), &[(Seat("技术支持工程师", SERVICE), 6)], None, 0.88),
];

/// Everybody. `founder` and `login` are the name and login of whoever set the company up; departments that sell have
/// `times` as many members as the sample company.
pub fn staff(seed: u64, (founder, login): (&str, &str), times: usize) -> Staff {
    let general_manager = Person {
        name: founder.to_owned(),
        login: login.to_owned(),
        department: 0,
        supervisor: None,
        post: "总经理",
        roles: &[],
        sells: Some(Sells::Few),
        discipline: 0.9,
    };
    let company = Department { name: COMPANY, parent: 0, head: 0 };
    let mut hiring = Hiring {
        dice: Dice::new(seed, "staff", 0),
        times,
        taken: HashSet::from([login.to_lowercase(), founder.to_owned()]),
        staff: Staff { departments: vec![company], people: vec![general_manager] },
    };
    PLANS.iter().for_each(|plan| hiring.fill(plan));
    hiring.staff
}

struct Hiring {
    dice: Dice,
    times: usize,
    /// Names and logins in use.
    taken: HashSet<String>,
    staff: Staff,
}

impl Hiring {
    fn fill(&mut self, plan: &Plan) {
        let parent = self.staff.departments.iter().position(|department| department.name == plan.parent).unwrap_or(0);
        let department = self.staff.departments.len();
        let above = self.staff.departments[parent].head;
        let head = self.hire(plan, plan.head, department, above);
        self.staff.departments.push(Department { name: plan.name, parent, head });
        let times = if plan.sells.is_some() { self.times } else { 1 };
        for (seat, count) in plan.members {
            for _ in 0..count * times {
                self.hire(plan, *seat, department, head);
            }
        }
    }

    fn hire(&mut self, plan: &Plan, seat: Seat, department: usize, supervisor: usize) -> usize {
        let (name, login) = self.name();
        let discipline = (plan.discipline + (self.dice.unit() - 0.5) * 0.14).clamp(0.4, 0.99);
        let Seat(post, roles) = seat;
        let person = Person {
            name,
            login,
            department,
            supervisor: Some(supervisor),
            post,
            roles,
            sells: plan.sells,
            discipline,
        };
        self.staff.people.push(person);
        self.staff.people.len() - 1
    }

    /// A name that nobody else here has, and the login that follows from it.
    fn name(&mut self) -> (String, String) {
        loop {
            let (name, _) = names::person(&mut self.dice);
            let login = store::search::person_key(&name).replace(' ', "");
            if self.taken.insert(name.clone()) && self.taken.insert(login.clone()) {
                return (name, login);
            }
        }
    }
}

impl Staff {
    /// Those who sell, with their places in the list.
    pub fn sellers(&self, wanted: impl Fn(Sells) -> bool) -> Vec<usize> {
        let people = self.people.iter().enumerate();
        people.filter(|(_, person)| person.sells.is_some_and(&wanted)).map(|(at, _)| at).collect()
    }

    pub fn is_head(&self, person: usize) -> bool {
        self.departments.iter().any(|department| department.head == person)
    }

    /// Somebody of the same department, to stand in.
    pub fn colleague(&self, person: usize, dice: &mut Dice) -> Option<usize> {
        let department = self.people[person].department;
        let others =
            self.people.iter().enumerate().filter(|(at, other)| *at != person && other.department == department);
        let others: Vec<usize> = others.map(|(at, _)| at).collect();
        (!others.is_empty()).then(|| *dice.pick(&others))
    }
}
