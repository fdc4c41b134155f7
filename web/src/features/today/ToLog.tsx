import { Button, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, CalendarEvent } from "../../api/types";
import { useAction } from "../../app/useAction";
import { minutesOf } from "../../lib/events";
import { dateIn, formatDate, formatMinutes, formatTime } from "../../lib/time";

interface Props {
  events: CalendarEvent[];
  days: number;
  byId: Map<string, Calendar>;
  colorOf: (id: string) => string | null;
  timeZone: string;
  onOpen: (id: string) => void;
}

/** Meetings that happened and are not time yet. One click uses the calendar's client and project. */
export function ToLog({ events, days, byId, colorOf, timeZone, onOpen }: Props) {
  const t = useTranslations("today");
  const newest = [...events].sort((a, b) => b.start.localeCompare(a.start));
  const total = newest.reduce((sum, e) => sum + minutesOf(e), 0);
  const log = useAction(
    (e: CalendarEvent) =>
      actions.convert({
        synced_event_id: e.id,
        client_id: byId.get(e.calendar_id)?.default_client_id,
        project_id: byId.get(e.calendar_id)?.default_project_id,
      }),
    { done: (_, e) => t("logged", { title: e.title ?? "" }), invalidate: ["events", "time-entries"] },
  );
  return (
    <section className="panel" aria-labelledby="tolog">
      <Title order={2} size="h5" id="tolog">
        {t("toLog")}
      </Title>
      {newest.length === 0 ? (
        <p className="why ok">
          <IconCircleCheck size={16} aria-hidden /> {t("allLogged", { days })}
        </p>
      ) : (
        <Text size="sm" c="dimmed" className="num">
          {t("toLogSub", { count: newest.length, hours: formatMinutes(total), days })}
        </Text>
      )}
      <ul className="rows">
        {newest.map((e) => (
          <li key={e.id}>
            <i className="swatch" style={{ "--c": colorOf(e.calendar_id) } as CSSProperties} aria-hidden />
            <span className="grow">
              <button type="button" className="rowlink" onClick={() => onOpen(e.id)}>
                {e.title || t("untitled")}
              </button>
              <Text size="xs" c="dimmed" className="num" component="span" display="block">
                {formatDate(dateIn(e.start, timeZone), { weekday: "short", day: "numeric", month: "short" })}{" "}
                · {formatTime(e.start, timeZone)}–{formatTime(e.end, timeZone)}
              </Text>
            </span>
            <Button
              size="compact-sm"
              variant="light"
              loading={log.isPending && log.variables?.id === e.id}
              onClick={() => log.mutate(e)}
            >
              {t("logHours", { hours: formatMinutes(minutesOf(e)) })}
              <span className="sr"> {e.title}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
