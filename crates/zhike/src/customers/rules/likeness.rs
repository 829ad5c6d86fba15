//! How much two customers look like one, and by what. Each signal has a weight; the score is their sum, 100 at most, so
//! that whoever looks at a pair can see why it is there.

use serde::{Deserialize, Serialize};

store::text_enum! {
    /// What two customers have in common.
    #[derive(utoipa::ToSchema)]
    #[schema(as = DuplicateSignal)]
    pub enum Signal {
        /// The unified social credit code.
        CreditCode = "credit_code",
        IdNumber = "id_number",
        /// The name but for its legal form and spelling.
        FullName = "full_name",
        /// The name but for legal form and region.
        Name = "name",
        /// Other characters that are read alike.
        Sound = "sound",
        /// A phone number of the customer or of a contact.
        Phone = "phone",
        /// The domain of an e-mail address, where it is a company's own.
        Domain = "domain",
    }
}

/// A signal and what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DuplicateEvidence)]
pub struct Evidence {
    pub signal: Signal,
    pub weight: i64,
}

/// From this score on, a pair is worth a look …
pub const LIKELY: i64 = 50;
/// … and from this one on, nobody creates a second one without saying why.
pub const SURE: i64 = 60;
const MOST: i64 = 100;

/// A name of fewer syllables is read like many others.
const LONG_SOUND: usize = 4;

/// What a customer is recognised by. Personal values are digests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    pub credit_code: Option<String>,
    pub id_number: Option<Vec<u8>>,
    /// Of companies; persons share names.
    pub name: Option<String>,
    pub core: Option<String>,
    pub sound: Option<String>,
    pub phones: Vec<Vec<u8>>,
    pub domains: Vec<Vec<u8>>,
}

/// What speaks for two customers being one, and how strongly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    pub score: i64,
    pub evidence: Vec<Evidence>,
}

/// Compares two customers. Two companies whose credit codes are known and differ are two companies, whatever else they
/// share.
pub fn compare(one: &Traits, other: &Traits) -> Likeness {
    if differ(&one.credit_code, &other.credit_code) || differ(&one.id_number, &other.id_number) {
        return Likeness::default();
    }
    let name = alike(&one.name, &other.name)
        .then_some((Signal::FullName, 80))
        .or_else(|| alike(&one.core, &other.core).then_some((Signal::Name, 60)))
        .or_else(|| alike(&one.sound, &other.sound).then(|| (Signal::Sound, sound_weight(one.sound.as_deref()))));
    let found = [
        alike(&one.credit_code, &other.credit_code).then_some((Signal::CreditCode, MOST)),
        alike(&one.id_number, &other.id_number).then_some((Signal::IdNumber, MOST)),
        name,
        share(&one.phones, &other.phones).then_some((Signal::Phone, 60)),
        share(&one.domains, &other.domains).then_some((Signal::Domain, 30)),
    ];
    let evidence: Vec<Evidence> =
        found.into_iter().flatten().map(|(signal, weight)| Evidence { signal, weight }).collect();
    Likeness { score: evidence.iter().map(|one| one.weight).sum::<i64>().min(MOST), evidence }
}

fn alike<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_some() && one == other
}

fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_some() && other.is_some() && one != other
}

fn share<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.iter().any(|value| other.contains(value))
}

fn sound_weight(sound: Option<&str>) -> i64 {
    if sound.unwrap_or_default().split_whitespace().count() >= LONG_SOUND { 50 } else { 25 }
}

/// Providers of mailboxes for everybody: their domain says nothing of whose the mailbox is.
const FREE_MAIL: &[&str] = &[
    "qq.com",
    "vip.qq.com",
    "foxmail.com",
    "163.com",
    "vip.163.com",
    "126.com",
    "vip.126.com",
    "yeah.net",
    "188.com",
    "sina.com",
    "sina.cn",
    "vip.sina.com",
    "sohu.com",
    "vip.sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "wo.cn",
    "wo.com.cn",
    "tom.com",
    "21cn.com",
    "263.net",
    "263.net.cn",
    "eyou.com",
    "chinaren.com",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "live.cn",
    "msn.com",
    "msn.cn",
    "yahoo.com",
    "yahoo.cn",
    "yahoo.com.cn",
    "yahoo.com.hk",
    "yahoo.com.tw",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "mail.com",
    "mail.ru",
    "gmx.com",
    "gmx.net",
    "protonmail.com",
    "proton.me",
    "yandex.com",
    "zoho.com",
];

