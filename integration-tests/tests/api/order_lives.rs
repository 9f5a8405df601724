//! Lives of orders at random: everybody around them acts, in turn and at once, well and badly; requests are repeated, the program is
//! killed, and time goes by. Whatever happens, the rules of docs/orders.md hold, and every order ends.
//!
//! `SHIJIAN_ORDER_LIVES` says how many lives, `SHIJIAN_ORDER_SEED` which. The same seed throws the same dice.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures_util::future::{join, join_all, select_all};
use integration_tests::{Answer, Caller, Server, on_both_engines};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use self::rules::{Leap, Rules, patience};
use crate::{
    clock::{ahead, move_ahead},
    orders::{Team, burst_pipe, cast, place, stars, team},
};

/// Orders that are open at a time.
const AT_ONCE: usize = 30;
const ENDED: [&str; 5] = ["closed", "cancelled", "declined", "merged", "transferred"];
/// Minutes by which the clock is moved: past each kind of clock, and not quite.
const LEAPS: [i64; 7] = [10, 35, 65, 6 * 60, 26 * 60, 75 * 60, 8 * 24 * 60];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// Numbers that look random (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.throw() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        let count = u64::try_from(among.len()).unwrap();
        among[usize::try_from(self.below(count)).unwrap()].clone()
    }
}

/// Something that somebody asks for, as often as they like under its key.
#[derive(Clone)]
struct Asking {
    who: &'static str,
    caller: Caller,
    path: String,
    key: String,
    body: Value,
}

impl Asking {
    fn request(&self) -> RequestBuilder {
        let asked = self.caller.request(Method::POST, &self.path);
        let asked = asked.header("Idempotency-Key", &self.key);
        if self.body.is_null() { asked } else { asked.json(&self.body) }
    }

    async fn send(&self) -> Answer {
        self.caller.send(self.request()).await
    }
}

/// Everybody around the orders, and what they went through.
struct Walk {
    server: Server,
    people: BTreeMap<&'static str, Caller>,
    teams: [Team; 2],
    need: Value,
    rules: Rules,
    dice: Dice,
    seed: u64,
    keys: u64,
    /// Minutes from the machine's clock to the demo's.
    ahead: i64,
    leaps: Vec<Leap>,
    open: Vec<String>,
    /// Which key an answer told of which version of which order.
    told: BTreeMap<(String, String), String>,
    said: Vec<String>,
}

impl Drop for Walk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let last = self.said.iter().rev().take(60).rev();
            let steps: Vec<&str> = last.map(String::as_str).collect();
            eprintln!("SHIJIAN_ORDER_SEED={}; the last steps:\n{}", self.seed, steps.join("\n"));
        }
    }
}

