import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, Connection } from "../../api/types";
import { useAction } from "../../app/useAction";

const TOUCHES = ["connections", "calendars", "health", "logs", "events"];

/** Everything a card's menu does, each with its own sentence about how it went. */
export function useConnectionActions(name: string) {
  const t = useTranslations("overview");
  const sync = useAction(
    (calendars: Calendar[]) =>
      Promise.all(calendars.filter((c) => c.sync_enabled).map((c) => actions.syncCalendar(c.id))),
    { done: (results) => t("syncDone", { name, count: results.length }), invalidate: TOUCHES },
  );
  const refresh = useAction((c: Connection) => actions.refreshConnection(c.id), {
    done: (answer) => answer.message || t("refreshDone", { name }),
    invalidate: TOUCHES,
  });
  const test = useAction((c: Connection) => actions.testConnection(c.id), {
    done: (answer) =>
      answer.ok
        ? t("testOk", { name, ms: answer.latency_ms ?? 0 })
        : t("testFailed", { name, why: answer.error?.message ?? "" }),
    invalidate: TOUCHES,
  });
  const disconnect = useAction((c: Connection) => actions.disconnect(c.id), {
    done: (answer) => (answer.removal ? undefined : answer.message || t("disconnectDone", { name })),
    // There is something left to do elsewhere: it stays until it was read.
    onDone: (answer, c) => {
      if (!answer.removal) return;
      const message = c.provider === "microsoft" ? t("removalMicrosoft") : answer.removal;
      notifications.show({ title: t("disconnectDone", { name }), message, autoClose: false });
    },
    invalidate: TOUCHES,
  });
  return { sync, refresh, test, disconnect };
}
