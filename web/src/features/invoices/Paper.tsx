import { Table } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Invoice } from "../../api/types";
import { formatMoney } from "../../lib/money";

/** The invoice as it is printed, in short: lines and sums. Follows a draft as it is changed. */
export function Paper({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const money = (minor: number) => formatMoney(minor, invoice.currency);
  const sums: [string, string][] = [[t("subtotal"), money(invoice.subtotal_minor)]];
  if (invoice.discount_minor > 0) sums.push([t("discount"), money(-invoice.discount_minor)]);
  for (const one of invoice.taxes)
    if (one.tax.category === "S")
      sums.push([
        t("taxOn", { name: one.tax.name, rate: one.tax.rate, base: money(one.base_minor) }),
        money(one.tax_minor),
      ]);
  return (
    <section className="panel flush" aria-label={t("preview")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("description")}</Table.Th>
            <Table.Th ta="right">{t("quantity")}</Table.Th>
            <Table.Th ta="right">{t("price")}</Table.Th>
            <Table.Th ta="right">{t("amount")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {invoice.lines.map((line) => (
            <Table.Tr key={line.id}>
              <Table.Td>
                {line.description}
                {line.entries_count > 0 && (
                  <span className="dim"> · {t("ofTime", { count: line.entries_count })}</span>
                )}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("quantity")}>
                {line.quantity}
                {line.unit === "hour" ? " h" : ""}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("price")}>
                {money(line.price_minor)}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("amount")}>
                {money(line.amount_minor)}
              </Table.Td>
            </Table.Tr>
          ))}
          {sums.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td colSpan={3} ta="right">
                {name}
              </Table.Td>
              <Table.Td ta="right" className="num">
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td colSpan={3} ta="right" fw={700}>
              {t("total")}
            </Table.Td>
            <Table.Td ta="right" className="num" fw={700}>
              {money(invoice.total_minor)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </section>
  );
}
