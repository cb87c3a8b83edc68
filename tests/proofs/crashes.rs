//! Crashes and faults: whatever dies or fails at whatever call, after the retries everything is as
//! if it had happened once, or not at all.

use std::collections::BTreeMap;

use guichet_local::wire::{Call, Fault};
use serde_json::json;

use crate::commands::{Command, Reply};
use crate::ledger::Ledger;
use crate::report::Violation;
use crate::stage::{Rest, Stage};

/// What was found of crash points.
#[derive(Debug, Default)]
pub struct Found {
    /// How many runs there were.
    pub runs: usize,
    /// How many points a mail went out a second time at: SES had it and nobody could know.
    pub duplicates: usize,
    /// What went wrong.
    pub violations: Vec<Violation>,
}

/// A command, or what is delivered after it, that dies or fails at every one of its calls.
pub struct Crashes<'a> {
    stage: &'a Stage,
    command: &'a Command,
    found: Found,
}

/// What a command comes to when nothing fails.
struct Clean {
    reply: Reply,
    ledger: Ledger,
    rest: Rest,
}

/// The longest lease and the longest pause between two attempts have passed.
const HOURS_UNTIL_ALL_IS_RETRIED: i64 = 2;

impl<'a> Crashes<'a> {
    /// This command on this stage.
    pub fn new(stage: &'a Stage, command: &'a Command) -> Self {
        Self { stage, command, found: Found::default() }
    }

    /// The calls that the command makes, and those of what is delivered because of it.
    pub async fn calls(&self) -> (Vec<Call>, Vec<Call>) {
        self.stage.reset_cold();
        self.command.run(self.stage).await;
        let calls = self.stage.world.stack.wire.take_calls();
        self.stage.world.settle().await;
        (calls, self.stage.world.stack.wire.take_calls())
    }

    /// Dies and fails at every call of the command.
    pub async fn of_command(mut self) -> Found {
        let (calls, _) = self.calls().await;
        let (once, twice) = (self.clean(1).await, self.clean(2).await);
        let start = {
            self.stage.reset_cold();
            self.stage.state().ledger
        };
        for (index, call) in calls.iter().enumerate() {
            for (what, fault) in faults(call) {
                self.found.runs += 1;
                self.stage.reset_cold();
                self.stage.world.stack.wire.fail_after(index, fault);
                let reply = tokio::select! {
                    reply = self.command.run(self.stage) => Some(reply),
                    () = self.stage.world.stack.wire.death() => None,
                };
                let after = self.stage.state().ledger;
                let which = format!("{what} call {} ({})", index + 1, call.operation);
                let done = after == once.ledger;
                if self.command.is_transaction() && !done && after != start {
                    let differences = after.differences(&once.ledger).join("\n    ");
                    self.report(&which, &format!("half of it was done:\n    {differences}"));
                }
                let answered = reply.filter(|reply| reply.status < 500);
                // A schedule runs again in any case.
                let goes_again = answered.is_none() || self.command.is_schedule();
                if let Some(reply) = answered
                    && reply != once.reply
                {
                    self.report(&which, &format!("answered {} {}", reply.status, reply.body));
                }
                if goes_again {
                    self.command.run(self.stage).await;
                }
                self.recover().await;
                let expected = if goes_again && done { &twice.rest } else { &once.rest };
                self.compare(&which, expected, is_window(&calls, index, &what));
            }
        }
        self.found
    }

    /// Dies and fails at every call of what is delivered because of the command.
    pub async fn of_deliveries(mut self) -> Found {
        let (_, calls) = self.calls().await;
        let once = self.clean(1).await;
        for (index, call) in calls.iter().enumerate() {
            for (what, fault) in faults(call) {
                self.found.runs += 1;
                self.stage.reset_cold();
                self.command.run(self.stage).await;
                self.stage.world.stack.wire.fail_after(index, fault);
                tokio::select! {
                    () = self.recover() => {}
                    () = self.stage.world.stack.wire.death() => self.recover().await,
                }
                let which = format!(
                    "delivered: {what} call {} ({} of {})",
                    index + 1,
                    call.operation,
                    call.handler
                );
                self.compare(&which, &once.rest, is_window(&calls, index, &what));
            }
        }
        self.found
    }

    /// What doing it so many times comes to.
    async fn clean(&self, times: usize) -> Clean {
        self.stage.reset_cold();
        let mut reply = self.command.run(self.stage).await;
        for _ in 1..times {
            reply = self.command.run(self.stage).await;
        }
        let ledger = self.stage.state().ledger;
        self.recover().await;
        Clean { reply, ledger, rest: self.stage.rest() }
    }

