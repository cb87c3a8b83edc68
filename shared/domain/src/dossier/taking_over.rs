//! Taking over from somebody archived, as the successor whom staff named (RULES E3, E5).

use super::{DossierError, Position, Published, Role, Side};
use crate::changes::{Changes, Guard, Record, Write};
use crate::ids::AccountId;
use crate::instant::Instant;
use crate::permissions::Permit;

/// What somebody archived left to their successor.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// Their position.
    pub position: &'a Position,
    /// When the successor was named.
    pub named_at: Option<Instant>,
    /// When the successor was last removed from that side of the dossier.
    pub removed_at: Option<Instant>,
}

impl Published {
    /// The successor takes over what was left to them. It stays whoever's it was, so that it is
    /// there when they come back (RULES E4). There is one référent, whose successor takes their
    /// place: they stay as a member.
    ///
    /// # Errors
    /// It was refused or, on the advisers' side, not accepted; they were removed since they were
    /// named, have as much already, or are on the other side; as many take part as may; or they
    /// would speak for it on other portals, too.
    pub fn take_over(
        self,
        permit: Permit,
        account: AccountId,
        held: Option<&Position>,
        left: Left<'_>,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        let Left { position: from, named_at, removed_at } = left;
        match from.role.side() {
            Side::Applicants => self.must_not_be_refused()?,
            Side::Advisors => self.publication.must_be_accepted()?,
        }
        if removed_at.is_some_and(|at| named_at.is_none_or(|named_at| named_at <= at)) {
            return Err(DossierError::RemovedSince);
        }
        if from.role == Role::Referent {
            return self.speak_instead(permit, account, held, from, now);
        }
        let given = self.given(account, held, from.role, now)?;
        let (next, mut taken) = given.ok_or(DossierError::AlreadyHasIt)?;
        // The journal tells from whom.
        taken.event.before.codes.push(from.account.to_string());
        let (next, position, changes) = next.with(permit, taken);
        // They still hold it when this is written.
        let still = Write::Check(from.place(), Some(from.version));
        Ok((next, position, changes.write([still])))
    }

    fn speak_instead(
        self,
        permit: Permit,
        account: AccountId,
        held: Option<&Position>,
        from: &Position,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        // On another portal, whoever speaks for it may be as active as before.
        if self.referent.elsewhere(self.publication.portal).next().is_some() {
            return Err(DossierError::OnSeveralPortals);
        }
        match held {
            Some(held) if !held.asks() => Err(DossierError::OtherSide),
            Some(held) => self.spoken_for(permit, held, from, Guard::Version, now),
            None => self.spoken_for_by_another(permit, account, from, now),
        }
    }
}
