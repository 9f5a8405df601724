//! The table of permissions, from both sides of every grant: each role calls each operation of the published spec.

use std::collections::{BTreeMap, BTreeSet};

use integration_tests::{Answer, Caller, Operation, Server, on_both_engines};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    activities::{newcomer, plan},
    orders::cast,
    redemption::id,
    volunteers::station,
};

const PASSWORD: &str = "correct horse battery";

/// They need a grant on the whole deployment.
const OF_THE_DEPLOYMENT: [&str; 1] = ["listAuditRecords"];
/// They are not about a place: whoever has the permission anywhere may call them.
const OF_NO_PLACE: [&str; 2] = ["createAccount", "getAccount"];
/// They need one of several query parameters, which the spec cannot say.
const ASKED: [(&str, &str); 1] = [("listRedemptions", "partner_id")];

/// Where a caller's grant lies, seen from the things that are called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nowhere,
    Elsewhere,
    Here,
    Everywhere,
}

/// Somebody with one grant, or none.
struct Actor {
    name: String,
    caller: Caller,
    permissions: BTreeSet<String>,
    reach: Reach,
}

impl Actor {
    const fn is_stranger(&self) -> bool {
        matches!(self.reach, Reach::Nowhere | Reach::Elsewhere)
    }
}

/// What an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// 401.
    Unauthenticated,
    /// 403: the permission is held nowhere.
    Forbidden,
    /// 404: the caller cannot see it.
    NotFound,
    /// 403, or 404 of what is below it: the permission is held elsewhere.
    OutOfScope,
    /// 200.
    Read,
    /// What the operation itself says: it is for everybody who sees what it is about.
    Answered,
    /// Whatever the thing's state makes of it.
    Done,
}

impl Due {
    fn fits(self, answer: &Answer) -> bool {
        let code = answer.body["code"].as_str().unwrap_or_default();
        match self {
            Self::Unauthenticated => answer.status == 401,
            Self::Forbidden => (answer.status, code) == (403, "forbidden"),
            Self::NotFound => (answer.status, code) == (404, "not_found"),
            Self::OutOfScope => {
                matches!((answer.status, code), (403, "out_of_scope") | (404, "not_found"))
            }
            Self::Read => answer.status == 200,
            Self::Answered => answer.status < 500 && answer.status != 401,
            Self::Done => {
                answer.status < 500
                    && !matches!(answer.status, 401 | 404)
                    && !matches!(code, "forbidden" | "out_of_scope")
            }
        }
    }
}

/// The things that are called for, by the paths of the spec and by the names of fields.
#[derive(Clone)]
struct Things {
    by_path: BTreeMap<&'static str, String>,
    by_name: BTreeMap<&'static str, String>,
    /// The paths of those that strangers see.
    open: BTreeSet<&'static str>,
}

impl Things {
    /// The path with an id for each parameter: that of the whole path, or of the path up to the parameter.
    fn path(&self, path: &str) -> String {
        let mut filled = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (_, after) = after.split_once('}').unwrap();
            let thing = &path[..path.len() - after.len()];
            let own = self.by_path.get(path).filter(|_| !path.ends_with('}'));
            let id = own.or_else(|| self.by_path.get(thing));
            filled += before;
            filled += id.unwrap_or_else(|| panic!("no thing for {thing}"));
            rest = after;
        }
        filled + rest
    }

    /// The example with an id in place of each made-up one.
    fn body(&self, example: &Value, name: &str) -> Value {
        match example {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.body(value, name))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.body(item, name)).collect(),
            Value::String(text) if text.starts_with("01939e5c-") && !text.contains('.') => {
                json!(self.named(name.trim_end_matches('s')))
            }
            other => other.clone(),
        }
    }

    fn named(&self, name: &str) -> &str {
        self.by_name.get(name).unwrap_or_else(|| panic!("no thing for the field `{name}`"))
    }

    /// Whether strangers see what the operation is about.
    fn is_open(&self, operation: &Operation) -> bool {
        operation.thing().is_none_or(|thing| self.open.contains(thing))
    }

    /// The ids that strangers never see.
    fn hidden(&self) -> impl Iterator<Item = &str> {
        let hidden = |(path, _): &(&&'static str, &String)| {
            !self.open.contains(*path) && path.ends_with("{id}")
        };
        self.by_path.iter().filter(hidden).map(|(_, id)| id.as_str())
    }

    async fn call(&self, caller: &Caller, operation: &Operation) -> Answer {
        let request = caller.request(operation.method.clone(), &self.path(&operation.path));
        let asked = ASKED.iter().filter(|(id, _)| *id == operation.id).map(|(_, name)| *name);
        let query: Vec<_> = operation
            .required
            .iter()
            .map(String::as_str)
            .chain(asked)
            .map(|name| (name, self.named(name)))
            .collect();
        let request = request.query(&query);
        let request = match &operation.body {
            Some((kind, example)) if kind.ends_with("json") => {
                request.json(&self.body(example, ""))
            }
            Some((kind, example)) if kind.ends_with("urlencoded") => request.form(example),
            Some((kind, _)) => request.header("Content-Type", kind),
            None => request,
        };
        caller.send(request).await
    }
}

