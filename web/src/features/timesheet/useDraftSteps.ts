import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { useAction } from "../../app/useAction";
import { useUndo } from "../../components/undo";

/** What is read anew when a meeting becomes time, or no longer waits to. */
export const LISTS = ["time-entries", "drafts", "events"];

/** Logged just as it is suggested. */
export const AS_SUGGESTED = {
  client_id: null,
  project_id: null,
  billable: null,
  description: null,
  tags: null,
};

/** What is done with a meeting in one go, by its id: logged as suggested or put aside, each with a way back, and brought back. */
export function useDraftSteps() {
  const t = useTranslations("drafts");
  const undo = useUndo();
  const unlog = useAction((entry: string) => actions.deleteEntry(entry), {
    done: t("undone"),
    invalidate: LISTS,
  });
  const log = useAction((id: string) => actions.logDraft(id, AS_SUGGESTED), {
    invalidate: LISTS,
    onDone: (entry) => undo(t("loggedOne"), () => unlog.mutate(entry.id)),
  });
  const restore = useAction((id: string) => actions.restoreDraft(id), {
    done: t("restored"),
    invalidate: LISTS,
  });
  const dismiss = useAction((id: string) => actions.dismissDraft(id), {
    invalidate: LISTS,
    onDone: (_, id) => undo(t("dismissed"), () => restore.mutate(id)),
  });
  return { log, restore, dismiss };
}
