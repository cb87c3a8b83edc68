//! What SES tells of a mail, in its own shapes: the events that it puts on the account's default
//! bus. The addresses of SES's mailbox simulator behave as there.

use guichet_domain::instant::Instant;
use serde_json::{Map, Value, json};

use crate::aws::Caught;

/// What SES tells of a mail to this address: that it took it, and what became of it.
pub fn events(sent: &Caught, now: Instant) -> Vec<Value> {
    let mut events = vec![event(sent, "Send", &json!({}), now)];
    let name = sent.to().split('@').next().unwrap_or_default();
    let is_simulator = sent.to().ends_with("@simulator.amazonses.com");
    events.extend(match name.split('+').next().unwrap_or_default() {
        "bounce" if is_simulator => vec![bounce(sent, "Permanent", "General", now)],
        "ooto" if is_simulator => {
            vec![delivery(sent, now), bounce(sent, "Transient", "General", now)]
        }
        "complaint" if is_simulator => {
            vec![delivery(sent, now), complaint(sent, Some("abuse"), now)]
        }
        _ => vec![delivery(sent, now)],
    });
    events
}

/// The mail reached the recipient's server.
pub fn delivery(sent: &Caught, now: Instant) -> Value {
    let what = json!({
        "timestamp": now, "processingTimeMillis": 546, "recipients": [sent.to()],
        "smtpResponse": "250 2.6.0 Message received", "reportingMTA": "mta.example.com",
    });
    event(sent, "Delivery", &what, now)
}

/// The mail came back.
pub fn bounce(sent: &Caught, kind: &str, why: &str, now: Instant) -> Value {
    let recipient = json!({
        "emailAddress": sent.to(), "action": "failed", "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    });
    let what = json!({
        "feedbackId": "0102018d-000000", "bounceType": kind, "bounceSubType": why,
        "bouncedRecipients": [recipient], "timestamp": now,
        "reportingMTA": "dns; mta.example.com",
    });
    event(sent, "Bounce", &what, now)
}

/// The recipient reported the mail, or praised it.
pub fn complaint(sent: &Caught, feedback: Option<&str>, now: Instant) -> Value {
    let what = json!({
        "feedbackId": "0102018d-000001", "complaintSubType": null,
        "complainedRecipients": [{ "emailAddress": sent.to() }], "timestamp": now,
        "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": feedback,
        "arrivalDate": now,
    });
    event(sent, "Complaint", &what, now)
}

/// SES refused what the mail holds.
pub fn reject(sent: &Caught, now: Instant) -> Value {
    event(sent, "Reject", &json!({ "reason": "Bad content" }), now)
}

/// The recipient's server puts the mail off; SES goes on trying.
pub fn delay(sent: &Caught, now: Instant) -> Value {
    let what = json!({
        "delayType": "MailboxFull", "timestamp": now, "expirationTime": now.plus_days(1),
        "delayedRecipients": [{ "emailAddress": sent.to(), "status": "4.2.2",
            "diagnosticCode": "smtp; 452 4.2.2 Mailbox full" }],
    });
    event(sent, "DeliveryDelay", &what, now)
}

fn event(sent: &Caught, kind: &str, what: &Value, now: Instant) -> Value {
    let (detail_type, member) = match kind {
        "Send" => ("Email Sent", "send"),
        "Delivery" => ("Email Delivered", "delivery"),
        "Bounce" => ("Email Bounced", "bounce"),
        "Complaint" => ("Email Complaint Received", "complaint"),
        "Reject" => ("Email Rejected", "reject"),
        _ => ("Email Delivery Delayed", "deliveryDelay"),
    };
    let mut tags = Map::new();
    tags.insert("ses:configuration-set".to_owned(), json!([sent.set]));
    tags.insert("ses:operation".to_owned(), json!(["SendRawEmail"]));
    tags.extend(sent.tags.iter().map(|(name, value)| (name.clone(), json!([value]))));
    let from = "ne-pas-repondre@guichet.example.fr";
    json!({
        "version": "0", "id": sent.message(), "detail-type": detail_type, "source": "aws.ses",
        "account": "000000000000", "time": now, "region": "local",
        "resources": [format!("arn:aws:ses:local:000000000000:configuration-set/{}", sent.set)],
        "detail": {
            "eventType": kind,
            member: what,
            "mail": {
                "timestamp": now, "source": from, "messageId": sent.message(),
                "sourceArn": "arn:aws:ses:local:000000000000:identity/guichet.example.fr",
                "sendingAccountId": "000000000000", "destination": [sent.to()],
                "headersTruncated": false, "headers": [], "tags": tags,
                "commonHeaders": { "from": [from], "to": [sent.to()] },
            },
        },
    })
}
