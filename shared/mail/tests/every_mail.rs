//! Every mail in both languages, as its recipient gets it.

use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;
use guichet_mail::{
    Addresses, CarriedRequest, Composed, DECLINE_LINK, Envelope, LINK, Message, MimeError,
    PasswordOccasion, compose, mime,
};
use mail_parser::{MessageParser, PartType};

const LANGUAGES: [Language; 2] = [Language::Fr, Language::En];
const HOSTILE: &str =
    "<script>alert(1)</script>\r\nBcc: eve@exemple.fr\r\n\r\n{{link}} {{{link}}} {{decline}}";

fn envelope(language: Language) -> Envelope {
    Envelope {
        language,
        portal: Some("Conseil aux communes".to_owned()),
        contact_address: Some("equipe@conseil.exemple.fr".to_owned()),
        recipient: Some("Anne Durand".to_owned()),
    }
}

fn account_alone(language: Language) -> Envelope {
    Envelope { portal: None, contact_address: None, ..envelope(language) }
}

/// A message, and what it comes in.
struct Case {
    name: String,
    message: Message,
    envelope: fn(Language) -> Envelope,
}

/// Every example, and the variants that they do not show.
fn every_case() -> Vec<Case> {
    let case = |name: &str, message: Message| Case { name: name.to_owned(), message, envelope };
    let alone = |name: &str, message: Message| Case {
        envelope: account_alone,
        ..case(&format!("{name}_alone"), message)
    };
    let now = Instant::from_milliseconds(1_795_288_140_000);
    let mut cases: Vec<_> =
        Message::examples().into_iter().map(|message| case(message.code(), message)).collect();
    cases.extend([
        alone(
            "verify_address",
            Message::VerifyAddress { expires_at: now, request: CarriedRequest::None },
        ),
        alone("address_has_account", Message::AddressHasAccount { request: CarriedRequest::None }),
        case(
            "set_password_forgotten",
            Message::SetPassword { expires_at: now, occasion: PasswordOccasion::Forgotten },
        ),
        case(
            "promoted_without_end",
            Message::Promoted { territory: Territory::National, ends_at: None },
        ),
        case("revoked_without_reason", Message::Revoked { reason: None }),
    ]);
    for after in Level::ALL {
        let before = if after == Level::User { Level::Manager } else { Level::User };
        let message = Message::LevelChanged { before, after };
        // The example shows one of them already.
        if cases.iter().all(|known| known.message != message) {
            cases.push(case(&format!("level_changed_to_{after:?}").to_lowercase(), message));
        }
    }
    cases
}

fn every_mail() -> Vec<(String, Language, Message, Composed)> {
    let mut mails = Vec::new();
    for Case { name, message, envelope } in every_case() {
        for language in LANGUAGES {
            let composed = compose(&envelope(language), &message);
            mails.push((format!("{name}_{language}"), language, message.clone(), composed));
        }
    }
    mails
}

/// Whether the portal's team signs, and can be written to: it does not write to itself.
fn is_from_team(message: &Message) -> bool {
    let first = PasswordOccasion::FirstAdministrator;
    !matches!(
        message,
        Message::PortalCreated
            | Message::RequestToModerate { .. }
            | Message::DossierToModerate { .. }
            | Message::Digest { .. }
    ) && !matches!(message, Message::SetPassword { occasion, .. } if *occasion == first)
}

fn refused(reason: &str) -> Message {
    let may_ask_again_at = Instant::from_milliseconds(1_795_288_140_000);
    Message::RequestRefused { reason: reason.to_owned(), may_ask_again_at }
}

fn addresses(sender_name: &str) -> Addresses<'_> {
    Addresses {
        sender_name,
        sender_address: "ne-pas-repondre@guichet.exemple.fr",
        reply_to: Some("equipe@conseil.exemple.fr"),
        recipient: "anne.durand@exemple.fr",
        mail_id: "mai_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        date: Instant::from_milliseconds(1_795_288_140_000),
    }
}

