//! Carries out a batch: the records together, other operations by their own routes, and each only
//! after what it needs.

use std::collections::HashMap;

use sync_core::{Action, Operation, Outcome, Place, Verdict, Version, needs, waves};

use super::call::{Call, outcome};
use super::item::Item;
use super::store::{Seen, Synced, look, sync, sync_from};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::{InnerAnswer, InnerCalls};

/// Operations of other routes wait for each other at most so often, whatever the priorities, needs
/// and resources of a batch are: this bounds its trips. What is left comes back with `retry`.
const MAX_WAVES: usize = 12;

/// A batch that was carried out.
pub struct Done {
    /// What was written last, and what became of every operation.
    pub synced: Synced,
    /// The user's last change before the batch, if all changes since are the batch's.
    pub version_before: Option<Version>,
    /// What other routes answered.
    pub answers: Vec<Option<InnerAnswer>>,
}

/// Carries out a batch.
///
/// # Errors
/// When the session ended, or too many other devices were faster.
pub async fn carry_out(
    context: &Context,
    caller: &Caller,
    device_id: &str,
    items: &[Item],
) -> Result<Done> {
    let operations: Vec<Operation> = items.iter().map(|item| item.operation.clone()).collect();
    if items.iter().all(|item| item.call.is_none()) {
        let synced = sync(context, caller, device_id, &operations).await?;
        return Ok(Done {
            version_before: Some(synced.seen.snapshot.version),
            answers: items.iter().map(|_| None).collect(),
            synced,
        });
    }
    let mut run = Run {
        calls: InnerCalls::new(context, Some(caller))?,
        needs: needs(&operations),
        answers: items.iter().map(|_| None).collect(),
        verdicts: vec![Verdict::Retry; items.len()],
        is_over: vec![false; items.len()],
        waves_left: MAX_WAVES,
        operations,
        items,
    };
    let seen = look(context, caller, device_id, &run.operations).await?;
    run.begin(&seen, context.now_ms()).await?;
    let mut synced = run.settle(context, caller, seen).await?;
    let mut version_before = Some(synced.seen.snapshot.version);
    // Once more as long as there are operations that needed records.
    while run.go_on(&synced).await? {
        let seen = look(context, caller, device_id, &run.operations).await?;
        let latest = synced.transition.version;
        synced = run.settle(context, caller, seen).await?;
        version_before = version_before.filter(|_| synced.seen.snapshot.version == latest);
    }
    synced.transition.verdicts = run.verdicts;
    Ok(Done {
        synced,
        version_before,
        answers: run.answers,
    })
}

struct Run<'a> {
    items: &'a [Item],
    calls: InnerCalls,
    /// As the core gets them: what other routes did is put in.
    operations: Vec<Operation>,
    needs: Vec<Vec<usize>>,
    answers: Vec<Option<InnerAnswer>>,
    /// The first that counts of each: asked again, the core finds that it came before.
    verdicts: Vec<Verdict>,
    /// Nothing more happens to it in this batch.
    is_over: Vec<bool>,
    waves_left: usize,
}

