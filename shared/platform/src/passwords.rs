//! Passwords: Argon2id, and the rules of NIST SP 800-63B-4: length and a blocklist, no composition.

use std::collections::HashSet;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use guichet_domain::account::PasswordHash;
use guichet_domain::text::Invalid;
use serde::Deserialize;

use crate::app::App;

/// The shortest password: what NIST asks for where it is the only factor.
pub const SHORTEST_CHARACTERS: usize = 15;

/// The longest password, so that hashing one is never much work.
const LONGEST_BYTES: usize = 512;

/// Of how many common parts a password must at least be made.
const LEAST_PARTS: usize = 4;

/// Passwords that many people use, sorted: the 10,000 first of the list of `zxcvbn` 4.4.2 (MIT) and
/// some French ones; `passwords/generate.mjs` writes them anew. One text, not a table of texts,
/// since each entry of a table is relocated at every start.
const COMMON: &str = include_str!("passwords/common.txt");

/// A password as it was typed. It is never stored, printed or answered.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Password {
    /// A password as it was typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it may be chosen by somebody of these names and address.
    ///
    /// # Errors
    /// It is too short or too long, or a common one.
    pub fn check(&self, about: &[&str]) -> Result<(), WeakPassword> {
        if self.0.chars().count() < SHORTEST_CHARACTERS {
            return Err(WeakPassword::Invalid(Invalid::PasswordShort));
        }
        if self.0.len() > LONGEST_BYTES {
            return Err(WeakPassword::Invalid(Invalid::TooLong));
        }
        if parts(&self.0, about) < LEAST_PARTS { Err(WeakPassword::Common) } else { Ok(()) }
    }
}

/// Into how few parts a password can be cut, a part being a common password, what everybody knows
/// of its owner, a run like `aaaa` or `4567`, or else one character. What stands between words
/// counts nothing.
fn parts(password: &str, about: &[&str]) -> usize {
    let characters: Vec<char> = password.to_lowercase().chars().take(LONGEST_BYTES).collect();
    let mut known: HashSet<&str> = COMMON.lines().collect();
    let about: Vec<String> = about.iter().map(|text| text.to_lowercase()).collect();
    let words = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    known.extend(words.filter(|word| word.chars().count() >= 3));
    let mut fewest = vec![usize::MAX; characters.len() + 1];
    fewest[0] = 0;
    for start in 0..characters.len() {
        let before = fewest[start];
        let cost = usize::from(characters[start].is_alphanumeric());
        fewest[start + 1] = fewest[start + 1].min(before + cost);
        for end in start + 3..=characters.len().min(start + LONGEST_WORD) {
            let part = &characters[start..end];
            let word: String = part.iter().collect();
            if known.contains(word.as_str()) || is_run(part) {
                fewest[end] = fewest[end].min(before + 1);
            }
        }
    }
    fewest[characters.len()]
}

/// The longest part that is looked for.
const LONGEST_WORD: usize = 40;

/// Whether each character is as far from the one before: `aaaa`, `4567`, `dcba`.
fn is_run(part: &[char]) -> bool {
    let steps =
        part.windows(2).map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0])));
    let steps: Vec<i64> = steps.collect();
    steps.iter().all(|step| step == &steps[0] && step.abs() <= 1)
}

/// Why a password can't be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short or too long.
    #[error("{0}")]
    Invalid(Invalid),
    /// Found in a list of common passwords, or made of what everybody knows of its owner.
    #[error("invalid.password_common")]
    Common,
}

/// A hash of nothing in particular, checked when there is no account, so that the work is the same.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Z3VpY2hldC1ub2JvZHkhIQ$\
                      pZ4m4bH0cV1m2X0v0n5Yt6T2fXkqg3mV2Zr8z5c1x0E";

fn argon2() -> Argon2<'static> {
    // OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

impl App {
    /// Hashes a password with a fresh salt.
    pub fn hash_password(&self, password: &Password) -> PasswordHash {
        let salt = self.fresh_bytes();
        #[expect(clippy::expect_used, reason = "parameters and salt are ours and valid")]
        let hash: phc::PasswordHash = argon2()
            .hash_password_with_salt(password.0.as_bytes(), &salt[..16])
            .expect("the parameters are valid");
        PasswordHash(hash.to_string())
    }

    /// Whether a password is the one of a hash. Without a hash, the same work is done for nothing.
    pub fn verify_password(&self, password: &Password, hash: Option<&PasswordHash>) -> bool {
        // The bound is looked at after the work, so that no answer is faster than another.
        let text = hash.map_or(NOBODY, |hash| hash.0.as_str());
        let bounded = &password.0.as_bytes()[..password.0.len().min(LONGEST_BYTES)];
        let is_right = phc::PasswordHash::new(text)
            .is_ok_and(|parsed| argon2().verify_password(bounded, &parsed).is_ok());
        is_right && hash.is_some() && password.0.len() <= LONGEST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_common_passwords_do_not() {
        let check = |text: &str| Password::new(text).check(&["anne", "durand", "anne@exemple.fr"]);
        assert!(check("un cheval violet dans la brume").is_ok());
        assert_eq!(check("Tr0ub4dor&3"), Err(WeakPassword::Invalid(Invalid::PasswordShort)));
        for common in
            ["aaaaaaaaaaaaaaaaaaaa", "123456789012345678", "passwordpassword", "anne.durand.anne"]
        {
            assert_eq!(check(common), Err(WeakPassword::Common), "{common}");
        }
        assert!(check(&"é—∆ ".repeat(200)).is_err());
    }

    #[test]
    fn the_hash_of_nobody_costs_what_every_hash_costs() {
        let parsed = phc::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parsed.params.get_decimal("m"), Some(19_456));
        assert_eq!(parsed.params.get_decimal("t"), Some(2));
        assert_eq!(parsed.hash.unwrap().len(), 32);
    }
}
