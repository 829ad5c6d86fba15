use std::process::ExitCode;

use clap::{Args, Subcommand};
use store::Entity as _;

use super::place::Place;
use super::print_json;
use zhike::kernel::{Error, Result};
use zhike::platform::access::login::normal_login;
use zhike::platform::access::model::{USER_BY_LOGIN, User};
use zhike::platform::access::tokens::{self, NewToken};

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Makes a token that acts as a person. It is shown once.
    Create(Create),
}

#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    place: Place,
    /// Login of the person.
    #[arg(long)]
    user: String,
    /// What it is for.
    #[arg(long)]
    name: String,
    /// Days until it ends; never, if left out.
    #[arg(long)]
    days: Option<i64>,
    #[arg(long)]
    json: bool,
}

impl Token {
    pub fn run(self) -> Result<ExitCode> {
        let Self::Create(create) = self;
        let place = create.place.open()?;
        let (system, login) = (place.system(), normal_login(&create.user));
        let new = NewToken { name: create.name, days: create.days };
        let token = place.db.write_blocking(move |tx| {
            let user = User::one(tx, &USER_BY_LOGIN, &[&login])?.filter(|user| user.active);
            let unknown = || Error::not_found().detail(format!("there is no active person with the login {login}"));
            tokens::create(tx, &system, user.ok_or_else(unknown)?.id, &new)
        })?;
        match create.json {
            true => print_json(&token)?,
            false => println!("{}", token.secret.unwrap_or_default()),
        }
        Ok(ExitCode::SUCCESS)
    }
}
