//! Links and cookies: who may come in, and as whom. A link works once; what it is exchanged for lasts
//! until it expires or is revoked. Nothing is kept of either but a hash.

use std::time::{Duration, Instant};

use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::words::Role;

/// Links and cookies of one session, or of an operator: `R` is what they let in as.
pub(crate) struct Keys<R = Role> {
    links: Vec<Link<R>>,
    cookies: Vec<Cookie<R>>,
}

struct Link<R> {
    hash: Hash,
    role: R,
    expires: Instant,
    used: bool,
}

struct Cookie<R> {
    hash: Hash,
    role: R,
    expires: Instant,
}

/// Why a link lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("nobody gave out this link; check that it was copied whole")]
    Unknown,
    #[error("this link has been used; ask for a new one")]
    Used,
    #[error("this link is too old; ask for a new one")]
    Expired,
}

/// How a link stands, for whoever gives links out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkStanding {
    /// It was given out, and nobody has used it.
    Waits,
    /// Somebody has come in by it.
    Used,
    /// There is none that works: it was taken back, or is too old.
    None,
}

/// SHA-256 of a secret.
type Hash = [u8; 32];

// === impl Keys ===

impl<R> Default for Keys<R> {
    fn default() -> Keys<R> {
        Keys { links: Vec::new(), cookies: Vec::new() }
    }
}

impl<R: Copy + PartialEq> Keys<R> {
    /// A new secret for a link of this role. Links of the same role that were given out before stop
    /// working.
    pub(crate) fn give_out(&mut self, role: R, now: Instant, lasts: Duration) -> String {
        self.links.retain(|link| link.role != role || link.used);
        let secret = secret();
        self.links.push(Link { hash: hash(&secret), role, expires: now + lasts, used: false });
        secret
    }

    /// Exchanges a link's secret for a cookie's. Whoever came by an earlier link of the same role is
    /// signed out.
    ///
    /// # Errors
    /// When it is none, or was used, or is too old.
    pub(crate) fn exchange(
        &mut self,
        secret: &str,
        now: Instant,
    ) -> Result<(String, R), LinkError> {
        let given = hash(secret);
        // All are compared, so that how long it takes says nothing.
        let mut found = None;
        for link in &mut self.links {
            if bool::from(link.hash.ct_eq(&given)) {
                found = Some(link);
            }
        }
        let link = found.ok_or(LinkError::Unknown)?;
        if link.used {
            return Err(LinkError::Used);
        }
        if link.expires <= now {
            return Err(LinkError::Expired);
        }
        link.used = true;
        let (role, expires) = (link.role, link.expires);
        self.cookies.retain(|cookie| cookie.role != role);
        let cookie = self::secret();
        self.cookies.push(Cookie { hash: hash(&cookie), role, expires });
        Ok((cookie, role))
    }

    /// Whose cookie this is.
    pub(crate) fn who(&self, cookie: &str, now: Instant) -> Option<R> {
        let given = hash(cookie);
        let mut found = None;
        for known in &self.cookies {
            if bool::from(known.hash.ct_eq(&given)) {
                found = Some(known);
            }
        }
        found.filter(|known| known.expires > now).map(|known| known.role)
    }

    /// How the link of this role stands.
    pub(crate) fn standing(&self, role: R, now: Instant) -> LinkStanding {
        let is_in = |cookie: &Cookie<R>| cookie.role == role && cookie.expires > now;
        let waits = |link: &Link<R>| link.role == role && !link.used && link.expires > now;
        if self.links.iter().any(waits) {
            LinkStanding::Waits
        } else if self.cookies.iter().any(is_in) {
            LinkStanding::Used
        } else {
            LinkStanding::None
        }
    }

    /// Signs this role out; a link that was not used yet stops working.
    pub(crate) fn revoke(&mut self, role: R) {
        self.links.retain(|link| link.role != role || link.used);
        self.cookies.retain(|cookie| cookie.role != role);
    }
}

/// 128 random bits, in hex.
pub(crate) fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

pub(crate) fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_link_lets_one_in_once_and_as_its_role() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let candidate = keys.give_out(Role::Candidate, now, HOUR);
        let interviewer = keys.give_out(Role::Interviewer, now, HOUR);
        assert_eq!(keys.standing(Role::Candidate, now), LinkStanding::Waits);
        assert_eq!(keys.standing(Role::Candidate, now + HOUR), LinkStanding::None);
        let (cookie, role) = keys.exchange(&candidate, now).unwrap();
        assert_eq!(role, Role::Candidate);
        assert_eq!(keys.standing(Role::Candidate, now), LinkStanding::Used);
        assert_eq!(keys.who(&cookie, now), Some(Role::Candidate));
        assert_eq!(keys.exchange(&candidate, now), Err(LinkError::Used));
        assert_eq!(keys.exchange(&interviewer, now).unwrap().1, Role::Interviewer);
    }

    #[test]
    fn guesses_links_themselves_and_what_is_too_old_let_nobody_in() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let link = keys.give_out(Role::Candidate, now, HOUR);
        for guess in ["", "0", &link[1..], &format!("{link}0"), &secret(), &link.to_uppercase()] {
            if *guess != link {
                assert_eq!(keys.exchange(guess, now), Err(LinkError::Unknown), "{guess}");
            }
        }
        assert_eq!(keys.who(&link, now), None, "a link is no cookie");
        assert_eq!(keys.exchange(&link, now + HOUR), Err(LinkError::Expired));
        let (cookie, _) = keys.exchange(&link, now).unwrap();
        assert_eq!(keys.who(&cookie, now + HOUR), None);
    }

    #[test]
    fn a_new_link_takes_the_place_of_the_old_one_and_signs_the_old_one_out() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let first = keys.give_out(Role::Candidate, now, HOUR);
        let second = keys.give_out(Role::Candidate, now, HOUR);
        assert_eq!(keys.exchange(&first, now), Err(LinkError::Unknown));
        let (old, _) = keys.exchange(&second, now).unwrap();
        let third = keys.give_out(Role::Candidate, now, HOUR);
        assert_eq!(keys.exchange(&second, now), Err(LinkError::Used));
        let (new, _) = keys.exchange(&third, now).unwrap();
        assert_eq!((keys.who(&old, now), keys.who(&new, now)), (None, Some(Role::Candidate)));
        let fourth = keys.give_out(Role::Candidate, now, HOUR);
        keys.revoke(Role::Candidate);
        assert_eq!(keys.who(&new, now), None);
        assert_eq!(keys.standing(Role::Candidate, now), LinkStanding::None);
        assert_eq!(keys.exchange(&fourth, now), Err(LinkError::Unknown));
    }
}
