//! What the cells of a sheet mean: one function per kind of field, text in, value or a [`Fault`] out. Pure; what can be
//! read without knowing the field is [`documents::clean`].

use documents::clean::{self, Moment, PhoneKind, Unclear};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::customers::contacts::{Authority, Birthday, Calendar, Salutation};
use crate::customers::model::{CustomerKind, Grade, Industry, Source};
use crate::customers::regions;
use crate::customers::rules::{credit_code as code, personal};
use crate::platform::vault::Kind;

/// How much a fault matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The row is imported; what the cell says is kept in the notes, or was no value at all.
    Warning,
    /// The row is refused.
    Error,
}

/// Why a cell is not taken as it stands. `code` is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub level: Level,
}

pub const fn error(code: &'static str) -> Fault {
    Fault { code, level: Level::Error }
}

pub const fn warning(code: &'static str) -> Fault {
    Fault { code, level: Level::Warning }
}

type Read<T> = Result<T, Fault>;

/// A number that was read, and whether the cell said only about how much (50-99人).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub value: i64,
    pub rough: bool,
}

/// Nothing, or one of the ways in which people write nothing.
pub fn is_blank(text: &str) -> bool {
    const NOTHING: [&str; 20] = [
        "",
        "-",
        "--",
        "---",
        "/",
        "\\",
        "—",
        "——",
        "无",
        "暂无",
        "没有",
        "未知",
        "不详",
        "待补",
        "待补充",
        "n/a",
        "na",
        "null",
        "none",
        "空",
    ];
    const LONGEST: usize = 4;
    // Nearly every cell says something, and is longer than any of these.
    if text.chars().filter(|c| c.is_alphanumeric()).nth(LONGEST).is_some() {
        return false;
    }
    let text = clean::half_width(text).to_lowercase();
    NOTHING.contains(&text.as_str())
}

/// A value with stars in it was exported for somebody who may not see it; it says nothing.
pub fn is_masked(text: &str) -> bool {
    text.contains("***")
}

pub fn kind(text: &str) -> Read<CustomerKind> {
    match clean::half_width(text).to_lowercase().as_str() {
        "企业" | "公司" | "单位" | "企业客户" | "公司客户" | "法人" | "机构" | "组织" | "b端" | "tob" | "个体户"
        | "个体工商户" | "company" | "business" | "enterprise" | "organization" | "corporate" => {
            Ok(CustomerKind::Company)
        }
        "个人" | "个人客户" | "自然人" | "消费者" | "c端" | "toc" | "person" | "individual" | "personal"
        | "consumer" => Ok(CustomerKind::Person),
        _ => Err(error("kind.unknown")),
    }
}

/// 一级 is the highest, as in A, B, C; stars are many for the best.
pub fn grade(text: &str) -> Read<Grade> {
    let typed = clean::half_width(text).to_lowercase();
    let typed = ["客户", "类", "级", "等", "等级", "级别", "会员"]
        .iter()
        .fold(typed.as_str(), |rest, word| rest.strip_suffix(word).unwrap_or(rest));
    let stars = typed.chars().filter(|c| matches!(c, '★' | '☆' | '*' | '⭐')).count();
    if stars > 0 && typed.chars().all(|c| matches!(c, '★' | '☆' | '*' | '⭐' | '\u{FE0F}')) {
        let full = typed.chars().filter(|c| *c != '☆' && *c != '\u{FE0F}').count();
        return Ok(
            [Grade::Ordinary, Grade::Ordinary, Grade::Ordinary, Grade::Ordinary, Grade::Key, Grade::Vip][full.min(5)]
        );
    }
    match typed.trim() {
        "vip" | "svip" | "vvip" | "贵宾" | "大" | "战略" | "核心" | "钻石" | "白金" | "特" | "特a" | "a" | "aa"
        | "aaa" | "s" | "一" | "1" | "顶" | "五星" | "5星" | "高" | "top" | "high" | "strategic" | "platinum" => {
            Ok(Grade::Vip)
        }
        "重点" | "重要" | "关键" | "优质" | "黄金" | "金牌" | "b" | "二" | "2" | "四星" | "4星" | "中" | "key"
        | "important" | "gold" | "medium" => Ok(Grade::Key),
        "普通" | "一般" | "标准" | "潜在" | "小" | "常规" | "次要" | "白银" | "青铜" | "c" | "d" | "e" | "三" | "3"
        | "四" | "4" | "三星" | "3星" | "二星" | "2星" | "一星" | "1星" | "低" | "ordinary" | "normal" | "standard"
        | "low" | "silver" | "regular" => Ok(Grade::Ordinary),
        _ => Err(error("grade.unknown")),
    }
}

