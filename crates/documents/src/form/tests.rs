use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;

use super::font::Metrics;
use super::layout::{self, MARGIN, PAGE, Page};
use super::*;

fn metrics() -> &'static Metrics {
    Metrics::get().expect("the typeface")
}

fn sheet(rows: Vec<Row>) -> Form {
    Form {
        title: "客户信息基础表".into(),
        notes: vec!["R3-T1".into()],
        rows,
        foot: "华远装备".into(),
        mark: None,
        shapeless: "方括号内为字库未收的字".into(),
    }
}

fn text_of(pages: &[Page]) -> String {
    pages.iter().flat_map(|page| &page.lines).map(|line| line.text.as_str()).collect()
}

fn blank(c: char) -> bool {
    c == ' ' || c == '\n' || c == '　'
}

#[test]
fn names_with_rare_characters_are_printed_as_they_are() {
    for name in ["䶮", "𬭎", "𫖯", "㛃", "龘", "堃", "翀", "赟", "〇", "·"] {
        assert_eq!(metrics().printable(name), name);
    }
    assert_eq!(metrics().printable("a\u{200B}b\u{7}\t\u{1F600}"), "ab [U+1F600]");
}

#[test]
fn a_character_without_a_shape_is_told_at_the_head() {
    let told =
        |text: &str| text_of(&layout::pages(&sheet(vec![Row::wide("备注", text)]), metrics())).contains("未收的字");
    assert!(told("\u{1F600}") && !told("䶮\u{200B}"));
}

#[test]
fn several_forms_are_one_file_and_each_counts_its_pages() {
    let form = sheet(vec![Row::wide("备注", "一")]);
    let file = bind(&[form.clone(), form]).expect("written");
    let text = String::from_utf8_lossy(&file).replace("/Type /Page", "/Type/Page") + &inflated(&file);
    assert_eq!(text.matches("/Type/Page").count() - text.matches("/Type/Pages").count(), 2);
}

#[test]
fn a_bundle_holds_each_file_under_a_name_of_its_own() {
    let mut bundle = Bundle::new(Cursor::new(Vec::new()));
    for name in ["华盛", "../华盛", "华盛", "..", "CON:a"] {
        bundle.add(name, "pdf", b"x").expect("added");
    }
    let archive = zip::ZipArchive::new(bundle.finish().expect("finished")).expect("an archive");
    let mut names: Vec<&str> = archive.file_names().collect();
    names.sort_unstable();
    assert_eq!(names, ["CON a.pdf", "_.pdf", "华盛 (2).pdf", "华盛 (3).pdf", "华盛.pdf"]);
}

#[test]
fn a_line_ends_between_words_and_begins_with_no_closing_mark() {
    let lines = |text: &str, width: f32| layout::wrap(text, width, metrics());
    assert_eq!(lines("客户要求加急", 3.0), ["客户要", "求加急"]);
    assert_eq!(lines("客户要，求加急", 3.0), ["客户", "要，求", "加急"]);
    assert_eq!(lines("see the manual", 4.0), ["see the", "manual"]);
    assert_eq!(lines("a\n\nb", 4.0), ["a", "", "b"]);
    assert_eq!(lines("", 4.0), [""]);
    assert_eq!(lines("incomprehensibilities", 3.0).concat(), "incomprehensibilities");
}

#[test]
fn a_table_goes_on_with_its_head_on_the_next_page() {
    let head = Row::head(vec![Cell::label("时间", 8), Cell::label("内容", 16)]);
    let line = |n: usize| Row::plain(vec![Cell::value(format!("第{n}次"), 8), Cell::value("回访", 16)]);
    let rows = std::iter::once(head).chain((0..120).map(line)).collect();
    let pages = layout::pages(&sheet(rows), metrics());
    assert!(pages.len() > 2);
    for page in &pages {
        assert_eq!(page.lines.iter().filter(|line| line.text == "内容").count(), 1);
    }
    assert!(pages[1].lines.iter().any(|line| line.text == format!("2 / {}", pages.len())));
}

#[test]
fn a_text_longer_than_a_page_is_set_to_its_end() {
    let long: String = (0..9_000).map(|n| char::from_u32(0x4E00 + n % 5_000).unwrap_or('一')).collect();
    let pages = layout::pages(&sheet(vec![Row::wide("备注", long.clone())]), metrics());
    assert!(pages.len() > 2);
    assert!(text_of(&pages).replace("备注", "").contains(&long[..3_000]));
    let count = |text: &str| text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).count();
    assert!(count(&text_of(&pages)) >= count(&long));
}

