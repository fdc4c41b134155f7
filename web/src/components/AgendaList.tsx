import { Text, Title } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { CalendarEvent } from "../api/types";
import { byStart, isDeclined, logState, touchesDay } from "../lib/events";
import { formatDate, formatTime } from "../lib/time";
import { StatusBadge } from "./StatusBadge";

interface Props {
  days: string[];
  events: CalendarEvent[];
  timeZone: string;
  now: Date;
  colorOf: (calendarId: string) => string | null;
  onOpen: (id: string) => void;
  headingOf?: (day: string) => string;
  action?: (event: CalendarEvent) => ReactNode;
}

/** A day's events as a list: on small screens, and wherever a grid would be more than is needed. */
export function AgendaList({ days, events, timeZone, now, colorOf, onOpen, headingOf, action }: Props) {
  const t = useTranslations("events");
  const when = (e: CalendarEvent) =>
    e.all_day ? t("allDay") : `${formatTime(e.start, timeZone)}–${formatTime(e.end, timeZone)}`;
  return days.map((day) => {
    const rows = events.filter((e) => touchesDay(e, day, timeZone)).sort(byStart);
    return (
      <section key={day} aria-label={formatDate(day)} className="agenda">
        <Title order={2} size="h5">
          {headingOf?.(day) ?? formatDate(day)}
        </Title>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed" py={6}>
            {t("none")}
          </Text>
        )}
        <ul>
          {rows.map((event) => {
            const state = logState(event, now);
            return (
              <li key={event.id} data-off={state === "off" && !event.all_day ? "" : undefined}>
                <i
                  className="swatch"
                  style={{ "--c": colorOf(event.calendar_id) } as CSSProperties}
                  aria-hidden
                />
                <span className="num when">{when(event)}</span>
                <span className="grow">
                  <button type="button" className="rowlink" onClick={() => onOpen(event.id)}>
                    {event.title || t("untitled")}
                  </button>
                  {event.recurring && <IconRepeat size={13} aria-label={t("recurring")} className="dim" />}
                  {isDeclined(event) && (
                    <Text size="xs" c="dimmed" component="span">
                      {" "}
                      {t("declined")}
                    </Text>
                  )}
                </span>
                {state === "logged" && <StatusBadge tone="ok" label={t("logged")} />}
                {action?.(event)}
              </li>
            );
          })}
        </ul>
      </section>
    );
  });
}
