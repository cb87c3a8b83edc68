//! Requests that another act closes: a promotion by hand, or leaving the portal.

use super::{AdvisorRequest, Decision, Moderator, Status};
use crate::changes::{Changes, Guard, Place, Write};
use crate::instant::Instant;
use crate::journal::{Act, Event};
use crate::permissions::Permit;
use crate::person::Person;

impl AdvisorRequest {
    /// Closes the open request of somebody who leaves the portal (RULES E3), with an entry of its
    /// own.
    pub fn close_for(
        current: Option<Self>,
        changes: Changes,
        place: Place,
        by: Option<Moderator>,
        now: Instant,
    ) -> Changes {
        let version = current.as_ref().map(|request| request.version);
        let Some(request) = current.filter(|request| request.is_open_at(now)) else {
            // A request submitted at this very instant is to be closed by this act too.
            return changes.write([Write::Check(place, version)]);
        };
        let before = request.facts();
        let next = request.ended(Decision { status: Status::Withdrawn, by, at: now, reason: None });
        let event = next.event(Act::RequestWithdrawn, before);
        changes.update(next, Guard::StillOpen).journal(event)
    }

    /// Promotes the person by hand; their open request is closed as accepted by this act, with
    /// one entry and so one mail (RULES C14).
    pub fn promote(
        current: Option<Self>,
        permit: Permit,
        promoted: (Person, Vec<Write>, Event),
        by: Moderator,
        now: Instant,
    ) -> (Person, Changes) {
        let (person, writes, event) = promoted;
        let changes = Changes::new(permit).write(writes).journal(event);
        let place = Place::AdvisorRequest(person.account, person.portal);
        let version = current.as_ref().map(|request| request.version);
        let Some(request) = current.filter(|request| request.is_open_at(now)) else {
            // A request submitted at this very instant is to be closed by this act too.
            return (person, changes.write([Write::Check(place, version)]));
        };
        let decision = Decision { status: Status::Accepted, by: Some(by), at: now, reason: None };
        (person, changes.update(request.ended(decision), Guard::StillOpen))
    }
}
