//! Interleavings: commands side by side end as if they had come one after the other, whichever
//! call of the table comes first.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::commands::{Command, Reply};
use crate::gate::{self, Grain, Schedule};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::Violation;
use crate::stage::Stage;

/// Commands side by side, and what they came to one after the other.
pub struct Scenario<'a> {
    stage: &'a Stage,
    commands: Vec<Command>,
    serial: HashMap<Vec<usize>, Rc<Outcome>>,
    /// The states of which the mails have been looked at.
    told: BTreeSet<Ledger>,
    /// What the table calls it.
    pub name: String,
}

struct Outcome {
    replies: Vec<Option<Reply>>,
    ledger: Ledger,
}

/// What one run came to.
pub struct Run {
    grain: Grain,
    replies: Vec<Reply>,
    ledger: Ledger,
    story: Vec<String>,
}

/// From how many interleavings on a scenario is no longer exhausted.
pub const MOST_INTERLEAVINGS: usize = 2_000;

impl<'a> Scenario<'a> {
    /// These commands on this stage.
    pub fn new(stage: &'a Stage, commands: Vec<Command>) -> Self {
        let names: Vec<&str> = commands.iter().map(|command| command.name).collect();
        let name = names.join(" + ");
        Self { stage, commands, serial: HashMap::new(), told: BTreeSet::new(), name }
    }

    /// Lets the functions fill their caches, so that every run makes the same calls.
    async fn warm_up(&mut self) {
        self.stage.reset_cold();
        let all: Vec<usize> = (0..self.commands.len()).collect();
        self.one_after_the_other(&all).await;
    }

    /// Plays every interleaving of the commands' calls; tells how many there are.
    pub async fn exhaust(&mut self) -> (usize, Vec<Violation>) {
        self.warm_up().await;
        let (mut path, mut violations) = (Path::default(), Vec::new());
        for count in 1.. {
            let run = self.play(Grain::Call, |options| path.choose(options)).await;
            violations.extend(self.judge(run, &format!("path {}", path.told())).await);
            if !violations.is_empty() || count >= MOST_INTERLEAVINGS || !path.advance() {
                return (count, violations);
            }
        }
        (0, violations)
    }

    /// Plays interleavings of single reads, begun and written transactions, one for each seed.
    pub async fn sample(&mut self, seeds: std::ops::Range<u64>) -> (usize, Vec<Violation>) {
        self.warm_up().await;
        let most = usize::try_from(seeds.end - seeds.start).unwrap_or_default();
        for (count, seed) in seeds.enumerate() {
            let mut dice = StdRng::seed_from_u64(seed);
            let run = self.play(Grain::Item, |options| dice.random_range(0..options)).await;
            let violations = self.judge(run, &format!("seed {seed}")).await;
            if !violations.is_empty() {
                return (count + 1, violations);
            }
        }
        (most, Vec::new())
    }

    async fn play(&self, grain: Grain, choose: impl FnMut(usize) -> usize) -> Run {
        self.stage.reset();
        let actors = self.commands.iter().map(|command| command.name.to_owned()).collect();
        let schedule = Schedule::new(grain, actors);
        let commands = self.commands.iter().map(|command| command.run(self.stage)).collect();
        let mut replies = schedule.run(commands, choose).await;
        let mut story = schedule.story();
        story.extend(self.commands.iter().zip(&replies).map(|(command, reply)| {
            format!("{} is answered {} {}", command.name, reply.status, reply.body)
        }));
        let mut ledger = self.stage.ledger_after(&schedule.written());
        // What a schedule left to others stays due: it comes again, when nobody is at it any more.
        for (command, reply) in self.commands.iter().zip(&mut replies) {
            if reply.comes_again() {
                *reply = command.run(self.stage).await;
                story.push(format!("{} comes again: {}", command.name, reply.status));
                ledger = self.stage.state().ledger;
            }
        }
        Run { grain, replies, ledger, story }
    }

    /// Compares a run with every order of the same commands, and looks at the state itself.
    async fn judge(&mut self, run: Run, which: &str) -> Vec<Violation> {
        // What is true of a state is true of every state that is like it.
        let mut broken = Vec::new();
        if self.told.insert(run.ledger.clone()) {
            broken.extend(invariants::broken(&self.stage.state()));
            self.stage.world.settle().await;
            broken.extend(invariants::broken_mails(self.stage));
        }
        for (command, reply) in self.commands.iter().zip(&run.replies) {
            let name = command.name;
            let status = reply.status;
            if command.refusal.is_some() && status < 400 {
                broken.push(format!("who may not does not (A3): {name} is answered {status}"));
            }
            if run.grain == Grain::Call && reply.is_busy() {
                broken.push(format!("nobody is turned away where nobody meets: {name}"));
            }
        }
        // A job that is stopped ends in the middle of it, which is no order of the two; and where
        // time passes between the steps of a command, it is late in no order. What must be true of
        // them then, the invariants say.
        let has_no_order = |command: &Command| command.stops_a_job() || command.lets_time_pass();
        if !self.commands.iter().any(has_no_order) {
            broken.extend(self.unlike_every_order(&run).await);
        }
        if broken.is_empty() {
            return Vec::new();
        }
        let told = |line: &String| self.stage.told(line);
        let story: Vec<String> = run.story.iter().map(told).collect();
        let violation = |what: String| Violation {
            scenario: self.name.clone(),
            which: which.to_owned(),
            what: self.stage.told(&what),
            story: story.clone(),
        };
        broken.into_iter().map(violation).collect()
    }

