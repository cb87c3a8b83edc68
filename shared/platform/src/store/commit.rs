//! One command is one transaction: state, guards, evidence, journal and idempotency (DESIGN §3).

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity,
    TransactWriteItem, Update,
};
use guichet_domain::changes::{Changes, Entity, Guard, Noted, Place, Write};
use guichet_domain::ids::{AccountId, EntryId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::{Entry, Event, SealedDetail};
use guichet_domain::permissions::{Evidence, Permit};

use super::{StoreError, aws};
use crate::app::App;
use crate::items::{self, Item, ShapeError, number, text};
use crate::keys::{self, Key};
use crate::limits::Counted;
use crate::meter;
use crate::request::Request;
use crate::seal::detail_hash;

/// Why a transaction was not written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A condition did not hold: somebody was faster, or rights changed. What was read is to be
    /// read again, and decided again.
    #[error("somebody was faster")]
    Lost,
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ShapeError> for CommitError {
    fn from(error: ShapeError) -> Self {
        Self::Store(error.into())
    }
}

/// The idempotency key of a request, with what makes another request another one.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Whose key it is.
    pub account: AccountId,
    /// The key, as the client sent it.
    pub name: String,
    /// The keyed hash of method, path and body.
    pub hash: String,
    /// What the request made, for those that make something: a repeated one answers it.
    pub object: Option<String>,
}

/// Where a command comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The request's identifier.
    pub request: String,
    /// Its idempotency key, if it has one.
    pub idempotency: Option<Idempotency>,
}

impl Origin {
    /// A request without an idempotency key, as a page's form is.
    pub fn of(request: &Request) -> Self {
        Self { request: request.id.clone(), idempotency: None }
    }
}

/// What DynamoDB allows in one transaction.
const MOST_WRITES: usize = 100;

/// How often a transaction that only met another one is tried again.
const MOST_CONFLICTS: u32 = 5;

/// How long a journal entry's identifier may be older than its write: a window of the journal
/// that is older is complete, which `catch_up` and the seal rely on (DESIGN §6).
const GIVE_UP_AFTER_SECONDS: i64 = 60;

/// How long an idempotency key is kept.
const IDEMPOTENCY_SECONDS: i64 = 86_400;

impl App {
    /// Writes everything that a decision changes, or nothing.
    ///
    /// # Errors
    /// [`CommitError::Lost`] when what the decision rests on changed meanwhile.
    pub async fn commit(&self, origin: &Origin, changes: Changes) -> Result<(), CommitError> {
        if changes.writes.is_empty() && changes.events.is_empty() {
            return Ok(());
        }
        self.transact(|now| self.transaction(origin, &changes, now)).await
    }

    /// Makes a mail and counts it in limits, each of which may hold at most so many; nothing where
    /// the mail is known or a limit is full.
    pub(crate) async fn put_counted(
        &self,
        mail: guichet_domain::mail::Mail,
        counted: &[Counted],
    ) -> Result<(), CommitError> {
        let write = Write::Create(Entity::from(mail));
        self.transact_counted(counted, |now| Ok(vec![self.transact_item(&write, now)?])).await
    }

    /// Writes what a decision changes and counts it in limits; nothing where a limit is full or
    /// somebody was faster.
    pub(crate) async fn commit_counted(
        &self,
        origin: &Origin,
        changes: Changes,
        counted: &[Counted],
    ) -> Result<(), CommitError> {
        self.transact_counted(counted, |now| self.transaction(origin, &changes, now)).await
    }

