import { useTranslations } from "use-intl";
import type { Invoice } from "../../api/types";
import { useTaxName } from "../../components/TaxFields";
import { formatMoney } from "../../lib/money";
import { differentTaxes } from "./lines";

type Sum = [name: string, minor: number];

/** Lines and sums as they are printed, all of them as the server says. */
export function PaperLines({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("paper");
  const nameOf = useTaxName();
  const money = (minor: number) => formatMoney(minor, invoice.currency);
  const several = differentTaxes(invoice.lines.map((line) => line.tax)).length > 1;
  const sums: Sum[] = [[t("subtotal"), invoice.subtotal_minor]];
  if (invoice.discount_minor !== 0) {
    const percent = invoice.discount?.percent;
    sums.push([percent ? t("discountOf", { percent }) : t("discount"), -invoice.discount_minor]);
    sums.push([t("net"), invoice.net_minor]);
  }
  for (const one of invoice.taxes)
    sums.push([t("taxOn", { name: nameOf(one.tax), base: money(one.base_minor) }), one.tax_minor]);
  return (
    <>
      <table className="paperlines">
        <thead>
          <tr>
            <th scope="col">{t("description")}</th>
            <th scope="col">{t("quantity")}</th>
            <th scope="col">{t("price")}</th>
            <th scope="col">{t("amount")}</th>
          </tr>
        </thead>
        <tbody>
          {invoice.lines.map((line) => (
            <tr key={line.id}>
              <td>
                {line.description}
                {several && <span className="dim"> · {nameOf(line.tax)}</span>}
              </td>
              <td className="num">
                {line.unit === "hour" ? t("hours", { time: line.quantity }) : line.quantity}
              </td>
              <td className="num">{money(line.price_minor)}</td>
              <td className="num">{money(line.amount_minor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {invoice.lines.length === 0 && <p className="dim">{t("noLines")}</p>}
      <dl className="papersums num">
        {sums.map(([name, minor]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{money(minor)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
