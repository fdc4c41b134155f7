import { useTranslations } from "use-intl";
import { formatTime } from "../lib/time";
import { type GridBlock, LOOKS, roomFor } from "./blocks";

interface Props {
  block: GridBlock;
  /** The whole stretch, for the tooltip. */
  time: string;
  timeZone: string;
}

/** What is written on a block of the week grid; its state is always said, and shown where there is room. */
export function GridBlockFace({ block, time, timeZone }: Props) {
  const t = useTranslations("events");
  const Icon = LOOKS[block.look];
  const room = roomFor(block);
  const title = block.title || t("untitled");
  const hint = [title, block.allDay ? "" : time, block.note, block.word].filter(Boolean).join(" · ");
  const hidden = <span className="sr">, {block.word}</span>;
  if (room === "line") {
    return (
      <span className="ev" data-id={block.id} data-room="line" title={hint}>
        <b>{title}</b>
        {!block.allDay && <span> · {formatTime(block.start, timeZone)}</span>}
        {hidden}
      </span>
    );
  }
  return (
    <span className="ev" data-id={block.id} data-room={room === "all" ? "more" : room} title={hint}>
      <b>{title}</b>
      <span>
        <Icon size={12} aria-hidden /> {formatTime(block.start, timeZone)}
        <span className="till">–{formatTime(block.end, timeZone)}</span>
        {block.note && <span className="till"> · {block.note}</span>}
        {room !== "all" && hidden}
      </span>
      {room === "all" && <span className="state">{block.word}</span>}
    </span>
  );
}
