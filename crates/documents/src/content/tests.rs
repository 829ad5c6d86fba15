use std::io::{Cursor, Write};

use image::{ImageFormat, RgbImage};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn look(name: &str, content: &[u8]) -> Result<Kind, Refused> {
    inspect(&mut Cursor::new(content), name)
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30])).write_to(&mut file, format).expect("written");
    file.into_inner()
}

/// A picture whose head declares a size that nobody has the memory for: the sum over the head is right.
fn pixel_bomb() -> Vec<u8> {
    let mut file = picture(2, 2, ImageFormat::Png);
    file[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    file[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&file[12..29]);
    file[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    file
}

#[test]
fn a_file_is_what_its_content_and_its_name_say_together() {
    let png = picture(4, 4, ImageFormat::Png);
    assert_eq!(look("图.PNG", &png), Ok(Kind::Png));
    assert_eq!(look("a.jpg", &picture(4, 4, ImageFormat::Jpeg)), Ok(Kind::Jpeg));
    assert_eq!(look("a.pdf", b"%PDF-1.7\n"), Ok(Kind::Pdf));
    assert_eq!(look("a.txt", "客户说：同意".as_bytes()), Ok(Kind::Text));
    let types: &[u8] = b"<Types/>";
    let word = archive(&[("[Content_Types].xml", types), ("word/document.xml", b"<w/>")]);
    assert_eq!(look("合同.docx", &word), Ok(Kind::Docx));
    assert_eq!(look("a.xlsx", &word), Err(Refused("attachment.kind_differs")));
    for (name, content, code) in [
        ("a.jpg", &png[..], "attachment.kind_differs"),
        ("a.png", b"<html><script>alert(1)</script>", "attachment.kind_differs"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "attachment.kind_differs"),
        ("a.svg", b"<svg/>", "attachment.kind_not_taken"),
        ("a.html", b"<html>", "attachment.kind_not_taken"),
        ("a.exe", b"MZ", "attachment.kind_not_taken"),
        ("png", &png, "attachment.kind_not_taken"),
        ("a.png", b"", "attachment.empty"),
        ("a.txt", b"\x7fELF\x02\x01\x01\x00", "attachment.kind_differs"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "attachment.damaged"),
        ("a.zip", b"PK\x03\x04", "attachment.damaged"),
    ] {
        assert_eq!(look(name, content), Err(Refused(code)), "{name}");
    }
}

#[test]
fn a_voice_note_is_sound_and_nothing_else() {
    let webm = |track: &str| format!("\u{1a}E\u{df}\u{a3}webm {track}").chars().map(|c| c as u8).collect::<Vec<u8>>();
    assert_eq!(look("语音.webm", &webm("A_OPUS")), Ok(Kind::Webm));
    assert_eq!(look("a.webm", &webm("A_OPUS V_VP9")), Err(Refused("attachment.kind_differs")), "moving pictures");
    assert_eq!(look("a.webm", &webm("S_TEXT/WEBVTT A_OPUS")), Err(Refused("attachment.kind_differs")));
    assert_eq!(look("a.webm", b"\x1a\x45\xdf\xa3matroska A_OPUS"), Err(Refused("attachment.kind_differs")));
    assert_eq!(look("a.webm", b"<script>alert(1)</script>webmA_OPUS"), Err(Refused("attachment.kind_differs")));
    let mut ogg = b"OggS".to_vec();
    ogg.resize(28, 0);
    assert_eq!(look("a.ogg", &ogg), Err(Refused("attachment.kind_differs")));
    ogg.extend(b"OpusHead");
    assert_eq!(look("a.ogg", &ogg), Ok(Kind::Ogg));
    assert_eq!(look("a.mp3", &ogg), Err(Refused("attachment.kind_differs")));
}

#[test]
fn macros_are_refused_in_office_files() {
    let types: &[u8] = b"<Types/>";
    let parts = [("[Content_Types].xml", types), ("word/document.xml", b"<w/>"), ("word/vbaProject.bin", b"x")];
    assert_eq!(look("a.docx", &archive(&parts)), Err(Refused("attachment.macros")));
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let zeros = vec![0; 64 << 20];
    assert_eq!(look("a.zip", &archive(&[("a", &zeros)])), Err(Refused("attachment.bomb")), "a ratio nobody believes");
    let many = vec![0; 6 << 20];
    let names: Vec<String> = (0..60).map(|n| format!("{n}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &many[..])).collect();
    assert_eq!(look("a.zip", &archive(&parts)), Err(Refused("attachment.bomb")), "too much of it together");
    let mut lying = archive(&[("a", &zeros[..1 << 20])]);
    let entry = lying.windows(4).rposition(|mark| mark == b"PK\x01\x02").expect("the directory");
    lying[entry + 24..entry + 28].copy_from_slice(&10u32.to_le_bytes());
    assert_eq!(look("a.zip", &lying), Err(Refused("attachment.bomb")), "more than it declares");
    assert_eq!(look("a.png", &pixel_bomb()), Err(Refused("attachment.pixels")));
    assert_eq!(thumbnail(&mut Cursor::new(pixel_bomb()), Kind::Png), None);
}

#[test]
fn a_small_picture_is_small_and_tells_nothing_else() {
    let mut photo = picture(1600, 800, ImageFormat::Jpeg);
    // What a camera writes down, between the mark of the beginning and the rest.
    let told = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 30.2741N 120.1551E";
    let mut segment = vec![0xff, 0xe1];
    segment.extend(((told.len() + 2) as u16).to_be_bytes());
    segment.extend(told);
    photo.splice(2..2, segment);
    let small = thumbnail(&mut Cursor::new(&photo), Kind::Jpeg).expect("a picture");
    assert!(small.len() < 20_000 && !small.windows(3).any(|part| part == b"GPS"));
    let shown = image::load_from_memory(&small).expect("a picture");
    assert_eq!((shown.width(), shown.height()), (160, 320), "turned upright");
    assert_eq!(thumbnail(&mut Cursor::new(b"%PDF-"), Kind::Pdf), None);
    assert_eq!(thumbnail(&mut Cursor::new(&photo[..100]), Kind::Jpeg), None);
    let large = picture(6_000, 4_000, ImageFormat::Png);
    assert_eq!((look("a.png", &large), thumbnail(&mut Cursor::new(large), Kind::Png)), (Ok(Kind::Png), None));
}

/// What a telephone writes into a photograph: how it is turned, which device, when, where, and a small picture.
fn exif() -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x04".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        exif.extend(tag.to_be_bytes());
        exif.extend(kind.to_be_bytes());
        exif.extend(count.to_be_bytes());
        exif.extend(value);
    };
    entry(0x010f, 2, 7, 62_u32.to_be_bytes()); // The maker, behind the entries.
    entry(0x0112, 3, 1, [0, 6, 0, 0]); // Turned to the right.
    entry(0x0132, 2, 20, 70_u32.to_be_bytes()); // When.
    entry(0x8825, 4, 1, 90_u32.to_be_bytes()); // Where.
    exif.extend([0; 4]);
    exif.extend(b"HUAWEI\0\0");
    exif.extend(b"2026:11:21 18:22:03\0");
    exif.extend(b"\0\x02\0\x01\0\x02\0\0\0\x02N\0\0\0\0\x02\0\x05\0\0\0\x03\0\0\0\x78\0\0\0\0");
    for part in [30_u32, 1, 16, 1, 2_667, 100] {
        exif.extend(part.to_be_bytes());
    }
    exif
}

const TOLD: [&[u8]; 6] = [b"HUAWEI", b"2026:11:21", b"N\0\0\0\0\x02", b"xmpmeta", b"secret", b"a trailing film"];

/// The picture without what stands beside it; nothing is left of that, and it is seen as before.
fn made_plain(name: &str, kind: Kind, picture: &[u8]) -> Vec<u8> {
    for told in TOLD {
        assert!(picture.windows(told.len()).any(|part| part == told), "{name}: {told:?} is there to begin with");
    }
    let mut written = Cursor::new(Vec::new());
    plain(&mut Cursor::new(picture), kind, &mut written).expect("a picture");
    let written = written.into_inner();
    for told in TOLD {
        assert!(!written.windows(told.len()).any(|part| part == told), "{name}: {told:?}");
    }
    assert_eq!(look(name, &written), Ok(kind), "{name}");
    let seen = |file: &[u8]| thumbnail(&mut Cursor::new(file), kind).expect("a picture");
    assert_eq!(seen(&written), seen(picture), "{name}");
    let shown = image::load_from_memory(&seen(&written)).expect("a picture");
    assert!(shown.width() < shown.height(), "{name}: it is still turned upright");
    assert!(written.len() < picture.len(), "{name}");
    written
}

fn marked(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 3) as u8, (y * 5) as u8, (x * y) as u8]))
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    marked(64, 32).write_to(&mut file, format).expect("written");
    file.into_inner()
}

