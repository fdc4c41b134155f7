//! Pages, and what stands on them: text is shaped and broken by parley, and flows from page to page line by line.

use std::rc::Rc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect};
use krilla::paint::Stroke;
use krilla::surface::Surface;

use crate::fonts::Fonts;
use crate::pdf::PrintError;
use crate::pen::{Block, Pen, Style, ink};

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
pub(crate) const MARGIN: f32 = 56.0;
/// Where text ends; below is the footer.
const BOTTOM: f32 = HEIGHT - 64.0;

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
pub(crate) struct Sheet<'a> {
    pen: Pen<'a>,
    pages: Vec<Vec<Mark>>,
    /// Where the next thing goes.
    pub(crate) y: f32,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self {
            pen: Pen::new(fonts),
            pages: vec![Vec::new()],
            y: MARGIN,
        }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// A block of this width.
    pub(crate) fn block(&mut self, text: &str, width: f32, style: Style) -> Rc<Block> {
        Rc::new(self.pen.block(text, width, style))
    }

    /// Places a block with its top at `y` on this page, whatever else is there. Returns where it ends.
    pub(crate) fn place(&mut self, block: &Rc<Block>, x: f32, y: f32) -> f32 {
        let mut at = y;
        for line in 0..block.len() {
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
        for line in 0..block.len() {
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
        let lines = blocks.iter().map(|block| block.len()).max();
        for line in 0..lines.unwrap_or(0) {
            let heights = blocks.iter().filter(|block| line < block.len());
            let height = heights
                .map(|block| block.height_of(line))
                .fold(0.0, f32::max);
            if self.y + height > BOTTOM {
                self.turn();
                again(self);
            }
            let y = self.y;
            for (column, block) in columns.iter().zip(&blocks) {
                if line < block.len() {
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
