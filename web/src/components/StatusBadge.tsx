import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconPlugConnectedX,
  IconRefresh,
} from "@tabler/icons-react";
import type { Tone } from "../lib/trouble";

const ICONS = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  idle: IconCircleDashed,
  auth: IconPlugConnectedX,
  busy: IconRefresh,
} as const;

/** Icon + word + colour: never colour alone. */
export function StatusBadge({ tone, label, icon }: { tone: Tone; label: string; icon?: keyof typeof ICONS }) {
  const Icon = ICONS[icon ?? tone];
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} className={icon === "busy" ? "spin" : undefined} aria-hidden />
      {label}
    </span>
  );
}
