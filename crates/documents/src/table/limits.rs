//! How much of anything a file may hold. The defaults keep the reader under 64 MiB whatever the file says.

/// Bounds of one file. All are counted while reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes of all the parts of a workbook that are read, unpacked.
    pub unpacked_bytes: u64,
    /// Greatest believable ratio of unpacked to packed bytes of a part; real sheets stay below 60.
    pub ratio: u64,
    /// Parts in a workbook.
    pub members: u64,
    /// Sheets in a workbook.
    pub sheets: u64,
    /// Rows that hold anything, in one sheet.
    pub rows: u64,
    /// The last column that may hold anything.
    pub columns: u64,
    /// Cells in one sheet, blank formatted ones too.
    pub cells: u64,
    /// Characters in one cell; Excel's own bound.
    pub cell_chars: u64,
    /// Bytes of text in one row.
    pub row_bytes: u64,
    /// Bytes of text in all rows: a sheet can repeat one long shared string millions of times.
    pub text_bytes: u64,
    /// Shared strings of a workbook. They cost four bytes each, and their text waits in a temporary file once it
    /// passes `string_memory`.
    pub strings: u64,
    /// Bytes of shared strings that stay in memory.
    pub string_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 64 << 20,
            unpacked_bytes: 512 << 20,
            ratio: 200,
            members: 2_000,
            sheets: 256,
            rows: 1_000_000,
            columns: 256,
            cells: 16_000_000,
            cell_chars: 32_767,
            row_bytes: 4 << 20,
            text_bytes: 512 << 20,
            strings: 4_000_000,
            string_memory: 16 << 20,
        }
    }
}
