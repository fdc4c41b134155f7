import { useTranslations } from "use-intl";
import { actions } from "../../../api/actions";
import type { TimeEntry, TimeEntryInput } from "../../../api/types";
import { useAction } from "../../../app/useAction";
import { useUndo } from "../../../components/undo";

const LISTS = ["time-entries", "drafts"];

/** What typing into a cell does: a new entry, another length, or none any more. */
export function useCell(onFail: () => void) {
  const t = useTranslations("timesheet");
  const undo = useUndo();
  const fail = () => {
    onFail();
    return false;
  };
  const create = useAction((input: TimeEntryInput) => actions.createEntry(input), {
    invalidate: LISTS,
    onFail: fail,
  });
  const change = useAction(
    ({ entry, duration }: { entry: TimeEntry; duration: string }) =>
      actions.updateEntry(entry.id, { duration }),
    {
      done: (out, { entry }) => (out.status === entry.status ? undefined : t("again")),
      invalidate: LISTS,
      onFail: fail,
    },
  );
  const remove = useAction((entry: TimeEntry) => actions.deleteEntry(entry.id), {
    invalidate: LISTS,
    onDone: (_, entry) => {
      const { description, started_at, ended_at, duration_minutes, client_id, project_id, billable, tags } =
        entry;
      const again = {
        description,
        started_at,
        ended_at,
        duration_minutes,
        client_id,
        project_id,
        billable,
        tags,
      };
      undo(t("deleted"), () => create.mutate(again));
    },
    onFail: fail,
  });
  return { create, change, remove, busy: create.isPending || change.isPending || remove.isPending };
}
