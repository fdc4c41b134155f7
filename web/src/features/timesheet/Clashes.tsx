import { IconAlertTriangle } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import type { GridBlock } from "../../components/blocks";
import { dateIn, formatDate, formatTime } from "../../lib/time";

/** More are named as a number: a week that was imported twice must not fill the page. */
const MOST = 4;

interface Props {
  pairs: [GridBlock, GridBlock][];
  timeZone: string;
  onOpen: (id: string) => void;
}

/** Work cannot be in two places: what takes the same time is named, and one click away. */
export function Clashes({ pairs, timeZone, onOpen }: Props) {
  const t = useTranslations("timesheet");
  const e = useTranslations("events");
  const id = useId();
  if (pairs.length === 0) return null;
  const name = (block: GridBlock) => (
    <button type="button" className="rowlink" onClick={() => onOpen(block.id)}>
      {block.title || e("untitled")} <span className="dim">({block.word})</span>
    </button>
  );
  return (
    <section className="panel clashes" data-tone="warn" aria-labelledby={id}>
      <p className="why warn" id={id}>
        <IconAlertTriangle size={16} aria-hidden /> <b>{t("clashes", { count: pairs.length })}</b>
      </p>
      <ul className="plainlist">
        {pairs.slice(0, MOST).map(([a, b]) => (
          <li key={a.id + b.id}>
            <span className="num dim">
              {formatDate(dateIn(b.start, timeZone), { weekday: "short", day: "numeric" })}{" "}
              {formatTime(b.start, timeZone)}
            </span>{" "}
            {name(a)} {t("and")} {name(b)}
          </li>
        ))}
      </ul>
      {pairs.length > MOST && <p className="dim">{t("moreClashes", { count: pairs.length - MOST })}</p>}
    </section>
  );
}
