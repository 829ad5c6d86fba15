//! The two cookies: the session, and the browser that somebody signed in from. On https they carry the `__Host-` prefix,
//! which a browser only takes from this very host over https; plain http (one machine, a trusted network) has its own
//! names, so that neither is ever taken for the other.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use jiff::SignedDuration;

use super::Client;
use crate::kernel::{Error, Result};

#[derive(Clone, Copy, Debug)]
pub enum Cookie {
    Session,
    Device,
}

impl Cookie {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-zhike",
            (Self::Session, false) => "zhike",
            (Self::Device, true) => "__Host-zhike-device",
            (Self::Device, false) => "zhike-device",
        }
    }

    pub fn read(self, headers: &HeaderMap, client: &Client) -> Option<String> {
        let name = self.name(client.https);
        let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
    }

    pub fn set(self, headers: &mut HeaderMap, client: &Client, value: &str, lives: SignedDuration) -> Result<()> {
        let secure = if client.https { "; Secure" } else { "" };
        let name = self.name(client.https);
        let seconds = lives.as_secs();
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        headers.append(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(Error::internal)?);
        Ok(())
    }

    pub fn clear(self, headers: &mut HeaderMap, client: &Client) -> Result<()> {
        self.set(headers, client, "", SignedDuration::ZERO)
    }
}
