import { Alert, Button, Drawer, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions, type EntryInput } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { unlessAsked } from "../../components/onTop";
import { formatMinutes, fromWall, toLocalInput, zoneLabel } from "../../lib/time";

function EntryForm({ entry, onClose }: { entry?: TimeEntry; onClose: () => void }) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const [refused, setRefused] = useState("");
  const [asking, setAsking] = useState(false);
  const locked = entry?.status === "approved" || entry?.status === "invoiced";
  const form = useForm({
    initialValues: {
      description: entry?.description ?? "",
      start: toLocalInput(
        entry?.started_at ?? new Date(Math.floor(Date.now() / 9e5) * 9e5 - 3.6e6),
        timeZone,
      ),
      duration: formatMinutes(entry?.duration_minutes ?? 60),
      client_id: entry?.client_id ?? null,
      project_id: entry?.project_id ?? null,
      billable: entry?.billable ?? true,
    },
    validate: {
      start: (v) => (v ? null : t("startBad")),
      duration: (v) => (v.trim() ? null : t("durationBad")),
    },
  });
  const save = useAction(
    (input: EntryInput) => (entry ? actions.updateEntry(entry.id, input) : actions.createEntry(input)),
    {
      done: t("saved"),
      invalidate: ["time-entries", "clients"],
      onDone: onClose,
      onFail: (error) => {
        setRefused([error.message, ...error.errors.map((e) => e.detail)].join(" "));
        return true;
      },
    },
  );
  const remove = useAction((id: string) => actions.deleteEntry(id), {
    done: t("deleted"),
    invalidate: ["time-entries", "events"],
    onDone: onClose,
  });
  const { values } = form;
  return (
    <form
      onSubmit={form.onSubmit(({ start, duration, ...rest }) =>
        save.mutate({
          ...rest,
          started_at: fromWall(start, timeZone).toISOString(),
          // One grammar for everybody: the server reads it, and says what it cannot read.
          ...(entry && duration === formatMinutes(entry.duration_minutes)
            ? { duration_minutes: entry.duration_minutes }
            : { duration }),
        }),
      )}
    >
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        {locked && <Alert variant="outline">{t("locked")}</Alert>}
        <TextInput
          label={t("description")}
          required
          data-autofocus
          disabled={locked}
          {...form.getInputProps("description")}
        />
        <TextInput
          type="datetime-local"
          label={t("start")}
          description={zoneLabel(timeZone)}
          required
          disabled={locked}
          {...form.getInputProps("start")}
        />
        <TextInput
          label={t("duration")}
          description={t("durationHint")}
          required
          disabled={locked}
          {...form.getInputProps("duration")}
        />
        <ClientProject
          value={{ client_id: values.client_id, project_id: values.project_id }}
          onChange={(v) => form.setValues(v)}
        />
        <Switch
          label={t("billable")}
          disabled={locked}
          {...form.getInputProps("billable", { type: "checkbox" })}
        />
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending} disabled={locked}>
            {t("save")}
          </Button>
          {entry && !locked && (
            <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
              {t("delete")}
            </Button>
          )}
        </Group>
      </Stack>
      <ConfirmDestructive
        what={
          asking && entry
            ? {
                title: t("deleteTitle"),
                action: t("delete"),
                goes: [
                  t("goes", { description: entry.description, hours: formatMinutes(entry.duration_minutes) }),
                ],
                stays: entry.synced_event_id ? [t("staysEvent")] : [],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => entry && remove.mutate(entry.id)}
        onClose={() => setAsking(false)}
      />
    </form>
  );
}

interface Props {
  open?: string;
  entry?: TimeEntry;
  onClose: () => void;
}

export function EntryDrawer({ open, entry, onClose }: Props) {
  const t = useTranslations("timesheet");
  const shown = open === "new" || !!entry;
  return (
    <Drawer
      opened={shown}
      onClose={unlessAsked(onClose)}
      position="right"
      title={open === "new" ? t("add") : t("edit")}
      size={400}
    >
      {shown && <EntryForm key={open} entry={open === "new" ? undefined : entry} onClose={onClose} />}
    </Drawer>
  );
}
