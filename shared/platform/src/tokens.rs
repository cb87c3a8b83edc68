//! Tokens: access tokens, refresh tokens, mailed tokens, and keyed hashes (SECURITY S7, S14, S15).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet_domain::ids::{AccountId, PortalId, SessionId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::signing::{KeyFamily, PublicKey};
use guichet_domain::text::Email;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::keys::Listing;
use crate::secrets::{Cached, PrivateKey, SecretError};
use crate::store::StoreError;

/// How long an access token is valid.
pub const ACCESS_TOKEN_SECONDS: i64 = 600;

/// By how much clocks may differ.
const SKEW_SECONDS: i64 = 30;

const AUDIENCE: &str = "guichet";

/// A token was not made, or is not one of ours.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is not one of ours, or was changed.
    #[error("not a token of ours")]
    Forged,
    /// It was one of ours, and its time is over.
    #[error("the token has expired")]
    Expired,
    /// No key can be used yet.
    #[error("there is no signing key")]
    NoKey,
    /// Secrets Manager did not give what it should.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Bytes in base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The public keys, loaded whole and kept for ten minutes.
pub(crate) type PublicKeys = Cached<HashMap<String, PublicKey>>;

/// Who an access token says its bearer is; never what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// The bearer of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
}

/// What a mailed link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To verify a sign-up.
    VerifyEmail,
    /// To set the password of an account.
    SetPassword,
    /// To answer an invitation.
    Invitation,
}

impl Purpose {
    /// The family of the key that signs it.
    fn family(self) -> KeyFamily {
        match self {
            Self::VerifyEmail | Self::SetPassword => KeyFamily::Account,
            Self::Invitation => KeyFamily::Invitation,
        }
    }
}

/// What a mailed link says, signed (SECURITY S7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedToken {
    /// The version of this shape.
    pub v: u8,
    /// What it is for.
    pub purpose: Purpose,
    /// The object, as its identifier's text.
    pub object: String,
    /// The portal that an invitation is to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<PortalId>,
    /// Who made an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// The generation that the object must still have.
    pub generation: u32,
    /// A tag of the address that it was mailed to.
    pub tag: String,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
}

impl MailedToken {
    /// A token for this object, to be mailed to this address.
    pub fn new(
        purpose: Purpose,
        object: &impl ToString,
        generation: u32,
        email: &Email,
        expires_at: Instant,
    ) -> Self {
        let object = object.to_string();
        let tag = tag(&object, email);
        let (portal, by, exp) = (None, None, expires_at.seconds());
        Self { v: 1, purpose, object, portal, by, generation, tag, exp }
    }

    /// The same, naming the portal of an invitation and who made it.
    #[must_use]
    pub fn inviting(self, portal: PortalId, by: AccountId) -> Self {
        Self { portal: Some(portal), by: Some(by), ..self }
    }

    /// Whether it was mailed to this address.
    pub fn is_for(&self, email: &Email) -> bool {
        self.tag == tag(&self.object, email)
    }
}

fn tag(object: &str, email: &Email) -> String {
    let mut hash = Sha256::new();
    hash.update(object.as_bytes());
    hash.update(b"\n");
    hash.update(email.as_str().as_bytes());
    base64url(&hash.finalize()[..12])
}

/// What a refresh token says before it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// Which of the session's tokens it is.
    pub counter: u64,
    mac: String,
}

impl RefreshToken {
    /// Reads a token's text, without believing it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("rt_")?.split('.');
        let account = AccountId::new(Ulid::from_string(parts.next()?).ok()?);
        let session = SessionId::new(Ulid::from_string(parts.next()?).ok()?);
        let counter = parts.next()?.parse().ok()?;
        let mac = parts.next()?.to_owned();
        parts.next().is_none().then_some(Self { account, session, counter, mac })
    }
}

