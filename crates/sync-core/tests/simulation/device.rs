//! A phone: a queue, a copy of what the server had, and a clock that is wrong.

use std::collections::BTreeMap;

use serde_json::{Number, Value};
use sync_core::{Action, Base, Clock, Digest, Fields, Identity, Key, Millis, Operation, Version};

use super::SECOND;
use super::random::Random;

/// An operation on its way, with what only the simulation knows of it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// One for each operation that a person made.
    pub uid: u64,
    pub operation: Operation,
    /// The values that are new in it: each occurs in one operation only.
    pub fresh: Vec<i64>,
    /// Whether it is of another part of the API, which decides what becomes of it.
    pub is_foreign: bool,
}

/// How a client makes its operations known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Numbered,
    Named,
    /// Not at all: single requests with `updated_at`.
    Timed,
    /// Not at all, and without a time.
    Bare,
}

/// What a phone keeps on its disk.
#[derive(Clone, Debug)]
struct Disk {
    queue: Vec<Sent>,
    next_number: u64,
    copy: BTreeMap<Key, Fields>,
    /// Up to where it has pulled.
    cursor: Version,
    /// Up to where it had everything when it began the present pull, of maybe many pages: to that
    /// state the differences are told.
    complete: Version,
    clock: Clock,
}

#[derive(Debug)]
pub struct Device {
    pub name: String,
    pub style: Style,
    pub install: u32,
    disk: Disk,
    backup: Option<Disk>,
    skew: Millis,
    sends_base: bool,
    /// Whether its clock learns from what it pulls.
    is_hybrid: bool,
    /// Whether it asks for changed fields only.
    pub is_differential: bool,
    /// The request that it waits for.
    pub waits_for: Option<u64>,
    pub is_offline: bool,
}

/// What a change says of a record: `None` if it was deleted.
pub type Change = (Key, Option<(Fields, bool)>);

impl Device {
    pub fn new(index: usize, random: &mut Random) -> Self {
        let day = 24 * 60 * 60 * 1000;
        let skew = match random.below(4) {
            0 => 0,
            1 => random.between(-2000, 2000),
            2 => random.between(-day, day),
            _ => random.pick(&[-day, day]),
        };
        Self {
            name: format!("phone-{index}"),
            style: random.pick(&[
                Style::Numbered,
                Style::Numbered,
                Style::Numbered,
                Style::Named,
                Style::Named,
                Style::Timed,
                Style::Bare,
            ]),
            install: 0,
            disk: Disk::new(),
            backup: None,
            skew,
            sends_base: random.percent(50),
            is_hybrid: random.percent(50),
            is_differential: random.percent(50),
            waits_for: None,
            is_offline: random.percent(20),
        }
    }

    pub fn queue(&self) -> &[Sent] {
        &self.disk.queue
    }

    pub fn cursor(&self) -> Version {
        self.disk.cursor
    }

    pub fn complete(&self) -> Version {
        self.disk.complete
    }

    pub fn copy(&self) -> &BTreeMap<Key, Fields> {
        &self.disk.copy
    }

    /// The person deletes the app and installs it anew: what was not sent is gone.
    pub fn reinstall(&mut self) {
        self.disk = Disk::new();
        self.waits_for = None;
        self.install += 1;
    }

    /// The phone is set back to its backup, if it has one.
    pub fn restore_backup(&mut self) {
        if let Some(disk) = self.backup.take() {
            self.disk = disk;
            self.waits_for = None;
            self.install += 1;
        }
    }

    pub fn back_up(&mut self) {
        self.backup = Some(self.disk.clone());
    }

    pub fn set_clock(&mut self, skew: Millis) {
        self.skew = skew;
    }

    /// The clock on the wall of the phone.
    fn time(&mut self, now: Millis) -> Millis {
        let now = now + self.skew;
        match self.is_hybrid {
            true => self.disk.clock.tick(now),
            // Many formats know whole seconds only.
            false if self.name.ends_with('1') => now / SECOND * SECOND,
            false => now,
        }
    }

    /// What the person sees: the copy, with what is on its way.
    pub fn view(&self, key: &Key) -> Option<Fields> {
        let mut view = self.disk.copy.get(key).cloned();
        let own = self.disk.queue.iter();
        for sent in own.filter(|sent| sent.operation.key == *key && !sent.is_foreign) {
            match &sent.operation.action {
                Action::Put(fields) => view = Some(fields.clone()),
                Action::Patch(fields) => {
                    if let Some(view) = &mut view {
                        view.extend(fields.clone());
                    }
                }
                Action::Delete => view = None,
                Action::Add { field, amount } => {
                    if let Some(view) = &mut view {
                        let value = view.get(field).and_then(Value::as_i64).unwrap_or(0);
                        let sum = value + amount.as_i64().unwrap_or(0);
                        view.insert(field.clone(), sum.into());
                    }
                }
                Action::Elsewhere(_) => {}
            }
        }
        view
    }

