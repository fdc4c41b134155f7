import { Button, Drawer, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarEvent } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { useOnce } from "../../app/useOnce";
import { EventFields } from "./EventFields";
import { ProblemAlert } from "./ProblemAlert";
import { useProblems } from "./useProblems";
import {
  conferenceOf,
  type EventValues,
  emptyValues,
  inputOf,
  nextHour,
  parseStretch,
  type Wrong,
  wrongWith,
} from "./values";

/** The errors of the form in words. */
export function useWords() {
  const t = useTranslations("eventForm");
  return (v: EventValues) =>
    Object.fromEntries(Object.entries(wrongWith(v)).map(([field, code]) => [field, t(code as Wrong)]));
}

interface FormProps {
  at: string;
  writable: Calendar[];
  onDone: (event: CalendarEvent) => void;
}

function NewEventForm({ at, writable, onDone }: FormProps) {
  const t = useTranslations("eventForm");
  const timeZone = useTimeZone();
  const words = useWords();
  const { problem, show, clear } = useProblems();
  const once = useOnce();
  const first = writable.find((c) => c.provider_details.primary) ?? writable[0];
  const form = useForm({
    initialValues: emptyValues(first, parseStretch(at) ?? nextHour(new Date(), timeZone), timeZone),
    validate: (v) => words(v),
  });
  const chosen = writable.find((c) => c.id === form.values.calendar_id);
  const save = useAction(
    (v: EventValues) => {
      const input = inputOf(v, conferenceOf(chosen?.provider));
      return actions.createEvent(v.calendar_id, input, once.keyFor(v.calendar_id, input));
    },
    {
      done: (event) => t("created", { title: event.title }),
      invalidate: ["events", "availability"],
      onDone: (event) => {
        once.done();
        onDone(event);
      },
      onFail: (error) => show(error, form),
    },
  );
  const send = (v: EventValues) => {
    clear();
    save.mutate(v);
  };
  const agree = () => {
    form.setFieldValue("notify_attendees", true);
    send({ ...form.values, notify_attendees: true });
  };
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack gap="sm">
        <ProblemAlert problem={problem} busy={save.isPending} onAgree={agree} />
        <EventFields form={form} calendars={writable} provider={chosen?.provider} />
        <Button type="submit" loading={save.isPending}>
          {t("create")}
        </Button>
      </Stack>
    </form>
  );
}

interface Props {
  /** `new`, or a stretch chosen in the grid. */
  at: string | undefined;
  writable: Calendar[];
  onCreated: (event: CalendarEvent) => void;
  onClose: () => void;
}

export function NewEvent({ at, writable, onCreated, onClose }: Props) {
  const t = useTranslations("eventForm");
  return (
    <Drawer
      opened={!!at && writable.length > 0}
      onClose={onClose}
      position="right"
      title={t("new")}
      size={440}
    >
      {at && <NewEventForm key={at} at={at} writable={writable} onDone={onCreated} />}
    </Drawer>
  );
}
