import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslations } from "use-intl";

export function CopyButton({ value, label }: { value: string; label: string }) {
  const t = useTranslations("common");
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <>
      <Tooltip label={clipboard.copied ? t("copied") : label}>
        <ActionIcon variant="default" size="lg" onClick={() => clipboard.copy(value)} aria-label={label}>
          {clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
      <span className="sr" aria-live="polite">
        {clipboard.copied ? t("copied") : ""}
      </span>
    </>
  );
}

/** A value to take elsewhere, with its copy button. */
export function CopyField({ value, label }: { value: string; label: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <code className="copyfield grow">{value}</code>
      <CopyButton value={value} label={label} />
    </Group>
  );
}
