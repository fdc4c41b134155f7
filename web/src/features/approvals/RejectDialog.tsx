import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";

interface Props {
  /** What is sent back, in words. */
  what: string;
  busy?: boolean;
  onClose: () => void;
  onReject: (reason: string) => void;
}

/** Asks why something is sent back, which must be said; mounted while it is asked. */
export function RejectDialog({ what, busy, onClose, onReject }: Props) {
  const t = useTranslations("timesheet");
  const [reason, setReason] = useState("");
  return (
    <Modal opened onClose={onClose} title={<strong>{t("rejectTitle")}</strong>}>
      <Stack gap="sm">
        <Text size="sm">{what}</Text>
        <Textarea
          label={t("reason")}
          description={t("reasonHint")}
          required
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
          autosize
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button
            color="red.9"
            loading={busy}
            disabled={!reason.trim()}
            onClick={() => onReject(reason.trim())}
          >
            {t("reject")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