impl<'a> Run<'a> {
    fn call(&self, at: usize) -> Option<&'a Call> {
        self.items[at].call.as_ref()
    }

    /// Looks up what was answered to operations that came before, and carries out those that need
    /// no record of this batch.
    async fn begin(&mut self, seen: &Seen, now: i64) -> Result<()> {
        let verdicts = seen.decide(&self.operations, now).verdicts;
        let mut known = Vec::new();
        for (at, verdict) in verdicts.iter().enumerate() {
            // What is decided on a record counts when it is written.
            self.is_over[at] = matches!(verdict, Verdict::Duplicate(_));
            if let (Verdict::Duplicate(Outcome::Applied), Some(call)) = (verdict, self.call(at)) {
                self.operations[at].action = Action::Elsewhere(Some(Outcome::Applied));
                known.push((at, call));
            }
        }
        if !known.is_empty() {
            let lanes = known
                .iter()
                .map(|(_, call)| call.carry_out(&self.calls, true));
            let answers = self.calls.side_by_side(lanes.collect()).await?;
            for ((at, _), answer) in known.into_iter().zip(answers) {
                self.answers[at] = Some(answer).filter(|answer| answer.status.is_success());
            }
        }
        let open = self.open(&verdicts);
        self.carry_out(open).await.map(|_| ())
    }

    /// Has the core decide on everything with what is known now, and writes it.
    async fn settle(&mut self, context: &Context, caller: &Caller, seen: Seen) -> Result<Synced> {
        let synced = sync_from(context, caller, &self.operations, seen).await?;
        for (at, verdict) in synced.transition.verdicts.iter().enumerate() {
            if self.verdicts[at] == Verdict::Retry {
                self.verdicts[at] = verdict.clone();
            }
            self.is_over[at] |= *verdict != Verdict::Retry;
        }
        Ok(synced)
    }

    /// Carries out what was waiting for records; false if there was nothing.
    async fn go_on(&mut self, synced: &Synced) -> Result<bool> {
        let open = self.open(&synced.transition.verdicts);
        self.carry_out(open).await
    }

    /// The calls that can be carried out now: all that they need is over, or among them.
    fn open(&self, verdicts: &[Verdict]) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.items.len())
            .filter(|&at| !self.is_over[at] && self.call(at).is_some())
            .filter(|&at| verdicts[at] == Verdict::Retry)
            .collect();
        loop {
            let is_ready = |at: &usize| {
                let mut needs = self.needs[*at].iter();
                needs.all(|need| self.is_over[*need] || open.contains(need))
            };
            let ready: Vec<_> = open.iter().copied().filter(is_ready).collect();
            if ready.len() == open.len() {
                return open;
            }
            open = ready;
        }
    }

    /// Carries these out, and says whether any could be.
    async fn carry_out(&mut self, open: Vec<usize>) -> Result<bool> {
        let mut has_run = false;
        for wave in self.waves(&open) {
            if self.waves_left == 0 {
                break;
            }
            self.waves_left -= 1;
            has_run |= self.carry_out_wave(wave).await?;
        }
        Ok(has_run)
    }

    async fn carry_out_wave(&mut self, wave: Vec<usize>) -> Result<bool> {
        // The same operation twice is carried out once.
        let mut firsts: HashMap<&str, usize> = HashMap::new();
        let mut same: Vec<(usize, usize)> = Vec::new();
        let mut lanes = Vec::new();
        let mut running = Vec::new();
        for at in wave {
            let Some(call) = self.call(at) else { continue };
            let went_well = |need: &usize| self.went_well(*need);
            if !self.needs[at].iter().all(went_well) {
                // The core says so.
                continue;
            }
            if let Some(key) = &call.key {
                if let Some(first) = firsts.get(key.as_str()) {
                    same.push((at, *first));
                    continue;
                }
                firsts.insert(key, at);
            }
            lanes.push(call.carry_out(&self.calls, false));
            running.push(at);
        }
        let has_run = !running.is_empty();
        let answers = self.calls.side_by_side(lanes).await?;
        for (at, answer) in running.into_iter().zip(answers) {
            self.end(at, answer);
        }
        for (at, first) in same {
            if let Some(answer) = self.answers[first].clone() {
                self.end(at, answer);
            }
        }
        Ok(has_run)
    }

    fn end(&mut self, at: usize, answer: InnerAnswer) {
        self.is_over[at] = true;
        self.operations[at].action = Action::Elsewhere(outcome(&answer));
        self.answers[at] = Some(answer);
    }

    /// Whether an operation of this batch lets go on what needs it. Of one that came before, and
    /// of records, the core has made sure.
    fn went_well(&self, at: usize) -> bool {
        match (&self.answers[at], &self.operations[at].action) {
            (None, _) => self.is_over[at],
            (_, Action::Elsewhere(outcome)) => matches!(outcome, Some(Outcome::Applied)),
            _ => true,
        }
    }

    fn waves(&self, open: &[usize]) -> Vec<Vec<usize>> {
        let position = |at: usize| open.iter().position(|other| *other == at);
        let needs: Vec<Vec<usize>> = open
            .iter()
            .map(|&at| {
                self.needs[at]
                    .iter()
                    .filter_map(|need| position(*need))
                    .collect()
            })
            .collect();
        let resources: Vec<String> = open
            .iter()
            .map(|&at| match self.call(at) {
                Some(call) if !call.resource.is_empty() => call.resource.clone(),
                // Something new, and nobody else's.
                _ => at.to_string(),
            })
            .collect();
        let places: Vec<_> = open
            .iter()
            .zip(needs.iter().zip(&resources))
            .map(|(&at, (needs, resource))| {
                let operation = &self.operations[at];
                Place {
                    priority: operation.priority,
                    created_at: operation.created_at.unwrap_or(i64::MAX),
                    number: None,
                    resource,
                    needs,
                }
            })
            .collect();
        let may_share = |one: usize, other: usize| {
            let calls = self.call(open[one]).zip(self.call(open[other]));
            calls.is_some_and(|(one, other)| one.may_go_with(other))
        };
        let waves = waves(&places, may_share);
        let back = |wave: Vec<usize>| wave.into_iter().map(|at| open[at]).collect();
        waves.into_iter().map(back).collect()
    }
}