fn first(list: &Value) -> Value {
    list["items"][0].clone()
}

/// What the demo has and what is made here: most of it drafts of the station's team, which strangers do not see.
async fn things(server: &Server, admin: &Caller) -> Things {
    let station = station(server).await;
    let station = admin.get(&format!("/venues/{}", station.as_str().unwrap())).await.expect(200);
    let cast = cast(server).await;
    let team = cast.team.clone();
    let clerk = server.signed_in("clerk").await.get("/me").await.expect(200);
    let partner = clerk["grants"][0]["scope"]["id"].clone();
    let order = id(&cast.accepted(server).await);
    let other = id(&cast.registered(server).await);

    let (applicant, volunteer) = newcomer(server, 951).await;
    applicant.act(&format!("/teams/{team}/members")).await.expect(201);
    let member = server.signed_in("volunteer1").await;
    let me = member.get("/me").await.expect(200);
    let gift = |points: i64| json!({"volunteer_id": me["volunteer_id"], "points": points, "reason": "补录"});
    admin.post("/points/adjustments", &gift(100)).await.expect(201);
    let transaction = first(&member.get("/me/points/transactions").await.expect(200));
    let adjustment = id(&admin.post("/points/adjustments", &gift(500)).await.expect(202));
    let record = first(&member.get("/me/service-records").await.expect(200));
    let signup = first(&member.get("/me/signups").await.expect(200));

    let project = json!({"title": "一剪暖心", "owner_venue_id": station["id"], "team_id": team, "category": "help_and_care"});
    let project = id(&admin.post("/projects", &project).await.expect(201));
    let activity = json!({"title": "公益理发", "kind": "venue_choice", "host_venue_id": station["id"], "team_id": team, "category": "help_and_care"});
    let activity = id(&admin.post("/activities", &activity).await.expect(201));
    let session =
        admin.post(&format!("/activities/{activity}/sessions"), &plan(60, 2)).await.expect(201);
    let offer = json!({"partner_id": partner, "title": "牙膏", "category": "goods", "points": 10, "stock": 5, "voucher_days": 7});
    let offer = id(&admin.post("/offers", &offer).await.expect(201));
    let sold = first(
        &admin.get(&format!("/offers?partner_id={}", partner.as_str().unwrap())).await.expect(200),
    );
    let redemption = member
        .post("/redemptions", &json!({"offer_id": sold["id"], "quantity": 1}))
        .await
        .expect(201);
    let rules = json!({"center_id": station["center_id"], "title": "2027 年积分规则", "rules": [{"points_per_hour": 10}]});
    let rules = id(&admin.post("/points/earning-rules", &rules).await.expect(201));

    let account = json!({"username": "somebody", "display_name": "某人", "password": PASSWORD});
    let account = id(&admin.post("/accounts", &account).await.expect(201));
    let scope = json!({"kind": "venue", "id": station["id"]});
    let grant = json!({"account_id": account, "role": "auditor", "scope": scope});
    let grant = id(&admin.post("/grants", &grant).await.expect(201));
    let client = admin.post("/api-clients", &json!({"name": "某系统"})).await.expect(201);

    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let center = text(&station["center_id"]);
    let by_path = [
        ("/api/v1/accounts/{id}", account.clone()),
        ("/api/v1/grants/{id}", grant),
        ("/api/v1/api-clients/{id}", text(&client["client_id"])),
        ("/api/v1/venues/{id}", text(&station["id"])),
        ("/api/v1/venues/{id}/rules", center.clone()),
        ("/api/v1/venues/{id}/late-orders", center.clone()),
        ("/api/v1/venues/{id}/matching-weights", center.clone()),
        ("/api/v1/volunteers/{id}", volunteer.clone()),
        ("/api/v1/teams/{id}", team.clone()),
        ("/api/v1/teams/{id}/members/{volunteer_id}", volunteer.clone()),
        ("/api/v1/projects/{id}", project),
        ("/api/v1/activities/{id}", activity),
        ("/api/v1/sessions/{id}", id(&session)),
        ("/api/v1/signups/{id}", id(&signup)),
        ("/api/v1/service-records/{id}", id(&record)),
        ("/api/v1/points/transactions/{id}", id(&transaction)),
        ("/api/v1/points/adjustments/{id}", adjustment),
        ("/api/v1/points/earning-rules/{id}", rules),
        ("/api/v1/partners/{id}", text(&partner)),
        ("/api/v1/partners/{id}/statements/{month}", "2026-10".to_owned()),
        ("/api/v1/offers/{id}", offer),
        ("/api/v1/redemptions/{id}", id(&redemption)),
        ("/api/v1/vouchers/{code}", text(&redemption["voucher"]["code"])),
        ("/api/v1/orders/{id}", order),
        ("/api/v1/work-calendar/{day}", "2026-12-25".to_owned()),
        ("/api/v1/photos/{id}", id(&redemption)),
        ("/problems/{code}", "forbidden".to_owned()),
    ];
    let by_name = [
        ("id", text(&station["id"])),
        ("venue_id", text(&station["id"])),
        ("home_venue_id", text(&station["id"])),
        ("host_venue_id", text(&station["id"])),
        ("owner_venue_id", text(&station["id"])),
        ("parent_id", text(&station["parent_id"])),
        ("center_id", center),
        ("account_id", account),
        ("volunteer_id", volunteer),
        ("team_id", team),
        ("position_id", text(&session["positions"][0]["id"])),
        ("partner_id", text(&partner)),
        ("offer_id", text(&sold["id"])),
        ("into", other),
        ("last_id", id(&redemption)),
        ("from", "2026-10-01".to_owned()),
        ("to", "2026-10-31".to_owned()),
    ];
    let open = [
        "/api/v1/accounts/{id}",
        "/api/v1/venues/{id}",
        "/api/v1/teams/{id}",
        "/api/v1/partners/{id}",
        "/api/v1/work-calendar/{day}",
        "/problems/{code}",
    ];
    Things { by_path: by_path.into(), by_name: by_name.into(), open: open.into() }
}

