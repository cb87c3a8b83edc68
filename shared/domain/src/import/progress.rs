//! Going over the rows of an import, chunk by chunk.

use super::{Import, ImportError, ImportRows, ImportState, Lease, RUNNER_LEASE_SECONDS, Verdict};
use crate::changes::{Changes, Guard};
use crate::instant::Instant;
use crate::journal::{Act, Event};
use crate::permissions::Permit;

/// How often a chunk is taken before the rows of it that fail are left out.
const MOST_ATTEMPTS: u32 = 5;

/// How often the time between two attempts at a chunk doubles: up to 17 hours.
const MOST_DOUBLINGS: u32 = 10;

impl Import {
    /// When somebody must look whether it still goes on: a runner that died left it alone. A chunk
    /// that fails is tried less and less often.
    pub fn resumed_at(&self) -> Option<Instant> {
        let began_at = self.began_at.filter(|_| self.state.is_under_way())?;
        let alone_at = began_at.plus_seconds(RUNNER_LEASE_SECONDS);
        let alone_at = self.lease.as_ref().map_or(alone_at, |lease| lease.until);
        let doublings = self.attempts.saturating_sub(1).min(MOST_DOUBLINGS);
        let resumed_at = alone_at.plus_seconds(60 * ((1 << doublings) - 1));
        Some(resumed_at).filter(|at| *at < self.expires_at)
    }

    /// Whether its runner has enough of the lease left to deal with some more rows: a transaction
    /// is given up after a minute (DESIGN §6).
    pub fn is_held_for_a_while(&self, now: Instant) -> bool {
        self.lease.as_ref().is_some_and(|lease| now.plus_seconds(60) < lease.until)
    }

    /// Whether rows of the next chunk that fail are left out: the chunk was tried often enough.
    pub fn leaves_out_what_fails(&self) -> bool {
        self.attempts > MOST_ATTEMPTS
    }

    /// Takes the next chunk, or goes on holding it.
    ///
    /// # Errors
    /// Nothing is under way, or another runner has it.
    pub fn take(
        &self,
        permit: Permit,
        runner: &str,
        now: Instant,
    ) -> Result<(Self, Changes), ImportError> {
        if !self.state.is_under_way() || self.expires_at <= now {
            return Err(ImportError::Idle);
        }
        let is_others = |lease: &Lease| lease.runner != runner && now < lease.until;
        if self.lease.as_ref().is_some_and(is_others) {
            return Err(ImportError::Taken);
        }
        let lease = Some(Lease::of(runner, now));
        let (version, attempts) = (self.version + 1, self.attempts + 1);
        let next = Self { version, lease, attempts, ..self.clone() };
        Ok((next.clone(), Changes::new(permit).update(next, Guard::Version)))
    }

    /// Writes down what the rows of the next chunk came to, and goes on, or ends.
    ///
    /// # Errors
    /// Another runner has it meanwhile, or it is at another chunk.
    pub fn record(
        &self,
        permit: Permit,
        runner: &str,
        rows: ImportRows,
        verdicts: Vec<Verdict>,
        now: Instant,
    ) -> Result<(Self, Changes), ImportError> {
        let is_own = self.lease.as_ref().is_some_and(|lease| lease.runner == runner);
        if !is_own || rows.chunk != self.next_chunk {
            return Err(ImportError::Taken);
        }
        let mut counts = self.counts.clone();
        // Of an import that is stopping, only what was invited counts: nothing else was gone over.
        let is_stopping = self.state == ImportState::Stopping;
        for verdict in verdicts.iter().filter(|verdict| !is_stopping || verdict.is_made()) {
            *counts.entry(verdict.code().to_owned()).or_default() += 1;
        }
        let next_chunk = self.next_chunk + 1;
        let state = match self.state {
            ImportState::Stopping => ImportState::Cancelled,
            ImportState::Checking if next_chunk >= self.chunks() => ImportState::Checked,
            ImportState::Running if next_chunk >= self.chunks() => ImportState::Finished,
            state => state,
        };
        let goes_on = state.is_under_way();
        let next = Self {
            version: self.version + 1,
            state,
            next_chunk,
            counts,
            attempts: 0,
            lease: goes_on.then(|| Lease::of(runner, now)),
            ended_at: (!goes_on).then_some(now),
            ..self.clone()
        };
        let told = zip(rows, verdicts);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version);
        let changes = changes.update(told, Guard::Version);
        // What a chunk came to is progress, like the steps of a mail; the end of it all is an act.
        if state != ImportState::Finished {
            return Ok((next, changes));
        }
        let event = next.event(Act::ImportFinished, self.facts());
        let event = Event { person: next.by.as_ref().map(|by| by.account), ..event };
        Ok((next, changes.journal(event)))
    }
}

impl Lease {
    fn of(runner: &str, now: Instant) -> Self {
        let until = now.plus_seconds(RUNNER_LEASE_SECONDS);
        Self { runner: runner.to_owned(), until }
    }
}

/// The rows with their verdicts.
fn zip(rows: ImportRows, verdicts: Vec<Verdict>) -> ImportRows {
    let version = rows.version + 1;
    let told = rows.rows.into_iter().zip(verdicts);
    let told = told.map(|(row, verdict)| super::Row { verdict: Some(verdict), ..row });
    ImportRows { version, rows: told.collect(), ..rows }
}
