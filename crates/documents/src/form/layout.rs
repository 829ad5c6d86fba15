//! Where the lines of a form stand on its pages. Pure; lengths are points.

use super::font::Metrics;
use super::{Cell, Form, GRID, Row, RowKind};

pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 48.0;
pub(super) const TITLE_SIZE: f32 = 16.0;
pub(super) const TEXT_SIZE: f32 = 9.5;
pub(super) const NOTE_SIZE: f32 = 8.5;
const LEADING: f32 = 1.45;
const PADDING: f32 = 4.0;
/// Below this the foot of the page begins.
const BOTTOM: f32 = PAGE.1 - 56.0;
/// Where the lines of type stand in their height.
const BASELINE: f32 = 1.08;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub boxes: Vec<Area>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
    pub shaded: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub left: f32,
    pub baseline: f32,
    pub size: f32,
    pub text: String,
}

pub(super) fn pages(form: &Form, metrics: &Metrics) -> Vec<Page> {
    let mut setter = Setter { metrics, pages: vec![Page::default()], at: MARGIN, head: None };
    setter.title(form);
    for row in &form.rows {
        setter.row(row);
    }
    setter.feet(&form.foot());
    setter.pages
}

struct Setter<'a> {
    metrics: &'a Metrics,
    pages: Vec<Page>,
    /// How far down the last page is full.
    at: f32,
    /// The head of the table that is being set.
    head: Option<Row>,
}

impl Setter<'_> {
    fn page(&mut self) -> &mut Page {
        // There is always one.
        self.pages.last_mut().expect("a page")
    }

    fn title(&mut self, form: &Form) {
        let width = PAGE.0 - 2.0 * MARGIN;
        for text in wrap(&self.metrics.printable(&form.title), width / TITLE_SIZE, self.metrics) {
            let left = MARGIN + (width - self.width_of(&text) * TITLE_SIZE) / 2.0;
            self.line(left, TITLE_SIZE, text);
        }
        self.at += 4.0;
        let mut notes = form.notes.join("　");
        if form.texts().any(|text| self.metrics.lacks(text)) {
            notes = format!("{notes}\n{}", form.shapeless);
        }
        for text in wrap(&self.metrics.printable(&notes), width / NOTE_SIZE, self.metrics) {
            self.line(MARGIN, NOTE_SIZE, text);
        }
        self.at += 4.0;
    }

    fn line(&mut self, left: f32, size: f32, text: String) {
        let baseline = self.at + size * BASELINE;
        self.page().lines.push(Line { left, baseline, size, text });
        self.at += size * LEADING;
    }

    fn width_of(&self, text: &str) -> f32 {
        text.chars().map(|c| self.metrics.advance(c)).sum()
    }

    fn row(&mut self, row: &Row) {
        self.head = match row.kind {
            RowKind::Head => Some(row.clone()),
            RowKind::Part => None,
            RowKind::Plain => self.head.take().filter(|head| head.cells.len() == row.cells.len()),
        };
        let mut texts = self.wrapped(row);
        // The name of a part and the head of a table do not stay behind alone at the end of a page.
        let with_next = if row.kind == RowKind::Plain { 0.0 } else { 2.0 * height_of(1) };
        let lines = texts.iter().map(Vec::len).max().unwrap_or(1);
        if self.at + height_of(lines).min(height_of(self.lines_of_a_page())) + with_next > BOTTOM {
            self.turn(row.kind);
        }
        // What is longer than a page goes on with the next one.
        while texts.iter().any(|lines| lines.len() > self.lines_left()) {
            let left = self.lines_left();
            let first = texts.iter_mut().map(|lines| lines.drain(..left.min(lines.len())).collect()).collect();
            self.set(row, first);
            self.turn(row.kind);
        }
        self.set(row, texts);
    }

    fn turn(&mut self, kind: RowKind) {
        self.pages.push(Page::default());
        self.at = MARGIN;
        if let Some(head) = self.head.clone().filter(|_| kind == RowKind::Plain) {
            let texts = self.wrapped(&head);
            self.set(&head, texts);
        }
    }

    fn lines_left(&self) -> usize {
        (((BOTTOM - self.at - 2.0 * PADDING) / (TEXT_SIZE * LEADING)) as usize).max(1)
    }

    fn lines_of_a_page(&self) -> usize {
        ((BOTTOM - MARGIN) / (TEXT_SIZE * LEADING)) as usize / 2
    }

    fn wrapped(&self, row: &Row) -> Vec<Vec<String>> {
        let lines = |cell: &Cell| {
            let width = (width_of_cell(cell) - 2.0 * PADDING) / TEXT_SIZE;
            wrap(&self.metrics.printable(&cell.text), width, self.metrics)
        };
        row.cells.iter().map(lines).collect()
    }

    fn set(&mut self, row: &Row, texts: Vec<Vec<String>>) {
        let height = height_of(texts.iter().map(Vec::len).max().unwrap_or(1));
        let (mut left, top) = (MARGIN, self.at);
        for (cell, lines) in row.cells.iter().zip(texts) {
            let width = width_of_cell(cell);
            self.page().boxes.push(Area { left, top, width, height, shaded: cell.label });
            for (nth, text) in lines.into_iter().enumerate() {
                let baseline = top + PADDING + TEXT_SIZE * (LEADING * nth as f32 + BASELINE);
                self.page().lines.push(Line { left: left + PADDING, baseline, size: TEXT_SIZE, text });
            }
            left += width;
        }
        self.at += height;
    }

    fn feet(&mut self, foot: &str) {
        let (count, foot) = (self.pages.len(), self.metrics.printable(foot).replace('\n', " "));
        let size = NOTE_SIZE;
        for nth in 0..count {
            let number = format!("{} / {count}", nth + 1);
            let left = PAGE.0 - MARGIN - self.width_of(&number) * size;
            let baseline = PAGE.1 - 36.0;
            let foot = Line { left: MARGIN, baseline, size, text: foot.clone() };
            self.pages[nth].lines.extend([foot, Line { left, baseline, size, text: number }]);
        }
    }
}

