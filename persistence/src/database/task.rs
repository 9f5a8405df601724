//! A piece of work on its way through a lane.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::{Fault, Transaction};

/// An error that work may end with: it can carry a fault of the database.
pub trait Outcome: From<Fault> + Send + 'static {
    /// Whether the whole transaction may be tried again.
    fn is_transient(&self) -> bool;

    /// Whether the database could not be reached, so that nothing more is to be expected of this connection.
    fn is_lost(&self) -> bool;
}

impl Outcome for Fault {
    fn is_transient(&self) -> bool {
        Self::is_transient(self)
    }

    fn is_lost(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// What a lane must do after a run of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Commit,
    RollBack,
    /// Roll back; running the work again may succeed.
    TryAgain,
    /// Nothing was done; running the work again on another connection may succeed.
    Reconnect,
}

/// Work with its types erased, as a lane sees it.
pub trait Task: Send {
    /// Whether it needs a transaction of its own.
    fn writes(&self) -> bool;

    /// Runs the work and keeps its outcome.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Verdict;

    /// Sends the kept outcome, or `fault` in place of one that was not committed.
    fn answer(self: Box<Self>, fault: Option<Fault>);
}

struct Work<F, T, E> {
    body: F,
    writes: bool,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

pub fn new<F, T, E>(writes: bool, body: F) -> (Box<dyn Task>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Outcome,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Work { body, writes, outcome: None, reply }), answer)
}

impl<F, T, E> Task for Work<F, T, E>
where
    F: FnMut(&mut Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Outcome,
{
    fn writes(&self) -> bool {
        self.writes
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> Verdict {
        // A panic is a bug, but it must cost one request, not the lane.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.body)(transaction)))
            .unwrap_or_else(|_| Err(Fault::Broken("the work panicked".to_owned()).into()));
        let verdict = match &outcome {
            Ok(_) => Verdict::Commit,
            Err(error) if error.is_transient() => Verdict::TryAgain,
            Err(error) if error.is_lost() => Verdict::Reconnect,
            Err(_) => Verdict::RollBack,
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, fault: Option<Fault>) {
        let outcome = match (self.outcome, fault) {
            (Some(Err(error)), _) => Err(error),
            (_, Some(fault)) => Err(fault.into()),
            (Some(done), None) => done,
            (None, None) => return,
        };
        // The caller may have hung up; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}