#[test]
fn every_mail_reads_well() {
    for (name, _, _, composed) in every_mail() {
        let Composed { subject, text, .. } = composed;
        insta::assert_snapshot!(name, format!("{subject}\n\n{text}"));
    }
}

#[test]
fn one_mail_as_html() {
    let composed = compose(&envelope(Language::Fr), &refused("Première ligne\nSeconde ligne"));
    insta::assert_snapshot!("html_request_refused_fr", composed.html);
    let message = Message::RequestAccepted { territory: Territory::National };
    insta::assert_snapshot!(
        "html_request_accepted_en",
        compose(&envelope(Language::En), &message).html
    );
}

#[test]
fn every_mail_says_why_it_was_received_and_whom_to_write_to() {
    for Case { name, message, envelope } in every_case() {
        for language in LANGUAGES {
            let envelope = envelope(language);
            let composed = compose(&envelope, &message);
            let why = match language {
                Language::Fr => "Vous recevez ce message parce qu",
                Language::En => "You are receiving this message because ",
            };
            let has_contact = envelope.contact_address.is_some() && is_from_team(&message);
            let place = envelope.portal.as_deref().unwrap_or("Guichet");
            for body in [&composed.text, &composed.html] {
                assert!(body.contains(why), "{name}");
                assert!(body.contains(place), "{name}");
                assert_eq!(body.contains("equipe@conseil.exemple.fr"), has_contact, "{name}");
            }
            assert!(composed.html.contains(&format!("<html lang=\"{language}\">")), "{name}");
        }
    }
}

#[test]
fn every_mail_is_written_in_both_languages() {
    for Case { name, message, envelope } in every_case() {
        let [french, english] = LANGUAGES.map(|language| compose(&envelope(language), &message));
        assert_ne!(french.subject, english.subject, "{name}");
        assert_ne!(french.text, english.text, "{name}");
        assert_eq!(french.needs_link(), english.needs_link(), "{name}");
    }
}

#[test]
fn every_kind_of_mail_has_an_example_and_a_code_of_its_own() {
    let codes: std::collections::BTreeSet<_> =
        Message::examples().iter().map(Message::code).collect();
    assert_eq!(codes.len(), 50);
    assert_eq!(Message::examples().len(), 50);
}

#[test]
fn the_link_is_filled_wherever_it_stands() {
    let without = [
        "request_refused",
        "request_reopened",
        "revoked",
        "level_changed",
        "archived",
        "dossier_refused",
        "dossier_removed",
    ];
    let link = "https://guichet.exemple.fr/verifier?token=a.b&lang=fr";
    for (name, _, message, composed) in every_mail() {
        let has_link =
            !without.contains(&message.code()) && !name.starts_with("address_has_account_alone");
        assert_eq!(composed.needs_link(), has_link, "{name}");
        let decline = "https://guichet.exemple.fr/refuser?token=a.b";
        // What has expired can't be declined any more.
        let is_lapsed = message.code() == "dossier_invitation_lapsed";
        let has_decline = matches!(message, Message::Invited(_)) && !is_lapsed;
        assert_eq!(composed.text.matches(DECLINE_LINK).count(), usize::from(has_decline), "{name}");
        assert_eq!(composed.with_link(link).needs_link(), has_decline, "{name}");
        let filled = composed.with_link(link).with_decline_link(decline);
        assert_eq!(filled.text.lines().any(|line| line == decline), has_decline, "{name}");
        assert!(!filled.needs_link() && !filled.text.contains("{{"), "{name}");
        if composed.needs_link() {
            assert_eq!(composed.text.matches(LINK).count(), 1, "{name}");
            assert!(filled.text.lines().any(|line| line == link), "{name}");
            assert!(
                filled.html.contains("href=\"https://guichet.exemple.fr/verifier?token=a.b&amp;")
            );
            let hidden = composed.with_link_hidden();
            assert!(hidden.text.contains("[link]") && !hidden.needs_link(), "{name}");
        } else {
            assert_eq!(filled, composed, "{name}");
        }
    }
}

