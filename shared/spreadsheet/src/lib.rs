//! Spreadsheets that people exchange: rows read from xlsx and csv files, and xlsx files written.
//!
//! A file comes from anybody, so everything in it is bounded before it is taken into memory
//! (RULES D16). What is refused is refused with the place where it stands.

mod package;
mod separated;
mod workbook;
mod written;

pub use written::{Choices, Column, Sheet, write};

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How many lines a file may hold beside its headings.
pub const MOST_LINES: usize = 5_000;

/// How many columns a file may hold.
pub const MOST_COLUMNS: usize = 50;

/// How many bytes of a cell are kept: no value of one of our columns is longer, and what is cut is
/// still too long for one.
pub const MOST_CELL_BYTES: usize = 500;

/// How many lines a sheet has.
const MOST_SHEET_LINES: u32 = 1_048_576;

/// A line of a file that holds something.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, as a spreadsheet program shows it.
    pub number: u32,
    /// Its cells as trimmed text, from the first column on; empty ones are empty.
    pub cells: Vec<String>,
}

/// Cells hold names and addresses (SECURITY S19).
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({}, <redacted>)", self.number)
    }
}

/// Why a file is refused, and where. It displays as a stable code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither xlsx nor text.
    #[error("not_a_spreadsheet")]
    NotASpreadsheet,
    /// A format of before 2007.
    #[error("old_format")]
    OldFormat,
    /// Protected by a password.
    #[error("encrypted")]
    Encrypted,
    /// It holds programs, in this part.
    #[error("macros")]
    Macros(String),
    /// This cell holds a formula.
    #[error("formula")]
    Formula(String),
    /// This part declares a document type, which may name entities of elsewhere.
    #[error("document_type")]
    DocumentType(String),
    /// This part, or this line, can't be read.
    #[error("malformed")]
    Malformed(String),
    /// Text in letters that nobody knows, or that somebody on the way has lost.
    #[error("unknown_encoding")]
    UnknownEncoding,
    /// It unpacks to more than it may.
    #[error("unpacked_too_large")]
    UnpackedTooLarge,
    /// It is packed in too many parts.
    #[error("too_many_parts")]
    TooManyParts,
    /// It holds too many cells.
    #[error("too_many_cells")]
    TooManyCells,
    /// It holds too many lines.
    #[error("too_many_lines")]
    TooManyLines,
    /// This cell stands too far to the right.
    #[error("too_many_columns")]
    TooManyColumns(String),
    /// It holds nothing.
    #[error("empty")]
    Empty,
}

impl Refusal {
    /// Where the file is wrong: a cell, a line or a part.
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Macros(place)
            | Self::Formula(place)
            | Self::DocumentType(place)
            | Self::Malformed(place)
            | Self::TooManyColumns(place) => Some(place),
            _ => None,
        }
    }
}

/// Reads the lines of a file: the first visible sheet of an xlsx file, or a csv file. What it is
/// says the file itself: programs name the type of csv files in many ways.
///
/// # Errors
/// What is refused, and where.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, Refusal> {
    const PACKAGE: &[u8] = b"PK\x03\x04";
    const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::UnpackedTooLarge);
    }
    let lines = if bytes.starts_with(PACKAGE) {
        workbook::read(package::inspected(bytes)?)?
    } else if bytes.starts_with(COMPOUND) {
        return Err(compound(bytes));
    } else {
        separated::read(bytes)?
    };
    if lines.is_empty() { Err(Refusal::Empty) } else { Ok(lines) }
}

/// What a compound file is: a workbook with a password, or one of before 2007. The names of its
/// streams stand in it as UTF-16.
fn compound(bytes: &[u8]) -> Refusal {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    match bytes.windows(name.len()).any(|window| window == name) {
        true => Refusal::Encrypted,
        false => Refusal::OldFormat,
    }
}

/// The text of a cell, trimmed and cut where nobody reads on.
fn bounded(text: &str) -> String {
    let text = text.trim();
    text[..text.floor_char_boundary(MOST_CELL_BYTES)].to_owned()
}

/// The name of a cell: `C12`, both counted from 0.
fn cell_name(line: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.into_iter().rev().collect::<String>(), u64::from(line) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_programs_name_them() {
        for (line, column, name) in [(0, 0, "A1"), (11, 2, "C12"), (0, 26, "AA1"), (4, 701, "ZZ5")]
        {
            assert_eq!(cell_name(line, column), name);
        }
        assert_eq!(cell_name(0, 16_383), "XFD1");
    }

    #[test]
    fn long_texts_are_cut_and_stay_too_long() {
        assert_eq!(bounded("  Anne \n"), "Anne");
        let cut = bounded(&"é".repeat(1_000));
        assert_eq!(cut.len(), MOST_CELL_BYTES);
    }
}
