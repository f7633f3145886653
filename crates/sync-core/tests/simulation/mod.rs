//! Phones and a server in a world where everything that can go wrong does: replies get lost,
//! requests come twice, months later or while the first is being decided on, clocks are a day off
//! and jump, the server dies between reading and writing, apps are installed anew and phones set
//! back to backups. Everything follows from a seed.

mod device;
mod model;
mod random;
mod server;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use sync_core::{Millis, Outcome, Recall, Rejection, Snapshot, Verdict, Version, apply};

use device::{Change, Device, Sent};
use model::Model;
use random::Random;
use server::Server;

const SECOND: Millis = 1000;
const DAY: Millis = 24 * 60 * 60 * SECOND;
const START: Millis = 1_700_000_000_000;

/// What happened in a history, for the summary.
#[derive(Default, Debug, Clone)]
pub struct Figures {
    pub histories: u64,
    pub operations: u64,
    pub applied: u64,
    pub duplicates: u64,
    pub conflicts: u64,
    pub rejected: u64,
    pub retries: u64,
    pub losers: u64,
    pub swaps_failed: u64,
    pub crashes: u64,
    pub replies_lost: u64,
    pub reinstalls: u64,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.operations += other.operations;
        self.applied += other.applied;
        self.duplicates += other.duplicates;
        self.conflicts += other.conflicts;
        self.rejected += other.rejected;
        self.retries += other.retries;
        self.losers += other.losers;
        self.swaps_failed += other.swaps_failed;
        self.crashes += other.crashes;
        self.replies_lost += other.replies_lost;
        self.reinstalls += other.reinstalls;
    }
}

/// A request on its way.
#[derive(Clone)]
enum Request {
    Push(Vec<Sent>),
    Pull,
}

enum Event {
    Wake(usize),
    Sync(usize),
    Arrive(usize, u64, Request),
    /// The server has read, and now writes.
    Commit(usize, u64, Vec<Sent>, Box<Snapshot>, u32),
    Pushed(usize, u64, Vec<(u64, Verdict)>),
    Pulled(usize, u64, Vec<Change>, Version, bool),
    TimeOut(usize, u64),
}

struct World {
    random: Random,
    now: Millis,
    events: BinaryHeap<Reverse<(Millis, u64)>>,
    due: BTreeMap<u64, Event>,
    sequence: u64,
    server: Server,
    devices: Vec<Device>,
    model: Model,
    figures: Figures,
    edits_left: u64,
    next_value: i64,
    is_healed: bool,
    is_told: bool,
}

/// Lives through the history of a seed.
///
/// # Panics
/// When something is lost, doubled, or not the same everywhere in the end.
pub fn run(seed: u64, is_told: bool) -> Figures {
    let mut random = Random::new(seed);
    let count = 3 + random.below(8) as usize;
    let devices: Vec<_> = (0..count)
        .map(|index| Device::new(index, &mut random))
        .collect();
    let mut world = World {
        now: START,
        events: BinaryHeap::new(),
        due: BTreeMap::new(),
        sequence: 0,
        server: Server::new(seed.is_multiple_of(16)),
        model: Model::default(),
        figures: Figures::default(),
        edits_left: 10 + random.below(40),
        next_value: 0,
        is_healed: false,
        is_told,
        devices,
        random,
    };
    world.live();
    world.heal();
    world.check();
    world.figures.histories = 1;
    world.figures.losers = world.server.losers.len() as u64;
    world.figures
}

impl World {
    fn tell(&self, what: impl FnOnce() -> String) {
        if self.is_told {
            use std::io::Write as _;
            let _ = writeln!(std::io::stdout(), "{:>12} {}", self.now - START, what());
        }
    }

    fn after(&mut self, delay: Millis, event: Event) {
        self.sequence += 1;
        self.due.insert(self.sequence, event);
        self.events.push(Reverse((self.now + delay, self.sequence)));
    }

    fn live(&mut self) {
        for index in 0..self.devices.len() {
            let delay = self.random.between(0, 60 * SECOND);
            self.after(delay, Event::Wake(index));
        }
        while self.edits_left > 0 {
            self.step();
        }
    }

    /// Everything works again; what is on its way still comes, be it after a year.
    fn heal(&mut self) {
        self.tell(|| "healed".into());
        self.is_healed = true;
        for device in &mut self.devices {
            device.is_offline = false;
        }
        for index in 0..self.devices.len() {
            self.after(0, Event::Sync(index));
        }
        let mut steps = 0;
        while self.step() {
            steps += 1;
            assert!(steps < 20_000, "queues never get empty");
        }
        // Late requests may have changed something after the last pull.
        for index in 0..self.devices.len() {
            self.after(0, Event::Sync(index));
        }
        while self.step() {}
    }

