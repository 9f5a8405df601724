//! What is asked for: things of one station, its team and a partner, by the words of the spec.

use std::collections::{BTreeMap, BTreeSet};

use integration_tests::{Answer, Caller, Operation, Server};
use serde_json::{Value, json};

use crate::{
    activities::{newcomer, plan},
    orders::cast,
    redemption::id,
    volunteers::station,
};

/// It needs one of several query parameters, which the spec cannot say.
const ASKED: (&str, &str) = ("listRedemptions", "partner_id");

/// What strangers see.
const OPEN: [&str; 6] = [
    "/api/v1/accounts/{id}",
    "/api/v1/venues/{id}",
    "/api/v1/teams/{id}",
    "/api/v1/partners/{id}",
    "/api/v1/work-calendar/{day}",
    "/problems/{code}",
];

#[derive(Clone)]
pub struct Things {
    by_path: BTreeMap<&'static str, String>,
    /// By the names of fields and of query parameters.
    by_name: BTreeMap<&'static str, String>,
    /// The paths of those that strangers see.
    open: BTreeSet<&'static str>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A care plan of the station, and what five of its residents need.
async fn arranged(server: &Server, admin: &Caller, station: &str) -> (String, String) {
    let here = json!({"longitude": 116.6584, "latitude": 39.9102});
    let care = json!({
        "venue_id": station, "consent": true, "person": {"name": "张奶奶"},
        "terms": {
            "category": "help_and_care", "title": "每月上门理发", "location": here, "urgency": "routine",
            "rhythm": {"kind": "monthly", "day": 5, "at": "09:00"},
            "lead_minutes": 1440, "visit_minutes": 60, "from_day": "2026-12-01",
        },
    });
    let care = id(&admin.post("/care-plans", &care).await.expect(201));
    for _ in 0..5 {
        let need = json!({"venue_id": station, "category": "theory", "title": "想听新政策", "location": here});
        admin.post("/orders", &need).await.expect(201);
    }
    let (suggested, said) = server.run(&["jobs", "run", "suggest-projects"]);
    assert!(suggested, "{said}");
    let common = format!("/common-needs?venue_id={station}");
    let common = id(&admin.get(&common).await.expect(200)["items"][0]);
    (care, common)
}

/// The query parameters that an operation is called with.
fn asked(operation: &Operation) -> impl Iterator<Item = &str> {
    let also = (operation.id == ASKED.0).then_some(ASKED.1);
    operation.required.iter().map(String::as_str).chain(also)
}

impl Things {
    pub fn named(&self, name: &str) -> &str {
        self.by_name.get(name).unwrap_or_else(|| panic!("no thing for `{name}`"))
    }

    /// Whether an operation that reads names things, in its path or its query.
    pub fn are_named_by(operation: &Operation) -> bool {
        operation.thing().is_some() || asked(operation).next().is_some()
    }

    /// Whether strangers see what the operation is about.
    pub fn is_open(&self, operation: &Operation) -> bool {
        operation.thing().is_none_or(|thing| self.open.contains(thing))
    }

    /// Whether an answer names a thing that strangers do not see.
    pub fn shows_hidden(&self, answer: &Answer) -> bool {
        let text = answer.body.to_string();
        let hidden = self.by_path.iter().filter(|(path, _)| !self.open.contains(*path));
        // Other parameters are no ids, and a center has paths of its own.
        let mut ids = hidden.filter(|(path, _)| path.ends_with("/{id}")).map(|(_, id)| id);
        ids.any(|id| text.contains(id.as_str()))
    }

    /// Calls an operation about these things.
    pub async fn call(&self, caller: &Caller, operation: &Operation) -> Answer {
        let query: Vec<_> = asked(operation).map(|name| (name, self.named(name))).collect();
        let request =
            caller.request(operation.method.clone(), &self.path(&operation.path)).query(&query);
        let request = match &operation.body {
            Some((kind, example)) if kind.ends_with("json") => {
                request.json(&self.body("", example))
            }
            Some((kind, example)) if kind.ends_with("urlencoded") => request.form(example),
            Some((kind, _)) => request.header("Content-Type", kind),
            None => request,
        };
        caller.send(request).await
    }

