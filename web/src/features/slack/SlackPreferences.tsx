import { Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { SlackPreferences as Preferences } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { Section } from "../settings/Section";

const KINDS = [
  "time_entry_created",
  "log_this_meeting",
  "approval_needed",
  "invoice_ready",
  "connection_broken",
  "daily_summary",
] as const;

/** What to be told in Slack, and when. */
export function SlackPreferences({ preferences }: { preferences: Preferences }) {
  const t = useTranslations("slack");
  const form = useForm({ initialValues: preferences });
  const save = useAction(actions.updateSlackPreferences, {
    done: t("saved"),
    invalidate: ["slack"],
    onDone: (saved) => {
      form.setValues(saved);
      form.resetDirty(saved);
    },
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("messages")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
    >
      {KINDS.map((kind) => (
        <Switch key={kind} label={t(`kind.${kind}`)} {...form.getInputProps(kind, { type: "checkbox" })} />
      ))}
      <TextInput
        type="time"
        label={t("summaryTime")}
        description={t("summaryTimeHint")}
        disabled={!form.values.daily_summary}
        {...form.getInputProps("daily_summary_time")}
      />
    </Section>
  );
}
