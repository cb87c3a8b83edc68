//! Imports: many invitations from one spreadsheet, looked at before anything is sent, then made row
//! by row, each once (RULES D15).
//!
//! An import goes over its rows in chunks, one runner at a time: whoever runs it holds a lease, and
//! what a chunk came to is written under the version that the lease made. A row's invitation has an
//! identifier that follows from the import and the row, so that a chunk which is gone over again
//! finds what it has made.

mod columns;
mod progress;
mod row;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::advisor_request::Moderator;
use crate::changes::{Changes, Guard, Place, Record};
use crate::ids::{ImportId, PortalId};
use crate::instant::Instant;
use crate::invitation::{Assignment, Sending};
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Level;
use crate::permissions::Permit;
use crate::territory::Territory;
use crate::text::{Label, Reason};
pub use columns::{Field, HeadingError, Headings};
pub use row::{Cells, Row, Verdict};

/// How many rows stand in one item, and are gone over under one lease.
pub const ROWS_IN_CHUNK: usize = 100;

/// How long an import and its rows are kept (RULES D16).
pub const IMPORT_KEPT_DAYS: u32 = 30;

/// How long a runner has a chunk for itself.
pub const RUNNER_LEASE_SECONDS: i64 = 120;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Its rows are kept; nobody has had them looked at.
    Uploaded,
    /// Its rows are being looked at; nothing is sent.
    Checking,
    /// Every row has its verdict.
    Checked,
    /// Its rows are becoming invitations.
    Running,
    /// It is to stop: the chunk that was being gone over is being settled.
    Stopping,
    /// Every row has been dealt with.
    Finished,
    /// It was stopped.
    Cancelled,
}

impl ImportState {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether its rows are being gone over.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Stopping)
    }
}

/// What is the same for all rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CommonValues {
    /// The level of rows that name none.
    pub level: Level,
    /// The user type of rows that name none.
    pub user_type: Option<Label>,
    /// The adviser access of rows that name none.
    #[serde(default)]
    pub territory: Option<Territory>,
    /// The dossier and the role of rows that name none.
    #[serde(default)]
    pub assignment: Option<Assignment>,
    /// Words of the inviter.
    pub message: Option<Reason>,
    /// Whether the invitations are mailed at once.
    pub send: Sending,
}

/// Who goes over a chunk, and until when nobody else does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Lease {
    /// The runner.
    pub runner: String,
    /// Until when.
    pub until: Instant,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Import {
    /// Its identifier.
    pub id: ImportId,
    /// How often it was written.
    pub version: u64,
    /// The portal to whose people it adds.
    pub portal: PortalId,
    /// Where it stands.
    pub state: ImportState,
    /// How many rows it has.
    pub rows: u32,
    /// The headings of the file's columns that nothing is read from.
    pub ignored_columns: Vec<String>,
    /// Who uploaded it.
    pub uploaded_by: Moderator,
    /// In whose name its rows are looked at and invited.
    pub by: Option<Moderator>,
    /// What is the same for all rows.
    pub common: Option<CommonValues>,
    /// Raised whenever its rows are gone over anew.
    pub round: u32,
    /// The chunk that is gone over next.
    pub next_chunk: u32,
    /// Who goes over it.
    pub lease: Option<Lease>,
    /// How often it was taken since a chunk was last written down.
    #[serde(default)]
    pub attempts: u32,
    /// How many of the rows gone over in this round came to what.
    pub counts: BTreeMap<String, u32>,
    /// When it was uploaded.
    pub created_at: Instant,
    /// When its present round began.
    pub began_at: Option<Instant>,
    /// When its last round was over.
    pub ended_at: Option<Instant>,
    /// When it is erased with its rows.
    pub expires_at: Instant,
}