    /// Commands that were too busy did nothing; the others came in some order.
    async fn unlike_every_order(&mut self, run: &Run) -> Option<String> {
        let done: Vec<usize> =
            (0..run.replies.len()).filter(|actor| !run.replies[*actor].is_busy()).collect();
        let mut nearest: Option<Vec<String>> = None;
        for order in orders(&done) {
            let outcome = self.one_after_the_other(&order).await;
            let says_the_same = |actor: &usize| {
                let other = outcome.replies[*actor].as_ref();
                other.is_some_and(|other| run.grain.accepts(&run.replies[*actor], other))
            };
            if run.ledger == outcome.ledger && order.iter().all(says_the_same) {
                return None;
            }
            let mut differences = run.ledger.differences(&outcome.ledger);
            for actor in &order {
                let (mine, other) = (&run.replies[*actor], outcome.replies[*actor].as_ref());
                if let Some(other) = other.filter(|other| !run.grain.accepts(mine, other)) {
                    let was = format!("{} {}", other.status, other.body);
                    differences.push(format!("{} was answered {was}", self.commands[*actor].name));
                }
            }
            if nearest.as_ref().is_none_or(|nearest| differences.len() < nearest.len()) {
                nearest = Some(differences);
            }
        }
        let nearest = nearest.unwrap_or_default().join("\n    ");
        Some(format!(
            "no order of the commands ends like this; the nearest differs by\n    {nearest}"
        ))
    }

    async fn one_after_the_other(&mut self, order: &[usize]) -> Rc<Outcome> {
        if !self.serial.contains_key(order) {
            self.stage.reset();
            let mut replies = vec![None; self.commands.len()];
            for actor in order {
                replies[*actor] = Some(self.commands[*actor].run(self.stage).await);
            }
            let outcome = Outcome { replies, ledger: self.stage.state().ledger };
            self.serial.insert(order.to_vec(), Rc::new(outcome));
        }
        Rc::clone(&self.serial[order])
    }
}

impl Grain {
    /// Whether a reply may stand for the one of an order. A refusal changes nothing: where reads
    /// are torn, it may name another reason, that was true of what was read.
    fn accepts(self, mine: &Reply, other: &Reply) -> bool {
        let both_refuse = mine.status >= 400 && other.status >= 400;
        mine == other || (self == Self::Item && both_refuse)
    }
}

/// Every order of these.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let first = |first: &usize| {
        let rest: Vec<usize> = of.iter().filter(|other| *other != first).copied().collect();
        let begun = orders(&rest).into_iter().map(|rest| [vec![*first], rest].concat());
        begun.collect::<Vec<_>>()
    };
    of.iter().flat_map(first).collect()
}

/// The choices of a run; the next run differs in the last one that has an alternative.
#[derive(Default)]
struct Path {
    choices: Vec<(usize, usize)>,
    at: usize,
}

impl Path {
    fn choose(&mut self, options: usize) -> usize {
        if self.at == self.choices.len() {
            self.choices.push((0, options));
        }
        self.at += 1;
        self.choices[self.at - 1].0
    }

    fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((chosen, options)) = self.choices.pop() {
            if chosen + 1 < options {
                self.choices.push((chosen + 1, options));
                return true;
            }
        }
        false
    }

    fn told(&self) -> String {
        self.choices.iter().map(|(chosen, _)| chosen.to_string()).collect()
    }
}

/// What a command reads and writes when it is alone.
pub struct Footprint {
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
}

impl Footprint {
    /// Watches the command run alone.
    pub async fn of(stage: &Stage, command: &Command) -> Self {
        stage.reset_cold();
        command.run(stage).await;
        stage.reset();
        let schedule = Schedule::new(Grain::Call, vec![command.name.to_owned()]);
        schedule.run(vec![command.run(stage)], |_| 0).await;
        let mut footprint = Self { reads: BTreeSet::new(), writes: BTreeSet::new() };
        for (operation, keys) in schedule.touched() {
            match operation.as_str() {
                gate::CHECK | "BatchGetItem" => footprint.reads.extend(keys),
                _ => footprint.writes.extend(keys),
            }
        }
        let is_of_many = |key: &String| key.starts_with("LIMIT#");
        footprint.reads.retain(|key| !is_of_many(key));
        footprint.writes.retain(|key| !is_of_many(key));
        footprint
    }

    /// Whether one writes what the other reads, checks or writes.
    pub fn touches(&self, other: &Self) -> bool {
        let meets = |one: &Self, other: &Self| {
            one.writes.iter().any(|key| other.reads.contains(key) || other.writes.contains(key))
        };
        meets(self, other) || meets(other, self)
    }
}
