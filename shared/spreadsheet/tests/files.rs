//! Files as programs save them, and files as attackers make them.

#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]
#![allow(clippy::disallowed_methods, reason = "the files of the tests are files")]
#![allow(clippy::print_stdout, reason = "the figures are for whoever looks closer")]

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use guichet_spreadsheet::{Choices, Column, Line, MOST_LINES, Refusal, Sheet, read, write};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The memory that reading any file may take, the process included.
const MOST_KILOBYTES: u64 = 64 * 1024;

/// The processor time that reading any file may take.
const MOST_MILLISECONDS: u64 = 2_000;

fn saved(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spreadsheets");
    std::fs::read(folder.join(name)).unwrap()
}

fn cells(lines: &[Line]) -> Vec<&[String]> {
    lines.iter().map(|line| line.cells.as_slice()).collect()
}

#[test]
fn what_a_program_saves_reads_the_same_in_each_format() {
    let xlsx = read(&saved("twelve.xlsx")).unwrap();
    assert_eq!(xlsx.len(), 13);
    assert_eq!(xlsx[0].cells[..3], ["Prénom", "Nom", "Adresse électronique"]);
    assert_eq!(xlsx[1].cells[3], "Chargée de mission ; Œuvres sociales");
    assert_eq!((xlsx[12].number, xlsx[12].cells[1].as_str()), (13, "d’Arc"));
    let utf_8 = read(&saved("utf_8.csv")).unwrap();
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend(saved("utf_8.csv"));
    assert_eq!(read(&marked).unwrap(), utf_8);
    assert_eq!(cells(&utf_8)[..13], cells(&xlsx)[..13]);
    // What Windows-1252 has no letter for was a question mark when the program saved it.
    let western = read(&saved("windows_1252.csv")).unwrap();
    assert_eq!(western[1], utf_8[1]);
    assert_eq!(western[12].cells[1], "d’Arc");
    let wide: Vec<u8> = std::iter::once(0xFEFF)
        .chain(String::from_utf8(saved("utf_8.csv")).unwrap().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(&wide).unwrap(), utf_8);
}

#[test]
fn five_thousand_people_are_read_whole_and_one_more_is_too_many() {
    let lines = read(&saved("five_thousand.xlsx")).unwrap();
    assert_eq!(lines.len(), MOST_LINES + 1);
    assert_eq!(lines[5_000].cells[2], "personne.5000@import.exemple.fr");
    let more = "a;b\n".repeat(MOST_LINES + 2);
    assert_eq!(read(more.as_bytes()), Err(Refusal::TooManyLines));
}

#[test]
fn csv_files_say_how_they_are_separated() {
    let read = |text: &str| read(text.as_bytes());
    let expected = vec!["a,b".to_owned(), "c".to_owned()];
    for text in ["sep=;\r\na,b;c\r\n", "\"a,b\",c\n", "sep=\t\na,b\tc\n", "a,b;c"] {
        assert_eq!(cells(&read(text).unwrap()), [expected.as_slice()], "{text}");
    }
    let lines = read("a;b\n\n;;\n c ;\n").unwrap();
    assert_eq!(lines[1], Line { number: 4, cells: vec!["c".to_owned()] });
    assert_eq!(
        read(&format!("a;b\n\"c;d\n{}", "e;f\n".repeat(200))),
        Err(Refusal::Malformed("2".to_owned()))
    );
    assert_eq!(
        read(&format!("a\n{}", ";".repeat(49) + "b;c")),
        Err(Refusal::TooManyColumns("AY2".to_owned()))
    );
    for end in ["\n", "\r\n", "\r"] {
        let rows = ["a;b", "", "", "\"c", "d\";e", "f;g", "", "h"].join(end);
        let lines = read(&rows).unwrap();
        let numbers: Vec<u32> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 4, 5, 7], "{end:?}");
        assert_eq!(lines[1].cells, ["c\nd", "e"]);
    }
    assert_eq!(read("sep=;\n\na;b").unwrap()[0].number, 3);
    // A quotation mark that nobody closes, in a short file and in a column that nobody reads.
    assert_eq!(read("a;b\nc;\"d\ne;f\n"), Err(Refusal::Malformed("2".to_owned())));
    assert_eq!(read("a;b\nc;d\u{FFFD}\n"), Err(Refusal::UnknownEncoding));
    assert_eq!(guichet_spreadsheet::read(b"Pr\x8Enom\rZo\x8E\r"), Err(Refusal::UnknownEncoding));
    assert_eq!(read(""), Err(Refusal::Empty));
    assert_eq!(read(" \n;\n"), Err(Refusal::Empty));
}

