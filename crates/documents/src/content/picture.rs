use std::io::{BufReader, Cursor, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::Kind;
use crate::table::Source;

/// The longer edge of a small picture.
const EDGE: u32 = 320;
const QUALITY: u8 = 80;
/// A picture that would take more memory than this is shown by its name alone.
const MEMORY_MOST: u64 = 48 << 20;

/// Width times height, as the head of the file declares them.
pub(super) fn pixels(source: &mut dyn Source, format: ImageFormat) -> Option<u64> {
    source.seek(SeekFrom::Start(0)).ok()?;
    let reader = ImageReader::with_format(BufReader::new(source), format);
    let size = catch_unwind(AssertUnwindSafe(|| reader.into_dimensions())).ok()?.ok()?;
    Some(u64::from(size.0) * u64::from(size.1))
}

/// A small picture of a picture, as JPEG: upright, and without anything else that a camera writes down. `None` where the
/// file is no picture that we decode, is damaged, or would take too much memory; how many are decoded at once is the
/// caller's business.
pub fn thumbnail(source: &mut dyn Source, kind: Kind) -> Option<Vec<u8>> {
    let format = kind.picture()?;
    source.seek(SeekFrom::Start(0)).ok()?;
    // A decoder that stumbles over a hostile file costs the small picture and nothing else.
    catch_unwind(AssertUnwindSafe(|| small(source, format))).ok().flatten()
}

fn small(source: &mut dyn Source, format: ImageFormat) -> Option<Vec<u8>> {
    let mut reader = ImageReader::with_format(BufReader::new(source), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MOST);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > MEMORY_MOST {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?.thumbnail(EDGE, EDGE);
    picture.apply_orientation(orientation);
    let mut written = Cursor::new(Vec::new());
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut written, QUALITY)).ok()?;
    Some(written.into_inner())
}

/// A picture as PNG, drawn point by point.
///
/// # Errors
/// When the picture has no points.
pub fn draw(width: u32, height: u32, point: impl Fn(u32, u32) -> [u8; 3]) -> Result<Vec<u8>, image::ImageError> {
    let mut written = Cursor::new(Vec::new());
    RgbImage::from_fn(width, height, |x, y| Rgb(point(x, y))).write_to(&mut written, ImageFormat::Png)?;
    Ok(written.into_inner())
}