fn inflated(file: &[u8]) -> String {
    let mut text = String::new();
    let find =
        |from: usize, word: &[u8]| file[from..].windows(word.len()).position(|part| part == word).map(|at| from + at);
    let mut from = 0;
    while let Some(start) = find(from, b"stream\n") {
        let mut stream = Vec::new();
        let _ = flate2::read::ZlibDecoder::new(&file[start + 7..]).read_to_end(&mut stream);
        text.push_str(&String::from_utf8_lossy(&stream));
        from = find(start, b"endstream").map_or(file.len(), |end| end + 9);
    }
    text
}

#[test]
fn a_pdf_embeds_its_typeface_and_can_be_searched() {
    let file = sheet(vec![Row::pair(("客户名称", "䶮华科技"), ("电话", "138****5678"))])
        .write(FormFormat::Pdf)
        .expect("written");
    assert!(file.starts_with(b"%PDF-"));
    assert!(file.len() < 60_000, "only the glyphs that are used are embedded, not {} bytes", file.len());
    let text = inflated(&file);
    assert!(file.windows(9).any(|part| part == b"FontFile3") || text.contains("FontFile3"));
    for c in "䶮华科技".chars() {
        assert!(text.to_uppercase().contains(&format!("<{:04X}>", u32::from(c))), "{c} cannot be searched for");
    }
}

#[test]
fn a_word_file_holds_every_text_once() {
    let rows = vec![Row::part("一、基本信息"), Row::wide("备注", "第一行\n<b>&\"第二行")];
    let file = sheet(rows).write(FormFormat::Docx).expect("written");
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("an archive");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("a document").read_to_string(&mut xml).expect("text");
    for text in ["客户信息基础表", "一、基本信息", "第一行", "&lt;b&gt;&amp;"] {
        assert_eq!(xml.matches(text).count(), 1, "{text}");
    }
}

#[test]
fn a_word_file_repeats_the_head_of_its_table() {
    let head = Row::head(vec![Cell::label("时间", 8), Cell::label("<w:cantSplit />", 16)]);
    let line = Row::plain(vec![Cell::value("一", 8), Cell::value("二", 16)]);
    let file = sheet(vec![Row::wide("客户", "华盛"), head, line]).write(FormFormat::Docx).expect("written");
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("an archive");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("a document").read_to_string(&mut xml).expect("text");
    assert_eq!((xml.matches("<w:tblHeader />").count(), xml.matches("<w:tbl>").count()), (1, 2));
}

#[test]
fn a_workbook_holds_texts_and_no_formula() {
    let file =
        sheet(vec![Row::wide("备注", "=1+1"), Row::wide("电话", "+86 138")]).write(FormFormat::Xlsx).expect("written");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    let texts: Vec<String> = range.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert_eq!(texts, ["客户信息基础表", "R3-T1", "备注", "=1+1", "电话", "+86 138"]);
    assert!(range.used_cells().all(|(_, _, cell)| matches!(cell, Data::String(_))));
    assert!(book.worksheet_formula("Sheet1").expect("formulas").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_leaves_the_page_and_nothing_is_lost(texts in proptest::collection::vec(("\\PC{0,80}", "\\PC{0,400}"), 1..12)) {
        let rows = texts.iter().map(|(label, value)| Row::wide(label, value)).collect();
        let pages = layout::pages(&sheet(rows), metrics());
        for line in pages.iter().flat_map(|page| &page.lines) {
            let width: f32 = line.text.chars().map(|c| metrics().advance(c)).sum::<f32>() * line.size;
            prop_assert!(line.left >= MARGIN - 0.1 && line.left + width <= PAGE.0 - MARGIN + 1.0, "{line:?}");
            prop_assert!(line.baseline > MARGIN && line.baseline < PAGE.1 - 30.0, "{line:?}");
        }
        let set: usize = text_of(&pages).chars().filter(|c| !blank(*c)).count();
        let given: usize = texts.iter().map(|(a, b)| metrics().printable(a) + &metrics().printable(b)).map(|text| text.chars().filter(|c| !blank(*c)).count()).sum();
        prop_assert!(set >= given, "{set} of {given} characters are set");
    }

    #[test]
    fn every_text_can_be_written(title in "\\PC{0,60}", text in any::<String>()) {
        let form = Form { title, rows: vec![Row::wide("备注", text)], ..Form::default() };
        for format in FormFormat::ALL {
            form.write(format).expect("written");
        }
    }
}

#[test]
fn a_form_says_where_it_came_from() {
    let code = "DC-7K2M9-Q4XTB";
    let mark = Mark { code: code.to_owned(), line: format!("导出 {code} · 李雷 · 2026-11-23 09:30") };
    let form = Form { mark: Some(mark), ..sheet(vec![]) };
    for format in [FormFormat::Pdf, FormFormat::Docx, FormFormat::Xlsx] {
        let bytes = form.write(format).expect("a form");
        let found = crate::mark::find(&mut Cursor::new(bytes)).expect("a file").codes;
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [code], "{format:?}");
    }
}
