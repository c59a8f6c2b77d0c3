//! The font: widths of texts, their glyphs, and where lines are broken.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{
    FontRef, MetadataProvider as _,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

use crate::application::paper_ports::PressError;

/// Noto Sans CJK SC, see `assets/README.md`.
const BYTES: &[u8] = include_bytes!("../../../assets/invoice-font.otf");
/// Drawn where the font has nothing.
const MISSING: char = '〓';

/// The one font of all documents.
pub(super) struct Face {
    font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    pub fn load() -> Result<Self, PressError> {
        let unusable = || PressError("the font cannot be read".to_owned());
        let font = Font::new(BYTES.into(), 0).ok_or_else(unusable)?;
        let face = FontRef::new(BYTES).map_err(|_| unusable())?;
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = font.units_per_em();
        Ok(Self { characters: face.charmap(), metrics, units, font })
    }

    pub fn font(&self) -> Font {
        self.font.clone()
    }

    fn glyph(&self, character: char) -> skrifa::GlyphId {
        let shown = if character.is_control() { ' ' } else { character };
        let found = self.characters.map(shown).or_else(|| self.characters.map(MISSING));
        found.unwrap_or_default()
    }

    /// Of one character, in parts of the size.
    fn advance(&self, character: char) -> f32 {
        self.metrics.advance_width(self.glyph(character)).unwrap_or(self.units) / self.units
    }

    /// As wide as the text is drawn.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|character| self.advance(character)).sum::<f32>() * size
    }

    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, character): (usize, char)| {
            let id = GlyphId::new(self.glyph(character).to_u32());
            let range = at..at + character.len_utf8();
            KrillaGlyph::new(id, self.advance(character), 0.0, 0.0, 0.0, range, None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// Lines no wider than `width`, broken at spaces and between what is not Latin; what fits
    /// nowhere is broken anywhere.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let cut = self.cut(rest, size, width);
            let (line, next) = rest.split_at(cut);
            lines.push(line.trim_end().to_owned());
            rest = next.trim_start();
        }
        lines
    }

    /// Where the first line of a text that is not empty ends.
    fn cut(&self, text: &str, size: f32, width: f32) -> usize {
        let (mut taken, mut breakable, mut before) = (0.0, 0, None);
        for (at, character) in text.char_indices() {
            let may_break = |before: char| {
                before == ' '
                    || !before.is_ascii()
                    || !(character.is_ascii() || is_closing(character))
            };
            if before.is_some_and(may_break) && !is_closing(character) {
                breakable = at;
            }
            taken += self.advance(character) * size;
            if taken > width && at > 0 {
                return if breakable > 0 { breakable } else { at };
            }
            before = Some(character);
        }
        text.len()
    }
}

/// What does not begin a line.
fn is_closing(character: char) -> bool {
    "，。、；：！？）》」』”’…,.;:!?)]}".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let face = Face::load().unwrap();
        for text in [
            "上海市浦东新区世纪大道一百号，环球金融中心二十七层",
            "One Hundred Century Avenue, Pudong, Shanghai 200120",
            "averyveryveryveryveryveryverylongwordwithoutanyspace@example.com",
            "混合 mixed 文字 with words，以及标点。",
            "",
        ] {
            let lines = face.lines(text, 10.0, 120.0);
            assert!(lines.iter().all(|line| face.width(line, 10.0) <= 120.0), "{lines:?}");
            let kept = |text: &str| text.replace(' ', "");
            assert_eq!(kept(&lines.concat()), kept(text));
            assert!(!lines.iter().any(|line| line.starts_with(is_closing)), "{lines:?}");
        }
    }

    #[test]
    fn what_the_font_lacks_takes_the_place_of_a_sign() {
        let face = Face::load().unwrap();
        assert!((face.width("\u{20000}", 10.0) - 10.0).abs() < 0.01);
        assert!((face.width("账单", 10.0) - 20.0).abs() < 0.01);
    }
}
