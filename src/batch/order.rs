//! Does many small pieces of work on several threads and hands the results over in the order of the work.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

/// Results that may wait for an earlier one, for each thread.
const AHEAD: usize = 4;

/// Does `work` on every item. The first argument of `work` is a state of its thread's own, such as a buffer that is used again; `take` runs on the
/// calling thread and sees the results in the order of `items`, so that nobody can tell how many threads there were. One thread needs none.
pub(super) fn in_order<I, S, R>(items: I, threads: usize, work: impl Fn(&mut S, I::Item) -> R + Sync, mut take: impl FnMut(R))
where
    I: Iterator + Send,
    I::Item: Send,
    S: Default,
    R: Send,
{
    if threads <= 1 {
        let mut state = S::default();
        items.for_each(|item| take(work(&mut state, item)));
        return;
    }
    let items = Mutex::new(items.enumerate());
    let gate = Gate { ahead: threads * AHEAD, ..Gate::default() };
    let (send, results) = mpsc::sync_channel(threads * AHEAD);
    std::thread::scope(|scope| {
        let open = Open(&gate);
        for _ in 0..threads {
            let (send, items, work, gate) = (send.clone(), &items, &work, &gate);
            scope.spawn(move || {
                let mut state = S::default();
                loop {
                    // The lock is held while the next item is made, which may read a file, and never while it is worked on.
                    let Some((number, item)) = items.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
                    gate.wait(number);
                    if send.send((number, work(&mut state, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let (mut next, mut early) = (0, BTreeMap::new());
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                take(result);
                next += 1;
                gate.pass();
            }
        }
        drop(open);
    });
}

/// Keeps threads from working far ahead of the slowest, or what they find would fill the memory while it waits for its turn.
#[derive(Default)]
struct Gate {
    /// How many pieces may be worked on before the first of them is handed over.
    ahead: usize,
    /// How many were handed over.
    passed: Mutex<usize>,
    more: Condvar,
}

impl Gate {
    /// Waits until a piece is not too far ahead. The first that is not handed over never waits.
    fn wait(&self, number: usize) {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let far = |passed: &mut usize| number >= passed.saturating_add(self.ahead);
        drop(self.more.wait_while(passed, far).unwrap_or_else(PoisonError::into_inner));
    }

    fn pass(&self) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.saturating_add(1);
        self.more.notify_all();
    }
}

/// Lets everybody through in the end, also when whoever takes the results panics: nobody waits for what never comes.
struct Open<'g>(&'g Gate);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        *self.0.passed.lock().unwrap_or_else(PoisonError::into_inner) = usize::MAX;
        self.0.more.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_for_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let mut seen = Vec::new();
            let work = |count: &mut usize, n: u64| {
                *count += 1;
                std::thread::sleep(std::time::Duration::from_micros((n * 37) % 90));
                n * 2
            };
            in_order(0..200, threads, work, |n| seen.push(n));
            assert_eq!(seen, (0..200).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nobody_works_far_ahead_of_the_slowest() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (threads, taken, furthest) = (3, AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &mut (), n: usize| {
            furthest.fetch_max(n - taken.load(Ordering::SeqCst).min(n), Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_micros(if n == 0 { 50_000 } else { 10 }));
        };
        in_order(0..500, threads, work, |()| {
            taken.fetch_add(1, Ordering::SeqCst);
        });
        assert!(furthest.load(Ordering::SeqCst) <= threads * AHEAD, "{furthest:?} pieces ahead");
        let panics = std::panic::AssertUnwindSafe(|| in_order(0..500, threads, |_: &mut (), n| n, |n| assert!(n < 3)));
        assert!(std::panic::catch_unwind(panics).is_err(), "and it does not hang");
    }
}
