//! How complete an archive is (R3-1.4): which facts a customer of its kind must have, and which of them it lacks.

use crate::customers::model::{Customer, CustomerKind};

/// What is known of a customer's contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Somebody still there with a phone, an e-mail address or WeChat.
    pub reachable: bool,
    pub decision_maker: bool,
}

/// How complete, in per cent, and what is missing, in the order in which people would ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completeness {
    pub percent: i64,
    pub missing: Vec<&'static str>,
}

/// Judges an archive; `custom` are the fields that the company itself needs, with whether they are filled.
pub fn judge(customer: &Customer, contacts: Contacts, custom: &[(&'static str, bool)]) -> Completeness {
    let mut facts = match customer.kind {
        CustomerKind::Company => company(customer, contacts),
        CustomerKind::Person => person(customer, contacts),
    };
    facts.extend(custom);
    let total = facts.len();
    let missing: Vec<&'static str> = facts.into_iter().filter(|(_, known)| !known).map(|(name, _)| name).collect();
    Completeness { percent: ((total - missing.len()) * 100 / total) as i64, missing }
}

type Facts = Vec<(&'static str, bool)>;

fn company(c: &Customer, contacts: Contacts) -> Facts {
    vec![
        ("name", filled(&c.name)),
        ("credit_code", c.credit_code.is_some()),
        ("industry", c.industry.is_some()),
        ("region", c.region.is_some()),
        ("address", c.address.is_some()),
        // The size of a company is told by either.
        ("staff_count", c.staff_count.is_some() || c.annual_revenue_fen.is_some()),
        ("founded_on", c.founded_on.is_some()),
        ("main_business", c.main_business.is_some()),
        ("organisation", c.organisation.is_some()),
        ("source", c.source.is_some()),
        ("core_need", c.core_need.is_some()),
        ("contact", contacts.reachable),
        ("decision_maker", contacts.decision_maker),
        ("owner", c.owner_id.is_some()),
    ]
}

fn person(c: &Customer, contacts: Contacts) -> Facts {
    let reachable = c.phone.is_some() || c.email.is_some() || c.wechat.is_some() || contacts.reachable;
    vec![
        ("name", filled(&c.name)),
        ("phone", reachable),
        ("region", c.region.is_some()),
        ("source", c.source.is_some()),
        ("core_need", c.core_need.is_some()),
        ("preferences", c.preferences.is_some()),
        ("owner", c.owner_id.is_some()),
    ]
}

fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_company_lacks_all_but_its_name() {
        let customer = Customer::blank(CustomerKind::Company, "华盛");
        let judged = judge(&customer, Contacts::default(), &[]);
        assert_eq!((judged.percent, judged.missing.len()), (7, 13));
        assert!(judged.missing.contains(&"decision_maker") && !judged.missing.contains(&"name"));
    }

    #[test]
    fn revenue_tells_the_size_as_well_as_staff() {
        let mut customer = Customer::blank(CustomerKind::Company, "华盛");
        customer.annual_revenue_fen = Some(100_000_000);
        assert!(!judge(&customer, Contacts::default(), &[]).missing.contains(&"staff_count"));
    }

    #[test]
    fn a_person_needs_less() {
        let mut customer = Customer::blank(CustomerKind::Person, "张三");
        customer.wechat = Some(vec![1]);
        customer.region = Some("330106".into());
        let judged = judge(&customer, Contacts::default(), &[]);
        assert_eq!(judged.missing, ["source", "core_need", "preferences", "owner"]);
        assert_eq!(judged.percent, 42);
    }

    proptest::proptest! {
        #[test]
        fn a_hundred_per_cent_is_when_nothing_is_missing(
            filled in proptest::collection::vec(proptest::bool::ANY, 10), reachable: bool, decision_maker: bool, person: bool,
        ) {
            let kind = if person { CustomerKind::Person } else { CustomerKind::Company };
            let mut c = Customer::blank(kind, "华盛");
            let text = |at: usize| filled[at].then(|| "x".to_owned());
            (c.credit_code, c.industry, c.region, c.address, c.main_business) = (text(0), text(1), text(2), text(3), text(4));
            (c.organisation, c.core_need, c.preferences) = (text(5), text(6), text(7));
            c.staff_count = filled[8].then_some(10);
            let judged = judge(&c, Contacts { reachable, decision_maker }, &[("x1", filled[9])]);
            proptest::prop_assert!((0..=100).contains(&judged.percent));
            proptest::prop_assert_eq!(judged.percent == 100, judged.missing.is_empty());
        }
    }
}
