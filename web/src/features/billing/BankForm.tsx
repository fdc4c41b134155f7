import { Group, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import type { Billing } from "../../api/types";
import { Section } from "../settings/Section";
import { useBillingSave } from "./useBillingSave";

/** Where money is sent to. */
export function BankForm({ billing }: { billing: Billing }) {
  const t = useTranslations("billingSettings");
  const form = useForm({
    initialValues: {
      iban: billing.iban ?? "",
      bic: billing.bic ?? "",
      bank_name: billing.bank_name ?? "",
    },
  });
  const save = useBillingSave(form);
  return (
    <Section
      title={t("bank")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({ iban: v.iban || null, bic: v.bic || null, bank_name: v.bank_name || null }),
      )}
    >
      <TextInput label={t("iban")} autoComplete="off" {...form.getInputProps("iban")} />
      <Group gap="sm" grow align="flex-start">
        <TextInput label={t("bic")} autoComplete="off" {...form.getInputProps("bic")} />
        <TextInput label={t("bankName")} autoComplete="off" {...form.getInputProps("bank_name")} />
      </Group>
    </Section>
  );
}
