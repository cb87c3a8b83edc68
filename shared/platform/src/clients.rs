//! The AWS clients, over one HTTP client that starts fast (DESIGN §11).

use std::sync::OnceLock;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::{Config, Trust};

/// The roots that AWS documents for its endpoints: Amazon Root CA 1 to 4 and Starfield Services
/// Root G2, from Debian's package `ca-certificates` 20230311+deb12u1, read on 2026-11-21.
const AMAZON_ROOTS: [&[u8]; 5] = [
    include_bytes!("roots/Amazon_Root_CA_1.crt"),
    include_bytes!("roots/Amazon_Root_CA_2.crt"),
    include_bytes!("roots/Amazon_Root_CA_3.crt"),
    include_bytes!("roots/Amazon_Root_CA_4.crt"),
    include_bytes!("roots/Starfield_Services_Root_Certificate_Authority_-_G2.crt"),
];

/// The clients. Those of SES, EventBridge and Secrets Manager are made when first used.
#[derive(Debug, Clone)]
pub struct Clients {
    dynamodb: aws_sdk_dynamodb::Client,
    ses: OnceLock<aws_sdk_ses::Client>,
    events: OnceLock<aws_sdk_eventbridge::Client>,
    secrets: OnceLock<aws_sdk_secretsmanager::Client>,
    http: SharedHttpClient,
    credentials: SharedCredentialsProvider,
    region: String,
    endpoint: Option<String>,
}

macro_rules! config {
    ($sdk:ident, $clients:expr, $endpoint:expr) => {{
        let clients = $clients;
        let builder = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new(clients.region.clone()))
            .credentials_provider(clients.credentials.clone())
            .http_client(clients.http.clone());
        match $endpoint {
            Some(endpoint) => builder.endpoint_url(endpoint).build(),
            None => builder.build(),
        }
    }};
}

struct Parts {
    region: String,
    credentials: SharedCredentialsProvider,
    http: SharedHttpClient,
}

impl Clients {
    /// The clients for this configuration, with credentials and over this HTTP client.
    pub fn new(config: &Config, credentials: Credentials, http: SharedHttpClient) -> Self {
        let credentials = SharedCredentialsProvider::new(credentials);
        let parts = Parts { region: config.region.clone(), credentials, http };
        let dynamodb = config!(aws_sdk_dynamodb, &parts, config.dynamodb_endpoint.as_ref());
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            ses: OnceLock::new(),
            events: OnceLock::new(),
            secrets: OnceLock::new(),
            http: parts.http,
            credentials: parts.credentials,
            region: parts.region,
            endpoint: config.endpoint.clone(),
        }
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// SES.
    pub fn ses(&self) -> &aws_sdk_ses::Client {
        self.ses.get_or_init(|| {
            let config = config!(aws_sdk_ses, self, self.endpoint.as_ref()).to_builder();
            // SES has no idempotency: a retry of ours would be a second mail (DESIGN §6).
            let retries = aws_sdk_ses::config::retry::RetryConfig::disabled();
            aws_sdk_ses::Client::from_conf(config.retry_config(retries).build())
        })
    }

    /// EventBridge.
    pub fn events(&self) -> &aws_sdk_eventbridge::Client {
        self.events.get_or_init(|| {
            let config = config!(aws_sdk_eventbridge, self, self.endpoint.as_ref());
            aws_sdk_eventbridge::Client::from_conf(config)
        })
    }

    /// Secrets Manager.
    pub fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        self.secrets.get_or_init(|| {
            let config = config!(aws_sdk_secretsmanager, self, self.endpoint.as_ref());
            aws_sdk_secretsmanager::Client::from_conf(config)
        })
    }
}

/// The credentials that Lambda puts into the function's environment.
pub fn lambda_credentials() -> Credentials {
    let variable = |name| std::env::var(name).unwrap_or_default();
    Credentials::new(
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
        std::env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "lambda",
    )
}

/// The HTTP client that trusts what the configuration says.
///
/// # Errors
/// The certificates can't be read, which only a broken build brings about.
pub fn http_client(
    trust: Trust,
) -> Result<SharedHttpClient, aws_smithy_http_client::HttpClientError> {
    let store = match trust {
        Trust::Machine => TrustStore::default(),
        Trust::Amazon => AMAZON_ROOTS
            .iter()
            .fold(TrustStore::empty(), |store, root| store.with_pem_certificate(*root)),
    };
    let context = TlsContext::builder().with_trust_store(store).build()?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}
