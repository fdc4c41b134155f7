import { Progress } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useWeekTarget } from "../../lib/prefs";
import { formatMinutes } from "../../lib/time";

/** What the week comes to, against what somebody means to work. */
export function WeekTotal({ logged, open }: { logged: number; open: number }) {
  const t = useTranslations("timesheet");
  const [target] = useWeekTarget();
  const hours = formatMinutes(logged);
  return (
    <div className="weektotal">
      <span className="num">
        <b>{target > 0 ? t("weekOf", { hours, target }) : t("weekHours", { hours })}</b>
        {open > 0 && <span className="dim"> · {t("dayOpen", { hours: formatMinutes(open) })}</span>}
      </span>
      {target > 0 && (
        <Progress
          value={Math.min(100, (logged / 60 / target) * 100)}
          size={5}
          aria-label={t("weekOf", { hours, target })}
        />
      )}
    </div>
  );
}
