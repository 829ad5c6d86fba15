//! Of what kind and level a case seems to be by the words of the customer (R3-4.1, R3-4.2). It is a proposal: whoever
//! classifies the case has the last word.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::Kind;
use super::rules::LEVEL_USUAL;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseSuggestion)]
pub struct Suggestion {
    pub kind: Kind,
    #[schema(minimum = 1, maximum = 3)]
    pub level: i64,
    /// The words that speak for it.
    pub words: Vec<&'static str>,
}

/// Tried in this order: who is not content and says thanks complains.
const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::Complaint,
        &["投诉", "不满", "差评", "索赔", "赔偿", "退款", "退货", "态度差", "态度恶劣", "欺骗", "complain", "refund"],
    ),
    (Kind::Repair, &["报修", "维修", "修理", "坏了", "损坏", "漏油", "漏水", "异响", "repair", "broken", "leak"]),
    (
        Kind::Problem,
        &[
            "故障",
            "报错",
            "出错",
            "错误",
            "停机",
            "停产",
            "死机",
            "宕机",
            "不能用",
            "用不了",
            "无法",
            "打不开",
            "没收到",
            "延期",
            "迟迟",
            "error",
            "fail",
            "cannot",
            "can't",
            "not work",
            "late",
        ],
    ),
    (Kind::Suggestion, &["建议", "希望增加", "希望能", "最好能", "suggest", "would be nice"]),
    (Kind::Praise, &["表扬", "感谢", "满意", "点赞", "锦旗", "praise", "thank", "well done"]),
];

/// The customer's core business is down, or somebody may come to harm.
const URGENT: &[&str] = &[
    "停产",
    "停机",
    "停线",
    "宕机",
    "瘫痪",
    "全部无法",
    "数据丢失",
    "泄露",
    "着火",
    "起火",
    "冒烟",
    "漏电",
    "爆炸",
    "受伤",
    "安全事故",
    "production stopped",
    "outage",
    "down",
    "fire",
    "injur",
    "data loss",
];

/// A part of the business suffers.
const IMPORTANT: &[&str] = &[
    "不能用",
    "用不了",
    "无法",
    "故障",
    "漏油",
    "漏水",
    "赶工期",
    "影响生产",
    "影响交付",
    "索赔",
    "媒体",
    "律师",
    "多次",
    "又一次",
    "再次",
    "第二次",
    "cannot",
    "can't",
    "not work",
    "again",
    "lawyer",
    "broken",
    "leak",
];

pub fn suggested(text: &str) -> Suggestion {
    let text = text.to_lowercase();
    let (kind, mut words) = KINDS
        .iter()
        .map(|(kind, of)| (*kind, spoken(&text, of)))
        .find(|(_, words)| !words.is_empty())
        .unwrap_or((Kind::Inquiry, Vec::new()));
    let (urgent, important) = (spoken(&text, URGENT), spoken(&text, IMPORTANT));
    let (level, grave) = match kind {
        // What is no trouble does not press.
        Kind::Suggestion | Kind::Praise => (LEVEL_USUAL, Vec::new()),
        _ if !urgent.is_empty() => (1, urgent),
        _ if !important.is_empty() => (2, important),
        _ => (LEVEL_USUAL, Vec::new()),
    };
    words.extend(grave);
    words.sort_unstable();
    words.dedup();
    Suggestion { kind, level, words }
}

/// Which of these words the text has; those of Latin letters where a word begins.
fn spoken(text: &str, words: &[&'static str]) -> Vec<&'static str> {
    words.iter().copied().filter(|word| begins(text, word)).collect()
}

fn begins(text: &str, word: &str) -> bool {
    let latin = word.is_ascii();
    text.match_indices(word).any(|(at, _)| !latin || !text[..at].ends_with(|before: char| before.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_speak_for_a_kind_and_a_level() {
        for (text, kind, level) in [
            ("三号机停机，整条线停产了", Kind::Problem, 1),
            ("三号机漏油", Kind::Repair, 2),
            ("投诉：上门的人态度差", Kind::Complaint, 3),
            ("第二次漏油，要求赔偿", Kind::Complaint, 2),
            ("对服务不满意", Kind::Complaint, 3),
            ("请问保养多久一次", Kind::Inquiry, 3),
            ("希望能增加夜班热线", Kind::Suggestion, 3),
            ("感谢小李连夜抢修", Kind::Praise, 3),
            ("Our server is down", Kind::Inquiry, 1),
            ("The pump is broken again", Kind::Repair, 2),
            ("markdown of the plate", Kind::Inquiry, 3),
            ("", Kind::Inquiry, 3),
        ] {
            let found = suggested(text);
            assert_eq!((found.kind, found.level), (kind, level), "{text}: {:?}", found.words);
        }
    }

    #[test]
    fn what_speaks_for_it_is_named_once() {
        assert_eq!(suggested("漏油，漏油！").words, ["漏油"]);
    }

    proptest! {
        #[test]
        fn anything_can_be_judged_and_every_word_named_is_there(text in "\\PC{0,60}") {
            let found = suggested(&text);
            let lower = text.to_lowercase();
            prop_assert!((1..=3).contains(&found.level));
            prop_assert!(found.words.iter().all(|word| lower.contains(word)));
        }
    }
}
