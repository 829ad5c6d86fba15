//! Sheets as people send them.

use std::io::Write;

use documents::table::{Column, Format, Out, TableWriter};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::customers::rules::credit_code;

/// Cells as text, with commas between them.
pub fn csv(rows: &[Vec<String>]) -> String {
    let cell = |cell: &String| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

pub fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

pub fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let headings: Vec<Column> = rows[0].iter().map(Column::new).collect();
    let mut writer = TableWriter::new(Format::Xlsx, Vec::new(), &headings).expect("memory");
    for row in &rows[1..] {
        let cells: Vec<Out<'_>> = row.iter().map(|cell| Out::Text(cell)).collect();
        writer.row(&cells).expect("memory");
    }
    writer.finish().expect("memory").0
}

pub fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// A book as it lies on the drive of a sales department: a title above the headings, marks in them, every spelling of
/// everything, a total below. Answers the rows and, for each row that cannot be taken, why.
pub fn messy() -> (Vec<Vec<String>>, Vec<(u64, &'static str)>) {
    const HEADINGS: &str = "序号|*客户名称（必填）|联系人|联系电话|座机|Ｅ-mail|客户级别|负责人|所属行业|省份|城市|详细地址|\
        统一社会信用代码|员工人数|年营收(万元)|合作时间|客户来源|标签|备注|录入时间";
    let mut rows = vec![vec!["2026年客户信息登记表".to_owned()]];
    rows.push(HEADINGS.split('|').map(|heading| heading.trim().to_owned()).collect());
    let mut wrong = Vec::new();
    for n in 0..300 {
        let row = rows.len() as u64 + 1;
        let (cells, code) = messy_row(n);
        wrong.extend(code.map(|code| (row, code)));
        rows.push(cells);
    }
    wrong.push((rows.len() as u64 + 1, "row.is_total"));
    rows.push(vec!["".to_owned(), "合计".to_owned(), "".to_owned(), "300".to_owned()]);
    (rows, wrong)
}

fn messy_row(n: usize) -> (Vec<String>, Option<&'static str>) {
    let one_of = |list: &[&str]| list[n % list.len()].to_owned();
    // Every fifth row is another contact of the customer before it.
    let of = if n % 5 == 4 { n - 1 } else { n };
    let core = format!("{}{}", ["华盛", "东方", "宏达", "联创", "恒通", "金泰", "瑞丰"][of % 7], of);
    let form = ["机械有限公司", "电子科技股份有限公司", "贸易商行", "（上海）实业有限公司"][of % 4];
    let name = if n % 5 == 4 { format!(" {core}{form} ") } else { format!("{core}{form}") };
    let mobile = format!("138{n:08}");
    let phone = match n % 6 {
        0 => mobile.clone(),
        1 => format!("{} {} {}", &mobile[..3], &mobile[3..7], &mobile[7..]),
        2 => mobile.chars().map(full_width).collect(),
        3 => format!("+86-{mobile}"),
        4 => format!("{mobile}/137{n:08}"),
        _ => format!("手机：{mobile}"),
    };
    let code = credit_code::complete(&format!("91310000MA1K{of:05}")).expect("a code");
    let (year, month, day) = (2015 + n % 10, n % 12 + 1, n % 28 + 1);
    let date = match n % 5 {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{year}/{month}/{day}"),
        2 => format!("{year}年{month}月{day}日"),
        3 => format!("{year}{month:02}{day:02}"),
        _ => format!("{year}.{month}.{day}"),
    };
    let mut cells = vec![
        (n + 1).to_string(),
        name,
        one_of(&["张伟", "王 芳", "李娜、赵强", "刘洋", "陈静", "欧阳娜娜"]),
        phone,
        if n.is_multiple_of(3) { format!("021-6234{n:04}") } else { one_of(&["", "无", "-"]) },
        if n.is_multiple_of(4) { format!("ZhangWei{n}@Example.COM") } else { String::new() },
        one_of(&["VIP", "重点客户", "普通", "A类", "Ｂ", "C级", "一般客户", "★★★★★"]),
        one_of(&["李雷", "孙丽", "li", " 李 雷 ", ""]),
        one_of(&["机械制造", "软件", "批发零售", "C", "建筑业", "其他行业"]),
        one_of(&["浙江省", "上海市", "广东"]),
        one_of(&["杭州市", "上海市", "深圳"]),
        one_of(&["西湖区文三路1号", "世纪大道100号, 3楼", "\"科技园\"南区"]),
        if of.is_multiple_of(2) { code } else { String::new() },
        one_of(&["50-99人", "1,200", "２００人", "", "约300人"]),
        one_of(&["350", "1.2亿", "800万元", "", "1,500"]),
        date.clone(),
        one_of(&["老客户转介绍", "展会", "百度", "", "陌拜", "朋友圈"]),
        one_of(&["老客户、重点", "", "新增"]),
        one_of(&["", "需要\n定期拜访", "=1+1", "对价格敏感"]),
        if n % 5 == 3 { date } else { format!("{date} 14:30") },
    ];
    let fault = match n {
        _ if n % 5 == 4 || n % 20 >= 7 => None,
        _ if n.is_multiple_of(20) => Some((3, "1380013", "phone.invalid")),
        _ if n % 20 == 1 => Some((1, "", "name.required")),
        _ if n % 20 == 2 => Some((7, "诸葛亮", "owner.unknown")),
        _ if n % 20 == 3 => Some((15, "2026-13-45", "date.invalid")),
        _ if n % 20 == 5 => Some((12, "91310000MA1K0000XX", "credit_code.check_digit")),
        _ => Some((6, "黑名单", "grade.unknown")),
    };
    // A row with an unreadable code would stand for another customer, so it stands alone.
    match fault {
        Some((column, text, code)) => {
            cells[column] = text.to_owned();
            (cells, Some(code))
        }
        None => (cells, None),
    }
}

fn full_width(c: char) -> char {
    char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)
}

