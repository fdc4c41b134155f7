import { Button, Group, NumberInput, Stack, Switch, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarPatch } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { ArchivedTarget } from "../../components/ArchivedTarget";
import { ClientProject } from "../../components/ClientProject";

const FIELDS = [
  ["sync_interval_minutes", 5, 1440],
  ["sync_past_days", 0, 90],
  ["sync_future_days", 1, 400],
] as const;

export function CalendarForm({ calendar: c }: { calendar: Calendar }) {
  const t = useTranslations("calendarSettings");
  const form = useForm({
    initialValues: {
      sync_interval_minutes: c.sync_interval_minutes,
      sync_past_days: c.sync_past_days,
      sync_future_days: c.sync_future_days,
      default_client_id: c.default_client_id,
      default_project_id: c.default_project_id,
      busy_source: c.busy_source,
      write_target: c.write_target,
    },
  });
  const save = useAction((patch: CalendarPatch) => actions.updateCalendar(c.id, patch), {
    done: t("saved"),
    invalidate: ["calendars", "drafts", "availability"],
    onDone: () => form.resetDirty(),
    onFail: (error) => showFieldErrors(form, error),
  });
  const { values } = form;
  const writable = /owner|writer|write/i.test(c.provider_details.access_role);
  return (
    <form className="panel" onSubmit={form.onSubmit((v) => save.mutate(v))} aria-labelledby="settings">
      <Stack gap="sm">
        <Title order={2} size="h5" id="settings">
          {t("settings")}
        </Title>
        <Group align="flex-start" grow preventGrowOverflow={false}>
          {FIELDS.map(([field, min, max]) => (
            <NumberInput
              key={field}
              label={t(field)}
              description={t(`${field}_hint`, { min, max })}
              min={min}
              max={max}
              allowDecimal={false}
              clampBehavior="blur"
              hideControls
              {...form.getInputProps(field)}
            />
          ))}
        </Group>
        <ClientProject
          value={{ client_id: values.default_client_id, project_id: values.default_project_id }}
          onChange={(v) =>
            form.setValues({ default_client_id: v.client_id, default_project_id: v.project_id })
          }
        />
        <ArchivedTarget
          of="calendar"
          said={{ client_id: values.default_client_id, project_id: values.default_project_id }}
        />
        <Switch
          label={t("busy")}
          description={t("busyHint")}
          {...form.getInputProps("busy_source", { type: "checkbox" })}
        />
        <Switch
          label={t("write")}
          description={writable ? t("writeHint") : t("readOnly")}
          disabled={!writable}
          {...form.getInputProps("write_target", { type: "checkbox" })}
        />
        <Group gap="xs" className={form.isDirty() ? "savebar dirty" : "savebar"}>
          <Button type="submit" variant="default" loading={save.isPending} disabled={!form.isDirty()}>
            {t("save")}
          </Button>
          {form.isDirty() && <span className="dim">{t("unsaved")}</span>}
        </Group>
      </Stack>
    </form>
  );
}
