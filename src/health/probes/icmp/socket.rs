//! The sockets that ICMP goes through, and whether this program may have them.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{Domain, Protocol, Socket, Type};

use super::super::mmsg;

/// Receive buffer to ask for, bytes. The usual 212 kB overflows at a thousand replies.
const RECEIVE_BUFFER: usize = 4 << 20;

/// How ICMP may be sent from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// By ping sockets (`net.ipv4.ping_group_range`): no privilege is needed.
    Dgram,
    /// By raw sockets (root, or the capability `cap_net_raw`).
    Raw,
    /// Not at all.
    Denied(Denied),
}

/// Why ICMP cannot be sent, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// What was refused.
    pub why: String,
    /// What whoever runs the machine can do.
    pub what_to_do: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.why, self.what_to_do)
    }
}

impl std::error::Error for Denied {}

impl Denied {
    /// Anything but a lack of permission.
    pub(super) fn because(why: String) -> Self {
        Self { why, what_to_do: "see `headend doctor`".to_owned() }
    }

    fn of(family: Family, error: &io::Error) -> Self {
        if matches!(error.kind(), io::ErrorKind::PermissionDenied) {
            return Self {
                why: "this program may not send pings".to_owned(),
                what_to_do:
                    "allow ping sockets (sysctl net.ipv4.ping_group_range=\"0 2147483647\") or give the program \
                             the capability (setcap cap_net_raw+ep)"
                        .to_owned(),
            };
        }
        Self {
            why: format!("this machine has no {family}: {error}"),
            what_to_do: format!("turn {family} on, or check by another address"),
        }
    }
}

/// Whether ICMP may be sent from here, and how: for `doctor` and the header. Opens a socket and closes it.
#[must_use]
pub fn permission() -> Permission {
    match PingSocket::open(Family::V4).or_else(|denied| PingSocket::open(Family::V6).map_err(|_| denied)) {
        Ok(socket) if socket.is_raw => Permission::Raw,
        Ok(_) => Permission::Dgram,
        Err(denied) => Permission::Denied(denied),
    }
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A socket for one family.
pub struct PingSocket {
    socket: Socket,
    /// Whether it is a raw one: the identifier is ours to choose and to check.
    pub is_raw: bool,
    /// Whether what it receives begins with an IP header.
    pub with_ip_header: bool,
}

impl PingSocket {
    /// A ping socket where the system allows one, else a raw one.
    fn open(family: Family) -> Result<Self, Denied> {
        let (domain, protocol) = match family {
            Family::V4 => (Domain::IPV4, Protocol::ICMPV4),
            Family::V6 => (Domain::IPV6, Protocol::ICMPV6),
        };
        if let Ok(socket) = Socket::new(domain, Type::DGRAM, Some(protocol)) {
            widen(&socket);
            return Ok(Self { socket, is_raw: false, with_ip_header: false });
        }
        let refused = |error| Denied::of(family, &error);
        let socket = Socket::new(domain, Type::RAW, Some(protocol)).map_err(refused)?;
        match family {
            Family::V4 => mmsg::only_echo_replies_v4(socket.as_fd()),
            Family::V6 => mmsg::only_echo_replies_v6(socket.as_fd()),
        }
        .map_err(refused)?;
        widen(&socket);
        Ok(Self { socket, is_raw: true, with_ip_header: family == Family::V4 })
    }
}

impl AsFd for PingSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// As large a receive buffer as is allowed: beyond the system's limit with the right to it, up to the limit without.
/// The rest is done by reading often.
fn widen(socket: &Socket) {
    if rustix::net::sockopt::set_socket_recv_buffer_size_force(socket, RECEIVE_BUFFER).is_err() {
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    }
}

/// The sockets of both families; at least one of them is there.
pub struct Sockets {
    pub v4: Result<PingSocket, Denied>,
    pub v6: Result<PingSocket, Denied>,
}

impl Sockets {
    pub fn open() -> Result<Self, Denied> {
        let (v4, v6) = (PingSocket::open(Family::V4), PingSocket::open(Family::V6));
        match (v4, v6) {
            (Err(denied), Err(_)) => Err(denied),
            (v4, v6) => Ok(Self { v4, v6 }),
        }
    }
}
