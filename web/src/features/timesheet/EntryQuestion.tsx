import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { formatMinutes } from "../../lib/time";
import type { Step } from "./entrySteps";
import { DuplicateDialog, MergeDialog, SplitDialog } from "./shapes";
import { LISTS } from "./useDraftSteps";

export type Question = Exclude<Step, "edit">;

interface Props {
  entry: TimeEntry;
  asked: Question | null;
  onClose: () => void;
  onDone: () => void;
}

/** What is asked before an entry is cut, copied, joined with others or removed. */
export function EntryQuestion({ entry, asked, onClose, onDone }: Props) {
  const t = useTranslations("timesheet");
  const dialog = { entry, onClose, onDone };
  const remove = useAction(() => actions.deleteEntry(entry.id), {
    done: t("deleted"),
    invalidate: LISTS,
    onDone,
  });
  const goes = t("goes", { description: entry.description, hours: formatMinutes(entry.duration_minutes) });
  return (
    <>
      {asked === "split" && <SplitDialog {...dialog} />}
      {asked === "duplicate" && <DuplicateDialog {...dialog} />}
      {asked === "merge" && <MergeDialog {...dialog} />}
      <ConfirmDestructive
        what={
          asked === "delete"
            ? {
                title: t("deleteTitle"),
                action: t("delete"),
                goes: [goes],
                stays: entry.synced_event_id ? [t("staysEvent")] : [],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={onClose}
      />
    </>
  );
}
