import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Calendar, CalendarEvent } from "../../api/types";
import { useAction } from "../../app/useAction";
import { useOnce } from "../../app/useOnce";
import { Dialog } from "../../components/Dialog";
import { ProblemAlert } from "./ProblemAlert";
import { useProblems } from "./useProblems";
import { destinations, nameWithAccount } from "./values";

interface Props {
  event: CalendarEvent;
  calendar: Calendar;
  onDone: () => void;
}

function Form({
  event,
  calendar,
  targets,
  onDone,
  onClose,
}: Props & { targets: Calendar[]; onClose: () => void }) {
  const t = useTranslations("moveTo");
  const e = useTranslations("eventForm");
  const c = useTranslations("common");
  const [chosen, setChosen] = useState(targets[0]?.id ?? "");
  const [tell, setTell] = useState(false);
  const { problem, show, clear } = useProblems();
  const once = useOnce();
  const target = targets.find((one) => one.id === chosen);
  const move = useAction(
    (notify_attendees: boolean) =>
      actions.moveEvent(
        event.calendar_id,
        event.id,
        { calendar_id: chosen, notify_attendees },
        event.recurring ? "series" : undefined,
        once.keyFor(chosen, notify_attendees),
      ),
    {
      done: (out) => t("done", { title: out.title || event.title, calendar: target?.name ?? "" }),
      invalidate: ["events", "availability"],
      onDone: () => {
        once.done();
        onDone();
      },
      onFail: (error) => show(error),
    },
  );
  const run = (notify: boolean) => {
    clear();
    move.mutate(notify);
  };
  const sameAccount = target?.connection_id === calendar.connection_id;
  return (
    <Stack gap="sm">
      <ProblemAlert problem={problem} busy={move.isPending} onAgree={() => run(true)} />
      <NativeSelect
        label={t("to")}
        data-autofocus
        value={chosen}
        data={targets.map((one) => ({ value: one.id, label: nameWithAccount(one) }))}
        onChange={(change) => {
          clear();
          setChosen(change.currentTarget.value);
        }}
      />
      <Text size="sm">{t(sameAccount ? "sameAccount" : "otherAccount", { calendar: calendar.name })}</Text>
      {event.recurring && (
        <Alert color="yellow" variant="outline">
          {t("series")}
        </Alert>
      )}
      {event.time_entry_id && <Text size="sm">{t("entryStays")}</Text>}
      {event.attendees.length > 0 && (
        <Checkbox label={e("notify")} checked={tell} onChange={(on) => setTell(on.currentTarget.checked)} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {c("cancel")}
        </Button>
        <Button loading={move.isPending} onClick={() => run(tell)}>
          {t(event.recurring ? "moveSeries" : "move")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Moves an event to another calendar of the same person, after saying what that means. A series moves as a whole. */
export function MoveToCalendar({ event, calendar, onDone }: Props) {
  const t = useTranslations("moveTo");
  const [asking, setAsking] = useState(false);
  const calendars = useQuery(queries.calendars()).data ?? [];
  const targets = destinations(calendars, calendar);
  if (targets.length === 0) return null;
  const close = () => setAsking(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowRight size={14} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t("open")}
      </Button>
      <Dialog title={asking ? t("title", { title: event.title }) : null} onClose={close}>
        <Form {...{ event, calendar, targets, onDone }} onClose={close} />
      </Dialog>
    </>
  );
}
