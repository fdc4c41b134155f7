import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useSession, useTimeZone } from "../../app/session";
import { AgendaList } from "../../components/AgendaList";
import { PageHeader } from "../../components/PageHeader";
import { QueryState, Skeletons } from "../../components/States";
import { useNow } from "../../components/Time";
import { logState } from "../../lib/events";
import { useFilters } from "../../lib/filters";
import { addDays, dateIn, formatDate, fromWall, zoneLabel } from "../../lib/time";
import { text } from "../../lib/url";
import { EventDrawer } from "../calendar/EventDrawer";
import { useCalendarLookup } from "../calendar/useColors";
import { ChangedMeetings } from "../timesheet/ChangedMeetings";
import { isOver } from "../timesheet/week";
import { AtAGlance } from "./AtAGlance";
import { Checklist } from "./Checklist";
import { HealthStrip } from "./HealthStrip";
import { ToLog } from "./ToLog";

const parse = (raw: Record<string, unknown>) => ({ event: text(raw.event) });
const LOOK_BACK_DAYS = 7;

export function Today() {
  const t = useTranslations("today");
  const session = useSession();
  const timeZone = useTimeZone();
  const now = useNow();
  const [{ event }, set] = useFilters(parse as (raw: Record<string, unknown>) => { event?: string });
  const { byId, colorOf } = useCalendarLookup();
  const connections = useQuery(queries.connections());
  const today = dateIn(now, timeZone);
  const tomorrow = addDays(today, 1);
  const events = useQuery(
    queries.events({
      from: fromWall(addDays(today, -LOOK_BACK_DAYS), timeZone).toISOString(),
      to: fromWall(addDays(today, 2), timeZone).toISOString(),
      distinct: true,
    }),
  );
  const drafts = useQuery(
    queries.drafts({
      from: fromWall(addDays(today, -LOOK_BACK_DAYS), timeZone).toISOString(),
      to: fromWall(tomorrow, timeZone).toISOString(),
    }),
  );
  const open = (id: string) => set({ event: id }, { push: true });
  const draft = drafts.data?.find((d) => d.event.id === event);
  const selected = events.data?.find((e) => e.id === event) ?? draft?.event;
  const first = session.user.name?.split(" ")[0];
  const fresh = connections.data?.every((c) => c.status === "disconnected") ?? false;
  return (
    <Stack gap="lg">
      <PageHeader
        title={first ? t("hello", { name: first }) : t("title")}
        sub={`${formatDate(today)} · ${t("zone", { zone: zoneLabel(timeZone, now) })}`}
      />
      {fresh ? (
        <Checklist />
      ) : (
        <>
          <HealthStrip />
          <AtAGlance />
          <ChangedMeetings />
          <QueryState query={events} skeleton={<Skeletons rows={6} />}>
            {(rows) => (
              <div className="columns">
                <div className="panel">
                  <AgendaList
                    days={[today, tomorrow]}
                    headingOf={(day) => (day === today ? t("title") : t("tomorrow"))}
                    events={rows}
                    {...{ timeZone, now, colorOf }}
                    onOpen={open}
                    action={(e) =>
                      logState(e, now) === "unlogged" && (
                        <Button size="compact-xs" variant="default" onClick={() => open(e.id)}>
                          {t("log")}
                          <span className="sr"> {e.title}</span>
                        </Button>
                      )
                    }
                  />
                </div>
                <QueryState query={drafts}>
                  {(all) => (
                    <ToLog drafts={all.filter((d) => isOver(d, now))} days={LOOK_BACK_DAYS} onOpen={open} />
                  )}
                </QueryState>
              </div>
            )}
          </QueryState>
        </>
      )}
      <EventDrawer
        event={selected}
        calendar={selected && byId.get(selected.calendar_id)}
        draft={draft}
        onClose={() => set({ event: undefined })}
      />
    </Stack>
  );
}
