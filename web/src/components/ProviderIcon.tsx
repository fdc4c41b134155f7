import {
  IconBrandApple,
  IconBrandGoogle,
  IconBrandSlack,
  IconBrandWindows,
  IconBrandZoom,
  IconCalendar,
  IconVideo,
} from "@tabler/icons-react";
import type { CSSProperties } from "react";

const KNOWN = {
  google: [IconBrandGoogle, "#3367d6"],
  apple: [IconBrandApple, "#6b6f76"],
  caldav: [IconCalendar, "#8a5a00"],
  microsoft: [IconBrandWindows, "#0a5ea8"],
  slack: [IconBrandSlack, "#7a3b7c"],
  webex: [IconVideo, "#0a6e57"],
  zoom: [IconBrandZoom, "#2a5bd7"],
} as const;

export function ProviderIcon({ provider, size = 36 }: { provider: string; size?: number }) {
  const [Icon, color] = KNOWN[provider as keyof typeof KNOWN] ?? [IconCalendar, "#6b6f76"];
  return (
    <span
      aria-hidden
      className="provider"
      style={{ width: size, height: size, "--c": color } as CSSProperties}
    >
      <Icon size={size * 0.56} stroke={1.8} />
    </span>
  );
}

export const providerName = (key: string) =>
  ({
    google: "Google Calendar",
    apple: "Apple Calendar",
    caldav: "CalDAV",
    microsoft: "Microsoft 365",
    slack: "Slack",
    webex: "Webex",
    zoom: "Zoom",
  })[key] ?? key;
