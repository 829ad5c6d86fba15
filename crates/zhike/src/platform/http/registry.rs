//! The permission of every route (C33). Each operation declares it in its OpenAPI description:
//!
//! `extensions(("x-permission" = json!("read customer")))`, or `"signed_in"`, or `"public"`.
//!
//! The registry is read from the very document that is published. An operation without a declaration, or with one that
//! is not understood, stops the start; a route that is in no document is refused by the guard.

use std::collections::HashMap;

use axum::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::kernel::{Action, Entity};

pub const DECLARATION: &str = "x-permission";

/// What a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing.
    Public,
    /// To be somebody; the handler deals only with what is theirs.
    SignedIn,
    /// A permission.
    Needs(Action, Entity),
}

impl Rule {
    /// Reads `"public"`, `"signed_in"` or `"action entity"`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "public" => Some(Self::Public),
            "signed_in" => Some(Self::SignedIn),
            _ => {
                let (action, entity) = text.split_once(' ')?;
                Some(Self::Needs(Action::from_word(action)?, Entity::from_word(entity)?))
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct Registry {
    rules: HashMap<(Method, String), Rule>,
}

impl Registry {
    /// Reads all declarations.
    ///
    /// # Errors
    /// The operations that declare nothing, or something unknown.
    pub fn read(openapi: &OpenApi) -> Result<Self, Vec<String>> {
        let mut registry = Self::default();
        let mut faults = Vec::new();
        for (path, item) in &openapi.paths.paths {
            for (method, operation) in operations(item) {
                match declared(operation) {
                    Ok(rule) => drop(registry.rules.insert((method, path.clone()), rule)),
                    Err(fault) => faults.push(format!("{method} {path} {fault}")),
                }
            }
        }
        if faults.is_empty() { Ok(registry) } else { Err(faults) }
    }

    /// The rule for a request, by the route that it matched.
    pub fn rule(&self, method: &Method, path: &str) -> Option<Rule> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.rules.get(&(method.clone(), path.to_owned())).copied()
    }

    /// Whether the path is a route at all, for some method.
    pub fn knows(&self, path: &str) -> bool {
        self.rules.keys().any(|(_, known)| known == path)
    }

    /// Every route with its rule, in order.
    pub fn routes(&self) -> Vec<(Method, String, Rule)> {
        let mut routes: Vec<_> =
            self.rules.iter().map(|((method, path), rule)| (method.clone(), path.clone(), *rule)).collect();
        routes.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
        routes
    }
}

fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::OPTIONS, &item.options),
        (Method::HEAD, &item.head),
        (Method::PATCH, &item.patch),
        (Method::TRACE, &item.trace),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?))).collect()
}

/// Names every operation after its method and path: handlers are called `list` and `create` in every room, and the
/// names in the document must differ.
pub fn name_operations(openapi: &mut OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        let words = path.trim_start_matches("/api/v1/").split(|c: char| !c.is_alphanumeric());
        let noun = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
        for (verb, operation) in [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ] {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{verb}_{noun}"));
            }
        }
    }
}

fn declared(operation: &Operation) -> Result<Rule, String> {
    let declared = operation.extensions.as_ref().and_then(|extensions| extensions.get(DECLARATION));
    let Some(declared) = declared else { return Err(format!("declares no {DECLARATION}")) };
    let rule = declared.as_str().and_then(Rule::parse);
    rule.ok_or_else(|| format!("declares {DECLARATION} {declared}, which is unknown"))
}

#[cfg(test)]
mod tests {
    use utoipa_axum::router::OpenApiRouter;
    use utoipa_axum::routes;

    use super::*;

    #[utoipa::path(get, path = "/fine", extensions(("x-permission" = json!("read customer"))))]
    async fn fine() {}

    #[utoipa::path(get, path = "/forgotten")]
    async fn forgotten() {}

    #[utoipa::path(post, path = "/mistyped", extensions(("x-permission" = json!("reed customer"))))]
    async fn mistyped() {}

    fn read(router: OpenApiRouter<()>) -> Result<Registry, Vec<String>> {
        Registry::read(&router.into_openapi())
    }

    #[test]
    fn declared_routes_are_known_and_others_have_no_rule() {
        let registry = read(OpenApiRouter::default().routes(routes!(fine))).unwrap();
        let rule = Some(Rule::Needs(Action::Read, Entity::Customer));
        assert_eq!(registry.rule(&Method::GET, "/fine"), rule);
        assert_eq!(registry.rule(&Method::HEAD, "/fine"), rule);
        assert_eq!(registry.rule(&Method::POST, "/fine"), None);
        assert_eq!(registry.rule(&Method::GET, "/other"), None);
    }

    #[test]
    fn an_undeclared_or_mistyped_route_is_named() {
        let router =
            OpenApiRouter::default().routes(routes!(fine)).routes(routes!(forgotten)).routes(routes!(mistyped));
        let faults = read(router).unwrap_err();
        assert_eq!(faults.len(), 2);
        assert!(faults[0].starts_with("GET /forgotten declares no"), "{faults:?}");
        assert!(faults[1].starts_with("POST /mistyped declares"), "{faults:?}");
    }
}
