//! Requests: what came in, bounded and parsed. Parsing is validating.

use std::collections::HashMap;

use guichet_domain::level::Language;
use guichet_domain::text::Invalid;
use http::{HeaderMap, Method, header};
use lambda_http::{Body, RequestExt as _};
use serde::de::DeserializeOwned;

use crate::problem::{
    CROSS_SITE, DUPLICATE_FIELD, EMPTY_FILE, Error, FILE_TOO_LARGE, INVALID, Kind, MALFORMED,
    MISSING_FIELD, NOT_FOUND, PRECONDITION_REQUIRED, Problem, TOO_LARGE, UNKNOWN_FIELD,
    UNSUPPORTED_MEDIA_TYPE, WRONG_TYPE,
};

/// The largest body (DESIGN §7).
pub const MOST_BODY_BYTES: usize = 64 * 1024;

/// How deep JSON may nest: no input of ours nests deeper than four.
const MOST_DEPTH: usize = 16;

/// The longest idempotency key.
const MOST_KEY_BYTES: usize = 128;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as it was called; never logged.
    pub raw_path: String,
    /// The identifier of the request.
    pub id: String,
    /// The address of the client (SECURITY S16).
    pub source: String,
    /// The language that the client prefers, if it says so.
    pub accepted: Option<Language>,
    /// How often this request was decided already, because somebody was faster.
    pub attempt: u32,
    path: HashMap<String, String>,
    query: HashMap<String, String>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    /// Takes what a request of API Gateway holds.
    pub fn new(request: lambda_http::Request, id: String) -> Self {
        let pairs = |map: &lambda_http::aws_lambda_events::query_map::QueryMap| {
            let pairs = map.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            // The first value of a name counts, whoever repeats it.
            pairs.fold(HashMap::new(), |mut pairs, (name, value)| {
                pairs.entry(name).or_insert(value);
                pairs
            })
        };
        let path = pairs(&request.path_parameters());
        let query = pairs(&request.query_string_parameters());
        let source = match request.request_context_ref() {
            Some(lambda_http::request::RequestContext::ApiGatewayV2(context)) => {
                context.http.source_ip.clone().unwrap_or_default()
            }
            _ => String::new(),
        };
        let raw_path = request.raw_http_path().to_owned();
        let (parts, body) = request.into_parts();
        let body = match body {
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            _ => Vec::new(),
        };
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok()).and_then(language);
        Self {
            method: parts.method,
            raw_path,
            id,
            source,
            accepted,
            attempt: 0,
            path,
            query,
            headers: parts.headers,
            body,
        }
    }

    /// The language of the answer: the client's, else French.
    pub fn language(&self) -> Language {
        self.accepted.unwrap_or_default()
    }

    /// The parameters of the path. A path that names nothing possible names nothing: 404.
    ///
    /// # Errors
    /// [`NOT_FOUND`].
    pub fn path<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let value = serde_json::to_value(&self.path).unwrap_or_default();
        serde_json::from_value(value).map_err(|_| (&NOT_FOUND).into())
    }

    /// The parameters of the query.
    ///
    /// # Errors
    /// [`INVALID`] with the parameter that is wrong.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // The form's own reader turns texts into numbers where numbers are wanted.
        let pairs: Vec<_> = self.query.iter().collect();
        let form = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded(form.as_bytes()));
        serde_path_to_error::deserialize(reader).map_err(|error| wrong(&error))
    }

    /// One parameter of the query, as it is.
    pub fn query_text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The body, as JSON.
    ///
    /// # Errors
    /// It is too large, of another type, not JSON, too deep, or a field is wrong.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.bounded_body("application/json")?;
        if depth(&self.body) > MOST_DEPTH {
            return Err((&MALFORMED).into());
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            if error.inner().is_data() { wrong(&error) } else { (&MALFORMED).into() }
        })?;
        reader.end().map_err(|_| Error::from(&MALFORMED))?;
        Ok(value)
    }

    /// The body, as a form that was sent from one of our own pages (SECURITY S9).
    ///
    /// # Errors
    /// It came from another site, is too large, or a field is wrong.
    pub fn form<T: DeserializeOwned>(&self, origin: &str) -> Result<T, Error> {
        self.must_be_same_site(origin)?;
        self.bounded_body("application/x-www-form-urlencoded")?;
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded(&self.body));
        serde_path_to_error::deserialize(reader).map_err(|error| wrong(&error))
    }

    /// The body, as a file.
    ///
    /// # Errors
    /// It is larger than this, empty, or packed into a form.
    pub fn file(&self, most_bytes: usize) -> Result<&[u8], Error> {
        let sent = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if sent.trim_start().to_ascii_lowercase().starts_with("multipart/") {
            let [french, english] = EMPTY_FILE.detail;
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).detail(french, english).into());
        }
        match self.body.len() {
            0 => Err((&EMPTY_FILE).into()),
            bytes if bytes > most_bytes => Err((&FILE_TOO_LARGE).into()),
            _ => Ok(&self.body),
        }
    }

    fn bounded_body(&self, media_type: &str) -> Result<(), Error> {
        if self.body.len() > MOST_BODY_BYTES {
            return Err((&TOO_LARGE).into());
        }
        let sent = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let sent = sent.split(';').next().unwrap_or_default().trim();
        if sent.eq_ignore_ascii_case(media_type) {
            Ok(())
        } else {
            Err((&UNSUPPORTED_MEDIA_TYPE).into())
        }
    }

    fn must_be_same_site(&self, origin: &str) -> Result<(), Error> {
        let is_ours = self.header("origin") == Some(origin);
        let says_ours = self.header("sec-fetch-site") == Some("same-origin");
        let says_other = self.header("sec-fetch-site").is_some_and(|site| site != "same-origin");
        let comes_from_other = self.header("origin").is_some_and(|sent| sent != origin);
        if (is_ours || says_ours) && !says_other && !comes_from_other {
            Ok(())
        } else {
            Err((&CROSS_SITE).into())
        }
    }

    /// A header, if it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The bearer token.
    pub fn bearer_token(&self) -> Option<&str> {
        let value = self.header(header::AUTHORIZATION.as_str())?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The version that the client has read.
    ///
    /// # Errors
    /// [`PRECONDITION_REQUIRED`] when it does not say.
    pub fn if_match(&self) -> Result<String, Error> {
        let value = self.header(header::IF_MATCH.as_str()).unwrap_or_default().trim();
        let etag = value.strip_prefix("W/").unwrap_or(value).trim_matches('"');
        if etag.is_empty() || etag == "*" {
            return Err((&PRECONDITION_REQUIRED).into());
        }
        Ok(etag.to_owned())
    }

    /// The idempotency key, if the client sends one.
    ///
    /// # Errors
    /// It is empty, too long, or not plain text.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Error> {
        const NAME: &str = "idempotency-key";
        let Some(value) = self.headers.get(NAME) else { return Ok(None) };
        let wrong = || Error::from(Problem::new(&INVALID).field(NAME, Invalid::Characters));
        let key = value.to_str().map_err(|_| wrong())?.trim();
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain && (1..=MOST_KEY_BYTES).contains(&key.len()) {
            Ok(Some(key))
        } else {
            Err(wrong())
        }
    }

    /// The body's bytes, for the hash of an idempotent request.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }
}

