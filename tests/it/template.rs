//! What the template must hold beside what the tests use of it: logs, dead letters, alarms, the
//! table's safety. Each check is tried on a template from which the thing was taken away.

use std::collections::{BTreeMap, BTreeSet};

use guichet_local::policy::Want;
use guichet_local::stack::template_text;
use guichet_local::template::{Template, read};
use serde_json::{Value, json};

/// What is wrong with a template, in words.
type Complaints = Vec<String>;

/// What looks for one kind of wrong.
type Check = fn(&Value) -> Complaints;

/// What is deployed: the template, and the stack inside it.
fn whole() -> Value {
    let mut template = read(&template_text().unwrap()).unwrap();
    let inner = monitoring()["Resources"].clone();
    let resources = template["Resources"].as_object_mut().unwrap();
    for (id, resource) in inner.as_object().unwrap() {
        let replaced = resources.insert(id.clone(), resource.clone());
        assert_eq!(replaced, None, "{id} is in both stacks");
    }
    template
}

fn monitoring() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../monitoring.yaml");
    read(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap().iter();
    resources
        .filter(move |(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
}

fn functions(template: &Value) -> impl Iterator<Item = (&str, &Value)> {
    of_type(template, "AWS::Serverless::Function")
}

/// The one event of a function: its type and properties.
fn event(function: &Value) -> Option<(&str, &Value)> {
    let (_, event) = function["Events"].as_object()?.iter().next()?;
    Some((event["Type"].as_str()?, &event["Properties"]))
}

fn is_background(function: &Value) -> bool {
    event(function).is_some_and(|(kind, _)| kind != "HttpApi")
}

/// Nothing is lost that a stream, a bus or a schedule could not hand over.
fn dead_letters(template: &Value) -> Complaints {
    let mut complaints = Vec::new();
    let queue = json!("DeadLetters.Arn");
    for (id, function) in functions(template).filter(|(_, function)| is_background(function)) {
        let (kind, event) = event(function).unwrap();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                complaints.push(format!("{id}: {what}"));
            }
        };
        if kind == "DynamoDB" {
            let has = |name: &str, wanted: Value| event[name] == wanted;
            let most = |name: &str| event[name].as_u64();
            must(
                event["DestinationConfig"]["OnFailure"]["Destination"] == queue,
                "no dead letters",
            );
            must(has("FunctionResponseTypes", json!(["ReportBatchItemFailures"])), "no reports");
            must(has("BisectBatchOnFunctionError", json!(true)), "no bisection");
            must(most("MaximumRetryAttempts").is_some_and(|most| most <= 10), "endless retries");
            must(most("MaximumRecordAgeInSeconds") == Some(86_400), "no greatest age");
            must(event["MaximumBatchingWindowInSeconds"].is_u64(), "no batch window");
            let filters = event["FilterCriteria"]["Filters"].as_array();
            must(filters.is_some_and(|filters| !filters.is_empty()), "no filter");
        } else {
            must(event["DeadLetterConfig"]["Arn"] == queue, "no dead letters of the rule");
            must(event["RetryPolicy"]["MaximumRetryAttempts"].is_u64(), "no retry policy");
            must(event["RetryPolicy"]["MaximumEventAgeInSeconds"].is_u64(), "no greatest age");
            let failed = &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
            must(failed["Destination"] == queue, "no dead letters of the function");
        }
    }
    complaints
}

/// Each noun has its log group, each group an end, and no log a path or an address. The copies of
/// the seals outlive everything.
fn logs(template: &Value) -> Complaints {
    let mut complaints = Vec::new();
    let groups: BTreeMap<&str, &Value> = of_type(template, "AWS::Logs::LogGroup").collect();
    for (id, group) in &groups {
        if *id == "SealsLogs" {
            if group["RetentionInDays"] != 3653 {
                complaints.push(format!("{id} is not kept for ten years"));
            }
        } else if group["RetentionInDays"] != "LogRetentionInDays" {
            complaints.push(format!("{id} is kept for ever"));
        }
    }
    for (id, function) in functions(template) {
        let noun = match function["Handler"].as_str().unwrap() {
            "journal::seal" => "seals",
            handler => handler.split("::").next().unwrap(),
        };
        let group = function["LoggingConfig"]["LogGroup"].as_str().unwrap_or_default();
        let name = groups.get(group).map(|group| &group["LogGroupName"]);
        if name != Some(&json!(format!("/guichet/${{Stage}}/{noun}"))) {
            complaints.push(format!("{id} does not log with its noun"));
        }
    }
    let format = template["Globals"]["Function"]["LoggingConfig"]["LogFormat"].as_str();
    if format != Some("JSON") {
        complaints.push("logs are not JSON".to_owned());
    }
    let access = &template["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"];
    let access = access.as_str().unwrap_or_default();
    let named = ["$context.path", "sourceIp", "$context.protocol", "querystring"];
    if !access.contains("$context.routeKey") || named.iter().any(|name| access.contains(name)) {
        complaints.push("the access log must name the route, and nobody".to_owned());
    }
    complaints
}

