//! UBL 2.1 (ISO/IEC 19845) as CEN/TS 16931-3-2 binds it to EN 16931.

use daybook_domain::invoice::{Document, DocumentLine, Kind, Party, Tax, TaxCategory, TaxTotal};

use crate::xml::{Xml, measured, one_line, registration, tax_number, terms, type_code, vat_id};

const NAMES: &str = " xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";

/// The invoice in UBL. [`crate::check`] says whether it keeps the rules.
#[must_use]
pub fn ubl(document: &Document) -> String {
    let credit = document.kind == Kind::CreditNote;
    let root = if credit { "CreditNote" } else { "Invoice" };
    let attributes =
        format!(" xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{root}-2\"{NAMES}");
    let mut xml = Xml::new();
    xml.within_as(root, &attributes, |xml| {
        head(xml, document, root);
        xml.within("cac:AccountingSupplierParty", |xml| {
            party(xml, document, &document.seller, true);
        });
        xml.within("cac:AccountingCustomerParty", |xml| {
            party(xml, document, &document.buyer, false);
        });
        payment(xml, document);
        for tax in document
            .totals
            .taxes
            .iter()
            .filter(|one| one.discount_minor > 0)
        {
            allowance(xml, document, tax);
        }
        sums(xml, document);
        for (line, number) in document.lines.iter().zip(1..) {
            one(xml, document, line, number);
        }
    });
    xml.finish()
}

