//! Invoices as documents: PDF/A-3 for people, with the electronic invoice inside, and UBL 2.1 and UN/CEFACT CII for programs,
//! as EN 16931 wants them. Pure: a document goes in, bytes come out, the same ones every time.

mod check;
mod cii;
mod facturx;
mod fonts;
mod layout;
mod pdf;
mod pen;
mod picture;
mod sheet;
mod ubl;
mod xml;

pub use check::{Broken, check};
pub use cii::cii;
pub use fonts::{Fonts, Lacking, NoFont};
pub use pdf::{Logo, PrintError, pdf};
pub use picture::picture_size;
pub use ubl::ubl;
