import { Table, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { LogEntry } from "../api/types";
import { ProviderIcon, providerName } from "./ProviderIcon";
import { StatusBadge } from "./StatusBadge";
import { Ago } from "./Time";

/** What integrations did, newest first. With `onOpen`, a row's title opens its details. */
export function ActivityTable({ items, onOpen }: { items: LogEntry[]; onOpen?: (id: string) => void }) {
  const t = useTranslations("logs");
  return (
    <Table verticalSpacing={7} className="activity">
      <Table.Thead className="sr">
        <Table.Tr>
          <Table.Th>{t("when")}</Table.Th>
          <Table.Th>{t("service")}</Table.Th>
          <Table.Th>{t("what")}</Table.Th>
          <Table.Th>{t("result")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={item.id}>
            <Table.Td className="when">
              <Text size="xs" c="dimmed" component="span">
                <Ago at={item.created_at} />
              </Text>
            </Table.Td>
            <Table.Td w={34}>
              <ProviderIcon provider={item.provider ?? ""} size={22} />
              <span className="sr">{item.provider ? providerName(item.provider) : ""}</span>
            </Table.Td>
            <Table.Td className="what">
              {onOpen ? (
                <button
                  type="button"
                  className="rowlink"
                  onClick={() => onOpen(item.id)}
                  id={`log-${item.id}`}
                >
                  {item.title}
                </button>
              ) : (
                <Text size="sm" component="span">
                  {item.title}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">
              <StatusBadge tone={item.success ? "ok" : "bad"} label={item.success ? t("ok") : t("failed")} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
