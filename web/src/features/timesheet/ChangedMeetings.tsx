import { Button, Group, Text } from "@mantine/core";
import { IconCalendarExclamation } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { ChangedMeeting } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { dateIn, formatDate, formatTime } from "../../lib/time";

/** `Tue 17 Nov, 11:00–12:00`, and without the day where it is the same. */
function useStretch() {
  const timeZone = useTimeZone();
  return (start: string, end: string, unlessOn?: string) => {
    const day = dateIn(start, timeZone);
    const hours = `${formatTime(start, timeZone)}–${formatTime(end, timeZone)}`;
    if (unlessOn && dateIn(unlessOn, timeZone) === day) return hours;
    return `${formatDate(day, { weekday: "short", day: "numeric", month: "short" })}, ${hours}`;
  };
}

function Row({ changed }: { changed: ChangedMeeting }) {
  const t = useTranslations("changed");
  const stretch = useStretch();
  const { time_entry, event, was_start, was_end, was_title } = changed;
  const follow = useAction((action: "take" | "keep") => actions.followEvent(time_entry.id, action), {
    done: (_, action) => t(action === "take" ? (event ? "taken" : "removed") : "kept"),
    invalidate: ["drafts", "time-entries", "events"],
  });
  const moved = event && (event.start !== was_start || event.end !== was_end);
  const renamed = event && (event.title ?? "") !== was_title;
  const title = time_entry.description || was_title;
  return (
    <li>
      <span className="grow">
        <b>{title}</b>
        {!event && <Text size="sm">{t("gone", { when: stretch(was_start, was_end) })}</Text>}
        {moved && (
          <Text size="sm" className="num">
            {t("moved", {
              was: stretch(was_start, was_end),
              now: stretch(event.start, event.end, was_start),
            })}
          </Text>
        )}
        {renamed && <Text size="sm">{t("renamed", { was: was_title, now: event.title ?? "" })}</Text>}
      </span>
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant={event ? "light" : "outline"}
          className={event ? undefined : "dangerbtn"}
          loading={follow.isPending}
          onClick={() => follow.mutate("take")}
        >
          {t(event ? "take" : "remove")}
          <span className="sr"> {title}</span>
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={follow.isPending}
          onClick={() => follow.mutate("keep")}
        >
          {t("keep")}
          <span className="sr"> {title}</span>
        </Button>
      </Group>
    </li>
  );
}

/** Logged meetings that are not what they were: nothing billed changes by itself, so the person is asked. */
export function ChangedMeetings() {
  const t = useTranslations("changed");
  const changes = useQuery(queries.changedMeetings()).data ?? [];
  if (changes.length === 0) return null;
  return (
    <section className="panel" data-tone="warn" aria-labelledby="changed">
      <Text component="h2" fw={600} id="changed" m={0} className="titled">
        <IconCalendarExclamation size={18} className="warn" aria-hidden />
        {t("title", { count: changes.length })}
      </Text>
      <ul className="rows asks">
        {changes.map((changed) => (
          <Row key={changed.time_entry.id} changed={changed} />
        ))}
      </ul>
    </section>
  );
}
