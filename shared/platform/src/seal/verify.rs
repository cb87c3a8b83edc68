//! Verifying an export offline, line by line: what was changed, removed, inserted, moved or cut off
//! is found, and the first line that does not fit is named. An erased detail is no break.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::{BufRead, Seek};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ct_merkle::{InclusionProof, RootHash};
use guichet_domain::ids::EntryId;
use guichet_domain::instant::Instant;
use guichet_domain::journal::SealedDetail;
use guichet_domain::seal::{
    self, Journal, LATEST_SEAL_DAYS, SETTLED_SECONDS, Seal, begins_before, written_at,
};
use guichet_domain::signing::{KeyFamily, PublicKey};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{CERTIFICATE, EXPORT, End, SEAL, Salted, detail_hash, entry_hash, hash_of};
use crate::tokens::{claims, hexadecimal, signer};

/// What whoever verifies an export knows beside it.
#[derive(Debug, Clone)]
pub struct Known {
    /// The fingerprints of keys, as somebody noted them: each must be in the export. Without any,
    /// keys that no other certifies are believed.
    pub fingerprints: Vec<String>,
    /// Seals that were kept elsewhere.
    pub copies: Vec<String>,
    /// How many days after the end of the one before a seal may come.
    pub sealed_within_days: u32,
    /// Whether the table was restored since.
    pub history: History,
}

/// Whether the table of an export was ever set back to an earlier state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum History {
    /// Of each seal there is one version, and none is lost.
    #[default]
    Unbroken,
    /// Some seals are lost, and their numbers were given anew.
    Restored,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            fingerprints: Vec::new(),
            copies: Vec::new(),
            sealed_within_days: LATEST_SEAL_DAYS,
            history: History::default(),
        }
    }
}

impl Known {
    /// The fingerprints, spelt as we spell them.
    fn noted(&self) -> BTreeSet<String> {
        self.fingerprints.iter().map(|noted| noted.to_lowercase()).collect()
    }
}

/// That an export is whole, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose entries.
    pub journal: Journal,
    /// How many seals.
    pub seals: u64,
    /// How many entries.
    pub entries: u64,
    /// How many of them come without their detail: it was erased, or left out.
    pub without_detail: u64,
    /// How many seals were compared with copies kept elsewhere.
    pub compared: usize,
    /// Of how many seals a copy differs, or is all that is left: what a restore lost.
    pub lost: usize,
    /// How many seals came later than they should.
    pub late: u64,
    /// The beginning of what is sealed.
    pub complete_from: Option<Instant>,
    /// The end of what is sealed: every entry before it is there.
    pub complete_until: Option<Instant>,
    /// When the export was made.
    pub exported_at: Instant,
    /// The fingerprints of the keys that everything rests on.
    pub believed: BTreeSet<String>,
    /// The fingerprint of the key that the export was signed with.
    pub newest: String,
    /// Whether fingerprints were compared with what somebody had noted.
    pub trust: Trust,
}

/// Why the keys are believed that no other certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Somebody had noted its fingerprint.
    Noted,
    /// The export says so itself.
    Claimed,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journal, seals, entries, without_detail, exported_at, newest, .. } = self;
        writeln!(
            f,
            "The export is whole. It was made at {exported_at} from the journal {journal}."
        )?;
        writeln!(f, "Entries: {entries}, details erased or left out: {without_detail}.")?;
        writeln!(f, "Seals: {seals}.")?;
        match (self.complete_from, self.complete_until) {
            (Some(from), Some(until)) => writeln!(f, "It is sealed from {from} to {until}.")?,
            _ => writeln!(f, "Nothing of this journal was sealed yet.")?,
        }
        if self.late > 0 {
            let late = self.late;
            writeln!(f, "Late seals: {late}. What they cover may have been changed before.")?;
        }
        match self.compared {
            0 => writeln!(f, "It was compared with no copy of a seal.")?,
            compared => writeln!(f, "Seals like their copies: {compared}.")?,
        }
        if self.lost > 0 {
            writeln!(f, "Seals lost by a restore, or changed: {}.", self.lost)?;
        }
        writeln!(f, "It was signed with the key {newest}.")?;
        let believed: Vec<&str> = self.believed.iter().map(String::as_str).collect();
        let believed = believed.join(", ");
        match (self.trust, self.believed.len()) {
            (Trust::Noted, _) => write!(f, "It rests on what you had noted: {believed}."),
            (Trust::Claimed, 1) => write!(
                f,
                "It rests on this key, compared with nothing: {believed}.\n\
                 Note it, and give it next time as --fingerprint."
            ),
            (Trust::Claimed, _) => write!(
                f,
                "It rests on several keys, compared with nothing: {believed}.\n\
                 One is the first; each other began anew because a key was lost, or is a forger's."
            ),
        }
    }
}

