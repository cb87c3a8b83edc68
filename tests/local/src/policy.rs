//! What each function may do: the statements of the template, held against every call that a
//! function makes, as IAM does.
//!
//! References stand as they are written: the table is `Table.Arn`, an index of it
//! `${Table.Arn}/index/listing`, the bus `Bus.Arn`.

use serde_json::Value;

/// What a function may do.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone)]
struct Statement {
    is_denial: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    leading_keys: Option<LeadingKeys>,
}

/// The condition on the partition keys of a call.
#[derive(Debug, Clone)]
enum LeadingKeys {
    /// Every one must be like one of these.
    All(Vec<String>),
    /// One at least must be one of these.
    Any(Vec<String>),
}

/// One thing that a call wants to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Want {
    /// The action: `dynamodb:PutItem`, …
    pub action: String,
    /// What it is done to.
    pub resource: String,
    /// The partition key, for the table and its indexes.
    pub key: Option<String>,
}

/// The texts of a value that is one text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is like a pattern with `*` and `?`.
pub fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    // The place in the pattern after the last star, and how much of the text that star holds.
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern + 1, at));
                in_pattern += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((after, held)) = star else { return false };
                star = Some((after, held + 1));
                (at, in_pattern) = (held + 1, after);
            }
        }
    }
    pattern[in_pattern..].iter().all(|rest| *rest == '*')
}

impl Statement {
    fn read(value: &Value) -> Self {
        let condition = &value["Condition"];
        let keys = |operator: &str| {
            let keys = texts(&condition[operator]["dynamodb:LeadingKeys"]);
            (!keys.is_empty()).then_some(keys)
        };
        let all = keys("ForAllValues:StringLike").map(LeadingKeys::All);
        Self {
            is_denial: value["Effect"] == "Deny",
            actions: texts(&value["Action"]),
            resources: texts(&value["Resource"]),
            leading_keys: all.or_else(|| keys("ForAnyValue:StringEquals").map(LeadingKeys::Any)),
        }
    }

    fn covers(&self, want: &Want) -> bool {
        let has_action = self.actions.contains(&want.action);
        let has_resource = self.resources.iter().any(|like| is_like(&want.resource, like));
        let has_key = match (&self.leading_keys, &want.key) {
            (None, _) => true,
            (Some(LeadingKeys::All(likes)), Some(key)) => {
                likes.iter().any(|like| is_like(key, like))
            }
            (Some(LeadingKeys::Any(keys)), Some(key)) => keys.contains(key),
            (Some(_), None) => false,
        };
        has_action && has_resource && has_key
    }

    /// Everything that the statement grants, one action, resource and pattern of keys each.
    fn grants(&self) -> Vec<Want> {
        let keys: Vec<Option<String>> = match &self.leading_keys {
            Some(LeadingKeys::All(likes)) => likes.iter().cloned().map(Some).collect(),
            _ => vec![None],
        };
        let mut grants = Vec::new();
        for action in &self.actions {
            for resource in &self.resources {
                for key in &keys {
                    let (action, resource, key) = (action.clone(), resource.clone(), key.clone());
                    grants.push(Want { action, resource, key });
                }
            }
        }
        grants
    }
}

impl Policy {
    /// Reads the statements of a policy document.
    pub fn read(statements: &[Value]) -> Self {
        Self { statements: statements.iter().map(Statement::read).collect() }
    }

    /// Whether it lets a function do this.
    pub fn allows(&self, want: &Want) -> bool {
        let covering: Vec<&Statement> =
            self.statements.iter().filter(|statement| statement.covers(want)).collect();
        !covering.is_empty() && !covering.iter().any(|statement| statement.is_denial)
    }

    /// Whether a statement of it forbids this, whatever the others grant.
    pub fn forbids(&self, want: &Want) -> bool {
        self.statements.iter().any(|statement| statement.is_denial && statement.covers(want))
    }

    /// Everything that it grants.
    pub fn grants(&self) -> Vec<Want> {
        let allowing = self.statements.iter().filter(|statement| !statement.is_denial);
        allowing.flat_map(Statement::grants).collect()
    }

    /// The statements as text, to be compared with those of another function.
    pub fn text(&self) -> String {
        format!("{:?}", self.statements)
    }
}

/// What a call wants to do, by its operation and its body.
pub fn wants(operation: &str, body: &[u8]) -> Vec<Want> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    match operation {
        "PutEvents" | "SendRawEmail" => wants_of_others(operation, &request, body),
        secret if secret.contains("Secret") => wants_of_others(operation, &request, body),
        _ => wants_of_table(operation, &request),
    }
}

