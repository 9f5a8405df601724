//! The one table of operations: what each needs and how it can refuse. The gate enforces it, the spec is made from it.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::Value;
use shijian_domain::identity::Permission;

use crate::problem::Code;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, with or without a token.
    Public,
    /// Any account, for itself.
    SignedIn,
    /// Accounts with a grant of the permission; the action checks the grant's scope.
    Permission(Permission),
}

/// One operation of the API.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its `operationId` in the spec.
    pub id: &'static str,
    pub access: Access,
    /// How it can refuse beyond what every operation of its kind can.
    pub codes: &'static [Code],
    /// Whether it changes a thing with a version, and only the version that the caller names.
    pub is_versioned: bool,
    /// Whether its answer has an entity tag by which a caller can ask whether it has changed.
    pub is_tagged: bool,
}

impl Operation {
    pub const fn new(id: &'static str, access: Access, codes: &'static [Code]) -> Self {
        Self { id, access, codes, is_versioned: false, is_tagged: false }
    }

    /// The same, for a read whose answer has an entity tag.
    #[must_use]
    pub const fn tagged(self) -> Self {
        Self { is_tagged: true, ..self }
    }

    /// The same, for a change that compares the caller's version with the thing's.
    #[must_use]
    pub const fn versioned(self) -> Self {
        Self { is_versioned: true, ..self }
    }
}

/// Every operation of every slice.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    crate::slices::OPERATIONS.iter().copied().flatten()
}

/// What a method and a path lead to.
#[derive(Debug)]
pub enum Found {
    Operation(&'static Operation),
    /// The path exists; these methods are allowed.
    WrongMethod(String),
    Unknown,
}

/// Finds operations by method and path, made from the spec.
#[derive(Debug, Default)]
pub struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    fixed: BTreeMap<String, Node>,
    parameter: Option<Box<Node>>,
    methods: Vec<(Method, &'static Operation)>,
}

impl Router {
    /// # Errors
    /// Names the operation that is in the spec but not in the table, or in the table but not in the spec.
    pub fn new(spec: &Value) -> Result<Self, String> {
        let mut router = Self::default();
        let mut missing: BTreeMap<&str, &'static Operation> =
            all().map(|operation| (operation.id, operation)).collect();
        for (path, item) in spec["paths"].as_object().into_iter().flatten() {
            for (method, described) in item.as_object().into_iter().flatten() {
                let id = described["operationId"].as_str().unwrap_or_default();
                let operation = missing.remove(id).ok_or_else(|| {
                    format!(
                        "the operation `{id}` ({method} {path}) stands twice or not in the table"
                    )
                })?;
                let method = Method::from_bytes(method.to_uppercase().as_bytes())
                    .map_err(|error| error.to_string())?;
                router.add(&method, path, operation);
            }
        }
        match missing.into_keys().next() {
            Some(id) => Err(format!("the operation `{id}` is in the table but not in the spec")),
            None => Ok(router),
        }
    }

    fn add(&mut self, method: &Method, path: &str, operation: &'static Operation) {
        let mut node = &mut self.root;
        for segment in path.split('/').skip(1) {
            node = if segment.starts_with('{') {
                node.parameter.get_or_insert_default()
            } else {
                node.fixed.entry(segment.to_owned()).or_default()
            };
        }
        node.methods.push((method.clone(), operation));
    }

    pub fn find(&self, method: &Method, path: &str) -> Found {
        let mut node = &self.root;
        for segment in path.split('/').skip(1) {
            let next = node
                .fixed
                .get(segment)
                .or_else(|| node.parameter.as_deref().filter(|_| !segment.is_empty()));
            match next {
                Some(next) => node = next,
                None => return Found::Unknown,
            }
        }
        match node.methods.iter().find(|(known, _)| known == method) {
            Some((_, operation)) => Found::Operation(operation),
            None if node.methods.is_empty() => Found::Unknown,
            None => {
                let mut methods: Vec<&str> =
                    node.methods.iter().map(|(method, _)| method.as_str()).collect();
                // The gate reads it as GET.
                if methods.contains(&"GET") {
                    methods.push("HEAD");
                }
                Found::WrongMethod(methods.join(", "))
            }
        }
    }
}