/// The seals in a text: one in a line, alone or as the member `seal` of a log line.
pub fn seals_of(text: &str) -> Vec<String> {
    let seal = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(log) => log["seal"].as_str().map(str::to_owned),
        Err(_) => (line.split('.').count() == 3).then(|| line.to_owned()),
    };
    text.lines().map(str::trim).filter_map(seal).collect()
}

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which line, from 1 on.
    pub line: u64,
    /// Which entry, where the line is one of an entry.
    pub entry: Option<EntryId>,
    /// The entry before.
    pub after: Option<EntryId>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match (self.entry, self.after) {
            (Some(entry), _) => write!(f, ", entry {entry}")?,
            (None, Some(after)) => write!(f, ", after entry {after}")?,
            (None, None) => {}
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for Finding {}

/// A line of an export.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Seal {
        seal: String,
    },
    Entry {
        entry: Map<String, Value>,
        proof: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<Salted>,
    },
    End {
        end: String,
    },
}

/// What must be readable of an entry.
#[derive(Deserialize)]
struct Outline {
    id: EntryId,
    at: Instant,
    detail: Option<SealedDetail>,
}

/// How long the salt of a detail is: a salt of any length would let letters move between the two.
const SALT_LENGTH: usize = 43;

/// Verifies an export from its first to its last line.
///
/// # Errors
/// The first line that does not fit, or can't be read.
pub fn verify(mut export: impl BufRead + Seek, known: &Known) -> Result<Verified, Finding> {
    let mut verifier = Verifier::default();
    let unreadable = |error: std::io::Error| Finding {
        line: 0,
        entry: None,
        after: None,
        what: format!("the export can't be read: {error}"),
    };
    // The keys stand in the last line, which is read first.
    let (mut lines, mut last, mut bytes) = (0, Vec::new(), Vec::new());
    while export.read_until(b'\n', &mut bytes).map_err(unreadable)? > 0 {
        lines += 1;
        last = std::mem::take(&mut bytes);
    }
    verifier.line = lines;
    let end = verifier.end(&last, known)?;
    export.rewind().map_err(unreadable)?;
    verifier.line = 0;
    while export.read_until(b'\n', &mut bytes).map_err(unreadable)? > 0 {
        verifier.line += 1;
        let is_last = verifier.line == lines;
        verifier.read(&std::mem::take(&mut bytes), is_last, &end, known)?;
    }
    verifier.compare(known, &end)?;
    Ok(verifier.verified(end, known))
}

#[derive(Default)]
struct Verifier {
    line: u64,
    /// The entry of this line.
    entry: Option<EntryId>,
    /// The entry of the lines before.
    before: Option<EntryId>,
    /// The keys that are believed.
    keys: HashMap<String, PublicKey>,
    /// The fingerprints of those that are believed though no other certifies them.
    believed: BTreeSet<String>,
    /// The fingerprint of the key of the last line.
    newest: String,
    /// The seal whose entries come.
    open: Option<Open>,
    without_detail: u64,
    /// The line and the hash of each seal, to be compared with copies.
    seals: Vec<(u64, String)>,
    compared: usize,
    lost: usize,
    late: u64,
    complete_from: Option<Instant>,
}

/// A seal whose entries come.
struct Open {
    seal: Seal,
    hash: String,
    root: RootHash<Sha256>,
    /// How many have come.
    come: u64,
}

impl Verifier {
    fn wrong(&self, what: impl Into<String>) -> Finding {
        let (line, entry, after) = (self.line, self.entry, self.before);
        Finding { line, entry, after, what: what.into() }
    }

