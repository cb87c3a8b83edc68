//! Entities as items of the table, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use guichet_domain::changes::Entity;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::keys::{self, Index, Key, Positions};

/// An item as the SDK knows it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The shape that this version writes. Readers accept every older one, and the next.
pub(crate) const SHAPE: u32 = 1;

/// The attributes that every item may have; no entity has one of these names.
pub(crate) const RESERVED: [&str; 11] = [
    "PK",
    "SK",
    "v",
    "row",
    "ttl",
    "listing_partition",
    "listing_sort",
    "subject_partition",
    "subject_sort",
    "due_partition",
    "due_sort",
];

/// An item could not be written or read as what it should be.
#[derive(Debug, thiserror::Error)]
#[error("an item does not have its shape: {0}")]
pub struct ShapeError(String);

impl From<serde_dynamo::Error> for ShapeError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for ShapeError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A value as an attribute.
pub(crate) fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, ShapeError> {
    Ok(serde_dynamo::to_attribute_value(value)?)
}

/// The attributes of any value, absent ones included as `Null`.
pub(crate) fn attributes<T: Serialize>(value: &T) -> Result<Item, ShapeError> {
    Ok(serde_dynamo::to_item(value)?)
}

/// The value that an item holds.
pub(crate) fn value<T: DeserializeOwned>(item: Item) -> Result<T, ShapeError> {
    Ok(serde_dynamo::from_item(item)?)
}

pub(crate) fn key_attributes(key: &Key) -> Item {
    HashMap::from([("PK".to_owned(), text(&key.pk)), ("SK".to_owned(), text(&key.sk))])
}

/// An entity's attributes, `Null` where an older state may have had a value.
pub(crate) fn of_entity(entity: &Entity) -> Result<Item, ShapeError> {
    let mut item = match entity {
        Entity::Portal(entity) => attributes(entity),
        Entity::SuperAdministrators(entity) => attributes(entity),
        Entity::Digest(entity) => attributes(entity),
        Entity::SignUp(entity) => attributes(entity),
        Entity::Account(entity) => attributes(entity),
        Entity::Credential(entity) => attributes(entity),
        Entity::Session(entity) => attributes(entity),
        Entity::EmailClaim(entity) => attributes(entity),
        Entity::UsernameClaim(entity) => attributes(entity),
        Entity::Person(entity) => attributes(entity),
        Entity::AdvisorRow(entity) => attributes(entity),
        Entity::Coverage(entity) => attributes(entity),
        Entity::SearchWord(entity) => attributes(entity),
        Entity::Invitation(entity) => attributes(entity),
        Entity::OpenInvitation(entity) => attributes(entity),
        Entity::Import(entity) => attributes(entity),
        Entity::ImportRows(entity) => attributes(entity),
        Entity::Dossier(entity) => attributes(entity),
        Entity::Referent(entity) => attributes(entity),
        Entity::Publication(entity) => attributes(entity),
        Entity::LocalPublication(entity) => attributes(entity),
        Entity::Position(entity) => attributes(entity),
        Entity::Removal(entity) => attributes(entity),
        Entity::OwnDossier(entity) => attributes(entity),
        Entity::Note(entity) => attributes(entity),
        Entity::Activity(entity) => attributes(entity),
        Entity::NewsOfDay(entity) => attributes(entity),
        Entity::AdvisorRequest(entity) => attributes(entity),
        Entity::PastRequest(entity) => attributes(entity),
        Entity::PublicKey(entity) => attributes(entity),
        Entity::Mail(entity) => attributes(entity),
        Entity::Composed(entity) => attributes(entity),
        Entity::Suppression(entity) => attributes(entity),
        Entity::SignedSeal(entity) => attributes(entity),
    }?;
    debug_assert!(!RESERVED.iter().any(|name| item.contains_key(*name)), "a reserved name");
    let row = row(entity)?;
    item.insert("row".to_owned(), row.map_or(AttributeValue::Null(true), text));
    add_positions(&mut item, keys::positions(entity));
    item.insert("v".to_owned(), number(SHAPE));
    Ok(item)
}

/// Adds index attributes and time to live, `Null` where the item stands in no such index.
pub(crate) fn add_positions(item: &mut Item, positions: Positions) {
    let indexed = [
        (Index::Listing, positions.listing),
        (Index::Subject, positions.subject),
        (Index::Due, positions.due),
    ];
    for (index, position) in indexed {
        let (partition, sort) = position.map_or_else(
            || (AttributeValue::Null(true), AttributeValue::Null(true)),
            |(partition, sort)| (text(partition), text(sort)),
        );
        item.insert(index.partition().to_owned(), partition);
        item.insert(index.sort().to_owned(), sort);
    }
    let ttl = positions.ttl.map_or(AttributeValue::Null(true), number);
    item.insert("ttl".to_owned(), ttl);
}