impl App {
    /// A keyed hash, for what must be recognised without being stored.
    ///
    /// # Errors
    /// The pepper can't be read.
    pub async fn keyed_hash(&self, purpose: &str, parts: &[&[u8]]) -> Result<String, SecretError> {
        let pepper = self.pepper().await?;
        Ok(hexadecimal(&keyed(&pepper, purpose, parts)))
    }

    /// The refresh token of a session with this counter, and the hash that is stored of it. The
    /// same session and counter give the same token (SECURITY S14).
    ///
    /// # Errors
    /// The pepper can't be read.
    pub async fn refresh_token(
        &self,
        account: AccountId,
        session: SessionId,
        counter: u64,
    ) -> Result<(String, String), SecretError> {
        let pepper = self.pepper().await?;
        let text = format!("{}.{}.{counter}", account.ulid(), session.ulid());
        let mac = base64url(&keyed(&pepper, "refresh", &[text.as_bytes()]));
        let hash = hexadecimal(&keyed(&pepper, "stored refresh", &[mac.as_bytes()]));
        Ok((format!("rt_{text}.{mac}"), hash))
    }

    /// Whether a refresh token was made by us.
    ///
    /// # Errors
    /// The pepper can't be read.
    pub async fn is_ours(&self, token: &RefreshToken) -> Result<bool, SecretError> {
        let pepper = self.pepper().await?;
        let (account, session) = (token.account.ulid(), token.session.ulid());
        let text = format!("{account}.{session}.{}", token.counter);
        let Ok(mac) = URL_SAFE_NO_PAD.decode(&token.mac) else { return Ok(false) };
        Ok(mac_of(&pepper, "refresh", &[text.as_bytes()]).verify_slice(&mac).is_ok())
    }

    /// An access token for a session.
    ///
    /// # Errors
    /// No key can be used.
    pub async fn access_token(&self, bearer: Bearer) -> Result<String, TokenError> {
        let now = self.now();
        let claims = AccessClaims {
            iss: self.config.origin.clone(),
            aud: AUDIENCE.to_owned(),
            sub: bearer.account,
            sid: bearer.session,
            iat: now.seconds(),
            exp: now.seconds() + ACCESS_TOKEN_SECONDS,
        };
        self.sign(KeyFamily::Access, "at+jwt", &claims, now).await
    }

    /// Who bears an access token. An unknown key is no reason to look again (SECURITY S15).
    ///
    /// # Errors
    /// It is forged or has expired.
    pub async fn bearer(&self, token: &str) -> Result<Bearer, TokenError> {
        let claims: AccessClaims = self.verify(KeyFamily::Access, "at+jwt", token).await?;
        let is_ours = claims.iss == self.config.origin && claims.aud == AUDIENCE;
        let now = self.now().seconds();
        if !is_ours || claims.iat > now + SKEW_SECONDS {
            return Err(TokenError::Forged);
        }
        if now >= claims.exp + SKEW_SECONDS {
            return Err(TokenError::Expired);
        }
        Ok(Bearer { account: claims.sub, session: claims.sid })
    }

    /// Signs what a mailed link says. Only `mails::send` may (SECURITY S7).
    ///
    /// # Errors
    /// No key can be used.
    pub async fn sign_mailed(&self, token: &MailedToken) -> Result<String, TokenError> {
        self.sign(token.purpose.family(), "mail+jwt", token, self.now()).await
    }

