import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { troubleOf } from "../../lib/trouble";

/** One line: is everything reaching us, and if not, where to look. */
export function HealthStrip() {
  const t = useTranslations("today");
  const connections = useQuery(queries.connections()).data;
  const calendars = useQuery(queries.calendars()).data;
  const health = useQuery(queries.health()).data;
  if (!connections || !calendars) return <div className="strip" aria-hidden />;
  const active = connections.filter((c) => c.status !== "disconnected");
  const bad = active.filter((c) => {
    const mine = calendars.filter((x) => x.connection_id === c.id);
    const { tone } = troubleOf(
      c,
      health?.integrations.find((h) => h.id === c.id),
      mine,
    );
    return tone === "bad" || tone === "warn";
  });
  const last = calendars
    .map((c) => c.last_sync_at)
    .filter((x): x is string => !!x)
    .sort()
    .pop();
  return (
    <section className="strip" aria-label={t("health")} data-bad={bad.length > 0 ? "" : undefined}>
      <StatusBadge
        tone={bad.length > 0 ? "warn" : "ok"}
        label={t("connections", { total: active.length, bad: bad.length })}
      />
      <span className="dim">
        {t("lastSync")} <Ago at={last} />
      </span>
      <Anchor component={Link} to="/integrations" size="sm" underline="always">
        {bad.length > 0 ? t("fix") : t("see")}
      </Anchor>
    </section>
  );
}
