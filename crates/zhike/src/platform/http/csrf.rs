//! Requests that change something must come from our own pages (C47). Browsers say where a request comes from in
//! headers that pages cannot set: `Sec-Fetch-Site`, and on plain http `Origin`.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::kernel::{Error, Result};

/// `with_cookie`: the request is authenticated by what a browser sends by itself.
pub fn check(headers: &HeaderMap, with_cookie: bool) -> Result<()> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let allowed = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => text(HOST.as_str()).is_some_and(|host| same_host(origin, host)),
        // No browser: a script that holds no cookie, or a token.
        (None, None) => !with_cookie,
    };
    if allowed { Ok(()) } else { Err(Error::new(403, "request.cross_site")) }
}

fn same_host(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        let cases = [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://crm.local"), ("host", "crm.local")], false),
            (&[("origin", "http://crm.local:8080"), ("host", "crm.local:8080")], true),
            (&[("origin", "http://evil.example"), ("host", "crm.local:8080")], false),
            (&[("origin", "null"), ("host", "crm.local")], false),
            (&[], false),
        ];
        for (given, allowed) in cases {
            assert_eq!(check(&headers(given), true).is_ok(), allowed, "{given:?}");
        }
        assert!(check(&HeaderMap::new(), false).is_ok(), "a script without a cookie");
        assert!(check(&headers(&[("sec-fetch-site", "cross-site")]), false).is_err(), "signing in for someone else");
    }
}
