//! The frame of every page: one small style sheet, light and dark, no script.

/// A whole document. `body` is trusted HTML; `title` is not.
pub(crate) fn shell(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body>{body}</body></html>",
        escape(title)
    )
}

/// Text made safe for HTML text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6878;--line:#d9dee6;--ground:#f4f6f9;--card:#fff;--accent:#1f5fbf}\
@media(prefers-color-scheme:dark){:root{--ink:#e7ebf1;--soft:#9aa6b6;--line:#333c49;--ground:#12161c;--card:#1a2029;--accent:#7fb0ff}}\
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
main{max-width:60rem;margin:0 auto;padding:2rem 1rem}\
.card{max-width:30rem;margin:4vh auto;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.75rem}\
h1{font-size:1.5rem;margin:.25rem 0 1rem}h2{font-size:1.05rem;margin:1.75rem 0 .5rem}\
.tag{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.04em;text-transform:uppercase}\
small,.soft{color:var(--soft)}a{color:var(--accent)}\
fieldset{border:1px solid var(--line);border-radius:10px;margin:1rem 0;padding:.5rem .9rem}\
legend{padding:0 .35rem;font-weight:600;font-size:.9rem}\
.row{display:flex;gap:.7rem;align-items:flex-start;padding:.45rem 0;cursor:pointer;overflow-wrap:anywhere}\
.row input{margin-top:.35rem}.actions{display:flex;justify-content:flex-end;gap:.6rem;margin:1rem 0 0}\
button{font:inherit;padding:.45rem 1rem;border-radius:8px;border:1px solid var(--accent);background:var(--accent);color:#fff;cursor:pointer}\
@media(prefers-color-scheme:dark){button{color:#0b1220}}\
button.quiet{background:none;color:var(--accent);border-color:var(--line)}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
input[type=text],input[type=datetime-local],input[type=number],select{font:inherit;padding:.4rem .6rem;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink);max-width:100%}\
ul.list{list-style:none;margin:0;padding:0}ul.list>li{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.6rem .9rem;margin:.4rem 0}\
.event{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}.event>div{flex:1 1 16rem}\
.event form{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center}.event button{padding:.3rem .7rem;font-size:.9rem}\
.add{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end}.add label{display:grid;gap:.15rem;font-size:.85rem;color:var(--soft)}\
.note{background:var(--card);border-left:4px solid var(--accent);padding:.6rem .9rem;border-radius:6px}";
