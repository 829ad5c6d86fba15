use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::Form;
use super::font::{DATA, Metrics};
use super::layout::{self, Area, Line, PAGE};

const SHADE: u8 = 243;
const RULE: f32 = 0.6;

pub(super) fn write(forms: &[Form]) -> Result<Vec<u8>, String> {
    let metrics = Metrics::get()?;
    let font = Font::new(DATA.into(), 0).ok_or("the typeface cannot be read")?;
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or("the page has no size")?;
    let mut document = Document::new();
    let title = forms.first().map(|form| super::printable(&form.title)).unwrap_or_default();
    let marks = forms.iter().take(1).filter_map(|form| form.mark.as_ref()).map(|mark| mark.code.clone());
    document.set_metadata(Metadata::new().title(title).keywords(marks.collect()));
    for page in forms.iter().flat_map(|form| layout::pages(form, metrics)) {
        let mut sheet = document.start_page_with(settings.clone());
        let mut surface = sheet.surface();
        for area in &page.boxes {
            draw_box(&mut surface, area).ok_or("a box has no size")?;
        }
        surface.set_stroke(None);
        surface.set_fill(Some(fill(0)));
        for line in &page.lines {
            draw_line(&mut surface, line, &font, metrics);
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn draw_box(surface: &mut Surface<'_>, area: &Area) -> Option<()> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(area.left, area.top, area.width, area.height)?);
    surface.set_fill(area.shaded.then(|| fill(SHADE)));
    surface.set_stroke(Some(Stroke { paint: luma::Color::new(0).into(), width: RULE, ..Stroke::default() }));
    surface.draw_path(&path.finish()?);
    Some(())
}

/// One glyph a character: Chinese and Latin need no more, and the text stays what a search in the file finds.
fn draw_line(surface: &mut Surface<'_>, line: &Line, font: &Font, metrics: &Metrics) {
    let glyph = |(at, c): (usize, char)| {
        let id = metrics.glyph(c).map_or(0, |glyph| u32::from(glyph.0));
        KrillaGlyph::new(GlyphId::new(id), metrics.advance(c), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
    };
    let glyphs: Vec<KrillaGlyph> = line.text.char_indices().map(glyph).collect();
    surface.draw_glyphs(Point::from_xy(line.left, line.baseline), &glyphs, font.clone(), &line.text, line.size, false);
}
