import "@mantine/spotlight/styles.css";
import { useMantineColorScheme } from "@mantine/core";
import { Spotlight } from "@mantine/spotlight";
import { IconMoon, IconPlugConnected, IconPlus, IconSearch, IconSun } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useNav } from "./nav";
import { paletteStore } from "./palette";

const CONNECT = [
  ["google", "Google Calendar"],
  ["microsoft", "Microsoft 365"],
  ["caldav", "CalDAV"],
  ["apple", "Apple Calendar"],
] as const;

/** Ctrl-K: every page, and the actions people look for by name. */
export function Palette() {
  const t = useTranslations("shell");
  const n = useTranslations("nav");
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const pages = useNav().flatMap(({ group, items }) =>
    items.map(({ to, key, icon: Icon, go }) => ({
      id: to,
      label: n(key),
      description: `${n(group)} · g ${go}`,
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate({ to }),
    })),
  );
  const extra = [
    {
      id: "add-time",
      label: t("addTime"),
      leftSection: <IconPlus size={18} aria-hidden />,
      onClick: () => void navigate({ to: "/timesheet", search: { entry: "new" } as never }),
    },
    ...CONNECT.map(([key, name]) => ({
      id: `connect-${key}`,
      label: t("connect", { name }),
      leftSection: <IconPlugConnected size={18} aria-hidden />,
      onClick: () => void navigate({ to: `/integrations/connect/${key}` }),
    })),
    {
      id: "light",
      label: t("light"),
      leftSection: <IconSun size={18} aria-hidden />,
      onClick: () => setColorScheme("light"),
    },
    {
      id: "dark",
      label: t("dark"),
      leftSection: <IconMoon size={18} aria-hidden />,
      onClick: () => setColorScheme("dark"),
    },
  ];
  return (
    <Spotlight
      store={paletteStore}
      shortcut={["mod + K"]}
      nothingFound={t("nothingFound")}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        placeholder: t("search"),
        "aria-label": t("search"),
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
      actions={[...pages, ...extra]}
    />
  );
}
