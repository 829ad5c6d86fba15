//! Whatever stands in a cell, cleaning answers and never panics; what it made is understood again.

use documents::clean::{self, Moment};
use proptest::prelude::*;

fn cell() -> impl Strategy<Value = String> {
    let pieces = vec![
        "1",
        "0",
        "13800138000",
        "2026",
        "年",
        "月",
        "日",
        "-",
        "/",
        ".",
        ":",
        "时",
        "点半",
        "下午",
        "AM",
        "T",
        "Z",
        "+",
        "E+",
        "万",
        "亿",
        "元",
        "￥",
        "，",
        ",",
        "(",
        ")",
        "转",
        "ext",
        "x",
        "86",
        "十",
        "二",
        "nov",
        "约",
        "至",
        " ",
        "\u{3000}",
        "\u{200B}",
        "９",
        "ａ",
        "客",
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(pieces), 0..12).prop_map(|p| p.concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn always_an_answer(raw in cell()) {
        let _ = (clean::digits(&raw), clean::money(&raw), clean::count(&raw), clean::bool_zh(&raw), clean::moment(&raw));
        for cleaned in [clean::text(&raw), clean::line(&raw), clean::half_width(&raw)] {
            prop_assert_eq!(clean::text(&cleaned), cleaned);
        }
        for phone in clean::phones(&raw).into_iter().flatten() {
            prop_assert_eq!(clean::phone(&phone.to_string()), Ok(phone));
        }
        match clean::moment(&raw) {
            Ok(Moment::Date(date)) => prop_assert_eq!(clean::date(&date.to_string()), Ok(date)),
            Ok(Moment::DateTime(at)) => prop_assert_eq!(clean::date_time(&at.to_string()), Ok(at)),
            _ => {}
        }
    }

    #[test]
    fn every_day_in_every_form(days in 0_i64..200_000) {
        let day = jiff::civil::date(1600, 1, 1).saturating_add(jiff::Span::new().days(days));
        for form in ["%Y-%m-%d", "%Y/%m/%d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日", "%-d %B %Y", "%b %-d, %Y"] {
            prop_assert_eq!(clean::date(&day.strftime(form).to_string()), Ok(day), "{}", form);
        }
    }

    #[test]
    fn money_there_and_back(fen in -1_000_000_000_000_i64..1_000_000_000_000) {
        let sign = if fen < 0 { "-" } else { "" };
        let amount = fen.unsigned_abs();
        prop_assert_eq!(clean::money(&format!("{sign}{}.{:02}元", amount / 100, amount % 100)), Ok(fen));
    }
}