/// A workbook of some kilobytes that unpacks to hundreds of megabytes.
pub fn bomb() -> Vec<u8> {
    let sheet = |to: &mut dyn Write| {
        to.write_all(b"<?xml version=\"1.0\"?><worksheet><sheetData>").expect("memory");
        let blanks = vec![b' '; 1 << 20];
        (0..200).for_each(|_| to.write_all(&blanks).expect("memory"));
        to.write_all(b"</sheetData></worksheet>").expect("memory");
    };
    let text = |text: &'static str| move |to: &mut dyn Write| to.write_all(text.as_bytes()).expect("memory");
    zip(&[
        ("[Content_Types].xml", pack(text("<?xml version=\"1.0\"?><Types/>"))),
        ("_rels/.rels", pack(text(RELATIONS))),
        ("xl/workbook.xml", pack(text(WORKBOOK))),
        ("xl/_rels/workbook.xml.rels", pack(text(SHEETS))),
        ("xl/worksheets/sheet1.xml", pack(sheet)),
    ])
}

const RELATIONS: &str = "<?xml version=\"1.0\"?><Relationships><Relationship Id=\"r1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
    </Relationships>";
const WORKBOOK: &str = "<?xml version=\"1.0\"?><workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/></sheets></workbook>";
const SHEETS: &str = "<?xml version=\"1.0\"?><Relationships><Relationship Id=\"r1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
    </Relationships>";

struct Packed {
    bytes: Vec<u8>,
    size: u32,
    sum: u32,
}

fn pack(fill: impl FnOnce(&mut dyn Write)) -> Packed {
    struct Summing(DeflateEncoder<Vec<u8>>, flate2::Crc);
    impl Write for Summing {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1.update(bytes);
            self.0.write_all(bytes)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut out = Summing(DeflateEncoder::new(Vec::new(), Compression::best()), flate2::Crc::new());
    fill(&mut out);
    Packed { size: out.1.amount(), sum: out.1.sum(), bytes: out.0.finish().expect("memory") }
}

fn zip(parts: &[(&str, Packed)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let at = out.len() as u32;
        let mut head = vec![20, 0, 0, 8, 8, 0, 0, 0, 0, 0];
        for number in [part.sum, part.bytes.len() as u32, part.size] {
            head.extend(number.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        out.extend([b"PK\x03\x04", &head[..], &[0, 0], name.as_bytes(), &part.bytes].concat());
        directory.extend([b"PK\x01\x02", &[20, 0][..], &head[..], &[0; 12]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, start) = (parts.len() as u16, out.len() as u32);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}
