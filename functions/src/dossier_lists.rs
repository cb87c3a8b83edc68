//! Pages of the dossiers that somebody may see, merged from the partitions that hold nothing else
//! (RULES F14): all sorted by publication, so that one identifier is the cursor of all of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::changes::Place;
use guichet_domain::dossier::{DossierState, DossierTaking, Locality, OwnDossier, PreviousDossier};
use guichet_domain::ids::{AccountId, DossierId, PortalId, PublicationId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::permissions::Reach;
use guichet_domain::person::Named;
use guichet_domain::territory::{DepartmentCode, Territory};
use guichet_domain::text::{Label, Title, folded};
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::store::{Order, PageQuery, StoreError};
use serde::Deserialize;

use crate::search::{MOST_READ, Search};

/// A dossier as lists show it: what their index holds, and part of what the table does.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DossierRow {
    pub(crate) dossier: DossierId,
    pub(crate) id: PublicationId,
    pub(crate) rights_version: u64,
    pub(crate) dossier_version: u64,
    pub(crate) state: DossierState,
    pub(crate) title: Title,
    pub(crate) organisation: Label,
    pub(crate) locality: Locality,
    pub(crate) submitted_by: Named,
    pub(crate) submitted_at: Instant,
    #[serde(default)]
    pub(crate) previous: Option<PreviousDossier>,
    #[serde(default)]
    pub(crate) taking: Option<DossierTaking>,
    pub(crate) advisors: u32,
    pub(crate) observers: u32,
}

/// Which of the dossiers that one may see are wanted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) state: Option<DossierState>,
    pub(crate) department: Option<DepartmentCode>,
    pub(crate) search: Search,
}

impl Filter {
    /// Whether rows of a list may be left out.
    fn narrows(&self, list: DossierList) -> bool {
        let (of_state, of_department) = match list {
            DossierList::Submitted => (Some(DossierState::Submitted), None),
            DossierList::Refused => (Some(DossierState::Refused), None),
            DossierList::Accepted => (None, None),
            DossierList::Department(department) => (None, Some(department)),
        };
        (self.state.is_some() && self.state != of_state)
            || (self.department.is_some() && self.department != of_department)
            || self.search.longest().is_some()
    }

    /// Whether any dossier may be left out.
    fn narrows_any(&self) -> bool {
        self.state.is_some() || self.department.is_some() || self.search.longest().is_some()
    }

    fn wants(&self, row: &DossierRow) -> bool {
        self.state.is_none_or(|state| row.state == state)
            && self.department.is_none_or(|department| row.locality.department == department)
            && self.finds(row)
    }

    /// Whether each word looked for begins one of the title, the organisation, the commune or the
    /// name of who submitted it.
    fn finds(&self, row: &DossierRow) -> bool {
        if self.search.longest().is_none() {
            return true;
        }
        let texts = [
            row.title.as_str(),
            row.organisation.as_str(),
            row.locality.name.as_str(),
            &row.submitted_by.name,
        ];
        let text = folded(&texts.join(" "));
        let words = text.split(|character: char| !character.is_alphanumeric());
        let words: BTreeSet<String> = words.map(str::to_owned).collect();
        self.search.finds(&words)
    }
}

/// The lists that hold, beside somebody's own dossiers, all that they may see and want.
pub(crate) fn lists(reach: &Reach<'_>, filter: &Filter) -> Vec<DossierList> {
    let wants = |state| filter.state.is_none_or(|wanted| wanted == state);
    let wants_accepted = wants(DossierState::Open) || wants(DossierState::Paused);
    let accepted = match (reach, filter.department) {
        _ if !wants_accepted => Vec::new(),
        (Reach::OwnPositions, _) => Vec::new(),
        (Reach::Everything | Reach::Accepted(Territory::National), None) => {
            vec![DossierList::Accepted]
        }
        (Reach::Accepted(territory), Some(department)) if !territory.covers(department) => {
            Vec::new()
        }
        (_, Some(department)) => vec![DossierList::Department(department)],
        (Reach::Accepted(Territory::Departments(departments)), None) => {
            departments.codes().map(DossierList::Department).collect()
        }
    };
    let mut lists = accepted;
    if *reach == Reach::Everything {
        let waiting = [
            (DossierState::Submitted, DossierList::Submitted),
            (DossierState::Refused, DossierList::Refused),
        ];
        lists.extend(waiting.into_iter().filter(|(state, _)| wants(*state)).map(|(_, list)| list));
    }
    lists
}

/// A page of dossiers, and the identifier below which the next one begins.
#[derive(Debug)]
pub(crate) struct DossierPage {
    pub(crate) rows: Vec<DossierRow>,
    pub(crate) next: Option<Ulid>,
}

/// Part of a page: the rows of one list, and the last one read where there are more.
#[derive(Debug)]
pub(crate) struct Part {
    rows: Vec<DossierRow>,
    cut_at: Option<Ulid>,
}

/// How many rows of a list are read for a page, of so many lists: a page of each or, where rows are
/// left out, a thousand of all.
fn most_read(filter: &Filter, list: DossierList, lists: usize, limit: u16) -> u16 {
    let each = usize::from(MOST_READ) / lists.max(1);
    if filter.narrows(list) { u16::try_from(each).unwrap_or(limit) } else { limit }
}

