import { Button, Group, NativeSelect, Stack, Switch, Table } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Client, Project } from "../../api/types";
import { useSession } from "../../app/session";
import { Swatch } from "../../components/ColorInput";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { useFilters } from "../../lib/filters";
import { currencyOf, formatMoney } from "../../lib/money";
import { text } from "../../lib/url";
import { BudgetBars } from "./BudgetBar";
import { NewProject } from "./NewProject";

interface Filters {
  project?: string;
  client?: string;
  archived?: boolean;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  project: text(raw.project),
  client: text(raw.client),
  archived: raw.archived === true || raw.archived === "true" || undefined,
});

function ProjectsTable({ rows, clients }: { rows: Project[]; clients: Client[] }) {
  const t = useTranslations("projects");
  const { workspace } = useSession();
  const rate = (p: Project) =>
    p.hourly_rate_minor === null
      ? t("noRate")
      : formatMoney(p.hourly_rate_minor, currencyOf(p, clients, workspace));
  return (
    <section className="panel flush" aria-label={t("title")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("name")}</Table.Th>
            <Table.Th>{t("client")}</Table.Th>
            <Table.Th ta="right">{t("rate")}</Table.Th>
            <Table.Th>{t("billable")}</Table.Th>
            <Table.Th>{t("budget")}</Table.Th>
            <Table.Th>{t("state")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((p) => (
            <Table.Tr key={p.id}>
              <Table.Td>
                <span className="titled">
                  <Swatch color={p.color} />
                  <Link className="textlink" to="/projects/$id" params={{ id: p.id } as never}>
                    {p.name}
                  </Link>
                </span>
              </Table.Td>
              <Table.Td>{p.client_name ?? <span className="dim">{t("internal")}</span>}</Table.Td>
              <Table.Td ta="right" className="num" data-label={t("rate")}>
                {rate(p)}
              </Table.Td>
              <Table.Td data-label={t("billable")}>{p.billable ? t("yes") : t("no")}</Table.Td>
              <Table.Td className="wide">
                <BudgetBars project={p} brief />
              </Table.Td>
              <Table.Td>
                <StatusBadge
                  tone={p.archived ? "idle" : "ok"}
                  label={p.archived ? t("archived") : t("active")}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

export function Projects() {
  const t = useTranslations("projects");
  const [{ project, client, archived }, set] = useFilters(parse);
  const projects = useQuery(queries.projects());
  const clients = useQuery(queries.clients());
  const rows = (projects.data ?? []).filter(
    (p) => (archived || !p.archived) && (!client || p.client_id === client),
  );
  const add = () => set({ project: "new" }, { push: true });
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          {t("add")}
        </Button>
      </PageHeader>
      <Group align="flex-end" role="search">
        <NativeSelect
          label={t("client")}
          data={[
            { value: "", label: t("any") },
            ...(clients.data ?? []).map((c) => ({ value: c.id, label: c.name })),
          ]}
          value={client ?? ""}
          onChange={(e) => set({ client: e.currentTarget.value || undefined })}
        />
        <Switch
          label={t("showArchived")}
          checked={!!archived}
          mb={8}
          onChange={(e) => set({ archived: e.currentTarget.checked || undefined })}
        />
      </Group>
      <QueryState
        query={projects}
        isEmpty={() => rows.length === 0}
        empty={
          (projects.data?.length ?? 0) > 0 ? (
            <NoMatch onClear={() => set({ client: undefined, archived: true })} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
              <Button variant="default" onClick={add}>
                {t("add")}
              </Button>
            </EmptyState>
          )
        }
      >
        {() => (
          <QueryState query={clients}>{(all) => <ProjectsTable rows={rows} clients={all} />}</QueryState>
        )}
      </QueryState>
      <NewProject open={project === "new"} clientId={client} onClose={() => set({ project: undefined })} />
    </Stack>
  );
}
