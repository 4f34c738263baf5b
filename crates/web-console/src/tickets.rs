//! Tickets for sockets, since a socket is opened without a page's headers: each opens one socket, as
//! the role it was given to, and is soon too old.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::keys::{hash, secret};
use crate::words::Role;

/// How long a ticket is good for.
pub(crate) const LASTS: Duration = Duration::from_secs(30);
/// Tickets that may be out at a time; the oldest of more stop working.
const OUT: usize = 64;

/// Tickets that are out.
#[derive(Default)]
pub(crate) struct Tickets {
    out: HashMap<[u8; 32], (Role, Instant)>,
}

// === impl Tickets ===

impl Tickets {
    /// A new ticket for this role.
    pub(crate) fn give_out(&mut self, role: Role, now: Instant) -> String {
        self.out.retain(|_, (_, expires)| *expires > now);
        if self.out.len() >= OUT
            && let Some(oldest) =
                self.out.iter().min_by_key(|(_, (_, expires))| *expires).map(|(hash, _)| *hash)
        {
            self.out.remove(&oldest);
        }
        let ticket = secret();
        self.out.insert(hash(&ticket), (role, now + LASTS));
        ticket
    }

    /// Those of this role stop working.
    pub(crate) fn revoke(&mut self, role: Role) {
        self.out.retain(|_, (whose, _)| *whose != role);
    }

    /// Takes a ticket: whose it was, if it was good.
    pub(crate) fn take(&mut self, ticket: &str, now: Instant) -> Option<Role> {
        let (role, expires) = self.out.remove(&hash(ticket))?;
        (expires > now).then_some(role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_opens_one_socket_within_its_time() {
        let (mut tickets, now) = (Tickets::default(), Instant::now());
        let ticket = tickets.give_out(Role::Interviewer, now);
        assert_eq!(tickets.take(&ticket, now), Some(Role::Interviewer));
        assert_eq!(tickets.take(&ticket, now), None, "it was used");
        let revoked = tickets.give_out(Role::Candidate, now);
        let kept = tickets.give_out(Role::Interviewer, now);
        tickets.revoke(Role::Candidate);
        assert_eq!(tickets.take(&revoked, now), None);
        assert_eq!(tickets.take(&kept, now), Some(Role::Interviewer));
        let late = tickets.give_out(Role::Candidate, now);
        assert_eq!(tickets.take(&late, now + LASTS), None, "it was too old");
        assert_eq!(tickets.take("guessed", now), None);
    }

    #[test]
    fn only_so_many_are_out_at_a_time() {
        let (mut tickets, now) = (Tickets::default(), Instant::now());
        let first = tickets.give_out(Role::Candidate, now);
        for n in 1..=OUT as u64 {
            tickets.give_out(Role::Candidate, now + Duration::from_millis(n));
        }
        assert_eq!(tickets.take(&first, now), None);
    }
}
