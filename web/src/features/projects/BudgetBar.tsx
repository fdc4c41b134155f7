import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Project, ProjectBudget } from "../../api/types";
import { useSession } from "../../app/session";
import { currencyOf, formatMoney } from "../../lib/money";
import { formatMinutes } from "../../lib/time";
import { usedOf } from "./budget";
import "./budget.css";

function Bar({ label, used, planned, text }: { label: string; used: number; planned: number; text: string }) {
  const { percent, tone } = usedOf(used, planned);
  return (
    <div className="budget" data-tone={tone}>
      <div className="budgettext">
        <span>{label}</span>
        <span className="num">{text}</span>
      </div>
      <div className="bar" aria-hidden>
        <div style={{ width: `${Math.min(100, percent)}%` }} />
      </div>
    </div>
  );
}

/** A project's hours and money, planned and used. `brief`: only the bars, for lists. */
export function BudgetBars({ project, brief }: { project: Project; brief?: boolean }) {
  const planned = project.budget_minutes !== null || project.budget_minor !== null;
  const budget = useQuery({ ...queries.budget(project.id), enabled: planned }).data;
  const clients = useQuery({ ...queries.clients(), enabled: planned }).data;
  const { workspace } = useSession();
  if (!planned || !budget || !clients) return null;
  return <Bars budget={budget} brief={brief} currency={currencyOf(project, clients, workspace)} />;
}

function Bars({ budget, brief, currency }: { budget: ProjectBudget; brief?: boolean; currency: string }) {
  const t = useTranslations("budget");
  const money = budget.used_minor as Record<string, number>;
  const others = Object.entries(money).filter(([code]) => code !== currency);
  const of = (used: string, planned: string, percent: number) => t("of", { used, planned, percent });
  return (
    <div className="budgets">
      {budget.budget_minutes !== null && (
        <Bar
          label={t("hours")}
          used={budget.used_minutes}
          planned={budget.budget_minutes}
          text={of(
            formatMinutes(budget.used_minutes),
            formatMinutes(budget.budget_minutes),
            usedOf(budget.used_minutes, budget.budget_minutes).percent,
          )}
        />
      )}
      {budget.budget_minor !== null && (
        <Bar
          label={t("money")}
          used={money[currency] ?? 0}
          planned={budget.budget_minor}
          text={of(
            formatMoney(money[currency] ?? 0, currency),
            formatMoney(budget.budget_minor, currency),
            usedOf(money[currency] ?? 0, budget.budget_minor).percent,
          )}
        />
      )}
      {!brief && others.length > 0 && (
        <Text size="sm">
          {t("others", { list: others.map(([code, minor]) => formatMoney(minor, code)).join(", ") })}
        </Text>
      )}
      {!brief && budget.unpriced_minutes > 0 && (
        <Text size="sm" className="warn">
          {t("unpriced", { time: formatMinutes(budget.unpriced_minutes) })}
        </Text>
      )}
    </div>
  );
}
