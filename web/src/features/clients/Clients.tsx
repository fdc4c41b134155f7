import { Button, Stack, Switch, Table } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { Swatch } from "../../components/ColorInput";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { useFilters } from "../../lib/filters";
import { text } from "../../lib/url";
import { NewClient } from "./NewClient";

interface Filters {
  client?: string;
  archived?: boolean;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  client: text(raw.client),
  archived: raw.archived === true || raw.archived === "true" || undefined,
});

export function Clients() {
  const t = useTranslations("clients");
  const [{ client, archived }, set] = useFilters(parse);
  const clients = useQuery(queries.clients());
  const rows = (clients.data ?? []).filter((c) => archived || !c.archived);
  const add = () => set({ client: "new" }, { push: true });
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          {t("add")}
        </Button>
      </PageHeader>
      <Switch
        label={t("showArchived")}
        checked={!!archived}
        onChange={(e) => set({ archived: e.currentTarget.checked || undefined })}
      />
      <QueryState
        query={clients}
        isEmpty={() => rows.length === 0}
        empty={
          (clients.data?.length ?? 0) > 0 ? (
            <NoMatch onClear={() => set({ archived: true })} />
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
          <section className="panel flush" aria-label={t("title")}>
            <Table className="stacked" verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("name")}</Table.Th>
                  <Table.Th>{t("email")}</Table.Th>
                  <Table.Th>{t("currency")}</Table.Th>
                  <Table.Th>{t("projects")}</Table.Th>
                  <Table.Th>{t("state")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((c) => (
                  <Table.Tr key={c.id}>
                    <Table.Td>
                      <span className="titled">
                        <Swatch color={c.color} />
                        <Link className="textlink" to="/clients/$id" params={{ id: c.id } as never}>
                          {c.name}
                        </Link>
                      </span>
                    </Table.Td>
                    <Table.Td>{c.email}</Table.Td>
                    <Table.Td>{c.currency}</Table.Td>
                    <Table.Td className="num">
                      <Link className="textlink" to="/projects" search={{ client: c.id } as never}>
                        {t("projectsCount", { count: c.projects_count })}
                        <span className="sr"> {c.name}</span>
                      </Link>
                    </Table.Td>
                    <Table.Td>
                      <StatusBadge
                        tone={c.archived ? "idle" : "ok"}
                        label={c.archived ? t("archived") : t("active")}
                      />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        )}
      </QueryState>
      <NewClient open={client === "new"} onClose={() => set({ client: undefined })} />
    </Stack>
  );
}
