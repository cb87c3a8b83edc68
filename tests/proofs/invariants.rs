//! What must be true of every state, whatever happened before, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use crate::stage::{Stage, State};

/// The sentences that are not true of the state.
pub fn broken(state: &State) -> Vec<String> {
    let world = Items(&state.items);
    let mut broken = world.requests();
    broken.extend(world.people());
    broken.extend(world.super_administrators());
    broken.extend(world.advisors());
    broken.extend(world.claims());
    broken.extend(world.invitations());
    broken.extend(world.imports());
    broken.extend(world.words());
    broken.extend(world.dossiers());
    broken
}

/// The sentences that are not true of the mails, once everything has come to rest.
pub fn broken_mails(stage: &Stage) -> Vec<String> {
    let state = stage.state();
    let mut broken = Items(&state.items).decisions_told(stage);
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for mail in stage.world.stack.aws.mails() {
        let id = mail.tags.iter().find(|(name, _)| name == "mail").map(|(_, id)| id.clone());
        *sent.entry(id.unwrap_or_default()).or_default() += 1;
    }
    for (id, count) in sent.iter().filter(|(_, count)| **count > 1) {
        broken.push(format!("no mail goes out twice (H2): {id} went out {count} times"));
    }
    broken
}

struct Items<'a>(&'a [Rc<Value>]);

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

fn number(item: &Value, name: &str) -> i64 {
    // Numbers of the table are shown as floating point.
    item[name].as_f64().map_or(-1, |number| number as i64)
}

/// Whether it is a publication's copy in the list of its department.
fn is_copy(item: &&&Value) -> bool {
    text(item, "SK").matches('#').count() == 2
}

/// Whether an invitation changed somebody who was a person of the portal already.
fn is_readmission(entry: &Value) -> bool {
    let level = |side: &str| entry[side]["level"].as_str().map(str::to_owned);
    let codes = entry["before"]["codes"].as_array();
    let was_archived = codes.is_some_and(|codes| codes.iter().any(|code| code == "archived"));
    text(entry, "act") == "invitation.accepted"
        && level("before").is_some()
        && (was_archived || level("before") != level("after"))
}

const DECISIONS: [&str; 4] = ["accepted", "refused", "withdrawn", "lapsed"];

