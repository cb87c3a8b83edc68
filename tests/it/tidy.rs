//! What can be checked mechanically of DESIGN §2.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use guichet_local::template::{Template, Trigger};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Rust files below a folder, as paths from the root.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let path = path.strip_prefix(root()).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn template() -> Template {
    Template::parse(&text("template.yaml")).unwrap()
}

/// `accounts::sign_up` is `AccountsSignUp` in the template.
fn logical_id(name: &str) -> String {
    let words = name.replace("::", "_");
    words.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[test]
fn each_use_case_has_a_file_a_template_block_an_event_and_a_test_of_its_name() {
    let template = template();
    let listed: BTreeSet<&str> = guichet_functions::NAMES.iter().copied().collect();
    let handled: BTreeSet<&str> =
        template.functions.iter().map(|function| function.handler.as_str()).collect();
    assert_eq!(listed, handled);
    let mains = text("tests/it/main.rs");
    for function in &template.functions {
        let name = &function.handler;
        assert_eq!(function.id, logical_id(name));
        let (noun, verb) = name.split_once("::").unwrap();
        for path in [
            format!("functions/src/{noun}/{verb}.rs"),
            format!("events/{noun}/{verb}.json"),
            format!("tests/it/{noun}/{verb}.rs"),
        ] {
            assert!(root().join(&path).is_file(), "{path} is missing");
        }
        assert!(mains.contains(&format!("mod {verb};")), "{name} is not tested");
    }
    for (folder, kind) in [("functions/src", "rs"), ("events", "json"), ("tests/it", "rs")] {
        for noun in std::fs::read_dir(root().join(folder)).unwrap() {
            let noun = noun.unwrap().path();
            let noun_name = noun.file_name().unwrap().to_str().unwrap().to_owned();
            if !noun.is_dir()
                || !listed.iter().any(|name| name.starts_with(&format!("{noun_name}::")))
            {
                continue;
            }
            for file in std::fs::read_dir(&noun).unwrap() {
                let file = file.unwrap().path();
                let verb = file.file_stem().unwrap().to_str().unwrap().to_owned();
                assert!(file.extension().is_some_and(|extension| extension == kind));
                assert!(
                    listed.contains(format!("{noun_name}::{verb}").as_str()),
                    "{}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn each_event_is_one_that_its_function_reads() {
    for function in template().functions {
        let (noun, verb) = function.handler.split_once("::").unwrap();
        let event: Value =
            serde_json::from_str(&text(&format!("events/{noun}/{verb}.json"))).unwrap();
        match &function.trigger {
            Trigger::Route { method, path } => {
                assert_eq!(event["routeKey"], format!("{method} {path}"));
            }
            Trigger::Stream { filters, .. } => {
                let records = event["Records"].as_array().unwrap();
                let wanted = |record: &Value| {
                    filters.iter().any(|filter| guichet_local::template::matches(filter, record))
                };
                assert!(records.iter().all(wanted), "{}", function.handler);
            }
            Trigger::Rule { pattern } => {
                assert!(guichet_local::template::matches(pattern, &event));
            }
            Trigger::Schedule { .. } => assert_eq!(event["source"], "aws.events"),
            Trigger::Direct => assert!(event.is_object()),
        }
    }
}

/// `UPDATE=1 cargo test -p guichet-it openapi` writes the description; the next build takes it in.
#[test]
fn the_description_of_the_api_is_what_the_code_says_in_openapi_json() {
    let made = serde_json::to_string_pretty(&guichet_functions::openapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("functions/openapi.json"), &made).unwrap();
    }
    assert!(made == text("functions/openapi.json"), "functions/openapi.json is not what it was");
}

#[test]
fn the_routes_of_the_template_are_the_operations_of_the_api() {
    let api = serde_json::to_value(guichet_functions::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            described.insert((method.to_uppercase(), path.clone(), id.to_owned()));
        }
    }
    let routed: BTreeSet<_> = template()
        .functions
        .into_iter()
        .filter_map(|function| match function.trigger {
            Trigger::Route { method, path } if path.starts_with("/v1/") => {
                Some((method, path, function.handler.replace("::", "_")))
            }
            _ => None,
        })
        .collect();
    assert_eq!(described, routed);
}

/// Use cases that anybody may call, each for a reason.
const PUBLIC: [&str; 4] = [
    "system::health",      // monitors have no account
    "system::openapi",     // the description holds nothing of anybody
    "accounts::show_done", // a fixed text
    "communes::search",    // the official list, the same for everybody
];

#[test]
fn each_http_use_case_checks_a_permission() {
    for function in template().functions {
        let Trigger::Route { .. } = function.trigger else { continue };
        let (noun, verb) = function.handler.split_once("::").unwrap();
        let code = text(&format!("functions/src/{noun}/{verb}.rs"));
        // Pages that only show rest on the signature of their link, verified before any read.
        let shows = verb.starts_with("show_") && code.contains("links::");
        let checks = code.contains("check(") || code.contains(".permit(");
        let is_public = PUBLIC.contains(&function.handler.as_str());
        assert!(checks || shows || is_public, "{} checks nothing", function.handler);
        assert!(!(checks && is_public), "{} is public and checks", function.handler);
    }
}

#[test]
fn only_keys_names_keys() {
    let prefixes = [
        "\"PORTAL#",
        "\"ACCOUNT#",
        "\"MAIL#",
        "\"REQUEST#",
        "\"JOURNAL#",
        "\"COVERS#",
        "\"DETAIL#",
        "\"SIGN_UP#",
        "\"SUPPRESSED#",
        "\"BULK#",
        "\"INVITATION#",
        "\"IMPORT#",
        "\"DOSSIER#",
        "\"POSITION#",
        "\"NOTE#",
    ];
    for folder in ["functions/src", "shared"] {
        for path in sources(folder) {
            if path.contains("platform/src/keys") {
                continue;
            }
            let code = text(&path);
            for prefix in prefixes {
                assert!(!code.contains(prefix), "{path} names the key {prefix}");
            }
        }
    }
}

#[test]
fn nothing_scans() {
    for path in sources("functions/src").into_iter().chain(sources("shared/platform/src")) {
        assert!(!text(&path).contains(".scan()"), "{path}");
    }
}

#[test]
fn the_pure_crates_depend_on_nothing_that_touches_the_world() {
    for manifest in
        ["shared/domain/Cargo.toml", "shared/mail/Cargo.toml", "shared/spreadsheet/Cargo.toml"]
    {
        let text = text(manifest);
        let dependencies = text.split("[dev-dependencies]").next().unwrap().to_owned();
        for forbidden in ["aws-", "tokio", "rand", "lambda", "getrandom", "hyper"] {
            assert!(!dependencies.contains(&format!("\n{forbidden}")), "{manifest}: {forbidden}");
        }
    }
}

#[test]
fn files_and_lines_are_short() {
    for path in sources("functions/src").into_iter().chain(sources("shared")) {
        let code = text(&path);
        let most = if path.starts_with("functions/src/") && path.matches('/').count() == 3 {
            190
        } else {
            600
        };
        assert!(code.lines().count() <= most, "{path}: {} lines", code.lines().count());
        let generated = path.ends_with("departments.rs") || path.ends_with("kinds.rs");
        for (number, line) in code.lines().enumerate() {
            let start = line.trim_start();
            let is_text = start.starts_with('"') || start.starts_with("//! |");
            assert!(generated || is_text || line.chars().count() <= 100, "{path}:{}", number + 1);
        }
    }
}

#[test]
fn the_top_level_holds_what_the_design_says() {
    let allowed = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "clippy.toml",
        "events",
        "functions",
        "monitoring.yaml",
        "rust-toolchain.toml",
        "rustfmt.toml",
        "shared",
        "target",
        "template.yaml",
        "tests",
    ];
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name}");
    }
}

