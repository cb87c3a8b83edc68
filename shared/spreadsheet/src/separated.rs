//! Csv files, as spreadsheet programs of many places save them: with semicolons, commas or tabs,
//! with or without a mark of their encoding.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::{Line, MOST_COLUMNS, MOST_LINES, Refusal, bounded, cell_name};

/// The longest line, in bytes: no list of people has one.
const MOST_LINE_BYTES: usize = 64 * 1024;

/// How many separators a line may hold, empty cells at its end included.
const MOST_SEPARATORS: usize = 1_000;

/// Reads the lines that hold something.
///
/// # Errors
/// What is refused, and where.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Line>, Refusal> {
    const END: &str = "the end of the file";
    let mut text = decoded(bytes)?.into_owned();
    let is_odd = |character: char| character.is_control() && !"\t\n".contains(character);
    if text.contains(is_odd) {
        return Err(Refusal::NotASpreadsheet);
    }
    let (separator, start) = separator(&text);
    look_through(&text, separator)?;
    // A quotation mark that nobody closes swallows what follows, this line included.
    text.push('\n');
    text.push_str(END);
    let text = &text[start..];
    let mut numbers = Numbers { text, ..Numbers::default() };
    let mut lines = Vec::new();
    let mut is_whole = false;
    for record in reader(text, separator).records() {
        let record = record.map_err(|_| Refusal::Malformed("csv".to_owned()))?;
        let number = numbers.of(&record) + u32::from(start > 0);
        is_whole = record.len() == 1 && &record[0] == END;
        if is_whole {
            break;
        }
        let held = |(_, cell): &(usize, &str)| !cell.trim().is_empty();
        let Some((last, _)) = record.iter().enumerate().filter(held).last() else { continue };
        if last >= MOST_COLUMNS {
            let column = u32::try_from(last).unwrap_or(u32::MAX);
            return Err(Refusal::TooManyColumns(cell_name(number.saturating_sub(1), column)));
        }
        if lines.len() > MOST_LINES {
            return Err(Refusal::TooManyLines);
        }
        let cells = record.iter().take(last + 1).map(bounded).collect();
        lines.push(Line { number, cells });
    }
    if is_whole { Ok(lines) } else { Err(Refusal::Malformed(numbers.last.to_string())) }
}

/// The text with line feeds alone: as its mark says, else UTF-8, else what programs of Western
/// Europe write.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let (text, is_known) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding.decode_without_bom_handling(&bytes[mark..]).0, true),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => (text.into(), true),
            Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, false),
        },
    };
    let is_old_macintosh = !is_known && text.contains('\r') && !text.contains('\n');
    // What somebody between could not read is lost already.
    if is_old_macintosh || text.contains('\u{FFFD}') {
        return Err(Refusal::UnknownEncoding);
    }
    Ok(if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text
    })
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Bounds the lines before a reader takes one of them into memory.
fn look_through(text: &str, separator: u8) -> Result<(), Refusal> {
    for (number, line) in (0_u32..).zip(text.as_bytes().split(|byte| *byte == b'\n')) {
        if line.len() > MOST_LINE_BYTES {
            return Err(Refusal::Malformed((number + 1).to_string()));
        }
        if line.iter().filter(|byte| **byte == separator).count() > MOST_SEPARATORS {
            let column = u32::try_from(MOST_COLUMNS).unwrap_or(u32::MAX);
            return Err(Refusal::TooManyColumns(cell_name(number, column)));
        }
    }
    Ok(())
}

/// What separates the cells, and where they begin: what the first line says (`sep=;`), else what
/// splits it into most.
fn separator(text: &str) -> (u8, usize) {
    const ALL: [u8; 3] = [b';', b',', b'\t'];
    let begin = &text[..text.floor_char_boundary(MOST_LINE_BYTES)];
    let first = begin.split('\n').next().unwrap_or_default();
    if let [separator] = first.strip_prefix("sep=").unwrap_or_default().as_bytes()
        && ALL.contains(separator)
    {
        return (*separator, (first.len() + 1).min(text.len()));
    }
    let cells = |separator: &u8| {
        let first = reader(begin, *separator).records().next();
        first.and_then(Result::ok).map_or(0, |record| record.len())
    };
    // The first of those that split it equally is taken.
    let best = ALL.into_iter().rev().max_by_key(cells);
    (best.unwrap_or(b';'), 0)
}

/// The numbers that a spreadsheet program gives to records: one to each, and to each empty line.
#[derive(Default)]
struct Numbers<'a> {
    text: &'a str,
    /// How far the lines were counted.
    counted_bytes: usize,
    counted_lines: u32,
    /// Line breaks within cells, which begin no row.
    within_cells: u32,
    last: u32,
}

impl Numbers<'_> {
    fn of(&mut self, record: &csv::StringRecord) -> u32 {
        let begun = record.position().map_or(0, csv::Position::byte);
        let begun = usize::try_from(begun).unwrap_or(usize::MAX).min(self.text.len());
        let rest = &self.text.as_bytes()[begun..];
        let begun = begun + rest.iter().take_while(|byte| **byte == b'\n').count();
        let passed = &self.text.as_bytes()[self.counted_bytes..begun];
        let breaks = |bytes: &[u8]| {
            u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
        };
        self.counted_lines += breaks(passed);
        self.counted_bytes = begun;
        self.last = 1 + self.counted_lines - self.within_cells;
        self.within_cells += record.iter().map(|cell| breaks(cell.as_bytes())).sum::<u32>();
        self.last
    }
}
