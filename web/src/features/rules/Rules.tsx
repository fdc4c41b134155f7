import { ActionIcon, Button, Group, Stack, Table } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Rule } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ArchivedTarget } from "../../components/ArchivedTarget";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { useFilters } from "../../lib/filters";
import { text } from "../../lib/url";
import { RuleConditions } from "./RuleConditions";
import { RuleDrawer } from "./RuleDrawer";

const said = ({ client_id, project_id }: Rule) => ({ client_id, project_id });
const parse = (raw: Record<string, unknown>) => ({ rule: text(raw.rule) });

export function Rules() {
  const t = useTranslations("rules");
  const admin = useIsAdmin();
  const [{ rule: open }, set] = useFilters(parse);
  const rules = useQuery(queries.rules());
  const projects = useQuery(queries.projects()).data ?? [];
  const clients = useQuery(queries.clients()).data ?? [];
  const move = useAction(
    ({ id, position }: { id: string; position: number }) => actions.placeRule(id, position),
    { invalidate: ["rules", "drafts"] },
  );
  const does = (rule: Rule) => {
    if (rule.exclude) return t("leavesOut");
    const names = [
      clients.find((c) => c.id === rule.client_id)?.name,
      projects.find((p) => p.id === rule.project_id)?.name,
      rule.billable === false ? t("notBillable") : undefined,
      rule.tags.map((tag) => `#${tag}`).join(" "),
    ];
    return names.filter(Boolean).join(" / ") || t(rule.billable ? "billings.billed" : "billings.project");
  };
  const add = () => set({ rule: "new" }, { push: true });
  const rows = rules.data ?? [];
  const arrow = (rule: Rule, by: -1 | 1) => (
    <ActionIcon
      variant="default"
      aria-label={t(by < 0 ? "up" : "down", { name: rule.name })}
      disabled={move.isPending || (by < 0 ? rule.position === 1 : rule.position === rows.length)}
      onClick={() => move.mutate({ id: rule.id, position: rule.position + by })}
    >
      {by < 0 ? <IconArrowUp size={16} /> : <IconArrowDown size={16} />}
    </ActionIcon>
  );
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        {admin && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t("add")}
          </Button>
        )}
      </PageHeader>
      <QueryState
        query={rules}
        isEmpty={() => rows.length === 0}
        empty={
          <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
            {admin && (
              <Button variant="default" onClick={add}>
                {t("add")}
              </Button>
            )}
          </EmptyState>
        }
      >
        {() => (
          <section className="panel flush" aria-label={t("title")}>
            <Table className="stacked" verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("name")}</Table.Th>
                  <Table.Th>{t("when")}</Table.Th>
                  <Table.Th>{t("then")}</Table.Th>
                  <Table.Th>{t("state")}</Table.Th>
                  {admin && <Table.Th>{t("order")}</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((rule) => (
                  <Table.Tr key={rule.id} data-off={!rule.enabled || undefined}>
                    <Table.Td>
                      <span className="dim num">{rule.position}.</span>{" "}
                      {admin ? (
                        <button
                          type="button"
                          className="rowlink"
                          onClick={() => set({ rule: rule.id }, { push: true })}
                        >
                          {rule.name}
                        </button>
                      ) : (
                        rule.name
                      )}
                    </Table.Td>
                    <Table.Td className="breakable wide">
                      <RuleConditions rule={rule} />
                    </Table.Td>
                    <Table.Td>
                      {does(rule)}
                      <ArchivedTarget of="rule" said={said(rule)} name={rule.archived_target} />
                    </Table.Td>
                    <Table.Td>
                      <StatusBadge
                        tone={rule.enabled ? "ok" : "idle"}
                        label={t(rule.enabled ? "on" : "off")}
                      />
                    </Table.Td>
                    {admin && (
                      <Table.Td>
                        <Group gap={6} wrap="nowrap">
                          {arrow(rule, -1)}
                          {arrow(rule, 1)}
                        </Group>
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        )}
      </QueryState>
      <RuleDrawer
        open={open}
        rule={rows.find((r) => r.id === open)}
        onClose={() => set({ rule: undefined })}
      />
    </Stack>
  );
}
