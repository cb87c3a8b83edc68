//! Answers: JSON, pages, and the headers that all of them carry.

use guichet_domain::level::Language;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::problem::{Error, INTERNAL, Problem, UNAVAILABLE};

/// An answer on its way to the caller.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

const JSON: &str = "application/json; charset=utf-8";

/// The media type of xlsx files.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Reply {
    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { status, headers: vec![(header::CONTENT_TYPE, JSON.to_owned())], body })
    }

    /// 200 with this body.
    ///
    /// # Errors
    /// The body can't be written as JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self, Error> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with this body: something was made.
    ///
    /// # Errors
    /// The body can't be written as JSON.
    pub fn created(body: &impl Serialize) -> Result<Self, Error> {
        Self::json(StatusCode::CREATED, body)
    }

    /// 202 with this body: the rest follows by mail.
    ///
    /// # Errors
    /// The body can't be written as JSON.
    pub fn accepted(body: &impl Serialize) -> Result<Self, Error> {
        Self::json(StatusCode::ACCEPTED, body)
    }

    /// 204: done, and nothing to say.
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Vec::new() }
    }

    /// 200 with a body that is JSON already.
    pub fn of_json(json: &'static str) -> Self {
        let headers = vec![(header::CONTENT_TYPE, JSON.to_owned())];
        Self { status: StatusCode::OK, headers, body: json.as_bytes().to_vec() }
    }

    /// Lines of JSON.
    pub fn lines(lines: String) -> Self {
        let kind = "application/x-ndjson; charset=utf-8".to_owned();
        let headers = vec![(header::CONTENT_TYPE, kind)];
        Self { status: StatusCode::OK, headers, body: lines.into_bytes() }
    }

    /// An xlsx file to be kept under this name.
    pub fn workbook(bytes: Vec<u8>, name: &str) -> Self {
        let headers = vec![
            (header::CONTENT_TYPE, WORKBOOK.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")),
        ];
        Self { status: StatusCode::OK, headers, body: bytes }
    }

    /// The same answer, with the address of what follows (RFC 8288).
    #[must_use]
    pub fn next(self, address: Option<&str>) -> Self {
        match address {
            Some(address) => self.header(header::LINK, format!("<{address}>; rel=\"next\"")),
            None => self,
        }
    }

    /// A page of HTML.
    pub fn page(status: StatusCode, html: String, language: Language) -> Self {
        let headers = vec![
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_LANGUAGE, language.to_string()),
        ];
        Self { status, headers, body: html.into_bytes() }
    }

    /// 303 to a page without a token (SECURITY S9).
    pub fn see_other(address: String) -> Self {
        let headers = vec![(header::LOCATION, address)];
        Self { status: StatusCode::SEE_OTHER, headers, body: Vec::new() }
    }

    /// The same answer with an ETag.
    #[must_use]
    pub fn etag(self, etag: &str) -> Self {
        self.header(header::ETAG, format!("\"{etag}\""))
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer to a refusal.
    pub fn problem(error: &Error, language: Language) -> Self {
        let own;
        let problem = match error {
            Error::Problem(problem) => problem.as_ref(),
            Error::Again => {
                own = Problem::new(&UNAVAILABLE).retry_after(1);
                &own
            }
            Error::Internal(_) => {
                own = Problem::new(&INTERNAL);
                &own
            }
        };
        let body = serde_json::to_vec(&problem.body(language)).unwrap_or_default();
        let status = StatusCode::from_u16(problem.kind().status);
        let headers = vec![
            (header::CONTENT_TYPE, "application/problem+json; charset=utf-8".to_owned()),
            (header::CONTENT_LANGUAGE, language.to_string()),
        ];
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = Self { status, headers, body };
        match problem.retry_after_seconds() {
            Some(seconds) => reply.header(header::RETRY_AFTER, seconds.to_string()),
            None => reply,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer as the Lambda runtime takes it, with the headers that every answer carries
    /// (SECURITY S9).
    pub fn into_response(self) -> Response<lambda_http::Body> {
        let is_page = self.headers.iter().any(|(_, value)| value.starts_with("text/html"));
        let policy =
            if is_page { PAGE_POLICY } else { "default-src 'none'; frame-ancestors 'none'" };
        let common = [
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "strict-origin"),
            (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::VARY, "Accept-Language, Authorization"),
        ];
        let body = match String::from_utf8(self.body) {
            Ok(text) if text.is_empty() => lambda_http::Body::Empty,
            Ok(text) => lambda_http::Body::Text(text),
            Err(bytes) => lambda_http::Body::Binary(bytes.into_bytes()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let own = self
            .headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
        let common =
            common.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)));
        response.headers_mut().extend(common.chain(own));
        response
    }
}

/// What a page may do: show its own styles, and send its forms to itself.
const PAGE_POLICY: &str = concat!(
    "default-src 'none'; style-src '",
    include_str!("page/style.hash"),
    "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
);