    fn step(&mut self) -> bool {
        let Some(Reverse((time, sequence))) = self.events.pop() else {
            return false;
        };
        self.now = self.now.max(time);
        if let Some(event) = self.due.remove(&sequence) {
            self.happen(event);
        }
        true
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Wake(index) => self.wake(index),
            Event::Sync(index) => self.sync(index),
            Event::Arrive(index, id, Request::Push(batch)) => self.read(index, id, batch, 0),
            Event::Arrive(index, id, Request::Pull) => self.answer_pull(index, id),
            Event::Commit(index, id, batch, snapshot, tries) => {
                self.commit(index, id, batch, &snapshot, tries);
            }
            Event::Pushed(index, id, verdicts) => self.pushed(index, id, verdicts),
            Event::Pulled(index, id, changes, cursor, has_more) => {
                self.pulled(index, id, changes, cursor, has_more);
            }
            Event::TimeOut(index, id) => {
                if self.devices[index].waits_for == Some(id) {
                    self.devices[index].waits_for = None;
                    self.after(0, Event::Sync(index));
                }
            }
        }
    }

    /// A phone does something, or nothing.
    fn wake(&mut self, index: usize) {
        if !self.is_healed {
            self.mishap(index);
            if self.random.percent(60) && self.edits_left > 0 {
                self.edits_left -= 1;
                self.figures.operations += 1;
                let (uid, now) = (self.figures.operations, self.now);
                let device = &mut self.devices[index];
                device.edit(&mut self.random, now, uid, &mut self.next_value);
                let queued = self.devices[index].queue().last();
                self.tell(|| format!("{index} queues {queued:?}"));
            }
            let delay = match self.random.below(50) {
                0 => self.random.between(DAY, 200 * DAY),
                1..5 => self.random.between(0, DAY),
                _ => self.random.between(0, 30 * SECOND),
            };
            self.after(delay, Event::Wake(index));
        }
        self.sync(index);
    }

    fn mishap(&mut self, index: usize) {
        let device = &mut self.devices[index];
        if self.random.percent(1) {
            self.server.clean_up(self.now);
        }
        match self.random.below(200) {
            0 if device.install < 2 => {
                device.reinstall();
                self.figures.reinstalls += 1;
                self.tell(|| format!("{index} is installed anew"));
            }
            1..4 => {
                device.back_up();
                self.tell(|| format!("{index} is backed up"));
            }
            4..6 if device.install < 2 => {
                device.restore_backup();
                self.figures.reinstalls += 1;
                self.tell(|| format!("{index} is set back"));
            }
            6 => {
                let skew = self.random.between(-DAY, DAY);
                device.set_clock(skew);
                self.tell(|| format!("{index} has its clock off by {skew}"));
            }
            7..25 => device.is_offline = !device.is_offline,
            _ => {}
        }
    }

    /// Sends what is queued, or asks for news.
    fn sync(&mut self, index: usize) {
        let device = &mut self.devices[index];
        if device.waits_for.is_some() || device.is_offline {
            return;
        }
        let may_pull = device.queue().is_empty() || self.random.percent(30);
        let request = match may_pull {
            true => Request::Pull,
            false => Request::Push(device.next_batch(&mut self.random)),
        };
        let id = self.sequence + 1;
        device.waits_for = Some(id);
        self.after(30 * SECOND, Event::TimeOut(index, id));
        self.send(index, id, request);
    }

    /// Puts a request on the network.
    fn send(&mut self, index: usize, id: u64, request: Request) {
        if matches!(request, Request::Push(_)) && self.random.percent(15) {
            // Somewhere on the way it is kept, and sent once more.
            let delay = match self.random.below(4) {
                0 => self.random.between(0, 400 * DAY),
                1 => self.random.between(0, DAY),
                _ => self.random.between(0, 60 * SECOND),
            };
            self.after(delay, Event::Arrive(index, id, request.clone()));
        }
        if self.is_healed || !self.random.percent(10) {
            let delay = self
                .random
                .between(1, 40 * SECOND / if self.is_healed { 40 } else { 1 });
            self.after(delay, Event::Arrive(index, id, request));
        }
    }

    fn read(&mut self, index: usize, id: u64, batch: Vec<Sent>, tries: u32) {
        let snapshot = self
            .server
            .read(&self.devices[index].name, &batch, self.now);
        let delay = self.random.between(1, 2 * SECOND);
        self.after(
            delay,
            Event::Commit(index, id, batch, Box::new(snapshot), tries),
        );
    }

    fn commit(
        &mut self,
        index: usize,
        id: u64,
        mut batch: Vec<Sent>,
        snapshot: &Snapshot,
        tries: u32,
    ) {
        if !self.is_healed && self.random.percent(5) {
            self.figures.crashes += 1;
            self.tell(|| format!("the server dies before it has written {id}"));
            return;
        }
        self.decide_elsewhere(&mut batch, snapshot);
        let operations: Vec<_> = batch.iter().map(|sent| sent.operation.clone()).collect();
        let transition = apply(snapshot, &operations, self.now);
        if self.is_told {
            assert_eq!(transition, apply(snapshot, &operations, self.now));
        }
        let name = self.devices[index].name.clone();
        if !self
            .server
            .commit(snapshot.version, transition.clone(), &name, self.now)
        {
            self.figures.swaps_failed += 1;
            if tries < 5 {
                self.read(index, id, batch, tries + 1);
            }
            return;
        }
        self.tell(|| {
            format!(
                "the server writes {id} of {index}: {:?} {:?}",
                transition.verdicts, transition.losers
            )
        });
        self.model
            .committed(&self.server, snapshot, &batch, &transition, self.now);
        self.count(&transition.verdicts);
        let verdicts = batch
            .iter()
            .map(|sent| sent.uid)
            .zip(transition.verdicts)
            .collect();
        if !self.is_healed && self.random.percent(15) {
            self.figures.replies_lost += 1;
            self.tell(|| format!("the reply to {id} is lost"));
            return;
        }
        let delay = self
            .random
            .between(1, 20 * SECOND / if self.is_healed { 20 } else { 1 });
        self.after(delay, Event::Pushed(index, id, verdicts));
    }

    /// Other parts of the API carry out what is theirs, unless it came before.
    fn decide_elsewhere(&mut self, batch: &mut [Sent], snapshot: &Snapshot) {
        for sent in batch.iter_mut().filter(|sent| sent.is_foreign) {
            let recall = snapshot.recall(&sent.operation, self.now);
            let outcome = match (recall, self.random.below(10)) {
                (Recall::Known(_), _) => Some(Outcome::Applied),
                (_, 0..3) => Some(Outcome::Rejected(Rejection::new(403, "NO"))),
                (_, 3..5) if !self.is_healed => None,
                _ => Some(Outcome::Applied),
            };
            sent.operation.action = sync_core::Action::Elsewhere(outcome);
        }
    }

    fn count(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            let figures = &mut self.figures;
            *match verdict {
                Verdict::Applied(_) => &mut figures.applied,
                Verdict::Duplicate(_) => &mut figures.duplicates,
                Verdict::Conflict => &mut figures.conflicts,
                Verdict::Rejected(_) => &mut figures.rejected,
                Verdict::Retry => &mut figures.retries,
            } += 1;
        }
    }

    fn pushed(&mut self, index: usize, id: u64, verdicts: Vec<(u64, Verdict)>) {
        let device = &mut self.devices[index];
        if device.waits_for != Some(id) {
            return;
        }
        device.waits_for = None;
        for (uid, verdict) in verdicts {
            if verdict != Verdict::Retry {
                device.acknowledge(uid);
                self.model.acknowledged(uid, &verdict);
            }
        }
        self.after(0, Event::Sync(index));
    }

    fn answer_pull(&mut self, index: usize, id: u64) {
        let device = &self.devices[index];
        if device.waits_for != Some(id) {
            return;
        }
        let limit = 1 + self.random.below(6) as usize;
        let (changes, cursor, has_more) = self.server.changes(device, limit);
        if self.is_healed || !self.random.percent(15) {
            let delay = self.random.between(1, 2 * SECOND);
            self.after(delay, Event::Pulled(index, id, changes, cursor, has_more));
        }
    }

    fn pulled(
        &mut self,
        index: usize,
        id: u64,
        changes: Vec<Change>,
        cursor: Version,
        has_more: bool,
    ) {
        let latest = self.server.latest();
        let device = &mut self.devices[index];
        if device.waits_for != Some(id) {
            return;
        }
        device.waits_for = None;
        device.pull(changes, cursor, has_more, latest);
        if has_more || !device.queue().is_empty() {
            self.after(0, Event::Sync(index));
        }
    }

    fn check(&self) {
        let there: BTreeMap<_, _> = self
            .server
            .records
            .iter()
            .filter(|(_, record)| !record.is_deleted())
            .map(|(key, record)| (key.clone(), record.body.clone()))
            .collect();
        for device in &self.devices {
            assert!(
                device.queue().is_empty(),
                "{} still has {:?}",
                device.name,
                device.queue()
            );
            assert_eq!(device.copy(), &there, "{} sees something else", device.name);
        }
        self.model.check_counters(&self.server);
    }
}
