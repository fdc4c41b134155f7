import { ActionIcon, Button, Group, Menu, Text, TextInput } from "@mantine/core";
import {
  IconBan,
  IconCoins,
  IconDots,
  IconFileTypePdf,
  IconFileTypeXml,
  IconReceiptRefund,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Invoice } from "../../api/types";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { Finalize } from "./Finalize";
import { Pay } from "./Pay";
import { Send } from "./Send";
import { possible } from "./steps";
import { useSteps } from "./useSteps";

type Asked = "finalize" | "send" | "pay" | "void" | "delete" | null;

const file = (id: string, name: string) => `/api/v1/invoices/${id}/${name}`;

/** What ends an invoice, asked before it is done. */
function Ending({ invoice, asked, onClose }: { invoice: Invoice; asked: Asked; onClose: () => void }) {
  const t = useTranslations("invoices");
  const [reason, setReason] = useState("");
  const steps = useSteps(invoice);
  const note = invoice.kind === "credit_note";
  const questions = {
    void: {
      title: t("voidTitle", { number: invoice.number ?? "" }),
      action: t(note ? "voidNote.action" : "void"),
      goes: [t(note ? "voidNote.goes" : "voidGoes")],
      stays: [t(note ? "voidNote.stays" : "voidStays")],
      extra: (
        <>
          {!note && (
            <Text size="sm" c="dimmed">
              {t("voidKeep")}
            </Text>
          )}
          <TextInput
            label={t("voidReason")}
            maxLength={500}
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
        </>
      ),
    },
    delete: {
      title: t("deleteTitle"),
      action: t("delete"),
      goes: [t("deleteGoes")],
      stays: [t("deleteStays")],
    },
  };
  const runs = { void: steps.cancel, delete: steps.remove };
  const which = asked === "void" || asked === "delete" ? asked : null;
  return (
    <ConfirmDestructive
      what={which && questions[which]}
      busy={which ? runs[which].isPending : false}
      onConfirm={() => which && runs[which].mutate(reason, { onSettled: onClose })}
      onClose={onClose}
    />
  );
}

function More({ invoice, ask }: { invoice: Invoice; ask: (what: Asked) => void }) {
  const t = useTranslations("invoices");
  const steps = useSteps(invoice);
  const can = possible(invoice);
  const icon = (Icon: typeof IconBan) => <Icon size={16} aria-hidden />;
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t("more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {invoice.number && (
          <>
            <Menu.Item
              component="a"
              href={file(invoice.id, "xml?format=ubl")}
              download
              leftSection={icon(IconFileTypeXml)}
            >
              {t("ubl")}
            </Menu.Item>
            <Menu.Item
              component="a"
              href={file(invoice.id, "xml?format=cii")}
              download
              leftSection={icon(IconFileTypeXml)}
            >
              {t("cii")}
            </Menu.Item>
          </>
        )}
        {can.refresh && (
          <Menu.Item leftSection={icon(IconRefresh)} onClick={() => steps.refresh.mutate(undefined)}>
            {t("refresh")}
          </Menu.Item>
        )}
        {can.credit && (
          <Menu.Item leftSection={icon(IconReceiptRefund)} onClick={() => steps.credit.mutate(undefined)}>
            {t("credit")}
          </Menu.Item>
        )}
        {can.cancel && (
          <Menu.Item className="danger" leftSection={icon(IconBan)} onClick={() => ask("void")}>
            {t(invoice.kind === "credit_note" ? "voidNote.action" : "void")}
          </Menu.Item>
        )}
        {can.remove && (
          <Menu.Item className="danger" leftSection={icon(IconTrash)} onClick={() => ask("delete")}>
            {t("delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What can be done with an invoice from where it stands: the next step as a button, the rest in a menu. */
export function Steps({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const [asked, ask] = useState<Asked>(null);
  const can = possible(invoice);
  const close = () => ask(null);
  return (
    <Group gap="xs" role="group" aria-label={t("steps")}>
      <Button
        variant="default"
        component="a"
        href={file(invoice.id, "pdf")}
        target="_blank"
        rel="noopener"
        leftSection={<IconFileTypePdf size={16} aria-hidden />}
      >
        {t("pdf")}
      </Button>
      {can.pay && (
        <Button
          variant={can.send ? "default" : "filled"}
          leftSection={<IconCoins size={16} aria-hidden />}
          onClick={() => ask("pay")}
        >
          {t("pay")}
        </Button>
      )}
      {can.send && (
        <Button variant={invoice.sent_at ? "default" : "filled"} onClick={() => ask("send")}>
          {t(invoice.sent_at ? "sendAgain" : "send")}
        </Button>
      )}
      {can.finalize && (
        <Button onClick={() => ask("finalize")} disabled={invoice.lines.length === 0}>
          {t("finalize")}
        </Button>
      )}
      <More invoice={invoice} ask={ask} />
      <Finalize invoice={asked === "finalize" ? invoice : null} onClose={close} />
      <Send invoice={asked === "send" ? invoice : null} onClose={close} />
      <Pay invoice={asked === "pay" ? invoice : null} onClose={close} />
      <Ending invoice={invoice} asked={asked} onClose={close} />
    </Group>
  );
}
