import { Alert, Button, Checkbox, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarEvent, Draft } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { useProjectSays } from "../../components/useProjectSays";
import { draftBillable } from "../../lib/billable";
import { isDeclined, minutesOf } from "../../lib/events";
import { formatMinutes } from "../../lib/time";
import { useHint } from "./useHint";

/** Why the server would refuse this event without `force`; "cancelled" cannot be forced. */
function obstacle(event: CalendarEvent): "allDay" | "declined" | "cancelled" | null {
  if (event.status === "cancelled") return "cancelled";
  if (event.all_day) return "allDay";
  return isDeclined(event) ? "declined" : null;
}

interface Props {
  event: CalendarEvent;
  calendar?: Calendar;
  /** What the server would book it on. */
  draft?: Draft;
  onDone: () => void;
}

export function LogForm({ event, calendar, draft, onDone }: Props) {
  const t = useTranslations("log");
  const b = useTranslations("billing");
  const hint = useHint();
  const blocked = obstacle(event);
  const filtered = ["excluded", "not_included"].includes(event.billable_hint?.reason ?? "");
  const [refused, setRefused] = useState("");
  const form = useForm({
    initialValues: {
      description: event.title ?? "",
      client_id: draft ? draft.client_id : (calendar?.default_client_id ?? null),
      project_id: draft ? draft.project_id : (calendar?.default_project_id ?? null),
      billable: null as boolean | null,
      force: false,
    },
  });
  const log = useAction(actions.convert, {
    done: () => t("done", { title: event.title ?? "" }),
    invalidate: ["events", "time-entries", "drafts"],
    onDone,
    onFail: (error) => {
      setRefused(error.message);
      return true;
    },
  });
  const { values } = form;
  const says = useProjectSays();
  const billable = draft
    ? draftBillable(values.billable, values, draft, says)
    : (values.billable ?? says(values.project_id));
  // What the project says by itself is not said again; nor that a colleague bills it, which says nothing of the next meeting.
  const given = billable === says(values.project_id) || !!draft?.billed_by_member_id;
  const asked = values.billable === null && given ? null : billable;
  return (
    <form
      onSubmit={form.onSubmit(({ force, ...rest }) =>
        log.mutate({ synced_event_id: event.id, ...rest, billable: asked, ...(force ? { force } : {}) }),
      )}
    >
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput label={t("description")} {...form.getInputProps("description")} />
        <ClientProject
          value={{ client_id: values.client_id, project_id: values.project_id }}
          onChange={(next) => form.setValues(next)}
        />
        <Switch
          label={t("billable")}
          checked={billable}
          onChange={(e) => form.setFieldValue("billable", e.currentTarget.checked)}
        />
        {blocked && <Alert variant="outline">{t(`why.${blocked}`)}</Alert>}
        {filtered && (
          <Text size="sm" c="dimmed">
            {hint(event)} {b("byHand")}
          </Text>
        )}
        {blocked && blocked !== "cancelled" && (
          <Checkbox label={t("force")} {...form.getInputProps("force", { type: "checkbox" })} />
        )}
        <Button
          type="submit"
          loading={log.isPending}
          disabled={blocked === "cancelled" || (blocked !== null && !values.force)}
        >
          {event.all_day ? t("actionDay") : t("action", { hours: formatMinutes(minutesOf(event)) })}
        </Button>
      </Stack>
    </form>
  );
}