    /// What a mailed link says, if it was signed for this purpose and has not expired. Nothing is
    /// read before.
    ///
    /// # Errors
    /// It is forged, for something else, or has expired.
    pub async fn mailed(&self, purpose: Purpose, token: &str) -> Result<MailedToken, TokenError> {
        let claims: MailedToken = self.verify(purpose.family(), "mail+jwt", token).await?;
        if claims.purpose != purpose || claims.v != 1 {
            return Err(TokenError::Forged);
        }
        if self.now().seconds() >= claims.exp {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }

    /// Signs claims with the key of the instant that they speak of.
    pub(crate) async fn sign<T: Serialize>(
        &self,
        family: KeyFamily,
        kind: &str,
        claims: &T,
        now: Instant,
    ) -> Result<String, TokenError> {
        let keys = self.private_keys(family).await?;
        let key = keys.usable(now).ok_or(TokenError::NoKey)?;
        signed(key, kind, claims)
    }

    async fn verify<T: DeserializeOwned>(
        &self,
        family: KeyFamily,
        kind: &str,
        token: &str,
    ) -> Result<T, TokenError> {
        let kid = signer(token, kind).ok_or(TokenError::Forged)?;
        let keys = self.public_keys().await?;
        let now = self.now();
        let valid = |key: &&PublicKey| {
            key.family == family
                && key.usable_from <= now.plus_seconds(SKEW_SECONDS)
                && now < key.expires_at
        };
        let key = keys.get(&kid).filter(valid).ok_or(TokenError::Forged)?;
        claims(token, &key.point).ok_or(TokenError::Forged)
    }

    /// Whether signing keys were ever published.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn has_public_keys(&self) -> Result<bool, StoreError> {
        let are_there = !self.public_keys().await?.is_empty();
        if !are_there {
            // They will be there as soon as the operator has them made.
            self.forget_public_keys().await;
        }
        Ok(are_there)
    }

    pub(crate) async fn public_keys(&self) -> Result<Arc<HashMap<String, PublicKey>>, StoreError> {
        self.public_keys
            .get(self.now(), async || {
                // Time to live only tidies up: old keys may stand there for years.
                let keys = self.all::<PublicKey>(&Listing::Keys).await?;
                Ok(keys.into_iter().map(|key| (key.kid.clone(), key)).collect())
            })
            .await
    }

    /// Forgets the public keys, so that new ones are seen at once by this instance.
    pub async fn forget_public_keys(&self) {
        self.public_keys.forget().await;
    }
}

/// A token of this kind with these claims.
pub(crate) fn signed<T: Serialize>(
    key: &PrivateKey,
    kind: &str,
    claims: &T,
) -> Result<String, TokenError> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(kind.to_owned());
    header.kid = Some(key.kid.clone());
    let der = key.der().ok_or(TokenError::NoKey)?;
    let encoding = EncodingKey::from_ed_der(&der);
    jsonwebtoken::encode(&header, claims, &encoding).map_err(|_| TokenError::NoKey)
}

/// Which key a token of this kind says that it is signed with.
pub(crate) fn signer(token: &str, kind: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let is_of_kind = header.typ.as_deref() == Some(kind) && header.alg == Algorithm::EdDSA;
    header.kid.filter(|_| is_of_kind)
}

/// What a token says, if it was signed with the key of this Ed25519 point.
pub(crate) fn claims<T: DeserializeOwned>(token: &str, point: &str) -> Option<T> {
    let decoding = DecodingKey::from_ed_components(point).ok()?;
    // Expiry, issuer and audience are compared by the callers, with our own clock.
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<T>(token, &decoding, &validation).ok().map(|data| data.claims)
}

fn mac_of(pepper: &[u8], purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper).expect("any length is a key");
    mac.update(purpose.as_bytes());
    for part in parts {
        // The length before each part keeps "ab" + "c" apart from "a" + "bc".
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

fn keyed(pepper: &[u8], purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    mac_of(pepper, purpose, parts).finalize().into_bytes().to_vec()
}

/// A hash of texts in 32 hexadecimal digits, for identifiers that must come out the same twice.
pub fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hexadecimal(&hash.finalize()[..16])
}

/// A ULID of this instant that follows from what it is for, so that whoever makes the same thing
/// again gives it the same name.
pub fn derived_ulid(at: Instant, parts: &[&str]) -> Ulid {
    let hash = short_hash(parts);
    let random = u128::from_str_radix(&hash, 16).unwrap_or_default();
    Ulid::from_parts(at.milliseconds().unsigned_abs(), random)
}
