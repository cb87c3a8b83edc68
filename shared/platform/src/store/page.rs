//! Pages of a listing. The partition comes from the authorised request, never from the cursor, so
//! that a forged cursor reaches nothing new (DESIGN §7).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet_domain::changes::Place;
use guichet_domain::ids::PortalId;
use guichet_domain::instant::Instant;
use guichet_domain::seal::{ACCOUNT_JOURNALS, Journal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{StoreError, aws, key_of};
use crate::app::App;
use crate::items::{self, Item, ShapeError, text};
use crate::keys::{Index, Listing, Partition, Range};
use crate::meter;

/// In which order a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The smallest sort key first: names, due instants.
    Ascending,
    /// The greatest sort key first: what is newest.
    Descending,
}

/// How much of a listing is wanted, and from where.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// At most so many rows are read.
    pub limit: u16,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// The order.
    pub order: Order,
}

impl PageQuery {
    /// The first rows of a listing.
    pub fn first(limit: u16, order: Order) -> Self {
        Self { limit, cursor: None, order }
    }
}

/// Some rows of a listing.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins, if there may be one.
    pub cursor: Option<String>,
}

/// What a cursor holds: sort keys and, in an index, the key of the table.
#[derive(Serialize, Deserialize)]
struct Cursor {
    pk: String,
    sk: String,
    sort: Option<String>,
}

impl App {
    /// Reads a page of a listing: one round trip.
    ///
    /// # Errors
    /// The table did not answer, or the cursor is not one of this listing.
    pub async fn page<T: DeserializeOwned>(
        &self,
        listing: &Listing,
        query: &PageQuery,
    ) -> Result<Page<T>, StoreError> {
        self.page_where(listing, query, query.limit, |_| true).await
    }

