import { Button, Stack, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { ApiKey } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { Ago } from "../../components/Time";
import { NewKey } from "./NewKey";

function KeysTable({ keys, onRevoke }: { keys: ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  const t = useTranslations("apiKeys");
  return (
    <section className="panel flush" aria-label={t("title")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("name")}</Table.Th>
            <Table.Th>{t("prefix")}</Table.Th>
            <Table.Th>{t("scopes")}</Table.Th>
            <Table.Th>{t("lastUsed")}</Table.Th>
            <Table.Th>{t("expires")}</Table.Th>
            <Table.Th>
              <span className="sr">{t("actions")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                {key.name}
                <Text size="xs" c="dimmed">
                  {key.member_name}
                </Text>
              </Table.Td>
              <Table.Td>
                <code>{key.prefix}…</code>
              </Table.Td>
              <Table.Td>{key.scopes.join(", ")}</Table.Td>
              <Table.Td data-label={t("lastUsed")}>
                <Ago at={key.last_used_at} />
              </Table.Td>
              <Table.Td data-label={t("expires")}>
                {key.expires_at ? <Ago at={key.expires_at} /> : t("noExpiry")}
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-xs"
                  variant="outline"
                  className="dangerbtn"
                  onClick={() => onRevoke(key)}
                >
                  {t("revoke")}
                  <span className="sr"> {key.name}</span>
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

export function ApiKeys() {
  const t = useTranslations("apiKeys");
  const keys = useQuery(queries.apiKeys());
  const [creating, setCreating] = useState(false);
  const [asking, setAsking] = useState<ApiKey>();
  const revoke = useAction((key: ApiKey) => actions.deleteApiKey(key.id), {
    done: (_, key) => t("revoked", { name: key.name }),
    invalidate: ["api-keys"],
  });
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          {t("add")}
        </Button>
      </PageHeader>
      <QueryState
        query={keys}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
            <Button variant="default" onClick={() => setCreating(true)}>
              {t("add")}
            </Button>
          </EmptyState>
        }
      >
        {(list) => <KeysTable keys={list} onRevoke={setAsking} />}
      </QueryState>
      {creating && <NewKey onClose={() => setCreating(false)} />}
      <ConfirmDestructive
        what={
          asking
            ? {
                title: t("revokeTitle", { name: asking.name }),
                action: t("revoke"),
                goes: [t("goes")],
                stays: [t("stays")],
              }
            : null
        }
        busy={revoke.isPending}
        onConfirm={() => asking && revoke.mutate(asking, { onSettled: () => setAsking(undefined) })}
        onClose={() => setAsking(undefined)}
      />
    </Stack>
  );
}
