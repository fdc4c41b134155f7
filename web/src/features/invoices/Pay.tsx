import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice, PaymentInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { Dialog } from "../../components/Dialog";
import { MoneyInput } from "../../components/MoneyInput";
import { freshKey } from "../../lib/key";
import { formatMoney, toMajor, toMinor } from "../../lib/money";
import { dateIn } from "../../lib/time";

function Form({ invoice, onClose }: { invoice: Invoice; onClose: () => void }) {
  const t = useTranslations("invoices");
  const c = useTranslations("common");
  const { currency, open_minor } = invoice;
  const timeZone = useTimeZone();
  const form = useForm({
    initialValues: {
      amount_minor: toMajor(open_minor, currency) as number | string,
      paid_on: dateIn(new Date(), timeZone),
      note: "",
    },
    validate: { amount_minor: (v) => (Number(v) > 0 ? null : t("payBad")) },
  });
  // Clicked twice, or sent again after a lost answer: it is noted once.
  const [key] = useState(freshKey);
  const pay = useAction((input: PaymentInput) => actions.payInvoice(invoice.id, input, key), {
    done: (out) => (out.open_minor === 0 ? t("payAll") : t("payDone")),
    invalidate: ["invoices"],
    onDone: onClose,
    onFail: (error) => showFieldErrors(form, error),
  });
  const minor = toMinor(Number(form.values.amount_minor), currency);
  return (
    <form
      onSubmit={form.onSubmit((v) =>
        pay.mutate({ amount_minor: minor, paid_on: v.paid_on, note: v.note || null }),
      )}
      noValidate
    >
      <Stack gap="sm">
        <Text size="sm">{t("payOpen", { open: formatMoney(open_minor, currency) })}</Text>
        <Group gap="sm" grow align="flex-start">
          <MoneyInput
            label={t("payAmount")}
            currency={currency}
            required
            data-autofocus
            {...form.getInputProps("amount_minor")}
          />
          <TextInput type="date" label={t("payDay")} required {...form.getInputProps("paid_on")} />
        </Group>
        <TextInput label={t("payNote")} maxLength={500} {...form.getInputProps("note")} />
        <Text size="sm" c="dimmed" role="status">
          {minor < open_minor
            ? t("payRest", { rest: formatMoney(open_minor - minor, currency) })
            : t("paySettles")}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {c("cancel")}
          </Button>
          <Button type="submit" loading={pay.isPending}>
            {t("payAction")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A payment, of all that is left or a part of it. */
export function Pay({ invoice, onClose }: { invoice: Invoice | null; onClose: () => void }) {
  const t = useTranslations("invoices");
  return (
    <Dialog title={invoice && t("pay")} onClose={onClose}>
      {invoice && <Form invoice={invoice} onClose={onClose} />}
    </Dialog>
  );
}
