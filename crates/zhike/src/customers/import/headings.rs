//! Which column goes where: by what its heading says, with what its cells look like to break ties. Pure.
//!
//! Every column gets the fields that it may be, each with a score; the surest pair is settled first, and a field that
//! takes one value is never given to two columns: the second one stays open, for a person to decide.

use documents::clean;

use super::lexicon::{LEXICON, Whose};
use super::sniff::{Look, look};
use super::target::{SLOTS_MOST, Target};

/// A pair with a lower score is a guess that nobody asked for.
const SCORE_LEAST: i32 = 30;

const SCORE_ADDED: i32 = 200;

/// A column: its heading and some of its cells.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub heading: String,
    pub samples: Vec<String>,
}

/// A field that a column may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    target: Target,
    score: i32,
}

/// What is known of the sheet as a whole.
struct Sheet<'a> {
    has_contact: bool,
    has_company: bool,
    is_colleague: &'a dyn Fn(&str) -> bool,
}

/// The labels of fields that the company has added, with where such a column goes.
pub type Added = [(String, Target)];

/// The field of each column, or nothing. `is_colleague` says whether a cell names somebody who works here, which tells
/// the owner of a customer from the person in charge at the customer.
pub fn recognise(columns: &[Seen], added: &Added, is_colleague: &dyn Fn(&str) -> bool) -> Vec<Option<Target>> {
    let bases: Vec<Base> = bases(columns);
    let has_company =
        bases.iter().any(|base| exact(&base.word, |whose, field| whose == Whose::Customer && field == "name"));
    let has_contact = bases.iter().any(|base| base.names_contact() || (has_company && base.names_person()));
    let sheet = Sheet { has_contact, has_company, is_colleague };
    let of_column = |(column, base): (&Seen, &Base)| {
        let mut found = candidates(column, base, &sheet);
        // What the company itself has named is meant by that name.
        let named = added.iter().filter(|(label, _)| is_same(label, &column.heading));
        found.extend(named.map(|(_, target)| Candidate { target: *target, score: SCORE_ADDED }));
        found
    };
    let candidates = columns.iter().zip(&bases).map(of_column).collect();
    settle(candidates)
}

/// How many of these cells are headings that we know: the row with most of them is the row of headings.
pub fn known(cells: &[String]) -> usize {
    let knows = |cell: &String| {
        let base = base(cell);
        LEXICON.is_person(&base.word)
            || LEXICON.is_nothing(&base.word)
            || exact(&base.word, |_, _| true)
            || (cell.chars().count() <= 12 && LEXICON.ending(&base.word).is_some())
    };
    cells.iter().filter(|cell| !cell.is_empty() && knows(cell)).count()
}

/// Whether a heading names people rather than companies (姓名): then the customers of the sheet are persons.
pub fn names_persons(heading: &str) -> bool {
    let word = base(heading).word;
    word != "名称" && LEXICON.is_person(&word)
}

/// Whether a column holds nothing but notes (备注), so that its heading need not be repeated in them.
pub fn is_notes(heading: &str) -> bool {
    let word = base(heading).word;
    LEXICON.named(&word).any(|entry| entry.field == "notes" && entry.score == 100)
}

/// Whether two headings are the same but for marks, width and capitals.
pub fn is_same(one: &str, other: &str) -> bool {
    clean::line(one) == clean::line(other) || (plain(one) == plain(other) && !plain(one).is_empty())
}

/// How many yuan (or people) one in this column stands for: 年营收(万元) counts in ten thousands.
pub fn unit(heading: &str) -> i64 {
    let heading = clean::half_width(heading);
    match () {
        () if heading.contains("亿") => 100_000_000,
        () if heading.contains("百万") => 1_000_000,
        () if heading.contains('万') => 10_000,
        () if heading.contains("千元") => 1_000,
        () => 1,
    }
}

/// A heading without what varies: marks, brackets, and the number of the contact.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Base {
    word: String,
    number: Option<u8>,
    /// 联系人手机: what follows the word for a contact.
    of_contact: bool,
}

impl Base {
    fn names_person(&self) -> bool {
        LEXICON.is_person(&self.word)
    }

    fn names_contact(&self) -> bool {
        if self.of_contact && self.names_person() {
            return true;
        }
        exact(&self.word, |whose, field| whose == Whose::Contact && field == "name")
            && !matches!(self.word.as_str(), "法人" | "法定代表人" | "法人代表" | "老板")
    }
}

