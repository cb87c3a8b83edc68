//! How the bulk mails of a portal fare today: two counters a day, by which a bulk send stops
//! itself when too much comes back (RULES H3).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use guichet_domain::ids::PortalId;
use guichet_domain::instant::Instant;
use guichet_domain::mail::BulkHealth;
use guichet_domain::text::Email;

use crate::app::App;
use crate::items::{self, number};
use crate::keys;
use crate::meter;
use crate::problem::Error;
use crate::store::aws;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A mail was given to SES.
    Sent,
    /// A mail came back, or was called unwanted.
    Bounced,
}

/// How long a day's counters are kept, in days.
const KEPT_DAYS: u32 = 7;

impl App {
    /// How the bulk mails of a portal fared today.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn bulk_health(&self, portal: Option<PortalId>) -> Result<BulkHealth, Error> {
        let key = keys::of_bulk(portal, self.now());
        let found = self.read_keys(vec![key.clone()]).await?.at(&key).map_err(Error::from)?;
        Ok(found.unwrap_or_default())
    }

    /// Counts one bulk mail, on the day on which it was sent. Near enough is enough: a process that
    /// dies before it counts leaves one out. In one transaction with the mail's mark, senders
    /// would meet at this counter, and a mark that is not written sends a mail twice.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn count_bulk(
        &self,
        portal: Option<PortalId>,
        counted: Counted,
        sent_at: Instant,
    ) -> Result<(), Error> {
        let name = match counted {
            Counted::Sent => "sent",
            Counted::Bounced => "bounced",
        };
        let names = [("#counted", name), ("#ttl", "ttl")];
        let names = names.map(|(short, name)| (short.to_owned(), name.to_owned()));
        let answer = self
            .dynamodb()
            .update_item()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&keys::of_bulk(portal, sent_at))))
            .update_expression("ADD #counted :one SET #ttl = :ttl")
            .set_expression_attribute_names(Some(HashMap::from(names)))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":ttl", number(sent_at.plus_days(KEPT_DAYS).seconds()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| aws(&error))?;
        meter::add(answer.consumed_capacity());
        Ok(())
    }

    /// The keyed hash under which an address is suppressed: the table names no address there.
    ///
    /// # Errors
    /// The pepper can't be read.
    pub async fn address_hash(&self, email: &Email) -> Result<String, Error> {
        Ok(self.keyed_hash("suppressed", &[email.as_str().as_bytes()]).await?)
    }
}