/// An xlsx file made of a sheet, shared texts and any further parts.
fn package(sheet: &str, texts: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = "http://schemas.openxmlformats.org/package/2006/relationships";
    let types = "<Types/>".to_owned();
    let root = format!(
        "<Relationships xmlns=\"{related}\"><Relationship Id=\"r1\" \
         Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>\
         <sheet name=\"Feuille\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{related}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>");
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
    ];
    parts.extend(more);
    zipped(&parts)
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const NO_TEXTS: &str = "<sst/>";

fn cell(place: &str, text: &str) -> String {
    format!("<row><c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>")
}

/// The same bytes with what stands for a size replaced, wherever it stands.
fn claiming(mut bytes: Vec<u8>, held: u32, claimed: u32) -> Vec<u8> {
    let (held, claimed) = (held.to_le_bytes(), claimed.to_le_bytes());
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == held {
            bytes[at..at + 4].copy_from_slice(&claimed);
        }
    }
    bytes
}

/// A file, and what is said of it: the reason and the place, or how many lines it has.
type Case = (&'static str, Vec<u8>, &'static str);

/// Files that are more than they seem.
fn bombs() -> Vec<Case> {
    let of_sheet = |sheet: &str| package(sheet, NO_TEXTS, &[]);
    let with = |name, content: &[u8]| package("", NO_TEXTS, &[(name, content)]);
    let of_texts = |texts: &str| package("", texts, &[]);
    let odd_size = 1_234_567;
    let odd = with("xl/theme.xml", &vec![b' '; odd_size as usize]);
    let many: Vec<String> = (0..10_000).map(|number| format!("xl/{number}.xml")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let texts: String = (0..250_050).map(|n| format!("<si><t>a text of {n:06}</t></si>")).collect();
    let rows = (0..5_001).map(|row| {
        let cells = (0..50).map(|column| format!("<c t=\"s\"><v>{}</v></c>", row * 50 + column));
        format!("<row>{}</row>", cells.collect::<String>())
    });
    let all = package(&rows.collect::<String>(), &format!("<sst>{texts}</sst>"), &[]);
    let two_million = format!("<sst>{}</sst>", "<si/>".repeat(2_000_000));
    let too_large = "unpacked_too_large";
    let name = "x".repeat(100_000);
    let font = format!(
        "<styleSheet><fonts><font><name val=\"{name}\"/></font></fonts>\
         <cellXfs>{}</cellXfs></styleSheet>",
        "<xf/>".repeat(5_000)
    );
    let xfs = format!("<styleSheet>{}</styleSheet>", "<xf/>".repeat(2_000_000));
    let relations = "<Relationship Id=\"a\" Target=\"b\"/>".repeat(300_000);
    let sheets = "<sheet name=\"a\" sheetId=\"1\"/>".repeat(500_000);
    let one = |cell: &str| format!("Nom\n{cell}\n").into_bytes();
    vec![
        ("zip bomb", with("xl/media/image1.png", &vec![b' '; 200 << 20]), too_large),
        ("4 GB claimed", claiming(odd.clone(), odd_size, u32::MAX - 1), too_large),
        ("less claimed than held", claiming(odd, odd_size, 12), "malformed xl/theme.xml"),
        ("a million empty cells", of_sheet(&"<c/>".repeat(1_000_000)), "too_many_cells"),
        ("two million texts", of_texts(&two_million), "too_many_cells"),
        (
            "a billion texts claimed",
            of_texts("<sst uniqueCount=\"1000000000\"/>"),
            "too_many_cells",
        ),
        ("ten thousand parts", zipped(&many), "too_many_parts"),
        ("one text of 12 MB", of_sheet(&cell("A1", &"x".repeat(12 << 20))), too_large),
        ("texts as many and as long as may be", all, "5001 lines"),
        ("a deep nest", of_sheet(&"<a>".repeat(3_000_000)), "too_many_cells"),
        ("one look for 5,000 kinds of cells", with("xl/styles.xml", font.as_bytes()), "empty"),
        ("two million kinds of cells", with("xl/styles.xml", xfs.as_bytes()), "too_many_cells"),
        ("many relations", with("xl/_rels/other.rels", relations.as_bytes()), "too_many_cells"),
        ("many sheets", with("xl/other.xml", sheets.as_bytes()), "too_many_cells"),
        ("4 MB of semicolons", vec![b';'; 4 << 20], "malformed 1"),
        ("4 MB of short cells", b"a;".repeat(2 << 20), "malformed 1"),
        ("a line of 60,000 cells", one(&";".repeat(60_000)), "too_many_columns AY2"),
        ("4 MB of the euro sign", vec![0x80; 4 << 20], "malformed 1"),
        ("4 MB of empty lines", vec![b'\n'; 4 << 20], "empty"),
        ("a cell of 60 KB", one(&"x".repeat(60_000)), "2 lines"),
        ("more than 4 MB", vec![b'a'; (4 << 20) + 1], too_large),
    ]
}

/// Files that are other than they seem, or hold what they should not.
fn strangers() -> Vec<Case> {
    let of_sheet = |sheet: &str| package(sheet, NO_TEXTS, &[]);
    let with = |name, content: &[u8]| package("", NO_TEXTS, &[(name, content)]);
    let entity =
        "<!DOCTYPE sst [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><sst><si><t>&a;</t></si></sst>";
    let formula = "<row><c r=\"B7\"><f>1+1</f><v>2</v></c></row>";
    let mut image = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec();
    image.extend([7; 900]);
    let whole = saved("five_thousand.xlsx");
    let half = whole[..whole.len() / 2].to_vec();
    let nested = zipped(&[("liste.xlsx", &of_sheet(&cell("A1", "Nom")))]);
    vec![
        ("nested archive", nested, "not_a_spreadsheet"),
        ("external entity", package("", entity, &[]), "document_type xl/sharedStrings.xml"),
        ("macros", with("xl/vbaProject.bin", b"x"), "macros xl/vbaProject.bin"),
        ("formula", of_sheet(formula), "formula B7 (sheet1.xml)"),
        (
            "formula of a hidden part",
            with("xl/image.png", formula.as_bytes()),
            "formula B7 (image.png)",
        ),
        ("the last cell of all", of_sheet(&cell("XFD1048576", "x")), "too_many_columns XFD1048576"),
        (
            "six thousand lines",
            of_sheet(&"<row><c><v>1</v></c></row>".repeat(6_000)),
            "too_many_lines",
        ),
        ("password", saved("password.xlsx"), "encrypted"),
        ("before 2007", saved("twelve.xls"), "old_format"),
        ("open document", saved("twelve.ods"), "not_a_spreadsheet"),
        ("truncated", half, "malformed zip"),
        ("image", image, "not_a_spreadsheet"),
        ("nothing", of_sheet(""), "empty"),
        ("five thousand people", whole, "5001 lines"),
    ]
}

/// What is said of a file.
fn said(file: &[u8]) -> String {
    match read(file) {
        Ok(lines) => format!("{} lines", lines.len()),
        Err(refusal) => match refusal.place() {
            Some(place) => format!("{refusal} {place}"),
            None => refusal.to_string(),
        },
    }
}

/// What a process of its own says of a file, its kilobytes and its milliseconds.
fn measured(file: &Path) -> (String, u64, u64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "one_file", "--nocapture", "--quiet"])
        .env("GUICHET_FILE", file)
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let told = output.lines().find_map(|line| line.split_once("measured: "));
    let told: Vec<&str> = told.unwrap_or_else(|| panic!("{output}")).1.split(" | ").collect();
    (told[0].to_owned(), told[1].parse().unwrap(), told[2].parse().unwrap())
}