fn bases(columns: &[Seen]) -> Vec<Base> {
    let mut bases: Vec<Base> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut base = base(&column.heading);
        // 联系人, 手机, 联系人, 手机: the second time is the second contact.
        let earlier = bases.iter().filter(|known| known.word == base.word && !base.word.is_empty()).count();
        if base.number.is_none() && earlier > 0 {
            base.number = u8::try_from(earlier + 1).ok().filter(|number| *number <= SLOTS_MOST);
        }
        bases.push(base);
    }
    bases
}

fn base(heading: &str) -> Base {
    let plain = plain(heading);
    let (word, number) = numbered(&plain);
    let inner = ["主要联系人", "首要联系人", "联系人", "联络人", "contact"].iter().find_map(|of| word.strip_prefix(of));
    match inner.map(numbered) {
        Some((rest, inner)) if !rest.is_empty() && is_contact_word(&rest) => {
            Base { word: rest, number: inner.or(number), of_contact: true }
        }
        _ => Base { word, number, of_contact: false },
    }
}

/// Half width, small, without spaces and marks, without what stands in brackets.
pub fn plain(heading: &str) -> String {
    let heading = clean::half_width(heading).to_lowercase();
    let mut depth = 0;
    let mut plain = String::new();
    for c in heading.chars() {
        match c {
            '(' | '[' | '【' | '<' | '「' => depth += 1,
            ')' | ']' | '】' | '>' | '」' => depth -= 1,
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    let plain = ["必填", "选填"].iter().fold(plain.as_str(), |rest, mark| rest.strip_suffix(mark).unwrap_or(rest));
    plain.to_owned()
}

/// Takes the number of a contact off a heading: 联系人2, 第二联系人, 手机三, contact2phone.
fn numbered(plain: &str) -> (String, Option<u8>) {
    let digit = |c: char| match c {
        '1'..='9' => c.to_digit(10).map(|digit| digit as u8),
        '一' => Some(1),
        '二' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        _ => None,
    };
    let mut chars = plain.chars();
    if let Some(rest) = plain.strip_prefix('第') {
        let mut rest = rest.chars();
        if let Some(number) = rest.next().and_then(digit) {
            return (rest.as_str().to_owned(), Some(number));
        }
    }
    let mut starts = plain.chars();
    if let Some(number) = starts.next().and_then(digit).filter(|_| plain.chars().count() > 1) {
        return (starts.as_str().to_owned(), Some(number));
    }
    match chars.next_back().and_then(digit).filter(|_| !chars.as_str().is_empty()) {
        Some(number) => (chars.as_str().to_owned(), Some(number)),
        None => (plain.to_owned(), None),
    }
}

fn is_contact_word(word: &str) -> bool {
    matches!(word, "姓名" | "名称" | "名字" | "name") || exact(word, |whose, _| whose != Whose::Customer)
}

fn exact(word: &str, wanted: impl Fn(Whose, &str) -> bool) -> bool {
    LEXICON.named(word).any(|entry| wanted(entry.whose, entry.field))
}

/// The fields that a column may be, before it is known what the other columns are.
fn candidates(column: &Seen, base: &Base, sheet: &Sheet<'_>) -> Vec<Candidate> {
    let look = look(&column.samples);
    if LEXICON.is_nothing(&base.word) && look == Look::Other {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |whose, field: &str, score| push(&mut found, base, sheet, (whose, field, score));
    LEXICON.named(&base.word).for_each(|entry| add(entry.whose, entry.field, entry.score));
    if LEXICON.is_person(&base.word) {
        let whose = if base.of_contact || sheet.has_company { Whose::Contact } else { Whose::Customer };
        add(whose, "name", 85);
    }
    if found.is_empty() && !LEXICON.is_nothing(&base.word) {
        let ending = LEXICON.ending(&base.word);
        let mut add = |whose, field: &str, score| push(&mut found, base, sheet, (whose, field, score));
        match (ending, look) {
            (Some(entry), _) => add(entry.whose, entry.field, entry.score),
            (None, Look::Mobile | Look::Phone) => add(Whose::Either, "phone", 40),
            (None, Look::Email) => add(Whose::Either, "email", 40),
            (None, Look::CreditCode) => add(Whose::Customer, "credit_code", 45),
            (None, Look::Company) if !sheet.has_company => add(Whose::Customer, "name", 35),
            (None, _) => {}
        }
    }
    by_content(&mut found, column, look, sheet);
    found
}

fn push(found: &mut Vec<Candidate>, base: &Base, sheet: &Sheet<'_>, (whose, field, score): (Whose, &str, i32)) {
    let slot = base.number.unwrap_or(1);
    let of_contact = Target::contact(slot, field).map(|target| Candidate { target, score });
    let of_customer = Target::customer(field).map(|target| Candidate { target, score: score - 5 });
    match whose {
        Whose::Contact => found.extend(of_contact),
        _ if base.of_contact => found.extend(of_contact),
        Whose::Customer => found.extend(of_customer.map(|one| Candidate { score, ..one })),
        // A second 电话 or 手机 of a sheet with contacts is the company's.
        Whose::Either if sheet.has_contact => {
            found.extend(of_contact);
            found.extend(of_customer.map(|one| Candidate { score: score - 20, ..one }));
            let next = Target::contact(slot.saturating_add(1), field);
            found.extend(next.map(|target| Candidate { target, score: score - 40 }));
        }
        Whose::Either => {
            found.extend(of_customer);
            found.extend(of_contact.map(|one| Candidate { score: score - 30, ..one }));
        }
    }
}

/// What the cells look like makes a field likelier or impossible.
fn by_content(found: &mut Vec<Candidate>, column: &Seen, look: Look, sheet: &Sheet<'_>) {
    let filled: Vec<&String> = column.samples.iter().filter(|sample| !sample.trim().is_empty()).collect();
    let share =
        |is: &dyn Fn(&str) -> bool| filled.iter().filter(|sample| is(sample)).count() * 2 >= filled.len().max(1);
    for candidate in found.iter_mut() {
        candidate.score += look.speaks_for(candidate.target);
    }
    let Some(first) = found.first().copied().filter(|_| !filled.is_empty()) else { return };
    match (first.target.slot, first.target.field) {
        // 客户类型 says company or person in one book, VIP or ordinary in another, and anything else in a third.
        (0, "kind") if !share(&|cell| super::values::kind(cell).is_ok()) => {
            let field = if share(&|cell| super::values::grade(cell).is_ok()) { "grade" } else { "tags" };
            found.clear();
            found.extend(Target::customer(field).map(|target| Candidate { target, score: 60 }));
        }
        // 负责人 is a colleague, or whoever is in charge at the customer.
        (0, "owner") if first.score < 100 && !filled.iter().any(|cell| (sheet.is_colleague)(cell)) => {
            found.extend(Target::contact(1, "name").map(|target| Candidate { target, score: 70 }));
            found[0].score = 50;
        }
        _ => {}
    }
}

/// Gives each column its field: the surest pair first, the column further left where two are equally sure.
fn settle(candidates: Vec<Vec<Candidate>>) -> Vec<Option<Target>> {
    let mut pairs: Vec<(i32, usize, Target)> = Vec::new();
    for (column, found) in candidates.iter().enumerate() {
        pairs.extend(found.iter().map(|candidate| (candidate.score, column, candidate.target)));
    }
    pairs.retain(|(score, _, _)| *score >= SCORE_LEAST);
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut settled: Vec<Option<Target>> = vec![None; candidates.len()];
    for (_, column, target) in pairs {
        let taken = !target.takes_many() && settled.contains(&Some(target));
        if settled[column].is_none() && !taken {
            settled[column] = Some(target);
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(columns: &[(&str, &[&str])]) -> Vec<String> {
        let seen: Vec<Seen> = columns
            .iter()
            .map(|(heading, samples)| Seen {
                heading: (*heading).to_owned(),
                samples: samples.iter().map(|sample| (*sample).to_owned()).collect(),
            })
            .collect();
        let fields = recognise(&seen, &[], &|name| name == "李雷");
        fields.into_iter().map(|field| field.map_or("-".to_owned(), Target::text)).collect()
    }

    fn of(headings: &[&str]) -> Vec<String> {
        mapped(&headings.iter().map(|heading| (*heading, &[][..])).collect::<Vec<_>>())
    }

    #[test]
    fn usual_books() {
        assert_eq!(
            of(&["客户名称", "联系人", "手机", "客户级别", "负责人", "录入时间"]),
            ["name", "contact.name", "contact.phone", "grade", "owner", "created_at"]
        );
        assert_eq!(
            of(&["序号", "单位", "联系人姓名", "职务", "联系电话", "座机", "E-mail", "微信", "备注"]),
            [
                "-",
                "name",
                "contact.name",
                "contact.position",
                "contact.phone",
                "phone",
                "contact.email",
                "contact.wechat",
                "notes"
            ]
        );
        assert_eq!(
            of(&[
                "Company Name",
                "Contact",
                "Job Title",
                "Mobile Phone",
                "Email",
                "Industry",
                "Account Owner",
                "Created Date"
            ]),
            [
                "name",
                "contact.name",
                "contact.position",
                "contact.phone",
                "contact.email",
                "industry",
                "owner",
                "created_at"
            ]
        );
    }

    #[test]
    fn marks_brackets_and_width_do_not_matter() {
        assert_eq!(
            of(&["*客户名称（必填）", " 手 机 号 ", "Ｅ－ｍａｉｌ", "年营收(万元)", "标签："]),
            ["name", "phone", "email", "annual_revenue_fen", "tags"]
        );
        assert_eq!((unit("年营收(万元)"), unit("注册资本（亿元）"), unit("员工人数")), (10_000, 100_000_000, 1));
    }

    #[test]
    fn numbered_contacts_have_places_of_their_own() {
        assert_eq!(
            of(&["客户名称", "联系人1", "手机1", "职务1", "联系人2", "手机2", "联系人3手机"]),
            [
                "name",
                "contact.name",
                "contact.phone",
                "contact.position",
                "contact2.name",
                "contact2.phone",
                "contact3.phone"
            ]
        );
        assert_eq!(
            of(&["公司", "第一联系人", "电话", "第二联系人", "联系人二手机"]),
            ["name", "contact.name", "contact.phone", "contact2.name", "contact2.phone"]
        );
        assert_eq!(
            of(&["公司", "联系人", "手机", "联系人", "手机"]),
            ["name", "contact.name", "contact.phone", "contact2.name", "contact2.phone"]
        );
    }

    #[test]
    fn a_field_of_one_value_is_given_once() {
        assert_eq!(of(&["客户名称", "公司名称"]), ["name", "-"]);
        assert_eq!(of(&["客户级别", "客户等级"]), ["grade", "-"]);
        assert_eq!(of(&["省份", "城市", "区县", "地址"]), ["region", "region", "region", "address"]);
        assert_eq!(
            of(&["公司", "联系人", "手机", "电话", "座机"]),
            ["name", "contact.name", "contact.phone", "contact2.phone", "phone"]
        );
    }

    #[test]
    fn a_sheet_of_persons_names_persons() {
        assert_eq!(of(&["姓名", "手机", "微信", "身份证号"]), ["name", "phone", "wechat", "id_number"]);
        assert_eq!(of(&["公司", "姓名", "手机"]), ["name", "contact.name", "contact.phone"]);
        assert!(names_persons("姓 名") && !names_persons("客户名称"));
    }

    #[test]
    fn cells_break_ties() {
        assert_eq!(mapped(&[("客户类型", &["VIP", "普通", "重点"])]), ["grade"]);
        assert_eq!(mapped(&[("客户类型", &["企业", "个人"])]), ["kind"]);
        assert_eq!(mapped(&[("客户类型", &["终端", "代理商"])]), ["tags"]);
        assert_eq!(mapped(&[("公司", &[]), ("负责人", &["李雷", "李雷"])]), ["name", "owner"]);
        assert_eq!(mapped(&[("公司", &[]), ("负责人", &["张三", "王五"])]), ["name", "contact.name"]);
        assert_eq!(
            mapped(&[("", &["13800138000", "13900139000"]), ("x", &["华盛机械有限公司", "百度有限公司"])]),
            ["phone", "name"]
        );
        assert_eq!(
            mapped(&[("客户名称", &["13800138000"]), ("某列", &["华盛机械有限公司"])])[0],
            "-",
            "numbers are no names"
        );
    }

    proptest::proptest! {
        #[test]
        fn never_two_columns_for_one_value(words in proptest::collection::vec(proptest::sample::select(all_words()), 0..20)) {
            let fields = of(&words);
            for (at, field) in fields.iter().enumerate() {
                let many = Target::parse(field).is_none_or(Target::takes_many);
                proptest::prop_assert!(many || !fields[..at].contains(field), "{field} twice in {words:?}");
            }
        }

        #[test]
        fn anything_may_stand_in_a_heading(headings in proptest::collection::vec("\\PC{0,12}", 0..8)) {
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            proptest::prop_assert_eq!(of(&headings).len(), headings.len());
        }
    }

    fn all_words() -> Vec<&'static str> {
        LEXICON
            .exact
            .iter()
            .flat_map(|entry| entry.words.iter().copied())
            .chain(LEXICON.person.iter().copied())
            .collect()
    }
}
