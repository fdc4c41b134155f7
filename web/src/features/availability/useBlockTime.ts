import { useTranslations } from "use-intl";
import type { Block } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useFirstDay } from "../../lib/prefs";
import { formatClock, formatDate, formatDateTime, zoneLabel } from "../../lib/time";
import { weekdayName, weekdaysFrom } from "../../lib/week";

/** When a block is, in words; in a zone that is not the person's own, with its name. */
export function useBlockTime(zone?: string) {
  const t = useTranslations("availability");
  const own = useTimeZone();
  const timeZone = zone ?? own;
  const order = weekdaysFrom(useFirstDay());
  const short = { day: "numeric", month: "short", year: "numeric" } as const;
  return ({ weekly: w, start, end }: Block) => {
    if (!w) {
      if (!start || !end) return "";
      const span = `${formatDateTime(start, timeZone)} – ${formatDateTime(end, timeZone)}`;
      return timeZone === own ? span : `${span} · ${zoneLabel(timeZone, start)}`;
    }
    const named = order.filter((day) => w.days.includes(day)).map((day) => weekdayName(day, "short"));
    const days = w.days.length === 7 ? t("everyDay") : named.join(", ");
    const parts = [`${days}, ${formatClock(w.from_time)}–${formatClock(w.to_time)}`, zoneLabel(w.time_zone)];
    if (w.from_date) parts.push(t("since", { date: formatDate(w.from_date, short) }));
    if (w.until_date) parts.push(t("upTo", { date: formatDate(w.until_date, short) }));
    return parts.join(" · ");
  };
}
