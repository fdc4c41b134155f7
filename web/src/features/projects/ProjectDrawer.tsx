import { Button, Drawer, Group, NumberInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Project, ProjectInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { toMajor, toMinor } from "../../lib/money";

interface FormProps {
  project?: Project;
  clientId?: string;
  onClose: () => void;
}

function ProjectForm({ project, clientId, onClose }: FormProps) {
  const t = useTranslations("projects");
  const { workspace } = useSession();
  const clients = useQuery(queries.clients()).data ?? [];
  const [asking, setAsking] = useState(false);
  const rate = project?.hourly_rate_minor ?? null;
  const form = useForm({
    initialValues: {
      name: project?.name ?? "",
      client_id: project?.client_id ?? clientId ?? null,
      rate: (rate === null ? "" : toMajor(rate, project?.currency ?? workspace.currency)) as number | string,
      billable: project?.billable ?? true,
      archived: project?.archived ?? false,
    },
  });
  const currency =
    clients.find((c) => c.id === form.values.client_id)?.currency ?? project?.currency ?? workspace.currency;
  const save = useAction((input: ProjectInput) => actions.saveProject(project?.id ?? null, input), {
    done: (p) => t("saved", { name: p.name }),
    invalidate: ["projects", "clients", "time-entries"],
    onDone: onClose,
    onFail: (error) => showFieldErrors(form, error),
  });
  const remove = useAction((id: string) => actions.deleteProject(id), {
    done: t("deleted"),
    invalidate: ["projects", "clients", "time-entries"],
    onDone: onClose,
  });
  return (
    <form
      onSubmit={form.onSubmit(({ rate: value, archived, ...v }) =>
        save.mutate({
          ...v,
          currency,
          hourly_rate_minor: value === "" ? null : toMinor(Number(value), currency),
          ...(project ? { archived } : {}),
        }),
      )}
    >
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
        <NumberInput
          label={t("rate")}
          description={t("rateHint", { currency })}
          min={0}
          decimalScale={2}
          hideControls
          {...form.getInputProps("rate")}
        />
        <Switch label={t("billable")} {...form.getInputProps("billable", { type: "checkbox" })} />
        {project && <Switch label={t("archive")} {...form.getInputProps("archived", { type: "checkbox" })} />}
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
          {project && (
            <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
              {t("delete")}
            </Button>
          )}
        </Group>
      </Stack>
      <ConfirmDestructive
        what={
          asking && project
            ? {
                title: t("deleteTitle", { name: project.name }),
                action: t("delete"),
                goes: [t("goes")],
                stays: [t("stays")],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => project && remove.mutate(project.id, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </form>
  );
}

export function ProjectDrawer({ open, ...rest }: FormProps & { open?: string }) {
  const t = useTranslations("projects");
  const shown = open === "new" || !!rest.project;
  return (
    <Drawer
      opened={shown}
      onClose={rest.onClose}
      position="right"
      title={rest.project ? t("edit") : t("add")}
      size={400}
    >
      {shown && <ProjectForm key={open} {...rest} />}
    </Drawer>
  );
}
