import { NumberInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { ClientBilling, ClientBillingPatch } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { AddressFields } from "../../components/AddressFields";
import { Section } from "../settings/Section";

/** What stands on this client's invoices. Those that have a number stay as they are. */
export function ClientBillingForm({ id, billing }: { id: string; billing: ClientBilling }) {
  const t = useTranslations("clients");
  const form = useForm({
    initialValues: {
      legal_name: billing.legal_name ?? "",
      address: billing.address,
      tax_id: billing.tax_id ?? "",
      payment_terms_days: (billing.payment_terms_days ?? "") as number | string,
      reference: billing.reference ?? "",
    },
  });
  const save = useAction((patch: ClientBillingPatch) => actions.updateClientBilling(id, patch), {
    done: t("billingSaved"),
    invalidate: ["clients", "invoices"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("billing")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          legal_name: v.legal_name || null,
          address: v.address,
          tax_id: v.tax_id || null,
          payment_terms_days: v.payment_terms_days === "" ? null : Number(v.payment_terms_days),
          reference: v.reference || null,
        }),
      )}
    >
      <TextInput
        label={t("legalName")}
        description={t("legalNameHint")}
        {...form.getInputProps("legal_name")}
      />
      <AddressFields
        value={form.values.address}
        onChange={(address) => form.setFieldValue("address", address)}
        error={form.errors.address as string | undefined}
      />
      <TextInput label={t("taxId")} description={t("taxIdHint")} {...form.getInputProps("tax_id")} />
      <NumberInput
        label={t("termsDays")}
        description={t("termsDaysHint")}
        min={0}
        max={3650}
        allowDecimal={false}
        hideControls
        {...form.getInputProps("payment_terms_days")}
      />
      <TextInput
        label={t("reference")}
        description={t("referenceHint")}
        {...form.getInputProps("reference")}
      />
    </Section>
  );
}
