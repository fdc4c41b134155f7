import { Group, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { InvoiceKind, InvoiceStatus } from "../../api/types";
import { isDate } from "../../lib/time";
import { oneOf, text } from "../../lib/url";

const STATES = ["draft", "finalized", "sent", "paid", "void"] as const;
const KINDS = ["invoice", "credit_note"] as const;
export interface Filters {
  client?: string;
  status?: InvoiceStatus;
  kind?: InvoiceKind;
  from?: string;
  to?: string;
  overdue?: boolean;
}
export const NO_FILTERS: Filters = {
  client: undefined,
  status: undefined,
  kind: undefined,
  from: undefined,
  to: undefined,
  overdue: undefined,
};
export const parseFilters = (raw: Record<string, unknown>): Filters => ({
  client: text(raw.client),
  status: oneOf(raw.status, STATES),
  kind: oneOf(raw.kind, KINDS),
  from: isDate(raw.from) ? raw.from : undefined,
  to: isDate(raw.to) ? raw.to : undefined,
  overdue: raw.overdue === true || raw.overdue === "true" || undefined,
});
export const queryOf = ({ client, ...filters }: Filters) => ({ client_id: client, ...filters });

/** Which invoices are shown; the address holds it. */
export function InvoiceFilters({
  filters,
  set,
}: {
  filters: Filters;
  set: (patch: Partial<Filters>) => void;
}) {
  const t = useTranslations("invoices");
  const clients = useQuery(queries.clients()).data ?? [];
  const day = (name: "from" | "to") => (
    <TextInput
      type="date"
      label={t(name === "from" ? "issuedFrom" : "issuedTo")}
      value={filters[name] ?? ""}
      onChange={(e) => set({ [name]: e.currentTarget.value || undefined })}
    />
  );
  return (
    <Group align="flex-end" role="search" gap="sm">
      <NativeSelect
        label={t("client")}
        data={[{ value: "", label: t("anyClient") }, ...clients.map((c) => ({ value: c.id, label: c.name }))]}
        value={filters.client ?? ""}
        onChange={(e) => set({ client: e.currentTarget.value || undefined })}
      />
      <NativeSelect
        label={t("state")}
        data={[
          { value: "", label: t("anyState") },
          ...STATES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
        value={filters.status ?? ""}
        onChange={(e) => set({ status: oneOf(e.currentTarget.value, STATES) })}
      />
      <NativeSelect
        label={t("kindLabel")}
        data={[
          { value: "", label: t("anyKind") },
          ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
        ]}
        value={filters.kind ?? ""}
        onChange={(e) => set({ kind: oneOf(e.currentTarget.value, KINDS) })}
      />
      {day("from")}
      {day("to")}
      <Switch
        label={t("onlyOverdue")}
        checked={!!filters.overdue}
        mb={8}
        onChange={(e) => set({ overdue: e.currentTarget.checked || undefined })}
      />
    </Group>
  );
}
