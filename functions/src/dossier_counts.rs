//! What a change of territory gains and loses, counted before it is done (RULES C15).

use std::collections::BTreeMap;

use guichet_domain::dossier::{DossierState, Locality};
use guichet_domain::ids::{DossierId, PortalId};
use guichet_domain::permissions::Reach;
use guichet_domain::territory::Territory;
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::store::{Order, Page, PageQuery, StoreError};
use serde::Deserialize;

use crate::dossier_lists::{Filter, lists};
use crate::person_positions::own_dossiers;
use crate::views::{CountView, PersonPath};

/// Up to how many dossiers are counted exactly (DESIGN §5).
pub(crate) const MOST_COUNTED: usize = 1000;

/// How many dossiers of a list are read: one more than are counted.
const MOST_LISTED: u16 = 1001;

/// How many dossiers one would see more, still, and no longer.
pub(crate) struct Difference {
    pub(crate) gained: CountView,
    pub(crate) kept: CountView,
    pub(crate) lost: CountView,
}

/// What a dossier is to somebody, before and after.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Gained,
    Kept,
    Lost,
    Unseen,
}

impl Fate {
    fn of(before: bool, after: bool) -> Self {
        match (before, after) {
            (false, true) => Self::Gained,
            (true, true) => Self::Kept,
            (true, false) => Self::Lost,
            (false, false) => Self::Unseen,
        }
    }
}

#[derive(Deserialize)]
struct Row {
    dossier: DossierId,
    state: DossierState,
    locality: Locality,
}

/// What seeing as far as the second would change for who sees as far as the first. Dossiers where
/// they hold a position are kept.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn difference(
    app: &App,
    path: PersonPath,
    reaches: [Reach<'_>; 2],
) -> Result<Difference, StoreError> {
    let [before, after] = &reaches;
    let mut wanted = lists(before, &Filter::default());
    for list in lists(after, &Filter::default()) {
        if !wanted.contains(&list) {
            wanted.push(list);
        }
    }
    let read = wanted.iter().map(|list| listed(app, path.portal, *list));
    let query = PageQuery::first(MOST_LISTED, Order::Descending);
    let (pages, own) = tokio::try_join!(
        futures_util::future::try_join_all(read),
        own_dossiers(app, path, &query)
    )?;
    let mut fates: BTreeMap<DossierId, Fate> = BTreeMap::new();
    // Each dossier is judged by itself, in whichever list it was read.
    for row in pages.iter().flat_map(|page| &page.rows) {
        let sees = |reach: &Reach<'_>| reach.sees(row.state, row.locality.department);
        fates.insert(row.dossier, Fate::of(sees(before), sees(after)));
    }
    fates.extend(own.rows.iter().map(|own| (own.dossier, Fate::Kept)));
    let cut = wanted.iter().zip(&pages).filter(|(_, page)| page.cursor.is_some());
    let cut: Vec<DossierList> = cut.map(|(list, _)| *list).collect();
    let count = |fate: Fate| {
        let number = fates.values().filter(|one| **one == fate).count();
        let exact = CountView::up_to(number, MOST_COUNTED);
        let is_own_cut = fate == Fate::Kept && own.cursor.is_some();
        let goes_on = is_own_cut || cut.iter().any(|list| may_hold(*list, fate, &reaches));
        CountView { and_more: exact.and_more || goes_on, ..exact }
    };
    Ok(Difference { gained: count(Fate::Gained), kept: count(Fate::Kept), lost: count(Fate::Lost) })
}

/// Whether what was not read of a list may hold dossiers of this fate.
fn may_hold(list: DossierList, fate: Fate, [before, after]: &[Reach<'_>; 2]) -> bool {
    let state = match list {
        DossierList::Submitted => DossierState::Submitted,
        DossierList::Refused => DossierState::Refused,
        DossierList::Accepted | DossierList::Department(_) => DossierState::Open,
    };
    let is_fate = |department| {
        Fate::of(before.sees(state, department), after.sees(state, department)) == fate
    };
    match list {
        DossierList::Department(department) => is_fate(department),
        DossierList::Accepted | DossierList::Submitted | DossierList::Refused => {
            Territory::every_department().any(is_fate)
        }
    }
}

async fn listed(app: &App, portal: PortalId, list: DossierList) -> Result<Page<Row>, StoreError> {
    let query = PageQuery::first(MOST_LISTED, Order::Descending);
    app.page::<Row>(&Listing::Dossiers(portal, list, Window::ALL), &query).await
}
