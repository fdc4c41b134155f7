import { Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Calendar, CalendarEvent, Draft } from "../../api/types";
import { unlessAsked } from "../../components/onTop";
import { DeleteEvent } from "../events/DeleteEvent";
import { EditEvent } from "../events/EditEvent";
import { MoveToCalendar } from "../events/MoveToCalendar";
import { Respond } from "../events/Respond";
import { canWrite, isInvitation, isWritable } from "../events/values";
import { Details, When } from "./EventFacts";
import { LogForm } from "./LogForm";
import { Logged } from "./Logged";

interface Props {
  event: CalendarEvent | undefined;
  calendar?: Calendar;
  /** What the event would be booked on, where that is known. */
  draft?: Draft;
  onClose: () => void;
}

interface ShownProps {
  event: CalendarEvent;
  calendar?: Calendar;
  draft?: Draft;
  onEdit: () => void;
  onClose: () => void;
}
function Shown({ event, calendar, draft, onEdit, onClose }: ShownProps) {
  const t = useTranslations("log");
  const f = useTranslations("eventForm");
  const writable = canWrite(calendar);
  return (
    <Stack gap="md">
      <div>
        <Title order={3} size="h4" className="breakable">
          {event.title || t("untitled")}
        </Title>
        <When event={event} />
      </div>
      <Details event={event} calendar={calendar} />
      {writable && isInvitation(event) && <Respond event={event} />}
      {writable && calendar && (
        <Group gap="xs">
          {event.status !== "cancelled" && (
            <Button variant="default" size="xs" onClick={onEdit}>
              {f("edit")}
            </Button>
          )}
          {event.status !== "cancelled" && (
            <MoveToCalendar event={event} calendar={calendar} onDone={onClose} />
          )}
          <DeleteEvent event={event} calendar={calendar} onDone={onClose} />
        </Group>
      )}
      {!writable && calendar && (
        <Text size="sm" c="dimmed">
          {f(isWritable(calendar) ? "notNow" : "readOnly", { calendar: calendar.name })}
        </Text>
      )}
      <hr className="rule" />
      {event.time_entry_id ? (
        <Logged id={event.time_entry_id} onClose={onClose} />
      ) : (
        <LogForm key={event.id} event={event} calendar={calendar} draft={draft} onDone={onClose} />
      )}
    </Stack>
  );
}

/** An event, what can be done with it, and its time entry or the form that makes one. */
export function EventDrawer({ event, calendar, draft, onClose }: Props) {
  const t = useTranslations("log");
  const f = useTranslations("eventForm");
  const [editing, setEditing] = useState<string | null>(null);
  const edit = !!event && !!calendar && editing === event.id;
  const close = () => {
    setEditing(null);
    onClose();
  };
  const title = event?.time_entry_id ? t("titleLogged") : t("title");
  return (
    <Drawer
      opened={!!event}
      onClose={unlessAsked(close)}
      position="right"
      title={edit ? f("editTitle") : title}
      size={edit ? 440 : 400}
    >
      {edit ? (
        <EditEvent
          key={event.id}
          event={event}
          calendar={calendar}
          onDone={close}
          onCancel={() => setEditing(null)}
        />
      ) : (
        event && <Shown {...{ event, calendar, draft }} onEdit={() => setEditing(event.id)} onClose={close} />
      )}
    </Drawer>
  );
}
