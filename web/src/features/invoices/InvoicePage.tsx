import { Alert, Button, Group, List, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { Invoice } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { formatMoney } from "../../lib/money";
import { shortDate } from "../../lib/time";
import { DraftEditor } from "./DraftEditor";
import { History } from "./History";
import { InvoiceBadge } from "./InvoiceBadge";
import { Paper } from "./Paper";
import { Steps } from "./Steps";

/** What is owed, and by when. */
function Owed({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const id = useId();
  const money = (minor: number) => formatMoney(minor, invoice.currency);
  const facts: [string, string][] = [[t("total"), money(invoice.total_minor)]];
  if (invoice.paid_minor) facts.push([t("paid"), money(invoice.paid_minor)]);
  if (invoice.credited_minor) facts.push([t("credited"), money(invoice.credited_minor)]);
  if (invoice.kind === "invoice" && invoice.status !== "void")
    facts.push([t("left"), money(invoice.open_minor)]);
  if (invoice.due_on) facts.push([t("due"), shortDate(invoice.due_on)]);
  return (
    <section className="panel" aria-labelledby={id}>
      <Title order={2} size="h5" id={id} mb="xs">
        {t("owed")}
      </Title>
      <dl className="owed num">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {invoice.credits_id && (
        <Button mt="sm" size="xs" variant="default" component={Link} to={`/invoices/${invoice.credits_id}`}>
          {t("creditsLink")}
        </Button>
      )}
      {invoice.credited_minor !== 0 && (
        <Link
          className="textlink"
          to="/invoices"
          search={{ client: invoice.client_id, kind: "credit_note" } as never}
        >
          {t("creditNotes")}
        </Link>
      )}
    </section>
  );
}

/** What an electronic invoice would lack, and where it is filled in. */
function Missing({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  if (invoice.missing.length === 0) return null;
  return (
    <Alert title={t("missing")} color="yellow" variant="outline">
      <List size="sm">
        {invoice.missing.map((one) => (
          <List.Item key={one.rule + one.detail}>
            {one.detail} <span className="dim">{one.rule}</span>
          </List.Item>
        ))}
      </List>
      <Group gap="md" mt="xs">
        <Link className="textlink" to="/settings/billing">
          {t("toBilling")}
        </Link>
        <Link className="textlink" to="/clients/$id" params={{ id: invoice.client_id } as never}>
          {t("toClient", { client: invoice.client_name })}
        </Link>
      </Group>
    </Alert>
  );
}

function Shown({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const draft = invoice.status === "draft";
  return (
    <Stack gap="md">
      <PageHeader
        title={
          invoice.number ? `${t(`kind.${invoice.kind}`)} ${invoice.number}` : t(`draftOf.${invoice.kind}`)
        }
        sub={
          <Group gap="sm">
            <Link className="textlink" to="/invoices">
              {t("back")}
            </Link>
            <InvoiceBadge invoice={invoice} />
            <Link className="textlink" to="/clients/$id" params={{ id: invoice.client_id } as never}>
              {invoice.client_name}
            </Link>
          </Group>
        }
      >
        <Steps invoice={invoice} />
      </PageHeader>
      <div className="workbench">
        {draft ? (
          <Stack gap="md">
            <Missing invoice={invoice} />
            <DraftEditor key={invoice.id} invoice={invoice} />
          </Stack>
        ) : (
          <Stack gap="md">
            <Owed invoice={invoice} />
            <History invoice={invoice} />
          </Stack>
        )}
        <div className="sheet">
          <Paper invoice={invoice} />
        </div>
      </div>
    </Stack>
  );
}

export function InvoicePage() {
  const t = useTranslations("invoices");
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(queries.invoice(id));
  if (query.error instanceof ApiError && [400, 404].includes(query.error.status))
    return (
      <Stack gap="md">
        <PageHeader title={t("title")} />
        <EmptyState title={t("notThere")} text={t("notThereText")}>
          <Link className="textlink" to="/invoices">
            {t("allOfThem")}
          </Link>
        </EmptyState>
      </Stack>
    );
  return <QueryState query={query}>{(invoice) => <Shown invoice={invoice} />}</QueryState>;
}