/// Whatever fails unseen has an alarm, and each alarm tells somebody.
fn alarms(template: &Value) -> Complaints {
    let mut complaints = Vec::new();
    let mut watched = BTreeSet::new();
    for (id, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        if alarm["AlarmActions"] != json!(["Alarms"]) {
            complaints.push(format!("{id} tells nobody"));
        }
        let metric = alarm["MetricName"].as_str().unwrap_or_default();
        let of = alarm["Dimensions"][0]["Value"].as_str().unwrap_or_default();
        watched.insert(format!("{metric} {of}").trim_end().to_owned());
    }
    let mut wanted: BTreeSet<String> = [
        "5xx Api",
        "Throttles",
        "ApproximateNumberOfMessagesVisible DeadLettersName",
        "LongestMailWait",
        "MailsGivenUp",
        "MailsRefused",
        "BrokenSeals",
        "Invocations JournalSeal",
        "IncompleteRuns",
        "BulkMailsHeldBack",
        "Reputation.BounceRate",
        "Reputation.ComplaintRate",
    ]
    .map(str::to_owned)
    .into();
    for (id, function) in functions(template).filter(|(_, function)| is_background(function)) {
        wanted.insert(format!("Errors {id}"));
        if event(function).is_some_and(|(kind, _)| kind == "DynamoDB") {
            wanted.insert(format!("IteratorAge {id}"));
        }
    }
    let counted: BTreeSet<&str> = of_type(template, "AWS::Logs::MetricFilter")
        .filter(|(_, filter)| filter["MetricTransformations"][0]["MetricName"] == "IncompleteRuns")
        .filter_map(|(_, filter)| filter["LogGroupName"].as_str())
        .collect();
    for (id, function) in functions(template).filter(|(_, function)| is_background(function)) {
        let group = function["LoggingConfig"]["LogGroup"].as_str().unwrap_or_default();
        if !counted.contains(group) {
            complaints.push(format!("nobody counts what {id} leaves undone"));
        }
    }
    let missing = wanted.difference(&watched).map(|what| format!("nobody watches {what}"));
    complaints.extend(missing);
    complaints
}

