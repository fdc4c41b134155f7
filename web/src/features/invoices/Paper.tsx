import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Billing, Invoice, PostalAddress } from "../../api/types";
import { useSession } from "../../app/session";
import { spokenLanguage } from "../../i18n";
import { countryName } from "../../lib/countries";
import { formatMoney } from "../../lib/money";
import { shortDate } from "../../lib/time";
import { PaperLines } from "./PaperLines";
import "./paper.css";

const addressLines = (a: PostalAddress) =>
  [
    a.line1,
    a.line2,
    [a.postal_code, a.city].filter(Boolean).join(" "),
    a.region,
    countryName(a.country, spokenLanguage()),
  ].filter(Boolean);

/** An account number as people read it. */
const inFours = (iban: string | null | undefined) => iban?.replace(/(.{4})(?=.)/g, "$1 ");

function Block({ name, lines }: { name: string; lines: (string | null | undefined)[] }) {
  return (
    <div>
      <strong>{name}</strong>
      {lines.filter(Boolean).map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

function Facts({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("paper");
  return (
    <dl className="paperfacts">
      <Fact name={t("number")}>{invoice.number ?? t("draft")}</Fact>
      <Fact name={t("date")}>{invoice.issued_on ? shortDate(invoice.issued_on) : t("onIssue")}</Fact>
      {invoice.kind === "invoice" && (
        <Fact name={t("due")}>
          {invoice.due_on ? shortDate(invoice.due_on) : t("dueAfter", { days: invoice.payment_terms_days })}
        </Fact>
      )}
      {invoice.period_start && invoice.period_end && (
        <Fact name={t("period")}>
          {shortDate(invoice.period_start)} – {shortDate(invoice.period_end)}
        </Fact>
      )}
      {invoice.reference && <Fact name={t("reference")}>{invoice.reference}</Fact>}
    </dl>
  );
}

/** How it is to be paid, as it is printed at the end. */
function Foot({ invoice, seller }: { invoice: Invoice; seller?: Billing }) {
  const t = useTranslations("paper");
  const bank = [seller?.bank_name, inFours(seller?.iban), seller?.bic].filter(Boolean).join(" · ");
  return (
    <div className="paperfoot">
      {invoice.payment_terms && <p>{invoice.payment_terms}</p>}
      {seller && bank && invoice.kind === "invoice" && <p className="num">{t("payTo", { bank })}</p>}
      {invoice.notes && <p>{invoice.notes}</p>}
    </div>
  );
}

/** From whom and to whom: of a draft as the settings are now; of an invoice they are frozen in its PDF. */
function Parties({ invoice, seller }: { invoice: Invoice; seller?: Billing }) {
  const t = useTranslations("paper");
  const { workspace } = useSession();
  const theirs = useQuery(queries.clientBilling(invoice.client_id)).data;
  const client = useQuery(queries.clients()).data?.find((one) => one.id === invoice.client_id);
  return (
    <div className="paperparties">
      <div>
        <span className="papercap">{t("from")}</span>
        <Block
          name={seller?.legal_name ?? workspace.name}
          lines={seller ? [...addressLines(seller.address), seller.tax_id, seller.email] : []}
        />
      </div>
      <div>
        <span className="papercap">{t("to")}</span>
        <Block
          name={theirs?.legal_name ?? invoice.client_name}
          lines={theirs ? [...addressLines(theirs.address), theirs.tax_id, client?.email] : []}
        />
      </div>
    </div>
  );
}

/** The invoice as it is printed. Every figure on it is the server's; of a draft it follows each change. */
export function Paper({ invoice, busy }: { invoice: Invoice; busy?: boolean }) {
  const t = useTranslations("paper");
  const k = useTranslations("invoices.kind");
  const draft = invoice.number === null;
  const seller = useQuery({ ...queries.billing(), enabled: draft }).data;
  return (
    <section className="paper" aria-label={t("title")} aria-busy={busy}>
      <div className="paperhead">
        <h2>{k(invoice.kind)}</h2>
        {draft && seller?.has_logo && <img src="/api/v1/workspace/billing/logo" alt={t("logo")} />}
      </div>
      <Facts invoice={invoice} />
      {draft && <Parties invoice={invoice} seller={seller} />}
      <PaperLines invoice={invoice} />
      <div className="papertotal num">
        <span>{t(invoice.kind === "invoice" ? "total" : "totalCredit")}</span>
        <strong>{formatMoney(invoice.total_minor, invoice.currency)}</strong>
      </div>
      <Foot invoice={invoice} seller={seller} />
      {!draft && <p className="dim">{t("frozen")}</p>}
    </section>
  );
}
