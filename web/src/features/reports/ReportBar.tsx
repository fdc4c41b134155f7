import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useIsAdmin } from "../../app/session";
import { oneOf } from "../../lib/url";
import { type ReportFilters, STATUSES } from "./filters";
import { type Days, PRESETS } from "./range";

interface Props {
  filters: ReportFilters;
  days: Days;
  set: (to: ReportFilters) => void;
}

const named = (rows: { id: string; name: string }[] | undefined) =>
  (rows ?? []).map(({ id, name }) => ({ value: id, label: name }));

/** Which days: one of the usual stretches, or any two days. */
function DaysBar({ filters, days, set }: Props) {
  const t = useTranslations("reports");
  const own = !!(filters.from || filters.to);
  return (
    <>
      <NativeSelect
        className="narrow"
        label={t("range")}
        value={own ? "own" : (filters.range ?? "this_month")}
        data={[
          ...PRESETS.map((value) => ({ value, label: t(`ranges.${value}`) })),
          { value: "own", label: t("ranges.own") },
        ]}
        onChange={(e) => {
          const range = oneOf(e.currentTarget.value, PRESETS);
          set(range ? { range, from: undefined, to: undefined } : { range: undefined, ...days });
        }}
      />
      <TextInput
        className="narrow"
        type="date"
        label={t("from")}
        value={days.from}
        onChange={(e) => set({ from: e.currentTarget.value || undefined, to: days.to, range: undefined })}
      />
      <TextInput
        className="narrow"
        type="date"
        label={t("to")}
        value={days.to}
        onChange={(e) => set({ to: e.currentTarget.value || undefined, from: days.from, range: undefined })}
      />
    </>
  );
}

/** Which time a report is about. */
export function ReportBar(props: Props) {
  const { filters, set } = props;
  const t = useTranslations("reports");
  const words = useTranslations("timesheet");
  const admin = useIsAdmin();
  const clients = useQuery(queries.clients()).data;
  const projects = useQuery(queries.projects()).data;
  const members = useQuery(queries.members()).data;
  const any = { value: "", label: t("any") };
  const pick = (field: "client" | "project" | "member", label: string, rows: (typeof any)[]) => (
    <NativeSelect
      className="narrow"
      label={label}
      data={[any, ...rows]}
      value={filters[field] ?? ""}
      onChange={(e) => set({ [field]: e.currentTarget.value || undefined })}
    />
  );
  return (
    <Group gap="sm" align="flex-end" role="search">
      <DaysBar {...props} />
      <NativeSelect
        className="narrow"
        label={words("state")}
        data={[any, ...STATUSES.map((value) => ({ value, label: words(`status.${value}`) }))]}
        value={filters.status ?? ""}
        onChange={(e) => set({ status: oneOf(e.currentTarget.value, STATUSES) })}
      />
      {pick("client", t("client"), named(clients))}
      {pick("project", t("project"), named(projects))}
      {admin && pick("member", t("member"), named(members))}
    </Group>
  );
}
