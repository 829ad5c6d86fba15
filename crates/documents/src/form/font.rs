//! The typeface that is embedded: Noto Sans SC, which has every hanzi of GB 18030 that a name may be written with. See
//! `fonts/README.md`.

use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId};

pub(super) const DATA: &[u8] = include_bytes!("../../fonts/NotoSansSC-Regular.otf");

/// What is needed to set a line: glyphs and how wide they are, in parts of the type size.
pub(super) struct Metrics {
    face: Face<'static>,
    em: f32,
}

impl Metrics {
    /// Read once.
    pub fn get() -> Result<&'static Self, String> {
        static METRICS: OnceLock<Result<Metrics, String>> = OnceLock::new();
        let read = || {
            let face = Face::parse(DATA, 0).map_err(|error| error.to_string())?;
            Ok(Metrics { em: f32::from(face.units_per_em()), face })
        };
        METRICS.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    pub fn glyph(&self, c: char) -> Option<GlyphId> {
        self.face.glyph_index(c)
    }

    pub fn advance(&self, c: char) -> f32 {
        self.glyph(c)
            .and_then(|glyph| self.face.glyph_hor_advance(glyph))
            .map_or(0.0, |units| f32::from(units) / self.em)
    }

    /// Whether a text holds something that is seen and has no glyph.
    pub fn lacks(&self, text: &str) -> bool {
        super::printable(text).chars().any(|c| c != '\n' && self.glyph(c).is_none() && !is_invisible(c))
    }

    /// The text with what has no glyph told by its number, so that nothing vanishes from a printed name.
    pub fn printable(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for c in super::printable(text).chars() {
            match c == '\n' || self.glyph(c).is_some() {
                true => shown.push(c),
                false if is_invisible(c) => {}
                false => shown.push_str(&format!("[U+{:04X}]", u32::from(c))),
            }
        }
        shown
    }
}

/// Joiners, marks of direction and variants of glyphs: they have no shape of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}
