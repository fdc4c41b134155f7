import { Button, Text, Title } from "@mantine/core";
import { IconBan, IconCheck, IconCoins, IconFileCheck, IconPencil, IconSend } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { Ago } from "../../components/Time";
import { formatMoney } from "../../lib/money";
import { shortDate } from "../../lib/time";
import { type Happening, historyOf } from "./happenings";

const ICONS = {
  drafted: IconPencil,
  finalized: IconFileCheck,
  sent: IconSend,
  payment: IconCoins,
  paid: IconCheck,
  voided: IconBan,
} as const;

function Item({ invoice, happening }: { invoice: Invoice; happening: Happening }) {
  const t = useTranslations("invoices");
  const { what, payment } = happening;
  const Icon = ICONS[what];
  const amount = payment ? formatMoney(payment.amount_minor, invoice.currency) : "";
  const remove = useAction((id: string) => actions.removePayment(invoice.id, id), {
    done: t("paymentRemoved"),
    invalidate: ["invoices"],
  });
  return (
    <li>
      <Icon size={16} aria-hidden />
      <div>
        {t(`happened.${what}`, { amount, number: invoice.number ?? "" })}
        {payment?.note && (
          <Text size="xs" c="dimmed">
            {payment.note}
          </Text>
        )}
        {what === "voided" && invoice.void_reason && (
          <Text size="xs" c="dimmed">
            {invoice.void_reason}
          </Text>
        )}
        {payment && invoice.status !== "void" && (
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
