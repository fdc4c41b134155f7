import { Text, Title } from "@mantine/core";
import { IconBan, IconCheck, IconQuestionMark } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import type { CalendarEvent, DayAvailability } from "../../api/types";
import { formatDate } from "../../lib/time";
import { isUnknown, placeEvent, placeSlots, type Slot, slotsOf } from "./slots";

interface Props {
  day: DayAvailability;
  events: CalendarEvent[];
  colorOf: (calendar: string) => string | null;
  window: { from: number; to: number };
  scale: number;
  onWhy: (slot: Slot) => void;
}

/** One day: at the left what is taken, in the colour of its calendar; beside it every slot. */
export function DayColumn({ day, events, colorOf, window: w, scale, onWhy }: Props) {
  const t = useTranslations("availability");
  const e = useTranslations("events");
  const slots = slotsOf(day);
  const places = placeSlots(slots);
  const at = (top: number, height: number) => ({
    top: (Math.max(top, w.from) - w.from) * scale,
    height: Math.max(0, (Math.min(top + height, w.to) - Math.max(top, w.from)) * scale - 2),
  });
  const name = formatDate(day.date, { weekday: "short", day: "numeric", month: "short" });
  return (
    <section className="slotday" aria-label={formatDate(day.date)}>
      <Title order={2} size="h6">
        {name}
      </Title>
      <Text size="xs" c="dimmed">
        {t("freeSlots", { count: slots.filter((s) => s.free).length })}
      </Text>
      {[...new Set(day.reasons.map((r) => r.detail))].map((detail) => (
        <Text size="xs" className="warn breakable" key={detail}>
          {detail}
        </Text>
      ))}
      <div className="slotcol" style={{ height: slots.length > 0 ? (w.to - w.from) * scale : undefined }}>
        {slots.length > 0 &&
          events.map((event) => {
            const place = placeEvent(event, day.date, day.time_zone);
            if (!place || place.top >= w.to || place.top + place.height <= w.from) return null;
            const title = event.title || e("untitled");
            return (
              <div
                key={event.id}
                className="taken"
                title={title}
                style={{ ...at(place.top, place.height), "--c": colorOf(event.calendar_id) } as CSSProperties}
              >
                {title}
              </div>
            );
          })}
        {slots.map((slot, i) => {
          const place = places[i];
          const style = place && at(place.top, place.height);
          if (slot.free) {
            return (
              <div key={slot.start} className="slot" data-free style={style}>
                <IconCheck size={13} aria-hidden />
                {slot.from}
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
              {slot.from}
              <span className="sr">, {t(unknown ? "unknown" : "refused")}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}
