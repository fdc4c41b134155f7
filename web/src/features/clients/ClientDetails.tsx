import { Group, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Client, ClientInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ColorInput } from "../../components/ColorInput";
import { isCurrency } from "../../lib/money";
import { Section } from "../settings/Section";

export function ClientDetails({ client }: { client: Client }) {
  const t = useTranslations("clients");
  const { workspace } = useSession();
  const form = useForm({
    initialValues: {
      name: client.name,
      email: client.email ?? "",
      currency: client.currency ?? workspace.currency,
      color: client.color ?? "",
      notes: client.notes ?? "",
      archived: client.archived,
    },
    validate: { currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")) },
  });
  const save = useAction((input: ClientInput) => actions.saveClient(client.id, input), {
    done: (c) => t("saved", { name: c.name }),
    invalidate: ["clients", "projects", "time-entries", "invoices", "rules", "drafts"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("details")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          ...v,
          currency: v.currency.toUpperCase(),
          email: v.email || null,
          color: v.color || null,
          notes: v.notes || null,
        }),
      )}
    >
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <TextInput
        label={t("email")}
        description={t("emailHint")}
        type="email"
        {...form.getInputProps("email")}
      />
      <Group gap="sm" align="flex-start">
        <TextInput label={t("currency")} w={110} maxLength={3} required {...form.getInputProps("currency")} />
        <ColorInput label={t("color")} {...form.getInputProps("color")} />
      </Group>
      <Textarea label={t("notes")} autosize minRows={2} {...form.getInputProps("notes")} />
      <Switch
        label={t("archive")}
        description={t("archiveHint")}
        {...form.getInputProps("archived", { type: "checkbox" })}
      />
    </Section>
  );
}