#[test]
fn a_photograph_is_kept_without_what_the_telephone_wrote_into_it() {
    let segment = |mark: u8, said: &[u8]| {
        let length = ((said.len() + 2) as u16).to_be_bytes();
        [&[0xff, mark], &length[..], said].concat()
    };
    let mut photo = encoded(ImageFormat::Jpeg);
    let beside = [
        segment(0xe1, &[b"Exif\0\0", &exif()[..]].concat()),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        segment(0xed, b"Photoshop 3.0\0secret place"),
        segment(0xfe, b"secret remark"),
    ]
    .concat();
    photo.splice(2..2, beside);
    photo.extend(b"a trailing film");
    let written = made_plain("a.jpg", Kind::Jpeg, &photo);
    let again = {
        let mut again = Cursor::new(Vec::new());
        plain(&mut Cursor::new(&written), Kind::Jpeg, &mut again).expect("a picture");
        again.into_inner()
    };
    assert_eq!(again, written, "there is nothing more to leave out");
    let mut cut = Cursor::new(Vec::new());
    plain(&mut Cursor::new(&photo[..photo.len() - 60]), Kind::Jpeg, &mut cut).expect("what is there");
    assert!(cut.into_inner().ends_with(&[0xff, 0xd9]));
    let head = plain(&mut Cursor::new(&photo[..40]), Kind::Jpeg, &mut Cursor::new(Vec::new()));
    assert_eq!(head, Err(Refused("attachment.damaged")));
}

