//! The invoice on paper: A4, PDF/A-3b, with the time sheet behind it and the electronic invoice inside.

use daybook_domain::invoice::Document;
use jiff::civil::Date;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::{Document as Pdf, SerializeSettings};

use crate::fonts::Fonts;
use crate::layout::{lay, title};
use crate::sheet::{HEIGHT, MARGIN, Sheet, WIDTH};
use crate::{check, cii, facturx};

/// A logo.
#[derive(Debug, Clone)]
pub struct Logo {
    /// PNG, otherwise JPEG.
    pub is_png: bool,
    /// The picture.
    pub data: Vec<u8>,
}

/// The document could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Our own font does not open.
    #[error("the font cannot be read")]
    Font,
    /// The page has no size.
    #[error("the page cannot be made")]
    Page,
    /// The library refused.
    #[error("the PDF cannot be written: {0}")]
    Write(String),
}

/// The invoice as a PDF. A picture that cannot be read is left out.
///
/// # Errors
/// [`PrintError`]; only for faults of this program.
pub fn pdf(document: &Document, logo: Option<&Logo>, fonts: &Fonts) -> Result<Vec<u8>, PrintError> {
    let picture = logo.and_then(picture);
    let mut sheet = Sheet::new(fonts);
    lay(document, picture.is_some(), &mut sheet);
    // What the rules of PDF/A refuse is still an invoice.
    print(document, picture.as_ref(), &mut sheet, true)
        .or_else(|_| print(document, picture.as_ref(), &mut sheet, false))
}

fn print(
    document: &Document,
    picture: Option<&Image>,
    sheet: &mut Sheet<'_>,
    archival: bool,
) -> Result<Vec<u8>, PrintError> {
    let mut settings = SerializeSettings::default();
    if archival {
        settings.configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_B)
            .finish()
            .map_err(|error| PrintError::Write(format!("{error:?}")))?;
    }
    let mut pdf = Pdf::new_with(settings);
    pdf.set_metadata(
        Metadata::new()
            .title(title(document))
            .language("en".to_owned())
            .authors(vec![document.seller.name.clone()])
            .creator("Daybook".to_owned())
            .producer("Daybook".to_owned())
            .document_id(title(document))
            .creation_date(date(document.issued)),
    );
    let electronic = document.number.is_some() && check(document).is_empty();
    if electronic {
        pdf.embed_file(EmbeddedFile {
            path: facturx::FILE.to_owned(),
            mime_type: MimeType::new("text/xml"),
            description: Some("The invoice as EN 16931 describes it (CII)".to_owned()),
            association_kind: AssociationKind::Alternative,
            data: cii(document).into_bytes().into(),
            modification_date: Some(date(document.issued)),
            compress: Some(true),
            location: None,
        });
    }
    let pages = sheet.pages();
    for number in 0..pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PrintError::Page)?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        sheet.draw(number, &mut surface)?;
        if let (0, Some(picture)) = (number, picture) {
            draw_logo(&mut surface, picture);
        }
        surface.finish();
        page.finish();
    }
    let refused = |error| PrintError::Write(format!("{error:?}").chars().take(300).collect());
    let written = pdf.finish().map_err(refused)?;
    let marked = electronic.then(|| facturx::marked(&written)).flatten();
    Ok(marked.unwrap_or(written))
}

fn date(day: Date) -> DateTime {
    DateTime::new(day.year().unsigned_abs())
        .month(day.month().unsigned_abs())
        .day(day.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn picture(logo: &Logo) -> Option<Image> {
    let data = logo.data.clone().into();
    // PDF/A knows no interpolation.
    let read = if logo.is_png {
        Image::from_png(data, false)
    } else {
        Image::from_jpeg(data, false)
    };
    read.ok()
}

/// Top right, within 150 × 56 points.
fn draw_logo(surface: &mut Surface<'_>, picture: &Image) {
    let (width, height) = picture.size();
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (150.0 / width).min(56.0 / height).min(1.0);
    let Some(size) = Size::from_wh(width * scale, height * scale) else {
        return;
    };
    let x = WIDTH - MARGIN - size.width();
    surface.push_transform(&Transform::from_translate(x, MARGIN));
    surface.draw_image(picture.clone(), size);
    surface.pop();
}