#[test]
fn a_reason_can_not_inject_anything() {
    for language in LANGUAGES {
        let composed = compose(&envelope(language), &refused(HOSTILE));
        assert!(!composed.needs_link());
        assert_eq!(composed.with_link("https://vol.exemple.fr"), composed);
        assert!(!composed.subject.contains("alert"));
        assert!(!composed.html.contains("<script"));
        assert!(composed.html.contains("alert(1)"));
        let quoted = |line: &str| line.starts_with("> ");
        for word in ["alert(1)", "Bcc:", "link}}"] {
            let mut lines = composed.text.lines().filter(|line| line.contains(word));
            assert!(lines.all(quoted), "{word}");
        }
        assert!(!composed.text.contains('\r'));
    }
}

#[test]
fn names_can_not_inject_anything() {
    for Case { name, message, .. } in every_case() {
        for language in LANGUAGES {
            let hostile = Envelope {
                language,
                portal: Some(HOSTILE.to_owned()),
                contact_address: Some(HOSTILE.to_owned()),
                recipient: Some(HOSTILE.to_owned()),
            };
            let composed = compose(&hostile, &message);
            let plain = compose(&envelope(language), &message);
            for (hostile, plain) in [(&composed.text, &plain.text), (&composed.html, &plain.html)] {
                for slot in [LINK, DECLINE_LINK] {
                    assert_eq!(
                        hostile.matches(slot).count(),
                        plain.matches(slot).count(),
                        "{name}"
                    );
                }
            }
            assert!(!composed.subject.contains(['\r', '\n']), "{name}");
            assert!(!composed.subject.contains(LINK), "{name}");
            assert!(!composed.html.contains("<script"), "{name}");
        }
    }
}

#[test]
fn no_person_is_named_in_a_subject_nor_to_moderators_and_unproven_addresses() {
    let nameless = [
        "verify_address",
        "set_password",
        "address_has_account",
        "request_to_moderate",
        "dossier_to_moderate",
        "digest",
    ];
    for (name, _, message, composed) in every_mail() {
        assert!(!composed.subject.contains("Durand"), "{name}");
        let named = composed.text.contains("Anne Durand,");
        let may_be_named =
            !nameless.contains(&message.code()) || name.starts_with("set_password_forgotten");
        assert_eq!(named, may_be_named, "{name}");
    }
}

#[test]
fn french_is_set_as_french() {
    for (name, language, _, composed) in every_mail() {
        if language == Language::En {
            continue;
        }
        for text in [&composed.subject, &composed.text] {
            for wrong in ["'", " :", " ;", " !", " ?", " »", "« ", "\n:", "\n»", "..."] {
                assert!(!text.contains(wrong), "{name}: {wrong:?} in {text}");
            }
        }
    }
}

#[test]
fn a_mail_about_an_account_alone_is_signed_by_guichet() {
    for Case { name, message, .. } in every_case() {
        let composed = compose(&account_alone(Language::Fr), &message);
        let signature = match message {
            Message::RequestToModerate { .. }
            | Message::DossierToModerate { .. }
            | Message::Digest { .. } => "\n\nMessage automatique de Guichet\n\n--\n",
            _ => "\n\nL’équipe de Guichet\n\n--\n",
        };
        assert!(composed.subject.starts_with("Guichet\u{A0}: "), "{name}");
        assert!(composed.text.contains(signature), "{name}");
        assert!(!composed.text.contains('@'), "{name}");
    }
}

