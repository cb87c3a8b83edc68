//! The first read of a command: who asks, on which portal, and what it is about, in one consistent
//! round trip (DESIGN §3).

use std::str::FromStr;

use guichet_domain::account::{Account, Session, Standing};
use guichet_domain::changes::{Changes, Place};
use guichet_domain::ids::PortalId;
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Actor, Member};
use guichet_domain::person::{Named, Person};
use guichet_domain::portal::Portal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::keys;
use crate::problem::{Error, KEY_REUSED, NOT_FOUND, UNAUTHORISED};
use crate::request::Request;
use crate::store::{Idempotency, Items, Origin};

/// Whether this very request was done before, under its idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// It is new.
    New,
    /// It was done: nothing is done again, and the object is answered as it is now.
    Done,
}

/// What a signed-in request begins with.
#[derive(Debug)]
pub struct Desk {
    /// Who asks.
    pub actor: Actor,
    /// Their account.
    pub account: Account,
    /// Their session.
    pub session: Session,
    /// What they are on the portal.
    pub person: Option<Person>,
    /// Whether it was done before.
    pub replay: Replay,
    /// What it made when it was done before, if it makes something.
    pub made: Option<String>,
    portal: Option<Portal>,
    items: Items,
    origin: Origin,
}

/// An idempotency record as it is stored.
#[derive(Deserialize)]
struct Record {
    hash: String,
    expires_at: Instant,
    #[serde(default)]
    object: Option<String>,
}

impl Desk {
    /// The portal of the request's path.
    ///
    /// # Errors
    /// [`NOT_FOUND`] when there is none.
    pub fn portal(&self) -> Result<&Portal, Error> {
        self.portal.as_ref().ok_or_else(|| (&NOT_FOUND).into())
    }

    /// Everything that was asked for.
    pub fn items(&self) -> &Items {
        &self.items
    }

    /// The entity at a place that was asked for, if there is one.
    ///
    /// # Errors
    /// The item does not have its shape.
    pub fn find<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, Error> {
        Ok(self.items.find(place)?)
    }

    /// The entity at a place that was asked for.
    ///
    /// # Errors
    /// [`NOT_FOUND`] when there is none.
    pub fn require<T: DeserializeOwned>(&self, place: &Place) -> Result<T, Error> {
        self.find(place)?.ok_or_else(|| (&NOT_FOUND).into())
    }

    /// Who asks, by account and name.
    ///
    /// # Errors
    /// [`NOT_FOUND`] for somebody who is nobody on the portal.
    pub fn named(&self) -> Result<Named, Error> {
        self.person.as_ref().map(Named::of).ok_or_else(|| (&NOT_FOUND).into())
    }

    /// Where the command comes from, for its journal entry and its idempotency record.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl App {
    /// Reads who asks and what it is about.
    ///
    /// # Errors
    /// 401 without a valid session; 422 for an idempotency key used for another request.
    pub async fn desk(
        &self,
        request: &Request,
        portal: Option<PortalId>,
        places: &[Place],
    ) -> Result<Desk, Error> {
        let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
        let bearer = self.bearer(token).await?;
        let idempotency = self.idempotency_of(request, bearer.account).await?;
        let mut wanted: Vec<_> = places.iter().map(keys::of).collect();
        let session_place = Place::Session(bearer.account, bearer.session);
        let account_place = Place::Account(bearer.account);
        wanted.extend([keys::of(&session_place), keys::of(&account_place)]);
        if let Some(portal) = portal {
            wanted.push(keys::of(&Place::Portal(portal)));
            wanted.push(keys::of(&Place::Person(bearer.account, portal)));
        }
        let record_key =
            idempotency.as_ref().map(|key| keys::of_idempotency(key.account, &key.name));
        wanted.extend(record_key.clone());
        let mut items = self.read_keys(wanted.clone()).await?;
        let record: Option<Record> = record_key.map(|key| items.at(&key)).transpose()?.flatten();
        let made = record.as_ref().and_then(|record| record.object.clone());
        let replay = replay(record, idempotency.as_ref(), self.now());
        if matches!(replay, Ok(Replay::Done)) {
            // A batch read is not a snapshot: what stood beside the record may be older than it.
            items = self.read_keys(wanted).await?;
        }

        let session: Option<Session> = items.find(&session_place)?;
        let account: Option<Account> = items.find(&account_place)?;
        let (Some(session), Some(account)) = (session, account) else {
            return Err((&UNAUTHORISED).into());
        };
        let of_portal = |portal| items.find::<Portal>(&Place::Portal(portal));
        let person_at = |portal| items.find::<Person>(&Place::Person(bearer.account, portal));
        let person = portal.map(person_at).transpose()?.flatten();
        if !session.lives(account.session_epoch, standing(person.as_ref()), self.now()) {
            return Err((&UNAUTHORISED).into());
        }
        let member = Box::new(Member { account: account.id, portal, person: person.clone() });
        Ok(Desk {
            actor: Actor::Account(member),
            account,
            session,
            person,
            replay: replay?,
            made,
            portal: portal.map(of_portal).transpose()?.flatten(),
            items,
            origin: Origin { request: request.id.clone(), idempotency },
        })
    }

