import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { Dialog } from "../../components/Dialog";

/** Notes that the client has the invoice. */
export function Send({ invoice, onClose }: { invoice: Invoice | null; onClose: () => void }) {
  const t = useTranslations("invoices");
  const c = useTranslations("common");
  const send = useAction((id: string) => actions.sendInvoice(id), {
    done: t("sentDone"),
    invalidate: ["invoices"],
    onDone: onClose,
  });
  return (
    <Dialog title={invoice && t("sendTitle", { number: invoice.number ?? "" })} onClose={onClose}>
      {invoice && (
        <Stack gap="sm">
          <Text size="sm">{t("sendText")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {c("cancel")}
            </Button>
            <Button loading={send.isPending} onClick={() => send.mutate(invoice.id)}>
              {t("send")}
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
