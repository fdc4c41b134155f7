import { Text, Title } from "@mantine/core";
import { IconBan, IconCheck, IconQuestionMark } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Block, DayAvailability } from "../../api/types";
import { touchesDay } from "../../lib/events";
import { formatClock, formatDate } from "../../lib/time";
import { type Drawn, isAside } from "./busy";
import { isUnknown, placeSlots, type Slot, slotsOf } from "./slots";
import { Taken } from "./Taken";

interface Props {
  day: DayAvailability;
  events: Drawn[];
  blocks: Block[];
  colorOf: (calendar: string) => string | null;
  window: { from: number; to: number };
  scale: number;
  onWhy: (slot: Slot) => void;
}

/** One day: at the left what is in it, beside that every slot. */
export function DayColumn({ day, events, blocks, colorOf, window: w, scale, onWhy }: Props) {
  const t = useTranslations("availability");
  const e = useTranslations("events");
  const slots = slotsOf(day);
  const places = placeSlots(slots);
  const at = (top: number, height: number) => ({
    top: (Math.max(top, w.from) - w.from) * scale,
    height: Math.max(0, (Math.min(top + height, w.to) - Math.max(top, w.from)) * scale - 2),
  });
  const aside =
    slots.length > 0 ? events.filter((d) => isAside(d) && touchesDay(d.event, day.date, day.time_zone)) : [];
  const name = formatDate(day.date, { weekday: "short", day: "numeric", month: "short" });
  return (
    <section className="slotday" aria-label={formatDate(day.date)}>
      <Title order={2} size="h6">
        {name}
      </Title>
      <Text size="xs" c="dimmed">
        {t("freeSlots", { count: slots.filter((s) => s.free).length })}
      </Text>
      {[...new Set(day.reasons.map((r) => (r.unknown ? r.detail : t(`why.${r.rule}`))))].map((detail) => (
        <Text size="xs" className="warn breakable" key={detail}>
          {detail}
        </Text>
      ))}
      <div className="slotcol" style={{ height: slots.length > 0 ? (w.to - w.from) * scale : undefined }}>
        {slots.length > 0 && (
          <Taken date={day.date} timeZone={day.time_zone} {...{ events, blocks, colorOf, window: w, at }} />
        )}
        {slots.map((slot, i) => {
          const place = places[i];
          const style = place && at(place.top, place.height);
          if (slot.free) {
            return (
              <div key={slot.start} className="slot" data-free style={style}>
                <IconCheck size={13} aria-hidden />
                {formatClock(slot.from)}
                <span className="sr">, {t("free")}</span>
              </div>
            );
          }
          const unknown = isUnknown(slot);
          const Icon = unknown ? IconQuestionMark : IconBan;
          return (
            <button
              key={slot.start}
              type="button"
              className="slot"
              data-unknown={unknown || undefined}
              style={style}
              onClick={() => onWhy(slot)}
            >
              <Icon size={13} aria-hidden />
              {formatClock(slot.from)}
              <span className="sr">, {t(unknown ? "unknown" : "refused")}</span>
            </button>
          );
        })}
      </div>
      {aside.map(({ event, standing }) => (
        <Text size="xs" c="dimmed" className="breakable" mt={4} key={event.id}>
          {e("allDay")}: {event.title || e("untitled")}
          {standing !== "counts" && ` (${t(`standing.${standing}`)})`}
        </Text>
      ))}
    </section>
  );
}