fn width_of_cell(cell: &Cell) -> f32 {
    (PAGE.0 - 2.0 * MARGIN) * cell.span as f32 / GRID as f32
}

fn height_of(lines: usize) -> f32 {
    TEXT_SIZE * LEADING * lines as f32 + 2.0 * PADDING
}

/// Cuts a text into lines no wider than `width`, counted in sizes of the type: between hanzi, and between words.
pub(super) fn wrap(text: &str, width: f32, metrics: &Metrics) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| wrap_paragraph(paragraph, width, metrics)).collect()
}

fn wrap_paragraph(text: &str, width: f32, metrics: &Metrics) -> Vec<String> {
    let chars: Vec<char> = text.trim_end().chars().collect();
    let (mut lines, mut start, mut used, mut at) = (Vec::new(), 0, 0.0, 0);
    while at < chars.len() {
        let advance = metrics.advance(chars[at]);
        if used + advance > width && at > start {
            let end = break_before(&chars, start, at);
            lines.push(chars[start..end].iter().collect::<String>().trim_end().to_owned());
            start = end + chars[end..].iter().take_while(|c| **c == ' ').count();
            (at, used) = (start, 0.0);
            continue;
        }
        used += advance;
        at += 1;
    }
    if start < chars.len() || lines.is_empty() {
        lines.push(chars[start.min(chars.len())..].iter().collect());
    }
    lines
}

/// The last place up to `full` where a line that begins at `start` may end; `full` if there is none.
fn break_before(chars: &[char], start: usize, full: usize) -> usize {
    let may_end = |at: &usize| {
        let (before, after) = (chars[*at - 1], chars[*at]);
        let in_word = is_of_word(before) && is_of_word(after);
        !in_word && !CLOSING.contains(after) && !OPENING.contains(before)
    };
    (start + 1..=full).rev().find(may_end).unwrap_or(full)
}

/// Marks that do not begin a line, and marks that do not end one.
const CLOSING: &str = "，。、；：？！）》」』】〉”’…,.;:?!)]}%％";
const OPENING: &str = "（《「『【〈“‘([{￥¥";

fn is_of_word(c: char) -> bool {
    c.is_ascii_graphic() || ('\u{A1}'..='\u{24F}').contains(&c)
}
