import { NumberInput, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import type { Billing } from "../../api/types";
import { NO_TAX, TaxFields } from "../../components/TaxFields";
import { GroupingFields, roundingOf } from "../invoices/grouping";
import { Section } from "../settings/Section";
import { daysOf } from "./reminders";
import { useBillingSave } from "./useBillingSave";

/** What new invoices begin with; each of it can be changed on the draft. */
export function Defaults({ billing }: { billing: Billing }) {
  const t = useTranslations("billingSettings");
  const form = useForm({
    initialValues: {
      payment_terms_days: billing.payment_terms_days as number | string,
      payment_terms: billing.payment_terms ?? "",
      notes: billing.notes ?? "",
      reminder_days: billing.reminder_days.join(", "),
      tax: billing.tax ?? NO_TAX,
      grouping: billing.grouping,
      ...billing.rounding,
    },
    validate: { reminder_days: (v) => (daysOf(v) ? null : t("remindersBad")) },
  });
  const save = useBillingSave(form);
  return (
    <Section
      title={t("defaults")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          payment_terms_days: Number(v.payment_terms_days) || 0,
          payment_terms: v.payment_terms || null,
          notes: v.notes || null,
          reminder_days: daysOf(v.reminder_days),
          tax: v.tax,
          grouping: v.grouping,
          rounding: roundingOf(v),
        }),
      )}
    >
      <TaxFields
        value={form.values.tax}
        onChange={(tax) => form.setFieldValue("tax", tax)}
        error={form.errors.tax as string | undefined}
      />
      <GroupingFields values={form.values} onChange={(patch) => form.setValues(patch)} />
      <NumberInput
        label={t("termsDays")}
        min={0}
        max={3650}
        allowDecimal={false}
        hideControls
        {...form.getInputProps("payment_terms_days")}
      />
      <Textarea
        label={t("terms")}
        autosize
        minRows={1}
        placeholder={t("termsExample")}
        {...form.getInputProps("payment_terms")}
      />
      <TextInput
        label={t("reminders")}
        description={t("remindersHint")}
        placeholder="3, 14, 30"
        {...form.getInputProps("reminder_days")}
      />
      <Textarea label={t("notes")} autosize minRows={2} {...form.getInputProps("notes")} />
    </Section>
  );
}