/// The rows of a page in each of these lists, all at once: one round trip.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn parts(
    app: &App,
    portal: PortalId,
    lists: &[DossierList],
    filter: &Filter,
    window: Window,
    limit: u16,
) -> Result<Vec<Part>, StoreError> {
    let pages = lists.iter().map(|list| async {
        let most = most_read(filter, *list, lists.len(), limit);
        let query = PageQuery::first(most, Order::Descending);
        let listing = Listing::Dossiers(portal, *list, window);
        let page = app.page::<DossierRow>(&listing, &query).await?;
        let last = page.rows.last().map(|row| row.id.ulid());
        Ok(Part { rows: page.rows, cut_at: page.cursor.and(last) })
    });
    futures_util::future::try_join_all(pages).await
}

/// The dossiers of a page where an account holds a position, before they are read.
#[derive(Debug)]
pub(crate) struct OwnPart {
    rows: Vec<OwnDossier>,
    is_cut: bool,
}

/// How many of one's own dossiers are read for a filtered page: as many as one batch takes.
const MOST_OWN: u16 = 100;

impl OwnPart {
    /// Which dossiers they are: one round trip.
    ///
    /// # Errors
    /// The table did not answer.
    pub(crate) async fn read(
        app: &App,
        account: AccountId,
        portal: PortalId,
        window: Window,
        filter: &Filter,
        limit: u16,
    ) -> Result<Self, StoreError> {
        let most = if filter.narrows_any() { MOST_OWN } else { limit };
        let query = PageQuery::first(most, Order::Descending);
        let page = app.page(&Listing::OwnDossiers(account, portal, window), &query).await?;
        Ok(Self { rows: page.rows, is_cut: page.cursor.is_some() })
    }

    /// What they are like: one round trip.
    ///
    /// # Errors
    /// The table did not answer.
    pub(crate) async fn publications(self, app: &App) -> Result<Part, StoreError> {
        let place = |own: &OwnDossier| Place::Publication(own.dossier, own.portal);
        let places: Vec<Place> = self.rows.iter().map(place).collect();
        let items = app.read(&places).await?;
        let mut rows = Vec::new();
        for place in &places {
            rows.extend(items.find::<DossierRow>(place)?);
        }
        let last = self.rows.last().map(|own| own.publication.ulid());
        Ok(Part { rows, cut_at: last.filter(|_| self.is_cut) })
    }
}

/// One page of several lists: what is not older than the newest end of a list that was cut short,
/// each dossier once.
pub(crate) fn merged(parts: Vec<Part>, filter: &Filter, limit: u16) -> DossierPage {
    let complete_from = parts.iter().filter_map(|part| part.cut_at).max();
    let rows = parts.into_iter().flat_map(|part| part.rows);
    let is_complete = |row: &DossierRow| complete_from.is_none_or(|end| row.id.ulid() >= end);
    let wanted = rows.filter(|row| is_complete(row) && filter.wants(row));
    let sorted: BTreeMap<_, _> = wanted.map(|row| (Reverse(row.id), row)).collect();
    let limit = usize::from(limit);
    let next = match sorted.keys().nth(limit.saturating_sub(1)) {
        Some(Reverse(last)) if sorted.len() > limit || complete_from.is_some() => Some(last.ulid()),
        _ => complete_from,
    };
    DossierPage { rows: sorted.into_values().take(limit).collect(), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u128) -> DossierRow {
        let label = |text| Label::new(text).unwrap();
        let account = AccountId::new(Ulid(1));
        DossierRow {
            dossier: DossierId::new(Ulid(number)),
            id: PublicationId::new(Ulid(number)),
            rights_version: 1,
            dossier_version: 1,
            state: DossierState::Open,
            title: Title::new("École").unwrap(),
            organisation: label("Commune"),
            locality: Locality::of("33063").unwrap(),
            submitted_by: Named { account, name: "Anne Durand".to_owned() },
            submitted_at: Instant::from_milliseconds(0),
            previous: None,
            taking: None,
            advisors: 0,
            observers: 0,
        }
    }

    fn part(numbers: &[u128], cut_at: Option<u128>) -> Part {
        Part { rows: numbers.iter().map(|number| row(*number)).collect(), cut_at: cut_at.map(Ulid) }
    }

    fn page(parts: Vec<Part>, limit: u16) -> (Vec<u128>, Option<u128>) {
        let page = merged(parts, &Filter::default(), limit);
        let ids = page.rows.iter().map(|row| row.id.ulid().0).collect();
        (ids, page.next.map(|next| next.0))
    }

    #[test]
    fn a_page_holds_nothing_that_a_shorter_list_might_still_precede() {
        // The second list was cut at 6: what is older than 6 in the first may have neighbours.
        let parts = || vec![part(&[9, 5, 3], None), part(&[8, 6], Some(6))];
        assert_eq!(page(parts(), 10), (vec![9, 8, 6], Some(6)));
        assert_eq!(page(parts(), 2), (vec![9, 8], Some(8)));
        assert_eq!(page(parts(), 3), (vec![9, 8, 6], Some(6)));
        // What stands in two lists is shown once, and a last page has no next.
        assert_eq!(page(vec![part(&[9, 5], None), part(&[9, 4], None)], 3), (vec![9, 5, 4], None));
        assert_eq!(page(vec![part(&[9, 5], None)], 1), (vec![9], Some(9)));
        assert_eq!(page(Vec::new(), 5), (Vec::new(), None));
        // Nothing of a cut list is wanted: the page is short and goes on.
        assert_eq!(page(vec![part(&[], Some(7)), part(&[3], None)], 5), (Vec::new(), Some(7)));
    }
}
