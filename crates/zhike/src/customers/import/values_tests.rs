use jiff::civil::date as day;
use jiff::tz::TimeZone;

use super::values::*;
use crate::customers::contacts::{Authority, Birthday, Calendar, Salutation};
use crate::customers::model::{CustomerKind, Grade, Industry, Source};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a zone")
}

#[test]
fn grades_and_kinds_in_many_words() {
    for (text, grade_of) in [
        ("VIP", Grade::Vip),
        ("ＶＩＰ客户", Grade::Vip),
        ("A类", Grade::Vip),
        ("a级客户", Grade::Vip),
        ("★★★★★", Grade::Vip),
        ("战略客户", Grade::Vip),
        ("重点客户", Grade::Key),
        ("B", Grade::Key),
        ("★★★★☆", Grade::Key),
        ("普通", Grade::Ordinary),
        ("一般客户", Grade::Ordinary),
        ("C类客户", Grade::Ordinary),
        ("D", Grade::Ordinary),
    ] {
        assert_eq!(grade(text), Ok(grade_of), "{text}");
    }
    assert_eq!(grade("黑名单"), Err(error("grade.unknown")));
    assert_eq!(
        (kind("企业客户"), kind("个人"), kind("Individual")),
        (Ok(CustomerKind::Company), Ok(CustomerKind::Person), Ok(CustomerKind::Person))
    );
    assert_eq!(kind("外星"), Err(error("kind.unknown")));
}

#[test]
fn places_sources_and_industries() {
    assert_eq!(region(&["浙江省", "杭州市", "西湖区"]), Ok("330106"));
    assert_eq!(region(&["上海市", "上海市", "浦东新区"]), Ok("310115"));
    assert_eq!(region(&["上海", "上海市"]), Ok("310000"));
    assert_eq!(region(&["北京市", "市辖区", "朝阳区"]), Ok("110105"));
    assert_eq!(region(&["广东 深圳"]), Ok("440300"));
    assert_eq!(region(&["江浙沪"]), Err(warning("region.unknown")));
    assert_eq!(
        (source("老客户介绍"), source("广交会展会"), source("exhibition")),
        (Ok(Source::Referral), Ok(Source::Exhibition), Ok(Source::Exhibition))
    );
    assert_eq!(source("不记得了"), Err(warning("source.unknown")));
    assert_eq!(industry("机械制造"), Ok(Industry::Manufacturing));
    assert_eq!(industry("炼丹"), Err(warning("industry.unknown")));
}

#[test]
fn codes_and_numbers_of_people() {
    assert_eq!(credit_code(" ９１１１００００802100433b"), Ok("91110000802100433B".to_owned()));
    assert_eq!(credit_code("9.11E+17"), Err(error("credit_code.lost_digits")));
    assert_eq!(credit_code("91110000802100433C"), Err(error("credit_code.check_digit")));
    assert_eq!(credit_code("110000001234567"), Err(warning("credit_code.old_registration_number")));
    assert_eq!(
        phones("021-62345678、１３８００１３８０００"),
        Ok(vec!["13800138000".to_owned(), "021-62345678".to_owned()])
    );
    assert_eq!(phones("13800138000/13800138000"), Ok(vec!["13800138000".to_owned()]));
    assert_eq!(phones("1.38E+10"), Err(error("phone.lost_digits")));
    assert_eq!(phones("12345"), Err(error("phone.invalid")));
    assert_eq!(emails("a@b.cn；c@d.com"), Ok(vec!["a@b.cn".to_owned(), "c@d.com".to_owned()]));
    assert_eq!(emails("a.b.cn"), Err(error("email.invalid")));
    assert_eq!(id_number("11010519491231002x"), Ok("11010519491231002X".to_owned()));
    assert_eq!(id_number("1.1E+17"), Err(error("id_number.lost_digits")));
    assert_eq!(wechat("微信：wx_1"), Ok("wx_1".to_owned()));
}

#[test]
fn dates_money_and_counts() {
    for text in
        ["2026-11-03", "2026/11/3", "2026年11月3日", "20261103", "46329", "2026-11-03 14:30", "2026-11-02T22:30:00Z"]
    {
        assert_eq!(date(text, &zone()), Ok(day(2026, 11, 3)), "{text}");
    }
    assert_eq!(date("2026-13-01", &zone()), Err(error("date.invalid")));
    assert_eq!(date("11/3/26", &zone()).map_err(|fault| fault.level), Err(Level::Error));
    assert_eq!(date("2019年", &zone()), Err(warning("date.incomplete")));
    assert_eq!(instant("2026-11-03", &zone()).map(|at| at.to_string()), Ok("2026-11-02T16:00:00Z".to_owned()));
    assert_eq!(money("1,200元", 1), Ok(Amount { value: 120_000, rough: false }));
    assert_eq!(money("350", 10_000), Ok(Amount { value: 350_000_000, rough: false }));
    assert_eq!(money("350万", 10_000), Ok(Amount { value: 350_000_000, rough: false }));
    assert_eq!(money("$5", 1), Err(error("money.currency")));
    assert_eq!(count("50-99人", 1), Ok(Amount { value: 50, rough: true }));
    assert_eq!(count("几个", 1), Err(error("count.invalid")));
    assert_eq!(count("-5", 1).map_err(|fault| fault.level), Err(Level::Error));
}

#[test]
fn facts_of_contacts() {
    assert_eq!((salutation("女"), salutation("王先生")), (Ok(Salutation::Ms), Ok(Salutation::Mr)));
    assert_eq!((decision_maker("是"), decision_maker("决策人"), decision_maker("N")), (Ok(true), Ok(true), Ok(false)));
    assert_eq!(decision_maker("可能"), Err(error("bool.invalid")));
    assert_eq!((authority("拍板人"), authority("神")), (Ok(Authority::Final), Err(error("authority.unknown"))));
    let of = |calendar, month, day, year| Birthday { calendar, month, day, leap: false, year };
    assert_eq!(birthday("1985-08-15"), Ok(of(Calendar::Solar, 8, 15, Some(1985))));
    assert_eq!(birthday("8月15日"), Ok(of(Calendar::Solar, 8, 15, None)));
    assert_eq!(birthday("农历八月十五"), Ok(of(Calendar::Lunar, 8, 15, None)));
    assert_eq!(birthday("农历腊月廿三"), Ok(of(Calendar::Lunar, 12, 23, None)));
    assert_eq!(birthday("13月1日"), Err(error("birthday.invalid")));
}

#[test]
fn nothing_is_written_in_many_ways() {
    for text in ["", "  ", "无", "－", "/", "N/A", "暂无", "null"] {
        assert!(is_blank(text), "{text}");
    }
    assert!(!is_blank("无锡") && is_masked("138****1234"));
    assert_eq!(tags("老客户、展会；老客户"), ["老客户", "展会"]);
}

proptest::proptest! {
    #[test]
    fn no_cell_breaks_a_reader(text in "\\PC{0,30}", unit in proptest::sample::select(vec![1i64, 10_000, 100_000_000])) {
        let zone = zone();
        let _ = (kind(&text), grade(&text), industry(&text), region(&[&text]), source(&text), tags(&text));
        let _ = (credit_code(&text), phones(&text), emails(&text), wechat(&text), id_number(&text));
        let _ = (date(&text, &zone), instant(&text, &zone), money(&text, unit), count(&text, unit));
        let _ = (decision_maker(&text), authority(&text), salutation(&text), birthday(&text), is_blank(&text));
    }
}
