import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry, TimeEntryPatch } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import type { Moved } from "../../components/dragged";
import { useUndo } from "../../components/undo";
import { formatDateTime } from "../../lib/time";
import { placed } from "./week";

interface Move {
  entry: TimeEntry;
  to: Pick<TimeEntryPatch, "started_at" | "ended_at" | "duration_minutes">;
  revert?: () => void;
}

/** Puts an entry where its block was dragged to, with a way back. What the server refuses goes back by itself. */
export function useMoveEntry() {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const undo = useUndo();
  const invalidate = ["time-entries"];
  const back = useAction(({ entry, to }: Move) => actions.updateEntry(entry.id, to), { invalidate });
  const run = useAction(({ entry, to }: Move) => actions.updateEntry(entry.id, to), {
    invalidate,
    onDone: (out, { entry }) => {
      const { started_at, ended_at, duration_minutes } = entry;
      undo(
        t("placed", { description: out.description, when: formatDateTime(out.started_at, timeZone) }),
        () => back.mutate({ entry, to: { started_at, ended_at, duration_minutes } }),
      );
    },
    onFail: (_, { revert }) => {
      revert?.();
      return false;
    },
  });
  return (entry: TimeEntry, { start, end, revert }: Moved) =>
    run.mutate({ entry, to: placed(entry, new Date(start), new Date(end)), revert });
}
