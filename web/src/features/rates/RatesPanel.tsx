import { ActionIcon, Button, Group, Text, Title } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Rate } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { Dialog } from "../../components/Dialog";
import { QueryState, Skeletons } from "../../components/States";
import { formatMoney } from "../../lib/money";
import { dateIn, shortDate } from "../../lib/time";
import { RateForm, type RateOf } from "./RateForm";
import { inOrder, validityOf } from "./rates";

interface Props {
  of: RateOf;
  currency: string;
  title: string;
  hint: string;
}

function useNames() {
  const t = useTranslations("rates");
  const members = useQuery(queries.members()).data ?? [];
  const projects = useQuery(queries.projects()).data ?? [];
  return (rate: Rate, of: RateOf) => {
    const member = members.find((m) => m.id === rate.member_id);
    const project = projects.find((p) => p.id === rate.project_id);
    if (of.project_id) return rate.member_id ? member?.name || member?.email : t("everybody");
    if (of.member_id)
      return rate.project_id ? t("inProject", { project: project?.name ?? "" }) : t("anyWork");
    return t("anyWork");
  };
}

function Row({
  rate,
  of,
  onEdit,
  onRemove,
}: { rate: Rate; of: RateOf } & Record<"onEdit" | "onRemove", () => void>) {
  const t = useTranslations("rates");
  const today = dateIn(new Date(), useTimeZone());
  const nameOf = useNames();
  const validity = validityOf(rate, today);
  const name = `${nameOf(rate, of)} ${formatMoney(rate.hourly_minor, rate.currency)}`;
  const range = [
    rate.from ? t("since", { day: shortDate(rate.from) }) : t("always"),
    rate.to ? t("until", { day: shortDate(rate.to) }) : "",
  ];
  return (
    <li data-over={validity === "over" || undefined}>
      <div className="grow">
        <span className="num">{formatMoney(rate.hourly_minor, rate.currency)}</span>{" "}
        <span className="dim">{t("anHour")}</span>
        <Text size="xs" c="dimmed">
          {[nameOf(rate, of), range.filter(Boolean).join(" "), validity === "now" ? "" : t(validity)]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </div>
      <ActionIcon variant="subtle" color="gray" aria-label={t("change", { name })} onClick={onEdit}>
        <IconPencil size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t("remove", { name })} onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  );
}

/** What an hour costs here, by day; for owners and admins. */
export function RatesPanel({ of, currency, title, hint }: Props) {
  const t = useTranslations("rates");
  const id = useId();
  const [editing, setEditing] = useState<Rate | "new" | null>(null);
  const [asking, setAsking] = useState<Rate | null>(null);
  const today = dateIn(new Date(), useTimeZone());
  const rates = useQuery(queries.rates(of));
  const whole = !of.client_id && !of.member_id && !of.project_id;
  const shown = (all: Rate[]) =>
    inOrder(whole ? all.filter((rate) => rate.level === "workspace") : all, today);
  const remove = useAction((rate: Rate) => actions.deleteRate(rate.id), {
    done: t("removed"),
    invalidate: ["rates", "drafts"],
  });
  const close = () => setEditing(null);
  return (
    <section className="panel" aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2} size="h5" id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          flex="none"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEditing("new")}
        >
          {t("add")}
        </Button>
      </Group>
      <QueryState
        query={rates}
        skeleton={<Skeletons rows={2} height={36} />}
        isEmpty={(all) => shown(all).length === 0}
        empty={
          <Text size="sm" mt="xs">
            {t("none")}
          </Text>
        }
      >
        {(all) => (
          <ul className="rows ratelist">
            {shown(all).map((rate) => (
              <Row
                key={rate.id}
                {...{ rate, of }}
                onEdit={() => setEditing(rate)}
                onRemove={() => setAsking(rate)}
              />
            ))}
          </ul>
        )}
      </QueryState>
      <Dialog title={editing && t(editing === "new" ? "add" : "changeTitle")} onClose={close}>
        <RateForm
          of={of}
          rate={editing === "new" ? undefined : (editing ?? undefined)}
          currency={currency}
          onDone={close}
        />
      </Dialog>
      <ConfirmDestructive
        what={
          asking && {
            title: t("removeTitle", { price: formatMoney(asking.hourly_minor, asking.currency) }),
            action: t("removeAction"),
            goes: [t("goes")],
            stays: [t("stays")],
          }
        }
        busy={remove.isPending}
        onConfirm={() => asking && remove.mutate(asking, { onSettled: () => setAsking(null) })}
        onClose={() => setAsking(null)}
      />
    </section>
  );
}
