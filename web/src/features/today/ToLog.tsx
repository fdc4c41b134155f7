import { Button, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Draft } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { dateIn, formatDate, formatMinutes, formatTime } from "../../lib/time";
import { AS_SUGGESTED } from "../timesheet/useDraftSteps";
import { useBookedNames } from "../timesheet/useWeek";

/** More than these are looked through in the timesheet. */
const MOST = 8;

interface Props {
  drafts: Draft[];
  days: number;
  onOpen: (id: string) => void;
}

/** Meetings that happened and are not time yet. One click books each as suggested. */
export function ToLog({ drafts, days, onOpen }: Props) {
  const t = useTranslations("today");
  const timeZone = useTimeZone();
  const { bookedOn } = useBookedNames();
  const newest = [...drafts].sort((a, b) => b.event.start.localeCompare(a.event.start));
  const total = newest.reduce((sum, d) => sum + d.duration_minutes, 0);
  const log = useAction((d: Draft) => actions.logDraft(d.event.id, AS_SUGGESTED), {
    done: (_, d) => t("logged", { title: d.event.title ?? "" }),
    invalidate: ["events", "time-entries", "drafts"],
  });
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
        {newest.slice(0, MOST).map((d) => (
          <li key={d.event.id}>
            <span className="blk e-unlogged" aria-hidden />
            <span className="grow">
              <button type="button" className="rowlink" onClick={() => onOpen(d.event.id)}>
                {d.event.title || t("untitled")}
              </button>
              <Text size="xs" c="dimmed" className="num" component="span" display="block">
                {formatDate(dateIn(d.event.start, timeZone), {
                  weekday: "short",
                  day: "numeric",
                  month: "short",
                })}{" "}
                · {formatTime(d.event.start, timeZone)}–{formatTime(d.event.end, timeZone)}
                {bookedOn(d) && ` · ${bookedOn(d)}`}
              </Text>
            </span>
            <Button
              size="compact-sm"
              variant="light"
              loading={log.isPending && log.variables?.event.id === d.event.id}
              onClick={() => log.mutate(d)}
            >
              {t("logHours", { hours: formatMinutes(d.duration_minutes) })}
              <span className="sr"> {d.event.title}</span>
            </Button>
          </li>
        ))}
      </ul>
      {newest.length > MOST && (
        <Link to="/timesheet" className="textlink">
          {t("moreToLog", { count: newest.length - MOST })}
        </Link>
      )}
    </section>
  );
}
