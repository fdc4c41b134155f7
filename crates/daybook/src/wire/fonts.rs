//! The fonts that whoever runs the server added for invoices.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use daybook_engine::invoices::Fonts;

use crate::config::Config;

/// The largest file that is taken: the largest fonts there are have less.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Those of the folder, by name.
///
/// # Errors
/// With a sentence that names the file that is none.
pub(super) fn read(config: &Config) -> Result<Arc<Fonts>> {
    let mut fonts = Fonts::default();
    if let Some(folder) = config.values.text("fonts_dir") {
        for path in files(Path::new(folder))? {
            let about = || format!("DAYBOOK_FONTS_DIR: {}", path.display());
            let size = std::fs::metadata(&path).with_context(about)?.len();
            if size > MAX_BYTES {
                bail!("{}: it is larger than 64 MiB", about());
            }
            let file = std::fs::read(&path).with_context(about)?;
            fonts.add(file).with_context(about)?;
        }
    }
    Ok(Arc::new(fonts))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let about = || format!("DAYBOOK_FONTS_DIR: {} cannot be read", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(about)? {
        let path = entry.with_context(about)?.path();
        let kind = path.extension().map(|kind| kind.to_ascii_lowercase());
        let is_font = kind.is_some_and(|kind| kind == "ttf" || kind == "otf" || kind == "ttc");
        if is_font {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