#[test]
fn so_are_pictures_of_other_kinds() {
    let chunk = |kind: &[u8; 4], said: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(said);
        [&(said.len() as u32).to_be_bytes(), &kind[..], said, &sum.sum().to_be_bytes()].concat()
    };
    let mut png = encoded(ImageFormat::Png);
    let beside = [
        chunk(b"eXIf", &exif()),
        chunk(b"tEXt", b"Comment\0secret"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"),
    ]
    .concat();
    png.splice(33..33, beside);
    png.extend(b"a trailing film");
    made_plain("a.png", Kind::Png, &png);
    let chunk = |kind: &[u8; 4], said: &[u8]| {
        let filling = vec![0; said.len() % 2];
        [&kind[..], &(said.len() as u32).to_le_bytes(), said, &filling].concat()
    };
    let simple = encoded(ImageFormat::WebP);
    let head = chunk(b"VP8X", &[HAS_BOTH, 0, 0, 0, 63, 0, 0, 31, 0, 0]);
    let beside = [chunk(b"EXIF", &exif()), chunk(b"XMP ", b"<x:xmpmeta/>"), chunk(b"JUNK", b"secret a trailing film")];
    let content = [&b"WEBP"[..], &head, &simple[12..], &beside.concat()].concat();
    let webp = [&b"RIFF"[..], &(content.len() as u32).to_le_bytes(), &content].concat();
    made_plain("a.webp", Kind::Webp, &webp);
}

const HAS_BOTH: u8 = 0x0c;

/// A box with its length and kind before it.
fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&(content.len() as u32 + 8).to_be_bytes(), &kind[..], &content].concat()
}

/// A HEIC as telephones write it: an item of the picture, one of Exif in the same data, and an XMP within the head.
fn heic() -> Vec<u8> {
    let named = |id: u8, kind: &[u8; 4]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, &[0]]);
    let names = boxed(b"iinf", &[&[0, 0, 0, 0, 0, 3], &named(1, b"hvc1"), &named(2, b"Exif"), &named(3, b"mime")]);
    let within = b"<x:xmpmeta> a secret, a trailing film";
    let data = boxed(b"idat", &[within]);
    let start = boxed(b"ftyp", &[b"heic\0\0\0\0mif1heic"]);
    let (picture, said) =
        (b"the points of the picture".as_slice(), [b"\0\0\0\x06Exif\0\0".as_slice(), &exif()].concat());
    let whole = |first: u32| {
        let place = |id: u8, way: u8, from: u32, length: usize| {
            [&[0, id, 0, way, 0, 0, 0, 1], &from.to_be_bytes()[..], &(length as u32).to_be_bytes()].concat()
        };
        let places = boxed(
            b"iloc",
            &[
                &[1, 0, 0, 0, 0x44, 0, 0, 3],
                &place(1, 0, first, picture.len()),
                &place(2, 0, first + picture.len() as u32, said.len()),
                &place(3, 1, 0, within.len()),
            ],
        );
        let meta = boxed(b"meta", &[&[0; 4], &names, &places, &data]);
        [&start[..], &meta, &boxed(b"mdat", &[picture, &said])].concat()
    };
    let head = whole(0).len() - picture.len() - said.len();
    whole(head as u32)
}

#[test]
fn a_heic_keeps_its_points_and_its_length() {
    let photo = heic();
    assert_eq!(look("a.heic", &photo), Ok(Kind::Heic));
    assert!(TOLD.iter().all(|told| photo.windows(told.len()).any(|part| part == *told)));
    let mut written = Cursor::new(Vec::new());
    plain(&mut Cursor::new(&photo), Kind::Heic, &mut written).expect("a picture");
    let written = written.into_inner();
    assert!(TOLD.iter().all(|told| !written.windows(told.len()).any(|part| part == *told)));
    assert_eq!(written.len(), photo.len());
    assert!(written.windows(25).any(|part| part == b"the points of the picture"));
    for damaged in [&photo[..photo.len() / 2], b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice()] {
        let refused = plain(&mut Cursor::new(damaged), Kind::Heic, &mut Cursor::new(Vec::new()));
        assert_eq!(refused, Err(Refused("attachment.damaged")));
    }
}
