import "../styles/time.css";
import { AppShell, Burger, Group, Text } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { startLive } from "../api/live";
import { RunningTimer } from "../features/timer/TimerBar";
import { LoadingPage } from "./fallbacks";
import { Nav } from "./Nav";
import { NAV } from "./nav";
import { useGoKeys } from "./useGoKeys";

const Shortcuts = lazy(() => import("./Shortcuts").then((m) => ({ default: m.Shortcuts })));
const Palette = lazy(() => import("./Palette").then((m) => ({ default: m.Palette })));

/** The list of keys, and the focus back to where it was: the dialog is not there before it is asked for. */
function useHelp() {
  const [help, { open, close }] = useDisclosure();
  const opener = useRef<Element | null>(null);
  const openHelp = useCallback(() => {
    opener.current = document.activeElement;
    open();
  }, [open]);
  const closeHelp = () => {
    close();
    setTimeout(() => opener.current instanceof HTMLElement && opener.current.focus());
  };
  return { help, openHelp, closeHelp };
}

export function Shell() {
  const t = useTranslations("shell");
  const n = useTranslations("nav");
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const client = useQueryClient();
  const first = useRef(true);
  const { help, openHelp, closeHelp } = useHelp();
  const small = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  useGoKeys(openHelp);
  useEffect(() => startLive(client), [client]);
  // A new page starts at its own heading, also for people who do not see it change.
  useEffect(() => {
    const items = NAV.flatMap((g) => [...g.items]);
    const page = items.find((i) => i.to === pathname);
    document.title = page ? `${n(page.key)} · Daybook` : "Daybook";
    if (!first.current && pathname) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname, n]);
  return (
    <AppShell
      navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: !opened } }}
      header={{ height: { base: 52, sm: 0 } }}
      padding={{ base: "md", sm: "lg" }}
    >
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <AppShell.Header hiddenFrom="sm" withBorder>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={t("menu")} aria-expanded={opened} />
          <Text fw={650}>Daybook</Text>
          {small && <RunningTimer />}
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t("main")}>
        <Nav onNavigate={close} onHelp={openHelp} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Suspense fallback={<LoadingPage />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <Suspense fallback={null}>
        <Palette />
        {help && <Shortcuts onClose={closeHelp} />}
      </Suspense>
    </AppShell>
  );
}
