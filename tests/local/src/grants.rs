//! Names what the template grants in vain: `grants <file>` compares it with the file in which the
//! tests noted what each function did (`GUICHET_USED=<file> cargo test`).
//!
//! The other way round needs no comparison: what is not granted is refused while the tests run.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use guichet_local::policy::{Want, is_like};
use guichet_local::stack::template_text;
use guichet_local::template::Template;

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("usage: grants <file>")?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} can't be read"))?;
    let mut used: BTreeMap<&str, Vec<(&str, &str, &str)>> = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        used.entry(next()).or_default().push((next(), next(), next()));
    }
    let (mut count, mut in_vain) = (0, Vec::new());
    for function in Template::parse(&template_text()?)?.functions {
        let done = used.get(function.handler.as_str()).map(Vec::as_slice).unwrap_or_default();
        for grant in function.policy.grants() {
            count += 1;
            if !done.iter().any(|done| is_use(&grant, *done)) {
                in_vain.push(format!("{}: {grant:?}", function.handler));
            }
        }
    }
    if !in_vain.is_empty() {
        bail!("granted in vain:\n{}", in_vain.join("\n"));
    }
    eprintln!("{count} grants, each used by a test");
    Ok(())
}

fn is_use(grant: &Want, (action, resource, key): (&str, &str, &str)) -> bool {
    let has_key = grant.key.as_ref().is_none_or(|like| is_like(key, like));
    grant.action == action && is_like(resource, &grant.resource) && has_key
}
