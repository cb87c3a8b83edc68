//! Instants, territories, levels and numbers as text, in mails and on pages.

use guichet_domain::instant::Instant;
use guichet_domain::level::Language;
use guichet_domain::territory::{DepartmentCode, Territory};
use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::message::{Counted, Precision};

static PARIS: TimeZone = jiff::tz::get!("Europe/Paris");

const FRENCH_DAYS: [&str; 7] =
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

const ENGLISH_DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The instant as people of the language write it, in Paris's time:
/// « samedi 21 novembre 2026 à 20 h 09 (heure de Paris) »,
/// "Saturday 21 November 2026 at 20:09 (Paris time)", with no-break spaces in the date and the
/// hour.
pub fn written_instant(instant: Instant, language: Language) -> String {
    let local = instant.timestamp().to_zoned(PARIS.clone());
    match language {
        Language::Fr => french_instant(&local),
        Language::En => english_instant(&local),
    }
}

fn french_instant(local: &Zoned) -> String {
    let weekday = nth(&FRENCH_DAYS, local.weekday().to_monday_zero_offset());
    let month = nth(&FRENCH_MONTHS, local.month() - 1);
    let day = if local.day() == 1 { "1er".to_owned() } else { local.day().to_string() };
    let (year, hour, minute) = (local.year(), local.hour(), local.minute());
    let date = format!("{weekday} {day}\u{A0}{month}\u{A0}{year}");
    format!("{date} à {hour}\u{A0}h\u{A0}{minute:02} (heure de Paris)")
}

fn english_instant(local: &Zoned) -> String {
    let weekday = nth(&ENGLISH_DAYS, local.weekday().to_monday_zero_offset());
    let month = nth(&ENGLISH_MONTHS, local.month() - 1);
    let (day, year, hour, minute) = (local.day(), local.year(), local.hour(), local.minute());
    let date = format!("{weekday} {day}\u{A0}{month}\u{A0}{year}");
    format!("{date} at {hour:02}:{minute:02} (Paris time)")
}

fn nth(names: &[&'static str], place: i8) -> &'static str {
    let name = usize::try_from(place).ok().and_then(|place| names.get(place));
    name.copied().unwrap_or_default()
}

/// The territory as text: « Gironde (33) et Pyrénées-Atlantiques (64) », « France entière », with
/// a no-break space between a name and its code.
pub fn written_territory(territory: &Territory, language: Language) -> String {
    let names: Vec<String> = territory.codes().map(written_department).collect();
    let and = match language {
        Language::Fr => " et ",
        Language::En => " and ",
    };
    match (names.as_slice(), language) {
        ([], Language::Fr) => "France entière".to_owned(),
        ([], Language::En) => "All of France".to_owned(),
        ([only], _) => only.clone(),
        ([first @ .., last], _) => format!("{}{and}{last}", first.join(", ")),
    }
}

/// The official list has typewriter apostrophes: « Côte-d’Or ».
fn written_department(code: DepartmentCode) -> String {
    let department = code.department();
    format!("{}\u{A0}({})", department.name.replace('\'', "’"), department.code)
}

/// The number: « 5 000 » (with a narrow no-break space), "5,000".
pub(crate) fn written_number(count: u32, language: Language) -> String {
    written_count(Counted { count, precision: Precision::Exact }, language)
}

/// The number, or the most that was counted: « 1 000 ou plus » (with a narrow no-break space),
/// "1,000 or more".
pub(crate) fn written_count(counted: Counted, language: Language) -> String {
    let (separator, or_more) = match language {
        Language::Fr => ('\u{202F}', " ou plus"),
        Language::En => (',', " or more"),
    };
    let digits = counted.count.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(separator);
        }
        written.push(digit);
    }
    match counted.precision {
        Precision::Exact => written,
        Precision::AtLeast => written + or_more,
    }
}

/// The text as it begins a sentence.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_the_time_of_paris() {
        let cases = [
            (
                "2026-11-21T19:09:00Z",
                "samedi 21\u{A0}novembre\u{A0}2026 à 20\u{A0}h\u{A0}09 (heure de Paris)",
                "Saturday 21\u{A0}November\u{A0}2026 at 20:09 (Paris time)",
            ),
            (
                "2026-07-31T22:00:00Z",
                "samedi 1er\u{A0}août\u{A0}2026 à 0\u{A0}h\u{A0}00 (heure de Paris)",
                "Saturday 1\u{A0}August\u{A0}2026 at 00:00 (Paris time)",
            ),
        ];
        for (instant, french, english) in cases {
            let instant: Instant = instant.parse().unwrap();
            assert_eq!(written_instant(instant, Language::Fr), french);
            assert_eq!(written_instant(instant, Language::En), english);
        }
    }

    #[test]
    fn territories_are_written_with_names_and_codes() {
        let written = |codes: &[&str], language| {
            let territory = Territory::departments(codes.iter().copied()).unwrap();
            written_territory(&territory, language)
        };
        let both = "Gironde\u{A0}(33) et Pyrénées-Atlantiques\u{A0}(64)";
        assert_eq!(written(&["64", "33"], Language::Fr), both);
        assert_eq!(
            written(&["21", "33", "2A"], Language::En),
            "Côte-d’Or\u{A0}(21), Corse-du-Sud\u{A0}(2A) and Gironde\u{A0}(33)"
        );
        assert_eq!(written(&["33"], Language::Fr), "Gironde\u{A0}(33)");
        assert_eq!(written_territory(&Territory::National, Language::Fr), "France entière");
    }

    #[test]
    fn numbers_are_written_with_their_thousands_apart() {
        let cases = [
            (0, Precision::Exact, "0", "0"),
            (999, Precision::AtLeast, "999 ou plus", "999 or more"),
            (1000, Precision::AtLeast, "1\u{202F}000 ou plus", "1,000 or more"),
            (12_345, Precision::Exact, "12\u{202F}345", "12,345"),
            (1_234_567, Precision::Exact, "1\u{202F}234\u{202F}567", "1,234,567"),
        ];
        for (count, precision, french, english) in cases {
            let counted = Counted { count, precision };
            assert_eq!(written_count(counted, Language::Fr), french);
            assert_eq!(written_count(counted, Language::En), english);
        }
    }
}
