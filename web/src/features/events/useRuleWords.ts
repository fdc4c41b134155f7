import { useTranslations } from "use-intl";
import { partsOf, untilDay } from "../../lib/recurrence";
import { formatDate } from "../../lib/time";

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const KNOWN = ["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "UNTIL", "COUNT", "WKST"];
const NTH = ["1", "2", "3", "4", "5", "last"] as const;
const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;

/** A Monday, and the days after it: for their names. */
const nameOf = (day: string) => formatDate(`2024-01-0${1 + DAYS.indexOf(day)}`, { weekday: "long" });
const monthOf = (month: string) => formatDate(`2024-${month.padStart(2, "0")}-01`, { month: "long" });

/** A series' rule in words; what has none is shown as it is written. */
export function useRuleWords() {
  const t = useTranslations("repetition");
  const dayOf = (text: string) => {
    const [, nth, day = ""] = /^([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text) ?? [];
    if (!day) return undefined;
    if (!nth) return nameOf(day);
    const n = NTH.find((one) => one === (nth === "-1" ? "last" : nth.replace("+", "")));
    return n && t(`nth.${n}`, { day: nameOf(day) });
  };
  const dateOf = (text: string) =>
    text === "-1" ? t("lastDay") : /^([1-9]|[12]\d|3[01])$/.test(text) ? text : undefined;
  const month = (text: string) => (/^([1-9]|1[0-2])$/.test(text) ? monthOf(text) : undefined);
  /** Each value in words; undefined when one has none. */
  const all = (list: string | undefined, word: (text: string) => string | undefined) => {
    const words = (list ?? "").split(",").filter(Boolean).map(word);
    return words.every((w) => w !== undefined) ? words.join(", ") : undefined;
  };
  return (lines: string[], zone: string): string => {
    const rules = lines.filter((line) => !/^EXDATE[:;]/i.test(line));
    const raw = t("raw", { rule: rules.join(" ") });
    const parts = rules.length === 1 ? partsOf(rules[0] ?? "") : undefined;
    const frequency = FREQUENCIES.find((f) => f === parts?.FREQ);
    if (!parts || !frequency || Object.keys(parts).some((key) => !KNOWN.includes(key))) return raw;
    const [days, dates, months] = [
      all(parts.BYDAY, dayOf),
      all(parts.BYMONTHDAY, dateOf),
      all(parts.BYMONTH, month),
    ];
    if (days === undefined || dates === undefined || months === undefined) return raw;
    return [
      t(`every.${frequency}`, { n: Number(parts.INTERVAL ?? 1) }),
      days && t("on", { days }),
      dates && t("onDates", { days: dates }),
      months && t("inMonths", { months }),
      parts.UNTIL && t("until", { date: formatDate(untilDay(parts.UNTIL, zone) || "1970-01-01") }),
      parts.COUNT && t("times", { n: Number(parts.COUNT) }),
    ]
      .filter(Boolean)
      .join(" ");
  };
}