    /// The line, exactly as an export writes it.
    fn parse(&self, bytes: &[u8]) -> Result<Line, Finding> {
        let cut = || self.wrong("the export is cut off here");
        let text = bytes.strip_suffix(b"\n").ok_or_else(cut)?;
        let foreign = || self.wrong("this is no line that an export writes");
        let value: Value = serde_json::from_slice(text).map_err(|_| foreign())?;
        let line: Line = serde_json::from_value(value.clone()).map_err(|_| foreign())?;
        // Nothing may stand beside what is verified: no other member, no other spelling.
        let is_exact = serde_json::to_value(&line).is_ok_and(|line| line == value);
        if is_exact && value.to_string().as_bytes() == text { Ok(line) } else { Err(foreign()) }
    }

    /// The last line, whose keys verify everything else.
    fn end(&mut self, bytes: &[u8], known: &Known) -> Result<End, Finding> {
        let cut = "the export does not end with its last line: it is cut off";
        let Ok(Line::End { end: token }) = self.parse(bytes) else { return Err(self.wrong(cut)) };
        let forged = || self.wrong("the last line is not signed with a key that is believed");
        let claimed: End = insecure_decode_claims(&token).map_err(|_| forged())?;
        let (keys, believed) = chain(&claimed.keys, known);
        let found: BTreeSet<String> = keys.values().map(fingerprint).collect();
        if let Some(missing) = known.noted().difference(&found).next() {
            return Err(self.wrong(format!("the key that you noted is not in it: {missing}")));
        }
        let kid = signer(&token, EXPORT).ok_or_else(forged)?;
        let key = keys.get(&kid).ok_or_else(|| {
            let unknown = claimed.keys.iter().find(|key| key.kid == kid).map(fingerprint);
            let unknown = unknown.unwrap_or_default();
            self.wrong(format!(
                "the last line is signed with a key that is not believed: {unknown}"
            ))
        })?;
        let end: End = claims(&token, &key.point).ok_or_else(forged)?;
        if !is_in_use(key, end.exported_at) {
            return Err(self.wrong("the export was not made while its key could be used"));
        }
        self.newest = fingerprint(key);
        (self.keys, self.believed) = (keys, believed);
        Ok(end)
    }

    fn read(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        end: &End,
        known: &Known,
    ) -> Result<(), Finding> {
        self.before = self.entry.take().or(self.before);
        match self.parse(bytes)? {
            Line::Entry { entry, proof, detail } => self.entry(&entry, &proof, detail.as_ref()),
            Line::Seal { seal } => self.seal(&seal, end, known),
            Line::End { .. } if is_last => self.finish(end),
            Line::End { .. } => Err(self.wrong("lines follow after the end of the export")),
        }
    }

    fn seal(&mut self, token: &str, end: &End, known: &Known) -> Result<(), Finding> {
        self.is_complete()?;
        let forged = || self.wrong("the seal is not signed with a key that is believed");
        let key = signer(token, SEAL).and_then(|kid| self.keys.get(&kid)).ok_or_else(forged)?;
        let seal: Seal = claims(token, &key.point).ok_or_else(forged)?;
        let previous = self.open.as_ref().map(|open| (&open.seal, open.hash.as_str()));
        seal.check(previous).map_err(|what| self.wrong(what))?;
        if seal.journal != end.journal {
            return Err(self.wrong("the export is of another journal than the seal"));
        }
        if !is_in_use(key, seal.sealed_at) {
            return Err(self.wrong("the seal was not made while its key could be used"));
        }
        self.look_at_delay(&seal, known)?;
        if self.open.is_none() {
            self.complete_from = Some(written_at(seal.after));
        }
        let root = URL_SAFE_NO_PAD.decode(&seal.root).ok();
        let root = root.and_then(|root| <[u8; 32]>::try_from(root).ok());
        let root = root.ok_or_else(|| self.wrong("the seal has no root"))?;
        let root = RootHash::new(root.into(), seal.entries);
        let hash = hash_of(token);
        self.seals.push((self.line, hash.clone()));
        self.open = Some(Open { seal, hash, root, come: 0 });
        Ok(())
    }

