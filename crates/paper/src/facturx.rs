//! Marks a PDF as Factur-X (and ZUGFeRD 2): readers recognise one by what its metadata says of the file inside. What writes the PDF takes no
//! metadata of ours, so the extended metadata is appended as an incremental update (ISO 32000-1, 7.5.6), which PDF/A-3 allows.

/// What the file inside is called (Factur-X 1.0, 6.2.2).
pub(crate) const FILE: &str = "factur-x.xml";

/// Where the schemas are described that PDF/A does not know.
const SCHEMAS_END: &str = "</rdf:Bag></pdfaExtension:schemas>";
/// Where what is said ends.
const END: &str = "</rdf:Description></rdf:RDF>";
const NAMESPACE: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";

/// The properties, what PDF/A wants said about them, and their values.
const PROPERTIES: [(&str, &str, &str); 4] = [
    (
        "DocumentFileName",
        "The name of the embedded XML document",
        FILE,
    ),
    (
        "DocumentType",
        "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER",
        "INVOICE",
    ),
    (
        "Version",
        "The actual version of the standard applying to the embedded XML document",
        "1.0",
    ),
    (
        "ConformanceLevel",
        "The conformance level of the embedded XML document",
        "EN 16931",
    ),
];

/// The PDF with metadata that says what its [`FILE`] is; `None` where it is not built as we know it.
pub(crate) fn marked(pdf: &[u8]) -> Option<Vec<u8>> {
    // The last one: somebody may have called their invoice so.
    let begin = rfind(pdf, b"<?xpacket begin=")?;
    let rest = pdf.get(begin..)?;
    let close: &[u8] = b"<?xpacket end=\"r\"?>";
    let length = find(rest, close)? + close.len();
    let metadata = extended(std::str::from_utf8(rest.get(..length)?).ok()?)?;
    let object = number_before(pdf.get(..rfind(pdf.get(..begin)?, b" 0 obj")?)?)?;
    let before = rfind(pdf, b"startxref")?;
    let previous = number_after(pdf.get(before + b"startxref".len()..)?)?;
    let trailer = rfind(pdf.get(..before)?, b"trailer")? + b"trailer".len();
    let trailer = pdf.get(trailer..before)?.trim_ascii();
    let trailer = trailer.strip_prefix(b"<<")?.strip_suffix(b">>")?;

    let mut all = pdf.to_vec();
    if all.last() != Some(&b'\n') {
        all.push(b'\n');
    }
    let at = all.len();
    let head = format!(
        "{object} 0 obj\n<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n",
        metadata.len()
    );
    all.extend_from_slice(head.as_bytes());
    all.extend_from_slice(metadata.as_bytes());
    all.extend_from_slice(b"\nendstream\nendobj\n");
    let table = all.len();
    let head =
        format!("xref\n0 1\n0000000000 65535 f \n{object} 1\n{at:010} 00000 n \ntrailer\n<<");
    all.extend_from_slice(head.as_bytes());
    all.extend_from_slice(trailer);
    let tail = format!("\n  /Prev {previous}\n>>\nstartxref\n{table}\n%%EOF\n");
    all.extend_from_slice(tail.as_bytes());
    Some(all)
}

/// The metadata with ours.
fn extended(metadata: &str) -> Option<String> {
    let (schemas, rest) = metadata.split_once(SCHEMAS_END)?;
    let (said, close) = rest.split_once(END)?;
    let mut described = String::new();
    let mut values = String::new();
    for (name, about, value) in PROPERTIES {
        described.push_str(&format_property(name, about));
        values = format!("{values}<fx:{name} xmlns:fx=\"{NAMESPACE}\">{value}</fx:{name}>");
    }
    let schema = format!(
        "<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    );
    Some(format!(
        "{schemas}{schema}{SCHEMAS_END}{said}{values}{END}{close}"
    ))
}

fn format_property(name: &str, about: &str) -> String {
    format!(
        "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>\
         <pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
    )
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|part| part == what)
}

/// The number that ends here.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let digits = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let digits = bytes.get(bytes.len() - digits..)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The number that stands alone here, before the end of the file.
fn number_after(bytes: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.split_whitespace().next()?.parse().ok()
}