impl Record for Import {
    fn place(&self) -> Place {
        Place::Import(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Some rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportRows {
    /// The import.
    pub import: ImportId,
    /// Which chunk of its rows, counted from 0.
    pub chunk: u32,
    /// How often it was written.
    pub version: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// When they are erased.
    pub expires_at: Instant,
}

impl Record for ImportRows {
    fn place(&self) -> Place {
        Place::ImportRows(self.import, self.chunk)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Why an import can't be looked at, started, stopped or gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It changed since it was read.
    #[error("stale")]
    Stale,
    /// Its rows are being gone over.
    #[error("under way")]
    UnderWay,
    /// Its rows have not been looked at.
    #[error("not checked")]
    NotChecked,
    /// It was finished or stopped.
    #[error("ended")]
    Ended,
    /// Nothing is to be gone over.
    #[error("idle")]
    Idle,
    /// Somebody else goes over it.
    #[error("taken")]
    Taken,
}

/// What an upload makes.
#[derive(Debug)]
pub struct Upload {
    /// The new import.
    pub id: ImportId,
    /// The portal.
    pub portal: PortalId,
    /// Who uploads.
    pub by: Moderator,
    /// The rows of the file.
    pub rows: Vec<Row>,
    /// The headings of columns that nothing is read from.
    pub ignored_columns: Vec<String>,
    /// Now.
    pub now: Instant,
}

impl Upload {
    /// The import, and its rows in chunks, which are written before what makes them visible.
    pub fn import(self, permit: Permit) -> (Import, Vec<ImportRows>, Changes) {
        let (id, expires_at) = (self.id, self.now.plus_days(IMPORT_KEPT_DAYS));
        let import = Import {
            id,
            version: 1,
            portal: self.portal,
            state: ImportState::Uploaded,
            rows: u32::try_from(self.rows.len()).unwrap_or(u32::MAX),
            ignored_columns: self.ignored_columns,
            uploaded_by: self.by,
            by: None,
            common: None,
            round: 0,
            next_chunk: 0,
            lease: None,
            attempts: 0,
            counts: BTreeMap::new(),
            created_at: self.now,
            began_at: None,
            ended_at: None,
            expires_at,
        };
        let chunks = (0..).zip(self.rows.chunks(ROWS_IN_CHUNK));
        let chunks = chunks.map(|(chunk, rows)| {
            let rows = rows.to_vec();
            ImportRows { import: id, chunk, version: 1, rows, expires_at }
        });
        let chunks = chunks.collect();
        let event = import.event(Act::ImportUploaded, Facts::none());
        let changes = Changes::new(permit).create(import.clone()).journal(event);
        (import, chunks, changes)
    }
}

/// What If-Match wants of an import: progress changes what nobody decides on.
pub fn etag_of(id: ImportId, round: u32, state: ImportState) -> String {
    format!("{}.{round}.{}", id.ulid(), state.code())
}

impl Import {
    /// How many chunks its rows fill.
    pub fn chunks(&self) -> u32 {
        self.rows.div_ceil(u32::try_from(ROWS_IN_CHUNK).unwrap_or(u32::MAX))
    }

    /// What If-Match wants.
    pub fn etag(&self) -> String {
        etag_of(self.id, self.round, self.state)
    }

    /// Nothing begins on the last day of an import, which might end in the middle of it.
    fn has_time(&self, now: Instant) -> Result<(), ImportError> {
        if now.plus_days(1) < self.expires_at { Ok(()) } else { Err(ImportError::Ended) }
    }

    fn must_be(&self, etag: &str) -> Result<(), ImportError> {
        if self.etag() == etag { Ok(()) } else { Err(ImportError::Stale) }
    }

    fn facts(&self) -> Facts {
        let counts = self.counts.iter().map(|(code, count)| format!("{code}:{count}"));
        let status = Some(self.state.code().to_owned());
        Facts { status, codes: counts.collect(), ..Facts::none() }
    }

    fn event(&self, act: Act, before: Facts) -> Event {
        Event::new(act, Some(self.portal), Object::Import(self.id), self.version)
            .changing(before, self.facts())
    }

    /// The same in another state, with its journal entry.
    fn changed(&self, next: Self, act: Act, permit: Permit) -> (Self, Changes) {
        let next = Self { version: self.version + 1, ..next };
        let event = next.event(act, self.facts());
        (next.clone(), Changes::new(permit).update(next, Guard::Version).journal(event))
    }

    fn round(&self, state: ImportState, by: Moderator, now: Instant) -> Self {
        Self {
            state,
            by: Some(by),
            round: self.round + 1,
            next_chunk: 0,
            lease: None,
            attempts: 0,
            counts: BTreeMap::new(),
            began_at: Some(now),
            ended_at: None,
            ..self.clone()
        }
    }

    /// Has every row looked at, in the name of who asks. Nothing is sent.
    ///
    /// # Errors
    /// It is under way, ended, or changed since it was read.
    pub fn check(
        &self,
        permit: Permit,
        etag: &str,
        common: CommonValues,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), ImportError> {
        match self.state {
            ImportState::Uploaded | ImportState::Checked => {}
            state if state.is_under_way() => return Err(ImportError::UnderWay),
            _ => return Err(ImportError::Ended),
        }
        self.must_be(etag)?;
        self.has_time(now)?;
        let next = Self { common: Some(common), ..self.round(ImportState::Checking, by, now) };
        Ok(self.changed(next, Act::ImportCheckAsked, permit))
    }

    /// Starts to invite, in the name of who starts it and has had it looked at.
    ///
    /// # Errors
    /// Its rows were not looked at by who starts it, it is under way, ended or about to be erased,
    /// or changed since it was read.
    pub fn start(
        &self,
        permit: Permit,
        etag: &str,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), ImportError> {
        let is_own = self.by.as_ref().is_some_and(|checked| checked.account == by.account);
        match self.state {
            // What a row comes to follows from the rights of who asks: nobody gives on their own
            // what somebody else had looked at.
            ImportState::Checked if !is_own => return Err(ImportError::NotChecked),
            ImportState::Checked => {}
            ImportState::Uploaded => return Err(ImportError::NotChecked),
            state if state.is_under_way() => return Err(ImportError::UnderWay),
            _ => return Err(ImportError::Ended),
        }
        self.must_be(etag)?;
        self.has_time(now)?;
        let next = self.round(ImportState::Running, by, now);
        Ok(self.changed(next, Act::ImportStarted, permit))
    }

    /// Stops it. What was invited stays invited.
    ///
    /// # Errors
    /// It ended already, or is another one than was read.
    pub fn cancel(
        &self,
        permit: Permit,
        etag: &str,
        now: Instant,
    ) -> Result<(Self, Changes), ImportError> {
        let state = match self.state {
            ImportState::Finished | ImportState::Cancelled | ImportState::Stopping => {
                return Err(ImportError::Ended);
            }
            // Of the chunk that is being gone over, nobody knows yet what was invited.
            ImportState::Running => ImportState::Stopping,
            _ => ImportState::Cancelled,
        };
        self.must_be(etag)?;
        let ended_at = Some(now).filter(|_| state == ImportState::Cancelled);
        let lease = self.lease.clone().filter(|_| state == ImportState::Stopping);
        let next = Self { state, ended_at, lease, ..self.clone() };
        Ok(self.changed(next, Act::ImportCancelled, permit))
    }
}
