import { useTranslations } from "use-intl";
import { actions } from "../../../api/actions";
import type { TimeEntry, TimeEntryInput } from "../../../api/types";
import { useAction } from "../../../app/useAction";
import { useUndo } from "../../../components/undo";
import { LISTS } from "../useDraftSteps";
import { makeAgain, wayBack } from "./again";

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
  const again = useAction(makeAgain, { invalidate: LISTS, onFail: fail });
  const remove = useAction((entry: TimeEntry) => actions.deleteEntry(entry.id), {
    done: (_, entry) => (wayBack(entry) ? undefined : t("deleted")),
    invalidate: LISTS,
    onDone: (_, entry) => {
      if (wayBack(entry)) undo(t("deleted"), () => again.mutate(entry));
    },
    onFail: fail,
  });
  const busy = create.isPending || change.isPending || remove.isPending || again.isPending;
  return { create, change, remove, busy };
}
