use std::collections::HashSet;
use std::io::{Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const NAME_MOST: usize = 80;

/// Many files in one archive, each written as it comes, so that memory holds one at a time.
pub struct Bundle<W: Write + Seek> {
    archive: ZipWriter<W>,
    names: HashSet<String>,
}

impl<W: Write + Seek> Bundle<W> {
    pub fn new(file: W) -> Self {
        Self { archive: ZipWriter::new(file), names: HashSet::new() }
    }

    /// Adds a file under a name that leads nowhere and is there once.
    ///
    /// # Errors
    /// What the disk says.
    pub fn add(&mut self, name: &str, extension: &str, content: &[u8]) -> std::io::Result<()> {
        let plain = plain(name);
        let numbered = |nth: usize| if nth == 1 { plain.clone() } else { format!("{plain} ({nth})") };
        let free = (1..).map(numbered).find(|name| !self.names.contains(&name.to_lowercase()));
        let name = free.unwrap_or_default();
        self.names.insert(name.to_lowercase());
        // The files are packed in themselves already.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.archive.start_file(format!("{name}.{extension}"), options)?;
        self.archive.write_all(content)
    }

    /// # Errors
    /// What the disk says.
    pub fn finish(self) -> std::io::Result<W> {
        Ok(self.archive.finish()?)
    }
}

/// What every system takes as the name of a file.
fn plain(name: &str) -> String {
    let fits = |c: char| if c.is_control() || r#"\/:*?"<>|"#.contains(c) { ' ' } else { c };
    let name: String = name.chars().map(fits).take(NAME_MOST).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}
