use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use store::Entity as _;
use store::jobs::Job;

use super::world::{Founder, World};
use super::write::{self, Company, Script, papers};
use crate::kernel::{Error, Result};
use crate::platform::access::model::User;
use crate::platform::access::setup::SAMPLE_JOB;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::settings;

/// The seed of the company that everybody sees.
pub const SEED: u64 = 20_260_401;
const CUSTOMERS: usize = 800;

/// What is asked for; set-up asks for the whole company, a test for a smaller one.
#[derive(Deserialize)]
struct Asked {
    #[serde(default = "whole")]
    customers: usize,
}

fn whole() -> usize {
    CUSTOMERS
}

/// The job that set-up asks for.
pub fn register(registry: &mut Registry) {
    // The engine, looking from today, would decide what the past has not got to yet.
    registry.on(SAMPLE_JOB, fill).alone(SAMPLE_JOB);
}

/// Fills a company that has just been set up. Each step is done once, also if the program stops in between: the world is
/// imagined again as of the instant at which it was asked for, and what is there already is found by its order.
fn fill(context: &JobContext, payload: Value) -> Result<Value> {
    let asked: Asked = serde_json::from_value(payload)?;
    let world = Arc::new(imagined(context, asked.customers)?);
    let script = Script::of(&world);
    // The last step hangs files on what has happened.
    let total = script.steps() as i64 + 1;
    let password = write::password(&context.vault, context.id());
    let mut company = match context.done() {
        0 => {
            let (world, hash) = (Arc::clone(&world), write::hash(&password)?);
            context.step(1, total, move |tx, founder| Company::found(tx, founder, &world, &hash))?
        }
        _ => {
            let world = Arc::clone(&world);
            context.read(move |tx, founder| Company::find(tx, founder, &world))?
        }
    };
    for step in context.done()..total - 1 {
        let (world, deeds) = (Arc::clone(&world), script.step(step as usize).to_vec());
        company = context.step(step + 1, total, move |tx, _| {
            let mut company = company.clone();
            deeds.iter().try_for_each(|deed| company.does(tx, &world, deed))?;
            Ok(company)
        })?;
    }
    if context.done() < total {
        let (taken, until) = (papers::take_in(context)?, world.until);
        context.step(total, total, move |tx, _| papers::hang(tx, &company, &taken, until))?;
    }
    Ok(told(&world, &password))
}

fn imagined(context: &JobContext, customers: usize) -> Result<World> {
    let id = context.id();
    context.read(move |tx, founder| {
        let calendar = settings::calendar(tx)?;
        let asked_at = Job::get(tx, id)?.created_at;
        let user = User::find(tx, founder.user)?.ok_or_else(Error::not_found)?;
        let founder = Founder { name: &user.name, login: &user.login };
        Ok(World::generate(SEED, founder, customers, asked_at, &calendar))
    })
}

/// What whoever asked for the company is told: what there is, and how to look at it through other people's eyes.
fn told(world: &World, password: &str) -> Value {
    let count = |wanted: fn(&super::world::What) -> bool| {
        world.happenings.iter().filter(|happening| wanted(&happening.what)).count()
    };
    json!({
        "people": world.staff.people.len(),
        "customers": world.customers.len(),
        "interactions": count(|what| matches!(what, super::world::What::Talked(_))),
        "password": password,
        "sign_in": write::sign_ins(world),
    })
}
