import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { draftScope } from "./useDraft";

const LISTS = ["invoices", "time-entries"];

/** The writes that take an invoice from one state to another. */
export function useSteps({ id, kind }: Invoice) {
  const t = useTranslations("invoices");
  const navigate = useNavigate();
  const said = (done: string) => ({ done, invalidate: LISTS, scope: draftScope(id) });
  const open = (made: Invoice) => navigate({ to: "/invoices/$id", params: { id: made.id } as never });
  return {
    refresh: useAction(() => actions.refreshInvoice(id), said(t("refreshed"))),
    cancel: useAction(
      (reason: string) => actions.voidInvoice(id, reason),
      said(t(kind === "credit_note" ? "voidNote.done" : "voidDone")),
    ),
    remove: useAction((_: string) => actions.deleteInvoice(id), {
      ...said(t("deleted")),
      onDone: () => navigate({ to: "/invoices" }),
    }),
    credit: useAction(() => actions.creditInvoice(id), { ...said(t("creditDone")), onDone: open }),
  };
}
