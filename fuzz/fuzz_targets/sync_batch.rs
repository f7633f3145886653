//! Batches of any operations over whatever may stand in the database: never a panic, the same
//! every time, and what has a number or a name is known when it comes again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Number, Value};
use sync_core::{
    Action, Base, DeviceMemory, Digest, Fields, Identity, KEY_LIFE_MS, Key, KeyPage, Operation,
    Snapshot, Stored, Verdict, apply,
};

const NOW: i64 = 1_800_000_000_000;

type Raw<'a> = (u8, u8, u64, Option<i64>, Option<i64>, &'a str, f64);

fuzz_target!(|input: (Option<&str>, Option<&str>, Vec<Raw<'_>>)| {
    let (memory, page, raw) = input;
    let mut snapshot = Snapshot::default();
    if let Some(memory) = memory {
        // Nothing that is stored makes it panic, whether or not we could have stored it.
        let Some(memory) = DeviceMemory::of_text(memory) else {
            return;
        };
        snapshot.memory = memory;
    }
    if let Some(page) = page {
        let Some(page) = KeyPage::of_text(page) else {
            return;
        };
        snapshot.keys.load(&page);
    }
    let batch: Vec<_> = raw.into_iter().take(100).map(operation).collect();
    let transition = apply(&snapshot, &batch, NOW);
    assert_eq!(transition, apply(&snapshot, &batch, NOW));
    assert_eq!(transition.verdicts.len(), batch.len());
    assert_eq!(transition.order.len(), batch.len());
    assert!(transition.is_empty() || transition.version > snapshot.version);
    if memory.is_some() || page.is_some() {
        return;
    }
    snapshot.records = transition.changed;
    snapshot.version = transition.version;
    snapshot.memory = transition.memory.map(again).unwrap_or_default();
    for (_, page) in transition.keys {
        snapshot.keys.load(&again(page));
    }
    // Each number may be of another numbering, and four of those are remembered.
    let is_numbered = |operation: &&Operation| matches!(operation.identity, Identity::Number(_));
    let is_sure = batch.iter().filter(is_numbered).count() <= 4;
    let repeated = apply(&snapshot, &batch, NOW);
    for (operation, (first, second)) in batch
        .iter()
        .zip(transition.verdicts.iter().zip(&repeated.verdicts))
    {
        let is_known = match operation.identity {
            Identity::None => false,
            Identity::Number(_) => is_sure,
            Identity::Named(_) => operation.created_at.is_none_or(|at| at >= NOW - KEY_LIFE_MS),
        } && *first != Verdict::Retry;
        assert!(!is_known || matches!(second, Verdict::Duplicate(_)), "{operation:?}: {first:?}, {second:?}");
    }
});

fn again<T: Stored + PartialEq + std::fmt::Debug>(value: T) -> T {
    let read = T::of_text(&value.to_text()).expect("we read what we wrote");
    assert_eq!(value, read);
    read
}

fn operation((kind, flags, number, at, created_at, text, amount): Raw<'_>) -> Operation {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let fields = Fields::from_iter([("a".to_owned(), value), ("b".to_owned(), number.into())]);
    let action = match kind % 6 {
        0 => Action::Put(fields),
        1 => Action::Patch(fields),
        2 => Action::Delete,
        3 => Action::Add {
            field: "a".into(),
            amount: Number::from_f64(amount).unwrap_or_else(|| number.into()),
        },
        4 => Action::Elsewhere(None),
        _ => Action::Patch(Fields::new()),
    };
    Operation {
        identity: match kind / 6 % 3 {
            0 => Identity::None,
            1 => Identity::Number(number),
            _ => Identity::Named(Digest::of(&[text])),
        },
        content: Digest::of(&[text]).number(kind.into()),
        key: Key {
            collection: "c".into(),
            id: (flags % 4).to_string(),
        },
        action,
        at,
        created_at,
        made_at: at,
        base: match flags / 4 % 3 {
            0 => None,
            1 => Some(Base::Version(at.unwrap_or(0))),
            _ => Some(Base::Time(created_at.unwrap_or(0))),
        },
        priority: flags / 16,
        depends_on: (flags > 200).then_some(Identity::Number(number / 2)).into_iter().collect(),
    }
}
