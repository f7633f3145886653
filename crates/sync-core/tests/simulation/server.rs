//! The server: reads, decides, and writes if nobody else has written in between.

use std::collections::BTreeMap;

use serde_json::Value;
use sync_core::{
    DeviceMemory, Digest, Fields, Identity, Key, KeyMemory, KeyPage, Loser, Millis, Record,
    Snapshot, Stored, Transition, Version,
};

use super::device::{Change, Device, Sent, key};

/// What is stored.
#[derive(Default)]
pub struct Server {
    version: Version,
    pub records: BTreeMap<Key, Record>,
    memories: BTreeMap<String, DeviceMemory>,
    /// Named operations: until when, of which day, which.
    pages: Vec<(Millis, i64, KeyPage)>,
    pub losers: BTreeMap<Digest, Loser>,
    /// Whether everything goes through its stored form on every write.
    pub stores_as_text: bool,
}

impl Server {
    pub fn new(stores_as_text: bool) -> Self {
        let mut server = Self {
            stores_as_text,
            ..Self::default()
        };
        let counters = ["c0", "c1"].map(|id| sync_core::Operation {
            identity: Identity::None,
            content: Digest::default(),
            key: key("counters", id),
            action: sync_core::Action::Put(Fields::from_iter([("name".into(), Value::from(id))])),
            at: Some(0),
            created_at: None,
            made_at: None,
            base: None,
            priority: 0,
            depends_on: Vec::new(),
        });
        let transition = sync_core::apply(&Snapshot::default(), &counters, 0);
        assert!(server.commit(0, transition, "", 0));
        server
    }

    /// All that matters to a batch.
    pub fn read(&self, device: &str, batch: &[Sent], now: Millis) -> Snapshot {
        let mut snapshot = Snapshot {
            device: device.into(),
            version: self.version,
            ..Snapshot::default()
        };
        let mut days = Vec::new();
        for Sent { operation, .. } in batch {
            if let Some(record) = self.records.get(&operation.key) {
                let key = operation.key.clone();
                snapshot.records.insert(key, record.clone());
            }
            match operation.identity {
                Identity::Number(_) => {
                    snapshot.memory = self.memories.get(device).cloned().unwrap_or_default();
                }
                Identity::Named(_) => days.push(KeyMemory::day(operation.created_at)),
                Identity::None => {}
            }
        }
        for (expires_at, day, page) in &self.pages {
            if *expires_at >= now && days.contains(day) {
                snapshot.keys.load(page);
            }
        }
        snapshot
    }

    /// Writes it all, or nothing if somebody has written since.
    pub fn commit(
        &mut self,
        read: Version,
        transition: Transition,
        device: &str,
        now: Millis,
    ) -> bool {
        if self.version != read {
            return false;
        }
        self.version = transition.version;
        let changed = transition.changed.into_iter();
        for (key, mut record) in changed {
            if self.stores_as_text {
                record.versions = again(&record.versions);
            }
            self.records.insert(key, record);
        }
        for mut loser in transition.losers {
            if self.stores_as_text {
                loser.lost = again(&loser.lost);
            }
            self.losers.entry(loser.id).or_insert(loser);
        }
        if let Some(mut memory) = transition.memory {
            if self.stores_as_text {
                memory = again(&memory);
            }
            self.memories.insert(device.into(), memory);
        }
        for (day, mut page) in transition.keys {
            if self.stores_as_text {
                page = again(&page);
            }
            self.pages
                .push((KeyMemory::expires_at(day, now), day, page));
        }
        true
    }

    pub fn clean_up(&mut self, now: Millis) {
        self.pages.retain(|&(expires_at, ..)| expires_at >= now);
    }

    /// A page of what changed: the changes, up to where they reach, and whether there are more.
    pub fn changes(&self, device: &Device, limit: usize) -> (Vec<Change>, Version, bool) {
        let since = device.cursor();
        let mut newer: Vec<_> = self
            .records
            .iter()
            .filter(|(_, record)| record.version > since)
            .collect();
        newer.sort_by_key(|(_, record)| record.version);
        let has_more = newer.len() > limit;
        newer.truncate(limit);
        let cursor = match newer.last() {
            Some((_, record)) if has_more => record.version,
            _ => self.version,
        };
        let is_differential = device.is_differential;
        let changes = newer.into_iter().map(|(key, record)| {
            let newer = record
                .changed_since(device.complete())
                .filter(|_| is_differential);
            let fields = newer.map_or_else(|| (record.body.clone(), true), |some| (some, false));
            (key.clone(), (!record.is_deleted()).then_some(fields))
        });
        (changes.collect(), cursor, has_more)
    }

    /// The latest time in any record.
    pub fn latest(&self) -> Millis {
        let times = self.records.values().map(|record| record.updated_at);
        times.max().unwrap_or(0)
    }
}

fn again<T: Stored + PartialEq + std::fmt::Debug>(value: &T) -> T {
    let read = T::of_text(&value.to_text()).unwrap();
    assert_eq!(&read, value);
    read
}