/// Licences under which anybody may use what we stand on, ours being Apache-2.0.
const LICENCES: [&str; 13] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "MIT-0",
];

/// Whether a licence expression can be met by a licence of the list.
fn is_free(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|name| LICENCES.contains(&name.trim())))
}

#[test]
fn every_dependency_has_a_free_licence() {
    // Only what this machine builds with is on it.
    let rustc = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        let is_file = package["license_file"].is_string();
        // The Mozilla licence binds only changes of its own files, and these crates are unchanged.
        let is_mozilla = licence == "MPL-2.0" || licence == "CDLA-Permissive-2.0";
        assert!(is_free(licence) || is_file || is_mozilla, "{}: {licence}", package["name"]);
    }
}

/// `UPDATE=1 cargo test -p guichet-it readme` writes both tables into the README.
#[test]
fn the_readme_shows_the_policy_and_the_budgets_as_they_are() {
    let mut readme = text("README.md");
    let tables = [("policy", "shared/domain/policy.txt"), ("budgets", "tests/bench/budget.txt")];
    for (name, path) in tables {
        let begin = format!("<!-- {name} -->\n```text\n");
        let start = readme.find(&begin).unwrap() + begin.len();
        let end = start + readme[start..].find("```").unwrap();
        if std::env::var_os("UPDATE").is_some() {
            readme.replace_range(start..end, &text(path));
            std::fs::write(root().join("README.md"), &readme).unwrap();
        } else {
            assert!(readme[start..end] == text(path), "README.md does not show {path}");
        }
    }
}
