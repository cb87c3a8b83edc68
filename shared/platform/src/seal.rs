//! The sealed journal: making seals, and the export that anybody can verify offline (RULES I3).
//!
//! A seal is a JSON Web Signature over the root of a Merkle tree (RFC 6962) of the entries' hashes;
//! each names the hash of the one before. An entry's hash is SHA-256 of its canonical JSON: what
//! the table holds of it apart from keys, with sorted names and without spaces (RFC 8785). Keys
//! follow each other as seals do: each is certified with the one before, which is then forgotten,
//! so that whoever gets hold of the present key can't remake the past.

pub mod verify;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use guichet_domain::changes::{Entity, Place};
use guichet_domain::ids::EntryId;
use guichet_domain::instant::Instant;
use guichet_domain::journal::SealedDetail;
use guichet_domain::seal::{
    Journal, MOST_ENTRIES, Seal, SignedSeal, Window, last_before, written_at,
};
use guichet_domain::signing::{KeyFamily, PublicKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::items::RESERVED;
use crate::keys::Listing;
use crate::problem::Error;
use crate::store::{Novelty, Order, PageQuery, StoreError};
use crate::tokens::hexadecimal;

/// The kind of the token that a seal is.
const SEAL: &str = "journal-seal+jwt";

/// The kind of the token that ends an export.
const EXPORT: &str = "journal-export+jwt";

/// The kind of the token that certifies the next key.
pub(crate) const CERTIFICATE: &str = "seal-key+jwt";

/// How far back the first seal of a journal looks that no portal's creation begins.
const FIRST_SEAL_DAYS: i64 = 400;

/// How many seals one page of an export holds at most.
const MOST_SEALS_OF_A_PAGE: u16 = 100;

type Hash = [u8; 32];
type Tree = MemoryBackedTree<Sha256, Hash>;

/// SHA-256 of a text, in hexadecimal.
fn hash_of(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// An entry as the table holds it, whichever version wrote it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Recorded(Map<String, Value>);

/// What is to be known of an entry to export it.
#[derive(Deserialize)]
struct Outline {
    id: EntryId,
    detail: Option<SealedDetail>,
}

impl Recorded {
    /// The entry alone, without keys and positions.
    fn bare(mut self) -> Self {
        self.0.retain(|name, _| !RESERVED.contains(&name.as_str()));
        self
    }

    fn outline(&self) -> Result<Outline, Error> {
        let outline = serde_json::from_value(Value::Object(self.0.clone()));
        outline.map_err(|error| Error::Internal(error.to_string()))
    }

    fn hash(&self) -> Hash {
        entry_hash(&self.0)
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

/// The erasable detail of an entry, as the table and an export hold it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Salted {
    reason: Option<String>,
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

/// Some lines of an export.
#[derive(Debug)]
pub struct ExportPage {
    /// Lines of JSON, each with a line feed at its end.
    pub lines: String,
    /// The seal that the next page begins with, unless this was the last one.
    pub next: Option<u64>,
}

impl App {
    /// The last seal of a journal.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn last_seal(&self, journal: Journal) -> Result<Option<SignedSeal>, StoreError> {
        let query = PageQuery::first(1, Order::Descending);
        let page = self.page::<SignedSeal>(&Listing::Seals(journal, 1), &query).await?;
        Ok(page.rows.into_iter().next())
    }

    /// Makes the seal that follows the last one. `None` where nothing is to be sealed yet, or
    /// another run was faster.
    ///
    /// # Errors
    /// The table or Secrets Manager did not answer.
    pub async fn seal_next(
        &self,
        journal: Journal,
        last: Option<&SignedSeal>,
    ) -> Result<Option<SignedSeal>, Error> {
        let now = self.now();
        let mut after = last.map_or_else(|| beginning(journal, now), |last| last.seal.through);
        while let Some(window) = Window::next(after, now) {
            let (window, hashes) = self.hashes(journal, window).await?;
            if window.is_to_be_sealed(hashes.len()) && (last.is_some() || !hashes.is_empty()) {
                return self.seal(journal, last, window, &hashes).await;
            }
            // Before the first entry of all there is nothing to seal.
            if !window.ends_month() {
                break;
            }
            after = window.through;
        }
        Ok(None)
    }

    async fn seal(
        &self,
        journal: Journal,
        last: Option<&SignedSeal>,
        window: Window,
        hashes: &[Hash],
    ) -> Result<Option<SignedSeal>, Error> {
        let root = hexadecimal(tree(hashes).root().as_bytes());
        let previous = last.map(|last| (&last.seal, hash_of(&last.token)));
        let entries = hashes.len() as u64;
        let seal = Seal::new(journal, previous, window, entries, root, self.now());
        let token = self.sign(KeyFamily::Seal, SEAL, &seal).await?;
        let hashes = URL_SAFE_NO_PAD.encode(hashes.concat());
        let signed = SignedSeal { seal, token, hashes };
        match self.put_new(Entity::from(signed.clone())).await? {
            Novelty::New => Ok(Some(signed)),
            Novelty::Known => Ok(None),
        }
    }

    /// Whether a journal still holds what a seal says of it.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn still_fits(&self, seal: &Seal) -> Result<bool, Error> {
        let mut hashes = Vec::new();
        self.read_window(seal.journal, seal.after, seal.through, |entries| {
            hashes.extend(entries.iter().map(Recorded::hash));
            // One more than sealed is enough to know.
            hashes.len() as u64 <= seal.entries
        })
        .await?;
        let root = hexadecimal(tree(&hashes).root().as_bytes());
        Ok(hashes.len() as u64 == seal.entries && root == seal.root)
    }

    /// The hashes of a window's entries, and where the window ends if a seal is full before.
    async fn hashes(&self, journal: Journal, window: Window) -> Result<(Window, Vec<Hash>), Error> {
        let (mut hashes, mut last) = (Vec::new(), None);
        self.read_window(journal, window.after, window.through, |entries| {
            let room = MOST_ENTRIES - hashes.len();
            hashes.extend(entries.iter().take(room).map(Recorded::hash));
            last = entries.iter().take(room).next_back().cloned().or(last.take());
            hashes.len() < MOST_ENTRIES
        })
        .await?;
        let window = match last.filter(|_| hashes.len() == MOST_ENTRIES) {
            Some(last) => window.up_to(last.outline()?.id),
            None => window,
        };
        Ok((window, hashes))
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
            let page = self.page::<Recorded>(&listing, &query).await?;
            let wants_more = go_on(page.rows.into_iter().map(Recorded::bare).collect());
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
    pub async fn export(&self, journal: Journal, first: u64) -> Result<ExportPage, Error> {
        let query = PageQuery::first(MOST_SEALS_OF_A_PAGE, Order::Ascending);
        let page = self.page::<SignedSeal>(&Listing::Seals(journal, first), &query).await?;
        let read = page.rows.len();
        let seals = of_one_page(page.rows);
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
            let end = self.export_end(journal, first, seals.last()).await?;
            lines.extend([&json!({ "end": end }).to_string(), "\n"]);
        }
        Ok(ExportPage { lines, next })
    }

    async fn export_entries(
        &self,
        seals: &[SignedSeal],
        entries: Vec<Recorded>,
        lines: &mut String,
    ) -> Result<(), Error> {
        let entries: Vec<(Outline, Recorded)> = entries
            .into_iter()
            .map(|entry| Ok((entry.outline()?, entry)))
            .collect::<Result<_, Error>>()?;
        let detailed: Vec<_> = entries
            .iter()
            .filter_map(|(outline, _)| Some((outline.id, outline.detail.as_ref()?.concerned)))
            .collect();
        let mut details = self.read_details::<Salted>(&detailed).await?;
        let mut entries = entries.into_iter().peekable();
        for signed in seals {
            lines.extend([&json!({ "seal": signed.token }).to_string(), "\n"]);
            let hashes = URL_SAFE_NO_PAD.decode(&signed.hashes).unwrap_or_default();
            let hashes: Vec<Hash> = hashes.as_chunks().0.to_vec();
            let tree = tree(&hashes);
            let mut index = 0;
            while let Some((outline, entry)) =
                entries.next_if(|(outline, _)| outline.id <= signed.seal.through)
            {
                // Whatever has no place in the tree has no proof either: it is for the verifier to
                // say so.
                let proof = (index < hashes.len())
                    .then(|| URL_SAFE_NO_PAD.encode(tree.prove_inclusion(index).as_bytes()));
                index += 1;
                let mut line = json!({ "entry": entry, "proof": proof.unwrap_or_default() });
                if let Some(detail) = details.remove(&outline.id) {
                    line["detail"] = json!(detail);
                }
                lines.extend([&line.to_string(), "\n"]);
            }
        }
        Ok(())
    }

    async fn export_end(
        &self,
        journal: Journal,
        first: u64,
        last: Option<&SignedSeal>,
    ) -> Result<String, Error> {
        let before;
        let last = match last {
            Some(last) => Some(last),
            // The page before ended with the last seal of all.
            None => {
                before = self.read_one(&Place::Seal(journal, first.saturating_sub(1))).await?;
                before.as_ref()
            }
        };
        let keys = self.public_keys().await?;
        let mut keys: Vec<PublicKey> =
            keys.values().filter(|key| key.family == KeyFamily::Seal).cloned().collect();
        keys.sort_by(|one, other| {
            (one.usable_from, &one.kid).cmp(&(other.usable_from, &other.kid))
        });
        let end = End {
            journal,
            seals: last.map_or(0, |last| last.seal.number),
            entries: last.map_or(0, |last| last.seal.total),
            last: last.map(|last| hash_of(&last.token)),
            exported_at: self.now(),
            keys,
        };
        Ok(self.sign(KeyFamily::Seal, EXPORT, &end).await?)
    }
}

/// Before any entry of a journal that has no seal yet.
fn beginning(journal: Journal, now: Instant) -> EntryId {
    match journal {
        Journal::Portal(portal) => last_before(written_at(EntryId::new(portal.ulid()))),
        Journal::Accounts(_) => last_before(now.plus_seconds(-FIRST_SEAL_DAYS * 86_400)),
    }
}

/// The first seals that one page holds: of one month, and of no more entries than one seal may
/// have, but at least one.
fn of_one_page(mut seals: Vec<SignedSeal>) -> Vec<SignedSeal> {
    let month = |signed: &SignedSeal| written_at(signed.seal.through).month();
    let (mut entries, mut count) = (0, 0);
    for signed in &seals {
        entries += signed.seal.entries;
        let fits = entries <= MOST_ENTRIES as u64 && month(signed) == month(&seals[0]);
        if count > 0 && !fits {
            break;
        }
        count += 1;
    }
    seals.truncate(count);
    seals
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