    /// The person does something.
    pub fn edit(&mut self, random: &mut Random, now: Millis, uid: u64, next_value: &mut i64) {
        let notes = ["n0", "n1", "n2"];
        let (key, action, fresh, is_foreign) = if self.can_add() && random.percent(30) {
            let amount = random.between(-3, 9);
            let action = Action::Add {
                field: "total".into(),
                amount: Number::from(amount),
            };
            (
                key("counters", random.pick(&["c0", "c1"])),
                action,
                Vec::new(),
                false,
            )
        } else if self.can_add() && random.percent(8) {
            let action = Action::Elsewhere(None);
            (
                key("assets", random.pick(&["1", "2"])),
                action,
                Vec::new(),
                true,
            )
        } else if random.percent(5) {
            // A record that nobody has: a poisonous operation.
            let action = Action::Patch(Fields::from_iter([("text".into(), Value::from(0))]));
            (key("notes", "nowhere"), action, Vec::new(), false)
        } else {
            let key = key("notes", random.pick(&notes));
            let (action, fresh) = self.edit_of(&key, random, next_value);
            (key, action, fresh, false)
        };
        let time = self.time(now);
        let is_bare = self.style == Style::Bare;
        let mut operation = Operation {
            identity: Identity::None,
            content: Digest::of(&[&format!("{action:?}")]),
            key,
            action,
            at: (!is_bare && random.percent(70)).then_some(time),
            created_at: (!is_bare).then_some(time),
            made_at: None,
            base: self.sends_base.then_some(Base::Version(self.disk.complete)),
            priority: random.below(5) as u8,
            depends_on: Vec::new(),
        };
        match self.style {
            Style::Numbered => {
                operation.identity = Identity::Number(self.disk.next_number);
                // Now and then a number is never used.
                self.disk.next_number += 1 + u64::from(random.percent(5));
            }
            Style::Named => operation.identity = Identity::Named(Digest::of(&[&uid.to_string()])),
            Style::Timed | Style::Bare => operation.at = operation.created_at,
        }
        // What was made on top of what is on its way has a base that the server does not know;
        // it knows better where operations are numbered.
        if self.style != Style::Numbered
            && self
                .disk
                .queue
                .iter()
                .any(|sent| sent.operation.key == operation.key)
        {
            operation.base = None;
        }
        if self.can_add() && random.percent(15) {
            operation.depends_on = self
                .disk
                .queue
                .last()
                .map(|sent| sent.operation.identity)
                .into_iter()
                .collect();
        }
        self.disk.queue.push(Sent {
            uid,
            operation,
            fresh,
            is_foreign,
        });
    }

    /// Only who is known again may add: anybody else could not tell twice from once.
    fn can_add(&self) -> bool {
        matches!(self.style, Style::Numbered | Style::Named)
    }

    fn edit_of(&self, key: &Key, random: &mut Random, next_value: &mut i64) -> (Action, Vec<i64>) {
        let view = self.view(key);
        if view.is_some() && random.percent(15) {
            return (Action::Delete, Vec::new());
        }
        let names = ["title", "text", "mood"];
        let mut fresh = Vec::new();
        let mut fields = Fields::new();
        for name in names {
            if fresh.is_empty() && name == "mood" || random.percent(40) {
                *next_value += 1;
                fresh.push(*next_value);
                fields.insert(name.into(), Value::from(*next_value));
            }
        }
        match view {
            Some(_) if random.percent(30) => (Action::Patch(fields), fresh),
            Some(mut whole) => {
                whole.extend(fields);
                (Action::Put(whole), fresh)
            }
            None => (Action::Put(fields), fresh),
        }
    }

    /// What it sends next.
    pub fn next_batch(&self, random: &mut Random) -> Vec<Sent> {
        let most = match self.style {
            Style::Numbered | Style::Named => 1 + random.below(8) as usize,
            Style::Timed | Style::Bare => 1,
        };
        self.disk.queue.iter().take(most).cloned().collect()
    }

    /// An operation is done with.
    pub fn acknowledge(&mut self, uid: u64) {
        self.disk.queue.retain(|sent| sent.uid != uid);
    }

    /// Takes in what others did.
    pub fn pull(&mut self, changes: Vec<Change>, cursor: Version, has_more: bool, latest: Millis) {
        for (key, change) in changes {
            match change {
                None => {
                    self.disk.copy.remove(&key);
                }
                Some((fields, is_whole)) => {
                    let copy = self.disk.copy.entry(key).or_default();
                    if is_whole {
                        copy.clear();
                    }
                    copy.extend(fields);
                    copy.retain(|_, value| !value.is_null());
                }
            }
        }
        self.disk.cursor = cursor;
        if !has_more {
            self.disk.complete = cursor;
        }
        self.disk.clock.observe(latest);
    }
}

impl Disk {
    fn new() -> Self {
        Self {
            queue: Vec::new(),
            next_number: 1,
            copy: BTreeMap::new(),
            cursor: 0,
            complete: 0,
            clock: Clock::default(),
        }
    }
}

pub fn key(collection: &str, id: &str) -> Key {
    Key {
        collection: collection.into(),
        id: id.into(),
    }
}
