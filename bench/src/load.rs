//! Clients that send one request after the other, and what they and the server measured meanwhile.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use journeys::http::{Answer, Client, Request};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::process;

const WARM_UP: Duration = Duration::from_millis(500);
/// Other work on the machine comes and goes; the middle of three rounds shows the server.
const ROUNDS: usize = 3;

/// A server under measurement.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    pub token: String,
    pub process: u32,
    pub seed: u64,
    pub lasting: Duration,
}

/// What a client knows when it makes its next request.
pub struct Turn<'a> {
    pub rng: &'a mut StdRng,
    /// The answer to its request before this one.
    pub last: Option<&'a Answer>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    pub per_second: f64,
    /// Of the server, per request.
    pub cpu: Duration,
    pub p50: Duration,
    pub p99: Duration,
}

impl Target {
    pub fn client(&self) -> Client {
        Client::new(self.address, Some(self.token.clone()))
    }

    /// Lets `clients` clients send what `next` makes, in rounds, and gives the one of middle cost.
    ///
    /// # Errors
    /// The first answer that is not a success.
    pub fn measure(&self, clients: usize, next: impl Fn(Turn<'_>) -> Request + Sync) -> Result<Measured, String> {
        let mut rounds = (0..ROUNDS).map(|_| self.round(clients, &next)).collect::<Result<Vec<_>, _>>()?;
        rounds.sort_unstable_by_key(|round| round.cpu);
        Ok(rounds[ROUNDS / 2])
    }

    /// Measures after a short warm-up.
    fn round(&self, clients: usize, next: &(impl Fn(Turn<'_>) -> Request + Sync)) -> Result<Measured, String> {
        let barrier = Barrier::new(clients + 1);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..clients)
                .map(|number| {
                    let barrier = &barrier;
                    scope.spawn(move || self.client_runs(number, next, barrier))
                })
                .collect();
            barrier.wait();
            let (before, started) = (process::cpu_time(self.process), Instant::now());
            let latencies: Result<Vec<_>, String> = threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err("a client panicked".into())))
                .collect();
            let (elapsed, used) = (started.elapsed(), process::cpu_time(self.process) - before);
            Ok(summary(latencies?.concat(), elapsed, used))
        })
    }

    fn client_runs(
        &self,
        number: usize,
        next: &impl Fn(Turn<'_>) -> Request,
        barrier: &Barrier,
    ) -> Result<Vec<Duration>, String> {
        let mut client = self.client();
        let mut rng = StdRng::seed_from_u64(self.seed + number as u64);
        let mut last = None;
        let mut ask = |last: &mut Option<Answer>| {
            let request = next(Turn { rng: &mut rng, last: last.as_ref() });
            let started = Instant::now();
            let answer = client.send(&request).map_err(|error| error.to_string())?;
            let took = started.elapsed();
            if !answer.is_success() {
                return Err(format!("{} to {request:?}: {}", answer.status, answer.text()));
            }
            *last = Some(answer);
            Ok(took)
        };
        let warmed = run_for(WARM_UP, || ask(&mut last));
        barrier.wait();
        warmed?;
        run_for(self.lasting / ROUNDS as u32, || ask(&mut last))
    }
}

fn run_for(time: Duration, mut ask: impl FnMut() -> Result<Duration, String>) -> Result<Vec<Duration>, String> {
    let started = Instant::now();
    let mut latencies = Vec::with_capacity(1 << 16);
    while started.elapsed() < time {
        latencies.push(ask()?);
    }
    Ok(latencies)
}

fn summary(mut latencies: Vec<Duration>, elapsed: Duration, used: Duration) -> Measured {
    latencies.sort_unstable();
    let count = latencies.len().max(1);
    let at = |part: f64| latencies.get(((count - 1) as f64 * part) as usize).copied().unwrap_or_default();
    Measured { per_second: count as f64 / elapsed.as_secs_f64(), cpu: used / count as u32, p50: at(0.5), p99: at(0.99) }
}
