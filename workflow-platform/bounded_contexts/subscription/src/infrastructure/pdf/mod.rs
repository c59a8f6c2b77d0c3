//! PDF documents: what stands where, and the file.

mod face;
mod layout;

use krilla::{
    Document,
    color::{luma, rgb},
    geom::{PathBuilder, Point},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Paint, Stroke},
    surface::Surface,
};
use shared_kernel::domain::Timestamp;

use crate::{
    application::paper_ports::{Press, PressError},
    domain::Paper,
};
use face::Face;
use layout::{HEIGHT, Ink, Mark, WIDTH, pages};

/// [`Press`] that puts the font into each document, with the glyphs that it uses.
#[derive(Debug, Default)]
pub struct PdfPress;

fn broken(what: impl std::fmt::Debug) -> PressError {
    PressError(format!("{what:?}"))
}

fn paint(ink: Ink) -> Paint {
    match ink {
        Ink::Text => rgb::Color::new(24, 32, 48).into(),
        Ink::Quiet => rgb::Color::new(104, 112, 128).into(),
        Ink::Rule => luma::Color::new(208).into(),
    }
}

fn draw(surface: &mut Surface<'_>, face: &Face, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, bold, ink, text } => {
            let color = paint(*ink);
            // The font has one weight: an outline makes it a heavier one.
            let width = size * 0.03;
            let outline = Stroke { paint: color.clone(), width, ..Stroke::default() };
            surface.set_stroke(bold.then_some(outline));
            let opacity = NormalizedF32::ONE;
            surface.set_fill(Some(Fill { paint: color, opacity, ..Fill::default() }));
            let glyphs = face.glyphs(text);
            let at = Point::from_xy(*x, *y);
            surface.draw_glyphs(at, &glyphs, face.font(), text, *size, false);
        }
        Mark::Rule { x, y, width } => {
            let mut path = PathBuilder::new();
            path.move_to(*x, *y);
            path.line_to(x + width, *y);
            surface.set_fill(None);
            let line = Stroke { paint: paint(Ink::Rule), width: 0.7, ..Stroke::default() };
            surface.set_stroke(Some(line));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

/// As of when the document was issued: the clock of the moment is not in it.
fn dated(at: Timestamp) -> DateTime {
    use chrono::{Datelike as _, Timelike as _};
    let at = at.to_chrono();
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
}

impl Press for PdfPress {
    fn print(&self, paper: &Paper) -> Result<Vec<u8>, PressError> {
        let face = Face::load()?;
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(format!("{} {}", paper.title, paper.number))
                .language(paper.locale.as_str().to_owned())
                .creation_date(dated(paper.issued_at)),
        );
        for marks in pages(&face, paper) {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("size"))?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            for mark in &marks {
                draw(&mut surface, &face, mark);
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(broken)
    }
}
