import { Alert, Button, Group, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Invoice, SendInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { Dialog } from "../../components/Dialog";
import { Skeletons } from "../../components/States";
import { freshKey } from "../../lib/key";

interface FormProps {
  invoice: Invoice;
  address: string;
  mails: boolean;
  onClose: () => void;
}

function Form({ invoice, address, mails, onClose }: FormProps) {
  const t = useTranslations("invoices");
  const c = useTranslations("common");
  // Clicked twice, or sent again after a lost answer: it is mailed once.
  const [key] = useState(freshKey);
  const [refused, setRefused] = useState("");
  const form = useForm({ initialValues: { to: address, message: "", by_hand: !mails } });
  const send = useAction((input: SendInput) => actions.sendInvoice(invoice.id, input, key), {
    done: (_, input) => (input.by_hand ? t("sentByHand") : t("sentDone", { to: input.to ?? "" })),
    invalidate: ["invoices"],
    onDone: onClose,
    onFail: (error) => {
      if (!showFieldErrors(form, error)) setRefused(error.message);
      return true;
    },
  });
  const { by_hand } = form.values;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((v) =>
        send.mutate(
          v.by_hand
            ? { by_hand: true, to: null, message: null }
            : { by_hand: false, to: v.to || null, message: v.message || null },
        ),
      )}
    >
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        {!mails && <Text size="sm">{t("noMail")}</Text>}
        {!by_hand && (
          <>
            <Text size="sm">{t("sendText")}</Text>
            <TextInput
              label={t("sendTo")}
              type="email"
              required
              data-autofocus
              {...form.getInputProps("to")}
            />
            <Textarea
              label={t("sendMessage")}
              autosize
              minRows={3}
              maxLength={5000}
              {...form.getInputProps("message")}
            />
          </>
        )}
        {mails && (
          <Switch
            label={t("byHand")}
            description={t("byHandHint")}
            {...form.getInputProps("by_hand", { type: "checkbox" })}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {c("cancel")}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {t(by_hand ? "sendByHand" : "sendAction")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Ready({ invoice, onClose }: { invoice: Invoice; onClose: () => void }) {
  const clients = useQuery(queries.clients()).data;
  const notices = useQuery(queries.notifications()).data;
  if (!clients || !notices) return <Skeletons rows={3} />;
  const address = clients.find((c) => c.id === invoice.client_id)?.email ?? "";
  return <Form {...{ invoice, address, onClose }} mails={notices.mail_configured} />;
}

/** Mails the invoice to the client, or notes that they have it already. */
export function Send({ invoice, onClose }: { invoice: Invoice | null; onClose: () => void }) {
  const t = useTranslations("invoices");
  return (
    <Dialog title={invoice && t("sendTitle", { number: invoice.number ?? "" })} onClose={onClose}>
      {invoice && <Ready invoice={invoice} onClose={onClose} />}
    </Dialog>
  );
}
