import { Button, Drawer, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { ClientInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { isCurrency } from "../../lib/money";

function Form() {
  const t = useTranslations("clients");
  const navigate = useNavigate();
  const { workspace } = useSession();
  const form = useForm({
    initialValues: { name: "", email: "", currency: workspace.currency },
    validate: { currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")) },
  });
  const save = useAction((input: ClientInput) => actions.saveClient(null, input), {
    done: (c) => t("saved", { name: c.name }),
    invalidate: ["clients"],
    onDone: (made) => navigate({ to: "/clients/$id", params: { id: made.id } as never }),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <form
      onSubmit={form.onSubmit((v) =>
        save.mutate({ name: v.name, email: v.email || null, currency: v.currency.toUpperCase() }),
      )}
    >
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <TextInput
          label={t("email")}
          description={t("emailHint")}
          type="email"
          {...form.getInputProps("email")}
        />
        <TextInput label={t("currency")} maxLength={3} required {...form.getInputProps("currency")} />
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}

/** A client begins with a name; everything else is on its page. */
export function NewClient({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations("clients");
  return (
    <Drawer opened={open} onClose={onClose} position="right" title={t("add")} size={400}>
      {open && <Form />}
    </Drawer>
  );
}
