//! What the cells of a column look like, whatever its heading says. Pure.

use documents::clean::{self, PhoneKind};

use super::target::Target;

/// What most cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Mobile,
    Phone,
    Email,
    CreditCode,
    Company,
    Date,
    Other,
}

/// Judged by at most this many cells.
const CELLS_MOST: usize = 50;

pub fn look(samples: &[String]) -> Look {
    let filled: Vec<String> = samples
        .iter()
        .map(|sample| clean::half_width(sample))
        .filter(|sample| !sample.is_empty())
        .take(CELLS_MOST)
        .collect();
    let looks: Vec<Look> = filled.iter().map(|cell| look_of(cell)).collect();
    let most = |look: Look| looks.iter().filter(|one| **one == look).count() * 10 >= looks.len() * 6;
    let all = [Look::Mobile, Look::Phone, Look::Email, Look::CreditCode, Look::Company, Look::Date];
    match () {
        () if looks.is_empty() => Look::Other,
        () => all.into_iter().find(|look| most(*look)).unwrap_or(Look::Other),
    }
}

fn look_of(cell: &str) -> Look {
    let is_code = cell.len() == 18 && cell.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if is_code && cell.bytes().any(|b| b.is_ascii_uppercase()) && !cell.ends_with('X')
        || cell.starts_with("91") && is_code
    {
        return Look::CreditCode;
    }
    if cell.contains('@') && cell.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.')) {
        return Look::Email;
    }
    const FORMS: [&str; 9] = ["公司", "集团", "厂", "商行", "事务所", "合作社", "研究院", "中心", "经营部"];
    if FORMS.iter().any(|form| cell.ends_with(form)) {
        return Look::Company;
    }
    if clean::date(cell).is_ok() {
        return Look::Date;
    }
    match clean::phones(cell).first() {
        Some(Ok(phone)) if phone.kind == PhoneKind::Mobile => Look::Mobile,
        Some(Ok(phone)) if phone.kind != PhoneKind::Local => Look::Phone,
        _ => Look::Other,
    }
}

impl Look {
    /// How much these cells speak for a field (above 0) or against it.
    pub fn speaks_for(self, target: Target) -> i32 {
        let expected: &[Look] = match target.field {
            "phone" => &[Look::Mobile, Look::Phone],
            "email" => &[Look::Email],
            "wechat" => &[Look::Mobile, Look::Other],
            "credit_code" => &[Look::CreditCode],
            "name" if target.slot == 0 => &[Look::Company, Look::Other],
            "founded_on" | "cooperation_since" | "created_at" | "birthday" => &[Look::Date],
            "notes" | "tags" => return 0,
            _ => &[Look::Other, Look::Company, Look::Date],
        };
        match (expected.contains(&self), self) {
            (true, Look::Other) => 0,
            (true, _) => 8,
            // A column that is still empty or mixed speaks against nothing.
            (false, Look::Other) => 0,
            (false, _) => -80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Look {
        look(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn cells_tell_what_they_are() {
        assert_eq!(of(&["13800138000", "139 0013 9000", "无"]), Look::Mobile);
        assert_eq!(of(&["021-62345678", "010-88886666"]), Look::Phone);
        assert_eq!(of(&["a@b.cn"]), Look::Email);
        assert_eq!(of(&["91110000802100433B"]), Look::CreditCode);
        assert_eq!(of(&["上海华盛机械有限公司", "百度集团", "张三"]), Look::Company);
        assert_eq!(of(&["2026-11-03", "2026/1/5"]), Look::Date);
        assert_eq!(of(&["张三", "13800138000"]), Look::Other);
        assert_eq!(of(&[]), Look::Other);
    }
}
