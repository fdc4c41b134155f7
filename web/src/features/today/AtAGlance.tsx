import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useIsAdmin } from "../../app/session";
import { useNow } from "../../components/Time";
import { formatMinutes } from "../../lib/time";
import { elapsed } from "../timer/elapsed";
import { useWeek } from "../timesheet/useWeek";
import { WeekTotal } from "../timesheet/WeekTotal";
import { totalsOf } from "../timesheet/week";

/** Every second only where a second is shown. */
function Clock({ since }: { since: string }) {
  const now = useNow(1000);
  return <span role="timer">{elapsed(since, now)}</span>;
}

function Approvals() {
  const t = useTranslations("today");
  const { data, hasNextPage } = useInfiniteQuery(queries.approvals({ state: "pending" }));
  if (!data) return null;
  const weeks = data.pages.flatMap((page) => page.items);
  return (
    <div>
      <dt>{t("approvals")}</dt>
      <dd className="num">{t(hasNextPage ? "manyWaiting" : "waiting", { count: weeks.length })}</dd>
      {weeks.length > 0 && (
        <dd>
          <Link to="/approvals" className="textlink">
            {t("review")}
          </Link>
        </dd>
      )}
    </div>
  );
}

/** Where the day and the week stand. */
export function AtAGlance() {
  const t = useTranslations("today");
  const admin = useIsAdmin();
  const { week, today, timeZone, entries, suggested, over } = useWeek();
  const timer = useQuery(queries.timer()).data?.time_entry;
  const logged = entries.data ?? [];
  const day = totalsOf(week, logged, suggested, timeZone).find((total) => total.date === today);
  const sum = (minutes: number[]) => minutes.reduce((all, one) => all + one, 0);
  return (
    <dl className="stats">
      <div>
        <dt>{t("title")}</dt>
        <dd className="num">{t("hours", { hours: formatMinutes(day?.logged ?? 0) })}</dd>
        {day && day.open > 0 && (
          <dd className="dim num">{t("toCome", { hours: formatMinutes(day.open) })}</dd>
        )}
      </div>
      <div>
        <dt>{t("week")}</dt>
        <dd>
          <WeekTotal
            logged={sum(logged.map((e) => e.duration_minutes))}
            open={sum(over.map((d) => d.duration_minutes))}
          />
        </dd>
      </div>
      <div>
        <dt>{t("timer")}</dt>
        <dd className="num">{timer ? <Clock since={timer.started_at} /> : t("noTimer")}</dd>
        {timer && <dd className="dim">{timer.description || timer.project_name}</dd>}
      </div>
      {admin && <Approvals />}
    </dl>
  );
}
