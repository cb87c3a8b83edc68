//! What an xlsx file is packed in, looked through part by part before anything of it is kept: its
//! claims about sizes and counts are not believed.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::{ZipArchive, ZipWriter};

use crate::{Refusal, cell_name};

/// How many parts a file may be packed in: programs make a few dozen.
const MOST_PARTS: usize = 200;

/// How many bytes all parts may unpack to, read one after the other and thrown away.
const MOST_UNPACKED_BYTES: u64 = 16 * 1024 * 1024;

/// The longest tag or text: programs end a cell at 32,767 characters.
const MOST_TOKEN_BYTES: usize = 4 * 32_767;

/// How many cells all sheets may hold together, empty ones included: 5,000 lines of 50 columns, and
/// the headings.
const MOST_CELLS: u32 = 5_001 * 50;

/// How many texts the cells may share.
const MOST_TEXTS: u32 = MOST_CELLS;

/// How many elements all parts may hold together: a cell and its text take four.
const MOST_ELEMENTS: u32 = 5 * MOST_CELLS;

/// How many sheets, names and relations of parts the reader may have to keep.
const MOST_KEPT: u32 = 1_000;

/// Looks through a file; what remains is what a list needs. How cells look is of no use here, and
/// the reader would copy it for each kind of cell.
///
/// # Errors
/// What is refused, and where.
pub(crate) fn inspected(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    // Each part has such a header; they are counted before any is read into memory.
    let headers = bytes.windows(4).filter(|window| *window == b"PK\x01\x02").count();
    if headers > MOST_PARTS {
        return Err(Refusal::TooManyParts);
    }
    let malformed = |_| Refusal::Malformed("zip".to_owned());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Err(Refusal::NotASpreadsheet);
    }
    let mut left = MOST_UNPACKED_BYTES;
    let mut counted = Counted::default();
    let mut needed = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..archive.len() {
        let raw = archive.by_index_raw(number).map_err(malformed)?;
        if raw.encrypted() {
            return Err(Refusal::Encrypted);
        }
        let name = raw.name().map_err(malformed)?.into_owned();
        if is_program(&name) {
            return Err(Refusal::Macros(short(&name)));
        }
        if raw.size() > left {
            return Err(Refusal::UnpackedTooLarge);
        }
        if !is_looks(&name) {
            needed.raw_copy_file(raw).map_err(malformed)?;
        } else {
            drop(raw);
        }
        let part = archive.by_index(number).map_err(malformed)?;
        // One byte more than is left shows whether the part claims less than it holds.
        let mut unpacked = part.take(left + 1);
        let looked = counted.look_through(&name, &mut unpacked);
        let rest = std::io::copy(&mut unpacked, &mut std::io::sink());
        if unpacked.limit() == 0 {
            return Err(Refusal::UnpackedTooLarge);
        }
        left -= left + 1 - unpacked.limit();
        looked?;
        rest.map_err(|_| Refusal::Malformed(short(&name)))?;
    }
    Ok(needed.finish().map_err(malformed)?.into_inner())
}

/// A name from a file, as far as it is worth to be told.
fn short(name: &str) -> String {
    name.chars().take(100).collect()
}

fn is_program(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_module = name.ends_with(".bin") && (name.contains("vba") || name.contains("macro"));
    is_module || name.contains("/activex/") || name.contains("/macrosheets/")
}

/// Whether a part says how cells look.
fn is_looks(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('\\', "/");
    name.ends_with("styles.xml") || name.contains("theme/")
}

/// What all parts hold together.
#[derive(Default)]
struct Counted {
    elements: u32,
    cells: u32,
    texts: u32,
    kept: u32,
}

/// Where a cell stands, as the reader counts.
#[derive(Default)]
struct Place {
    line: u32,
    column: u32,
    /// The cell that is open, by its own name if it has one.
    cell: Option<Option<String>>,
}

impl Counted {
    /// Reads a part as XML, whatever its name: relations between parts may lead anywhere. Of a part
    /// that is none by its name, what is no XML is left alone.
    fn look_through(&mut self, name: &str, part: impl Read) -> Result<(), Refusal> {
        let mut xml = Reader::from_reader(BufReader::new(part));
        // As the reader that comes afterwards reads it.
        let config = xml.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        let is_xml = is_xml(name);
        let mut place = Place::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(element)) => self.element(name, &element, &mut place)?,
                Ok(Event::End(element)) => match element.local_name().as_ref() {
                    "c" => {
                        place.cell = None;
                        place.column += 1;
                    }
                    "row" => (place.line, place.column) = (place.line.saturating_add(1), 0),
                    _ => {}
                },
                Ok(Event::DocType(_)) if is_xml => {
                    return Err(Refusal::DocumentType(short(name)));
                }
                Ok(Event::Eof | Event::DocType(_)) => return Ok(()),
                Ok(_) => {}
                Err(_) if is_xml => return Err(Refusal::Malformed(short(name))),
                Err(_) => return Ok(()),
            }
            match buffer.len() > MOST_TOKEN_BYTES {
                true if is_xml => return Err(Refusal::UnpackedTooLarge),
                true => return Ok(()),
                false => {}
            }
        }
    }

    fn element(
        &mut self,
        part: &str,
        element: &BytesStart<'_>,
        place: &mut Place,
    ) -> Result<(), Refusal> {
        self.elements += 1;
        match element.local_name().as_ref() {
            "row" => {
                let number = attribute(element, "r").and_then(|number| number.parse().ok());
                place.line = number.map_or(place.line, |number: u32| number.saturating_sub(1));
            }
            "c" => {
                self.cells += 1;
                place.cell = Some(attribute(element, "r"));
            }
            "f" => {
                if let Some(named) = place.cell.take() {
                    let cell = named.unwrap_or_else(|| cell_name(place.line, place.column));
                    let sheet = part.rsplit('/').next().unwrap_or_default();
                    return Err(Refusal::Formula(format!("{} ({})", short(&cell), short(sheet))));
                }
            }
            "si" => self.texts += 1,
            "Relationship" | "sheet" | "definedName" => self.kept += 1,
            // Memory is set aside for as many texts as the file says that it has.
            "sst" if claims_more(element) => return Err(Refusal::TooManyCells),
            _ => {}
        }
        let is_much = self.cells > MOST_CELLS
            || self.texts > MOST_TEXTS
            || self.kept > MOST_KEPT
            || self.elements > MOST_ELEMENTS;
        if is_much { Err(Refusal::TooManyCells) } else { Ok(()) }
    }
}

fn is_xml(name: &str) -> bool {
    [".xml", ".rels", ".vml"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(attribute.value.into_owned())
}

fn claims_more(element: &BytesStart<'_>) -> bool {
    let claimed = attribute(element, "uniqueCount");
    let claimed = claimed.and_then(|claimed| claimed.trim().parse().ok());
    claimed.is_some_and(|count: u64| count > u64::from(MOST_TEXTS))
}
