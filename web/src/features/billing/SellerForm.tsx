import { Group, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import type { Billing } from "../../api/types";
import { useSession } from "../../app/session";
import { AddressFields } from "../../components/AddressFields";
import { Section } from "../settings/Section";
import { useBillingSave } from "./useBillingSave";

/** Who sends the invoices. */
export function SellerForm({ billing }: { billing: Billing }) {
  const t = useTranslations("billingSettings");
  const { workspace } = useSession();
  const form = useForm({
    initialValues: {
      legal_name: billing.legal_name ?? "",
      address: billing.address,
      tax_id: billing.tax_id ?? "",
      email: billing.email ?? "",
    },
  });
  const save = useBillingSave(form);
  return (
    <Section
      title={t("seller")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          legal_name: v.legal_name || null,
          address: v.address,
          tax_id: v.tax_id || null,
          email: v.email || null,
        }),
      )}
    >
      <TextInput
        label={t("legalName")}
        placeholder={workspace.name}
        autoComplete="organization"
        {...form.getInputProps("legal_name")}
      />
      <AddressFields
        value={form.values.address}
        onChange={(address) => form.setFieldValue("address", address)}
        error={form.errors.address as string | undefined}
      />
      <Group gap="sm" grow align="flex-start">
        <TextInput label={t("taxId")} description={t("taxIdHint")} {...form.getInputProps("tax_id")} />
        <TextInput
          label={t("email")}
          description={t("emailHint")}
          type="email"
          {...form.getInputProps("email")}
        />
      </Group>
    </Section>
  );
}
