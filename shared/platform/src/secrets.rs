//! Private keys and the pepper, from Secrets Manager, kept in memory for ten minutes.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use guichet_domain::instant::Instant;
use guichet_domain::signing::{
    KEPT_AFTER_USE_DAYS, KeyFamily, PUBLISHED_BEFORE_USE_HOURS, PublicKey, ROTATED_AFTER_DAYS,
};
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;

use crate::app::App;
use crate::problem::Error;
use crate::seal::CERTIFICATE;
use crate::tokens::{signed, signer};

/// How long keys are kept in memory before they are read again (SECURITY S15).
pub(crate) const CACHED_SECONDS: i64 = 600;

/// A value that is read again when it is older than [`CACHED_SECONDS`].
pub(crate) struct Cached<T>(RwLock<Option<(Instant, Arc<T>)>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(RwLock::new(None))
    }
}

impl<T> Cached<T> {
    pub(crate) async fn get<E>(
        &self,
        now: Instant,
        load: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some((at, value)) = self.0.read().await.as_ref()
            && now.seconds_since(*at).abs() < CACHED_SECONDS
        {
            return Ok(value.clone());
        }
        let value = Arc::new(load().await?);
        *self.0.write().await = Some((now, value.clone()));
        Ok(value)
    }

    pub(crate) async fn forget(&self) {
        *self.0.write().await = None;
    }
}

/// Secrets Manager did not give what it should.
#[derive(Debug, thiserror::Error)]
#[error("the secret {name} can't be used: {why}")]
pub struct SecretError {
    name: String,
    why: String,
}

/// What is kept of the secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    pepper: Cached<Vec<u8>>,
    families: [Cached<PrivateKeys>; KeyFamily::ALL.len()],
}

/// A private key, as its secret holds it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PrivateKey {
    pub(crate) kid: String,
    pub(crate) usable_from: Instant,
    /// PKCS #8 in base64.
    pub(crate) private: String,
    /// Its public part, signed with the key before it, where its family proves its keys so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

/// The private keys of a family, the present one and the one published for later.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct PrivateKeys {
    pub(crate) keys: Vec<PrivateKey>,
}

impl PrivateKeys {
    /// The newest key that may be used by now, if what it signs can still be verified.
    pub(crate) fn usable(&self, now: Instant) -> Option<&PrivateKey> {
        let usable = |key: &&PrivateKey| key.usable_from <= now && now < key.expires_at();
        self.keys.iter().filter(usable).max_by_key(|key| key.usable_from)
    }

    /// Drops the keys whose successor has been in use for a while; tells whether there were any.
    fn drop_former(&mut self, now: Instant) -> bool {
        let settled = now.plus_seconds(-DROPPED_AFTER_SECONDS);
        let (count, present) = (self.keys.len(), self.usable(settled).map(|key| key.usable_from));
        self.keys.retain(|key| present.is_none_or(|present| key.usable_from >= present));
        self.keys.len() < count
    }
}

impl PrivateKey {
    pub(crate) fn der(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.private).ok()
    }

    /// From when on nothing that it signed is accepted.
    fn expires_at(&self) -> Instant {
        self.usable_from.plus_days(LIFETIME_DAYS)
    }

    fn point(&self) -> Option<[u8; 32]> {
        use ed25519_dalek::pkcs8::DecodePrivateKey as _;
        let key = SigningKey::from_pkcs8_der(&self.der()?).ok()?;
        Some(key.verifying_key().to_bytes())
    }
}

/// What a rotation is to do.
pub struct Rotation {
    /// The public parts to be published, before anything is signed with them.
    pub public: Vec<PublicKey>,
    /// The private keys to be kept of the families that change.
    planned: Vec<(KeyFamily, PrivateKeys)>,
}

impl App {
    fn secret_name(&self, name: &str) -> String {
        format!("{}{name}", self.config.secrets_prefix)
    }

    async fn secret(&self, name: &str) -> Result<Option<String>, SecretError> {
        let name = self.secret_name(name);
        let call = self.clients().secrets().get_secret_value().secret_id(&name);
        match call.send().await {
            Ok(answer) => Ok(answer.secret_string),
            Err(error) => {
                let service = error.as_service_error();
                if service.is_some_and(|error| error.is_resource_not_found_exception()) {
                    return Ok(None);
                }
                let why = service.map_or("no answer", |_| "refused").to_owned();
                Err(SecretError { name, why })
            }
        }
    }

