//! The table of permissions from both sides of every grant: each role calls each operation of the published spec.

mod actors;
mod things;

use std::collections::BTreeMap;

use integration_tests::{Answer, Operation, Server, on_both_engines};
use reqwest::Method;

use self::{
    actors::{Actor, Reach},
    things::Things,
};

/// They need a grant on the whole deployment.
const OF_THE_DEPLOYMENT: [&str; 1] = ["listAuditRecords"];
/// They are about no place: whoever has the permission somewhere may call them.
const OF_NO_PLACE: [&str; 2] = ["createAccount", "getAccount"];

/// What an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// 401.
    Unauthenticated,
    /// 403: the permission is held nowhere.
    Forbidden,
    /// 404: the caller cannot see it.
    NotFound,
    /// 403, or 404 of what lies below it: the permission is held elsewhere.
    OutOfScope,
    /// 200.
    Read,
    /// What the thing's state makes of it: neither hidden nor refused for want of a grant.
    Done,
    /// What the operation itself says: it is for everybody who sees what it is about.
    Answered,
}

impl Due {
    fn fits(self, answer: &Answer) -> bool {
        let told = (answer.status, answer.body["code"].as_str().unwrap_or_default());
        let refused = [(403, "forbidden"), (403, "out_of_scope"), (404, "not_found")];
        match self {
            Self::Unauthenticated => told.0 == 401,
            Self::Forbidden => told == refused[0],
            Self::NotFound => told == refused[2],
            Self::OutOfScope => refused[1..].contains(&told),
            Self::Read => told.0 == 200,
            Self::Done => told.0 < 500 && told.0 != 401 && !refused.contains(&told),
            Self::Answered => told.0 < 500 && told.0 != 401,
        }
    }
}

struct Matrix {
    operations: Vec<Operation>,
    failures: Vec<String>,
    /// By actor and what was due: how many answers fitted, of how many.
    counts: BTreeMap<(String, Due), (u32, u32)>,
}

impl Matrix {
    /// Whether the actor sees what the operation is about: strangers what is open, others what they can read.
    async fn sees(&self, actor: &Actor, operation: &Operation, things: &Things) -> bool {
        if actor.is_stranger() {
            return things.is_open(operation);
        }
        let thing = operation.thing();
        let mut reads = self.operations.iter().filter(|read| read.method == Method::GET);
        match reads.find(|read| Some(read.path.as_str()) == thing) {
            Some(read) => things.call(&actor.caller, read).await.status == 200,
            None => true,
        }
    }

    async fn due(&self, actor: &Actor, operation: &Operation, things: &Things) -> Due {
        let reads = operation.method == Method::GET;
        let done = if reads { Due::Read } else { Due::Done };
        let is_one_of = |ids: &[&str]| ids.contains(&operation.id.as_str());
        match operation.access.as_str() {
            "public" if !self.sees(actor, operation, things).await => Due::NotFound,
            "public" if reads => Due::Read,
            "public" => Due::Answered,
            _ if !actor.is_known() => Due::Unauthenticated,
            "signed_in" if !self.sees(actor, operation, things).await => Due::NotFound,
            "signed_in" => Due::Answered,
            permission if !actor.permissions.contains(permission) => Due::Forbidden,
            _ if is_one_of(&OF_NO_PLACE) => done,
            _ if is_one_of(&OF_THE_DEPLOYMENT) && actor.reach != Reach::Everywhere => {
                Due::OutOfScope
            }
            _ if !actor.is_stranger() => done,
            // A list of what the caller may read, wherever that is.
            _ if reads && !Things::are_named_by(operation) => Due::Read,
            _ if self.sees(actor, operation, things).await => Due::OutOfScope,
            _ => Due::NotFound,
        }
    }

    async fn play(&mut self, actor: &Actor, things: &Things) {
        for operation in self.operations.clone() {
            let due = self.due(actor, &operation, things).await;
            let answer = things.call(&actor.caller, &operation).await;
            let tells = actor.is_stranger() && answer.status == 200 && things.shows_hidden(&answer);
            let (fitting, all) = self.counts.entry((actor.name.clone(), due)).or_default();
            *all += 1;
            if due.fits(&answer) && !tells {
                *fitting += 1;
            } else {
                let Operation { id, access, .. } = &operation;
                let (status, code) = (answer.status, &answer.body["code"]);
                let also = if tells { ", and it shows what is hidden" } else { "" };
                let failure =
                    format!("{} {id} ({access}): {due:?}, not {status} {code}{also}", actor.name);
                self.failures.push(failure);
            }
        }
    }

    fn told(&self) -> String {
        let lines = self.counts.iter().map(|((actor, due), (fitting, all))| {
            format!("{actor:24} {:16} {fitting:4} of {all}", format!("{due:?}"))
        });
        lines.chain(self.failures.iter().cloned()).collect::<Vec<_>>().join("\n")
    }
}

on_both_engines! {
    async fn every_role_may_do_what_the_table_says_and_nothing_else(server: Server) {
        let admin = server.signed_in("admin").await;
        let things = Things::of_the_station(&server, &admin).await;
        let shown = things.published(&server.signed_in("clerk").await).await;
        let operations = Operation::all(&server.anonymous()).await;
        let mut matrix = Matrix { operations, failures: Vec::new(), counts: BTreeMap::new() };
        for actor in actors::everybody(&server, &admin, &things).await {
            if actor.is_stranger() {
                matrix.play(&actor, &shown).await;
            }
            matrix.play(&actor, &things).await;
        }
        assert!(matrix.failures.is_empty(), "\n{}", matrix.told());
    }
}