#[test]
fn a_mail_from_a_portal_is_signed_by_its_team_unless_it_is_to_that_team() {
    for (name, language, message, composed) in every_mail() {
        let signature = match (&message, language) {
            _ if name.contains("_alone_") => continue,
            (
                Message::RequestToModerate { .. }
                | Message::DossierToModerate { .. }
                | Message::Digest { .. },
                Language::Fr,
            ) => "Message automatique du portail «\u{A0}Conseil aux communes\u{A0}»",
            (
                Message::RequestToModerate { .. }
                | Message::DossierToModerate { .. }
                | Message::Digest { .. },
                Language::En,
            ) => "Automatic message from the portal “Conseil aux communes”",
            (message, Language::Fr) if is_from_team(message) => {
                "L’équipe du portail «\u{A0}Conseil aux communes\u{A0}»"
            }
            (message, Language::En) if is_from_team(message) => {
                "The team of the portal “Conseil aux communes”"
            }
            (_, Language::Fr) => "L’équipe de Guichet",
            (_, Language::En) => "The Guichet team",
        };
        assert!(composed.text.contains(&format!("\n\n{signature}\n\n--\n")), "{name}");
    }
}

#[test]
fn an_account_without_a_portal_is_a_guichet_account() {
    for (name, language, message, composed) in every_mail() {
        let signs_up =
            matches!(message, Message::VerifyAddress { .. } | Message::AddressHasAccount { .. });
        let account = match language {
            Language::Fr => "un compte Guichet",
            Language::En => "a Guichet account",
        };
        let is_alone = signs_up && name.contains("_alone_");
        assert_eq!(composed.html.contains(account), is_alone, "{name}");
        assert_eq!(composed.html.contains("Conseil aux communes"), !is_alone, "{name}");
    }
}

#[test]
fn a_request_is_said_to_be_lost_only_when_there_was_one() {
    for (request, is_lost) in [(CarriedRequest::Carried, true), (CarriedRequest::None, false)] {
        let message = Message::AddressHasAccount { request };
        let [french, english] = LANGUAGES.map(|language| compose(&envelope(language), &message));
        assert_eq!(french.html.contains("n’a pas été transmise"), is_lost);
        assert_eq!(english.html.contains("has not been passed on"), is_lost);
    }
}

#[test]
fn a_forgotten_password_is_mentioned_only_to_those_who_said_so() {
    for (name, _, _, composed) in every_mail() {
        let mentions = ["oubli", "orgot"].iter().any(|word| composed.html.contains(word));
        assert!(!mentions || name.starts_with("set_password_forgotten"), "{name}");
    }
}

#[test]
fn who_goes_down_a_level_is_told_what_is_lost() {
    for before in Level::ALL {
        for after in Level::ALL {
            let message = Message::LevelChanged { before, after };
            let [french, english] =
                LANGUAGES.map(|language| compose(&envelope(language), &message).html);
            let lost = "Les droits propres au niveau précédent ne vous sont plus ouverts.";
            assert_eq!(french.contains(lost), after < before, "{before:?} {after:?}");
            let lost = "The rights specific to your previous level are no longer open to you.";
            assert_eq!(english.contains(lost), after < before, "{before:?} {after:?}");
        }
    }
}

#[test]
fn lines_are_short() {
    for (name, _, _, composed) in every_mail() {
        let longest = composed.text.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(72), "{name}");
    }
}

#[test]
fn the_message_holds_the_text_then_the_html() {
    for (name, _, _, composed) in every_mail() {
        let composed = composed
            .with_link("https://guichet.exemple.fr/a?token=b")
            .with_decline_link("https://guichet.exemple.fr/b?token=b");
        let bytes = mime(&composed, &addresses("Conseil aux communes")).unwrap();
        assert_eq!(bytes, mime(&composed, &addresses("Conseil aux communes")).unwrap(), "{name}");
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.parts.len(), 3, "{name}");
        assert!(matches!(message.parts[0].body, PartType::Multipart(_)), "{name}");
        assert!(matches!(message.parts[1].body, PartType::Text(_)), "{name}");
        assert!(matches!(message.parts[2].body, PartType::Html(_)), "{name}");
        assert_eq!(message.subject(), Some(composed.subject.as_str()), "{name}");
        for (part, body) in [(1, &composed.text), (2, &composed.html)] {
            let got = message.parts[part].text_contents().unwrap().replace("\r\n", "\n");
            assert_eq!(got.trim_end(), body.trim_end(), "{name}");
        }
    }
}