fn wants_of_table(operation: &str, request: &Value) -> Vec<Want> {
    let want = |action: &str, key: Option<&str>| Want {
        action: format!("dynamodb:{action}"),
        resource: "Table.Arn".to_owned(),
        key: key.map(str::to_owned),
    };
    let key_of = |value: &Value| value.pointer("/PK/S").and_then(Value::as_str).map(str::to_owned);
    match operation {
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys =
                tables.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten());
            keys.map(|key| want(operation, key_of(key).as_deref())).collect()
        }
        "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let one = |item: &Value| {
                let (kind, write) = item.as_object()?.iter().next()?;
                let (action, key) = match kind.as_str() {
                    "Put" => ("PutItem", key_of(&write["Item"])),
                    "Update" => ("UpdateItem", key_of(&write["Key"])),
                    "Delete" => ("DeleteItem", key_of(&write["Key"])),
                    _ => ("ConditionCheckItem", key_of(&write["Key"])),
                };
                Some(want(action, key.as_deref()))
            };
            items.filter_map(one).collect()
        }
        "Query" => {
            let values = request["ExpressionAttributeValues"].as_object();
            let partition = values.and_then(|values| values.get(":partition"));
            let key = partition.and_then(|value| value["S"].as_str());
            let resource = match request["IndexName"].as_str() {
                Some(index) => format!("${{Table.Arn}}/index/{index}"),
                None => "Table.Arn".to_owned(),
            };
            vec![Want { resource, ..want(operation, key) }]
        }
        _ => vec![want(operation, key_of(&request["Key"]).as_deref())],
    }
}

fn wants_of_others(operation: &str, request: &Value, body: &[u8]) -> Vec<Want> {
    let want =
        |action: &str, resource: String| Want { action: action.to_owned(), resource, key: None };
    match operation {
        "PutEvents" => vec![want("events:PutEvents", "Bus.Arn".to_owned())],
        "SendRawEmail" => {
            let mut form = form_urlencoded::parse(body);
            let set = form.find(|(name, _)| name == "ConfigurationSetName");
            let arn = |kind: &str, name: &str| {
                format!(
                    "arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:{kind}/{name}"
                )
            };
            let mut wants = vec![want("ses:SendRawEmail", arn("identity", "${SenderDomain}"))];
            let set = set.map(|(_, name)| arn("configuration-set", &format!("${{{name}}}")));
            wants.extend(set.map(|arn| want("ses:SendRawEmail", arn)));
            wants
        }
        _ => {
            let name = request["SecretId"].as_str().or(request["Name"].as_str());
            let name = name.unwrap_or_default().replace("guichet/local/", "guichet/${Stage}/");
            let prefix = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}";
            vec![want(
                &format!("secretsmanager:{operation}"),
                format!("{prefix}:secret:{name}-abcdef"),
            )]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn stars_and_question_marks_match_as_in_iam() {
        for (text, pattern, expected) in [
            ("ACCOUNT#acc_1", "ACCOUNT#*", true),
            ("ACCOUNTS", "ACCOUNT#*", false),
            ("KEYS", "KEYS", true),
            ("KEYS2", "KEYS", false),
            ("pepper-abcdef", "pepper-??????", true),
            ("pepper-abcdefg", "pepper-??????", false),
            ("a/b/c", "a*c", true),
            ("", "*", true),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn a_denial_beats_a_grant_and_what_is_not_granted_is_denied() {
        let policy = Policy::read(&[
            json!({"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": "Table.Arn",
                "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["K*"]}}}),
            json!({"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "Table.Arn",
                "Condition": {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": ["KEYS"]}}}),
        ]);
        let want = |action: &str, key: &str| Want {
            action: action.to_owned(),
            resource: "Table.Arn".to_owned(),
            key: Some(key.to_owned()),
        };
        assert!(policy.allows(&want("dynamodb:PutItem", "KIND")));
        assert!(!policy.allows(&want("dynamodb:PutItem", "KEYS")));
        assert!(!policy.allows(&want("dynamodb:PutItem", "OTHER")));
        assert!(!policy.allows(&want("dynamodb:DeleteItem", "KIND")));
        assert_eq!(policy.grants().len(), 1);
    }

    #[test]
    fn a_transaction_wants_each_of_its_writes() {
        let body = json!({"TransactItems": [
            {"Put": {"Item": {"PK": {"S": "A#1"}}}},
            {"ConditionCheck": {"Key": {"PK": {"S": "B#1"}}}},
        ]});
        let wants = wants("TransactWriteItems", body.to_string().as_bytes());
        let wants: Vec<_> =
            wants.iter().map(|want| (want.action.as_str(), want.key.as_deref())).collect();
        assert_eq!(
            wants,
            [("dynamodb:PutItem", Some("A#1")), ("dynamodb:ConditionCheckItem", Some("B#1"))]
        );
    }
}