    /// A path of the spec with the thing of each parameter: that of the path up to there, or of the path as a whole.
    fn path(&self, path: &str) -> String {
        let whole = self.by_path.get(path).filter(|_| !path.ends_with('}'));
        let mut filled = String::new();
        let mut left = path;
        while let Some((before, after)) = left.split_once('{') {
            left = after.split_once('}').unwrap().1;
            let until = &path[..path.len() - left.len()];
            let thing = whole.or_else(|| self.by_path.get(until));
            filled += before;
            filled += thing.unwrap_or_else(|| panic!("no thing for {until}"));
        }
        filled + left
    }

    /// An example with a thing in place of each id that it makes up.
    fn body(&self, name: &str, example: &Value) -> Value {
        match example {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.body(name, value))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.body(name, item)).collect(),
            // Not a volunteer's code: it begins with an id.
            Value::String(made_up) if made_up.starts_with("01939e5c-") && made_up.len() == 36 => {
                json!(self.named(name.trim_end_matches('s')))
            }
            other => other.clone(),
        }
    }

    /// What the demo has, and what is added to it here: mostly what strangers do not see.
    pub async fn of_the_station(server: &Server, admin: &Caller) -> Self {
        let station = text(&station(server).await);
        let venue = admin.get(&format!("/venues/{station}")).await.expect(200);
        let center = text(&venue["center_id"]);
        let cast = cast(server).await;
        let (team, order) = (cast.team.clone(), id(&cast.accepted(server).await));
        let clerk = server.signed_in("clerk").await.get("/me").await.expect(200);
        let partner = text(&clerk["grants"][0]["scope"]["id"]);
        let made = async |path: &str, body: Value| admin.post(path, &body).await.expect(201);

        let project = json!({"title": "一剪暖心", "category": "help_and_care", "owner_venue_id": station, "team_id": team});
        let project = made("/projects", project).await;
        let activity = json!({
            "title": "公益理发", "kind": "venue_choice", "category": "help_and_care",
            "host_venue_id": station, "team_id": team,
        });
        let activity = id(&made("/activities", activity).await);
        let session = made(&format!("/activities/{activity}/sessions"), plan(60, 2)).await;
        let offer = json!({
            "partner_id": partner, "title": "牙膏", "category": "goods", "points": 10,
            "stock": 5, "voucher_days": 7,
        });
        let offer = made("/offers", offer).await;
        let rules = json!({"center_id": center, "title": "2027 年积分规则", "rules": [{"points_per_hour": 10}]});
        let rules = made("/points/earning-rules", rules).await;

        let (applicant, volunteer) = newcomer(server, 951).await;
        applicant.act(&format!("/teams/{team}/members")).await.expect(201);
        let member = server.signed_in("volunteer1").await;
        let first = async |path: &str| member.get(path).await.expect(200)["items"][0].clone();
        let me = member.get("/me").await.expect(200);
        let gift = |points: i64| json!({"volunteer_id": me["volunteer_id"], "points": points, "reason": "补录"});
        made("/points/adjustments", gift(100)).await;
        let adjustment = admin.post("/points/adjustments", &gift(500)).await.expect(202);
        let sold = id(&first(&format!("/offers?partner_id={partner}")).await);
        let wish = json!({"offer_id": sold, "quantity": 1});
        let redemption = member.post("/redemptions", &wish).await.expect(201);

        let (care, common) = arranged(server, admin, &station).await;
        let account = json!({"username": "somebody", "display_name": "某人", "password": "correct horse battery"});
        let account = id(&made("/accounts", account).await);
        let scope = json!({"kind": "venue", "id": station});
        let grant = json!({"account_id": account, "role": "auditor", "scope": scope});
        let grant = made("/grants", grant).await;
        let client = made("/api-clients", json!({"name": "某系统"})).await;

        let by_path = [
            ("/api/v1/accounts/{id}", account.clone()),
            ("/api/v1/grants/{id}", id(&grant)),
            ("/api/v1/api-clients/{id}", text(&client["client_id"])),
            ("/api/v1/venues/{id}", station.clone()),
            ("/api/v1/venues/{id}/rules", center.clone()),
            ("/api/v1/venues/{id}/late-orders", center.clone()),
            ("/api/v1/venues/{id}/matching-weights", center.clone()),
            ("/api/v1/volunteers/{id}", volunteer.clone()),
            ("/api/v1/teams/{id}", team.clone()),
            ("/api/v1/teams/{id}/members/{volunteer_id}", volunteer.clone()),
            ("/api/v1/projects/{id}", id(&project)),
            ("/api/v1/activities/{id}", activity),
            ("/api/v1/sessions/{id}", id(&session)),
            ("/api/v1/signups/{id}", id(&first("/me/signups").await)),
            ("/api/v1/service-records/{id}", id(&first("/me/service-records").await)),
            ("/api/v1/points/transactions/{id}", id(&first("/me/points/transactions").await)),
            ("/api/v1/points/adjustments/{id}", id(&adjustment)),
            ("/api/v1/points/earning-rules/{id}", id(&rules)),
            ("/api/v1/partners/{id}", partner.clone()),
            ("/api/v1/partners/{id}/statements/{month}", "2026-10".to_owned()),
            ("/api/v1/offers/{id}", id(&offer)),
            ("/api/v1/redemptions/{id}", id(&redemption)),
            ("/api/v1/vouchers/{code}", text(&redemption["voucher"]["code"])),
            ("/api/v1/orders/{id}", order),
            ("/api/v1/care-plans/{id}", care),
            ("/api/v1/common-needs/{id}", common),
            ("/api/v1/venues/{id}/weather", center.clone()),
            ("/api/v1/work-calendar/{day}", "2026-12-25".to_owned()),
            // None with this id: only a signed link shows a photo.
            ("/api/v1/photos/{id}", id(&redemption)),
            ("/problems/{code}", "forbidden".to_owned()),
        ];
        let by_name = [
            // Of a grant's scope.
            ("id", station.clone()),
            ("venue_id", station.clone()),
            ("home_venue_id", station.clone()),
            ("host_venue_id", station.clone()),
            ("owner_venue_id", station),
            ("parent_id", text(&venue["parent_id"])),
            ("center_id", center),
            ("account_id", account),
            ("volunteer_id", volunteer),
            ("team_id", team),
            ("position_id", id(&session["positions"][0])),
            ("partner_id", partner),
            ("offer_id", sold),
            ("into", id(&cast.served(server).await)),
            ("last_id", id(&redemption)),
            ("from", "2026-10-01".to_owned()),
            ("to", "2026-10-31".to_owned()),
        ];
        Self { by_path: by_path.into(), by_name: by_name.into(), open: OPEN.into() }
    }

    /// The same, with what a stranger sees of the station and the partner in place of drafts.
    pub async fn published(&self, stranger: &Caller) -> Self {
        let mut shown = self.clone();
        let venue = format!("venue_id={}", self.named("venue_id"));
        for (path, list) in [
            ("/api/v1/projects/{id}", format!("/projects?state=published&{venue}")),
            ("/api/v1/activities/{id}", format!("/activities?state=published&{venue}")),
            ("/api/v1/sessions/{id}", format!("/sessions?{venue}")),
        ] {
            let first = stranger.get(&list).await.expect(200)["items"][0].clone();
            shown.by_path.insert(path, id(&first));
            shown.open.insert(path);
        }
        shown.by_path.insert("/api/v1/offers/{id}", self.named("offer_id").to_owned());
        shown.open.insert("/api/v1/offers/{id}");
        shown
    }
}
