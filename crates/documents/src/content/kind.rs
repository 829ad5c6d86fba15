use image::ImageFormat;

/// A kind of file that is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Gif,
    Webp,
    Heic,
    Docx,
    Xlsx,
    Pptx,
    Ofd,
    /// Word, Excel and PowerPoint up to 2003.
    Doc,
    Xls,
    Ppt,
    Zip,
    Text,
    Csv,
    Mp3,
    M4a,
    Amr,
    Wav,
    /// Sound as browsers record it.
    Webm,
    Ogg,
    Mp4,
}

impl Kind {
    /// What a name claims: by its extension.
    pub fn named(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "pdf" => Self::Pdf,
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpeg,
            "gif" => Self::Gif,
            "webp" => Self::Webp,
            "heic" | "heif" => Self::Heic,
            "docx" => Self::Docx,
            "xlsx" => Self::Xlsx,
            "pptx" => Self::Pptx,
            "ofd" => Self::Ofd,
            "doc" => Self::Doc,
            "xls" => Self::Xls,
            "ppt" => Self::Ppt,
            "zip" => Self::Zip,
            "txt" => Self::Text,
            "csv" => Self::Csv,
            "mp3" => Self::Mp3,
            "m4a" => Self::M4a,
            "amr" => Self::Amr,
            "wav" => Self::Wav,
            "webm" => Self::Webm,
            "ogg" | "opus" => Self::Ogg,
            "mp4" => Self::Mp4,
            _ => return None,
        })
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Ofd => "application/ofd",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Zip => "application/zip",
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Amr => "audio/amr",
            Self::Wav => "audio/wav",
            Self::Webm => "audio/webm",
            Self::Ogg => "audio/ogg",
            Self::Mp4 => "video/mp4",
        }
    }

    /// Whether a file of this kind can begin like this.
    pub(super) fn begins_like(self, head: &[u8]) -> bool {
        let at = |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(mark));
        let brand = |brands: &[&[u8]]| at(4, b"ftyp") && brands.iter().any(|brand| at(8, brand));
        match self {
            Self::Pdf => at(0, b"%PDF-"),
            Self::Png => at(0, b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => at(0, b"\xff\xd8\xff"),
            Self::Gif => at(0, b"GIF87a") || at(0, b"GIF89a"),
            Self::Webp => at(0, b"RIFF") && at(8, b"WEBP"),
            Self::Heic => brand(&[b"heic", b"heix", b"hevc", b"mif1", b"msf1"]),
            Self::Docx | Self::Xlsx | Self::Pptx | Self::Ofd | Self::Zip => {
                at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06")
            }
            Self::Doc | Self::Xls | Self::Ppt => at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            // Control characters other than those of lines and pages stand in no text.
            Self::Text | Self::Csv => !head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)),
            Self::Mp3 => {
                at(0, b"ID3") || head.first() == Some(&0xff) && head.get(1).is_some_and(|byte| byte & 0xe0 == 0xe0)
            }
            Self::M4a => brand(&[b"M4A ", b"M4B ", b"mp42", b"isom", b"iso5"]),
            Self::Amr => at(0, b"#!AMR"),
            Self::Wav => at(0, b"RIFF") && at(8, b"WAVE"),
            // What else a container can hold – pictures, text – is no note that somebody spoke.
            Self::Webm => {
                let holds = |mark: &[u8]| head.windows(mark.len()).any(|part| part == mark);
                at(0, b"\x1a\x45\xdf\xa3") && holds(b"webm") && holds(b"A_OPUS") && !holds(b"V_") && !holds(b"S_")
            }
            Self::Ogg => at(0, b"OggS") && (at(28, b"OpusHead") || at(28, b"\x01vorbis")),
            Self::Mp4 => brand(&[b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"qt", b"dash", b"3gp"]),
        }
    }

    pub(super) fn is_archive(self) -> bool {
        matches!(self, Self::Docx | Self::Xlsx | Self::Pptx | Self::Ofd | Self::Zip)
    }

    /// What an archive of this kind cannot be without.
    pub(super) fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Docx => &["[Content_Types].xml", "word/document.xml"],
            Self::Xlsx => &["[Content_Types].xml", "xl/workbook.xml"],
            Self::Pptx => &["[Content_Types].xml", "ppt/presentation.xml"],
            Self::Ofd => &["OFD.xml"],
            _ => &[],
        }
    }

    /// How a picture is decoded, where we can.
    pub(super) fn picture(self) -> Option<ImageFormat> {
        match self {
            Self::Png => Some(ImageFormat::Png),
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::Gif => Some(ImageFormat::Gif),
            Self::Webp => Some(ImageFormat::WebP),
            _ => None,
        }
    }
}
