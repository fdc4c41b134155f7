import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { TimeEntry, TimeEntryChange } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { QueryState } from "../../components/States";
import { Ago } from "../../components/Time";
import { formatDateTime, formatMinutes } from "../../lib/time";

type Told = Record<string, unknown>;
const FIELDS = [
  "description",
  "started_at",
  "ended_at",
  "duration_minutes",
  "billable",
  "client_id",
  "project_id",
  "tags",
] as const;
const ACTIONS = [
  "created",
  "imported",
  "duplicated",
  "started",
  "stopped",
  "edited",
  "submitted",
  "approved",
  "rejected",
  "split",
  "merged",
  "followed",
] as const;

/** What changed, in words: `Hours 1:00 → 1:30`. */
function useDifference() {
  const t = useTranslations("history");
  const timeZone = useTimeZone();
  const clients = useQuery(queries.clients()).data ?? [];
  const projects = useQuery(queries.projects()).data ?? [];
  const say = (field: (typeof FIELDS)[number], value: unknown): string => {
    if (value === null || value === undefined || value === "" || String(value) === "") return t("nothing");
    if (Array.isArray(value)) return value.join(", ");
    if (field === "duration_minutes") return formatMinutes(Number(value));
    if (field === "started_at" || field === "ended_at") return formatDateTime(String(value), timeZone);
    if (field === "billable") return value ? t("yes") : t("no");
    const named = field === "client_id" ? clients : projects;
    return named.find((one) => one.id === value)?.name ?? String(value);
  };
  return ({ before, after }: TimeEntryChange) => {
    if (!before || !after) return [];
    const [was, is] = [before as Told, after as Told];
    return FIELDS.filter((field) => field in is || field in was).map((field) =>
      t("change", { field: t(`fields.${field}`), was: say(field, was[field]), now: say(field, is[field]) }),
    );
  };
}

function Changes({ id }: { id: string }) {
  const t = useTranslations("history");
  const history = useQuery(queries.entryHistory(id));
  const members = useQuery(queries.members()).data ?? [];
  const difference = useDifference();
  const actionOf = (name: string) => {
    const known = ACTIONS.find((action) => action === name);
    return known ? t(`actions.${known}`) : name;
  };
  return (
    <QueryState query={history}>
      {(changes) => (
        <ul className="rows">
          {changes.map((change) => (
            <li key={change.id} className="change">
              <span className="grow">
                {actionOf(change.action)}{" "}
                <span className="dim">
                  {members.find((m) => m.id === change.member_id)?.name ?? t("daybook")} ·{" "}
                  <Ago at={change.created_at} />
                </span>
                {[change.reason ?? "", ...difference(change)].filter(Boolean).map((line) => (
                  <Text key={line} size="xs" c="dimmed">
                    {line}
                  </Text>
                ))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </QueryState>
  );
}

/** Who did what to an entry, and when; read only when somebody asks. */
export function EntryHistory({ entry }: { entry: TimeEntry }) {
  const t = useTranslations("history");
  const [open, setOpen] = useState(false);
  return (
    <details className="history" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t("title")}</summary>
      {open && <Changes id={entry.id} />}
    </details>
  );
}
