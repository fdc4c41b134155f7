import { Button, Checkbox, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarEvent, EventScope } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { ProblemAlert } from "./ProblemAlert";
import { ScopeDialog } from "./ScopeDialog";
import { useProblems } from "./useProblems";

interface Props {
  event: CalendarEvent;
  calendar: Calendar;
  onDone: () => void;
}

/** Deletes an event after a question: which of a series, and whether its attendees are told. */
export function DeleteEvent({ event, calendar, onDone }: Props) {
  const t = useTranslations("eventForm");
  const u = useTranslations("events");
  const [asking, setAsking] = useState(false);
  const [tell, setTell] = useState(false);
  const [scope, setScope] = useState<EventScope | undefined>();
  const { problem, show, clear } = useProblems();
  const title = event.title || u("untitled");
  const remove = useAction(
    (input: { tell: boolean; scope?: EventScope }) =>
      actions.deleteEvent(event.calendar_id, event.id, input.tell, input.scope),
    {
      done: t("deleted", { title }),
      invalidate: ["events", "availability"],
      onDone: () => {
        setAsking(false);
        onDone();
      },
      onFail: (error) => show(error),
    },
  );
  const run = (chosen?: EventScope, telling = tell) => {
    clear();
    setScope(chosen);
    remove.mutate({ tell: telling, scope: chosen });
  };
  const close = () => {
    setAsking(false);
    clear();
  };
  const extra = (
    <Stack gap="xs">
      <ProblemAlert
        problem={problem}
        busy={remove.isPending}
        onAgree={() => {
          setTell(true);
          run(scope, true);
        }}
      />
      {event.attendees.length > 0 && (
        <Checkbox label={t("notify")} checked={tell} onChange={(e) => setTell(e.currentTarget.checked)} />
      )}
    </Stack>
  );
  const stays = event.time_entry_id ? [t("staysEntry")] : [];
  return (
    <>
      <Button variant="outline" size="xs" className="dangerbtn" onClick={() => setAsking(true)}>
        {t("delete")}
      </Button>
      <ConfirmDestructive
        what={
          asking && !event.recurring
            ? {
                title: t("deleteTitle", { title }),
                action: t("deleteAction"),
                goes: [t("goesEvent", { calendar: calendar.name })],
                stays,
                extra,
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => run()}
        onClose={close}
      />
      <ScopeDialog
        title={asking && event.recurring ? t("deleteTitle", { title }) : null}
        text={[
          t("deleteScope", { calendar: calendar.name }),
          ...stays.map((s) => t("stays", { what: s })),
        ].join(" ")}
        danger
        busy={remove.isPending ? scope : null}
        onChoose={run}
        onClose={close}
      >
        {extra}
      </ScopeDialog>
    </>
  );
}
