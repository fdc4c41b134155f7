import { Button, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCoins,
  IconFileCheck,
  IconPencil,
  IconSend,
} from "@tabler/icons-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Delivery, Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { formatMoney } from "../../lib/money";
import { shortDate } from "../../lib/time";
import { type Happening, historyOf } from "./happenings";

const ICONS = {
  drafted: IconPencil,
  finalized: IconFileCheck,
  delivery: IconSend,
  payment: IconCoins,
  overdue: IconAlertTriangle,
  paid: IconCheck,
  voided: IconBan,
} as const;

const STATES = {
  queued: ["idle", "busy"],
  sent: ["ok", "ok"],
  failed: ["bad", "bad"],
} as const;

/** A mail to the client and what became of it; by hand there is nothing to become. */
function Mail({ delivery }: { delivery: Delivery }) {
  const t = useTranslations("delivery");
  const { kind, recipient, state, days, last_error } = delivery;
  if (state === "by_hand" || !recipient) return <span>{t("byHand")}</span>;
  const [tone, icon] = STATES[state];
  return (
    <>
      {t(kind, { to: recipient, days: days ?? 0 })}
      <div>
        <StatusBadge tone={tone} icon={icon} label={t(`state.${state}`)} />
      </div>
      {last_error && (
        <Text size="xs" className={state === "failed" ? "bad" : undefined}>
          {last_error}
        </Text>
      )}
    </>
  );
}

function Payment({ invoice, payment }: { invoice: Invoice; payment: Invoice["payments"][number] }) {
  const t = useTranslations("invoices");
  const amount = formatMoney(payment.amount_minor, invoice.currency);
  const remove = useAction((id: string) => actions.removePayment(invoice.id, id), {
    done: t("paymentRemoved"),
    invalidate: ["invoices"],
  });
  return (
    <>
      {t("happened.payment", { amount })}
      {payment.note && (
        <Text size="xs" c="dimmed">
          {payment.note}
        </Text>
      )}
      {invoice.status !== "void" && (
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            className="quietbtn"
            loading={remove.isPending}
            onClick={() => remove.mutate(payment.id)}
          >
            {t("removePayment")}
            <span className="sr"> {amount}</span>
          </Button>
        </div>
      )}
    </>
  );
}

function Item({ invoice, happening }: { invoice: Invoice; happening: Happening }) {
  const t = useTranslations("invoices");
  const { what, payment, delivery } = happening;
  const Icon = ICONS[what];
  return (
    <li>
      <Icon size={16} aria-hidden />
      <div>
        {payment && <Payment invoice={invoice} payment={payment} />}
        {delivery && <Mail delivery={delivery} />}
        {what !== "payment" && what !== "delivery" && t(`happened.${what}`, { number: invoice.number ?? "" })}
        {what === "voided" && invoice.void_reason && (
          <Text size="xs" c="dimmed">
            {invoice.void_reason}
          </Text>
        )}
      </div>
      <span className="dim num">{payment ? shortDate(payment.paid_on) : <Ago at={happening.at} />}</span>
    </li>
  );
}

/** What happened to an invoice, the newest first. */
export function History({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <Title order={2} size="h5" id={id}>
        {t("history")}
      </Title>
      <ol className="history">
        {historyOf(invoice).map((happening) => (
          <Item key={happening.key} invoice={invoice} happening={happening} />
        ))}
      </ol>
    </section>
  );
}