/// The table survives mistakes, and forgets what is over.
fn table(template: &Value) -> Complaints {
    let resource = &template["Resources"]["Table"];
    let table = &resource["Properties"];
    let time_to_live = &table["TimeToLiveSpecification"];
    let checks = [
        (resource["DeletionPolicy"] == "Retain", "it goes with the stack"),
        (resource["UpdateReplacePolicy"] == "Retain", "it goes when it is replaced"),
        (table["DeletionProtectionEnabled"] == true, "it can be deleted"),
        (table["SSESpecification"]["SSEEnabled"] == true, "it is not encrypted"),
        (table["BillingMode"] == "PAY_PER_REQUEST", "it is not on demand"),
        (
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true,
            "it can't be restored",
        ),
        (
            time_to_live["Enabled"] == true && time_to_live["AttributeName"] == "ttl",
            "it forgets nothing",
        ),
        (table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE", "it has no stream"),
        (table["GlobalSecondaryIndexes"].as_array().map(Vec::len) == Some(3), "not three indexes"),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what.to_owned()).collect()
}

/// What anybody may cause without a session is throttled more tightly than the rest.
fn throttling(template: &Value) -> Complaints {
    let api = &template["Resources"]["Api"]["Properties"];
    let mut complaints = Vec::new();
    if !api["DefaultRouteSettings"]["ThrottlingRateLimit"].is_array() {
        complaints.push("the stage is not throttled".to_owned());
    }
    for (id, function) in functions(template) {
        let Some(("HttpApi", route)) = event(function) else { continue };
        let handler = function["Handler"].as_str().unwrap();
        let (noun, verb) = handler.split_once("::").unwrap();
        let path = format!("{}/../../functions/src/{noun}/{verb}.rs", env!("CARGO_MANIFEST_DIR"));
        let code = std::fs::read_to_string(path).unwrap();
        let counts = ["within(", "within_one(", "proof::", "_to_answer("];
        // What a network or an address can do too often is counted by the function, too.
        if route["Method"] == "GET" || !counts.iter().any(|count| code.contains(count)) {
            continue;
        }
        // A refresh hashes nothing and comes every ten minutes from everybody.
        if code.contains("app.desk(")
            || code.contains("DossierDesk::open(")
            || code.contains("Target::open(")
            || handler == "accounts::refresh"
        {
            continue;
        }
        let key =
            format!("{} {}", route["Method"].as_str().unwrap(), route["Path"].as_str().unwrap());
        if !api["RouteSettings"][&key]["ThrottlingRateLimit"].is_array() {
            complaints.push(format!("{id} is public and not throttled"));
        }
    }
    complaints
}

/// SES tells what becomes of every mail, whoever it was for.
fn outcomes(template: &Value) -> Complaints {
    let mut complaints = Vec::new();
    let told: BTreeSet<&str> = of_type(template, "AWS::SES::ConfigurationSetEventDestination")
        .filter(|(_, told)| told["EventDestination"]["Enabled"] == true)
        .filter_map(|(_, told)| told["ConfigurationSetName"].as_str())
        .collect();
    for (id, set) in of_type(template, "AWS::SES::ConfigurationSet") {
        if !told.contains(id) {
            complaints.push(format!("nothing is told of the mails of {id}"));
        }
        if set["SuppressionOptions"]["SuppressedReasons"] != json!([]) {
            complaints.push(format!("SES holds mails of {id} back unseen"));
        }
    }
    complaints
}

const CHECKS: [(&str, Check); 6] = [
    ("dead letters", dead_letters),
    ("logs", logs),
    ("alarms", alarms),
    ("table", table),
    ("throttling", throttling),
    ("outcomes", outcomes),
];

/// The checks above read the inner stack as if its parameters were what they are called.
#[test]
fn the_stack_of_alarms_is_given_what_its_parameters_are_called() {
    let template = whole();
    let given = template["Resources"]["Monitoring"]["Properties"]["Parameters"].clone();
    let given: BTreeMap<String, String> = serde_json::from_value(given).unwrap();
    let wanted = monitoring()["Parameters"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(given.keys().cloned().collect::<BTreeSet<String>>(), wanted);
    for (parameter, value) in given {
        match parameter.as_str() {
            "DashboardName" => assert_eq!(value, "AWS::StackName"),
            "DeadLettersName" => assert_eq!(value, "DeadLetters.QueueName"),
            _ => assert_eq!(value, parameter),
        }
    }
}

#[test]
fn nothing_that_keeps_the_system_safe_is_missing() {
    let template = whole();
    for (name, check) in CHECKS {
        assert_eq!(check(&template), Complaints::new(), "{name}");
    }
}

#[test]
fn whatever_is_taken_away_is_missed() {
    let function = |id: &str, rest: &str| format!("/Resources/{id}/Properties/{rest}");
    let taken = [
        ("dead letters", function("MailsSend", "Events/Stream/Properties/DestinationConfig")),
        ("dead letters", function("MailsSend", "Events/Stream/Properties/FilterCriteria")),
        (
            "dead letters",
            function("JournalPublish", "Events/Stream/Properties/FunctionResponseTypes"),
        ),
        ("dead letters", function("MailsCompose", "Events/Journal/Properties/DeadLetterConfig")),
        (
            "dead letters",
            function("MailsRecordOutcome", "Events/Outcomes/Properties/DeadLetterConfig"),
        ),
        ("dead letters", function("KeysRotate", "Events/Schedule/Properties/RetryPolicy")),
        ("dead letters", function("MailsRetry", "EventInvokeConfig")),
        ("logs", function("AccountsMe", "LoggingConfig")),
        ("logs", function("AccountsLogs", "RetentionInDays")),
        ("logs", function("Api", "AccessLogSettings")),
        ("alarms", "/Resources/MailsComposeErrors".to_owned()),
        ("alarms", "/Resources/JournalPublishAge".to_owned()),
        ("alarms", "/Resources/DeadLettersWaiting".to_owned()),
        ("alarms", "/Resources/DossiersIncompleteMetric".to_owned()),
        ("alarms", function("BounceRate", "AlarmActions")),
        ("table", function("Table", "TimeToLiveSpecification")),
        ("table", function("Table", "PointInTimeRecoverySpecification")),
        ("table", "/Resources/Table/DeletionPolicy".to_owned()),
        ("throttling", function("Api", "RouteSettings/POST ~1v1~1sessions")),
        ("outcomes", "/Resources/UnprovenMailSetEvents".to_owned()),
    ];
    for (name, place) in taken {
        let mut template = whole();
        let (parent, child) = place.rsplit_once('/').unwrap();
        let child = child.replace("~1", "/");
        let parent = template.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        assert!(parent.remove(&child).is_some(), "{place} is not there");
        let (_, check) = CHECKS.iter().find(|(check, _)| *check == name).unwrap();
        assert_ne!(check(&template), Complaints::new(), "{place} is not missed");
    }
}

fn want(action: &str, resource: &str, key: Option<&str>) -> Want {
    let (action, resource) = (action.to_owned(), resource.to_owned());
    Want { action, resource, key: key.map(str::to_owned) }
}

/// SECURITY S15: only the rotation writes signing keys, every other role is explicitly denied.
#[test]
fn only_the_rotation_may_write_signing_keys() {
    let writes = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];
    for function in Template::parse(&template_text().unwrap()).unwrap().functions {
        let grants = function.policy.grants();
        let writes_something = grants.iter().any(|grant| writes.contains(&grant.action.as_str()));
        for action in writes {
            let keys = want(action, "Table.Arn", Some("KEYS"));
            let is_rotation = function.handler == "keys::rotate";
            assert!(is_rotation || !function.policy.allows(&keys), "{}", function.handler);
            let is_forbidden = function.policy.forbids(&keys);
            assert_eq!(is_forbidden, writes_something && !is_rotation, "{}", function.handler);
        }
    }
}

/// SECURITY S7, S15: private keys are read by the functions that sign with them.
#[test]
fn only_functions_that_sign_read_private_keys() {
    let mut readers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let template = Template::parse(&template_text().unwrap()).unwrap();
    for function in &template.functions {
        for grant in function.policy.grants() {
            for family in ["access-keys", "account-keys", "invitation-keys", "seal-keys"] {
                if grant.resource.contains(family) {
                    readers.entry(family).or_default().insert(function.handler.clone());
                }
            }
        }
    }
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = BTreeMap::from([
        ("access-keys", set(&["accounts::refresh", "accounts::sign_in", "keys::rotate"])),
        ("account-keys", set(&["keys::rotate", "mails::retry", "mails::send"])),
        ("invitation-keys", set(&["keys::rotate", "mails::retry", "mails::send"])),
        (
            "seal-keys",
            set(&["journal::export", "journal::export_accounts", "journal::seal", "keys::rotate"]),
        ),
    ]);
    assert_eq!(readers, expected);
}

/// A role is shared by all functions that do exactly the same, and by no other: the unused grants
/// of a function that does less are found by `grants`.
#[test]
fn functions_with_the_same_statements_share_a_role() {
    let template = whole();
    let parsed = Template::parse(&template_text().unwrap()).unwrap();
    let mut roles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for function in parsed.functions {
        let properties = &template["Resources"][&function.id]["Properties"];
        let role = properties["Role"].as_str().unwrap_or(&function.id).to_owned();
        roles.entry(function.policy.text()).or_default().insert(role);
    }
    for (statements, roles) in roles {
        assert_eq!(roles.len(), 1, "{roles:?} have the same statements: {statements}");
    }
}

/// The functions that hash passwords or send mail, whose number at once can be bounded (S16).
#[test]
fn what_hashes_passwords_or_sends_mail_has_environments_of_its_own() {
    let template = whole();
    let reserved: BTreeSet<&str> = functions(&template)
        .filter(|(_, function)| function["ReservedConcurrentExecutions"].is_array())
        .map(|(id, _)| id)
        .collect();
    let expected = BTreeSet::from([
        "AccountsSetPassword",
        "AccountsSignIn",
        "AccountsSignUp",
        "AccountsVerifyEmail",
        "InvitationsAccept",
        "InvitationsCreateAccount",
        "MailsRetry",
        "MailsSend",
    ]);
    assert_eq!(reserved, expected);
}