/// The domain of an e-mail address, if it is a company's own.
pub fn company_domain(email: &str) -> Option<String> {
    let (_, domain) = email.trim().rsplit_once('@')?;
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    (domain.contains('.') && !FREE_MAIL.contains(&domain.as_str())).then_some(domain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::customers::rules::name_core;

    fn company(name: &str) -> Traits {
        let core = name_core::core(name);
        Traits {
            name: Some(name_core::strict(name)),
            sound: Some(store::search::pinyin_key(&core)),
            core: Some(core),
            ..Traits::default()
        }
    }

    fn signals(one: &Traits, other: &Traits) -> (i64, Vec<Signal>) {
        let likeness = compare(one, other);
        (likeness.score, likeness.evidence.iter().map(|one| one.signal).collect())
    }

    #[test]
    fn names_weigh_by_how_much_of_them_is_alike() {
        let shanghai = company("上海华盛机械有限公司");
        assert_eq!(signals(&shanghai, &company("上海华盛机械股份有限公司")), (80, vec![Signal::FullName]));
        assert_eq!(signals(&shanghai, &company("北京华盛机械有限公司")), (60, vec![Signal::Name]));
        assert_eq!(signals(&shanghai, &company("上海华胜机械有限公司")), (50, vec![Signal::Sound]));
        assert_eq!(signals(&company("华盛"), &company("华胜")), (25, vec![Signal::Sound]));
        assert_eq!(signals(&shanghai, &company("上海恒泰电子有限公司")), (0, vec![]));
    }

    #[test]
    fn what_is_shared_adds_up_to_a_hundred() {
        let with = |name, phone: &[u8], domain: &[u8]| Traits {
            phones: vec![phone.to_vec()],
            domains: vec![domain.to_vec()],
            ..company(name)
        };
        let (one, other) = (with("华盛机械", b"1", b"a"), with("恒泰电子", b"1", b"a"));
        assert_eq!(signals(&one, &other), (90, vec![Signal::Phone, Signal::Domain]));
        let other = with("华胜机械", b"1", b"a");
        assert_eq!(signals(&one, &other), (100, vec![Signal::Sound, Signal::Phone, Signal::Domain]));
        let other = with("恒泰电子", b"2", b"a");
        assert!(signals(&one, &other).0 < LIKELY, "a domain alone is no reason");
    }

    #[test]
    fn two_credit_codes_are_two_companies() {
        let coded = |code: &str| Traits { credit_code: Some(code.to_owned()), ..company("华盛机械") };
        assert_eq!(signals(&coded("a"), &coded("b")), (0, vec![]));
        assert_eq!(signals(&coded("a"), &coded("a")).0, 100);
        assert_eq!(signals(&coded("a"), &company("华盛机械")).0, 80, "an unknown code tells nothing");
    }

    #[test]
    fn mailboxes_for_everybody_are_nobodys_domain() {
        assert_eq!(company_domain("Zhang@Huasheng-Group.CN"), Some("huasheng-group.cn".into()));
        assert_eq!(company_domain("zhang@mail.huasheng.com.cn"), Some("mail.huasheng.com.cn".into()));
        for free in ["1234567@qq.com", "a@163.COM", "b@gmail.com", "no address", "x@localhost"] {
            assert_eq!(company_domain(free), None, "{free}");
        }
    }

    fn traits() -> impl Strategy<Value = Traits> {
        let some = |alphabet: &'static str| proptest::option::of(alphabet);
        let digests = || proptest::collection::vec(proptest::collection::vec(0u8..3, 1), 0..3);
        (some("[ab]"), some("[华恒]{2,4}"), digests(), digests()).prop_map(|(code, name, phones, domains)| Traits {
            credit_code: code,
            phones,
            domains,
            ..name.map(|name| company(&name)).unwrap_or_default()
        })
    }

    proptest! {
        #[test]
        fn likeness_is_mutual_bounded_and_explained(one in traits(), other in traits()) {
            let likeness = compare(&one, &other);
            prop_assert_eq!(&likeness, &compare(&other, &one));
            let weights: i64 = likeness.evidence.iter().map(|one| one.weight).sum();
            prop_assert_eq!(likeness.score, weights.min(100));
            if differ(&one.credit_code, &other.credit_code) {
                prop_assert_eq!(likeness.score, 0);
            }
        }

        #[test]
        fn what_is_learnt_never_makes_two_less_alike(one in traits(), other in traits(), phone in 0u8..3) {
            let with = |traits: &Traits| {
                let mut traits = traits.clone();
                traits.phones.push(vec![phone]);
                traits
            };
            prop_assert!(compare(&with(&one), &with(&other)).score >= compare(&one, &other).score);
        }
    }
}
