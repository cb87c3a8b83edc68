//! What both artifacts are: a Lambda runtime that runs the use case named by `_HANDLER`.

use std::sync::Arc;

use guichet_platform::app::{App, real_clock, real_random};
use guichet_platform::clients::{Clients, http_client, lambda_credentials};
use guichet_platform::config::Config;
use guichet_platform::run::{self, UseCase};
use lambda_runtime::{Error, LambdaEvent, service_fn};

/// Runs one of an artifact's use cases for as long as Lambda lets it.
///
/// # Errors
/// The environment names no use case of this artifact, or lacks something.
pub async fn serve(find: fn(&str) -> Option<UseCase>) -> Result<(), Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).init();
    let name = std::env::var("_HANDLER")?;
    let use_case = find(&name).ok_or("there is no use case of this name")?;
    let config = Config::from_environment()?;
    let clients = Clients::new(&config, lambda_credentials(), http_client(config.trust)?);
    let app = Arc::new(App::new(config, clients, real_clock(), real_random()));
    let (app, name) = (&app, &name);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<serde_json::Value>| {
        let answer = run::invoke(app, name, use_case, event.payload, &event.context.request_id);
        answer.await.map_err(Error::from)
    }))
    .await
}
