import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconDownload, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { downloadUrl } from "../../api/client";
import { queries } from "../../api/queries";
import type { InvoiceSummary } from "../../api/types";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { useFilters } from "../../lib/filters";
import { formatMoney } from "../../lib/money";
import { shortDate } from "../../lib/time";
import { InvoiceBadge } from "./InvoiceBadge";
import { InvoiceFilters, NO_FILTERS, parseFilters, queryOf } from "./InvoiceFilters";

/** Whether the tax office would find every number. */
function Numbering() {
  const t = useTranslations("invoices");
  const numbering = useQuery(queries.numbering()).data;
  if (!numbering) return null;
  const missing = numbering.series.flatMap((one) =>
    one.missing.map((n) => one.series.replace("#", String(n))),
  );
  return numbering.gap_free ? (
    <StatusBadge tone="ok" label={t("gapFree", { next: numbering.next_number ?? "–" })} />
  ) : (
    <StatusBadge
      tone="bad"
      label={t("gaps", { count: missing.length, list: missing.slice(0, 10).join(", ") })}
    />
  );
}

function Rows({ rows }: { rows: InvoiceSummary[] }) {
  const t = useTranslations("invoices");
  const name = (row: InvoiceSummary) => row.number ?? t("draftName");
  return (
    <section className="panel flush" aria-label={t("title")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("number")}</Table.Th>
            <Table.Th>{t("client")}</Table.Th>
            <Table.Th>{t("date")}</Table.Th>
            <Table.Th>{t("due")}</Table.Th>
            <Table.Th ta="right">{t("total")}</Table.Th>
            <Table.Th ta="right">{t("open")}</Table.Th>
            <Table.Th>{t("state")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Link className="textlink" to="/invoices/$id" params={{ id: row.id } as never}>
                  {row.kind === "credit_note" ? `${t("kind.credit_note")} ${name(row)}` : name(row)}
                </Link>
              </Table.Td>
              <Table.Td>{row.client_name}</Table.Td>
              <Table.Td className="num" data-label={t("date")}>
                {row.issued_on ? shortDate(row.issued_on) : "–"}
              </Table.Td>
              <Table.Td className="num" data-label={t("due")}>
                {row.due_on ? shortDate(row.due_on) : "–"}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("total")}>
                {formatMoney(row.total_minor, row.currency)}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("open")}>
                {row.open_minor > 0 && row.number ? formatMoney(row.open_minor, row.currency) : "–"}
              </Table.Td>
              <Table.Td>
                <InvoiceBadge invoice={row} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

export function Invoices() {
  const t = useTranslations("invoices");
  const [filters, set] = useFilters(parseFilters);
  const invoices = useInfiniteQuery(queries.invoices(queryOf(filters)));
  const rows = invoices.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Group gap="xs">
          <Button
            variant="default"
            component="a"
            href={downloadUrl("/api/v1/invoices/export.csv", queryOf(filters))}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t("export")}
          </Button>
          <Button component={Link} to="/invoices/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {t("add")}
          </Button>
        </Group>
      </PageHeader>
      <InvoiceFilters filters={filters} set={set} />
      <Text size="sm" component="div">
        <Numbering />
      </Text>
      <QueryState
        query={invoices}
        isEmpty={() => rows.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set(NO_FILTERS)} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
              <Button variant="default" component={Link} to="/invoices/new">
                {t("add")}
              </Button>
            </EmptyState>
          )
        }
      >
        {() => <Rows rows={rows} />}
      </QueryState>
      <LoadMore query={invoices} />
    </Stack>
  );
}
