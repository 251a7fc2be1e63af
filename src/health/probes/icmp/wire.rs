//! Echo request and reply on the wire (RFC 792, RFC 4443 section 4).

use std::net::IpAddr;

/// ICMP type of an echo reply.
pub const ECHO_REPLY_V4: u8 = 0;
/// ICMPv6 type of an echo reply.
pub const ECHO_REPLY_V6: u8 = 129;
const ECHO_REQUEST_V4: u8 = 8;
const ECHO_REQUEST_V6: u8 = 128;

/// Bytes of one echo: header (8), nonce (8), slot (4), generation (4).
pub const SIZE: usize = 24;

/// What an echo carries so that its reply is known again. The sequence number on the wire is the low half of the slot,
/// so that more than 65,536 may be outstanding; the rest stands in the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo {
    /// The identifier; a datagram socket replaces it by its own.
    pub ident: u16,
    /// Drawn when the sockets were opened: what others send is not ours.
    pub nonce: u64,
    /// Where the asker keeps what it asked.
    pub slot: u32,
    /// How often the slot has been used: a reply to an earlier use is late.
    pub generation: u32,
}

impl Echo {
    /// The request to an address of the family. The kernel fills in the checksum of ICMPv6.
    pub fn request(&self, is_v4: bool) -> [u8; SIZE] {
        let [ident_high, ident_low] = self.ident.to_be_bytes();
        let [_, _, high, low] = self.slot.to_be_bytes();
        let kind = if is_v4 { ECHO_REQUEST_V4 } else { ECHO_REQUEST_V6 };
        let mut bytes = [0; SIZE];
        bytes[..8].copy_from_slice(&[kind, 0, 0, 0, ident_high, ident_low, high, low]);
        bytes[8..16].copy_from_slice(&self.nonce.to_be_bytes());
        bytes[16..20].copy_from_slice(&self.slot.to_be_bytes());
        bytes[20..24].copy_from_slice(&self.generation.to_be_bytes());
        if is_v4 {
            let sum = checksum(&bytes);
            bytes[2..4].copy_from_slice(&sum.to_be_bytes());
        }
        bytes
    }

    /// Reads a reply; `None` for anything else. `with_ip_header`: a raw IPv4 socket hands out the IP header too.
    pub fn reply(from: IpAddr, bytes: &[u8], with_ip_header: bool) -> Option<Self> {
        let bytes = if with_ip_header { bytes.get(usize::from(bytes.first()? & 0x0f) * 4..)? } else { bytes };
        let bytes: &[u8; SIZE] = bytes.first_chunk()?;
        let [kind, code, _, _, ident_high, ident_low, high, low, rest @ ..] = bytes;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (slot, rest) = rest.split_first_chunk()?;
        let (generation, _) = rest.split_first_chunk()?;
        let echo = Self {
            ident: u16::from_be_bytes([*ident_high, *ident_low]),
            nonce: u64::from_be_bytes(*nonce),
            slot: u32::from_be_bytes(*slot),
            generation: u32::from_be_bytes(*generation),
        };
        let expected = if from.is_ipv4() { ECHO_REPLY_V4 } else { ECHO_REPLY_V6 };
        let is_reply = *kind == expected && *code == 0;
        (is_reply && slot.ends_with(&[*high, *low])).then_some(echo)
    }
}

/// The internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let (pairs, _) = bytes.as_chunks::<2>();
    let sum: u32 = pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !(((folded & 0xffff) + (folded >> 16)) as u16)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    const ECHO: Echo = Echo { ident: 0x1234, nonce: 0xfeed_beef_dead_cafe, slot: 0x0001_0203, generation: 7 };
    const V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    fn answered(mut bytes: [u8; SIZE], kind: u8) -> [u8; SIZE] {
        bytes[0] = kind;
        bytes
    }

    #[test]
    fn there_and_back() {
        let (v4, v6) = (ECHO.request(true), ECHO.request(false));
        assert_eq!(checksum(&v4), 0, "a valid packet sums up to nothing");
        assert_eq!((v4[0], v6[0], &v4[6..8]), (8, 128, &[2, 3][..]));
        assert_eq!(Echo::reply(V4, &answered(v4, 0), false), Some(ECHO));
        assert_eq!(Echo::reply(V6, &answered(v6, 129), false), Some(ECHO));
        let mut with_header = vec![0x46; 24];
        with_header.extend(answered(v4, 0));
        assert_eq!(Echo::reply(V4, &with_header, true), Some(ECHO));
    }

    #[test]
    fn anything_else_is_none() {
        let reply = answered(ECHO.request(true), 0);
        assert_eq!(Echo::reply(V4, &ECHO.request(true), false), None, "a request");
        assert_eq!(Echo::reply(V6, &reply, false), None, "of the other family");
        assert_eq!(Echo::reply(V4, &reply[..SIZE - 1], false), None, "cut");
        assert_eq!(Echo::reply(V4, &[], true), None);
        assert_eq!(Echo::reply(V4, &[0x4f; 30], true), None, "all header");
        let mut other_sequence = reply;
        other_sequence[7] ^= 1;
        assert_eq!(Echo::reply(V4, &other_sequence, false), None);
    }

    #[test]
    fn checksum_of_rfc_1071() {
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }
}
