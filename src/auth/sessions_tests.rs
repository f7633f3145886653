//! Random histories of honest devices and thieves, against the real SQL: nobody honest is logged
//! out, and every theft is caught at its first conflicting use.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::db::testing::TestDb;

const DAY: i64 = 24 * 3600 * 1000;
const START: i64 = 1_800_000_000_000;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// The device refreshes from one or more tabs at once; which replies arrive.
    Device(Vec<bool>),
    /// Somebody copies what the device holds.
    Steal,
    /// The thief refreshes; whether the reply arrives.
    Thief(bool),
    /// Time passes; the servers' clocks disagree a little, so it may run backwards.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(any::<bool>(), 1..4).prop_map(Step::Device),
        1 => Just(Step::Steal),
        2 => any::<bool>().prop_map(Step::Thief),
        3 => prop_oneof![-5_000i64..120_000, 0..DAY, DAY..40 * DAY].prop_map(Step::Wait),
    ]
}

/// The server, and next to it an account of which token was exchanged for which.
struct World {
    db: TestDb,
    now: i64,
    expires_at: i64,
    issued: u32,
    successors: HashMap<String, String>,
    issued_at: HashMap<String, i64>,
    is_revoked: bool,
}

impl World {
    fn new() -> Self {
        let db = TestDb::new();
        db.prepare(&format!(
            "insert into users
               (id, num_id, quota_limit, quota_resets_at, created_at, updated_at)
             values ('u', 1, 10, 0, 0, 0);
             insert into sessions
               (id, user_id, device_id, refresh_jti, refreshed_at, refreshed_by, created_at,
                expires_at, kind)
             values ('s', 'u', 'd', 'token 0', {START}, 'r', {START}, {}, 'password');",
            START + REFRESH_SECONDS * 1000
        ));
        Self {
            db,
            now: START,
            expires_at: START + REFRESH_SECONDS * 1000,
            issued: 0,
            successors: HashMap::new(),
            issued_at: HashMap::from([("token 0".into(), START)]),
            is_revoked: false,
        }
    }

    /// Presents a token, and checks what comes of it against the account.
    fn refresh(&mut self, token: &str) -> Option<String> {
        self.issued += 1;
        let next = format!("token {}", self.issued);
        let presented = Presented {
            session_id: "s",
            jti: token,
            is_expired: self.issued_at[token] + REFRESH_SECONDS * 1000 <= self.now,
            device_id: None,
            client_id: None,
        };
        let statements = presented.exchange(&Successor {
            jti: &next,
            request_id: "r",
            place: None,
            now: self.now,
        });
        let (mut batch, changed) = self.db.batch(statements);
        let ended: Option<SessionId> = batch.first(1).unwrap();
        let row: Option<SessionRow> = batch.first(2).unwrap();
        let row = row.filter(|row| presented.is_answered_by(row));

        let successor = self.successors.get(token).cloned();
        let is_over = self.is_revoked || self.expires_at <= self.now;
        let is_used_up = successor
            .as_ref()
            .is_some_and(|successor| self.successors.contains_key(successor));
        let expected = match successor {
            _ if is_over => None,
            _ if is_used_up => {
                self.is_revoked = !presented.is_expired;
                None
            }
            // A reply that was lost is repeated, also by a token that is old by now.
            Some(successor) => Some((successor, 0)),
            None if presented.is_expired => None,
            None => {
                self.successors.insert(token.to_owned(), next.clone());
                self.issued_at.insert(next.clone(), self.now);
                self.expires_at = self.now + REFRESH_SECONDS * 1000;
                Some((next, 1))
            }
        };
        assert_eq!(
            row.as_ref().map(|row| &row.refresh_jti),
            expected.as_ref().map(|(jti, _)| jti)
        );
        let is_caught = expected.is_none() && is_used_up && !is_over && !presented.is_expired;
        assert_eq!(ended.is_some(), is_caught);
        let changes = expected
            .as_ref()
            .map_or(usize::from(is_caught), |(_, changes)| *changes);
        assert_eq!(changed, changes, "rows that changed");
        expected.map(|(jti, _)| jti)
    }
}

/// Plays a history; tells whether the device was ever refused while the session lived.
fn play(steps: &[Step]) -> World {
    let mut world = World::new();
    let mut device = "token 0".to_owned();
    let mut thief = None;
    for step in steps {
        match step {
            Step::Wait(ms) => world.now = (world.now + ms).max(START),
            Step::Steal => thief = Some(device.clone()),
            Step::Thief(arrives) => {
                if let Some(token) = &thief {
                    let reply = world.refresh(token).filter(|_| *arrives);
                    thief = reply.or(thief);
                }
            }
            Step::Device(replies) => {
                let sent = device.clone();
                for arrives in replies {
                    if let Some(token) = world.refresh(&sent).filter(|_| *arrives) {
                        device = token;
                    }
                }
            }
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_honest_device_is_never_logged_out(steps in prop::collection::vec(step(), 1..40)) {
        let honest: Vec<_> = steps
            .into_iter()
            .filter(|step| matches!(step, Step::Device(_) | Step::Wait(_)))
            .collect();
        prop_assert!(!play(&honest).is_revoked);
    }

    #[test]
    fn theft_is_caught_at_its_first_conflicting_use(steps in prop::collection::vec(step(), 1..60)) {
        // `refresh` holds every answer against the account.
        play(&steps);
    }
}

#[test]
fn a_thief_who_runs_ahead_is_caught_by_the_owner() {
    let mut world = World::new();
    let stolen = "token 0";
    let first = world.refresh(stolen).unwrap();
    let second = world.refresh(&first).unwrap();
    assert_eq!(world.refresh(stolen), None);
    assert!(world.is_revoked);
    assert_eq!(world.refresh(&second), None);
}

#[test]
fn a_phone_that_lost_a_reply_is_welcome_a_month_later() {
    let mut world = World::new();
    world.now += 20 * DAY;
    let lost = world.refresh("token 0").unwrap();
    world.now += 29 * DAY;
    assert_eq!(world.refresh("token 0"), Some(lost.clone()));
    assert!(world.refresh(&lost).is_some());
}

#[test]
fn another_device_or_app_gets_nothing_and_ends_nothing() {
    let mut world = World::new();
    for (device_id, client_id) in [(Some("other"), None), (None, Some("app"))] {
        let presented = Presented {
            session_id: "s",
            jti: "token 0",
            is_expired: false,
            device_id,
            client_id,
        };
        let statements = presented.exchange(&Successor {
            jti: "next",
            request_id: "r",
            place: None,
            now: START,
        });
        let (mut batch, changed) = world.db.batch(statements);
        let row: SessionRow = batch.first(2).unwrap().unwrap();
        assert!(!presented.is_answered_by(&row));
        assert_eq!(changed, 0);
    }
    assert!(world.refresh("token 0").is_some());
}