/// The other process of [`measured`]: reads the file that it is given, if it is given one.
#[test]
fn one_file() {
    let Some(file) = std::env::var_os("GUICHET_FILE") else { return };
    let said = said(&std::fs::read(file).unwrap());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes = most.trim().trim_end_matches(" kB");
    // User and system time of the process, in hundredths of a second.
    let times = std::fs::read_to_string("/proc/self/stat").unwrap();
    let times = times.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
    let hundredths: u64 = times.map(|time| time.parse::<u64>().unwrap()).sum();
    println!("measured: {said} | {kilobytes} | {}", hundredths * 10);
}

#[test]
fn hostile_files_are_refused_in_little_memory_and_time() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes, expected) in bombs().into_iter().chain(strangers()) {
        let file = folder.join(name.replace(' ', "_"));
        std::fs::write(&file, &bytes).unwrap();
        let (said, kilobytes, milliseconds) = measured(&file);
        let size = bytes.len();
        println!("{name:<36}{size:>9} bytes  {said:<36}{kilobytes:>6} KB{milliseconds:>6} ms");
        assert_eq!(said, expected, "{name}");
        assert!(kilobytes <= MOST_KILOBYTES, "{name}: {kilobytes} KB");
        assert!(milliseconds <= MOST_MILLISECONDS, "{name}: {milliseconds} ms");
    }
}

