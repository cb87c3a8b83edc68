//! What the operator sets: read once, from the environment of the function.

use std::env;

use guichet_domain::instant::Instant;

/// What the operator sets.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the table.
    pub table: String,
    /// The name of the event bus.
    pub bus: String,
    /// The origin of the pages that mailed links open, without a slash at the end. Never taken
    /// from a request (SECURITY S8).
    pub origin: String,
    /// The address that mails are sent from.
    pub sender_address: String,
    /// The SES configuration set of mails to proven addresses, if any.
    pub mail_set: Option<String>,
    /// The SES configuration set of mails to unproven addresses, if any (SECURITY S12).
    pub unproven_mail_set: Option<String>,
    /// Entries older than this cause no mail: set after a restore (DESIGN §6).
    pub mail_epoch: Instant,
    /// What the names of the secrets begin with.
    pub secrets_prefix: String,
    /// The AWS region.
    pub region: String,
    /// Where AWS is played, instead of AWS.
    pub endpoint: Option<String>,
    /// Where DynamoDB is played, instead of AWS.
    pub dynamodb_endpoint: Option<String>,
    /// Whether to trust the machine's root certificates instead of Amazon's alone.
    pub trust: Trust,
}

/// Which certificate authorities AWS's certificates may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Amazon Trust Services' roots only: parsing the machine's 140 would be most of the start-up.
    Amazon,
    /// The machine's, for those behind a proxy that ends TLS (`GUICHET_TRUST=machine`).
    Machine,
}

/// A variable of the environment is missing or wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the environment variable {0} is missing or wrong")]
pub struct ConfigError(pub &'static str);

impl Config {
    /// Reads the environment of the function.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let required = |name| env::var(name).map_err(|_| ConfigError(name));
        let optional = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let mail_epoch = match optional("GUICHET_MAIL_EPOCH") {
            None => Instant::from_milliseconds(0),
            Some(text) => text.parse().map_err(|_| ConfigError("GUICHET_MAIL_EPOCH"))?,
        };
        let endpoint = optional("AWS_ENDPOINT_URL");
        Ok(Self {
            table: required("GUICHET_TABLE")?,
            bus: required("GUICHET_BUS")?,
            origin: required("GUICHET_ORIGIN")?,
            sender_address: required("GUICHET_SENDER_ADDRESS")?,
            mail_set: optional("GUICHET_MAIL_SET"),
            unproven_mail_set: optional("GUICHET_UNPROVEN_MAIL_SET"),
            mail_epoch,
            secrets_prefix: required("GUICHET_SECRETS_PREFIX")?,
            region: required("AWS_REGION")?,
            dynamodb_endpoint: optional("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| endpoint.clone()),
            endpoint,
            trust: match optional("GUICHET_TRUST").as_deref() {
                Some("machine") => Trust::Machine,
                _ => Trust::Amazon,
            },
        })
    }
}
