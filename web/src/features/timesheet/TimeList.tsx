import { ActionIcon, Text, Title } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { below, type OpenMenu } from "../../components/BlockMenuArea";
import { type GridBlock, LOOKS } from "../../components/blocks";
import { dateIn, formatDate, formatTime } from "../../lib/time";
import { DayHead } from "./DayHead";
import type { DayTotal } from "./week";

interface Props {
  days: string[];
  blocks: GridBlock[];
  totals: DayTotal[];
  timeZone: string;
  onOpen: (id: string) => void;
  onMenu: OpenMenu;
}

/** The week as a list, where a grid would be too small to read. Days with nothing in them take no room. */
export function TimeList({ days, blocks, totals, timeZone, onOpen, onMenu }: Props) {
  const e = useTranslations("events");
  return days.map((day) => {
    const rows = blocks
      .filter((b) => dateIn(b.start, timeZone) === day)
      .sort((a, b) => a.start.localeCompare(b.start));
    if (rows.length === 0) return null;
    return (
      <section key={day} aria-label={formatDate(day)} className="agenda">
        <Title order={2} size="h5" className="dayhead">
          {formatDate(day, { weekday: "long", day: "numeric" })}{" "}
          <DayHead total={totals.find((total) => total.date === day)} />
        </Title>
        <ul>
          {rows.map((block) => {
            const Icon = LOOKS[block.look];
            const title = block.title || e("untitled");
            return (
              <li key={block.id}>
                <span className={`blk e-${block.look}`} aria-hidden>
                  <Icon size={12} />
                </span>
                <span className="num when">
                  {formatTime(block.start, timeZone)}–{formatTime(block.end, timeZone)}
                </span>
                <span className="grow">
                  <button type="button" className="rowlink" onClick={() => onOpen(block.id)}>
                    {title}
                  </button>
                  <Text size="xs" c="dimmed">
                    {[block.word, block.note].filter(Boolean).join(" · ")}
                  </Text>
                </span>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-haspopup="menu"
                  aria-label={e("actionsOf", { title })}
                  onClick={(click) => onMenu(below(block.id, click.currentTarget))}
                >
                  <IconDots size={18} />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
      </section>
    );
  });
}
