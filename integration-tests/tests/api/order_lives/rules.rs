//! What docs/orders.md promises, and whether a life kept to it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../../docs/orders.md");

/// A job that runs every minute, on a machine that is busy.
const INTERVAL: TimeDelta = TimeDelta::seconds(60 + 30);

/// A row of the document's table of moves.
struct Rule {
    command: &'static str,
    from: Vec<&'static str>,
    to: &'static str,
    who: Vec<&'static str>,
    clock: &'static str,
}

/// The table of moves.
pub struct Rules(Vec<Rule>);

/// The demo's clock went from here to there in steps; jobs ran after each.
pub struct Leap {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Leap {
    fn step(&self) -> TimeDelta {
        ((self.to - self.from) / 60).clamp(TimeDelta::minutes(1), TimeDelta::days(1))
    }
}

/// How late the program may have been at a time, given how the clock was moved.
pub fn patience(leaps: &[Leap], at: DateTime<Utc>) -> TimeDelta {
    let met = |leap: &&Leap| leap.from - INTERVAL <= at && at <= leap.to + INTERVAL;
    let longest = leaps.iter().filter(met).map(Leap::step).max();
    INTERVAL + longest.unwrap_or_default()
}

fn words(cell: &'static str) -> Vec<&'static str> {
    cell.split(", ").collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn moment(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|at| at.parse().unwrap())
}

impl Rules {
    pub fn read() -> Self {
        let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `"));
        let rule = |row: &'static str| {
            let cells: Vec<&'static str> =
                row.trim_matches('|').split('|').map(str::trim).collect();
            Rule {
                command: cells[0].trim_matches('`'),
                from: words(cells[1]),
                to: cells[2],
                who: words(cells[3]),
                clock: cells[4],
            }
        };
        Self(rows.map(rule).collect())
    }

    /// What can be done from a state, in the document's order.
    pub fn allowed(&self, state: &str) -> Vec<&'static str> {
        self.of(state).map(|rule| rule.command).collect()
    }

    pub fn commands(&self) -> Vec<&'static str> {
        self.0.iter().map(|rule| rule.command).collect()
    }

    /// Who may do it in this state; nobody if it is not allowed.
    pub fn who(&self, state: &str, command: &str) -> Vec<&'static str> {
        self.of(state)
            .find(|rule| rule.command == command)
            .map_or(Vec::new(), |rule| rule.who.clone())
    }

    fn of(&self, state: &str) -> impl Iterator<Item = &Rule> {
        self.0.iter().filter(move |rule| rule.from.contains(&state))
    }

    /// Whether a history keeps to the table, to its clocks, and to one team at a time.
    pub fn assess(&self, order: &Value, events: &[Value], leaps: &[Leap]) -> Result<(), String> {
        let begins = events.first().is_some_and(|first| first["command"] == "solicit");
        ensure(begins, || "it does not begin with `solicit`".to_owned())?;
        let mut holder = &Value::Null;
        for pair in events.windows(2) {
            let [before, event] = pair else { continue };
            let (from, command) = (text(&before["state"]), text(&event["command"]));
            let told = || format!("event {}: {command} from {from}", event["number"]);
            let rule = self
                .of(from)
                .find(|rule| rule.command == command)
                .ok_or_else(|| format!("{} is not allowed", told()))?;
            let to = if rule.to == "stays" { from } else { rule.to };
            ensure(event["state"] == to, || format!("{} leads to {}", told(), event["state"]))?;
            ensure(rule.who.contains(&text(&event["party"])), || {
                format!("{} by {}", told(), event["party"])
            })?;
            ensure(is_next(before, event), || format!("{} is out of turn", told()))?;
            ensure(clock_follows(rule.clock, before, event), || {
                format!("{}: the clock was {}, is {}", told(), before["clock"], event["clock"])
            })?;
            ensure(is_in_time(before, event, leaps), || {
                format!("{} at {}, due {}", told(), event["at"], before["clock"]["due_at"])
            })?;
            match command {
                "accept" | "assign" => {
                    ensure(holder.is_null(), || format!("{}: {holder} has it", told()))?;
                    holder = &event["team_id"];
                }
                "hand_back" | "reopen" => holder = &Value::Null,
                _ => {}
            }
        }
        let last = events.last().ok_or("no event")?;
        ensure(last["state"] == order["state"] && last["number"] == order["version"], || {
            format!("it is {} at {}, its events say otherwise", order["state"], order["version"])
        })
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Numbers follow each other. Times do, but for as long as a request waited for another to be done: its time is when it came.
fn is_next(before: &Value, event: &Value) -> bool {
    let follows = before["number"].as_i64().map(|number| number + 1) == event["number"].as_i64();
    let waited = moment(&before["at"]).zip(moment(&event["at"])).map(|(first, then)| first - then);
    follows && waited.is_some_and(|waited| waited < TimeDelta::seconds(5))
}

fn clock_follows(effect: &str, before: &Value, event: &Value) -> bool {
    let (was, is) = (&before["clock"], &event["clock"]);
    let starts_after = moment(&is["due_at"]) > moment(&event["at"]);
    match effect {
        "stops" => is.is_null(),
        "runs on" => was == is,
        "is put off" => was["kind"] == is["kind"] && moment(&was["due_at"]) < moment(&is["due_at"]),
        "starts anew" => starts_after && (was.is_null() || was["kind"] == is["kind"]),
        rated if rated.contains(" else ") => {
            starts_after && matches!(text(&is["kind"]), "visit" | "close")
        }
        starts => starts_after && starts.contains(&format!("`{}`", text(&is["kind"]))),
    }
}

/// What the program does it does when the clock is out and no later than its job's interval; only where all have refused it
/// passes an order up before.
fn is_in_time(before: &Value, event: &Value, leaps: &[Leap]) -> bool {
    let by_clock = matches!(text(&event["command"]), "escalate" | "lapse" | "close");
    if event["party"] != "program" || !by_clock {
        return true;
    }
    let (Some(due), Some(at)) = (moment(&before["clock"]["due_at"]), moment(&event["at"])) else {
        return false;
    };
    if at < due { before["command"] == "refuse" } else { at - due <= patience(leaps, at) }
}
