//! The fonts of documents: DejaVu Sans is inside, and whoever runs the server can add others for the scripts it lacks.

use std::collections::BTreeSet;
use std::sync::Arc;

use daybook_domain::invoice::Document;
use parley::{FontContext, FontFamily, FontFamilyName};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

const REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");
const FAMILY: &str = "DejaVu Sans";
/// The longest text that is told.
const TOLD: usize = 80;

/// The fonts that documents are printed with, the first that has a letter before the others.
#[derive(Debug, Clone, Default)]
pub struct Fonts {
    added: Vec<Added>,
}

#[derive(Debug, Clone)]
struct Added {
    family: String,
    file: Arc<Vec<u8>>,
}

/// A file is no font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no TrueType or OpenType font with a family name")]
pub struct NoFont;

/// A text that cannot be printed as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The text, shortened.
    pub text: String,
    /// The letters of it that no font has, each once.
    pub letters: String,
}

/// What becomes of a character on paper.
pub(crate) enum Look {
    /// It is drawn.
    Drawn,
    /// It is a blank.
    Blank,
    /// It has no look, or is a picture that the fonts lack.
    Nothing,
    /// No font has it.
    Lacking,
}

impl Fonts {
    /// Adds a font for what those before it lack.
    ///
    /// # Errors
    /// [`NoFont`].
    pub fn add(&mut self, file: Vec<u8>) -> Result<(), NoFont> {
        let font = FontRef::from_index(&file, 0).map_err(|_| NoFont)?;
        // As the shaper reads it.
        let name = |id| font.localized_strings(id).english_or_first();
        let name = name(StringId::TYPOGRAPHIC_FAMILY_NAME).or_else(|| name(StringId::FAMILY_NAME));
        let family = name.map(|name| name.to_string()).ok_or(NoFont)?;
        self.added.push(Added {
            family,
            file: Arc::new(file),
        });
        Ok(())
    }

    /// The texts of a document that cannot be printed as they are: those with letters that no font has.
    #[must_use]
    pub fn lacking(&self, document: &Document) -> Vec<Lacking> {
        let faces = self.faces();
        let mut told = BTreeSet::new();
        let mut lacking = Vec::new();
        for text in texts(document) {
            let letters: BTreeSet<char> = text
                .chars()
                .filter(|c| matches!(faces.look(*c), Look::Lacking))
                .collect();
            if !letters.is_empty() && told.insert(text) {
                lacking.push(Lacking {
                    text: text.chars().take(TOLD).collect(),
                    letters: letters.into_iter().collect(),
                });
            }
        }
        lacking
    }

    /// Read and ready to be asked.
    pub(crate) fn faces(&self) -> Faces<'_> {
        let added = self.added.iter().map(|added| added.file.as_slice());
        let files = std::iter::once(REGULAR).chain(added);
        Faces(
            files
                .filter_map(|file| FontRef::from_index(file, 0).ok())
                .collect(),
        )
    }

    /// As the shaper takes them.
    pub(crate) fn context(&self) -> FontContext {
        let mut fonts = FontContext::new();
        let inside = [REGULAR, BOLD].map(|file| file.to_vec().into());
        let added = self.added.iter().map(|added| added.file.to_vec().into());
        for file in inside.into_iter().chain(added) {
            fonts.collection.register_fonts(file, None);
        }
        fonts
    }

    /// The names of their families, in order.
    pub(crate) fn families(&self) -> FontFamily<'_> {
        let added = self.added.iter().map(|added| added.family.as_str());
        let names = std::iter::once(FAMILY).chain(added);
        FontFamily::List(
            names
                .map(|name| FontFamilyName::Named(name.into()))
                .collect(),
        )
    }
}

/// Fonts that can be asked for letters.
pub(crate) struct Faces<'a>(Vec<FontRef<'a>>);

impl Faces<'_> {
    pub(crate) fn look(&self, c: char) -> Look {
        match c {
            '\n' => Look::Drawn,
            '\t' | '\u{a0}' | '\u{2007}' | '\u{202f}' => Look::Blank,
            c if c.is_control() => Look::Nothing,
            // Joiners, direction marks, variation selectors, byte order marks.
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {
                Look::Nothing
            }
            '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' => Look::Nothing,
            c if self.have(c) => Look::Drawn,
            // Pictures, and what they are put together with: a title without its party popper says the same.
            '\u{1f000}'..='\u{1faff}'
            | '\u{e0000}'..='\u{e007f}'
            | '\u{2300}'..='\u{27bf}'
            | '\u{20e3}' => Look::Nothing,
            _ => Look::Lacking,
        }
    }

    fn have(&self, c: char) -> bool {
        let has = |font: &FontRef<'_>| {
            let glyph = font.charmap().map(c);
            glyph.is_some_and(|glyph| glyph.to_u32() != 0)
        };
        self.0.iter().any(has)
    }
}

/// Everything on a document that people wrote.
fn texts(document: &Document) -> impl Iterator<Item = &str> {
    let parties = [&document.seller, &document.buyer]
        .into_iter()
        .flat_map(|party| {
            let address = &party.address;
            [
                Some(&party.name),
                Some(&address.line1),
                Some(&address.line2),
                Some(&address.postal_code),
                Some(&address.city),
                Some(&address.region),
                party.tax_id.as_ref(),
                party.email.as_ref(),
            ]
        });
    let own = [
        document.number.as_ref(),
        document.reference.as_ref(),
        document.notes.as_ref(),
        document.terms.as_ref(),
        document.bank.as_ref().and_then(|bank| bank.name.as_ref()),
        document.preceding.as_ref().map(|one| &one.number),
    ];
    let lines = document.lines.iter().flat_map(|line| {
        [
            Some(&line.description),
            Some(&line.tax.name),
            line.tax.reason.as_ref(),
        ]
    });
    let proof = document.proof.iter().flat_map(|row| {
        [
            Some(&row.member),
            row.project.as_ref(),
            Some(&row.description),
        ]
    });
    let all = parties.chain(own).chain(lines).chain(proof);
    all.flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_known_by_its_family() {
        let mut fonts = Fonts::default();
        assert_eq!(fonts.add(b"hello".to_vec()), Err(NoFont));
        fonts.add(BOLD.to_vec()).unwrap();
        assert_eq!(fonts.added[0].family, FAMILY);
    }
}
