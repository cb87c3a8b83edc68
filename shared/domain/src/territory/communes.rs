//! The official communes, found by code, and by the beginning of a name or of a postal code.
//!
//! `communes.txt` is written by `generate.mjs` from the same edition of the same list as the
//! departments. It is text that is searched where it lies, so that it costs a start nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::DepartmentCode;
use crate::text::folded;

static COMMUNES: &str = include_str!("communes.txt");

/// The names as they are searched, made by the first search.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { text: String::with_capacity(COMMUNES.len() / 2), lines: Vec::new() };
    let mut begin = 0;
    for line in COMMUNES.lines() {
        let name = line.split('\t').nth(1).unwrap_or_default();
        names.lines.push((names.text.len(), begin));
        names.text.push_str(&searched(name));
        names.text.push('\n');
        begin += line.len() + 1;
    }
    names
});

/// All names in one text, a line for each commune, and where each line begins, here and there.
struct Names {
    text: String,
    lines: Vec<(usize, usize)>,
}

impl Names {
    /// The communes in whose name a word begins so, and how well the name fits: the whole of it,
    /// its beginning, or that of a later word.
    fn with(&self, wanted: &str) -> BTreeMap<usize, u8> {
        let mut found = BTreeMap::new();
        for (at, _) in self.text.match_indices(wanted) {
            let before = at.checked_sub(1).map_or(b'\n', |before| self.text.as_bytes()[before]);
            let after = self.text.as_bytes().get(at + wanted.len());
            let fit = match (before, after) {
                (b'\n', Some(b'\n')) => 0,
                (b'\n', _) => 1,
                (b' ', _) => 2,
                _ => continue,
            };
            let line = self.lines.partition_point(|(begin, _)| *begin <= at).saturating_sub(1);
            found.entry(self.lines[line].1).or_insert(fit);
        }
        found
    }
}

/// A commune of the official list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commune {
    /// The INSEE code: `33063`, `2A004`, `97411`.
    pub code: &'static str,
    /// The official name.
    pub name: &'static str,
    /// How many digits the number of its inhabitants has.
    magnitude: u8,
    postal_codes: &'static str,
}

/// How well a commune answers a search: the best sorts first.
type Rank = (u8, u8, usize, &'static str);

impl Commune {
    /// The commune with this code, written exactly as INSEE writes it.
    pub fn find(code: &str) -> Option<Self> {
        let text = COMMUNES.as_bytes();
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low.midpoint(high);
            let begin = text[low..middle].iter().rposition(|byte| *byte == b'\n');
            let begin = begin.map_or(low, |before| low + before + 1);
            let line = COMMUNES[begin..].lines().next()?;
            let commune = Self::read(line)?;
            match commune.code.cmp(code) {
                std::cmp::Ordering::Equal => return Some(commune),
                std::cmp::Ordering::Less => low = begin + line.len() + 1,
                std::cmp::Ordering::Greater => high = begin,
            }
        }
        None
    }

    /// At most `most` communes whose postal code begins so or, where there are letters, in whose
    /// name a word begins so: whole names first, then beginnings, the large communes before the
    /// small ones. Nothing for an empty text.
    pub fn search(text: &str, most: usize) -> Vec<Self> {
        let wanted = searched(text);
        let mut found: Vec<(Rank, Self)> = if wanted.is_empty() {
            Vec::new()
        } else if wanted.bytes().all(|byte| byte.is_ascii_digit()) {
            let with = communes().filter(|commune| commune.has_postal_code(&wanted));
            with.map(|commune| (commune.rank(0), commune)).collect()
        } else {
            let with = NAMES.with(&wanted).into_iter();
            let ranked = with.filter_map(|(begin, fit)| {
                let commune = Self::read(COMMUNES[begin..].lines().next()?)?;
                Some((commune.rank(fit), commune))
            });
            ranked.collect()
        };
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().take(most).map(|(_, commune)| commune).collect()
    }

    /// The department where it lies.
    pub fn department(&self) -> Option<DepartmentCode> {
        let digits = if self.code.starts_with("97") || self.code.starts_with("98") { 3 } else { 2 };
        DepartmentCode::find(self.code.get(..digits)?)
    }

    /// Its postal codes, in order; a few uninhabited islands have none.
    pub fn postal_codes(&self) -> impl Iterator<Item = &'static str> {
        self.postal_codes.split(' ').filter(|code| !code.is_empty())
    }

    fn has_postal_code(&self, wanted: &str) -> bool {
        self.postal_codes().any(|code| code.starts_with(wanted))
    }

    fn rank(&self, fit: u8) -> Rank {
        (fit, u8::MAX - self.magnitude, self.name.len(), self.code)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        let (code, name) = (cells.next()?, cells.next()?);
        let (magnitude, postal_codes) = (cells.next()?.parse().ok()?, cells.next()?);
        Some(Self { code, name, magnitude, postal_codes })
    }
}

fn communes() -> impl Iterator<Item = Commune> {
    COMMUNES.lines().filter_map(Commune::read)
}

/// A name as it is searched: folded, with the saints written out.
fn searched(name: &str) -> String {
    let plain = folded(name);
    let whole = |word| match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    };
    plain.split(' ').map(whole).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        Commune::search(text, 5).iter().map(|commune| commune.name).collect()
    }

    #[test]
    fn every_commune_is_found_by_its_code_and_lies_in_a_department() {
        assert_eq!(communes().count(), COMMUNES.lines().count());
        assert!(communes().is_sorted_by(|one, next| one.code < next.code));
        for commune in communes() {
            assert_eq!(Commune::find(commune.code), Some(commune));
            assert!(commune.department().is_some(), "{}", commune.code);
        }
        for code in ["", "0", "33", "33063 ", "2a004", "99999", "75111"] {
            assert_eq!(Commune::find(code), None, "{code}");
        }
    }

    #[test]
    fn a_commune_is_found_as_people_write_it() {
        for (text, first) in [
            ("bordeaux", "Bordeaux"),
            ("BORDEA", "Bordeaux"),
            ("saint etienne", "Saint-Étienne"),
            ("St-Etienne", "Saint-Étienne"),
            ("ste mere eglise", "Sainte-Mère-Église"),
            ("l’abergement clem", "L'Abergement-Clémenciat"),
            ("oeuilly", "Œuilly"),
            ("33000", "Bordeaux"),
            ("75116", "Paris"),
            ("97400", "Saint-Denis"),
            ("20000", "Ajaccio"),
            ("Rochelle", "La Rochelle"),
        ] {
            assert_eq!(names(text).first(), Some(&first), "{text}: {:?}", names(text));
        }
        assert!(names("ordeaux").is_empty(), "the beginning of a word");
        assert!(names("").is_empty() && names(" - ").is_empty());
        assert_eq!(names("saint").len(), 5);
        let code = |code| Commune::find(code).unwrap().department().unwrap().as_str();
        assert_eq!([code("33063"), code("2A004"), code("97411")], ["33", "2A", "974"]);
    }
}
