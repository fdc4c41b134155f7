import { Anchor, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Calendar, CalendarEvent } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { addDays, dateIn, formatDate, formatTime, zoneLabel } from "../../lib/time";
import { safeHref } from "../../lib/url";

/** In the person's zone, or in another one that is meant. */
export function When({ event, timeZone: zone }: { event: CalendarEvent; timeZone?: string }) {
  const t = useTranslations("events");
  const own = useTimeZone();
  const timeZone = zone ?? own;
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

export function Details({ event, calendar }: { event: CalendarEvent; calendar?: Calendar }) {
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
