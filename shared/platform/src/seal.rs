//! The sealed journal: making seals, and the export that anybody can verify offline (RULES I3).
//!
//! A seal is a JSON Web Signature over the root of a Merkle tree (RFC 6962) of the entries' hashes;
//! each names the hash of the one before. An entry's hash is SHA-256 of its canonical JSON: what
//! the table holds of it apart from keys, with sorted names and without spaces (RFC 8785). Keys
//! follow each other as seals do: each is certified with the one before.
//!
//! Whoever writes to the table past us can delete seals and have what they changed sealed anew. So
//! every half day has its seal, and one that comes late is told of, by the schedule and by the
//! verifier. Whoever also writes keys to the table can sign as they like: copies of the seals, and
//! the fingerprint of the first key, stand elsewhere to be compared.

pub mod verify;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use guichet_domain::changes::Entity;
use guichet_domain::ids::EntryId;
use guichet_domain::instant::Instant;
use guichet_domain::journal::SealedDetail;
use guichet_domain::seal::{
    Journal, MOST_ENTRIES, Seal, SealNumber, SignedSeal, Window, begins_before, last_before,
    written_at,
};
use guichet_domain::signing::{KeyFamily, PublicKey};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::items::RESERVED;
use crate::keys::{Listing, seal_number};
use crate::problem::Error;
use crate::store::{Novelty, Order, PageQuery, StoreError};
use crate::tokens::{claims, hexadecimal, signer};

/// The kind of the token that a seal is.
const SEAL: &str = "journal-seal+jwt";

/// The kind of the token that ends an export.
const EXPORT: &str = "journal-export+jwt";

/// The kind of the token that certifies the next key.
pub(crate) const CERTIFICATE: &str = "seal-key+jwt";

/// How far back the first seal of a journal looks that no portal's creation begins.
const FIRST_SEAL_DAYS: i64 = 400;

/// How many seals one page of an export holds at most: each may hold the hashes of 1,024 entries.
const MOST_SEALS_OF_A_PAGE: u16 = 50;

type Hash = [u8; 32];
type Tree = MemoryBackedTree<Sha256, Hash>;

/// SHA-256 of a text, in hexadecimal.
fn hash_of(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// An entry as the table holds it, whichever version wrote it.
struct Recorded {
    /// Where it stands: its ULID.
    sort: String,
    /// The entry alone, without keys and positions.
    entry: Map<String, Value>,
    /// Whether the lists show it as it is.
    is_shown: bool,
}

impl From<Map<String, Value>> for Recorded {
    fn from(mut item: Map<String, Value>) -> Self {
        let sort = item.get("SK").and_then(Value::as_str).unwrap_or_default().to_owned();
        let row = item.remove("row");
        item.retain(|name, _| !RESERVED.contains(&name.as_str()));
        // Rows were maps before they were texts.
        let row = match row {
            Some(Value::String(row)) => serde_json::from_str(&row).ok(),
            row => row,
        };
        let is_shown = row.is_some_and(|row| row.as_object() == Some(&item));
        Self { sort, entry: item, is_shown }
    }
}

impl Recorded {
    fn hash(&self) -> Hash {
        entry_hash(&self.entry)
    }

    fn id(&self) -> Result<EntryId, Error> {
        let id = format!("{}{}", EntryId::PREFIX, self.sort).parse();
        id.map_err(|_| Error::Internal("something in a journal is no entry".to_owned()))
    }

    /// Whose detail belongs to it, as far as that can be read.
    fn detail(&self) -> Option<SealedDetail> {
        serde_json::from_value(self.entry.get("detail")?.clone()).ok()
    }
}

/// The hash of an entry: of its names and values in the one order that they have.
fn entry_hash(entry: &Map<String, Value>) -> Hash {
    // `serde_json` keeps names sorted and writes no space, as RFC 8785 wants it.
    Sha256::digest(json!(entry).to_string().as_bytes()).into()
}

/// The salted hash that an entry keeps of its erasable detail.
pub(crate) fn detail_hash(salt: &str, reason: Option<&str>) -> String {
    hash_of(&format!("{salt}{}", reason.unwrap_or_default()))
}

/// The erasable detail of an entry, as the table and an export hold it. What is missing of it is
/// for the verifier to miss.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Salted {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    salt: String,
}

/// The end of an export: how much it holds, and the keys that it is verified with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    journal: Journal,
    seals: u64,
    entries: u64,
    /// The hash of the last seal.
    last: Option<String>,
    exported_at: Instant,
    keys: Vec<PublicKey>,
}

