//! Pages, and what stands on them: text is shaped and broken by parley, and flows from page to page line by line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::{
    Alignment, FontContext, FontFamily, FontFamilyName, FontWeight, Layout, LayoutContext,
    StyleProperty,
};
use skrifa::MetadataProvider;

use crate::pdf::PrintError;

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
pub(crate) const MARGIN: f32 = 56.0;
/// Where text ends; below is the footer.
const BOTTOM: f32 = HEIGHT - 64.0;

const REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");
const FAMILY: &str = "DejaVu Sans";

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

/// Something on a page.
enum Mark {
    /// One line of a block, its top at `y`.
    Line {
        block: Rc<Block>,
        line: usize,
        x: f32,
        y: f32,
    },
    Rule {
        y: f32,
        from: f32,
        strong: bool,
    },
    Band {
        y: f32,
        height: f32,
    },
}

/// A column of a table.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) right: bool,
}

/// Pages in the making.
pub(crate) struct Sheet {
    pen: Pen,
    pages: Vec<Vec<Mark>>,
    /// Where the next thing goes.
    pub(crate) y: f32,
}

struct Pen {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    known: HashMap<u64, Font>,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        let mut fonts = FontContext::new();
        for file in [REGULAR, BOLD] {
            fonts.collection.register_fonts(file.to_vec().into(), None);
        }
        Self {
            pen: Pen {
                fonts,
                layouts: LayoutContext::new(),
                known: HashMap::new(),
            },
            pages: vec![Vec::new()],
            y: MARGIN,
        }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// A block of this width.
    pub(crate) fn block(&mut self, text: &str, width: f32, style: Style) -> Rc<Block> {
        let text = printable(text);
        let pen = &mut self.pen;
        let mut builder = pen
            .layouts
            .ranged_builder(&mut pen.fonts, &text, 1.0, false);
        let family = FontFamilyName::Named(Cow::Borrowed(FAMILY));
        builder.push_default(StyleProperty::FontFamily(FontFamily::Single(family)));
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
        Rc::new(Block {
            text,
            layout,
            grey: style.grey,
        })
    }

    /// Places a block with its top at `y` on this page, whatever else is there. Returns where it ends.
    pub(crate) fn place(&mut self, block: &Rc<Block>, x: f32, y: f32) -> f32 {
        let mut at = y;
        for line in 0..block.layout.len() {
            self.mark(Mark::Line {
                block: block.clone(),
                line,
                x,
                y: at,
            });
            at += block.height_of(line);
        }
        at
    }

    /// Text at `y` on this page. Returns where it ends.
    pub(crate) fn text(&mut self, text: &str, x: f32, y: f32, width: f32, style: Style) -> f32 {
        let block = self.block(text, width, style);
        self.place(&block, x, y)
    }

    /// Text that goes on over as many pages as it needs.
    pub(crate) fn flow(&mut self, text: &str, x: f32, width: f32, style: Style) {
        let block = self.block(text, width, style);
        for line in 0..block.layout.len() {
            let height = block.height_of(line);
            self.room(height);
            let y = self.y;
            self.mark(Mark::Line {
                block: block.clone(),
                line,
                x,
                y,
            });
            self.y += height;
        }
    }

