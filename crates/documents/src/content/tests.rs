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
