import { Group, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Project, ProjectInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { MoneyInput } from "../../components/MoneyInput";
import { toMajor, toMinor } from "../../lib/money";
import { formatMinutes } from "../../lib/time";
import { Section } from "../settings/Section";
import { BudgetBars } from "./BudgetBar";
import { minutesOf } from "./budget";

/** What is planned, and a bar of what is used of it. */
export function BudgetForm({ project, currency }: { project: Project; currency: string }) {
  const t = useTranslations("budget");
  const { budget_minutes: minutes, budget_minor: minor } = project;
  const form = useForm({
    initialValues: {
      budget_minutes: minutes === null ? "" : formatMinutes(minutes),
      budget_minor: (minor === null ? "" : toMajor(minor, currency)) as number | string,
    },
    validate: {
      budget_minutes: (v) => (v === "" || minutesOf(v) !== undefined ? null : t("hoursBad")),
    },
  });
  const save = useAction((input: ProjectInput) => actions.saveProject(project.id, input), {
    done: t("saved"),
    invalidate: ["projects"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("title")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) =>
        save.mutate({
          name: project.name,
          budget_minutes: v.budget_minutes === "" ? null : minutesOf(v.budget_minutes),
          budget_minor: v.budget_minor === "" ? null : toMinor(Number(v.budget_minor), currency),
        }),
      )}
    >
      <BudgetBars project={project} />
      <Group gap="sm" grow align="flex-start">
        <TextInput
          label={t("plannedHours")}
          description={t("plannedHoursHint")}
          {...form.getInputProps("budget_minutes")}
        />
        <MoneyInput
          label={t("plannedMoney")}
          description={t("plannedMoneyHint")}
          currency={currency}
          {...form.getInputProps("budget_minor")}
        />
      </Group>
    </Section>
  );
}
