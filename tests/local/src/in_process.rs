//! What plays AWS, reached without a socket: the SDK's clients call it in this process.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aws::{Answer, Aws};

/// The table and the services, in this process.
#[derive(Clone)]
pub(crate) struct InProcess {
    database: Database,
    aws: Aws,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

impl InProcess {
    pub(crate) fn new(database: &Database, aws: &Aws) -> Self {
        Self { database: database.clone(), aws: aws.clone() }
    }

    fn answer(&self, request: &HttpRequest) -> Answer {
        let body = request.body().bytes().unwrap_or_default();
        let target = request.headers().get("x-amz-target");
        match target.and_then(|target| target.strip_prefix("DynamoDB_20120810.")) {
            Some(operation) => self.of_table(operation, body),
            None => self.aws.answer(target, body),
        }
    }

    fn of_table(&self, operation: &str, body: &[u8]) -> Answer {
        let table = &self.database;
        let answer = match operation {
            "BatchGetItem" => done(body, |request| table.batch_get_item(request)),
            "Query" => done(body, |request| table.query(request)),
            "TransactWriteItems" => done(body, |request| table.transact_write_items(request)),
            "UpdateItem" => done(body, |request| table.update_item(request)),
            operation => {
                Err(DynoxideError::ValidationException(format!("nobody here calls {operation}")))
            }
        };
        let (status, body) = match answer {
            Ok(answer) => (200, answer),
            Err(error) => (error.status_code(), error.to_json()),
        };
        Answer { status, kind: "application/x-amz-json-1.0", body }
    }
}

/// Does what the body asks for.
fn done<Asked: DeserializeOwned, Done: Serialize>(
    body: &[u8],
    act: impl FnOnce(Asked) -> Result<Done, DynoxideError>,
) -> Result<String, DynoxideError> {
    let invalid = |error: serde_json::Error| DynoxideError::ValidationException(error.to_string());
    let done = act(serde_json::from_slice(body).map_err(invalid)?)?;
    serde_json::to_string(&done).map_err(invalid)
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.answer(&request);
        let response = answer.status.try_into().map(|status| {
            let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
            response.headers_mut().insert("content-type", answer.kind);
            response
        });
        HttpConnectorFuture::ready(
            response.map_err(|error| ConnectorError::other(Box::new(error), None)),
        )
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
