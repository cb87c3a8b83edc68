//! The stream, played to its readers, and the bus to its targets: in batches, at least once, with
//! retries and dead letters.

use std::sync::PoisonError;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::{Delivery, Stack};
use crate::template::{Function, Trigger, matches};

/// What could not be handed over, after all retries.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// The use case that failed.
    pub handler: String,
    /// The record or event.
    pub payload: Value,
}

/// How many events the bus tries to hand to one target, and how often.
const MOST_DELIVERIES: usize = 5;

/// How many rounds bring any stack to rest.
const MOST_ROUNDS: usize = 100_000;

/// How often each record and event is delivered at most in chaos.
const MOST_TIMES: usize = 5;

/// A record on its way to a reader, or an event on its way to a target.
struct Parcel {
    to: String,
    payload: Value,
    /// The item whose record it is.
    item: Option<Value>,
    times: usize,
    times_delivered: usize,
    failures: usize,
}

impl Parcel {
    fn new(to: &str, payload: Value, item: Option<Value>) -> Self {
        Self { to: to.to_owned(), payload, item, times: 1, times_delivered: 0, failures: 0 }
    }

    /// Whether both are records of one item for one reader.
    fn is_of_same_item(&self, other: &Self) -> bool {
        self.item.is_some() && self.item == other.item && self.to == other.to
    }
}

impl Stack {
    /// Hands everything on until nothing moves any more: the stream to its readers, the bus to its
    /// targets.
    ///
    /// # Errors
    /// The stream can't be read, or it never comes to rest.
    pub async fn settle(&self) -> Result<()> {
        let _alone = self.pump.lock().await;
        for _ in 0..MOST_ROUNDS {
            let mut moved = self.deliver_events().await > 0;
            for function in &self.template.functions {
                if let Trigger::Stream { .. } = function.trigger {
                    moved |= self.read_stream(function).await?;
                }
            }
            if !moved {
                return Ok(());
            }
        }
        bail!("the stack does not come to rest")
    }

    /// What could not be handed over so far.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hands everything on as AWS may: each record and event one to five times, in any order and as
    /// late as can be, except that the records of one item first come in their order. `choose` says
    /// which of so many goes next, and how often.
    ///
    /// # Errors
    /// The stream can't be read, or it never comes to rest.
    pub async fn settle_in_chaos(&self, mut choose: impl FnMut(usize) -> usize) -> Result<()> {
        let _alone = self.pump.lock().await;
        let mut parcels: Vec<Parcel> = Vec::new();
        for _ in 0..MOST_ROUNDS {
            for mut parcel in self.collect()? {
                parcel.times += choose(MOST_TIMES);
                parcels.push(parcel);
            }
            let is_free = |index: &usize| {
                let parcel = &parcels[*index];
                let comes_before = |earlier: &Parcel| {
                    earlier.times_delivered == 0 && earlier.is_of_same_item(parcel)
                };
                !parcels[..*index].iter().any(comes_before)
            };
            let free: Vec<usize> = (0..parcels.len()).filter(is_free).collect();
            if free.is_empty() {
                return Ok(());
            }
            let index = free[choose(free.len())];
            let (to, payload) = (parcels[index].to.clone(), parcels[index].payload.clone());
            let parcel = &mut parcels[index];
            match self.invoke(&to, payload).await {
                Ok(answer) if answer.pointer("/batchItemFailures/0").is_none() => {
                    parcel.times_delivered += 1;
                }
                _ => parcel.failures += 1,
            }
            let is_given_up = parcel.failures > MOST_DELIVERIES;
            if is_given_up || parcel.times_delivered == parcel.times {
                let parcel = parcels.remove(index);
                if is_given_up {
                    self.bury(&parcel.to, parcel.payload);
                }
            }
        }
        bail!("the stack does not come to rest")
    }

    /// The records and events that nobody has collected yet.
    fn collect(&self) -> Result<Vec<Parcel>> {
        let mut parcels = Vec::new();
        let events = self.aws.events();
        self.aws.forget_events(events.len());
        for event in events {
            for function in &self.template.functions {
                let Trigger::Rule { pattern } = &function.trigger else { continue };
                if matches(pattern, &event) {
                    parcels.push(Parcel::new(&function.handler, event.clone(), None));
                }
            }
        }
        for function in &self.template.functions {
            let Trigger::Stream { filters, .. } = &function.trigger else { continue };
            let records = self.records_after(self.position(&function.id).as_deref(), 1000)?;
            let Some(last) = records.last().and_then(sequence_number) else { continue };
            self.keep_position(&function.id, last)?;
            let wanted = |record: &Value| filters.iter().any(|filter| matches(filter, record));
            for record in records.into_iter().filter(wanted) {
                let item = record.pointer("/dynamodb/Keys").cloned();
                let batch = json!({ "Records": [record] });
                parcels.push(Parcel::new(&function.handler, batch, item));
            }
        }
        Ok(parcels)
    }