/// Leaves out what is `Null`: an absent attribute is absent in the table.
pub(crate) fn without_nulls(item: Item) -> Item {
    item.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// What `listing` and `subject` project of an entity (DESIGN §5): what its lists show, as one text,
/// since every attribute costs each command that meets the item, and lists alone read these.
fn row(entity: &Entity) -> Result<Option<String>, ShapeError> {
    let Some(chosen) = listed(entity) else { return Ok(None) };
    let shown = match entity {
        Entity::AdvisorRequest(request) => {
            let mut shown = object(request)?;
            shown.insert("territory".to_owned(), json!(request.demand.territory));
            shown.insert("organisation".to_owned(), json!(request.demand.organisation));
            let previous = request.previous.as_ref().map(|previous| previous.status.code());
            shown.insert("previous_status".to_owned(), json!(previous));
            shown
        }
        Entity::AdvisorRow(row) => object(row)?,
        Entity::Person(person) => object(person)?,
        Entity::Invitation(invitation) => object(invitation)?,
        Entity::Import(import) => object(import)?,
        Entity::Mail(mail) => object(mail)?,
        Entity::Portal(portal) => object(portal)?,
        Entity::Publication(publication) => object(publication)?,
        Entity::LocalPublication(publication) => object(publication)?,
        _ => Map::new(),
    };
    let is_chosen = |name: &str| chosen.contains(&name);
    Ok(Some(row_text(shown.into_iter().filter(|(name, _)| is_chosen(name)))))
}

/// A row as it is stored, without what is absent.
pub(crate) fn row_text(shown: impl IntoIterator<Item = (String, Value)>) -> String {
    let present = shown.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(present.collect()).to_string()
}

/// A value's members.
pub(crate) fn object<T: Serialize>(value: &T) -> Result<Map<String, Value>, ShapeError> {
    match serde_json::to_value(value)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// What stands beside the row of an item, since it is written without it.
const WRITTEN_APART: [&str; 2] = ["taking", "active_on"];

/// What a list shows of an item: its row, with what is written apart from it beside. Rows were maps
/// before they were texts.
pub(crate) fn listed_value<T: DeserializeOwned>(mut item: Item) -> Result<T, ShapeError> {
    let mut shown: Map<String, Value> = match item.remove("row") {
        Some(AttributeValue::S(row)) => serde_json::from_str(&row)?,
        Some(AttributeValue::M(row)) => value(row)?,
        _ => return value(item),
    };
    for name in WRITTEN_APART {
        if let Some(noted) = item.remove(name) {
            shown.insert(name.to_owned(), serde_dynamo::from_attribute_value(noted)?);
        }
    }
    Ok(serde_json::from_value(Value::Object(shown))?)
}

/// The attributes that lists show of an entity.
fn listed(entity: &Entity) -> Option<&'static [&'static str]> {
    Some(match entity {
        Entity::AdvisorRequest(_) => OF_REQUEST,
        Entity::AdvisorRow(_) => OF_ADVISOR,
        Entity::Person(_) => OF_PERSON,
        Entity::Invitation(_) => OF_INVITATION,
        Entity::Import(_) => OF_IMPORT,
        Entity::Mail(_) => OF_MAIL,
        Entity::Portal(_) => OF_PORTAL,
        Entity::Publication(_) | Entity::LocalPublication(_) => OF_PUBLICATION,
        _ => return None,
    })
}

const OF_REQUEST: &[&str] = &[
    "account",
    "opening",
    "version",
    "status",
    "first_name",
    "last_name",
    "territory",
    "organisation",
    "submitted_at",
    "lapses_at",
    "previous_status",
];

const OF_ADVISOR: &[&str] = &[
    "account",
    "portal",
    "first_name",
    "last_name",
    "organisation",
    "territory",
    "ends_at",
    "rights_version",
    "dossier_mails",
];

const OF_PERSON: &[&str] = &[
    "account",
    "portal",
    "level",
    "moderation_mails",
    "dossier_mails",
    "profile",
    "access",
    "rights_version",
    "joined_at",
    "archived_at",
];

const OF_INVITATION: &[&str] = &[
    "id",
    "scope",
    "email",
    "first_name",
    "last_name",
    "level",
    "assignment",
    "inviter",
    "state",
    "generation",
    "times_sent",
    "created_at",
    "sent_at",
    "expires_at",
    "ended_at",
    "ended_by",
    "delivery",
    "territory",
    "accepted_by",
];

const OF_IMPORT: &[&str] = &[
    "id",
    "portal",
    "state",
    "rows",
    "uploaded_by",
    "by",
    "round",
    "counts",
    "created_at",
    "began_at",
    "ended_at",
    "expires_at",
];

const OF_PUBLICATION: &[&str] = &[
    "dossier",
    "portal",
    "id",
    "rights_version",
    "state",
    "dossier_version",
    "title",
    "organisation",
    "locality",
    "submitted_by",
    "submitted_at",
    "previous",
    "advisors",
    "observers",
];

const OF_MAIL: &[&str] = &[
    "id",
    "version",
    "automation",
    "recipient",
    "subject",
    "state",
    "created_at",
    "due_at",
    "sent_at",
    "outcome",
    "outcome_at",
    "entry",
];

const OF_PORTAL: &[&str] = &["id"];
