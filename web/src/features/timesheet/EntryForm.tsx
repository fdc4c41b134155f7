import { Alert, Button, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { TagsField } from "../../components/TagsField";
import { useProjectSays } from "../../components/useProjectSays";
import { entryBillable } from "../../lib/billable";
import { zoneLabel } from "../../lib/time";
import { EntryActions } from "./EntryActions";
import { type EntryValues, inputOf, patchOf, valuesOf } from "./entryValues";
import { useLock } from "./useWeek";
import { isFixed } from "./week";

interface Props {
  entry?: TimeEntry;
  at?: string;
  onClose: () => void;
}

/** What somebody should know before they change an entry. */
function Notice({ entry, fixed }: { entry?: TimeEntry; fixed: boolean }) {
  const t = useTranslations("timesheet");
  if (!entry) return null;
  if (fixed)
    return (
      <Alert role="note" variant="outline">
        {entry.status === "invoiced" ? t("fixedInvoiced") : t("fixedClosed")}
      </Alert>
    );
  return (
    <>
      {entry.status === "approved" && (
        <Alert role="note" variant="outline">
          {t("again")}
        </Alert>
      )}
      {entry.overlaps.length > 0 && (
        <Alert role="note" variant="outline" color="yellow">
          {t("overlaps", { count: entry.overlaps.length })}
        </Alert>
      )}
      {entry.rejected_reason && (
        <Alert role="note" variant="outline" color="red" title={t("sentBack")}>
          {entry.rejected_reason}
        </Alert>
      )}
    </>
  );
}

export function EntryForm({ entry, at, onClose }: Props) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const lock = useLock();
  const says = useProjectSays();
  const [refused, setRefused] = useState("");
  const fixed = !!entry && isFixed(entry, lock);
  const form = useForm({
    initialValues: valuesOf(entry, at, new Date(), timeZone),
    validate: {
      start: (v) => (v ? null : t("startBad")),
      duration: (v) => (v.trim() ? null : t("durationBad")),
    },
  });
  const save = useAction(
    async (v: EntryValues) => {
      if (!entry) return actions.createEntry(inputOf(v, timeZone));
      const patch = patchOf(v, entry, timeZone, says);
      // Approved time that nobody changed stays approved.
      return Object.keys(patch).length > 0 ? actions.updateEntry(entry.id, patch) : entry;
    },
    {
      done: (out) => (out.overlaps.length > 0 ? t("savedOverlapping") : t("saved")),
      invalidate: ["time-entries", "clients"],
      onDone: onClose,
      onFail: (error) => {
        setRefused([error.message, ...error.errors.map((e) => e.detail)].join(" "));
        return true;
      },
    },
  );
  const { values } = form;
  const timeFixed = fixed || !!entry?.running;
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))}>
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <Notice entry={entry} fixed={fixed} />
        <TextInput
          label={t("description")}
          required
          data-autofocus
          disabled={fixed}
          {...form.getInputProps("description")}
        />
        <TextInput
          type="datetime-local"
          label={t("start")}
          description={zoneLabel(timeZone)}
          required
          disabled={timeFixed}
          {...form.getInputProps("start")}
        />
        <TextInput
          label={t("duration")}
          description={t("durationHint")}
          required
          disabled={timeFixed}
          {...form.getInputProps("duration")}
        />
        <ClientProject
          value={{ client_id: values.client_id, project_id: values.project_id }}
          onChange={(v) => form.setValues(v)}
        />
        <TagsField
          value={values.tags}
          onChange={(tags) => form.setFieldValue("tags", tags)}
          disabled={fixed}
        />
        <Switch
          label={t("billable")}
          disabled={fixed}
          checked={entryBillable(values.billable, values.project_id, entry, says)}
          onChange={(e) => form.setFieldValue("billable", e.currentTarget.checked)}
        />
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending} disabled={fixed}>
            {t("save")}
          </Button>
          {entry && <EntryActions entry={entry} onDone={onClose} />}
        </Group>
      </Stack>
    </form>
  );
}
