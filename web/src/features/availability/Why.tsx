import { Drawer, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import type { Block, Calendar, CalendarEvent, Configuration, Reason } from "../../api/types";
import { Ago } from "../../components/Time";
import { formatClock, formatDate } from "../../lib/time";
import { colorOfCalendar, useCalendarLookup } from "../calendar/useColors";
import { BlockInTheWay, EventInTheWay } from "./Culprit";
import type { Slot } from "./slots";

interface Props {
  chosen: { slot: Slot; date: string } | null;
  configuration: Configuration;
  /** What is in the week, and what is blocked by hand. */
  events: CalendarEvent[];
  blocks: Block[];
  onClose: () => void;
}

/** Which calendar says so, and how fresh what we know of it is. */
function Source({ calendar, reason }: { calendar: Calendar; reason: Reason }) {
  const t = useTranslations("availability");
  return (
    <Text size="xs" c="dimmed" component="div" className="titled">
      <i className="swatch" style={{ "--c": colorOfCalendar(calendar) } as CSSProperties} aria-hidden />
      <span>
        {calendar.name}
        {reason.synced_at && (
          <>
            {" · "}
            {t("asOf")} <Ago at={reason.synced_at} />
          </>
        )}
      </span>
    </Text>
  );
}

/** Nothing in a calendar is in the way but what the hours themselves say, with their number. */
function OfHours({ rule, configuration: c }: { rule: Reason["rule"]; configuration: Configuration }) {
  const t = useTranslations("availability");
  const texts: Partial<Record<Reason["rule"], string>> = {
    notice: t("more.notice", { n: c.notice_minutes }),
    days_buffer: t("more.days_buffer", { n: c.days_buffer }),
    horizon: t("more.horizon", { n: c.horizon_days }),
    outside_hours: t("more.outside_hours"),
    buffer: t("more.buffer", { before: c.prep_time, after: c.buffer_after }),
  };
  const text = texts[rule];
  if (!text) return null;
  return (
    <Text size="sm">
      {text}{" "}
      <Link className="textlink" to="/settings/availability" search={{ configuration: c.id } as never}>
        {t("toHours")}
      </Link>
    </Text>
  );
}

/** Why a slot is not offered: the rule, what is in the way, and as of when that is known. */
export function Why({ chosen, configuration: c, events, blocks, onClose }: Props) {
  const t = useTranslations("availability");
  const { byId } = useCalendarLookup();
  return (
    <Drawer opened={!!chosen} onClose={onClose} position="right" title={t("whyTitle")} size={400}>
      {chosen && (
        <Stack gap="md">
          <Title order={3} size="h5" className="num">
            {formatDate(chosen.date)} · {formatClock(chosen.slot.from)}–{formatClock(chosen.slot.to)}
          </Title>
          <ul className="rows">
            {chosen.slot.reasons.map((r) => {
              const calendar = r.calendar_id ? byId.get(r.calendar_id) : undefined;
              return (
                <li key={`${r.rule}${r.calendar_id}${r.instance_id ?? r.event_id}${r.block_id}${r.detail}`}>
                  <div className="grow">
                    <Text size="sm" fw={600}>
                      {t(`why.${r.rule}`)}
                    </Text>
                    {r.instance_id && (
                      <EventInTheWay reason={r} slot={chosen.slot} events={events} timeZone={c.time_zone} />
                    )}
                    {r.block_id && (
                      <BlockInTheWay block={blocks.find((b) => b.id === r.block_id)} timeZone={c.time_zone} />
                    )}
                    {r.limit && <Text size="sm">{t(`limit.${r.limit.per}`, { most: r.limit.most })}</Text>}
                    {r.unknown && (
                      <Text size="sm" className="breakable">
                        {r.detail}
                      </Text>
                    )}
                    {calendar && <Source calendar={calendar} reason={r} />}
                    <OfHours rule={r.rule} configuration={c} />
                  </div>
                </li>
              );
            })}
          </ul>
        </Stack>
      )}
    </Drawer>
  );
}
