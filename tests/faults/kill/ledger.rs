//! What was acknowledged, and what perhaps was done.

use std::net::SocketAddr;

use journeys::http::Client;
use serde_json::Value;

use super::import::Imported;

#[derive(Debug)]
pub struct Customer {
    pub id: String,
    pub name: String,
    /// What may stand there: what was acknowledged last, then what was sent since without an answer.
    pub preferences: Vec<String>,
}

impl Customer {
    /// Compares with what the server answers.
    pub fn check(&self, found: &Value) {
        assert_eq!(found["name"].as_str(), Some(self.name.as_str()), "{found}");
        let preferences = found["preferences"].as_str().unwrap_or_default();
        assert!(self.preferences.iter().any(|one| one == preferences), "{preferences} is none of {self:?}");
    }
}

#[derive(Debug)]
pub struct Interaction {
    pub id: String,
    pub customer: String,
    pub content: String,
}

/// What one writer knows.
#[derive(Debug, Default)]
pub struct Kept {
    pub customers: Vec<Customer>,
    pub interactions: Vec<Interaction>,
    /// Names and contents that were sent and not answered: there once or not at all.
    pub perhaps_customers: Vec<String>,
    pub perhaps_interactions: Vec<String>,
}

/// What all writers of all rounds know.
#[derive(Debug, Default)]
pub struct Ledger {
    pub kept: Kept,
    pub imports: Vec<Imported>,
}

impl Ledger {
    pub fn add(&mut self, kept: Kept) {
        self.kept.customers.extend(kept.customers);
        self.kept.interactions.extend(kept.interactions);
        self.kept.perhaps_customers.extend(kept.perhaps_customers);
        self.kept.perhaps_interactions.extend(kept.perhaps_interactions);
    }

    /// How much is in it: a place from which on to check.
    pub fn place(&self) -> (usize, usize) {
        (self.kept.customers.len(), self.kept.interactions.len())
    }

    /// Asks the server for everything that it acknowledged since the ledger was at `from`.
    pub fn check_over_http(&self, from: (usize, usize), address: SocketAddr, token: &str) {
        let mut client = Client::new(address, Some(token.to_owned()));
        let mut get = |path: String| {
            let answer = client.get(&path).expect("an answer from a server that lives");
            assert_eq!(answer.status, 200, "acknowledged and lost: {path}: {}", answer.text());
            answer.json()
        };
        for customer in &self.kept.customers[from.0..] {
            customer.check(&get(format!("/api/v1/customers/{}", customer.id)));
        }
        for made in &self.kept.interactions[from.1..] {
            let found = get(format!("/api/v1/customers/{}/interactions/{}", made.customer, made.id));
            assert_eq!(found["content"].as_str(), Some(made.content.as_str()), "{made:?}");
        }
    }

    /// Whether there was enough of each kind, in proportion to the shortest run.
    pub fn is_worth_something(&self) -> bool {
        let kept = &self.kept;
        let unanswered = kept.perhaps_customers.len() + kept.perhaps_interactions.len();
        let counts = [kept.customers.len() / 20, kept.interactions.len() / 20, unanswered, self.cut()];
        counts.iter().all(|count| *count > 0)
    }

    pub fn summary(&self) -> String {
        let kept = &self.kept;
        format!(
            "{} customers and {} interactions acknowledged, {} and {} sent without an answer, {} imports of {} customers, cut {} times",
            kept.customers.len(),
            kept.interactions.len(),
            kept.perhaps_customers.len(),
            kept.perhaps_interactions.len(),
            self.imports.len(),
            self.imports.iter().map(|import| import.customers).sum::<usize>(),
            self.cut()
        )
    }

    /// How often an import was cut in the midst of it.
    fn cut(&self) -> usize {
        self.imports.iter().map(|import| import.cut).sum()
    }
}
