//! Text: parley shapes it, breaks it into lines and measures it; krilla draws its glyphs.

use std::collections::HashMap;

use krilla::color::rgb;
use krilla::geom::Point;
use krilla::num::NormalizedF32;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::{Alignment, FontContext, FontWeight, Layout, LayoutContext, StyleProperty};

use crate::fonts::{Faces, Fonts, Look};
use crate::pdf::PrintError;

/// How text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) right: bool,
    pub(crate) grey: bool,
}

impl Style {
    pub(crate) const fn new(size: f32) -> Self {
        Self {
            size,
            bold: false,
            right: false,
            grey: false,
        }
    }
    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
    pub(crate) const fn right(self) -> Self {
        Self {
            right: true,
            ..self
        }
    }
    pub(crate) const fn grey(self) -> Self {
        Self { grey: true, ..self }
    }
}

/// Text that has been shaped and broken into lines.
pub(crate) struct Block {
    text: String,
    layout: Layout<()>,
    grey: bool,
}

/// Shapes text and draws it.
pub(crate) struct Pen<'a> {
    fonts: &'a Fonts,
    faces: Faces<'a>,
    context: FontContext,
    layouts: LayoutContext<()>,
    known: HashMap<u64, Font>,
}

impl Block {
    /// How many lines it has.
    pub(crate) fn len(&self) -> usize {
        self.layout.len()
    }

    pub(crate) fn height_of(&self, line: usize) -> f32 {
        self.layout
            .get(line)
            .map_or(0.0, |line| line.metrics().line_height)
    }
}

impl<'a> Pen<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self {
            faces: fonts.faces(),
            context: fonts.context(),
            fonts,
            layouts: LayoutContext::new(),
            known: HashMap::new(),
        }
    }

    /// Text in lines of this width.
    pub(crate) fn block(&mut self, text: &str, width: f32, style: Style) -> Block {
        let text = printable(&self.faces, text);
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.context, &text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(self.fonts.families()));
        builder.push_default(StyleProperty::FontSize(style.size));
        // A long word without a place to break must not run out of its column.
        builder.push_default(StyleProperty::OverflowWrap(parley::OverflowWrap::Anywhere));
        if style.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout = builder.build(&text);
        layout.break_all_lines(Some(width));
        let alignment = if style.right {
            Alignment::End
        } else {
            Alignment::Start
        };
        layout.align(alignment, parley::AlignmentOptions::default());
        Block {
            text,
            layout,
            grey: style.grey,
        }
    }

    fn font(&mut self, run: &parley::FontData) -> Result<Font, PrintError> {
        let (data, id) = run.data.clone().into_raw_parts();
        if let Some(font) = self.known.get(&id) {
            return Ok(font.clone());
        }
        let font = Font::new(data.into(), run.index).ok_or(PrintError::Font)?;
        self.known.insert(id, font.clone());
        Ok(font)
    }

    /// Draws one line of a block with its top at `y`.
    pub(crate) fn line(
        &mut self,
        surface: &mut Surface<'_>,
        block: &Block,
        number: usize,
        x: f32,
        y: f32,
    ) -> Result<(), PrintError> {
        let Some(line) = block.layout.get(number) else {
            return Ok(());
        };
        let metrics = line.metrics();
        // Lines know where they are in their block; here each stands on its own.
        let baseline = y + metrics.baseline - metrics.block_min_coord;
        let color = if block.grey {
            rgb::Color::new(96, 94, 88)
        } else {
            rgb::Color::new(24, 24, 22)
        };
        surface.set_fill(Some(ink(color)));
        let mut at = x + metrics.offset;
        for run in line.runs() {
            let font = self.font(run.font())?;
            let (size, start) = (run.font_size(), at);
            let mut glyphs: Vec<KrillaGlyph> = Vec::new();
            for cluster in run.visual_clusters() {
                if cluster.is_ligature_continuation() {
                    if let Some(glyph) = glyphs.last_mut() {
                        glyph.text_range.end = cluster.text_range().end;
                    }
                    continue;
                }
                for glyph in cluster.glyphs() {
                    glyphs.push(KrillaGlyph::new(
                        GlyphId::new(glyph.id),
                        glyph.advance / size,
                        glyph.x / size,
                        glyph.y / size,
                        0.0,
                        cluster.text_range(),
                        None,
                    ));
                    at += glyph.advance;
                }
            }
            let point = Point::from_xy(start, baseline);
            surface.draw_glyphs(point, &glyphs, font, &block.text, size, false);
        }
        Ok(())
    }
}

/// A colour to fill with.
pub(crate) fn ink(color: rgb::Color) -> Fill {
    Fill {
        paint: color.into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }
}

/// Text of characters that the fonts have: PDF/A refuses a glyph that stands for nothing. What they lack becomes `\u{fffd}`.
fn printable(faces: &Faces<'_>, text: &str) -> String {
    let shown = text.chars().filter_map(|c| match faces.look(c) {
        Look::Drawn => Some(c),
        Look::Blank => Some(' '),
        Look::Nothing => None,
        Look::Lacking => Some('\u{fffd}'),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::printable;
    use crate::fonts::Fonts;

    #[test]
    fn what_the_fonts_lack_is_shown_as_lacking() {
        let fonts = Fonts::default();
        let printable = |text| printable(&fonts.faces(), text);
        assert_eq!(printable("Zürich – Ω ж"), "Zürich – Ω ж");
        assert_eq!(printable("a\u{0}b\u{200b}c\r\nd"), "abc\nd");
        assert_eq!(printable("東京"), "\u{fffd}\u{fffd}");
        assert_eq!(printable("Launch 🚀!"), "Launch !");
    }
}
