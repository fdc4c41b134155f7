import { type CSSProperties, Fragment } from "react";
import { useTranslations } from "use-intl";
import type { Block } from "../../api/types";
import { type Drawn, isAside } from "./busy";
import { clockOf, type Placed, placeBlock, placeEvent } from "./slots";

interface Props {
  date: string;
  timeZone: string;
  events: Drawn[];
  blocks: Block[];
  colorOf: (calendar: string) => string | null;
  window: { from: number; to: number };
  at: (top: number, height: number) => CSSProperties;
}

/** What is in a day, at its left: what counts in the colour of its calendar, blocks and what does not count by pattern and word. */
export function Taken({ date, timeZone, events, blocks, colorOf, window: w, at }: Props) {
  const t = useTranslations("availability");
  const e = useTranslations("events");
  const inside = (p: Placed) => p.top < w.to && p.top + p.height > w.from;
  const clocks = (p: Placed) => `${clockOf(p.top)}–${clockOf(p.top + p.height)}`;
  return (
    <>
      {events.map(({ event, standing }) => {
        if (isAside({ event, standing })) return null;
        const place = placeEvent(event, date, timeZone);
        if (!place || !inside(place)) return null;
        const title = event.title || e("untitled");
        const counts = standing === "counts";
        const word = counts ? "" : t(`standing.${standing}`);
        const when = event.all_day ? e("allDay") : clocks(place);
        return (
          <div
            key={event.id}
            className="taken"
            data-off={!counts || undefined}
            title={[title, when, counts ? "" : t("doesNotCount", { word })].filter(Boolean).join(" · ")}
            style={{ ...at(place.top, place.height), "--c": colorOf(event.calendar_id) } as CSSProperties}
          >
            <span className="when num">{when} </span>
            {word && <em>{word} </em>}
            {title}
          </div>
        );
      })}
      {blocks.map((block) => (
        <Fragment key={block.id}>
          {placeBlock(block, date, timeZone)
            .filter(inside)
            .map((place) => (
              <div
                key={place.top}
                className="taken"
                data-block
                title={[t("blocked"), block.title, clocks(place)].filter(Boolean).join(" · ")}
                style={at(place.top, place.height)}
              >
                <span className="when num">{clocks(place)} </span>
                <em>{t("blockedWord")} </em>
                {block.title}
              </div>
            ))}
        </Fragment>
      ))}
    </>
  );
}
