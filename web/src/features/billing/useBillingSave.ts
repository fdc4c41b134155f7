import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { BillingPatch } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";

type Form = Parameters<typeof showFieldErrors>[0] & { resetDirty: () => void };

/** Saves one part of the billing settings. Drafts follow it; invoices that have a number stay as they are. */
export function useBillingSave(form: Form) {
  const t = useTranslations("settings");
  return useAction((patch: BillingPatch) => actions.updateBilling(patch), {
    done: t("saved"),
    invalidate: ["billing", "invoices"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
}
