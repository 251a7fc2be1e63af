//! Bringing a colour down to what a terminal can show.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ColourDepth {
    /// None: bold, reverse and underline only.
    Mono,
    /// The sixteen of every terminal.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    True,
}

/// The sixteen as most terminals show them (xterm's figures).
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// The steps of one axis of xterm's colour cube.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest colour a terminal of this depth can show; the default colour where it has none.
#[must_use]
pub fn degrade(colour: Color, depth: ColourDepth) -> Color {
    match (depth, colour) {
        (ColourDepth::Mono, _) => Color::Reset,
        (ColourDepth::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest_of_256([r, g, b])),
        (ColourDepth::Sixteen, Color::Rgb(r, g, b)) => nearest_of_16([r, g, b]),
        (ColourDepth::Sixteen, Color::Indexed(index)) => match SIXTEEN.get(usize::from(index)) {
            Some((colour, _)) => *colour,
            None => nearest_of_16(rgb_of_256(index)),
        },
        _ => colour,
    }
}

fn rgb_of_256(index: u8) -> [u8; 3] {
    match index {
        0..=15 => SIXTEEN[usize::from(index)].1,
        16..=231 => {
            let cube = usize::from(index - 16);
            [CUBE[cube / 36], CUBE[cube / 6 % 6], CUBE[cube % 6]]
        }
        232..=255 => [8 + (index - 232) * 10; 3],
    }
}

/// Only the cube and the greys: the first sixteen are whatever the person's terminal says.
fn nearest_of_256(rgb: [u8; 3]) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb_of_256(*index), rgb)).unwrap_or(15)
}

/// By hue first, so that a soft red stays red and does not become grey.
fn nearest_of_16(rgb: [u8; 3]) -> Color {
    let most = rgb.iter().copied().max().unwrap_or(0);
    let least = rgb.iter().copied().min().unwrap_or(0);
    let grey = most - least < 40;
    if grey {
        return match most {
            0..64 => Color::Black,
            64..160 => Color::DarkGray,
            160..240 => Color::Gray,
            240..=255 => Color::White,
        };
    }
    // Green begins where people see it begin, well before it is pure: a soft green is no yellow.
    let hue = match hue(rgb) {
        0..33 | 330.. => 1,
        33..75 => 3,
        75..160 => 2,
        160..200 => 6,
        200..265 => 4,
        265..330 => 5,
    };
    let bright = if most > 220 && least > 80 { 8 } else { 0 };
    SIXTEEN[hue + bright].0
}

/// The angle of a colour on the wheel, in degrees from red over green and blue, 0 to 359.
fn hue([red, green, blue]: [u8; 3]) -> u16 {
    let (r, g, b) = (i32::from(red), i32::from(green), i32::from(blue));
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let Some(range) = Some(most - least).filter(|range| *range > 0) else { return 0 };
    let degrees = match most {
        _ if most == r => 60 * (g - b) / range,
        _ if most == g => 120 + 60 * (b - r) / range,
        _ => 240 + 60 * (r - g) / range,
    };
    u16::try_from(degrees.rem_euclid(360)).unwrap_or(0)
}

/// The difference the eye sees, roughly (green weighs most).
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let part = |i: usize, weight: u32| u32::from(a[i].abs_diff(b[i])).pow(2) * weight;
    part(0, 3) + part(1, 4) + part(2, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_keep_their_hue() {
        for (rgb, sixteen) in [
            (Color::Rgb(240, 113, 120), Color::LightRed),
            (Color::Rgb(180, 40, 40), Color::Red),
            (Color::Rgb(120, 190, 110), Color::Green),
            (Color::Rgb(165, 214, 111), Color::Green),
            (Color::Rgb(240, 198, 116), Color::LightYellow),
            (Color::Rgb(0, 205, 205), Color::Cyan),
            (Color::Rgb(205, 0, 205), Color::Magenta),
            (Color::Rgb(128, 128, 128), Color::DarkGray),
            (Color::Rgb(240, 240, 245), Color::White),
            (Color::Rgb(90, 160, 250), Color::LightBlue),
            (Color::Indexed(196), Color::Red),
            (Color::Indexed(9), Color::LightRed),
        ] {
            let got = degrade(rgb, ColourDepth::Sixteen);
            assert_eq!(got, sixteen, "{rgb:?}");
        }
        assert_eq!(degrade(Color::Rgb(255, 0, 0), ColourDepth::Indexed), Color::Indexed(196));
        assert_eq!(degrade(Color::Red, ColourDepth::Indexed), Color::Red);
        assert_eq!(degrade(Color::Red, ColourDepth::Mono), Color::Reset);
    }
}
