//! The first visible sheet of an xlsx file, cell by cell, once its package has been looked through.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::{Line, MOST_COLUMNS, MOST_LINES, MOST_SHEET_LINES, Refusal, bounded, cell_name};

/// Reads the lines that hold something.
///
/// # Errors
/// What is refused, and where.
pub(crate) fn read(package: Vec<u8>) -> Result<Vec<Line>, Refusal> {
    let mut workbook = Xlsx::new(Cursor::new(package)).map_err(|error| match error {
        XlsxError::Password => Refusal::Encrypted,
        _ => Refusal::Malformed("xl/workbook.xml".to_owned()),
    })?;
    let sheets = workbook.sheets_metadata().iter();
    let mut shown = sheets.filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    });
    let sheet = shown.next().ok_or(Refusal::NotASpreadsheet)?.name.clone();
    let malformed = |_: XlsxError| Refusal::Malformed(sheet.clone());
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(malformed)?;
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(malformed)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (line, column) = cell.get_position();
        if line >= MOST_SHEET_LINES {
            return Err(Refusal::Malformed(sheet));
        }
        let place = usize::try_from(column).unwrap_or(usize::MAX);
        if place >= MOST_COLUMNS {
            return Err(Refusal::TooManyColumns(cell_name(line, column)));
        }
        let line = lines.entry(line).or_default();
        if line.len() <= place {
            line.resize(place + 1, String::new());
        }
        line[place] = text;
        if lines.len() > MOST_LINES + 1 {
            return Err(Refusal::TooManyLines);
        }
    }
    let line = |(number, cells)| Line { number: number + 1, cells };
    Ok(lines.into_iter().map(line).collect())
}

/// What a cell shows, as text. Dates and errors are no value of any column of ours: they stay what
/// they are, and the columns refuse them.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            bounded(text)
        }
        DataRef::SharedString(text) => bounded(text),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(date) => date.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}
