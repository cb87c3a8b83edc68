//! Verifying an export offline, line by line: what was changed, removed, inserted, moved or cut off
//! is found, and the first line that does not fit is named. An erased detail is no break.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, Seek};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ct_merkle::{InclusionProof, RootHash};
use guichet_domain::ids::EntryId;
use guichet_domain::instant::Instant;
use guichet_domain::journal::SealedDetail;
use guichet_domain::seal::{Journal, Seal, written_at};
use guichet_domain::signing::{KeyFamily, PublicKey};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::Sha256;

use super::{CERTIFICATE, EXPORT, End, SEAL, Salted, detail_hash, entry_hash, hash_of};
use crate::tokens::{claims, hexadecimal, signer};

/// What an export was compared with, beside itself.
#[derive(Debug, Default)]
pub struct Known {
    /// The fingerprints of keys that no other certifies, as somebody noted them: of the first one,
    /// and of each that began anew because the one before was lost. Without any, the first key of
    /// the export is believed.
    pub fingerprints: Vec<String>,
    /// Seals that were kept elsewhere.
    pub copies: Vec<String>,
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
    /// How many of them have lost their detail, since it was erased.
    pub erased: u64,
    /// How many seals were compared with copies kept elsewhere.
    pub compared: u64,
    /// The end of what is sealed: every entry before it is there.
    pub complete_until: Option<Instant>,
    /// When the export was made.
    pub exported_at: Instant,
    /// The fingerprint of the key that everything rests on.
    pub fingerprint: String,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journal, seals, entries, erased, compared, exported_at, fingerprint, .. } = self;
        writeln!(
            f,
            "The export is whole. It was made at {exported_at} from the journal {journal}."
        )?;
        writeln!(
            f,
            "It holds {entries} entries under {seals} seals; {erased} details were erased."
        )?;
        match self.complete_until {
            Some(until) => writeln!(f, "Nothing that happened up to {until} is missing.")?,
            None => writeln!(f, "Nothing of this journal was sealed yet.")?,
        }
        match compared {
            0 => writeln!(f, "It was compared with no copy of a seal.")?,
            _ => writeln!(f, "{compared} seals are like their copies.")?,
        }
        write!(f, "All of it rests on the key with the fingerprint {fingerprint}.")
    }
}

/// The seals in a text: one in a line, alone or as the member `seal` of a log line.
pub fn seals_of(text: &str) -> Vec<String> {
    let seal = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(log) => log["seal"].as_str().map(str::to_owned),
        Err(_) => (!line.is_empty()).then(|| line.to_owned()),
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
        verifier.read(&std::mem::take(&mut bytes), verifier.line == lines, &end)?;
    }
    verifier.compare(known, &end)?;
    Ok(verifier.verified(&end))
}