    /// A row of a table; long cells wrap, and go on over pages. `again` draws the table's head on a new page.
    pub(crate) fn row(
        &mut self,
        columns: &[Column],
        cells: &[&str],
        style: Style,
        again: &mut dyn FnMut(&mut Self),
    ) {
        let blocks: Vec<Rc<Block>> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| {
                let style = if column.right { style.right() } else { style };
                self.block(cell, column.width, style)
            })
            .collect();
        let lines = blocks.iter().map(|block| block.layout.len()).max();
        for line in 0..lines.unwrap_or(0) {
            let heights = blocks.iter().filter(|block| line < block.layout.len());
            let height = heights
                .map(|block| block.height_of(line))
                .fold(0.0, f32::max);
            if self.y + height > BOTTOM {
                self.turn();
                again(self);
            }
            let y = self.y;
            for (column, block) in columns.iter().zip(&blocks) {
                if line < block.layout.len() {
                    self.mark(Mark::Line {
                        block: block.clone(),
                        line,
                        x: column.x,
                        y,
                    });
                }
            }
            self.y += height;
        }
        self.y += 3.5;
    }

    /// The foot of page `number`.
    pub(crate) fn footer(&mut self, number: usize, left: &str, right: &str) {
        let style = Style::new(7.0).grey();
        let y = HEIGHT - 40.0;
        let (about, page) = (
            self.block(left, WIDTH - 2.0 * MARGIN - 60.0, style),
            self.block(right, 50.0, style.right()),
        );
        for (block, x) in [(about, MARGIN), (page, WIDTH - MARGIN - 50.0)] {
            if let Some(marks) = self.pages.get_mut(number) {
                let (line, y) = (0, y);
                marks.push(Mark::Line { block, line, x, y });
            }
        }
    }

    /// Makes sure that there are `height` points left on this page.
    pub(crate) fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    /// Goes on on a new page.
    pub(crate) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// A line across the page, from `x`.
    pub(crate) fn rule(&mut self, from: f32, strong: bool) {
        let y = self.y;
        self.mark(Mark::Rule { y, from, strong });
    }

    /// A light band behind what follows.
    pub(crate) fn band(&mut self, height: f32) {
        let y = self.y;
        self.mark(Mark::Band { y, height });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Draws page `number` (from 0).
    pub(crate) fn draw(
        &mut self,
        number: usize,
        surface: &mut Surface<'_>,
    ) -> Result<(), PrintError> {
        let marks = self
            .pages
            .get(number)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for mark in marks {
            match mark {
                Mark::Line { block, line, x, y } => {
                    self.pen.line(surface, block, *line, *x, *y)?;
                }
                Mark::Rule { y, from, strong } => {
                    let mut path = PathBuilder::new();
                    path.move_to(*from, *y);
                    path.line_to(WIDTH - MARGIN, *y);
                    stroke(surface, path, *strong);
                }
                Mark::Band { y, height } => {
                    let width = WIDTH - 2.0 * MARGIN + 12.0;
                    let band = Rect::from_xywh(MARGIN - 6.0, *y, width, *height);
                    let mut path = PathBuilder::new();
                    if let Some(band) = band {
                        path.push_rect(band);
                    }
                    surface.set_fill(Some(ink(rgb::Color::new(244, 243, 239))));
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Block {
    fn height_of(&self, line: usize) -> f32 {
        self.layout
            .get(line)
            .map_or(0.0, |line| line.metrics().line_height)
    }
}

impl Pen {
    fn line(
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
            let (data, id) = run.font().data.clone().into_raw_parts();
            let index = run.font().index;
            let font = match self.known.get(&id) {
                Some(font) => font.clone(),
                None => {
                    let font = Font::new(data.into(), index).ok_or(PrintError::Font)?;
                    self.known.insert(id, font.clone());
                    font
                }
            };
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

fn ink(color: rgb::Color) -> Fill {
    Fill {
        paint: color.into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }
}

fn stroke(surface: &mut Surface<'_>, path: PathBuilder, strong: bool) {
    let color = if strong {
        rgb::Color::new(24, 24, 22)
    } else {
        rgb::Color::new(208, 205, 197)
    };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: color.into(),
        width: if strong { 0.9 } else { 0.5 },
        ..Stroke::default()
    }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    surface.set_stroke(None);
}

/// Text of characters that the fonts have: PDF/A refuses a glyph that stands for nothing. What they lack becomes `\u{fffd}`, what
/// has no look goes.
fn printable(text: &str) -> String {
    let Ok(font) = skrifa::FontRef::new(REGULAR) else {
        return String::new();
    };
    let map = font.charmap();
    let has = |c: char| map.map(c).is_some_and(|glyph| glyph.to_u32() != 0);
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' | '\u{a0}' | '\u{2007}' | '\u{202f}' => Some(' '),
            c if c.is_control() => None,
            // Joiners, direction marks, variation selectors, byte order marks.
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
            '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' => None,
            c if has(c) => Some(c),
            _ => Some('\u{fffd}'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_the_fonts_lack_is_shown_as_lacking() {
        assert_eq!(printable("Zürich – Ω ж"), "Zürich – Ω ж");
        assert_eq!(printable("a\u{0}b\u{200b}c\r\nd"), "abc\nd");
        assert_eq!(printable("東京"), "\u{fffd}\u{fffd}");
    }
}
