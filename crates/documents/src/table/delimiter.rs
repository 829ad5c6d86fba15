//! Which character separates the cells of a text file.

/// Comma, tab or semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    Comma,
    Tab,
    Semicolon,
}

impl Delimiter {
    const ALL: [Delimiter; 3] = [Delimiter::Comma, Delimiter::Tab, Delimiter::Semicolon];

    pub fn as_str(self) -> &'static str {
        match self {
            Delimiter::Comma => "comma",
            Delimiter::Tab => "tab",
            Delimiter::Semicolon => "semicolon",
        }
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Tab => b'\t',
            Delimiter::Semicolon => b';',
        }
    }

    /// Excel's own hint: a first line `sep=;`.
    pub(crate) fn declared(head: &[u8]) -> Option<Delimiter> {
        let line = head.split(|b| matches!(b, b'\r' | b'\n')).next()?;
        let line = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")).unwrap_or(line);
        let [sep @ .., byte] = line else { return None };
        let found = Delimiter::ALL.into_iter().find(|delimiter| delimiter.byte() == *byte)?;
        sep.eq_ignore_ascii_case(b"sep=").then_some(found)
    }

    /// The one that cuts the first lines into the most even rows. The head may end in the middle of a line.
    pub(crate) fn detect(head: &[u8]) -> Delimiter {
        let score = |delimiter: &Delimiter| evenness(&widths(head, delimiter.byte()));
        // On equal scores the first wins.
        Delimiter::ALL.into_iter().rev().max_by_key(score).unwrap_or(Delimiter::Comma)
    }
}

/// Cells in each of the first rows, quotes respected.
fn widths(head: &[u8], delimiter: u8) -> Vec<usize> {
    let (mut widths, mut cells, mut quoted, mut blank) = (Vec::new(), 1, false, true);
    let mut before = b'\n';
    for &byte in head {
        match byte {
            // Behind any possible delimiter, so that all of them see the same quoted cells.
            b'"' if quoted || matches!(before, b'\n' | b'\r' | b'"' | b',' | b';' | b'\t') => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if !blank {
                    widths.push(cells);
                }
                (cells, blank) = (1, true);
            }
            byte if byte == delimiter && !quoted => cells += 1,
            _ => {}
        }
        blank &= matches!(byte, b'\n' | b'\r');
        before = byte;
        if widths.len() == 100 {
            return widths;
        }
    }
    // An unfinished last line counts only when it is all there is.
    if widths.is_empty() && !blank {
        widths.push(cells);
    }
    widths
}

/// Rows that agree on the commonest width, then that width; nothing for a delimiter that never appears.
fn evenness(widths: &[usize]) -> (usize, usize) {
    let agreeing = |width: usize| widths.iter().filter(|w| **w == width).count();
    let best = widths.iter().copied().filter(|w| *w > 1).max_by_key(|w| (agreeing(*w), *w));
    best.map_or((0, 0), |width| (agreeing(width), width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        let cases: [(&[u8], Delimiter); 8] = [
            (b"a,b,c,d\r\n,\";\",\"'\r;\t\"\r\n", Delimiter::Comma),
            (b"a,b,c\n1,2,3\n", Delimiter::Comma),
            (b"a\tb\n1,5\t2\n1\t2,5\n", Delimiter::Tab),
            (b"a;b;c\n1,5;2;3\n2,5;3;4", Delimiter::Semicolon),
            (b"name,note\n\"a;b;c;d\",\"x\n;;y\"\n", Delimiter::Comma),
            (b"single\nvalue\n", Delimiter::Comma),
            (b"a;b", Delimiter::Semicolon),
            (b"5\" pipe,a\n6\" pipe,b\n", Delimiter::Comma),
        ];
        for (head, expected) in cases {
            assert_eq!(Delimiter::detect(head), expected, "{}", String::from_utf8_lossy(head));
        }
        assert_eq!(Delimiter::declared(b"sep=;\r\na;b"), Some(Delimiter::Semicolon));
        assert_eq!(Delimiter::declared(b"\"sep=,\"\na"), Some(Delimiter::Comma));
        assert_eq!(Delimiter::declared(b"separator"), None);
    }
}