    /// Reads a portal, and who looks at it: anybody, or somebody signed in.
    ///
    /// # Errors
    /// [`NOT_FOUND`] when there is no such portal; 401 for a session that is not valid.
    pub async fn visitor(
        &self,
        request: &Request,
        portal: PortalId,
    ) -> Result<(Actor, Portal), Error> {
        if request.bearer_token().is_some() {
            let desk = self.desk(request, Some(portal), &[]).await?;
            let portal = desk.portal()?.clone();
            return Ok((desk.actor, portal));
        }
        let found: Option<Portal> = self.read_one(&Place::Portal(portal)).await?;
        Ok((Actor::Public, found.ok_or_else(|| Error::from(&NOT_FOUND))?))
    }

    /// Writes what a signed-in command decided.
    ///
    /// # Errors
    /// [`Error::Again`] when what it rests on changed meanwhile.
    pub async fn commit_at(&self, desk: &Desk, changes: Changes) -> Result<(), Error> {
        Ok(self.commit(desk.origin(), changes).await?)
    }

    /// Writes what a signed-in command decided that makes something, which a repeated request then
    /// answers (SECURITY S17).
    ///
    /// # Errors
    /// [`Error::Again`] when what it rests on changed meanwhile.
    pub async fn commit_made(
        &self,
        desk: &Desk,
        changes: Changes,
        made: impl ToString,
    ) -> Result<(), Error> {
        let mut origin = desk.origin().clone();
        if let Some(idempotency) = &mut origin.idempotency {
            idempotency.object = Some(made.to_string());
        }
        Ok(self.commit(&origin, changes).await?)
    }

    /// Reads what this very request made when it was done before.
    ///
    /// # Errors
    /// [`NOT_FOUND`] when it is gone.
    pub async fn read_made<Id: FromStr, T: DeserializeOwned>(
        &self,
        desk: &Desk,
        place: impl FnOnce(Id) -> Place,
    ) -> Result<T, Error> {
        let made = desk.made.as_ref().and_then(|made| made.parse().ok());
        let place = place(made.ok_or_else(|| Error::from(&NOT_FOUND))?);
        self.read_one(&place).await?.ok_or_else(|| (&NOT_FOUND).into())
    }

    async fn idempotency_of(
        &self,
        request: &Request,
        account: guichet_domain::ids::AccountId,
    ) -> Result<Option<Idempotency>, Error> {
        // Reading is repeatable as it is.
        if request.method == http::Method::GET || request.method == http::Method::HEAD {
            return Ok(None);
        }
        let Some(name) = request.idempotency_key()? else { return Ok(None) };
        let parts =
            [request.method.as_str().as_bytes(), request.raw_path.as_bytes(), request.body()];
        let hash = self.keyed_hash("idempotency", &parts).await?;
        Ok(Some(Idempotency { account, name: name.to_owned(), hash, object: None }))
    }
}

/// What somebody is on the portal of the request: where one is staff, sessions live shorter.
fn standing(person: Option<&Person>) -> Standing {
    match person {
        Some(person) if person.level.is_staff() => Standing::Staff,
        _ => Standing::Ordinary,
    }
}

fn replay(
    record: Option<Record>,
    idempotency: Option<&Idempotency>,
    now: Instant,
) -> Result<Replay, Error> {
    match (record, idempotency) {
        (Some(record), Some(key)) if now < record.expires_at => {
            if record.hash == key.hash {
                Ok(Replay::Done)
            } else {
                Err((&KEY_REUSED).into())
            }
        }
        _ => Ok(Replay::New),
    }
}

/// A list's answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
