//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::header::{HeaderMap, USER_AGENT};
use axum::http::request::Parts;
use uuid::Uuid;

use crate::app::Config;
use crate::kernel::Error;
use crate::platform::access::throttle;
use crate::platform::grant;

/// The client as far as it can be believed: what proxies say counts only from proxies we were told to trust.
#[derive(Clone, Debug)]
pub struct Client {
    pub request: Uuid,
    pub address: IpAddr,
    pub https: bool,
    /// On this very machine. A proxy that we were not told of makes everybody look so, hence its mark rules it out.
    pub local: bool,
    pub agent: Option<String>,
}

impl Client {
    pub fn of(request: &Request, config: &Config) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let proxied = config.trusted_proxies.contains(&peer);
        let headers = request.headers();
        let forwarded = |name: &str| if proxied { text(headers, name) } else { None };
        let by_proxy = forwarded("x-forwarded-proto").map(|proto| proto.eq_ignore_ascii_case("https"));
        let address = forwarded("x-forwarded-for").and_then(|list| nearest(&list, config)).unwrap_or(peer);
        let unknown_proxy = !proxied && ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name));
        Self {
            request: Uuid::now_v7(),
            address,
            local: address.is_loopback() && !unknown_proxy,
            https: by_proxy.unwrap_or(false) || config.is_https(),
            agent: text(headers, USER_AGENT.as_str()),
        }
    }

    /// What login attempts are counted under.
    pub fn throttle_key(&self) -> String {
        throttle::address_key(self.address)
    }

    /// For the audit.
    pub fn request(&self) -> grant::Request {
        grant::Request { id: self.request, ip: Some(self.address.to_string()), session: None }
    }
}

/// The last address in the list that is not a trusted proxy: all before it may be made up.
fn nearest(list: &str, config: &Config) -> Option<IpAddr> {
    let addresses = list.rsplit(',').map_while(|part| part.trim().parse::<IpAddr>().ok());
    addresses.map(|address| address.to_canonical()).find(|address| !config.trusted_proxies.contains(address))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::internal("the edge was left out"))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn client(peer: &str, forwarded: &[(&str, &str)]) -> Client {
        let config = Config { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Config::default() };
        let mut request = Request::builder();
        for (name, value) in forwarded {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        Client::of(&request, &config)
    }

    #[test]
    fn only_known_proxies_are_believed() {
        let told = [("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.1"), ("x-forwarded-proto", "https")];
        let through = client("10.0.0.1", &told);
        assert_eq!((through.address.to_string().as_str(), through.https), ("203.0.113.9", true));
        let forged = client("198.51.100.7", &told);
        assert_eq!((forged.address.to_string().as_str(), forged.https), ("198.51.100.7", false));
    }

    #[test]
    fn what_came_through_an_unknown_proxy_is_not_local() {
        assert!(client("127.0.0.1", &[]).local);
        assert!(!client("127.0.0.1", &[("x-forwarded-for", "203.0.113.9")]).local);
        assert!(!client("203.0.113.9", &[]).local);
    }
}