    /// Whether a seal came in time: every half day has one, and a portal's first begins with it.
    fn look_at_delay(&mut self, seal: &Seal, known: &Known) -> Result<(), Finding> {
        if seal.is_later_than(known.sealed_within_days) {
            let days = seal.late_seconds() / 86_400 + 1;
            return Err(self.wrong(format!(
                "the seal came {days} days after it could have: what it covers may have been \
                 changed before, or removed; if there is a reason, allow {days} with \
                 --sealed-within-days"
            )));
        }
        self.late += u64::from(seal.is_later_than(LATEST_SEAL_DAYS));
        match (&self.open, seal.journal) {
            (None, Journal::Portal(portal)) if seal.after != begins_before(portal) => {
                Err(self.wrong("the first seal does not begin with the portal"))
            }
            _ => Ok(()),
        }
    }

    /// Whether an entry was written when its identifier says, and the first one with its portal.
    fn is_of_its_time(&self, outline: &Outline, journal: Journal) -> bool {
        let written_at = written_at(outline.id);
        let begins_in_time = match (self.before, journal) {
            (None, Journal::Portal(portal)) => {
                let made = seal::written_at(EntryId::new(portal.ulid()));
                written_at <= made.plus_seconds(SETTLED_SECONDS)
            }
            _ => true,
        };
        outline.at == written_at && begins_in_time
    }

    fn entry(
        &mut self,
        entry: &Map<String, Value>,
        proof: &str,
        detail: Option<&Salted>,
    ) -> Result<(), Finding> {
        let outline: Result<Outline, _> = serde_json::from_value(Value::Object(entry.clone()));
        self.entry = entry.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let Some(open) = &self.open else {
            return Err(self.wrong("an entry stands before the first seal"));
        };
        if open.come >= open.seal.entries {
            return Err(self.wrong("the seal before does not cover this entry: it was added"));
        }
        let outline = outline.map_err(|_| self.wrong("this is no entry"))?;
        let follows = self.before.is_none_or(|before| before < outline.id);
        if !follows || outline.id <= open.seal.after || outline.id > open.seal.through {
            return Err(self.wrong("the entry does not stand where it belongs"));
        }
        if !is_proved(open, entry, proof) {
            return Err(self.wrong(
                "this is not what was sealed in this place: the entry was changed, or one before \
                 it was added, removed or moved",
            ));
        }
        if !self.is_of_its_time(&outline, open.seal.journal) {
            return Err(self.wrong("the entry was not written when it says"));
        }
        match (&outline.detail, detail) {
            (Some(_), None) => self.without_detail += 1,
            (None, None) => {}
            (sealed, Some(Salted { reason, salt })) => {
                let hash = sealed.as_ref().map(|sealed| sealed.hash.as_str());
                let is_own = hash == Some(detail_hash(salt, reason.as_deref()).as_str());
                if !is_own || salt.len() != SALT_LENGTH {
                    return Err(self.wrong("the detail is not the one of this entry"));
                }
            }
        }
        self.open.iter_mut().for_each(|open| open.come += 1);
        Ok(())
    }

    /// Whether all entries of the last seal have come.
    fn is_complete(&self) -> Result<(), Finding> {
        let missing = self.open.as_ref().map_or(0, |open| open.seal.entries - open.come);
        if missing > 0 {
            return Err(self.wrong(format!("{missing} entries are missing before this line")));
        }
        Ok(())
    }

    fn finish(&self, end: &End) -> Result<(), Finding> {
        self.is_complete()?;
        let (seals, entries, last) = match &self.open {
            Some(open) => (open.seal.number, open.seal.total, Some(&open.hash)),
            None => (0, 0, None),
        };
        if (seals, entries, last) != (end.seals, end.entries, end.last.as_ref()) {
            return Err(self.wrong("seals are missing before the end of the export"));
        }
        Ok(())
    }

