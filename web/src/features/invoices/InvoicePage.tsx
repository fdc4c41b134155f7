import { Alert, Button, Group, List, Stack, Text } from "@mantine/core";
import { IconFileTypePdf, IconFileTypeXml } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { Invoice } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { formatMoney } from "../../lib/money";
import { DraftEditor } from "./DraftEditor";
import { InvoiceBadge } from "./InvoiceBadge";
import { Paper } from "./Paper";
import { Steps } from "./Steps";

function Facts({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const facts: [string, string][] = [[t("billedTo"), invoice.client_name]];
  if (invoice.issued_on) facts.push([t("date"), invoice.issued_on]);
  if (invoice.due_on) facts.push([t("due"), invoice.due_on]);
  if (invoice.period_start) facts.push([t("period"), `${invoice.period_start} – ${invoice.period_end}`]);
  if (invoice.paid_minor) facts.push([t("paid"), formatMoney(invoice.paid_minor, invoice.currency)]);
  if (invoice.credited_minor)
    facts.push([t("credited"), formatMoney(invoice.credited_minor, invoice.currency)]);
  if (invoice.number && invoice.kind === "invoice")
    facts.push([t("left"), formatMoney(invoice.open_minor, invoice.currency)]);
  return (
    <Group gap="xl" component="dl" m={0}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text size="xs" c="dimmed" component="dt">
            {name}
          </Text>
          <Text size="sm" component="dd" m={0} className="num">
            {value}
          </Text>
        </div>
      ))}
    </Group>
  );
}

function Files({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const file = (name: string) => `/api/v1/invoices/${invoice.id}/${name}`;
  return (
    <Group gap="xs">
      <Button
        variant="default"
        component="a"
        href={file("pdf")}
        target="_blank"
        rel="noopener"
        leftSection={<IconFileTypePdf size={16} aria-hidden />}
      >
        {t("pdf")}
      </Button>
      {invoice.number && (
        <Button
          variant="default"
          component="a"
          href={file("xml")}
          download
          leftSection={<IconFileTypeXml size={16} aria-hidden />}
        >
          {t("xml")}
        </Button>
      )}
    </Group>
  );
}

function Missing({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  if (invoice.missing.length === 0) return null;
  return (
    <Alert title={t("missing")} color="yellow">
      <List size="sm">
        {invoice.missing.map((one) => (
          <List.Item key={one.rule + one.detail}>
            {one.detail} <span className="dim">{one.rule}</span>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

export function InvoicePage() {
  const t = useTranslations("invoices");
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(queries.invoice(id));
  if (query.error instanceof ApiError && [400, 404].includes(query.error.status))
    return (
      <EmptyState title={t("notThere")} text={t("notThereText")}>
        <Link className="textlink" to="/invoices">
          {t("back")}
        </Link>
      </EmptyState>
    );
  return (
    <QueryState query={query}>
      {(invoice) => (
        <Stack gap="md">
          <PageHeader
            title={`${t(`kind.${invoice.kind}`)} ${invoice.number ?? ""}`}
            sub={
              <Group gap="sm">
                <Link className="textlink" to="/invoices">
                  {t("back")}
                </Link>
                <InvoiceBadge status={invoice.status} overdue={invoice.overdue} />
              </Group>
            }
          >
            <Files invoice={invoice} />
          </PageHeader>
          <Facts invoice={invoice} />
          <Steps invoice={invoice} />
          {invoice.status === "draft" && <Missing invoice={invoice} />}
          <Paper invoice={invoice} />
          {invoice.status === "draft" && <DraftEditor key={invoice.id} invoice={invoice} />}
        </Stack>
      )}
    </QueryState>
  );
}