fn form_urlencoded(bytes: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(bytes)
}

/// The first language of ours that `Accept-Language` names, by its weight.
fn language(accepted: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for part in accepted.split(',').take(20) {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok());
        let weight: f32 = weight.unwrap_or(1.0);
        let language = match tag.split('-').next() {
            Some("fr") => Language::Fr,
            Some("en") => Language::En,
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(_, other)| weight > other) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// How deep brackets nest outside of texts, before anything is parsed.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The problem of a field that could not be read, named by its path.
fn wrong<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> Error {
    let message = error.inner().to_string();
    let path = match error.path().to_string() {
        root if root == "." => String::new(),
        path => path,
    };
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    let within = |name: &str| match path.as_str() {
        "" => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    let kind = |name: String, kind: &'static Kind| {
        Error::from(Problem::new(&INVALID).field_kind(name, kind))
    };
    if let Some(invalid) = invalid_code(&message) {
        return Problem::new(&INVALID).field(path, invalid).into();
    }
    if message.starts_with("missing field") {
        kind(within(quoted()), &MISSING_FIELD)
    } else if message.starts_with("unknown field") {
        kind(within(quoted()), &UNKNOWN_FIELD)
    } else if message.starts_with("duplicate field") {
        kind(within(quoted()), &DUPLICATE_FIELD)
    } else {
        kind(path, &WRONG_TYPE)
    }
}

/// The domain's own code at the beginning of a reader's message.
fn invalid_code(message: &str) -> Option<Invalid> {
    const ALL: [Invalid; 19] = [
        Invalid::NoLinks,
        Invalid::Empty,
        Invalid::TooLong,
        Invalid::Characters,
        Invalid::Email,
        Invalid::Username,
        Invalid::WebAddress,
        Invalid::Phone,
        Invalid::Number,
        Invalid::PasswordShort,
        Invalid::NationalWithDepartments,
        Invalid::NoDepartment,
        Invalid::TooManyDepartments,
        Invalid::UnknownDepartment,
        Invalid::Domain,
        Invalid::DomainNotInvited,
        Invalid::UnknownUserType,
        Invalid::UnknownLevel,
        Invalid::Past,
    ];
    let code = message.split_whitespace().next()?;
    ALL.into_iter().find(|invalid| invalid.to_string() == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_is_taken() {
        assert_eq!(language("fr-FR,fr;q=0.9,en;q=0.8"), Some(Language::Fr));
        assert_eq!(language("de, en-GB;q=0.7, fr;q=0.3"), Some(Language::En));
        assert_eq!(language("en;q=0, fr;q=0.1"), Some(Language::Fr));
        assert_eq!(language("de;q=x,*"), None);
    }

    #[test]
    fn depth_is_counted_outside_of_texts() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[[\"]]"}]}"#), 3);
        assert_eq!(depth(&b"[".repeat(100_000)), 100_000);
        assert_eq!(depth(b"]]]]["), 1);
    }
}
