import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useTimeZone } from "../app/session";
import { formatDateTime, relative } from "../lib/time";

/** Re-renders twice a minute, so that "2 min. ago" stays true. */
export function useNow(every = 30_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** "2 min. ago", with the exact time in the viewer's zone and in UTC one hover or focus away. */
export function Ago({ at }: { at: string | null | undefined }) {
  const t = useTranslations("common");
  const timeZone = useTimeZone();
  const now = useNow();
  if (!at) return <span>{t("never")}</span>;
  return (
    <Tooltip label={`${formatDateTime(at, timeZone)} · ${formatDateTime(at, "UTC")} UTC`}>
      <time dateTime={at} className="num">
        {relative(at, now)}
      </time>
    </Tooltip>
  );
}
