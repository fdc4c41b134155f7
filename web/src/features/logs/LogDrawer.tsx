import { Drawer, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { LogEntry } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { CopyButton } from "../../components/Copy";
import { providerName } from "../../components/ProviderIcon";
import { StatusBadge } from "../../components/StatusBadge";
import { formatDateTime, zoneLabel } from "../../lib/time";

/** One thing that happened, with everything that was recorded about it (secrets never are). */
export function LogDrawer({ log, onClose }: { log?: LogEntry; onClose: () => void }) {
  const t = useTranslations("logs");
  const timeZone = useTimeZone();
  const detail = log?.detail ? JSON.stringify(log.detail, null, 2) : "";
  return (
    <Drawer opened={!!log} onClose={onClose} position="right" title={t("details")} size={440}>
      {log && (
        <Stack gap="sm">
          <Text fw={600}>{log.title}</Text>
          <StatusBadge tone={log.success ? "ok" : "bad"} label={log.success ? t("ok") : t("failed")} />
          <dl className="facts">
            <dt>{t("when")}</dt>
            <dd className="num">
              {formatDateTime(log.created_at, timeZone)} · {zoneLabel(timeZone, log.created_at)}
            </dd>
            <dt>{t("type")}</dt>
            <dd>{log.log_type}</dd>
            {log.provider && (
              <>
                <dt>{t("service")}</dt>
                <dd>{providerName(log.provider)}</dd>
              </>
            )}
            {log.duration_ms !== null && (
              <>
                <dt>{t("took")}</dt>
                <dd className="num">{t("ms", { ms: log.duration_ms })}</dd>
              </>
            )}
            <dt>{t("id")}</dt>
            <dd className="mono">{log.id}</dd>
          </dl>
          {detail && detail !== "{}" && (
            <div>
              {/* Focusable, so that a long line can be scrolled with the keyboard. */}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
              <section aria-label={t("recorded")} className="code" tabIndex={0}>
                <pre>{detail}</pre>
              </section>
              <CopyButton value={detail} label={t("copy")} />
            </div>
          )}
        </Stack>
      )}
    </Drawer>
  );
}
