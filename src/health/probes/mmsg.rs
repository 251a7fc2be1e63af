//! Many datagrams a system call, and the two socket options that no safe crate offers.
//!
//! The only place of the poller that needs `unsafe`: `sendmmsg` and `recvmmsg` take arrays of headers that point at the
//! datagrams. The pointers are made for the one call and live no longer.
#![allow(unsafe_code)]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::{from_mut, null_mut};

use socket2::SockAddr;

/// Datagrams in one `sendmmsg`. Measured: larger batches are no faster.
pub const SEND_BATCH: usize = 64;
/// Datagrams in one `recvmmsg`: more than are sent, so that one call empties the socket.
pub const RECEIVE_BATCH: usize = 128;
/// Room for one received datagram: an IPv4 header with options (60 bytes) and our echo.
const ROOM: usize = 128;

/// Datagrams to send, each with its own destination.
#[derive(Debug, Default)]
pub struct Outbox<const SIZE: usize> {
    to: Vec<SockAddr>,
    data: Vec<[u8; SIZE]>,
}

impl<const SIZE: usize> Outbox<SIZE> {
    /// Takes one more; `false` when it is full.
    pub fn push(&mut self, to: SocketAddr, data: [u8; SIZE]) -> bool {
        let fits = self.data.len() < SEND_BATCH;
        if fits {
            self.to.push(SockAddr::from(to));
            self.data.push(data);
        }
        fits
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.to.clear();
        self.data.clear();
    }

    /// How many it holds.
    pub const fn len(&self) -> usize {
        self.data.len()
    }

    /// Sends those from number `from` on without waiting and gives how many went; an error is that of number `from`.
    pub fn send(&mut self, socket: BorrowedFd<'_>, from: usize) -> io::Result<usize> {
        // SAFETY: iovec and mmsghdr are plain C structs for which all zeroes are valid (null pointers, zero lengths).
        let (mut vectors, mut headers): ([libc::iovec; SEND_BATCH], [libc::mmsghdr; SEND_BATCH]) =
            unsafe { (zeroed(), zeroed()) };
        let mut count = 0;
        let waiting = self.to.iter().zip(&mut self.data).skip(from);
        for ((to, data), (vector, header)) in waiting.zip(vectors.iter_mut().zip(&mut headers)) {
            vector.iov_base = data.as_mut_ptr().cast();
            vector.iov_len = SIZE;
            // Only read by the kernel, in spite of the type.
            header.msg_hdr.msg_name = to.as_ptr().cast_mut().cast();
            header.msg_hdr.msg_namelen = to.len();
            header.msg_hdr.msg_iov = from_mut(vector);
            header.msg_hdr.msg_iovlen = 1;
            count += 1;
        }
        // SAFETY: the first `count` headers point at addresses and data of `self` and at `vectors`, all of which outlive
        // the call and are not touched during it; `count` is at most the length of `headers`.
        let sent = unsafe { libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count, libc::MSG_DONTWAIT) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }
}

/// Datagrams received.
pub struct Inbox {
    /// Large enough for both families; which one it is stands in its first field.
    from: Box<[libc::sockaddr_in6; RECEIVE_BATCH]>,
    data: Box<[[u8; ROOM]; RECEIVE_BATCH]>,
    /// Length of the data of each that the last call received.
    lengths: Vec<usize>,
}

impl Default for Inbox {
    fn default() -> Self {
        // SAFETY: sockaddr_in6 is a plain C struct for which all zeroes are valid.
        let nowhere: libc::sockaddr_in6 = unsafe { zeroed() };
        Self {
            from: Box::new([nowhere; RECEIVE_BATCH]),
            data: Box::new([[0; ROOM]; RECEIVE_BATCH]),
            lengths: Vec::with_capacity(RECEIVE_BATCH),
        }
    }
}

impl Inbox {
    /// Receives what is there without waiting, up to [`RECEIVE_BATCH`], in place of what it held.
    pub fn receive(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        self.lengths.clear();
        // SAFETY: as in `send`.
        let (mut vectors, mut headers): ([libc::iovec; RECEIVE_BATCH], [libc::mmsghdr; RECEIVE_BATCH]) =
            unsafe { (zeroed(), zeroed()) };
        let rooms = self.from.iter_mut().zip(self.data.iter_mut());
        for ((from, data), (vector, header)) in rooms.zip(vectors.iter_mut().zip(&mut headers)) {
            vector.iov_base = data.as_mut_ptr().cast();
            vector.iov_len = ROOM;
            // So that a call that writes no address leaves none of an earlier one.
            from.sin6_family = 0;
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
            header.msg_hdr.msg_name = from_mut(from).cast();
            header.msg_hdr.msg_iov = from_mut(vector);
            header.msg_hdr.msg_iovlen = 1;
        }
        // SAFETY: every header points at an address and a room of `self` of the lengths given, and at `vectors`; all
        // outlive the call. The number of headers is the array's length.
        let got = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                RECEIVE_BATCH as libc::c_uint,
                libc::MSG_DONTWAIT,
                null_mut(),
            )
        };
        let got = usize::try_from(got).map_err(|_| io::Error::last_os_error())?;
        self.lengths.extend(headers.iter().take(got).map(|header| (header.msg_len as usize).min(ROOM)));
        Ok(got)
    }

    /// What was received: from where, and the bytes.
    pub fn messages(&self) -> impl Iterator<Item = (IpAddr, &[u8])> {
        self.lengths.iter().zip(self.from.iter().zip(self.data.iter())).filter_map(|(length, (from, data))| {
            let address = match libc::c_int::from(from.sin6_family) {
                libc::AF_INET6 => IpAddr::from(from.sin6_addr.s6_addr),
                libc::AF_INET => {
                    // SAFETY: the family says that the kernel wrote a sockaddr_in here; it is smaller than a sockaddr_in6,
                    // needs no stricter alignment and is plain integers.
                    let from = unsafe { &*std::ptr::from_ref(from).cast::<libc::sockaddr_in>() };
                    IpAddr::from(from.sin_addr.s_addr.to_ne_bytes())
                }
                _ => return None,
            };
            Some((address, data.get(..*length)?))
        })
    }
}

/// Lets only echo replies through to a raw ICMP socket (`ICMP_FILTER`): else it gets every ICMP packet of the machine,
/// and on loopback its own requests too, which fill the receive buffer until replies are lost.
pub fn only_echo_replies_v4(socket: BorrowedFd<'_>) -> io::Result<()> {
    const ICMP_FILTER: libc::c_int = 1;
    // A set bit keeps that type out.
    let kept_out: u32 = !(1 << super::icmp::ECHO_REPLY_V4);
    set_option(socket, libc::SOL_RAW, ICMP_FILTER, &kept_out)
}

/// The same for ICMPv6 (`ICMP6_FILTER`, RFC 3542 section 3.2).
pub fn only_echo_replies_v6(socket: BorrowedFd<'_>) -> io::Result<()> {
    const ICMP6_FILTER: libc::c_int = 1;
    let mut kept_out = [u32::MAX; 8];
    let reply = u32::from(super::icmp::ECHO_REPLY_V6);
    if let Some(word) = kept_out.get_mut(reply as usize / 32) {
        *word &= !(1 << (reply % 32));
    }
    set_option(socket, libc::IPPROTO_ICMPV6, ICMP6_FILTER, &kept_out)
}

fn set_option<T: Copy>(socket: BorrowedFd<'_>, level: libc::c_int, name: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: `value` is a plain integer or array of them, valid for reads of its own size during the call.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            std::ptr::from_ref(value).cast(),
            size_of::<T>() as libc::socklen_t,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
