import { Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { Section } from "../settings/Section";

/** Until when time is closed, and whether owners and admins approve their own. */
export function TimePolicy() {
  const t = useTranslations("billingSettings");
  const s = useTranslations("settings");
  const { workspace } = useSession();
  const form = useForm({
    initialValues: {
      time_locked_until: workspace.time_locked_until ?? "",
      self_approval: workspace.self_approval,
    },
  });
  const save = useAction(actions.updateWorkspace, {
    done: s("saved"),
    invalidate: ["session", "time-entries"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("policy")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) => save.mutate({ ...v, time_locked_until: v.time_locked_until || null }))}
    >
      <TextInput
        type="date"
        label={t("locked")}
        description={t("lockedHint")}
        {...form.getInputProps("time_locked_until")}
      />
      <Switch
        label={t("selfApproval")}
        description={t("selfApprovalHint")}
        {...form.getInputProps("self_approval", { type: "checkbox" })}
      />
    </Section>
  );
}
