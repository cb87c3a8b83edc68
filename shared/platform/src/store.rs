//! The table: consistent reads, pages of lists, and one transaction a command.

mod commit;
mod page;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use guichet_domain::changes::{Entity, Place, Write};
use guichet_domain::ids::{EntryId, PortalId};
use guichet_domain::journal::{Concerned, Detail, Entry};
use serde::de::DeserializeOwned;

pub use commit::{CommitError, Idempotency, Origin};
pub use page::{Order, Page, PageQuery};

use crate::app::App;
use crate::items::{self, Item, ShapeError};
use crate::keys::{self, Key};
use crate::meter;

/// The table did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB refused or could not be reached, after the SDK's own retries.
    #[error("the table did not answer: {0}")]
    Aws(String),
    /// DynamoDB has more to do than it can.
    #[error("the table is busy")]
    Busy,
    /// An item could not be read or written as what it should be.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A cursor that this list did not give.
    #[error("not a cursor of this list")]
    Cursor,
}

/// What the SDK says, as one line without anything of the request.
pub(crate) fn aws<E, R>(error: &aws_sdk_dynamodb::error::SdkError<E, R>) -> StoreError
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata,
{
    use aws_sdk_dynamodb::error::SdkError;
    match error {
        SdkError::ServiceError(service) => match service.err().code().unwrap_or("unknown") {
            "ThrottlingException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "TransactionInProgressException" => StoreError::Busy,
            code => StoreError::Aws(code.to_owned()),
        },
        SdkError::TimeoutError(_) => StoreError::Aws("timeout".to_owned()),
        SdkError::DispatchFailure(_) => StoreError::Aws("dispatch failure".to_owned()),
        _ => StoreError::Aws("no usable answer".to_owned()),
    }
}

/// How many keys DynamoDB takes in one batch.
const MOST_KEYS: usize = 100;

/// The items of one consistent read.
#[derive(Debug, Default)]
pub struct Items(HashMap<Key, Item>);

impl Items {
    /// The entity at a place, if there is one.
    ///
    /// # Errors
    /// The item does not have its shape.
    pub fn find<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, ShapeError> {
        self.at(&keys::of(place))
    }

    pub(crate) fn at<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, ShapeError> {
        self.0.get(key).cloned().map(items::value).transpose()
    }
}

impl App {
    /// Reads places consistently, in one round trip for a hundred.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn read(&self, places: &[Place]) -> Result<Items, StoreError> {
        let wanted = places.iter().map(keys::of).collect();
        self.read_keys(wanted).await
    }

    /// Reads one place.
    ///
    /// # Errors
    /// The table did not answer, or the item does not have its shape.
    pub async fn read_one<T: DeserializeOwned>(
        &self,
        place: &Place,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.read(std::slice::from_ref(place)).await?.find(place)?)
    }

    pub(crate) async fn read_keys(&self, mut wanted: Vec<Key>) -> Result<Items, StoreError> {
        wanted.sort();
        wanted.dedup();
        let mut found = HashMap::new();
        for keys in wanted.chunks(MOST_KEYS) {
            self.read_batch(keys, &mut found).await?;
        }
        Ok(Items(found))
    }

    async fn read_batch(
        &self,
        wanted: &[Key],
        found: &mut HashMap<Key, Item>,
    ) -> Result<(), StoreError> {
        let mut request: Vec<Item> = wanted.iter().map(items::key_attributes).collect();
        // DynamoDB may leave keys for a further call; a handful of calls is enough for any page.
        for _ in 0..8 {
            if request.is_empty() {
                return Ok(());
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(request)).consistent_read(true);
            let keys = keys.build().map_err(|error| StoreError::Aws(error.to_string()))?;
            let call = self.dynamodb().batch_get_item().request_items(self.table(), keys);
            let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
            let answer = call.send().await.map_err(|error| aws(&error))?;
            meter::add(answer.consumed_capacity());
            let items = answer.responses.unwrap_or_default().into_values().flatten();
            found.extend(items.filter_map(|item| Some((key_of(&item)?, item))));
            let left = answer.unprocessed_keys.unwrap_or_default().into_values();
            request = left.flat_map(|keys| keys.keys).collect();
        }
        Err(StoreError::Busy)
    }

    /// Reads a journal entry again, as every consumer of the bus does (SECURITY S19).
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn read_entry(
        &self,
        portal: Option<PortalId>,
        id: EntryId,
    ) -> Result<Option<Entry>, StoreError> {
        let key = keys::of_entry(portal, id);
        Ok(self.read_keys(vec![key.clone()]).await?.at(&key)?)
    }

    /// The reasons given in these entries, where nobody erased them: one round trip.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn read_reasons(
        &self,
        entries: &[Entry],
    ) -> Result<HashMap<EntryId, String>, StoreError> {
        let concerned = entries
            .iter()
            .filter_map(|entry| Some((entry.id, entry.detail.as_ref()?.concerned)))
            .collect::<Vec<_>>();
        let details = self.read_details::<Detail>(&concerned).await?;
        let with_reason = |(id, detail): (EntryId, Detail)| Some((id, detail.reason?));
        Ok(details.into_iter().filter_map(with_reason).collect())
    }

    /// What is personal in these entries, where nobody erased it: one round trip for a hundred.
    pub(crate) async fn read_details<T: DeserializeOwned>(
        &self,
        entries: &[(EntryId, Concerned)],
    ) -> Result<HashMap<EntryId, T>, StoreError> {
        let key = |(id, concerned): &(EntryId, Concerned)| keys::of_detail(*concerned, *id);
        let items = self.read_keys(entries.iter().map(key).collect()).await?;
        let mut details = HashMap::new();
        for entry in entries {
            details.extend(items.at(&key(entry))?.map(|detail| (entry.0, detail)));
        }
        Ok(details)
    }

    /// Writes outside a command: the steps of a mail, of keys and of digests, each under its own
    /// condition and without a journal entry.
    ///
    /// # Errors
    /// [`CommitError::Lost`] when somebody was faster.
    pub async fn apply(&self, writes: &[Write]) -> Result<(), CommitError> {
        self.write_all(writes).await
    }

    /// Makes an entity that may exist already; tells whether it was new.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn put_new(&self, entity: Entity) -> Result<Novelty, CommitError> {
        match self.apply(&[Write::Create(entity)]).await {
            Ok(()) => Ok(Novelty::New),
            Err(CommitError::Lost) => Ok(Novelty::Known),
            Err(error) => Err(error),
        }
    }
}

/// Whether something was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was made now.
    New,
    /// It was there.
    Known,
}

pub(crate) fn key_of(item: &Item) -> Option<Key> {
    let text = |name| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok()).cloned();
    Some(Key { pk: text("PK")?, sk: text("SK")? })
}
