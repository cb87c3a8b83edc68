//! The API's description, put together from what each use case says of itself.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    PathsBuilder, Ref, RefOr, Response, Schema, Type,
};

/// The operations collected so far.
#[derive(Default)]
pub(crate) struct Paths {
    paths: PathsBuilder,
    schemas: Vec<(String, RefOr<Schema>)>,
}

/// The refusals that an operation may answer beside its own, with their meaning.
const REFUSALS: [(&str, &str); 12] = [
    ("400", "The content can't be read."),
    ("401", "Sign in first."),
    ("403", "You may see it but not do it."),
    ("404", "It does not exist for you."),
    ("409", "Somebody was faster, or the state does not allow it."),
    ("412", "It changed since you read it."),
    ("413", "The content is too large."),
    ("415", "The content is of another type."),
    ("422", "The content is wrong; `errors` says where."),
    ("428", "Say with If-Match which version you have read."),
    ("429", "Too many attempts; `Retry-After` says when to try again."),
    ("503", "Unavailable for a moment; `Retry-After` says when to try again."),
];

impl Paths {
    /// Adds the operation of one use case, under its own name.
    pub(crate) fn add<P>(&mut self, noun: &str, verb: &str)
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
    {
        let own = |name: &str| own_name(noun, verb, name);
        let mut operation: Operation = renamed(&P::operation(), &own);
        operation.operation_id = Some(format!("{noun}_{verb}"));
        operation.tags = Some(vec![noun.to_owned()]);
        refusals(&mut operation);
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        self.schemas
            .extend(schemas.into_iter().map(|(name, schema)| (own(&name), renamed(&schema, &own))));
        let methods: Vec<HttpMethod> = P::methods();
        let mut item = PathItem::default();
        for method in methods {
            let slot = match method {
                HttpMethod::Get => &mut item.get,
                HttpMethod::Post => &mut item.post,
                HttpMethod::Put => &mut item.put,
                HttpMethod::Delete => &mut item.delete,
                _ => &mut item.patch,
            };
            *slot = Some(operation.clone());
        }
        self.paths = std::mem::take(&mut self.paths).path(P::path(), item);
    }

    /// The whole description.
    pub(crate) fn into_openapi(self) -> OpenApi {
        let mut components = ComponentsBuilder::new()
            .schema("Problem", problem())
            .security_scheme("session", session());
        let mut described: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
        for (name, schema) in self.schemas {
            let before = described.insert(name.clone(), schema.clone());
            // Two types of one name would be described as one of them.
            assert!(before.is_none_or(|before| before == schema), "{name} names two types");
        }
        for (name, schema) in described {
            components = components.schema(name, schema);
        }
        let info = InfoBuilder::new()
            .title("Guichet")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(
                "Who may enter a collaborative portal, as what, where and until when.",
            ))
            .build();
        OpenApiBuilder::new()
            .info(info)
            .paths(self.paths)
            .components(Some(components.build()))
            .build()
    }
}

/// The types that each use case calls `Input` and `Output`, under names of their own: they share
/// one list.
fn own_name(noun: &str, verb: &str, name: &str) -> String {
    let is_own = name.split('_').any(|part| part == "Input" || part == "Output");
    if is_own { format!("{noun}_{verb}_{name}") } else { name.to_owned() }
}

/// The same description with every reference to a schema renamed.
fn renamed<T: Serialize + DeserializeOwned + Clone>(
    described: &T,
    name: &impl Fn(&str) -> String,
) -> T {
    let Ok(mut value) = serde_json::to_value(described) else { return described.clone() };
    rename(&mut value, name);
    serde_json::from_value(value).unwrap_or_else(|_| described.clone())
}

fn rename(value: &mut Value, name: &impl Fn(&str) -> String) {
    const SCHEMAS: &str = "#/components/schemas/";
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let schema = member.as_str().and_then(|text| text.strip_prefix(SCHEMAS));
                match schema {
                    Some(schema) if key == "$ref" => {
                        *member = Value::String(format!("{SCHEMAS}{}", name(schema)));
                    }
                    _ => rename(member, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name)),
        _ => {}
    }
}

fn session() -> SecurityScheme {
    SecurityScheme::Http(
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build(),
    )
}

fn refusals(operation: &mut Operation) {
    for (status, description) in REFUSALS {
        let needs_session = operation.security.is_some();
        if !needs_session && matches!(status, "403" | "412" | "428") {
            continue;
        }
        if operation.responses.responses.contains_key(status) {
            continue;
        }
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let mut response = Response::new(description);
        response.content.insert("application/problem+json".to_owned(), RefOr::T(content));
        operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
    }
}

/// RFC 9457, with our code.
fn problem() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let error = ObjectBuilder::new()
        .property("field", text())
        .property("code", text())
        .property("detail", text())
        .required("field")
        .required("code");
    ObjectBuilder::new()
        .property("type", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("code", text())
        .property("title", text())
        .property("detail", text())
        .property("errors", utoipa::openapi::ArrayBuilder::new().items(error))
        .required("type")
        .required("status")
        .required("code")
        .required("title")
        .into()
}
