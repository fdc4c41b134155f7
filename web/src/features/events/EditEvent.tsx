import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarEvent, EventPatch, EventScope } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { useOnce } from "../../app/useOnce";
import { EventFields } from "./EventFields";
import { useWords } from "./NewEvent";
import { ProblemAlert } from "./ProblemAlert";
import { ScopeDialog } from "./ScopeDialog";
import { useProblems } from "./useProblems";
import { patchOf, valuesOf } from "./values";

interface Props {
  event: CalendarEvent;
  calendar: Calendar;
  onDone: () => void;
  onCancel: () => void;
}

export function EditEvent({ event, calendar, onDone, onCancel }: Props) {
  const t = useTranslations("eventForm");
  const r = useTranslations("repetition");
  const c = useTranslations("common");
  const timeZone = useTimeZone();
  const words = useWords();
  const { problem, show, clear } = useProblems();
  const once = useOnce();
  const [before] = useState(() => valuesOf(event, timeZone));
  const [asked, setAsked] = useState<EventPatch | null>(null);
  const [scope, setScope] = useState<EventScope | undefined>();
  const form = useForm({ initialValues: before, validate: (v) => words(v) });
  const save = useAction(
    (input: { patch: EventPatch; scope?: EventScope }) =>
      actions.updateEvent(event.calendar_id, event.id, input.patch, input.scope, once.keyFor(input)),
    {
      done: (out) => t("saved", { title: out.title || event.title }),
      invalidate: ["events", "availability"],
      onDone: () => {
        once.done();
        onDone();
      },
      onFail: (error) => {
        setAsked(null);
        return show(error, form);
      },
    },
  );
  const run = (patch: EventPatch, chosen?: EventScope) => {
    clear();
    setScope(chosen);
    save.mutate({ patch, scope: chosen });
  };
  const submit = () => {
    const patch = patchOf(form.values, before, event.recurrence);
    if (Object.keys(patch).length === 0) return onCancel();
    if (event.recurring) setAsked(patch);
    else run(patch);
  };
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="sm">
        <ProblemAlert
          problem={problem}
          busy={save.isPending}
          onAgree={() => {
            form.setFieldValue("notify_attendees", true);
            run({ ...patchOf(form.values, before, event.recurrence), notify_attendees: true }, scope);
          }}
        />
        <EventFields form={form} provider={calendar.provider} series={event.recurring ? event : undefined} />
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {c("cancel")}
          </Button>
        </Group>
      </Stack>
      <ScopeDialog
        title={asked ? t("scopeTitle", { title: event.title }) : null}
        text={asked?.recurrence ? r("whole") : t("scopeText")}
        scopes={asked?.recurrence ? ["following", "series"] : undefined}
        busy={save.isPending ? scope : null}
        onChoose={(chosen) => asked && run(asked, chosen)}
        onClose={() => setAsked(null)}
      />
    </form>
  );
}