#[test]
fn the_headers_say_whom_it_is_from_and_that_it_is_automatic() {
    let composed = compose(&envelope(Language::Fr), &refused("Trop vague"));
    let bytes = mime(&composed, &addresses("L’équipe « Conseil, 9 communes »")).unwrap();
    let raw = String::from_utf8(bytes.clone()).unwrap();
    let (headers, _) = raw.split_once("\r\n\r\n").unwrap();
    assert!(headers.is_ascii());
    assert!(headers.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{headers}");
    assert!(headers.contains("\r\nDate: Sat, 21 Nov 2026 19:09:00 +0000\r\n"), "{headers}");
    assert!(headers.contains("multipart/alternative"), "{headers}");
    let message = MessageParser::default().parse(&bytes).unwrap();
    let id = "mai_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let message_id = format!("{id}@guichet.exemple.fr");
    assert_eq!(message.message_id(), Some(message_id.as_str()));
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("L’équipe « Conseil, 9 communes »"));
    assert_eq!(from.address(), Some("ne-pas-repondre@guichet.exemple.fr"));
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some("anne.durand@exemple.fr"));
    let reply_to = message.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("equipe@conseil.exemple.fr"));
}

#[test]
fn a_sender_name_can_not_break_the_headers() {
    let composed = compose(&envelope(Language::Fr), &refused(HOSTILE));
    for sender_name in ["Portail\r\nBcc: eve@exemple.fr", "a\n\nb", "\" <eve@exemple.fr>", "", "\r"]
    {
        let bytes = mime(&composed, &addresses(sender_name)).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert!(message.bcc().is_none(), "{sender_name:?}");
        let from = message.from().unwrap().first().unwrap();
        assert_eq!(from.address(), Some("ne-pas-repondre@guichet.exemple.fr"), "{sender_name:?}");
        assert_eq!(message.parts.len(), 3, "{sender_name:?}");
    }
    let broken = Composed { subject: "a\r\nBcc: eve@exemple.fr".to_owned(), ..composed };
    let bytes = mime(&broken, &addresses("Portail")).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert!(message.bcc().is_none());
    assert_eq!(message.subject(), Some("a Bcc: eve@exemple.fr"));
}

#[test]
fn what_can_not_be_sent_is_refused() {
    let message = Message::AddressHasAccount { request: CarriedRequest::None };
    let linked = compose(&envelope(Language::En), &message);
    let ready = linked.with_link("https://guichet.exemple.fr");
    let good = addresses("Portail");
    assert_eq!(mime(&linked, &good), Err(MimeError::LinkMissing));
    assert!(mime(&compose(&account_alone(Language::En), &message), &good).is_ok());
    for recipient in ["", "a", "a@b@", "a@exemple.fr\r\nBcc: b@exemple.fr", "é@exemple.fr"] {
        let addresses = Addresses { recipient, ..good };
        assert_eq!(mime(&ready, &addresses), Err(MimeError::Address), "{recipient:?}");
    }
    for mail_id in ["", "a b", "a\r\n", "a>", "é", &"a".repeat(71)] {
        let addresses = Addresses { mail_id, ..good };
        assert_eq!(mime(&ready, &addresses), Err(MimeError::MailId), "{mail_id:?}");
    }
}

#[test]
fn nothing_personal_is_printed_for_debugging() {
    let printed = format!("{:?} {:?}", envelope(Language::Fr), refused("secret"));
    assert!(!printed.contains("Durand") && !printed.contains('@') && !printed.contains("secret"));
    let composed = compose(&envelope(Language::Fr), &refused("secret"));
    assert!(!format!("{composed:?}").contains("secret"));
}
