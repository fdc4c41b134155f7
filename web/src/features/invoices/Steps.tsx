import { Button, Group, NumberInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { toMajor, toMinor } from "../../lib/money";

const LISTS = ["invoices", "time-entries"];

function Pay({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const [amount, setAmount] = useState<number | string>(toMajor(invoice.open_minor, invoice.currency));
  const pay = useAction((minor: number) => actions.payInvoice(invoice.id, minor), {
    done: t("payDone"),
    invalidate: LISTS,
  });
  return (
    <Group gap="xs" align="flex-end">
      <NumberInput label={t("payAmount")} w={130} min={0} hideControls value={amount} onChange={setAmount} />
      <Button
        variant="default"
        loading={pay.isPending}
        onClick={() => pay.mutate(toMinor(Number(amount), invoice.currency))}
      >
        {t("pay")}
      </Button>
    </Group>
  );
}

/** What can be done with an invoice from where it stands. */
export function Steps({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"finalize" | "void" | "delete" | null>(null);
  const { id, status, kind } = invoice;
  const done = (message: string) => ({ done: message, invalidate: LISTS });
  const finalize = useAction(() => actions.finalizeInvoice(id), {
    done: (made) => t("finalized", { number: made.number ?? "" }),
    invalidate: LISTS,
  });
  const refresh = useAction(() => actions.refreshInvoice(id), done(t("refreshed")));
  const send = useAction(() => actions.sendInvoice(id), done(t("sentDone")));
  const cancel = useAction(() => actions.voidInvoice(id), done(t("voidDone")));
  const remove = useAction(() => actions.deleteInvoice(id), {
    ...done(t("deleted")),
    onDone: () => navigate({ to: "/invoices" }),
  });
  const credit = useAction(() => actions.creditInvoice(id), {
    ...done(t("creditDone")),
    onDone: (made) => navigate({ to: "/invoices/$id", params: { id: made.id } as never }),
  });
  const payable = status === "finalized" || status === "sent";
  const questions = {
    finalize: {
      title: t("finalizeTitle"),
      action: t("finalize"),
      goes: [t("finalizeGoes")],
      stays: [t("finalizeStays")],
    },
    void: {
      title: t("voidTitle", { number: invoice.number ?? "" }),
      action: t("void"),
      goes: [t("voidGoes")],
      stays: [t("voidStays")],
    },
    delete: {
      title: t("deleteTitle"),
      action: t("delete"),
      goes: [t("deleteGoes")],
      stays: [t("deleteStays")],
    },
  };
  const runs = { finalize, void: cancel, delete: remove };
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t("steps")}>
      {status === "draft" && (
        <>
          <Button onClick={() => setAsking("finalize")} disabled={invoice.lines.length === 0}>
            {t("finalize")}
          </Button>
          {kind === "invoice" && (
            <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate(undefined)}>
              {t("refresh")}
            </Button>
          )}
          <Button variant="outline" className="dangerbtn" onClick={() => setAsking("delete")}>
            {t("delete")}
          </Button>
        </>
      )}
      {status === "finalized" && (
        <Button loading={send.isPending} onClick={() => send.mutate(undefined)}>
          {t("send")}
        </Button>
      )}
      {payable && kind === "invoice" && <Pay key={invoice.open_minor} invoice={invoice} />}
      {status !== "draft" && status !== "void" && kind === "invoice" && (
        <Button variant="default" loading={credit.isPending} onClick={() => credit.mutate(undefined)}>
          {t("credit")}
        </Button>
      )}
      {payable && invoice.paid_minor === 0 && (
        <Button variant="outline" className="dangerbtn" onClick={() => setAsking("void")}>
          {t("void")}
        </Button>
      )}
      <ConfirmDestructive
        what={asking ? questions[asking] : null}
        busy={asking ? runs[asking].isPending : false}
        onConfirm={() => asking && runs[asking].mutate(undefined, { onSettled: () => setAsking(null) })}
        onClose={() => setAsking(null)}
      />
    </Group>
  );
}
