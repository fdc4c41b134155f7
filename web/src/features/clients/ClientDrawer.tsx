import { Button, Drawer, Group, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Client, ClientInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { isCurrency } from "../../lib/money";

function ClientForm({ client, onClose }: { client?: Client; onClose: () => void }) {
  const t = useTranslations("clients");
  const { workspace } = useSession();
  const [asking, setAsking] = useState(false);
  const form = useForm({
    initialValues: {
      name: client?.name ?? "",
      email: client?.email ?? "",
      currency: client?.currency ?? workspace.currency,
      notes: client?.notes ?? "",
      archived: client?.archived ?? false,
    },
    validate: { currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")) },
  });
  const save = useAction((input: ClientInput) => actions.saveClient(client?.id ?? null, input), {
    done: (c) => t("saved", { name: c.name }),
    invalidate: ["clients", "projects", "time-entries"],
    onDone: onClose,
    onFail: (error) => showFieldErrors(form, error),
  });
  const remove = useAction((id: string) => actions.deleteClient(id), {
    done: t("deleted"),
    invalidate: ["clients", "projects", "time-entries"],
    onDone: onClose,
  });
  return (
    <form
      onSubmit={form.onSubmit(({ archived, ...v }) =>
        save.mutate({
          ...v,
          currency: v.currency.toUpperCase(),
          email: v.email || null,
          notes: v.notes || null,
          ...(client ? { archived } : {}),
        }),
      )}
    >
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <TextInput label={t("email")} type="email" {...form.getInputProps("email")} />
        <TextInput label={t("currency")} maxLength={3} required {...form.getInputProps("currency")} />
        <Textarea label={t("notes")} autosize minRows={2} {...form.getInputProps("notes")} />
        {client && <Switch label={t("archive")} {...form.getInputProps("archived", { type: "checkbox" })} />}
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
          {client && (
            <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
              {t("delete")}
            </Button>
          )}
        </Group>
      </Stack>
      <ConfirmDestructive
        what={
          asking && client
            ? {
                title: t("deleteTitle", { name: client.name }),
                action: t("delete"),
                goes: [t("goes")],
                stays: [t("stays")],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => client && remove.mutate(client.id, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </form>
  );
}

export function ClientDrawer({
  open,
  client,
  onClose,
}: {
  open?: string;
  client?: Client;
  onClose: () => void;
}) {
  const t = useTranslations("clients");
  const shown = open === "new" || !!client;
  return (
    <Drawer
      opened={shown}
      onClose={onClose}
      position="right"
      title={client ? t("edit") : t("add")}
      size={400}
    >
      {shown && <ClientForm key={open} client={client} onClose={onClose} />}
    </Drawer>
  );
}
