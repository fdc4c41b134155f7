import { Button, Group, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Client } from "../../api/types";
import { Swatch } from "../../components/ColorInput";
import { formatMoney } from "../../lib/money";
import { InvoiceBadge } from "../invoices/InvoiceBadge";
import { domainOf, rulesOfClient } from "../rules/booking";
import { RulesPanel } from "../rules/RulesPanel";

function Panel({ title, action, children }: { title: string; action: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </section>
  );
}

/** What is done for a client. */
export function ClientProjects({ client }: { client: Client }) {
  const t = useTranslations("clients");
  const projects = useQuery(queries.projects());
  const theirs = (projects.data ?? []).filter((p) => p.client_id === client.id);
  return (
    <Panel
      title={t("projects")}
      action={
        <Button
          variant="default"
          size="xs"
          component={Link}
          to={`/projects?project=new&client=${client.id}`}
          leftSection={<IconPlus size={14} aria-hidden />}
        >
          {t("addProject")}
        </Button>
      }
    >
      {theirs.length === 0 && projects.data && (
        <Text size="sm" mt="xs">
          {t("noProjects")}
        </Text>
      )}
      <ul className="rows">
        {theirs.map((p) => (
          <li key={p.id}>
            <Swatch color={p.color} />
            <Link className="textlink grow" to="/projects/$id" params={{ id: p.id } as never}>
              {p.name}
            </Link>
            {p.archived && <span className="dim">{t("archived")}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Which meetings are theirs by themselves. */
export function ClientRules({ client }: { client: Client }) {
  const projects = useQuery(queries.projects()).data ?? [];
  const domain = domainOf(client.email);
  return (
    <RulesPanel
      pick={(rules) => rulesOfClient(rules, client.id, projects)}
      start={{ name: client.name, client_id: client.id, attendee_domains: domain ? [domain] : [] }}
      archived={client.archived}
    />
  );
}

const SHOWN = 5;

/** Their latest invoices; for owners and admins. */
export function ClientInvoices({ client }: { client: Client }) {
  const t = useTranslations("clients");
  const n = useTranslations("invoices");
  const invoices = useInfiniteQuery(queries.invoices({ client_id: client.id }));
  const rows = invoices.data?.pages[0]?.items.slice(0, SHOWN) ?? [];
  return (
    <Panel
      title={t("invoices")}
      action={
        <Button
          variant="default"
          size="xs"
          component={Link}
          to={`/invoices/new?client=${client.id}`}
          leftSection={<IconPlus size={14} aria-hidden />}
        >
          {t("addInvoice")}
        </Button>
      }
    >
      {rows.length === 0 && invoices.data && (
        <Text size="sm" mt="xs">
          {t("noInvoices")}
        </Text>
      )}
      <ul className="rows">
        {rows.map((row) => (
          <li key={row.id}>
            <Link className="textlink grow" to="/invoices/$id" params={{ id: row.id } as never}>
              {row.number ?? n(`draftOf.${row.kind}`)}
            </Link>
            <span className="num">{formatMoney(row.total_minor, row.currency)}</span>
            <InvoiceBadge invoice={row} />
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Text size="sm">
          <Link className="textlink" to="/invoices" search={{ client: client.id } as never}>
            {t("allInvoices")}
          </Link>
        </Text>
      )}
    </Panel>
  );
}
