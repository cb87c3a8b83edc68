//! API Gateway, played: from an HTTP request to a use case's event, and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::template::{Template, Trigger};

/// A request as it comes over HTTP.
#[derive(Debug, Clone, Default)]
pub struct HttpRequest {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The client's address.
    pub source: String,
}

/// An answer as it goes over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// The gateway's own answers.
    pub fn plain(status: u16, message: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: json!({ "message": message }).to_string().into_bytes() }
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What API Gateway takes in one request.
const MOST_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The use case of a request and its event.
///
/// # Errors
/// The gateway's own answer when no route matches.
pub fn route(
    template: &Template,
    request: &HttpRequest,
    request_id: &str,
) -> Result<(String, Value), HttpAnswer> {
    if request.body.len() > MOST_BODY_BYTES {
        return Err(HttpAnswer::plain(413, "Request Entity Too Large"));
    }
    let mut best: Option<(&str, &str, Map<String, Value>)> = None;
    for function in &template.functions {
        let Trigger::Route { method, path } = &function.trigger else { continue };
        if *method != request.method {
            continue;
        }
        let Some(parameters) = parameters(path, &request.path) else { continue };
        // The most specific route wins, as on API Gateway.
        let is_better = best.as_ref().is_none_or(|(_, _, others)| parameters.len() < others.len());
        if is_better {
            best = Some((&function.handler, path, parameters));
        }
    }
    let Some((handler, path, parameters)) = best else {
        return Err(HttpAnswer::plain(404, "Not Found"));
    };
    Ok((handler.to_owned(), event(request, path, parameters, request_id)))
}

/// The parameters of a path, if it matches a route.
fn parameters(route: &str, path: &str) -> Option<Map<String, Value>> {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    if route.len() != path.len() {
        return None;
    }
    let mut parameters = Map::new();
    for (wanted, found) in route.iter().zip(&path) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if found.is_empty() => return None,
            Some(name) => {
                let decoded = decoded(found);
                parameters.insert(name.to_owned(), Value::String(decoded));
            }
            None if wanted == found => {}
            None => return None,
        }
    }
    Some(parameters)
}

fn decoded(text: &str) -> String {
    // A plus sign is itself in a path; the form decoder would make it a space.
    let text = text.replace('+', "%2B");
    form_urlencoded::parse(text.as_bytes())
        .map(|(name, _)| name.into_owned())
        .next()
        .unwrap_or_default()
}

fn event(
    request: &HttpRequest,
    path: &str,
    parameters: Map<String, Value>,
    request_id: &str,
) -> Value {
    let mut headers = Map::new();
    for (name, value) in &request.headers {
        let joined = match headers.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.clone(),
        };
        headers.insert(name.clone(), Value::String(joined));
    }
    let mut query = Map::new();
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        let joined = match query.get(name.as_ref()).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.into_owned(),
        };
        query.insert(name.into_owned(), Value::String(joined));
    }
    let (body, is_base64) = match request.body.as_slice() {
        [] => (Value::Null, false),
        text if is_text(&headers) => {
            (Value::String(String::from_utf8_lossy(text).into_owned()), false)
        }
        bytes => (Value::String(STANDARD.encode(bytes)), true),
    };
    let route_key = format!("{} {path}", request.method);
    json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "queryStringParameters": query,
        "pathParameters": parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source,
                "userAgent": "",
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": "01/Jan/1970:00:00:00 +0000",
            "timeEpoch": 0,
        },
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

/// Whether API Gateway hands a body on as text, in which it reads nothing but UTF-8: it goes by the
/// type that is named.
fn is_text(headers: &Map<String, Value>) -> bool {
    let kind = headers.get("content-type").and_then(Value::as_str).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let texts = ["application/json", "application/javascript", "application/xml"];
    kind.starts_with("text/") || texts.contains(&kind.as_str())
}

/// The answer of a use case, as API Gateway sends it on.
pub fn answer(value: &Value) -> HttpAnswer {
    let headers = value["headers"].as_object().into_iter().flatten();
    let headers = headers
        .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
        .collect();
    let text = value["body"].as_str().unwrap_or_default();
    let body = match value["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(text).unwrap_or_default(),
        _ => text.as_bytes().to_vec(),
    };
    let status = value["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    HttpAnswer { status: status.unwrap_or(502), headers, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_give_their_parameters() {
        let found =
            parameters("/v1/portals/{portal}/people/{account}", "/v1/portals/a%20b/people/c");
        assert_eq!(found, json!({"portal": "a b", "account": "c"}).as_object().cloned());
        assert_eq!(parameters("/v1/me", "/v1/me/"), None);
        assert_eq!(parameters("/v1/{x}", "/v1/"), None);
        assert_eq!(decoded("a+b%2Fc"), "a+b/c");
    }
}
