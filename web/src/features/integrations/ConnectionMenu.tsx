import { ActionIcon, Menu } from "@mantine/core";
import {
  IconDots,
  IconListDetails,
  IconPlugConnected,
  IconRefresh,
  IconRotate,
  IconSettings,
  IconUnlink,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Calendar, Connection } from "../../api/types";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { MicrosoftRemoval } from "../connect/Microsoft";
import type { useConnectionActions } from "./useConnectionActions";

interface Props {
  connection: Connection;
  calendars: Calendar[];
  name: string;
  run: ReturnType<typeof useConnectionActions>;
}

export function ConnectionMenu({ connection, calendars, name, run }: Props) {
  const t = useTranslations("overview");
  const [asking, setAsking] = useState(false);
  const account = connection.account_email ?? connection.display_name ?? "";
  const off = connection.status === "disconnected";
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("actions", { name: `${name} ${account}` })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={off}
            onClick={() => run.sync.mutate(calendars)}
          >
            {t("sync")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRotate size={16} aria-hidden />}
            disabled={off}
            onClick={() => run.refresh.mutate(connection)}
          >
            {t("refresh")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            disabled={off}
            onClick={() => run.test.mutate(connection)}
          >
            {t("test")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconSettings size={16} aria-hidden />}
            component={Link}
            to="/integrations/calendar"
            search={{ connection: connection.id } as never}
          >
            {t("calendars")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconListDetails size={16} aria-hidden />}
            component={Link}
            to="/integrations/logs"
            search={{ service: connection.provider } as never}
          >
            {t("logs")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            className="danger"
            leftSection={<IconUnlink size={16} aria-hidden />}
            disabled={off || connection.can_manage === false}
            onClick={() => setAsking(true)}
          >
            {t("disconnect")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDestructive
        what={
          asking
            ? {
                title: t("disconnectTitle", { name, account }),
                action: t("disconnectAction"),
                goes: [t("goesToken"), t("goesSync", { count: calendars.length })],
                stays: [t("staysTime"), t("staysHistory"), t("staysCalendar")],
                extra: connection.provider === "microsoft" ? <MicrosoftRemoval /> : undefined,
              }
            : null
        }
        busy={run.disconnect.isPending}
        onConfirm={() => run.disconnect.mutate(connection, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