impl Walk {
    async fn begin(server: Server) -> Self {
        let seed = setting("SHIJIAN_ORDER_SEED", 20_261_124);
        let category = cast(&server).await.category().await;
        let mut need = burst_pipe(&server).await;
        need["category"] = category.clone();
        let teams = [team(&server, 801, &category).await, team(&server, 802, &category).await];
        let mut people = BTreeMap::from([
            ("resident", server.signed_in_by_phone("13900008888").await),
            ("first_leader", teams[0].leader.clone()),
            ("second_leader", teams[1].leader.clone()),
        ]);
        for name in ["grid", "station", "institute", "center"] {
            people.insert(name, server.signed_in(name).await);
        }
        Self {
            server,
            people,
            teams,
            need,
            rules: Rules::read(),
            dice: Dice(seed),
            seed,
            keys: 0,
            ahead: 0,
            leaps: Vec::new(),
            open: Vec::new(),
            told: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    async fn live(&mut self, mut lives: u64) {
        while lives > 0 || !self.open.is_empty() {
            match self.dice.below(1_000) {
                0..5 => self.kill().await,
                5..27 => self.let_time_pass().await,
                _ if lives > 0 && self.open.len() < AT_ONCE => {
                    self.report().await;
                    lives -= 1;
                }
                _ if !self.open.is_empty() => self.move_one().await,
                _ => {}
            }
        }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("life-{}", self.keys)
    }

    fn now(&self) -> DateTime<Utc> {
        ahead(self.ahead).parse().unwrap()
    }

    fn person(&self, who: &str) -> Caller {
        self.people[who].clone()
    }

    /// An order as the center sees it.
    async fn look(&self, id: &str) -> Value {
        let order = self.person("center").get(&format!("/orders/{id}")).await.expect(200);
        let state = order["state"].as_str().unwrap();
        assert_eq!(order["allowed"], json!(self.rules.allowed(state)), "{order:#}");
        order
    }

    /// Somebody reports a need; at times they send it twice.
    async fn report(&mut self) {
        let who = self.dice.pick(&["grid", "grid", "resident", "station"]);
        let mut body = self.need.clone();
        body["urgency"] = json!(self.dice.pick(&["urgent", "soon", "routine"]));
        body["client_reference"] = json!(self.key());
        let caller = self.person(who);
        let asking = |key| Asking {
            who,
            caller: caller.clone(),
            path: "/orders".to_owned(),
            key,
            body: body.clone(),
        };
        let (first, second) = (asking(self.key()), asking(self.key()));
        let answers = if self.dice.chance(20) {
            let (first, second) = join(first.send(), second.send()).await;
            vec![first, second]
        } else {
            vec![first.send().await]
        };
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        let id = answers[0].body["id"].clone();
        for answer in answers {
            let status = if answer.status == 201 { 201 } else { 200 };
            assert_eq!(answer.expect(status)["id"], id);
        }
        self.open.push(id.as_str().unwrap().to_owned());
    }

    /// Somebody does something with one of the open orders.
    async fn move_one(&mut self) {
        let id = self.dice.pick(&self.open);
        let order = self.look(&id).await;
        // Some are still appealed or published.
        if ENDED.contains(&order["state"].as_str().unwrap()) && self.dice.chance(60) {
            self.assess(&order).await;
            self.open.retain(|open| *open != id);
            return;
        }
        let Some((command, asking)) = self.intend(&order) else { return };
        let heard = match self.dice.below(100) {
            // The same request twice at once, as an impatient client sends it.
            0..10 => {
                let (first, second) = join(asking.send(), asking.send()).await;
                vec![(&asking, first), (&asking, second)]
            }
            // Two people at once who want the same, or something else.
            10..30 => {
                let wanted = if self.dice.chance(50) {
                    command
                } else {
                    self.dice.pick(&self.rules.commands())
                };
                let (wanted, rival) = match self.asking(&order, wanted) {
                    Some(rival) => (wanted, rival),
                    // Nobody can want what happens by itself.
                    None => (command, Asking { key: self.key(), ..asking.clone() }),
                };
                let (first, second) = join(asking.send(), rival.send()).await;
                self.hear(&order, wanted, &rival, &second);
                vec![(&asking, first)]
            }
            _ => vec![(&asking, asking.send().await)],
        };
        for (asking, answer) in &heard {
            self.hear(&order, command, asking, answer);
        }
        let done = heard.into_iter().find(|(_, answer)| answer.status == 200);
        if self.dice.chance(30) {
            let again = asking.send().await;
            self.hear(&order, command, &asking, &again);
            if let Some((_, done)) = done {
                assert_eq!(again.header("idempotency-replayed"), "true");
                assert_eq!(again.expect(200), done.body);
            }
        }
    }

    /// What an answer says must be as the document has it.
    fn hear(&mut self, order: &Value, command: &str, asking: &Asking, answer: &Answer) {
        named(answer);
        let body = &answer.body;
        let (number, outcome) =
            (&order["number"], if answer.status == 200 { &body["state"] } else { &body["code"] });
        self.said.push(format!(
            "{number} {}: {command} {} → {} {outcome}",
            asking.who, asking.body, answer.status
        ));
        // A session has states of its own.
        if body["code"] == "illegal_move" && command != "unschedule" {
            let mut allowed = self.rules.allowed(body["state"].as_str().unwrap());
            // Of rated orders only a visit goes up; and what is merged is refused where the other order takes nothing in.
            allowed.retain(|allowed| *allowed != command || command == "merge");
            assert_eq!(body["allowed"], json!(allowed), "{command}: {body:#}");
        }
        if answer.status == 200 && body["number"].is_string() {
            let change = (body["id"].to_string(), body["version"].to_string());
            let key = self.told.entry(change).or_insert_with(|| asking.key.clone());
            assert_eq!(*key, asking.key, "two keys were told of one change: {body:#}");
        }
    }

    /// What somebody comes to do: mostly what brings the order on, at times what is allowed, or anything.
    fn intend(&mut self, order: &Value) -> Option<(&'static str, Asking)> {
        let state = order["state"].as_str().unwrap();
        let allowed = self.rules.allowed(state);
        let command = match self.dice.below(100) {
            0..55 => onwards(state),
            55..88 if !allowed.is_empty() => self.dice.pick(&allowed),
            _ => self.dice.pick(&self.rules.commands()),
        };
        self.asking(order, command).map(|asking| (command, asking))
    }

    fn asking(&mut self, order: &Value, command: &'static str) -> Option<Asking> {
        let who = self.somebody_for(order, command);
        let own = usize::from(who == "second_leader");
        let answering =
            if who.ends_with("leader") { own } else { usize::from(self.dice.chance(50)) };
        let (team, member) = (self.teams[answering].id.clone(), self.teams[own].leader_id.clone());
        let why = json!({"reason": "现场核实"});
        let (path, mut body) = match command {
            "register" => {
                ("register", json!({"urgency": self.dice.pick(&["urgent", "soon", "routine"])}))
            }
            "merge" => ("merge", json!({"into": self.dice.pick(&self.open)})),
            "decline" | "cancel" | "escalate" | "reopen" | "close" => (command, why),
            "hand_back" => ("hand-back", why),
            "appeal" => ("rating/appeal", why),
            "transfer" => {
                ("transfer", json!({"to": "12345 热线", "number": "HL1", "reason": "属供水公司"}))
            }
            "dispatch" => match self.dice.below(3) {
                0 => ("dispatch", json!({})),
                1 => ("dispatch", json!({"open_call": true})),
                _ => ("dispatch", json!({"team_ids": [self.teams[0].id, team]})),
            },
            "accept" => ("accept", json!({"team_id": team})),
            "refuse" | "assign" => (command, json!({"team_id": team, "reason": "当日已有两单"})),
            "pause" => (
                "pause",
                json!({"until": ahead(self.ahead + self.dice.pick(&[30, 3_000, 9_000, 12_000])), "reason": "住户外出"}),
            ),
            "schedule" => {
                let starts = self.ahead + self.dice.pick(&[-10, 20, 3_000]);
                let who = if self.dice.chance(30) { vec![member] } else { Vec::new() };
                (
                    "schedule",
                    json!({"starts_at": ahead(starts), "ends_at": ahead(starts + 60), "volunteer_ids": who}),
                )
            }
            "begin" => ("begin", Value::Null),
            "serve" => ("serve", json!({"text": "更换了软管。"})),
            "confirm" => (
                "confirm",
                if self.dice.chance(50) { json!({}) } else { json!({"code": "123456"}) },
            ),
            "rate" => {
                let overall = self.dice.pick(&[1, 2, 3, 4, 5]);
                ("rate", stars(overall))
            }
            "uphold" | "dismiss" => {
                ("rating/judge", json!({"upheld": command == "uphold", "reason": "属实"}))
            }
            "publish" => {
                ("publish", json!({"title": "一根水管", "text": "换好水管。", "consent": true}))
            }
            "unschedule" => {
                let session = order["session_id"].as_str()?;
                let path = format!("/sessions/{session}/cancel");
                return Some(Asking {
                    who,
                    caller: self.person(who),
                    path,
                    key: self.key(),
                    body: why,
                });
            }
            // They happen by themselves.
            _ => return None,
        };
        let knows_version = !body.is_null() && !path.starts_with("rating") && path != "publish";
        if knows_version && self.dice.chance(30) {
            body["version"] = order["version"].clone();
        }
        let path = format!("{}/{path}", place(order));
        Some(Asking { who, caller: self.person(who), path, key: self.key(), body })
    }

    /// Mostly somebody who may, at times anybody.
    fn somebody_for(&mut self, order: &Value, command: &str) -> &'static str {
        let everybody: Vec<&'static str> = self.people.keys().copied().collect();
        let mut who = self.rules.who(order["state"].as_str().unwrap(), command);
        who.retain(|party| *party != "program");
        if who.is_empty() || self.dice.chance(10) {
            return self.dice.pick(&everybody);
        }
        match self.dice.pick(&who) {
            "requester" => self.dice.pick(&["resident", "grid"]),
            "grid_worker" => "grid",
            "center" => "center",
            "dispatcher" => match order["tier"].as_str().unwrap() {
                "station" => "station",
                "institute" => "institute",
                _ => "center",
            },
            _ if order["team_id"] == json!(self.teams[0].id) => "first_leader",
            _ if order["team_id"] == json!(self.teams[1].id) => "second_leader",
            // A team of the seed has it, and the staff of its home speaks for it; or nobody has it yet.
            _ if order["team_id"].is_string() => "station",
            _ => self.dice.pick(&["first_leader", "second_leader"]),
        }
    }

    /// The clock is moved, and what was due is done.
    async fn let_time_pass(&mut self) {
        let from = self.now();
        self.ahead += self.dice.pick(&LEAPS);
        move_ahead(&self.server, self.ahead).await;
        self.leaps.push(Leap { from, to: self.now() });
        self.said.push(format!("the clock went from {from} to {}", self.now()));
        for id in &self.open {
            let order = self.look(id).await;
            let Some(due) = order["clock"]["due_at"].as_str() else { continue };
            let due: DateTime<Utc> = due.parse().unwrap();
            let now = self.now();
            assert!(now - due <= patience(&self.leaps, now), "it is {now}: {order:#}");
        }
        let mut held = BTreeSet::new();
        for team in &self.teams {
            let inbox =
                team.leader.get(&format!("/teams/{}/order-inbox", team.id)).await.expect(200);
            for order in inbox["held"].as_array().unwrap() {
                assert!(held.insert(order["id"].to_string()), "two teams have {order:#}");
            }
        }
    }

    /// The power goes while people are busy. They ask again with their keys once it is back.
    async fn kill(&mut self) {
        let mut askings = Vec::new();
        for _ in 0..6_usize.min(self.open.len()) {
            let id = self.dice.pick(&self.open);
            let order = self.look(&id).await;
            askings.extend(self.intend(&order).map(|(command, asking)| (order, command, asking)));
        }
        if askings.is_empty() {
            return;
        }
        let sent = askings.iter().map(|(.., asking)| tokio::spawn(asking.request().send()));
        let (_, _, rest) = select_all(sent).await;
        self.server.kill_and_restart().await;
        join_all(rest).await;
        self.said.push("the power went and came back".to_owned());
        for (order, command, asking) in askings {
            let answer = asking.send().await;
            self.hear(&order, command, &asking, &answer);
        }
    }

    /// The whole life, once it is over.
    async fn assess(&mut self, order: &Value) {
        let timeline =
            self.person("center").get(&format!("{}/timeline", place(order))).await.expect(200);
        let events = timeline["events"].as_array().unwrap();
        let assessed = self.rules.assess(order, events, &self.leaps);
        assert_eq!(assessed, Ok(()), "{timeline:#}");
        let offers = timeline["offers"].as_array().unwrap();
        let count = |items: &[Value], field: &str, wanted: &[&str]| {
            items.iter().filter(|item| wanted.contains(&item[field].as_str().unwrap())).count()
        };
        let taken = count(events, "command", &["accept", "assign"]);
        assert_eq!(count(offers, "state", &["accepted"]), taken, "{timeline:#}");
        assert_eq!(count(offers, "state", &["offered"]), 0, "{timeline:#}");
    }
}

/// What brings an order towards its end.
fn onwards(state: &str) -> &'static str {
    match state {
        "solicited" => "register",
        "registered" | "reopened" => "dispatch",
        "dispatching" => "accept",
        "accepted" => "schedule",
        "scheduled" => "begin",
        "in_service" => "serve",
        "served" => "rate",
        "rated" => "close",
        _ => "publish",
    }
}

/// Done, or refused by name.
fn named(answer: &Answer) {
    let is_refused = (400..500).contains(&answer.status)
        && answer.body["code"].is_string()
        && answer.header("content-type") == "application/problem+json";
    assert!(answer.status == 200 || answer.status == 201 || is_refused, "{answer:#?}");
}

fn verify(server: &Server) {
    for what in ["orders", "ledger"] {
        let (held, told) = server.run(&[what, "verify"]);
        assert!(held, "{told}");
    }
}

on_both_engines! {
    async fn every_order_lives_by_the_rules_and_ends(server: Server) {
        let mut walk = Walk::begin(server).await;
        walk.live(setting("SHIJIAN_ORDER_LIVES", 150)).await;
        verify(&walk.server);
    }
}