    async fn transact_counted(
        &self,
        counted: &[Counted],
        transaction: impl Fn(Instant) -> Result<Vec<TransactWriteItem>, StoreError>,
    ) -> Result<(), CommitError> {
        let written = self.transact(|now| {
            let counts = counted.iter().map(|counted| self.count(counted));
            let mut items = counts.collect::<Result<Vec<_>, StoreError>>()?;
            items.extend(transaction(now)?);
            Ok(items)
        });
        match written.await {
            Ok(()) | Err(CommitError::Lost) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn count(&self, counted: &Counted) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&counted.key)))
            .update_expression("ADD taken :one SET #ttl = :ttl")
            .condition_expression("attribute_not_exists(taken) OR taken < :most")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(counted.most))
            .expression_attribute_values(":ttl", number(counted.ttl))
            .build()
            .map_err(|error| StoreError::Aws(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    pub(super) async fn write_all(&self, writes: &[Write]) -> Result<(), CommitError> {
        self.transact(|now| writes.iter().map(|write| self.transact_item(write, now)).collect())
            .await
    }

    /// Tries a transaction until it is written, lost, or met too many others.
    async fn transact(
        &self,
        transaction: impl Fn(Instant) -> Result<Vec<TransactWriteItem>, StoreError>,
    ) -> Result<(), CommitError> {
        let first = self.now();
        for attempt in 0..=MOST_CONFLICTS {
            let now = self.now();
            if now.seconds_since(first) >= GIVE_UP_AFTER_SECONDS {
                break;
            }
            let items = transaction(now)?;
            if items.len() > MOST_WRITES {
                return Err(StoreError::Aws("more writes than one transaction takes".into()).into());
            }
            let call = self.dynamodb().transact_write_items().set_transact_items(Some(items));
            match call.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
                Ok(written) => {
                    meter::add(written.consumed_capacity());
                    return Ok(());
                }
                Err(error) => match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                        cancellation(cancelled.cancellation_reasons())?;
                    }
                    Some(TransactWriteItemsError::TransactionInProgressException(_)) => {}
                    _ => return Err(aws(&error).into()),
                },
            }
            tokio::time::sleep(self.jitter(attempt)).await;
        }
        Err(StoreError::Busy.into())
    }

    /// A random pause before the next attempt, longer each time.
    fn jitter(&self, attempt: u32) -> Duration {
        let most_milliseconds = 20_u64 << attempt.min(6);
        Duration::from_millis(self.random_u64() % most_milliseconds + 1)
    }

    fn transaction(
        &self,
        origin: &Origin,
        changes: &Changes,
        now: Instant,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut items = Vec::with_capacity(changes.writes.len() + 4);
        for write in &changes.writes {
            items.push(self.transact_item(write, now)?);
        }
        let mut named: Vec<Place> = changes.writes.iter().map(Write::place).collect();
        for evidence in changes.permit.evidence() {
            // An item may stand only once in a transaction, and the write's own condition on the
            // whole version is stronger than a check of the rights alone.
            if !named.contains(&evidence.place) {
                items.push(self.evidence(evidence)?);
                named.push(evidence.place.clone());
            }
        }
        for event in &changes.events {
            items.extend(self.entry(origin, &changes.permit, event, now)?);
        }
        if let Some(idempotency) = &origin.idempotency {
            items.push(self.idempotency(idempotency, now)?);
        }
        Ok(items)
    }

    fn transact_item(&self, write: &Write, now: Instant) -> Result<TransactWriteItem, StoreError> {
        match write {
            Write::Create(entity) => {
                let condition = Condition::absent();
                self.put(keys::of(&entity.place()), items::of_entity(entity)?, condition)
            }
            Write::Put(entity) => {
                let condition = Condition::none();
                self.put(keys::of(&entity.place()), items::of_entity(entity)?, condition)
            }
            Write::Replace(entity, guard) => {
                let condition = Condition::version_before(entity).guarded(*guard, now);
                self.put(keys::of(&entity.place()), items::of_entity(entity)?, condition)
            }
            Write::Update(entity, guard) => {
                let condition = Condition::version_before(entity).guarded(*guard, now);
                self.update(&entity.place(), items::of_entity(entity)?, condition)
            }
            Write::Delete(entity, guard) => {
                let condition = Condition::version(entity.version()).guarded(*guard, now);
                self.delete(&entity.place(), condition)
            }
            Write::Remove(place) => self.delete(place, Condition::none()),
            Write::Check(place, version) => {
                let condition = version.map_or_else(Condition::absent, Condition::version);
                self.check(place, condition)
            }
            Write::Note(place, noted) => self.note(place, noted, now),
        }
    }

    fn note(
        &self,
        place: &Place,
        noted: &Noted,
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let none = Condition::none();
        let (name, value, condition) = match noted {
            Noted::RequestTaken(taking) => {
                let opening = items::attribute(&taking.opening)?;
                let is_open = none.guarded(Guard::StillOpen, now);
                let is_it = is_open.and("opening = :opening", ":opening", opening);
                ("taking", items::attribute(taking)?, is_it)
            }
            Noted::DossierTaken(taking, rights_version) => {
                let rights = number(*rights_version);
                let is_it = none.and("rights_version = :rights", ":rights", rights);
                ("taking", items::attribute(taking)?, is_it)
            }
            Noted::ActiveOn(day) => {
                let is_later = "attribute_exists(PK) AND (attribute_not_exists(active_on) OR \
                                active_on < :day)";
                ("active_on", text(day), none.and(is_later, ":day", text(day)))
            }
        };
        self.update(place, HashMap::from([(name.to_owned(), value)]), condition)
    }

    fn put(
        &self,
        key: Key,
        item: Item,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut item = items::without_nulls(item);
        item.extend(items::key_attributes(&key));
        let (expression, names, values) = condition.parts();
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(item))
            .set_condition_expression(expression)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|error| StoreError::Aws(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Sets what the entity has and removes what it no longer has; attributes that this version
    /// does not know stay as they are.
    fn update(
        &self,
        place: &Place,
        item: Item,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let (expression, names, values) = condition.parts();
        let (mut names, mut values) = (names.unwrap_or_default(), values.unwrap_or_default());
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (index, (name, value)) in item.into_iter().enumerate() {
            names.insert(format!("#u{index}"), name);
            if value.is_null() {
                remove.push(format!("#u{index}"));
            } else {
                set.push(format!("#u{index} = :u{index}"));
                values.insert(format!(":u{index}"), value);
            }
        }
        let mut changes = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            changes = format!("{changes} REMOVE {}", remove.join(", "));
        }
        let update = Update::builder()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&keys::of(place))))
            .update_expression(changes)
            .set_condition_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(|error| StoreError::Aws(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn delete(&self, place: &Place, condition: Condition) -> Result<TransactWriteItem, StoreError> {
        let (expression, names, values) = condition.parts();
        let delete = Delete::builder()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&keys::of(place))))
            .set_condition_expression(expression)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|error| StoreError::Aws(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// The permit's evidence, repeated as a condition (DESIGN §2, 4).
    fn evidence(&self, evidence: &Evidence) -> Result<TransactWriteItem, StoreError> {
        let condition = match evidence.rights_version {
            None => Condition::absent(),
            Some(version) => {
                let version = number(version);
                Condition::none().and("rights_version = :rights", ":rights", version)
            }
        };
        self.check(&evidence.place, condition)
    }

    fn check(&self, place: &Place, condition: Condition) -> Result<TransactWriteItem, StoreError> {
        let (expression, names, values) = condition.parts();
        let check = ConditionCheck::builder()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&keys::of(place))))
            .set_condition_expression(expression)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|error| StoreError::Aws(error.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// The journal entry of an event, with an identifier made anew at each attempt, and its
    /// erasable detail.
    fn entry(
        &self,
        origin: &Origin,
        permit: &Permit,
        event: &Event,
        now: Instant,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let id = EntryId::new(self.fresh_ulid(now));
        let mut writes = Vec::new();
        let mut sealed = None;
        if let Some(detail) = &event.detail {
            let salt = self.fresh_secret();
            let hash = detail_hash(&salt, detail.reason.as_deref());
            sealed = Some(SealedDetail { concerned: detail.concerned, hash });
            let mut item = items::attributes(detail)?;
            item.insert("salt".to_owned(), text(salt));
            item.insert("v".to_owned(), number(items::SHAPE));
            let key = keys::of_detail(detail.concerned, id);
            writes.push(self.put(key, item, Condition::absent())?);
        }
        let entry = Entry {
            id,
            act: event.act,
            portal: event.portal,
            object: event.object,
            person: event.person,
            author: event.author.unwrap_or(permit.author()),
            rule: permit.rule(),
            before: event.before.clone(),
            after: event.after.clone(),
            version: event.version,
            detail: sealed,
            at: now,
            request: origin.request.clone(),
        };
        let mut item = items::without_nulls(items::attributes(&entry)?);
        item.insert("row".to_owned(), text(items::row_text(items::object(&entry)?)));
        item.insert("v".to_owned(), number(items::SHAPE));
        items::add_positions(&mut item, keys::of_entry_positions(&entry));
        writes.push(self.put(keys::of_entry(event.portal, id), item, Condition::absent())?);
        Ok(writes)
    }

    fn idempotency(
        &self,
        idempotency: &Idempotency,
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let expires_at = now.plus_seconds(IDEMPOTENCY_SECONDS);
        let mut item = HashMap::from([
            ("hash".to_owned(), text(&idempotency.hash)),
            ("expires_at".to_owned(), text(expires_at.to_string())),
            ("ttl".to_owned(), number(expires_at.seconds())),
        ]);
        item.extend(idempotency.object.as_ref().map(|made| ("object".to_owned(), text(made))));
        let condition = Condition {
            expression: vec!["(attribute_not_exists(PK) OR expires_at <= :now)".to_owned()],
            values: HashMap::from([(":now".to_owned(), text(now.to_string()))]),
            ..Condition::none()
        };
        let key = keys::of_idempotency(idempotency.account, &idempotency.name);
        self.put(key, item, condition)
    }
}

