//! The life of an import: what may be done to it in each state, and its rows gone over by runners
//! that die, meet and are overtaken.

#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use std::collections::BTreeMap;

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::{Changes, Entity, Write};
use guichet_domain::ids::{AccountId, ImportId, PortalId, Ulid};
use guichet_domain::import::{
    CommonValues, Field, HeadingError, Headings, IMPORT_KEPT_DAYS, Import, ImportError, ImportRows,
    ImportState, RUNNER_LEASE_SECONDS, Row, Upload, Verdict,
};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::Sending;
use guichet_domain::level::{Language, Level};
use guichet_domain::permissions::{Action, Actor, Member, Permit, check};
use guichet_domain::person::{Person, Profile};
use guichet_domain::portal::{Portal, Settings};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Invalid, Label, Name, WebAddress};
use proptest::prelude::*;

fn now() -> Instant {
    Instant::from_milliseconds(1_795_000_000_000)
}

fn portal() -> PortalId {
    PortalId::new(Ulid(1))
}

fn by() -> Moderator {
    Moderator { account: AccountId::new(Ulid(1)), name: "Claire Martin".to_owned() }
}

fn staff() -> Permit {
    let name = |text| Name::new(text).unwrap();
    let profile = Profile {
        first_name: name("Claire"),
        last_name: name("Martin"),
        organisation: None,
        job_title: None,
        phone: None,
        user_type: None,
        email: None,
    };
    let person = Person::newcomer(by().account, portal(), profile, now());
    let person = Person { level: Level::SuperAdministrator, ..person };
    let member = Member { account: by().account, portal: Some(portal()), person: Some(person) };
    check(&Actor::Account(Box::new(member)), Action::ManageImports(portal())).unwrap()
}

fn system(import: &Import) -> Permit {
    check(&Actor::System, Action::RunImport(import)).unwrap()
}

fn common() -> CommonValues {
    CommonValues {
        level: Level::User,
        user_type: None,
        territory: None,
        assignment: None,
        message: None,
        send: Sending::Now,
    }
}

fn cells(row: [&str; 6]) -> Vec<String> {
    row.map(str::to_owned).to_vec()
}

fn headings() -> Headings {
    let names = Field::ALL.map(|field| field.heading(Language::Fr).to_owned());
    Headings::new(&names).unwrap()
}

fn rows(count: u32) -> Vec<Row> {
    let line = |number| {
        let email = format!("p{number}@exemple.fr");
        (number + 2, cells(["Anne", "Durand", &email, "", "", ""]))
    };
    headings().rows((0..count).map(line))
}

fn uploaded(count: u32) -> (Import, Vec<ImportRows>) {
    let upload = Upload {
        id: ImportId::new(Ulid(7)),
        portal: portal(),
        by: by(),
        rows: rows(count),
        ignored_columns: Vec::new(),
        now: now(),
    };
    let (import, chunks, _) = upload.import(staff());
    (import, chunks)
}

fn settings() -> Settings {
    let address = WebAddress::new("https://portail.exemple.fr").unwrap();
    let contact = Email::new("equipe@exemple.fr").unwrap();
    let mut settings =
        Portal::new(portal(), Label::new("Alpha").unwrap(), address, contact, now()).settings;
    settings.user_types = vec![Label::new("Élu").unwrap()];
    settings
}