/// A number with a fraction: 1,234.5.
pub fn decimal(text: &str) -> Read<f64> {
    let plain: String = clean::half_width(text).chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    plain.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(warning("number.invalid"))
}

pub fn industry(text: &str) -> Read<Industry> {
    Industry::recognise(&clean::line(text)).ok_or(warning("industry.unknown"))
}

/// A division; parts of it may stand in columns of their own, and often repeat each other (上海市 上海市 浦东新区).
pub fn region(parts: &[&str]) -> Read<&'static str> {
    let mut words: Vec<String> = Vec::new();
    for part in parts {
        let part: String = clean::half_width(part).split_whitespace().collect();
        let inner = ["市辖区", "中国", "县"];
        let repeated = words.last().is_some_and(|last| last.contains(&part) || without_end(last) == without_end(&part));
        if !part.is_empty() && !inner.contains(&part.as_str()) && !repeated {
            words.push(part);
        }
    }
    regions::recognise(&words.concat()).ok_or(warning("region.unknown"))
}

fn without_end(name: &str) -> &str {
    regions::short_name(name)
}

pub fn source(text: &str) -> Read<Source> {
    const WORDS: &[(&str, Source)] = &[
        ("市场调研", Source::MarketResearch),
        ("调研", Source::MarketResearch),
        ("销售记录", Source::SalesRecord),
        ("反馈", Source::Feedback),
        ("直接接触", Source::DirectContact),
        ("公开", Source::PublicSource),
        ("企查查", Source::PublicSource),
        ("天眼查", Source::PublicSource),
        ("黄页", Source::PublicSource),
        ("转介绍", Source::Referral),
        ("介绍", Source::Referral),
        ("推荐", Source::Referral),
        ("老客户", Source::Referral),
        ("朋友", Source::Referral),
        ("搜索", Source::SearchEngine),
        ("百度", Source::SearchEngine),
        ("网站", Source::Website),
        ("官网", Source::Website),
        ("广告", Source::Advertisement),
        ("投放", Source::Advertisement),
        ("促销", Source::Promotion),
        ("展会", Source::Exhibition),
        ("展览", Source::Exhibition),
        ("活动", Source::Event),
        ("会议", Source::Event),
        ("沙龙", Source::Event),
        ("注册", Source::Registration),
        ("在线咨询", Source::OnlineInquiry),
        ("线上咨询", Source::OnlineInquiry),
        ("网络咨询", Source::OnlineInquiry),
        ("网络", Source::OnlineInquiry),
        ("电话", Source::PhoneInquiry),
        ("来电", Source::PhoneInquiry),
        ("400", Source::PhoneInquiry),
        ("邮件", Source::MailInquiry),
        ("陌拜", Source::ColdVisit),
        ("陌生拜访", Source::ColdVisit),
        ("上门", Source::ColdVisit),
        ("扫街", Source::ColdVisit),
        ("自主开发", Source::ColdVisit),
        ("自行开发", Source::ColdVisit),
        ("微信", Source::Social),
        ("社交", Source::Social),
        ("抖音", Source::Social),
        ("小红书", Source::Social),
        ("微博", Source::Social),
        ("渠道", Source::Partner),
        ("合作伙伴", Source::Partner),
        ("代理", Source::Partner),
        ("经销", Source::Partner),
        ("导入", Source::Import),
        ("其他", Source::Other),
        ("其它", Source::Other),
        ("referral", Source::Referral),
        ("web", Source::Website),
        ("exhibition", Source::Exhibition),
        ("trade show", Source::Exhibition),
        ("cold call", Source::PhoneInquiry),
        ("advert", Source::Advertisement),
        ("partner", Source::Partner),
        ("event", Source::Event),
        ("other", Source::Other),
    ];
    let text = clean::half_width(text).to_lowercase();
    let named = Source::from_word(&text);
    let found = named.or_else(|| WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, source)| *source));
    found.ok_or(warning("source.unknown"))
}

