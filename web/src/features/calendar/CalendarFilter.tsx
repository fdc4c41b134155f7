import { Checkbox, Group } from "@mantine/core";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import type { Calendar } from "../../api/types";
import { colorOfCalendar } from "./useColors";

/** Which calendars are shown; none ticked means all of them. */
export function CalendarFilter({
  calendars,
  chosen,
  onChange,
}: {
  calendars: Calendar[];
  chosen: string[];
  onChange: (ids: string[]) => void;
}) {
  const t = useTranslations("calendar");
  const all = calendars.filter((c) => c.sync_enabled || chosen.includes(c.id));
  const on = (id: string) => chosen.length === 0 || chosen.includes(id);
  const toggle = (id: string) => {
    const next = all.map((c) => c.id).filter((c) => (c === id ? !on(c) : on(c)));
    onChange(next.length === all.length ? [] : next);
  };
  return (
    <fieldset className="chips">
      <legend className="sr">{t("calendars")}</legend>
      <Group gap="md">
        {all.map((c) => (
          <Checkbox
            key={c.id}
            size="xs"
            checked={on(c.id)}
            onChange={() => toggle(c.id)}
            label={
              <span className="chip">
                <i className="swatch" style={{ "--c": colorOfCalendar(c) } as CSSProperties} aria-hidden />
                {c.name}
              </span>
            }
          />
        ))}
      </Group>
    </fieldset>
  );
}