    /// Compares with seals that were kept elsewhere, those of other journals left aside. A restore
    /// leaves copies of seals that are lost, and of numbers that were given anew: one must agree.
    fn compare(&mut self, known: &Known, end: &End) -> Result<(), Finding> {
        (self.entry, self.before) = (None, None);
        let mut copies: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        for copy in &known.copies {
            let unreadable = |_| self.wrong("a copy of a seal can't be read");
            let seal: Seal = insecure_decode_claims(copy).map_err(unreadable)?;
            if seal.journal == end.journal {
                copies.entry(seal.number).or_default().insert(hash_of(copy));
            }
        }
        if copies.is_empty() && !known.copies.is_empty() && end.seals > 0 {
            return Err(self.wrong("no copy is of a seal of this journal"));
        }
        let (mut missing, mut different) = (Vec::new(), Vec::new());
        let was_restored = known.history == History::Restored;
        for (number, hashes) in &copies {
            let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
            match self.seals.get(index) {
                None if was_restored => self.lost += 1,
                None => missing.push(number.to_string()),
                Some((_, hash)) if hashes.contains(hash) && (was_restored || hashes.len() == 1) => {
                    self.compared += 1;
                    self.lost += usize::from(hashes.len() > 1);
                }
                Some((line, _)) => different.push((*line, number)),
            }
        }
        if let Some((line, _)) = different.first() {
            self.line = *line;
            let numbers: Vec<String> =
                different.iter().map(|(_, number)| number.to_string()).collect();
            let numbers = numbers.join(", ");
            return Err(self.wrong(format!(
                "these seals are not like their copies, or there are two versions of them: \
                 {numbers}; after a restore, say so with --after-a-restore"
            )));
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(
                self.wrong(format!("seals are missing of which there are copies: {missing}"))
            );
        }
        Ok(())
    }

    fn verified(self, end: End, known: &Known) -> Verified {
        let is_noted = !known.fingerprints.is_empty();
        Verified {
            journal: end.journal,
            seals: end.seals,
            entries: end.entries,
            without_detail: self.without_detail,
            compared: self.compared,
            lost: self.lost,
            late: self.late,
            complete_from: self.complete_from,
            complete_until: self.open.map(|open| written_at(open.seal.through)),
            exported_at: end.exported_at,
            believed: self.believed,
            newest: self.newest,
            trust: if is_noted { Trust::Noted } else { Trust::Claimed },
        }
    }
}

/// The keys that are believed, and the fingerprints of those that no believed one certifies: of
/// each that is known, or, where none is, of each that says that it is a first one.
fn chain(keys: &[PublicKey], known: &Known) -> (HashMap<String, PublicKey>, BTreeSet<String>) {
    let mut chain: HashMap<String, PublicKey> = HashMap::new();
    let mut believed = BTreeSet::new();
    let noted = known.noted();
    // A point of another length would be none.
    let is_a_key = |key: &&PublicKey| {
        let point = URL_SAFE_NO_PAD.decode(&key.point);
        key.family == KeyFamily::Seal && point.is_ok_and(|point| point.len() == 32)
    };
    for key in keys.iter().filter(is_a_key) {
        let is_certified = key.certificate.as_ref().is_some_and(|certificate| {
            let issuer = signer(certificate, CERTIFICATE).and_then(|kid| chain.get(&kid));
            // No key certifies another one for the time before itself, nor after its own end.
            let issuer = issuer.filter(|issuer| is_in_use(issuer, key.usable_from));
            let says = issuer.and_then(|issuer| claims::<PublicKey>(certificate, &issuer.point));
            says == Some(PublicKey { certificate: None, ..key.clone() })
        });
        let begins = match noted.is_empty() {
            true => key.certificate.is_none(),
            false => noted.contains(&fingerprint(key)),
        };
        if !is_certified && begins {
            believed.insert(fingerprint(key));
        }
        if is_certified || begins {
            chain.insert(key.kid.clone(), key.clone());
        }
    }
    (chain, believed)
}

/// Whether a key could be used at an instant.
fn is_in_use(key: &PublicKey, at: Instant) -> bool {
    key.usable_from <= at && at < key.expires_at
}

/// Whether an entry has the next place in a seal's tree.
fn is_proved(open: &Open, entry: &Map<String, Value>, proof: &str) -> bool {
    let proof = URL_SAFE_NO_PAD.decode(proof).ok();
    let proof = proof.and_then(|proof| InclusionProof::<Sha256>::try_from_bytes(proof).ok());
    let verifies =
        |proof| open.root.verify_inclusion(&entry_hash(entry), open.come, &proof).is_ok();
    proof.is_some_and(verifies)
}

/// The fingerprint of a key: SHA-256 of its point, in hexadecimal.
pub fn fingerprint(key: &PublicKey) -> String {
    let point = URL_SAFE_NO_PAD.decode(&key.point).unwrap_or_default();
    hexadecimal(&Sha256::digest(point))
}