    async fn put_secret(&self, name_of_key: &str, value: String) -> Result<(), SecretError> {
        let name = self.secret_name(name_of_key);
        let secrets = self.clients().secrets();
        let put = secrets.put_secret_value().secret_id(&name).secret_string(&value).send().await;
        let Err(error) = put else { return Ok(()) };
        let missing =
            error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception());
        if missing {
            return self.create_secret(name_of_key, value).await;
        }
        Err(SecretError { name, why: "can't be written".to_owned() })
    }

    /// The secret that keys the hashes of limits, idempotency records and refresh tokens.
    pub(crate) async fn pepper(&self) -> Result<Arc<Vec<u8>>, SecretError> {
        self.secrets
            .pepper
            .get(self.now(), async || {
                let missing = |why: &str| SecretError {
                    name: self.secret_name("pepper"),
                    why: why.to_owned(),
                };
                let text = self.secret("pepper").await?.ok_or_else(|| missing("missing"))?;
                STANDARD.decode(text).map_err(|_| missing("not base64"))
            })
            .await
    }

    /// The private keys of a family, for the functions that sign.
    pub(crate) async fn private_keys(
        &self,
        family: KeyFamily,
    ) -> Result<Arc<PrivateKeys>, SecretError> {
        self.secrets.families[family as usize]
            .get(self.now(), async || self.load_private_keys(family).await)
            .await
    }

    async fn load_private_keys(&self, family: KeyFamily) -> Result<PrivateKeys, SecretError> {
        let name = format!("{}-keys", family.code());
        let Some(text) = self.secret(&name).await? else { return Ok(PrivateKeys::default()) };
        serde_json::from_str(&text)
            .map_err(|_| SecretError { name: self.secret_name(&name), why: "not keys".to_owned() })
    }

    /// Makes the pepper if there is none, and plans the keys that are missing or due: the first of
    /// a family, or a successor published a day before its use. What the table does not hold of the
    /// present keys is to be published too: it is a fresh one, or was restored from before them.
    ///
    /// # Errors
    /// Secrets Manager or the table did not answer.
    pub async fn plan_rotation(&self) -> Result<Rotation, Error> {
        if self.secret("pepper").await?.is_none() {
            // Made, never replaced: of two runs at once, the second finds the first one's.
            self.create_secret("pepper", STANDARD.encode(self.fresh_bytes())).await?;
        }
        let now = self.now();
        self.forget_public_keys().await;
        let known = self.public_keys().await?;
        let mut rotation = Rotation { public: Vec::new(), planned: Vec::new() };
        for family in KeyFamily::ALL {
            let mut keys = self.load_private_keys(family).await?;
            for key in &keys.keys {
                let unpublished = public_key(family, key);
                let unpublished = unpublished.filter(|key| !known.contains_key(&key.kid));
                rotation.public.extend(unpublished.map(|public| beginning(public, &keys, &known)));
            }
            let has_former = keys.drop_former(now);
            let Some(usable_from) = next_key(&keys, now) else {
                rotation.planned.extend(has_former.then_some((family, keys)));
                continue;
            };
            let mut fresh = self.fresh_key(family, usable_from)?;
            let unusable =
                |why: &str| SecretError { name: family.code().to_owned(), why: why.into() };
            let mut public = public_key(family, &fresh)
                .ok_or_else(|| unusable("the fresh key has no public part"))?;
            if let (KeyFamily::Seal, Some(present)) = (family, keys.usable(now)) {
                let certificate = signed(present, CERTIFICATE, &public)
                    .map_err(|_| unusable("the present key can't sign"))?;
                fresh.certificate = Some(certificate.clone());
                public.certificate = Some(certificate);
            }
            keys.keys.push(fresh);
            rotation.public.push(public);
            rotation.planned.push((family, keys));
        }
        Ok(rotation)
    }

    /// Keeps planned keys, once their public parts are published. A run that dies before leaves
    /// public keys that nobody signs with, and the next run plans others.
    ///
    /// # Errors
    /// Secrets Manager did not answer.
    pub async fn keep_rotation(&self, rotation: Rotation) -> Result<(), SecretError> {
        for (family, keys) in rotation.planned {
            let text = serde_json::to_string(&keys).unwrap_or_default();
            self.put_secret(&format!("{}-keys", family.code()), text).await?;
            self.secrets.families[family as usize].forget().await;
        }
        Ok(())
    }

    async fn create_secret(&self, name: &str, value: String) -> Result<(), SecretError> {
        let name = self.secret_name(name);
        let secrets = self.clients().secrets();
        match secrets.create_secret().name(&name).secret_string(value).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(error) if error.is_resource_exists_exception() => Ok(()),
                _ => Err(SecretError { name, why: "can't be made".to_owned() }),
            },
        }
    }

    fn fresh_key(&self, family: KeyFamily, at: Instant) -> Result<PrivateKey, SecretError> {
        let key = SigningKey::from_bytes(&self.fresh_bytes());
        let der = key.to_pkcs8_der().map_err(|error| SecretError {
            name: family.code().to_owned(),
            why: error.to_string(),
        })?;
        let kid = format!("{}-{}", family.code(), self.fresh_ulid(at));
        let private = STANDARD.encode(der.as_bytes());
        Ok(PrivateKey { kid, usable_from: at, private, certificate: None })
    }
}

