//! `template.yaml`, read once: routes, schedules, stream filters, bus rules and the table.
//!
//! There is no second list: what the template does not say does not happen on one machine either.

use anyhow::{Context as _, Result, anyhow, bail};
use saphyr::{LoadableYamlNode as _, MarkedYamlOwned, ScalarOwned, YamlDataOwned};
use serde_json::{Map, Value, json};

use crate::policy::Policy;

/// What the template says.
#[derive(Debug, Clone)]
pub struct Template {
    /// The functions.
    pub functions: Vec<Function>,
    /// The properties of the table, as `CreateTable` takes them.
    pub table: Value,
}

/// A function and what calls it.
#[derive(Debug, Clone)]
pub struct Function {
    /// The logical id.
    pub id: String,
    /// The use case, after `Handler:`.
    pub handler: String,
    /// What calls it.
    pub trigger: Trigger,
    /// What it may do.
    pub policy: Policy,
}

/// What calls a function.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// A route of the API.
    Route {
        /// The method.
        method: String,
        /// The path, with `{parameters}`.
        path: String,
    },
    /// A schedule.
    Schedule {
        /// How many seconds lie between two runs.
        every_seconds: u64,
    },
    /// The table's stream.
    Stream {
        /// The patterns, of which one must match a record.
        filters: Vec<Value>,
        /// How many records a batch holds at most.
        batch_size: usize,
        /// How often a batch is tried again before it is put aside.
        most_retries: usize,
    },
    /// The bus.
    Rule {
        /// The pattern that an event must match.
        pattern: Value,
    },
    /// Nothing: the operator invokes it.
    Direct,
}

/// A node with its line, converted lazily so that every complaint can name where.
#[derive(Clone, Copy)]
struct Node<'a>(&'a MarkedYamlOwned);

impl<'a> Node<'a> {
    fn line(self) -> usize {
        self.0.span.start.line()
    }

