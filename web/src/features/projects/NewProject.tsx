import { Button, Drawer, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { ProjectInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";

function Form({ clientId }: { clientId?: string }) {
  const t = useTranslations("projects");
  const navigate = useNavigate();
  const clients = (useQuery(queries.clients()).data ?? []).filter((c) => !c.archived);
  const form = useForm({ initialValues: { name: "", client_id: clientId ?? null } });
  const save = useAction((input: ProjectInput) => actions.saveProject(null, input), {
    done: (p) => t("saved", { name: p.name }),
    invalidate: ["projects", "clients"],
    onDone: (made) => navigate({ to: "/projects/$id", params: { id: made.id } as never }),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))}>
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <Select
          label={t("client")}
          placeholder={t("internal")}
          clearable
          clearButtonProps={{ "aria-label": t("clearClient") }}
          searchable
          data={clients.map((c) => ({ value: c.id, label: c.name }))}
          {...form.getInputProps("client_id")}
        />
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}

/** A project begins with a name and perhaps a client; everything else is on its page. */
export function NewProject(props: { open: boolean; clientId?: string; onClose: () => void }) {
  const t = useTranslations("projects");
  return (
    <Drawer opened={props.open} onClose={props.onClose} position="right" title={t("add")} size={400}>
      {props.open && <Form clientId={props.clientId} />}
    </Drawer>
  );
}
