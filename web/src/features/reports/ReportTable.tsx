import { Table } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { Report, ReportGroup, ReportSum } from "../../api/types";
import { formatMoney } from "../../lib/money";
import { formatMinutes } from "../../lib/time";

interface Props {
  report: Report;
  nameOf: (group: ReportGroup) => string;
}

const money = (sum: ReportSum) =>
  Object.entries(sum.amounts_minor)
    .map(([currency, minor]) => formatMoney(minor, currency))
    .join(" + ");

function Figures({ sum, total }: { sum: ReportSum; total: number }) {
  const t = useTranslations("reports");
  const format = useFormatter();
  return (
    <>
      <Table.Td ta="right" className="num" data-label={t("hours")}>
        {formatMinutes(sum.minutes)}
      </Table.Td>
      <Table.Td ta="right" className="num" data-label={t("share")}>
        {total > 0 ? format.number(sum.minutes / total, { style: "percent" }) : ""}
      </Table.Td>
      <Table.Td ta="right" className="num" data-label={t("billable")}>
        {formatMinutes(sum.billable_minutes)}
      </Table.Td>
      <Table.Td ta="right" className="num" data-label={t("approved")}>
        {formatMinutes(sum.approved_minutes)}
      </Table.Td>
      <Table.Td ta="right" className="num" data-label={t("amount")}>
        {money(sum) || <span className="dim">{t("none")}</span>}
      </Table.Td>
    </>
  );
}

/** The figures of a report: what the picture shows, in full. */
export function ReportTable({ report, nameOf }: Props) {
  const t = useTranslations("reports");
  const total = report.total.minutes;
  return (
    <section className="panel flush" aria-label={t("figures")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t(`groups.${report.group_by}`)}</Table.Th>
            {(["hours", "share", "billable", "approved", "amount"] as const).map((key) => (
              <Table.Th key={key} scope="col" ta="right">
                {t(key)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.groups.map((group) => (
            <Table.Tr key={group.key ?? ""}>
              <Table.Td>{nameOf(group)}</Table.Td>
              <Figures sum={group} total={total} />
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr className="total">
            <Table.Td>{t("total")}</Table.Td>
            <Figures sum={report.total} total={total} />
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </section>
  );
}

/** The sums of a report at a glance. */
export function Stats({ total }: { total: ReportSum }) {
  const t = useTranslations("reports");
  const format = useFormatter();
  const part = total.minutes > 0 ? total.billable_minutes / total.minutes : 0;
  const facts: [string, string, string?][] = [
    [t("hours"), formatMinutes(total.minutes), t("entries", { count: total.entries })],
    [t("billable"), formatMinutes(total.billable_minutes), format.number(part, { style: "percent" })],
    [t("approved"), formatMinutes(total.approved_minutes)],
    [t("amount"), money(total) || t("none"), unpriced()],
  ];
  function unpriced() {
    if (total.unpriced_minutes === 0) return undefined;
    return t("unpriced", { hours: formatMinutes(total.unpriced_minutes) });
  }
  return (
    <dl className="stats">
      {facts.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
          {note && <dd className="dim">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