/// A transaction is lost when a condition failed; otherwise it only met another one.
fn cancellation(reasons: &[CancellationReason]) -> Result<(), CommitError> {
    for reason in reasons {
        match reason.code().unwrap_or("None") {
            "ConditionalCheckFailed" => return Err(CommitError::Lost),
            "None"
            | "TransactionConflict"
            | "ThrottlingError"
            | "ProvisionedThroughputExceeded" => {}
            code => return Err(StoreError::Aws(code.to_owned()).into()),
        }
    }
    Ok(())
}

/// A condition expression under construction.
#[derive(Debug, Default)]
struct Condition {
    expression: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

type Parts =
    (Option<String>, Option<HashMap<String, String>>, Option<HashMap<String, AttributeValue>>);

impl Condition {
    fn none() -> Self {
        Self::default()
    }

    fn absent() -> Self {
        Self { expression: vec!["attribute_not_exists(PK)".to_owned()], ..Self::default() }
    }

    fn version(version: u64) -> Self {
        Self::none().and("version = :version", ":version", number(version))
    }

    fn version_before(entity: &Entity) -> Self {
        Self::version(entity.version().saturating_sub(1))
    }

    fn and(mut self, expression: &str, name: &str, value: AttributeValue) -> Self {
        self.expression.push(expression.to_owned());
        self.values.insert(name.to_owned(), value);
        self
    }

    fn guarded(self, guard: Guard, now: Instant) -> Self {
        let now = text(now.to_string());
        match guard {
            Guard::Version => self,
            Guard::NotExpired => self.and("expires_at > :now", ":now", now),
            Guard::StillOpen => self.open().and("lapses_at > :now", ":now", now),
            Guard::Lapsed => self.open().and("lapses_at <= :now", ":now", now),
        }
    }

    fn open(mut self) -> Self {
        self.names.insert("#status".to_owned(), "status".to_owned());
        self.and("#status = :open", ":open", text("open"))
    }

    fn parts(self) -> Parts {
        let some =
            |expression: Vec<String>| (!expression.is_empty()).then(|| expression.join(" AND "));
        let names = (!self.names.is_empty()).then_some(self.names);
        let values = (!self.values.is_empty()).then_some(self.values);
        (some(self.expression), names, values)
    }
}
