//! What a use case stands on: configuration, clients, clock and random source.

use std::sync::{Arc, Mutex, PoisonError};

use guichet_domain::ids::Ulid;
use guichet_domain::instant::Instant;

use crate::clients::Clients;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::tokens::PublicKeys;

/// The clock: the real one on Lambda, a set one in tests.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// The random source: the machine's on Lambda, a seeded one in tests.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Everything that a use case stands on. Clock, random source and the HTTP client inside
/// [`Clients`] are the only seams (DESIGN §9).
pub struct App {
    /// What the operator set.
    pub config: Config,
    clients: Clients,
    clock: Clock,
    random: Random,
    last_ulid: Arc<Mutex<Ulid>>,
    pub(crate) secrets: Secrets,
    pub(crate) public_keys: PublicKeys,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("table", &self.config.table).finish_non_exhaustive()
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(config: Config, clients: Clients, clock: Clock, random: Random) -> Self {
        let (secrets, public_keys) = (Secrets::default(), PublicKeys::default());
        let last_ulid = Arc::new(Mutex::new(Ulid::nil()));
        Self { config, clients, clock, random, last_ulid, secrets, public_keys }
    }

    /// The same system as another environment of Lambda sees it: with caches of its own.
    #[must_use]
    pub fn environment(&self) -> Self {
        Self {
            config: self.config.clone(),
            clients: self.clients.clone(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            last_ulid: Arc::clone(&self.last_ulid),
            secrets: Secrets::default(),
            public_keys: PublicKeys::default(),
        }
    }

    /// Now.
    pub fn now(&self) -> Instant {
        (self.clock)()
    }

    /// The AWS clients.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.clients.dynamodb()
    }

    pub(crate) fn table(&self) -> &str {
        &self.config.table
    }

    /// A fresh ULID of this instant, greater than those before it within a millisecond, so that
    /// what one process writes stays in order.
    pub fn fresh_ulid(&self, now: Instant) -> Ulid {
        let mut bytes = [0; 16];
        (self.random)(&mut bytes);
        let fresh = Ulid::from_parts(now.milliseconds().unsigned_abs(), u128::from_be_bytes(bytes));
        let mut last = self.last_ulid.lock().unwrap_or_else(PoisonError::into_inner);
        let follows = last.timestamp_ms() == fresh.timestamp_ms();
        *last = if follows { Ulid(last.0.wrapping_add(1)) } else { fresh };
        *last
    }

    /// 32 fresh random bytes.
    pub fn fresh_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        (self.random)(&mut bytes);
        bytes
    }

    /// 32 fresh random bytes, as text.
    pub(crate) fn fresh_secret(&self) -> String {
        crate::tokens::base64url(&self.fresh_bytes())
    }

    pub(crate) fn random_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        (self.random)(&mut bytes);
        u64::from_be_bytes(bytes)
    }
}

/// The machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the seam that everybody else takes time from"
)]
pub fn real_clock() -> Clock {
    Arc::new(|| Instant::from_milliseconds(jiff::Timestamp::now().as_millisecond()))
}

/// The machine's random source.
pub fn real_random() -> Random {
    // Without random bytes nothing that we sign or name would be safe: better to stop.
    #[expect(clippy::expect_used, reason = "a machine without randomness can't serve")]
    Arc::new(|bytes| getrandom::fill(bytes).expect("the machine has a random source"))
}