    fn bury(&self, handler: &str, payload: Value) {
        tracing::error!(handler, "handed over in vain, put aside");
        let letter = DeadLetter { handler: handler.to_owned(), payload };
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    }

    /// Events are forgotten once they are delivered, so that a crash repeats them.
    async fn deliver_events(&self) -> usize {
        let events = self.aws.events();
        for event in &events {
            for function in &self.template.functions {
                let Trigger::Rule { pattern } = &function.trigger else { continue };
                if matches(pattern, event) {
                    for _ in 0..self.times() {
                        self.deliver_event(&function.handler, event).await;
                    }
                }
            }
        }
        self.aws.forget_events(events.len());
        events.len()
    }

    fn times(&self) -> usize {
        match self.delivery {
            Delivery::Once => 1,
            Delivery::Twice => 2,
        }
    }

    async fn deliver_event(&self, handler: &str, event: &Value) {
        for _ in 0..MOST_DELIVERIES {
            if self.invoke(handler, event.clone()).await.is_ok() {
                return;
            }
        }
        self.bury(handler, event.clone());
    }

    /// Hands the next records to one reader; its position is kept only once everything that they
    /// caused on the bus was delivered, so that a crash repeats them rather than losing them.
    async fn read_stream(&self, function: &Function) -> Result<bool> {
        let Trigger::Stream { filters, batch_size, most_retries } = &function.trigger else {
            return Ok(false);
        };
        let records = self.records_after(self.position(&function.id).as_deref(), 1000)?;
        let Some(last) = records.last().and_then(sequence_number) else { return Ok(false) };
        let wanted = |record: &&Value| filters.iter().any(|filter| matches(filter, record));
        let wanted: Vec<Value> = records.iter().filter(wanted).cloned().collect();
        for batch in wanted.chunks(*batch_size) {
            for _ in 0..self.times() {
                self.hand_over(function, batch, *most_retries).await;
            }
            self.deliver_events().await;
        }
        self.keep_position(&function.id, last)?;
        Ok(true)
    }

    async fn hand_over(&self, function: &Function, batch: &[Value], most_retries: usize) {
        let (mut left, mut retries) = (batch, 0);
        while !left.is_empty() {
            let answer = self.invoke(&function.handler, json!({ "Records": left })).await;
            let failed_at = match &answer {
                Ok(answer) => answer.pointer("/batchItemFailures/0/itemIdentifier").cloned(),
                Err(_) => left[0].pointer("/dynamodb/SequenceNumber").cloned(),
            };
            let Some(failed_at) = failed_at else { return };
            let same =
                |record: &Value| record.pointer("/dynamodb/SequenceNumber") == Some(&failed_at);
            let index = left.iter().position(same).unwrap_or(0);
            retries = if index == 0 { retries + 1 } else { 1 };
            left = &left[index..];
            if retries > most_retries {
                self.bury(&function.handler, left[0].clone());
                (left, retries) = (&left[1..], 0);
            }
        }
    }

    fn position(&self, reader: &str) -> Option<String> {
        let positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        positions.get(reader).cloned()
    }

    fn keep_position(&self, reader: &str, position: String) -> Result<()> {
        let mut positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        positions.insert(reader.to_owned(), position);
        if let Some(file) = &self.positions_file {
            let fresh = file.with_extension("new");
            std::fs::write(&fresh, serde_json::to_vec(&*positions)?)?;
            std::fs::rename(fresh, file)?;
        }
        Ok(())
    }

    /// The records of the stream after a position.
    pub(super) fn records_after(&self, position: Option<&str>, most: usize) -> Result<Vec<Value>> {
        let streams = self.database.list_streams(serde_json::from_value(json!({}))?)?;
        let arn = json!(streams.streams)[0]["StreamArn"].clone();
        let stream = serde_json::from_value(json!({ "StreamArn": arn }))?;
        let stream = json!(self.database.describe_stream(stream)?);
        let shard = stream.pointer("/StreamDescription/Shards/0/ShardId").cloned();
        let mut wanted = json!({ "StreamArn": arn, "ShardId": shard });
        match position {
            None => wanted["ShardIteratorType"] = json!("TRIM_HORIZON"),
            Some(position) => {
                wanted["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
                wanted["SequenceNumber"] = json!(position);
            }
        }
        let iterator = json!(self.database.get_shard_iterator(serde_json::from_value(wanted)?)?);
        let wanted = json!({ "ShardIterator": iterator["ShardIterator"], "Limit": most });
        let records = json!(self.database.get_records(serde_json::from_value(wanted)?)?);
        Ok(records["Records"].as_array().cloned().unwrap_or_default())
    }
}

pub(super) fn sequence_number(record: &Value) -> Option<String> {
    record.pointer("/dynamodb/SequenceNumber")?.as_str().map(str::to_owned)
}
