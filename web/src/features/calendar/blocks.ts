// Events as the week grid shows them.
import { useTranslations } from "use-intl";
import type { CalendarEvent } from "../../api/types";
import type { GridBlock } from "../../components/blocks";
import { logState } from "../../lib/events";

export function useEventBlocks() {
  const t = useTranslations("events");
  return (events: CalendarEvent[], now: Date, movable: (event: CalendarEvent) => boolean): GridBlock[] =>
    events.map((event) => {
      const look = logState(event, now);
      return {
        id: event.id,
        title: event.title ?? "",
        start: event.start,
        end: event.end,
        allDay: event.all_day,
        look,
        word: t(look === "filtered" ? "off" : look),
        movable: movable(event),
      };
    });
}
