import { Alert, Anchor, Group, Stack, Text } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type CSSProperties, useState } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Configuration, DayAvailability } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, ErrorState, QueryState, Skeletons } from "../../components/States";
import { useNow } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { useFirstDay } from "../../lib/prefs";
import { addDays, dateIn, formatDate, fromWall, isDate, startOfWeek, zoneLabel } from "../../lib/time";
import { colorOfCalendar, useCalendarLookup } from "../calendar/useColors";
import { WeekNav } from "../calendar/WeekNav";
import { drawnOf, knownFrom } from "./busy";
import { DayColumn } from "./DayColumn";
import { pixelsFor, type Slot, slotsOf, windowOf } from "./slots";
import { Why } from "./Why";

const parse = (raw: Record<string, unknown>): { week?: string } => ({
  week: isDate(raw.week) ? raw.week : undefined,
});

/** Calendars that cannot be read: their time is unknown, and unknown time is never offered. */
function Unknown({ days }: { days: DayAvailability[] }) {
  const t = useTranslations("availability");
  const { byId } = useCalendarLookup();
  const seen = new Map(
    days.flatMap((d) => d.calendars.filter((c) => c.unknown)).map((c) => [`${c.id} ${c.unknown}`, c]),
  );
  if (seen.size === 0) return null;
  return (
    <Alert variant="outline" color="yellow" title={t("unknownTitle")}>
      {[...seen.values()].map((c) => (
        <Text size="sm" key={c.id + c.unknown}>
          <strong>{byId.get(c.id)?.name ?? t("goneCalendar")}</strong>: {c.detail}
        </Text>
      ))}
    </Alert>
  );
}

function Legend({ configuration: c }: { configuration: Configuration }) {
  const { byId } = useCalendarLookup();
  const t = useTranslations("availability");
  return (
    <Group gap="md" className="dim">
      {c.calendar_ids.map((id) => {
        const calendar = byId.get(id);
        return (
          calendar && (
            <span className="chip" key={id}>
              <i
                className="swatch"
                style={{ "--c": colorOfCalendar(calendar) } as CSSProperties}
                aria-hidden
              />
              {calendar.name}
            </span>
          )
        );
      })}
      <span className="chip">
        <i className="swatch" data-block aria-hidden />
        {t("legendBlock")}
      </span>
      <span className="chip">
        <i className="swatch" data-off aria-hidden />
        {t("legendOff")}
      </span>
      <span>{t("legend")}</span>
    </Group>
  );
}

function Week({ configuration: c, week }: { configuration: Configuration; week: string }) {
  const [why, setWhy] = useState<{ slot: Slot; date: string } | null>(null);
  const { colorOf } = useCalendarLookup();
  // Administrators see everybody's.
  const blocks = (useQuery(queries.blocks()).data ?? []).filter((b) => b.member_id === c.member_id);
  const dates = Array.from({ length: 7 }, (_, i) => addDays(week, i));
  const answers = useQueries({ queries: dates.map((date) => queries.availability(c.id, date)) });
  const events = useQuery({
    ...queries.events({
      from: fromWall(week, c.time_zone).toISOString(),
      to: fromWall(addDays(week, 7), c.time_zone).toISOString(),
      calendar_id: c.calendar_ids,
    }),
    enabled: c.calendar_ids.length > 0,
  });
  const failed = answers.find((a) => a.error && !a.data);
  if (failed) {
    const again = () => {
      for (const a of answers) if (a.error) void a.refetch();
    };
    return <ErrorState error={failed.error} onRetry={again} />;
  }
  const days = answers.flatMap((a) => (a.data ? [a.data] : []));
  if (days.length < 7) return <Skeletons rows={6} height={60} />;
  const slots = days.map(slotsOf);
  const inWeek = events.data ?? [];
  const drawn = drawnOf(inWeek, c.busy_rules, knownFrom(days));
  return (
    <>
      <Unknown days={days} />
      <div className="panel">
        <div className="slotweek">
          {days.map((day) => (
            <DayColumn
              key={day.date}
              day={day}
              events={drawn}
              blocks={blocks}
              colorOf={colorOf}
              window={windowOf(slots)}
              scale={pixelsFor(slots)}
              onWhy={(slot) => setWhy({ slot, date: day.date })}
            />
          ))}
        </div>
      </div>
      <Why chosen={why} configuration={c} events={inWeek} blocks={blocks} onClose={() => setWhy(null)} />
    </>
  );
}

/** Every slot of a week, and for each refused one the reason: the most common question there is. */
export function Troubleshooter() {
  const t = useTranslations("availability");
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const [filters, set] = useFilters(parse);
  const now = useNow();
  const firstDay = useFirstDay();
  const configurations = useQuery(queries.configurations());
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/settings/availability" size="sm" underline="always">
        {t("back")}
      </Anchor>
      <QueryState query={configurations}>
        {(list) => {
          const c = list.find((x) => x.id === id);
          if (!c) {
            return (
              <>
                <PageHeader title={t("title")} />
                <EmptyState title={t("notThere")} text={t("notThereText")} />
              </>
            );
          }
          const today = dateIn(now, c.time_zone);
          const week = startOfWeek(filters.week ?? today, firstDay);
          const short = { day: "numeric", month: "long" } as const;
          const range = `${formatDate(week, short)} – ${formatDate(addDays(week, 6), { ...short, year: "numeric" })}`;
          return (
            <>
              <PageHeader
                title={t("slotsOf", { name: c.name || t("unnamed") })}
                sub={`${range} · ${t("timesIn", { zone: zoneLabel(c.time_zone, fromWall(week, c.time_zone)) })}`}
              >
                <WeekNav
                  week={week}
                  current={startOfWeek(today, firstDay)}
                  set={(next) => set({ week: next })}
                />
              </PageHeader>
              <Legend configuration={c} />
              <Week configuration={c} week={week} />
            </>
          );
        }}
      </QueryState>
    </Stack>
  );
}