/// A seal of the table.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// What it says.
    pub seal: Seal,
    /// The same, signed.
    pub token: String,
    hashes: String,
}

/// A seal, and where it stands.
#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "SK")]
    sort: String,
    #[serde(flatten)]
    signed: SignedSeal,
}

impl Sealed {
    /// The seal that a token says it is, for those who verify it elsewhere.
    fn read(stored: Stored) -> Result<Self, Error> {
        let SignedSeal { token, hashes, .. } = stored.signed;
        let seal: Option<Seal> = insecure_decode_claims(&token).ok();
        let seal = seal.filter(|seal| seal_number(seal.number) == stored.sort);
        let seal = seal.ok_or_else(|| Error::Internal("a seal can't be read".to_owned()))?;
        Ok(Self { seal, token, hashes })
    }

    /// The hashes of its entries, as far as they can be read.
    fn hashes(&self) -> Vec<Hash> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.hashes).unwrap_or_default();
        bytes.as_chunks().0.to_vec()
    }
}

/// A seal that is to be made.
pub struct Due {
    /// What it will say.
    pub seal: Seal,
    hashes: Vec<Hash>,
}

/// Some lines of an export.
#[derive(Debug)]
pub struct ExportPage {
    /// Lines of JSON, each with a line feed at its end.
    pub lines: String,
    /// The seal that the next page begins with, unless this was the last one.
    pub next: Option<u64>,
}

impl App {
    /// The last seal of a journal, its signature verified with the keys of the table.
    ///
    /// # Errors
    /// The table did not answer, or holds a seal that is not signed, stands in a wrong place, or is
    /// of the future.
    pub async fn last_seal(&self, journal: Journal) -> Result<Option<Sealed>, Error> {
        let query = PageQuery::first(1, Order::Descending);
        let page =
            self.page::<Stored>(&Listing::Seals(journal, SealNumber::default()), &query).await?;
        let Some(stored) = page.rows.into_iter().next() else { return Ok(None) };
        let sealed = Sealed::read(stored)?;
        let keys = self.public_keys().await?;
        let key = signer(&sealed.token, SEAL).and_then(|kid| keys.get(&kid));
        let key = key.filter(|key| key.family == KeyFamily::Seal);
        let is_signed = key.is_some_and(|key| claims::<Seal>(&sealed.token, &key.point).is_some());
        let is_past = sealed.seal.through <= last_before(self.now());
        if is_signed && is_past && sealed.seal.journal == journal {
            Ok(Some(sealed))
        } else {
            Err(Error::Internal("a seal is not ours, or of the future".to_owned()))
        }
    }

