//! Chooses the folder that is embedded. A build with cargo alone must always succeed: without a built dashboard an
//! empty folder is embedded, the binary serves a notice page in its place, and the build says so. Never runs npm.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=DAYBOOK_WEB_DIST");
    let crate_dir = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = env::var_os("DAYBOOK_WEB_DIST")
        .map_or_else(|| crate_dir.join("../../web/dist"), PathBuf::from);
    // A rebuilt dist must never be shipped stale, and one that appears later must be noticed. A folder that does not
    // exist would make every build of this crate dirty, so an empty one (git-ignored) takes its place.
    if env::var_os("DAYBOOK_WEB_DIST").is_none() {
        fs::create_dir_all(&dist).ok();
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    let chosen = if dist.join("index.html").is_file() {
        dist
    } else {
        println!(
            "cargo:warning=web/dist is not built: this binary serves the API and a notice page instead of the \
             dashboard (build it with: npm --prefix web ci && npm --prefix web run build)"
        );
        let empty = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("no-dashboard");
        fs::create_dir_all(&empty)?;
        empty
    };
    println!(
        "cargo:rustc-env=DAYBOOK_WEB_EMBED={}",
        chosen.canonicalize()?.display()
    );
    Ok(())
}
