//! UN/CEFACT Cross Industry Invoice (D16B) as CEN/TS 16931-3-3 binds it to EN 16931; in a PDF marked so (`facturx`) it
//! is Factur-X, and ZUGFeRD 2.

use daybook_domain::invoice::{Document, DocumentLine, Party, Tax, TaxCategory, TaxTotal};
use jiff::civil::Date;

use crate::xml::{
    Xml, compact, measured, one_line, registration, tax_number, terms, type_code, vat_id,
};

const NAMES: &str = " xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\" xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100\" xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100\" xmlns:qdt=\"urn:un:unece:uncefact:data:standard:QualifiedDataType:100\"";

/// The invoice in CII. [`crate::check`] says whether it keeps the rules.
#[must_use]
pub fn cii(document: &Document) -> String {
    let mut xml = Xml::new();
    xml.within_as("rsm:CrossIndustryInvoice", NAMES, |xml| {
        xml.within("rsm:ExchangedDocumentContext", |xml| {
            xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
                xml.put("ram:ID", "urn:cen.eu:en16931:2017");
            });
        });
        xml.within("rsm:ExchangedDocument", |xml| {
            xml.put("ram:ID", document.number.as_deref().unwrap_or_default());
            xml.put("ram:TypeCode", type_code(document));
            day(xml, "ram:IssueDateTime", document.issued);
            xml.within("ram:IncludedNote", |xml| {
                xml.put("ram:Content", document.notes.as_deref().unwrap_or_default());
            });
        });
        xml.within("rsm:SupplyChainTradeTransaction", |xml| {
            for (line, number) in document.lines.iter().zip(1..) {
                one(xml, document, line, number);
            }
            agreement(xml, document);
            // Required, and may be empty: when the work was done is the invoicing period.
            xml.within_as("ram:ApplicableHeaderTradeDelivery", "", delivered(document));
            settlement(xml, document);
        });
    });
    xml.finish()
}

fn day(xml: &mut Xml, name: &str, day: Date) {
    xml.within(name, |xml| {
        xml.put_as("udt:DateTimeString", &[("format", "102")], &compact(day));
    });
}

/// The day the last work was done; without a period, the day of the invoice.
fn delivered(document: &Document) -> impl FnOnce(&mut Xml) {
    let done = document.period.map_or(document.issued, |period| period.1);
    move |xml| {
        xml.within("ram:ActualDeliverySupplyChainEvent", |xml| {
            day(xml, "ram:OccurrenceDateTime", done);
        });
    }
}

fn one(xml: &mut Xml, document: &Document, line: &DocumentLine, number: usize) {
    let money = |minor| document.currency.plain(minor);
    let (unit, quantity, per) = measured(line.quantity);
    xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.within("ram:AssociatedDocumentLineDocument", |xml| {
            xml.put("ram:LineID", &number.to_string());
        });
        xml.within("ram:SpecifiedTradeProduct", |xml| {
            xml.put("ram:Name", &one_line(&line.description));
        });
        xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
            xml.within("ram:NetPriceProductTradePrice", |xml| {
                xml.put("ram:ChargeAmount", &money(line.price_minor));
                if let Some(per) = per {
                    xml.put_as("ram:BasisQuantity", &[("unitCode", unit)], per);
                }
            });
        });
        xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
            xml.put_as("ram:BilledQuantity", &[("unitCode", unit)], &quantity);
        });
        xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
            xml.within("ram:ApplicableTradeTax", |xml| category(xml, &line.tax));
            xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                xml.put("ram:LineTotalAmount", &money(line.amount_minor));
            });
        });
    });
}

fn category(xml: &mut Xml, tax: &Tax) {
    xml.put("ram:TypeCode", "VAT");
    xml.put("ram:CategoryCode", tax.category.as_str());
    percent(xml, tax);
}

fn percent(xml: &mut Xml, tax: &Tax) {
    if tax.category != TaxCategory::NotSubject {
        xml.put("ram:RateApplicablePercent", &tax.percent());
    }
}

fn agreement(xml: &mut Xml, document: &Document) {
    xml.within("ram:ApplicableHeaderTradeAgreement", |xml| {
        xml.put(
            "ram:BuyerReference",
            document.reference.as_deref().unwrap_or_default(),
        );
        xml.within("ram:SellerTradeParty", |xml| {
            party(xml, document, &document.seller, true);
        });
        xml.within("ram:BuyerTradeParty", |xml| {
            party(xml, document, &document.buyer, false);
        });
    });
}