/// The same district, where strangers see what was published of it.
async fn published(admin: &Caller, things: &Things) -> Things {
    let mut shown = things.clone();
    let venue = things.named("venue_id");
    for kind in ["project", "activity", "session", "offer"] {
        let (path, list) = match kind {
            "project" => {
                ("/api/v1/projects/{id}", format!("/projects?state=published&venue_id={venue}"))
            }
            "activity" => {
                ("/api/v1/activities/{id}", format!("/activities?state=published&venue_id={venue}"))
            }
            "session" => ("/api/v1/sessions/{id}", format!("/sessions?venue_id={venue}")),
            _ => (
                "/api/v1/offers/{id}",
                format!("/offers?partner_id={}", things.named("partner_id")),
            ),
        };
        shown.by_path.insert(path, id(&first(&admin.get(&list).await.expect(200))));
        shown.open.insert(path);
    }
    shown
}

/// An account with at most one grant, signed in.
async fn account(
    server: &Server,
    admin: &Caller,
    name: &str,
    grant: Option<(&str, Value)>,
) -> Caller {
    let new = json!({"username": name, "display_name": name, "password": PASSWORD});
    let account = admin.post("/accounts", &new).await.expect(201);
    if let Some((role, scope)) = grant {
        let grant = json!({"account_id": account["id"], "role": role, "scope": scope});
        admin.post("/grants", &grant).await.expect(201);
    }
    let login = [("grant_type", "password"), ("username", name), ("password", PASSWORD)];
    let tokens = server.anonymous().form("/oauth/token", &login).await.expect(200);
    admin.with_token(tokens["access_token"].as_str().unwrap())
}

/// Every role in every scope that it can be given, here and elsewhere; somebody without a role; and nobody. Strangers come first, and of the
/// others those who may less: what they do then stands in nobody's way.
async fn actors(server: &Server, admin: &Caller, things: &Things) -> Vec<Actor> {
    let nobody = |name: &str, caller| Actor {
        name: name.to_owned(),
        caller,
        permissions: BTreeSet::new(),
        reach: Reach::Nowhere,
    };
    let mut actors = vec![
        nobody("nobody", server.anonymous()),
        nobody("an account", account(server, admin, "plain", None).await),
    ];
    let here = |item: &Value| {
        item["id"] == things.named("team_id")
            || item["id"] == things.named("venue_id")
            || item["id"] == things.named("partner_id")
    };
    let mut elsewhere = BTreeMap::new();
    for (kind, list) in
        [("venue", "/venues?kind=station"), ("team", "/teams"), ("partner", "/partners")]
    {
        let other = admin.every(list).await.into_iter().find(|item| !here(item)).unwrap();
        elsewhere.insert(kind, other["id"].clone());
    }
    let roles = server.anonymous().get("/roles").await.expect(200);
    for role in roles["items"].as_array().unwrap() {
        let word = role["role"].as_str().unwrap();
        for kind in role["scopes"].as_array().unwrap() {
            let kind = kind.as_str().unwrap();
            let places = match kind {
                "deployment" => vec![(Reach::Everywhere, Value::Null)],
                "venue" => vec![
                    (Reach::Here, json!(things.named("center_id"))),
                    (Reach::Elsewhere, elsewhere[kind].clone()),
                ],
                _ => vec![
                    (Reach::Here, json!(things.named(&format!("{kind}_id")))),
                    (Reach::Elsewhere, elsewhere[kind].clone()),
                ],
            };
            for (reach, id) in places {
                let name = format!("{word} {reach:?}").to_lowercase();
                let scope = if id.is_null() {
                    json!({"kind": kind})
                } else {
                    json!({"kind": kind, "id": id})
                };
                let caller = account(
                    server,
                    admin,
                    &name.replace(' ', "-").replace('_', "-"),
                    Some((word, scope)),
                )
                .await;
                let permissions = role["permissions"].as_array().unwrap().iter();
                let permissions =
                    permissions.map(|permission| permission.as_str().unwrap().to_owned()).collect();
                actors.push(Actor { name, caller, permissions, reach });
            }
        }
    }
    actors.sort_by_key(|actor| (!actor.is_stranger(), actor.permissions.len()));
    actors
}

