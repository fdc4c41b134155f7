import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Block, CalendarEvent, Reason } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { dateIn } from "../../lib/time";
import { When } from "../calendar/EventFacts";
import { around, type Slot } from "./slots";
import { useBlockTime } from "./useBlockTime";

interface EventProps {
  reason: Reason;
  slot: Slot;
  /** Those of the week that is shown. */
  events: CalendarEvent[];
  /** The zone of the slots, so that the times can be compared. */
  timeZone: string;
}

/** The event in the way, with its time, and the way to it. One outside the week that is shown is asked for. */
export function EventInTheWay({ reason, slot, events, timeZone }: EventProps) {
  const t = useTranslations("availability");
  const u = useTranslations("events");
  const own = useTimeZone();
  const here = events.find((e) => e.id === reason.instance_id);
  const more = useQuery({
    ...queries.events({ ...around(slot), calendar_id: reason.calendar_id ? [reason.calendar_id] : [] }),
    enabled: !here && !!reason.calendar_id,
  });
  const event = here ?? more.data?.find((e) => e.id === reason.instance_id);
  if (!event) return more.isLoading ? null : <Text size="sm">{t("eventUnseen")}</Text>;
  const day = event.all_day ? event.start.slice(0, 10) : dateIn(event.start, own);
  return (
    <>
      <Link className="textlink breakable" to="/calendar" search={{ week: day, event: event.id } as never}>
        {event.title || u("untitled")}
      </Link>
      <When event={event} timeZone={timeZone} />
    </>
  );
}

/** The block in the way, with its time, and the way to where it is changed. */
export function BlockInTheWay({ block, timeZone }: { block: Block | undefined; timeZone: string }) {
  const t = useTranslations("availability");
  const when = useBlockTime(timeZone);
  if (!block) return <Text size="sm">{t("blockUnseen")}</Text>;
  return (
    <>
      <Link className="textlink breakable" to="/settings/availability" search={{ block: block.id } as never}>
        {block.title || t("blocked")}
      </Link>
      <Text size="sm" c="dimmed" className="num">
        {when(block)}
      </Text>
    </>
  );
}
