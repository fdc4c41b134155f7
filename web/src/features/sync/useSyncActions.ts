import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar } from "../../api/types";
import { useAction } from "../../app/useAction";

/** Sync now (false) or from the beginning (true). A long one goes on in the background, and says so. */
export function useSyncActions(calendar: Calendar) {
  const t = useTranslations("sync");
  const sync = useAction((full: boolean) => actions.syncCalendar(calendar.id, full), {
    done: (out) =>
      "job_id" in out
        ? t("queued", { name: calendar.name })
        : t("done", {
            name: calendar.name,
            changes: out.created + out.updated + out.deleted,
          }),
    invalidate: ["calendars", "connections", "events", "health", "logs"],
  });
  return { sync };
}