#[derive(Default)]
struct Verifier {
    line: u64,
    /// The entry of this line.
    entry: Option<EntryId>,
    /// The entry of the lines before.
    before: Option<EntryId>,
    points: HashMap<String, PublicKey>,
    /// The last seal, and its hash.
    seal: Option<(Seal, String)>,
    /// How many entries of the last seal have come.
    come: u64,
    erased: u64,
    /// The hashes of all seals, to be compared with copies.
    hashes: Vec<String>,
    compared: u64,
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
        let forged = || self.wrong("the last line is not signed with a key of this installation");
        let claimed: End = insecure_decode_claims(&token).map_err(|_| forged())?;
        let points = self.chain(&claimed.keys, known)?;
        let key = signer(&token, EXPORT).and_then(|kid| points.get(&kid)).ok_or_else(forged)?;
        let end = claims(&token, &key.point).ok_or_else(forged)?;
        self.points = points;
        Ok(end)
    }

    /// The keys, each certified with one before it.
    fn chain(
        &self,
        keys: &[PublicKey],
        known: &Known,
    ) -> Result<HashMap<String, PublicKey>, Finding> {
        let mut points: HashMap<String, PublicKey> = HashMap::new();
        for key in keys {
            let is_certified = key.certificate.as_ref().is_some_and(|certificate| {
                let issuer = signer(certificate, CERTIFICATE).and_then(|kid| points.get(&kid));
                let says =
                    issuer.and_then(|issuer| claims::<PublicKey>(certificate, &issuer.point));
                says == Some(PublicKey { certificate: None, ..key.clone() })
            });
            let is_known = known.fingerprints.contains(&fingerprint(key))
                || (points.is_empty() && known.fingerprints.is_empty());
            let begins = key.certificate.is_none() && is_known;
            if key.family != KeyFamily::Seal || !(is_certified || begins) {
                let (kid, fingerprint) = (&key.kid, fingerprint(key));
                let what = "is neither certified nor known";
                return Err(self.wrong(format!("the key {kid} ({fingerprint}) {what}")));
            }
            points.insert(key.kid.clone(), key.clone());
        }
        Ok(points)
    }

    fn read(&mut self, bytes: &[u8], is_last: bool, end: &End) -> Result<(), Finding> {
        self.before = self.entry.take().or(self.before);
        let line = self.parse(bytes)?;
        match line {
            Line::Entry { entry, proof, detail } => self.entry(&entry, &proof, detail.as_ref()),
            Line::Seal { seal } => self.next_seal(&seal, end),
            Line::End { .. } if is_last => self.finish(end),
            Line::End { .. } => Err(self.wrong("lines follow after the end of the export")),
        }
    }

    fn next_seal(&mut self, token: &str, end: &End) -> Result<(), Finding> {
        self.is_complete()?;
        let forged = || self.wrong("the seal is not signed with a key of this installation");
        let key = signer(token, SEAL).and_then(|kid| self.points.get(&kid)).ok_or_else(forged)?;
        let seal: Seal = claims(token, &key.point).ok_or_else(forged)?;
        let previous = self.seal.as_ref().map(|(seal, hash)| (seal, hash.as_str()));
        seal.check(previous).map_err(|what| self.wrong(what))?;
        if seal.journal != end.journal {
            return Err(self.wrong("the seal is of another journal"));
        }
        if seal.sealed_at < key.usable_from || seal.sealed_at >= key.expires_at {
            return Err(self.wrong("the seal was not made while its key was in use"));
        }
        let hash = hash_of(token);
        self.hashes.push(hash.clone());
        self.seal = Some((seal, hash));
        self.come = 0;
        Ok(())
    }

    fn entry(
        &mut self,
        entry: &Map<String, Value>,
        proof: &str,
        detail: Option<&Salted>,
    ) -> Result<(), Finding> {
        let outline: Result<Outline, _> = serde_json::from_value(Value::Object(entry.clone()));
        self.entry = entry.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let Some((seal, _)) = &self.seal else {
            return Err(self.wrong("an entry stands before the first seal"));
        };
        if self.come >= seal.entries {
            return Err(self.wrong("the seal before does not cover this entry: it was added"));
        }
        let outline = outline.map_err(|_| self.wrong("this is no entry"))?;
        let follows = self.before.is_none_or(|before| before < outline.id);
        if !follows || outline.id <= seal.after || outline.id > seal.through {
            return Err(self.wrong("the entry does not stand where it belongs"));
        }
        if !is_proved(seal, self.come, entry, proof) {
            return Err(self.wrong(
                "this is not what was sealed in this place: the entry was changed, or one before \
                 it was added, removed or moved",
            ));
        }
        match (&outline.detail, detail) {
            (Some(_), None) => self.erased += 1,
            (None, None) => {}
            (sealed, Some(Salted { reason, salt })) => {
                let hash = sealed.as_ref().map(|sealed| sealed.hash.as_str());
                let is_own = hash == Some(detail_hash(salt, reason.as_deref()).as_str());
                if !is_own || salt.len() != SALT_LENGTH {
                    return Err(self.wrong("the detail is not the one of this entry"));
                }
            }
        }
        self.come += 1;
        Ok(())
    }

    /// Whether all entries of the last seal have come.
    fn is_complete(&self) -> Result<(), Finding> {
        let missing = self.seal.as_ref().map_or(0, |(seal, _)| seal.entries - self.come);
        if missing > 0 {
            return Err(self.wrong(format!("{missing} entries are missing before this line")));
        }
        Ok(())
    }

    fn finish(&self, end: &End) -> Result<(), Finding> {
        self.is_complete()?;
        let (seals, entries, last) = match &self.seal {
            Some((seal, hash)) => (seal.number, seal.total, Some(hash.clone())),
            None => (0, 0, None),
        };
        if (seals, entries, last) != (end.seals, end.entries, end.last.clone()) {
            return Err(self.wrong("seals are missing before the end of the export"));
        }
        Ok(())
    }

    /// Compares with seals that were kept elsewhere, those of other journals left aside.
    fn compare(&mut self, known: &Known, end: &End) -> Result<(), Finding> {
        for copy in &known.copies {
            let unreadable = |_| self.wrong("a copy of a seal can't be read");
            let seal: Seal = insecure_decode_claims(copy).map_err(unreadable)?;
            if seal.journal != end.journal {
                continue;
            }
            let number = seal.number;
            let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
            match self.hashes.get(index) {
                None => {
                    let what = format!("the export lacks seal {number}, of which there is a copy");
                    return Err(self.wrong(what));
                }
                Some(hash) if *hash != hash_of(copy) => {
                    return Err(self.wrong(format!("seal {number} is not like its copy")));
                }
                Some(_) => self.compared += 1,
            }
        }
        Ok(())
    }

    fn verified(&self, end: &End) -> Verified {
        Verified {
            journal: end.journal,
            seals: end.seals,
            entries: end.entries,
            erased: self.erased,
            compared: self.compared,
            complete_until: self.seal.as_ref().map(|(seal, _)| written_at(seal.through)),
            exported_at: end.exported_at,
            fingerprint: end.keys.first().map(fingerprint).unwrap_or_default(),
        }
    }
}

/// Whether an entry has this place in a seal's tree.
fn is_proved(seal: &Seal, index: u64, entry: &Map<String, Value>, proof: &str) -> bool {
    let root = (0..seal.root.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(seal.root.get(at..at + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>();
    let root = root.and_then(|root| <[u8; 32]>::try_from(root).ok());
    let proof = URL_SAFE_NO_PAD.decode(proof).ok();
    let proof = proof.and_then(|proof| InclusionProof::<Sha256>::try_from_bytes(proof).ok());
    let (Some(root), Some(proof)) = (root, proof) else { return false };
    let root = RootHash::<Sha256>::new(root.into(), seal.entries);
    root.verify_inclusion(&entry_hash(entry), index, &proof).is_ok()
}

/// The fingerprint of a key: SHA-256 of its point, in hexadecimal.
pub fn fingerprint(key: &PublicKey) -> String {
    let point = URL_SAFE_NO_PAD.decode(&key.point).unwrap_or_default();
    hexadecimal(&<Sha256 as sha2::Digest>::digest(point))
}