    /// Reads all rows of a listing that is short by nature, page by page.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn all<T: DeserializeOwned>(&self, listing: &Listing) -> Result<Vec<T>, StoreError> {
        let mut query = PageQuery::first(100, Order::Ascending);
        let mut rows = Vec::new();
        loop {
            let page = self.page(listing, &query).await?;
            rows.extend(page.rows);
            query.cursor = page.cursor;
            if query.cursor.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Every journal: those of acts on accounts, then those of the portals.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn journals(&self) -> Result<Vec<Journal>, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            id: PortalId,
        }
        let rows = self.all::<Row>(&Listing::Portals).await?;
        let portals = rows.into_iter().map(|row| Journal::Portal(row.id));
        Ok((0..ACCOUNT_JOURNALS).map(Journal::Accounts).chain(portals).collect())
    }

    /// Reads at most `most` rows of a listing, in one round trip, and keeps the first ones that a
    /// filter wants. The page may be short, or empty, and still have a cursor (DESIGN §5).
    ///
    /// # Errors
    /// The table did not answer, or the cursor is not one of this listing.
    pub async fn page_where<T: DeserializeOwned>(
        &self,
        listing: &Listing,
        query: &PageQuery,
        most: u16,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Page<T>, StoreError> {
        let partition = listing.partition();
        let (items, last) = self.fetch(&partition, query, most).await?;
        let (mut rows, read) = (Vec::new(), items.len());
        for (index, item) in items.into_iter().enumerate() {
            let here = cursor(&partition, &item);
            let value: T = shown(&partition, item)?;
            if !wanted(&value) {
                continue;
            }
            rows.push(value);
            let more = index + 1 < read || last.is_some();
            if rows.len() == usize::from(query.limit) {
                return Ok(Page { rows, cursor: here.filter(|_| more) });
            }
        }
        Ok(Page { rows, cursor: last.and_then(|last| cursor(&partition, &last)) })
    }

    async fn fetch(
        &self,
        partition: &Partition,
        query: &PageQuery,
        most: u16,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let start = query.cursor.as_deref().map(|cursor| start(partition, cursor)).transpose()?;
        let (condition, values) = condition(partition);
        let (pk, sort) = attributes_of(partition);
        let mut call = self
            .dynamodb()
            .query()
            .table_name(self.table())
            .set_index_name(partition.index.map(|index| index.name().to_owned()))
            .consistent_read(partition.index.is_none())
            .key_condition_expression(condition)
            .expression_attribute_names("#partition", pk)
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(query.order == Order::Ascending)
            .limit(i32::from(most))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if partition.range != Range::All {
            call = call.expression_attribute_names("#sort", sort);
        }
        let answer = call.send().await.map_err(|error| match (aws(&error), &query.cursor) {
            // DynamoDB refuses a start that can't stand in the partition.
            (StoreError::Aws(code), Some(_)) if code == "ValidationException" => StoreError::Cursor,
            (error, _) => error,
        })?;
        meter::add(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

/// The names of the attributes that the partition is read by.
fn attributes_of(partition: &Partition) -> (&'static str, &'static str) {
    partition.index.map_or(("PK", "SK"), |index| (index.partition(), index.sort()))
}

fn condition(partition: &Partition) -> (&'static str, HashMap<String, AttributeValue>) {
    let mut values = HashMap::from([(":partition".to_owned(), text(&partition.value))]);
    let condition = match &partition.range {
        Range::All => return ("#partition = :partition", values),
        Range::BeginsWith(sort) => {
            values.insert(":sort".to_owned(), text(sort));
            "#partition = :partition AND begins_with(#sort, :sort)"
        }
        Range::UpTo(sort) => {
            values.insert(":sort".to_owned(), text(sort));
            "#partition = :partition AND #sort <= :sort"
        }
        Range::Between(first, last) => {
            values.insert(":first".to_owned(), text(first));
            values.insert(":last".to_owned(), text(last));
            "#partition = :partition AND #sort BETWEEN :first AND :last"
        }
    };
    (condition, values)
}

/// What a list shows of an item: its row in an index, itself in the table.
fn shown<T: DeserializeOwned>(partition: &Partition, item: Item) -> Result<T, ShapeError> {
    match partition.index {
        Some(Index::Listing | Index::Subject) => items::listed_value(item),
        Some(Index::Due) | None => items::value(item),
    }
}

fn cursor(partition: &Partition, last: &Item) -> Option<String> {
    let key = key_of(last)?;
    let (_, sort) = attributes_of(partition);
    let sort = partition.index.and_then(|_| last.get(sort)?.as_s().ok().cloned());
    let cursor = serde_json::to_vec(&Cursor { pk: key.pk, sk: key.sk, sort }).ok()?;
    Some(URL_SAFE_NO_PAD.encode(cursor))
}

fn start(partition: &Partition, cursor: &str) -> Result<Item, StoreError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::Cursor)?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| StoreError::Cursor)?;
    let (pk, sort) = attributes_of(partition);
    let mut start =
        Item::from([("PK".to_owned(), text(cursor.pk)), ("SK".to_owned(), text(cursor.sk))]);
    match (partition.index, cursor.sort) {
        (Some(_), Some(value)) => start.insert(sort.to_owned(), text(value)),
        (None, None) => None,
        _ => return Err(StoreError::Cursor),
    };
    start.insert(pk.to_owned(), text(&partition.value));
    Ok(start)
}

impl App {
    /// What a schedule must look at by now, and since when, at most `most` items of each shard.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn due(
        &self,
        use_case: &'static str,
        now: Instant,
        most: u16,
    ) -> Result<Vec<(Instant, Place)>, StoreError> {
        let mut places = Vec::new();
        for shard in 0..crate::keys::DUE_SHARDS {
            let listing = Listing::Due(use_case, shard, now);
            let query = PageQuery::first(most, Order::Ascending);
            let page = self.page::<serde_json::Map<String, serde_json::Value>>(&listing, &query);
            let rows = page.await?.rows;
            let text = |row: &serde_json::Map<String, serde_json::Value>, name: &str| {
                row.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
            };
            places.extend(rows.iter().filter_map(|row| {
                let sort = text(row, crate::keys::Index::Due.sort());
                let since = sort.split('#').next().and_then(|since| since.parse().ok())?;
                let key = crate::keys::Key { pk: text(row, "PK"), sk: text(row, "SK") };
                Some((since, crate::keys::place_of(&key)?))
            }));
        }
        Ok(places)
    }
}
