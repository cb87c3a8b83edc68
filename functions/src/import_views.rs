//! What several use cases answer about imports.

use std::collections::BTreeMap;

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::Place;
use guichet_domain::ids::{ImportId, PortalId};
use guichet_domain::import::{CommonValues, Import, ImportError, ImportState, etag_of};
use guichet_domain::instant::Instant;
use guichet_platform::app::App;
use guichet_platform::desk::Desk;
use guichet_platform::problem::{self, Error, NOT_FOUND, Problem};
use guichet_platform::reply::Reply;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::ModeratorView;

/// An import of a portal.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ImportPath {
    /// The portal.
    pub(crate) portal: PortalId,
    /// The import.
    pub(crate) import: ImportId,
}

impl ImportPath {
    /// Where it stands.
    pub(crate) fn place(self) -> Place {
        Place::Import(self.import)
    }

    /// The import. What is past its end is gone, whoever tidies up.
    ///
    /// # Errors
    /// 404 for another portal's, or one that is past its end.
    pub(crate) fn found(self, app: &App, desk: &Desk) -> Result<Import, Error> {
        let now = app.now();
        let is_here = |import: &Import| import.portal == self.portal && now < import.expires_at;
        let found: Option<Import> = desk.find(&self.place())?;
        found.filter(is_here).ok_or_else(|| (&NOT_FOUND).into())
    }
}

/// An import, as the index of the table holds it.
#[derive(Debug, Deserialize)]
pub(crate) struct ImportRow {
    id: ImportId,
    state: ImportState,
    rows: u32,
    uploaded_by: Moderator,
    #[serde(default)]
    by: Option<Moderator>,
    round: u32,
    counts: BTreeMap<String, u32>,
    created_at: Instant,
    #[serde(default)]
    began_at: Option<Instant>,
    #[serde(default)]
    ended_at: Option<Instant>,
    pub(crate) expires_at: Instant,
}

impl From<&Import> for ImportRow {
    fn from(import: &Import) -> Self {
        Self {
            id: import.id,
            state: import.state,
            rows: import.rows,
            uploaded_by: import.uploaded_by.clone(),
            by: import.by.clone(),
            round: import.round,
            counts: import.counts.clone(),
            created_at: import.created_at,
            began_at: import.began_at,
            ended_at: import.ended_at,
            expires_at: import.expires_at,
        }
    }
}

/// An import and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportView {
    id: ImportId,
    state: ImportState,
    /// How many rows the file has.
    rows: u32,
    /// How many of them were gone over since `began_at`.
    rows_done: u32,
    /// What they came to: how many rows for each verdict.
    counts: BTreeMap<String, u32>,
    /// Who uploaded the file.
    uploaded_by: ModeratorView,
    /// In whose name the rows are looked at and invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ModeratorView>,
    created_at: Instant,
    /// When the rows were last begun to be gone over.
    #[serde(skip_serializing_if = "Option::is_none")]
    began_at: Option<Instant>,
    /// When that was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// When the import is erased with its rows.
    expires_at: Instant,
    /// What If-Match wants.
    etag: String,
}

impl From<ImportRow> for ImportView {
    fn from(row: ImportRow) -> Self {
        Self {
            etag: etag_of(row.id, row.round, row.state),
            id: row.id,
            state: row.state,
            rows: row.rows,
            rows_done: row.counts.values().sum(),
            counts: row.counts,
            uploaded_by: ModeratorView::of(&row.uploaded_by),
            by: row.by.as_ref().map(ModeratorView::of),
            created_at: row.created_at,
            began_at: row.began_at,
            ended_at: row.ended_at,
            expires_at: row.expires_at,
        }
    }
}

/// An import with what was chosen for all of its rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeImportView {
    #[serde(flatten)]
    import: ImportView,
    /// The headings of the file's columns that nothing is read from.
    ignored_columns: Vec<String>,
    /// What is the same for all rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    common: Option<CommonValues>,
}

impl WholeImportView {
    pub(crate) fn new(import: &Import) -> Self {
        let ignored_columns = import.ignored_columns.clone();
        Self {
            import: ImportRow::from(import).into(),
            ignored_columns,
            common: import.common.clone(),
        }
    }

    /// The answer that shows it, with its ETag.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.import.etag))
    }

    /// The answer that shows what was made, with its ETag.
    pub(crate) fn created(&self) -> Result<Reply, Error> {
        Ok(Reply::created(self)?.etag(&self.import.etag))
    }

    /// The answer to what goes on by itself, with its ETag.
    pub(crate) fn accepted(&self) -> Result<Reply, Error> {
        Ok(Reply::accepted(self)?.etag(&self.import.etag))
    }
}

/// The problem of an import that could not be looked at, started or stopped.
pub(crate) fn import_problem(error: ImportError, current: &Import) -> Error {
    let kind = match error {
        ImportError::Stale => {
            let shown = WholeImportView::new(current);
            return Problem::new(&problem::STALE).with("current", shown).into();
        }
        ImportError::UnderWay | ImportError::Taken => &problem::IMPORT_UNDER_WAY,
        ImportError::NotChecked => &problem::IMPORT_NOT_CHECKED,
        ImportError::Ended | ImportError::Idle => &problem::IMPORT_ENDED,
    };
    kind.into()
}