fn party(xml: &mut Xml, document: &Document, party: &Party, seller: bool) {
    xml.put("ram:Name", &one_line(&party.name));
    xml.within("ram:SpecifiedLegalOrganization", |xml| {
        xml.put("ram:ID", registration(document, party).unwrap_or_default());
    });
    let address = &party.address;
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.put("ram:PostcodeCode", &address.postal_code);
        xml.put("ram:LineOne", &address.line1);
        xml.put("ram:LineTwo", &address.line2);
        xml.put("ram:CityName", &address.city);
        xml.put("ram:CountryID", &address.country);
        xml.put("ram:CountrySubDivisionName", &address.region);
    });
    xml.within("ram:URIUniversalCommunication", |xml| {
        let email = party.email.as_deref().unwrap_or_default();
        xml.put_as("ram:URIID", &[("schemeID", "EM")], email);
    });
    let number = tax_number(document, party).filter(|_| seller);
    for (id, scheme) in [(vat_id(document, party), "VA"), (number, "FC")] {
        xml.within("ram:SpecifiedTaxRegistration", |xml| {
            xml.put_as("ram:ID", &[("schemeID", scheme)], id.unwrap_or_default());
        });
    }
}

fn settlement(xml: &mut Xml, document: &Document) {
    xml.within("ram:ApplicableHeaderTradeSettlement", |xml| {
        let number = document.number.as_deref().unwrap_or_default();
        xml.put("ram:PaymentReference", number);
        xml.put("ram:InvoiceCurrencyCode", document.currency.code());
        if let Some(bank) = &document.bank {
            xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
                xml.put("ram:TypeCode", "30");
                xml.within("ram:PayeePartyCreditorFinancialAccount", |xml| {
                    xml.put("ram:IBANID", &bank.iban);
                    xml.put("ram:AccountName", &one_line(&document.seller.name));
                });
                xml.within("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| {
                    xml.put("ram:BICID", bank.bic.as_deref().unwrap_or_default());
                });
            });
        }
        for one in &document.totals.taxes {
            taxed(xml, document, one);
        }
        if let Some((start, end)) = document.period {
            xml.within("ram:BillingSpecifiedPeriod", |xml| {
                day(xml, "ram:StartDateTime", start);
                day(xml, "ram:EndDateTime", end);
            });
        }
        for one in document
            .totals
            .taxes
            .iter()
            .filter(|one| one.discount_minor > 0)
        {
            allowance(xml, document, one);
        }
        xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
            xml.put("ram:Description", &terms(document));
            if let Some(due) = document.due {
                day(xml, "ram:DueDateDateTime", due);
            }
        });
        sums(xml, document);
        if let Some(preceding) = &document.preceding {
            xml.within("ram:InvoiceReferencedDocument", |xml| {
                xml.put("ram:IssuerAssignedID", &preceding.number);
                if let Some(issued) = preceding.issued {
                    xml.within("ram:FormattedIssueDateTime", |xml| {
                        let format = [("format", "102")];
                        xml.put_as("qdt:DateTimeString", &format, &compact(issued));
                    });
                }
            });
        }
    });
}

fn taxed(xml: &mut Xml, document: &Document, one: &TaxTotal) {
    let money = |minor| document.currency.plain(minor);
    xml.within("ram:ApplicableTradeTax", |xml| {
        xml.put("ram:CalculatedAmount", &money(one.tax_minor));
        xml.put("ram:TypeCode", "VAT");
        xml.put(
            "ram:ExemptionReason",
            one.tax.why_none().unwrap_or_default(),
        );
        xml.put("ram:BasisAmount", &money(one.base_minor));
        xml.put("ram:CategoryCode", one.tax.category.as_str());
        percent(xml, &one.tax);
    });
}

fn allowance(xml: &mut Xml, document: &Document, one: &TaxTotal) {
    xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
        xml.within("ram:ChargeIndicator", |xml| {
            xml.put("udt:Indicator", "false")
        });
        xml.put(
            "ram:ActualAmount",
            &document.currency.plain(one.discount_minor),
        );
        xml.put("ram:ReasonCode", "95");
        xml.put("ram:Reason", "Discount");
        xml.within("ram:CategoryTradeTax", |xml| category(xml, &one.tax));
    });
}

fn sums(xml: &mut Xml, document: &Document) {
    let totals = &document.totals;
    let money = |minor| document.currency.plain(minor);
    xml.within(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        |xml| {
            xml.put("ram:LineTotalAmount", &money(totals.lines_minor));
            if totals.discount_minor > 0 {
                xml.put("ram:AllowanceTotalAmount", &money(totals.discount_minor));
            }
            xml.put("ram:TaxBasisTotalAmount", &money(totals.net_minor));
            let currency = [("currencyID", document.currency.code())];
            xml.put_as("ram:TaxTotalAmount", &currency, &money(totals.tax_minor));
            xml.put("ram:GrandTotalAmount", &money(totals.total_minor));
            xml.put("ram:DuePayableAmount", &money(totals.total_minor));
        },
    );
}