#[test]
fn columns_are_found_by_their_headings_in_any_order_and_either_language() {
    let find = |names: &[&str]| {
        Headings::new(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    for names in [
        ["Prénom", "Nom", "Adresse électronique"],
        ["NOM", "PRENOM", "E-mail"],
        ["Last name", "First name", "E-mail address"],
        ["Courriel", "nom de famille", "Prénoms"],
    ] {
        assert_eq!(find(&names).unwrap().ignored, Vec::<String>::new(), "{names:?}");
    }
    let found = find(&["Nom", "Service", "", "Prénom", "Email", "Niveau"]).unwrap();
    assert_eq!(found.ignored, ["Service"]);
    let line = vec!["Durand", "DRH", "x", "Anne", "a@b.fr"].into_iter().map(str::to_owned);
    let [row] = &found.rows([(2, line.collect())])[..] else { panic!() };
    assert_eq!((row.cells.first_name.as_str(), row.cells.last_name.as_str()), ("Anne", "Durand"));
    assert_eq!(row.cells.level, None);
    let missing = vec![Field::FirstName, Field::Email];
    assert_eq!(find(&["Nom", "Fonction"]), Err(HeadingError::Missing(missing)));
    assert_eq!(
        find(&["Nom", "Prénom", "Email", "Courriel"]),
        Err(HeadingError::Twice(Field::Email))
    );
}

#[test]
fn each_row_says_what_is_wrong_in_it() {
    use Invalid as I;
    let invalid = |field, why| Verdict::Invalid { field, why };
    let unknown = |field, why| Verdict::UnknownValue { field, why };
    let long = "x".repeat(121);
    let table: [(_, [&str; 6]); 11] = [
        (invalid(Field::FirstName, I::Empty), ["", "Durand", "a@b.fr", "", "", ""]),
        (invalid(Field::FirstName, I::Characters), ["=1+1", "Durand", "a@b.fr", "", "", ""]),
        (invalid(Field::LastName, I::Characters), ["Anne", "<b>", "a@b.fr", "", "", ""]),
        (invalid(Field::Email, I::Empty), ["Anne", "Durand", "", "", "", ""]),
        (invalid(Field::Email, I::Email), ["Anne", "Durand", "anne", "", "", ""]),
        (invalid(Field::Email, I::Email), ["Anne", "Durand", "é@b.fr", "", "", ""]),
        (invalid(Field::JobTitle, I::TooLong), ["Anne", "Durand", "a@b.fr", &long, "", ""]),
        (unknown(Field::UserType, I::UnknownUserType), ["A", "D", "a@b.fr", "", "Agent", ""]),
        (unknown(Field::Level, I::UnknownLevel), ["Anne", "Durand", "a@b.fr", "", "", "chef"]),
        (invalid(Field::Email, I::TooLong), ["A", "D", &"a".repeat(1100), "", "", ""]),
        (invalid(Field::Email, I::DomainNotInvited), ["A", "D", "a@c.fr", "", "", ""]),
    ];
    for (number, (verdict, line)) in table.into_iter().enumerate() {
        let mut settings = settings();
        if verdict == invalid(Field::Email, I::DomainNotInvited) {
            settings.invited_domains = vec![guichet_domain::text::Domain::new("b.fr").unwrap()];
        }
        let [row] = &headings().rows([(2, cells(line))])[..] else { panic!() };
        let found = row.invitee(&common(), &settings).map(|invitee| invitee.email);
        assert_eq!(found, Err(verdict), "row {number}");
    }
}

#[test]
fn a_row_that_can_not_be_read_makes_no_later_one_its_duplicate() {
    let line = |first: &str| cells([first, "Durand", "a@b.fr", "", "", ""]);
    let rows = headings().rows([(2, line("")), (3, line("Anne")), (4, line("Zoé"))]);
    let same_as: Vec<Option<u32>> = rows.iter().map(|row| row.same_as).collect();
    assert_eq!(same_as, [None, None, Some(3)]);
}

#[test]
fn a_common_user_type_that_the_portal_has_given_up_is_given_to_nobody() {
    let row = &headings().rows([(2, cells(["Anne", "Durand", "a@b.fr", "", "", ""]))])[0];
    let common = |name| CommonValues { user_type: Label::new(name).ok(), ..common() };
    assert!(row.invitee(&common("Élu"), &settings()).is_ok());
    let (field, why) = (Field::UserType, Invalid::UnknownUserType);
    let unknown = Err(Verdict::UnknownValue { field, why });
    assert_eq!(row.invitee(&common("Agent"), &settings()).map(|_| ()), unknown);
}

#[test]
fn a_chunk_that_always_fails_is_tried_less_and_less_often_and_never_past_the_end() {
    let (import, _) = uploaded(3);
    let (mut import, _) = import.check(staff(), &import.etag(), common(), by(), now()).unwrap();
    let mut attempts = 0;
    while let Some(at) = import.resumed_at() {
        assert!(at < import.expires_at);
        import = import.take(system(&import), "a", at).unwrap().0;
        attempts += 1;
        assert!(attempts < 100, "it goes on for ever");
    }
    assert!(attempts > 20, "{attempts} attempts are given up too early");
    let taken = import.take(system(&import), "b", import.expires_at);
    assert_eq!(taken.map(|_| ()), Err(ImportError::Idle));
}

#[test]
fn who_starts_it_has_had_it_looked_at() {
    let (import, _) = uploaded(3);
    let (import, _) = import.check(staff(), &import.etag(), common(), by(), now()).unwrap();
    let checked = Import { state: ImportState::Checked, ..import };
    let other = Moderator { account: AccountId::new(Ulid(2)), name: "Bruno".to_owned() };
    let start = |by| checked.start(staff(), &checked.etag(), by, now()).map(|_| ());
    assert_eq!(start(other), Err(ImportError::NotChecked));
    assert_eq!(start(by()), Ok(()));
    let late = checked.expires_at.plus_seconds(-86_400);
    let start = checked.start(staff(), &checked.etag(), by(), late).map(|_| ());
    assert_eq!(start, Err(ImportError::Ended));
}

#[test]
fn a_row_names_its_own_territory_or_takes_the_common_one() {
    let common = CommonValues { territory: Some(Territory::National), ..common() };
    let line = |territory: &str| {
        ["Anne", "Durand", "anne@b.fr", "", "", "", territory].map(str::to_owned).to_vec()
    };
    for (text, territory) in [
        ("", Ok(Some(Territory::National))),
        ("33, gironde, 64", Territory::departments(["33", "64"]).map(Some)),
        ("33 99", Err(Invalid::UnknownDepartment)),
        // A collectivity that this portal does not offer.
        ("988", Err(Invalid::UnknownDepartment)),
    ] {
        let [row] = &headings().rows([(2, line(text))])[..] else { panic!() };
        let found = row.invitee(&common, &settings()).map(|invitee| invitee.territory);
        let field = Field::Territory;
        assert_eq!(found, territory.map_err(|why| Verdict::UnknownValue { field, why }), "{text}");
    }
}

#[test]
fn a_row_names_its_own_level_and_user_type_or_takes_the_common_ones() {
    let settings = settings();
    let common = CommonValues { level: Level::Reviewer, user_type: None, ..common() };
    let line = |level| cells(["Anne", "Durand", "Anne@B.FR", "", "elu", level]);
    let rows = headings().rows([(2, line("Gestionnaire")), (3, line(""))]);
    let invitee = rows[0].invitee(&common, &settings).unwrap();
    assert_eq!((invitee.level, invitee.email.as_str()), (Level::Manager, "anne@b.fr"));
    assert_eq!(invitee.user_type, Some(Label::new("Élu").unwrap()));
    assert_eq!(rows[1].same_as, Some(2));
    assert_eq!(rows[1].invitee(&common, &settings), Err(Verdict::Duplicate { row: 2 }));
}

/// An import in each state.
fn in_each_state() -> Vec<Import> {
    let (import, _) = uploaded(3);
    let state = |state| Import { state, by: Some(by()), ..import.clone() };
    use ImportState as S;
    [S::Uploaded, S::Checking, S::Checked, S::Running, S::Stopping, S::Finished, S::Cancelled]
        .map(state)
        .to_vec()
}

#[test]
fn each_act_is_possible_in_its_states_alone() {
    use ImportError as E;
    use ImportState as S;
    let checks = [
        Ok(S::Checking),
        Err(E::UnderWay),
        Ok(S::Checking),
        Err(E::UnderWay),
        Err(E::UnderWay),
        Err(E::Ended),
        Err(E::Ended),
    ];
    let starts = [
        Err(E::NotChecked),
        Err(E::UnderWay),
        Ok(S::Running),
        Err(E::UnderWay),
        Err(E::UnderWay),
        Err(E::Ended),
        Err(E::Ended),
    ];
    let cancels = [
        Ok(S::Cancelled),
        Ok(S::Cancelled),
        Ok(S::Cancelled),
        Ok(S::Stopping),
        Err(E::Ended),
        Err(E::Ended),
        Err(E::Ended),
    ];
    let takes = [
        Err(E::Idle),
        Ok(S::Checking),
        Err(E::Idle),
        Ok(S::Running),
        Ok(S::Stopping),
        Err(E::Idle),
        Err(E::Idle),
    ];
    let state = |result: Result<(Import, Changes), E>| result.map(|(import, _)| import.state);
    for (number, import) in in_each_state().into_iter().enumerate() {
        let etag = import.etag();
        let named = import.state;
        let checked = import.check(staff(), &etag, common(), by(), now());
        assert_eq!(state(checked), checks[number], "check {named:?}");
        assert_eq!(state(import.start(staff(), &etag, by(), now())), starts[number], "{named:?}");
        assert_eq!(state(import.cancel(staff(), &etag, now())), cancels[number], "{named:?}");
        let taken = import.take(system(&import), "a", now());
        assert_eq!(state(taken), takes[number], "take {named:?}");
        let stale = import.cancel(staff(), "x", now());
        assert!(stale.is_err(), "a stale cancel {named:?}");
    }
}

#[test]
fn a_lease_keeps_other_runners_away_until_it_ends_and_not_a_moment_longer() {
    let (import, _) = uploaded(3);
    let (import, _) = import.check(staff(), &import.etag(), common(), by(), now()).unwrap();
    assert_eq!(import.resumed_at(), Some(now().plus_seconds(RUNNER_LEASE_SECONDS)));
    let (held, _) = import.take(system(&import), "a", now()).unwrap();
    let end = now().plus_seconds(RUNNER_LEASE_SECONDS);
    let just = |milliseconds: i64| Instant::from_milliseconds(end.milliseconds() + milliseconds);
    let take = |runner, at| held.take(system(&held), runner, at).map(|(import, _)| import.lease);
    assert_eq!(take("b", just(-1)), Err(ImportError::Taken));
    assert!(take("a", just(-1)).is_ok());
    assert!(take("b", just(0)).is_ok());
    assert!(take("b", just(1)).is_ok());
    assert_eq!(import.expires_at, now().plus_days(IMPORT_KEPT_DAYS));
}

/// A table of its own: the import and its rows, written under their versions.
struct Store {
    import: Import,
    rows: Vec<ImportRows>,
    /// How often each row was invited.
    invited: BTreeMap<u32, u32>,
    finished: u32,
}

impl Store {
    fn commit(&mut self, changes: Changes) -> Result<(), ()> {
        for write in &changes.writes {
            let Write::Update(entity, _) = write else { panic!("{write:?}") };
            let held = match entity {
                Entity::Import(_) => self.import.version,
                Entity::ImportRows(rows) => self.rows[rows.chunk as usize].version,
                other => panic!("{other:?}"),
            };
            if entity.version() != held + 1 {
                return Err(());
            }
        }
        for write in changes.writes {
            match write {
                Write::Update(Entity::Import(import), _) => self.import = *import,
                Write::Update(Entity::ImportRows(rows), _) => {
                    let chunk = rows.chunk as usize;
                    self.rows[chunk] = *rows;
                }
                other => panic!("{other:?}"),
            }
        }
        self.finished += u32::try_from(changes.events.len()).unwrap();
        Ok(())
    }
}

/// What a runner does next: go on, die, or lose its lease while it works.
#[derive(Debug, Clone, Copy)]
enum Step {
    Whole,
    DiesAfter(u8),
    Overtaken(u8),
    Cancelled(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Whole),
        1 => (0_u8..100).prop_map(Step::DiesAfter),
        1 => (0_u8..100).prop_map(Step::Overtaken),
    ];
    (proptest::collection::vec(step, 0..12), proptest::option::of(0_u8..100)).prop_map(
        |(mut steps, cancelled)| {
            steps.extend(cancelled.map(Step::Cancelled));
            steps.extend([Step::Whole; 8]);
            steps
        },
    )
}

/// Invites the first rows of a chunk, each under the identifier that follows from it.
fn invite(store: &mut Store, rows: &ImportRows, most: u8) -> Vec<Verdict> {
    let verdict = |(at, row): (usize, &Row)| {
        if at < usize::from(most) && store.import.state == ImportState::Running {
            store.invited.entry(row.number).or_insert(1);
        }
        match store.invited.contains_key(&row.number) {
            true => Verdict::Invited,
            false => row.verdict.unwrap_or(Verdict::New),
        }
    };
    rows.rows.iter().enumerate().map(verdict).collect()
}

proptest! {
    #[test]
    fn every_row_is_invited_once_and_told_as_it_went(count in 1_u32..450, steps in steps()) {
        let (import, rows) = uploaded(count);
        let (import, _) = import.check(staff(), &import.etag(), common(), by(), now()).unwrap();
        let import = Import { state: ImportState::Checked, ..import };
        let (import, _) = import.start(staff(), &import.etag(), by(), now()).unwrap();
        let mut store = Store { import, rows, invited: BTreeMap::new(), finished: 0 };
        let mut at = now();
        for (number, step) in steps.into_iter().enumerate() {
            let runner = number.to_string();
            at = at.plus_seconds(RUNNER_LEASE_SECONDS);
            let import = store.import.clone();
            let Ok((held, changes)) = import.take(system(&import), &runner, at) else { break };
            prop_assert!(store.commit(changes).is_ok());
            let chunk = store.rows[held.next_chunk as usize].clone();
            match step {
                Step::DiesAfter(most) => {
                    invite(&mut store, &chunk, most);
                }
                Step::Overtaken(most) => {
                    let verdicts = invite(&mut store, &chunk, most);
                    let later = at.plus_seconds(RUNNER_LEASE_SECONDS);
                    let (_, other) = held.take(system(&held), "other", later).unwrap();
                    prop_assert!(store.commit(other).is_ok());
                    // It writes under a version that is gone, and finds another one's.
                    let told = held.record(system(&held), &runner, chunk.clone(), verdicts, later);
                    prop_assert!(store.commit(told.unwrap().1).is_err());
                    let import = store.import.clone();
                    let told = import.record(system(&import), &runner, chunk, Vec::new(), later);
                    prop_assert_eq!(told.map(|_| ()), Err(ImportError::Taken));
                    at = later;
                }
                Step::Cancelled(most) => {
                    let verdicts = invite(&mut store, &chunk, most);
                    let import = store.import.clone();
                    let (_, cancelled) = import.cancel(staff(), &import.etag(), at).unwrap();
                    prop_assert!(store.commit(cancelled).is_ok());
                    store.finished -= 1;
                    // The runner that was at it tells what it has invited, and stops.
                    let import = store.import.clone();
                    let (_, told) =
                        import.record(system(&import), &runner, chunk, verdicts, at).unwrap();
                    prop_assert!(store.commit(told).is_ok());
                }
                Step::Whole => {
                    let mut held = held;
                    while held.state.is_under_way() {
                        let chunk = store.rows[held.next_chunk as usize].clone();
                        let verdicts = invite(&mut store, &chunk, 100);
                        let (next, told) =
                            held.record(system(&held), &runner, chunk, verdicts, at).unwrap();
                        prop_assert!(store.commit(told).is_ok());
                        held = next;
                    }
                }
            }
        }
        let verdicts = store.rows.iter().flat_map(|chunk| &chunk.rows);
        let told: Vec<u32> = verdicts
            .filter(|row| row.verdict == Some(Verdict::Invited))
            .map(|row| row.number)
            .collect();
        // The report names exactly those who were invited.
        prop_assert_eq!(&told, &store.invited.keys().copied().collect::<Vec<_>>());
        let counted = store.import.counts.get("invited").copied().unwrap_or(0);
        prop_assert_eq!(counted, told.len() as u32);
        match store.import.state {
            ImportState::Finished => {
                prop_assert_eq!(told.len(), count as usize);
                prop_assert_eq!(store.finished, 1);
            }
            ImportState::Cancelled => prop_assert_eq!(store.finished, 0),
            state => prop_assert!(false, "{:?}", state),
        }
    }
}

#[test]
fn a_dossier_and_a_role_come_together_from_the_row_or_from_all_rows() {
    use guichet_domain::dossier::InvitedRole;
    use guichet_domain::invitation::Assignment;
    let id = "dos_01KAM0000000000000000000D0";
    let of_all =
        Assignment { dossier: id.parse().unwrap(), role: InvitedRole::Member, title: None };
    let with = |dossier: &str, role: &str, common: &CommonValues| {
        let line = ["Anne", "Durand", "a@b.fr", "", "", "", "", dossier, role];
        let line = line.map(str::to_owned).to_vec();
        let rows = headings().rows([(2, line)]);
        rows[0]
            .invitee(common, &settings())
            .map(|invitee| invitee.assignment.map(|one| (one.dossier.to_string(), one.role)))
    };
    let (none, all) = (common(), CommonValues { assignment: Some(of_all), ..common() });
    let given = |role| Ok(Some((id.to_owned(), role)));
    let invalid = |field| Err(Verdict::Invalid { field, why: Invalid::Empty });
    let unknown = |field, why| Err(Verdict::UnknownValue { field, why });
    for (dossier, role, common, expected) in [
        ("", "", &none, Ok(None)),
        ("", "", &all, given(InvitedRole::Member)),
        (id, "Observatrice", &none, given(InvitedRole::Observer)),
        ("", "adviser", &all, given(InvitedRole::Advisor)),
        (id, "", &none, invalid(Field::Role)),
        ("", "Partenaire", &none, invalid(Field::Dossier)),
        ("x", "membre", &none, unknown(Field::Dossier, Invalid::UnknownDossier)),
        (id, "chef", &none, unknown(Field::Role, Invalid::UnknownRole)),
    ] {
        assert_eq!(with(dossier, role, common), expected, "{dossier} {role}");
    }
    for role in InvitedRole::ALL {
        for language in [Language::Fr, Language::En] {
            assert_eq!(InvitedRole::named(role.name(language)), Some(role));
        }
    }
    assert_eq!(InvitedRole::named("Conseillère"), Some(InvitedRole::Advisor));
    assert_eq!(InvitedRole::named("Référent"), None);
}
