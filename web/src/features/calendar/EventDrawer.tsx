import { Anchor, Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Calendar, CalendarEvent } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { QueryState } from "../../components/States";
import { addDays, dateIn, formatDate, formatMinutes, formatTime, zoneLabel } from "../../lib/time";
import { safeHref } from "../../lib/url";
import { EntryStatusBadge } from "../timesheet/EntryStatusBadge";
import { LogForm } from "./LogForm";

function When({ event }: { event: CalendarEvent }) {
  const t = useTranslations("events");
  const timeZone = useTimeZone();
  if (event.all_day) {
    const last = addDays(event.end.slice(0, 10), -1);
    const first = event.start.slice(0, 10);
    return (
      <Text c="dimmed" size="sm">
        {last > first ? `${formatDate(first)} – ${formatDate(last)}` : formatDate(first)} · {t("allDay")}
      </Text>
    );
  }
  return (
    <Text c="dimmed" size="sm" className="num">
      {formatDate(dateIn(event.start, timeZone))} · {formatTime(event.start, timeZone)}–
      {formatTime(event.end, timeZone)} · {zoneLabel(timeZone, event.start)}
    </Text>
  );
}

function Details({ event, calendar }: { event: CalendarEvent; calendar?: Calendar }) {
  const t = useTranslations("events");
  const meeting = safeHref(event.meeting_url);
  const source = safeHref(event.html_url);
  const people = event.attendees.map((a) => a.name || a.email).filter(Boolean);
  return (
    <dl className="facts">
      {calendar && (
        <>
          <dt>{t("calendar")}</dt>
          <dd>{calendar.name}</dd>
        </>
      )}
      {event.location && (
        <>
          <dt>{t("location")}</dt>
          <dd>{event.location}</dd>
        </>
      )}
      {people.length > 0 && (
        <>
          <dt>{t("people")}</dt>
          <dd>{people.join(", ")}</dd>
        </>
      )}
      {(meeting || source) && (
        <>
          <dt>{t("links")}</dt>
          <dd>
            {meeting && (
              <Anchor href={meeting} target="_blank" rel="noopener noreferrer" underline="always" mr="sm">
                {t("join")}
              </Anchor>
            )}
            {source && (
              <Anchor href={source} target="_blank" rel="noopener noreferrer" underline="always">
                {t("atProvider")}
              </Anchor>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function Logged({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations("log");
  const entry = useQuery(queries.timeEntry(id));
  const undo = useAction(() => actions.deleteEntry(id), {
    done: t("undone"),
    invalidate: ["events", "time-entries"],
    onDone: onClose,
  });
  return (
    <QueryState query={entry}>
      {(e) => (
        <Stack gap="xs">
          <Group justify="space-between">
            <EntryStatusBadge status={e.status} />
            <Text className="num" fw={600}>
              {formatMinutes(e.duration_minutes)} h
            </Text>
          </Group>
          <Text size="sm">
            {e.description}
            {e.project_name || e.client_name
              ? ` · ${[e.client_name, e.project_name].filter(Boolean).join(" / ")}`
              : ""}
          </Text>
          <Group gap="xs">
            <Button component={Link} to="/timesheet" variant="default" size="xs">
              {t("inTimesheet")}
            </Button>
            {e.status !== "approved" && e.status !== "invoiced" && (
              <Button
                variant="default"
                size="xs"
                loading={undo.isPending}
                onClick={() => undo.mutate(undefined)}
              >
                {t("undo")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </QueryState>
  );
}

interface Props {
  event: CalendarEvent | undefined;
  calendar?: Calendar;
  onClose: () => void;
}

/** An event and, below it, its time entry or the form that makes one. */
export function EventDrawer({ event, calendar, onClose }: Props) {
  const t = useTranslations("log");
  return (
    <Drawer
      opened={!!event}
      onClose={onClose}
      position="right"
      title={event?.time_entry_id ? t("titleLogged") : t("title")}
      size={400}
    >
      {event && (
        <Stack gap="md">
          <div>
            <Title order={3} size="h4">
              {event.title || t("untitled")}
            </Title>
            <When event={event} />
          </div>
          <Details event={event} calendar={calendar} />
          {event.time_entry_id ? (
            <Logged id={event.time_entry_id} onClose={onClose} />
          ) : (
            <LogForm key={event.id} event={event} calendar={calendar} onDone={onClose} />
          )}
        </Stack>
      )}
    </Drawer>
  );
}
