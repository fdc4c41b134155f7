import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Draft } from "../../api/types";
import { useSession, useTimeZone } from "../../app/session";
import type { Look } from "../../components/blocks";
import { useNow } from "../../components/Time";
import { useDismissedShown } from "../../lib/prefs";
import { addDays, dateIn, fromWall, startOfWeek } from "../../lib/time";
import { isOver, type Lock } from "./week";

/** The instants of a week, or of any days from one on. */
export const rangeOf = (from: string, timeZone: string, days = 7) => ({
  from: fromWall(from, timeZone).toISOString(),
  to: fromWall(addDays(from, days), timeZone).toISOString(),
});

/** One's own week: what is logged, and what waits to be. */
export function useWeek(asked?: string) {
  const timeZone = useTimeZone();
  const now = useNow();
  const today = dateIn(now, timeZone);
  const week = asked ?? startOfWeek(today);
  const range = rangeOf(week, timeZone);
  const entries = useQuery({ ...queries.ownWeek(range), placeholderData: keepPreviousData });
  const drafts = useQuery({ ...queries.drafts(range), placeholderData: keepPreviousData });
  const suggested = drafts.data ?? [];
  return { timeZone, now, today, week, entries, suggested, over: suggested.filter((d) => isOver(d, now)) };
}

/** The meetings of a week that were put aside, where they are shown. */
export function useDismissed(week: string, timeZone: string): Draft[] {
  const [shown] = useDismissedShown();
  const range = rangeOf(week, timeZone);
  const found = useQuery({ ...queries.drafts({ ...range, dismissed: true }), enabled: shown });
  return shown ? (found.data ?? []) : [];
}

export function useLock(): Lock {
  const { workspace } = useSession();
  return { until: workspace.time_locked_until, timeZone: workspace.time_zone };
}

/** The word for a state. */
export function useStateWord() {
  const t = useTranslations("timesheet");
  return (look: Look): string => {
    switch (look) {
      case "unlogged":
        return t("suggestion");
      case "upcoming":
        return t("upcoming");
      case "dismissed":
        return t("putAside");
      case "running":
        return t("running");
      case "logged":
      case "filtered":
      case "off":
        return "";
      default:
        return t(`status.${look}`);
    }
  };
}

/** Whom and what a suggestion would be booked on; empty when nothing is known. */
export function useBookedNames() {
  const clients = useQuery(queries.clients()).data ?? [];
  const projects = useQuery(queries.projects()).data ?? [];
  return {
    clientOf: (d: Draft) => clients.find((c) => c.id === d.client_id)?.name ?? "",
    bookedOn: (d: Draft) =>
      [clients.find((c) => c.id === d.client_id)?.name, projects.find((p) => p.id === d.project_id)?.name]
        .filter(Boolean)
        .join(" / "),
  };
}
