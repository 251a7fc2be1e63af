//! Keys of a WireGuard tunnel: X25519 (RFC 7748), 32 bytes each, written in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A private key is any 32 random bytes with five bits set or cleared.
#[must_use]
pub const fn clamped(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes[0] &= 248;
    bytes[31] = bytes[31] & 127 | 64;
    bytes
}

/// As `wg` writes a key.
#[must_use]
pub fn write_key(bytes: &[u8; 32]) -> String {
    STANDARD.encode(bytes)
}

/// Reads a key as `wg` writes it.
///
/// # Errors
/// That it is none.
pub fn read_key(text: &str) -> Result<[u8; 32], String> {
    STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| "is a WireGuard key: 32 bytes in base64, 44 characters that end in =".to_owned())
}

/// Reads a private key, which has its five bits as they must be.
///
/// # Errors
/// That it is no key, or not a private one.
pub fn read_private_key(text: &str) -> Result<[u8; 32], String> {
    let key = read_key(text)?;
    if clamped(key) == key { Ok(key) } else { Err("is not a private key as `wg genkey` makes it".into()) }
}

/// The public key of a private one.
#[must_use]
pub fn public_key(private: &[u8; 32]) -> [u8; 32] {
    let mut base = [0; 32];
    base[0] = 9;
    multiply(private, &base)
}

/// A number modulo 2²⁵⁵ − 19 in sixteen limbs of sixteen bits, after TweetNaCl.
type Element = [i64; 16];

const ONE: Element = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// (486662 − 2) / 4, of the curve's equation.
const A24: Element = [0xdb41, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn add(a: &Element, b: &Element) -> Element {
    std::array::from_fn(|limb| a[limb] + b[limb])
}

fn subtract(a: &Element, b: &Element) -> Element {
    std::array::from_fn(|limb| a[limb] - b[limb])
}

fn carry(element: &mut Element) {
    for limb in 0..16 {
        let over = element[limb] >> 16;
        element[limb] -= over << 16;
        // 2²⁵⁶ is 38 modulo 2²⁵⁵ − 19.
        if limb == 15 { element[0] += 38 * over } else { element[limb + 1] += over }
    }
}

fn times(a: &Element, b: &Element) -> Element {
    let mut wide = [0; 31];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            wide[i + j] += a * b;
        }
    }
    let mut product: Element =
        std::array::from_fn(|limb| wide[limb] + if limb < 15 { 38 * wide[limb + 16] } else { 0 });
    carry(&mut product);
    carry(&mut product);
    product
}

/// Swaps two numbers where `swap` is 1 and not where it is 0, in the same time.
fn swap_if(swap: i64, a: &mut Element, b: &mut Element) {
    let mask = -swap;
    for limb in 0..16 {
        let different = mask & (a[limb] ^ b[limb]);
        a[limb] ^= different;
        b[limb] ^= different;
    }
}

/// One over a number: its (p − 2)th power.
fn inverse(element: &Element) -> Element {
    let mut power = *element;
    for bit in (0..=253).rev() {
        power = times(&power, &power);
        if bit != 2 && bit != 4 {
            power = times(&power, element);
        }
    }
    power
}

fn unpack(bytes: &[u8; 32]) -> Element {
    let mut element: Element =
        std::array::from_fn(|limb| i64::from(bytes[2 * limb]) + (i64::from(bytes[2 * limb + 1]) << 8));
    element[15] &= 0x7fff;
    element
}

fn pack(element: &Element) -> [u8; 32] {
    let mut rest = *element;
    carry(&mut rest);
    carry(&mut rest);
    carry(&mut rest);
    for _ in 0..2 {
        let mut less = rest;
        less[0] -= 0xffed;
        for limb in 1..16 {
            less[limb] -= if limb == 15 { 0x7fff } else { 0xffff };
            less[limb] -= (less[limb - 1] >> 16) & 1;
            less[limb - 1] &= 0xffff;
        }
        let negative = (less[15] >> 16) & 1;
        swap_if(1 - negative, &mut rest, &mut less);
    }
    let mut bytes = [0; 32];
    for (pair, limb) in bytes.chunks_exact_mut(2).zip(rest) {
        let [low, high, ..] = limb.to_le_bytes();
        pair.copy_from_slice(&[low, high]);
    }
    bytes
}

/// The Montgomery ladder: a point's first coordinate, so many times.
fn multiply(scalar: &[u8; 32], point: &[u8; 32]) -> [u8; 32] {
    let (scalar, x) = (clamped(*scalar), unpack(point));
    let (mut a, mut b, mut c, mut d) = (ONE, x, [0; 16], ONE);
    for bit in (0..=254_usize).rev() {
        let set = i64::from(scalar[bit / 8] >> (bit % 8) & 1);
        swap_if(set, &mut a, &mut b);
        swap_if(set, &mut c, &mut d);
        let (sum, difference) = (add(&a, &c), subtract(&a, &c));
        let (other_sum, other_difference) = (add(&b, &d), subtract(&b, &d));
        let (square, other_square) = (times(&sum, &sum), times(&difference, &difference));
        let (left, right) = (times(&other_sum, &difference), times(&other_difference, &sum));
        let (crossed, crossed_back) = (add(&left, &right), subtract(&left, &right));
        let gap = subtract(&square, &other_square);
        b = times(&crossed, &crossed);
        d = times(&times(&crossed_back, &crossed_back), &x);
        a = times(&square, &other_square);
        c = times(&gap, &add(&times(&gap, &A24), &square));
        swap_if(set, &mut a, &mut b);
        swap_if(set, &mut c, &mut d);
    }
    pack(&times(&a, &inverse(&c)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn bytes(hex: &str) -> [u8; 32] {
        std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
    }

    #[test]
    fn the_vectors_of_rfc_7748_hold() {
        for (scalar, point, product) in [
            (
                "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
            ),
            (
                "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
                "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
            ),
        ] {
            assert_eq!(multiply(&bytes(scalar), &bytes(point)), bytes(product));
        }
        let bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assert_eq!(public_key(&bob), bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        // And what OpenSSL makes of three private keys.
        for (private, public) in [
            ("yJeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSHs=", "NKfKi73tTj8kxg7LZV+SNawbEtl66mmMVU34vx2VDy0="),
            ("OCPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAF0=", "tJ8MEngY2D8fcS22p//vSb/5NiEfSVIqD0/qAb040Bg="),
            ("KH0sA6lQeuJl7PW1NWiFpTOTogKdJBOUmXJloaJa70Y=", "MCEmyakwpKpuSpvOwiHZeLoH0nTmz3sO4wc/H1t7klA="),
        ] {
            assert_eq!(write_key(&public_key(&read_private_key(private).unwrap())), public);
        }
        let other = read_private_key("yJeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSHs=").unwrap();
        assert_eq!(multiply(&bob, &public_key(&other)), multiply(&other, &public_key(&bob)));
    }

    #[test]
    fn keys_are_read_as_wg_writes_them() {
        let private = clamped([0xff; 32]);
        assert_eq!((private[0], private[31]), (0xf8, 0x7f));
        let written = write_key(&private);
        assert_eq!((written.len(), written.ends_with('=')), (44, true));
        assert_eq!(read_private_key(&written), Ok(private));
        assert!(read_private_key(&write_key(&[0xff; 32])).is_err());
        for wrong in ["", "abc", &written[..43], &format!("{written}A"), "ö"] {
            assert!(read_key(wrong).is_err(), "{wrong}");
        }
    }
}
