import { useTranslations } from "use-intl";
import { useWeekTarget } from "../../lib/prefs";
import { formatMinutes } from "../../lib/time";

/** What the week comes to, against what somebody means to work. */
export function WeekTotal({ logged, open }: { logged: number; open: number }) {
  const t = useTranslations("timesheet");
  const [target] = useWeekTarget();
  const hours = formatMinutes(logged);
  const said = target > 0 ? t("weekOf", { hours, target }) : t("dayHours", { hours });
  const part = target > 0 ? Math.min(100, Math.round((logged / 60 / target) * 100)) : 0;
  return (
    <div className="weektotal">
      <span className="num">
        <b>{said}</b>
        {open > 0 && <span className="dim"> · {t("dayOpen", { hours: formatMinutes(open) })}</span>}
      </span>
      {target > 0 && (
        <div
          className="meter"
          role="progressbar"
          aria-label={t("week")}
          aria-valuetext={said}
          aria-valuenow={part}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <i style={{ width: `${part}%` }} />
        </div>
      )}
    </div>
  );
}
