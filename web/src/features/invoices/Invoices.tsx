import { Button, Group, NativeSelect, Stack, Switch, Table, Text } from "@mantine/core";
import { IconDownload, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { InvoiceStatus, InvoiceSummary } from "../../api/types";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { useFilters } from "../../lib/filters";
import { formatMoney } from "../../lib/money";
import { text } from "../../lib/url";
import { InvoiceBadge } from "./InvoiceBadge";
import { NewInvoice } from "./NewInvoice";

const STATES = ["draft", "finalized", "sent", "paid", "void"] as const;
interface Filters {
  client?: string;
  status?: InvoiceStatus;
  overdue?: boolean;
  draft?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  client: text(raw.client),
  status: STATES.find((one) => one === raw.status),
  overdue: raw.overdue === true || raw.overdue === "true" || undefined,
  draft: text(raw.draft),
});

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
                {row.issued_on ?? "–"}
              </Table.Td>
              <Table.Td className="num" data-label={t("due")}>
                {row.due_on ?? "–"}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("total")}>
                {formatMoney(row.total_minor, row.currency)}
              </Table.Td>
              <Table.Td ta="right" className="num" data-label={t("open")}>
                {row.number ? formatMoney(row.open_minor, row.currency) : "–"}
              </Table.Td>
              <Table.Td>
                <InvoiceBadge status={row.status} overdue={row.overdue} />
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
  const [{ client, status, overdue, draft }, set] = useFilters(parse);
  const invoices = useInfiniteQuery(queries.invoices({ client_id: client, status, overdue }));
  const clients = useQuery(queries.clients()).data ?? [];
  const rows = invoices.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = !!client || !!status || !!overdue;
  const add = () => set({ draft: "new" }, { push: true });
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Group gap="xs">
          <Button
            variant="default"
            component="a"
            href="/api/v1/invoices/export.csv"
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t("export")}
          </Button>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t("add")}
          </Button>
        </Group>
      </PageHeader>
      <Group align="flex-end" role="search">
        <NativeSelect
          label={t("client")}
          data={[
            { value: "", label: t("anyClient") },
            ...clients.map((c) => ({ value: c.id, label: c.name })),
          ]}
          value={client ?? ""}
          onChange={(e) => set({ client: e.currentTarget.value || undefined })}
        />
        <NativeSelect
          label={t("state")}
          data={[
            { value: "", label: t("anyState") },
            ...STATES.map((value) => ({ value, label: t(`status.${value}`) })),
          ]}
          value={status ?? ""}
          onChange={(e) => set({ status: (e.currentTarget.value || undefined) as InvoiceStatus | undefined })}
        />
        <Switch
          label={t("onlyOverdue")}
          checked={!!overdue}
          mb={8}
          onChange={(e) => set({ overdue: e.currentTarget.checked || undefined })}
        />
      </Group>
      <Text size="sm" component="div">
        <Numbering />
      </Text>
      <QueryState
        query={invoices}
        isEmpty={() => rows.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set({ client: undefined, status: undefined, overdue: undefined })} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
              <Button variant="default" onClick={add}>
                {t("add")}
              </Button>
            </EmptyState>
          )
        }
      >
        {() => <Rows rows={rows} />}
      </QueryState>
      <LoadMore query={invoices} />
      <NewInvoice open={draft === "new"} clientId={client} onClose={() => set({ draft: undefined })} />
    </Stack>
  );
}