/// How long a key stays in its secret beside its successor, for those whose clocks are behind.
const DROPPED_AFTER_SECONDS: i64 = 3_600;

/// A public key as a table gets it that did not know it: where the key that certified it is gone,
/// the chain begins anew.
fn beginning(
    public: PublicKey,
    keys: &PrivateKeys,
    known: &HashMap<String, PublicKey>,
) -> PublicKey {
    let issuer = public.certificate.as_ref().and_then(|token| signer(token, CERTIFICATE));
    let is_there = |issuer: &String| {
        known.contains_key(issuer) || keys.keys.iter().any(|key| key.kid == *issuer)
    };
    let certificate = public.certificate.filter(|_| issuer.as_ref().is_some_and(is_there));
    PublicKey { certificate, ..public }
}

/// How long a public key verifies: it is used for a month, or two when a rotation fails, and what
/// it signed lives on.
const LIFETIME_DAYS: u32 = 2 * ROTATED_AFTER_DAYS + KEPT_AFTER_USE_DAYS;

const PUBLISHED_SECONDS: i64 = PUBLISHED_BEFORE_USE_HOURS * 3_600;

/// From when on the next key is to be usable, if one is due.
fn next_key(keys: &PrivateKeys, now: Instant) -> Option<Instant> {
    let newest = keys.keys.iter().map(|key| key.usable_from).max();
    match newest {
        None => Some(now),
        // Nothing verifies any more, or will when the next key could be used, because no rotation
        // ran for months: as if it were the first.
        Some(newest) if newest.plus_days(LIFETIME_DAYS) <= now.plus_seconds(PUBLISHED_SECONDS) => {
            Some(now)
        }
        Some(newest) if newest.plus_days(ROTATED_AFTER_DAYS) <= now => {
            Some(now.plus_seconds(PUBLISHED_SECONDS))
        }
        Some(_) => None,
    }
}

fn public_key(family: KeyFamily, key: &PrivateKey) -> Option<PublicKey> {
    Some(PublicKey {
        kid: key.kid.clone(),
        family,
        point: crate::tokens::base64url(&key.point()?),
        usable_from: key.usable_from,
        expires_at: key.expires_at(),
        certificate: key.certificate.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_published_a_day_before_it_is_used_except_the_first() {
        let now = Instant::from_milliseconds(1_795_000_000_000);
        let key = |usable_from| PrivateKey {
            kid: String::new(),
            usable_from,
            private: String::new(),
            certificate: None,
        };
        assert_eq!(next_key(&PrivateKeys::default(), now), Some(now));
        let young = PrivateKeys { keys: vec![key(now)] };
        assert_eq!(next_key(&young, now.plus_days(29)), None);
        let day = PUBLISHED_BEFORE_USE_HOURS * 3_600;
        let due = now.plus_days(30);
        assert_eq!(next_key(&young, due), Some(due.plus_seconds(day)));
        let both = PrivateKeys { keys: vec![key(now), key(due.plus_seconds(day))] };
        assert_eq!(next_key(&both, due.plus_seconds(60)), None);
        assert_eq!(next_key(&young, now.plus_days(125)), Some(now.plus_days(125)));
        let last_day = now.plus_days(124).plus_seconds(43_200);
        assert_eq!(next_key(&young, last_day), Some(last_day), "the old key can certify it");
        assert_eq!(both.usable(due).map(|key| key.usable_from), Some(now));
        assert_eq!(
            both.usable(due.plus_seconds(day)).map(|key| key.usable_from),
            Some(due.plus_seconds(day))
        );
    }
}
