import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Client } from "../../api/types";
import { useIsAdmin, useSession } from "../../app/session";
import { Swatch } from "../../components/ColorInput";
import { DeleteOrArchive } from "../../components/DeleteOrArchive";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState, Skeletons } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { RatesPanel } from "../rates/RatesPanel";
import { ClientBillingForm } from "./ClientBillingForm";
import { ClientDetails } from "./ClientDetails";
import { ClientInvoices, ClientProjects, ClientRules } from "./ClientPanels";

function OnInvoices({ client }: { client: Client }) {
  const billing = useQuery(queries.clientBilling(client.id));
  return (
    <QueryState query={billing} skeleton={<Skeletons rows={5} />}>
      {(found) => <ClientBillingForm id={client.id} billing={found} />}
    </QueryState>
  );
}

function Shown({ client }: { client: Client }) {
  const t = useTranslations("clients");
  const admin = useIsAdmin();
  const navigate = useNavigate();
  const { workspace } = useSession();
  return (
    <Stack gap="md">
      <PageHeader
        title={
          <span className="titled">
            <Swatch color={client.color} />
            {client.name}
          </span>
        }
        sub={
          <Group gap="sm">
            <Link className="textlink" to="/clients">
              {t("title")}
            </Link>
            <StatusBadge
              tone={client.archived ? "idle" : "ok"}
              label={client.archived ? t("archived") : t("active")}
            />
          </Group>
        }
      />
      <div className="columns">
        <Stack gap="md">
          <ClientDetails key={`${client.id} ${client.archived}`} client={client} />
          {admin && <OnInvoices client={client} />}
        </Stack>
        <Stack gap="md">
          <ClientProjects client={client} />
          {admin && <ClientInvoices client={client} />}
          <ClientRules client={client} />
          {admin && (
            <RatesPanel
              of={{ client_id: client.id }}
              currency={client.currency ?? workspace.currency}
              title={t("rates")}
              hint={t("ratesHint")}
            />
          )}
          <DeleteOrArchive
            name={client.name}
            archived={client.archived}
            goes={t("goes")}
            run={() => actions.deleteClient(client.id)}
            archive={() => actions.saveClient(client.id, { name: client.name, archived: true })}
            invalidate={["clients", "projects", "rules", "drafts"]}
            onDeleted={() => navigate({ to: "/clients" })}
          />
        </Stack>
      </div>
    </Stack>
  );
}

/** Everything about a client: who they are, what stands on their invoices, what an hour costs them. */
export function ClientPage() {
  const t = useTranslations("clients");
  const { id } = useParams({ strict: false }) as { id?: string };
  const clients = useQuery(queries.clients());
  const client = clients.data?.find((c) => c.id === id);
  return (
    <QueryState
      query={clients}
      isEmpty={() => !client}
      empty={
        <Stack gap="md">
          <PageHeader title={t("title")} />
          <EmptyState title={t("notThere")} text={t("notThereText")}>
            <Link className="textlink" to="/clients">
              {t("back")}
            </Link>
          </EmptyState>
        </Stack>
      }
    >
      {() => client && <Shown client={client} />}
    </QueryState>
  );
}
