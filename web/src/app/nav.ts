import {
  IconBell,
  IconBrandSlack,
  IconCalendarCog,
  IconCalendarTime,
  IconCalendarWeek,
  IconChartBar,
  IconChecks,
  IconClockHour4,
  IconFileInvoice,
  IconFilter,
  IconFolder,
  IconKey,
  IconListDetails,
  IconPlugConnected,
  IconReceiptEuro,
  IconRefresh,
  IconServerCog,
  IconSettings,
  IconSun,
  IconUserCircle,
  IconUsers,
} from "@tabler/icons-react";
import { useMemo } from "react";
import { useIsAdmin } from "./session";

/** Every page of the menu, with the second letter of its `g` shortcut. Only pages that exist are listed. */
export const NAV = [
  {
    group: "time",
    items: [
      { to: "/", key: "today", icon: IconSun, go: "t" },
      { to: "/calendar", key: "calendar", icon: IconCalendarWeek, go: "c" },
      { to: "/settings/availability", key: "availability", icon: IconCalendarTime, go: "v" },
      { to: "/timesheet", key: "timesheet", icon: IconClockHour4, go: "s" },
      { to: "/approvals", key: "approvals", icon: IconChecks, go: "w", admin: true },
      { to: "/reports", key: "reports", icon: IconChartBar, go: "h" },
      { to: "/clients", key: "clients", icon: IconUserCircle, go: "l" },
      { to: "/projects", key: "projects", icon: IconFolder, go: "p" },
      { to: "/rules", key: "rules", icon: IconFilter, go: "r" },
      { to: "/invoices", key: "invoices", icon: IconFileInvoice, go: "n", admin: true },
    ],
  },
  {
    group: "integrations",
    items: [
      { to: "/integrations", key: "overview", icon: IconPlugConnected, go: "i" },
      { to: "/integrations/calendar", key: "calendars", icon: IconCalendarCog, go: "a" },
      { to: "/integrations/sync-status", key: "sync", icon: IconRefresh, go: "y" },
      { to: "/settings/notifications", key: "notifications", icon: IconBell, go: "f" },
      { to: "/settings/slack", key: "slack", icon: IconBrandSlack, go: "b" },
      { to: "/integrations/logs", key: "logs", icon: IconListDetails, go: "o" },
    ],
  },
  {
    group: "workspace",
    items: [
      { to: "/settings/members", key: "members", icon: IconUsers, go: "m" },
      { to: "/settings/billing", key: "billing", icon: IconReceiptEuro, go: "u", admin: true },
      { to: "/settings/api-keys", key: "apiKeys", icon: IconKey, go: "k" },
      { to: "/admin", key: "admin", icon: IconServerCog, go: "d", admin: true },
      { to: "/settings", key: "settings", icon: IconSettings, go: "e" },
    ],
  },
] as const;

/** The pages this person may open: some are for owners and admins alone. */
export function useNav() {
  const admin = useIsAdmin();
  return useMemo(
    () =>
      NAV.map(({ group, items }) => ({ group, items: items.filter((item) => admin || !("admin" in item)) })),
    [admin],
  );
}

const EXACT = new Set(["/", "/integrations", "/settings"]);
export function isActive(to: string, pathname: string): boolean {
  return pathname === to || (!EXACT.has(to) && pathname.startsWith(`${to}/`));
}
