import { Alert, Button, Group, List, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Invoice } from "../../api/types";
import { useAction } from "../../app/useAction";
import { Dialog } from "../../components/Dialog";
import { formatMoney } from "../../lib/money";
import { givesTimeBack } from "./steps";
import { Unprintable } from "./Unprintable";
import { draftScope } from "./useDraft";

function Question({ invoice, onClose }: { invoice: Invoice; onClose: () => void }) {
  const t = useTranslations("invoices");
  const c = useTranslations("common");
  const next = useQuery(queries.numbering()).data?.next_number;
  const entries = invoice.lines.reduce((sum, line) => sum + line.entries_count, 0);
  const original = useQuery({
    ...queries.invoice(invoice.credits_id ?? ""),
    enabled: !!invoice.credits_id,
  }).data;
  const [release, setRelease] = useState(true);
  const [unprintable, setUnprintable] = useState("");
  const input = {
    accept_unprintable: !!unprintable,
    // The server's own default is to give it back where a whole invoice is taken back.
    ...(givesTimeBack(invoice, original) && !release ? { release_entries: false } : {}),
  };
  const finalize = useAction(() => actions.finalizeInvoice(invoice.id, input), {
    done: (made) => t("finalized", { number: made.number ?? "" }),
    invalidate: ["invoices", "time-entries"],
    scope: draftScope(invoice.id),
    onDone: onClose,
    onFail: (error) => {
      if (error.code !== "cannot_be_printed") return false;
      setUnprintable(error.message);
      return true;
    },
  });
  return (
    <Stack gap="sm">
      <Text>
        {t("finalizeSum", {
          client: invoice.client_name,
          total: formatMoney(invoice.total_minor, invoice.currency),
        })}
      </Text>
      <List size="sm">
        {next && invoice.kind === "invoice" && <List.Item>{t("finalizeNumber", { number: next })}</List.Item>}
        {entries > 0 && <List.Item>{t("finalizeTime", { count: entries })}</List.Item>}
        <List.Item>{t("finalizeFixed")}</List.Item>
      </List>
      {invoice.missing.length > 0 && (
        <Alert color="yellow" variant="outline">
          {t("finalizeMissing", { count: invoice.missing.length })}
        </Alert>
      )}
      {givesTimeBack(invoice, original) && (
        <Switch
          label={t("release.title", { number: original?.number ?? "" })}
          description={t(release ? "release.yes" : "release.no")}
          checked={release}
          onChange={(e) => setRelease(e.currentTarget.checked)}
        />
      )}
      {unprintable && <Unprintable invoice={invoice} detail={unprintable} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {c("cancel")}
        </Button>
        <Button loading={finalize.isPending} onClick={() => finalize.mutate(undefined)}>
          {t(unprintable ? "unprintable.accept" : "finalize")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Asks before the number is given: after it nothing changes any more. */
export function Finalize({ invoice, onClose }: { invoice: Invoice | null; onClose: () => void }) {
  const t = useTranslations("invoices");
  return (
    <Dialog
      title={invoice && t(invoice.kind === "invoice" ? "finalizeTitle" : "finalizeNote")}
      onClose={onClose}
    >
      {invoice && <Question invoice={invoice} onClose={onClose} />}
    </Dialog>
  );
}