    fn untagged(self) -> &'a MarkedYamlOwned {
        match &self.0.data {
            YamlDataOwned::Tagged(_, inner) => inner,
            _ => self.0,
        }
    }

    fn get(self, name: &str) -> Option<Node<'a>> {
        let YamlDataOwned::Mapping(map) = &self.untagged().data else { return None };
        let found = map.iter().find(|(key, _)| Node(key).text().as_deref() == Some(name));
        found.map(|(_, value)| Node(value))
    }

    fn required(self, name: &str) -> Result<Node<'a>> {
        self.get(name).with_context(|| format!("line {}: `{name}` is missing", self.line()))
    }

    fn text(self) -> Option<String> {
        match &self.untagged().data {
            YamlDataOwned::Value(ScalarOwned::String(text)) => Some(text.clone()),
            YamlDataOwned::Value(ScalarOwned::Integer(number)) => Some(number.to_string()),
            YamlDataOwned::Value(ScalarOwned::Boolean(truth)) => Some(truth.to_string()),
            YamlDataOwned::Representation(text, ..) => Some(text.clone()),
            _ => None,
        }
    }

    fn string(self, name: &str) -> Result<String> {
        let node = self.required(name)?;
        node.text().with_context(|| format!("line {}: `{name}` is not a text", node.line()))
    }

    fn number(self, name: &str, otherwise: usize) -> Result<usize> {
        let Some(node) = self.get(name) else { return Ok(otherwise) };
        let number = node.text().and_then(|text| text.parse().ok());
        number.with_context(|| format!("line {}: `{name}` is not a number", node.line()))
    }

    fn entries(self) -> Vec<(String, Node<'a>)> {
        let YamlDataOwned::Mapping(map) = &self.untagged().data else { return Vec::new() };
        let pair = |(key, value)| Some((Node(key).text()?, Node(value)));
        map.iter().filter_map(pair).collect()
    }

    fn items(self) -> Vec<Node<'a>> {
        let YamlDataOwned::Sequence(items) = &self.untagged().data else { return Vec::new() };
        items.iter().map(Node).collect()
    }

    fn json(self) -> Value {
        match &self.untagged().data {
            YamlDataOwned::Mapping(_) => {
                let entries = self.entries().into_iter().map(|(name, node)| (name, node.json()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
            YamlDataOwned::Sequence(_) => self.items().into_iter().map(Self::json).collect(),
            YamlDataOwned::Value(ScalarOwned::Boolean(truth)) => json!(truth),
            YamlDataOwned::Value(ScalarOwned::Integer(number)) => json!(number),
            _ => self.text().map_or(Value::Null, Value::String),
        }
    }
}

/// The whole template as plain data: a reference stands as what it names.
///
/// # Errors
/// It is not YAML.
pub fn read(text: &str) -> Result<Value> {
    let documents = MarkedYamlOwned::load_from_str(text)
        .map_err(|error| anyhow!("the template is not YAML: {error}"))?;
    Ok(Node(documents.first().context("the template is empty")?).json())
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong, and on which line.
    pub fn parse(text: &str) -> Result<Self> {
        let documents = MarkedYamlOwned::load_from_str(text)
            .map_err(|error| anyhow!("the template is not YAML: {error}"))?;
        let root = Node(documents.first().context("the template is empty")?);
        let mut functions = Vec::new();
        let mut table = None;
        let resources = root.required("Resources")?;
        for (id, resource) in resources.entries() {
            match resource.string("Type")?.as_str() {
                "AWS::Serverless::Function" => functions.push(function(id, resource, resources)?),
                "AWS::DynamoDB::Table" => {
                    table = Some(create_table(resource.required("Properties")?));
                }
                _ => {}
            }
        }
        let table = table.context("the template has no table")?;
        Ok(Self { functions, table })
    }
}

fn function(id: String, resource: Node<'_>, resources: Node<'_>) -> Result<Function> {
    let properties = resource.required("Properties")?;
    let handler = properties.string("Handler")?;
    if guichet_functions::find(&handler).is_none() {
        let line = properties.required("Handler")?.line();
        bail!("line {line}: there is no use case `{handler}`");
    }
    let events = properties.get("Events").map(Node::entries).unwrap_or_default();
    let trigger = match events.as_slice() {
        [] => Trigger::Direct,
        [(_, event)] => trigger(*event)?,
        [_, (_, second), ..] => {
            bail!("line {}: a use case has one trigger", second.line())
        }
    };
    Ok(Function { id, handler, trigger, policy: policy(properties, resources)? })
}

/// The statements of the function's own role, or of the role that it shares.
fn policy(properties: Node<'_>, resources: Node<'_>) -> Result<Policy> {
    let mut statements = Vec::new();
    if let Some(role) = properties.get("Role") {
        let name = role.text().unwrap_or_default();
        let name = name.trim_end_matches(".Arn");
        let role = resources.required(name)?.required("Properties")?;
        for policy in role.get("Policies").map(Node::items).unwrap_or_default() {
            statements.extend(policy.required("PolicyDocument")?.required("Statement")?.items());
        }
    }
    for policy in properties.get("Policies").map(Node::items).unwrap_or_default() {
        statements.extend(policy.required("Statement")?.items());
    }
    Ok(Policy::read(&statements.into_iter().map(Node::json).collect::<Vec<_>>()))
}

fn trigger(event: Node<'_>) -> Result<Trigger> {
    let properties = event.required("Properties")?;
    match event.string("Type")?.as_str() {
        "HttpApi" => Ok(Trigger::Route {
            method: properties.string("Method")?.to_uppercase(),
            path: properties.string("Path")?,
        }),
        "Schedule" => {
            let expression = properties.string("Schedule")?;
            let every_seconds = rate(&expression).with_context(|| {
                format!("line {}: `{expression}` is not a rate", properties.line())
            })?;
            Ok(Trigger::Schedule { every_seconds })
        }
        "DynamoDB" => {
            let filters = properties.required("FilterCriteria")?.required("Filters")?;
            let filters = filters.items().into_iter().map(|filter| {
                let pattern = filter.string("Pattern")?;
                serde_json::from_str(&pattern)
                    .with_context(|| format!("line {}: the pattern is not JSON", filter.line()))
            });
            Ok(Trigger::Stream {
                filters: filters.collect::<Result<_>>()?,
                batch_size: properties.number("BatchSize", 100)?,
                most_retries: properties.number("MaximumRetryAttempts", 10)?,
            })
        }
        "EventBridgeRule" => Ok(Trigger::Rule { pattern: properties.required("Pattern")?.json() }),
        other => bail!("line {}: nothing here plays `{other}`", event.line()),
    }
}

/// The seconds of `rate(5 minutes)`.
fn rate(expression: &str) -> Option<u64> {
    let (number, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * seconds)
}

/// The table's properties, without those that `CreateTable` does not know.
fn create_table(properties: Node<'_>) -> Value {
    let mut table = Map::new();
    for (name, node) in properties.entries() {
        if ["AttributeDefinitions", "KeySchema", "BillingMode"].contains(&name.as_str())
            || name == "GlobalSecondaryIndexes"
        {
            table.insert(name, node.json());
        } else if name == "StreamSpecification" {
            let view = node.json().get("StreamViewType").cloned().unwrap_or_default();
            let stream = json!({ "StreamEnabled": true, "StreamViewType": view });
            table.insert(name, stream);
        }
    }
    table.insert("TableName".to_owned(), json!("guichet"));
    Value::Object(table)
}

/// Whether a value matches an EventBridge pattern: every member of the pattern must be met; a list
/// names alternatives, of which `{"prefix": …}` is one.
pub fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(members) => members
            .iter()
            .all(|(name, wanted)| value.get(name).is_some_and(|present| matches(wanted, present))),
        // A list in the event matches when one of its members does.
        Value::Array(_) if value.is_array() => {
            value.as_array().is_some_and(|members| members.iter().any(|one| matches(pattern, one)))
        }
        Value::Array(alternatives) => alternatives.iter().any(|wanted| {
            let prefix = wanted.get("prefix").and_then(Value::as_str);
            match (prefix, value.as_str()) {
                (Some(prefix), Some(text)) => text.starts_with(prefix),
                _ => wanted == value,
            }
        }),
        _ => pattern == value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_template_is_refused_with_its_line() {
        let complaint = |text: &str| Template::parse(text).unwrap_err().to_string();
        let unknown = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a::b\n";
        assert_eq!(complaint(unknown), "line 5: there is no use case `a::b`");
        assert!(complaint("Resources:\n  F: [\n").contains("not YAML"));
        assert!(complaint("Resources:\n  F:\n    Properties: {}\n").contains("`Type` is missing"));
    }

    #[test]
    fn patterns_match_as_on_the_bus() {
        let record = json!({"eventName": "INSERT", "dynamodb": {"Keys": {"PK": {"S": "MAIL#1"}}}});
        let pattern = |prefix| json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"PK": {"S": [{"prefix": prefix}]}}}});
        assert!(matches(&pattern("MAIL#"), &record));
        assert!(!matches(&pattern("JOURNAL#"), &record));
        assert!(!matches(&json!({"source": ["x"]}), &record));
        let tagged = json!({"tags": {"set": ["a", "b"]}});
        assert!(matches(&json!({"tags": {"set": ["b", "c"]}}), &tagged));
        assert!(!matches(&json!({"tags": {"set": ["c"]}}), &tagged));
    }
}