/// A sheet of one column.
fn sheet(texts: &[String]) -> Sheet {
    let column = |heading: &str| Column::of_text(heading, 20);
    let lines = texts.iter().map(|text| vec!["·".to_owned(), text.clone()]).collect();
    Sheet { name: "Personnes".to_owned(), columns: vec![column("a"), column("b")], lines }
}

#[test]
fn what_looks_like_a_formula_is_written_as_text() {
    let texts =
        ["=1+1", "+33 1", "-2", "@SUM(A1)", "=HYPERLINK(\"https://evil.example\")", "plain"];
    let texts = texts.map(str::to_owned);
    let file = write(&[sheet(&texts)], 0).unwrap();
    // A formula would be refused.
    let lines = read(&file).unwrap();
    let read: Vec<&String> = lines[1..].iter().map(|line| &line.cells[1]).collect();
    assert_eq!(read, texts.iter().collect::<Vec<_>>());
}

#[test]
fn choices_are_offered_without_a_formula_in_any_cell() {
    let choices = ["Utilisateur", "Vérificateur"].map(str::to_owned).to_vec();
    let column = Column { choices: Choices::OneOf(choices), ..Column::of_text("Niveau", 20) };
    let columns = vec![column];
    let file =
        write(&[Sheet { name: "Modèle".to_owned(), columns, lines: Vec::new() }], 0).unwrap();
    assert_eq!(cells(&read(&file).unwrap()), [["Niveau".to_owned()]]);
}

fn some_cases() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(some_cases())]

    #[test]
    fn any_text_comes_back_as_it_was_written(
        texts in proptest::collection::vec("\\PC{1,40}", 1..20),
    ) {
        let texts: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        let lines = read(&write(&[sheet(&texts)], 0).unwrap()).unwrap();
        let read: Vec<&str> =
            lines[1..].iter().map(|line| line.cells.get(1).map_or("", String::as_str)).collect();
        prop_assert_eq!(read, texts.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        packed in any::<bool>(),
    ) {
        // Stored parts let the damage reach what is in them.
        let mut bytes = if packed { saved("twelve.xlsx") } else { stored("twelve.xlsx") };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes);
    }
}

/// A saved file with its parts unpacked.
fn stored(name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(saved(name))).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).unwrap();
        let name = part.name().unwrap().into_owned();
        writer.start_file(name, options).unwrap();
        std::io::copy(&mut part, &mut writer).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
