import { Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Billing } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { StatusBadge } from "../../components/StatusBadge";
import { numberOf } from "../../lib/numbering";
import { dateIn } from "../../lib/time";
import { Section } from "../settings/Section";
import { useBillingSave } from "./useBillingSave";

/** As they stand in patterns. */
const FIELDS = { year: "{YYYY}", shortYear: "{YY}", month: "{MM}", counter: "{NNNN}" };

/** How invoices are numbered, with an example of what is typed and the check for gaps. */
export function Numbers({ billing }: { billing: Billing }) {
  const t = useTranslations("billingSettings");
  const numbering = useQuery(queries.numbering()).data;
  const today = dateIn(new Date(), useTimeZone());
  const form = useForm({
    initialValues: {
      number_pattern: billing.number_pattern,
      credit_note_pattern: billing.credit_note_pattern ?? "",
    },
  });
  const save = useBillingSave(form);
  const example = (pattern: string) => {
    const [first, second] = [numberOf(pattern, today, 1), numberOf(pattern, today, 2)];
    return first && second ? t("example", { first, second }) : t("noExample", FIELDS);
  };
  const { values } = form;
  return (
    <Section
      title={t("numbers")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          number_pattern: v.number_pattern,
          credit_note_pattern: v.credit_note_pattern || null,
        }),
      )}
    >
      <TextInput
        label={t("pattern")}
        description={t("patternHint", FIELDS)}
        required
        autoComplete="off"
        {...form.getInputProps("number_pattern")}
      />
      <Text size="sm" role="status" className="num">
        {example(values.number_pattern)}
      </Text>
      <TextInput
        label={t("creditPattern")}
        description={t("creditPatternHint")}
        autoComplete="off"
        {...form.getInputProps("credit_note_pattern")}
      />
      {values.credit_note_pattern && (
        <Text size="sm" role="status" className="num">
          {example(values.credit_note_pattern)}
        </Text>
      )}
      {numbering && (
        <StatusBadge
          tone={numbering.gap_free ? "ok" : "bad"}
          label={numbering.gap_free ? t("gapFree", { next: numbering.next_number ?? "–" }) : t("gaps")}
        />
      )}
    </Section>
  );
}
