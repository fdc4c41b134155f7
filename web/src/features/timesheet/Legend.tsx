import { IconLock } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { type GridBlock, LOOKS, type Look } from "../../components/blocks";
import { formatDate } from "../../lib/time";
import { useStateWord } from "./useWeek";

const ORDER: Look[] = [
  "unlogged",
  "upcoming",
  "dismissed",
  "running",
  "draft",
  "pending",
  "rejected",
  "approved",
  "invoiced",
];

/** What the patterns of this week mean: only those that are there. */
export function Legend({ blocks, closedUntil }: { blocks: GridBlock[]; closedUntil?: string }) {
  const t = useTranslations("timesheet");
  const wordOf = useStateWord();
  const there = ORDER.filter((look) => blocks.some((block) => block.look === look));
  return (
    <>
      {there.length > 0 && (
        <ul className="legend" aria-label={t("legend")}>
          {there.map((look) => {
            const Icon = LOOKS[look];
            return (
              <li key={look}>
                <span className={`blk e-${look}`} aria-hidden>
                  <Icon size={12} />
                </span>
                {wordOf(look)}
              </li>
            );
          })}
        </ul>
      )}
      {closedUntil && (
        <p className="why">
          <IconLock size={15} aria-hidden />{" "}
          {t("closedUntil", {
            date: formatDate(closedUntil, { day: "numeric", month: "long", year: "numeric" }),
          })}
        </p>
      )}
    </>
  );
}
