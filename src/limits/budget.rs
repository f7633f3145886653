//! The budgets of all routes (CONTRACT 10.1). Every route names one where it is declared.

use rate_limit::Rate;

/// How often something may be asked for.
#[derive(Debug)]
pub struct Budget {
    /// Its name in headers and in the API document.
    pub name: &'static str,
    /// How much of it.
    pub rate: Rate,
    /// Whose it is.
    pub per: Subject,
}

/// Whom a budget is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The signed-in user, or the network address of nobody in particular.
    Caller,
    /// What the handler finds in the request: the identity that signs in, the session that
    /// refreshes. The handler counts it with [`super::spend`].
    Named,
    /// Nobody: never refused.
    Unlimited,
}

const fn per_caller(name: &'static str, rate: Rate) -> Budget {
    Budget {
        name,
        rate,
        per: Subject::Caller,
    }
}

const fn named(name: &'static str, rate: Rate) -> Budget {
    Budget {
        name,
        rate,
        per: Subject::Named,
    }
}

/// Health checks, which must answer under load too.
pub static UNLIMITED: Budget = Budget {
    name: "unlimited",
    rate: Rate::per_second(1_000_000).burst(1_000_000),
    per: Subject::Unlimited,
};

/// The whole service, per network address; counted before anything else.
pub static SERVICE: Budget = per_caller("service", Rate::per_second(100).burst(500));

/// Whatever has no budget of its own.
pub static GENERAL: Budget = per_caller("general", Rate::per_second(20).burst(200));

/// Following jobs: one question every 5 s for each of many jobs.
pub static POLLING: Budget = per_caller("polling", Rate::per_second(100).burst(300));

/// Records and batches. An outbox that is refused for a minute drops events (CONTRACT 4.4), so only
/// what no person and no queue can send is too much.
pub static SYNC: Budget = per_caller("sync", Rate::per_second(100).burst(2000));

/// Operations that travel in batches: a phone that comes back from a week without a network must
/// never be told to wait (CONTRACT 4.4).
pub static OPERATIONS: Budget = per_caller("operations", Rate::per_second(200).burst(5_000));

/// Room uploads. A phone that comes back from a week without a network brings many.
pub static ROOM_UPLOAD: Budget = per_caller("room-upload", Rate::per_second(2).burst(60));

/// File uploads.
pub static FILE_UPLOAD: Budget = per_caller("file-upload", Rate::per_minute(60).burst(60));

/// Opening sockets and event streams. A network that comes and goes asks often.
pub static CONNECTING: Budget = per_caller("connecting", Rate::per_second(5).burst(200));

/// Events that a user sends to the own devices.
pub static OWN_EVENTS: Budget = per_caller("own-events", Rate::per_second(10).burst(100));

/// Archives of everything that a person has here.
pub static EXPORT: Budget = per_caller("export", Rate::per_minute(1).burst(5));

/// Signing in, per identity: with a password the exact budgets of [`super::guesses`] come on top.
pub static SIGN_IN: Budget = named("sign-in", Rate::per_minute(60).burst(120));

/// Signing in, registering and asking for mails from one network address, whoever: many people may
/// share it.
pub static SIGN_IN_BY_ADDRESS: Budget = named("sign-in-address", Rate::per_minute(120).burst(240));

/// Creating accounts, per email address.
pub static REGISTER: Budget = named("register", Rate::per_minute(10).burst(10));

/// Refreshing, per session. Two tabs and a bad network ask more often than one thinks.
pub static REFRESH: Budget = named("refresh", Rate::per_minute(30).burst(100));

/// Mails that somebody asks for, per address.
pub static MAIL: Budget = named("mail", Rate::per_minute(1).burst(5));
