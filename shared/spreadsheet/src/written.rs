//! Xlsx files that we write. Every cell is text, so that none becomes a formula (RULES D16).

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};

/// A sheet.
#[derive(Clone)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its lines below the headings.
    pub lines: Vec<Vec<String>>,
}

/// Lines hold names and addresses (SECURITY S19).
impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({}, {} lines)", self.name, self.lines.len())
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// How many characters wide it is shown.
    pub width: u16,
    /// What may be chosen in it.
    pub choices: Choices,
}

/// What may be written in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// Anything.
    Any,
    /// One of these, which the program offers.
    OneOf(Vec<String>),
}

impl Column {
    /// A column of free text.
    pub fn of_text(heading: &str, width: u16) -> Self {
        Self { heading: heading.to_owned(), width, choices: Choices::Any }
    }
}

/// Writes sheets into a file. `made_at_seconds` since 1970 stands in its properties.
///
/// # Errors
/// A name, a text or a list of choices is longer than the format allows.
pub fn write(sheets: &[Sheet], made_at_seconds: i64) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(made_at_seconds)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    for sheet in sheets {
        fill(workbook.add_worksheet(), sheet)?;
    }
    workbook.save_to_buffer()
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    const LAST_LINE: u32 = 5_000;
    let heading = Format::new().set_bold();
    let plain = Format::new().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap();
    // Also somebody who edits the cell afterwards does not make it a formula.
    let quoted = plain.clone().set_quote_prefix();
    worksheet.set_name(&sheet.name)?.set_freeze_panes(1, 0)?;
    for (number, column) in (0_u16..).zip(&sheet.columns) {
        worksheet.set_column_width(number, column.width)?;
        worksheet.set_column_format(number, &plain)?;
        worksheet.write_string_with_format(0, number, &column.heading, &heading)?;
        if let Choices::OneOf(choices) = &column.choices {
            let validation = DataValidation::new().allow_list_strings(choices)?;
            worksheet.add_data_validation(1, number, LAST_LINE, number, &validation)?;
        }
    }
    for (number, cells) in (1_u32..).zip(&sheet.lines) {
        for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            let is_risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let format = if is_risky { &quoted } else { &plain };
            worksheet.write_string_with_format(number, column, text, format)?;
        }
    }
    Ok(())
}