/// The table, the things and the calls.
struct Matrix {
    operations: Vec<Operation>,
    failures: Vec<String>,
    counts: BTreeMap<String, BTreeMap<Due, (u32, u32)>>,
}

impl Matrix {
    /// Whether the actor sees what the operation is about: strangers what is open, others what they can read.
    async fn sees(&self, actor: &Actor, operation: &Operation, things: &Things) -> bool {
        if actor.is_stranger() {
            return things.is_open(operation);
        }
        let read = self.operations.iter().find(|read| {
            read.method == Method::GET && Some(read.path.as_str()) == operation.thing()
        });
        match read {
            Some(read) => things.call(&actor.caller, read).await.status == 200,
            None => true,
        }
    }

    async fn due(&self, actor: &Actor, operation: &Operation, things: &Things) -> Due {
        let id = operation.id.as_str();
        let reads = operation.method == Method::GET;
        let done = if reads { Due::Read } else { Due::Done };
        let names_nothing = operation.thing().is_none()
            && reads
            && operation.required.is_empty()
            && ASKED.iter().all(|(asked, _)| *asked != id);
        match operation.access.as_str() {
            access if access != "public" && actor.caller.token().is_empty() => Due::Unauthenticated,
            "public" | "signed_in" if !self.sees(actor, operation, things).await => Due::NotFound,
            "public" if reads => Due::Read,
            "public" | "signed_in" => Due::Answered,
            permission if !actor.permissions.contains(permission) => Due::Forbidden,
            _ if OF_NO_PLACE.contains(&id) => done,
            _ if OF_THE_DEPLOYMENT.contains(&id) && actor.reach != Reach::Everywhere => {
                Due::OutOfScope
            }
            _ if !actor.is_stranger() || names_nothing => done,
            _ if self.sees(actor, operation, things).await => Due::OutOfScope,
            _ => Due::NotFound,
        }
    }

    async fn play(&mut self, actor: &Actor, things: &Things) {
        for operation in self.operations.clone() {
            let due = self.due(actor, &operation, things).await;
            let answer = things.call(&actor.caller, &operation).await;
            let text = answer.body.to_string();
            let leaks = actor.is_stranger()
                && answer.status == 200
                && things.hidden().any(|id| text.contains(id));
            let fits = due.fits(&answer) && !leaks;
            let (right, wrong) =
                self.counts.entry(actor.name.clone()).or_default().entry(due).or_default();
            if fits {
                *right += 1;
            } else {
                *wrong += 1;
                let told = if leaks {
                    "what is out of sight".to_owned()
                } else {
                    answer.body["code"].to_string()
                };
                self.failures.push(format!(
                    "{}: {} ({}): due {due:?}, got {} {told}",
                    actor.name, operation.id, operation.access, answer.status
                ));
            }
        }
    }
}

on_both_engines! {
    async fn every_role_may_do_what_the_table_says_and_nothing_else(server: Server) {
        let admin = server.signed_in("admin").await;
        let things = things(&server, &admin).await;
        let actors = actors(&server, &admin, &things).await;
        let operations = Operation::all(&server.anonymous()).await;
        let mut matrix = Matrix { operations, failures: Vec::new(), counts: BTreeMap::new() };
        let shown = published(&admin, &things).await;
        for actor in &actors {
            if actor.is_stranger() {
                matrix.play(actor, &shown).await;
            }
            matrix.play(actor, &things).await;
        }
        let Matrix { failures, counts, .. } = matrix;
        assert!(failures.is_empty(), "{counts:#?}\n{}", failures.join("\n"));
    }
}