fn head(xml: &mut Xml, document: &Document, root: &str) {
    xml.put("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    xml.put("cbc:ID", document.number.as_deref().unwrap_or_default());
    xml.put("cbc:IssueDate", &document.issued.to_string());
    if let (Kind::Invoice, Some(due)) = (document.kind, document.due) {
        xml.put("cbc:DueDate", &due.to_string());
    }
    xml.put(&format!("cbc:{root}TypeCode"), type_code(document));
    xml.put("cbc:Note", document.notes.as_deref().unwrap_or_default());
    xml.put("cbc:DocumentCurrencyCode", document.currency.code());
    xml.put(
        "cbc:BuyerReference",
        document.reference.as_deref().unwrap_or_default(),
    );
    if let Some((start, end)) = document.period {
        xml.within("cac:InvoicePeriod", |xml| {
            xml.put("cbc:StartDate", &start.to_string());
            xml.put("cbc:EndDate", &end.to_string());
        });
    }
    if let Some(preceding) = &document.preceding {
        xml.within("cac:BillingReference", |xml| {
            xml.within("cac:InvoiceDocumentReference", |xml| {
                xml.put("cbc:ID", &preceding.number);
                let issued = preceding.issued.map(|day| day.to_string());
                xml.put("cbc:IssueDate", &issued.unwrap_or_default());
            });
        });
    }
}

fn party(xml: &mut Xml, document: &Document, party: &Party, seller: bool) {
    xml.within("cac:Party", |xml| {
        if let Some(email) = &party.email {
            xml.put_as("cbc:EndpointID", &[("schemeID", "EM")], email);
        }
        let address = &party.address;
        xml.within("cac:PostalAddress", |xml| {
            xml.put("cbc:StreetName", &address.line1);
            xml.put("cbc:AdditionalStreetName", &address.line2);
            xml.put("cbc:CityName", &address.city);
            xml.put("cbc:PostalZone", &address.postal_code);
            xml.put("cbc:CountrySubentity", &address.region);
            xml.within("cac:Country", |xml| {
                xml.put("cbc:IdentificationCode", &address.country)
            });
        });
        let number = tax_number(document, party).filter(|_| seller);
        for (id, scheme) in [(vat_id(document, party), "VAT"), (number, "FC")] {
            let Some(id) = id else { continue };
            xml.within("cac:PartyTaxScheme", |xml| {
                xml.put("cbc:CompanyID", id);
                xml.within("cac:TaxScheme", |xml| xml.put("cbc:ID", scheme));
            });
        }
        xml.within("cac:PartyLegalEntity", |xml| {
            xml.put("cbc:RegistrationName", &one_line(&party.name));
            xml.put(
                "cbc:CompanyID",
                registration(document, party).unwrap_or_default(),
            );
        });
        xml.within("cac:Contact", |xml| {
            xml.put(
                "cbc:ElectronicMail",
                party.email.as_deref().unwrap_or_default(),
            );
        });
    });
}

fn payment(xml: &mut Xml, document: &Document) {
    if let Some(bank) = &document.bank {
        xml.within("cac:PaymentMeans", |xml| {
            xml.put("cbc:PaymentMeansCode", "30");
            xml.put(
                "cbc:PaymentID",
                document.number.as_deref().unwrap_or_default(),
            );
            xml.within("cac:PayeeFinancialAccount", |xml| {
                xml.put("cbc:ID", &bank.iban);
                xml.put("cbc:Name", &one_line(&document.seller.name));
                xml.within("cac:FinancialInstitutionBranch", |xml| {
                    xml.put("cbc:ID", bank.bic.as_deref().unwrap_or_default());
                });
            });
        });
    }
    xml.within("cac:PaymentTerms", |xml| {
        xml.put("cbc:Note", &terms(document))
    });
}

fn amount(xml: &mut Xml, document: &Document, name: &str, minor: i64) {
    let currency = [("currencyID", document.currency.code())];
    xml.put_as(name, &currency, &document.currency.plain(minor));
}

fn allowance(xml: &mut Xml, document: &Document, tax: &TaxTotal) {
    xml.within("cac:AllowanceCharge", |xml| {
        xml.put("cbc:ChargeIndicator", "false");
        xml.put("cbc:AllowanceChargeReasonCode", "95");
        xml.put("cbc:AllowanceChargeReason", "Discount");
        amount(xml, document, "cbc:Amount", tax.discount_minor);
        category(xml, "cac:TaxCategory", &tax.tax, false);
    });
}

fn category(xml: &mut Xml, name: &str, tax: &Tax, with_reason: bool) {
    xml.within(name, |xml| {
        xml.put("cbc:ID", tax.category.as_str());
        if tax.category != TaxCategory::NotSubject {
            xml.put("cbc:Percent", &tax.percent());
        }
        if with_reason {
            xml.put("cbc:TaxExemptionReason", tax.why_none().unwrap_or_default());
        }
        xml.within("cac:TaxScheme", |xml| xml.put("cbc:ID", "VAT"));
    });
}

fn sums(xml: &mut Xml, document: &Document) {
    let totals = &document.totals;
    xml.within("cac:TaxTotal", |xml| {
        amount(xml, document, "cbc:TaxAmount", totals.tax_minor);
        for one in &totals.taxes {
            xml.within("cac:TaxSubtotal", |xml| {
                amount(xml, document, "cbc:TaxableAmount", one.base_minor);
                amount(xml, document, "cbc:TaxAmount", one.tax_minor);
                category(xml, "cac:TaxCategory", &one.tax, true);
            });
        }
    });
    xml.within("cac:LegalMonetaryTotal", |xml| {
        amount(xml, document, "cbc:LineExtensionAmount", totals.lines_minor);
        amount(xml, document, "cbc:TaxExclusiveAmount", totals.net_minor);
        amount(xml, document, "cbc:TaxInclusiveAmount", totals.total_minor);
        if totals.discount_minor > 0 {
            amount(
                xml,
                document,
                "cbc:AllowanceTotalAmount",
                totals.discount_minor,
            );
        }
        amount(xml, document, "cbc:PayableAmount", totals.total_minor);
    });
}

fn one(xml: &mut Xml, document: &Document, line: &DocumentLine, number: usize) {
    let (root, counted) = match document.kind {
        Kind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
        Kind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    };
    let (unit, quantity, per) = measured(line.quantity);
    xml.within(root, |xml| {
        xml.put("cbc:ID", &number.to_string());
        xml.put_as(counted, &[("unitCode", unit)], &quantity);
        amount(xml, document, "cbc:LineExtensionAmount", line.amount_minor);
        xml.within("cac:Item", |xml| {
            xml.put("cbc:Name", &one_line(&line.description));
            category(xml, "cac:ClassifiedTaxCategory", &line.tax, false);
        });
        xml.within("cac:Price", |xml| {
            amount(xml, document, "cbc:PriceAmount", line.price_minor);
            if let Some(per) = per {
                xml.put_as("cbc:BaseQuantity", &[("unitCode", unit)], per);
            }
        });
    });
}
