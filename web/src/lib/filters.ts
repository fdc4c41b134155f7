import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

type Raw = Record<string, unknown>;

/** A page's state that lives in the URL: reads it with `parse`, changes it without leaving the page. */
export function useFilters<T extends object>(parse: (raw: Raw) => T) {
  const raw = useSearch({ strict: false }) as Raw;
  const navigate = useNavigate();
  const value = useMemo(() => parse(raw), [raw, parse]);
  const set = (patch: Partial<T>, options: { push?: boolean } = {}) =>
    navigate({
      to: ".",
      search: ((previous: Raw) =>
        Object.fromEntries(
          Object.entries({ ...previous, ...patch }).filter(
            ([, v]) => v !== undefined && v !== "" && v !== null,
          ),
        )) as never,
      replace: !options.push,
    });
  return [value, set] as const;
}
