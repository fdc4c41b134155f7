import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { isCurrency } from "../../lib/money";
import { Section } from "./Section";

export function WorkspaceForm() {
  const t = useTranslations("settings");
  const { workspace } = useSession();
  const form = useForm({
    initialValues: { name: workspace.name, time_zone: workspace.time_zone, currency: workspace.currency },
    validate: { currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")) },
  });
  const save = useAction(actions.updateWorkspace, {
    done: t("saved"),
    invalidate: ["session"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("workspace")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) => save.mutate({ ...v, currency: v.currency.toUpperCase() }))}
    >
      <TextInput label={t("workspaceName")} required {...form.getInputProps("name")} />
      <TimeZoneSelect label={t("workspaceZone")} {...form.getInputProps("time_zone")} />
      <TextInput label={t("currency")} maxLength={3} required {...form.getInputProps("currency")} />
    </Section>
  );
}