    /// The seal that follows the last one of a journal. `None` where nothing is to be sealed yet.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn due_for_a_seal(
        &self,
        journal: Journal,
        last: Option<&Sealed>,
    ) -> Result<Option<Due>, Error> {
        let now = self.now();
        let mut after = last.map_or_else(|| beginning(journal, now), |last| last.seal.through);
        while let Some(window) = Window::next(after, now) {
            let entries = self.entries_of(journal, window).await?;
            // Before the first of all acts on accounts there is nothing to seal.
            let is_accounts = matches!(journal, Journal::Accounts(_));
            let begins = last.is_none() && is_accounts;
            let is_before = begins && entries.hashes.is_empty();
            if !is_before && window.is_to_be_sealed(entries.hashes.len()) {
                let is_full = entries.hashes.len() == MOST_ENTRIES;
                let full = entries.last.filter(|_| is_full);
                let window = full.map_or(window, |last| window.up_to(last));
                let first = entries.first.filter(|_| begins);
                let window = first.map_or(window, |first| window.from(first));
                let hashes = entries.hashes;
                let previous = last.map(|last| (&last.seal, hash_of(&last.token)));
                let (count, root) = (hashes.len() as u64, root_of(&hashes));
                let seal = Seal::new(journal, previous, window, count, root, now);
                return Ok(Some(Due { seal, hashes }));
            }
            if !window.ends_month() {
                break;
            }
            after = window.through;
        }
        Ok(None)
    }

    /// Signs and keeps a seal. `None` where another run was faster.
    ///
    /// # Errors
    /// The table or Secrets Manager did not answer, or no key can be used.
    pub async fn seal(&self, due: Due) -> Result<Option<Sealed>, Error> {
        let Due { seal, hashes } = due;
        let token = self.sign(KeyFamily::Seal, SEAL, &seal, seal.sealed_at).await?;
        let hashes = URL_SAFE_NO_PAD.encode(hashes.concat());
        let (journal, number) = (seal.journal, seal.number);
        let signed = SignedSeal { journal, number, token: token.clone(), hashes: hashes.clone() };
        match self.put_new(Entity::from(signed)).await? {
            Novelty::New => Ok(Some(Sealed { seal, token, hashes })),
            Novelty::Known => Ok(None),
        }
    }

    /// Whether a journal still holds what a seal says of it, and what lists show of an entry is the
    /// entry.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn still_fits(&self, seal: &Seal) -> Result<bool, Error> {
        let (mut hashes, mut are_shown) = (Vec::new(), true);
        self.read_window(seal.journal, seal.after, seal.through, |entries| {
            hashes.extend(entries.iter().map(Recorded::hash));
            are_shown &= entries.iter().all(|entry| entry.is_shown);
            // One more than sealed is enough to know.
            hashes.len() as u64 <= seal.entries
        })
        .await?;
        Ok(are_shown && hashes.len() as u64 == seal.entries && root_of(&hashes) == seal.root)
    }

    /// The entries of a window, as many as one seal takes.
    async fn entries_of(&self, journal: Journal, window: Window) -> Result<Entries, Error> {
        let (mut hashes, mut first, mut last) = (Vec::new(), None, None);
        self.read_window(journal, window.after, window.through, |mut entries| {
            entries.truncate(MOST_ENTRIES - hashes.len());
            hashes.extend(entries.iter().map(Recorded::hash));
            first = first.take().or(entries.first().map(Recorded::id));
            last = entries.last().map(Recorded::id).or(last.take());
            hashes.len() < MOST_ENTRIES
        })
        .await?;
        Ok(Entries { hashes, first: first.transpose()?, last: last.transpose()? })
    }

    /// Reads the entries after one identifier and up to another, of one month, page by page, until
    /// `go_on` has enough.
    async fn read_window(
        &self,
        journal: Journal,
        after: EntryId,
        through: EntryId,
        mut go_on: impl FnMut(Vec<Recorded>) -> bool,
    ) -> Result<(), StoreError> {
        let listing = Listing::Between(journal, after, through);
        let most = u16::try_from(MOST_ENTRIES).unwrap_or(u16::MAX);
        let mut query = PageQuery::first(most, Order::Ascending);
        loop {
            let page = self.page::<Map<String, Value>>(&listing, &query).await?;
            let wants_more = go_on(page.rows.into_iter().map(Recorded::from).collect());
            query.cursor = page.cursor;
            if !wants_more || query.cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// A page of a journal's export, from this seal on.
    ///
    /// Each seal stands before its entries, each entry has its place in the seal's tree proved,
    /// and the last line says how much there is.
    ///
    /// # Errors
    /// The table or Secrets Manager did not answer.
    pub async fn export(&self, journal: Journal, first: SealNumber) -> Result<ExportPage, Error> {
        let query = PageQuery::first(MOST_SEALS_OF_A_PAGE, Order::Ascending);
        let page = self.page::<Stored>(&Listing::Seals(journal, first), &query).await?;
        let read = page.rows.len();
        let seals: Vec<Sealed> =
            page.rows.into_iter().map(Sealed::read).collect::<Result<_, _>>()?;
        let seals = of_one_page(seals);
        let next = seals.last().map(|last| last.seal.number + 1);
        let next = next.filter(|_| seals.len() < read || page.cursor.is_some());
        let mut lines = String::new();
        if let (Some(begins), Some(ends)) = (seals.first(), seals.last()) {
            let mut entries = Vec::new();
            self.read_window(journal, begins.seal.after, ends.seal.through, |page| {
                entries.extend(page);
                true
            })
            .await?;
            self.export_entries(&seals, entries, &mut lines).await?;
        }
        if next.is_none() {
            let end = self.export_end(journal, seals.into_iter().next_back()).await?;
            lines.extend([&json!({ "end": end }).to_string(), "\n"]);
        }
        Ok(ExportPage { lines, next })
    }

    async fn export_entries(
        &self,
        seals: &[Sealed],
        entries: Vec<Recorded>,
        lines: &mut String,
    ) -> Result<(), Error> {
        let detailed = |entry: &Recorded| Some((entry.id().ok()?, entry.detail()?.concerned));
        let detailed: Vec<_> = entries.iter().filter_map(detailed).collect();
        let mut details = self.read_details::<Salted>(&detailed).await?;
        let mut entries = entries.into_iter().peekable();
        for sealed in seals {
            lines.extend([&json!({ "seal": sealed.token }).to_string(), "\n"]);
            let (hashes, through) = (sealed.hashes(), sealed.seal.through.ulid().to_string());
            let (tree, mut index) = (tree(&hashes), 0);
            while let Some(entry) = entries.next_if(|entry| entry.sort <= through) {
                // Whatever has no place in the tree has no proof either: it is for the verifier to
                // say so.
                let proof = (index < hashes.len())
                    .then(|| URL_SAFE_NO_PAD.encode(tree.prove_inclusion(index).as_bytes()));
                index += 1;
                let mut line = json!({ "entry": entry.entry, "proof": proof.unwrap_or_default() });
                if let Some(detail) = entry.id().ok().and_then(|id| details.remove(&id)) {
                    line["detail"] = json!(detail);
                }
                lines.extend([&line.to_string(), "\n"]);
            }
        }
        Ok(())
    }

    async fn export_end(&self, journal: Journal, last: Option<Sealed>) -> Result<String, Error> {
        let last = match last {
            Some(last) => Some(last),
            None => self.last_seal(journal).await?,
        };
        let now = self.now();
        // The key that signs this may be younger than what was read before.
        self.forget_public_keys().await;
        let keys = self.public_keys().await?;
        let mut keys: Vec<PublicKey> =
            keys.values().filter(|key| key.family == KeyFamily::Seal).cloned().collect();
        keys.sort_by(|one, other| {
            (one.usable_from, &one.kid).cmp(&(other.usable_from, &other.kid))
        });
        let end = End {
            journal,
            seals: last.as_ref().map_or(0, |last| last.seal.number),
            entries: last.as_ref().map_or(0, |last| last.seal.total),
            last: last.map(|last| hash_of(&last.token)),
            exported_at: now,
            keys,
        };
        Ok(self.sign(KeyFamily::Seal, EXPORT, &end, now).await?)
    }
}

/// The entries of a window.
struct Entries {
    hashes: Vec<Hash>,
    first: Option<EntryId>,
    last: Option<EntryId>,
}

/// Before any entry of a journal that has no seal yet.
fn beginning(journal: Journal, now: Instant) -> EntryId {
    match journal {
        Journal::Portal(portal) => begins_before(portal),
        Journal::Accounts(_) => last_before(now.plus_seconds(-FIRST_SEAL_DAYS * 86_400)),
    }
}

/// The first seals that one page holds: of one month, and of no more entries than one seal may
/// have, but at least one.
fn of_one_page(mut seals: Vec<Sealed>) -> Vec<Sealed> {
    let month = |sealed: &Sealed| written_at(sealed.seal.through).month();
    let (mut entries, mut count) = (0_u64, 0);
    for sealed in &seals {
        entries = entries.saturating_add(sealed.seal.entries);
        let fits = entries <= MOST_ENTRIES as u64 && month(sealed) == month(&seals[0]);
        if count > 0 && !fits {
            break;
        }
        count += 1;
    }
    seals.truncate(count);
    seals
}

fn root_of(hashes: &[Hash]) -> String {
    URL_SAFE_NO_PAD.encode(tree(hashes).root().as_bytes())
}

fn tree(hashes: &[Hash]) -> Tree {
    let mut tree = Tree::new();
    hashes.iter().for_each(|hash| tree.push(*hash));
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_one_canonical_form() {
        // If a crate switched on `preserve_order`, names would keep the order of their insertion.
        let mut entry = Map::new();
        entry.insert("b".to_owned(), json!({ "z": 1, "a": "é\u{1f}\"" }));
        entry.insert("a".to_owned(), json!([true, null]));
        let canonical = "{\"a\":[true,null],\"b\":{\"a\":\"é\\u001f\\\"\",\"z\":1}}";
        assert_eq!(json!(entry).to_string(), canonical);
        assert_eq!(hexadecimal(&entry_hash(&entry)), hash_of(canonical));
    }

    #[test]
    fn the_tree_is_the_one_of_rfc_6962() {
        let digest = |parts: &[&[u8]]| {
            let mut hash = Sha256::new();
            parts.iter().for_each(|part| hash.update(part));
            hash.finalize()
        };
        let hashes = [[1; 32], [2; 32], [3; 32]];
        let [one, two, three] = hashes.map(|hash| digest(&[&[0], &hash]));
        let both = digest(&[&[1], &one, &two]);
        assert_eq!(tree(&hashes).root().as_bytes(), &digest(&[&[1], &both, &three]));
        assert_eq!(tree(&[]).root().as_bytes(), &digest(&[]));
    }
}