    /// Deliveries, and the schedule that makes up for what failed.
    async fn recover(&self) {
        let world = &self.stage.world;
        world.stack.settle().await.expect("the stack comes to rest");
        for _ in 0..HOURS_UNTIL_ALL_IS_RETRIED {
            world.clock.advance_seconds(3_600);
            // Whoever fails is run again the next time.
            for schedule in ["mails::retry", "imports::resume"] {
                let _ = world.stack.run(schedule).await;
            }
            world.stack.settle().await.expect("the stack comes to rest");
        }
    }

    fn compare(&mut self, which: &str, expected: &Rest, is_window: bool) {
        // An import that its runner left is gone on with once its lease has ended; the entry of one
        // is among those that the bus has lost.
        let use_case = self.command.use_case();
        let is_later = use_case.starts_with("imports::") || use_case == "journal::catch_up";
        let timed = |rest: Rest| if is_later { rest.timeless() } else { rest };
        let (rest, expected) = (timed(self.stage.rest()), timed(expected.clone()));
        let differences = rest.ledger.differences(&expected.ledger);
        if !differences.is_empty() {
            self.report(which, &format!("it ends otherwise:\n    {}", differences.join("\n    ")));
        }
        let sum = |mails: &BTreeMap<String, usize>| mails.values().sum::<usize>();
        let names = |rest: &Rest| rest.mails.keys().cloned().collect::<Vec<_>>();
        let more = sum(&rest.mails).checked_sub(sum(&expected.mails));
        let same = names(&rest) == names(&expected);
        match more {
            Some(0) if same => {}
            Some(1) if same && is_window => self.found.duplicates += 1,
            _ => {
                let told = rest.mails_unlike(&expected);
                self.report(which, &format!("the mails differ: {told:?}"));
            }
        }
        if self.stage.world.stack.wire.forget_faults() {
            self.report(which, "no call met the fault");
        }
        let letters = self.stage.world.stack.dead_letters();
        if !letters.is_empty() {
            self.report(which, &format!("put aside: {letters:?}"));
        }
    }

    fn report(&mut self, which: &str, what: &str) {
        self.found.violations.push(Violation {
            scenario: self.command.name.to_owned(),
            which: which.to_owned(),
            what: self.stage.told(what),
            story: Vec::new(),
        });
    }
}

/// Whether a mail may go out a second time: SES took it, and the sender died or heard nothing
/// before it had marked it.
fn is_window(calls: &[Call], index: usize, what: &str) -> bool {
    let is_send = |call: &Call| call.operation == "SendRawEmail";
    let after_send = index > 0 && is_send(&calls[index - 1]);
    match what {
        "dies after" | "loses the answer of" => is_send(&calls[index]),
        "dies before" => after_send,
        _ => false,
    }
}

/// What may happen to a call: the process dies, the network loses something, the service refuses.
fn faults(call: &Call) -> Vec<(String, Fault)> {
    let refusal = |kind: &str| {
        let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": kind });
        body.to_string()
    };
    let mut faults = vec![
        ("dies before", Fault::DieBefore),
        ("dies after", Fault::DieAfter),
        ("loses", Fault::LostBefore),
        ("loses the answer of", Fault::LostAfter),
        ("meets a failure of", Fault::Answer(500, "{}".to_owned())),
    ];
    match call.operation.as_str() {
        "TransactWriteItems" => {
            let conflict = json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": "Transaction cancelled",
                "CancellationReasons": [{ "Code": "TransactionConflict" }],
            });
            faults.push(("meets another", Fault::Answer(400, conflict.to_string())));
            let throttled = refusal("ProvisionedThroughputExceededException");
            faults.push(("is throttled at", Fault::Answer(400, throttled)));
        }
        "BatchGetItem" | "UpdateItem" | "Query" => {
            let throttled = refusal("ProvisionedThroughputExceededException");
            faults.push(("is throttled at", Fault::Answer(400, throttled)));
        }
        "PutEvents" => {
            let partial = json!({
                "FailedEntryCount": 1,
                "Entries": [{ "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" }],
            });
            faults.push(("sees only a part taken by", Fault::Answer(200, partial.to_string())));
        }
        _ => {}
    }
    faults.into_iter().map(|(what, fault)| (what.to_owned(), fault)).collect()
}
