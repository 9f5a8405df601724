//! Every role, here and elsewhere.

use std::collections::BTreeSet;

use integration_tests::{Caller, Server};
use serde_json::{Value, json};

use super::things::Things;

const PASSWORD: &str = "correct horse battery";

/// Where a caller's grant lies, seen from the things that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Nowhere,
    Elsewhere,
    Here,
    Everywhere,
}

/// Somebody with one grant, or none.
pub struct Actor {
    pub name: String,
    pub caller: Caller,
    pub permissions: BTreeSet<String>,
    pub reach: Reach,
}

impl Actor {
    pub fn is_stranger(&self) -> bool {
        self.reach <= Reach::Elsewhere
    }

    /// Whether they have a token.
    pub fn is_known(&self) -> bool {
        !self.caller.token().is_empty()
    }

    fn without_a_role(name: &str, caller: Caller) -> Self {
        let (name, permissions) = (name.to_owned(), BTreeSet::new());
        Self { name, caller, permissions, reach: Reach::Nowhere }
    }
}

/// A new account with at most one grant, signed in.
async fn account(admin: &Caller, name: &str, grant: Option<(&Value, Value)>) -> Caller {
    let username = name.replace([' ', '_'], "-");
    let new = json!({"username": username, "display_name": name, "password": PASSWORD});
    let account = admin.post("/accounts", &new).await.expect(201);
    if let Some((role, scope)) = grant {
        let grant = json!({"account_id": account["id"], "role": role, "scope": scope});
        admin.post("/grants", &grant).await.expect(201);
    }
    let login = [("grant_type", "password"), ("username", &username), ("password", PASSWORD)];
    let tokens = admin.form("/oauth/token", &login).await.expect(200);
    admin.with_token(tokens["access_token"].as_str().unwrap())
}

/// The scopes of a kind: that of the things, and another.
async fn scopes(admin: &Caller, things: &Things, kind: &str) -> Vec<(Reach, Value)> {
    let (list, here) = match kind {
        "venue" => ("/venues?kind=station", things.named("center_id")),
        "team" => ("/teams", things.named("team_id")),
        "partner" => ("/partners", things.named("partner_id")),
        _ => return vec![(Reach::Everywhere, json!({"kind": kind}))],
    };
    let own = things.named(&format!("{kind}_id"));
    let mut others = admin.every(list).await;
    others.retain(|other| other["id"] != own);
    vec![
        (Reach::Here, json!({"kind": kind, "id": here})),
        (Reach::Elsewhere, json!({"kind": kind, "id": others[0]["id"]})),
    ]
}

/// Every role in every kind of scope that it can be given in, here and elsewhere; somebody without a role; and nobody. Strangers come first,
/// then those who may less: what they do stands in nobody's way who comes later.
pub async fn everybody(server: &Server, admin: &Caller, things: &Things) -> Vec<Actor> {
    let plain = account(admin, "plain", None).await;
    let mut actors = vec![
        Actor::without_a_role("nobody", server.anonymous()),
        Actor::without_a_role("an account", plain),
    ];
    let table = server.anonymous().get("/roles").await.expect(200);
    for described in table["items"].as_array().unwrap() {
        let permissions: BTreeSet<String> =
            serde_json::from_value(described["permissions"].clone()).unwrap();
        for kind in described["scopes"].as_array().unwrap() {
            for (reach, scope) in scopes(admin, things, kind.as_str().unwrap()).await {
                let name = format!("{} {reach:?}", described["role"].as_str().unwrap());
                let grant = Some((&described["role"], scope));
                let caller = account(admin, &name.to_lowercase(), grant).await;
                actors.push(Actor { name, caller, permissions: permissions.clone(), reach });
            }
        }
    }
    actors.sort_by_key(|actor| (!actor.is_stranger(), actor.permissions.len()));
    actors
}
