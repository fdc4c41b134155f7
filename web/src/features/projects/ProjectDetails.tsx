import { Group, Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Client, Project, ProjectInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ColorInput } from "../../components/ColorInput";
import { MoneyInput } from "../../components/MoneyInput";
import { currencyOf, toMajor, toMinor } from "../../lib/money";
import { Section } from "../settings/Section";

/** What a project is. `clients` are known by now: the rate is in the currency of one of them. */
export function ProjectDetails({ project, clients }: { project: Project; clients: Client[] }) {
  const t = useTranslations("projects");
  const { workspace } = useSession();
  const rate = project.hourly_rate_minor;
  const form = useForm({
    initialValues: {
      name: project.name,
      client_id: project.client_id,
      color: project.color ?? "",
      hourly_rate_minor: (rate === null ? "" : toMajor(rate, currencyOf(project, clients, workspace))) as
        | number
        | string,
      billable: project.billable,
      archived: project.archived,
    },
  });
  // Of the client that is chosen: what is shown is what is saved.
  const { client_id } = form.values;
  const currency = currencyOf({ currency: project.currency, client_id }, clients, workspace);
  const save = useAction((input: ProjectInput) => actions.saveProject(project.id, input), {
    done: (p) => t("saved", { name: p.name }),
    invalidate: ["projects", "clients", "time-entries", "rules", "drafts"],
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
          color: v.color || null,
          hourly_rate_minor:
            v.hourly_rate_minor === "" ? null : toMinor(Number(v.hourly_rate_minor), currency),
        }),
      )}
    >
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <Select
        label={t("client")}
        placeholder={t("internal")}
        clearable
        clearButtonProps={{ "aria-label": t("clearClient") }}
        searchable
        data={clients
          .filter((c) => !c.archived || c.id === project.client_id)
          .map((c) => ({ value: c.id, label: c.name }))}
        {...form.getInputProps("client_id")}
      />
      <Group gap="sm" align="flex-start">
        <MoneyInput
          label={t("rate")}
          description={t("rateHint")}
          className="grow"
          currency={currency}
          {...form.getInputProps("hourly_rate_minor")}
        />
        <ColorInput label={t("color")} description={t("colorHint")} {...form.getInputProps("color")} />
      </Group>
      <Switch label={t("billable")} {...form.getInputProps("billable", { type: "checkbox" })} />
      <Switch
        label={t("archive")}
        description={t("archiveHint")}
        {...form.getInputProps("archived", { type: "checkbox" })}
      />
    </Section>
  );
}
