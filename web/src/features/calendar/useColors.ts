import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { queries } from "../../api/queries";
import type { Calendar } from "../../api/types";

export const colorOfCalendar = (c: Calendar) => c.color ?? c.provider_details.background_color;

/** The calendars by id, and the colour each one has at its provider. */
export function useCalendarLookup() {
  const { data } = useQuery(queries.calendars());
  const byId = useMemo(() => new Map((data ?? []).map((c) => [c.id, c])), [data]);
  const colorOf = useCallback(
    (id: string) => {
      const calendar = byId.get(id);
      return calendar ? colorOfCalendar(calendar) : null;
    },
    [byId],
  );
  return { byId, colorOf };
}
