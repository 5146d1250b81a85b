//! Does many small pieces of work on several threads and hands the results over in the order of the work.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, mpsc};

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
    let (send, results) = mpsc::sync_channel(threads * AHEAD);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, items, work) = (send.clone(), &items, &work);
            scope.spawn(move || {
                let mut state = S::default();
                loop {
                    // The lock is held while the next item is made, which may read a file, and never while it is worked on.
                    let Some((number, item)) = items.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
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
            }
        }
    });
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
}