/// Words in one cell, each once.
pub fn tags(text: &str) -> Vec<String> {
    let separator = |c: char| matches!(c, ',' | '，' | ';' | '；' | '、' | '|' | '/' | '\n' | '#');
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(separator).map(clean::line) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

pub fn credit_code(text: &str) -> Read<String> {
    let typed = clean::half_width(text);
    let is_rounded = typed.to_uppercase().contains("E+") && typed.starts_with(|c: char| c.is_ascii_digit());
    if is_rounded {
        return Err(error("credit_code.lost_digits"));
    }
    let code = code::normalise(&typed);
    match code::check(&code) {
        Ok(()) => Ok(code),
        // It no longer names a company, but it is no mistake either.
        Err(fault @ "credit_code.old_registration_number") => Err(warning(fault)),
        Err(fault) => Err(error(fault)),
    }
}

/// The numbers of a cell.
pub fn phones(text: &str) -> Read<Vec<String>> {
    let number = |found: Result<clean::Phone, Unclear>| match found {
        Ok(phone) => Ok((phone.kind == PhoneKind::Mobile, phone.to_string())),
        Err(unclear) => Err(error(unclear.code)),
    };
    let mut found = clean::phones(text).into_iter().map(number).collect::<Read<Vec<_>>>()?;
    // A mobile number reaches a person; it goes first, in the order given otherwise.
    found.sort_by_key(|(mobile, _)| !mobile);
    let mut numbers: Vec<String> = Vec::new();
    for (_, number) in found {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// The addresses of a cell.
pub fn emails(text: &str) -> Read<Vec<String>> {
    let text = clean::half_width(text);
    let parts = text.split([',', ';', '/', '、', '|', ' ', '\n']).filter(|part| !part.is_empty());
    parts.map(|part| personal::clean(Kind::Email, part.trim_start_matches("mailto:")).map_err(error)).collect()
}

pub fn wechat(text: &str) -> Read<String> {
    let text = clean::half_width(text);
    // 微信同号: the number of the phone; whoever reads it knows which.
    personal::clean(Kind::Wechat, text.trim_start_matches("微信:").trim()).map_err(error)
}

pub fn id_number(text: &str) -> Read<String> {
    let text = clean::half_width(text);
    if text.to_uppercase().contains("E+") {
        return Err(error("id_number.lost_digits"));
    }
    personal::clean(Kind::IdNumber, &text).map_err(error)
}

pub fn date(text: &str, zone: &TimeZone) -> Read<Date> {
    match clean::moment(text) {
        Ok(Moment::Date(date)) => Ok(date),
        Ok(Moment::DateTime(at)) => Ok(at.date()),
        Ok(Moment::Instant(at)) => Ok(at.to_zoned(zone.clone()).date()),
        // 2019年: true, and not a day.
        Err(unclear) if unclear.code == "date.incomplete" => Err(warning(unclear.code)),
        Err(unclear) => Err(error(unclear.code)),
    }
}

/// When something was noted down, in the company's time zone; a day alone is its beginning.
pub fn instant(text: &str, zone: &TimeZone) -> Read<Timestamp> {
    let civil = match clean::moment(text) {
        Ok(Moment::Instant(at)) => return Ok(at),
        Ok(Moment::DateTime(at)) => at,
        Ok(Moment::Date(date)) => date.at(0, 0, 0, 0),
        Err(unclear) if unclear.code == "date.incomplete" => return Err(warning(unclear.code)),
        Err(unclear) => return Err(error(unclear.code)),
    };
    civil.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|_| error("date.out_of_range"))
}

/// Yuan to fen; `unit` is what one in this column stands for. A cell that names its own unit is taken at its word.
pub fn money(text: &str, unit: i64) -> Read<Amount> {
    let unit = if names_unit(text) { 1 } else { unit };
    amount(clean::money(text), unit, "money.too_large")
}

pub fn count(text: &str, unit: i64) -> Read<Amount> {
    let unit = if names_unit(text) { 1 } else { unit };
    amount(clean::count(text), unit, "count.too_large")
}

fn names_unit(text: &str) -> bool {
    text.contains(['万', '亿', '千'])
}

fn amount(read: Result<i64, Unclear>, unit: i64, large: &'static str) -> Read<Amount> {
    let (value, rough) = match read {
        Ok(value) => (value, false),
        Err(unclear) => {
            let guess = unclear.guess.as_deref().and_then(|guess| guess.parse().ok());
            (guess.ok_or(error(unclear.code))?, true)
        }
    };
    value.checked_mul(unit).map(|value| Amount { value, rough }).ok_or(error(large))
}

pub fn decision_maker(text: &str) -> Read<bool> {
    match clean::half_width(text).as_str() {
        "决策人" | "决策者" | "关键决策人" | "关键人" => Ok(true),
        "非决策人" | "非关键人" => Ok(false),
        other => clean::bool_zh(other).map_err(|unclear| error(unclear.code)),
    }
}

pub fn authority(text: &str) -> Read<Authority> {
    match clean::half_width(text).to_lowercase().as_str() {
        "最终决策" | "决策" | "决策者" | "决策人" | "最终决策人" | "拍板人" | "final" | "decision maker" => {
            Ok(Authority::Final)
        }
        "影响" | "影响者" | "影响人" | "建议者" | "有影响力" | "参与决策" | "influencer" => {
            Ok(Authority::Influencer)
        }
        "使用者" | "使用人" | "用户" | "最终用户" | "user" => Ok(Authority::User),
        "无权限" | "无决策权" | "普通" | "none" => Ok(Authority::None),
        _ => Err(error("authority.unknown")),
    }
}

pub fn salutation(text: &str) -> Read<Salutation> {
    let text = clean::half_width(text).to_lowercase();
    match text.as_str() {
        "男" | "先生" | "男士" | "m" | "male" | "mr" | "mr." => Ok(Salutation::Mr),
        "女" | "女士" | "小姐" | "太太" | "f" | "female" | "ms" | "ms." | "mrs" | "mrs." | "miss" => {
            Ok(Salutation::Ms)
        }
        _ if text.ends_with("先生") => Ok(Salutation::Mr),
        _ if text.ends_with("女士") || text.ends_with("小姐") => Ok(Salutation::Ms),
        _ => Err(warning("salutation.unknown")),
    }
}

/// 1985-08-15, 8月15日, 08-15, 农历八月十五.
pub fn birthday(text: &str) -> Read<Birthday> {
    let typed = clean::half_width(text);
    let bare = ["农历", "阴历", "旧历", "阳历", "公历", "新历"]
        .iter()
        .fold(typed.clone(), |text, word| text.replace(word, ""));
    let lunar = ["农历", "阴历", "旧历"].iter().any(|word| typed.contains(word));
    let calendar = if lunar { Calendar::Lunar } else { Calendar::Solar };
    let bare = bare.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':'));
    let (leap, bare) = bare.strip_prefix('闰').map_or((false, bare), |rest| (true, rest));
    let birthday = match clean::date(bare) {
        Ok(date) => {
            Birthday { calendar, month: date.month() as u8, day: date.day() as u8, leap, year: Some(date.year()) }
        }
        Err(_) => {
            let (month, day) = month_and_day(bare).ok_or(error("birthday.invalid"))?;
            Birthday { calendar, month, day, leap, year: None }
        }
    };
    if birthday.exists() { Ok(birthday) } else { Err(error("birthday.invalid")) }
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let text = text.trim_end_matches(['日', '号']);
    let (month, day) = text.split_once(['月', '-', '/', '.'])?;
    Some((small_number(month)?, small_number(day)?))
}

/// 1 to 31 in digits or in hanzi (正, 腊, 初五, 十五, 廿三).
fn small_number(text: &str) -> Option<u8> {
    if let Ok(number) = text.trim().parse() {
        return Some(number);
    }
    let digit = |c: char| "一二三四五六七八九".chars().position(|known| known == c).map(|at| at as u8 + 1);
    let chars: Vec<char> = text.trim().trim_start_matches('初').chars().collect();
    match chars.as_slice() {
        ['正'] => Some(1),
        ['冬'] => Some(11),
        ['腊'] => Some(12),
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', ones] => Some(10 + digit(*ones)?),
        ['廿', ones] => Some(20 + digit(*ones)?),
        [tens, '十'] => Some(digit(*tens)? * 10),
        [tens, '十', ones] => Some(digit(*tens)? * 10 + digit(*ones)?),
        _ => None,
    }
}
