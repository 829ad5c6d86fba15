//! The compliance table as a file, to be filed or handed to an auditor.

use documents::table::{Column, Format, Out, TableWriter};

use super::service::{Compliance, ComplianceRow, Figures, Group};
use crate::kernel::{Error, Result};

/// The languages of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

/// A file with a row per group and a last one for all of them.
pub fn written(compliance: &Compliance, format: Format, language: Language) -> Result<Vec<u8>> {
    let columns: Vec<Column> = headings(compliance.group, language).map(Column::new).collect();
    let mut table = TableWriter::new(format, Vec::new(), &columns).map_err(Error::internal)?;
    for row in &compliance.rows {
        let trend: Vec<String> =
            row.trend.iter().map(|rate| rate.map_or("–".to_owned(), |rate| rate.to_string())).collect();
        let worst = row.worst.as_ref().map(|worst| format!("{} {}", worst.name, worst.rate)).unwrap_or_default();
        line(&mut table, (&row.key, label(row, language)), &row.figures, (&trend.join(" "), &worst))?;
    }
    let all = if language == Language::Zh { "合计" } else { "Total" };
    line(&mut table, (all, ""), &compliance.total, ("", ""))?;
    Ok(table.finish().map_err(Error::internal)?.0)
}

fn headings(group: Group, language: Language) -> impl Iterator<Item = &'static str> {
    let key = match (group, language) {
        (Group::Clause, Language::Zh) => "条款",
        (Group::Clause, Language::En) => "Clause",
        (Group::Rule, Language::Zh) => "规则",
        (Group::Rule, Language::En) => "Rule",
        (_, Language::Zh) => "编号",
        (_, Language::En) => "Id",
    };
    let rest = match language {
        Language::Zh => {
            ["名称", "应办", "办结", "逾期", "未办", "免办", "进行中", "达标率 %", "近六期 %", "最差部门 %"]
        }
        Language::En => {
            ["Name", "Due", "Met", "Late", "Missed", "Waived", "Open", "Rate %", "Last six %", "Worst department %"]
        }
    };
    std::iter::once(key).chain(rest)
}

fn label(row: &ComplianceRow, language: Language) -> &str {
    if language == Language::Zh { &row.label.zh } else { &row.label.en }
}

fn line(
    table: &mut TableWriter<Vec<u8>>,
    (key, label): (&str, &str),
    figures: &Figures,
    (trend, worst): (&str, &str),
) -> Result<()> {
    let Figures { due, met, late, missed, waived, open, rate } = *figures;
    let counts = [due, met, late, missed, waived, open].map(Out::Integer);
    let mut cells = vec![Out::Text(key), Out::Text(label)];
    cells.extend(counts);
    cells.extend([rate.map_or(Out::Empty, Out::Number), Out::Text(trend), Out::Text(worst)]);
    table.row(&cells).map_err(Error::internal)
}
