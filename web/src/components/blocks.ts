// What a week grid or list shows: a stretch of time with a name, a state and a look.
import {
  IconAlertCircle,
  IconCheck,
  IconClock,
  IconCoin,
  IconEyeOff,
  IconPencil,
  IconPlayerPlay,
  IconSend,
  IconSparkles,
  IconX,
} from "@tabler/icons-react";
import { dateIn, toWall } from "../lib/time";

/** One look for each state: a pattern in app.css (`e-…`) and an icon, so that no state is told by colour alone. */
export const LOOKS = {
  logged: IconCheck,
  unlogged: IconSparkles,
  upcoming: IconClock,
  dismissed: IconEyeOff,
  filtered: IconX,
  off: IconX,
  draft: IconPencil,
  pending: IconSend,
  approved: IconCheck,
  rejected: IconAlertCircle,
  invoiced: IconCoin,
  running: IconPlayerPlay,
} as const;
export type Look = keyof typeof LOOKS;

export interface GridBlock {
  id: string;
  title: string;
  /** Instants; dates with an exclusive end when it lasts all day. */
  start: string;
  end: string;
  allDay: boolean;
  look: Look;
  /** The state in a word. */
  word: string;
  /** Behind the time: whom it is for. */
  note?: string;
  /** May be dragged. */
  movable: boolean;
}

export const blockMinutes = ({ start, end }: Pick<GridBlock, "start" | "end">) =>
  Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 60_000));

/** The hours that are shown: those asked for, and whatever more the blocks need, so that nothing is hidden. */
export function shownHours(
  blocks: Pick<GridBlock, "start" | "end" | "allDay">[],
  [from, until]: [number, number],
  timeZone: string,
): [number, number] {
  const timed = blocks.filter((b) => !b.allDay);
  if (timed.some((b) => dateIn(b.start, timeZone) !== dateIn(new Date(Date.parse(b.end) - 1), timeZone)))
    return [0, 24];
  const starts = timed.map((b) => toWall(b.start, timeZone).hour);
  const ends = timed.map(
    (b) => toWall(new Date(Math.max(Date.parse(b.end) - 1, Date.parse(b.start))), timeZone).hour + 1,
  );
  return [Math.min(from, ...starts), Math.max(until, ...ends)];
}

/** How much fits: a quarter of an hour is one line high, half an hour two; from an hour the state fits too. */
export function roomFor(block: GridBlock): "line" | "two" | "more" | "all" {
  const minutes = blockMinutes(block);
  if (block.allDay || minutes < 30) return "line";
  if (minutes < 45) return "two";
  return minutes < 60 ? "more" : "all";
}
