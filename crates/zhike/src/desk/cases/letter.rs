//! The letter by which a customer is told the result (R2-3.3, R4-7), proposed from what the case knows; whoever sends it
//! has the last word.

use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::model::{Case, Kind};
use crate::desk::neighbours;
use crate::kernel::Result;
use crate::platform::exports::Language;
use crate::platform::grant::Principal;
use crate::platform::settings;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseLetter)]
pub struct Letter {
    pub content: String,
}

/// What stands in a letter.
#[derive(Clone, Copy, Debug)]
struct Gaps<'a> {
    to: Option<&'a str>,
    company: &'a str,
    number: &'a str,
    tracking: &'a str,
    subject: &'a str,
    kind: Kind,
    result: &'a str,
    received: &'a str,
}

pub fn propose(tx: &mut Tx<'_>, who: &Principal, case: &Case, language: Language) -> Result<Letter> {
    let settings = settings::get(tx)?;
    let received = settings::calendar(tx)?.date_of(case.received_at).to_string();
    let customer = case.customer().map(|customer| customer.uuid());
    let contacts = neighbours::contact_names(tx, who, customer.as_slice())?;
    let cards = neighbours::cards(tx, who, customer.as_slice())?;
    let contact = case.contact_id.and_then(|contact| contacts.get(&contact));
    let named = customer.and_then(|customer| cards.get(&customer)).map(|card| &card.name);
    let to = contact.or(case.caller.as_ref()).or(named).filter(|name| !name.is_empty());
    let gaps = Gaps {
        to: to.map(String::as_str),
        company: &settings.company,
        number: &case.number,
        tracking: &case.tracking,
        subject: &case.subject,
        kind: case.kind,
        result: case.result.as_deref().unwrap_or_default(),
        received: &received,
    };
    Ok(Letter { content: written(&gaps, language) })
}

fn written(gaps: &Gaps<'_>, language: Language) -> String {
    let Gaps { company, number, tracking, subject, result, received, .. } = gaps;
    match language {
        Language::Zh => {
            let to = gaps.to.unwrap_or("您");
            let thanks = if gaps.kind.is_thanked() {
                "感谢您的反馈，它帮助我们改进。"
            } else {
                "感谢您联系我们。"
            };
            format!(
                "尊敬的{to}：\n\n您好！您于{received}提出的“{subject}”（工单号 {number}）已处理完毕。\n\n处理结果：\n{result}\n\n\
                 如仍有疑问，请凭查询码 {tracking} 与我们联系，我们会继续处理。{thanks}\n\n{company}"
            )
        }
        Language::En => {
            let to = gaps.to.unwrap_or("customer");
            let thanks = match gaps.kind.is_thanked() {
                true => "Thank you for your feedback: it helps us to do better.",
                false => "Thank you for getting in touch with us.",
            };
            format!(
                "Dear {to},\n\n“{subject}”, which you brought to us on {received} (case {number}), has been settled.\n\n\
                 What we found and did:\n{result}\n\nIf anything is still open, please get in touch and name the tracking \
                 code {tracking}; we will go on with it. {thanks}\n\n{company}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAPS: Gaps<'_> = Gaps {
        to: Some("张伟"),
        company: "华盛",
        number: "TS-2026-000001",
        tracking: "7KQM-2XW9-4HTC",
        subject: "漏油",
        kind: Kind::Complaint,
        result: "更换密封圈",
        received: "2026-11-23",
    };

    #[test]
    fn a_letter_says_what_was_done_and_how_to_ask_on() {
        for language in [Language::Zh, Language::En] {
            let letter = written(&GAPS, language);
            for part in ["张伟", "华盛", GAPS.number, GAPS.tracking, "漏油", "更换密封圈", "2026-11-23"] {
                assert!(letter.contains(part), "{part}: {letter}");
            }
        }
    }

    #[test]
    fn who_gave_feedback_is_thanked_for_it() {
        assert!(written(&GAPS, Language::Zh).contains("感谢您的反馈"));
        let asked = Gaps { kind: Kind::Inquiry, to: None, ..GAPS };
        assert!(
            written(&asked, Language::Zh).starts_with("尊敬的您")
                && written(&asked, Language::Zh).contains("感谢您联系我们")
        );
    }
}
