import type { ReportGroup } from "../../api/types";
import { formatMinutes } from "../../lib/time";
import { Hatch } from "./Hatch";

interface Props {
  groups: ReportGroup[];
  nameOf: (group: ReportGroup) => string;
  /** What a picture says to those who do not see it; the table beside it says the rest. */
  summary: string;
}

/** A bar for each group: solid what is billed, hatched what is not. */
export function Bars({ groups, nameOf, summary }: Props) {
  const longest = Math.max(1, ...groups.map((g) => g.minutes));
  const part = (minutes: number) => `${(minutes / longest) * 100}%`;
  return (
    <div className="bars" role="img" aria-label={summary}>
      <svg width="0" height="0" aria-hidden="true">
        <Hatch id="bar-hatch" />
      </svg>
      {groups.map((g) => (
        <div key={g.key ?? ""} className="bar">
          <span className="name">{nameOf(g)}</span>
          <svg height="16" width="100%" aria-hidden="true">
            <rect width={part(g.minutes)} height="16" rx="3" className="unbilled" fill="url(#bar-hatch)" />
            <rect width={part(g.billable_minutes)} height="16" rx="3" className="billed" />
          </svg>
          <span className="num">{formatMinutes(g.minutes)}</span>
        </div>
      ))}
    </div>
  );
}
