import {
  ActionIcon,
  AppShell,
  Button,
  Group,
  Kbd,
  NavLink,
  Text,
  Tooltip,
  useMantineColorScheme,
} from "@mantine/core";
import { useColorScheme } from "@mantine/hooks";
import { IconLogout, IconMoon, IconSearch, IconSun } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../api/actions";
import { TimerBar } from "../features/timer/TimerBar";
import { isActive, useNav } from "./nav";
import { openPalette } from "./palette";
import { useSession } from "./session";
import { useAction } from "./useAction";

function ThemeToggle() {
  const t = useTranslations("shell");
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const system = useColorScheme("light", { getInitialValueInEffect: false });
  const dark = colorScheme === "dark" || (colorScheme === "auto" && system === "dark");
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      onClick={() => setColorScheme(dark ? "light" : "dark")}
      aria-label={dark ? t("light") : t("dark")}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

function Footer({ onHelp }: { onHelp: () => void }) {
  const t = useTranslations("shell");
  const k = useTranslations("shortcuts");
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useAction(() => actions.logout(), {
    onDone: async () => {
      await navigate({ to: "/sign-in" });
      client.clear();
    },
  });
  return (
    <div className="navfoot">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <div className="grow">
          <Text size="sm" fw={550} truncate>
            {session.user.name || session.user.email}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {session.workspace.name}
          </Text>
        </div>
        <Tooltip label={t("signOut")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("signOut")}
            loading={leave.isPending}
            onClick={() => leave.mutate(undefined)}
          >
            <IconLogout size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Group gap="sm" mt={6}>
        <a className="quiet" href="/api/docs">
          {t("apiDocs")}
        </a>
        <a className="quiet" href="/licenses.txt">
          {t("licences")}
        </a>
        <button type="button" className="quiet" aria-haspopup="dialog" onClick={onHelp}>
          {k("open")}
        </button>
      </Group>
    </div>
  );
}

interface NavProps {
  onNavigate: () => void;
  onHelp: () => void;
}

export function Nav({ onNavigate, onHelp }: NavProps) {
  const t = useTranslations("shell");
  const n = useTranslations("nav");
  const { pathname } = useLocation();
  const nav = useNav();
  return (
    <>
      <Group justify="space-between" px={8} py={6}>
        <Text fw={680} size="lg" className="brand">
          Daybook
        </Text>
        <ThemeToggle />
      </Group>
      <Button
        variant="default"
        size="xs"
        justify="space-between"
        fw={400}
        my="xs"
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={openPalette}
        fullWidth
        className="jump"
      >
        {t("jump")}
      </Button>
      <TimerBar />
      <AppShell.Section grow className="navscroll">
        {nav.map(({ group, items }) => (
          <div key={group} className="navgroup">
            <Text size="xs" c="dimmed" fw={600} px={8} mb={2}>
              {n(group)}
            </Text>
            {items.map(({ to, key, icon: Icon }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={n(key)}
                activeOptions={{ exact: true }}
                active={isActive(to, pathname)}
                aria-current={isActive(to, pathname) ? "page" : undefined}
                onClick={onNavigate}
                leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
              />
            ))}
          </div>
        ))}
      </AppShell.Section>
      <Footer onHelp={onHelp} />
    </>
  );
}
