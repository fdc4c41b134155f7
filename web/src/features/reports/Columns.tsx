import { formatDate, formatMinutes } from "../../lib/time";
import { Hatch } from "./Hatch";
import { type Column, topOf } from "./range";

const HEIGHT = 180;
/** Room for the dates below and half a line above. */
const FLOOR = 22;
const CEILING = 8;
const GUTTER = 44;

interface Props {
  columns: Column[];
  summary: string;
}

/** A column for each day or week: solid what is billed, hatched what is not. Its texts keep their size at any width. */
export function Columns({ columns, summary }: Props) {
  const top = topOf(Math.max(0, ...columns.map((c) => c.minutes)));
  const high = HEIGHT - FLOOR - CEILING;
  const tall = (minutes: number) => (minutes / top) * high;
  const width = 100 / columns.length;
  // At most six dates fit on a phone.
  const every = Math.ceil(columns.length / 6);
  return (
    <div className="columnchart" role="img" aria-label={summary}>
      <svg width={GUTTER} height={HEIGHT} aria-hidden="true">
        {[0, 0.5, 1].map((at) => (
          <text key={at} x={GUTTER - 8} y={CEILING + high * (1 - at) + 4} textAnchor="end">
            {formatMinutes(top * at)}
          </text>
        ))}
      </svg>
      <svg width="100%" height={HEIGHT} aria-hidden="true">
        <Hatch id="column-hatch" />
        {[0, 0.5, 1].map((at) => (
          <line key={at} x1="0" x2="100%" y1={CEILING + high * (1 - at)} y2={CEILING + high * (1 - at)} />
        ))}
        {columns.map(({ from, minutes, billable }, i) => {
          const x = `${i * width + width * 0.15}%`;
          const bar = { x, width: `${width * 0.7}%`, rx: 2 };
          const day = formatDate(from, { weekday: "short", day: "numeric", month: "short" });
          return (
            <g key={from}>
              <title>{`${day} · ${formatMinutes(minutes)}`}</title>
              <rect
                {...bar}
                y={HEIGHT - FLOOR - tall(minutes)}
                height={tall(minutes)}
                className="unbilled"
                fill="url(#column-hatch)"
              />
              <rect {...bar} y={HEIGHT - FLOOR - tall(billable)} height={tall(billable)} className="billed" />
              {i % every === 0 && (
                <text x={`${i * width + width / 2}%`} y={HEIGHT - 5} textAnchor="middle">
                  {formatDate(from, { day: "numeric", month: "short" })}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
