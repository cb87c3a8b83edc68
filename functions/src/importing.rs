//! Going over the rows of an import, chunk by chunk (RULES D15).
//!
//! Whoever runs it holds a lease, and writes what each chunk came to under the version that the
//! lease made: of two runners one loses and stops. A row's invitation has an identifier that
//! follows from the import and the row, so that a chunk that is gone over again finds what it has
//! made.

use futures_util::future::join_all;
use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::Place;
use guichet_domain::dossier::Publication;
use guichet_domain::ids::{ImportId, InvitationId};
use guichet_domain::import::{Import, ImportRows, ImportState, Row, Verdict};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{
    Assignment, Invitation, InvitationError, Invitee, Issue, OpenInvitation, Scope, Sending, Terms,
};
use guichet_domain::permissions::{Action, Actor, Member, Viewed, check};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::system_permit;
use guichet_platform::store::{CommitError, Items, Origin};
use guichet_platform::tokens::derived_ulid;

use crate::inviting::{Obstacle, holder, obstacle, people_with};

/// How many rows are dealt with at once.
const MOST_AT_ONCE: usize = 16;

/// How often a row or a chunk is decided again because somebody was faster.
const MOST_DECISIONS: u32 = 5;

/// Goes over an import until its rows are done, it is stopped, or another runner has it.
///
/// # Errors
/// The table did not answer; whoever comes after the lease goes on where this one stopped.
pub(crate) async fn go_on(app: &App, id: ImportId) -> Result<(), Error> {
    let runner = app.fresh_ulid(app.now()).to_string();
    let Some(mut import) = take(app, id, &runner).await? else { return Ok(()) };
    while import.state.is_under_way() {
        match chunk(app, &import, &runner).await? {
            Some(next) => import = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// The import, held by this runner; nothing where there is nothing to do, or another one has it.
async fn take(app: &App, id: ImportId, runner: &str) -> Result<Option<Import>, Error> {
    for _ in 0..MOST_DECISIONS {
        let Some(import) = app.read_one::<Import>(&Place::Import(id)).await? else {
            return Ok(None);
        };
        let permit = system_permit(Action::RunImport(&import))?;
        let Ok((taken, changes)) = import.take(permit, runner, app.now()) else { return Ok(None) };
        match app.commit(&Origin::default(), changes).await {
            Ok(()) => return Ok(Some(taken)),
            Err(CommitError::Lost) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Again)
}

/// Deals with the rows of the next chunk and writes down what they came to; nothing where another
/// runner has the import meanwhile, or soon may.
async fn chunk(app: &App, import: &Import, runner: &str) -> Result<Option<Import>, Error> {
    let rows_place = Place::ImportRows(import.id, import.next_chunk);
    let portal_place = Place::Portal(import.portal);
    let by = import.by.as_ref().map(|by| Place::Person(by.account, import.portal));
    let places = [Some(rows_place.clone()), Some(portal_place.clone()), by.clone()];
    let read = app.read(&places.into_iter().flatten().collect::<Vec<_>>()).await?;
    let (rows, portal): (Option<ImportRows>, Option<Portal>) =
        (read.find(&rows_place)?, read.find(&portal_place)?);
    let (Some(rows), Some(portal)) = (rows, portal) else {
        return Err(Error::Internal("an import has lost its rows".to_owned()));
    };
    let author: Option<Person> = by.map(|place| read.find(&place)).transpose()?.flatten();
    let pass = Pass::new(import, portal, author);
    let Some(verdicts) = pass.verdicts(app, &rows.rows).await? else { return Ok(None) };
    let mut current = import.clone();
    for _ in 0..MOST_DECISIONS {
        let permit = system_permit(Action::RunImport(&current))?;
        let recorded = current.record(permit, runner, rows.clone(), verdicts.clone(), app.now());
        let Ok((next, changes)) = recorded else { return Ok(None) };
        match app.commit(&Origin::default(), changes).await {
            Ok(()) => return Ok(Some(next)),
            // Somebody stopped it, or another runner has it: the import as it is now says which.
            Err(CommitError::Lost) => match app.read_one(&Place::Import(import.id)).await? {
                Some(now) => current = now,
                None => return Ok(None),
            },
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Again)
}

/// A row, and what it comes to by itself.
struct Candidate<'a> {
    row: &'a Row,
    /// The invitation that it makes.
    id: InvitationId,
    invitee: Result<Invitee, Verdict>,
}

/// What is the same for the rows of a chunk.
struct Pass<'a> {
    import: &'a Import,
    portal: Portal,
    /// In whose name it goes on, with the rights of now.
    author: Option<(Actor, Person)>,
}

impl<'a> Pass<'a> {
    fn new(import: &'a Import, portal: Portal, author: Option<Person>) -> Self {
        let actor =
            |person: &Person| Actor::Account(Box::new(Member::of_bulk_work(person.clone())));
        let author = author.map(|person| (actor(&person), person));
        Self { import, portal, author }
    }

    /// What each row comes to; nothing where the lease is about to end. What makes no difference
    /// between rows is read for all of them.
    async fn verdicts(&self, app: &App, rows: &[Row]) -> Result<Option<Vec<Verdict>>, Error> {
        let candidates: Vec<_> = (0..).zip(rows).map(|(at, row)| self.candidate(at, row)).collect();
        let places: Vec<Place> = candidates.iter().flat_map(|row| self.places(row)).collect();
        let known = app.read(&places).await?;
        let mut verdicts = Vec::with_capacity(rows.len());
        for candidates in candidates.chunks(MOST_AT_ONCE) {
            // Whoever goes on past the lease would invite beside the next runner, unseen.
            if !self.import.is_held_for_a_while(app.now()) {
                return Ok(None);
            }
            let waiting = candidates.iter().map(|row| self.verdict(app, row, &known));
            for result in join_all(waiting).await {
                verdicts.push(self.in_spite_of_failures(result)?);
            }
        }
        Ok(Some(verdicts))
    }

    /// What a row comes to also if it fails whenever it is tried: it keeps nobody from the others.
    fn in_spite_of_failures(&self, result: Result<Verdict, Error>) -> Result<Verdict, Error> {
        match result {
            Err(error) if self.import.leaves_out_what_fails() => {
                tracing::error!(import = %self.import.id, why = %error, "a row was left out");
                Ok(Verdict::Failed)
            }
            result => result,
        }
    }

    fn candidate<'row>(&self, at: u32, row: &'row Row) -> Candidate<'row> {
        // Nobody goes over rows before something was chosen for all of them.
        let common = self.import.common.as_ref().ok_or(Verdict::RightMissing);
        let invitee = common.and_then(|common| row.invitee(common, &self.portal.settings));
        Candidate { row, id: self.invitation(at), invitee }
    }

    /// The invitation that this row makes, the guard of its address, and the dossier to begin with.
    fn places(&self, candidate: &Candidate<'_>) -> Vec<Place> {
        let invitee = candidate.invitee.as_ref().ok();
        let guard = invitee.map(|invitee| self.guard(invitee));
        let dossier = invitee.and_then(|invitee| invitee.assignment.as_ref());
        let dossier = dossier.map(|one| Place::Publication(one.dossier, self.import.portal));
        std::iter::once(Place::Invitation(candidate.id)).chain(guard).chain(dossier).collect()
    }

    /// Who is invited, with the dossier as the portal knows it, if whoever has it done may invite
    /// there.
    fn assigned(
        &self,
        known: &Items,
        (actor, author): (&Actor, &Person),
        mut invitee: Invitee,
        now: Instant,
    ) -> Result<Result<Invitee, Verdict>, Error> {
        let Some(assignment) = &mut invitee.assignment else { return Ok(Ok(invitee)) };
        let place = Place::Publication(assignment.dossier, self.import.portal);
        let side = assignment.role.side();
        let found: Option<Publication> = known.find(&place)?;
        let Some(publication) = found.filter(|found| found.must_take_in(side).is_ok()) else {
            return Ok(Err(Verdict::unknown_dossier()));
        };
        let (account, position) = (author.account, None);
        let viewed = Viewed { publication: &publication, account, position, now };
        // Its single writes rest on no item that all rows would meet at (DESIGN §3).
        if check(actor, Action::InviteToDossier(viewed, side)).is_err() {
            return Ok(Err(Verdict::RightMissing));
        }
        *assignment = Assignment::to(&publication, assignment.role);
        Ok(Ok(invitee))
    }

    fn scope(&self) -> Scope {
        Scope::Portal { portal: self.import.portal }
    }

    fn guard(&self, invitee: &Invitee) -> Place {
        Place::OpenInvitation(self.scope(), invitee.email.clone())
    }

    /// The identifier of the invitation that the row at this place of the chunk makes: whoever goes
    /// over it makes the same one.
    fn invitation(&self, at: u32) -> InvitationId {
        let (import, chunk) = (self.import.id.to_string(), self.import.next_chunk.to_string());
        let began_at = self.import.began_at.unwrap_or(self.import.created_at);
        InvitationId::new(derived_ulid(began_at, &[&import, &chunk, &at.to_string()]))
    }

    fn sending(&self) -> Sending {
        self.import.common.as_ref().map(|common| common.send).unwrap_or_default()
    }

    fn made(&self) -> Verdict {
        match self.sending() {
            Sending::Later => Verdict::Preloaded,
            Sending::Now => Verdict::Invited,
        }
    }

    async fn verdict(
        &self,
        app: &App,
        candidate: &Candidate<'_>,
        known: &Items,
    ) -> Result<Verdict, Error> {
        let mut result = self.decided(app, candidate, known).await;
        for _ in 1..MOST_DECISIONS {
            let Err(Error::Again) = result else { break };
            let read = app.read(&self.places(candidate)).await?;
            result = self.decided(app, candidate, &read).await;
        }
        result
    }

    /// Decides on a row by what was read, and invites if the import is at that.
    async fn decided(
        &self,
        app: &App,
        candidate: &Candidate<'_>,
        known: &Items,
    ) -> Result<Verdict, Error> {
        let Candidate { row, id, invitee } = candidate;
        let own: Option<Invitation> = known.find(&Place::Invitation(*id))?;
        match self.import.state {
            // A runner before this one made it, whatever became of it or of the portal since.
            _ if own.is_some() => return Ok(self.made()),
            ImportState::Stopping => return Ok(row.verdict.unwrap_or(Verdict::New)),
            _ => {}
        }
        let invitee = match invitee {
            Ok(invitee) => invitee,
            Err(verdict) => return Ok(*verdict),
        };
        let Some((actor, author)) = &self.author else { return Ok(Verdict::RightMissing) };
        let Ok(permit) = check(actor, Action::Invite(self.import.portal, invitee.level)) else {
            return Ok(Verdict::RightMissing);
        };
        let invitee = match self.assigned(known, (actor, author), invitee.clone(), app.now())? {
            Ok(invitee) => invitee,
            Err(verdict) => return Ok(verdict),
        };
        let people = people_with(app, self.import.portal, Some(&invitee.email)).await?;
        match obstacle(app, actor, people).await? {
            Some(Obstacle::Active(_)) => return Ok(Verdict::AlreadyAPerson),
            Some(Obstacle::Above(_)) => return Ok(Verdict::RightMissing),
            None => {}
        }
        let guard: Option<OpenInvitation> = known.find(&self.guard(&invitee))?;
        let standing = holder(app, guard).await?;
        let now = app.now();
        let issue = Issue {
            id: *id,
            scope: self.scope(),
            inviter: Moderator::of(author),
            terms: Terms::of(&self.portal.settings),
            sending: self.sending(),
            standing,
            import: Some(self.import.id),
            now,
        };
        let changes = match issue.invite(permit, invitee) {
            Ok((_, changes)) => changes,
            Err(InvitationError::AlreadyInvited(_)) => return Ok(Verdict::AlreadyInvited),
            // Nothing but an open invitation keeps a new one from being made.
            Err(error) => return Err(Error::Internal(error.to_string())),
        };
        if self.import.state != ImportState::Running {
            return Ok(Verdict::New);
        }
        app.commit(&Origin::default(), changes).await?;
        Ok(self.made())
    }
}