impl<'a> Items<'a> {
    fn at(&self, partition: &str, sort: &str) -> Vec<&'a Value> {
        let is_at = |item: &&'a Value| {
            text(item, "PK").starts_with(partition) && text(item, "SK").starts_with(sort)
        };
        self.0.iter().map(Rc::as_ref).filter(is_at).collect()
    }

    fn entries(&self) -> Vec<&'a Value> {
        self.at("JOURNAL#", "")
    }

    /// The entries about one object, in the order of the versions that they made.
    fn entries_about(&self, kind: &str, portal: &str, id: &str) -> Vec<&'a Value> {
        let is_about = |entry: &&Value| {
            let object = &entry["object"];
            text(entry, "portal") == portal
                && text(object, "kind") == kind
                && text(object, "id") == id
        };
        let mut about: Vec<&Value> = self.entries().into_iter().filter(is_about).collect();
        about.sort_by_key(|entry| (number(entry, "version"), text(entry, "id").to_owned()));
        about
    }

    /// C3, C10, I1: a request's entries are the history of its states, each opening is decided
    /// once, and the last entry says what the request is.
    fn requests(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let is_request = |item: &&&Value| text(item, "SK").matches('#').count() == 1;
        for request in self.at("ACCOUNT#", "REQUEST#").iter().filter(is_request) {
            let (account, portal) = (text(request, "account"), text(request, "portal"));
            let entries = self.entries_about("advisor_request", portal, account);
            let mut status = "none".to_owned();
            for entry in
                entries.iter().filter(|entry| text(entry, "act") != "advisor_request.taken")
            {
                let (before, after) =
                    (text(&entry["before"], "status"), text(&entry["after"], "status"));
                let opens = text(entry, "act").ends_with(".submitted");
                // A promotion by hand closes the request with one entry, about the person (C14).
                let was_promoted = status == "open" && opens && self.promoted(portal, account);
                if opens && status == "open" && !was_promoted {
                    broken.push(format!("at most one request of a person is open (C3): {account}"));
                }
                if !opens && before != status {
                    broken.push(format!(
                        "the journal is the history of states (I1): {account} was {status}, the \
                         entry of version {} says {before}",
                        number(entry, "version")
                    ));
                }
                if DECISIONS.contains(&after) && status != "open" {
                    broken.push(format!("an opening is decided once (C10): {account}"));
                }
                status = after.to_owned();
            }
            let is = text(request, "status");
            let closed_by_promotion =
                status == "open" && is == "accepted" && self.promoted(portal, account);
            if is != status && !closed_by_promotion {
                broken.push(format!(
                    "the last entry says what a request is (I1): {account} is {is}, not {status}"
                ));
            }
        }
        broken
    }

    fn promoted(&self, portal: &str, account: &str) -> bool {
        let entries = self.entries_about("person", portal, account);
        entries.iter().any(|entry| text(entry, "act") == "advisor.promoted")
    }

    fn persons(&self) -> Vec<&'a Value> {
        self.at("ACCOUNT#", "PERSON#")
    }

    /// I1: every change of a person has exactly one entry.
    fn people(&self) -> Vec<String> {
        let acts = [
            "person.level_changed",
            "advisor.promoted",
            "advisor.territory_changed",
            "advisor.revoked",
            "advisor.end_set",
            "advisor.end_near",
            "advisor.ended",
            "person.updated",
            "person.archived",
            "person.left",
            "person.restored",
            "person.handed_over",
            "moderation.mails_chosen",
            "dossier.mails_chosen",
            "advisor_request.accepted",
        ];
        let mut broken = Vec::new();
        for person in self.persons() {
            let (account, portal) = (text(person, "account"), text(person, "portal"));
            let changes = self.entries().into_iter().filter(|entry| {
                text(entry, "portal") == portal
                    && text(entry, "person") == account
                    && (acts.contains(&text(entry, "act")) || is_readmission(entry))
            });
            let (changes, version) = (changes.count(), number(person, "version"));
            if i64::try_from(changes) != Ok(version - 1) {
                broken.push(format!(
                    "every change of a person has one entry (I1): {account} is at version \
                     {version} after {changes}"
                ));
            }
        }
        broken
    }

    /// A3: the number of super administrators is right, and never zero.
    fn super_administrators(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for counter in self.at("PORTAL#", "SUPER_ADMINISTRATORS") {
            let portal = text(counter, "PK").trim_start_matches("PORTAL#");
            let is_one = |person: &&&Value| {
                text(person, "portal") == portal
                    && text(person, "level") == "super_administrator"
                    && !person["archived_at"].is_string()
            };
            let recount = self.persons().iter().filter(is_one).count();
            let count = number(counter, "count");
            if i64::try_from(recount) != Ok(count) {
                broken.push(format!(
                    "the counter of super administrators is right: {count}, not {recount}"
                ));
            }
            if recount == 0 {
                broken.push(format!(
                    "a portal is never without a super administrator (A3): {portal}"
                ));
            }
        }
        broken
    }

    /// C15: the advisers' lists hold exactly what the persons have.
    fn advisors(&self) -> Vec<String> {
        let (mut wanted, mut wanted_rows) = (BTreeSet::new(), BTreeSet::new());
        let advises =
            |person: &&&Value| person["access"].is_object() && !person["archived_at"].is_string();
        for person in self.persons().iter().filter(advises) {
            let (account, portal) = (text(person, "account"), text(person, "portal"));
            let rights = number(person, "rights_version");
            let territory = &person["access"]["territory"];
            let codes: Vec<&str> = match territory["departments"].as_array() {
                Some(codes) if !codes.is_empty() => {
                    codes.iter().filter_map(Value::as_str).collect()
                }
                _ => vec!["national"],
            };
            wanted.extend(
                codes.iter().map(|code| format!("COVERS#{portal}#{code} {account} {rights}")),
            );
            wanted_rows.insert(format!("{account} {portal} {rights}"));
        }
        let row = |item: &&Value| number(item, "rights_version");
        let covers = self.at("COVERS#", "");
        let covers: BTreeSet<String> = covers
            .iter()
            .map(|item| format!("{} {} {}", text(item, "PK"), text(item, "SK"), row(item)))
            .collect();
        let rows = self.at("ACCOUNT#", "ADVISOR#");
        let rows: BTreeSet<String> = rows
            .iter()
            .map(|item| format!("{} {} {}", text(item, "account"), text(item, "portal"), row(item)))
            .collect();
        let mut broken = Vec::new();
        if covers != wanted {
            broken.push(format!(
                "departments are covered as the persons say: {covers:?}, not {wanted:?}"
            ));
        }
        if rows != wanted_rows {
            broken.push(format!("the advisers' list is what the persons say: {rows:?}"));
        }
        broken
    }

    /// B4: each account holds its address and its identifier, and nobody else holds any.
    fn claims(&self) -> Vec<String> {
        let claims = |partition: &str| -> BTreeSet<String> {
            let claims = self.at(partition, "CLAIM");
            claims
                .iter()
                .map(|claim| format!("{} {}", text(claim, "PK"), text(claim, "account")))
                .collect()
        };
        let accounts = self.at("ACCOUNT#", "ACCOUNT");
        let wanted = |partition: &str, name: &str| -> BTreeSet<String> {
            let claimed = accounts.iter().filter(|account| account[name].is_string());
            claimed
                .map(|account| {
                    format!("{partition}{} {}", text(account, name), text(account, "id"))
                })
                .collect()
        };
        let mut broken = Vec::new();
        for (partition, name) in [("EMAIL#", "email"), ("USERNAME#", "username")] {
            let (claims, wanted) = (claims(partition), wanted(partition, name));
            if claims != wanted {
                broken.push(format!(
                    "each account holds its {name} (B4): {claims:?}, not {wanted:?}"
                ));
            }
        }
        broken
    }

    /// D9: an open invitation holds the guard of its address, and no other one does.
    fn invitations(&self) -> Vec<String> {
        let is_open = |item: &&&Value| ["preloaded", "pending"].contains(&text(item, "state"));
        let invitations = self.at("INVITATION#", "INVITATION");
        let wanted: BTreeSet<String> = invitations
            .iter()
            .filter(is_open)
            .map(|item| format!("{} {}", text(item, "email"), text(item, "id")))
            .collect();
        let guards = ["PORTAL#", "DOSSIER#"].map(|place| self.at(place, "OPEN_INVITATION#"));
        let guards: BTreeSet<String> = guards
            .iter()
            .flatten()
            .map(|item| format!("{} {}", text(item, "email"), text(item, "invitation")))
            .collect();
        let mut broken = Vec::new();
        if guards != wanted {
            broken.push(format!(
                "open invitations hold their guards (D9): {guards:?}, not {wanted:?}"
            ));
        }
        for invitation in invitations {
            let scope = &invitation["scope"];
            let entries =
                self.entries_about("invitation", text(scope, "portal"), text(invitation, "id"));
            let ends = ["accepted", "declined", "cancelled"];
            let answers = entries
                .iter()
                .filter_map(|entry| text(entry, "act").strip_prefix("invitation."))
                .filter(|act| ends.contains(act));
            let answers: Vec<&str> = answers.collect();
            let state = text(invitation, "state");
            let is_told = match answers.as_slice() {
                [] => !ends.contains(&state),
                [answer] => *answer == state,
                _ => false,
            };
            if !is_told {
                broken.push(format!(
                    "an invitation is answered once (D7): {state}, after {answers:?}"
                ));
            }
        }
        broken
    }

    /// D15: of an import that is over, the report names exactly the rows that were invited, each
    /// once, and its counts are those of its rows.
    fn imports(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let is_over = |item: &&&Value| ["finished", "cancelled"].contains(&text(item, "state"));
        for import in self.at("IMPORT#", "IMPORT").iter().filter(is_over) {
            let id = text(import, "id");
            let chunks = self.at(text(import, "PK"), "ROWS#");
            let rows = chunks.iter().filter_map(|chunk| chunk["rows"].as_array()).flatten();
            let is_told =
                |row: &&Value| ["invited", "preloaded"].contains(&text(&row["verdict"], "kind"));
            let mut told: Vec<&str> =
                rows.filter(is_told).map(|row| text(&row["cells"], "email")).collect();
            let invitations = self.at("INVITATION#", "INVITATION");
            let is_of = |item: &&&Value| text(item, "import") == id;
            let made = invitations.iter().filter(is_of);
            let mut made: Vec<&str> = made.map(|item| text(item, "email")).collect();
            told.sort_unstable();
            made.sort_unstable();
            let counted = |code: &str| number(&import["counts"], code).max(0);
            let count = counted("invited") + counted("preloaded");
            if told != made || usize::try_from(count) != Ok(made.len()) {
                broken.push(format!(
                    "an import tells whom it invited (D15): {told:?} and {count}, not {made:?}"
                ));
            }
        }
        broken
    }

    /// F4, F5, F9: each dossier has one référent, nobody is on both sides, and the counts and the
    /// copies in lists follow from the positions and the publication.
    fn dossiers(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for dossier in self.at("DOSSIER#", "DOSSIER") {
            let place = text(dossier, "PK");
            let own = |sort: &str| {
                let items = self.at(place, sort).into_iter();
                items.filter(|item| text(item, "PK") == place).collect::<Vec<_>>()
            };
            let positions = own("POSITION#");
            let with = |role: &str| {
                let with = positions.iter().filter(|one| text(one, "role") == role);
                with.map(|one| text(one, "account")).collect::<Vec<_>>()
            };
            let referents = with("referent");
            let named = own("REFERENT");
            if named.iter().map(|one| text(one, "account")).collect::<Vec<_>>() != referents {
                broken
                    .push(format!("there is exactly one référent (F9): {place} has {referents:?}"));
            }
            let applicants = [referents.len(), with("member").len(), with("partner").len()]
                .iter()
                .sum::<usize>();
            if named.iter().any(|one| number(one, "applicants") != applicants as i64) {
                broken.push(format!("those who ask are counted (F8): {place}"));
            }
            let asks = |one: &&&Value| !one["portal"].is_string();
            let asking: BTreeSet<&str> =
                positions.iter().filter(asks).map(|one| text(one, "account")).collect();
            let advising = positions.iter().filter(|one| !asks(one));
            if advising.map(|one| text(one, "account")).any(|one| asking.contains(one)) {
                broken.push(format!("nobody is on both sides (F9): {place}"));
            }
            let publications = own("PUBLICATION#");
            broken.extend(self.publications(dossier, &publications, &positions));
            let id = text(dossier, "id");
            let listed = self.at("ACCOUNT#", "DOSSIER#").into_iter();
            let listed: BTreeSet<(&str, &str)> = listed
                .filter(|own| text(own, "dossier") == id)
                .map(|own| (text(own, "account"), text(own, "portal")))
                .collect();
            let portals: Vec<&str> = publications
                .iter()
                .filter(|item| !is_copy(item))
                .map(|item| text(item, "portal"))
                .collect();
            let mut wanted = BTreeSet::new();
            for one in &positions {
                let here = one["portal"].as_str();
                let on = portals.iter().filter(|on| here.is_none_or(|here| here == **on));
                wanted.extend(on.map(|portal| (text(one, "account"), *portal)));
            }
            if listed != wanted {
                broken.push(format!("people list where they take part (F14): {place}"));
            }
        }
        broken
    }

    /// F5, F6, F13: each portal counts its own people, shows the dossier where and while it may, and
    /// says what the dossier says.
    fn publications(
        &self,
        dossier: &Value,
        publications: &[&Value],
        positions: &[&Value],
    ) -> Vec<String> {
        let (place, mut broken) = (text(dossier, "PK"), Vec::new());
        for publication in publications.iter().filter(|item| !is_copy(item)) {
            let portal = text(publication, "portal");
            let counted = |name: &str, role: &str| {
                let here = positions
                    .iter()
                    .filter(|one| text(one, "role") == role && text(one, "portal") == portal);
                number(publication, name) == here.count() as i64
            };
            let says = |item: &Value| (item["title"].clone(), item["locality"].clone());
            let common = says(&dossier["sheet"]);
            if says(publication) != common
                || number(publication, "dossier_version") != number(dossier, "version")
            {
                broken.push(format!("all portals say the same (F13): {place}"));
            }
            if !counted("advisors", "advisor") || !counted("observers", "observer") {
                broken.push(format!("the counts are those of the positions (F6): {place}"));
            }
            let state = text(publication, "state");
            let of_copy = |item: &Value| {
                let department = text(&item["locality"], "department").to_owned();
                (text(item, "state").to_owned(), department, item["advisors"].clone())
            };
            let copies = publications.iter().filter(is_copy);
            let copies: Vec<_> = copies
                .filter(|item| text(item, "portal") == portal)
                .map(|item| of_copy(item))
                .collect();
            let is_seen = state == "open" || state == "paused";
            let expected: Vec<_> = is_seen.then(|| of_copy(publication)).into_iter().collect();
            if copies != expected {
                broken.push(format!(
                    "advisers see it where and while it is accepted (F5): {place}, {copies:?}"
                ));
            }
        }
        broken
    }

    /// E1: people are found by the words of their names and by their address.
    fn words(&self) -> Vec<String> {
        let found = self.at("PORTAL#", "FIND#");
        let found: BTreeSet<String> = found
            .iter()
            .map(|item| {
                format!("{} {} {}", text(item, "portal"), text(item, "account"), text(item, "word"))
            })
            .collect();
        let mut wanted = BTreeSet::new();
        for person in self.persons() {
            let profile = &person["profile"];
            let name = format!("{} {}", text(profile, "first_name"), text(profile, "last_name"));
            let name = guichet_domain::text::folded(&name);
            let words = name.split(' ').chain([text(profile, "email")]);
            let (portal, account) = (text(person, "portal"), text(person, "account"));
            wanted.extend(words.map(|word| format!("{portal} {account} {word}")));
        }
        if found == wanted {
            return Vec::new();
        }
        vec![format!("people are found by their words (E1): {found:?}, not {wanted:?}")]
    }

    /// Whether whom an entry touches is archived on its portal.
    fn is_archived(&self, entry: &Value) -> bool {
        let people = self.at("ACCOUNT#", "PERSON#");
        people.iter().any(|person| {
            text(person, "account") == text(entry, "person")
                && text(person, "portal") == text(entry, "portal")
                && !text(person, "archived_at").is_empty()
        })
    }

    /// H2: each decision is told to its person in exactly one mail.
    fn decisions_told(&self, stage: &Stage) -> Vec<String> {
        let acts = [
            "advisor_request.accepted",
            "advisor_request.refused",
            "advisor_request.lapsed",
            "advisor_request.reopened",
            "advisor_request.amended",
            "advisor.promoted",
            "advisor.territory_changed",
            "advisor.revoked",
            "person.level_changed",
            "advisor.end_set",
            "advisor.end_near",
            "advisor.ended",
            "person.archived",
            "person.restored",
            "dossier.accepted",
            "dossier.refused",
        ];
        let mut broken = Vec::new();
        let mails = self.at("MAIL#", "MAIL");
        let caught = stage.world.stack.aws.mails();
        for entry in self.entries().into_iter().filter(|entry| acts.contains(&text(entry, "act"))) {
            let told = mails.iter().filter(|mail| {
                text(mail, "entry") == text(entry, "id")
                    && mail["recipient"].to_string().contains(text(entry, "person"))
            });
            let ids: BTreeSet<&str> = told.map(|mail| text(mail, "id")).collect();
            let out = caught.iter().filter(|mail| {
                mail.tags.iter().any(|(name, id)| name == "mail" && ids.contains(id.as_str()))
            });
            let (composed, out) = (ids.len(), out.count());
            // Where the contact of a dossier is active no more, the others who ask are told; whoever
            // was so on the stage may be back.
            let is_of_dossier = text(entry, "act").starts_with("dossier.");
            let is_of_before = text(entry, "at") < stage.noon().to_string().as_str();
            if is_of_dossier && composed == 0 && (is_of_before || self.is_archived(entry)) {
                continue;
            }
            // A mail whose address is suppressed does not go out, and says so.
            if composed != 1 || out > 1 {
                broken.push(format!(
                    "one decision is one mail (H2): {} has {composed}, {out} went out",
                    text(entry, "act")
                ));
            }
        }
        broken
    }
}
